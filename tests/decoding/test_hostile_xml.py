"""XML that is made to cost, to reach out or to be read in two ways. Every document here says in a quiet voice that
it was done, so that a reader who accepts it is found out."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from kit.callers import Caller
from kit.server import Server

from mailpartner import Deletion, UnexpectedResponseError
from mailpartner._core.decoding import decode
from mailpartner._core.response import DecodeError
from mailpartner.contract import OPERATIONS

from .answers import reply
from .measures import MEGABYTE, assert_fit, weighed, worked

OPERATION = OPERATIONS["POST", "/v1/unsubscribe/delete"]

OK = "<entry>true</entry><entry>200</entry>"
DONE = f"<result>{OK}</result>"


def typed(subset: str, inner: str = OK) -> str:
    """A document with an internal subset."""
    return f"<?xml version='1.0'?><!DOCTYPE result [{subset}]><result>{inner}</result>"


def using(entity: str) -> str:
    return f"{OK}<entry>&{entity};</entry>"


def laughs(depth: int) -> str:
    levels = (f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, depth))
    return typed("<!ENTITY l0 'ha'>" + "".join(levels), using(f"l{depth - 1}"))


REFUSED = {
    "doctype_alone": f"<!DOCTYPE result>{DONE}",
    "doctype_html": f"<!DOCTYPE html>{DONE}",
    "dtd_internal": typed("<!ELEMENT result ANY>"),
    "dtd_on_file": f"<!DOCTYPE result SYSTEM 'file:///etc/passwd'>{DONE}",
    "dtd_on_http": f"<!DOCTYPE result SYSTEM 'http://127.0.0.1:1/x.dtd'>{DONE}",
    "dtd_public": f"<!DOCTYPE result PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'http://127.0.0.1:1/x.dtd'>{DONE}",
    "entity": typed("<!ENTITY done 'true'>", "<entry>&done;</entry><entry>200</entry>"),
    "entity_unused": typed("<!ENTITY done 'true'>"),
    "entity_in_attribute": typed("<!ENTITY yes 'true'>", "<entry xsi:nil='&yes;'/><entry>200</entry>"),
    "entity_of_file": typed("<!ENTITY e SYSTEM 'file:///etc/passwd'>", using("e")),
    "entity_of_http": typed("<!ENTITY e SYSTEM 'http://127.0.0.1:1/e'>", using("e")),
    "entity_unparsed": typed("<!NOTATION n SYSTEM 'n'><!ENTITY e SYSTEM 'e' NDATA n>"),
    "parameter_entity": typed("<!ENTITY % p \"<!ENTITY e 'x'>\"> %p;", using("e")),
    "parameter_entity_of_http": typed("<!ENTITY % p SYSTEM 'http://127.0.0.1:1/p'> %p;"),
    "entity_of_itself": typed("<!ENTITY a '&b;'><!ENTITY b '&a;'>", using("a")),
    "billion_laughs": laughs(10),
    "quadratic_blowup": typed(f"<!ENTITY e '{'x' * 50_000}'>", f"{OK}<entry>{'&e;' * 50_000}</entry>"),
    "attlist_default": typed("<!ATTLIST entry xsi:nil CDATA 'true'>"),
    "attlist_flood": typed("<!ATTLIST result " + " ".join(f"a{n} CDATA '{n}'" for n in range(20_000)) + ">"),
    "standalone_no": f"<?xml version='1.0' standalone='no'?><!DOCTYPE result SYSTEM 'x'>{DONE}",
    "entity_undeclared": f"<result>{using('nbsp')}</result>",
    "instruction_before": f"<?xml-stylesheet href='x.xsl' type='text/xsl'?>{DONE}",
    "instruction_within": f"<result>{OK}<?php echo 1; ?></result>",
    "instruction_after": f"{DONE}<?end?>",
    "declaration_late": f"<!-- --><?xml version='1.0'?>{DONE}",
    "declaration_twice": f"<?xml version='1.0'?><?xml version='1.0'?>{DONE}",
    "two_roots": DONE + DONE,
    "text_after_the_root": f"{DONE}done",
    "json_after_the_root": f'{DONE}{{"success": true, "code": 200}}',
    "root_left_open": f"<result>{OK}",
    "tags_crossed": "<result><entry>true</entry><entry>200</result></entry>",
    "nul": f"<result>{OK}<entry>\0</entry></result>",
    "nul_by_number": f"<result>{OK}<entry>&#0;</entry></result>",
    "surrogate_by_number": f"<result>{OK}<entry>&#xD800;</entry></result>",
    "control_character": f"<result>{OK}<entry>\x1b[31m</entry></result>",
    "character_beyond_unicode": f"<result>{OK}<entry>&#x110000;</entry></result>",
    "prefix_on_the_root": f"<r:result xmlns:r='urn:x'>{OK}</r:result>",
    "prefix_on_the_entries": f"<result xmlns:r='urn:x'>{OK.replace('entry>', 'r:entry>')}</result>",
    "prefix_on_a_name": "<result xmlns:r='urn:x'><r:success>true</r:success><code>200</code></result>",
    "xinclude": f"<result xmlns:xi='urn:x'>{OK}<xi:include href='file:///etc/passwd' parse='text'/></result>",
    "attribute_twice": f"<result a='1' a='2'>{OK}</result>",
    "attribute_left_open": "<result a='" + OK,
    "cdata_left_open": f"<result>{OK}<entry><![CDATA[done</entry></result>",
    "cdata_within_cdata": f"<result>{OK}<entry><![CDATA[<![CDATA[x]]>]]></entry></result>",
    "comment_left_open": f"{DONE}<!--",
    "comment_with_dashes": f"<!-- a -- b -->{DONE}",
    "nested_33_deep": f"<result>{OK}{'<entry>' * 33}{'</entry>' * 33}</result>",
    "nested_200000_deep": f"<result>{OK}" + "<a>" * 200_000,
    "elements_flood": f"<result>{OK}{'<a/>' * 60_000}</result>",
    "name_of_a_megabyte": f"<result>{OK}<{'a' * 1_000_000}/></result>",
    "one_open_bracket": "<",
    "brackets": "<" * 1_000_000,
    "html_page_of_20000_paragraphs": "<html>" + "<p>Erreur</p>" * 20_000 + "</html>",
}

READ_OR_NOT = {
    "attribute_flood": "<result " + " ".join(f"a{n}=''" for n in range(100_000)) + f">{OK}</result>",
    "attribute_of_a_megabyte": f"<result a='{'x' * 1_000_000}'>{OK}</result>",
    "namespaces_flood": "<result " + " ".join(f"xmlns:n{n}='u'" for n in range(15_000)) + f">{OK}</result>",
    "text_of_a_megabyte": f"<result>{OK}<entry>{'x' * 1_000_000}</entry></result>",
    "references_flood": f"<result>{OK}<entry>{'&#65;' * 200_000}</entry></result>",
    "comments_flood": f"<result>{OK}{'<!---->' * 145_000}</result>",
    "cdata_flood": f"<result>{OK}<entry>{'<![CDATA[x]]>' * 75_000}</entry></result>",
    "entries_flood": f"<result>{OK}{'<entry/>' * 20_000}</result>",
    "errors_flood": f"<result><entry>false</entry><entry>3</entry><entry>{'<entry/>' * 5_000}</entry></result>",
    "line_breaks": f"<result>{OK}{chr(10) * 1_000_000}</result>",
}
"""Documents that are only large: what they say may count, but not cost."""

assert max(map(len, (REFUSED | READ_OR_NOT).values())) <= MEGABYTE, "the cap must not be what refuses them"


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED)
def test_hostile_xml_is_unreadable(server: Server, caller: Caller, document: str) -> None:
    """A hostile document is an unreadable answer like any other, found out with little work."""
    server.then(reply(document, 200, "application/xml"))
    with worked() as cost:
        came = caller.try_delete()
    assert type(came) is UnexpectedResponseError
    assert came.maybe_applied
    assert_fit(came)
    assert cost.work < 1500


@pytest.mark.parametrize("document", READ_OR_NOT.values(), ids=READ_OR_NOT)
def test_large_xml_is_bounded(server: Server, caller: Caller, document: str) -> None:
    """A document that is only large ends in an answer or an error, after a bounded time."""
    server.then(reply(document))
    with worked() as cost:
        came = caller.try_delete()
    assert_fit(came)
    assert cost.work < 2500


LONG = {name: document for name, document in (REFUSED | READ_OR_NOT).items() if len(document) > 10_000}


@pytest.mark.parametrize("document", [laughs(10), *LONG.values()], ids=["billion_laughs", *LONG])
def test_xml_stays_small(document: str) -> None:
    """No document grows to more than a hundred times its length in memory, whatever it tells its reader to make."""
    with weighed() as cost, contextlib.suppress(DecodeError):
        decode([document.encode()], None, OPERATION)
    assert cost.bytes < MEGABYTE + 100 * len(document)


@pytest.mark.parametrize("name", ["closed", "left_open"])
def test_depth_is_refused_before_it_costs(name: str) -> None:
    """Nesting of 200,000 elements is refused at the 33rd, whether or not the rest is in order."""
    document = "<result>" * 200_000 + ("</result>" * 200_000 if name == "closed" else "")
    with worked() as cost, pytest.raises(DecodeError, match="nested too deeply"):
        decode([document.encode()], None, OPERATION)
    assert cost.work < 500


@pytest.mark.parametrize("depth", [1, 2, 28])
def test_comments_and_modest_depth_are_no_offence(server: Server, caller: Caller, depth: int) -> None:
    """A comment, and nesting within reason in a field that nobody knows, leave a good answer good."""
    inner = f"<success>true</success><code>200</code><new>{'<n>' * depth}{'</n>' * depth}</new>"
    server.then(reply(f"<!-- a --><result>{inner}<!-- b --></result>"))
    assert isinstance(caller.try_delete(), Deletion)


# Run by itself: a hook on opening files cannot be taken back.
_WATCHED = """
import sys
from mailpartner._core.decoding import decode
from mailpartner._core.response import DecodeError
from mailpartner.contract import OPERATIONS
operation = OPERATIONS["POST", "/v1/unsubscribe/delete"]
documents = sys.stdin.read().split("\\0")
def show(event, arguments):
    if event == "open" or event.startswith(("socket.", "urllib.", "subprocess.", "os.")):
        print(event, arguments)
