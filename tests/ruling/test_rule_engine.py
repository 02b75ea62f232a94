"""The engine against a brute-force reading of the same rules, and what it must survive."""

from __future__ import annotations

import gc
import operator
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from graphlib import CycleError
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.ruling import engine
from advisor.ruling.format import (
    MAX_BRANCHES,
    Condition,
    Rule,
    RuleSet,
    ruleset_from_json,
    ruleset_to_json,
)
from advisor.ruling.load import find_stages
from advisor.ruling.vocabulary import Value
from advisor.words import Words

NOTHING = Words("-", "-")


def make_rule(rule_id: str, *when: Condition, **concludes: bool | float | str) -> Rule:
    named = {name.replace("__", "."): value for name, value in concludes.items()}
    return Rule(rule_id, rule_id.lower(), "memory", "high", "high", "0.1.0", "model", when, named, NOTHING, NOTHING, ())


def make_set(rules: Sequence[Rule], defaults: Mapping[str, Value] | None = None) -> RuleSet:
    return RuleSet({rule.id: rule for rule in rules}, find_stages(rules), defaults or {})


def fired_ids(rules: Sequence[Rule], facts: Mapping[str, Value]) -> list[str]:
    with engine.compile(make_set(rules)) as compiled:
        return [it.rule_id for it in compiled.run(facts)]


# The same rules read by brute force: no stages, no groups, no places, no engine.

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge,
    "in": lambda value, constants: value in constants,
}  # fmt: skip


def brute(ruleset: RuleSet, facts: Mapping[str, Value]) -> dict[str, tuple[tuple[tuple[str, Value], ...], set[str]]]:
    """Id -> (because, chain) of every rule that holds."""

    def causes(name: str) -> list[Rule]:
        return [rule for rule in ruleset.rules.values() if name in rule.concludes and fires(rule)]

    def value(name: str) -> Value:
        if name not in ruleset.defaults:
            return facts[name]
        return next((rule.concludes[name] for rule in causes(name)), ruleset.defaults[name])

    def fires(rule: Rule) -> bool:
        return rule.retired is None and all(holds(condition, value(condition.fact)) for condition in rule.when)

    def holds(condition: Condition, known: Value) -> bool:
        if condition.op == "unknown" or known is None:
            return condition.op == "unknown" and known is None
        return COMPARE[condition.op](known, condition.value)

    def chain(rule: Rule) -> set[str]:
        direct = [cause for condition in rule.when for cause in causes(condition.fact)]
        return {cause.id for cause in direct}.union(*map(chain, direct))

    def because(rule: Rule) -> tuple[tuple[str, Value], ...]:
        return tuple((name, value(name)) for name in dict.fromkeys(condition.fact for condition in rule.when))

    return {rule.id: (because(rule), chain(rule)) for rule in ruleset.rules.values() if fires(rule)}


NUMBERS: list[int | float] = [
    -1e300, -(10**30), -3, -2.5, -1e-5, -0.0, 0, 5e-324, 1e-5, 0.1 + 0.2, 0.3, 0.95, 1, 1.0, 40,
    2**53, 2.0**53, 2**53 + 1, 2**63, 10**400, 1e300, 1.7976931348623157e308,
]  # fmt: skip
TEXTS = ["", "lora", "lor", "lora2", "qlora", "LoRA", "显存", 'a"b', "a'b", "x\\", "\ud800", "\0", "NaN", "true"]
FACTS: dict[str, str] = {
    f"{group}.{kind}{i}": kind
    for group in ("plan", "device", "data", "deploy_site.rack")
    for kind, many in (("flag", 2), ("number", 3), ("text", 2))
    for i in range(many)
}
CONCLUSIONS: dict[str, tuple[Value, bool | float | str]] = {
    "risk.a": (False, True),
    "plan.b": (None, 7),
    "risk.c": ("none", "grave"),
    "risk.d": (True, False),
}
DEFAULTS = {name: default for name, (default, _) in CONCLUSIONS.items()}
CONCLUSION_KINDS = {"risk.a": "flag", "plan.b": "number", "risk.c": "text", "risk.d": "flag"}
VALUES = {
    "flag": st.booleans(),
    "number": st.sampled_from(NUMBERS) | st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
    "text": st.sampled_from(TEXTS) | st.text(max_size=4),
}
OPERATORS = {
    "flag": ["eq", "eq", "unknown"],
    "number": ["eq", "ne", "lt", "lte", "gt", "gte", "in", "unknown"],
    "text": ["eq", "ne", "in", "unknown"],
}
CHANCE: dict[str, list[Any]] = {"flag": [False, True], "number": [*NUMBERS, 7], "text": [*TEXTS, "none", "grave"]}


