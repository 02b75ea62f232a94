"""From a judgement and its options to the report: which sections, in which order, for which reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor import __version__
from advisor.pipeline import Judgement
from advisor.profiles import DEFAULT
from advisor.report.model.choices import Choices, choices_of
from advisor.report.model.comparison import missing_section, options_section, rent_or_buy_section, timeline_section
from advisor.report.model.engineering import (
    breakdown_sections,
    commands_section,
    figures_section,
    formulas_section,
    layout_section,
    memory_section,
    option_details,
)
from advisor.report.model.first_page import first_page
from advisor.report.model.practice import (
    assumptions_section,
    change_section,
    evaluation_section,
    own_knowledge_section,
    pilot_section,
    staffing_section,
)
from advisor.report.model.records import (
    Audience,
    Bullets,
    Paragraph,
    ReportModel,
    Section,
    Text,
    code,
    line,
    plain,
)
from advisor.report.model.risks import accepted_sections, cited, finding_cards, risk_section
from advisor.report.model.terms import compliance_section, licence_section
from advisor.report.model.wording import word, worded
from advisor.report.trace import trace_of
from advisor.words import Language

if TYPE_CHECKING:
    from advisor.options.offer import Options

DEFAULT_AUDIENCE: Audience = "leadership"
"""Whom a report is for unless it is told: a report is what one hands on; an engineer at work has `advisor check`."""


def report_model(
    judgement: Judgement,
    lang: Language,
    options: Options | None = None,
    audience: Audience = DEFAULT_AUDIENCE,
) -> ReportModel:
    """Everything that any renderer shows of one plan; pure, so equal inputs give equal records.

    `options` are the plans that would work instead, as `advisor.options.find_options` finds them; without them the
    report says that none were searched for.
    """
    case, choices = judgement.case, choices_of(judgement, options)
    plan_title = line(case.plan.title or word(lang, "report.untitled"))
    leading, page = audience == "leadership", first_page(judgement, options, choices, lang)
    if leading:
        sections = _for_leaders(judgement, options, lang)
    else:
        decision = Section(
            "decision", word(lang, "decision"), (Paragraph(page.ask), Paragraph(page.because), page.choices)
        )
        sections = (decision, *_for_engineers(judgement, options, choices, lang))
    return ReportModel(
        lang=lang,
        audience=audience,
        title=word(lang, "report.report-title", title=plan_title),
        plan_title=plan_title,
        head=_head(judgement, audience, lang),
        verdict=judgement.verdict,
        verdict_label=word(lang, "report.verdict"),
        verdict_word=word(lang, f"report.{judgement.verdict}"),
        first_page=page if leading else None,
        sections=tuple(section for section in sections if section is not None),
        contents=word(lang, "contents"),
        stop=word(lang, "report.stop"),
    )


def _head(judgement: Judgement, audience: Audience, lang: Language) -> tuple[tuple[str, Text], ...]:
    case = judgement.case
    rows: list[tuple[str, Text]] = [
        (word(lang, "report.plan-file"), code(case.file.name)),
        (word(lang, "report.as-of"), plain(case.today.isoformat())),
        (word(lang, "for"), plain(word(lang, f"for-{audience}"))),
    ]
    if judgement.hidden:
        key = "report.hidden-profile" if judgement.policy.profile != DEFAULT else "report.hidden-count"
        said = word(lang, key, count=len(judgement.hidden), profile=judgement.policy.profile)
        rows.append((word(lang, "not-shown"), plain(said)))
    rows.append((word(lang, "made-by"), plain(word(lang, "report.version", version=__version__))))
    return tuple(rows)


def _for_leaders(judgement: Judgement, options: Options | None, lang: Language) -> Sequence[Section | None]:
    """What matters for the decision first, long tables last."""
    return (
        options_section(judgement, options, lang) if options is not None else None,
        missing_section(options, lang) if options is not None else None,
        rent_or_buy_section(judgement, options, lang),
        timeline_section(judgement, options, lang),
        risk_section(judgement, lang),
        *accepted_sections(judgement, lang),
        compliance_section(judgement, lang),
        licence_section(judgement, lang),
        evaluation_section(judgement, lang),
        staffing_section(judgement, lang),
        pilot_section(options, lang) if options is not None else None,
        change_section(judgement, options, lang),
        figures_section(judgement, lang),
        memory_section(judgement, lang),
        *(part for part in breakdown_sections(judgement, lang) if part.key == "cost"),
        assumptions_section(judgement, lang),
        own_knowledge_section(judgement, lang),
        _trust(lang),
        _sources(judgement, lang),
    )


def _for_engineers(
    judgement: Judgement, options: Options | None, choices: Choices, lang: Language
) -> Sequence[Section | None]:
    """Figures and their parts, the layout, every finding in full, commands, formulas."""
    return (
        figures_section(judgement, lang),
        memory_section(judgement, lang),
        *breakdown_sections(judgement, lang),
        layout_section(judgement, lang),
        finding_cards(judgement, lang),
        *accepted_sections(judgement, lang),
        options_section(judgement, options, lang) if options is not None else None,
        option_details(options, lang) if options is not None else None,
        missing_section(options, lang) if options is not None else None,
        timeline_section(judgement, options, lang),
        change_section(judgement, options, lang),
        pilot_section(options, lang) if options is not None else None,
        commands_section(judgement, options, choices, lang),
        evaluation_section(judgement, lang),
        licence_section(judgement, lang),
        assumptions_section(judgement, lang),
        own_knowledge_section(judgement, lang),
        formulas_section(judgement, lang),
        _trust(lang),
        _sources(judgement, lang),
    )


def _trust(lang: Language) -> Section:
    return Section("trust", word(lang, "report.trust"), (Paragraph(worded(lang, "report.trust-text")),))


def _sources(judgement: Judgement, lang: Language) -> Section | None:
    """Every source behind a finding, a figure, an assumption, a price, the device and the model."""
    case = judgement.case
    used = dict.fromkeys(
        [name for finding in judgement.findings for name in finding.rule.sources]
        + [row["source"] for row in trace_of(judgement, lang) if row["source"]]
        + [row.source for row in judgement.assumptions if row.source]
        + judgement.pricing.sources
        + [name for family, entry in (("devices", case.device_id), ("models", case.model_id)) if entry
           for name in case.knowledge.sources_of(family, entry)]
    )  # fmt: skip
    items = tuple(cited(judgement, list(used), lang))
    return Section("sources", word(lang, "report.sources"), (Bullets(items),)) if items else None
