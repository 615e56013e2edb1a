"""Contains all the data models used in inputs/outputs"""

from .account_balance import AccountBalance
from .account_code import AccountCode
from .account_credits import AccountCredits
from .account_credits_xml import AccountCreditsXml
from .account_user import AccountUser
from .add_subaccount_credit_format import AddSubaccountCreditFormat
from .add_unsubscribe_code import AddUnsubscribeCode
from .add_unsubscribe_format import AddUnsubscribeFormat
from .addition import Addition
from .addition_xml import AdditionXml
from .cancel_message_code import CancelMessageCode
from .cancel_message_format import CancelMessageFormat
from .create_subaccount_code import CreateSubaccountCode
from .create_subaccount_format import CreateSubaccountFormat
from .credit_balances import CreditBalances
from .credit_balances_xml import CreditBalancesXml
from .credit_order import CreditOrder
from .delete_unsubscribe_code import DeleteUnsubscribeCode
from .delete_unsubscribe_format import DeleteUnsubscribeFormat
from .delete_unsubscribe_with_get_format import DeleteUnsubscribeWithGetFormat
from .delivery import Delivery
from .get_credits_code import GetCreditsCode
from .get_credits_format import GetCreditsFormat
from .get_message_status_code import GetMessageStatusCode
from .list_subaccounts_code import ListSubaccountsCode
from .list_subaccounts_format import ListSubaccountsFormat
from .list_unsubscribes_code import ListUnsubscribesCode
from .list_unsubscribes_format import ListUnsubscribesFormat
from .message_address import MessageAddress
from .message_attachment import MessageAttachment
from .message_recipients import MessageRecipients
from .message_status import MessageStatus
from .message_status_xml import MessageStatusXml
from .message_variables import MessageVariables
from .on_off import OnOff
from .outcome import Outcome
from .outcome_error import OutcomeError
from .outcome_xml import OutcomeXml
from .outgoing_message import OutgoingMessage
from .remove_subaccount_credit_format import RemoveSubaccountCreditFormat
from .send_message_code import SendMessageCode
from .send_message_format import SendMessageFormat
from .sent_message import SentMessage
from .sent_message_xml import SentMessageXml
from .subaccount_access import SubaccountAccess
from .subaccount_balance import SubaccountBalance
from .subaccount_confirmation import SubaccountConfirmation
from .subaccount_confirmation_xml import SubaccountConfirmationXml
from .subaccount_creation import SubaccountCreation
from .subaccount_credit_code import SubaccountCreditCode
from .subaccount_details import SubaccountDetails
from .subaccount_entry import SubaccountEntry
from .subaccount_page import SubaccountPage
from .subaccount_page_xml import SubaccountPageXml
from .subaccount_type import SubaccountType
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
    "AddSubaccountCreditFormat",
    "AddUnsubscribeCode",
    "AddUnsubscribeFormat",
    "CancelMessageCode",
    "CancelMessageFormat",
    "CreateSubaccountCode",
    "CreateSubaccountFormat",
    "CreditBalances",
    "CreditBalancesXml",
    "CreditOrder",
    "DeleteUnsubscribeCode",
    "DeleteUnsubscribeFormat",
    "DeleteUnsubscribeWithGetFormat",
    "Delivery",
    "GetCreditsCode",
    "GetCreditsFormat",
    "GetMessageStatusCode",
    "ListSubaccountsCode",
    "ListSubaccountsFormat",
    "ListUnsubscribesCode",
    "ListUnsubscribesFormat",
    "MessageAddress",
    "MessageAttachment",
    "MessageRecipients",
    "MessageStatus",
    "MessageStatusXml",
    "MessageVariables",
    "OnOff",
    "Outcome",
    "OutcomeError",
    "OutcomeXml",
    "OutgoingMessage",
    "RemoveSubaccountCreditFormat",
    "SendMessageCode",
    "SendMessageFormat",
    "SentMessage",
    "SentMessageXml",
    "SubaccountAccess",
    "SubaccountBalance",
    "SubaccountConfirmation",
    "SubaccountConfirmationXml",
    "SubaccountCreation",
    "SubaccountCreditCode",
    "SubaccountDetails",
    "SubaccountEntry",
    "SubaccountPage",
    "SubaccountPageXml",
    "SubaccountType",
    "Unsubscribe",
    "UnsubscribeAddition",
    "UnsubscribeList",
    "UnsubscribeListXml",
)
