"""What Redocly does not judge, a change of an x- key, of the XML or of a schema's name, means what the rule says."""

from __future__ import annotations

import pytest
import yaml
from spec.checks.edits import Replacement, edited
from spec_checks.changes import Change, Level, changes_of_extensions

B, A, W = Level.BREAKING, Level.ADDITION, Level.WORDING

# For each edit: what is said about it, as level, place and sentence; and what was replaced by what.
EDITS: dict[str, tuple[list[tuple[Level, str, str]], list[Replacement]]] = {
    "a code is gone": (
        [(B, "AccountCode.enum", "code 500 (SERVER_ERROR) is gone")],
        [
            ("96, 429, 500]", "96, 429]"),
            (", SERVER_ERROR]", "]"),
            ("        - Problème lors de l'ajout du mail dans la file d'attente  # 500\n", ""),
            ("        - An error of the server; the vendor's text is about queueing a mail.  # 500\n", ""),
            (", server]", "]"),
            (", unknown]", "]"),
        ],
    ),
    "a code has another number": (
        [
            (B, "AccountCode.enum", "code 429 (TOO_MANY_REQUESTS) is 430 now"),
            (A, "AccountCode.enum", "code 430 (TOO_MANY_REQUESTS) is new"),
        ],
        [("96, 429, 500]", "96, 430, 500]")],
    ),
    "a code has another name": (
        [(B, "DeleteUnsubscribeCode.x-enum-varnames.3", "was 'UNKNOWN_ID' and is 'NO_SUCH_ID'")],
        [("ID_REQUIRED, UNKNOWN_ID", "ID_REQUIRED, NO_SUCH_ID")],
    ),
    "a code has another class": (
        [(B, "DeleteUnsubscribeCode.x-enum-classes.3", "x-enum-classes of code 4 was 'not_found'")],
        [("not_found, authentication, success]", "server, authentication, success]")],
    ),
    "a code has another French text": (
        [(B, "DeleteUnsubscribeCode.x-enum-texts.3", "is 'Le mail est invalide'")],
        [("        - Le mail et invalide\n", "        - Le mail est invalide\n")],
    ),
    "a code is described in other words": (
        [(W, "ListUnsubscribesCode.x-enum-descriptions.2", "was 'Done.' and is 'It is done.'")],
        [("Done.]", "It is done.]")],
    ),
    "a code is new": (
        [(A, "ListUnsubscribesCode.enum", "code 201 (OLD) is new")],
        [
            ("enum: [1, 10, 200]", "enum: [1, 10, 200, 201]"),
            ("INVALID_API_KEY, OK]", "INVALID_API_KEY, OK, OLD]"),
            ("Tout s’est bien passé !]", "Tout s’est bien passé !, Ancien]"),
            ("Done.]", "Done., Old.]"),
            ("authentication, success]", "authentication, success, success]"),
            ("not_applied, applied]", "not_applied, applied, applied]"),
        ],
    ),
    "the codes stand in another order": (
        [],
        [
            ("enum: [1, 10, 200]", "enum: [10, 1, 200]"),
            ("[API_KEY_REQUIRED, INVALID_API_KEY,", "[INVALID_API_KEY, API_KEY_REQUIRED,"),
            ("[La Clé API est requise, Clé API incorrecte,", "[Clé API incorrecte, La Clé API est requise,"),
            ("[The API key is missing., The API key is wrong.,", "[The API key is wrong., The API key is missing.,"),
        ],
    ),
    "two entries change places": (
        [(B, "Outcome.x-xml-order", "is [success, code, errors, message]")],
        [("x-xml-order: [success, code, message, errors]", "x-xml-order: [success, code, errors, message]")],
    ),
    "an entry comes before others": (
        [(B, "Unsubscribe.x-xml-order", "is [id, reason, email, createdAt]")],
        [("x-xml-order: [id, email, createdAt]", "x-xml-order: [id, reason, email, createdAt]")],
    ),
    "an entry comes last": (
        [(A, "Unsubscribe.x-xml-order", "is [id, email, createdAt, reason]")],
        [("x-xml-order: [id, email, createdAt]", "x-xml-order: [id, email, createdAt, reason]")],
    ),
    "an order is gone": (
        [(B, "Unsubscribe.x-xml-order", "is None")],
        [("      x-xml-order: [id, email, createdAt]\n", "")],
    ),
    "an XML answer is of another JSON answer": (
        [(B, "OutcomeXml.x-xml-of", "was 'Outcome' and is 'Addition'")],
        [("x-xml-of: Outcome\n", "x-xml-of: Addition\n")],
    ),
    "the root of the XML has another name": (
        [(B, "UnsubscribeListXml.xml", "'result'")],
        [("xml: {name: result}", "xml: {name: answer}")],
    ),
    "the entries of the XML have another name": (
        [(B, "UnsubscribeListXml.properties.entry.items.xml", "'entry'")],
        [("xml: {name: entry}", "xml: {name: value}")],
    ),
    "a number is read as a decimal": (
        [(A, "Addition.properties.stopId.x-decimal", "was None and is True")],
        [("        stopId:\n", "        stopId:\n          x-decimal: true\n")],
    ),
    "a schema is renamed": (
        [(A, "Fault", "new"), (B, "OutcomeError", "gone or renamed")],
        [("    OutcomeError:\n", "    Fault:\n")],
    ),
    "a code has another effect": (
        [(B, "DeleteUnsubscribeCode.x-enum-effects.3", "x-enum-effects of code 4 was 'settles'")],
        [("[not_applied, not_applied, not_applied, settles,", "[not_applied, not_applied, not_applied, unknown,")],
    ),
    "an operation is no longer safe": (
        [(B, "paths./v1/unsubscribe/list.get.x-safe", "x-safe was True and is None")],
        [("      x-safe: true\n", "")],
    ),
    "a property is no longer essential": (
        [(B, "UnsubscribeList.x-essential", "x-essential was [data] and is None")],
        [("      x-essential: [data]\n", "")],
    ),
    "a property is essential now": (
        [(A, "Unsubscribe.x-essential", "is [id, email, createdAt]")],
        [("x-essential: [id, email]", "x-essential: [id, email, createdAt]")],
    ),
    "an operation may not be repeated any more": (
        [(B, "paths./v1/unsubscribe/list.get.x-idempotent", "x-idempotent was True and is False")],
        [("x-idempotent: true\n", "x-idempotent: false\n")],
    ),
    "an operation has one list of codes less": (
        [(B, "paths./v1/unsubscribe/list.get.x-codes", "is [ListUnsubscribesCode]")],
        [("[ListUnsubscribesCode, AccountCode]", "[ListUnsubscribesCode]")],
    ),
    "an operation has one list of codes more": (
        [(A, "paths./v1/unsubscribe/list.get.x-codes", "AddUnsubscribeCode]")],
        [("[ListUnsubscribesCode, AccountCode]", "[ListUnsubscribesCode, AccountCode, AddUnsubscribeCode]")],
    ),
    "a form of an operation stands alone": (
        [(B, "paths./v1/unsubscribe/delete.get.x-alias-of", "is None")],
        [("      x-alias-of: deleteUnsubscribe\n", "")],
    ),
    "fewer requests are allowed": (
        [(B, "x-rate-limit", "was {'requests': 2000, 'seconds': 60} and is {'requests': 2000, 'seconds': 61}")],
        [("  seconds: 60\n", "  seconds: 61\n")],
    ),
    "more requests are allowed": (
        [(A, "x-rate-limit", "is {'requests': 2001, 'seconds': 60}")],
        [("  requests: 2000\n", "  requests: 2001\n")],
    ),
}


