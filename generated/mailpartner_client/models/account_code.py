from enum import IntEnum


class AccountCode(IntEnum):
    ACCOUNT_DISABLED = 20
    ACCOUNT_BLOCKED = 30
    API_ACCESS_DENIED = 40
    MALFORMED_JSON = 90
    IP_NOT_ALLOWED = 96
    TOO_MANY_REQUESTS = 429
    SERVER_ERROR = 500

    def __str__(self) -> str:
        return str(self.value)
