"""Scores the time estimate on runs that others measured.

Rows are those of `throughput.csv` in `knowledge/measured` and, for whole runs, `device_hours.csv`; reading the
files is the caller's part. Every source is judged with the shift and the spread that the others made: what a row's
own source taught about the middle and the range is taken out. The physical constants stay; refitting them without the
source, as was done for the spreads in `knowledge/calibration/time.yaml`, costs minutes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from advisor.estimates.run import Architecture, Layout, Link, Machine, Range, Recipe, Run
from advisor.estimates.time import estimate_time
from advisor.estimates.time_calibration import Spread, TimeCalibration
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
    """
    errors = list(errors)
    count: dict[str, int] = defaultdict(int)
    for source, _ in errors:
        count[source] += 1
    values = [error for _, error in errors]
    weights = [count[source] ** -0.5 for source, _ in errors]
    middle = quantile(values, weights, 0.5)
    return Spread(
        low=min(-0.02, quantile(values, weights, 0.05) - middle),
        high=max(0.02, quantile(values, weights, 0.95) - middle),
        shift=middle,
        rows=len(values),
        sources=len(count),
    )


def without_spread(calibration: TimeCalibration) -> TimeCalibration:
    """The calibration with its shifts removed: what physics and constants say before the middle is corrected."""
    return replace(calibration, spread={k: replace(s, shift=0.0) for k, s in calibration.spread.items()})


def raw_errors(
    rows: Iterable[Row], machines: Callable[[str], Machine], calibration: TimeCalibration
) -> list[tuple[Row, str, float, float]]:
    """Row, kind, estimated rate before any shift, and ln(measured/estimated step time)."""
    plain = without_spread(calibration)
    found = []
    for row in rows:
        estimate = estimate_time(run_from_row(row, machines), plain)
        if estimate is None:
            continue
        rate = estimate.tokens_per_second_per_device.likely
        found.append((row, estimate.kind, rate, math.log(rate / float(row["tokens_per_second"]))))
    return found


def score_rows(
    rows: Iterable[Row], machines: Callable[[str], Machine], calibration: TimeCalibration, least_sources: int = 2
) -> list[Scored]:
    """Every row judged with the shift and spread of the other sources of its kind.

    Where fewer than `least_sources` others remain, the spread of the calibration itself is used.
    """
    raw = raw_errors(rows, machines, calibration)
    scored = []
    cache: dict[tuple[str, str], Spread] = {}
    for row, kind, rate, _ in raw:
        key = (kind, row["source"])
        if key not in cache:
            others = [(r["source"], e) for r, k, _, e in raw if k == kind and r["source"] != row["source"]]
            enough = len({s for s, _ in others}) >= least_sources
            cache[key] = spread_of(others) if enough else calibration.spread[kind]
        s = cache[key]
        estimated = Range(rate / math.exp(s.shift + s.high), rate / math.exp(s.shift), rate / math.exp(s.shift + s.low))
        scored.append(
            Scored(
                row["id"], row["source"], row["device"], row["method"], kind, float(row["tokens_per_second"]), estimated
            )
        )
    return scored


def score_hours(rows: Iterable[Row], machines: Callable[[str], Machine], calibration: TimeCalibration) -> list[Scored]:
    """Whole runs: measured device-hours beside the estimate, as the calibration stands.

    `measured` and `estimated` are runs per device-hour, so that the signs are those of rates.
    """
    scored = []
    for row in rows:
        run = replace(run_from_row(row, machines), tokens=float(row["tokens"]))
        estimate = estimate_time(run, calibration)
        if estimate is None or estimate.device_hours is None:
            continue
        hours = estimate.device_hours
        rate = Range(1 / hours.high, 1 / hours.likely, 1 / hours.low)
        measured = 1 / float(row["device_hours"])
        scored.append(Scored(row["id"], row["source"], row["device"], row["method"], estimate.kind, measured, rate))
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