def changes_of(*replacements: Replacement) -> list[Change]:
    """What is said of openapi.yaml with these edits."""
    return list(changes_of_extensions(yaml.safe_load(edited()), yaml.safe_load(edited(*replacements))))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_means_what_the_rule_says(name: str) -> None:
    """Each change is told once, with its level, its place and what was and is; nothing else is told."""
    expected, replacements = EDITS[name]
    found = changes_of(*replacements)
    assert len(found) == len(expected), found
    for level, where, told in expected:
        place = where if where.startswith(("paths.", "x-")) else f"components.schemas.{where}"
        assert [
            change
            for change in found
            if change.level is level and ".".join(map(str, change.place)) == place and told in change.what
        ], found


def test_what_may_be_repeated_after_all_is_an_addition() -> None:
    """A client that does not repeat an operation which may be repeated does no harm."""
    old = yaml.safe_load(edited(("x-idempotent: true\n", "x-idempotent: false\n")))
    assert [change.level for change in changes_of_extensions(old, yaml.safe_load(edited()))] == [A]


def test_an_explanation_of_a_key_is_no_change_of_it() -> None:
    """The texts of x-extensions, which have the names of the keys, are words for people."""
    assert changes_of(("  x-safe: >-\n", "  x-safe: >-\n    In other words.\n")) == []
