"""Scores the memory estimate on measured runs, each source judged by constants and spreads that the others made.

Rows are mappings of text as `knowledge/measured/memory.csv` holds them; reading the file is the caller's part.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from advisor.estimates.frameworks import FrameworkProfile
from advisor.estimates.memory import (
    MemoryCalibration,
    MemoryEstimate,
    Reserve,
    estimate_memory,
    kinds_of,
    left_open,
    reserve_of,
    spread_for,
)
from advisor.estimates.run import Architecture, Layout, Link, Machine, Recipe, Run
from advisor.estimates.uncertainty import Spread, chance_below, spread_of
from advisor.records import dataclass

Row = Mapping[str, str]
UNSAID, UNNAMED = "unsaid", "unnamed"  # words of the column `setup` for what a plan would leave open
_NORMS = {"rms": 1, "layer": 2, "layer-no-parameters": 0}


@dataclass(frozen=True, slots=True)
class Scored:
    """One measured run beside its estimate, in GiB of the metric that the source states."""

    id: str
    source: str
    group: str  # method class and single or multi
    left_open: str  # what a plan of the run would not say, see `advisor.estimates.memory.left_open`
    measured: float
    estimate: MemoryEstimate
    metric: str

    @property
    def estimated(self) -> float:
        """The estimate of what was measured."""
        figure = {"allocated": self.estimate.allocated, "reserved": self.estimate.reserved}
        return figure.get(self.metric, self.estimate.per_device).likely

    @property
    def error(self) -> float:
        """Natural logarithm of measured over estimated."""
        return math.log(self.measured / self.estimated)

    @property
    def relative(self) -> float:
        """Signed relative error of the estimate."""
        return self.estimated / self.measured - 1

    @property
    def inside(self) -> bool:
        """Whether the measured figure lies in the stated range."""
        figure = {"allocated": self.estimate.allocated, "reserved": self.estimate.reserved}
        found = figure.get(self.metric, self.estimate.per_device)
        return found.low <= self.measured <= found.high


def _whole(row: Row, name: str, default: int = 0) -> int:
    return int(row[name]) if row.get(name) else default


def architecture_of(row: Row) -> Architecture:
    """The architecture that a row states."""
    return Architecture(
        layers=_whole(row, "layers"),
        hidden_size=_whole(row, "hidden_size"),
        ffn_hidden_size=_whole(row, "ffn_hidden_size"),
        attention_heads=_whole(row, "attention_heads"),
        kv_heads=_whole(row, "kv_heads"),
        head_dim=_whole(row, "head_dim"),
        vocab_size=_whole(row, "vocab_size"),
        tied_embeddings=row["tied"] == "1",
        gated_mlp=row["gated"] == "1",
        experts=_whole(row, "experts"),
        experts_per_token=_whole(row, "experts_per_token"),
        shared_experts=_whole(row, "shared_experts"),
        expert_ffn_hidden_size=_whole(row, "expert_ffn_hidden_size"),
        shared_expert_ffn_hidden_size=_whole(row, "expert_ffn_hidden_size"),
        dense_layers=_whole(row, "dense_layers"),
        norm_weights=_NORMS[row["norm"]],
        norms_per_layer=_whole(row, "norms_per_layer", 2),
        stated_parameters=float(row["parameters"]) if row.get("parameters") else None,
    )


def recipe_of(row: Row) -> Recipe:
    """How a row's run trained."""
    targets = row["lora_targets"]
    group = targets in ("all-linear", "attention", "qv")
    return Recipe(
        method=row["method"],  # type: ignore[arg-type]  # the file's values are checked by its own test
        adapters=row["adapters"] == "1",
        precision=row["precision"],  # type: ignore[arg-type]
        master_weights=row["master_weights"] == "1",
        quantisation=row["quantisation"] or None,  # type: ignore[arg-type]
        optimizer=row["optimizer"],  # type: ignore[arg-type]
        sequence_length=_whole(row, "sequence_length"),
        micro_batch=_whole(row, "micro_batch"),
        accumulation=_whole(row, "accumulation", 1),
        lora_rank=_whole(row, "lora_rank", 8),
        lora_targets=targets if group else tuple(targets.split()),  # type: ignore[arg-type]
        recompute=row["recompute"],  # type: ignore[arg-type]
        attention=row["attention"],  # type: ignore[arg-type]
        chunked_loss=row["chunked_loss"] == "1",
        fused_loss=row["fused_loss"] == "1",
        offload=row.get("offload") or "none",  # type: ignore[arg-type]
        zero_stage=_whole(row, "zero_stage"),  # type: ignore[arg-type]
        framework=row["framework"],  # type: ignore[arg-type]
        framework_named=UNNAMED not in row["setup"].split(),
        packing="ragged" not in row["setup"].split(),
        stated=frozenset(
            {"training.sharding", "training.gradient_accumulation"}
            | ({"training.fused_kernels"} if UNSAID not in row["setup"].split() else set())
        ),
    )


