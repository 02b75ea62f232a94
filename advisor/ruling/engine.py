"""The one door to durable-rules: compiles rules to the part of that engine that is correct, and runs them on facts.

The engine is given conjunctions of comparisons of single attributes with constants, one pattern a group of facts, and
nothing else: its joins, disjunctions, negations and batches miss rules, fire twice or crash. Facts are grouped by
their first segment into one flat engine fact a group; only what the rules compare is sent.

Values of plans never reach its parser, which reads `1e-05` as an error, decimals by the locale of the process, whole
numbers modulo 2^64, and texts past their end. A number or text is sent as its place among the constants that the
rules compare it with, a small whole number that keeps every order and equality; a boolean as it is; an unknown value
not at all, so that every comparison with it is false. `fact?` says that a fact is unknown.
"""

from __future__ import annotations

import threading
import weakref
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count, product
from typing import Any, Final, Self

import durable_rules_engine
from durable.engine import Host, MessageNotHandledException

from advisor.records import dataclass
from advisor.ruling.format import MAX_BRANCHES, MAX_CONDITIONS, MAX_GROUPS, Condition, Rule, RuleSet
from advisor.ruling.vocabulary import FACT_NAME, FactType, Value, has_type

MAX_TRUE: Final = 40
"""Comparisons of one group in one engine ruleset that one fact can make true at once: 64 are an error."""

MAX_GROUP_NODES: Final = 120
"""Distinct comparisons of one group in one engine ruleset: hundreds overrun a fixed table."""

MAX_RULES: Final = 100
"""Engine rules in one engine ruleset: the table of rules that end in the same comparison holds 256."""


MAX_KEPT: Final = 1024
"""Answers that one engine ruleset keeps."""


class EngineError(Exception):
    """A rule outside what the engine does rightly, a fact of the wrong type, or a fault of the engine itself."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds: the facts of its conditions with their values, and the rules whose conclusions it rests on.

    `chain` has those rules and the ones they rest on in turn, the first cause first.
    """

    rule_id: str
    because: tuple[tuple[str, Value], ...]
    chain: tuple[str, ...] = ()


class _QuietHost(Host):  # type: ignore[misc]  # durable has no types
    """A host without its two timer threads: every fact is asserted, and every action run, in the caller's thread."""

    def _run(self) -> None:
        """Start nothing."""


# The engine keeps global tables and is never entered twice, be it by two engines.
_lock: Final = threading.Lock()
_sessions: Final = count(1)

# A session in which no action ever ran crashes when it is deleted: the engine then frees pointers that it never set.
# So every ruleset has a rule for a first fact that opens the session; no group of facts is written in capitals.
_OPENING: Final = "OPEN"

_Test = tuple[str, str, bool | int]  # engine attribute, operator, engine constant
_Pattern = tuple[str, tuple[_Test, ...]]  # group, its tests


class Engine:
    """Compiled rules. May be used from several threads; they take turns."""

    def __init__(self, ruleset: RuleSet, prepared: Mapping[str, Any]) -> None:
        self._rules = ruleset.rules
        self._defaults = dict(ruleset.defaults)
        self._scales = {name: _Scale(kind, tuple(constants)) for name, (kind, constants) in prepared["scales"].items()}
        with _lock:
            host = _QuietHost()
            handles: list[int] = []
            self._close = weakref.finalize(self, _delete_rulesets, handles)
            self._close.atexit = False
            self._stages = [[_Ruleset(host, handles, part) for part in stage] for stage in prepared["stages"]]

    def run(self, facts: Mapping[str, Value]) -> list[Fired]:
        """The rules that hold, by id. Conclusions need not be among the facts: they start at their defaults.

        Raises EngineError where a fact that the rules compare is missing, not finite or of another type than the
        constants that it is compared with.
        """
        if not self._close.alive:
            raise EngineError("the engine was closed")
        values = {**facts, **self._defaults}
        codes = dict(_encode(name, scale, values) for name, scale in self._scales.items())
        concluded_by: dict[str, list[str]] = {}
        fired: dict[str, Fired] = {}
        for stage in self._stages:
            with _lock:
                hits = sorted({rule_id for ruleset in stage for rule_id in ruleset.run(codes)})
            for rule_id in hits:
                names = dict.fromkeys(condition.fact for condition in self._rules[rule_id].when)
                causes = (cause for name in names for cause in concluded_by.get(name, ()))
                chain = dict.fromkeys(it for cause in causes for it in (*fired[cause].chain, cause))
                fired[rule_id] = Fired(rule_id, tuple((name, values[name]) for name in names), tuple(chain))
            for rule_id in hits:
                for name, value in self._rules[rule_id].concludes.items():
                    values[name] = value
                    concluded_by.setdefault(name, []).append(rule_id)
                    if name in self._scales:
                        codes.pop(name + "?", None)
                        codes.update([_encode(name, self._scales[name], values)])
        return [fired[rule_id] for rule_id in sorted(fired)]

    def close(self) -> None:
        """Free what the engine holds outside Python; happens by itself when the object is collected."""
        with _lock:
            self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def compile(  # noqa: A001 - read as `engine.compile`, like `re.compile`
    ruleset: RuleSet, prepared: Mapping[str, Any] | None = None
) -> Engine:
    """Make the rules of a set ready to run; `prepared` is what `prepare` gave for the same set, if it was kept.

    Raises EngineError for a rule that the engine could not judge rightly.
    """
    return Engine(ruleset, prepare(ruleset) if prepared is None else prepared)


