"""How long a run takes: seconds of one optimizer step from the hardware up, then hours, days and the calendar.

A step is the sum of its parts: products and attention at measured rates, what the bandwidth bounds, recomputation,
communication that nothing hides, the pipeline's bubble, offload, the optimizer. Symbols are those of
`advisor.estimates.run`. Every constant comes from a `TimeCalibration`; nothing here reads a file.
"""

from __future__ import annotations

import math
from dataclasses import field, replace

from advisor.estimates.architecture import (
    active_parameters,
    attention_flops_per_token,
    expert_parameters,
    lora_parameters,
    matmul_parameters,
    parameters,
    sparse_layers,
)
from advisor.estimates.collectives import Path, exchange_seconds, gather_seconds, path, reduce_seconds
from advisor.estimates.operators import (
    Product,
    eager_attention_seconds,
    fused_attention_seconds,
    larger,
    layer_products,
    matmul_seconds,
)
from advisor.estimates.run import Architecture, Machine, Range, Recipe, Run
from advisor.estimates.time_calibration import (
    AttentionShares,
    DeviceSpeed,
    FrameworkSpeed,
    MatmulCurve,
    TimeCalibration,
)
from advisor.records import dataclass

SECONDS_PER_HOUR = 3600.0
HOURS_PER_DAY = 24.0
PARTS = (
    "matmul",
    "attention",
    "memory_bound",
    "recompute",
    "tensor_parallel",
    "expert_parallel",
    "data_parallel",
    "pipeline_bubble",
    "offload",
    "optimizer",
    "generation",
    "data_wait",
    "overhead",
)


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


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of the computation: what, by which formula, from which inputs, how much, and the source's id."""

    name: str
    formula: str
    inputs: tuple[tuple[str, float], ...]
    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class TimeEstimate:
    """Time of one uninterrupted run, made as if memory sufficed.

    `tokens` are processed tokens, padding included where samples are not packed. `mfu` counts the FLOPs that the method
    needs (6 per weight and token, 4 where the weights are frozen, and the attention over the whole square as
    arXiv 2204.02311 does); `hfu` those that the device executes (causal half of the square, recomputation).
    Ranges are the 5th percentile, the middle and the 95th percentile. Quantities of the whole run are None where the
    tokens are not known, `calendar_days` also where no practice was given.
    """

    tokens: float | None
    tokens_per_second_per_device: Range
    mfu: Range
    hfu: float
    step_seconds: Range
    steps: float | None
    device_hours: Range | None
    days: Range | None
    calendar_days: Range | None
    flops_total: float | None
    parts: dict[str, float]
    kind: str
    trace: tuple[Trace, ...] = field(default_factory=tuple)


def missing_for_time(run: Run) -> tuple[str, ...]:
    """Names of the machine's figures without which no time can be estimated; empty if there are enough."""
    needed = {"peak": _peak(run.machine, run.recipe.precision), "bandwidth": run.machine.bandwidth}
    return tuple(name for name, value in needed.items() if not value)


def _peak(machine: Machine, precision: str) -> float | None:
    """Peak rate of matrix products as training would use them: a type that the device lacks falls back to fp32."""
    if precision == "fp8":
        return machine.peak.get("fp8") or _peak(machine, "bf16")
    if precision == "bf16" and machine.bf16 is False:
        return machine.peak.get("fp32")
    other = {"bf16": "fp16", "fp16": "bf16"}.get(precision)
    return machine.peak.get(precision) or (machine.peak.get(other) if other else None) or machine.peak.get("fp32")


@dataclass(frozen=True, slots=True)
class _Speeds:
    """The rates that one run sees."""

    peak: float  # FLOP/s of the layers' products
    peak16: float  # FLOP/s of head and attention
    item: float  # bytes of one operand element
    bandwidth: float
    stream: float  # bytes/s of bandwidth-bound kernels
    curve: MatmulCurve
    curve16: MatmulCurve
    attention: AttentionShares | None  # None: eager
    device: DeviceSpeed
    framework: FrameworkSpeed


def _capped(curve: MatmulCurve, machine: Machine, precision: str, peak: float, trusted: bool) -> MatmulCurve:
    """The curve of this very device: its best share held to what its power feeds.

    Where no kernels of the family were timed, the device's own best measured product counts instead.
    """
    measured = machine.measured_matmul.get(precision)
    if measured is not None and not trusted:
        return replace(curve, best=min(1.0, measured / peak))
    if machine.power_w is None:
        return curve
    return replace(curve, best=min(curve.best, curve.flops_per_joule * machine.power_w / peak))


