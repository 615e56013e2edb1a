"""The command line in French: what is said is French, what a program reads is the same as in English."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import click
import pytest
import translations
from babel.messages.catalog import Catalog
from cli_runner import ONE_BY_ONE, WHY, Cli, objects
from unmarked_texts import unmarked_texts

import mailpartner.cli
from mailpartner.cli.error_text import text_of
from mailpartner.cli.group import cli as root
from mailpartner.cli.language import OPTION, VALUE_OPTIONS
from mailpartner.sandbox import Sandbox

CLI = Path(mailpartner.cli.__file__).parent
NO_TEXTS = {
    "'maybe address'", "'no outcome'", "'mailpartner ", "*{box-sizing", "'may have been done'",
    "'by hand'",
    "must have (at least", "'at least'", "'at most'",
}  # fmt: skip
"""Strings that are not shown, or that a program reads."""

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|not|no|with|for|from|to|it|be|this|that|which|by|its|nothing|show|usage:|options:|error|"
    r"missing|invalid|default|required|got|unexpected|such|file|key|address|ids?|line|done|failed|deleted)\b",
    re.IGNORECASE,
)
AS_IT_IS = re.compile(
    r"--[a-z-]+|'[^']*'|\[[a-z|]+\]|MAILPARTNER_\w+|\S+\.(csv|key)\b|\bID\b|mailpartner [a-z ]+|\bN\|none\b"
)
"""What is the same in every language: options, values in quotes, names."""

FRENCH = {"LANG": "fr_FR.UTF-8"}


def english_in(text: str) -> set[str]:
    return {found[0] for found in ENGLISH.finditer(AS_IT_IS.sub(" ", text))}


def commands(group: click.Group = root, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    """All commands by their words."""
    found: dict[tuple[str, ...], click.Command] = {path: group}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found |= commands(command, (*path, name)) if isinstance(command, click.Group) else {(*path, name): command}
    return found


def test_every_message_is_marked_for_translation() -> None:
    """No string of several words is shown without being looked up in the catalogue."""
    found = [
        text
        for path in sorted(CLI.rglob("*.py"))
        if path.name != "objections.py"  # its strings are patterns
        for text in unmarked_texts(path)
        if "<" not in text and not any(each in text for each in NO_TEXTS)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("original", "translation", "fault"),
    [
        ("Show {what}.", "", "empty"),
        ("Show {what}.", "Montrer {quoi}.", "differs in"),
        ("Give --yes.", "Donnez --oui.", "differs in"),
        ("Mind", "Attention : rien", "a line may break"),
        (("{count} entry", "{count} entries"), ("{count} entrée", ""), "empty"),
        (None, None, "missing"),
        ("Old", "Vieux", "not used any more"),
    ],
)
def test_what_is_wrong_with_a_catalogue(original: Any, translation: Any, fault: str) -> None:
    """A text that is missing, empty, old, or has other fields or options is found; so is a break before a colon."""
    catalog = translations.FrenchCatalog()
    texts = ["Fine"] if fault == "missing" else ["Old"] if original is None else [original]
    if original is not None:
        catalog.add(original, translation)
    found = list(translations.faults(catalog, [] if fault == "not used any more" else texts))
    assert [each for each in found if each.startswith(fault)], found


def test_a_fuzzy_translation_is_wrong() -> None:
    """A translation that only resembles what is needed is not shipped."""
    catalog: Catalog = translations.FrenchCatalog()
    catalog.add("Fine", "Bien", flags=["fuzzy"])
    assert list(translations.faults(catalog, ["Fine"])) == ["fuzzy: 'Fine'"]


def test_options_with_values_are_known() -> None:
    """--lang is not read out of the value of an option: those that take one are all known."""
    options = [
        option for command in commands().values() for option in command.params if isinstance(option, click.Option)
    ]
    flags = {name for option in options if option.is_flag or option.count for name in option.opts}
    values = {name for option in options if not option.is_flag for name in option.opts}
    assert values - flags - {OPTION, "--api-key", "--apikey", "--key"} == VALUE_OPTIONS


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_is_in_french(cli: Cli, words: tuple[str, ...]) -> None:
    """No English is left in any help, click's own words included, and its lines fit into 80 columns."""
    if words == ("sandbox",):
        pytest.skip("has its own help, outside of the command line")
    shown = cli(*words, "--help", env=FRENCH)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("Usage\u00a0: mailpartner")
    assert english_in(shown.stdout.replace("Options\u00a0:", "")) == set()
    lines = [line for line in shown.stdout.splitlines() if "mailpartner completion" not in line]  # not broken: copied
    assert max(map(len, lines)) < 80


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (["--nix"], {}, "Option inconnue\u00a0: --nix. Rien n'a été envoyé"),
        (["unsubscribes", "delete", "1", "--mising-ok"], {}, "Vouliez-vous dire --missing-ok\u00a0?"),
        (["nix"], {}, "Commande inconnue"),
        (["unsubscribe", "list"], {}, "Vouliez-vous dire\u00a0: mailpartner unsubscribes"),
        (["unsubscribes", "find"], {}, "Il manque l'argument 'ADRESSE...'"),
        (["unsubscribes", "find", "nix"], {}, "il faut une adresse telle que nom@example.com"),
        (["unsubscribes", "find", "nobody@example.com"], {}, "@example.com n'est pas sur la liste des désinscrits"),
        (["unsubscribes", "list", "--format", "nix"], {}, "'--format'\u00a0: il faut l'un de json, xml."),
        (["unsubscribes", "list", "--timeout", "nix"], {}, "'--timeout'\u00a0: il faut un nombre."),
        (["unsubscribes", "list", "--since", "nix"], {}, "il faut une date"),
        (["unsubscribes", "list", "--since"], {}, "L'option '--since' exige une valeur"),
        (["unsubscribes", "list", "--csv=1"], {}, "L'option '--csv' ne prend pas de valeur"),
        (["unsubscribes", "list", "--csv", "--json"], {}, "pas les deux"),
        (["unsubscribes", "list", "--rate", "nix"], {}, "requêtes par minute"),
        (["doctor", "nix"], {}, "Argument en trop. Rien"),
        (["doctor", "--key", "nix"], {}, "Une clé ne se donne pas en argument"),
        (["doctor", "--lang", "de"], {}, "il faut l'un de en, fr."),
        (["unsubscribes", "list"], {"MAILPARTNER_API_KEY": None}, "Pas de clé API"),
        (["unsubscribes", "list", "--api-key-file", "nix.key"], {}, "Aucun fichier ni dossier de ce nom"),
        (["unsubscribes", "list", "--api-key-file", "long.key"], {}, "plus de 4\u00a0096 octets"),
        (["unsubscribes", "delete", "5"], {}, "Cela se confirme sur un terminal"),
        (["unsubscribes", "delete", "--from-file", "ids.csv"], {}, "--reason \"motif\" est obligatoire"),
        (["unsubscribes", "delete"], {}, "Dites quoi supprimer"),
        (["unsubscribes", "delete", "1e5"], {}, "n'est pas un numéro\u00a0: un tableur l'a abrégé"),
        (["unsubscribes", "delete", "5", "--offline"], {}, "--offline ne va qu'avec --dry-run"),
        (["unsubscribes", "delete", "--email", "nix@example.com", "--yes"], {}, "n'est pas sur la liste"),
        (["unsubscribes", "delete", "--email", "User5@example.com", "--yes"], {}, "a 5 pour user5@example.com"),
        (["unsubscribes", "add", "nix"], {}, "n'est pas une adresse telle que nom@example.com"),
        (["unsubscribes", "add", "--from-file", "nix.csv", "--dry-run"], {}, "Impossible de lire nix.csv"),
        (["unsubscribes", "add", "--from-file", "ids.csv", "--dry-run"], {}, "ce sont des adresses qui s'ajoutent"),
        (["unsubscribes", "delete", "--from-file", "towns.csv", "--dry-run"], {}, "aucun titre n'annonce"),
        (["unsubscribes", "delete", "--from-file", "bad.csv", *WHY], {}, "ne contient ni numéro ni adresse"),
        (["unsubscribes", "delete", "--from-file", "ids.csv", *WHY, "--journal", "ids.csv"], {}, "déjà"),
        (["resume", "nix.journal"], {}, "Il n'y a pas de journal nix.journal"),
        (["resume", "ids.csv"], {}, "n'est pas un journal, ou est abîmé"),
        (["report", "nix.journal"], {}, "Il n'y a pas de journal nix.journal"),
        (["report", "ids.csv", "--html", "ids.csv"], {}, "fait partie du journal"),
        (["report", "nix.journal", "--find", "nix"], {}, "--find demande une adresse"),
    ],
    ids=str,
)  # fmt: skip
def test_failures_are_told_in_french(cli: Cli, arguments: list[str], env: dict[str, str | None], words: str) -> None:
    """A command that fails says so in French only, in our words and in click's."""
    cli.file("long.key", "x" * 5000)
    for name, content in (("ids.csv", "id\n5\n"), ("bad.csv", "id\n1e5\n"), ("towns.csv", "ville;code\nNancy;54000\n")):
        cli.file(name, content)
    done = cli(*arguments, env={**FRENCH, **env})
    assert done.returncode != 0
    assert words in done.stderr
    assert english_in(done.stderr) == set(), done.stderr


