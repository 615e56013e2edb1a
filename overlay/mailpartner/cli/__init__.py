"""The command line, `mailpartner`. Needs `pip install 'mailpartner[cli]'`.

program.py starts and ends it, group.py finds the commands. Each command is a file: lists.py, delete.py, resume.py,
doctor.py, completion.py, sandbox.py. What is imported here and by those two is paid by `--help`: click, and nothing
else.
"""

from __future__ import annotations

MISSING = "mailpartner: the command line needs click and rich: pip install 'mailpartner[cli]'"


def main(arguments: list[str] | None = None) -> int:
    """Run the command with these arguments, by default those of the process, and return its exit code."""
    import sys

    try:
        import click  # noqa: F401

        if not _found("rich"):
            raise ModuleNotFoundError(name="rich")
    except ModuleNotFoundError as missing:
        if missing.name not in ("click", "rich"):
            raise
        sys.stderr.write(MISSING + "\n")
        return 78
    from mailpartner.cli.program import run

    return run(arguments)


def _found(name: str) -> bool:
    from importlib.machinery import PathFinder

    return PathFinder.find_spec(name) is not None
