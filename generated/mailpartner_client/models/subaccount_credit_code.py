from enum import IntEnum


class SubaccountCreditCode(IntEnum):
    API_KEY_REQUIRED = 1
    CREDIT_REQUIRED = 2
    TOKEN_REQUIRED = 3
    NOT_AUTHORISED = 4
    CREDIT_NOT_POSITIVE = 5
    BALANCE_NOT_POSITIVE = 6
    UNKNOWN_SUBACCOUNT = 7
    INSUFFICIENT_CREDIT = 8
    INVALID_API_KEY = 10
    INSUFFICIENT_CREDIT_11 = 11
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
