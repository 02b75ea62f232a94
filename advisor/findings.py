"""What a reader should know about a plan: findings, whether they are accepted, and the verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from advisor.facts import vocabulary
from advisor.patterns import pattern
from advisor.plan.model import Acceptance
from advisor.plan.source import Position, shown
from advisor.records import dataclass
from advisor.ruling.format import SEVERITIES, Rule, Topic
from advisor.ruling.vocabulary import Value
from advisor.words import Language
from advisor.words.choices import WORDS
from advisor.words.figures import shown_value

Verdict = Literal["go", "caution", "no-go"]
AcceptanceState = Literal[
    "accepted", "expired", "no-reason", "no-date", "unknown-rule", "unused", "baseline", "stale-baseline"
]
_PLACEHOLDER = pattern(r"\{([a-z0-9_.]+)\}")
_COMMAND = pattern(r"(?<![A-Za-z0-9_>])::(?=[a-z])")
_BETWEEN_HAN = pattern(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_RANK: dict[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
_SURE = {"high": 0, "medium": 1, "low": 2}
_ORDER: tuple[Topic, ...] = (  # will it run, is it allowed, will it help, when and for how much, how well is it run
    "memory", "numerics", "software", "hardware", "compliance", "licence", "method", "data", "time", "cost",
    "parallelism", "interconnect", "storage", "team", "evaluation", "operations", "evidence",
)  # fmt: skip
_WEIGHT: dict[str, int] = {topic: weight for weight, topic in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points: a dotted path and its line and column in the plan file."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reader should know about a plan, where it stands, why, and what to do about it."""

    rule: Rule
    at: Place
    because: tuple[tuple[str, Value], ...]  # the facts that made the rule hold
    chain: tuple[str, ...]  # rules whose conclusions it used
    under: str | None  # the finding that this one follows from
    facts: Mapping[str, Value]
    currency: str

    def says(self, lang: Language) -> str:
        """The rule's words with this plan's values in them."""
        return fill(self.rule.says.text(lang), self.facts, lang, self.currency)

    def do(self, lang: Language) -> str:
        """What to do, with this plan's values in it."""
        return fill(self.rule.do.text(lang), self.facts, lang, self.currency)


@dataclass(frozen=True, slots=True)
class Judged:
    """An acceptance of the plan, the configuration or a baseline, whether it holds, and the finding that it covers.

    `position` is a place in `file`; without one, in the plan. A baseline's own entries point into the plan.
    """

    acceptance: Acceptance
    state: AcceptanceState
    position: Position
    finding: Finding | None = None
    file: str | None = None


def inert(text: str) -> str:
    """A text of the plan's as it may stand in a sentence of ours: one line, bounded, nothing that steers what reads it.

    CI systems take `::command::` at the start of a line for theirs, and wrapping may put any word there.
    """  # fmt: skip
    return _COMMAND.sub(": :", shown(text, 400))


def fact_text(name: str, value: Value, lang: Language, currency: str) -> str:
    """A fact's value as a reader wants it: by its unit, or in words where it is one of a few."""
    if isinstance(value, str):
        said = WORDS.get(f"{name}.{value}")
        return said.text(lang) if said else inert(value)
    return shown_value(value, vocabulary()[name].spec.unit, lang, currency)


def fill(text: str, facts: Mapping[str, Value], lang: Language, currency: str) -> str:
    """A rule's text with `{fact.name}` placeholders written out by the facts' units."""

    def written(match: re.Match[str]) -> str:
        return fact_text(match[1], facts.get(match[1]), lang, currency)

    filled = _PLACEHOLDER.sub(written, text)
    # Rules leave a blank after a figure; where the figure ends in a Chinese unit none belongs there.
    return _BETWEEN_HAN.sub("", filled) if lang == "zh" else filled


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings worst first, then by what they are about, surest first; consequences after what they follow from."""

    def rank(finding: Finding) -> tuple[int, int, int, str]:
        rule = finding.rule
        return _RANK[rule.severity], _WEIGHT[rule.topic], _SURE[rule.confidence], rule.id

    ids = {finding.rule.id for finding in findings}
    below: dict[str | None, list[Finding]] = {}
    for finding in sorted(findings, key=rank):
        below.setdefault(finding.under if finding.under in ids else None, []).append(finding)

    def family(parent: str | None) -> list[Finding]:
        return [member for head in below.get(parent, []) for member in (head, *family(head.rule.id))]

    return tuple(family(None))


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """no-go: a blocker; caution: a high or medium finding; else go. Accepted findings are not passed in."""
    worst = min((_RANK[finding.rule.severity] for finding in findings), default=len(SEVERITIES))
    return "no-go" if worst == 0 else "caution" if worst <= _RANK["medium"] else "go"


def at_or_above(findings: Sequence[Finding], threshold: str) -> bool:
    """Tell whether a finding is as severe as `threshold` (`never`: nothing is)."""
    return threshold != "never" and any(_RANK[finding.rule.severity] <= _RANK[threshold] for finding in findings)


def rule_id(name: str | None, known: Mapping[str, Rule]) -> str | None:
    """The id of the rule that an acceptance names by id or name, in any case; None where there is none."""
    wanted = (name or "").strip()
    if wanted.upper() in known:
        return wanted.upper()
    return next((rule.id for rule in known.values() if rule.name == wanted.lower()), None)


def judge_acceptance(
    row: Acceptance, finding: Finding | None, known: Mapping[str, Rule], today: date
) -> AcceptanceState:
    """Whether an acceptance holds, given the finding that it names, if the plan has one that is still open.

    It holds when it names a rule, gives a reason and a date that is not past, and there is such a finding.
    """
    if rule_id(row.id, known) is None:
        return "unknown-rule"
    if not (row.reason or "").strip():
        return "no-reason"
    if row.until is None:
        return "no-date"
    if row.until < today:
        return "expired"
    return "unused" if finding is None else "accepted"


def judge_acceptances(
    accepted: Sequence[Acceptance],
    findings: Sequence[Finding],
    known: Mapping[str, Rule],
    today: date,
    place: Mapping[int, Position],
) -> tuple[tuple[Finding, ...], tuple[Judged, ...]]:
    """Split findings into open ones and those that a valid acceptance of the plan covers.

    Acceptances that do not hold are reported with what they lack, and cover nothing.
    """
    left = {finding.rule.id: finding for finding in findings}
    judged: list[Judged] = []
    for index, row in enumerate(accepted):
        finding = left.get(rule_id(row.id, known) or "")
        state = judge_acceptance(row, finding, known, today)
        covered = left.pop(finding.rule.id) if state == "accepted" and finding is not None else None
        judged.append(Judged(row, state, place[index], covered))
    return tuple(finding for finding in findings if finding.rule.id in left), tuple(judged)
