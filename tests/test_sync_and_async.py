"""Sync and async clients: the same names, signatures and docstrings."""

from __future__ import annotations

import inspect

import pytest

from mailpartner import AsyncMailPartner, MailPartner
from mailpartner._core import options
from mailpartner._transport.custom_client import AsyncCustomClient, CustomClient
from mailpartner._transport.pool import AsyncConnectionPool, ConnectionPool
from mailpartner.resources._base import Resource
from mailpartner.resources.account import Account, AsyncAccount
from mailpartner.resources.messages import AsyncMessages, Messages
from mailpartner.resources.subaccounts import AsyncSubaccounts, Subaccounts
from mailpartner.resources.unsubscribes import AsyncUnsubscribes, Unsubscribes
from mailpartner.testing import AsyncScriptedMailPartner, ScriptedMailPartner

TWINS = [
    pytest.param(MailPartner, AsyncMailPartner, id="client"),
    pytest.param(Account, AsyncAccount, id="account"),
    pytest.param(Messages, AsyncMessages, id="messages"),
    pytest.param(Subaccounts, AsyncSubaccounts, id="subaccounts"),
    pytest.param(Unsubscribes, AsyncUnsubscribes, id="unsubscribes"),
    pytest.param(ScriptedMailPartner, AsyncScriptedMailPartner, id="scripted"),
    pytest.param(ConnectionPool, AsyncConnectionPool, id="own connections"),
    pytest.param(CustomClient, AsyncCustomClient, id="custom client"),
]
ASYNC_WORDS = {"Async": ""}
RENAMED = {"__enter__": "__aenter__", "__exit__": "__aexit__"}


def _methods(cls: type) -> dict[str, object]:
    names = (name for name in dir(cls) if not name.startswith("__") or name in {*RENAMED, *RENAMED.values()})
    return {name: inspect.getattr_static(cls, name) for name in names if callable(getattr(cls, name))}


@pytest.mark.parametrize("kind", [0, 1], ids=["sync", "async"])
def test_a_word_that_is_mistyped_is_looked_for_among_all_that_there_are(kind: int) -> None:
    """What a method takes beside the options of every call is offered where something like it was written."""
    groups = [twins.values[kind] for twins in TWINS if issubclass(twins.values[kind], Resource)]
    methods = (method for group in groups for method in _methods(group).values() if inspect.isfunction(method))
    named = [each for method in methods for each in inspect.signature(method).parameters.values()]
    assert {each.name for each in named if each.kind is each.KEYWORD_ONLY} == set(options._METHOD_ARGUMENTS)


@pytest.mark.parametrize(("sync", "async_"), TWINS)
def test_twins_have_the_same_names(sync: type, async_: type) -> None:
    """Whatever one can do the other can, under the same name."""
    public = {RENAMED.get(name, name) for name in _methods(sync) if not name.startswith("_") or name in RENAMED}
    twin = {name for name in _methods(async_) if not name.startswith("_") or name in RENAMED.values()}
    assert public == twin


@pytest.mark.parametrize(("sync", "async_"), TWINS)
def test_twins_have_the_same_signatures_and_docstrings(sync: type, async_: type) -> None:
    """Each method takes the same arguments, gives the same result when awaited, and says the same of itself."""
    for name, method in _methods(sync).items():
        twin = getattr(async_, RENAMED.get(name, name))
        if not inspect.isfunction(method) or (name.startswith("_") and name not in RENAMED):
            continue
        signature = str(inspect.signature(twin))
        for word, in_sync in ASYNC_WORDS.items():
            signature = signature.replace(word, in_sync)
        assert str(inspect.signature(method)) == signature, name
        assert method.__doc__ == twin.__doc__, name
        if method is not twin and name not in ("with_options", "resize") and not inspect.isgeneratorfunction(method):
            assert inspect.iscoroutinefunction(twin) or "AsyncBulkRun" in str(inspect.signature(twin)), name


def test_twins_are_made_alike() -> None:
    """Both constructors are one and the same."""
    assert MailPartner.__init__ is AsyncMailPartner.__init__