def run_of(row: Row) -> Run:
    """The run of a row, on a device of which only the memory matters."""
    usable_gib = float(row["usable_gib"])
    machine = Machine(
        device_id=row["device"],
        vendor="",
        platform="cuda",
        architecture=None,
        compute_capability=None,
        memory_gib=usable_gib,
        usable_gib=usable_gib,
        unified_memory=False,
        bandwidth=None,
        peak={},
        measured_matmul={},
        bf16=None,
        fused_attention=None,
        link=Link("none", None),
        network=None,
        pcie_bytes_per_second=None,
        host_gib_per_node=None,
    )
    layout = Layout(
        devices=_whole(row, "devices", 1),
        nodes=_whole(row, "nodes", 1),
        tensor=_whole(row, "tensor", 1),
        pipeline=_whole(row, "pipeline", 1),
        context=_whole(row, "context", 1),
        expert=_whole(row, "expert", 1),
    )
    return Run(architecture_of(row), recipe_of(row), layout, machine)


def profile_of(row: Row, profiles: Mapping[str, FrameworkProfile]) -> FrameworkProfile:
    """The row's framework profile with what its `setup` column says was different."""
    profile = profiles[row["framework"]]
    setup = row["setup"].split()
    if "fused-kernels" in setup:
        profile = replace(profile, fused_norm=True)
    if "no-upcast" in setup:
        profile = replace(profile, full_residual_quantised=False)
    if "no-sequence-parallel" in setup:
        profile = replace(profile, sequence_parallel=False)
    if "late-upcast" in setup:
        profile = replace(profile, fused_loss=8.1)
    if "megatron-deepspeed" in setup:
        fp32 = "fp32-gradients" in setup
        states = replace(profiles["megatron-lm"].mixed, gradients=6.0 if fp32 else 2.0, step=4.0)
        profile = replace(
            profiles["megatron-lm"],
            id="deepspeed",
            divided=states,
            bucket_gb=profiles["deepspeed"].bucket_gb,
            mixed=states,
            sequence_parallel=False,
            pipeline_keeps_outputs=True,
        )
    return profile


def score(
    rows: Iterable[Row], profiles: Mapping[str, FrameworkProfile], calibration: MemoryCalibration
) -> list[Scored]:
    """Estimates for all rows with one calibration."""
    found = []
    for row in rows:
        run = run_of(row)
        estimate = estimate_memory(run, profile_of(row, profiles), calibration)
        group, _ = kinds_of(run.recipe, single=run.layout.devices == 1)
        end = left_open(run.recipe)
        found.append(Scored(row["id"], row["source"], group, end, float(row["gib"]), estimate, row["metric"]))
    return found


Stated = Callable[[Row], Row]
"""What of a row a plan says."""


def in_full(row: Row) -> Row:
    """A row as a plan would state it that leaves nothing open."""
    return row


