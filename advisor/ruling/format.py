"""What a rule is: what a check needs of it, the page that `explain` shows, and both as JSON for the cache."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal, get_args

from advisor.cache import Kept
from advisor.records import dataclass
from advisor.ruling.vocabulary import Value
from advisor.words import Words

Topic = Literal[
    "memory",
    "numerics",
    "software",
    "hardware",
    "interconnect",
    "parallelism",
    "storage",
    "time",
    "cost",
    "method",
    "data",
    "evaluation",
    "licence",
    "compliance",
    "operations",
    "team",
    "evidence",
]
Severity = Literal["blocker", "high", "medium", "low", "info"]
Confidence = Literal["high", "medium", "low"]
Op = Literal["eq", "ne", "lt", "lte", "gt", "gte", "in", "unknown"]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

MAX_GROUPS: Final = 8
"""Groups of facts that one rule may compare: an engine frame holds 16."""

MAX_CONDITIONS: Final = 20
"""Conditions of one rule in one group: an engine pattern holds 32 expressions with its brackets."""

MAX_BRANCHES: Final = 256
"""Engine rules that one rule may become through its lists of values."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a fact with a constant; with a tuple of constants for `in`, with None for `unknown`."""

    fact: str
    op: Op
    value: Value | tuple[float | str, ...] = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a check needs of a rule. It fires when all conditions of `when` hold.

    Its finding is shown under that of any rule in `under` that fired too, because it follows from it. A retired rule
    keeps its id and never fires.
    """

    id: str
    name: str
    topic: Topic
    severity: Severity
    confidence: Confidence
    since: str
    at: str
    when: tuple[Condition, ...]
    concludes: Mapping[str, bool | float | str]
    says: Words
    do: Words
    sources: tuple[str, ...]
    related: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    retired: str | None = None


@dataclass(frozen=True, slots=True)
class RulePage:
    """What only the reader of a rule needs: what it checks, why, and a plan for each outcome."""

    checks: Words
    why: Words
    fails: Mapping[str, Any]
    passes: Mapping[str, Any]
    on: date | None = None  # the day on which the plans are judged, where the day decides


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules by id, the order in which they run, and the value of each conclusion before any rule fired.

    `stages` holds the ids of the rules that are not retired; a rule that uses a conclusion is in a later stage than
    every rule that may conclude it.
    """

    rules: Mapping[str, Rule]
    stages: tuple[tuple[str, ...], ...]
    defaults: Mapping[str, Value]


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """The rule as JSON types. What is left out holds its default."""
    data: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "topic": rule.topic,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "since": rule.since,
        "at": rule.at,
        "when": [[it.fact, it.op, list(it.value) if isinstance(it.value, tuple) else it.value] for it in rule.when],
        "says": list(rule.says),
        "do": list(rule.do),
        "sources": list(rule.sources),
    }
    if rule.concludes:
        data["concludes"] = dict(rule.concludes)
    if rule.related:
        data["related"] = list(rule.related)
    if rule.under:
        data["under"] = list(rule.under)
    if rule.retired:
        data["retired"] = rule.retired
    return data


def rule_from_json(data: Mapping[str, Any]) -> Rule:
    """The rule that `rule_to_json` wrote, unchecked: whoever keeps the JSON answers for it."""
    when = (Condition(fact, op, tuple(value) if op == "in" else value) for fact, op, value in data["when"])
    return Rule(
        data["id"],
        data["name"],
        data["topic"],
        data["severity"],
        data["confidence"],
        data["since"],
        data["at"],
        tuple(when),
        data.get("concludes", {}),
        Words(*data["says"]),
        Words(*data["do"]),
        tuple(data["sources"]),
        tuple(data.get("related", ())),
        tuple(data.get("under", ())),
        data.get("retired"),
    )


def ruleset_to_json(ruleset: RuleSet) -> dict[str, Any]:
    """The rule set as one JSON document."""
    return {
        "rules": [rule_to_json(rule) for rule in ruleset.rules.values()],
        "stages": [list(stage) for stage in ruleset.stages],
        "defaults": dict(ruleset.defaults),
    }


def ruleset_from_json(data: Mapping[str, Any]) -> RuleSet:
    """The rule set that `ruleset_to_json` wrote, unchecked."""
    by_id = {rule["id"]: rule for rule in data["rules"]}
    rules = Kept(by_id, lambda name: rule_from_json(by_id[name]))
    return RuleSet(rules, tuple(tuple(stage) for stage in data["stages"]), data["defaults"])


def page_to_json(page: RulePage) -> dict[str, Any]:
    """The page as JSON types."""
    return {
        "checks": list(page.checks),
        "why": list(page.why),
        "fails": dict(page.fails),
        "passes": dict(page.passes),
        "on": page.on.isoformat() if page.on else None,
    }


def page_from_json(data: Mapping[str, Any]) -> RulePage:
    """The page that `page_to_json` wrote, unchecked."""
    on = date.fromisoformat(data["on"]) if data["on"] else None
    return RulePage(Words(*data["checks"]), Words(*data["why"]), data["fails"], data["passes"], on)
