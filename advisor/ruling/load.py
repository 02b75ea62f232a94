"""Reads rule files: all mistakes of all files at once, each with its place; then the order in which rules run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.plan.source import Document, Problem, Unreadable, read_document, shown
from advisor.records import dataclass
from advisor.ruling.format import (
    Condition,
    Rule,
    RulePage,
    RuleSet,
    ruleset_from_json,
    ruleset_to_json,
)
from advisor.ruling.vocabulary import UNKNOWN, Vocabulary

if TYPE_CHECKING:
    from advisor.ruling.file import RuleFile

__all__ = [
    "Loaded",
    "find_stages",
    "load_rules",
    "load_rules_and_pages",
    "read_rules",
    "ruleset_from_json",
    "ruleset_to_json",
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules that a check needs, and apart from them the page of each."""

    ruleset: RuleSet
    pages: Mapping[str, RulePage]


def load_rules(directories: Iterable[Path], vocabulary: Vocabulary, sources: Collection[str]) -> RuleSet:
    """The rules of every YAML file under the directories; `sources` are the ids that rules may cite.

    Raises Unreadable with the problems of all files.
    """
    return load_rules_and_pages(directories, vocabulary, sources).ruleset


def load_rules_and_pages(directories: Iterable[Path], vocabulary: Vocabulary, sources: Collection[str]) -> Loaded:
    """As `load_rules`, with the page of each rule."""
    files: list[tuple[str, bytes]] = []
    problems: list[Problem] = []
    for directory in directories:
        try:
            if not directory.is_dir():
                directory.stat()
                raise NotADirectoryError(20, "not a directory")
            for path in sorted(it for it in directory.rglob("*.y*ml") if it.suffix in {".yaml", ".yml"}):
                files.append((str(path), path.read_bytes()))
        except OSError as error:
            name = str(error.filename or directory)
            problems.append(Problem(name, 1, 1, "", "ruling.unreadable-file", {"reason": error.strerror}))
    try:
        loaded = read_rules(files, vocabulary, sources)
    except Unreadable as error:
        raise Unreadable([*problems, *error.problems]) from None
    if problems:
        raise Unreadable(problems)
    return loaded


def read_rules(files: Iterable[tuple[str, bytes]], vocabulary: Vocabulary, sources: Collection[str]) -> Loaded:
    """The rules that some files hold, given as name and content. Raises Unreadable with the problems of all."""
    from advisor.ruling.file import check_form, check_meaning  # noqa: PLC0415 - pydantic, which cached rules do without

    problems: list[Problem] = []
    read: list[tuple[Document, RuleFile]] = []
    for name, raw in files:
        try:
            document = read_document(raw, name)
        except Unreadable as error:
            problems += error.problems
            continue
        form, wrong = check_form(document)
        wrong += check_meaning(document, vocabulary, sources)
        if form is not None:
            read.append((document, form))
        problems += wrong
    problems += _check_together(read)
    if problems:
        raise Unreadable(problems)
    rules = {form.id: _rule(form) for _, form in sorted(read, key=lambda it: it[1].id)}
    pages = {form.id: _page(form) for _, form in sorted(read, key=lambda it: it[1].id)}
    try:
        stages = find_stages(rules.values())
    except CycleError as error:
        cycle = error.args[1]
        document = next(document for document, form in read if form.id == cycle[0])
        where = document.problem(("when",), "ruling.cycle", at_key=True, rules=" → ".join(cycle))
        raise Unreadable([where]) from None
    defaults = {spec.name: spec.default for spec in vocabulary.values() if spec.conclusion}
    return Loaded(RuleSet(rules, stages, defaults), pages)


def find_stages(rules: Iterable[Rule]) -> tuple[tuple[str, ...], ...]:
    """The ids of the rules that are not retired, each in the first stage after all rules whose conclusions it uses.

    Raises graphlib.CycleError when rules wait for each other.
    """
    active = [rule for rule in rules if rule.retired is None]
    makers: dict[str, list[str]] = {}
    for rule in active:
        for fact in rule.concludes:
            makers.setdefault(fact, []).append(rule.id)
    graph: TopologicalSorter[str] = TopologicalSorter()
    for rule in sorted(active, key=lambda it: it.id):
        graph.add(rule.id, *(maker for condition in rule.when for maker in makers.get(condition.fact, ())))
    graph.prepare()
    stages = []
    while graph.is_active():
        ready = tuple(sorted(graph.get_ready()))
        graph.done(*ready)
        stages.append(ready)
    return tuple(stages)


def _rule(form: RuleFile) -> Rule:
    return Rule(
        form.id,
        form.name,
        form.topic,
        form.severity,
        form.confidence,
        form.since,
        form.at,
        tuple(_conditions(form.when)),
        dict(form.concludes),
        form.says.words(),
        form.do.words(),
        tuple(form.sources),
        tuple(form.related),
        tuple(form.under),
        form.retired,
    )


def _page(form: RuleFile) -> RulePage:
    examples = form.examples
    return RulePage(form.page.checks.words(), form.page.why.words(), examples.fails, examples.passes, examples.on)


def _conditions(when: Mapping[str, Any]) -> Iterator[Condition]:
    for fact, test in when.items():
        if test == UNKNOWN:
            yield Condition(fact, "unknown")
        elif isinstance(test, list):
            yield Condition(fact, "in", tuple(test))
        elif isinstance(test, dict):
            for op, value in test.items():
                yield from (Condition(fact, op, one) for one in (value if isinstance(value, list) else [value]))
        else:
            yield Condition(fact, "eq", test)


def _check_together(read: Iterable[tuple[Document, RuleFile]]) -> list[Problem]:
    """What only shows between files: ids and names used twice, rules that do not exist, conclusions that differ."""
    problems: list[Problem] = []
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    concluded: dict[str, tuple[str, Any]] = {}
    forms = list(read)
    for document, form in forms:
        for field, value, used in (("id", form.id, ids), ("name", form.name, names)):
            first = used.setdefault(value, document.name)
            if first is not document.name:
                problems.append(document.problem((field,), f"ruling.{field}-used", value=value, file=first))
        if form.retired is None:
            for fact, value in form.concludes.items():
                other, before = concluded.setdefault(fact, (form.id, value))
                if type(before) is not type(value) or before != value:
                    values: dict[str, Any] = {"fact": shown(fact), "other": other, "value": shown(before)}
                    problems.append(document.problem(("concludes", fact), "ruling.concludes-otherwise", **values))
    for document, form in forms:
        for field, ids_named in (("related", form.related), ("under", form.under)):
            for i, rule_id in enumerate(ids_named):
                if rule_id not in ids:
                    problems.append(document.problem((field, i), "ruling.rule-unknown", rule=rule_id))
    return problems