def as_planned(row: Row) -> Row:
    """A row as most plans would state it: with its framework, without kernels, versions and switches."""
    ragged = "ragged " if "ragged" in row["setup"].split() else ""
    return {**row, "setup": ragged + UNSAID, "fused_loss": "0"}


def without_framework(row: Row) -> Row:
    """A row as a plan would state it that names no framework: the usual one for its layout is assumed."""
    cut = any(_whole(row, name, 1) > 1 for name in ("tensor", "pipeline", "context"))
    many = _whole(row, "devices", 1) > 1
    framework = "megatron-lm" if cut else "deepspeed" if many and row["adapters"] == "0" else "huggingface"
    planned = as_planned(row)
    return {**planned, "framework": framework, "setup": f"{planned['setup']} {UNNAMED}"}


WAYS: tuple[Stated, ...] = (in_full, as_planned, without_framework)
"""How much plans say of a run: each has its own error spreads."""


def spreads_from(scored: Sequence[Scored]) -> dict[str, Spread]:
    """Error spreads by kind of run, for any method and any run, each name ending in what the plans leave open.

    A source of many runs weighs no more than one of `ENOUGH`: the next source is like another source, not like another
    run of the same.
    """
    kinds: dict[str, list[Scored]] = {}
    for one in scored:
        for kind in ("any", f"any-{one.group.rpartition('-')[2]}", one.group):
            kinds.setdefault(f"{kind}{one.left_open}", []).append(one)
    found = {}
    for kind, members in kinds.items():
        runs = Counter(one.source for one in members)
        weights = [min(runs[one.source], ENOUGH) / runs[one.source] for one in members]
        found[kind] = spread_of([one.error for one in members], len(runs), weights)
    return found


CANDIDATES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "communicator_gib": (0.5, 1.0, 1.5, 2.0, 2.5),
        "reserve_activations": (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
        "reserve_ragged": (0.6, 0.8, 1.0, 1.2, 1.4, 1.6),
    }
)
"""Values that the fit tries for each constant; what no run can tell keeps its value from before."""


def prior(calibration: MemoryCalibration) -> MemoryCalibration:
    """The calibration with its fitted constants as they were before any run: what physics alone suggests."""
    return replace(calibration, communicator_gib=1.0, reserve_activations=0.1, reserve_ragged=1.0)


ENOUGH = 20
"""Runs from which on a source has its full weight in the fit."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A run whose reserved or device memory was measured: what a calibration turns into an estimate."""

    source: str
    measured: float
    reserve: Reserve
    usable_gib: float
    on_device: bool

    def depends_on(self, constant: str) -> bool:
        """Whether the estimate turns on one of the fitted constants."""
        if constant == "communicator_gib":
            return self.on_device and self.reserve.groups > 0
        return bool(self.reserve.ragged == (constant == "reserve_ragged"))

    def error(self, calibration: MemoryCalibration) -> float:
        held = self.reserve.reserved(calibration, self.usable_gib)
        return abs(math.log(self.measured / (held + self.reserve.context(calibration) * self.on_device)))


def fit(rows: Iterable[Row], profiles: Mapping[str, FrameworkProfile], start: MemoryCalibration) -> MemoryCalibration:
    """The calibration with its fitted constants chosen on some runs, sources of enough runs weighing the same.

    One constant at a time, three rounds, least mean absolute log error over the runs that measured reserved or device
    memory. Constants that none of the runs depends on stay as in `start`.
    """
    return _fit(_held(rows, profiles), start)


def _held(rows: Iterable[Row], profiles: Mapping[str, FrameworkProfile]) -> list[_Held]:
    found = []
    for row in rows:
        if row["metric"] in ("reserved", "device"):
            run = run_of(row)
            reserve = reserve_of(run, profile_of(row, profiles))
            on_device = row["metric"] == "device"
            found.append(_Held(row["source"], float(row["gib"]), reserve, run.machine.usable_gib, on_device))
    return found


