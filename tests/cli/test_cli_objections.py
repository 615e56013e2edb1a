"""A file of recipients that says who objected to mails: nobody of them is mailed, and what is not clear is shown."""

from __future__ import annotations

import json

import pytest
from cli_runner import Cli, objects
from kit.responses import response
from kit.server import Server
from reading import Found

from mailpartner.sandbox import Sandbox

SENT = response(json.dumps({"success": True, "code": 200, "messageId": "m-1", "nbMail": 1, "cost": 0.01,
                            "currency": "EUR"}))  # fmt: skip
SEND = ("messages", "send", "--subject", "News", "--html", "mail.html", "--to-file", "list.csv")

OBJECTIONS = (
    ("désabonné", "oui", "non"),
    ("Désabonnée", "OUI", "NON"),
    ("unsubscribed", "true", "false"),
    ("isunsub", "True", "False"),
    ("Unsubscribed?", "1", "0"),
    ("opt-out", "x", ""),
    ("opt_out", "yes", "no"),
    ("HasOptedOutOfEmail", "TRUE", "FALSE"),
    ("E-mail opt out", "Y", "N"),
    ("status", "unsubscribed", "subscribed"),
    ("Statut", "désinscrit", "inscrit"),
    ("statut", "Désinscrite", "Active"),
    ("Email marketing status", "not subscribed", "subscribed"),
    ("statut newsletter", "Désabonné le 12/03/2024", "Abonné"),
    ("consentement", "non", "oui"),
    ("Consent", "refused", "given"),
    ("Marketing consent", "0", "1"),
    ("opt-in", "no", "yes"),
    ("optin", "false", "2023-01-02"),
    ("newsletter", "non", "oui"),
    ("Accepts Email Marketing", "no", "yes"),
    ("Abonné", "Non", "Oui"),
    ("Date de désinscription", "12/03/2024", ""),
    ("unsubscribed_at", "2024-03-12 10:00:00", "0000-00-00 00:00:00"),
    ("unsubscribed at", "1710237600", "NULL"),
    ("Opposition", "✔", "-"),
    ("ne pas contacter", "vrai", "faux"),
    ("Do not email", "on", "off"),
    ("blacklisted", "1", "0"),
    ("stop", "stop", ""),
    ("refus emailing", "o", "n"),
    ("Liste noire", "1.0", "0.0"),
    ("Don't email", "Oui (au téléphone)", "No"),
    ("Ne souhaite plus recevoir d'e-mails", "oui, 2023", "n/a"),
    ("Motif de désabonnement", "trop de mails", ""),
    ("Unsubscribe reason", "no longer a client", "none"),
    ("Accord mailing", "Non, merci", "Oui"),
    ("RGPD", "non", "ok"),
    ("E-mail autorisé", "N", "O"),
    ("stopMail", "true", "false"),
    ("Groupe", "désinscrit", "clients"),
    ("Groupe", "Unsubscribed", "clients"),
    ("Remarque", "Opt-out", "a un chien"),
    ("Date de retrait du consentement", "2024-03-01", ""),
    ("Consent withdrawn", "yes", "no"),
    ("consent_revoked_at", "2024-03-01 10:00:00", "NULL"),
    ("Consentement retiré", "oui", "non"),
    ("Absence de consentement", "oui", "non"),
    ("Stop newsletter", "1", "0"),
    ("Pas de newsletter", "oui", ""),
    ("Ne veut plus la newsletter", "x", ""),
    ("Newsletter exclue", "oui", "non"),
    ("Non abonné", "oui", "non"),
    ("No marketing emails", "yes", "no"),
    ("Opt-in", "01/03/2024 NON", "01/03/2024 OUI"),
    ("Consentement", "Oui, puis retiré en mars", "Oui, en mars"),
    ("Consentement", "12/03/2024 - refus", "12/03/2024 - salon"),
    ("Newsletter exclusive", "non", "oui"),
    ("Désabonné", "2024-03-01T10:00:00Z", ""),
    ("DÃ©sabonnÃ©", "Oui", "Non"),
    ("Date de d?sinscription", "2024-03-01", ""),
    ("Statut", "d\ufffdsabonn\ufffd", "Actif"),
    ("Groupe", "Désabonné(e)", "clients"),
    ("E-mailing", "non", "oui"),
    ("Prospection", "0", "1"),
    ("acceptsMarketing", "false", "true"),
    ("À exclure", "x", ""),
    ("Ne pas démarcher", "oui", "non"),
    ("Robinson", "oui", "non"),
    ("donotbulkemail", "1", "0"),
)
"""A heading, and what stands there for somebody who objects and for somebody who does not."""