def _speeds(run: Run, calibration: TimeCalibration) -> _Speeds:
    """Collect the rates; the caller has made sure that peak and bandwidth are known."""
    machine, recipe = run.machine, run.recipe
    family = calibration.device_speed(machine)
    peak = _peak(machine, recipe.precision) or 0.0
    plain = "bf16" if recipe.precision == "fp8" else recipe.precision
    peak16 = _peak(machine, plain) or peak
    bandwidth = machine.bandwidth or 0.0
    low = recipe.precision == "fp8" and bool(machine.peak.get("fp8"))
    curve16 = family.matmul["bf16"]
    curve = family.matmul.get("fp8", curve16) if low else curve16
    trusted = family.measured_kernels
    fw = calibration.framework_speed(recipe, machine)
    kernel = "eager" if recipe.attention == "eager" else "flash3" if fw.own_attention else recipe.attention
    return _Speeds(
        peak=peak * family.sustained,
        peak16=peak16 * family.sustained,
        item=1 if low else 4 if recipe.precision == "fp32" else 2,
        bandwidth=bandwidth,
        stream=bandwidth * family.bandwidth_share,
        curve=_capped(curve, machine, "fp8" if low else plain, peak, trusted),
        curve16=_capped(curve16, machine, plain, peak16, trusted),
        attention=family.attention.get(kernel),
        device=family,
        framework=fw,
    )


def _trains_base(recipe: Recipe) -> bool:
    """Whether the model's own weights get gradients."""
    return not (recipe.adapters or recipe.method in ("lora", "qlora"))


def padded_tokens(recipe: Recipe, calibration: TimeCalibration) -> tuple[float, float]:
    """Tokens in one row of the micro-batch: real ones, and processed ones (padded to the longest of b samples)."""
    s = float(recipe.sequence_length)
    if recipe.packing or recipe.mean_sample_tokens is None:
        return s, s
    real = min(recipe.mean_sample_tokens, s)
    return real, min(s, real * (1 + calibration.padding_per_log_batch * math.log(recipe.micro_batch)))


def _product(m: float, n: float, k: float, sp: _Speeds) -> float:
    """Seconds of one product of the layers in the precision of the run."""
    return matmul_seconds(m, n, k, peak=sp.peak, bandwidth=sp.bandwidth, curve=sp.curve, item=sp.item)


def _product16(m: float, n: float, k: float, sp: _Speeds) -> float:
    """Seconds of one product that stays in 16 bits: the head."""
    return matmul_seconds(m, n, k, peak=sp.peak16, bandwidth=sp.bandwidth, curve=sp.curve16)


def _products_seconds(products: list[Product], tokens: float, sp: _Speeds, grad_weights: bool) -> tuple[float, float]:
    """Forward and backward seconds of a layer's products on `tokens` tokens."""
    forward = backward = 0.0
    for p in products:
        m = larger(tokens * p.token_share, 1.0)
        forward += p.copies * _product(m, p.outputs, p.inputs, sp)
        backward += p.copies * _product(m, p.inputs, p.outputs, sp)
        if grad_weights:
            backward += p.copies * _product(p.outputs, p.inputs, m, sp)
    return forward, backward


@dataclass(slots=True)
class _Micro:
    """Seconds of one micro-batch on one device, all layers of its stage."""

    matmul_forward: float = 0.0
    matmul_backward: float = 0.0
    head: float = 0.0
    attention_forward: float = 0.0
    attention_backward: float = 0.0
    memory_forward: float = 0.0
    memory_backward: float = 0.0
    loss: float = 0.0
    recompute: float = 0.0
    dequantise: float = 0.0
    kernels: float = 0.0
    tensor: float = 0.0
    expert: float = 0.0

    @property
    def compute(self) -> float:
        """Seconds in which the device itself works."""
        return (
            self.matmul_forward + self.matmul_backward + self.head + self.attention_forward + self.attention_backward
            + self.memory_forward + self.memory_backward + self.loss + self.recompute + self.dequantise
        )  # fmt: skip


