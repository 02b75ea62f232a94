"""What may go wrong: the gravest findings with the sign that they come true, all findings, what is accepted."""

from __future__ import annotations

from advisor.facts import vocabulary
from advisor.findings import Finding, Judged, fact_text
from advisor.pipeline import Judgement
from advisor.report.model.records import (
    Block,
    Bullets,
    FindingCard,
    Paragraph,
    Section,
    Table,
    Text,
    code,
    joined,
    lefts,
    line,
    link,
    plain,
    strong,
)
from advisor.report.model.wording import (
    between,
    finding_does,
    finding_says,
    in_brackets,
    label,
    remarked,
    sentences,
    word,
    worded,
)
from advisor.report.text import acceptance_note
from advisor.ruling.format import SEVERITIES
from advisor.words import Language, catalogue
from advisor.words.figures import money, significant

GRAVE = ("blocker", "high")
CHECKLIST = ("licence", "compliance")
"""Topics whose findings stand in the compliance checklist."""
SECONDS_PER_DAY = 86_400.0
_SHORT_RUN = 14.0
"""Days below which nobody waits a week to see whether a run is fast enough."""
_FIRST_FOR_LEADERS = ("compliance", "numerics", "time", "cost", "method", "data", "team", "evaluation", "memory",
                      "software", "hardware", "operations", "storage", "licence")  # fmt: skip
"""Of findings that are equally severe, which topic a leader should hear of first; licences have their own answer."""


def top_risks(judgement: Judgement, count: int = 3) -> list[Finding]:
    """The gravest findings, each of another topic and none that only follows from another."""
    order = {topic: rank for rank, topic in enumerate(_FIRST_FOR_LEADERS)}
    severity = {name: rank for rank, name in enumerate(SEVERITIES)}
    heads = [row for row in judgement.findings if row.under is None and row.rule.severity in {*GRAVE, "medium"}]
    heads.sort(key=lambda row: (severity[row.rule.severity], order.get(row.rule.topic, len(order))))
    chosen: list[Finding] = []
    for row in heads:
        if len(chosen) < count and all(row.rule.topic != other.rule.topic for other in chosen):
            chosen.append(row)
    return chosen


def sign_of(finding: Finding, judgement: Judgement, lang: Language) -> Text:
    """What one sees when a risk comes true, with the plan's own numbers; of the rule itself, else of its topic."""
    own = f"sign-{finding.rule.id}"
    if own in catalogue("sections"):
        return worded(lang, own)
    topic, case = finding.rule.topic, judgement.case
    if topic == "memory":
        return _memory_sign(judgement, lang)
    if topic == "time":
        return _time_sign(judgement, lang)
    if topic == "numerics":
        kept = {"fp16": "sign-numerics", "fp32": "sign-numerics-fp32"}
        return worded(lang, kept.get(case.run.recipe.precision, "sign-numerics-bf16"))
    if topic == "licence" and not case.trains:
        return worded(lang, "sign-licence-use")
    if topic == "cost":
        limit = _limit(judgement, lang)
        return worded(lang, "sign-evidence") if limit is None else worded(lang, "sign-cost", amount=limit)
    if topic == "data":
        points = case.knowledge.figure("forgetting-budget-points").likely
        return worded(lang, "sign-data", points=significant(points))
    return worded(lang, f"sign-{topic}")


def _memory_sign(judgement: Judgement, lang: Language) -> Text:
    case, memory = judgement.case, judgement.estimates.memory
    if not case.trains and case.run.serving is not None:
        return worded(lang, "sign-memory-use", requests=case.run.serving.concurrent_requests)
    usable = memory.usable_gib if memory is not None else case.run.machine.usable_gib
    return worded(lang, "sign-memory", usable=significant(usable))


def _time_sign(judgement: Judgement, lang: Language) -> Text:
    rate, time = _rate_for_deadline(judgement), judgement.estimates.time
    if rate is None:
        return worded(lang, "sign-evidence")
    short = time is not None and time.days is not None and time.days.likely < _SHORT_RUN
    return worded(lang, "sign-time-short" if short else "sign-time", rate=significant(rate))


def _rate_for_deadline(judgement: Judgement) -> float | None:
    """Tokens per second that each device must make for one run to end by the deadline; else the low estimate."""
    time, project = judgement.estimates.time, judgement.case.plan.project
    if time is None:
        return None
    if project is not None and project.deadline and time.tokens:
        return time.tokens / (project.deadline * SECONDS_PER_DAY * judgement.case.run.layout.devices)
    return time.tokens_per_second_per_device.low


def _limit(judgement: Judgement, lang: Language) -> str | None:
    budget, cost = judgement.facts.get("cost.budget"), judgement.estimates.cost
    currency = judgement.pricing.currency
    if budget is not None:
        return money(float(budget), currency, lang)
    return money(cost.project.high, currency, lang) if cost is not None and cost.project is not None else None


