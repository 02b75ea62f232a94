"""`advisor backtest`: the estimates against runs that others measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from advisor.cli.options import make
from advisor.words import Language, say


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(rows: Path | None, form: str, knowledge: tuple[Path, ...]) -> None:
        from advisor.library import load_advisor  # noqa: PLC0415 - kept off the way to --help
        from advisor.report.accuracy import as_json, measured_folder, score  # noqa: PLC0415
        from advisor.report.accuracy_page import render  # noqa: PLC0415

        folder = rows or measured_folder()
        try:
            found = score(load_advisor(knowledge), folder, peers=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise click.UsageError(say(lang, "cli.cannot-read-rows", folder=folder, reason=reason)) from None
        if form == "json":
            sys.stdout.write(json.dumps(as_json(found, lang), ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.write(render(found, lang))

    return make(
        "backtest", lang, run,
        click.Option(["--rows"], type=click.Path(path_type=Path), help=say(lang, "cli.rows")),
        click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                     help=say(lang, "cli.format")),
        click.Option(["--knowledge"], type=click.Path(path_type=Path), multiple=True,
                     help=say(lang, "cli.knowledge-option")),
    )  # fmt: skip
