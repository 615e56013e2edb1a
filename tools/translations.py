"""Keep the French catalogue of the command line: which texts it holds, and its compiled forms.

Usage:
    python tools/translations.py            adds new texts to the .po and drops old ones, and compiles it
    python tools/translations.py --check    exits 1 if a text is not translated, or a compiled form is not the .po's

The texts are those in `_()`, `N_()`, `result_text()` and `plural()`, the help and metavars of options, the docstrings
of commands, the hints of the SDK's errors, the words of click, and what the system says where a file cannot be used.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "overlay" / "mailpartner"
LOCALE = PACKAGE / "cli" / "locale"
PO = LOCALE / "fr" / "LC_MESSAGES" / "mailpartner.po"
WIDTH = 120

Text = str | tuple[str, str]
"""A text, or a singular and a plural."""

_FUNCTIONS = ("_", "N_", "result_text", "translate")
_PLURALS = ("plural", "ngettext")
_OPTION_TEXTS = ("help", "metavar")
_CLICK_FILES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
_CLICK_WORDS = ("required",)
"""Words that click looks up by a variable."""

_SYSTEM_ERRORS = (
    "No such file or directory", "Permission denied", "Operation not permitted", "Is a directory", "Not a directory",
    "File exists", "No space left on device", "Read-only file system", "File too large", "Disk quota exceeded",
    "Too many open files", "File name too long", "Too many levels of symbolic links", "Input/output error",
    "Bad file descriptor", "No such device or address",
)  # fmt: skip
_FIXED = re.compile(r"\{[^{}]*\}|%\(\w+\)s|--[a-z][a-z-]+|MAILPARTNER_\w+|^[ \n]|[ \n]$")
"""What a translation has as the text has it: fields, options, names of variables, blanks around it."""

_BREAK_BEFORE_MARK = re.compile(r" [:;?!»]|« ")
_ASCII = {"«\u00a0": '"', "\u00a0»": '"', "\u00a0": " ", "’": "'", "…": "...", "œ": "oe", "–": "-", "—": "-"}


class NotATextError(ValueError):
    """A text that is put together, so that it cannot be looked up."""


def texts_of(path: Path) -> Iterator[Text]:
    """Yield the texts of a file of Python, in their order.

    Raises:
        NotATextError: If one is not a plain string.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _texts_of_call(node, constants, path)
        elif isinstance(node, ast.FunctionDef) and any(map(_makes_a_command, node.decorator_list)):
            yield ast.get_docstring(node) or ""


def _texts_of_call(call: ast.Call, constants: dict[str, ast.expr], path: Path) -> Iterator[Text]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in _FUNCTIONS and call.args:
        yield from _plain(call.args[0], path)
    elif name in _PLURALS:
        yield from zip(_plain(call.args[0], path), _plain(call.args[1], path), strict=True)
    elif name == "Hint":
        template = call.args[1]
        yield from _plain(constants[template.id] if isinstance(template, ast.Name) else template, path)
    elif name in ("option", "argument"):
        for keyword in call.keywords:
            if keyword.arg in _OPTION_TEXTS:
                yield from map(inspect.cleandoc, _plain(keyword.value, path))