def _micro_batch(run: Run, calibration: TimeCalibration, sp: _Speeds) -> _Micro:
    """One micro-batch through the layers of one stage, forward and backward."""
    a, recipe, layout = run.architecture, run.recipe, run.layout
    fw, out = sp.framework, _Micro()
    _, row = padded_tokens(recipe, calibration)
    tokens = recipe.micro_batch * row / layout.context
    t, stages = layout.tensor, layout.pipeline
    sparse = sparse_layers(a)
    dense = a.layers - sparse
    trains = _trains_base(recipe)

    for layers, is_sparse in ((dense, False), (sparse, True)):
        if layers:
            forward, backward = _products_seconds(
                layer_products(a, t, layout.expert, is_sparse), tokens, sp, grad_weights=trains
            )
            out.matmul_forward += layers / stages * forward
            out.matmul_backward += layers / stages * backward
    scale = _stated_scale(a)
    out.matmul_forward *= scale
    out.matmul_backward *= scale

    vocabulary, h = a.vocab_size / t, a.hidden_size
    head = _product16(tokens, vocabulary, h, sp) + _product16(tokens, h, vocabulary, sp)
    head += trains * _product16(vocabulary, h, tokens, sp)
    # Recipes give the last stage fewer layers or a large loss kernel; half of the head stays on the critical path.
    last_stage = 1.0 if stages == 1 else 0.5
    loss_bytes = fw.loss_bytes * (0.35 if recipe.chunked_loss or recipe.fused_loss else 1.0)
    out.head = last_stage * head
    out.loss = last_stage * loss_bytes * tokens * a.vocab_size / t / sp.stream

    _add_attention(out, run, sp, row, tokens)
    _add_memory_bound(out, run, sp, calibration, tokens)
    _add_recompute(out, run)
    _add_exchange(out, run, calibration, tokens)
    return out


def _stated_scale(a: Architecture) -> float:
    """How much larger the stated model is than the product of its sizes, in matrix weights per token."""
    head = a.vocab_size * a.hidden_size
    counted = matmul_parameters(a) - head
    working = 0.0
    for layers, is_sparse in ((a.layers - sparse_layers(a), False), (sparse_layers(a), True)):
        if layers:
            working += layers * sum(
                p.outputs * p.inputs * p.copies * p.token_share for p in layer_products(a, 1, 1, is_sparse)
            )
    return counted / working if working > 0 and counted > 0 else 1.0


def _add_attention(out: _Micro, run: Run, sp: _Speeds, row: float, tokens: float) -> None:
    """Scores and weighted sums of the stage's layers."""
    a, layout, fw = run.architecture, run.layout, sp.framework
    share = tokens / layout.tensor / layout.pipeline
    if sp.attention is not None:
        flops = attention_flops_per_token(a, row, causal=True) * share
        d = a.head_dim if a.latent is None else a.latent.v_head_dim
        out.attention_forward, out.attention_backward = (
            fused_attention_seconds(flops, sp.peak16, sp.attention, s=row, d=d, backward=backward)
            for backward in (False, True)
        )
        return
    flops = attention_flops_per_token(a, row, causal=False) * share
    scores = a.layers * a.attention_heads * row * share
    out.attention_forward, out.attention_backward = (
        eager_attention_seconds(
            flops,
            scores,
            peak=sp.peak16,
            curve=sp.curve16,
            bandwidth=sp.stream,
            score_bytes=fw.score_bytes,
            backward=backward,
        )
        for backward in (False, True)
    )


def _add_memory_bound(out: _Micro, run: Run, sp: _Speeds, calibration: TimeCalibration, tokens: float) -> None:
    """Norms, residuals, rotary positions, activations, adapters, dequantisation, and the starts of all kernels."""
    a, recipe, layout, fw = run.architecture, run.recipe, run.layout, sp.framework
    t, layers = layout.tensor, run.architecture.layers / layout.pipeline
    width = a.ffn_hidden_size if not a.experts else a.experts_per_token * a.expert_ffn_hidden_size
    width += a.shared_experts * a.shared_expert_ffn_hidden_size
    hidden = a.hidden_size / (t if fw.sequence_parallel else 1) + a.attention_heads * a.head_dim / t
    item = sp.item / 2 if sp.item > 2 else 1.0
    inner = fw.inner_bytes * (1 + a.gated_mlp) / 2 * width / t
    routed = calibration.routing_bytes * a.experts_per_token * a.hidden_size / t if a.experts else 0.0
    traffic = item * tokens * layers * (fw.hidden_bytes * hidden / 2 + inner + routed)
    out.memory_forward = traffic / sp.stream
    out.memory_backward = 1.5 * traffic / sp.stream
    kernels = fw.kernels_per_layer * layers
    if a.experts and not fw.grouped_experts:
        kernels += 10 * a.experts / layout.expert * layers
    if not _trains_base(recipe):
        pairs = lora_parameters(a, 1, recipe.lora_targets) / layout.pipeline
        if a.experts:
            pairs *= (a.experts_per_token + a.shared_experts) / (a.experts + a.shared_experts)
        seconds = calibration.adapter_bytes * tokens * pairs / t / sp.stream
        out.memory_forward += seconds / 3
        out.memory_backward += 2 * seconds / 3
        kernels += calibration.adapter_kernels * _adapted_matrices(recipe) * layers
    passes = 3.0 if recipe.recompute == "full" else 2.0
    if recipe.quantisation is not None:
        weights = (parameters(a) - a.vocab_size * a.hidden_size) / t / layout.pipeline
        rate = sp.bandwidth * calibration.dequantisation_share
        out.dequantise = passes * weights * calibration.dequantisation_bytes / rate
        kernels += 7 * layers
    starts = passes + (1 if _trains_base(recipe) else 0.5)
    out.kernels = kernels * starts * fw.start_s


