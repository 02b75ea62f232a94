"""`advisor schema [plan|rule|knowledge|config]`: the JSON Schema of the files that people write."""

from __future__ import annotations

import json
import sys

import click

from advisor.cli.options import make
from advisor.words import Language, say

KINDS = ("plan", "rule", "knowledge", "config")


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(kind: str, family: str | None) -> None:
        from advisor.schemas import FORMS, schema_of  # noqa: PLC0415 - kept off the way to --help

        if family is not None and (kind != "knowledge" or family not in FORMS):
            raise click.UsageError(say(lang, "cli.schema-family-unknown", families=", ".join(FORMS)))
        sys.stdout.write(json.dumps(schema_of(kind, family), ensure_ascii=False, indent=2) + "\n")

    return make(
        "schema", lang, run,
        click.Argument(["kind"], type=click.Choice(KINDS), default="plan", required=False),
        click.Option(["--family"], metavar="NAME", help=say(lang, "cli.schema-family")),
    )  # fmt: skip
