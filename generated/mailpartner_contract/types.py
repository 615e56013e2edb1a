"""The types of the contract. Written by `make generate` from openapi.yaml; do not edit."""

from typing import NamedTuple


class Code(NamedTuple):
    """A code that openapi.yaml lists."""

    name: str
    kind: str
    """The kind of outcome, x-enum-classes."""
    text: "str | None"
    """The vendor's French text."""
    meaning: str
    """What it means, in English."""
    effect: str
    """What it says of the effect of the request, x-enum-effects."""


class Schema(NamedTuple):
    """The type of a JSON value. An object's fields are in the order of its XML entries."""

    type: str
    fields: "tuple[tuple[str, Schema], ...]" = ()
    essential: "frozenset[str]" = frozenset()
    """The fields without which a success is unreadable, x-essential."""
    items: "Schema | None" = None
    pattern: "str | None" = None
    """What the whole of a string matches."""
    decimal: bool = False
    """Whether a number is read as a decimal, x-decimal."""
    secret: bool = False
    """True for a string that is a secret, format password."""


class Limits(NamedTuple):
    """The limits of an argument; None for no limit."""

    minimum: "int | None" = None
    maximum: "int | None" = None
    min_length: "int | None" = None
    max_length: "int | None" = None
    pattern: "str | None" = None
    min_items: "int | None" = None
    max_items: "int | None" = None


class Sending(NamedTuple):
    """What holds for sending a message, x-sending."""

    placeholder: str
    """How a variable is written in the HTML; its name is the group."""
    own_placeholders: "frozenset[str]"
    """The names that the vendor fills in itself."""
    time_zone: str
    """That of the schedule; assumed."""
    attachment_bytes: int
    """The size that an attachment may have."""


class Operation(NamedTuple):
    """One operation."""

    id: str
    method: str
    path: str
    model: str
    """The generated model of its answer."""
    response: Schema
    codes: "dict[int, Code]"
    safe: bool
    """Whether it changes nothing, x-safe."""
    idempotent: bool
    """Whether it may be repeated after a lost answer, x-idempotent."""
    key_in: str
    """Where the key goes: "query" or "body"."""
    alternate_method: "str | None"
    """Another HTTP method that does the same, x-alias-of."""
    takes_format: bool
    """Whether it knows the parameter _format."""
    answers_secrets: bool
    """True if an answer may hold a secret, format password."""
    limits: "dict[str, Limits]"
    """The limits of its arguments, in the query and in the body; those of a part by its path, as `a.b` or `a[].b`."""