def _adapted_matrices(recipe: Recipe) -> float:
    """How many matrices of a layer carry an adapter."""
    if isinstance(recipe.lora_targets, tuple):
        return float(len(recipe.lora_targets))
    return {"qv": 2.0, "attention": 4.0, "all-linear": 7.0}[recipe.lora_targets]


def _add_recompute(out: _Micro, run: Run) -> None:
    """The second forward of the layers, or only of what is cheap to compute and large to keep."""
    if run.recipe.recompute == "full":
        out.recompute = out.matmul_forward + out.attention_forward + out.memory_forward
    elif run.recipe.recompute == "selective":
        # With fused attention only norms and activations come back; without, the scores do (arXiv 2205.05198).
        out.recompute = out.memory_forward * 0.5
        if run.recipe.attention == "eager":
            out.recompute += out.attention_forward


def _add_exchange(out: _Micro, run: Run, calibration: TimeCalibration, tokens: float) -> None:
    """What tensor and expert parallelism exchange inside a micro-batch."""
    a, layout = run.architecture, run.layout
    fw = calibration.framework_speed(run.recipe, run.machine)
    layers = a.layers / layout.pipeline
    message = 2 * tokens * a.hidden_size
    again = 1 if run.recipe.recompute == "full" else 0
    if layout.tensor > 1:
        way = path(run.machine, layout, layout.tensor, 1, calibration)
        # Two all-reduces forward, two backward, two more when the forward is repeated (arXiv 1909.08053).
        out.tensor = (1 - fw.tensor_overlap) * (4 + 2 * again) * layers * reduce_seconds(message, way)
    if layout.expert > 1 and a.experts:
        way = path(run.machine, layout, layout.expert, layout.tensor, calibration)
        sent = message / layout.tensor * a.experts_per_token
        sparse = sparse_layers(a) / layout.pipeline
        out.expert = (4 + 2 * again) * sparse * exchange_seconds(sent, way)
    if layout.context > 1:
        way = path(run.machine, layout, layout.context, layout.tensor, calibration)
        # Keys and values travel round the ring forward, with their gradients backward, mostly behind the attention.
        ring = 2 * tokens * 2 * a.kv_heads * a.head_dim / layout.tensor * (layout.context - 1) * (3 + again) * layers
        seconds = ring / way.fast if not way.crosses else ring / (way.slow / way.local)
        attention = out.attention_forward + out.attention_backward
        out.tensor += larger(seconds - 0.7 * attention, 0.1 * seconds)


@dataclass(slots=True)
class _Step:
    """Seconds of one optimizer step by cause, and the micro-batch behind them."""

    parts: dict[str, float]
    micro: _Micro
    speeds: _Speeds

    @property
    def seconds(self) -> float:
        """The whole step."""
        return sum(self.parts.values())


def _step(run: Run, calibration: TimeCalibration) -> _Step:
    """One optimizer step."""
    recipe, layout, a = run.recipe, run.layout, run.architecture
    sp = _speeds(run, calibration)
    fw = sp.framework
    micro = _micro_batch(run, calibration, sp)
    batches = recipe.accumulation
    parts = dict.fromkeys(PARTS, 0.0)
    slow = 1 / fw.efficiency

    compute = micro.compute * slow
    # The host starts kernels ahead of the device; where the device waits for the host, the host's time counts.
    starved = ((compute**4 + micro.kernels**4) ** 0.25) - compute
    parts["matmul"] = batches * slow * (micro.matmul_forward + micro.matmul_backward + micro.head)
    parts["attention"] = batches * slow * (micro.attention_forward + micro.attention_backward)
    parts["memory_bound"] = (
        batches * slow * (micro.memory_forward + micro.memory_backward + micro.loss + micro.dequantise)
    )
    parts["recompute"] = batches * slow * micro.recompute
    parts["tensor_parallel"] = batches * micro.tensor
    parts["expert_parallel"] = batches * micro.expert
    parts["overhead"] = batches * starved + fw.step_s
    if recipe.method == "preference":
        # The reference model's forward: a third of forward and backward (arXiv 2305.18290, equation 7).
        reference = batches * slow * (micro.matmul_forward + micro.attention_forward + micro.memory_forward)
        parts["memory_bound"] += reference * 0.15
        parts["matmul"] += reference * 0.85
    if recipe.method == "rl":
        parts["generation"] = _generation(run, calibration, sp) * batches + batches * slow * micro.matmul_forward

    in_batches = batches * (compute + starved + micro.tensor + micro.expert)
    if layout.pipeline > 1:
        # (p-1)/m of the work, divided by the chunks of an interleaved schedule (arXiv 2104.04473, section 2.2).
        chunks = fw.interleaving if layout.pipeline * 2 <= a.layers else 1.0
        parts["pipeline_bubble"] = in_batches / batches * (layout.pipeline - 1) / chunks
        way = path(run.machine, layout, layout.pipeline, layout.devices / layout.pipeline, calibration)
        _, row = padded_tokens(recipe, calibration)
        hop = 2 * recipe.micro_batch * row / layout.context * a.hidden_size / layout.tensor / (way.slow / way.local)
        parts["pipeline_bubble"] += 2 * chunks * (0.25 * batches + layout.pipeline - 1) * hop
    parts["data_parallel"] = _data_parallel(run, calibration, sp, compute)
    parts["optimizer"], parts["offload"] = _update(run, calibration, sp, compute)
    nodes = max(1, layout.nodes)
    parts["overhead"] += in_batches * calibration.straggle_per_doubling * math.log2(nodes)
    parts["data_wait"] = _data_wait(run, calibration, sum(parts.values()))
    return _Step(parts, micro, sp)


