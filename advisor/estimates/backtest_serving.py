"""Scores the serving estimate on measured runs, each source judged by constants and spreads that the others made.

Rows are mappings of text as `knowledge/measured/serving.csv` holds them; reading the file is the caller's part.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from advisor.estimates.backtest_memory import Fitted
from advisor.estimates.memory import GIB
from advisor.estimates.run import Architecture, Layout, Machine, Recipe, Run, Serving
from advisor.estimates.serving import ServingCalibration, decode_rate, load_of, prefill_rate
from advisor.estimates.uncertainty import Spread, range_of, spread_of
from advisor.records import dataclass

Row = Mapping[str, str]
Kind = Literal["memory", "decode", "prefill"]
NO_ENGINE = frozenset({"transformers"})
"""Programs that start every kernel from Python and plan no memory: their rates say nothing of an engine."""

ENOUGH = 20
"""Runs from which on a source has its full weight."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One measured run beside its estimate: tokens per second of all devices, or GiB of one."""

    id: str
    source: str
    kind: Kind
    device: str
    measured: float
    estimated: float
    spread: Spread

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
        found = range_of(self.estimated, self.spread)
        return found.low <= self.measured <= found.high


def run_of(row: Row, machine: Callable[[str], Machine]) -> Run:
    """The model in use that a row states; `machine` gives a device by its id."""

    def whole(name: str) -> int:
        return int(row[name] or 0)

    architecture = Architecture(
        whole("layers"), whole("hidden"), whole("ffn"), whole("heads"), whole("kv_heads"), whole("head_dim"),
        whole("vocab"), row["tied"] == "1", row["gated"] == "1", experts=whole("experts"),
        experts_per_token=whole("experts_per_token"), expert_ffn_hidden_size=whole("expert_ffn"),
        shared_experts=whole("shared_experts"), shared_expert_ffn_hidden_size=whole("shared_ffn"),
        dense_layers=whole("dense_layers"),
    )  # fmt: skip
    length = whole("input_tokens") + whole("output_tokens")
    serving = Serving(max(1, whole("concurrency")), length, row["quantisation"], row["engine"])  # type: ignore[arg-type]  # the file's own test checks it
    layout = Layout(whole("devices"), nodes=max(1, whole("nodes")), tensor=whole("tensor"))
    return Run(architecture, Recipe("none"), layout, machine(row["device"]), serving=serving)


def _held_at_once(run: Run, calibration: ServingCalibration) -> int:
    """Requests whose caches fit on a group of devices beside the weights."""
    serving, tensor = _serving(run), run.layout.tensor
    low, high = 1, 4096
    while low < high:
        middle = (low + high + 1) // 2
        fits = load_of(run, calibration, serving, tensor, middle).total <= run.machine.usable_gib * GIB
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _serving(run: Run) -> Serving:
    if run.serving is None:
        raise ValueError("the run serves nothing")
    return run.serving


@dataclass(frozen=True, slots=True)
class Rate:
    """Tokens per second of all devices as a row counts them, and the part of the time that prompts take."""

    tokens_per_second: float
    reading: float


