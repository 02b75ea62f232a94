"""Several plans side by side, then the report of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor import __version__
from advisor.pipeline import Judgement
from advisor.report.model.build import DEFAULT_AUDIENCE, report_model
from advisor.report.model.choices import first_result, unfit
from advisor.report.model.pictures import Row as Bar
from advisor.report.model.pictures import cost_picture, slack_text, timeline_picture
from advisor.report.model.records import (
    Audience,
    Block,
    ComparisonModel,
    Row,
    Section,
    Table,
    Text,
    joined,
    line,
    plain,
    strong,
)
from advisor.report.model.risks import GRAVE, top_risks
from advisor.report.model.terms import stage_of, stage_word, standing, status_word
from advisor.report.model.wording import NOTHING, amount, finding_says, in_brackets, label, word, worded
from advisor.words import Language

if TYPE_CHECKING:
    from advisor.options.offer import Options

_RANK = {"go": 0, "caution": 1, "no-go": 2}


def comparison_model(
    judged: Sequence[tuple[Judgement, Options | None]], lang: Language, audience: Audience = DEFAULT_AUDIENCE
) -> ComparisonModel:
    """One page that compares several plans, and the report of each in their order."""
    judgements = [judgement for judgement, _ in judged]
    rows = tuple(_row(number, judgement, lang) for number, judgement in enumerate(judgements, 1))
    head = (word(lang, "compared-plan"),
            *(word(lang, f"column-{name}") for name in ("verdict", "cost", "first", "slack")),
            word(lang, "column-licence-at-use"), word(lang, "compared-gravest"))  # fmt: skip
    blocks: list[Block] = [Table(head, rows, ("left", "left", "right", "right", "right", "left", "left"))]
    bars = [_bar(number, judgement, lang) for number, judgement in enumerate(judgements, 1)]
    currencies = {judgement.pricing.currency for judgement in judgements}
    pictures = [timeline_picture(bars, None, lang)]
    if len(currencies) == 1:  # bars of different currencies cannot stand on one axis
        pictures.insert(0, cost_picture(bars, None, currencies.pop(), lang))
    blocks += [picture for picture in pictures if picture is not None]
    return ComparisonModel(
        lang=lang,
        audience=audience,
        title=word(lang, "compared-title", count=len(judgements)),
        head=(
            (word(lang, "report.as-of"), plain(judgements[0].case.today.isoformat())),
            (word(lang, "made-by"), plain(word(lang, "report.version", version=__version__))),
        ),
        lead=_lead(judgements, lang),
        sections=(Section("compared", word(lang, "compared"), tuple(blocks)),),
        reports=tuple(report_model(judgement, lang, options, audience) for judgement, options in judged),
        contents=word(lang, "contents"),
    )


def _name(number: int, lang: Language) -> str:
    return word(lang, "compared-number", number=number)


def _lead(judgements: Sequence[Judgement], lang: Language) -> Text:
    """Which plan is judged best: by its verdict, then by its likely cost."""

    def rank(index: int) -> tuple[int, float]:
        judgement = judgements[index]
        cost = judgement.estimates.cost
        likely = cost.project.likely if cost is not None and cost.project is not None else float("inf")
        # Amounts of different currencies are compared in one of them.
        return _RANK[judgement.verdict], likely * judgement.pricing.rates[judgement.pricing.currency]

    best = min(range(len(judgements)), key=rank)
    judgement = judgements[best]
    if judgement.verdict == "no-go":
        return worded(lang, "compared-none", count=len(judgements))
    cost = judgement.estimates.cost
    price = amount(cost.project, cost.currency, lang) if cost is not None else NOTHING
    return worded(lang, "compared-ask", count=len(judgements), name=_name(best + 1, lang),
                  verdict=word(lang, f"report.{judgement.verdict}"), cost=price,
                  first=first_result(judgement, judgement.schedule, lang))  # fmt: skip


def _what(judgement: Judgement) -> str:
    return line(judgement.case.plan.title or judgement.case.file.name)


def _row(number: int, judgement: Judgement, lang: Language) -> Row:
    cost, schedule, stage = judgement.estimates.cost, judgement.schedule, stage_of(judgement)
    grave = sum(row.rule.severity in GRAVE for row in judgement.findings)
    gravest = top_risks(judgement, 1)
    said: Text = plain(NOTHING)
    if gravest:
        count = plain(in_brackets(word(lang, "risks-count", count=grave), lang)) if grave else ()
        said = joined((strong(gravest[0].rule.id), finding_says(gravest[0], lang), count))
    status = status_word(standing(judgement, lang), lang)
    return (
        joined((strong(_name(number, lang)), plain(_what(judgement)))),
        strong(word(lang, f"report.{judgement.verdict}")),
        plain(amount(cost.project if cost else None, judgement.pricing.currency, lang)),
        plain(first_result(judgement, schedule, lang)),
        plain(NOTHING if unfit(judgement) else slack_text(schedule, lang)),
        label(stage_word(stage, lang), plain(status), lang),
        said,
    )


def _bar(number: int, judgement: Judgement, lang: Language) -> Bar:
    cost = judgement.estimates.cost
    return Bar(_name(number, lang), _what(judgement), cost.project if cost else None, judgement.schedule, "")
