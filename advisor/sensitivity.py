"""Which single change turns a verdict: settings, devices, lengths, days and money, through the same estimates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from advisor.estimates.memory import MemoryEstimate, MemoryFigures
from advisor.estimates.run import Layout, Run
from advisor.records import dataclass
from advisor.resolve import Case

ENOUGH = 0.5
"""A run counts as fitting when it more likely fits than not."""

_SETTINGS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("recompute", {"recompute": "full"}),
    ("micro-batch", {"micro_batch": 1}),
    ("chunked-loss", {"chunked_loss": True}),
    ("fused-attention", {"attention": "sdpa"}),
    ("zero1", {"zero_stage": 1}),
    ("zero2", {"zero_stage": 2}),
    ("zero3", {"zero_stage": 3}),
    ("adam-8bit", {"optimizer": "adamw-8bit"}),
    ("offload-optimizer", {"zero_stage": 3, "offload": "optimizer"}),
    ("offload-parameters", {"zero_stage": 3, "offload": "parameters"}),
)
"""Settings in the order of their pain: the first ones cost a little time, the last ones much."""
_ADAPTERS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("lora", {"method": "lora", "adapters": True, "zero_stage": 0}),
    ("qlora", {"method": "qlora", "adapters": True, "quantisation": "nf4", "zero_stage": 0}),
)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far a plan is from another verdict. None where a question does not arise."""

    fits: bool | None
    settings_that_fit: tuple[str, ...]  # single settings, least painful first; only asked where the run does not fit
    adapters_that_fit: tuple[str, ...]
    devices_that_fit: int | None  # such devices with everything sharded and recomputed
    longest_sequence: int | None  # tokens; everything else as it is
    largest_micro_batch: int | None
    devices_for_deadline: int | None
    budget_needed: float | None


def _chance(memory_of: Callable[[Run], MemoryFigures], run: Run, **changes: Any) -> float:
    changed = replace(run, recipe=replace(run.recipe, **changes)) if changes else run
    return float(memory_of(changed).probability_fits)


def _largest(fits: Callable[[int], bool], start: int, limit: int) -> int | None:
    """The largest value from `start` on, doubling first and then halving the gap, for which `fits` holds."""
    if not fits(start):
        return None
    low = start
    while low < limit and fits(min(2 * low, limit)):
        low = min(2 * low, limit)
    high = min(2 * low, limit)
    while high - low > max(1, low // 16):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def measure_sensitivity(
    case: Case,
    memory: MemoryEstimate | None,
    memory_of: Callable[[Run], MemoryFigures],
    calendar_days: float | None,
    project_cost: float | None,
) -> Sensitivity:
    """How far the plan is from another verdict; a few dozen memory estimates."""
    run, project = case.run, case.plan.project
    fits: bool | None = None
    settings: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    devices = longest = batch = None
    if memory is not None:
        fits = memory.probability_fits >= ENOUGH
        if fits:
            limit = case.model.context_length if case.model and case.model.context_length else 131_072
            here = run.recipe.sequence_length
            longest = _largest(lambda s: _chance(memory_of, run, sequence_length=s) >= ENOUGH, here, max(here, limit))
            batch = _largest(
                lambda b: _chance(memory_of, run, micro_batch=b) >= ENOUGH,
                run.recipe.micro_batch,
                max(run.recipe.micro_batch, 256),
            )
        else:
            settings = tuple(
                name
                for name, change in _SETTINGS
                if any(getattr(run.recipe, key) != value for key, value in change.items())
                and (run.layout.data > 1 or not name.startswith("zero"))
                and _chance(memory_of, run, **change) >= ENOUGH
            )
            if not run.recipe.adapters:
                adapters = tuple(
                    name
                    for name, change in _ADAPTERS
                    if _chance(memory_of, run, micro_batch=1, recompute="full", attention="sdpa", **change) >= ENOUGH
                )
            devices = _devices_that_fit(run, memory_of)
    deadline = project.deadline if project else None
    hurry = None
    if deadline and calendar_days and calendar_days > deadline:
        hurry = math.ceil(run.layout.devices * calendar_days / deadline)
    return Sensitivity(fits, settings, adapters, devices, longest, batch, hurry, project_cost)


def _devices_that_fit(run: Run, memory_of: Callable[[Run], MemoryFigures]) -> int | None:
    """The smallest count, doubling from what there is, with weights sharded, activations recomputed and b = 1."""
    if run.recipe.adapters:
        return None
    recipe = replace(run.recipe, zero_stage=3, recompute="full", micro_batch=1, chunked_loss=True,
                     stated=run.recipe.stated | {"training.sharding"})  # fmt: skip
    count = run.layout.devices
    while count <= 16_384:
        nodes = max(1, math.ceil(count / max(8, run.layout.per_node)))
        layout = Layout(count, nodes)
        if memory_of(replace(run, recipe=recipe, layout=layout)).probability_fits >= ENOUGH:
            return count
        count *= 2
    return None
