"""How the command ends: its exit codes, and what leads to each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailpartner.cli.error_text import argument_text, system_error
from mailpartner.cli.language import N_, _

DONE = 0
SOME_FAILED = 1
USAGE = 2
BAD_INPUT = 65
UNREACHABLE = 69
INTERNAL = 70
STOPPED = 75
KEY_REFUSED = 77
NOT_CONFIGURED = 78
SIGNALLED = 128
"""With a signal's number added: 130 for Ctrl-C, 143 for TERM, 141 where nobody reads the output any more."""

SIGPIPE = 13

HELP = N_("""\
\b
Exit codes:
  0  all done                       69  unreachable, or no readable answer
  1  some failed                    75  stopped, and can be resumed
  2  usage; nothing was sent        77  key or account refused
  65 bad input                      78  no key, or bad configuration
  70 a fault of this program
  130, 143, 129: ended by Ctrl-C, TERM, HUP   141: nobody reads the output
""")


class Ended(Exception):  # noqa: N818 - an end, not always an error
    """The command ends now, with this message for people, this code, and perhaps a command that goes on."""

    def __init__(self, text: str, code: int, command: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.command = command


class Signalled(Exception):  # noqa: N818 - an end, not an error
    """A signal asked the command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Signal {number}.")
        self.number = number


class OutputLost(Exception):  # noqa: N818 - what was to be done may be done all the same
    """stdout cannot be written, as on a full disk."""

    def __init__(self, error: OSError) -> None:
        super().__init__(_("The output cannot be written: {why}.").format(why=system_error(error)))
        self.error = error


class Terminated(BaseException):
    """TERM or HUP, as KeyboardInterrupt is Ctrl-C: outside of a run, where there is nothing to bring to an end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def checking_arguments() -> Iterator[None]:
    """Raise Ended for what the SDK says of an argument, as of the option that it comes from."""
    try:
        yield
    except ValueError as error:
        raise Ended(argument_text(error), code_of(error) or USAGE) from None


def heeded(*names: str) -> list[int]:
    """Return the signals of these names that the system knows, and that nohup or a shell's & did not have it ignore."""
    import signal

    known = [number for name in names if (number := getattr(signal, name, None)) is not None]
    return [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]


def code_of(error: BaseException) -> int | None:
    """Return the exit code for an error of the SDK, None for another one."""
    from mailpartner import errors

    if isinstance(error, errors.BulkStoppedError) and isinstance(error.error, errors.MailPartnerError):
        return code_of(error.error)
    for kinds, code in (
        ((errors.AuthenticationError, errors.PermissionDeniedError), KEY_REFUSED),
        (errors.ConfigurationError, NOT_CONFIGURED),
        (errors.JournalError, STOPPED),
        (errors.RateLimitError, STOPPED),
        ((errors.APIConnectionError, errors.UnexpectedResponseError, errors.ServerError), UNREACHABLE),
        (errors.MailPartnerError, SOME_FAILED),
    ):
        if isinstance(error, kinds):
            return code
    return None
