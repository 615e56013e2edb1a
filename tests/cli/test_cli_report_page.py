"""The page of a report: what it says, and that nothing in a journal is more than text on it."""

from __future__ import annotations

import base64
import hashlib
import re
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from cli_runner import ONE_BY_ONE, Cli

from mailpartner.cli.report_page import LONGEST_TABLE, page
from mailpartner.sandbox import Sandbox

HOSTILE = (
    "</title></style></p><script>alert(1)</script><img src=http://example.com/x onerror=x>"
    "\"'&amp;\u202e\x1b[31m\0\udc80"
)
HEAD: dict[str, Any] = {
    "type": "head",
    "run": "r1",
    "who": {"user": "ann", "host": "desk"},
    "when": "2026-11-28T10:00:00+01:00",
    "reason": "asked for",
    "command": "mailpartner unsubscribes delete",
    "input": {"name": "stops.csv", "sha256": "abc123"},
    "key_fingerprint": "f00d",
    "base_url": "https://api.example.com",
    "counts": {"ids": 1, "lines": 1234},
    "sessions": [{"started": "2026-11-28T09:00:01+00:00", "user": "ann", "host": "desk", "key_fingerprint": "f00d"}],
}
OUTCOMES = ("deleted", "already_gone", "failed", "in_doubt", "not_sent")
VOID = {"meta", "img"}
IMPLIED_END = {"tr", "td", "th"}


