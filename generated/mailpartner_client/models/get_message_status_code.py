from enum import IntEnum


class GetMessageStatusCode(IntEnum):
    API_KEY_REQUIRED = 1
    MESSAGE_ID_REQUIRED = 3
    UNKNOWN_MESSAGE = 4
    INVALID_API_KEY = 10
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