@st.composite
def conditions(draw: st.DrawFn, conclusions: int) -> Condition:
    kinds = FACTS | {name: CONCLUSION_KINDS[name] for name in list(CONCLUSIONS)[:conclusions]}
    fact = draw(st.sampled_from(sorted(kinds)) | st.sampled_from(sorted(kinds)[-8:]))
    op: Any = draw(st.sampled_from(OPERATORS[kinds[fact]]))
    constant = st.sampled_from(CHANCE[kinds[fact]])
    if op == "unknown":
        return Condition(fact, op)
    if op == "in":
        return Condition(fact, op, tuple(draw(st.lists(constant, min_size=1, max_size=3))))
    return Condition(fact, op, draw(constant))


@st.composite
def rulesets(draw: st.DrawFn) -> RuleSet:
    rules = []
    for i in range(draw(st.integers(1, 12))):
        concluded = draw(st.integers(0, len(CONCLUSIONS) - 1) | st.none())
        usable = len(CONCLUSIONS) if concluded is None else concluded
        when = draw(st.lists(conditions(usable), min_size=1, max_size=5))
        concludes = {}
        if concluded is not None:
            name = list(CONCLUSIONS)[concluded]
            concludes = {name: CONCLUSIONS[name][1]}
        rules.append(make_rule(f"ABC{i:03}", *when, **concludes))
    return make_set(rules, DEFAULTS)


known_facts = st.fixed_dictionaries({name: st.none() | VALUES[kind] for name, kind in FACTS.items()})


def compare_with_brute(ruleset: RuleSet, plans: Sequence[Mapping[str, Value]]) -> None:
    # through the form that the cache keeps, as in a check
    with engine.compile(ruleset_from_json(ruleset_to_json(ruleset))) as compiled:
        for facts in plans:
            expected = brute(ruleset, facts)
            found = compiled.run(facts)
            assert {it.rule_id: (it.because, set(it.chain)) for it in found} == expected
            assert [it.rule_id for it in found] == sorted(expected)


FUZZ = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@settings(FUZZ, max_examples=200)
@given(rulesets(), st.lists(known_facts, min_size=1, max_size=2))
def test_the_engine_judges_as_brute_force_does(ruleset: RuleSet, plans: list[dict[str, Value]]) -> None:
    compare_with_brute(ruleset, plans)


# Hypothesis shrinks what fails, and draws thirty small sets a second; plain chance makes more, and larger ones.


def random_condition(chance: Random, conclusions: int) -> Condition:
    kinds = FACTS | {name: CONCLUSION_KINDS[name] for name in list(CONCLUSIONS)[:conclusions]}
    fact = chance.choice(sorted(kinds))
    op: Any = chance.choice(OPERATORS[kinds[fact]])
    constants = CHANCE[kinds[fact]]
    if op == "unknown":
        return Condition(fact, op)
    if op == "in":
        return Condition(fact, op, tuple(chance.choices(constants, k=chance.randint(1, 3))))
    return Condition(fact, op, chance.choice(constants))


def random_ruleset(chance: Random) -> RuleSet:
    rules = []
    for i in range(chance.choice([1, 2, 5, 10, 30, 80])):
        concluded = chance.choice([*range(len(CONCLUSIONS)), None, None])
        usable = len(CONCLUSIONS) if concluded is None else concluded
        when = [random_condition(chance, usable) for _ in range(chance.choice([1, 1, 2, 2, 3, 4]))]
        name = None if concluded is None else list(CONCLUSIONS)[concluded]
        rules.append(make_rule(f"ABC{i:03}", *when, **({name: CONCLUSIONS[name][1]} if name else {})))
    return make_set(rules, DEFAULTS)


