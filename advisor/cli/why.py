"""`advisor why PLAN ID`: why a rule fires for a plan, or why it does not."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from advisor.cli.explain import rule_called
from advisor.cli.options import advisor_for, common, make, today
from advisor.cli.what_if import read_one
from advisor.words import Language, say


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plan: str, rule: str, form: str, day: date | None, knowledge: tuple[Path, ...], rules: tuple[Path, ...]
    ) -> None:
        from advisor.report.why import as_json, render  # noqa: PLC0415 - kept off the way to --help
        from advisor.why import explain  # noqa: PLC0415

        advisor = advisor_for(lang, knowledge, rules)
        found = rule_called(advisor.ruleset, rule, lang)
        explanation = explain(advisor.judge(read_one(plan, lang), day or today()), advisor.ruleset, found)
        if form == "json":
            sys.stdout.write(json.dumps(as_json(explanation, lang), ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.write(render(explanation, lang))

    return make(
        "why", lang, run,
        click.Argument(["plan"], type=click.Path()),
        click.Argument(["rule"], metavar="ID"),
        click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                     help=say(lang, "cli.format")),
        *common(lang),
    )  # fmt: skip
