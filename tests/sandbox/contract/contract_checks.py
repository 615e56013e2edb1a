"""What schemathesis is told about this API: how XML is read, how calls carry the key, and checks of its own.

The checks judge by the request that was really sent, whatever schemathesis meant by it.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from contract_document import FORMAT, KEY, OPERATIONS, Names, kind_of, read_xml
from contract_modes import RIGHT, WRONG, Mode

from mailpartner.sandbox import Entry, Sandbox

# Among them the id of the document's example.
IDS = {1, 2, 3, 300}
ENTRIES = [Entry(number, f"user{number}@example.com", "2020-01-01 00:00:00") for number in sorted(IDS)]


class Play:
    """What is being played, as schemathesis gives its hooks nothing of the caller's.

    token: that of a sub-account, for the one of the document's example. seen: codes by operationId.
    """

    mode = Mode()
    sandbox: Sandbox
    token = ""
    seen: ClassVar[defaultdict[str, set[int]]] = defaultdict(set)


class Sent(NamedTuple):
    """A request as it went over the wire: the last of each name counts, as in PHP."""

    operation: dict[str, Any]
    query: dict[str, str]
    body: Any

    @property
    def key(self) -> Any:
        """The key it carries."""
        in_body = "requestBody" in self.operation
        return (self.body.get(KEY) if isinstance(self.body, dict) else None) if in_body else self.query.get(KEY)

    @property
    def takes_id(self) -> bool:
        """Whether it deletes something by its id."""
        return "id" in {parameter["name"] for parameter in self.operation["parameters"]}

    @property
    def knows_format(self) -> bool:
        """Whether it hears which format is asked for."""
        listed = FORMAT in {parameter["name"] for parameter in self.operation["parameters"]}
        known = {"listed": listed, "all": True, "ignored": False}[Play.mode.settings.get("formats", "listed")]
        return known and self.operation["operationId"] not in Play.mode.unheard


@schemathesis.deserializer("application/xml", "text/xml")
def entries(context, response):
    """<result><entry>..</entry></result> as the document's schema of it has it: {"entry": [..]}."""
    try:
        root = ET.fromstring(response.content)
    except ET.ParseError as error:  # which would end schemathesis's thread, and with it the run, without a word
        raise ValueError(f"not XML: {error}") from None
    if root.tag != "result":
        raise ValueError(f"the root element is <{root.tag}>, not <result>")
    value = defaultdict(list)
    for child in root:
        value[child.tag].append("".join(child.itertext()))
    return dict(value)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Give a body the key that a query gets from the configuration, ask for XML, and have something to delete."""
    if isinstance(case.body, dict) and isinstance(case.body.get(KEY), str):
        case.body = {name: value for name, value in case.body.items() if name != KEY}
        if Play.mode.key is not None:
            case.body[KEY] = Play.mode.key
        if case.body.get("tokenSubaccount") == "token1":
            case.body["tokenSubaccount"] = Play.token
    if Play.mode.xml:
        case.query = {**(case.query or {}), FORMAT: "xml"}
    if "id" in (case.query or {}):
        Play.sandbox.load(ENTRIES)


@schemathesis.check
def format_as_asked(context, response, case):
    """What arrives is in the format that _format asks for, and JSON where it asks for none that there is."""
    sent = _sent(response)
    if sent is None:
        return
    asked = "xml" if sent.knows_format and sent.query.get(FORMAT) == "xml" else "json"
    arrived = response.headers["content-type"][0].partition(";")[0]
    assert arrived == f"application/{asked}", f"{asked} was asked for, {arrived} came"


@schemathesis.check
def xml_by_its_order(context, response, case):
    """XML says, by the order of its entries, what the schema of the JSON answer wants; texts are CDATA if set so."""
    if _sent(response) is None or b"<" not in response.content[:1]:
        return
    said = _said(response)
    if Play.mode.settings.get("cdata") and "message" in said:
        assert b"<![CDATA[" in response.content, "no text is CDATA"


@schemathesis.check
def outcome_as_listed(context, response, case):
    """The code is on the operation's lists, success is true for one that says so, the status is what was set."""
    sent = _sent(response)
    if sent is None:
        return
    said = _said(response)
    assert {"success", "code"} <= said.keys(), f"only {', '.join(said)} came"
    kind = (
        "success" if said["code"] == Play.mode.settings.get("success_code") else kind_of(sent.operation, said["code"])
    )
    assert kind is not None, f"code {said['code']} is on no list of {sent.operation['operationId']}"
    assert said["success"] is (kind == "success"), f"success is {said['success']} with code {said['code']}"
    assert response.status_code == Play.mode.status(kind), f"HTTP {response.status_code} with code {said['code']}"
    Play.seen[sent.operation["operationId"]].add(said["code"])