def test_a_whole_job_is_told_in_french(cli: Cli, sandbox: Sandbox) -> None:
    """From files of French Excel to the report, with a refusal, Ctrl-C and failures, no English is on the screen."""
    told = []

    def run(code: int, *arguments: object, typed: str = "", until: str = "") -> str:
        terminal = cli.terminal(*arguments, env=FRENCH)
        if typed:
            terminal.until(until)
            terminal.type(typed)
        assert terminal.finish() == code, terminal.text
        told.append(terminal.text)
        return " ".join(terminal.text.replace("mailpartner:", "").split())

    head = "Identifiant;Adresse e-mail;Prénom\n"
    people = "".join(f"{number};user{number}@example.com;Zoé\n" for number in range(1, 201))
    rejects = "1e5;;\n;gone@example.com;\n;User9@example.com;\n201;user202@example.com;\n-4;user4@example.com;\n"
    cli.file("stops.csv", (head + people + rejects).encode("cp1252"))
    cli.file("autres.csv", head + "".join(f"{number};user{number + 7}@example.com;\n" for number in range(1, 9)))
    cli.file(
        "ajouts.csv", "E-mail\n" + "".join(f"n{number}@example.org\n" for number in range(4)) + "7\nUSER1@example.com\n"
    )
    stops = ("unsubscribes", "delete", "--from-file", "stops.csv")
    additions = ("unsubscribes", "add", "--from-file", "ajouts.csv")
    why = ("--reason", "demandé")

    assert "À supprimer" not in run(1, *stops, "--dry-run")
    run(1, *stops, "--dry-run", "--offline")
    assert "Ces numéros ne sont pas ceux" in run(65, "unsubscribes", "delete", "--from-file", "autres.csv", *WHY)
    run(65, "unsubscribes", "delete", "--from-file", "autres.csv", "--dry-run")
    run(2, *stops, *why, typed="3\n", until="Tapez 200 pour les retirer\u00a0: ")
    run(130, *stops, *why, *ONE_BY_ONE[:4], "--rate", 600, "--yes", typed="\x03", until="/min")
    run(2, *stops, *why, "--yes")
    sandbox.fault("code", code="INVALID_EMAIL", times=3)  # a resumed run does not read the list
    run(1, "resume", "stops.csv.journal", "--rate", "none")
    assert "Ce traitement est déjà complet." in run(1, "resume", "stops.csv.journal")
    run(1, *additions, "--dry-run")
    run(1, *additions, *why, typed="5\n", until="Tapez 5 pour les ajouter\u00a0: ")
    for journal, address, found in (
        ("stops", "user5", 0),
        ("stops", "user9", 0),
        ("stops", "nobody", 1),
        ("ajouts", "user1", 0),
    ):
        run(found, "report", f"{journal}.csv.journal", "--find", f"{address}@example.com")
    run(0, "report", "stops.csv.journal", "--html", "stops.html", "--csv", "rapport.csv")
    run(2, "report", "stops.csv.journal", "--html", "stops.html")
    told = [text.replace("Mail Partner refused", "") for text in told]  # the SDK's own words
    assert [(text, english_in(text)) for text in told if english_in(text)] == []
    texts = (cli.folder / "stops.csv.rejects.csv").read_text(encoding="utf-8-sig")
    assert texts.startswith("ligne;texte;motif\n")
    assert english_in(texts) == set()
    page = re.sub(
        r"<style>.*?</style>|<[^>]*>", " ", (cli.folder / "stops.html").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert english_in(page) <= {"deleted"}


def test_what_is_kept_is_in_english(cli: Cli, sandbox: Sandbox) -> None:
    """The journal, the audit file and the reports for programs are the same in French, reasons of rejects included."""
    kept = []
    for language in ("en", "fr"):
        path = cli.file(
            "stops.csv", "id;email\n1;other@example.com\n1e5;\n;nix@example.com\n2;user2@example.com\n7;\n8;8;8\n"
        )
        job = ("--from-file", path, *WHY, "--lang", language, "--journal", f"{language}.journal", "--skip-mismatches")
        sandbox.reset()
        assert cli("unsubscribes", "delete", *job).returncode == 1
        assert cli("report", f"{language}.journal", "--csv", f"{language}.csv", "--lang", language).returncode == 0
        lines = objects((cli.folder / f"{language}.audit.jsonl").read_text())
        kept.append((lines[1:-1], (cli.folder / f"{language}.csv").read_text()))
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("env", "arguments", "french"),
    [
        ({"LANG": "fr_FR.UTF-8"}, [], True),
        ({"LANG": "fr_CA"}, [], True),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, [], False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_BE.UTF-8"}, [], True),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de:fr:en"}, [], True),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "en_GB:en"}, [], False),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, [], False),
        ({"LC_ALL": "C", "LANGUAGE": "fr"}, [], False),
        ({"LANG": None}, [], False),
        ({"LANG": "de_DE.UTF-8"}, [], False),
        ({"LANG": "fr_FR.UTF-8"}, ["--lang", "en"], False),
        ({}, ["--lang", "fr"], True),
        ({}, ["--lang=fr"], True),
        ({}, ["--csv", "--lang", "fr"], True),
        ({}, ["--lang", "en", "--lang", "fr"], True),
        ({}, ["--", "--lang", "fr"], False),
        ({}, ["--since", "--lang=fr"], False),
        ({}, ["--encoding", "--lang", "fr"], False),
    ],
    ids=str,
)
def test_which_language(cli: Cli, env: dict[str, str | None], arguments: list[str], french: bool) -> None:
    """--lang wins wherever it stands, but not as the value of another option or after --; else the locale decides."""
    done = cli("unsubscribes", "list", *arguments, "--nix", "nix", env=env)
    assert done.returncode == 2
    assert ("Voyez" in done.stderr) is french, done.stderr


