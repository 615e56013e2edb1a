"""One run of schemathesis against a sandbox in one mode, in this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import schemathesis
from contract_checks import ENTRIES, Play
from contract_document import FILE
from contract_modes import RIGHT, Mode
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from mailpartner import MailPartner
from mailpartner.sandbox import Sandbox

# The outcome is in the body, so no HTTP status says whether a call was refused. contract_checks looks into the body.
OFF = ("ignored_auth", "negative_data_rejection", "positive_data_acceptance", "not_a_server_error")


@dataclass
class Result:
    """What a run found. calls: made, by operation. codes: seen, by operationId. problems: one line for each."""

    calls: dict[str, int] = field(default_factory=dict)
    codes: dict[str, set[int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def names(self) -> set[str]:
        """The names of the checks that failed."""
        return {problem.partition(":")[0] for problem in self.problems}


def play(mode: Mode, *, examples: int = 8, quick: bool = False, sandbox: Sandbox | None = None) -> Result:
    """Let schemathesis call a sandbox in this mode; the same calls each time. quick: without its "coverage" phase."""
    Play.mode, Play.sandbox = (
        mode,
        sandbox or Sandbox(entries=0, subaccounts=25, **{"rate_limit": None, **mode.settings}),
    )
    Play.seen.clear()
    result = Result()
    with Play.sandbox as running:
        running.set_clock(datetime(2027, 1, 1))  # before the date of the document's example
        running.load(ENTRIES)
        if "addSubaccountCredit" in mode.called:
            Play.token = token_of(running)
        running.clear_requests()
        schema = schemathesis.openapi.from_path(FILE, config=_config(running.url, mode, examples, quick))
        schema = schema.include(operation_id=sorted(mode.called))
        for event in from_schema(schema).execute():
            _note(result, event)
        result.sent = [f"{seen['method']} {seen['path']}?{seen['query']} {seen['body']}" for seen in running.requests()]
    result.codes = {operation: set(codes) for operation, codes in Play.seen.items()}
    return result


def token_of(sandbox: Sandbox) -> str:
    """The token of a sub-account."""
    with MailPartner(RIGHT, base_url=sandbox.url) as mp:
        return next((subaccount.token.reveal() for subaccount in mp.subaccounts.list()), "")


def _config(url: str, mode: Mode, examples: int, quick: bool) -> SchemathesisConfig:
    key = {} if mode.key is None else {"auth": {"openapi": {"apiKey": {"api_key": mode.key}}}}
    return SchemathesisConfig.from_dict(
        {
            "base-url": url,
            "seed": 1,
            "workers": 1,
            "continue-on-failure": True,
            "cache": {"enabled": False},
            "output": {"sanitization": {"enabled": False}},
            "generation": {
                "deterministic": True,
                "database": "none",
                "max-examples": examples,
                "no-shrink": True,
                "with-security-parameters": mode.key is not None,
            },
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": not quick}},
            "checks": {name: {"enabled": False} for name in (*OFF, *mode.not_checked)},
            **key,
        }
    )


def _note(result: Result, event: events.EngineEvent) -> None:
    if isinstance(event, (events.NonFatalError, events.FatalError)):
        result.problems.append(f"error: {event}")
    elif isinstance(event, events.ScenarioFinished):
        label = str(event.recorder.label)
        result.calls[label] = result.calls.get(label, 0) + len(event.recorder.cases)
        for case_id, checks in event.recorder.checks.items():
            failed = [check for check in checks if check.status == Status.FAILURE and check.failure_info is not None]
            call = event.recorder.cases[case_id].value.as_curl_command() if failed else ""
            for check in failed:
                failure = check.failure_info.failure
                result.problems.append(f"{check.name}: {failure.message or failure.title}: {call}")
