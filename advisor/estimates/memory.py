"""Peak device memory of a training run, its parts, and the chance that it fits.

The peak is the worst phase of the worst device: after the loss (all stored activations and the logits), in the
backward pass (stored activations and one layer at work), at its end (all gradients), or in the optimizer step
(gradients, states and the step's own copies). A device's figure has three layers: what the framework hands out
(allocated), what its allocator holds (reserved), and what the driver shows (with the context and the communication
library's buffers).

Everything is in bytes inside and in GiB outside. Sources stand beside the formulas in `memory_states` and
`memory_activations`; constants and error spreads come with the calibration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any, Literal

from advisor.estimates import architecture as shape
from advisor.estimates.elementwise import Number, holds_anywhere, larger, smaller, where, where_all
from advisor.estimates.frameworks import FrameworkProfile
from advisor.estimates.memory_activations import Activations, count_activations
from advisor.estimates.memory_states import (
    Share,
    States,
    checkpoint_bytes,
    hold,
    micro_batches_in_flight,
    quantisation_workspace,
    share_of_stage,
    state_bytes_total,
)
from advisor.estimates.run import Range, Recipe, Run
from advisor.estimates.uncertainty import Spread, chance_below, range_of
from advisor.records import dataclass

GIB = 2.0**30
FULL = 0.97
"""Part of a device that a caching allocator fills before it gives cached blocks back: large blocks come in 2 MiB
units, and the last request that does not fit triggers the return."""

Fits = Literal["yes", "likely", "unlikely", "no"]
Metric = Literal["allocated", "reserved", "device"]
PARTS = ("weights", "gradients", "optimizer", "activations", "logits", "overhead")


@dataclass(frozen=True, slots=True)
class MemoryCalibration:
    """Constants that were fitted on measured runs, and how wrong the estimate was on the rest."""

    context_gib: float  # driver context and libraries of one process
    communicator_gib: float  # buffers of the communication library for one group of devices
    workspace_gib: float  # matrix-product workspaces and small tensors that no formula counts
    reserve_floor: float  # allocator slack that cannot be given back, part of what is allocated
    gaps: float  # part of activation memory that lies between blocks in use and cannot serve the next one
    reserve_activations: float  # part of activation memory that stays cached in blocks of the wrong size
    reserve_ragged: float  # part of all activation memory, where sizes change from step to step
    host_base_gib: float  # operating system and data pipeline of a node
    spreads: Mapping[str, Spread]  # by kind and what is left open, see `kinds_of` and `left_open`


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of the trace: what it is called, its formula, what went in, what came out."""

    name: str
    formula: str
    inputs: Mapping[str, float | int | str]
    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Memory of a training run; all figures in GiB unless the name says otherwise, per device for the worst device."""

    per_device: Range  # what the driver shows: context, communication buffers and reserved memory
    reserved: Range
    allocated: Range
    needed: Range  # what the driver must give; beyond the device's memory the other three stop at it
    usable_gib: float
    probability_fits: float
    fits: Fits
    parts: Mapping[str, float]  # `PARTS`, summing to per_device.likely
    host_gib_per_node: Range
    checkpoint_gib: float
    weights_checkpoint_gib: float  # adapters alone where adapters are trained
    peak_phase: str
    peak_stage: int  # pipeline stage of the worst device
    phases: Mapping[str, float]  # allocated GiB of the worst device in each phase
    state_bytes_total: float  # weights, gradients and optimizer states of the whole job
    zero_stage: int  # sharding that was counted
    trace: tuple[Step, ...]


def calibration_from_dict(values: Mapping[str, Any]) -> MemoryCalibration:
    """The calibration of `knowledge/calibration/memory.yaml`, entry `memory`; KeyError names what is missing."""
    constants = values["constants"]
    spreads = {
        kind: Spread(tuple(float(e) for e in entry["errors"]), int(entry["runs"]), int(entry["sources"]))
        for kind, entry in values["spreads"].items()
    }
    return MemoryCalibration(**{name: float(entry["value"]) for name, entry in constants.items()}, spreads=spreads)


def verdict(probability: float) -> Fits:
    """Words for a chance of fitting."""
    if probability >= 0.9:
        return "yes"
    if probability >= 0.5:
        return "likely"
    return "unlikely" if probability >= 0.1 else "no"


def method_class(recipe: Recipe) -> str:
    """full, lora or qlora: what decides the size of an error."""
    if not recipe.adapters:
        return "full"
    return "qlora" if recipe.quantisation else "lora"


def left_open(recipe: Recipe) -> str:
    """What a plan leaves open of what decides memory, as the end of a spread's name.

    Empty: nothing, it says too whether kernels are fused; `-unsaid`: whether they are, and the versions at work;
    `-unnamed`: the framework itself.
    """
    if not recipe.framework_named:
        return "-unnamed"
    return "" if "training.fused_kernels" in recipe.stated else "-unsaid"


def kinds_of(recipe: Recipe, *, single: bool) -> tuple[str, str]:
    """The kind of a run: its method class and whether it is on one device or on several, and the latter for any method.

    Several devices bring what one has not: buffers, gathered layers, ways to cut the work.
    """
    count = "single" if single else "multi"
    return f"{method_class(recipe)}-{count}", f"any-{count}"


def spread_for(recipe: Recipe, calibration: MemoryCalibration, *, single: bool) -> Spread:
    """The error spread of a kind of run, drawn towards that of any method, wider where few sources stand behind it.

    What the absence of a framework's name leaves open is drawn towards runs that name it, which are known better.
    """
    spreads, end = calibration.spreads, left_open(recipe)
    kind, wider = kinds_of(recipe, single=single)
    everything = spreads.get(f"{wider}-unsaid" if end else wider) or spreads["any"]
    found = spreads.get(f"{kind}{end}", everything)
    # One source's errors hide what the next source will do differently.
    return found.towards(everything, 2 / (2 + found.sources)).widened(1.0 + 0.5 / max(1, found.sources))


@dataclass(frozen=True, slots=True)
class _Device:
    """What one device of a pipeline stage holds."""

    stage: int
    share: Share
    states: States
    activations: Activations
    workspace: float
    recomputes: bool

    def phases(self, gradients_between: Number) -> dict[str, Number]:
        """Allocated bytes in every phase of a training step."""
        s, a = self.states, self.activations
        rest = s.weights + s.optimizer + s.reference + s.buckets + self.workspace
        held = s.gradients * gradients_between
        return {
            "loss": rest + held + s.gathered + s.casts + a.stored + a.loss,
            # Recomputed layers cast their weights anew, one layer at a time.
            "backward": rest + held + s.gathered + s.casts * (not self.recomputes) + a.stored + a.live + a.retained,
            "backward-end": rest + s.gradients + s.gathered + a.live,
            "optimizer-step": rest + s.gradients + s.step,
        }


def communicators(run: Run) -> Number:
    """Groups of devices that one device talks in: one for each way of cutting the work."""
    y = run.layout
    return sum(degree > 1 for degree in (y.data, y.tensor, y.pipeline, y.context, y.expert))


def tokens_per_micro_batch(run: Run) -> Number:
    """Tokens whose activations one device works on: b·s/c, twice that for pairs of answers."""
    r = run.recipe
    pairs = 2 if r.method == "preference" else 1
    return pairs * r.micro_batch * r.sequence_length / run.layout.context


def _stages(pipeline: Number) -> Iterator[Number]:
    """The pipeline stages that can be the worst: first, second, last."""
    yield 0
    if holds_anywhere(pipeline > 1):
        yield smaller(1, pipeline - 1)
    if holds_anywhere(pipeline > 2):
        yield pipeline - 1


def _device(run: Run, profile: FrameworkProfile, stage: Number) -> _Device:
    """What a device of a pipeline stage holds."""
    share = share_of_stage(run.architecture, run.layout, stage)
    activations = count_activations(
        run.architecture,
        run.recipe,
        profile,
        tokens_per_micro_batch(run),
        run.layout.tensor,
        share.layers,
        micro_batches_in_flight(run.layout, run.recipe.accumulation, stage),
        share.last,
        sharded=(run.recipe.zero_stage >= 3) & (run.layout.data * run.layout.context > 1),
    )
    workspace = quantisation_workspace(run.architecture, run.recipe)
    return _Device(stage, share, hold(run, profile, share), activations, workspace, run.recipe.recompute == "full")


@dataclass(frozen=True, slots=True)
class Reserve:
    """What the allocator and the driver add to one device's allocated memory, before any calibrated constant. GiB."""

    allocated: float  # at the peak
    steady: float  # the largest phase without activations, where nothing hinders the allocator
    working: float  # the largest phase with activations
    gathered: float  # kept for gathered layers beside them
    logits: float  # kept for the logits beside other phases
    activations: float  # what the calibrated share applies to
    live_blocks: float  # activations of the backward pass, between which gaps open
    ragged: Number  # whether what is in memory changes in size from step to step
    groups: int  # groups of devices that one device talks in

    def context(self, calibration: MemoryCalibration) -> Number:
        """The driver's context and the communication library's buffers."""
        return calibration.context_gib + calibration.communicator_gib * self.groups

    def needed(self, calibration: MemoryCalibration) -> Number:
        """What the driver must give for every phase to succeed.

        Blocks in use cannot be moved together, so activations of many sizes leave gaps, and gathered layers wait for
        their stream. In the optimizer step neither is there.
        """
        gaps = calibration.gaps * self.live_blocks + self.gathered
        slack = 1 + calibration.reserve_floor
        worst = larger(self.steady * slack, self.working * slack + gaps)
        return worst + calibration.workspace_gib + self.context(calibration)

    def reserved(self, calibration: MemoryCalibration, usable_gib: float) -> Number:
        """What the caching allocator holds at the peak, up to what the device has.

        It keeps blocks of one phase that the next cannot use, and gives them back when the device is full; so the
        figure rises to the limit and stays there while what is needed stays below it.
        """
        share = where(self.ragged, calibration.reserve_ragged, calibration.reserve_activations)
        least = (self.allocated + calibration.workspace_gib) * (1 + calibration.reserve_floor)
        cached = self.logits + self.gathered + share * self.activations
        return larger(least, smaller(least + cached, FULL * (usable_gib - self.context(calibration))))


