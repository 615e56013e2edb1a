"""The list of unsubscribes, and the file that keeps it."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from kit.raw_client import delete

from mailpartner.sandbox import Entry, Sandbox, SandboxProcess
from mailpartner.sandbox.database import StateFileError


def test_a_new_list_has_made_up_entries(sandbox_with):
    """A new list has as many entries as asked for, ids from 1, none of an address that could be real."""
    assert len(sandbox_with(entries=0).entries()) == 0
    entries = sandbox_with(entries=1500).entries()
    assert list(entries) == list(range(1, 1501))
    assert all(entry.email.endswith("@example.com") for entry in entries.values())


def test_a_state_file_survives_a_restart(tmp_path):
    """What was deleted stays deleted in the next run on the same file, whatever --entries says then."""
    state = tmp_path / "state.db"
    with Sandbox(entries=10, state=state) as sandbox:
        delete(sandbox, 5)
        before = sandbox.entries()
    with Sandbox(entries=99, state=state) as sandbox:
        assert sandbox.entries() == before
        assert json.loads(delete(sandbox, 5).body)["code"] == 4


def test_a_state_file_survives_a_kill(tmp_path):
    """What was answered as deleted is in the file although the process was killed right after."""
    with SandboxProcess(entries=10, state=tmp_path / "state.db") as sandbox:
        assert json.loads(delete(sandbox, 5).body)["code"] == 200
        sandbox._process.kill()
        sandbox._process.wait(5)
    with Sandbox(state=tmp_path / "state.db") as sandbox:
        assert sorted({*range(1, 11)} - sandbox.entries().keys()) == [5]


def test_two_sandboxes_may_share_a_file(tmp_path):
    """An entry deleted through one sandbox is unknown to another on the same file."""
    state = tmp_path / "state.db"
    with Sandbox(entries=10, state=state) as one, Sandbox(state=state) as other:
        assert json.loads(delete(one, 5).body)["code"] == 200
        assert json.loads(delete(other, 5).body)["code"] == 4


def test_ids_are_not_reused_after_a_restart(tmp_path):
    """The highest id that ever was is remembered in the file."""
    with Sandbox(entries=9, state=tmp_path / "state.db") as sandbox:
        sandbox.load([Entry(500, "a@example.com", "")])
        delete(sandbox, 500)
    with Sandbox(state=tmp_path / "state.db") as sandbox:
        sandbox.load(["b@example.com"])
        assert list(sandbox.entries()) == [501]


def test_another_programs_file_is_left_alone(tmp_path):
    """A file that is no SQLite file, or another program's, is refused in one line and not changed."""
    text, foreign = tmp_path / "notes.txt", tmp_path / "journal.db"
    text.write_text("do not touch " * 100)
    with closing(sqlite3.connect(foreign)) as database:
        database.execute("CREATE TABLE deletions (id)")
    for file in (text, foreign, tmp_path / "no such folder" / "state.db"):
        before = file.read_bytes() if file.exists() else None
        with pytest.raises(StateFileError) as caught:
            Sandbox(state=file).start()
        assert "\n" not in str(caught.value)
        assert (file.read_bytes() if file.exists() else None) == before


def test_a_refused_file_is_said_in_one_line(tmp_path):
    """On the command line a state file that cannot be used is one line on stderr and exit status 1."""
    (tmp_path / "notes.txt").write_text("do not touch " * 100)
    command = [sys.executable, "-m", "mailpartner.sandbox", "--port=0", f"--state={tmp_path / 'notes.txt'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "notes.txt" in done.stderr
