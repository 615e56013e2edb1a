"""The report on a bulk run as one HTML page: no script, no other file, and nothing from the journal that is markup.

The page is yielded in parts. The lines are read twice: for the counts and the causes of failures, then for the table.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from itertools import islice
from typing import Any

import attrs

from mailpartner._version import __version__
from mailpartner.cli.language import current, full_translation, number
from mailpartner.cli.report_texts import (
    ADDITION_TEXTS,
    COUNTS,
    DELETION_TEXTS,
    ERRORS,
    OUTCOMES,
    RECORD_OUTCOMES,
    RECORD_TEXTS,
    REQUEST_OUTCOMES,
    REQUESTS,
)
from mailpartner.cli.say import shown

Lines = Callable[[], Iterator[dict[str, Any]]]
"""Yields the lines of an audit file, anew at each call."""

LONGEST_TABLE = 5000
"""The number of rows that are drawn in full, and of ids that are listed for a cause. The rows after them are plain."""

_MOST_CAUSES = 100
_Cause = tuple[str | None, int | None]

_ = full_translation().gettext  # the page is UTF-8, whatever the terminal can show

_COLUMNS = {"id": _("Id"), "line": _("Line"), "email": _("Address"), "when": _("When"), "user": _("By"),
            "reason": _("Reason")}  # fmt: skip


@attrs.define
class _Group:
    """The ids, or the lines, that ended for one cause: all are counted, the first ones are kept."""

    count: int = 0
    ids: list[object] = attrs.field(factory=list)

    def add(self, id: object) -> None:
        self.count += 1
        if self.count <= LONGEST_TABLE:
            self.ids.append(id)


class _Survey:
    """The data of the page above its table."""

    def __init__(self, lines: Lines) -> None:
        self.head: dict[str, Any] = {}
        self.total: dict[str, Any] = {}
        self.causes: dict[str, dict[_Cause, _Group]] = {"in_doubt": {}, "failed": {}}
        self.rejects: dict[str, _Group] = {}
        self.requests: list[dict[str, Any]] = []
        filled: set[str] = set()
        for line in lines():
            if line["type"] == "head":
                self.head = line
            elif line["type"] == "total":
                self.total = line
            elif line["type"] == "reject":
                self.rejects.setdefault(line["reason"], _Group()).add(line["line"])
            elif line["type"] in ("deletion", "addition"):
                filled.update(name for name in _COLUMNS if line.get(name) is not None)
                self._add_cause(line)
            else:
                self.requests.append(line)
        self.columns = [name for name in _COLUMNS if name in filled]
        self.outcomes = {name: self.total[name] for name in OUTCOMES if name in self.total}
        self.items = sum(self.outcomes.values())
        self.is_record = not self.head["input"]["sha256"]  # what was done by hand has no file
        if self.is_record:
            self.columns = [name for name in self.columns if name != "line"]
        texts = ADDITION_TEXTS if "added" in self.total else DELETION_TEXTS
        self.texts, self.outcome_texts = (RECORD_TEXTS, RECORD_OUTCOMES) if self.is_record else (texts, OUTCOMES)
        outcomes = {each["outcome"] for each in self.requests}
        self.complete = self.total["complete"] and "in_doubt" not in outcomes
        self.any_failed = self.total["failed"] or not outcomes.isdisjoint(("refused", "not_sent"))

    def _add_cause(self, line: dict[str, Any]) -> None:
        causes = self.causes.get(line["outcome"])
        if causes is None:
            return
        cause: _Cause = line.get("error"), line.get("code")
        if cause not in causes and len(causes) >= _MOST_CAUSES:
            cause = _("Other causes"), None
        causes.setdefault(cause, _Group()).add(line.get("id", line.get("line")))


def page(lines: Lines) -> Iterator[str]:
    survey = _Survey(lines)
    yield from _beginning(survey)
    if survey.requests:
        yield from _requests(survey.requests)
    if survey.items or not survey.requests:
        yield from _items(lines, survey)
    made = _("Made on {when} by mailpartner {version} from the journal.")
    made = made.format(when=_time(survey.total["when"]), version=_text(__version__))
    yield f"</main>\n<footer>{made}</footer>\n</body>\n</html>\n"


def _items(lines: Lines, survey: _Survey) -> Iterator[str]:
    """Yield what became of ids or addresses, which a record of mails alone does not have."""
    yield from _outcomes(survey)
    for name, causes in survey.causes.items():
        yield f"<h2>{_mark(name)}{OUTCOMES[name][0]}</h2>\n<p>{survey.texts[name] if causes else _('None.')}</p>\n"
        for cause, group in _by_count(causes):
            more = _("and {count} more, in the table below")
            yield _listed(_cause(*cause), group, survey.texts["of_cause"], more)
    if survey.rejects:
        about = _("These lines of the input led to nothing. Their text is in the rejects file of the run.")
        yield f"<h2>{_('Lines that were not taken')}</h2>\n<p>{about}</p>\n"
    for reason, group in _by_count(survey.rejects):
        title = _(reason)
        yield _listed(_text(title[:1].upper() + title[1:]), group, _("Lines ({count}): {ids}"), _("and {count} more"))
    yield from _record(survey.head) if survey.is_record else _run(survey.head)
    yield f"<h2>{survey.texts['all_items']}</h2>\n"
    yield from _table(lines, survey)


def _beginning(survey: _Survey) -> Iterator[str]:
    # The widths of the bar are in the style sheet: a policy with the hash of that allows no style anywhere else.
    style = files("mailpartner.cli").joinpath("report_page.css").read_text("utf-8")
    style += "".join(f".bar .{name}{{flex-grow:{count}}}\n" for name, count in survey.outcomes.items())
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = survey.texts["title"].format(input=_text(survey.head["input"]["name"]))
    yield (
        f'<!DOCTYPE html>\n<html lang="{current()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    )
    status = "complete_with_failures" if survey.any_failed else "complete"
    yield f'<p class="status">{survey.texts[status if survey.complete else "incomplete"]}</p>\n'
    if not survey.is_record:
        yield f"<p>{_('Reason: {reason}').format(reason=_text(survey.head['reason']))}</p>\n"


def _requests(requests: list[dict[str, Any]]) -> Iterator[str]:
    yield f"<h2>{_('Mails and other requests')}</h2>\n"
    headings = (_("When"), _("Request"), _("Outcome"), _("Details"), _("By"))
    head = "".join(f'<th scope="col">{text}' for text in headings)
    yield f'<table class="list">\n<thead><tr>{head}</thead>\n<tbody>\n'
    for each in requests:
        outcome = REQUEST_OUTCOMES[each["outcome"]]
        if each.get("error") is not None:
            outcome = _("{outcome}: {detail}").format(outcome=outcome, detail=_cause(each["error"], each.get("code")))
        cells = (
            _time(each["when"]), REQUESTS[each.get("move", each["type"])], outcome, ", ".join(_details(each)),
            _by(each),
        )  # fmt: skip
        yield f"<tr>{''.join(f'<td>{cell}' for cell in cells)}\n"
    yield "</tbody>\n</table>\n"


def _details(request: dict[str, Any]) -> Iterator[str]:
    """Yield what is known of a request."""
    for name, text in (
        ("recipients", _("recipients: {value}")), ("message_id", _("message id {value}")),
        ("send_at", _("for {value}")), ("amount", _("{value} euros")), ("credit", _("{value} euros")),
        ("subaccount_type", _("type {value}")), ("key_fingerprint", _("key {value}")), ("base_url", "{value}"),
    ):  # fmt: skip
        if (value := request.get(name)) is not None:
            yield text.format(value=_time(value) if name == "send_at" else _text(value))


def _outcomes(survey: _Survey) -> Iterator[str]:
    counts, detailed = survey.outcomes, _("{outcome}: {detail}")
    label = ", ".join(
        detailed.format(outcome=OUTCOMES[name][0], detail=_number(count)) for name, count in counts.items()
    )
    yield f'<h2>{_("Outcomes")}</h2>\n<div class="bar" role="img" aria-label="{label}">'
    yield "".join(f'<span class="{name}"><b>{OUTCOMES[name][0]}</b></span>' for name, count in counts.items() if count)
    yield f'</div>\n<table>\n<thead><tr><th scope="col">{_("Outcome")}</th>'
    yield "".join(f'<th scope="col" class="number">{text}</th>' for text in (survey.texts["items"], _("Share")))
    yield "</tr></thead>\n<tbody>\n"
    for name, count in counts.items():
        title, about = survey.outcome_texts[name]
        yield f'<tr><th scope="row">{_mark(name)}{title}<small>{about}</small></th>'
        yield f'<td class="number">{_number(count)}</td><td class="number">{_share(count, survey.items)}</td></tr>\n'
    yield "</tbody>\n</table>\n"


def _by_count(groups: dict[Any, _Group]) -> list[tuple[Any, _Group]]:
    return sorted(groups.items(), key=lambda item: -item[1].count)


def _listed(title: str, group: _Group, words: str, more: str) -> str:
    ids, left = ", ".join(map(_text, group.ids)), group.count - len(group.ids)
    if left:
        ids += f" {more.format(count=_number(left))}"
    return f"<h3>{title}</h3>\n<p>{words.format(count=_number(group.count), ids=ids)}</p>\n"


def _run(head: dict[str, Any]) -> Iterator[str]:
    source = head["input"]
    facts = {
        **_begun(head),
        _("Input"): _text(source["name"]),
        _("SHA-256 of the input"): _code(source["sha256"]),
        _("Account (fingerprint of its key)"): _code(head["key_fingerprint"]),
        _("Base URL"): _text(head["base_url"]),
        _("Command"): _code(head["command"]),
        _("Run"): _code(head["run"]),
    }
    facts |= {COUNTS.get(name, _text(name)): _number(count) for name, count in head["counts"].items()}
    yield f"<h2>{_('The run')}</h2>\n{_facts(facts)}<h2>{_('Sessions')}</h2>\n"
    if head["sessions"]:
        yield f"<ol>\n{''.join(map(_session, head['sessions']))}</ol>\n"
    else:
        yield _("None: the run was prepared, and nothing was sent.")


def _record(head: dict[str, Any]) -> Iterator[str]:
    """Yield who began a record, and the sessions of which it is not known what they deleted."""
    yield f"<h2>{_('The record')}</h2>\n{_facts({**_begun(head), _('Number'): _code(head['run'])})}"
    if undated := [each for each in head["sessions"] if "first" not in each]:
        yield f"<h2>{_('Sessions')}</h2>\n<ol>\n{''.join(map(_session, undated))}</ol>\n"


def _begun(head: dict[str, Any]) -> dict[str, str]:
    who = head["who"]
    return {
        _("Begun by"): _text(who.get("user")), _("Machine"): _text(who.get("host")), _("Begun on"): _time(head["when"]),
    }  # fmt: skip


def _facts(facts: dict[str, str]) -> str:
    return f"<dl>\n{''.join(f'<dt>{name}</dt><dd>{fact}</dd>{chr(10)}' for name, fact in facts.items())}</dl>\n"


def _session(session: dict[str, Any]) -> str:
    named = {name: f"<bdi>{_text(session.get(name))}</bdi>" for name in ("user", "host")}
    named |= {"key": _code(session.get("key_fingerprint")), "began": _time(session.get("started"))}
    if session.get("ended") is None:
        return f"<li>{_('{began}: {user} on {host}, key {key}').format(**named)}</li>\n"
    text = _("{began} to {ended}: {user} on {host}, key {key}")
    return f"<li>{text.format(**named, ended=_time(session['ended']))}</li>\n"


def _table(lines: Lines, survey: _Survey) -> Iterator[str]:
    """Yield the table of all ids, in parts: a browser lays out only those that are on the screen."""
    headings = {**{name: _COLUMNS[name] for name in survey.columns}, "outcome": _("Outcome")}
    head = "".join(f'<th scope="col" class="{name}">{text}' for name, text in headings.items())
    items = (line for line in lines() if line["type"] in ("deletion", "addition"))
    for first in range(0, max(survey.items, 1), LONGEST_TABLE):
        last = min(first + LONGEST_TABLE, survey.items)
        yield f'<div class="{"plain" if first else "full"}">\n<table class="list">\n'
        if survey.items > LONGEST_TABLE:
            rows = _("Rows {first} to {last}").format(first=_number(first + 1), last=_number(last))
            yield f"<caption>{rows}</caption>\n"
        yield f"<thead><tr>{head}</thead>\n<tbody>\n"
        for line in islice(items, last - first):
            yield _row(line, survey.columns, plain=first > 0)
        yield "</tbody>\n</table>\n</div>\n"


def _row(line: dict[str, Any], columns: Sequence[str], plain: bool) -> str:
    """Return a row. HTML lets the ends of its elements be left out, which makes a long page much shorter."""
    outcome = line["outcome"]
    words = ("" if plain else _mark(outcome)) + OUTCOMES[outcome][0]
    if outcome in ("in_doubt", "failed"):
        words = _("{outcome}: {detail}").format(outcome=words, detail=_cause(line.get("error"), line.get("code")))
    return f"<tr>{''.join(f'<td>{_cell(line, name)}' for name in columns)}<td>{words}\n"


def _cell(line: dict[str, Any], name: str) -> str:
    value = line.get(name)
    if name == "user":
        return _by(line)
    return _time(value) if name == "when" and value is not None else _text(value)


def _by(line: dict[str, Any]) -> str:
    """Return who made a request, on which machine."""
    return ", ".join(f"<bdi>{_text(line[name])}</bdi>" for name in ("user", "host") if line.get(name) is not None)


def _cause(error: str | None, code: int | None) -> str:
    """Return what an error of this class means, its name and its code."""
    details = [_text(error)] if error in ERRORS else []
    details += [_("code {code}").format(code=code)] if code is not None else []
    if error in (None, "no outcome"):
        words = _("The run ended before an answer was recorded")
    else:
        words = _(ERRORS.get(error, error))
    return _text(words) + (f" ({', '.join(details)})" if details else "")


def _mark(outcome: str) -> str:
    return f'<span class="mark {outcome}"></span>'


def _code(value: object) -> str:
    return f"<code>{_text(value)}</code>"


def _text(value: object) -> str:
    """Return what the journal says as text that is no markup and steers nothing."""
    return escape(shown("" if value is None else str(value)))


def _time(value: object) -> str:
    """Return a moment in UTC, or the text as it is."""
    try:
        moment = datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return _text(value)
    written = moment.strftime(_("%Y-%m-%d %H:%M:%S UTC"))
    return f'<time datetime="{moment.isoformat()}">{written}</time>'


def _number(value: object) -> str:
    return number(value) if isinstance(value, int) else _text(value)


def _share(count: int, ids: int) -> str:
    """Return a percentage that says nothing and all of the ids only where that is so."""
    share = 100 * count / ids if ids else 0.0
    if 0 < share < 0.1:
        return f"&lt; {number(0.1, 1)} %"
    return f"&gt; {number(99.9, 1)} %" if 99.9 < share < 100 else f"{number(share, 1)} %"
