"""Facts about a plan: flat, typed, documented; the only thing that rules see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module

from advisor.facts.registry import Fact, State
from advisor.ruling.vocabulary import Value, Vocabulary

_MODULES = ("training", "hardware", "memory", "effort", "project", "claims")


@cache
def vocabulary() -> Mapping[str, Fact]:
    """Every fact by name, in the order of its module."""
    facts: dict[str, Fact] = {}
    for module in _MODULES:
        for fact in import_module(f"advisor.facts.{module}").FACTS:
            if fact.name in facts:
                raise ValueError(f"fact {fact.name} is declared twice")
            facts[fact.name] = fact
    return facts


@cache
def specifications() -> Vocabulary:
    """The vocabulary as rules see it."""
    return Vocabulary(fact.spec for fact in vocabulary().values())


@cache
def _computed() -> tuple[tuple[str, Callable[[State], Value]], ...]:
    return tuple((name, fact.value) for name, fact in vocabulary().items() if fact.value is not None)


def facts_of(state: State) -> dict[str, Value]:
    """The value of every fact that is not a conclusion; None where unknown."""
    return {name: value(state) for name, value in _computed()}