@schemathesis.check
def key_decides(context, response, case):
    """A missing key is code 1, or 10 where 1 is not listed, a wrong one 10, the right one neither.

    A malformed body comes before all.
    """
    sent = _sent(response)
    if sent is None:
        return
    code = _said(response).get("code")
    if code == 429 and Play.mode.limited:
        return
    unheard = sent.operation["operationId"] in Play.mode.unheard
    malformed = "requestBody" in sent.operation and not isinstance(sent.body, dict)
    if malformed:
        assert code == 90, f"a malformed body is code {code}"
    elif unheard or not sent.key:
        wanted = 1 if kind_of(sent.operation, 1) else 10
        assert code == wanted, f"a missing key is code {code}"
    elif sent.key == RIGHT:
        assert code not in (1, 10), f"the right key is code {code}"
    elif isinstance(sent.key, str):
        assert code == 10, f"the key {WRONG if sent.key == WRONG else 'made up'} is code {code}"


@schemathesis.check
def settings_as_set(context, response, case):
    """What the settings of the mode say of an answer is so: unknown ids, the count of a list, Retry-After."""
    sent = _sent(response)
    if sent is None:
        return
    said, settings = _said(response), Play.mode.settings
    if said.get("code") == 429 and "retry_after" in settings:
        assert response.headers.get("retry-after") == [settings["retry_after"]], "no Retry-After"
    if "page" in said:
        assert settings.get("pages") != "ignored" or said["page"] == 1, f"page {said['page']} came"
        assert len(said["data"]) == max(0, min(20, said["total"] - 20 * (said["page"] - 1))), "the page is not whole"
    elif "data" in said:
        counts = {"right": len(said["data"]), "absent": None, "wrong": len(said["data"]) + 1}
        assert said.get("nbData") == counts[settings.get("nb_data", "right")], f"nbData is {said.get('nbData')}"
    is_id = re.fullmatch(r"[1-9][0-9]{0,17}", sent.query.get("id", ""))
    if is_id and sent.takes_id and said.get("code") in (4, 200):
        known = int(sent.query["id"]) in IDS
        wanted = 200 if known or settings.get("unknown_id") == "success" else 4
        assert said["code"] == wanted, f"{'a known' if known else 'an unknown'} id is code {said['code']}"


def _names() -> Names:
    return Names(*(Play.mode.settings.get(name) == "named" for name in ("xml_rows", "xml_objects")))


def _sent(response) -> Sent | None:
    """What was sent; None for what no operation of the document is called by."""
    request = response.request
    place = urlsplit(request.url)
    operation = OPERATIONS.get((request.method, place.path))
    if operation is None:
        return None
    try:
        body = json.loads(request.body) if request.body else None
    except ValueError:
        body = None
    return Sent(operation, dict(parse_qsl(place.query, keep_blank_values=True)), body)


def _said(response) -> dict[str, Any]:
    sent = _sent(response)
    try:
        if response.content.startswith(b"<"):
            return read_xml(response.content, sent.operation, _names())
        return dict(json.loads(response.content))
    except (ValueError, ET.ParseError) as error:
        raise AssertionError(f"the answer is not what {sent.operation['operationId']} says: {error}") from None
