"""Scores the time estimate on runs that others measured.

Rows are those of `throughput.csv` in `knowledge/measured` and, for whole runs, `device_hours.csv`; reading the
files is the caller's part. Every source is judged with constants that were fitted without it
(`knowledge/calibration/time-left-out.yaml`), and with the spread of the errors that other sources showed when they were
left out: nothing in an estimate of a row knows the row's source.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from advisor.estimates.run import Architecture, Layout, Link, Machine, Range, Recipe, Run
from advisor.estimates.time import estimate_time, missing_for_time, spread_kind, time_figures
from advisor.estimates.time_calendar import HOURS_PER_DAY
from advisor.estimates.time_calibration import Spread, TimeCalibration, time_calibration_from_dict, with_constants
from advisor.estimates.time_compute import padded_tokens
from advisor.estimates.time_step import step_of
from advisor.records import dataclass

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scored:
    """One measured run: tokens per second and device beside what the estimate said without this row's source."""

    id: str
    source: str
    device: str
    method: str
    kind: str
    measured: float
    estimated: Range
    framework: str = ""

    @property
    def error(self) -> float:
        """ln(measured/estimated): positive where the run was faster than estimated."""
        return math.log(self.measured / self.estimated.likely)

    @property
    def inside(self) -> bool:
        """Whether the range holds the measured value."""
        return self.estimated.low <= self.measured <= self.estimated.high


@dataclass(frozen=True, slots=True)
class Score:
    """A group of scored runs: median and mean size of the relative error, its median, and how many the range holds."""

    group: str
    rows: int
    sources: int
    median_error: float
    mean_error: float
    bias: float
    inside: float


def _number(row: Row, name: str, default: float = 0.0) -> float:
    """A numeric cell; blank is the default."""
    return float(row[name]) if row.get(name) else default


def architecture_from_row(row: Row) -> Architecture:
    """The decoder of a row."""
    return Architecture(
        layers=int(_number(row, "layers")),
        hidden_size=int(_number(row, "hidden")),
        ffn_hidden_size=int(_number(row, "ffn")),
        attention_heads=int(_number(row, "heads")),
        kv_heads=int(_number(row, "kv_heads")),
        head_dim=int(_number(row, "head_dim")),
        vocab_size=int(_number(row, "vocab")),
        tied_embeddings=row["tied"] == "1",
        gated_mlp=row["gated"] == "1",
        experts=int(_number(row, "experts")),
        experts_per_token=int(_number(row, "experts_per_token")),
        shared_experts=int(_number(row, "shared_experts")),
        expert_ffn_hidden_size=int(_number(row, "expert_ffn")),
        shared_expert_ffn_hidden_size=int(_number(row, "shared_ffn")),
        dense_layers=int(_number(row, "dense_layers")),
    )


