from enum import IntEnum


class DeleteUnsubscribeCode(IntEnum):
    API_KEY_REQUIRED = 1
    UNDOCUMENTED_2 = 2
    ID_REQUIRED = 3
    UNKNOWN_ID = 4
    INVALID_API_KEY = 10
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
