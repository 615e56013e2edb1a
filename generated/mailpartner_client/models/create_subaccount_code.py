from enum import IntEnum


class CreateSubaccountCode(IntEnum):
    API_KEY_REQUIRED = 1
    NOT_AUTHORISED = 2
    IS_BUYER_REQUIRED = 3
    TYPE_REQUIRED = 4
    UNKNOWN_TYPE = 5
    EMAIL_REQUIRED = 6
    EMAIL_IN_USE = 7
    CREDIT_NOT_POSITIVE = 8
    BALANCE_NOT_POSITIVE = 9
    INVALID_API_KEY = 10
    INSUFFICIENT_CREDIT = 11
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