def prepare(ruleset: RuleSet) -> dict[str, Any]:
    """The engine rules of a set as JSON values: the scale of every fact, and the engine rulesets of every stage.

    Raises EngineError for a rule that the engine could not judge rightly.
    """
    active = [[ruleset.rules[rule_id] for rule_id in stage] for stage in ruleset.stages]
    scales = _make_scales([rule for stage in active for rule in stage])
    return {
        "scales": {name: [scale.kind, list(scale.constants)] for name, scale in scales.items()},
        "stages": [[_definition(part) for part in _split(_expand(stage, scales))] for stage in active],
    }


@dataclass(frozen=True, slots=True)
class _Scale:
    """How the values of one fact become engine constants: by their place among `constants`, in ascending order."""

    kind: FactType | None  # None: the rules only ask whether it is unknown
    constants: tuple[Any, ...]

    def place(self, value: Any) -> bool | int:
        """2i + 1 for the constant i, an even number for what lies between; 0 for a text that is none of them."""
        if self.kind == "bool":
            return bool(value)
        i = bisect_left(self.constants, value)
        if i < len(self.constants) and self.constants[i] == value:
            return 2 * i + 1
        return 2 * i if self.kind == "number" else 0


def _constants(condition: Condition) -> tuple[Any, ...]:
    if condition.op == "unknown":
        return ()
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _make_scales(rules: Iterable[Rule]) -> dict[str, _Scale]:
    """A scale for every fact that the rules compare; raises EngineError where they disagree about its type."""
    seen: dict[str, set[Any]] = {}
    kinds: dict[str, FactType | None] = {}
    for rule in rules:
        for condition in rule.when:
            name = condition.fact
            if not FACT_NAME.fullmatch(name):
                raise EngineError(f"{rule.id}: {name!r} is no name of a fact")
            seen.setdefault(name, set())
            kinds.setdefault(name, None)
            for constant in _constants(condition):
                kind = _kind(constant)
                if kind is None or kinds[name] not in {None, kind}:
                    raise EngineError(f"{rule.id}: {name} cannot be compared with {constant!r}")
                if condition.op not in _OPERATORS[kind]:
                    raise EngineError(f"{rule.id}: {name}: {condition.op!r} does not compare a {kind}")
                kinds[name] = kind
                seen[name].add(constant)
    return {name: _Scale(kinds[name], tuple(sorted(seen[name]))) for name in seen}


def _kind(value: object) -> FactType | None:
    kinds: tuple[FactType, ...] = ("bool", "number", "text")
    return next((kind for kind in kinds if has_type(value, kind)), None)


_OPERATORS: Final[Mapping[FactType, frozenset[str]]] = {
    "bool": frozenset({"eq"}),
    "number": frozenset({"eq", "ne", "lt", "lte", "gt", "gte", "in"}),
    "text": frozenset({"eq", "ne", "in"}),
}


