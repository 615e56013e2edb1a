"""The account, its sub-accounts, what each may spend, and the operations on them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from mailpartner._transport.credential import SANDBOX_PREFIX

from .answers import Answer
from .database import Clock, Database
from .document import Document, DocumentError
from .exchange import Call, RefusalError
from .request_log import GENERATED_SECRET, WRONG_KEY, is_sandbox_key

MAIN = 0
PER_PAGE = 20
MAX_SUBACCOUNTS = 100_000
MAX_BALANCE = Decimal(10**12)
AMOUNT = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")
COLUMNS = """
    id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL, type TEXT NOT NULL, token TEXT NOT NULL,
    api_key TEXT NOT NULL, created_at TEXT NOT NULL, balance TEXT NOT NULL"""
CREDIT_EXAMPLE: Mapping[str, Any] = {"creditMail": 1000, "balance": "100", "currency": "EUR"}


class Account(NamedTuple):
    """A row of the table; the account itself has the id 0."""

    id: int
    email: str
    type: str
    token: str
    api_key: str
    created_at: str
    balance: Decimal


def as_amount(value: Any) -> Decimal | None:
    """Return an amount of money, None for what is not one: `12`, `"12.5"`."""
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    return Decimal(text) if AMOUNT.fullmatch(text) else None


class Accounts:
    """The accounts. What the account has at the start, and so the price of a mail, is the document's example."""

    def __init__(self, database: Database, clock: Clock, document: Document, subaccounts: int) -> None:
        """Open the table; a new one gets the account and `subaccounts` made-up ones below it."""
        self._database = database
        self._clock = clock
        self._subaccounts = subaccounts
        operation = document.main_operations.get("getCredits")
        example = operation.success_example() if operation else {}
        credits = {**CREDIT_EXAMPLE, **example.get("credits", {})}
        self._username = str(example.get("user", {}).get("username", "account@example.com"))
        self.currency = str(credits["currency"])
        try:
            self._balance = Decimal(credits["balance"])
            self.price = (self._balance / credits["creditMail"]).quantize(Decimal("0.001"))
        except (ArithmeticError, TypeError, ValueError):
            raise DocumentError("the API description's example of getCredits has no balance and creditMail") from None
        if database.create_table("accounts", COLUMNS):
            self.reset()
        self.handlers = {
            "getCredits": self._get_credits,
            "listSubaccounts": self._list_subaccounts,
            "createSubaccount": self._create_subaccount,
            "addSubaccountCredit": self._add_credit,
            "removeSubaccountCredit": self._remove_credit,
        }

    def account_of(self, key: str) -> int | None:
        """Return the account that a key belongs to; None for a wrong key."""
        if not is_sandbox_key(key) or key == WRONG_KEY:
            return None
        if not GENERATED_SECRET.fullmatch(key):
            return MAIN
        return next((row[0] for row in self._database.rows("SELECT id FROM accounts WHERE api_key = ?", key)), None)

    def get(self, account: int) -> Account:
        """Return an account."""
        return self._read("WHERE id = ?", account)[0]

    def subaccounts(self) -> list[Account]:
        """Return the sub-accounts in the order of their ids."""
        return self._read("WHERE id > 0 ORDER BY id")

    def mails_left(self, account: Account) -> int:
        """Return how many mails an account can pay for."""
        return max(0, int(account.balance // self.price)) if self.price else 0

    def set_balance(self, account: int, balance: Decimal) -> None:
        """Let an account have so much."""
        self._database.execute("UPDATE accounts SET balance = ? WHERE id = ?", f"{balance:f}", account)

    def charge(self, account: int, amount: Decimal) -> bool:
        """Take an amount from an account; return False, and take nothing, if it has less."""
        with localcontext(prec=100):  # more digits than two amounts have
            balance = self.get(account).balance - amount
        if balance < 0 < amount:
            return False
        self.set_balance(account, balance)
        return True

    def make_up(self, number: int) -> None:
        """Replace all sub-accounts by `number` made-up ones."""
        self._database.execute("DELETE FROM accounts WHERE id > 0")
        self._database.restart_ids("accounts")
        for n in range(1, number + 1):
            self._insert(f"subaccount{n}@example.com", "simple", Decimal(10))

    def reset(self) -> None:
        """Put the accounts of the start back."""
        self._database.execute("DELETE FROM accounts")
        row = (MAIN, self._username, "main", "", "", self._now(), f"{self._balance:f}")
        self._database.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
        self.make_up(self._subaccounts)

    def _read(self, condition: str, *values: Any) -> list[Account]:
        rows = self._database.rows(f"SELECT * FROM accounts {condition}", *values)  # noqa: S608  (ours)
        return [Account._make((*row[:-1], Decimal(row[-1]))) for row in rows]

    def _insert(self, email: str, kind: str, balance: Decimal) -> Account:
        token, key = (f"{SANDBOX_PREFIX}{name}-{secrets.token_hex(12)}" for name in ("token", "sub"))
        row = (email, kind, token, key, self._now(), f"{balance:f}")
        statement = "INSERT INTO accounts (email, type, token, api_key, created_at, balance) VALUES (?, ?, ?, ?, ?, ?)"
        return self.get(self._database.execute(statement, *row)[1])

    def _now(self) -> str:
        return self._clock.local_text(self._clock.now())

    def _get_credits(self, call: Call) -> Answer:
        """Answer what the account may spend."""
        account = self.get(call.account)
        spendable = {"creditMail": self.mails_left(account), "currency": self.currency}
        return call.success(
            "read", user={"username": account.email}, credits={**spendable, "balance": f"{account.balance:f}"}
        )

    def _list_subaccounts(self, call: Call) -> Answer:
        """Answer one page of the sub-accounts; a sub-account has none. What is not a page is the first."""
        every = self.subaccounts() if call.account == MAIN else []
        page = (call.integer("SubaccountPageNumber") if call.settings.pages == "heard" else None) or 1
        shown = every[(page - 1) * PER_PAGE : page * PER_PAGE]
        rows = [
            {
                **{"id": item.id, "email": item.email, "type": item.type, "token": item.token, "apiKey": item.api_key},
                "createdAt": item.created_at,
                "credits": {"balance": f"{item.balance:f}", "currency": self.currency},
            }
            for item in shown
        ]
        return call.success("listed", total=len(every), nb_per_page=PER_PAGE, page=page, data=rows)

    def _create_subaccount(self, call: Call) -> Answer:
        """Create a sub-account, with credit of the account if it is asked for."""
        given = call.argument("parameters")
        details: Mapping[str, Any] = given if isinstance(given, dict) else {}
        email, start = details.get("email"), details.get("creditToAttribute")
        amount = Decimal(0) if start in (None, "") else as_amount(start) or None
        self._check_creation(call, email, details.get("isBuyer"), amount)
        self.charge(call.account, amount or Decimal(0))
        last = self._database.value("SELECT max(id) FROM accounts")
        account = self._insert(email or f"simple{last + 1}@example.com", call.argument("type"), amount or Decimal(0))
        return call.success(
            "created",
            subaccount={"email": account.email, "token": account.token},
            sendConfirmMailTo=account.email,
            parent_email=self._username,
        )

    def _check_creation(self, call: Call, email: Any, is_buyer: Any, amount: Decimal | None) -> None:
        kind, balance = call.argument("type"), self.get(call.account).balance
        is_email = isinstance(email, str) and email.isprintable()
        faults = {
            "NOT_AUTHORISED": call.account != MAIN,
            "TYPE_REQUIRED": kind is None,
            "UNKNOWN_TYPE": kind not in call.operation.parameters["type"].schema["enum"],
            "EMAIL_REQUIRED": (email is not None and not is_email) or (kind == "advanced" and not email),
            "IS_BUYER_REQUIRED": kind == "advanced" and str(is_buyer) not in ("0", "1"),
            "EMAIL_IN_USE": is_email and bool(self._read("WHERE email = ?", email)),
            "CREDIT_NOT_POSITIVE": amount is None,
            "BALANCE_NOT_POSITIVE": bool(amount) and balance <= 0,
            "INSUFFICIENT_CREDIT": amount is not None and amount > balance,
        }
        for name, holds in faults.items():
            if holds:
                raise RefusalError(name)

    def _add_credit(self, call: Call) -> Answer:
        """Move credit from the account to a sub-account."""
        return self._move(call, to_subaccount=True)

    def _remove_credit(self, call: Call) -> Answer:
        """Move credit from a sub-account to the account."""
        return self._move(call, to_subaccount=False)

    def _move(self, call: Call, *, to_subaccount: bool) -> Answer:
        if call.account != MAIN:
            raise RefusalError("NOT_AUTHORISED")
        if call.argument("credit") is None:
            raise RefusalError("CREDIT_REQUIRED")
        if call.argument("tokenSubaccount") is None:
            raise RefusalError("TOKEN_REQUIRED")
        amount = as_amount(call.argument("credit"))
        if not amount:
            raise RefusalError("CREDIT_NOT_POSITIVE")
        token = str(call.argument("tokenSubaccount"))
        found = self._read("WHERE id > 0 AND token = ?", token) if GENERATED_SECRET.fullmatch(token) else []
        if not found:
            raise RefusalError("UNKNOWN_SUBACCOUNT")
        giver, taker = (MAIN, found[0].id) if to_subaccount else (found[0].id, MAIN)
        if self.get(giver).balance <= 0:
            raise RefusalError("BALANCE_NOT_POSITIVE")
        if not self.charge(giver, amount):
            raise RefusalError("INSUFFICIENT_CREDIT")
        self.charge(taker, -amount)
        return call.success(
            "moved",
            credit=self.get(MAIN).balance,
            subaccountCredit=self.get(found[0].id).balance,
            currency=self.currency,
        )
