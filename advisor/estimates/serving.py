"""Using a model as it is: device memory, devices needed, and tokens per second.

Memory is weights, the key-value cache of all requests at their full context, and the engine's own working space.
Decoding reads the weights once per step for all requests and every request's cache, so it is bound by memory
bandwidth until the batch is large enough for arithmetic to bind (arXiv 2211.05102, section 2; the cache is arXiv
2309.06180, section 2). Tensor parallelism cuts the weights evenly and the cache by key-value heads, no further.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from advisor.estimates import architecture as shape
from advisor.estimates.memory import GIB, Fits, Step, verdict
from advisor.estimates.run import Architecture, Machine, Range, Run, Serving
from advisor.estimates.uncertainty import Spread, chance_below, range_of
from advisor.records import dataclass

WEIGHT_BYTES: Mapping[str, float] = {
    "none": 2.0,
    "int8": 1.0 + 4 / 4096,
    "fp8": 1.0 + 4 / 4096,
    "int4": 0.5 + 2.5 / 128,
}
"""Bytes per weight in a layer's matrices; embedding and head stay in 16 bits."""

MOST_DEVICES = 1024


@dataclass(frozen=True, slots=True)
class ServingCalibration:
    """Constants of the serving estimate and their spread."""

    context_gib: float
    communicator_gib: float
    graphs_gib: float  # captured graphs and the engine's own buffers
    prefill_chunk: float  # tokens that an engine works on at once
    bandwidth_share: float  # of the datasheet bandwidth that decoding reaches
    unpack_share: float  # of that again, where kernels unpack integer weights of 4 or 8 bits
    compute_share: float  # of the dense peak that prefill and large batches reach
    layer_seconds: float  # fixed time per layer and step: kernel launches, norms
    memory_spread: Spread
    decode_spread: Spread
    prefill_spread: Spread


@dataclass(frozen=True, slots=True)
class ServingEstimate:
    """A served model. Memory in GiB of one device, rates in tokens per second of all devices together."""

    per_device: Range
    usable_gib: float
    probability_fits: float
    fits: Fits
    parts: Mapping[str, float]  # weights, cache, overhead: sum to per_device.likely
    tensor_parallel: int
    replicas: int
    devices_needed: int | None  # None: no number of such devices is enough
    tokens_per_second: Range | None  # None: the bandwidth is unknown
    prefill_tokens_per_second: Range | None  # None: the peak rate is unknown
    cache_bytes_per_request: float
    trace: tuple[Step, ...]


def calibration_from_dict(values: Mapping[str, Any]) -> ServingCalibration:
    """The calibration of `knowledge/calibration/serving.yaml`, entry `serving`; KeyError names what is missing."""
    made: dict[str, Any] = {name: float(entry["value"]) for name, entry in values["constants"].items()}
    for name, entry in values["spreads"].items():
        errors = tuple(float(e) for e in entry["errors"])
        made[f"{name}_spread"] = Spread(errors, int(entry["runs"]), int(entry["sources"]))
    return ServingCalibration(**made)


def weight_bytes(a: Architecture, serving: Serving) -> float:
    """Bytes of all weights as they are stored for serving."""
    tables = min(shape.embedding_parameters(a), shape.parameters(a))
    plain = 2.0 if serving.quantisation != "none" else WEIGHT_BYTES["none"]
    return WEIGHT_BYTES[serving.quantisation] * (shape.parameters(a) - tables) + plain * tables


def cache_value_bytes(serving: Serving) -> float:
    """Bytes of one cached number: 16 bits, but 8 in the FP8 checkpoints that TensorRT-LLM is served with.

    Source: TensorRT-LLM documentation, performance overview (FP8 checkpoints state an FP8 cache).
    """
    return 1.0 if serving.engine == "tensorrt-llm" and serving.quantisation == "fp8" else 2.0


def request_cache_bytes(a: Architecture, serving: Serving) -> float:
    """Bytes of one request's cache at its full context, on all devices together."""
    return shape.kv_cache_bytes(a, serving.context_length, cache_value_bytes(serving))


def cache_share(a: Architecture, tensor: int) -> float:
    """Part of a request's cache that one of `tensor` devices holds: heads are not cut, a latent is on every device."""
    return 1.0 if a.latent is not None else 1.0 / min(tensor, max(1, a.kv_heads))


def group_sizes(a: Architecture, most: int) -> list[int]:
    """Tensor-parallel degrees that engines accept: powers of two that divide the attention heads."""
    sizes = [1]
    while sizes[-1] * 2 <= most and a.attention_heads % (sizes[-1] * 2) == 0:
        sizes.append(sizes[-1] * 2)
    return sizes


