"""A bulk run as the journal has it: begun once with all its ids and facts, opened again to go on."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import PENDING, Reject, Source
from mailpartner.cli.actions import DELETION, action_of
from mailpartner.cli.error_text import text_of
from mailpartner.cli.exit_codes import BAD_INPUT, STOPPED, Ended
from mailpartner.cli.language import _
from mailpartner.cli.reader.cells import embedded_addresses
from mailpartner.cli.record import Record
from mailpartner.errors import JournalError
from mailpartner.resources._addresses import fold_email

if TYPE_CHECKING:
    from mailpartner.cli.reader import staging
    from mailpartner.cli.reader.staging import Staging, Target
    from mailpartner.client import MailPartner

KIND = "mailpartner command line, 1"
RECORD = "mailpartner record of single deletions, 1"
"""The kinds of journals that this command writes: of one bulk run, and of a year's deletions by hand."""

PATIENCE = 10.0
"""Seconds that another command is waited for which is writing to the record."""
_OTHER_KEY = _(
    "This run was begun with another key, and that was not refused. Nothing was sent. Use the key it was begun with."
    " If its account has a new key, run the same input with another --journal: what is gone counts as already gone."
)
_SIDE_FILES = ("", "-wal", "-shm", "-journal")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def who() -> dict[str, Any]:
    try:
        import pwd

        user = pwd.getpwuid(os.getuid()).pw_name
    except ImportError:  # Windows
        import getpass

        user = getpass.getuser()
    except KeyError:  # a container with an arbitrary uid
        user = f"uid {os.getuid()}"
    return {"user": user, "host": platform.node()}


@attrs.frozen
class AddressKeeper:
    """Makes of addresses what a journal keeps of them: keyed hashes, and themselves only if `in_clear`."""

    secret: bytes
    in_clear: bool

    @classmethod
    def of(cls, journal: Journal, in_clear: bool = False) -> AddressKeeper:
        return cls(bytes.fromhex(journal.metadata()["secret"]), in_clear)

    def hash(self, address: str) -> bytes:
        """Return the hash of an address: the same for all spellings that differ only in capitals."""
        folded = fold_email(address).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(folded, key=self.secret, digest_size=16).digest()

    def source(self, target: Target) -> Source:
        """Return what is kept of where an id comes from."""
        if target.address is None:
            return Source(target.line)
        return Source(target.line, self.hash(target.address), target.address if self.in_clear else None)

    def reject(self, reject: staging.Reject) -> Reject:
        """Return what is kept of a line that led to nothing: its text may hold addresses."""
        addresses = [reject.address] if reject.address is not None else embedded_addresses(reject.raw)
        persons = b"".join(map(self.hash, addresses)) or None
        return Reject(reject.line, reject.reason, persons, reject.raw if self.in_clear else None)


@contextmanager
def begun(
    path: Path, client: MailPartner, read: Staging, said: dict[str, Any], counts: dict[str, int], in_clear: bool
) -> Iterator[Journal]:
    """Make a journal of all that was read. What goes wrong before that is in leaves no journal behind."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    journal = None
    texts = {name: encodable(value) if isinstance(value, str) else json.dumps(value) for name, value in said.items()}
    try:
        journal = Journal(path)
        journal.bind({"kind": KIND, "in_clear": json.dumps(in_clear), **_origin(client), **texts})
        keeper = AddressKeeper.of(journal, in_clear)
        targets = ((target.id or target.address, keeper.source(target)) for target in read.targets())
        taken = journal.add_all(targets, map(keeper.reject, read.rejects()))
        journal.bind({"counts": json.dumps({"ids": taken, **counts}), "taken": str(taken)})
    except BaseException:
        if journal is not None:
            journal.close()
        discard(path)
        raise
    with closing(journal):
        yield journal


def _origin(client: MailPartner) -> dict[str, str]:
    return {
        "run": str(uuid.uuid4()),
        "when": now(),
        "who": json.dumps(who()),
        "base_url": client.base_url,
        "account": client.key_fingerprint(),
        "secret": secrets.token_hex(32),
    }


@contextmanager
def recording(folder: Path, client: MailPartner) -> Iterator[Record]:
    """Open this year's record of what is done by hand. Raise Ended if it cannot be written."""
    with closing(open_record(folder / f"{datetime.now(UTC).year}.journal")) as journal:
        facts = {"kind": RECORD, "input": "by hand", "digest": "", "reason": "", "counts": "{}", **_origin(client)}
        journal.bind({"command": DELETION.command, **facts}, keep={"command", *facts})
        yield journal


