"""The commands that need no account: `completion`, and `sandbox`, which is `python -m mailpartner.sandbox`."""

from __future__ import annotations

import click

from mailpartner.cli.group import global_options

VARIABLE = "_MAILPARTNER_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@global_options
def completion(shell: str) -> None:
    """Print the script for a shell.

    \b
    bash:  eval "$(mailpartner completion bash)"   in ~/.bashrc
    zsh:   eval "$(mailpartner completion zsh)"    in ~/.zshrc
    fish:  mailpartner completion fish > ~/.config/fish/completions/mailpartner.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from mailpartner.cli.group import cli

    made = get_completion_class(shell)
    if made is not None:
        # The bash one's own source() starts a bash to ask its version.
        click.echo(ShellComplete.source(made(cli, {}, "mailpartner", VARIABLE)))


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
