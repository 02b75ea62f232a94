"""What a reader should know about a plan: findings, whether they are accepted, and the verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from advisor.facts import vocabulary
from advisor.plan.model import Acceptance
from advisor.plan.source import Position
from advisor.ruling.format import SEVERITIES, Rule
from advisor.ruling.vocabulary import Value
from advisor.words import Language
from advisor.words.figures import shown_value

Verdict = Literal["go", "caution", "no-go"]
AcceptanceState = Literal["accepted", "expired", "no-reason", "no-date", "unknown-rule", "unused"]
_PLACEHOLDER = re.compile(r"\{([a-z_.]+)\}")
_RANK: dict[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
_SURE = {"high": 0, "medium": 1, "low": 2}


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
    """An acceptance of the plan, whether it holds, and the finding that it covers."""

    acceptance: Acceptance
    state: AcceptanceState
    position: Position
    finding: Finding | None = None


def fill(text: str, facts: Mapping[str, Value], lang: Language, currency: str) -> str:
    """A rule's text with `{fact.name}` placeholders written out by the facts' units."""
    words = vocabulary()
    return _PLACEHOLDER.sub(
        lambda match: shown_value(facts.get(match[1]), words[match[1]].spec.unit, lang, currency), text
    )


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings worst first, then surest, then by id; consequences directly after the finding they follow from."""

    def rank(finding: Finding) -> tuple[int, int, str]:
        return _RANK[finding.rule.severity], _SURE[finding.rule.confidence], finding.rule.id

    below: dict[str | None, list[Finding]] = {}
    for finding in sorted(findings, key=rank):
        below.setdefault(finding.under, []).append(finding)

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


def judge_acceptances(
    accepted: Sequence[Acceptance],
    findings: Sequence[Finding],
    known: Mapping[str, Rule],
    today: date,
    place: Mapping[int, Position],
) -> tuple[tuple[Finding, ...], tuple[Judged, ...]]:
    """Split findings into open ones and those that a valid acceptance covers.

    An acceptance holds when it names a rule, gives a reason and a date that is not past; all others are reported with
    what they lack, and cover nothing.
    """  # fmt: skip
    open_findings = {finding.rule.id: finding for finding in findings}
    judged: list[Judged] = []
    for index, row in enumerate(accepted):
        finding = open_findings.get(row.id or "")
        state: AcceptanceState
        if row.id not in known:
            state = "unknown-rule"
        elif not (row.reason or "").strip():
            state = "no-reason"
        elif row.until is None:
            state = "no-date"
        elif row.until < today:
            state = "expired"
        elif finding is None:
            state = "unused"
        else:
            state = "accepted"
            del open_findings[finding.rule.id]
        judged.append(Judged(row, state, place[index], finding if state == "accepted" else None))
    return tuple(finding for finding in findings if finding.rule.id in open_findings), tuple(judged)
