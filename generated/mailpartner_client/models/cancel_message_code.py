from enum import IntEnum


class CancelMessageCode(IntEnum):
    API_KEY_REQUIRED = 1
    MESSAGE_ID_REQUIRED = 3
    UNKNOWN_MESSAGE = 4
    ALREADY_CANCELLED = 5
    TOO_LATE_TO_CANCEL = 6
    ALREADY_SENT = 7
    INVALID_API_KEY = 10
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
