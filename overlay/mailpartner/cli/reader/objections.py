"""Find what a file says about objections: whether a person unsubscribed, opted out, or gave no consent.

Such a column is found by its heading, in English and French. A cell that can mean nothing else, such as "unsubscribed",
counts in any column. What is not understood is kept, to be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum

from mailpartner.cli.reader.cells import BLANKS, words_of
from mailpartner.cli.reader.columns import Layout

MOST_UNKNOWN = 20

_LEFT = r"d\w? ?s(abonn|inscri)"  # an export may have lost the accent, or spell it in another encoding
_OUT = rf"(unsub|opt(ed)? ?out|{_LEFT}|opposition)"
_DETAIL = r"\b(reason|raison|motif|cause|date|at|on|le)\b"


class _Kind(Enum):
    DETAIL = re.compile(f"{_OUT}.*{_DETAIL}|{_DETAIL}.*{_OUT}")
    """An objection where it says anything at all, such as when or why."""

    OBJECTION = re.compile(
        rf"unsub|opt(ed)? ?out|{_LEFT}|do ?not ?(e ?mail|mail|contact|send)|don ?t ?(e ?mail|mail|contact)"
        r"|\bne (souhaite )?(pas|plus) (contacter|solliciter|envoyer|ecrire|mailer|relancer|recevoir)"
        r"|nepas(contacter|solliciter)|^(pas|plus|aucun) (d |de )?(e ?)?(mail|courriel|pub|prospection)|^dnc$"
        r"|black ?list|block ?list|liste ?noire|suppression list|\boppos(e|ee|es|ees|ition)\b|\bobject(ed|ion)s?\b"
        r"|\brefus(e|ee|al)?\b"
        r"|^((e ?)?mails? )?(suppressed|excluded?|exclue?s?|exclure|blocked|bloquee?s?|interdite?s?)$"
        r"|^stop$|^(no|stop) ?(e ?)?(mails?|mailings?|marketing)$|\bstop ?pub"
        r"|^(non|not?|sans|pas|plus de|stop|ne) .*(consent|opt(ed)? ?in\b|newsletter|marketing (e ?)?mails?$)"
        r"|^(non|not|pas|plus) (abonn|inscri|subscri)|^(?=.*(consent|opt(ed)? ?in\b|newsletter)).*\b(stop$|retrait"
        r"|absence|exclue?s?\b|retiree?s?\b|withdr|revo[kq]|resilie|annule|desactive|cancel)"
        r"|^(a )?exclure\b|\bne (pas|plus) (demarcher|prospecter)|nepluscontacter|^npc$|^desabo$|repoussoir|^robinson"
        r"|^liste rouge$|^plaintes?$|^spam$|donotbulk"
    )
    """An objection where it says yes, or a date."""

    CONSENT = re.compile(
        r"consent|opt(ed)? ?in\b|^(is )?subscribe[dr]?$|^subscription$|^abonnee?s?$|^inscrite?s?$|newsletter"
        r"|^(accepte?s?|accord|autoris\w*|rgpd|gdpr|souhaite|publicite)\b|^can ?(e ?)?mail|^(e ?)?mailable$"
        r"|\b(contact|mailing|mail|email|marketing|prospection)s? (accept|autoris|authori|permi|allowed)"
        r"|^marketing (e ?)?mails?$|^(e ?)?mailings?$|^prospection$|^contactable$|^communications?( commerciales?)?$"
        r"|^offres commerciales$|^(abo )?nl$|acceptsmarketing"
    )
    """An objection where it says no."""

    STATUS = re.compile(r"stat(us|ut)\b|^etat (de l )?(abonn|inscri)")
    """An objection where it says so in a word."""


_NO_ANSWERS = re.compile(r"\b(link|lien|url|token)\b")
_OTHER_CHANNELS = re.compile(r"sms|phone|telephon|\btel\b|postal|whatsapp|\bfax\b")
_MAIL = re.compile(r"mail|courriel")
_OTHER_MATTERS = re.compile(
    r"photo|image|cookie|\bcb\b|commande|devis|paiement|dossier|bancaire|cheque|parental|rappel|sortie|vente|juridique"
    r"|marital|livraison"
)

_YES = re.compile(r"(oui|yes|true|vrai)\b.*|x|o|y|on|1( 0+)?|[✓✔☑☒]")
_NO = re.compile(r"non|no|false|faux|n|off|0( 0+)?")
_NOTHING = re.compile(r"|null|none|nil|n ?a|aucune?|jamais|never|[0 ]{8,}")
_REFUSAL = re.compile(
    r"(non|no) (?!renseign|communi|connu|defini|precis|specif|applic|repon|indiqu|saisi|fourni|data|info)"
)
_DATE = re.compile(r"(?=.*[1-9])(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?!\d).*|\d{10,13})")
_OBJECTED = re.compile(
    rf"unsub(scribed?)?\b|{_LEFT}|opt(ed)? ?out|(do ?not|dont) ?(e ?mail|mail|contact)"
    r"|ne (pas|plus) (contacter|solliciter)|black ?list|block ?list|liste noire|^(not|non) (subscribed|abonne|inscrit)"
    r"|^stop\b|^oppos|^object|^refus|^declin|^denied|^withdrawn|^retire|^revo[kq]|^complain|^plainte|^spam"
)
_TAKEN_BACK = re.compile(r"\b(refus|retire|withdr|revo[kq]|stop|resili|annul)|^[\d ]+ (non|no)\b")
"""A consent that is no longer one, whatever else the cell says."""
_NOT_OBJECTED = re.compile(r"(re ?)?subscribed?|(re)?abonnee?s?|(re)?inscrite?s?|(single |double )?opt(ed)? ?in")
_CONSENTED = re.compile(
    r"acti(ve|fs?|ves)|accept(ed|ee?s?)|granted|given|donnee?|confirm(ed|ee?s?)|ok|valide?|enabled|consent(i|ed)"
)
_NEGATION = re.compile(r"^(not|non|no|pas|jamais|never) (?!subscribed|abonn|inscri)")
_ALWAYS = re.compile(
    rf"(unsubscribed|{_LEFT}\w{{0,4}}( e?s?)?|opt(ed)? ?out|ne (pas|plus) contacter|do not (e ?mail|mail|contact)"
    r"|black ?listed)( (le|on|at|since|depuis))?[\d ]*"
)
"""What means an objection under any heading."""
_PERHAPS = re.compile(
    r"^stop$|^stop (mail|pub|e ?mail|newsletter)|(?<!pas )(desabonn|desinscri|unsubscri)"
    r"|\bne (souhaite|veut|desire) (pas|plus)|\b(aucun|pas d|plus d|plus de) ?(e ?)?(mail|courriel)|^opposee?\b"
)
"""What may mean one in a remark."""


class Objections:
    """What the rows of a file say.

    Attributes:
        objecting: How many rows say that the person objects.
        agreeing: How many rows have a column about it, and say that the person does not.
        unknown: What is not understood in such columns, by the column and the text, and how often.
        more_unknown: How many more cells are not understood.
        columns: The columns that say that a person objects.
    """

    def __init__(self, layout: Layout, in_any_column: bool) -> None:
        """Find the columns; with `in_any_column`, cells of the others count that can mean nothing else."""
        self.objecting = 0
        self.agreeing = 0
        self.unknown: Counter[tuple[int, str]] = Counter()
        self.more_unknown = 0
        self.columns: set[int] = set()
        self._in_any_column = in_any_column
        self._width = len(layout.headings)
        taken = {layout.id, layout.address, layout.either, *layout.names}
        addresses = {layout.either if layout.address is None else layout.address} if in_any_column else set()
        out = (_Kind.DETAIL, _Kind.OBJECTION)
        self._all = {index for index, heading in enumerate(layout.headings)
                     if index in addresses and _kind_of(heading) in out}  # fmt: skip
        """The column of the addresses, if its heading says that all of them object."""
        kinds = {index: _kind_of(heading) for index, heading in enumerate(layout.headings) if index not in taken}
        self._kinds = {index: kind for index, kind in kinds.items() if kind is not None}
        self._taken = taken

    def found_in(self, cells: list[str]) -> bool:
        """Count what a row says. Return whether it says that the person objects."""
        cells = [*cells, *[""] * (self._width - len(cells))]  # a row may end before the column
        said = {index: _answer(kind, cells[index]) for index, kind in self._kinds.items()}
        objecting = {index for index, answer in said.items() if answer} | self._all
        if self._in_any_column:
            for index in set(range(len(cells))) - said.keys() - self._taken:
                words = words_of(cells[index])
                if _ALWAYS.fullmatch(words):
                    objecting.add(index)
                elif "://" not in cells[index] and _PERHAPS.search(words):
                    said[index] = None
        self.columns |= objecting
        self.objecting += bool(objecting)
        self.agreeing += not objecting and False in said.values()
        for index in (index for index, answer in said.items() if answer is None):
            text = " ".join(cells[index].split())
            if (index, text) in self.unknown or len(self.unknown) < MOST_UNKNOWN:
                self.unknown[index, text] += 1
            else:
                self.more_unknown += 1
        return bool(objecting)


def _kind_of(heading: str) -> _Kind | None:
    words = words_of(heading)
    if (
        _NO_ANSWERS.search(words)
        or _OTHER_MATTERS.search(words)
        or (_OTHER_CHANNELS.search(words) and not _MAIL.search(words))
    ):
        return None
    return next((kind for kind in _Kind if kind.value.search(words)), None)


def _answer(kind: _Kind, cell: str) -> bool | None:
    """Return whether a cell says that the person objects, None if that is not certain."""
    text = cell.strip(BLANKS)
    words = words_of(text) or text.strip("-–—_/.?☐✗✘")  # a tick is no word
    if kind is _Kind.CONSENT and _REFUSAL.match(words):
        return True
    is_objection = _OBJECTED.search(words) or (kind is _Kind.CONSENT and _TAKEN_BACK.search(words))
    if is_objection and not _NEGATION.search(words):
        return True
    if _NOT_OBJECTED.fullmatch(words):
        return False
    if kind is _Kind.STATUS:
        return False if _CONSENTED.fullmatch(words) else None
    is_yes = _YES.fullmatch(words) is not None or _DATE.fullmatch(text) is not None
    if kind is _Kind.CONSENT:
        return False if is_yes or _CONSENTED.fullmatch(words) else True if _NO.fullmatch(words) else None
    if _NOTHING.fullmatch(words) or _NO.fullmatch(words):
        return False
    return True if is_yes or kind is _Kind.DETAIL else None
