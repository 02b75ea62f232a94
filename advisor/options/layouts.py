"""The best layout of a run: the whole space by the memory and time estimates, the simplest of the fastest that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from advisor.estimates.architecture import parameters
from advisor.estimates.memory import MemoryEstimate, memory_figures
from advisor.estimates.run import FrameworkId, Recompute, Run
from advisor.estimates.time import TimeEstimate, estimate_time, missing_for_time, time_figures
from advisor.options.ground import Counter
from advisor.options.limits import ADAPTERS, Way
from advisor.options.space import DEGREES, Array, Manner, Room, Span, spans
from advisor.pipeline import Advisor
from advisor.records import dataclass

SURE = 0.9
"""A layout is offered plainly when it fits at least this surely."""
HALF = 0.5
ALIKE = 1.05
"""Layouts whose times differ by less than this are equally fast: no estimate tells them apart."""
_LARGE = 20e9
"""Parameters beyond which full training also tries to cut the model itself."""
_LONG = 32_768
"""Sequences from which frameworks that cut them are worth their set-up."""
_SELECTIVE: frozenset[FrameworkId] = frozenset({"megatron-lm", "nemo", "mindspeed", "torchtitan", "internlm"})
"""Frameworks that recompute a part of a layer; the others all of it or nothing."""
_UNUSUAL: Mapping[FrameworkId, float] = {"megatron-lm": 2.0, "nemo": 2.0, "ms-swift": 0.5, "unsloth": 0.25}
"""How much harder a framework is to set up than the usual one of its platform, in the unit of `_pains`."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A run that fits, how surely, and how long it takes."""

    run: Run
    memory: MemoryEstimate
    time: TimeEstimate

    @property
    def sure(self) -> bool:
        """Tell whether it fits surely enough to be offered plainly."""
        return self.memory.probability_fits >= SURE

    @property
    def days(self) -> float:
        """Days of one uninterrupted run."""
        return self.time.days.likely if self.time.days else float("inf")


@dataclass(frozen=True, eq=False)
class Weighed:
    """A span with what the choice between its candidates turns on: those left that fit at least as likely as not."""

    span: Span
    chance: Array
    days: Array
    pains: Array


def manners(way: Way, run: Run, *, expert: bool) -> tuple[tuple[Manner, ...], ...]:
    """How a way may be carried out on a machine: the usual manners, then those that are only tried when none fits.

    `expert`: whoever runs it has done so before, so that a framework that needs conversion and care is no obstacle.
    """
    cann, several = run.machine.platform == "cann", run.layout.devices > 1
    long = run.recipe.sequence_length >= _LONG
    a = run.architecture
    if way in {"rl", "rl-lora"}:
        return (_each("ms-swift", (0, 3) if several else (0,)),)
    if way in ADAPTERS:
        usual = _each("llama-factory", (0,))
        if way != "qlora" and several and not cann:
            usual += _each("llama-factory", (3,))
        if long and several:
            usual += _each("ms-swift", (0,) if way == "qlora" or cann else (0, 3))
        if way != "qlora" and a.experts and several and not cann:
            usual += _each("nemo", (0, 1))
        if way == "qlora" and run.machine.platform == "cuda":
            return usual, _each("unsloth", (0,)), _each("llama-factory", (3,) if several else ())
        return (usual,)
    if cann:
        return (_each("mindspeed", (1,) if several else (0,)),)
    usual = _each("deepspeed", (1, 2, 3) if several else (0,))
    large = parameters(a) > _LARGE or run.layout.nodes > 1 or bool(a.experts) or long or expert
    if several and large:
        usual += _each("megatron-lm", (0, 1))
    return usual, _each("deepspeed", (2, 3) if several else (0,), "optimizer")


def _each(framework: FrameworkId, stages: Sequence[int], offload: str = "none") -> tuple[Manner, ...]:
    kinds: tuple[Recompute, ...] = ("none", "selective", "full") if framework in _SELECTIVE else ("none", "full")
    return tuple(Manner(framework, stage, kind, offload) for stage in stages for kind in kinds)  # type: ignore[arg-type]  # stages and offloads of ours


