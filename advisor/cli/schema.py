"""`advisor schema`: the JSON Schema of plan files."""

from __future__ import annotations

import json
import sys

import click

from advisor.cli.options import make
from advisor.words import Language


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run() -> None:
        from advisor.plan.read import plan_schema  # noqa: PLC0415 - kept off the way to --help

        sys.stdout.write(json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n")

    return make("schema", lang, run)