def _plain(node: ast.expr, path: Path) -> Iterator[str]:
    """Yield the text of a plain string; nothing for a variable, whose text is marked where it is written."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
        raise NotATextError(f"{path.name}:{node.lineno}: a text to translate is a plain string with named fields")


def _makes_a_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("click.command", "click.group")


def all_texts() -> dict[Text, str]:
    """Return every text and where it is from, in an order that does not depend on the machine."""
    click = Path(str((find_spec("click") or sys).origin)).parent
    cli = sorted((PACKAGE / "cli").rglob("*.py"))
    sdk = sorted(path for folder in ("_core", "resources") for path in (PACKAGE / folder).rglob("*.py"))
    sources: dict[str, Iterator[Text]] = {
        **{path.relative_to(PACKAGE).as_posix(): texts_of(path) for path in [*cli, *sdk, PACKAGE / "client.py"]},
        "click": (text for name in _CLICK_FILES for text in texts_of(click / f"{name}.py")),
        "click, by a variable": iter(_CLICK_WORDS),
        "the system": iter(_SYSTEM_ERRORS),
    }
    found: dict[Text, str] = {}
    for source, texts in sources.items():
        for text in texts:
            if text:
                found.setdefault(text, source)
    return found


class FrenchCatalog(Catalog):
    """A catalogue whose head has no date, so that the same texts make the same file."""

    num_plurals = 2  # Babel's French has a third form, for millions
    plural_expr = "(n > 1)"

    def __init__(self) -> None:
        super().__init__("fr", header_comment="# French texts of the command line.", fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        content = ("Content-Type", "text/plain; charset=utf-8")
        return [("Language", "fr"), ("Plural-Forms", self.plural_forms), content]

    @mime_headers.setter
    def mime_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        raise NotImplementedError


def updated(old: Catalog, texts: dict[Text, str]) -> Catalog:
    """Return the catalogue of these texts, with the translations that there are."""
    catalog = FrenchCatalog()
    for text, source in texts.items():
        known = old.get(text[0] if isinstance(text, tuple) else text)
        catalog.add(text, known.string if known is not None else "", auto_comments=[source])
    return catalog


def faults(catalog: Catalog, texts: Iterable[Text]) -> Iterator[str]:
    """Yield what is wrong with the catalogue."""
    wanted = {text[0] if isinstance(text, tuple) else text for text in texts}
    has = {str(message.id[0] if isinstance(message.id, tuple) else message.id) for message in catalog if message.id}
    yield from (f"missing: {text!r}" for text in wanted - has)
    yield from (f"not used any more: {text!r}" for text in has - wanted)
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        for original, translation in zip(_forms(message.id), _forms(message.string), strict=True):
            yield from _faults_of(original, translation)


def _forms(text: object) -> tuple[str, ...]:
    """Return a text as one form, those of singular and plural as they are."""
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text or ""),)


def _faults_of(original: str, translation: str) -> Iterator[str]:
    if not translation:
        yield f"empty: {original!r}"
    elif set(_FIXED.findall(original)) != set(_FIXED.findall(translation)):
        different = set(_FIXED.findall(original)) ^ set(_FIXED.findall(translation))
        yield f"differs in {', '.join(map(repr, sorted(different)))}: {translation!r}"
    elif not _BREAK_BEFORE_MARK.search(original) and _BREAK_BEFORE_MARK.search(translation):
        yield f"a line may break before or after a mark: {translation!r}"


def _in_ascii(text: str) -> str:
    """Return a French text in ASCII."""
    for letters, plain in _ASCII.items():
        text = text.replace(letters, plain)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def compiled(catalog: Catalog) -> dict[Path, bytes]:
    """Return the compiled catalogues: with accents, and for terminals that can show ASCII only."""
    full, plain = FrenchCatalog(), FrenchCatalog()
    for message in catalog:
        if message.id:
            full.add(message.id, message.string)
            in_ascii = tuple(map(_in_ascii, _forms(message.string)))
            plain.add(message.id, in_ascii if isinstance(message.id, tuple) else in_ascii[0])
    return {
        LOCALE / language / "LC_MESSAGES" / "mailpartner.mo": _written(write_mo, made)
        for language, made in (("fr", full), ("fr@ascii", plain))
    }


def _written(write: object, catalog: Catalog, **options: object) -> bytes:
    buffer = io.BytesIO()
    write(buffer, catalog, **options)  # type: ignore[operator]
    return buffer.getvalue()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; write nothing")
    options = parser.parse_args(arguments)
    texts = all_texts()
    with PO.open("rb") as file:
        catalog = read_po(file, locale="fr")
    if not options.check:
        catalog = updated(catalog, texts)
        for path, data in {PO: _written(write_po, catalog, width=WIDTH), **compiled(catalog)}.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    wrong = list(faults(catalog, texts))
    for path, data in compiled(catalog).items():
        if not path.is_file() or path.read_bytes() != data:
            wrong.append(f"{path.relative_to(ROOT)} is not made of the .po: run `make translations`")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
