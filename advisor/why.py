"""Why a rule fires for a plan, or what keeps it from firing: conditions, facts, computation, knowledge, other rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from advisor.facts import vocabulary
from advisor.facts.provenance import Entry, Inputs, inputs_of
from advisor.facts.registry import Fact
from advisor.findings import Finding, Judged
from advisor.pipeline import Judgement
from advisor.records import dataclass
from advisor.resolve import Assumption
from advisor.ruling.format import Condition, Rule, RuleSet
from advisor.ruling.vocabulary import Value

Status = Literal["open", "accepted", "baseline", "hidden", "silent", "retired"]

# Sections of the plan that an estimate reads.
_READS: Mapping[str, tuple[str, ...]] = {
    "memory": ("model", "training", "hardware"),
    "serving": ("model", "serving", "hardware"),
    "time": ("model", "training", "hardware", "data"),
    "cost": ("model", "training", "hardware", "data", "project", "serving"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A rule that may conclude the fact of a condition, and whether it fired."""

    rule: Rule
    fired: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """A condition with the fact's value here, whether it holds, and where the value comes from.

    `gap` is how far a number is from holding; None where it holds or has no distance.
    """

    condition: Condition
    fact: Fact
    value: Value
    holds: bool
    gap: float | None
    inputs: Inputs
    concluded_by: tuple[Link, ...]


@dataclass(frozen=True, eq=False)
class Explanation:
    """All that makes one rule fire, or keeps it from firing, for one plan."""

    judgement: Judgement
    rule: Rule
    status: Status
    finding: Finding | None
    covered_by: Judged | None  # the acceptance or the entry of the baseline
    conditions: tuple[Tested, ...]
    chain: tuple[Rule, ...]
    under: Rule | None
    assumptions: tuple[Assumption, ...]

    @property
    def estimates(self) -> tuple[str, ...]:
        """The estimates that went into the conditions."""
        return tuple(dict.fromkeys(name for tested in self.conditions for name in tested.inputs.estimates))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The knowledge entries that went into the conditions, each once with all fields that were read."""
        fields: dict[tuple[str, str], dict[str, None]] = {}
        whole: set[tuple[str, str]] = set()
        for family, name, read in (entry for tested in self.conditions for entry in tested.inputs.entries):
            fields.setdefault((family, name), {}).update(dict.fromkeys(read))
            if not read:
                whole.add((family, name))
        return tuple((*key, () if key in whole else tuple(read)) for key, read in fields.items())


def explain(judgement: Judgement, ruleset: RuleSet, rule: Rule) -> Explanation:
    """Why `rule` fires for the plan of a judgement, or why it does not."""
    status: Status = "silent" if rule.retired is None else "retired"
    finding, covered = None, None
    everything: dict[str, Finding] = {}
    for it in judgement.hidden:
        everything[it.rule.id] = it
        if it.rule.id == rule.id:
            status, finding = "hidden", it
    for row in judgement.acceptances:
        if row.finding is not None:
            everything[row.finding.rule.id] = row.finding
            if row.finding.rule.id == rule.id:
                status = "baseline" if row.state == "baseline" else "accepted"
                finding, covered = row.finding, row
    for it in judgement.findings:
        everything[it.rule.id] = it
        if it.rule.id == rule.id:
            status, finding = "open", it
    values: dict[str, Value] = {**judgement.facts, **ruleset.defaults}
    for it in everything.values():
        values |= it.rule.concludes
    tested = tuple(_test(condition, values, judgement, ruleset, everything) for condition in rule.when)
    return Explanation(
        judgement,
        rule,
        status,
        finding,
        covered,
        tested,
        tuple(ruleset.rules[name] for name in (finding.chain if finding else ())),
        ruleset.rules[finding.under] if finding and finding.under else None,
        _assumptions(judgement, tested),
    )


def _test(
    condition: Condition,
    values: Mapping[str, Value],
    judgement: Judgement,
    ruleset: RuleSet,
    fired: Mapping[str, Finding],
) -> Tested:
    fact = vocabulary()[condition.fact]
    value = values.get(condition.fact)
    links = [
        Link(rule, rule.id in fired)
        for rule in ruleset.rules.values()
        if rule.retired is None and condition.fact in rule.concludes
    ]
    held = holds(condition, value)
    return Tested(
        condition, fact, value, held, None if held else gap(condition, value), inputs_of(fact, judgement.state),
        tuple(links),
    )  # fmt: skip


def holds(condition: Condition, value: Value) -> bool:
    """Whether a condition holds for a value; a comparison with an unknown one never does."""
    if condition.op == "unknown":
        return value is None
    if value is None:
        return False
    limit = condition.value
    if condition.op == "in":
        return isinstance(limit, tuple) and value in limit
    if condition.op in {"eq", "ne"}:
        return (value == limit) == (condition.op == "eq")
    number, bound = _number(value), _number(limit)
    if number is None or bound is None:
        return False
    return {"lt": number < bound, "lte": number <= bound, "gt": number > bound, "gte": number >= bound}[condition.op]


def gap(condition: Condition, value: Value) -> float | None:
    """How far a number is from the nearest value for which the condition would hold, or from its edge."""
    number = _number(value)
    limits = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if number is None or condition.op in {"unknown", "ne"}:
        return None
    distances = [abs(number - bound) for limit in limits if (bound := _number(limit)) is not None]
    return min(distances, default=None)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _assumptions(judgement: Judgement, tested: tuple[Tested, ...]) -> tuple[Assumption, ...]:
    """The assumptions at places that the conditions read, themselves or through an estimate."""
    places = {place for it in tested for place in it.inputs.plan}
    sections = {section for it in tested for name in it.inputs.estimates for section in _READS[name]}
    prices = any(it.inputs.prices or "cost" in it.inputs.estimates for it in tested)
    found = [
        row
        for row in judgement.case.assumptions
        if row.path in places or row.path.partition(".")[0].partition("[")[0] in sections
    ]
    return tuple(found) + (judgement.pricing.assumptions if prices else ())
