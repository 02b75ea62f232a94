"""What the time estimate has learned from measurements: numbers built from `knowledge/calibration/time.yaml`.

Every constant there names the rows that made it. Times are seconds, rates bytes/s, shares between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from typing import Any

from advisor.estimates.run import Link, Machine, Recipe
from advisor.records import dataclass


@dataclass(frozen=True, slots=True)
class MatmulCurve:
    """Share of the peak that matrix products reach: `best`, halved at the sizes `m_half`, `n_half`, `k_half`.

    Cards whose power does not suffice for the peak reach `flops_per_joule` times their power instead: the L40S has
    twice the L40's peak and hardly more of a matrix rate.
    """

    best: float
    flops_per_joule: float
    m_half: float
    n_half: float
    k_half: float
    memory: float  # share of the bandwidth that a product bound by memory reaches
    start_s: float


@dataclass(frozen=True, slots=True)
class AttentionShares:
    """Share of the 16-bit peak that fused attention reaches on long sequences with 128-wide heads.

    It halves at the length `s_half`; narrower heads lose with `d_half` likewise.
    """

    forward: float
    backward: float
    s_half: float
    d_half: float


@dataclass(frozen=True, slots=True)
class DeviceSpeed:
    """One family of devices."""

    name: str
    compute_capabilities: tuple[float, ...]
    architectures: tuple[str, ...]
    matmul: dict[str, MatmulCurve]  # by precision; "bf16" also serves fp16
    attention: dict[str, AttentionShares]  # by kernel
    attention_peak: float | None  # 16-bit peak of the device on which attention was measured; None: shares hold for all
    bandwidth_share: float  # what streaming kernels reach of the bandwidth
    sustained: float  # rate of products in a training loop against the same products alone
    measured_kernels: bool
    sources: int  # of measured runs that spoke to its constants


@dataclass(frozen=True, slots=True)
class FrameworkSpeed:
    """How a framework's training loop spends time beside products and attention."""

    hidden_bytes: float  # bytes moved per token, layer and unit of hidden size, forward, outside products
    inner_bytes: float  # the same per unit of feed-forward width
    loss_bytes: float  # per token and vocabulary entry, both directions
    score_bytes: float  # per attention score without fused attention, forward
    kernels_per_layer: float  # kernels started per layer forward
    start_s: float  # host time to start one
    gradient_bytes: float  # per parameter in the reduction of gradients
    optimizer_bytes: float  # memory traffic of AdamW per parameter
    step_s: float  # fixed time per optimizer step: logging, clipping, synchronisation
    overlap: float  # share of compute behind which gradient and weight traffic hides
    shard_start_s: float  # host time to gather or scatter one unit of sharded weights
    adapter_units: bool  # each adapter matrix is a unit of its own under sharding
    shard_share: float  # share of the link's rate that gathering sharded weights reaches: copies, small messages
    expert_overlap: float  # share of compute behind which tokens on their way to experts hide
    tensor_overlap: float  # share of tensor-parallel traffic that is hidden
    interleaving: float  # pipeline chunks per device that its usual recipes have
    sequence_parallel: bool
    grouped_experts: bool
    own_attention: bool  # picks the fastest attention kernel of the device itself
    efficiency: float  # what remains: rate against the sum of all parts
    sources: int  # of measured runs that spoke to its constants


@dataclass(frozen=True, slots=True)
class LinkSpeed:
    """Measured share of a link's rate: for large messages, among more than two devices, without peer access."""

    share: float
    many: float
    share_without_p2p: float
    assumed_bytes_per_second: float


@dataclass(frozen=True, slots=True)
class Spread:
    """5th and 95th percentile of ln(measured/estimated step time), its rows and sources, and the median removed."""

    low: float
    high: float
    shift: float
    rows: int
    sources: int


@dataclass(frozen=True, slots=True)
class TimeCalibration:
    """All of it."""

    devices: tuple[DeviceSpeed, ...]
    frameworks: dict[str, FrameworkSpeed]
    framework_class: dict[str, str]  # framework id to a key of `frameworks`
    links: dict[str, LinkSpeed]
    assumed_network: Link
    unaligned_share: float  # what products reach whose weights have a side that is no multiple of 128
    straggle_per_doubling: float  # time added by each doubling of the nodes
    routing_bytes: float  # per token, chosen expert and unit of hidden size, forward: moving tokens to experts and back
    adapter_bytes: float  # per token and unit of inputs plus outputs of an adapted matrix, forward and backward
    adapter_kernels: float  # kernels per adapted matrix and direction
    dequantisation_bytes: float  # memory traffic per 4-bit weight and pass
    dequantisation_share: float  # share of the bandwidth that dequantisation reaches
    dequantisation_operations: float  # per weight and pass, at the fp32 rate: looking up and scaling
    padding_per_log_batch: float  # longest of b samples against their mean: 1 + this · ln b
    host_bytes_per_second: float  # per node, where not known
    nvme_bytes_per_second: float
    whole_run: float  # duration of a whole run against its steps: evaluation, checkpoints, stalls
    whole_run_prior: float  # the same before any row was read
    startup_s: float  # loading the model, first steps
    read_s: dict[str, float]  # seconds per random read of a sample, by storage
    decode_concurrency: float  # sequences that one device generates at a time in reinforcement learning
    spread: dict[str, Spread]
    widen: dict[str, float]  # standard deviations of ln(time) for what is not known

    def device_speed(self, machine: Machine) -> DeviceSpeed:
        """The family of a machine: by compute capability, else by architecture or platform, else the general one."""
        if machine.compute_capability is not None:
            for family in self.devices:
                if machine.compute_capability in family.compute_capabilities:
                    return family
        names = {(machine.architecture or "").lower(), machine.platform.lower()}
        for family in self.devices:
            if names & set(family.architectures):
                return family
        return self.devices[-1]

    def framework_speed(self, recipe: Recipe, machine: Machine) -> FrameworkSpeed:
        """The speed class of a recipe's framework on a machine."""
        return self.frameworks[self.class_of(recipe, machine)]

    def class_of(self, recipe: Recipe, machine: Machine) -> str:
        """The name of the speed class of a recipe's framework on a machine.

        Without fused attention, by choice or because the device is too old for it, a run uses the code paths of the
        years before it, which are slower throughout: a class of their own.
        """
        name = self.framework_class.get(recipe.framework, "eager")
        early = recipe.attention == "eager" or machine.fused_attention is False
        return f"{name}-early" if early and f"{name}-early" in self.frameworks else name