@dataclass(frozen=True, slots=True)
class _Branch:
    """One engine rule: a rule, or one choice from each of its lists of values."""

    rule_id: str
    patterns: tuple[_Pattern, ...]


def _expand(rules: Iterable[Rule], scales: Mapping[str, _Scale]) -> Iterator[_Branch]:
    """The engine rules of some rules, their patterns and tests in an order that lets the engine share its nodes."""
    for rule in rules:
        choices: list[list[Condition]] = []
        branches = 1
        for condition in rule.when:
            if condition.op == "in":
                constants = dict.fromkeys(_constants(condition))
                choices.append([replace(condition, op="eq", value=constant) for constant in constants])
            else:
                choices.append([condition])
            branches *= len(choices[-1])
            if branches > MAX_BRANCHES:
                raise EngineError(f"{rule.id}: its lists of values have more than {MAX_BRANCHES} combinations")
        if not choices:
            raise EngineError(f"{rule.id}: has no condition")
        for combination in product(*choices):
            groups: dict[str, set[_Test]] = {}
            for condition in combination:
                test = _test(condition, scales[condition.fact])
                groups.setdefault(condition.fact.partition(".")[0], set()).add(test)
            if len(groups) > MAX_GROUPS or max(map(len, groups.values())) > MAX_CONDITIONS:
                limits = f"{MAX_GROUPS} groups, {MAX_CONDITIONS} conditions in each"
                raise EngineError(f"{rule.id}: compares more than the engine can take: {limits}")
            yield _Branch(rule.id, tuple((group, tuple(sorted(groups[group]))) for group in sorted(groups)))


def _test(condition: Condition, scale: _Scale) -> _Test:
    if condition.op == "unknown":
        return (condition.fact + "?", "eq", True)
    return (condition.fact, condition.op, scale.place(condition.value))


_Trie = dict[_Test, Any]  # a test -> the tests that rules make after it


def _most_true(trie: _Trie) -> int:
    """How many comparisons below a node one fact can make true at most: of equalities with one fact only one holds."""
    total = 0
    equal: dict[str, int] = {}
    for (name, op, _), below in trie.items():
        true = 1 + _most_true(below)
        if op == "eq":
            equal[name] = max(equal.get(name, 0), true)
        else:
            total += true
    return total + sum(equal.values())


class _Part:
    """Engine rules that fit into one engine ruleset."""

    def __init__(self) -> None:
        self.branches: list[_Branch] = []
        self._tries: dict[str, _Trie] = {}
        self._nodes: dict[str, int] = {}

    def take(self, branch: _Branch) -> bool:
        """Add an engine rule if no group then has too many comparisons; an empty part takes any."""
        if self.branches and len(self.branches) >= MAX_RULES:
            return False
        grown: list[tuple[_Trie, _Test]] = []
        nodes = dict(self._nodes)
        for group, tests in branch.patterns:
            trie = self._tries.setdefault(group, {})
            for test in tests:
                if test not in trie:
                    grown.append((trie, test))
                    trie[test] = {}
                    nodes[group] = nodes.get(group, 0) + 1
                trie = trie[test]
        groups = [group for group, _ in branch.patterns]
        fits = all(nodes.get(group, 0) <= MAX_GROUP_NODES for group in groups) and all(
            _most_true(self._tries[group]) <= MAX_TRUE for group in groups
        )
        if self.branches and not fits:
            for trie, test in reversed(grown):
                del trie[test]
            return False
        self.branches.append(branch)
        self._nodes = nodes
        return True


def _split(branches: Iterable[_Branch]) -> list[list[_Branch]]:
    """Spread engine rules over as few engine rulesets as taking the first that fits gives."""
    parts: list[_Part] = []
    for branch in sorted(branches, key=lambda it: it.patterns):
        if not any(part.take(branch) for part in parts):
            parts.append(_Part())
            parts[-1].take(branch)
    return [part.branches for part in parts]


