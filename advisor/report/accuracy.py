"""How near the estimates come to runs that others measured: the scores of `advisor backtest` and of its page."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from advisor.estimates import backtest_memory, backtest_serving, backtest_time
from advisor.estimates.frameworks import FrameworkProfile
from advisor.estimates.machine import machine_of
from advisor.estimates.memory import MemoryCalibration, estimate_memory
from advisor.estimates.run import Machine, Run
from advisor.pipeline import Advisor
from advisor.records import dataclass
from advisor.report.rivals import Answer, Rule, present_peers, rules_from_rows
from advisor.words import Language, Words

Row = dict[str, str]
Axis = Literal["all", "method", "kind", "framework", "device", "source", "said"]
Trained = Literal["full", "lora", "qlora"]
WORST = 10
WORST_OF_A_SOURCE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One group of runs: how many, the size of the error, its middle, and how many the 90 % range holds."""

    axis: Axis
    group: str
    runs: int
    error: float
    bias: float
    inside: float


@dataclass(frozen=True, slots=True)
class Point:
    """One run: what was measured and what was estimated, in GiB per device or tokens per second and device."""

    id: str
    source: str
    trained: Trained
    run: str  # model, device and their number, sequence, micro-batch
    measured: float
    estimated: float
    reason: Words | None  # why the two differ, where it is known

    @property
    def relative(self) -> float:
        """Signed relative error of the estimate."""
        return self.estimated / self.measured - 1


