"""The report on a bulk run as one HTML page: no script, no other file, and nothing from the journal that is markup.

The page is yielded in parts. The lines are read twice: for the counts and the causes of failures, then for the table.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import attrs

from mailpartner._version import __version__
from mailpartner.cli.language import number
from mailpartner.cli.report_texts import ADDITION_TEXTS, COUNTS, ERRORS, OUTCOMES, TEXTS, page_text
from mailpartner.cli.say import shown

Lines = Callable[[], Iterator[dict[str, Any]]]
"""Yields the lines of an audit file, anew at each call."""

LONGEST_TABLE = 5000
"""The number of rows that are drawn in full, and of ids that are listed for a cause. The rows after them are plain."""

_Cause = tuple[str | None, int | None]
_MOST_CAUSES = 100

_STYLE = """
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:2rem 1rem;color:#1b1f24;background:#fff;
font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:0}
h2{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
p{margin:.25rem 0 .75rem;max-width:44rem}
.status{font-size:1.125rem;font-weight:600;margin-top:.75rem}
code{font-family:ui-monospace,Consolas,"Liberation Mono",monospace;font-size:.875rem}
dl{display:grid;grid-template-columns:minmax(8rem,16rem) 1fr;gap:.25rem 1.5rem;margin:0}
dt{color:#4b5259}
dd{margin:0;unicode-bidi:isolate}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:#4b5259;padding:1rem 0 .25rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid #d7dbe0}
thead th{border-bottom:2px solid #1b1f24}
th small{display:block;font-weight:400;font-size:.875rem;color:#4b5259}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.list{table-layout:fixed}
.id{width:9rem}
.line{width:6rem}
.bar{display:flex;gap:2px;height:2.5rem;margin:1rem 0}
.bar span{flex:0 1 0;min-width:4px;container-type:inline-size;display:flex;align-items:center}
.bar b{display:none;padding-left:.6rem;white-space:nowrap;font-size:.875rem;font-weight:600}
@container(min-width:7rem){.bar b{display:inline}}
.mark{display:inline-block;width:.75em;height:.75em;margin-right:.45em;border:1px solid #4b5259}
:is(.deleted,.added){background:#1d5c3f;color:#fff}
:is(.already_gone,.already_listed){background:#a9cbe8;color:#1b1f24}
.failed{background:#9b1c31;color:#fff}
.in_doubt{background:#f2c14e;color:#1b1f24}
.not_sent{background:#d7dbe0;color:#1b1f24}
.plain{font-size:.875rem;content-visibility:auto;contain-intrinsic-size:auto 150000px}
footer{margin-top:3rem;padding-top:.75rem;border-top:1px solid #d7dbe0;color:#4b5259;font-size:.875rem}
@media(max-width:40rem){
body{padding:1.25rem .75rem}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.6rem}
.list{font-size:.875rem}
.list :is(th,td){padding-right:.4rem}
.id{width:4rem}
.line{width:2.75rem}
}
@page{margin:15mm;@bottom-right{content:counter(page) " / " counter(pages);font:9pt sans-serif;color:#4b5259}}
@media print{
html{font-size:10pt}
body{max-width:none;padding:0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
thead{display:table-header-group}
tr,.bar,dt,dd,li{break-inside:avoid}
h2,h3,caption{break-after:avoid}
.plain{content-visibility:visible}
}
"""


@attrs.define
class _Group:
    """The ids, or the lines, that ended for one cause: all are counted, the first ones are kept."""

    count: int = 0
    ids: list[object] = attrs.field(factory=list)

    def add(self, id: object) -> None:
        self.count += 1
        if self.count <= LONGEST_TABLE:
            self.ids.append(id)


@attrs.define
class _Survey:
    """The data of the page above its table."""

    head: dict[str, Any] = attrs.field(factory=dict)
    total: dict[str, Any] = attrs.field(factory=dict)
    groups: dict[str, dict[_Cause, _Group]] = attrs.field(factory=lambda: {"in_doubt": {}, "failed": {}})
    columns: set[str] = attrs.field(factory=set)
    rejects: dict[str, _Group] = attrs.field(factory=dict)

    @property
    def outcomes(self) -> dict[str, int]:
        return {name: self.total[name] for name in OUTCOMES if name in self.total}

    @property
    def ids(self) -> int:
        return sum(self.outcomes.values())

    def text(self, name: str) -> str:
        """Return a text in the words for what the run did."""
        return ADDITION_TEXTS.get(name, TEXTS[name]) if "added" in self.total else TEXTS[name]

    def add(self, line: dict[str, Any]) -> None:
        self.columns.update(name for name in ("id", "line", "email") if line.get(name) is not None)
        causes = self.groups.get(line["outcome"])
        if causes is None:
            return
        cause: _Cause = line.get("error"), line.get("code")
        if cause not in causes and len(causes) >= _MOST_CAUSES:
            cause = TEXTS["other_causes"], None
        causes.setdefault(cause, _Group()).add(line.get("id", line.get("line")))


def page(lines: Lines) -> Iterator[str]:
    """Yield the page."""
    survey = _survey(lines)
    yield from _beginning(survey)
    yield from _outcomes(survey)
    yield from _group("in_doubt", survey)
    yield from _group("failed", survey)
    yield from _rejects(survey)
    yield from _run(survey.head)
    yield f"<h2>{survey.text('all_ids')}</h2>\n"
    yield from _table(lines, survey)
    made = TEXTS["made"].format(when=_time(survey.total["when"]), version=_text(__version__))
    yield f"</main>\n<footer>{made}</footer>\n</body>\n</html>\n"


def _survey(lines: Lines) -> _Survey:
    survey = _Survey()
    for line in lines():
        if line["type"] == "head":
            survey.head = line
        elif line["type"] in ("deletion", "addition"):
            survey.add(line)
        elif line["type"] == "reject":
            survey.rejects.setdefault(line["reason"], _Group()).add(line["line"])
        else:
            survey.total = line
    return survey


def _beginning(survey: _Survey) -> Iterator[str]:
    # The widths of the bar are in the style sheet: a policy with the hash of that allows no style anywhere else.
    style = _STYLE + "".join(f".bar .{name}{{flex-grow:{count}}}\n" for name, count in survey.outcomes.items())
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = survey.text("title").format(input=_text(survey.head["input"]["name"]))
    yield (
        f'<!DOCTYPE html>\n<html lang="{TEXTS["language"]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    )
    status = "complete" if not survey.total["failed"] else "complete_with_failures"
    yield f'<p class="status">{survey.text(status if survey.total["complete"] else "incomplete")}</p>\n'
    yield f"<p>{TEXTS['reason'].format(reason=_text(survey.head['reason']))}</p>\n"


def _outcomes(survey: _Survey) -> Iterator[str]:
    counts, ids = survey.outcomes, survey.ids
    detailed = TEXTS["outcome_detail"].format
    label = ", ".join(detailed(outcome=OUTCOMES[name][0], detail=_number(count)) for name, count in counts.items())
    yield f'<h2>{TEXTS["outcomes"]}</h2>\n<div class="bar" role="img" aria-label="{label}">'
    yield "".join(f'<span class="{name}"><b>{OUTCOMES[name][0]}</b></span>' for name, count in counts.items() if count)
    yield f'</div>\n<table>\n<thead><tr><th scope="col">{TEXTS["outcome"]}</th>'
    yield "".join(f'<th scope="col" class="number">{survey.text(name)}</th>' for name in ("ids", "share"))
    yield "</tr></thead>\n<tbody>\n"
    for name, count in counts.items():
        title, about = OUTCOMES[name]
        yield f'<tr><th scope="row">{_mark(name)}{title}<small>{about}</small></th>'
        yield f'<td class="number">{_number(count)}</td><td class="number">{_share(count, ids)}</td></tr>\n'
    yield "</tbody>\n</table>\n"


def _group(name: str, survey: _Survey) -> Iterator[str]:
    causes = survey.groups[name]
    yield f"<h2>{_mark(name)}{TEXTS[name]}</h2>\n<p>{survey.text(f'{name}_about') if causes else TEXTS['none']}</p>\n"
    for cause, group in sorted(causes.items(), key=lambda item: -item[1].count):
        yield from _listed(_cause(*cause), group, survey.text("ids_of_cause"), TEXTS["more_ids"])


def _rejects(survey: _Survey) -> Iterator[str]:
    if not survey.rejects:
        return
    yield f"<h2>{TEXTS['rejected']}</h2>\n<p>{TEXTS['rejected_about']}</p>\n"
    for reason, group in sorted(survey.rejects.items(), key=lambda item: -item[1].count):
        title = page_text(reason)
        yield from _listed(_text(title[:1].upper() + title[1:]), group, TEXTS["lines_of_cause"], TEXTS["more_lines"])


def _listed(title: str, group: _Group, words: str, more: str) -> Iterator[str]:
    ids, left = ", ".join(map(_text, group.ids)), group.count - len(group.ids)
    if left:
        ids += f" {more.format(count=_number(left))}"
    yield f"<h3>{title}</h3>\n<p>{words.format(count=_number(group.count), ids=ids)}</p>\n"


def _run(head: dict[str, Any]) -> Iterator[str]:
    who, source = head["who"], head["input"]
    facts = {
        "who": _text(who.get("user")),
        "host": _text(who.get("host")),
        "when": _time(head["when"]),
        "input": _text(source["name"]),
        "sha256": f"<code>{_text(source['sha256'])}</code>",
        "key": f"<code>{_text(head['key_fingerprint'])}</code>",
        "base_url": _text(head["base_url"]),
        "command": f"<code>{_text(head['command'])}</code>",
        "run_id": f"<code>{_text(head['run'])}</code>",
    }
    named = {TEXTS[name]: fact for name, fact in facts.items()}
    named |= {COUNTS.get(name, _text(name)): _number(count) for name, count in head["counts"].items()}
    yield f"<h2>{TEXTS['run']}</h2>\n<dl>\n"
    yield "".join(f"<dt>{name}</dt><dd>{fact}</dd>\n" for name, fact in named.items())
    yield f"</dl>\n<h2>{TEXTS['sessions']}</h2>\n"
    yield f"<ol>\n{''.join(map(_session, head['sessions']))}</ol>\n" if head["sessions"] else TEXTS["no_sessions"]


def _session(session: dict[str, Any]) -> str:
    named = {name: f"<bdi>{_text(session.get(name))}</bdi>" for name in ("user", "host")}
    named |= {"key": f"<code>{_text(session.get('key_fingerprint'))}</code>", "began": _time(session.get("started"))}
    if session.get("ended") is None:
        return f"<li>{TEXTS['session'].format(**named)}</li>\n"
    return f"<li>{TEXTS['session_with_end'].format(**named, ended=_time(session['ended']))}</li>\n"


def _table(lines: Lines, survey: _Survey) -> Iterator[str]:
    """Yield the table of all ids, in parts: a browser lays out only those that are on the screen."""
    columns = [name for name in ("id", "line", "email") if name in survey.columns]
    headings = "".join(f'<th scope="col" class="{name}">{TEXTS[name]}' for name in (*columns, "outcome"))
    items = (line for line in lines() if line["type"] in ("deletion", "addition"))
    for first in range(0, max(survey.ids, 1), LONGEST_TABLE):
        plain = first > 0
        last = min(first + LONGEST_TABLE, survey.ids)
        yield f'<div class="{"plain" if plain else "full"}">\n<table class="list">\n'
        if survey.ids > LONGEST_TABLE:
            yield f"<caption>{TEXTS['rows'].format(first=_number(first + 1), last=_number(last))}</caption>\n"
        yield f"<thead><tr>{headings}</thead>\n<tbody>\n"
        for _, line in zip(range(first, last), items, strict=False):
            yield _row(line, columns, plain)
        yield "</tbody>\n</table>\n</div>\n"


def _row(line: dict[str, Any], columns: Sequence[str], plain: bool) -> str:
    """Return a row. HTML lets the ends of its elements be left out, which makes a long page much shorter."""
    outcome = line["outcome"]
    words = ("" if plain else _mark(outcome)) + OUTCOMES[outcome][0]
    if outcome in ("in_doubt", "failed"):
        cause = _cause(line.get("error"), line.get("code"))
        words = TEXTS["outcome_detail"].format(outcome=words, detail=cause)
    return f"<tr>{''.join(f'<td>{_text(line.get(name))}' for name in columns)}<td>{words}\n"


def _cause(error: str | None, code: int | None) -> str:
    """Return what an error of this class means, its name and its code."""
    details = [_text(error)] if error in ERRORS else []
    details += [TEXTS["code"].format(code=code)] if code is not None else []
    words = TEXTS["no_answer_recorded"] if error in (None, "no outcome") else page_text(ERRORS.get(error, error))
    return _text(words) + (f" ({', '.join(details)})" if details else "")


def _mark(outcome: str) -> str:
    return f'<span class="mark {outcome}"></span>'


def _text(value: object) -> str:
    """Return what the journal says as text that is no markup and steers nothing."""
    return escape(shown("" if value is None else str(value)))


def _time(value: object) -> str:
    """Return a moment in UTC, or the text as it is."""
    try:
        moment = datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return _text(value)
    return f'<time datetime="{moment.isoformat()}">{moment.strftime(TEXTS["time"])}</time>'


def _number(value: object) -> str:
    return number(value) if isinstance(value, int) else _text(value)


def _share(count: int, ids: int) -> str:
    """Return a percentage that says nothing and all of the ids only where that is so."""
    share = 100 * count / ids if ids else 0.0
    if 0 < share < 0.1:
        return f"&lt; {number(0.1, 1)} %"
    return f"&gt; {number(99.9, 1)} %" if 99.9 < share < 100 else f"{number(share, 1)} %"
