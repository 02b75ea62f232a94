"""`advisor what-if PLAN key=value...`: what changes when values of a plan change."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.options import advisor_for, common, make, need, plan_files, today
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.compare import Comparison
    from advisor.plan.read import PlanFile
    from advisor.report.comparison import Change


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plan: str,
        changes: tuple[str, ...],
        form: str,
        day: date | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
    ) -> int:
        from advisor.compare import change_lines, compare_changed  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.source import Unreadable  # noqa: PLC0415

        advisor = advisor_for(lang, knowledge, rules)
        file = read_one(plan, lang)
        try:
            comparison, values = compare_changed(advisor, file, changes, day or today())
        except Unreadable as error:
            for problem in error.problems:
                click.echo(f"{problem.file}: {problem.message(lang)}", err=True)
            return 2
        tell(comparison, form, lang, list(change_lines(values, file)))
        return 0

    return make(
        "what-if", lang, run,
        click.Argument(["plan"], type=click.Path()),
        click.Argument(["changes"], nargs=-1, required=True, metavar="PATH=VALUE..."),
        click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                     help=say(lang, "cli.format")),
        *common(lang),
    )  # fmt: skip


def read_one(plan: str, lang: Language) -> PlanFile:
    """The one plan that an argument names. Raises Unreadable, and a usage error for a folder of several."""
    from advisor.plan.read import read_plan  # noqa: PLC0415 - kept off the way to --help

    listed = list(plan_files((plan,), lang))
    if len(listed) != 1:
        raise click.UsageError(say(lang, "why.one-plan", plan=plan))
    name, raw = listed[0]
    return read_plan(need(name, raw), name)


def tell(comparison: Comparison, form: str, lang: Language, changes: list[Change]) -> None:
    """Print a comparison."""
    from advisor.cli.check import _style  # noqa: PLC0415 - kept off the way to --help
    from advisor.report.comparison import as_json, render  # noqa: PLC0415

    if form == "json":
        sys.stdout.write(json.dumps(as_json(comparison, lang, changes), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(render(comparison, lang, changes, _style()))