@dataclass(frozen=True, slots=True)
class Load:
    """Bytes of one device in a group of `tensor` devices that serves `requests` requests."""

    weights: float
    cache: float
    working: float  # of a prefill chunk, and logits
    fixed: float  # context, graphs, communication

    @property
    def overhead(self) -> float:
        """What is neither weights nor cache."""
        return self.working + self.fixed

    @property
    def total(self) -> float:
        """All of it."""
        return self.weights + self.cache + self.overhead


def load_of(run: Run, calibration: ServingCalibration, serving: Serving, tensor: int, requests: float) -> Load:
    """Bytes of one device while a group of `tensor` devices holds so many requests at their full context."""
    a = run.architecture
    weights = weight_bytes(a, serving) / tensor
    # A cache block holds 16 tokens; the last one of a request is half empty on average.
    per_request = shape.kv_cache_bytes(a, serving.context_length + 8, cache_value_bytes(serving))
    cache = per_request * cache_share(a, tensor) * requests
    chunk = min(calibration.prefill_chunk, serving.context_length)
    width = max(a.ffn_hidden_size, a.experts_per_token * a.expert_ffn_hidden_size)
    working = chunk * (2.0 * (2 + a.gated_mlp) * width / tensor + 8.0 * a.hidden_size)
    logits = 6.0 * requests * a.vocab_size / tensor
    fixed = calibration.context_gib + calibration.graphs_gib + (calibration.communicator_gib if tensor > 1 else 0.0)
    return Load(weights, cache, working + logits, fixed * GIB)


