"""The façade: what `mailpartner` offers, and what it costs."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys

import pytest

import mailpartner
from mailpartner import errors

PUBLIC = {
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "Addition",
    "AdditionOutcome",
    "AsyncBulkRun",
    "AsyncMailPartner",
    "AsyncSubaccountPage",
    "Attachment",
    "AuthenticationError",
    "BulkFailure",
    "BulkItem",
    "BulkRun",
    "BulkStoppedError",
    "BulkSuccess",
    "Cancellation",
    "CancellationOutcome",
    "ConfigurationError",
    "CreditMove",
    "Credits",
    "Deletion",
    "DeletionOutcome",
    "Delivery",
    "ErrorDetail",
    "Hint",
    "HttpInfo",
    "InsufficientCreditError",
    "InvalidRequestError",
    "JournalError",
    "MailPartner",
    "MailPartnerError",
    "MessageStatus",
    "NotFoundError",
    "Outcome",
    "PermissionDeniedError",
    "RateLimitError",
    "Recipient",
    "ResponseTooLargeError",
    "Secret",
    "SentMessage",
    "ServerError",
    "Subaccount",
    "SubaccountPage",
    "UnexpectedResponseError",
    "Unsubscribe",
    "__version__",
}


def test_the_public_names_are_exactly_these() -> None:
    """A name is added or taken away on purpose only."""
    assert set(mailpartner.__all__) == PUBLIC
    assert mailpartner.__all__ == sorted(mailpartner.__all__)
    assert set(dir(mailpartner)) >= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_public_name_is_there(name: str) -> None:
    """Every name of __all__ can be imported, and stays the same object."""
    assert getattr(mailpartner, name) is getattr(mailpartner, name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A typo fails as in any module."""
    with pytest.raises(AttributeError, match="MailPartnr"):
        mailpartner.MailPartnr  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_neither_httpx_nor_attrs() -> None:
    """`import mailpartner` costs next to nothing until a name is used; `errors` alone needs no httpx either."""
    script = (
        "import sys, mailpartner; print({'httpx', 'attrs', 'typing'} & sys.modules.keys());"
        "mailpartner.NotFoundError; print('httpx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {script}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.split("\n")[:2] == ["set()", "False"]


def _error_classes() -> list[type[errors.MailPartnerError]]:
    return [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """The drawing at the top of errors.py shows every class under its real bases."""
    drawn = re.findall(r"^    ([│├└─ ]*)(\w+Error)(?:\((\w+)\))?", errors.__doc__ or "", re.MULTILINE)
    path: list[str] = []
    for lines, name, extra in drawn:
        depth = len(lines.rstrip()) and len(lines) // 4
        path[depth:] = [name]
        bases = [base.__name__ for base in getattr(errors, name).__bases__]
        assert bases == ([path[depth - 1]] if depth else ["Exception"]) + ([extra] if extra else []), name
    assert {name for _, name, _ in drawn} == {cls.__name__ for cls in _error_classes()}


@pytest.mark.parametrize("cls", _error_classes(), ids=lambda cls: cls.__name__)
def test_every_error_is_public_and_pickles(cls: type[errors.MailPartnerError]) -> None:
    """Celery and multiprocessing carry every error over with all it says."""
    error = cls("one line", maybe_applied=True, attempts=3, status_code=502, message="texte", body=b"<html>")
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), back.args, vars(back)) == (cls, error.args, vars(error))
    assert getattr(mailpartner, cls.__name__) is cls
