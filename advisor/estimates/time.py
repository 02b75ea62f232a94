"""How long a run takes: seconds of one optimizer step from the hardware up, then hours, days and the calendar.

A step is the sum of its parts (`advisor.estimates.time_step`): products and attention at measured rates, what the
bandwidth bounds, recomputation, communication that nothing hides, the pipeline's bubble, offload, the optimizer.
Symbols are those of `advisor.estimates.run`. Every constant comes from a `TimeCalibration`; nothing here reads a file.
`time_figures` gives the middle for one run or for arrays of candidates, `estimate_time` one run with its range and
computation.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import NamedTuple

from advisor.estimates.elementwise import Number, larger, smaller, up, where
from advisor.estimates.run import Range, Run
from advisor.estimates.time_calendar import (
    HOURS_PER_DAY,
    Practice,
    calendar_days,
    calendar_days_likely,
    run_days,
    run_days_range,
)
from advisor.estimates.time_calibration import TimeCalibration
from advisor.estimates.time_compute import padded_tokens, peak_rate
from advisor.estimates.time_flops import executed_flops_per_token, method_flops_per_token
from advisor.estimates.time_step import Step, step_of
from advisor.estimates.time_trace import Trace, trace_of
from advisor.records import dataclass


@dataclass(frozen=True, slots=True)
class TimeEstimate:
    """Time of one uninterrupted run, made as if memory sufficed.

    `tokens` are processed tokens, padding included where samples are not packed. `mfu` counts the FLOPs that the method
    needs (6 per weight and token, 4 where the weights are frozen, and the attention over the whole square as
    arXiv 2204.02311 does); `hfu` those that the device executes (causal half of the square, recomputation).
    Ranges are the 5th percentile, the middle and the 95th percentile. Quantities of the whole run are None where the
    tokens are not known, `calendar_days` also where no practice was given.
    """

    tokens: float | None
    tokens_per_second_per_device: Range
    mfu: Range
    hfu: float
    step_seconds: Range
    steps: float | None
    device_hours: Range | None
    days: Range | None
    calendar_days: Range | None
    flops_total: float | None
    parts: dict[str, float]
    kind: str
    trace: tuple[Trace, ...] = field(default_factory=tuple)


class TimeFigures(NamedTuple):
    """The middle of a run's time: numbers, or arrays of one element a candidate.

    `parts` are seconds of a step by cause and add up to `step_seconds` unless that is held to the peak; `days` are None
    where the tokens are not known, `calendar_days` also where no practice was given.
    """

    step_seconds: Number
    tokens_per_second_per_device: Number
    parts: dict[str, Number]
    days: Number | None
    calendar_days: Number | None


def missing_for_time(run: Run) -> tuple[str, ...]:
    """Names of the machine's figures without which no time can be estimated; empty if there are enough."""
    needed = {"peak": peak_rate(run.machine, run.recipe.precision), "bandwidth": run.machine.bandwidth}
    return tuple(name for name, value in needed.items() if not value)


def spread_kind(run: Run, calibration: TimeCalibration) -> str:
    """Which errors of the past apply to a single run.

    Unpacked samples, sparse models, devices without timed kernels, several nodes, or one.
    """
    common = _common_kind(run, calibration)
    return common or ("nodes" if run.layout.nodes > 1 else "node")


def _common_kind(run: Run, calibration: TimeCalibration) -> str | None:
    """The kind of error that does not depend on counts, if one applies."""
    if not (run.recipe.packing or run.recipe.mean_sample_tokens is None):
        return "unpacked"
    if run.architecture.experts:
        return "experts"
    return None if calibration.device_speed(run.machine).measured_kernels else "no-kernels"


def _shift(run: Run, calibration: TimeCalibration) -> Number:
    """The factor that corrects the middle of the step time."""
    common, spread = _common_kind(run, calibration), calibration.spread
    if common is not None:
        return math.exp(spread[common].shift)
    return where(run.layout.nodes > 1, math.exp(spread["nodes"].shift), math.exp(spread["node"].shift))


def _spread(run: Run, calibration: TimeCalibration) -> Range:
    """Factors on the step time: 5th percentile, middle, 95th percentile.

    What is assumed rather than stated adds its own variance to the error of the past, which knew it.
    """
    spread = calibration.spread[spread_kind(run, calibration)]
    recipe, widen = run.recipe, calibration.widen
    unknown = {
        "framework": not recipe.framework_named,
        "network": run.layout.nodes > 1 and run.machine.network is None,
        "recompute": "training.activation_checkpointing" not in recipe.stated,
        "micro_batch": "training.micro_batch_size" not in recipe.stated,
        "offload": recipe.offload != "none",
        "rl": recipe.method == "rl",
    }
    extra = sum(widen[name] ** 2 for name, holds in unknown.items() if holds)
    # A class or family of which one source was measured may be that source's machine room; of none, it is an analogy.
    for known in (
        calibration.framework_speed(recipe, run.machine).sources,
        calibration.device_speed(run.machine).sources,
    ):
        extra += (widen["unmeasured"] / (1 + known)) ** 2 if known < 2 else 0.0
    z = 1.645  # the 95th percentile of a normal variable
    low = -math.sqrt(spread.low**2 + z * z * extra)
    high = math.sqrt(spread.high**2 + z * z * extra)
    return Range(math.exp(spread.shift + low), math.exp(spread.shift), math.exp(spread.shift + high))


