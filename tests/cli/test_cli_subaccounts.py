"""`subaccounts`: the list, creations and moves of credit, none of them twice in doubt, and secrets that stay hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_runner import Cli, objects, record_of, recorded_requests
from kit.responses import envelope, response
from kit.server import Exchange, Server, Step

TOKEN = "planted-token-1"
SECRETS = ("planted-token-1", "planted-key-1", "planted-token-2", "planted-key-2")
NUMBERS = (1, 2)


def answer(**fields: Any) -> bytes:
    return response(json.dumps({"success": True, "code": 200, **fields}))


def page(number: int, *ids: int, total: int = 2) -> bytes:
    """A page of the list with these sub-accounts, each with a token and a key."""
    rows = [
        {
            "id": each, "email": f"shop{each}@example.com", "token": f"planted-token-{each}", "type": "simple",
            "apiKey": f"planted-key-{each}", "createdAt": "2026-03-04 11:23:14",
            "credits": {"balance": "12.500", "currency": "EUR"},
        }
        for each in ids
    ]  # fmt: skip
    return answer(page=number, nb_per_page=1, total=total, data=rows)


MOVED = answer(credit="89.50", subaccountCredit="23.00", currency="EUR")
CREATED = answer(
    subaccount={"email": "new@example.com", "token": TOKEN}, sendConfirmMailTo="new@example.com", parent_email="me"
)
MOVE = ("subaccounts", "add-credit", TOKEN, "--amount", "10.50", "--yes")
CREATE = ("subaccounts", "create", "--type", "advanced", "--email", "new@example.com", "--credit", "5", "--yes")
LOST: dict[str, Step] = {"hung up": Exchange.hang_up, "garbage": response(b"\x89PNG"), "a page": response("<p>", 502)}


@pytest.fixture
def cli(scripted: Cli) -> Cli:
    return scripted


def secrets_in(done: Any) -> list[str]:
    """The secrets that a command showed."""
    return [secret for secret in SECRETS if secret in done.stdout + done.stderr]


@pytest.mark.parametrize("manner", [(), ("--json",), ("--csv",), ("--json", "-v"), ("--lang", "fr")], ids=" ".join)
def test_the_list_hides_secrets(cli: Cli, server: Server, manner: tuple[str, ...]) -> None:
    """All pages are read; keys and tokens are shown with --reveal alone."""
    server.set_script(page(1, 1), page(2, 2))
    hidden = cli("subaccounts", "list", *manner)
    assert (hidden.returncode, secrets_in(hidden)) == (0, []), hidden.stderr
    assert [f"shop{number}@example.com" in hidden.stdout for number in NUMBERS] == [True, True]
    server.set_script(page(1, 1), page(2, 2))
    revealed = cli("subaccounts", "list", "--reveal", *manner)
    assert [secret in revealed.stdout for secret in SECRETS] == [True] * 4
    assert [request.query["page"] for request in server.requests] == ["1", "2"] * 2


def test_what_programs_read_of_the_list(cli: Cli, server: Server) -> None:
    """JSON has asterisks for secrets, and CSV no columns for them."""
    server.set_script(page(1, 1), page(2, 2))
    first, _second, summary = objects(cli.inside("subaccounts", "list", "--json").stdout)
    assert first == {
        "schema": 2, "type": "subaccount", "id": 1, "email": "shop1@example.com", "subaccount_type": "simple",
        "created_at": "2026-03-04 11:23:14", "balance": "12.500", "currency": "EUR", "token": "**********",
        "api_key": "**********",
    }  # fmt: skip
    assert summary == {"schema": 2, "type": "summary", "subaccounts": 2, "total": 2, "exit": 0}
    server.set_script(page(1, 1, total=1))
    table = cli("subaccounts", "list", "--csv").stdout
    assert table == (
        "\ufeffid;email;type;createdAt;balance;currency\n1;shop1@example.com;simple;2026-03-04 11:23:14;12.500;EUR\n"
    )
    assert cli.inside("subaccounts", "list", "--csv", "--json").returncode == 2


def test_a_list_that_is_not_whole(cli: Cli, server: Server) -> None:
    """Where a server counts more sub-accounts than came, that is said."""
    server.set_script(page(1, 1, total=3), page(1, 1, total=3))
    done = cli.inside("subaccounts", "list")
    assert "The server counts 3 sub-accounts, and listed 1." in done.stderr


def test_a_subaccount_is_created(cli: Cli, server: Server) -> None:
    """Every argument is sent; the token is shown with --reveal alone, and the record has neither it nor the address."""
    server.set_script(CREATED)
    options = ("--no-buyer", "--title", "M", "--first-name", "Ann", "--last-name", "Smith")
    done = cli.inside(*CREATE, *options, "--json")
    assert (done.returncode, secrets_in(done)) == (0, []), done.stderr
    body = json.loads(server.requests[0].body)
    assert (body["type"], body["parameters"]) == (
        "advanced",
        {"email": "new@example.com", "isBuyer": 0, "creditToAttribute": "5", "title": "M", "firstname": "Ann",
         "lastname": "Smith"},
    )  # fmt: skip
    created, _summary = objects(done.stdout)
    told = ("type", "outcome", "email", "confirmation_sent_to", "subaccount_type")
    assert {name: created[name] for name in told} == {
        "type": "subaccount", "outcome": "created", "email": "new@example.com",
        "confirmation_sent_to": "new@example.com", "subaccount_type": "advanced",
    }  # fmt: skip
    assert secrets_in(cli.inside(*CREATE, "--reveal")) == [TOKEN]
    assert [(request["type"], request["outcome"]) for request in recorded_requests(cli)] == [
        ("subaccount", "created")
    ] * 2
    for path in record_of(cli).parent.iterdir():
        assert not [word for word in (b"new@example.com", TOKEN.encode()) if word in path.read_bytes()]


@pytest.mark.parametrize(
    ("lang", "verb", "shown", "question", "word"),
    [
        ("en", "add-credit", "shop2@example.com (id 2, balance 12.500 EUR)", "Give 10.50 euros of this account", "y"),
        ("fr", "remove-credit", "shop2@example.com (numéro 2, solde 12.500 EUR)", "Reprendre 10,50 euros", "o"),
    ],
)
def test_the_amount_and_the_subaccount_are_confirmed(
    cli: Cli, server: Server, lang: str, verb: str, shown: str, question: str, word: str
) -> None:
    """The list tells whose token it is; without a yes nothing is moved, and no token is on the screen."""
    for reply, code in (("", 2), (word, 0)):
        server.set_script(page(1, 1), page(2, 2), MOVED)
        terminal = cli.terminal("subaccounts", verb, "planted-token-2", "--amount", "10.50", "--lang", lang)
        screen = terminal.until(question)
        terminal.type(f"{reply}\n")
        assert (terminal.finish(), shown in screen) == (code, True), screen
        assert not [secret for secret in SECRETS if secret in terminal.text]
    body = json.loads(server.requests[-1].body)
    assert (body["tokenSubaccount"], body["credit"]) == ("planted-token-2", "10.50")
    assert server.requests[-1].path == f"/v1/subaccount/credit/{verb.partition('-')[0]}"
    assert len(server.requests) == 2 + 3


def test_an_amount_is_not_taken_for_a_thousand(cli: Cli, server: Server) -> None:
    """More than cents are refused before anything is sent: 1.000 may mean a thousand, 0.005 may be rounded."""
    for amount in ("1.000", "0.005", "12.345"):
        for verb in ("add-credit", "remove-credit"):
            refused = cli.inside("subaccounts", verb, TOKEN, "--amount", amount, "--yes")
            assert (refused.returncode, "--amount has more than two decimals." in refused.stderr) == (2, True)
        refused = cli.inside("subaccounts", "create", "--type", "simple", "--credit", amount, "--yes")
        assert (refused.returncode, "--credit has more than two decimals." in refused.stderr) == (2, True)
    assert server.connections == 0


def test_the_question_without_a_list(cli: Cli, server: Server) -> None:
    """A list that cannot be read keeps nobody from moving credit, and it says so."""
    server.set_script(response(envelope("json", False, 90)), MOVED)
    terminal = cli.terminal("subaccounts", "add-credit", TOKEN, "--amount", "10.50")
    assert "The list of sub-accounts could not be read" in terminal.until("[y/N]")
    terminal.type("y\n")
    assert terminal.finish() == 0


@pytest.mark.parametrize("place", ["argument", "file", "-", "--token-file -"])
def test_where_the_token_is_from(cli: Cli, server: Server, place: str) -> None:
    """An argument, a file, or stdin; with --yes the list is not read."""
    server.set_script(MOVED)
    words = (
        [TOKEN]
        if place == "argument"
        else ["--token-file", str(cli.file("t", f"{TOKEN}\n"))]
        if place == "file"
        else []
    )
    words = words or place.split()
    done = cli("subaccounts", "add-credit", *words, "--amount", "10.50", "--yes", "--json", input=f"{TOKEN}\n")
    assert (done.returncode, secrets_in(done)) == (0, []), done.stderr
    assert [json.loads(request.body)["tokenSubaccount"] for request in server.requests] == [TOKEN]
    move, _summary = objects(done.stdout)
    assert move == {
        "schema": 2, "type": "credit_move", "move": "add", "amount": "10.50", "outcome": "moved", "error": None,
        "credit": "89.50", "subaccount_credit": "23.00", "currency": "EUR",
    }  # fmt: skip


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no token": (("add-credit", "--amount", "1"), "Give one token"),
    "two tokens": (("add-credit", TOKEN, "planted-token-2", "--amount", "1"), "Give one token"),
    "a token that is no file": (
        ("add-credit", "--token-file", TOKEN, "--amount", "1"),
        "The token file cannot be read",
    ),
    "a token with spaces": (
        ("add-credit", f"{TOKEN} x", "--amount", "1"),
        "TOKEN must be letters, digits and signs of ASCII, without spaces.",
    ),
    "all from stdin": (("add-credit", "-", "--amount", "1", "--api-key-file", "-"), "cannot both come from stdin"),
    "a token for a list": (("list", f"{TOKEN} (x) y"), "Got unexpected extra argument."),
    "tokens for a creation": (("create", TOKEN, TOKEN, "--type", "simple"), "Got unexpected extra arguments."),
    "a name in another encoding": (
        ("create", "--type", "simple", "--first-name", "\udce9"),
        "--first-name is not text that UTF-8 can hold.",
    ),
    "no amount": (("add-credit", TOKEN), "Missing option '--amount'"),
    "a comma": (("remove-credit", TOKEN, "--amount", "10,50"), "--amount must be a number above 0"),
    "less than nothing": (("remove-credit", TOKEN, "--amount", "-5"), "--amount must be a number above 0"),
    "nobody to ask": (("add-credit", TOKEN, "--amount", "1"), "there is none to ask on. Nothing was sent. Give --yes."),
    "another type": (("create", "--type", "big"), "it must be one of simple, advanced."),
    "no type": (("create",), "Missing option '--type'"),
    "advanced without an address": (("create", "--type", "advanced"), "--email is required"),
    "an address that is none": (("create", "--type", "simple", "--email", "Bob"), "--email must be an address"),
    "a buyer that is simple": (("create", "--type", "simple", "--buyer"), "--buyer is for an advanced"),
    "a credit of nothing": (("create", "--type", "simple", "--credit", "0"), "--credit must be a number above 0"),
    "nobody to ask before a creation": (
        ("create", "--type", "simple"),
        "there is none to ask on. Nothing was sent. Give --yes.",
    ),
}


@pytest.mark.parametrize(("arguments", "why"), WRONG.values(), ids=WRONG)
def test_what_is_refused(cli: Cli, server: Server, arguments: tuple[str, ...], why: str) -> None:
    """Nothing is sent, and the message repeats no token."""
    done = cli("subaccounts", *arguments)
    assert (done.returncode, server.connections, secrets_in(done)) == (2, 0, []), done.stderr
    assert why in done.stderr
    assert "Nothing was sent" in done.stderr


@pytest.mark.parametrize("command", [MOVE, CREATE], ids=["a move", "a creation"])
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_lost_answer_is_in_doubt(cli: Cli, server: Server, lost: Step, command: tuple[str, ...]) -> None:
    """One request is sent; what to look at is said; the same again is refused until --again."""
    server.set_script(lost, MOVED if command is MOVE else CREATED)
    done = cli.inside(*command, "--json")
    assert (done.returncode, len(server.requests), secrets_in(done)) == (69, 1, []), done.stderr
    assert objects(done.stdout)[0]["outcome"] == "in_doubt"
    assert "`mailpartner subaccounts list`" in done.stderr
    assert "try again" not in done.stderr.lower()
    refused = cli.inside(*(word.replace("10.50", "10.5") for word in command))
    assert (refused.returncode, len(server.requests), secrets_in(refused)) == (2, 1, [])
    assert "may have been done" in refused.stderr
    assert cli.inside(*command, "--again").returncode == 0
    outcomes = [request["outcome"] for request in recorded_requests(cli)]
    assert outcomes == ["in_doubt", "moved" if command is MOVE else "created"]


def test_what_was_done_may_be_done_again(cli: Cli, server: Server) -> None:
    """The same amount can be moved every month; the record tells one sub-account from another without its token."""
    server.set_script(MOVED)
    assert [cli.inside(*MOVE).returncode for _ in range(2)] == [0, 0]
    cli.inside("subaccounts", "remove-credit", "planted-token-2", "--amount", "10.50", "--yes")
    moves = recorded_requests(cli)
    assert [(each["move"], each["amount"], each["outcome"]) for each in moves] == [
        ("add", "10.50", "moved"), ("add", "10.50", "moved"), ("remove", "10.50", "moved"),
    ]  # fmt: skip
    assert [each["token_fingerprint"] == moves[0]["token_fingerprint"] for each in moves] == [True, True, False]
    for path in record_of(cli).parent.iterdir():
        assert b"planted" not in path.read_bytes()


def test_a_token_that_the_server_repeats(cli: Cli, server: Server) -> None:
    """A refusal that repeats the token does not bring it to the screen."""
    server.set_script(response(envelope("json", False, 5, f"Token {TOKEN} unknown")))
    done = cli("subaccounts", "add-credit", TOKEN, "--amount", "1", "--yes", "-v", "--json")
    assert (done.returncode, secrets_in(done), "unknown" in done.stderr) == (1, [], True), done.stderr