def risk_table(findings: list[Finding], judgement: Judgement, lang: Language, *, remedies: bool) -> Table:
    """Findings with the sign that they come true, and with `remedies` also what to do."""
    rows = tuple(
        (
            joined((strong(row.rule.id), finding_says(row, lang))),
            sign_of(row, judgement, lang),
            *((finding_does(row, lang),) if remedies else ()),
        )
        for row in findings
    )
    head = tuple(word(lang, name) for name in ("risk", "risk-sign", *(("risk-do",) if remedies else ())))
    return Table(head, rows, lefts(len(head)))


def risk_section(judgement: Judgement, lang: Language) -> Section:
    """All findings but those of the checklist: the grave ones with sign and remedy, the others a line each."""
    title = word(lang, "risks")
    found = [row for row in judgement.findings if row.rule.topic not in CHECKLIST]
    if not found:
        key = "risks-elsewhere" if judgement.findings else "report.no-findings"
        return Section("risks", title, (Paragraph(worded(lang, key)),))
    heads = [row for row in found if row.rule.severity in GRAVE and row.under is None]
    rest = [row for row in found if row not in heads]
    blocks: list[Block] = []
    if heads:
        blocks.append(risk_table(heads, judgement, lang, remedies=True))
    if rest:
        if heads:
            blocks.append(Paragraph(worded(lang, "risks-table-note")))
        blocks.append(
            Bullets(
                tuple(
                    joined(
                        (
                            strong(remarked(row.rule.id, word(lang, f"report.{row.rule.severity}"), lang)),
                            finding_says(row, lang),
                        )
                    )
                    for row in rest
                )
            )
        )
    return Section("risks", title, tuple(blocks))


def finding_cards(judgement: Judgement, lang: Language) -> Section:
    """All findings in full, for engineers."""
    title = word(lang, "report.findings")
    if not judgement.findings:
        return Section("findings", title, (Paragraph(plain(word(lang, "report.no-findings"))),))
    return Section("findings", title, tuple(_card(row, judgement, lang) for row in judgement.findings))


def _card(finding: Finding, judgement: Judgement, lang: Language) -> FindingCard:
    words, rule = vocabulary(), finding.rule
    because = [
        label(
            words[name].spec.meaning.text(lang),
            plain(fact_text(name, value, lang, finding.currency)),
            lang,
        )
        for name, value in finding.because
    ]
    apart = between(lang)
    place = [code(finding.at.path), plain(word(lang, "report.line", line=finding.at.line)),
             label(word(lang, "report.confidence"), plain(word(lang, f"report.{rule.confidence}")), lang)]  # fmt: skip
    if finding.under:
        place.append(plain(word(lang, "report.follows-from", id=finding.under)))
    rows = (
        ("report.do", finding_does(finding, lang)),
        ("report.why", joined(because, apart)),
        ("report.at", joined(place, apart)),
        ("report.sources", joined(cited(judgement, rule.sources, lang), apart)),
    )
    return FindingCard(
        id=rule.id,
        name=rule.name,
        severity=rule.severity,
        severity_word=word(lang, f"report.{rule.severity}"),
        says=finding_says(finding, lang),
        rows=tuple((word(lang, key), text) for key, text in rows if text),
        under=finding.under or "",
    )


def cited(judgement: Judgement, ids: tuple[str, ...] | list[str], lang: Language) -> list[Text]:
    """Sources as links with the day on which they were read."""
    knowledge = judgement.case.knowledge
    found = [knowledge.source(name) for name in ids if knowledge.has("sources", name)]
    return [
        joined(
            (
                link(row.title, row.url),
                plain(in_brackets(word(lang, "report.read-on", date=row.read_on.isoformat()), lang)),
            ),
            " " if lang == "en" else "",
        )
        for row in found
    ]


def accepted_sections(judgement: Judgement, lang: Language) -> list[Section]:
    """What the plan, the policy or a baseline accepts, and acceptances that do not hold."""
    groups: list[tuple[str, str, list[Text]]] = [
        ("accepted", "report.accepted", []),
        ("baseline", "report.in-baseline", []),
        ("not-accepted", "report.not-accepted", []),
    ]
    for row in judgement.acceptances:
        index = 2 if row.finding is None else 0 if row.state == "accepted" else 1
        groups[index][2].append(_acceptance(row, lang))
    return [Section(key, word(lang, title), (Bullets(tuple(items)),)) for key, title, items in groups if items]


def _acceptance(row: Judged, lang: Language) -> Text:
    finding = row.finding
    if finding is None:
        return label(line(row.acceptance.id or "?"), plain(acceptance_note(row, lang)), lang)
    head = strong(f"{finding.rule.id} {finding.rule.name}")
    if row.state != "accepted":
        return joined((head, code(finding.at.path), finding_says(finding, lang)))
    return joined((head, sentences((finding_says(finding, lang), plain(acceptance_note(row, lang))), lang)))