def _trained_parameters(run: Run) -> float:
    """Weights that get gradients."""
    if _trains_base(run.recipe):
        return parameters(run.architecture)
    return lora_parameters(run.architecture, run.recipe.lora_rank, run.recipe.lora_targets)


def _data_path(run: Run, calibration: TimeCalibration) -> Path:
    """The data-parallel group: its members stand t ranks apart."""
    layout = run.layout
    return path(run.machine, layout, layout.data * layout.context, layout.tensor, calibration)


def _data_parallel(run: Run, calibration: TimeCalibration, sp: _Speeds, compute: float) -> float:
    """Exposed seconds per step of reducing gradients and gathering weights.

    ZeRO stages 0 to 2 move 2 messages a step, stage 3 gathers the weights for forward and backward of every micro-batch
    and scatters the gradients of each: 1.5 times as much with one micro-batch (arXiv 1910.02054, section 7).
    """
    layout, recipe, fw = run.layout, run.recipe, sp.framework
    if layout.data * layout.context <= 1:
        return 0.0
    way = _data_path(run, calibration)
    shards = layout.tensor * layout.pipeline
    held = parameters(run.architecture)
    experts = expert_parameters(run.architecture)
    local = (held - experts + experts / layout.expert) / shards
    trained = _trained_parameters(run) / shards * (local * shards / held)
    batches = recipe.accumulation
    if recipe.zero_stage < 3:
        seconds = gather_seconds(fw.gradient_bytes * trained, way)
        seconds += gather_seconds((2 if recipe.zero_stage else fw.gradient_bytes) * trained, way)
        # Backward of the last micro-batch hides the reduction, forward of the first one the gathering.
        hidden = fw.overlap * compute
        return larger(seconds - hidden, 0.05 * seconds)
    weight_bytes = 0.55 if recipe.quantisation else 2.0
    gathers = 2 * gather_seconds(weight_bytes * local, way) / fw.shard_share
    scatter = gather_seconds(fw.gradient_bytes * trained, way) / fw.shard_share
    return batches * larger(gathers + scatter - fw.overlap * compute, 0.05 * (gathers + scatter))


# AdamW with a master copy reads 4+4+4+4 bytes a weight and writes 4+4+4+2; the others move fewer or smaller states,
# and Muon adds the products of its orthogonalisation.
_STATE_TRAFFIC = {
    "adamw": 1.0,
    "adamw-8bit": 0.55,
    "paged-adamw-8bit": 0.55,
    "adafactor": 0.8,
    "sgd": 0.55,
    "lion": 0.75,
    "muon": 1.4,
}


