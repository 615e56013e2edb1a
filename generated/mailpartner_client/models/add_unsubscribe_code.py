from enum import IntEnum


class AddUnsubscribeCode(IntEnum):
    API_KEY_REQUIRED = 1
    EMAIL_REQUIRED = 2
    ALREADY_LISTED = 3
    INVALID_EMAIL = 9
    INVALID_API_KEY = 10
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