def _gradients_between(run: Run, profile: FrameworkProfile) -> Number:
    """Whether gradients are in memory while the next micro-batch runs."""
    return profile.gradients_persist | (run.recipe.accumulation > 1) | (run.layout.pipeline > 1)


@dataclass(frozen=True, slots=True)
class _Peak:
    """The device with the highest peak, and its phases in bytes."""

    device: _Device
    phases: Mapping[str, Number]
    allocated: Number  # the largest phase


def _peak(run: Run, profile: FrameworkProfile) -> _Peak:
    between = _gradients_between(run, profile)
    worst: _Peak | None = None
    for stage in _stages(run.layout.pipeline):
        device = _device(run, profile, stage)
        phases = device.phases(between)
        found = _Peak(device, phases, reduce(larger, phases.values()))
        worst = found if worst is None else where_all(found.allocated > worst.allocated, found, worst)
    assert worst is not None  # noqa: S101 - there is always a first stage
    return worst


def reserve_of(run: Run, profile: FrameworkProfile) -> Reserve:
    """The worst device's memory as far as it follows from the run and the framework alone."""
    return _reserve(run, profile, _peak(run, profile))


def _reserve(run: Run, profile: FrameworkProfile, peak: _Peak) -> Reserve:
    a, s, phases = peak.device.activations, peak.device.states, peak.phases
    # Sizes of blocks change from step to step with samples of different lengths, and with what the router sends to an
    # expert-parallel rank.
    ragged = (not run.recipe.packing) | (run.layout.expert > 1)
    loss = 0.0 if run.recipe.chunked_loss else a.loss
    return Reserve(
        allocated=peak.allocated / GIB,
        steady=larger(phases["backward-end"], phases["optimizer-step"]) / GIB,
        working=larger(phases["loss"], phases["backward"]) / GIB,
        gathered=profile.gathered_cached * s.gathered / GIB,
        logits=profile.loss_cached * loss / GIB,
        activations=(a.stored + where(ragged, larger(a.loss, a.live), a.live)) / GIB,
        live_blocks=(a.stored + a.retained) / GIB,
        ragged=ragged,
        groups=communicators(run),
    )


