from enum import IntEnum


class GetCreditsCode(IntEnum):
    INVALID_API_KEY = 10
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