NO_OBJECTIONS = (
    ("Téléphone", "0612345678", "0712345678"),
    ("SMS opt-out", "oui", "non"),
    ("consentement téléphone", "non", "oui"),
    ("Date d'inscription", "2024-01-02", ""),
    ("Codes abonnés", "12", "13"),
    ("Lien de désabonnement", "https://example.com/u/1", "https://example.com/u/2"),
    ("Objectif", "oui", "non"),
    ("Options", "1", "0"),
    ("Remarque", "n'est pas désinscrit", "stop and go"),
    ("Prénom", "Désiré", "Constance"),
    ("inscription", "non", "oui"),
    ("Statut commande", "refusé", "livré"),
    ("Consentement photo", "non", "oui"),
    ("Page", "https://example.com/unsubscribe?u=1", ""),
)

UNCLEAR = (
    ("statut", "prospect"),
    ("unsubscribed", "2"),
    ("désabonné", "peut-être"),
    ("consentement", ""),
    ("consent", "n/a"),
    ("consentement", "non renseigné"),
    ("statut", "bounced"),
    ("status", "not unsubscribed"),
    ("statut", ""),
    ("RGPD", "pas refusé"),
    ("Remarque", "STOP"),
    ("Remarque", "ne souhaite plus recevoir nos mails"),
    ("Préférences", "aucun mail"),
    ("Remarque", "Désabonné le 12/03/2024 par tél"),
)


@pytest.fixture
def cli(scripted: Cli, server: Server) -> Cli:
    """The command with a mail in its folder, and a server that takes it."""
    scripted.file("mail.html", "<p>Hello</p>")
    server.set_script(SENT)
    return scripted


def listed(cli: Cli, heading: str, *texts: str) -> None:
    """Write a list of people, one for each text."""
    people = (f"user{number}@example.com;{text}\n" for number, text in enumerate(texts, 1))
    cli.file("list.csv", f"email;{heading}\n{''.join(people)}")


def recipients(server: Server) -> list[str]:
    """Whom the last request is to."""
    return [each["email"] for each in json.loads(server.requests[-1].body)["params"]["to"]]


@pytest.mark.parametrize(("heading", "objects_to_it", "agrees"), OBJECTIONS, ids=lambda value: value or "blank")
def test_who_objects_is_not_mailed(cli: Cli, server: Server, heading: str, objects_to_it: str, agrees: str) -> None:
    """A column that says so is found by its heading or its words; where nobody objects, nothing is said."""
    listed(cli, heading, agrees, objects_to_it, agrees)
    refused = cli.inside(*SEND, "--yes")
    assert (refused.returncode, refused.stdout, server.connections) == (65, "", 0), refused.stderr
    assert "1 line of list.csv says that the person is unsubscribed or objects" in refused.stderr
    assert f'column 2, "{heading}"; line 3' in refused.stderr
    assert "Nothing was sent." in refused.stderr
    listed(cli, heading, agrees, agrees)
    sent = cli.inside(*SEND, "--yes")
    assert (sent.returncode, recipients(server)) == (0, ["user1@example.com", "user2@example.com"]), sent.stderr
    assert "ATTENTION" not in sent.stderr


@pytest.mark.parametrize(("heading", "one", "other"), NO_OBJECTIONS, ids=lambda value: value or "blank")
def test_a_column_of_something_else(cli: Cli, server: Server, heading: str, one: str, other: str) -> None:
    """It keeps nobody from being mailed, and nothing is said of it."""
    listed(cli, heading, one, other)
    done = cli.inside(*SEND, "--yes")
    assert (done.returncode, len(recipients(server))) == (0, 2), done.stderr
    assert "ATTENTION" not in done.stderr


