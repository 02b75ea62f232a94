"""How a fact is declared: its name, type, unit and meaning, and the pure function that gives its value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from advisor.estimates.cost import CostEstimate
from advisor.estimates.memory import MemoryEstimate, MemoryFigures
from advisor.estimates.run import Range, Recipe, Run
from advisor.estimates.serving import ServingEstimate
from advisor.estimates.time import TimeEstimate
from advisor.pricing import Pricing, cost_if_prices_moved
from advisor.records import dataclass
from advisor.resolve import Case
from advisor.ruling.vocabulary import FactSpec, Value
from advisor.schedule import Schedule, schedule_of
from advisor.words import Words


@dataclass(frozen=True, eq=False)
class State:
    """A case with its estimates; None where one does not apply or cannot be made (`missing` says what lacks)."""

    case: Case
    memory: MemoryEstimate | None
    serving: ServingEstimate | None
    time: TimeEstimate | None
    cost: CostEstimate | None
    missing: tuple[str, ...]
    memory_of: Callable[[Run], MemoryFigures]
    pricing: Pricing
    stale_sources: int
    failures_per_device_day: float
    kernels_measured: bool | None  # the time estimate rests on kernels measured on this generation of devices
    _variants: dict[Any, bool] = field(default_factory=dict)

    @property
    def run(self) -> Run:
        """The run that the estimates were made for."""
        return self.case.run

    @property
    def recipe(self) -> Recipe:
        """How the model is trained."""
        return self.case.run.recipe

    @property
    def trains(self) -> bool:
        """Tell whether anything is trained."""
        return self.case.trains

    @cached_property
    def schedule(self) -> Schedule:
        """The calendar from the decision to a result."""
        return schedule_of(self.case, self.time, self.pricing.job)

    @cached_property
    def cost_if_prices_moved(self) -> Range | None:
        """The likely cost with the prices past review as far down and up as they may be by now."""
        return cost_if_prices_moved(self.pricing, self.cost)

    def exchange(self, amount: float, currency: str) -> float:
        """An amount in the report's currency."""
        return self.pricing.exchange(amount, currency)

    @property
    def checkpoint_hours(self) -> float | None:
        """Hours between two checkpoints; None where the plan does not say or the step time is unknown."""
        every = self.case.plan.training.checkpoint_every
        if every is None:
            return None
        if every.days is not None:
            return every.days * 24
        if every.steps is None or self.time is None:
            return None
        return every.steps * self.time.step_seconds.likely / 3600

    def fits_with(self, **changes: Any) -> bool | None:
        """Tell whether the run would likely fit with a changed recipe; None without a memory estimate.

        A run that fits is not estimated again for a saving, nor for a change that changes nothing.
        """
        if self.memory is None:
            return None
        fits = self.memory.probability_fits >= 0.5
        changed = {name: value for name, value in changes.items() if getattr(self.recipe, name) != value}
        if not changed or (fits and all(_saves(name, value) for name, value in changed.items())):
            return fits
        key = tuple(sorted(changed.items(), key=lambda item: item[0]))
        if key not in self._variants:
            recipe = replace(self.recipe, **changed)
            self._variants[key] = self.memory_of(replace(self.run, recipe=recipe)).probability_fits >= 0.5
        return self._variants[key]


_SAVINGS: Mapping[str, object] = {
    "recompute": "full", "zero_stage": 3, "micro_batch": 1, "chunked_loss": True, "attention": "sdpa",
    "offload": "parameters",
}  # fmt: skip


def _saves(name: str, value: object) -> bool:
    """Tell whether a change of the recipe never needs more memory than what it replaces."""
    return _SAVINGS.get(name) == value


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the vocabulary that rules are written in, and how its value follows from a state."""

    spec: FactSpec
    value: Callable[[State], Value] | None  # None: a conclusion, which rules set

    @property
    def name(self) -> str:
        """The name, `group.name`."""
        return self.spec.name


def number(name: str, unit: str, en: str, zh: str, value: Callable[[State], float | int | None]) -> Fact:
    """Declare a number; None when unknown or when it does not apply."""
    return Fact(FactSpec(name, "number", Words(en, zh), unit), value)


def flag(name: str, en: str, zh: str, value: Callable[[State], bool | None]) -> Fact:
    """Declare a yes-or-no fact; None when unknown."""
    return Fact(FactSpec(name, "bool", Words(en, zh)), value)


def text(name: str, en: str, zh: str, value: Callable[[State], str | None], choices: Iterable[str] = ()) -> Fact:
    """Declare a text, one of `choices` where given; None when unknown or not stated."""
    return Fact(FactSpec(name, "text", Words(en, zh), "", tuple(choices)), value)


def conclusion(name: str, en: str, zh: str) -> Fact:
    """Declare a fact that is false until a rule concludes it."""
    return Fact(FactSpec(name, "bool", Words(en, zh), "", (), True, False), None)


def share_of(part: float | None, whole: float | None) -> float | None:
    """`part / whole`, None where either is unknown or the whole is nothing."""
    if part is None or not whole:
        return None
    return part / whole
