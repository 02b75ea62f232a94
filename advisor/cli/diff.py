"""`advisor diff OLD NEW`: what is different between two plans."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.options import advisor_for, common, make, today
from advisor.cli.what_if import read_one, tell
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.pipeline import Judgement
    from advisor.plan.source import Problem


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        old: str, new: str, form: str, day: date | None, knowledge: tuple[Path, ...], rules: tuple[Path, ...]
    ) -> None:
        from advisor.compare import Comparison  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.source import Unreadable  # noqa: PLC0415

        advisor = advisor_for(lang, knowledge, rules)
        judged: list[Judgement] = []
        problems: list[Problem] = []
        for plan in (old, new):
            try:
                judged.append(advisor.judge(read_one(plan, lang), day or today()))
            except Unreadable as error:
                problems += error.problems
        if problems:
            raise Unreadable(problems)
        tell(Comparison(judged[0], judged[1]), form, lang, [])

    return make(
        "diff", lang, run,
        click.Argument(["old"], type=click.Path()),
        click.Argument(["new"], type=click.Path()),
        click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                     help=say(lang, "cli.format")),
        *common(lang),
    )  # fmt: skip
