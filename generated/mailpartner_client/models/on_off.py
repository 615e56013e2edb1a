from enum import IntEnum


class OnOff(IntEnum):
    OFF = 0
    ON = 1

    def __str__(self) -> str:
        return str(self.value)