@pytest.mark.parametrize(("heading", "text"), UNCLEAR)
def test_what_is_not_understood_is_shown(cli: Cli, server: Server, heading: str, text: str) -> None:
    """The preview has the text, the column and how often, and the JSON of a dry run has them too."""
    listed(cli, heading, text, text)
    done = cli.inside(*SEND, "--yes")
    assert (done.returncode, server.connections) == (65, 0), done.stderr
    assert "--yes asks nobody. Nothing was sent." in done.stderr
    assert f'2 lines have “{text or "nothing"}” in column 2, "{heading}": perhaps an objection' in done.stderr
    (summary,) = objects(cli.inside(*SEND, "--dry-run", "--json").stdout)
    column = f'column 2, "{heading}"'
    assert summary["unclear_objections"] == [{"column": column, "text": text, "lines": 2}]
    in_french = cli.inside(*SEND, "--dry-run", "--json", "--lang", "fr")
    (told,) = objects(in_french.stdout)
    assert (in_french.returncode, told["unclear_objections"]) == (0, summary["unclear_objections"])


def test_they_can_be_left_out(cli: Cli, server: Server) -> None:
    """Whoever objects on one line gets no mail, whatever another line or an argument says, and the count is shown."""
    listed(cli, "désabonné", "oui", "non", "non")
    with (cli.folder / "list.csv").open("a") as file:
        file.write("USER1@example.com;non\nuser2@example.com;non\n")
    done = cli.inside(*SEND, "user1@EXAMPLE.com", "--skip-unsubscribed", "--yes")
    assert (done.returncode, recipients(server)) == (0, ["user2@example.com", "user3@example.com"]), done.stderr
    assert "1 line, which says that the person objects" in done.stderr
    (summary,) = objects(cli.inside(*SEND, "--skip-unsubscribed", "--dry-run", "--again", "--json").stdout)
    assert (summary["recipients"], summary["objecting"]) == (2, 1)
    listed(cli, "désabonné", "oui", "oui")
    nobody = cli.inside(*SEND, "--skip-unsubscribed", "--yes")
    assert (nobody.returncode, len(server.requests)) == (65, 1)
    assert "There are no recipients." in nobody.stderr


def test_who_is_spelled_oddly_where_they_object(cli: Cli, server: Server) -> None:
    """Another line may have the address right, so nothing is sent."""
    for odd in ("'user1@example.com", "user1@example.com."):
        cli.file("list.csv", f"email;désabonné\nuser1@example.com;non\n{odd};oui\nuser2@example.com;non\n")
        done = cli.inside(*SEND, "--skip-unsubscribed", "--yes")
        assert (done.returncode, server.connections) == (65, 0), done.stderr
        assert "line 3: it has signs that are rarely part of an address" in done.stderr


def test_a_list_of_those_who_object(cli: Cli, server: Server) -> None:
    """The heading of the addresses may say that all of them do."""
    cli.file("list.csv", "E-mails désabonnés;nom\nann@example.com;Ann\n")
    done = cli.inside(*SEND, "--column", "1", "--yes")
    assert (done.returncode, server.connections) == (65, 0), done.stderr
    assert 'column 1, "E-mails désabonnés"; line 2' in done.stderr


def test_a_row_that_ends_early(cli: Cli, server: Server) -> None:
    """It says as little as a blank cell."""
    cli.file("list.csv", "email;nom;opt-in\nann@example.com;Ann\n")
    done = cli.inside(*SEND, "--yes")
    assert '1 line has “nothing” in column 3, "opt-in": perhaps an objection' in done.stderr


def test_two_spellings_of_a_domain(cli: Cli, server: Server) -> None:
    """They are one address, wherever they are named."""
    cli.file("list.csv", "email\nann@été.example\n")
    done = cli.inside(*SEND, "ann@xn--t-9fab.example", "--yes")
    assert (done.returncode, len(recipients(server))) == (0, 1), done.stderr