def _fit(held: Sequence[_Held], start: MemoryCalibration) -> MemoryCalibration:
    best = start
    known = [name for name in CANDIDATES if any(one.depends_on(name) for one in held)]
    for _ in range(3):
        for name in known:
            best = min((_with(best, name, value) for value in CANDIDATES[name]), key=lambda c: _mean(held, c))
    return best


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted constant: its value, the runs of each source that it depends on, its value without a source.

    Sources without which it stays the same are left out.
    """

    value: float
    runs: Mapping[str, int]
    without: Mapping[str, float]


def fitted_constants(
    rows: Sequence[Row], profiles: Mapping[str, FrameworkProfile], start: MemoryCalibration
) -> dict[str, Fitted]:
    """Every fitted constant with what made it."""
    held = _held(rows, profiles)
    sources = sorted({one.source for one in held})
    best = _fit(held, start)
    others = {source: _fit([one for one in held if one.source != source], start) for source in sources}
    found = {}
    for name in CANDIDATES:
        value = getattr(best, name)
        runs = Counter(one.source for one in held if one.depends_on(name))
        moved = {source: getattr(other, name) for source, other in others.items() if getattr(other, name) != value}
        found[name] = Fitted(value, runs, moved)
    return found


def _with(calibration: MemoryCalibration, name: str, value: float) -> MemoryCalibration:
    """The calibration with one constant changed."""
    changed: dict[str, Any] = {name: value}
    return replace(calibration, **changed)


def _mean(held: Sequence[_Held], calibration: MemoryCalibration) -> float:
    """Mean over sources of the mean error of their runs; a source of few runs weighs less."""
    by_source: dict[str, list[float]] = {}
    for one in held:
        by_source.setdefault(one.source, []).append(one.error(calibration))
    weights = {source: min(len(errors), ENOUGH) for source, errors in by_source.items()}
    means = {source: sum(errors) / len(errors) for source, errors in by_source.items()}
    return sum(weights[source] * means[source] for source in means) / max(1, sum(weights.values()))


def leave_one_source_out(
    rows: Sequence[Row],
    profiles: Mapping[str, FrameworkProfile],
    prior: MemoryCalibration,
    stated: Stated = in_full,
) -> list[Scored]:
    """Every source scored with constants and spreads that the other sources made, its runs as `stated`.

    `prior` holds the constants where the others say nothing.
    """
    found: list[Scored] = []
    for source in sorted({row["source"] for row in rows}):
        others = [row for row in rows if row["source"] != source]
        fitted = fit(others, profiles, prior)
        # What the framework's name leaves open is known from more runs than what its absence does.
        spreads = {} if stated is in_full else spreads_from(score(map(as_planned, others), profiles, fitted))
        spreads |= spreads_from(score(map(stated, others), profiles, fitted))
        fitted = replace(fitted, spreads=spreads)
        found += score([stated(row) for row in rows if row["source"] == source], profiles, fitted)
    return found


def runs_of_kind(rows: Iterable[Row], kind: str) -> Counter[str]:
    """How many runs of each source are behind the spread of a name."""
    wanted = kind.removesuffix("-unsaid").removesuffix("-unnamed")

    def belongs(row: Row) -> bool:
        run = run_of(row)
        return wanted in ("any", *kinds_of(run.recipe, single=run.layout.devices == 1))

    return Counter(row["source"] for row in rows if belongs(row))


def spreads_of_all_ways(
    rows: Sequence[Row], profiles: Mapping[str, FrameworkProfile], prior: MemoryCalibration
) -> dict[str, Spread]:
    """The error spreads of runs of each kind, for each of the `WAYS` in which plans state them."""
    found: dict[str, Spread] = {}
    for stated in WAYS:
        found |= spreads_from(leave_one_source_out(rows, profiles, prior, stated))
    return found


GAPS = (0.0, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.21, 0.24, 0.27, 0.3)
"""Values that are tried for the share of activations between which gaps open."""


def fit_gaps(
    fitted: Sequence[Row],
    failed: Sequence[Row],
    profiles: Mapping[str, FrameworkProfile],
    calibration: MemoryCalibration,
) -> Fitted:
    """The share of gaps that tells runs that fitted from those that ran out of memory best.

    Least sum of the mean squared errors of the chance of fitting on both kinds (Brier scores), with the spreads of the
    calibration.
    """
    judged = []
    for truth, rows in ((1.0, fitted), (0.0, failed)):
        for row in rows:
            run = run_of(row)
            spread = spread_for(run.recipe, calibration, single=run.layout.devices == 1)
            judged.append((row["source"], truth, reserve_of(run, profile_of(row, profiles)), run.machine, spread))
    tried = [replace(calibration, gaps=value) for value in GAPS]
    misses: dict[tuple[str, float], list[list[float]]] = {}
    for source, truth, reserve, machine, spread in judged:
        chances = [chance_below(machine.usable_gib, reserve.needed(one), spread) for one in tried]
        misses.setdefault((source, truth), []).append([(truth - chance) ** 2 for chance in chances])

    def best(without: str | None) -> float:
        totals = [0.0] * len(GAPS)
        for kind in (0.0, 1.0):
            rows = [
                row for (source, truth), kept in misses.items() if truth == kind and source != without for row in kept
            ]
            for index in range(len(GAPS)):
                totals[index] += sum(row[index] for row in rows) / max(1, len(rows))
        return GAPS[totals.index(min(totals))]

    value = best(None)
    names = sorted({source for source, _ in misses})
    moved = {source: other for source in names if (other := best(source)) != value}
    return Fitted(value, Counter(source for source, *_ in judged), moved)


CHANCES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Limits of the chances that a reliability table counts together."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Runs whose stated chance of fitting lay between two limits: how many fitted, how many ran out of memory."""

    low: float
    high: float
    fitted: int
    failed: int


