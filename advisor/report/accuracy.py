"""How near the estimates come to runs that others measured: the scores of `advisor backtest` and of its page."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from advisor.estimates import backtest_memory, backtest_time
from advisor.estimates.architecture import active_parameters, parameters
from advisor.estimates.machine import machine_of
from advisor.estimates.memory import estimate_memory
from advisor.estimates.run import Machine, Run
from advisor.pipeline import Advisor
from advisor.records import dataclass
from advisor.words import Language, say

Row = dict[str, str]
FIXED_MFU = 0.4
"""The utilisation that rules of thumb take for any device."""


@dataclass(frozen=True, slots=True)
class Line:
    """One group of runs: how many, the size of the error, its middle, and how many the 90 % range holds."""

    group: str
    runs: int
    error: float
    bias: float
    inside: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """All scores; errors and shares from 0 to 1."""

    memory: tuple[Line, ...]  # mean absolute error, each source left out of its own calibration
    memory_within_ten: float
    rules_of_thumb: tuple[tuple[str, float], ...]  # mean absolute error of peak memory on full fine-tuning
    out_of_memory: int
    out_of_memory_called: int  # not called fitting
    fitted: int
    fitted_called_no: int
    time: tuple[Line, ...]  # median absolute error of rates
    hours: tuple[Line, ...]
    fixed_mfu: float  # median absolute error of 6·N·D at a fixed utilisation


def read_rows(folder: Path, name: str) -> list[Row]:
    """The rows of one file of measured runs. Raises OSError."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measured_folder() -> Path:
    """Where the measured runs lie that come with the product."""
    import advisor.knowledge as data  # noqa: PLC0415 - a folder of data

    return Path(next(iter(data.__path__))) / "measured"


def score(advisor: Advisor, folder: Path) -> Accuracy:
    """All scores over the rows of a folder; some ten seconds."""
    profiles = {name: advisor.profile(name) for name in advisor.knowledge.raw["frameworks"]}
    rows = [row for row in read_rows(folder, "memory.csv") if row["scored"] == "1"]
    scored = backtest_memory.leave_one_source_out(rows, profiles, backtest_memory.prior(advisor.memory_calibration))
    calibration = advisor.memory_calibration
    failed = [
        estimate_memory(backtest_memory.run_of(row), backtest_memory.profile_of(row, profiles), calibration)
        for row in read_rows(folder, "out_of_memory.csv")
    ]
    fitted = backtest_memory.score(rows, profiles, advisor.memory_calibration)

    def machine(name: str) -> Machine:
        return machine_of(name, advisor.knowledge.device(name))

    judged = [row for row in read_rows(folder, "throughput.csv") if not row["excluded"]]
    rates = backtest_time.score_rows(judged, machine, advisor.time_calibration)
    whole = [row for row in read_rows(folder, "device_hours.csv") if not row["excluded"]]
    hours = backtest_time.score_hours(whole, machine, advisor.time_calibration)
    return Accuracy(
        memory=_memory_lines(scored),
        memory_within_ten=sum(abs(one.relative) <= 0.1 for one in scored) / len(scored),
        rules_of_thumb=_thumb(rows),
        out_of_memory=len(failed),
        out_of_memory_called=sum(one.fits not in {"yes", "likely"} for one in failed),
        fitted=len(fitted),
        fitted_called_no=sum(one.estimate.fits == "no" for one in fitted),
        time=_time_lines(rates),
        hours=_time_lines(hours),
        fixed_mfu=_fixed_mfu_error(judged, machine),
    )


def _memory_lines(scored: Sequence[backtest_memory.Scored]) -> tuple[Line, ...]:
    return tuple(
        Line(name, row.runs, row.mean_absolute_error, row.bias, row.inside_range)
        for name, row in backtest_memory.by_group(scored).items()
    )


def _time_lines(scored: Sequence[backtest_time.Scored]) -> tuple[Line, ...]:
    groups: tuple[Callable[[backtest_time.Scored], str], ...] = (
        lambda _: "all", lambda one: f"kind {one.kind}", lambda one: f"device {one.device}", lambda one: one.source,
    )  # fmt: skip
    return tuple(
        Line(row.group, row.rows, row.median_error, row.bias, row.inside)
        for group in groups
        for row in backtest_time.summarise(scored, group)
    )


def _thumb(rows: Sequence[Row]) -> tuple[tuple[str, float], ...]:
    """The rules that people use for full fine-tuning on one device, on the same runs."""
    errors: dict[str, list[float]] = {"4 × 16-bit weights": [], "16 bytes per parameter": []}
    for row in rows:
        run = backtest_memory.run_of(row)
        if run.recipe.adapters or run.layout.devices > 1:
            continue
        weights = parameters(run.architecture) * 2 / 2**30
        for name, factor in (("4 × 16-bit weights", 4.0), ("16 bytes per parameter", 8.0)):
            errors[name].append(abs(factor * weights / float(row["gib"]) - 1))
    return tuple((name, sum(found) / len(found)) for name, found in errors.items())


def _fixed_mfu_error(rows: Sequence[Row], machine: Callable[[str], Machine]) -> float:
    errors = []
    for row in rows:
        run: Run = backtest_time.run_from_row(row, machine)
        peak = run.machine.peak.get(run.recipe.precision) or run.machine.peak.get("fp16")
        if peak:
            rate = FIXED_MFU * peak / (6 * active_parameters(run.architecture))
            errors.append(abs(rate / float(row["tokens_per_second"]) - 1))
    return median(errors)


def render(found: Accuracy, lang: Language) -> str:
    """The scores as a page, ending in a line break."""

    def t(key: str, **values: Any) -> str:
        return say(lang, f"accuracy.{key}", **values)

    def table(lines: Sequence[Line], kind: str) -> list[str]:
        head = [t("group"), t("runs"), t(f"{kind}-error"), t("bias"), t("inside")]
        rows = ["| " + " | ".join(head) + " |", "|---|---:|---:|---:|---:|"]
        rows += [
            f"| {row.group} | {row.runs} | {row.error:.1%} | {row.bias:+.1%} | {row.inside:.0%} |" for row in lines
        ]
        return [*rows, ""]

    page = [f"# {t('title')}", "", t("intro"), "", f"## {t('memory')}", "", t("memory-intro"), ""]
    page += table([line for line in found.memory if "/" not in line.group], "mean")
    page += [t("within-ten", share=f"{found.memory_within_ten:.0%}"), ""]
    page += [t("verdicts", caught=found.out_of_memory_called, failed=found.out_of_memory, wrong=found.fitted_called_no,
               fitted=found.fitted), ""]  # fmt: skip
    page += [t("thumb", rules="; ".join(f"{name} {error:.0%}" for name, error in found.rules_of_thumb)), ""]
    page += [f"### {t('by-source')}", "", *table([line for line in found.memory if "/" in line.group], "mean")]
    page += [f"## {t('time')}", "", t("time-intro"), ""]
    short = [line for line in found.time if line.group == "all" or line.group.startswith("kind ")]
    page += [*table(short, "median"), t("fixed", share=f"{found.fixed_mfu:.0%}"), ""]
    page += [f"### {t('by-device')}", ""]
    devices = [line for line in found.time if line.group.startswith("device ")]
    page += [*table(devices, "median"), f"### {t('by-source')}", ""]
    rest = [line for line in found.time if line not in short and line not in devices]
    page += table(rest, "median")
    page += [f"## {t('hours')}", "", t("hours-intro"), ""]
    page += table([line for line in found.hours if line.group == "all" or " " not in line.group], "median")
    return "\n".join([*page, f"## {t('limits')}", "", t("limits-text")]) + "\n"