@dataclass(frozen=True, slots=True)
class MemoryFigures:
    """What a choice between layouts turns on, in GiB: numbers, or arrays where the run holds arrays."""

    per_device: Number  # the likely figure of the worst device, as the driver shows it
    reserved: Number
    allocated: Number
    needed: Number  # what the driver must give; the chance of fitting is that of this figure
    usable: float
    probability_fits: Number
    host_gib_per_node: Range


def memory_figures(run: Run, profile: FrameworkProfile, calibration: MemoryCalibration) -> MemoryFigures:
    """The memory of a run, or of each candidate of a run that holds arrays, without parts and trace.

    The same formulas as `estimate_memory`, which says what is asked of a run.
    """
    peak = _peak(run, profile)
    reserve = _reserve(run, profile, peak)
    return _figures(run, profile, calibration, peak, reserve, _spreads(run, calibration))


def _figures(
    run: Run,
    profile: FrameworkProfile,
    calibration: MemoryCalibration,
    peak: _Peak,
    reserve: Reserve,
    spreads: Mapping[bool, Spread],
) -> MemoryFigures:
    usable = run.machine.usable_gib
    if run.machine.unified_memory:
        # The host's own needs come out of the same memory.
        usable = max(0.0, usable - calibration.host_base_gib)
    reserved = reserve.reserved(calibration, usable)
    needed = reserve.needed(calibration)
    chances = [chance_below(usable, needed, spread) for spread in spreads.values()]
    return MemoryFigures(
        per_device=reserved + reserve.context(calibration),
        reserved=reserved,
        allocated=reserve.allocated + calibration.workspace_gib,
        needed=needed,
        usable=usable,
        probability_fits=chances[0] if len(chances) == 1 else where(run.layout.devices == 1, *chances),
        host_gib_per_node=_host(run, profile, calibration, peak.device),
    )


