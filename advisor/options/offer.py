"""An option: a whole plan that was judged like any other, and why it is offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from advisor.estimates.run import Range
from advisor.findings import Finding, Verdict
from advisor.options.compose import Choice
from advisor.pipeline import Judgement
from advisor.records import dataclass
from advisor.words import Words

Risk = Literal["low", "medium", "high"]
VERDICTS: Mapping[str, int] = {"go": 0, "caution": 1, "no-go": 2}
RISKS: Mapping[str, int] = {"low": 0, "medium": 1, "high": 2}
_WORK = frozenset({"people", "data_preparation"})
"""Parts of a project's cost that are people's time."""


@dataclass(frozen=True, eq=False)
class Option:
    """A changed plan with its judgement. Ranges are in days and in the currency of the plan."""

    choice: Choice
    title: Words
    model: Words
    device: Words
    changes: Mapping[str, Any]
    gives_up: tuple[str, ...]
    judgement: Judgement
    why: Words
    licence: Words
    duties: Words | None
    risk: Risk
    text: str  # the plan file
    against: Words | None = None  # the layout beside the plan's own, on the same devices
    file_name: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict on the option's own plan."""
        return self.judgement.verdict

    @property
    def worst(self) -> Finding | None:
        """The gravest finding that is left."""
        return self.judgement.findings[0] if self.judgement.findings else None

    @property
    def days(self) -> Range | None:
        """Days from the decision to the result that counts: delivery, preparation, the run and its repeats."""
        return self.judgement.schedule.counted

    @property
    def run_days(self) -> float | None:
        """Calendar days of the run with its repeats; None where nothing is trained."""
        time = self.judgement.estimates.time
        return time.calendar_days.likely if time is not None and time.calendar_days is not None else None

    @property
    def cost(self) -> Range | None:
        """Cost of the whole project."""
        cost = self.judgement.estimates.cost
        return cost.project if cost is not None else None

    @property
    def paid(self) -> float | None:
        """The part of the cost that is no work of people: machines, power, storage."""
        cost = self.judgement.estimates.cost
        if cost is None or cost.project is None:
            return None
        return sum(part.likely for name, part in cost.parts.items() if part is not None and name not in _WORK)

    @property
    def probability_fits(self) -> float:
        """How surely the weakest of training and serving fits."""
        memory, serving = self.judgement.estimates.memory, self.judgement.estimates.serving
        chances = [part.probability_fits for part in (memory, serving) if part is not None]
        return min(chances, default=0.0)


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change that turns the verdict; `changes` is None where no single change does."""

    changes: Mapping[str, Any] | None
    verdict: Verdict | None
    says: Words


@dataclass(frozen=True, eq=False)
class Options:
    """What was found for a plan: options in order, why a path is missing, and the smallest next steps."""

    judgement: Judgement
    options: tuple[Option, ...]
    missing: tuple[Words, ...]
    nothing: Words  # what doing nothing of the kind means
    flip: Flip
    pilot: Words
    complete: bool  # False: interrupted, these are the best so far
    estimates: int = 0
    judged: int = 0
    notes: tuple[Words, ...] = field(default=())
    plan_stands: bool = False  # nothing does what the plan does cheaper, sooner or better judged

    @property
    def inside(self) -> tuple[Option, ...]:
        """Options within all constraints of the plan."""
        return tuple(option for option in self.options if not option.gives_up)

    @property
    def outside(self) -> tuple[Option, ...]:
        """Options that give something up."""
        return tuple(option for option in self.options if option.gives_up)