def open_record(path: Path) -> Record:
    """Open a record; wait for a command that writes to it. Raise Ended if it cannot be used."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return Record(path)
        except JournalError as error:
            if not error.in_use or time.monotonic() >= until:
                raise no_record(error) from None
            time.sleep(0.05)


def no_record(error: JournalError) -> Ended:
    """Return the end of a command that cannot write its record."""
    text = _("Nothing was sent: no record can be kept. {why} --no-record does without one.")
    if error.in_use:  # perhaps by a command that sends the same
        text = _("Nothing was sent: another command is writing to the record. Wait for its end, then run this again.")
    return Ended(text.format(why=text_of(error)), STOPPED)


@contextmanager
def reopened(path: Path, records: bool = False) -> Iterator[Journal]:
    """Open the journal of a run of this command, or with `records` a record. Raise Ended for any other file."""
    if fault := _fault_of_file(path):
        raise Ended(fault.format(file=path), BAD_INPUT)
    # The audit file is next to the journal itself, wherever a link to it is.
    with closing((Record if records else Journal)(path.resolve())) as journal:
        if fault := _fault_of(journal, records):
            raise Ended(fault.format(file=path), BAD_INPUT)
        yield journal


def _fault_of_file(path: Path) -> str:
    if not path.is_file():
        return _("There is no journal {file}. Nothing was sent. Give the .journal file that the run named.")
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        return _("{file} is empty: its run never began. Nothing was sent. Begin it anew.")
    if head != b"SQLite format 3\0":
        return _("{file} is no journal, or is damaged. Nothing was sent. Give the .journal file that the run named.")
    return ""


def _fault_of(journal: Journal, records: bool) -> str:
    """Return why a journal is not one of this command's, "" if it is."""
    facts = journal.metadata()
    if never_began(journal):
        return _("The run of {file} never began. Nothing was sent. Begin it anew.")
    if records and facts.get("kind") == RECORD:
        return ""
    if facts.get("kind") != KIND or "taken" not in facts:
        return _("{file} is not the journal of a run that this command began. Nothing was sent.")
    if sum(journal.counts().values()) != int(facts["taken"]):
        return _(
            "{file} is damaged: it lacks ids of its run. Nothing was sent."
            " Keep it, and begin the run anew: what is gone counts as already gone."
        )
    return ""


def never_began(journal: Journal) -> bool:
    """Return whether a crash came before all ids were in: then nothing was sent, and the file is worth nothing."""
    facts, counts = journal.metadata(), journal.counts()
    if facts.get("kind") == RECORD:
        return False
    return "taken" not in facts and set(counts) <= {PENDING} and (facts.get("kind") == KIND or not counts)


def discard(path: Path) -> None:
    for suffix in _SIDE_FILES:
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def check_server(journal: Journal, client: MailPartner) -> None:
    """Raise Ended where the run was begun at another server or with another account's key."""
    facts = journal.metadata()
    if facts["base_url"] != client.base_url:
        text = _(
            "This run was begun at {begun}, and this is {here}. Nothing was sent."
            " Give --base-url {begun} if that is right."
        )
        raise Ended(text.format(begun=facts["base_url"], here=client.base_url), BAD_INPUT)
    # Ids that were looked up in an account's list are that account's, whatever became of its key.
    looked_up = action_of(journal) is DELETION and json.loads(facts["counts"]).get("addresses")
    if facts["account"] != client.key_fingerprint() and looked_up:
        raise Ended(_OTHER_KEY, BAD_INPUT)
    try:
        journal.bind_account(client.key_fingerprint())
    except JournalError:
        raise Ended(_OTHER_KEY, BAD_INPUT) from None


def encodable(text: str) -> str:
    """Return `text` as UTF-8 can hold it: bytes of a name or an argument that are no text are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
