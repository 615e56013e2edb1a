"""Which keys the sandbox takes. It never keeps one: what looks like a real key is refused and shown nowhere."""

from mailpartner._transport.credential import SANDBOX_PREFIX

PREFIX = SANDBOX_PREFIX
WRONG = "sandbox-wrong"  # for trying what a wrong key does
HIDDEN = "***"


def is_foreign(key: str) -> bool:
    """Whether the key may be a real one, sent here by mistake."""
    return not key.startswith(PREFIX)


def is_accepted(key: str) -> bool:
    """Whether the pretended account has this key."""
    return not is_foreign(key) and key != WRONG