def run_from_row(row: Row, machines: Callable[[str], Machine]) -> Run:
    """The run of a row; `machines` gives the machine of a device id (KeyError if it has none)."""
    machine = machines(row["device"])
    nodes, devices = int(_number(row, "nodes", 1)), int(_number(row, "devices", 1))
    if nodes > 1 and row.get("network_gbps"):
        rate = _number(row, "network_gbps") * 1e9 / 8 / max(1, devices // nodes)
        machine = replace(machine, network=Link("infiniband", rate, 1e-5))
    if row.get("link") == "pcie":
        machine = replace(machine, link=Link("pcie", machine.pcie_bytes_per_second, 10e-6, devices))
    adapters = row["method"] in ("lora", "qlora")
    mean = _number(row, "mean_sample_tokens")
    targets = row.get("lora_targets") or "all-linear"
    recipe = Recipe(
        method=row["method"],  # type: ignore[arg-type]  # the table holds only known methods: tested
        adapters=adapters,
        precision=row["precision"],  # type: ignore[arg-type]  # likewise
        master_weights=row["master_weights"] == "1",
        quantisation=row["quantisation"] or None,  # type: ignore[arg-type]  # likewise
        sequence_length=int(_number(row, "sequence_length")),
        micro_batch=int(_number(row, "micro_batch", 1)),
        accumulation=int(_number(row, "accumulation", 1)),
        lora_rank=int(_number(row, "lora_rank", 16)),
        lora_targets=targets,  # type: ignore[arg-type]  # likewise
        recompute=row["recompute"],  # type: ignore[arg-type]  # likewise
        attention=row["attention"],  # type: ignore[arg-type]  # likewise
        chunked_loss=row["chunked_loss"] == "1",
        fused_loss=row["fused_loss"] == "1",
        offload=row.get("offload") or "none",  # type: ignore[arg-type]  # likewise
        optimizer=row.get("optimizer") or "adamw",  # type: ignore[arg-type]  # likewise
        zero_stage=int(_number(row, "zero")),  # type: ignore[arg-type]  # likewise
        framework=row["framework"],  # type: ignore[arg-type]  # likewise
        framework_named=True,
        packing=row["packing"] == "1",
        mean_sample_tokens=mean or None,
        stated=frozenset({"training.activation_checkpointing", "training.micro_batch_size"}),
    )
    layout = Layout(
        devices=devices,
        nodes=nodes,
        tensor=int(_number(row, "tensor", 1)),
        pipeline=int(_number(row, "pipeline", 1)),
        context=int(_number(row, "context", 1)),
        expert=int(_number(row, "expert", 1)),
    )
    return Run(architecture_from_row(row), recipe, layout, machine)


def counted_tokens(row: Row, run: Run, calibration: TimeCalibration) -> float:
    """Tokens of a sample that the row's rate counts: those processed, padding included, or only the real ones.

    Rates of unpacked runs that were told as seconds an iteration were made with the tokens of the samples.
    """
    real, processed = padded_tokens(run.recipe, calibration)
    return float(real if row["measured_as"] == "s/iteration" else processed)


def measured_step_seconds(row: Row, run: Run, calibration: TimeCalibration) -> float:
    """Seconds of an optimizer step that the row's rate means."""
    samples = run.recipe.micro_batch * run.recipe.accumulation * run.layout.data
    per_device = samples * counted_tokens(row, run, calibration) / run.layout.devices
    return per_device / float(row["tokens_per_second"])


def quantile(values: Sequence[float], weights: Sequence[float], q: float) -> float:
    """The weighted quantile of values, interpolated between midpoints of their weights."""
    pairs = sorted(zip(values, weights, strict=True))
    total = sum(weights)
    below, previous = 0.0, None
    for value, weight in pairs:
        middle = (below + weight / 2) / total
        if middle >= q:
            if previous is None:
                return value
            at, before = previous
            return before + (value - before) * (q - at) / (middle - at)
        previous = (middle, value)
        below += weight
    return pairs[-1][0]


def spread_of(errors: Iterable[tuple[str, float]]) -> Spread:
    """The spread of errors, ln(measured/estimated step time), by source; a source weighs as the root of its rows.

    The root keeps a source of two hundred similar rows from deciding alone and one of two rows from counting as much.
    A middle seen by few sources is trusted in part, and the quantiles are widened for the source that comes next: by
    half of a source's share.
    """
    errors = list(errors)
    count: dict[str, int] = defaultdict(int)
    for source, _ in errors:
        count[source] += 1
    values = [error for _, error in errors]
    weights = [count[source] ** -0.5 for source, _ in errors]
    shift = quantile(values, weights, 0.5) * len(count) / (len(count) + _DOUBTED_SOURCES)
    wider = 1 + 0.5 / len(count)
    return Spread(
        low=min(-0.02, wider * (quantile(values, weights, 0.05) - shift)),
        high=max(0.02, wider * (quantile(values, weights, 0.95) - shift)),
        shift=shift,
        rows=len(values),
        sources=len(count),
    )


_DOUBTED_SOURCES = 3
"""A middle of this many sources counts half."""


def left_out_calibrations(
    tree: Mapping[str, Any], left_out: Mapping[str, Mapping[str, float]]
) -> dict[str, TimeCalibration]:
    """By source the calibration that never saw it: `tree` with the constants of `time-left-out.yaml`."""
    return {
        source: time_calibration_from_dict(with_constants(tree, constants)) for source, constants in left_out.items()
    }


@dataclass(frozen=True, slots=True)
class RawError:
    """A row before any correction of the middle: estimated rate, and ln(measured/estimated step time)."""

    row: Row
    kind: str
    rate: float
    error: float


def raw_errors(
    rows: Iterable[Row],
    machines: Callable[[str], Machine],
    calibration: TimeCalibration,
    left_out: Mapping[str, TimeCalibration],
) -> list[RawError]:
    """What physics and constants say of each row without its source; a source that is not in `left_out` taught none."""
    found = []
    for row in rows:
        run = run_from_row(row, machines)
        known = left_out.get(row["source"], calibration)
        if missing_for_time(run):
            continue
        seconds = step_of(run, known).seconds
        error = math.log(measured_step_seconds(row, run, known) / seconds)
        rate = float(row["tokens_per_second"]) * math.exp(error)
        found.append(RawError(row, spread_kind(run, known), rate, error))
    return found


def spreads_of(errors: Iterable[RawError]) -> dict[str, Spread]:
    """The spread of each kind of run."""
    kinds: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for one in errors:
        kinds[one.kind].append((one.row["source"], one.error))
    return {kind: spread_of(found) for kind, found in sorted(kinds.items())}


def score_rows(
    rows: Iterable[Row],
    machines: Callable[[str], Machine],
    calibration: TimeCalibration,
    left_out: Mapping[str, TimeCalibration],
    least_sources: int = 2,
) -> list[Scored]:
    """Every row judged with the constants that were fitted without its source and the spread of the other sources.

    Where fewer than `least_sources` others of its kind remain, the spread of all kinds is taken.
    """
    raw = raw_errors(rows, machines, calibration, left_out)
    scored = []
    cache: dict[tuple[str, str], Spread] = {}
    for one in raw:
        source = one.row["source"]
        key = (one.kind, source)
        if key not in cache:
            others = [(r.row["source"], r.error) for r in raw if r.kind == one.kind and r.row["source"] != source]
            if len({name for name, _ in others}) < least_sources:
                others = [(r.row["source"], r.error) for r in raw if r.row["source"] != source]
            cache[key] = spread_of(others) if others else calibration.spread[one.kind]
        s = cache[key]
        rates = [one.rate / math.exp(s.shift + by) for by in (s.high, 0.0, s.low)]
        measured = float(one.row["tokens_per_second"])
        scored.append(
            Scored(
                one.row["id"], source, one.row["device"], one.row["method"], one.kind, measured, Range(*rates),
                one.row["framework"],
            )
        )  # fmt: skip
    return scored


def whole_run_errors(
    rows: Iterable[Row], machines: Callable[[str], Machine], calibration: TimeCalibration
) -> list[tuple[str, float]]:
    """Source and ln(measured hours / hours of the steps and the start) of whole runs.

    A source of whole runs that also measured its steps is asked what comes on top of its own steps.
    """
    found = []
    for row in rows:
        run = replace(run_from_row(row, machines), tokens=float(row["tokens"]))
        figures = time_figures(run, replace(calibration, whole_run=1.0))
        if figures is not None and figures.days is not None:
            hours = figures.days * HOURS_PER_DAY * run.layout.devices
            found.append((row["source"], math.log(float(row["device_hours"]) / hours)))
    return found


def whole_run_of(errors: Iterable[tuple[str, float]], prior: float) -> float:
    """The factor of whole runs: between the middle of the sources' middles and the prior.

    The prior counts as twelve sources: published totals of large runs that state no layout and so are no rows (Llama 2
    and 3, BLOOM, OPT, MPT, Pythia, Falcon) need about as much.
    """
    by_source: dict[str, list[float]] = defaultdict(list)
    for source, error in errors:
        by_source[source].append(error)
    middles = [median(found) for found in by_source.values()]
    if not middles:
        return prior
    weight = len(middles) / (len(middles) + _SOURCES_OF_PRIOR)
    return math.exp(weight * median(middles) + (1 - weight) * math.log(prior))


_SOURCES_OF_PRIOR = 12


def score_hours(
    rows: Iterable[Row],
    machines: Callable[[str], Machine],
    calibration: TimeCalibration,
    left_out: Mapping[str, TimeCalibration],
) -> list[Scored]:
    """Whole runs: measured device-hours beside the estimate that never saw their source.

    `measured` and `estimated` are runs per device-hour, so that the signs are those of rates.
    """
    rows = list(rows)
    errors = whole_run_errors(rows, machines, calibration)
    scored = []
    for row in rows:
        known = left_out.get(row["source"], calibration)
        others = [(source, error) for source, error in errors if source != row["source"]]
        known = replace(known, whole_run=whole_run_of(others, calibration.whole_run_prior))
        run = replace(run_from_row(row, machines), tokens=float(row["tokens"]))
        estimate = estimate_time(run, known)
        if estimate is None or estimate.device_hours is None:
            continue
        hours = estimate.device_hours
        rate = Range(1 / hours.high, 1 / hours.likely, 1 / hours.low)
        measured = 1 / float(row["device_hours"])
        scored.append(
            Scored(
                row["id"], row["source"], row["device"], row["method"], estimate.kind, measured, rate, row["framework"]
            )
        )
    return scored


def summarise(scored: Iterable[Scored], group: Callable[[Scored], str]) -> list[Score]:
    """Scores by group, largest group first; errors are relative to the measured rate."""
    groups: dict[str, list[Scored]] = defaultdict(list)
    for s in scored:
        groups[group(s)].append(s)
    scores = []
    for name, members in groups.items():
        sizes = [abs(s.estimated.likely / s.measured - 1) for s in members]
        scores.append(
            Score(
                group=name,
                rows=len(members),
                sources=len({s.source for s in members}),
                median_error=median(sizes),
                mean_error=sum(sizes) / len(sizes),
                bias=math.exp(median(s.error for s in members)) - 1,
                inside=sum(s.inside for s in members) / len(members),
            )
        )
    return sorted(scores, key=lambda s: -s.rows)
