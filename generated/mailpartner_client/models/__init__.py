"""Contains all the data models used in inputs/outputs"""

from .account_code import AccountCode
from .delete_unsubscribe_code import DeleteUnsubscribeCode
from .delete_unsubscribe_format import DeleteUnsubscribeFormat
from .delete_unsubscribe_with_get_format import DeleteUnsubscribeWithGetFormat
from .outcome import Outcome
from .outcome_error import OutcomeError
from .outcome_xml import OutcomeXml

__all__ = (
    "AccountCode",
    "DeleteUnsubscribeCode",
    "DeleteUnsubscribeFormat",
    "DeleteUnsubscribeWithGetFormat",
    "Outcome",
    "OutcomeError",
    "OutcomeXml",
)