def test_without_a_header(cli: Cli, server: Server) -> None:
    """A word that can mean nothing else counts there, too."""
    cli.file("list.csv", "ann@example.com;unsubscribed\nbob@example.com;clients\n")
    refused = cli.inside(*SEND, "--yes")
    assert (refused.returncode, server.connections) == (65, 0)
    assert "(column 2; line 1)" in refused.stderr


def test_many_lines_in_french(cli: Cli, server: Server) -> None:
    """The first lines are named, and the others counted."""
    listed(cli, "désabonné", *["oui"] * 7)
    refused = cli.inside(*SEND, "--yes", "--lang", "fr")
    assert (refused.returncode, server.connections) == (65, 0)
    assert "7 lignes de list.csv disent que la personne est désinscrite ou s'oppose" in refused.stderr
    assert "lignes 2, 3, 4, 5, 6 et 2 de plus" in refused.stderr


def test_the_list_of_unsubscribes_is_told(cli: Cli, sandbox: Sandbox) -> None:
    """Who does not object is added to the list, and who does is deleted from it, only after a word about it."""
    there = {"MAILPARTNER_BASE_URL": sandbox.url}
    listed(cli, "désabonné", "oui", "non")
    for command, line in (("add", "1 line says that the person does not object"), ("delete", "1 line says that")):
        done = cli.inside("unsubscribes", command, "--from-file", "list.csv", "--dry-run", env=there)
        assert (done.returncode, f"ATTENTION: {line}" in done.stderr) == (0, True), done.stderr
    listed(cli, "désabonné", "oui", "oui")
    for command in ("add", "delete"):
        done = cli.inside("unsubscribes", command, "--from-file", "list.csv", "--dry-run", env=there)
        assert "ATTENTION" not in done.stderr


def test_no_more_texts_are_kept_than_are_shown() -> None:
    """A column of another text in each row costs no memory."""
    rows = "".join(f"u{number}@example.com;{number + 2}\n" for number in range(5000))
    found = Found(f"email;unsubscribed\n{rows}".encode()).reading.objections
    assert found is not None
    assert (len(found.unknown), found.more_unknown) == (20, 4980)


def test_more_texts_than_are_shown(cli: Cli) -> None:
    """Those that are not shown are counted."""
    listed(cli, "statut", *(f"groupe {number}" for number in range(30)))
    assert "ATTENTION   10 more are not understood" in cli.inside(*SEND, "--yes").stderr


NAMES = (
    ("name", "Ann Smith", "Ann Smith"),
    ("Prénom;Nom", "Ann;Smith", "Ann Smith"),
    ("NOM;PRENOM", "Smith;Ann", "Ann Smith"),
    ("First Name;Last Name", "Ann;", "Ann"),
    ("name;first name;last name", "A. Smith;Ann;Smith", "Ann Smith"),
    ("Nom complet", "  Ann \u00a0 Smith ", "Ann Smith"),
    ("nom", "Smith", "Smith"),
    ("name", '"Ann\nSmith"', "Ann Smith"),
    ("name", "", None),
    ("name", "ann@example.com", None),
    ("name", "12", None),
    ("name", "Ann\x07", None),
    ("first name", "Ann", None),
    ("name;first name", "Smith;Ann", None),
    ("name;full name", "Ann;Ann Smith", None),
)


@pytest.mark.parametrize(("headings", "cells", "name"), NAMES)
def test_names_are_read(cli: Cli, server: Server, headings: str, cells: str, name: str | None) -> None:
    """Where the headings say plainly which columns make the name, it goes along and is shown; nothing is guessed."""
    cli.file("list.csv", f"email;{headings}\nann@example.com;{cells}\n")
    done = cli.inside(*SEND, "--yes")
    assert done.returncode == 0, done.stderr
    told = json.loads(server.requests[-1].body)["params"]["to"]
    assert told == [{"email": "ann@example.com", **({"name": name} if name else {})}]
    assert (f"{name} <ann@example.com>" in done.stderr) is (name is not None)
