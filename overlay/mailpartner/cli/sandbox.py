"""`sandbox`: passes everything on to `python -m mailpartner.sandbox`."""

from __future__ import annotations

import click

from mailpartner.cli.group import global_options


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@global_options
def sandbox(arguments: tuple[str, ...]) -> int:
    """Run a local Mail Partner that obeys openapi.yaml. Its own --help lists its switches."""
    from mailpartner.sandbox.__main__ import main

    return main(list(arguments))
