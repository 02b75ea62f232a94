"""What a person sees at the end: the verdict, the gravest findings, the best option, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from advisor.findings import Finding
from advisor.options.offer import Option, Options
from advisor.pipeline import Judgement
from advisor.questionnaire.conversation import consequences
from advisor.report.text import summary
from advisor.report.wrapping import WIDTH, wrapped
from advisor.words import Language, say
from advisor.words.figures import money, significant

SHOWN = 3
"""Findings that a person reads after twenty questions."""


def gravest(judgement: Judgement) -> tuple[Finding, ...]:
    """The findings to be told first: each with a cause of its own, worst first; notes only where nothing else is."""
    findings = judgement.findings
    weighty = [row for row in findings if not row.under and row.rule.severity not in {"low", "info"}]
    return tuple(weighty[:SHOWN])


def outcome(
    judgement: Judgement, options: Options | None, file: str, lang: Language, width: int = WIDTH
) -> Iterator[str]:
    """The lines; without `options`, which command looks for them."""
    yield from wrapped(summary(judgement, lang), "", lang, "  ", width)
    if figures := consequences(judgement, lang):
        yield from wrapped(say(lang, "ask.estimate", parts=figures), "", lang, "  ", width)
    told = gravest(judgement)
    if told:
        yield ""
        yield say(lang, "ask.gravest")
    for place, finding in enumerate(told, start=1):
        word = say(lang, f"report.{finding.rule.severity}").upper()
        text = say(lang, "ask.finding", severity=word, id=finding.rule.id, says=finding.says(lang))
        yield from wrapped(f"{place}. {text}", "  ", lang, "     ", width)
        yield from wrapped("→ " + finding.do(lang), "     ", lang, "       ", width)
    yield ""
    if options is not None:
        yield from wrapped(_best(options, lang), "", lang, "  ", width)
        yield ""
    yield say(lang, "ask.next")
    left = len(judgement.findings) - len(told)
    commands = [(f"advisor options {shlex.quote(file)}", "options"),
                (f"advisor report {shlex.quote(file)} -o report.md", "report")]  # fmt: skip
    if left:
        commands.insert(0, (f"advisor check {shlex.quote(file)}", "check" if told else "all"))
    for command, key in commands:
        yield from wrapped(f"{command}  {say(lang, f'ask.next-{key}', count=left)}", "  ", lang, "      ", width)


def _best(options: Options, lang: Language) -> str:
    if options.options and not (options.plan_stands and options.options[0].gives_up):
        stands = options.plan_stands or options.judgement.verdict == "go"
        key = "best-beside" if stands else "best"
        return say(lang, f"ask.{key}", option=_option(options.options[0], lang))
    return say(lang, "ask.stands" if options.plan_stands else "ask.no-option")


def _option(option: Option, lang: Language) -> str:
    parts = [option.title.text(lang)]
    if option.days is not None:
        parts.append(say(lang, "ask.option-days", days=significant(option.days.likely, 2)))
    if option.cost is not None:
        parts.append(money(float(f"{option.cost.likely:.2g}"), option.judgement.pricing.currency, lang))
    parts.append(say(lang, f"report.{option.verdict}"))
    return say(lang, "ask.parts-joint").join(parts)
