"""Answers that look like the API's and are not: no guess is made of them."""

from __future__ import annotations

import pytest
from kit.callers import Caller
from kit.server import Server

from mailpartner import UnexpectedResponseError

from .answers import reply

JSON = {
    "no_success": '{"code": 200}',
    "success_null": '{"success": null, "code": 200}',
    "success_as_text": '{"success": "true", "code": 200}',
    "failure_as_text": '{"success": "false", "code": 4}',
    "success_as_1": '{"success": 1, "code": 200}',
    "success_as_0": '{"success": 0, "code": 4}',
    "success_as_list": '{"success": [true], "code": 200}',
    "success_as_object": '{"success": {"success": true}, "code": 200}',
    "success_in_capitals": '{"SUCCESS": true, "code": 200}',
    "code_as_word": '{"success": true, "code": "OK"}',
    "code_empty": '{"success": true, "code": ""}',
    "code_as_fraction": '{"success": true, "code": 200.5}',
    "code_as_boolean": '{"success": true, "code": true}',
    "code_as_list": '{"success": true, "code": [200]}',
    "code_as_object": '{"success": true, "code": {}}',
    "code_in_full_width_digits": '{"success": true, "code": "\uff12\uff10\uff10"}',
    "code_with_underscore": '{"success": true, "code": "2_00"}',
    "code_with_plus": '{"success": true, "code": "+200"}',
    "refusal_whose_code_is_a_word": '{"success": false, "code": "KO"}',
    "refusal_whose_code_is_a_fraction": '{"success": false, "code": 10.0}',
    "refusal_whose_code_is_a_list": '{"success": false, "code": [10]}',
    "refusal_whose_code_is_false": '{"success": false, "code": false}',
    "list_of_one_envelope": '[{"success": true, "code": 200}]',
    "envelope_in_text": '"{\\"success\\": true, \\"code\\": 200}"',
    "envelope_within": '{"result": {"success": true, "code": 200}}',
    "nothing_in_it": "{}",
    "two_envelopes": '{"success": true, "code": 200}{"success": true, "code": 200}',
    "two_lines": '{"success": true, "code": 200}\n{"success": true, "code": 200}',
    "trailing_comma": '{"success": true, "code": 200,}',
    "single_quotes": "{'success': true, 'code': 200}",
    "comment": '{"success": true, "code": 200 /* done */}',
    "padding": "callback({'success': true})",
    "guard": ')]}\',\n{"success": true, "code": 200}',
    "php_notice_first": '<br />\n<b>Notice</b>: Undefined index\n{"success": true, "code": 200}',
}

OK = "<entry>true</entry><entry>200</entry>"

XML = {
    "another_root": f"<response>{OK}</response>",
    "root_in_capitals": f"<RESULT>{OK}</RESULT>",
    "no_entries": "<result/>",
    "blank": "<result>  </result>",
    "text_alone": "<result>true</result>",
    "text_beside_entries": f"<result>{OK}done</result>",
    "text_between_entries": "<result><entry>true</entry>,<entry>200</entry></result>",
    "cdata_beside_entries": f"<result><![CDATA[done]]>{OK}</result>",
    "text_beside_names": "<result><success>true</success><code>200</code>done</result>",
    "entry_then_name": "<result><entry>true</entry><code>200</code></result>",
    "name_then_entry": "<result><success>true</success><entry>200</entry></result>",
    "entries_and_a_foreign_name": f"<result>{OK}<link/></result>",
    "success_as_1": "<result><entry>1</entry><entry>200</entry></result>",
    "success_in_capitals": "<result><entry>TRUE</entry><entry>200</entry></result>",
    "success_empty": "<result><entry/><entry>200</entry></result>",
    "success_nil": "<result><entry xsi:nil='true'/><entry>200</entry></result>",
    "success_holds_an_entry": "<result><entry><entry>true</entry></entry><entry>200</entry></result>",
    "success_holds_a_name": "<result><success><b>true</b></success><code>200</code></result>",
    "code_holds_an_entry": "<result><entry>true</entry><entry><entry>200</entry></entry></result>",
    "code_holds_text_and_entry": "<result><entry>true</entry><entry>200<entry>4</entry></entry></result>",
    "code_as_word": "<result><entry>true</entry><entry>OK</entry></result>",
    "code_empty": "<result><entry>true</entry><entry/></result>",
    "code_as_fraction": "<result><entry>true</entry><entry>200.5</entry></result>",
    "refusal_whose_code_is_a_word": "<result><entry>false</entry><entry>KO</entry></result>",
    "refusal_whose_code_holds_entries": "<result><entry>false</entry><entry><entry>10</entry></entry></result>",
    "code_first": "<result><entry>200</entry><entry>true</entry></result>",
    "success_twice": "<result><success>true</success><success>true</success><code>200</code></result>",
    "code_twice": "<result><success>true</success><code>4</code><code>200</code></result>",
    "names_without_success": "<result><code>200</code></result>",
    "attributes_for_values": "<result success='true' code='200'/>",
    "result_in_result": f"<result><result>{OK}</result></result>",
}


@pytest.mark.parametrize("body", [*JSON.values(), *XML.values()], ids=[*JSON, *(f"xml_{name}" for name in XML)])
def test_no_guess_is_made(server: Server, caller: Caller, body: str) -> None:
    """An answer that is not one clear envelope is unreadable: neither a deletion nor a refusal, and in doubt."""
    server.then(reply(body, 200, "application/json"))
    came = caller.try_delete()
    assert type(came) is UnexpectedResponseError
    assert (came.status_code, came.maybe_applied, came.attempts) == (200, True, 1)
    assert came.body == body.encode("utf-8")