def test_lang_may_stand_before_the_command(cli: Cli) -> None:
    """The option works on the left of the command as on its right."""
    assert "Voyez" in cli("--lang", "fr", "unsubscribes", "--lang=fr", "list", "--nix").stderr


def test_programs_read_the_same_in_every_language(cli: Cli, sandbox: Sandbox) -> None:
    """JSON, CSV and the lines of a pipe have the same words in French as in English."""
    cli.file("stops.csv", "id;email\n1;user1@example.com\n1e5;\n2;other@example.com\n-4;user4@example.com\n")
    for arguments in (
        ["doctor", "--json"],
        ["doctor", "--json", "--api-key-file", "nix.key"],
        ["unsubscribes", "list", "--csv"],
        ["unsubscribes", "list"],
        ["unsubscribes", "find", "user7@example.com", "nix@example.com", "--json"],
        ["unsubscribes", "delete", "--from-file", "stops.csv", "--dry-run", "--json", "--skip-mismatches"],
        ["unsubscribes", "delete", "999999", "5", "--yes", "--json"],
        ["unsubscribes", "add", "--from-file", "stops.csv", "--dry-run", "--json"],
        ["unsubscribes", "add", "user4@example.com", "user5@example.com"],
    ):
        texts = set()
        for language in ("en", "fr"):
            sandbox.reset()
            told = cli(*arguments, "--lang", language, "--concurrency", 1).stdout
            assert told
            texts.add(re.sub(r'in \d+\.\d+ s|"seconds": [\d.]+|--lang (en|fr)', "", told))
        assert len(texts) == 1, texts