def weigh(advisor: Advisor, run: Run, tried: Sequence[Manner], room: Room, counter: Counter) -> list[Weighed]:
    """Every candidate of some manners that fits at least as likely as not, with its time."""
    found: list[Weighed] = []
    for span in spans(run, tried, room):
        counter.memory += span.size
        memory = memory_figures(span.run, advisor.profile(span.manner.framework), advisor.memory_calibration)
        chance = np.broadcast_to(memory.probability_fits, (span.size,))
        holds = chance >= HALF
        host = run.machine.host_gib_per_node
        if span.manner.offload != "none" and host is not None:
            holds &= memory.host_gib_per_node.likely <= host
        if not holds.any():
            continue
        left = span.only(holds)
        counter.time += left.size
        time = time_figures(left.run, advisor.time_calibration)
        if time is None or time.days is None:
            return []
        days = np.broadcast_to(time.days, (left.size,))
        found.append(Weighed(left, chance[holds], days, _pains(left)))
    return found


def _pains(span: Span) -> Array:
    """How much each layout asks of whoever sets it up: the order of remedies, from none to offloading."""
    layout, manner = span.run.layout, span.manner
    fixed = (0.0, 0.0, 1.0, 2.0)[manner.zero_stage]
    fixed += {"none": 0.0, "selective": 0.25, "full": 0.5}[manner.recompute]
    fixed += 0.0 if manner.offload == "none" else 6.0
    fixed += _UNUSUAL.get(manner.framework, 0.0)
    cuts = {"tensor": 1.0, "pipeline": 2.0, "context": 1.5, "expert": 1.0}
    degrees = DEGREES.get(manner.framework, frozenset())
    pains = np.full(span.size, fixed)
    for name in degrees:
        pains += cuts[name] * (np.asarray(getattr(layout, name)) > 1)
    return pains


def pick(weighed: Sequence[Weighed]) -> Run | None:
    """The simplest of the fastest that surely fit, the surest of those; else the surest that may. None of nothing."""
    if not weighed:
        return None
    chance, days, pains = (
        np.concatenate([getattr(part, name) for part in weighed]) for name in ("chance", "days", "pains")
    )
    sure = chance >= SURE
    if sure.any():
        fast = sure & (days <= days[sure].min() * ALIKE)
        best = np.lexsort((days, -np.round(chance, 3), pains, ~fast))[0]
    else:
        best = np.lexsort((days, pains, -chance))[0]
    place = int(best)
    for part in weighed:
        if place < part.span.size:
            return part.span.pick(place)
        place -= part.span.size
    return None


def best_fit(
    advisor: Advisor, run: Run, way: Way, batch_tokens: float, counter: Counter, *, expert: bool = False,
    offload: bool = False,
) -> Fit | None:  # fmt: skip
    """The best layout of a run on the devices it has; None where nothing more likely fits than not.

    `run` has everything but the layout's details; `batch_tokens` is how many tokens an optimizer step should see.
    `offload`: the host may hold what the devices cannot.
    """
    if missing_for_time(run):
        return None
    room = Room(
        (run.layout.devices,), run.layout.per_node, batch_tokens, (run.recipe.sequence_length,)
    )  # fmt: skip
    best: Fit | None = None
    for tried in manners(way, run, expert=expert):
        if not tried or (tried[0].offload != "none" and not offload):
            continue
        chosen = pick(weigh(advisor, run, tried, room, counter))
        if chosen is None:
            continue
        fit = fit_of(advisor, chosen)
        if best is None or (fit is not None and fit.sure):
            best = fit
        if best is not None and best.sure:
            break
    return best


def fit_of(advisor: Advisor, run: Run) -> Fit | None:
    """A layout with its whole estimates."""
    time = estimate_time(run, advisor.time_calibration)
    return None if time is None else Fit(run, advisor.memory_of(run), time)
