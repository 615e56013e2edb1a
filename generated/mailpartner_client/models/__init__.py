"""Contains all the data models used in inputs/outputs"""

from .account_balance import AccountBalance
from .account_code import AccountCode
from .account_credits import AccountCredits
from .account_credits_xml import AccountCreditsXml
from .account_user import AccountUser
from .add_unsubscribe_code import AddUnsubscribeCode
from .add_unsubscribe_format import AddUnsubscribeFormat
from .addition import Addition
from .addition_xml import AdditionXml
from .delete_unsubscribe_code import DeleteUnsubscribeCode
from .delete_unsubscribe_format import DeleteUnsubscribeFormat
from .delete_unsubscribe_with_get_format import DeleteUnsubscribeWithGetFormat
from .get_credits_code import GetCreditsCode
from .get_credits_format import GetCreditsFormat
from .list_unsubscribes_code import ListUnsubscribesCode
from .list_unsubscribes_format import ListUnsubscribesFormat
from .outcome import Outcome
from .outcome_error import OutcomeError
from .outcome_xml import OutcomeXml
from .unsubscribe import Unsubscribe
from .unsubscribe_addition import UnsubscribeAddition
from .unsubscribe_list import UnsubscribeList
from .unsubscribe_list_xml import UnsubscribeListXml

__all__ = (
    "AccountBalance",
    "AccountCode",
    "AccountCredits",
    "AccountCreditsXml",
    "AccountUser",
    "Addition",
    "AdditionXml",
    "AddUnsubscribeCode",
    "AddUnsubscribeFormat",
    "DeleteUnsubscribeCode",
    "DeleteUnsubscribeFormat",
    "DeleteUnsubscribeWithGetFormat",
    "GetCreditsCode",
    "GetCreditsFormat",
    "ListUnsubscribesCode",
    "ListUnsubscribesFormat",
    "Outcome",
    "OutcomeError",
    "OutcomeXml",
    "Unsubscribe",
    "UnsubscribeAddition",
    "UnsubscribeList",
    "UnsubscribeListXml",
)
