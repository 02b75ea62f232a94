"""How it is measured, who does it, what is tried first, what would change the advice, what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.options.limits import limits_of
from advisor.pipeline import Judgement
from advisor.pricing import figure_range
from advisor.report.levers import levers_of
from advisor.report.model.records import Block, Bullets, Paragraph, Section, Table, Text, code, joined, link, plain
from advisor.report.model.wording import (
    NOTHING,
    finding_does,
    finding_says,
    in_brackets,
    listed,
    sentences,
    spread,
    word,
    worded,
)
from advisor.words import Language
from advisor.words.figures import significant

if TYPE_CHECKING:
    from advisor.options.offer import Options
    from advisor.resolve import Assumption


def evaluation_section(judgement: Judgement, lang: Language) -> Section:
    """How the result is measured: the yardstick, the suites of the goal, how many cases, when to stop."""
    case, knowledge = judgement.case, judgement.case.knowledge
    project = case.plan.project
    goal = (project.goal if project else None) or "unknown"
    planned = [str(item) for item in (project.evaluation or ())] if project else []
    code = "-code" if limits_of(case).code else ""
    items: list[Text] = [worded(lang, f"evaluation-first{code}")]
    name = (
        f"evaluation-for-{goal}"
        if knowledge.has("practice", f"evaluation-for-{goal}")
        else "evaluation-loss-is-no-result"
    )
    advice = knowledge.entry("practice", name)
    says = getattr(advice.says, lang)
    suites = advice.keys.get("suites", [])
    if case.trains:
        items.append(sentences((plain(says), _suites(suites, lang)), lang))
    else:
        items.append(worded(lang, "evaluation-use"))
    few, many = (knowledge.figure(f"evaluation-cases-{points}-points").likely for points in (10, 5))
    items.append(worded(lang, "evaluation-cases", few=significant(few), many=significant(many)))
    if case.trains:
        points = knowledge.figure("forgetting-budget-points").likely
        forgetting = getattr(knowledge.entry("practice", "forgetting-suite").says, lang)
        items.append(sentences((plain(forgetting), worded(lang, "evaluation-stop", points=significant(points))), lang))
    if planned:
        items.append(worded(lang, "evaluation-planned", names=listed(planned, lang)))
    else:
        items.append(worded(lang, "evaluation-none"))
    items += _advice_of(judgement, "evaluation", lang)
    return Section("evaluation", word(lang, "evaluation"), (Bullets(tuple(items)),))


def _suites(names: object, lang: Language) -> Text:
    if not isinstance(names, (list, tuple)) or not names:
        return ()
    return worded(lang, "evaluation-suites", names=listed((str(name) for name in names), lang))


def _advice_of(judgement: Judgement, topic: str, lang: Language) -> list[Text]:
    return [
        joined(
            (plain(f"{row.rule.id}{':' if lang == 'en' else '：'}"), finding_does(row, lang)),
            " " if lang == "en" else "",
        )
        for row in judgement.findings
        if row.rule.topic == topic
    ]


def staffing_section(judgement: Judgement, lang: Language) -> Section:
    """Who is there, who is counted in the cost, who looks after the result."""
    case, job = judgement.case, judgement.pricing.job
    team = case.plan.project.team if case.plan.project else None
    items: list[Text] = []
    if team is None or team.engineers is None:
        items.append(worded(lang, "staff-unstated"))
    else:
        call = "unknown" if team.on_call is None else "yes" if team.on_call else "no"
        items.append(
            worded(lang, "staff-stated", count=significant(team.engineers),
                   experience=word(lang, f"experience-{team.experience or 'unknown'}"), call=word(lang, f"call-{call}"))
        )  # fmt: skip
    if job is not None:
        key = "staff-counted" if case.trains else "staff-counted-use"
        items.append(
            worded(lang, key, count=spread(job.engineers, lang), preparation=spread(job.preparation_months, lang),
                   evaluation=spread(job.evaluation_months, lang))
        )  # fmt: skip
    items.append(worded(lang, "staff-serving", count=spread(figure_range(case.knowledge, "engineers-serving"), lang)))
    for row in judgement.findings:
        if row.rule.topic == "team":
            items.append(sentences((finding_says(row, lang), finding_does(row, lang)), lang))
    return Section("staffing", word(lang, "staffing"), (Bullets(tuple(items)),))


def pilot_section(options: Options, lang: Language) -> Section:
    """The smallest trial that would change the decision."""
    return Section("pilot", word(lang, "pilot"), (Paragraph(plain(options.pilot.text(lang))),))


def change_section(judgement: Judgement, options: Options | None, lang: Language) -> Section:
    """Single changes that turn the verdict, the smallest set that does, and notes of the search."""
    items = [plain(text) for text in levers_of(judgement, lang)]
    if options is not None:
        items += [plain(words.text(lang)) for words in (options.flip.says, *options.notes)]
    if not items:
        items.append(worded(lang, "report.no-levers"))
    return Section("change", word(lang, "change"), (Bullets(tuple(items)),))


def assumptions_section(judgement: Judgement, lang: Language) -> Section:
    """Every value that the plan left open: what was taken, why, from where and of what date."""
    head = (word(lang, "report.field"), word(lang, "report.assumption"), word(lang, "report.reason"),
            word(lang, "assumption-source"))  # fmt: skip
    rows = tuple(
        (code(row.path), plain(assumed(row.value, lang)), plain(row.why(lang)), _source(row, judgement, lang))
        for row in judgement.assumptions
    )
    blocks: tuple[Block, ...] = (Table(head, rows, ("left", "right", "left", "left")),)
    if not rows:
        blocks = (Paragraph(plain(word(lang, "report.no-findings"))),)
    return Section("assumptions", word(lang, "assumptions"), blocks)


def _source(row: Assumption, judgement: Judgement, lang: Language) -> Text:
    knowledge = judgement.case.knowledge
    if row.source is None or not knowledge.has("sources", row.source):
        return plain(NOTHING)
    source = knowledge.source(row.source)
    read = in_brackets(word(lang, "report.read-on", date=source.read_on.isoformat()), lang)
    return joined((link(source.title, source.url), plain(read)), " " if lang == "en" else "")


def assumed(value: object, lang: Language) -> str:
    """An assumed value as a reader wants it."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return word(lang, "figures.yes" if value else "figures.no")
    return significant(value, 6) if isinstance(value, (int, float)) else str(value)


def own_knowledge_section(judgement: Judgement, lang: Language) -> Section | None:
    """Values that came from the user's own knowledge."""
    items = tuple(
        joined((code(entry), code(field), plain(in_brackets(folder, lang))))
        for entry, field, folder in judgement.overlaid
    )
    return Section("own-knowledge", word(lang, "report.own-knowledge"), (Bullets(items),)) if items else None
