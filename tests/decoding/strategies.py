"""What may arrive, for hypothesis: from answers that are nearly right to plain noise."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, Final
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

ARRIVING: Final = settings(
    derandomize=True,
    database=None,
    deadline=5_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""The same examples on every run. The deadline, in milliseconds, is only there to find what never ends."""

CODES: Final = (1, 2, 3, 4, 10, 20, 30, 40, 90, 96, 200, 429, 500)
SUCCESS: Final = 200


def mostly(usual: SearchStrategy[Any], *rare: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """The first four times out of five, so that what is rare does not spoil every answer."""
    return st.integers(0, 4).flatmap(lambda number: st.one_of(*rare) if number == 4 else usual)


characters = st.one_of(
    st.sampled_from("\0\n\r\t\x1b\x7f\x85\u2028\u202e\ufeff\ufffe\ud800\udfff\U0001f4a9\\\"'<>&é’"), st.characters()
)
texts = st.text(characters, max_size=30)
encodings = mostly(st.just("utf-8"), st.sampled_from(["utf-8", "iso-8859-1", "utf-16"]))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**60), max_value=10**60),
    mostly(st.floats(allow_nan=False, allow_infinity=False), st.floats()),
    texts,
    st.sampled_from(["", "true", "false", "200", " 10 ", "1e2", "-0", "\uff12", "9" * 30]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
listed_codes = st.sampled_from(CODES)
codes = mostly(listed_codes, listed_codes.map(str), st.integers(-5, 600), scalars)
details = mostly(
    st.fixed_dictionaries({}, optional={"elementId": values, "message": values, "code": values, "success": values}),
    texts,
    values,
)
error_lists = mostly(st.lists(details, max_size=4), details)

envelopes: Final = st.fixed_dictionaries(
    {"success": mostly(st.booleans(), values), "code": codes},
    optional={"message": mostly(texts, values), "errors": error_lists, "error": error_lists, "new": values},
)
"""Objects with the fields of an answer, most of them of the right type."""

coherent: Final = listed_codes.flatmap(
    lambda code: st.fixed_dictionaries(
        {"success": st.just(code == SUCCESS), "code": st.sampled_from([code, code, str(code)])},
        optional={"message": texts, "errors": error_lists, "new": values},
    )
)
"""Objects whose success and code agree."""


@st.composite
def json_bytes(draw: st.DrawFn, shapes: SearchStrategy[Any]) -> bytes:
    """A value as JSON, escaped or not."""
    text = json.dumps(draw(shapes), ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    return text.encode(draw(encodings), "replace")


_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml_text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return escape(_NOT_IN_XML.sub("", text))


tags = mostly(
    st.just("entry"),
    st.sampled_from(["entry", "success", "code", "message", "errors", "error", "elementId", "x:y"]),
)
attributes = mostly(
    st.just(""), st.sampled_from([" xsi:nil='true'", " xsi:nil='0'", " a='1'", " xmlns='urn:x'", " a=1"])
)
leaves = mostly(
    st.one_of(
        scalars.map(_xml_text),
        st.sampled_from(["true", "false", *map(str, CODES), "", " \n ", "<!-- c -->", "&amp;", "&#233;"]),
        texts.map(lambda text: f"<![CDATA[{_NOT_IN_XML.sub('', text)}]]>"),
    ),
    mostly(st.just(""), texts.map(str), st.sampled_from(["<?pi?>", "&nbsp;", "<![CDATA[", "&#0;", "<a>", "</result>"])),
)
roots = mostly(st.just("result"), st.sampled_from(["result", "r:result", "html"]))
declarations = mostly(
    st.sampled_from(["", "<?xml version='1.0' encoding='UTF-8'?>"]),
    st.sampled_from(["\n", "<?xml version='1.0' encoding='x'?>", "<!DOCTYPE r>"]),
)


def element(tag: str, attribute: str, inner: list[str]) -> str:
    return f"<{tag}{attribute}>{''.join(inner)}</{tag}>"


elements = st.recursive(
    st.builds(element, tags, attributes, st.lists(leaves, max_size=2)),
    lambda inner: st.builds(element, tags, attributes, st.lists(inner, max_size=4)),
    max_leaves=10,
)


@st.composite
def positional(draw: st.DrawFn) -> str:
    """Entries in the right order, the first two mostly right, the rest anything."""
    code = draw(mostly(listed_codes, codes))
    success = draw(mostly(st.just(str(code == SUCCESS).lower()), st.sampled_from(["true", "false", "TRUE", ""])))
    rest = draw(st.lists(elements, max_size=3))
    return f"<entry>{success}</entry><entry>{_xml_text(code)}</entry>{''.join(rest)}"


@st.composite
def xml_bytes(draw: st.DrawFn) -> bytes:
    """An XML answer, mostly well-formed."""
    inner = draw(mostly(positional(), st.lists(elements, max_size=4).map("".join)))
    text = draw(declarations) + element(draw(roots), draw(attributes), [inner])
    return text.encode(draw(encodings), "replace")


VALID: Final = (
    b'{"success": true, "code": 200}',
    '{"success": false, "code": 10, "message": "Clé API incorrecte"}'.encode(),
    b'{"success":false,"code":9,"errors":[{"elementId":"children[message].data","message":"requis"}]}',
    b"<?xml version='1.0' encoding='UTF-8'?>\n<result>\n    <entry>true</entry>\n    <entry>200</entry>\n</result>",
    b"<result><entry>false</entry><entry>4</entry><entry><![CDATA[Le mail et invalide]]></entry></result>",
    b"<result><entry>false</entry><entry>9</entry><entry><entry><entry>a</entry><entry>b</entry></entry></entry></result>",
    b"<result><success>false</success><code>3</code><message>L'ID est requis</message></result>",
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A right answer with a few bytes cut out, put in, doubled or changed."""
    body = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 12)))
        piece = draw(
            st.one_of(st.just(b""), st.just(body[start:end] * 2), st.binary(max_size=6), st.sampled_from(VALID))
        )
        body = body[:start] + piece + body[end:]
    return draw(st.sampled_from([b"", b"", b"", codecs.BOM_UTF8, b"\r\n ", codecs.BOM_UTF16_LE])) + body


bodies = st.one_of(
    json_bytes(coherent),
    json_bytes(coherent),
    json_bytes(envelopes),
    json_bytes(envelopes),
    xml_bytes(),
    xml_bytes(),
    mutated(),
    mostly(json_bytes(values), st.binary(max_size=200)),
)

statuses = st.one_of(st.sampled_from([200, 200, 200, 405, 408, 429, 500, 502]), st.integers(200, 999))

DATE_PARTS: Final = ("Fri,", "Friday,", "15", "Jan", "2027", "27", "15-Jan-27", "08:00:42", "8.0.42.1", "GMT", "-", ",")
dates = st.one_of(
    st.datetimes().map(lambda date: date.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    st.lists(st.sampled_from(DATE_PARTS), max_size=8).map(" ".join),
)
latin = st.text(st.characters(max_codepoint=255), max_size=30)
waits = st.one_of(st.none(), st.integers(-1, 10**30).map(str), st.floats().map(str), dates, latin)
types = st.one_of(
    st.none(),
    st.sampled_from(["application/json", "application/xml; charset=ISO-8859-1", "text/html", "a/b; charset=utf-16"]),
    latin,
    latin.map(lambda name: f"text/html; charset={name}"),
)
places = st.one_of(st.none(), st.just("https://user@evil.test/?apiKey=x"), latin, latin.map(lambda path: f"/{path}"))


@st.composite
def header_line(draw: st.DrawFn) -> bytes:
    """A header that the client looks at, with any value."""
    name, strategy = draw(st.sampled_from([("Content-Type", types), ("Retry-After", waits), ("Location", places)]))
    value = draw(strategy) or ""
    return f"{name}: {value}".encode("iso-8859-1")


STRANGE_HEADERS: Final = (
    b"Content-Encoding: gzip",
    b"Content-Encoding: identity",
    b"Content-Encoding: \xff",
    b"Transfer-Encoding: chunked",
    b"Content-Length: 7",
    b"Content-Length: -1",
    b"Connection: close",
    b"Set-Cookie: a=b",
    b"Upgrade: h2c",
    b"X",
)
header_lines = st.one_of(
    header_line(),
    header_line(),
    st.sampled_from(STRANGE_HEADERS),
    st.binary(max_size=40),
)