def test_outcomes_in_a_pipe_are_words_of_the_program(cli: Cli) -> None:
    """A pipe gets `deleted` and `failed` in every language; the hint after them is in French, the rest is not."""
    done = cli("unsubscribes", "delete", 5, 999999, "--yes", "--lang", "fr", "--concurrency", 1)
    assert done.stdout.startswith("5 deleted\n999999 failed Mail Partner a refusé\xa0: code 4 ")
    assert done.stdout.endswith("Prenez le numéro dans la liste des désinscrits, ou donnez --missing-ok.\n")
    end = "Traités\u00a0:\u00a02 sur 2\u00a0; supprimés\u00a0:\u00a01, déjà absents\u00a0:\u00a00, échecs"
    assert end in done.stderr


@pytest.mark.parametrize(
    ("typed", "meant"), [("o", True), ("OUI", True), ("y", True), ("yes", True), ("n", False), ("", False)]
)
def test_a_question_takes_yes_in_both_languages(cli: Cli, sandbox: Sandbox, typed: str, meant: bool) -> None:
    """In French o, oui, y and yes are a yes; anything else is a no."""
    terminal = cli.terminal("unsubscribes", "delete", 5, env=FRENCH)
    terminal.until("Retirer cette entrée\u00a0? [o/N] ")
    terminal.type(typed + "\n")
    assert (terminal.finish(), sandbox.count()) == ((0, 1999) if meant else (2, 2000))