def _placing(run: Run, calibration: ServingCalibration, serving: Serving, devices: int) -> tuple[int, int]:
    """The tensor-parallel degree and the number of replicas on so many devices: the smallest group that fits."""
    a = run.architecture
    if run.recipe.method == "none" and run.layout.tensor > 1:
        return run.layout.tensor, max(1, devices // run.layout.tensor)
    sizes = group_sizes(a, max(1, devices))
    usable = run.machine.usable_gib * GIB
    for tensor in sizes:
        replicas = max(1, devices // tensor)
        requests = math.ceil(serving.concurrent_requests / replicas)
        load = load_of(run, calibration, serving, tensor, requests)
        if chance_below(usable, load.total, calibration.memory_spread) >= 0.9:
            return tensor, replicas
    return sizes[-1], max(1, devices // sizes[-1])


def _devices_needed(run: Run, calibration: ServingCalibration, serving: Serving) -> int | None:
    """The smallest number of devices that holds weights and caches: groups of one size, requests spread over them."""
    usable = run.machine.usable_gib * GIB
    best: int | None = None
    for tensor in group_sizes(run.architecture, MOST_DEVICES):

        def fits(requests: int, tensor: int = tensor) -> bool:
            load = load_of(run, calibration, serving, tensor, requests)
            return bool(chance_below(usable, load.total, calibration.memory_spread) >= 0.9)

        if not fits(1):
            continue
        low, high = 1, max(1, serving.concurrent_requests)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(middle) else (low, middle - 1)
        found = tensor * math.ceil(serving.concurrent_requests / low)
        if best is None or found < best:
            best = found
    return best if best is None or best <= MOST_DEVICES else None


def touched_weights(a: Architecture, serving: Serving, requests: float) -> float:
    """Bytes of weights that one decoding step reads: all of a dense model, the chosen experts of a sparse one.

    With E experts and k chosen per token, r tokens meet E·(1 − (1 − k/E)^r) of them on average.
    """
    everything = weight_bytes(a, serving) - 2.0 * shape.input_embedding_parameters(a) * (not a.tied_embeddings)
    if not a.experts:
        return everything
    scale = shape.parameters(a) / shape.counted_parameters(a)
    experts = WEIGHT_BYTES[serving.quantisation] * shape.expert_parameters(a) * scale
    met = 1.0 - math.pow(1.0 - min(1.0, a.experts_per_token / a.experts), max(1.0, requests))
    return everything - experts * (1 - met)


def _peak(machine: Machine, serving: Serving) -> float | None:
    wanted = ("fp8", "bf16", "fp16", "fp32") if serving.quantisation == "fp8" else ("bf16", "fp16", "fp32")
    return next((machine.peak[name] for name in wanted if machine.peak.get(name)), None)


def decode_rate(
    run: Run, calibration: ServingCalibration, serving: Serving, tensor: int, requests: float
) -> float | None:
    """Tokens per second of one group while `requests` requests decode at full context; None without a bandwidth."""
    a, machine = run.architecture, run.machine
    if machine.bandwidth is None:
        return None
    cache = request_cache_bytes(a, serving) * cache_share(a, tensor) * requests
    unpacking = calibration.unpack_share if serving.quantisation in ("int4", "int8") else 1.0
    read = touched_weights(a, serving, requests) / tensor / unpacking + cache
    seconds = read / (machine.bandwidth * calibration.bandwidth_share)
    peak = _peak(machine, serving)
    if peak is not None:
        work = 2.0 * shape.matmul_parameters(a) * requests
        work += shape.attention_flops_per_token(a, serving.context_length, causal=False) * requests
        seconds = max(seconds, work / tensor / (peak * calibration.compute_share))
    seconds += a.layers * calibration.layer_seconds
    if tensor > 1:
        # Two sums over the group in every layer: a start each, and 2·(t−1)/t of the activations over the link.
        message = 2.0 * a.hidden_size * requests
        rate = machine.link.bytes_per_second or machine.pcie_bytes_per_second
        seconds += 2 * a.layers * (machine.link.latency_s + (2 * message / rate if rate else 0.0))
    return requests / seconds


def prefill_rate(run: Run, calibration: ServingCalibration, serving: Serving, tensor: int) -> float | None:
    """Prompt tokens per second of one group; None without a peak rate."""
    peak = _peak(run.machine, serving)
    if peak is None:
        return None
    a = run.architecture
    work = 2.0 * shape.matmul_parameters(a) + shape.attention_flops_per_token(a, serving.context_length, causal=True)
    return peak * calibration.compute_share * tensor / work


def estimate_serving(run: Run, calibration: ServingCalibration) -> ServingEstimate:
    """Memory, fit, devices needed and rates of a model in use.

    `run.serving` must be set, else ValueError. A stated tensor-parallel degree is kept; else the smallest group of
    devices that fits is replicated over all of them.
    """
    serving = run.serving
    if serving is None:
        raise ValueError("the run serves nothing")
    serving = replace(serving, concurrent_requests=max(1, serving.concurrent_requests))
    devices = max(1, run.layout.devices)
    tensor, replicas = _placing(run, calibration, serving, devices)
    requests = math.ceil(serving.concurrent_requests / replicas)
    load = load_of(run, calibration, serving, tensor, requests)
    total = load.total / GIB
    probability = chance_below(run.machine.usable_gib, total, calibration.memory_spread)
    used = min(replicas, serving.concurrent_requests)
    decoding = decode_rate(run, calibration, serving, tensor, serving.concurrent_requests / used)
    prefill = prefill_rate(run, calibration, serving, tensor)
    return ServingEstimate(
        per_device=range_of(total, calibration.memory_spread),
        usable_gib=run.machine.usable_gib,
        probability_fits=probability,
        fits=verdict(probability),
        parts={"weights": load.weights / GIB, "cache": load.cache / GIB, "overhead": load.overhead / GIB},
        tensor_parallel=tensor,
        replicas=replicas,
        devices_needed=_devices_needed(run, calibration, serving),
        tokens_per_second=None if decoding is None else range_of(decoding * used, calibration.decode_spread),
        prefill_tokens_per_second=None if prefill is None else range_of(prefill * replicas, calibration.prefill_spread),
        cache_bytes_per_request=request_cache_bytes(run.architecture, serving),
        trace=_trace(run, serving, load, tensor, requests),
    )


def _trace(run: Run, serving: Serving, load: Load, tensor: int, requests: int) -> tuple[Step, ...]:
    a = run.architecture
    given: dict[str, float | int | str] = {
        "t": tensor, "requests": requests, "s": serving.context_length, "quantisation": serving.quantisation,
        "L": a.layers, "k": a.kv_heads, "d": a.head_dim,
    }  # fmt: skip
    cached: dict[str, float | int | str] = {
        **given, "values": shape.kv_cache_bytes(a, serving.context_length, 1.0),
        "bytes": cache_value_bytes(serving), "part": cache_share(a, tensor),
    }  # fmt: skip
    return (
        Step("weights", "bytes per weight × N / t", given, load.weights / GIB, "GiB", "advisor"),
        Step("cache", "requests × cached values of one × bytes × part on a device", cached, load.cache / GIB, "GiB",
             "vllm-paper"),
        Step("overhead", "working space of a prefill chunk + logits + graphs + context", given, load.overhead / GIB,
             "GiB", "calibration-serving"),
    )  # fmt: skip
