"""What licences allow: base model and data at each stage of use, and who decides what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.findings import Finding
from advisor.pipeline import Judgement
from advisor.records import dataclass
from advisor.report.model.records import Paragraph, Row, Section, Table, Text, joined, lefts, plain, strong
from advisor.report.model.risks import CHECKLIST, GRAVE
from advisor.report.model.wording import NOTHING, finding_does, finding_says, word, worded
from advisor.words import Language

if TYPE_CHECKING:
    from advisor.entries.schema import Stage

STAGES: tuple[Stage, ...] = ("internal", "internal-transfer", "hosted-service", "weights-to-customers")
STRICTER = ("allowed", "conditions", "unknown", "ask-legal", "forbidden")
REQUIREMENTS = ("domestic-hardware", "domestic-model", "on-premises", "no-external-api", "air-gapped")


@dataclass(frozen=True, slots=True)
class Terms:
    """One licence that holds for the result: what of, its name, its status at each stage, its duties at the plan's."""

    what: str  # "" for the base model, else the data's name
    licence: str | None
    status: dict[Stage, str]
    duties: dict[Stage, str]


def stage_of(judgement: Judgement) -> Stage:
    """The stage of use that the plan is judged at; internal where it states none."""
    project = judgement.case.plan.project
    return (project.use if project else None) or "internal"


def terms_of(judgement: Judgement, lang: Language) -> tuple[Terms, ...]:
    """Base model and data, each with every licence that holds for it."""
    case = judgement.case
    found: list[Terms] = []
    unknown = dict.fromkeys(STAGES, "unknown")
    if case.licence is not None:
        found.append(_terms("", case.licence, lang))
    elif case.trains or case.run.serving is not None:
        found.append(Terms("", case.licence_id, unknown, {}))
    for share in case.data if case.trains else ():
        name = share.entry.name or word(lang, "unnamed-data", number=share.index + 1)
        found += [_terms(name, row, lang) for row in share.terms.rows]
        found += [Terms(name, missing, unknown, {}) for missing in share.terms.unknown]
        if not share.terms.rows and not share.terms.unknown and not share.internal:
            found.append(Terms(name, None, unknown, {}))
    return tuple(found)


def _terms(what: str, licence: Any, lang: Language) -> Terms:
    name = licence.name if isinstance(licence.name, str) else getattr(licence.name, lang)
    duties = {
        stage: str(getattr(terms.duties, lang)) for stage, terms in licence.stages.items() if terms.duties is not None
    }
    return Terms(what, name, {stage: licence.stages[stage].status for stage in STAGES}, duties)


def worst_status(rows: tuple[Terms, ...], stage: Stage) -> str:
    """The strictest status of some licences at a stage; allowed where there are none."""
    return max((row.status[stage] for row in rows), key=STRICTER.index, default="allowed")


def barring(judgement: Judgement) -> list[Finding]:
    """Findings on licences so grave that they stand in the way of the use that the plan is judged at."""
    return [row for row in judgement.findings if row.rule.topic == "licence" and row.rule.severity in GRAVE]


def standing(judgement: Judgement, lang: Language) -> str:
    """The status of a plan at its own stage: the strictest of its licences, and never milder than a finding on them.

    A licence may allow a stage and still bar a region, a field of use or a name; a rule then says so.
    """
    found = [worst_status(terms_of(judgement, lang), stage_of(judgement))]
    found += ["forbidden" if row.rule.severity == "blocker" else "ask-legal" for row in barring(judgement)]
    return max(found, key=STRICTER.index)


def status_word(status: str, lang: Language) -> str:
    """What a status is called."""
    return word(lang, f"report.terms-{status}")


def stage_word(stage: str, lang: Language) -> str:
    """What a stage of use is called."""
    return word(lang, f"report.stage-{stage}")


def licence_section(judgement: Judgement, lang: Language) -> Section | None:
    """A table of every licence at every stage, and the duties at the plan's own."""
    rows, here = terms_of(judgement, lang), stage_of(judgement)
    if not rows:
        return None
    head = ("", word(lang, "report.licence"), *(stage_word(stage, lang) for stage in STAGES),
            word(lang, "duties-at", stage=stage_word(here, lang)))  # fmt: skip
    cells = tuple(
        (
            plain(row.what or word(lang, "report.base-model")),
            plain(row.licence or word(lang, "report.unknown")),
            *((strong if stage == here else plain)(status_word(row.status[stage], lang)) for stage in STAGES),
            plain(row.duties.get(here, NOTHING)),
        )
        for row in rows
    )
    table = Table(head, cells, lefts(len(head)))
    note = Paragraph(worded(lang, "report.terms-note"), note=True)
    return Section("licences", word(lang, "report.terms", stage=stage_word(here, lang)), (table, note))


def compliance_section(judgement: Judgement, lang: Language) -> Section | None:
    """The checklist: what is required, what is open, and who decides it."""
    rows = [*_requirements(judgement, lang), *_open(judgement, lang)]
    if not rows:
        return None
    head = tuple(word(lang, f"compliance-{name}") for name in ("what", "status", "who", "do"))
    table = Table(head, tuple(rows), lefts(len(head)))
    note = Paragraph(worded(lang, "report.terms-note"), note=True)
    return Section("compliance", word(lang, "compliance"), (table, note))


def _requirements(judgement: Judgement, lang: Language) -> list[Row]:
    project = judgement.case.plan.project
    rows: list[Row] = []
    for name in (str(item) for item in ((project.requirements if project else None) or ())):
        if name not in REQUIREMENTS:
            continue
        fact = "project." + name.replace("-", "_")
        against = [row for row in judgement.findings if any(about == fact for about, _ in row.because)]
        grave = [row for row in against if row.rule.severity in {"blocker", "high", "medium"}]
        status = (
            "broken" if any(row.rule.severity in {"blocker", "high"} for row in grave) else "open" if grave else "kept"
        )
        rows.append(
            (
                plain(word(lang, "requirement", name=word(lang, f"requirement-{name}"))),
                strong(word(lang, f"requirement-{status}"))
                if status != "kept"
                else plain(word(lang, "requirement-kept")),
                _who(grave[0], judgement, lang) if grave else plain(NOTHING),
                _listed_ids(grave) if grave else plain(NOTHING),
            )
        )
    return rows


def _listed_ids(findings: list[Finding]) -> Text:
    return joined([plain(row.rule.id) for row in findings], ", ")


def _open(judgement: Judgement, lang: Language) -> list[Row]:
    rows: list[Row] = []
    for finding in judgement.findings:
        if finding.rule.topic not in CHECKLIST:
            continue
        severity = word(lang, f"report.{finding.rule.severity}")
        rows.append(
            (
                joined((strong(finding.rule.id), finding_says(finding, lang))),
                plain(severity),
                _who(finding, judgement, lang),
                finding_does(finding, lang),
            )
        )
    return rows


def _who(finding: Finding, judgement: Judgement, lang: Language) -> Text:
    """Who decides: what the regulation says that shares the finding's source, else the department of the topic."""
    knowledge, sources = judgement.case.knowledge, set(finding.rule.sources)
    for name in knowledge.ids("regulations"):
        if sources & set(knowledge.sources_of("regulations", name)):
            regulation = knowledge.regulation(name)
            if regulation.who_decides is not None:
                return plain(getattr(regulation.who_decides, lang))
    return plain(word(lang, f"who-{finding.rule.topic}"))