def _update(run: Run, calibration: TimeCalibration, sp: _Speeds, compute: float) -> tuple[float, float]:
    """Seconds per step of the optimizer on the device, and of offloading."""
    recipe, layout, machine = run.recipe, run.layout, run.machine
    trained = _trained_parameters(run) / (layout.tensor * layout.pipeline)
    sharded = trained / (layout.data * layout.context if recipe.zero_stage else 1)
    traffic = sp.framework.optimizer_bytes * (1.0 if recipe.master_weights else 0.6) * _STATE_TRAFFIC[recipe.optimizer]
    on_device = traffic * sharded / sp.stream
    if recipe.offload == "none":
        return on_device, 0.0
    pcie = (machine.pcie_bytes_per_second or calibration.links["pcie"].assumed_bytes_per_second) * 0.8
    host = (machine.host_bytes_per_second or calibration.host_bytes_per_second) / layout.per_node
    if recipe.offload == "activations":
        _, row = padded_tokens(recipe, calibration)
        kept = 2 * recipe.micro_batch * row / layout.context * run.architecture.hidden_size
        kept *= run.architecture.layers / layout.pipeline * (1 if recipe.recompute == "full" else 16)
        return on_device, recipe.accumulation * larger(2 * kept / pcie - 0.7 * compute, 0.1 * kept / pcie)
    # Gradients go down in 16 bits, weights come back; the host's Adam is bound by the host's memory (arXiv 2101.06840).
    seconds = 4 * sharded / pcie + 28 * sharded / host
    if recipe.offload in ("parameters", "nvme"):
        held = parameters(run.architecture) / (layout.tensor * layout.pipeline)
        held /= layout.data * layout.context if recipe.zero_stage == 3 else 1
        passes = 3 if recipe.recompute == "full" else 2
        seconds += recipe.accumulation * larger(passes * 2 * held / pcie - 0.5 * compute, 0.2 * held / pcie)
    if recipe.offload == "nvme":
        seconds += 24 * sharded * layout.per_node / calibration.nvme_bytes_per_second
    return 0.0, seconds


def _generation(run: Run, calibration: TimeCalibration, sp: _Speeds) -> float:
    """Seconds in which reinforcement learning generates a micro-batch's tokens: every position reads all weights."""
    _, row = padded_tokens(run.recipe, calibration)
    weights = 2 * parameters(run.architecture) / run.layout.tensor
    rounds = row * run.recipe.micro_batch / calibration.decode_concurrency
    return rounds * weights / sp.stream


def _data_wait(run: Run, calibration: TimeCalibration, step: float) -> float:
    """Seconds that devices wait for samples: random reads that the storage cannot serve while the step runs."""
    read = calibration.read_s.get(run.machine.storage or "nvme", 0.0)
    samples = run.recipe.micro_batch * run.recipe.accumulation * run.layout.data
    return larger(samples * read - step, 0.0)


def step_parts(run: Run, calibration: TimeCalibration) -> dict[str, float]:
    """Seconds of one optimizer step by cause, before the calibrated shift: keys are `PARTS`."""
    return _step(run, calibration).parts


def spread_kind(run: Run, calibration: TimeCalibration) -> str:
    """Which errors of the past apply: unpacked samples, sparse models, devices without timed kernels, or nodes."""
    if not (run.recipe.packing or run.recipe.mean_sample_tokens is None):
        return "unpacked"
    if run.architecture.experts:
        return "experts"
    if not calibration.device_speed(run.machine).measured_kernels:
        return "no-kernels"
    return "nodes" if run.layout.nodes > 1 else "node"


def _spread(run: Run, calibration: TimeCalibration) -> Range:
    """Factors on the step time: 5th percentile, middle, 95th percentile.

    What is assumed rather than stated adds its own variance to the error of the past, which knew it.
    """
    spread = calibration.spread[spread_kind(run, calibration)]
    recipe, widen = run.recipe, calibration.widen
    unknown = {
        "framework": not recipe.framework_named,
        "network": run.layout.nodes > 1 and run.machine.network is None,
        "recompute": "training.activation_checkpointing" not in recipe.stated,
        "micro_batch": "training.micro_batch_size" not in recipe.stated,
        "offload": recipe.offload != "none",
        "rl": recipe.method == "rl",
    }
    extra = sum(widen[name] ** 2 for name, holds in unknown.items() if holds)
    z = 1.645  # the 95th percentile of a normal variable
    low = -math.sqrt(spread.low**2 + z * z * extra)
    high = math.sqrt(spread.high**2 + z * z * extra)
    return Range(math.exp(spread.shift + low), math.exp(spread.shift), math.exp(spread.shift + high))


def method_flops_per_token(run: Run, s: float) -> float:
    """FLOPs a token that the method needs: 6 per weight, 4 where it is frozen, and attention over the whole square."""
    factor = 3.0 if _trains_base(run.recipe) else 2.0
    if run.recipe.method == "preference":
        factor += 1.0
    # Attention has no weights: its backward is twice its forward whatever is trained.
    attention = attention_flops_per_token(run.architecture, s, causal=False)
    return factor * 2 * active_parameters(run.architecture) + (3 + (run.recipe.method == "preference")) * attention