def _spreads(run: Run, calibration: MemoryCalibration) -> dict[bool, Spread]:
    """Error spreads of what the run's candidates are, by whether they are on one device."""
    alone = run.layout.devices == 1
    kinds = [single for single in (True, False) if holds_anywhere(alone == single)]
    return {single: spread_for(run.recipe, calibration, single=single) for single in kinds}


def estimate_memory(run: Run, profile: FrameworkProfile, calibration: MemoryCalibration) -> MemoryEstimate:
    """Peak memory of the worst device of a run, with its uncertainty, its parts and how it was found.

    The run must train something (`method` other than `none`) and hold no arrays (`memory_figures` takes those). Never
    raises for odd layouts: layers that do not divide are given to the first stages, other degrees divide as real
    numbers.
    """
    peak = _peak(run, profile)
    reserve = _reserve(run, profile, peak)
    spreads = _spreads(run, calibration)
    (spread,) = spreads.values()
    figures = _figures(run, profile, calibration, peak, reserve, spreads)
    device, phases = peak.device, peak.phases
    peak_phase = max(phases, key=lambda name: phases[name])
    whole, weights_only = checkpoint_bytes(run, profile)
    return MemoryEstimate(
        per_device=range_of(figures.per_device, spread),
        reserved=range_of(figures.reserved, spread),
        allocated=range_of(figures.allocated, spread),
        needed=range_of(figures.needed, spread),
        usable_gib=figures.usable,
        probability_fits=figures.probability_fits,
        fits=verdict(figures.probability_fits),
        parts=_parts(device, peak_phase, _gradients_between(run, profile), figures.per_device),
        host_gib_per_node=figures.host_gib_per_node,
        checkpoint_gib=whole / GIB,
        weights_checkpoint_gib=weights_only / GIB,
        peak_phase=peak_phase,
        peak_stage=device.stage,
        phases={name: value / GIB for name, value in phases.items()},
        state_bytes_total=state_bytes_total(run, profile),
        zero_stage=run.recipe.zero_stage,
        trace=_trace(run, profile, calibration, device, phases, reserve, figures.reserved),
    )


def _parts(device: _Device, phase: str, between: bool, total_gib: float) -> dict[str, float]:
    """The peak split by what the memory is for, in GiB; overhead is what is left of the whole."""
    s, a = device.states, device.activations
    gradients = s.gradients if between or phase in ("backward-end", "optimizer-step") else 0.0
    casts = s.casts if phase == "loss" or (phase == "backward" and not device.recomputes) else 0.0
    activations = {
        "loss": a.stored,
        "backward": a.stored + a.live + a.retained,
        "backward-end": a.live,
        "optimizer-step": 0.0,
    }[phase]
    found = {
        "weights": (s.weights + s.reference + casts) / GIB,
        "gradients": gradients / GIB,
        "optimizer": (s.optimizer + (s.step if phase == "optimizer-step" else 0.0)) / GIB,
        "activations": activations / GIB,
        "logits": (a.loss if phase == "loss" else 0.0) / GIB,
    }
    return {**found, "overhead": total_gib - sum(found.values())}


