"""From steps to days: what a whole run adds to its steps, faults and checkpoints, rework and further tries."""

from __future__ import annotations

import math

from advisor.estimates.architecture import parameters
from advisor.estimates.elementwise import Number, larger, smaller, sqrt
from advisor.estimates.run import Range, Run
from advisor.estimates.time_calibration import TimeCalibration
from advisor.records import dataclass

SECONDS_PER_HOUR = 3600.0
HOURS_PER_DAY = 24.0
SECONDS_PER_DAY = SECONDS_PER_HOUR * HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class Practice:
    """What experience says of long runs; figures of `knowledge/practice`, each a range.

    `failures_per_device_day` are stops that end the job; `restart_hours` from the stop to the first new step;
    `rework` the share of time lost to rollbacks and tuning at scale; `tries` how many ideal durations a project needs
    until one run counts. `checkpoint_bytes_per_second` is what one job writes, all nodes together.
    """

    failures_per_device_day: Range
    restart_hours: Range
    rework: Range
    tries: Range
    checkpoint_bytes_per_second: float
    checkpoint_bytes: float | None = None  # None: 14 bytes a parameter
    checkpoint_interval_s: float | None = None  # None: the Young interval
    old_hardware: float = 1.0  # factor on failures for used or old devices


def run_days(step_seconds: Number, steps: Number, calibration: TimeCalibration) -> Number:
    """Days of all steps with what a whole run adds to them: evaluation, checkpoints, stalls, and its start."""
    return (step_seconds * steps * calibration.whole_run + calibration.startup_s) / SECONDS_PER_DAY


def run_days_range(step: Range, steps: float, calibration: TimeCalibration) -> Range:
    """The range of `run_days`: that of the step, widened by how differently whole runs are kept."""
    z = 1.645 * calibration.widen["whole_run"]
    low = math.sqrt(math.log(step.likely / step.low) ** 2 + z * z)
    high = math.sqrt(math.log(step.high / step.likely) ** 2 + z * z)
    days = [run_days(step.likely * math.exp(by), steps, calibration) for by in (-low, 0.0, high)]
    return Range(*days)


def lost_share(
    days: Number, devices: Number, failures: float, restart_hours: float, practice: Practice, size: float
) -> Number:
    """Share of time that checkpoints, lost work and restarts add, at a failure rate per device and day.

    With δ seconds a checkpoint and M seconds between failures the best interval is √(2·δ·M) (Young 1974, Daly 2006);
    the loss is δ/τ for writing and (τ/2 + R)/M for going back and starting again.
    """
    written = practice.checkpoint_bytes if practice.checkpoint_bytes is not None else 14 * size
    delta = written / practice.checkpoint_bytes_per_second
    between = SECONDS_PER_DAY / (failures * practice.old_hardware * devices)
    interval = practice.checkpoint_interval_s or sqrt(2 * delta * between)
    interval = smaller(interval, larger(days * SECONDS_PER_DAY, 1.0))
    return delta / interval + (interval / 2 + restart_hours * SECONDS_PER_HOUR) / between


def _with_faults(run: Run, days: Number, practice: Practice, failures: float, restart_hours: float) -> Number:
    """The factor by which faults and checkpoints stretch a run."""
    size = parameters(run.architecture)
    return 1 + lost_share(days, run.layout.devices, failures, restart_hours, practice, size)


def calendar_days_likely(run: Run, days: Number, practice: Practice) -> Number:
    """The middle of `calendar_days`."""
    faults = _with_faults(run, days, practice, practice.failures_per_device_day.likely, practice.restart_hours.likely)
    return days * faults * (1 + practice.rework.likely) * practice.tries.likely


def calendar_days(run: Run, days: Range, practice: Practice) -> Range:
    """Days until a run counts: faults and checkpoints on top of one uninterrupted run, rework, and further tries.

    The ranges are independent, so their logarithms' half-widths add in squares.
    """
    failures, restart = practice.failures_per_device_day, practice.restart_hours
    faults = Range(
        _with_faults(run, days.likely, practice, failures.low, restart.low),
        _with_faults(run, days.likely, practice, failures.likely, restart.likely),
        _with_faults(run, days.likely, practice, failures.high, restart.high),
    )
    rework = Range(1 + practice.rework.low, 1 + practice.rework.likely, 1 + practice.rework.high)
    found = product_of((days, faults, rework, practice.tries))
    return Range(found.low, calendar_days_likely(run, days.likely, practice), found.high)


def product_of(ranges: tuple[Range, ...]) -> Range:
    """The product of independent ranges: middles multiply, half-widths of the logarithms add in squares."""
    likely = math.prod(r.likely for r in ranges)
    if likely == 0:
        return Range(0.0, 0.0, math.prod(r.high for r in ranges))
    low = math.sqrt(sum(math.log(r.likely / r.low) ** 2 for r in ranges if r.low > 0))
    high = math.sqrt(sum(math.log(r.high / r.likely) ** 2 for r in ranges))
    if any(r.low <= 0 for r in ranges):
        return Range(0.0, likely, likely * math.exp(high))
    return Range(likely * math.exp(-low), likely, likely * math.exp(high))