def executed_flops_per_token(run: Run, s: float) -> float:
    """FLOPs a token that the devices execute: with recomputation, causal attention where it is fused."""
    recipe, a = run.recipe, run.architecture
    passes = (3.0 if _trains_base(recipe) else 2.0) + (recipe.recompute == "full") + (recipe.method == "preference")
    fused = recipe.attention != "eager"
    attention = attention_flops_per_token(a, s, causal=fused)
    attention_passes = (3.5 if fused else 3.0) + (recipe.recompute == "full") + (recipe.method == "preference")
    return passes * 2 * matmul_parameters(a) + attention_passes * attention


def estimate_time(run: Run, calibration: TimeCalibration, *, practice: Practice | None = None) -> TimeEstimate | None:
    """The time of a run, or None where the machine's peak or bandwidth is unknown (see `missing_for_time`).

    `run.tokens` are the tokens of the data in all epochs, without padding.
    """
    if missing_for_time(run):
        return None
    recipe, layout = run.recipe, run.layout
    step = _step(run, calibration)
    factors = _spread(run, calibration)
    real, row = padded_tokens(recipe, calibration)
    samples = recipe.micro_batch * recipe.accumulation * layout.data
    per_device = samples * row / layout.devices
    # However wide the spread, no step is faster than its FLOPs at the peak.
    counted = max(method_flops_per_token(run, row), executed_flops_per_token(run, row))
    least = per_device * counted / (_peak(run.machine, recipe.precision) or math.inf)
    likely = max(step.seconds * factors.likely, least)
    seconds = Range(min(likely, max(step.seconds * factors.low, least)), likely, step.seconds * factors.high)
    rate = Range(per_device / seconds.high, per_device / seconds.likely, per_device / seconds.low)
    peak = _peak(run.machine, recipe.precision) or 0.0
    mfu = rate.times(method_flops_per_token(run, row) / peak)
    hfu = rate.likely * executed_flops_per_token(run, row) / peak

    tokens = steps = flops = None
    hours = days = calendar = None
    if run.tokens is not None:
        tokens = run.tokens * row / real
        # Whole steps: the last batch may be part full.
        steps = math.ceil(run.tokens / (samples * real))
        days = _run_days(seconds, tokens / (samples * row), calibration)
        hours = days.times(HOURS_PER_DAY * layout.devices)
        flops = tokens * executed_flops_per_token(run, row)
        if practice is not None:
            calendar = calendar_days(run, days, practice)
    shifted = {name: value * factors.likely for name, value in step.parts.items()}
    return TimeEstimate(
        tokens=tokens,
        tokens_per_second_per_device=rate,
        mfu=mfu,
        hfu=hfu,
        step_seconds=seconds,
        steps=steps,
        device_hours=hours,
        days=days,
        calendar_days=calendar,
        flops_total=flops,
        parts=shifted,
        kind=spread_kind(run, calibration),
        trace=_trace(run, calibration, step, seconds, factors, days),
    )


def _run_days(step: Range, steps: float, calibration: TimeCalibration) -> Range:
    """Days of all steps with what a whole run adds to them: evaluation, checkpoints, stalls, and its start."""
    z = 1.645 * calibration.widen["whole_run"]
    low = math.sqrt(math.log(step.likely / step.low) ** 2 + z * z)
    high = math.sqrt(math.log(step.high / step.likely) ** 2 + z * z)
    steps_days = step.likely * steps * calibration.whole_run / SECONDS_PER_HOUR / HOURS_PER_DAY
    start = calibration.startup_s / SECONDS_PER_HOUR / HOURS_PER_DAY
    return Range(steps_days * math.exp(-low) + start, steps_days + start, steps_days * math.exp(high) + start)


def lost_share(
    days: float, devices: float, failures: float, restart_hours: float, practice: Practice, size: float
) -> float:
    """Share of time that checkpoints, lost work and restarts add, at a failure rate per device and day.

    With δ seconds a checkpoint and M seconds between failures the best interval is √(2·δ·M) (Young 1974, Daly 2006);
    the loss is δ/τ for writing and (τ/2 + R)/M for going back and starting again.
    """
    written = practice.checkpoint_bytes if practice.checkpoint_bytes is not None else 14 * size
    delta = written / practice.checkpoint_bytes_per_second
    between = SECONDS_PER_HOUR * HOURS_PER_DAY / (failures * practice.old_hardware * devices)
    interval = practice.checkpoint_interval_s or math.sqrt(2 * delta * between)
    interval = min(interval, max(days * SECONDS_PER_HOUR * HOURS_PER_DAY, 1.0))
    return delta / interval + (interval / 2 + restart_hours * SECONDS_PER_HOUR) / between


