from enum import IntEnum


class ListSubaccountsCode(IntEnum):
    API_KEY_REQUIRED = 1
    INVALID_API_KEY = 10
    OK = 200

    def __str__(self) -> str:
        return str(self.value)