@dataclass(frozen=True, slots=True)
class Rival:
    """A rule of thumb or another calculator on the runs that it can take: by group, runs and its error on them."""

    name: Words
    peer: bool
    groups: Mapping[str, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """All scores; errors and shares from 0 to 1."""

    memory: tuple[Line, ...]  # mean absolute error, each source left out of its own calibration
    memory_within_ten: float
    memory_said: tuple[Line, ...]  # the same runs, stated as plans state them that say more or less
    reliability: tuple[backtest_memory.Reliability, ...]  # what became of stated chances of fitting
    memory_rivals: tuple[Rival, ...]  # mean absolute error
    out_of_memory: int
    out_of_memory_called: int  # not called fitting
    fitted: int
    fitted_called_no: int
    time: tuple[Line, ...]  # median absolute error of rates
    time_rivals: tuple[Rival, ...]  # median absolute error
    hours: tuple[Line, ...]
    serving: tuple[Line, ...]  # median absolute error, each source left out of its own calibration
    memory_points: tuple[Point, ...]
    time_points: tuple[Point, ...]
    peers: tuple[str, ...]  # calculators that were installed, with their version

    def line(self, part: Literal["memory", "time", "hours", "serving"], group: str) -> Line:
        """The line of one group. KeyError if there is none."""
        lines: tuple[Line, ...] = getattr(self, part)
        return next(line for line in lines if line.group == group)


def read_rows(folder: Path, name: str) -> list[Row]:
    """The rows of one file of measured runs. Raises OSError."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measured_folder() -> Path:
    """Where the measured runs lie that come with the product."""
    import advisor.knowledge as data  # noqa: PLC0415 - a folder of data

    return Path(next(iter(data.__path__))) / "measured"


@dataclass(frozen=True, slots=True)
class Runs:
    """The measured runs of a folder that are judged."""

    memory: Sequence[Row]
    out_of_memory: Sequence[Row]
    rates: Sequence[Row]
    hours: Sequence[Row]
    serving: Sequence[Row]


def read_runs(folder: Path) -> Runs:
    """The runs of a folder; a file that it lacks has none. Raises OSError when it has no file of them at all."""
    found: dict[str, list[Row]] = {}
    missing: OSError | None = None
    for name in ("memory.csv", "out_of_memory.csv", "throughput.csv", "device_hours.csv", "serving.csv"):
        try:
            found[name] = read_rows(folder, name)
        except OSError as error:
            found[name], missing = [], missing or error
    if missing is not None and not any(found.values()):
        raise missing
    return Runs(
        memory=[row for row in found["memory.csv"] if row["scored"] == "1"],
        out_of_memory=[row for row in found["out_of_memory.csv"] if row["scored"] == "1"],
        rates=[row for row in found["throughput.csv"] if not row["excluded"]],
        hours=[row for row in found["device_hours.csv"] if not row["excluded"]],
        serving=[row for row in found["serving.csv"] if not row["excluded"]],
    )


def score(advisor: Advisor, folder: Path, *, peers: bool = False) -> Accuracy:
    """All scores over the runs of a folder; some ten seconds. `peers` asks other calculators that are installed."""
    runs = read_runs(folder)
    profiles = {name: advisor.profile(name) for name in advisor.knowledge.raw["frameworks"]}
    calibration = advisor.memory_calibration
    fitted = backtest_memory.score(runs.memory, profiles, calibration)
    held_out = fitted  # the calibration has learned nothing from a user's own runs
    if folder == measured_folder():
        held_out = backtest_memory.leave_one_source_out(runs.memory, profiles, backtest_memory.prior(calibration))
    failed = [
        estimate_memory(backtest_memory.run_of(row), backtest_memory.profile_of(row, profiles), calibration)
        for row in runs.out_of_memory
    ]

    def machine(name: str) -> Machine:
        return machine_of(name, advisor.knowledge.device(name))

    left_out = advisor.time_calibrations_left_out
    rates = backtest_time.score_rows(runs.rates, machine, advisor.time_calibration, left_out)
    hours = backtest_time.score_hours(runs.hours, machine, advisor.time_calibration, left_out)
    served: Sequence[backtest_serving.Scored] = ()
    if runs.serving and folder == measured_folder():
        served = backtest_serving.backtest(runs.serving, machine, advisor.serving_calibration).scored
    elif runs.serving:
        served = backtest_serving.score(runs.serving, machine, advisor.serving_calibration)
    own = measured_folder()
    rules = rules_from_rows(read_rows(own, "rules_of_thumb.csv"))
    reasons = read_rows(own, "reasons.csv")
    asked = present_peers() if peers else ()
    memory_rows = {row["id"]: row for row in runs.memory}
    rate_rows = {row["id"]: row for row in runs.rates}
    return Accuracy(
        memory=_memory_lines(held_out, memory_rows),
        memory_within_ten=_share(abs(one.relative) <= 0.1 for one in held_out),
        memory_said=_said_lines(runs.memory, profiles, calibration, known=folder == measured_folder()),
        reliability=tuple(
            backtest_memory.reliability(
                runs.memory, runs.out_of_memory, profiles, calibration, backtest_memory.as_planned
            )
        ),
        memory_rivals=_memory_rivals(runs.memory, held_out, rules, asked),
        out_of_memory=len(failed),
        out_of_memory_called=sum(one.fits not in {"yes", "likely"} for one in failed),
        fitted=len(fitted),
        fitted_called_no=sum(one.estimate.fits == "no" for one in fitted),
        time=_time_lines(rates, rate_rows),
        time_rivals=_time_rivals(rate_rows, rates, machine, rules),
        hours=_time_lines(hours, {row["id"]: row for row in runs.hours}),
        serving=_serving_lines(served),
        memory_points=tuple(
            _point(one.id, memory_rows[one.id], one.measured, one.estimated, "memory", reasons) for one in held_out
        ),
        time_points=tuple(
            _point(one.id, rate_rows[one.id], one.measured, one.estimated.likely, "throughput", reasons)
            for one in rates
        ),
        peers=tuple(name for name, _ in asked),
    )


def as_json(found: Accuracy, lang: Language) -> dict[str, Any]:
    """The scores for programs: fields by their names, words in one language."""
    return {field.name: _plain(getattr(found, field.name), lang) for field in fields(found)}


def _plain(value: Any, lang: Language) -> Any:
    if isinstance(value, Words):
        return value.text(lang)
    if isinstance(value, tuple):
        return [_plain(one, lang) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one, lang) for key, one in value.items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name), lang) for field in fields(value)}
    return value


def worst(points: Sequence[Point]) -> tuple[Point, ...]:
    """The runs that are furthest off, in either direction; no more than two of a source, so that others are seen."""
    found: list[Point] = []
    for point in sorted(
        points, key=lambda one: (-max(one.estimated / one.measured, one.measured / one.estimated), one.id)
    ):
        if sum(one.source == point.source for one in found) < WORST_OF_A_SOURCE:
            found.append(point)
        if len(found) == WORST:
            break
    return tuple(found)


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0


def _number_of(row: Row) -> str:
    return f"{row['devices']} × {row['device']}"


def _point(name: str, row: Row, measured: float, estimated: float, file: str, reasons: Sequence[Row]) -> Point:
    adapters = row["method"] in ("lora", "qlora") or row.get("adapters") == "1"
    trained: Trained = "full" if not adapters else "qlora" if row["quantisation"] else "lora"
    model = row.get("model") or f"{row['layers']} × {row.get('hidden') or row.get('hidden_size')}"
    run = (
        f"{model}, {row['method']}, {row['framework']}, {_number_of(row)}, s {row['sequence_length']}, "
        f"b {row['micro_batch']}"
    )
    return Point(name, row["source"], trained, run, measured, estimated, _reason(file, row, reasons))


def _reason(file: str, row: Row, reasons: Sequence[Row]) -> Words | None:
    """The first reason of which every stated column is as in the row."""
    for reason in reasons:
        stated = dict(part.split("=", 1) for part in reason["match"].split(";"))
        if reason["file"] == file and all(row.get(column) == value for column, value in stated.items()):
            return Words(reason["reason_en"], reason["reason_zh"])
    return None


def _memory_lines(scored: Sequence[backtest_memory.Scored], rows: Mapping[str, Row]) -> tuple[Line, ...]:
    def lines(axis: Axis, group: Callable[[backtest_memory.Scored], str]) -> list[Line]:
        groups: dict[str, list[backtest_memory.Scored]] = {}
        for one in scored:
            groups.setdefault(group(one), []).append(one)
        found = []
        for name, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
            row = backtest_memory.summarise(members)
            found.append(Line(axis, name, row.runs, row.mean_absolute_error, row.bias, row.inside_range))
        return found

    return (
        *lines("all", lambda _: "all"),
        *lines("method", lambda one: one.group),
        *lines("framework", lambda one: rows[one.id]["framework"]),
        *lines("device", lambda one: rows[one.id]["device"]),
        *lines("source", lambda one: f"{one.source} / {one.group}"),
    )


def _said_lines(
    rows: Sequence[Row], profiles: Mapping[str, FrameworkProfile], calibration: MemoryCalibration, *, known: bool
) -> tuple[Line, ...]:
    """A line for each way in which plans state runs, the most said first; `known`: the calibration was made of them."""
    found = []
    for stated in backtest_memory.WAYS if rows else ():
        if known:
            scored = backtest_memory.leave_one_source_out(rows, profiles, backtest_memory.prior(calibration), stated)
        else:
            scored = backtest_memory.score(map(stated, rows), profiles, calibration)
        line = backtest_memory.summarise(scored)
        name = stated.__name__.replace("_", "-")
        found.append(Line("said", name, line.runs, line.mean_absolute_error, line.bias, line.inside_range))
    return tuple(found)


def _time_lines(scored: Sequence[backtest_time.Scored], rows: Mapping[str, Row]) -> tuple[Line, ...]:
    axes: tuple[tuple[Axis, Callable[[backtest_time.Scored], str]], ...] = (
        ("all", lambda _: "all"),
        ("kind", lambda one: one.kind),
        ("method", lambda one: one.method),
        ("framework", lambda one: rows[one.id]["framework"]),
        ("device", lambda one: one.device),
        ("source", lambda one: one.source),
    )
    return tuple(
        Line(axis, row.group, row.rows, row.median_error, row.bias, row.inside)
        for axis, group in axes
        for row in sorted(backtest_time.summarise(scored, group), key=lambda row: (-row.rows, row.group))
    )


def _serving_lines(scored: Sequence[backtest_serving.Scored]) -> tuple[Line, ...]:
    axes: tuple[tuple[Axis, Callable[[backtest_serving.Scored], str]], ...] = (
        ("kind", lambda one: one.kind),
        ("device", lambda one: f"{one.kind}, {one.device}"),
        ("source", lambda one: f"{one.source} / {one.kind}"),
    )
    found = []
    for axis, group in axes:
        groups: dict[str, list[backtest_serving.Scored]] = {}
        for one in scored:
            groups.setdefault(group(one), []).append(one)
        for name, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
            error = median(abs(one.relative) for one in members)
            bias = math.expm1(-median(one.error for one in members))
            found.append(Line(axis, name, len(members), error, bias, _share(one.inside for one in members)))
    return tuple(found)


def _memory_rivals(
    rows: Sequence[Row],
    scored: Sequence[backtest_memory.Scored],
    rules: Sequence[Rule],
    asked: Sequence[tuple[str, Answer]],
) -> tuple[Rival, ...]:
    """Rules and peers on the same runs as the estimate, by its groups; a run that one cannot take is not counted."""
    groups = {one.id: one.group for one in scored}
    answers: list[tuple[Words, bool, Answer]] = [(rule.name, False, rule.memory) for rule in rules if rule.bytes]
    answers += [(Words(name, name), True, ask) for name, ask in asked]
    errors: list[dict[str, list[float]]] = [{} for _ in answers]
    for row in rows:
        run = backtest_memory.run_of(row)
        for (_, _, ask), found in zip(answers, errors, strict=True):
            answer = ask(run)
            if answer is not None:
                found.setdefault(groups[row["id"]], []).append(abs(answer / float(row["gib"]) - 1))
    return tuple(
        Rival(name, peer, {group: (len(sizes), sum(sizes) / len(sizes)) for group, sizes in sorted(found.items())})
        for (name, peer, _), found in zip(answers, errors, strict=True)
    )


def _time_rivals(
    rows: Mapping[str, Row],
    scored: Sequence[backtest_time.Scored],
    machine: Callable[[str], Machine],
    rules: Sequence[Rule],
) -> tuple[Rival, ...]:
    found = []
    for rule in rules:
        if rule.peak_share is None:
            continue
        errors: dict[str, list[float]] = {}
        for one in scored:
            run: Run = backtest_time.run_from_row(rows[one.id], machine)
            rate = rule.rate(run)
            if rate is not None:
                for group in ("all", one.kind):
                    errors.setdefault(group, []).append(abs(rate / one.measured - 1))
        groups = {group: (len(sizes), median(sizes)) for group, sizes in sorted(errors.items())}
        found.append(Rival(rule.name, False, groups))
    return tuple(found)