class Document(HTMLParser):
    """What a browser makes of the page: elements, and the text of each. Fails for an end tag in the wrong place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID | IMPLIED_END:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in IMPLIED_END:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.texts[tag][-1] += data
        if "table" in self._open and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    @property
    def listed(self) -> list[list[str]]:
        """The rows of the table of all ids."""
        start = next(number for number, row in enumerate(self.rows) if row[0].strip() == "Id")
        return [[cell.strip() for cell in row] for row in self.rows[start:]]


def line(number: object, outcome: str = "deleted", **more: Any) -> dict[str, Any]:
    return {"type": "deletion", "id": number, "outcome": outcome, **more}


def lines(*deletions: dict[str, Any], **head: Any) -> Callable[[], Iterator[dict[str, Any]]]:
    counted = Counter(deletion["outcome"] for deletion in deletions)
    total = {"type": "total", "when": "2026-11-28T12:00:00+00:00", **{name: counted[name] for name in OUTCOMES}}
    total["complete"] = not (counted["in_doubt"] or counted["not_sent"])
    return lambda: iter([{**HEAD, **head}, *deletions, total])


def text(*deletions: dict[str, Any], **head: Any) -> str:
    return "".join(page(lines(*deletions, **head)))


def section(html: str, heading: str) -> str:
    """The text under a heading."""
    found = html.partition(f"{heading}</h2>")[2].partition("<h2>")[0]
    return " ".join(re.sub("<[^>]*>", " ", re.sub("</?(bdi|code|time)[^>]*>", "", found)).split())


def test_the_page_of_a_real_run_says_what_became_of_it(cli: Cli, sandbox: Sandbox) -> None:
    """Who, when, where, why, on what, with which key, the counts, the doubt, the failures by cause, and each id."""
    sandbox.fault("reset-after")
    for code in ("ID_REQUIRED", "ID_REQUIRED", "UNKNOWN_ID"):
        sandbox.fault("code", code=code)
    sandbox.fault("latency", seconds=0)
    sandbox.fault("code", code="INVALID_API_KEY")
    path = cli.file("stöps <b>.csv", "id\n" + "".join(f"{number}\n" for number in range(1, 9)) + "1e5\n")
    reason = "their owners asked <script>"
    cli.inside("unsubscribes", "delete", "--from-file", path, "--reason", reason, "--yes", *ONE_BY_ONE)
    assert cli.inside("report", f"{path}.journal", "--html", "r.html").returncode == 0
    html = (cli.folder / "r.html").read_text(encoding="utf-8")
    document = Document(html)
    assert document.texts["title"] == ["Deletion of unsubscribes: stöps <b>.csv"] == document.texts["h1"]
    assert document.texts["p"][:2] == [
        "Not complete: some ids were not sent or are in doubt. To continue, run: mailpartner resume JOURNAL",
        "Reason: their owners asked <script>",
    ]
    assert [[cell.split("The")[0].strip() for cell in row] for row in document.rows[:3]] == [
        ["Outcome", "Ids", "Share"],
        ["Deleted", "1", "12.5 %"],
        ["Already gone", "1", "12.5 %"],
    ]
    [bar] = [attributes for _, attributes in document.elements if attributes.get("role") == "img"]
    assert bar["aria-label"] == "Deleted: 1, Already gone: 1, Failed: 3, In doubt: 1, Not sent: 2"
    assert "may have been deleted or not" in section(html, "In doubt")
    assert section(html, "In doubt").endswith("No connection, or no answer (APIConnectionError) Ids (1): 1")
    assert section(html, "Failed").endswith(
        "The API refused the request (InvalidRequestError, code 3) Ids (2): 2, 3"
        " The key was refused (AuthenticationError) Ids (1): 6"
    )
    assert "Lines (1): 10" in section(html, "Lines that were not taken")
    for part in (
        "Lines rejected 1",
        "Ids or addresses in the run 8",
        f"Base URL {sandbox.url}",
        "Machine",
        "SHA-256",
        "fingerprint",
    ):
        assert part in section(html, "The run")
    assert re.fullmatch(r"20.* UTC: .* on .*, key [0-9a-f]+", section(html, "Sessions"))
    refused = "Failed: The API refused the request (InvalidRequestError, code 3)"
    assert document.listed == [
        ["Id", "Line", "Outcome"],
        ["1", "2", "In doubt: No connection, or no answer (APIConnectionError)"],
        ["2", "3", refused],
        ["3", "4", refused],
        ["4", "5", "Already gone"],
        ["5", "6", "Deleted"],
        ["6", "7", "Failed: The key was refused (AuthenticationError)"],
        ["7", "8", "Not sent"],
        ["8", "9", "Not sent"],
    ]


def test_the_page_loads_and_runs_nothing() -> None:
    """It has no script, link, image or style attribute; its policy allows its own style sheet and nothing else."""
    document = Document(text(line(1)))
    allowed = (
        "html head meta title style body main footer h1 h2 p div span b small code bdi time"
        " table thead tbody tr th td dl dt dd ol li"
    )
    assert {tag for tag, _ in document.elements} <= set(allowed.split())
    names = {name for _, attributes in document.elements for name in attributes}
    assert names <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "role",
        "aria-label",
        "scope",
        "datetime",
    }
    [style] = document.texts["style"]
    assert not re.search(r"url|@import|expression", style)
    [policy] = [attributes["content"] for _, attributes in document.elements if "http-equiv" in attributes]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert document.elements[0] == ("html", {"lang": "en"})


def test_nothing_in_a_journal_is_markup_or_steers_the_page() -> None:
    """Whatever stands in a field is shown as text, without control and direction characters."""
    session = dict.fromkeys(("started", "ended", "user", "host", "key_fingerprint"), HOSTILE)
    head = {
        **dict.fromkeys(("run", "when", "reason", "command", "key_fingerprint", "base_url"), HOSTILE),
        "who": {"user": HOSTILE, "host": HOSTILE},
        "input": {"name": HOSTILE, "sha256": HOSTILE},
        "counts": {HOSTILE: HOSTILE},
        "sessions": [session],
    }
    hostile = line(HOSTILE, "failed", error=HOSTILE, code=3, line=HOSTILE, email=HOSTILE)
    html = text(hostile, line(HOSTILE, "in_doubt", error=None), **head)
    assert [tag for tag, _ in Document(html).elements if tag in ("script", "img")] == []
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 20
    assert [character for character in html if not character.isprintable() and character != "\n"] == []
    html.encode("utf-8")


def test_the_line_and_the_address_have_columns_where_they_were_recorded() -> None:
    """A run that recorded neither has no empty columns for them."""
    found = Document(text(line(1, line=2, email="ann@example.com"), line(2, line=3))).listed
    assert found == [
        ["Id", "Line", "Address", "Outcome"],
        ["1", "2", "ann@example.com", "Deleted"],
        ["2", "3", "", "Deleted"],
    ]
    assert Document(text(line(1))).listed == [["Id", "Outcome"], ["1", "Deleted"]]


@pytest.mark.parametrize(
    ("deletions", "status", "doubt"),
    [
        ([line(1)], "Complete: every id was deleted or was already gone.", "None."),
        (
            [line(1), line(2, "failed", error="ServerError")],
            "Complete: every id has an outcome, and some failed.",
            "None.",
        ),
        ([line(1, "not_sent")], "Not complete: ", "None."),
        ([line(1, "in_doubt")], "Not complete: ", "The run ended before an answer was recorded Ids (1): 1"),
        ([], "Complete: ", "None."),
    ],
)
def test_the_first_sentence_says_whether_the_run_is_complete(
    deletions: list[dict[str, Any]], status: str, doubt: str
) -> None:
    """The status is that of the total, and an empty group says that it is empty."""
    html = text(*deletions)
    assert Document(html).texts["p"][0].startswith(status)
    assert section(html, "In doubt").endswith(doubt)


def test_sessions_have_their_ends_where_those_are_known() -> None:
    """A session that a crash ended has its beginning alone, and a moment is shown in UTC."""
    first = HEAD["sessions"][0]
    html = text(line(1), sessions=[first, {**first, "ended": "2026-11-28T12:30:00+02:00"}])
    assert section(html, "Sessions") == (
        "2026-11-28 09:00:01 UTC: ann on desk, key f00d"
        " 2026-11-28 09:00:01 UTC to 2026-11-28 10:30:00 UTC: ann on desk, key f00d"
    )
    assert "nothing was sent" in section(text(line(1), sessions=[]), "Sessions")


def test_a_share_is_nothing_or_all_only_where_it_is() -> None:
    """One of many is not rounded to none of them, and all but one not to all."""
    document = Document(text(*map(line, range(5000)), line(5000, "failed")))
    assert [row[2].strip() for row in document.rows[1:4]] == ["> 99.9 %", "0.0 %", "< 0.1 %"]


def test_a_long_table_goes_on_plain() -> None:
    """Each id has one row, in order; those after the first 5,000 are without marks, in tables of their own."""
    count = 2 * LONGEST_TABLE + 1
    html = text(*map(line, range(1, count + 1)))
    found = Document(html).listed
    assert [row[0] for row in found if row[0] != "Id"] == [str(number) for number in range(1, count + 1)]
    assert html.count('<table class="list">') == found.count(["Id", "Outcome"]) == 3
    assert re.findall("<caption>(.*?)</caption>", html) == [
        "Rows 1 to 5,000",
        "Rows 5,001 to 10,000",
        "Rows 10,001 to 10,001",
    ]
    first, *rest = html.partition("All ids</h2>")[2].split('<div class="plain">')
    assert (first.count('"mark deleted"'), [part.count("mark") for part in rest]) == (LONGEST_TABLE, [0, 0])


def test_the_ids_of_a_cause_are_listed_up_to_a_number() -> None:
    """Those beyond it are counted, and stand in the table."""
    html = text(*(line(number, "failed", error="ServerError", code=500) for number in range(LONGEST_TABLE + 3)))
    words = section(html, "Failed")
    assert "Ids (5,003): 0, 1, 2," in words
    assert words.endswith("4998, 4999 and 3 more, in the table below")


def test_a_long_report_needs_no_more_memory_than_a_short_one() -> None:
    """The page is made while it is written, whatever the ids failed of."""

    def peak(count: int) -> int:
        def anew() -> Iterator[dict[str, Any]]:
            yield HEAD
            for number in range(count):
                yield line(number, "failed", error="APIError", code=number)
            yield {"type": "total", "when": "", "complete": True, **dict.fromkeys(OUTCOMES, 0), "failed": count}

        tracemalloc.start()
        try:
            assert sum(map(len, page(anew))) > count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(60_000) < 1.5 * peak(15_000)
