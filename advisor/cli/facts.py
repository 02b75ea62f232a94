"""`advisor facts [PLAN]`: the vocabulary of rules, or its values for a plan."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from advisor.cli.options import common, make, need, plan_files, today
from advisor.words import Language, say


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plan: str | None, form: str, day: date | None, knowledge: tuple[Path, ...], rules: tuple[Path, ...]
    ) -> None:
        from advisor.facts import vocabulary  # noqa: PLC0415 - kept off the way to --help

        if plan is None:
            rows = [
                {"name": fact.name, "type": fact.spec.type, "unit": fact.spec.unit, "choices": list(fact.spec.choices),
                 "conclusion": fact.spec.conclusion,
                 "meaning": {"en": fact.spec.meaning.en, "zh": fact.spec.meaning.zh}}
                for fact in vocabulary().values()
            ]  # fmt: skip
            if form == "json":
                sys.stdout.write(json.dumps({"facts": rows}, ensure_ascii=False, indent=2) + "\n")
                return
            for fact in vocabulary().values():
                kind = "|".join(fact.spec.choices) if fact.spec.choices else fact.spec.type
                unit = f" [{fact.spec.unit}]" if fact.spec.unit else ""
                tail = f" ({say(lang, 'pages.conclusion')})" if fact.spec.conclusion else ""
                sys.stdout.write(f"{fact.name}  {kind}{unit}  {fact.spec.meaning.text(lang)}{tail}\n")
            return
        _values(plan, form, lang, day or today(), knowledge, rules)

    return make(
        "facts", lang, run,
        click.Argument(["plan"], required=False, type=click.Path()),
        click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                     help=say(lang, "cli.format")),
        *common(lang),
    )  # fmt: skip


def _values(
    plan: str, form: str, lang: Language, day: date, knowledge: tuple[Path, ...], rules: tuple[Path, ...]
) -> None:
    from advisor.facts import vocabulary  # noqa: PLC0415 - kept off the way to --help
    from advisor.library import load_advisor  # noqa: PLC0415
    from advisor.plan.read import read_plan  # noqa: PLC0415
    from advisor.plan.source import shown  # noqa: PLC0415
    from advisor.report.contract import number  # noqa: PLC0415
    from advisor.words.figures import shown_value  # noqa: PLC0415

    for name, raw in plan_files((plan,), lang):
        judgement = load_advisor(knowledge, rules).judge(read_plan(need(name, raw), name), day)
        if form == "json":
            values = {
                key: number(value) if isinstance(value, float) else value for key, value in judgement.facts.items()
            }
            sys.stdout.write(json.dumps({"facts": values}, ensure_ascii=False, indent=2) + "\n")
            continue
        for key, value in judgement.facts.items():
            unit = vocabulary()[key].spec.unit
            sys.stdout.write(f"{key} = {shown(shown_value(value, unit, lang, judgement.pricing.currency))}\n")