def reliability(
    fitted: Iterable[Row],
    failed: Iterable[Row],
    profiles: Mapping[str, FrameworkProfile],
    calibration: MemoryCalibration,
    stated: Stated = in_full,
) -> list[Reliability]:
    """What became of runs by the chance that was stated for them, stated as plans do."""
    chances: list[list[float]] = []
    for rows in (fitted, failed):
        views = [stated(row) for row in rows]
        chances.append(
            [estimate_memory(run_of(v), profile_of(v, profiles), calibration).probability_fits for v in views]
        )

    def within(low: float, high: float, values: Sequence[float]) -> int:
        return sum(low <= value < high or value == high == 1.0 for value in values)

    return [Reliability(low, high, *(within(low, high, kind) for kind in chances)) for low, high in pairwise(CHANCES)]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a group of runs was estimated; shares from 0 to 1."""

    runs: int
    mean_absolute_error: float
    bias: float
    within_ten_percent: float
    inside_range: float


def summarise(scored: Sequence[Scored]) -> Summary:
    """The summary of one group of at least one run."""
    n = len(scored)
    return Summary(
        runs=n,
        mean_absolute_error=sum(abs(one.relative) for one in scored) / n,
        bias=sum(one.relative for one in scored) / n,
        within_ten_percent=sum(abs(one.relative) <= 0.1 for one in scored) / n,
        inside_range=sum(one.inside for one in scored) / n,
    )


def by_group(scored: Sequence[Scored]) -> dict[str, Summary]:
    """Summaries by method and single or multi, `source / group` for each source, and `all`."""
    groups: dict[str, list[Scored]] = {"all": list(scored)}
    for one in scored:
        groups.setdefault(one.group, []).append(one)
        groups.setdefault(f"{one.source} / {one.group}", []).append(one)
    return {name: summarise(members) for name, members in groups.items()}
