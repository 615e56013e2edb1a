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
from .cancel_message_code import CancelMessageCode
from .cancel_message_format import CancelMessageFormat
from .delete_unsubscribe_code import DeleteUnsubscribeCode
from .delete_unsubscribe_format import DeleteUnsubscribeFormat
from .delete_unsubscribe_with_get_format import DeleteUnsubscribeWithGetFormat
from .delivery import Delivery
from .get_credits_code import GetCreditsCode
from .get_credits_format import GetCreditsFormat
from .get_message_status_code import GetMessageStatusCode
from .list_unsubscribes_code import ListUnsubscribesCode
from .list_unsubscribes_format import ListUnsubscribesFormat
from .message_status import MessageStatus
from .message_status_xml import MessageStatusXml
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
    "CancelMessageCode",
    "CancelMessageFormat",
    "DeleteUnsubscribeCode",
    "DeleteUnsubscribeFormat",
    "DeleteUnsubscribeWithGetFormat",
    "Delivery",
    "GetCreditsCode",
    "GetCreditsFormat",
    "GetMessageStatusCode",
    "ListUnsubscribesCode",
    "ListUnsubscribesFormat",
    "MessageStatus",
    "MessageStatusXml",
    "Outcome",
    "OutcomeError",
    "OutcomeXml",
    "Unsubscribe",
    "UnsubscribeAddition",
    "UnsubscribeList",
    "UnsubscribeListXml",
)
