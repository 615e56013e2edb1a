"""The commonest XML answer is read without Expat: it must come to the same."""

from __future__ import annotations

import pytest

from mailpartner._core import positional_xml
from mailpartner.contract import OPERATIONS

SHAPE = OPERATIONS["POST", "/v1/unsubscribe/delete"].response
HEADS = ["", "<?xml version='1.0' encoding='UTF-8'?>", '<?xml version="1.0" encoding="utf-8"?>\r\n']
SPACES = ["", "\n    ", " \t\r\n"]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("space", SPACES, ids=repr)
@pytest.mark.parametrize("code", ["200", "2", "007", "999999999", "9999999999"])
def test_the_short_way_comes_to_what_the_long_way_does(
    head: str, space: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a success is matched as a whole or parsed, its data are the same."""
    entries = f"{space}<entry>true</entry>{space}<entry>{code}</entry>{space}"
    text = f"{head}<result>{entries}</result>"
    short = positional_xml.data_from_xml(text, SHAPE)
    monkeypatch.setattr(positional_xml, "_DONE", positional_xml.re.compile("never"))
    assert positional_xml.data_from_xml(text, SHAPE) == short == {"success": True, "code": int(code)}


@pytest.mark.parametrize(
    "text",
    [
        "<result><entry>true</entry><entry>200</entry><entry>Fait</entry></result>",
        "<!DOCTYPE x><result><entry>true</entry><entry>200</entry></result>",
        "<result><entry>true</entry><entry>200</entry></result><result/>",
        "<?xml version='1.0' encoding='utf-7'?><result><entry>true</entry><entry>200</entry></result>",
        "<result><entry>false</entry><entry>200</entry></result>",
    ],
)
def test_nothing_else_takes_the_short_way(text: str) -> None:
    """Whatever says more, or anything else, is parsed."""
    assert positional_xml._DONE.fullmatch(text) is None