def calendar_days(run: Run, days: Range, practice: Practice) -> Range:
    """Days until a run counts: faults and checkpoints on top of one uninterrupted run, rework, and further tries.

    The ranges are independent, so their logarithms' half-widths add in squares.
    """
    size, devices = parameters(run.architecture), run.layout.devices

    def factor(pick: str) -> float:
        def of(r: Range) -> float:
            return float(getattr(r, pick))

        lost = lost_share(
            days.likely, devices, of(practice.failures_per_device_day), of(practice.restart_hours), practice, size
        )
        return 1 + lost

    faults = Range(factor("low"), factor("likely"), factor("high"))
    rework = Range(1 + practice.rework.low, 1 + practice.rework.likely, 1 + practice.rework.high)
    return product_of((days, faults, rework, practice.tries))


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


_FORMULAS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "matmul": (
        "Σ 2·m·n·k / (peak · share(m, n, k)), forward and backward",
        ("micro-batches", "layers"),
        "kernel-measurements",
    ),
    "attention": (
        "causal FLOPs / (peak · share(s, d)); backward 2.5 times",
        ("micro-batches", "layers"),
        "flash-attention-2-paper",
    ),
    "memory_bound": (
        "bytes of norms, activations, adapters, loss / bandwidth",
        ("micro-batches", "layers"),
        "time-calibration",
    ),
    "recompute": ("forward of the layers once more", ("micro-batches", "layers"), "activation-recompute-paper"),
    "tensor_parallel": (
        "4 all-reduces a layer, 6 with recomputation, less what is hidden",
        ("layers", "t"),
        "megatron-tensor-parallel-paper",
    ),
    "expert_parallel": ("4 all-to-alls a sparse layer", ("layers", "e"), "time-calibration"),
    "data_parallel": ("(n-1)/n · bytes / rate, less what is hidden", ("n", "trained parameters"), "zero-paper"),
    "pipeline_bubble": ("(p-1) / chunks micro-batches", ("p", "micro-batches"), "megatron-pipeline-paper"),
    "offload": ("bytes / PCIe + 28 bytes a parameter / host memory", ("trained parameters",), "zero-offload-paper"),
    "optimizer": ("bytes of the states / bandwidth", ("trained parameters",), "time-calibration"),
    "generation": ("positions · weights / bandwidth", ("micro-batches",), "time-calibration"),
    "data_wait": ("samples · read time - step", ("micro-batches", "n"), "time-calibration"),
    "overhead": (
        "kernel starts that the device waits for, stragglers, fixed time",
        ("layers", "nodes"),
        "time-calibration",
    ),
}


def _trace(
    run: Run, calibration: TimeCalibration, step: _Step, seconds: Range, factors: Range, days: Range | None
) -> tuple[Trace, ...]:
    """The computation in the order in which a reader would follow it."""
    recipe, layout, sp, micro = run.recipe, run.layout, step.speeds, step.micro
    _, row = padded_tokens(recipe, calibration)
    samples = float(recipe.micro_batch * recipe.accumulation * layout.data)
    lines = [
        Trace(
            "flops-per-token", "passes · 2 · N + attention",
            (("N", matmul_parameters(run.architecture)), ("s", row)),
            executed_flops_per_token(run, row), "FLOP", "kaplan-2020",
        ),
        Trace(
            "micro-batch-compute", "products + attention + memory-bound + recomputation, each at its measured rate",
            (("peak", sp.peak), ("best share", sp.curve.best), ("bandwidth", sp.stream)),
            micro.compute, "s", "kernel-measurements",
        ),
    ]  # fmt: skip
    given = {
        "micro-batches": float(recipe.accumulation),
        "layers": float(run.architecture.layers),
        "t": float(layout.tensor),
        "p": float(layout.pipeline),
        "n": float(layout.data),
        "e": float(layout.expert),
        "nodes": float(layout.nodes),
        "trained parameters": _trained_parameters(run),
    }
    for name, value in step.parts.items():
        if value > 0:
            formula, inputs, source = _FORMULAS[name]
            named = tuple((key, given[key]) for key in inputs)
            lines.append(Trace(f"step-{name.replace('_', '-')}", formula, named, value, "s", source))
    lines.append(
        Trace(
            "step-seconds", "sum of parts · calibrated factor",
            (("sum", step.seconds), ("factor", factors.likely)), seconds.likely, "s", "time-calibration",
        )
    )  # fmt: skip
    if days is not None and run.tokens is not None:
        lines.append(
            Trace(
                "days", "tokens / (samples per step · tokens per sample) · step · whole-run factor + start",
                (("tokens", run.tokens), ("samples per step", samples)), days.likely, "d", "time-calibration",
            )
        )  # fmt: skip
    return tuple(lines)