def _host(run: Run, profile: FrameworkProfile, calibration: MemoryCalibration, device: _Device) -> Range:
    """Host memory of one node: worker processes, what is offloaded, and pinned copies of it."""
    per_node = run.layout.per_node
    offloaded = per_node * (device.states.host + device.activations.host) / GIB
    if run.recipe.offload == "nvme":
        # States live on the drive; buffers of a few layers stay in memory.
        offloaded = 0.1 * offloaded
    fixed = calibration.host_base_gib + per_node * profile.host_gib_per_device
    weights = 2 * shape.parameters(run.architecture) / GIB
    # Loading passes the weights through the host once; a framework that does it once per process needs them n times.
    return Range(
        fixed + offloaded, fixed + offloaded * 1.1 + 0.25 * weights, fixed + offloaded * 1.5 + per_node * weights
    )


def _trace(
    run: Run,
    profile: FrameworkProfile,
    calibration: MemoryCalibration,
    device: _Device,
    phases: Mapping[str, float],
    reserve: Reserve,
    reserved: float,
) -> tuple[Step, ...]:
    """Every figure of the worst device with its formula; a step without a source is our own sum."""
    context = reserve.context(calibration)
    s, a, share = device.states, device.activations, device.share
    r, y = run.recipe, run.layout
    cut: dict[str, float | int | str] = {
        "N_device": share.total, "zero": r.zero_stage, "n": y.data * y.context, "t": y.tensor,
        "p": y.pipeline, "e": y.expert, "stage": device.stage, "framework": profile.id,
    }  # fmt: skip
    work: dict[str, float | int | str] = {
        "b": r.micro_batch, "s": r.sequence_length, "c": y.context, "t": y.tensor, "L_stage": share.layers,
        "recompute": r.recompute, "attention": r.attention,
    }  # fmt: skip

    def gib(name: str, formula: str, inputs: Mapping[str, float | int | str], value: float, source: str) -> Step:
        return Step(name, formula, inputs, value / GIB, "GiB", source)

    return (
        gib("weights", "bytes per weight × N_device (/ n under ZeRO-3)", cut, s.weights, "zero-paper"),
        gib("gradients", "bytes per gradient × trained N_device (/ n from ZeRO-2)", cut, s.gradients, "zero-paper"),
        gib("optimizer", "(master + moments) × trained N_device (/ n from ZeRO-1)", cut, s.optimizer, "zero-paper"),
        gib("optimizer-step", "copies of the step × updated parameters", cut, s.step, "fms-acceleration-benchmarks"),
        gib(
            "gathered-layers", "whole layers and tables while they are worked on", cut, s.gathered, "pytorch-fsdp-docs"
        ),
        gib("buckets", "reduce and gather buckets", cut, s.buckets, "deepspeed-docs"),
        gib("frozen-copies", "reference model, generator", cut, s.reference, "dpo-paper"),
        gib(
            "stored-activations",
            "b·s/c × L_stage × bytes per token and layer × micro-batches in flight",
            work,
            a.stored,
            "activation-recompute-paper",
        ),
        gib(
            "layer-at-work",
            "b·s/c × (recomputed layer + gradients inside it)",
            work,
            a.live,
            "activation-recompute-paper",
        ),
        gib(
            "logits-and-loss",
            "b·s/c × V/t × bytes per logit",
            {**work, "V": run.architecture.vocab_size},
            a.loss,
            "fms-acceleration-benchmarks",
        ),
        *(gib(f"phase-{name}", "sum of what lives in the phase", {}, value, "") for name, value in phases.items()),
        Step(
            "allocated",
            "largest phase + workspaces",
            {"workspace_gib": calibration.workspace_gib},
            reserve.allocated + calibration.workspace_gib,
            "GiB",
            "",
        ),
        Step(
            "reserved",
            "allocated × (1 + floor) + cached blocks, up to the device",
            {"floor": calibration.reserve_floor, "logits": reserve.logits, "gathered": reserve.gathered},
            reserved,
            "GiB",
            "fms-acceleration-benchmarks",
        ),
        Step(
            "per-device",
            "reserved + context + communication buffers",
            {"context_gib": calibration.context_gib, "groups": reserve.groups},
            reserved + context,
            "GiB",
            "fms-acceleration-benchmarks",
        ),
    )