def _definition(branches: Iterable[_Branch]) -> dict[str, Any]:
    """One engine ruleset: rules as the engine reads them, with our ids, and the attributes of every group."""
    attributes: dict[str, dict[str, None]] = {}
    rules: list[tuple[str, list[Any]]] = []
    for branch in branches:
        for group, tests in branch.patterns:
            attributes.setdefault(group, {}).update(dict.fromkeys(name for name, _, _ in tests))
        patterns = [
            {f"p{j}": {"$and": [{"group": group}, *map(_to_engine, tests)]}}
            for j, (group, tests) in enumerate(branch.patterns)
        ]
        rules.append((branch.rule_id, patterns))
    return {"rules": rules, "attributes": {group: list(names) for group, names in attributes.items()}}


class _Ruleset:
    """One engine ruleset, with the attributes that it needs of every group."""

    def __init__(self, host: Host, handles: list[int], made: Mapping[str, Any]) -> None:
        self._host = host
        self._hits: list[str] = []
        self._kept: dict[tuple[bool | int | None, ...], list[str]] = {}
        self._attributes: Mapping[str, list[str]] = made["attributes"]
        self._names = tuple(name for attributes in self._attributes.values() for name in attributes)
        definition: dict[str, dict[str, Any]] = {
            f"r{i}": {"all": patterns, "run": _recorder(self._hits, rule_id)}
            for i, (rule_id, patterns) in enumerate(made["rules"])
        }
        opening = [{"p0": {"$and": [{"group": _OPENING}, {"open": True}]}}]
        definition["open"] = {"all": opening, "run": _recorder(self._hits, _OPENING)}
        self._name = f"s{len(handles)}"
        try:
            host.register_rulesets({self._name: definition})
        except durable_rules_engine.error as error:
            raise EngineError(f"the engine refused a rule set of {len(made['rules'])} rules: {error}") from error
        self._engine_ruleset = host.get_ruleset(self._name)
        handles.append(self._engine_ruleset._handle)

    def run(self, codes: Mapping[str, bool | int]) -> list[str]:
        """The ids of the rules that hold, some of them several times, given the engine constants of all attributes.

        What holds depends on the constants alone, and plans that differ often share them: the last answers are kept.
        """
        key = tuple(map(codes.get, self._names))
        if key not in self._kept:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[key] = self._ask(codes)
        return self._kept[key]

    def _ask(self, codes: Mapping[str, bool | int]) -> list[str]:
        self._hits.clear()
        session = str(next(_sessions))
        self._assert(session, _OPENING, {"open": True})
        if self._hits != [_OPENING]:
            raise EngineError(f"the engine opened no session in {self._name}")
        self._hits.clear()
        try:
            for group, attributes in self._attributes.items():
                fact = {name: codes[name] for name in attributes if name in codes}
                if fact:
                    self._assert(session, group, fact)
        finally:
            self._engine_ruleset.delete_state(session)
        return list(self._hits)

    def _assert(self, session: str, group: str, fact: Mapping[str, bool | int]) -> None:
        """Send the fact of one group; the engine runs what fires before it returns."""
        try:
            state = self._host.assert_fact(self._name, {"sid": session, "id": group, "group": group, **fact})
        except MessageNotHandledException:
            return
        except durable_rules_engine.error as error:
            raise EngineError(f"the engine failed on the facts of {group}: {error}") from error
        if state and "exception" in state:
            raise EngineError(f"the engine could not record a rule: {state['exception']}")


def _encode(name: str, scale: _Scale, values: Mapping[str, Value]) -> tuple[str, bool | int]:
    """The engine attribute that says what a fact holds, and its engine constant."""
    try:
        value = values[name]
    except KeyError:
        raise EngineError(f"{name}: the rules need this fact, and it is missing") from None
    if value is None:
        return name + "?", True
    if scale.kind and not has_type(value, scale.kind):
        raise EngineError(f"{name}: {value!r} is no {scale.kind} that rules can compare")
    return name, scale.place(value)


def _to_engine(test: _Test) -> dict[str, Any]:
    name, op, constant = test
    return {name: constant} if op == "eq" else {"$neq" if op == "ne" else f"${op}": {name: constant}}


def _recorder(hits: list[str], rule_id: str) -> Callable[[object], None]:
    def record(_context: object) -> None:
        hits.append(rule_id)

    return record


def _delete_rulesets(handles: list[int]) -> None:
    while handles:
        durable_rules_engine.delete_ruleset(handles.pop())
