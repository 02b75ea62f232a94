"""What every rule must be: unique, in both languages, sourced, with examples that behave, each condition needed."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import advisor
from advisor.entries.base import load_knowledge
from advisor.facts import vocabulary
from advisor.findings import fill
from advisor.library import load_pages, load_ruleset
from advisor.ruling import engine
from advisor.ruling.format import TOPICS, Condition, Rule, RuleSet
from advisor.ruling.vocabulary import Value

DAY = date(2026, 11, 28)
RULES = load_ruleset().rules
PAGES = load_pages()
LIVE = sorted(rule for rule, row in RULES.items() if row.retired is None)
FOLDER = Path(__file__).parents[2] / "rules"
PREFIXES = {
    "memory": "MEM", "numerics": "NUM", "software": "SFT", "hardware": "HWR", "interconnect": "NET",
    "parallelism": "PAR", "storage": "STO", "time": "TIM", "cost": "CST", "method": "MTD", "data": "DAT",
    "evaluation": "EVL", "licence": "LIC", "compliance": "CMP", "operations": "OPS", "team": "TEA", "evidence": "EVD",
}  # fmt: skip


@cache
def report(rule: str, outcome: str) -> advisor.Report:
    return advisor.check(dict(getattr(PAGES[rule], outcome)), today=PAGES[rule].on or DAY)


def test_there_are_enough_rules_and_two_for_each_topic() -> None:
    counts = Counter(RULES[rule].topic for rule in LIVE)
    assert len(LIVE) >= 45
    assert {topic: counts[topic] for topic in TOPICS if counts[topic] < 2} == {}


@pytest.mark.parametrize("rule", LIVE)
def test_the_file_is_named_after_the_rule(rule: str) -> None:
    row = RULES[rule]
    assert (FOLDER / row.topic / f"{row.id}-{row.name}.yaml").is_file()
    assert row.id.startswith(PREFIXES[row.topic])


@pytest.mark.parametrize("rule", LIVE)
def test_the_failing_plan_makes_the_rule_fire(rule: str) -> None:
    assert rule in {finding.rule.id for finding in report(rule, "fails").findings}


@pytest.mark.parametrize("rule", LIVE)
def test_the_passing_plan_keeps_the_rule_silent(rule: str) -> None:
    assert rule not in {finding.rule.id for finding in report(rule, "passes").findings}


@pytest.mark.parametrize("rule", LIVE)
def test_both_languages_say_the_same_with_every_placeholder_filled(rule: str) -> None:
    row = RULES[rule]
    finding = next(found for found in report(rule, "fails").findings if found.rule.id == rule)
    for words in (row.says, row.do):
        assert sorted(set(re.findall(r"\{([^}]*)\}", words.en))) == sorted(set(re.findall(r"\{([^}]*)\}", words.zh)))
    for lang, unknown in (("en", "unknown"), ("zh", "未知")):
        for text in (finding.says(lang), finding.do(lang)):
            assert "{" not in text
        for name in re.findall(r"\{([^}]*)\}", row.says.text(lang)):
            shown = fill(f"{{{name}}}", finding.facts, lang, finding.currency)
            assert shown != unknown, f"{name} has no value where the rule fires"
    assert re.search(r"[\u4e00-\u9fff]", row.says.zh) and re.search(r"[\u4e00-\u9fff]", row.do.zh)
    assert not re.search(r"[\u4e00-\u9fff]", row.says.en + row.do.en)


@pytest.mark.parametrize("rule", LIVE)
def test_the_words_end_as_sentences(rule: str) -> None:
    row, page = RULES[rule], PAGES[rule]
    for words in (row.says, row.do, page.checks, page.why):
        assert words.en.rstrip()[-1] in ".?!)”"
        assert words.zh.rstrip()[-1] in "。？！）”"


@pytest.mark.parametrize("rule", LIVE)
def test_the_sources_are_known_and_dated(rule: str) -> None:
    knowledge = load_knowledge()
    assert RULES[rule].sources
    for name in RULES[rule].sources:
        source = knowledge.source(name)
        assert source.read_on <= DAY < source.review_by


def broken(condition: Condition, value: Value) -> Value:
    """A value of the fact's type for which the condition does not hold."""
    match condition.op:
        case "unknown":
            spec = vocabulary()[condition.fact].spec
            return True if spec.type == "bool" else 1.0 if spec.type == "number" else (spec.choices or ("x",))[0]
        case "ne":
            return condition.value if not isinstance(condition.value, tuple) else None
        case "eq" if isinstance(condition.value, bool):
            return not condition.value
        case "gt" | "gte":
            return float(condition.value) - 1.0 - abs(float(condition.value))  # type: ignore[arg-type] # a number
        case "lt" | "lte":
            return float(condition.value) + 1.0 + abs(float(condition.value))  # type: ignore[arg-type] # a number
        case _:
            return None


@pytest.mark.parametrize("rule", LIVE)
def test_each_condition_is_needed(rule: str) -> None:
    row = RULES[rule]
    facts = dict(report(rule, "fails").judgement.facts)
    concluded = {name for other in RULES.values() for name in other.concludes}
    plain = {name: spec for name, spec in ((c.fact, c) for c in row.when) if name not in concluded}
    alone = Rule(
        row.id, row.name, row.topic, row.severity, row.confidence, row.since, row.at,
        tuple(c for c in row.when if c.fact in plain), {}, row.says, row.do, row.sources,
    )  # fmt: skip
    if not alone.when:
        return
    with engine.compile(RuleSet({row.id: alone}, ((row.id,),), {})) as compiled:
        assert [hit.rule_id for hit in compiled.run(facts)] == [row.id]
        for condition in alone.when:
            assert compiled.run({**facts, condition.fact: broken(condition, facts.get(condition.fact))}) == []


def test_the_rules_that_are_named_exist() -> None:
    for row in RULES.values():
        assert {*row.related, *row.under} <= set(RULES)