def at_path(tree: Any, path: str) -> Any:
    """The value at a dotted path of a calibration; members of a list go by their `name`. KeyError if there is none."""
    for part in path.split("."):
        if isinstance(tree, list):
            named = {one["name"]: one for one in tree}
            tree = named[part]
        else:
            tree = tree[part]
    return tree


def scalar_of(constant: Any) -> float:
    """The number that stands for a constant: of a table of attention shares its first."""
    while isinstance(constant, Mapping):
        constant = next(iter(constant.values()))
    return float(constant)


def with_constants(tree: Mapping[str, Any], constants: Mapping[str, float]) -> dict[str, Any]:
    """A calibration's tree with some constants replaced, by dotted path.

    A table of attention shares moves as a whole: `scalar_of` it becomes the number, the others keep their proportion.
    """
    copy: dict[str, Any] = deepcopy(dict(tree))
    for path, value in constants.items():
        above, _, last = path.rpartition(".")
        holder = at_path(copy, above) if above else copy
        holder[last] = _scaled(holder[last], value) if isinstance(holder[last], Mapping) else value
    return copy


def _scaled(shares: Mapping[str, Mapping[str, float]], value: float) -> dict[str, dict[str, float]]:
    """A table of attention shares moved by one factor; the sizes at which they halve stay."""
    factor = value / scalar_of(shares)
    return {
        kernel: {key: round(it * factor, 4) if key in {"forward", "backward"} else it for key, it in of.items()}
        for kernel, of in shares.items()
    }


def _plain(cls: type[Any], data: Mapping[str, Any]) -> Any:
    """A flat dataclass from a mapping; notes and source lists beside the numbers are left out."""
    return cls(**{f.name: data[f.name] for f in fields(cls)})


def _device(data: Mapping[str, Any]) -> DeviceSpeed:
    """One device family."""
    return DeviceSpeed(
        name=data["name"],
        compute_capabilities=tuple(float(c) for c in data.get("compute_capabilities", ())),
        architectures=tuple(str(a).lower() for a in data.get("architectures", ())),
        matmul={key: _plain(MatmulCurve, value) for key, value in data["matmul"].items()},
        attention={key: _plain(AttentionShares, value) for key, value in data["attention"].items()},
        attention_peak=data.get("attention_peak"),
        bandwidth_share=data["bandwidth_share"],
        sustained=data["sustained"],
        measured_kernels=data["measured_kernels"],
        sources=data["sources"],
    )


def time_calibration_from_dict(data: Mapping[str, Any]) -> TimeCalibration:
    """The calibration of `knowledge/calibration/time.yaml`, entry `time`; KeyError where a constant is missing.

    The last device family is the general one, for devices that no other matches.
    """
    network = data["assumed_network"]
    return TimeCalibration(
        devices=tuple(_device(value) for value in data["devices"]),
        frameworks={key: _plain(FrameworkSpeed, value) for key, value in data["frameworks"].items()},
        framework_class=dict(data["framework_class"]),
        links={key: _plain(LinkSpeed, value) for key, value in data["links"].items()},
        assumed_network=Link(network["kind"], network["bytes_per_second"], network["latency_s"]),
        unaligned_share=data["unaligned_share"],
        straggle_per_doubling=data["straggle_per_doubling"],
        routing_bytes=data["routing_bytes"],
        adapter_bytes=data["adapter_bytes"],
        adapter_kernels=data["adapter_kernels"],
        dequantisation_bytes=data["dequantisation_bytes"],
        dequantisation_share=data["dequantisation_share"],
        dequantisation_operations=data["dequantisation_operations"],
        padding_per_log_batch=data["padding_per_log_batch"],
        host_bytes_per_second=data["host_bytes_per_second"],
        nvme_bytes_per_second=data["nvme_bytes_per_second"],
        whole_run=data["whole_run"],
        whole_run_prior=data["whole_run_prior"],
        startup_s=data["startup_s"],
        read_s=dict(data["read_s"]),
        decode_concurrency=data["decode_concurrency"],
        spread={key: _plain(Spread, value) for key, value in data["spread"].items()},
        widen=dict(data["widen"]),
    )
