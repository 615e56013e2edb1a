from enum import StrEnum


class DeleteUnsubscribeWithGetFormat(StrEnum):
    JSON = "json"
    XML = "xml"

    def __str__(self) -> str:
        return str(self.value)
