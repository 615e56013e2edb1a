"""The command line, `mailpartner`. Needs `pip install 'mailpartner[cli]'`.

program.py starts and ends it, group.py finds the commands, language.py translates. The groups are in account.py,
messages.py, subaccounts.py and unsubscribes.py, whose longer commands are in changes.py; the other commands are in
report.py, doctor.py and local.py. What is imported here and by program.py, group.py and language.py is paid by
`--help`: click, and nothing else.
"""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the command with these arguments, by default those of the process, and return its exit code."""
    import sys

    from mailpartner.cli.language import _, choose

    choose(sys.argv[1:] if arguments is None else arguments)
    try:
        import click  # noqa: F401

        if not _found("rich"):
            raise ModuleNotFoundError(name="rich")
    except ModuleNotFoundError as missing:
        if missing.name not in ("click", "rich"):
            raise
        sys.stderr.write(_("mailpartner: the command line needs click and rich: pip install 'mailpartner[cli]'") + "\n")
        return 78
    from mailpartner.cli.program import run

    return run(arguments)


def _found(name: str) -> bool:
    from importlib.machinery import PathFinder

    return PathFinder.find_spec(name) is not None