def rate_of(row: Row, run: Run, calibration: ServingCalibration) -> Rate | None:
    """The rate of a row: prompts are read first, then answers made at their mean length.

    A row without a number of requests had as many as the cache holds. None where the device's rates are unknown.
    """
    serving, tensor = _serving(run), run.layout.tensor
    prompt, answer = int(row["input_tokens"]), int(row["output_tokens"])
    groups = max(1, run.layout.devices // tensor)
    stated = serving.concurrent_requests if row["concurrency"] else None
    requests = max(1.0, stated / groups) if stated else float(_held_at_once(run, calibration))
    decoding = decode_rate(run, calibration, replace(serving, context_length=prompt + answer // 2), tensor, requests)
    reading = prefill_rate(run, calibration, replace(serving, context_length=prompt), tensor)
    if decoding is None or reading is None:
        return None
    read, made = requests * prompt / reading, requests * answer / decoding
    counted = answer if row["counted"] == "output" else prompt + answer
    return Rate(groups * requests * counted / (read + made), read / (read + made))


def score(rows: Iterable[Row], machine: Callable[[str], Machine], calibration: ServingCalibration) -> list[Scored]:
    """Estimates for all judged rows with one calibration: rates of engines, and memory where it is stated."""
    found = []
    for row in rows:
        if row["excluded"]:
            continue
        run = run_of(row, machine)
        about = (row["id"], row["source"])
        if row["memory_gib"]:
            load = load_of(run, calibration, _serving(run), run.layout.tensor, 1)
            fixed = load.fixed if row["memory_metric"] == "allocated" else 0.0
            measured, estimated = float(row["memory_gib"]), (load.total - fixed) / GIB
            found.append(Scored(*about, "memory", row["device"], measured, estimated, calibration.memory_spread))
        rate = rate_of(row, run, calibration) if row["engine"] not in NO_ENGINE else None
        if rate is not None:
            kind: Kind = "prefill" if rate.reading > 0.5 else "decode"
            spread = calibration.prefill_spread if kind == "prefill" else calibration.decode_spread
            measured = float(row["tokens_per_second"])
            found.append(Scored(*about, kind, row["device"], measured, rate.tokens_per_second, spread))
    return found


CANDIDATES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "bandwidth_share": (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8),
        "unpack_share": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
        "layer_seconds": (1e-5, 1.5e-5, 2e-5, 2.5e-5, 3e-5, 3.5e-5, 4e-5),
        "compute_share": (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7),
    }
)
"""Values that the fit tries for each constant."""


def _fit(rows: Sequence[Row], machine: Callable[[str], Machine], start: ServingCalibration) -> ServingCalibration:
    """The calibration with its fitted constants chosen on some runs, sources of enough runs weighing the same.

    One constant at a time, three rounds, least mean absolute log error of the rates. Without rates it is `start`.
    """
    judged = [row for row in rows if row["engine"] not in NO_ENGINE]

    def mean(calibration: ServingCalibration) -> float:
        rates = [one for one in score(judged, machine, calibration) if one.kind != "memory"]
        weights = _weights(rates)
        errors = sum(weight * abs(one.error) for weight, one in zip(weights, rates, strict=True))
        return errors / max(1e-9, sum(weights))

    best = start
    for _ in range(3):
        for name, values in CANDIDATES.items():
            changed: Iterable[dict[str, Any]] = ({name: value} for value in values)
            best = min((replace(best, **change) for change in changed), key=mean)
    return best


def _weights(scored: Sequence[Scored]) -> list[float]:
    """A source of many runs weighs no more than one of `ENOUGH`."""
    runs = Counter(one.source for one in scored)
    return [min(runs[one.source], ENOUGH) / runs[one.source] for one in scored]


def spreads_from(scored: Sequence[Scored]) -> dict[str, Spread]:
    """The error spread of each kind of rate. Memory keeps its own: no run here states that of an engine."""
    found = {}
    for kind in ("decode", "prefill"):
        members = [one for one in scored if one.kind == kind]
        if members:
            sources = len({one.source for one in members})
            found[kind] = spread_of([one.error for one in members], sources, _weights(members))
    return found


@dataclass(frozen=True, slots=True)
class Backtest:
    """Every source scored with what the others made, and what all of them make together."""

    scored: tuple[Scored, ...]
    calibration: ServingCalibration
    constants: Mapping[str, Fitted]


def backtest(rows: Sequence[Row], machine: Callable[[str], Machine], start: ServingCalibration) -> Backtest:
    """Fit and score with each source left out of its own calibration; `start` stands where the others say nothing."""
    best = _fit(rows, machine, start)
    scored: list[Scored] = []
    others = {}
    for source in sorted({row["source"] for row in rows}):
        rest = [row for row in rows if row["source"] != source]
        other = others[source] = _fit(rest, machine, start)
        spreads = spreads_from(score(rest, machine, other))
        scored += score([row for row in rows if row["source"] == source], machine, _with_spreads(other, spreads))
    runs = Counter(one.source for one in scored if one.kind != "memory")
    constants = {}
    for name in CANDIDATES:
        value = getattr(best, name)
        moved = {source: getattr(other, name) for source, other in others.items() if getattr(other, name) != value}
        constants[name] = Fitted(value, runs, moved)
    return Backtest(tuple(scored), _with_spreads(best, spreads_from(scored)), constants)


def _with_spreads(calibration: ServingCalibration, spreads: Mapping[str, Spread]) -> ServingCalibration:
    changed: dict[str, Any] = {f"{kind}_spread": spread for kind, spread in spreads.items()}
    return replace(calibration, **changed)