@pytest.mark.slow
def test_the_engine_judges_thousands_of_sets_as_brute_force_does() -> None:
    chance = Random(20260101)
    fired = 0
    for _ in range(3000):
        ruleset = random_ruleset(chance)
        plans = [
            {name: None if chance.random() < 0.2 else chance.choice(CHANCE[kind]) for name, kind in FACTS.items()}
            for _ in range(2)
        ]
        compare_with_brute(ruleset, plans)
        fired += sum(len(brute(ruleset, facts)) for facts in plans)
    assert fired > 10_000


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        (Condition("plan.x", "lt", 2e-5), 1e-5, True),
        (Condition("plan.x", "lt", 1e-5), 1e-5, False),
        (Condition("plan.x", "lte", 1e-5), 1e-5, True),
        (Condition("plan.x", "gt", 1e300), 1.1e300, True),
        (Condition("plan.x", "eq", 1), 1.0, True),
        (Condition("plan.x", "eq", 2**53), 2**53 + 1, False),
        (Condition("plan.x", "eq", 0.3), 0.1 + 0.2, False),
        (Condition("plan.x", "gt", -3), -2.5, True),
        (Condition("plan.x", "gt", 0), -0.0, False),
        (Condition("plan.x", "ne", 1), None, False),
        (Condition("plan.x", "unknown"), None, True),
        (Condition("plan.x", "unknown"), 1, False),
        (Condition("plan.x", "eq", "lora"), "lora2", False),
        (Condition("plan.x", "eq", "lora2"), "lora", False),
        (Condition("plan.x", "ne", "lora"), 'lora"', True),
        (Condition("plan.x", "ne", "lora"), None, False),
        (Condition("plan.x", "eq", "unknown"), None, False),
        (Condition("plan.x", "in", ("lora", "qlora")), "qlora", True),
        (Condition("plan.x", "in", ("lora", "qlora")), "full", False),
        (Condition("plan.x", "eq", ""), "", True),
        (Condition("plan.x", "eq", "显存"), "显存", True),
        (Condition("plan.x", "eq", False), False, True),
        (Condition("plan.x", "eq", True), None, False),
    ],
    ids=repr,
)
def test_one_condition(condition: Condition, value: Value, holds: bool) -> None:
    assert fired_ids([make_rule("ABC001", condition)], {"plan.x": value}) == (["ABC001"] if holds else [])


def test_a_rule_in_a_set_larger_than_one_engine_ruleset_can_hold_fires_once() -> None:
    # 300 comparisons of one fact that all hold: nearly five times what one engine ruleset can follow.
    rules = [make_rule(f"ABC{i:03}", Condition("plan.x", "lt", i)) for i in range(1, 301)]
    assert fired_ids(rules, {"plan.x": 0}) == [rule.id for rule in rules]
    assert fired_ids(rules, {"plan.x": 150}) == [rule.id for rule in rules[150:]]
    same = [make_rule(f"ABC{i:03}", Condition("plan.x", "lt", 1)) for i in range(400)]
    assert fired_ids(same, {"plan.x": 0}) == [rule.id for rule in same]


def test_rules_over_many_groups_and_conditions() -> None:
    wide = [Condition(f"g{chr(97 + i)}.x", "gt", 0) for i in range(8)]
    deep = [Condition(f"ga.y{i}", "gt", 0) for i in range(20)]
    rules = [make_rule("WID001", *wide), make_rule("DEE001", *deep)]
    facts: dict[str, Value] = dict.fromkeys([condition.fact for condition in wide + deep], 1)
    assert fired_ids(rules, facts) == ["DEE001", "WID001"]
    assert fired_ids(rules, {**facts, "gh.x": 0}) == ["DEE001"]
    assert fired_ids(rules, {**facts, "ga.y19": None}) == ["WID001"]


