"""`advisor completion SHELL`: the script that makes a shell complete commands, options and file names."""

from __future__ import annotations

import sys

import click

from advisor.cli.options import make
from advisor.words import Language

SHELLS = ("bash", "zsh", "fish")


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(shell: str) -> None:
        from click.shell_completion import get_completion_class  # noqa: PLC0415 - kept off the way to --help

        from advisor.cli import build  # noqa: PLC0415

        kind = get_completion_class(shell)
        assert kind is not None  # noqa: S101 - click has a class for each of the three
        sys.stdout.write(kind(build(lang), {}, "advisor", "_ADVISOR_COMPLETE").source() + "\n")

    return make("completion", lang, run, click.Argument(["shell"], type=click.Choice(SHELLS)))