@pytest.mark.parametrize("env", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def test_french_in_ascii(cli: Cli, env: dict[str, str | None]) -> None:
    """Where only ASCII can be shown, letters have no accents, and nothing is a question mark or an escape."""
    terminal = cli.terminal("unsubscribes", "list", "--lang", "fr", "--help", env=env)
    assert terminal.finish() == 0
    assert terminal.raw.isascii()
    assert "Lister tous les desinscrits : numero, adresse" in terminal.text
    assert "?" not in terminal.text
    assert "\\x" not in terminal.text
    refused = cli("unsubscribes", "list", "--nix", "--lang", "fr", env=env)
    assert "Rien n'a ete envoye. Voyez : mailpartner" in refused.stderr


def test_every_hint_of_the_sdk_is_translated(cli: Cli) -> None:
    """The end of an error is in French, also of one that stopped a run: what was done, and what to do. What the server
    said stays."""
    refused = cli("unsubscribes", "list", "--lang", "fr", env={"MAILPARTNER_API_KEY": "sandbox-wrong"})
    assert refused.stderr.endswith(" Rien n'a été fait. Vérifiez la clé API.\n")
    failure = mailpartner.errors.ServerError(
        "It failed. Check the id.", hint=mailpartner.errors.Hint("check_id", "Check the id.")
    )
    stopped = mailpartner.errors.BulkStoppedError(f"It stopped. Last failure: {failure}", error=failure)
    assert text_of(stopped, translate=str.upper) == "It stopped. Last failure: It failed. CHECK THE ID."


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_a_report(cli: Cli, language: str) -> None:
    """The page names its language, and its texts, dates and numbers are in it, on an ASCII terminal too."""
    cli.file("ids.csv", "id\n" + "".join(f"{number}\n" for number in range(1, 1101)))
    why = ("--reason", "demandé", "--yes", "--rate", "none")
    assert cli("unsubscribes", "delete", "--from-file", "ids.csv", *why).returncode == 0
    done = cli("report", "ids.csv.journal", "--html", "page.html", "--lang", language, env={"LC_ALL": "C"})
    assert done.returncode == 0
    page = (cli.folder / "page.html").read_text(encoding="utf-8")
    wanted = {
        "en": ['<html lang="en">', "Deleted", "100.0 %", "1,100", r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC"],
        "fr": ['<html lang="fr">', "Supprimé", "100,0 %", "1[\u00a0 ]100", r"\d\d/\d\d/20\d\d \d\d:\d\d:\d\d UTC"],
    }
    assert [each for each in wanted[language] if not re.search(each, page)] == []
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert language == "en" or english_in(text.replace("ids.csv", "")) <= {"deleted"}, english_in(text)


def test_the_wheel_finds_its_catalogues() -> None:
    """Both compiled catalogues stand beside the command, where gettext looks for them."""
    for path, data in translations.compiled(read_catalogue()).items():
        assert path.read_bytes() == data, os.fspath(path)


def read_catalogue() -> Catalog:
    with translations.PO.open("rb") as file:
        return translations.read_po(file, locale="fr")


def test_the_catalogue_is_complete() -> None:
    """Each text is translated, and nothing else is in the catalogue."""
    assert list(translations.faults(read_catalogue(), translations.all_texts())) == []


def test_doctor_ends_with_a_verdict(cli: Cli) -> None:
    """Its last line says which account, at which server, whether it works, and what to do if it does not."""
    at = f"at {cli.url}"
    assert re.fullmatch(rf"It works with the sandbox account of key \w+ {at}\.", last_line(cli("doctor")))
    wrong = last_line(cli("doctor", env={"MAILPARTNER_API_KEY": "sandbox-wrong"}))
    assert re.fullmatch(rf"It does not work with the sandbox account of key \w+ {at}: .* Check the API key\.", wrong)
    account: dict[str, str | None] = {"MAILPARTNER_API_KEY": "account-5ecret-of-the-tests"}
    warned = last_line(cli("doctor", "--offline", env=account))
    assert re.fullmatch(
        rf"It will not work with the production account of key \w+ {at}: .* refuses such a key\.", warned
    )
    without = last_line(cli("doctor", env={"MAILPARTNER_API_KEY": None}))
    assert without.startswith("It does not work: No API key. Set MAILPARTNER_API_KEY")
    summary = objects(cli("doctor", "--json", "--lang", "fr").stdout)[-1]
    assert (summary["type"], summary["verdict"].startswith("It works with the sandbox account")) == ("summary", True)
    assert last_line(cli("doctor", env=FRENCH)).startswith("Cela fonctionne avec le compte de bac à sable de la clé ")


def last_line(done: Any) -> str:
    return str(done.stdout.splitlines()[-1])