def test_conclusions_carry_values_causes_and_order() -> None:
    rules = [
        make_rule("AAA001", Condition("risk.b", "eq", True), Condition("plan.x", "gt", 0)),
        make_rule("BBB001", Condition("plan.x", "gt", 1), risk__a="grave"),
        make_rule("BBB002", Condition("plan.x", "gt", 2), risk__a="grave"),
        make_rule("CCC001", Condition("risk.a", "eq", "grave"), risk__b=True),
        make_rule("DDD001", Condition("risk.a", "eq", "none")),
    ]
    ruleset = make_set(rules, {"risk.a": "none", "risk.b": False})
    assert ruleset.stages == (("BBB001", "BBB002"), ("CCC001", "DDD001"), ("AAA001",))
    with engine.compile(ruleset) as compiled:
        assert compiled.run({"plan.x": 3}) == [
            engine.Fired("AAA001", (("risk.b", True), ("plan.x", 3)), ("BBB001", "BBB002", "CCC001")),
            engine.Fired("BBB001", (("plan.x", 3),)),
            engine.Fired("BBB002", (("plan.x", 3),)),
            engine.Fired("CCC001", (("risk.a", "grave"),), ("BBB001", "BBB002")),
        ]
        assert compiled.run({"plan.x": 1, "risk.a": "grave"}) == [engine.Fired("DDD001", (("risk.a", "none"),))]


def test_a_cycle_of_conclusions_has_no_stages() -> None:
    rules = [
        make_rule("AAA001", Condition("risk.b", "eq", True), risk__a=True),
        make_rule("BBB001", Condition("risk.a", "eq", True), risk__b=True),
    ]
    with pytest.raises(CycleError):
        find_stages(rules)
    with pytest.raises(CycleError):
        find_stages([make_rule("AAA001", Condition("risk.a", "eq", True), risk__a=True)])


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"plan.y": True}, "plan.x: the rules need this fact, and it is missing"),
        ({"plan.x": float("nan"), "plan.y": True}, "plan.x: nan is no number that rules can compare"),
        ({"plan.x": float("-inf"), "plan.y": True}, "plan.x: -inf is no number that rules can compare"),
        ({"plan.x": "24GB", "plan.y": True}, "plan.x: '24GB' is no number that rules can compare"),
        ({"plan.x": True, "plan.y": True}, "plan.x: True is no number that rules can compare"),
        ({"plan.x": 1, "plan.y": 1}, "plan.y: 1 is no bool that rules can compare"),
    ],
)
def test_facts_that_cannot_be_compared_are_refused(facts: dict[str, Value], message: str) -> None:
    rules = [make_rule("ABC001", Condition("plan.x", "lt", 40), Condition("plan.y", "eq", True))]
    with engine.compile(make_set(rules)) as compiled:
        with pytest.raises(engine.EngineError) as error:
            compiled.run(facts)
        assert str(error.value) == message
        assert [it.rule_id for it in compiled.run({"plan.x": 1, "plan.y": True})] == ["ABC001"]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ([], "ABC001: has no condition"),
        ([Condition("id", "eq", 1)], "ABC001: 'id' is no name of a fact"),
        ([Condition("plan.x", "eq", None)], "ABC001: plan.x cannot be compared with None"),
        ([Condition("plan.x", "lt", float("inf"))], "ABC001: plan.x cannot be compared with inf"),
        ([Condition("plan.x", "lt", "a")], "ABC001: plan.x: 'lt' does not compare a text"),
        ([Condition("plan.x", "ne", True)], "ABC001: plan.x: 'ne' does not compare a bool"),
        (
            [Condition("plan.x", "lt", 1), Condition("plan.x", "eq", "a")],
            "ABC001: plan.x cannot be compared with 'a'",
        ),
        (
            [Condition(f"plan.x{i}", "in", (1, 2)) for i in range(9)],
            f"ABC001: its lists of values have more than {MAX_BRANCHES} combinations",
        ),
        (
            [Condition(f"g{chr(97 + i)}.x", "gt", 0) for i in range(9)],
            "ABC001: compares more than the engine can take: 8 groups, 20 conditions in each",
        ),
        (
            [Condition(f"plan.y{i}", "gt", 0) for i in range(21)],
            "ABC001: compares more than the engine can take: 8 groups, 20 conditions in each",
        ),
    ],
)
def test_rules_outside_the_safe_part_are_refused(when: list[Condition], message: str) -> None:
    with pytest.raises(engine.EngineError) as error:
        engine.compile(make_set([make_rule("ABC001", *when)]))
    assert str(error.value) == message