class _Middle(NamedTuple):
    """What the middle of an estimate rests on, numbers or arrays."""

    step: Step
    row: Number  # processed tokens of a sample
    real: Number  # tokens of a sample
    samples: Number  # of a step, all devices
    method_flops: Number  # of a token
    executed_flops: Number
    least_seconds: Number  # of a step: its FLOPs at the peak
    shift: Number
    seconds: Number  # of a step


def _middle(run: Run, calibration: TimeCalibration) -> _Middle:
    """One step of a run whose machine has a peak and a bandwidth."""
    recipe, layout = run.recipe, run.layout
    step = step_of(run, calibration)
    real, row = padded_tokens(recipe, calibration)
    samples = recipe.micro_batch * recipe.accumulation * layout.data
    # However wide the spread, no step is faster than its FLOPs at the peak.
    method, executed = method_flops_per_token(run, row), executed_flops_per_token(run, row)
    peak = peak_rate(run.machine, recipe.precision) or math.inf
    least = samples * row / layout.devices * larger(method, executed) / peak
    shift = _shift(run, calibration)
    seconds = larger(step.seconds * shift, least)
    return _Middle(step, row, real, samples, method, executed, least, shift, seconds)


def time_figures(run: Run, calibration: TimeCalibration, *, practice: Practice | None = None) -> TimeFigures | None:
    """The middle of what `estimate_time` says, for a run or for arrays of candidates; None where it says none."""
    if missing_for_time(run):
        return None
    middle = _middle(run, calibration)
    per_step = middle.samples * middle.row
    days = calendar = None
    if run.tokens is not None:
        days = run_days(middle.seconds, run.tokens * middle.row / middle.real / per_step, calibration)
        if practice is not None:
            calendar = calendar_days_likely(run, days, practice)
    return TimeFigures(
        step_seconds=middle.seconds,
        tokens_per_second_per_device=per_step / run.layout.devices / middle.seconds,
        parts={name: value * middle.shift for name, value in middle.step.parts.items()},
        days=days,
        calendar_days=calendar,
    )


def step_parts(run: Run, calibration: TimeCalibration) -> dict[str, Number]:
    """Seconds of one optimizer step by cause, before the calibrated shift: keys are `PARTS`."""
    return step_of(run, calibration).parts


def estimate_time(run: Run, calibration: TimeCalibration, *, practice: Practice | None = None) -> TimeEstimate | None:
    """The time of a run, or None where the machine's peak or bandwidth is unknown (see `missing_for_time`).

    `run.tokens` are the tokens of the data in all epochs, without padding. Its counts are single numbers: arrays of
    candidates have no one kind of error (see `time_figures`).
    """
    if missing_for_time(run):
        return None
    layout = run.layout
    middle = _middle(run, calibration)
    step, row, samples, least = middle.step, middle.row, middle.samples, middle.least_seconds
    factors = _spread(run, calibration)
    likely = middle.seconds
    low = smaller(likely, larger(step.seconds * factors.low, least))
    seconds = Range(low, likely, step.seconds * factors.high)
    per_device = samples * row / layout.devices
    rate = Range(per_device / seconds.high, per_device / seconds.likely, per_device / seconds.low)
    peak = peak_rate(run.machine, run.recipe.precision) or 0.0
    mfu = rate.times(middle.method_flops / peak)
    hfu = rate.likely * middle.executed_flops / peak

    tokens = steps = flops = None
    hours = days = calendar = None
    if run.tokens is not None:
        tokens = run.tokens * row / middle.real
        # Whole steps: the last batch may be part full.
        steps = up(run.tokens / (samples * middle.real))
        days = run_days_range(seconds, tokens / (samples * row), calibration)
        hours = days.times(HOURS_PER_DAY * layout.devices)
        flops = tokens * middle.executed_flops
        if practice is not None:
            calendar = calendar_days(run, days, practice)
    shifted = {name: value * factors.likely for name, value in step.parts.items()}
    return TimeEstimate(
        tokens=tokens,
        tokens_per_second_per_device=rate,
        mfu=mfu,
        hfu=hfu,
        step_seconds=seconds,
        steps=steps,
        device_hours=hours,
        days=days,
        calendar_days=calendar,
        flops_total=flops,
        parts=shifted,
        kind=spread_kind(run, calibration),
        trace=trace_of(run, step, row, middle.executed_flops, seconds, factors, days),
    )