def read(document):
    try:
        decode([document.encode()], None, operation)
    except DecodeError:
        return 1
    return 0
read("<result/>")
sys.addaudithook(show)
refused = sum(map(read, documents))
print(refused, "refused")
"""


def test_external_references_are_not_followed(tmp_path: Path) -> None:
    """No file is opened and no connection made for what a document refers to, be it a DTD, an entity, an include or
    a schema."""
    secret = tmp_path / "secret.dtd"
    secret.write_text("<!ENTITY e 'secret'>", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        targets = (secret.as_uri(), str(secret), f"http://127.0.0.1:{listener.getsockname()[1]}/x")
        documents = [document for target in targets for document in reaching(target)]
        watched = subprocess.run(
            [sys.executable, "-c", _WATCHED],
            input="\0".join(documents),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert watched.stdout.splitlines() == [f"{len(documents)} refused"]


def reaching(target: str) -> list[str]:
    """Documents that refer to `target` in every way there is."""
    return [
        f"<!DOCTYPE result SYSTEM '{target}'>{DONE}",
        f"<!DOCTYPE result PUBLIC 'x' '{target}'>{DONE}",
        typed(f"<!ENTITY e SYSTEM '{target}'>", using("e")),
        typed(f"<!ENTITY e PUBLIC 'x' '{target}'>", using("e")),
        typed(f"<!ENTITY % p SYSTEM '{target}'> %p;", using("e")),
        f"<?xml-stylesheet href='{target}' type='text/xsl'?>{DONE}",
        f"<result xmlns:xi='http://www.w3.org/2001/XInclude'>{OK}<xi:include href='{target}'/></result>",
    ]