def test_a_retired_rule_never_fires() -> None:
    rule = make_rule("ABC001", Condition("plan.x", "gt", 0))
    data = ruleset_to_json(make_set([rule]))
    data["rules"][0]["retired"] = "0.2.0"
    retired = ruleset_from_json(data)
    with engine.compile(make_set(list(retired.rules.values()))) as compiled:
        assert compiled.run({"plan.x": 1}) == []


def test_a_closed_engine_says_so() -> None:
    compiled = engine.compile(make_set([make_rule("ABC001", Condition("plan.x", "gt", 0))]))
    compiled.close()
    compiled.close()
    with pytest.raises(engine.EngineError, match="the engine was closed"):
        compiled.run({"plan.x": 1})


def test_no_threads_are_started() -> None:
    before = threading.active_count()
    compiled = engine.compile(make_set([make_rule("ABC001", Condition("plan.x", "gt", 0))]))
    compiled.run({"plan.x": 1})
    assert threading.active_count() == before


def test_threads_share_engines() -> None:
    rules = [make_rule(f"ABC{i:03}", Condition("plan.x", "lt", i), Condition("data.y", "eq", True)) for i in range(60)]
    ruleset = make_set(rules)
    engines = [engine.compile(ruleset), engine.compile(ruleset)]
    wrong: list[object] = []

    def work(shift: int) -> None:
        for i in range(100):
            x = (i * 7 + shift) % 60
            found = [it.rule_id for it in engines[i % 2].run({"plan.x": x, "data.y": True})]
            if found != [rule.id for rule in rules[x + 1 :]]:
                wrong.append((x, found))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_collected_engine_frees_its_rules() -> None:
    compiled = engine.compile(make_set([make_rule("ABC001", Condition("plan.x", "gt", 0))]))
    close = compiled._close
    assert close.alive
    del compiled
    gc.collect()
    assert not close.alive


LONG_RUN = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from test_rule_engine import Condition, engine, make_rule, make_set

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

rules = [
    make_rule(f"ABC{i:03}", Condition(f"g{chr(97 + i % 5)}.x", "gt", i), Condition(f"g{chr(97 + i % 3)}.y", "ne", "a"))
    for i in range(60)
]
facts = {f"g{chr(97 + i)}.x": 30 for i in range(5)} | {f"g{chr(97 + i)}.y": "b" for i in range(3)}
ruleset = make_set(rules)
"""


def run_apart(code: str) -> str:
    here = __file__.rpartition("/")[0]
    done = subprocess.run(
        [sys.executable, "-c", LONG_RUN + code, here], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_thousand_runs_end_cleanly() -> None:
    code = """
compiled = engine.compile(ruleset)
print({tuple(it.rule_id for it in compiled.run(facts)) == tuple(f"ABC{i:03}" for i in range(30)) for _ in range(1000)})
"""
    assert run_apart(code) == "{True}\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is read from resource")
def test_memory_does_not_grow() -> None:
    code = """
compiled = engine.compile(ruleset)
for _ in range(500):
    compiled.run(facts)
before = peak()
for _ in range(3000):
    compiled.run(facts)
runs = peak() - before
for _ in range(300):
    engine.compile(ruleset).run(facts)
print(runs, peak() - before - runs)
"""
    runs, compilations = map(int, run_apart(code).split())
    assert runs < 2_000_000
    assert compilations < 8_000_000
