"""What one device computes for one micro-batch: products, attention, what the bandwidth bounds, and starting it all.

Rates are FLOP/s and bytes/s, times seconds. Symbols are those of `advisor.estimates.run`; counts may be arrays, one
element a candidate. Every constant comes from a `TimeCalibration`.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.estimates.architecture import (
    attention_flops_per_token,
    lora_parameters,
    matmul_parameters,
    parameters,
    sparse_layers,
)
from advisor.estimates.elementwise import Number, larger, log, smaller, where
from advisor.estimates.operators import (
    Product,
    aligned_share,
    eager_attention_seconds,
    fused_attention_seconds,
    layer_products,
    matmul_seconds,
)
from advisor.estimates.run import Architecture, Machine, Recipe, Run
from advisor.estimates.time_calibration import (
    AttentionShares,
    DeviceSpeed,
    FrameworkSpeed,
    MatmulCurve,
    TimeCalibration,
)
from advisor.records import dataclass


def peak_rate(machine: Machine, precision: str) -> float | None:
    """Peak rate of matrix products as training would use them: a type that the device lacks falls back to fp32."""
    if precision == "fp8":
        return machine.peak.get("fp8") or peak_rate(machine, "bf16")
    if precision == "bf16" and machine.bf16 is False:
        return machine.peak.get("fp32")
    other = {"bf16": "fp16", "fp16": "bf16"}.get(precision)
    found = machine.peak.get(precision) or (machine.peak.get(other) if other else None)
    single = machine.peak.get("fp32")
    # Products accumulate in fp32: where 16-bit units are slower (Pascal's graphics cards), they run in fp32.
    return max(found, single) if found and single else found or single


@dataclass(frozen=True, slots=True)
class Speeds:
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


def speeds_of(run: Run, calibration: TimeCalibration) -> Speeds:
    """Collect the rates; the caller has made sure that peak and bandwidth are known."""
    machine, recipe = run.machine, run.recipe
    family = calibration.device_speed(machine)
    peak = peak_rate(machine, recipe.precision) or 0.0
    plain = "bf16" if recipe.precision == "fp8" else recipe.precision
    peak16 = peak_rate(machine, plain) or peak
    bandwidth = machine.bandwidth or 0.0
    low = recipe.precision == "fp8" and bool(machine.peak.get("fp8"))
    curve16 = family.matmul["bf16"]
    curve = family.matmul.get("fp8", curve16) if low else curve16
    trusted = family.measured_kernels
    fw = calibration.framework_speed(recipe, machine)
    kernel = "eager" if recipe.attention == "eager" else "flash3" if fw.own_attention else recipe.attention
    return Speeds(
        peak=peak * family.sustained,
        peak16=peak16 * family.sustained,
        item=1 if low else 4 if recipe.precision == "fp32" else 2,
        bandwidth=bandwidth,
        stream=bandwidth * family.bandwidth_share,
        curve=_capped(curve, machine, "fp8" if low else plain, peak, trusted),
        curve16=_capped(curve16, machine, plain, peak16, trusted),
        attention=_attention_shares(family, kernel, peak16),
        device=family,
        framework=fw,
    )


_PRODUCTS_OF_ATTENTION = 0.8
"""Share of the peak that attention's products alone would reach, as large products do."""


def _attention_shares(family: DeviceSpeed, kernel: str, peak: float) -> AttentionShares | None:
    """The shares of a kernel on a device of this peak; None for eager attention.

    Beside its products attention takes exponentials, maxima and sums at the rate of the other units (FlashAttention-3,
    arXiv 2407.08608, section 3.1: 3.9 TFLOP/s of exponentials against 989 of products). Where a family's tensor cores
    are cut down and those units are not (H20), the products count and the shares are higher.
    """
    shares = family.attention.get(kernel)
    if shares is None or family.attention_peak is None or peak == family.attention_peak:
        return shares

    def at_peak(share: float) -> float:
        rest = max(0.0, 1 / share - 1 / _PRODUCTS_OF_ATTENTION)
        return min(
            _PRODUCTS_OF_ATTENTION, 1 / (1 / _PRODUCTS_OF_ATTENTION + rest * peak / (family.attention_peak or peak))
        )

    return replace(shares, forward=at_peak(shares.forward), backward=at_peak(shares.backward))


def trains_base(recipe: Recipe) -> bool:
    """Whether the model's own weights get gradients."""
    return not (recipe.adapters or recipe.method in ("lora", "qlora"))


def trained_parameters(run: Run) -> float:
    """Weights that get gradients."""
    if trains_base(run.recipe):
        return parameters(run.architecture)
    return lora_parameters(run.architecture, run.recipe.lora_rank, run.recipe.lora_targets)


def padded_tokens(recipe: Recipe, calibration: TimeCalibration) -> tuple[Number, Number]:
    """Tokens in one row of the micro-batch: real ones, and processed ones (padded to the longest of b samples)."""
    s = 1.0 * recipe.sequence_length
    if recipe.packing or recipe.mean_sample_tokens is None:
        return s, s
    real = smaller(recipe.mean_sample_tokens, s)
    return real, smaller(s, real * (1 + calibration.padding_per_log_batch * log(recipe.micro_batch)))


@dataclass(slots=True)
class MicroBatch:
    """Seconds of one micro-batch on one device, all layers of its stage."""

    matmul_forward: Number = 0.0
    matmul_backward: Number = 0.0
    head: Number = 0.0
    attention_forward: Number = 0.0
    attention_backward: Number = 0.0
    memory_forward: Number = 0.0
    memory_backward: Number = 0.0
    loss: Number = 0.0
    recompute: Number = 0.0
    dequantise: Number = 0.0
    kernels: Number = 0.0  # host time to start them all

    @property
    def compute(self) -> Number:
        """Seconds in which the device itself works."""
        return (
            self.matmul_forward + self.matmul_backward + self.head + self.attention_forward + self.attention_backward
            + self.memory_forward + self.memory_backward + self.loss + self.recompute + self.dequantise
        )  # fmt: skip


def micro_batch_of(run: Run, calibration: TimeCalibration, sp: Speeds) -> MicroBatch:
    """One micro-batch through the layers of one stage, forward and backward."""
    out = MicroBatch()
    _, row = padded_tokens(run.recipe, calibration)
    tokens = run.recipe.micro_batch * row / run.layout.context
    # Measured on tensor cores; other makers' units have other widths. Nobody publishes what divides badly.
    odd = run.machine.platform == "cuda" and not run.architecture.widths_assumed
    unaligned = calibration.unaligned_share if odd else 1.0
    _add_products(out, run, sp, tokens, unaligned)
    _add_head(out, run, sp, tokens, unaligned)
    _add_attention(out, run, sp, row, tokens)
    _add_memory_bound(out, run, sp, calibration, tokens)
    _add_recompute(out, run)
    return out


def _product(m: Number, n: Number, k: Number, sp: Speeds) -> Number:
    """Seconds of one product of the layers in the precision of the run."""
    return matmul_seconds(m, n, k, peak=sp.peak, bandwidth=sp.bandwidth, curve=sp.curve, item=sp.item)


def _product16(m: Number, n: Number, k: Number, sp: Speeds) -> Number:
    """Seconds of one product that stays in 16 bits: the head."""
    return matmul_seconds(m, n, k, peak=sp.peak16, bandwidth=sp.bandwidth, curve=sp.curve16)


def _products_seconds(
    products: list[Product], tokens: Number, sp: Speeds, grad_weights: bool, unaligned: float
) -> tuple[Number, Number]:
    """Forward and backward seconds of a layer's products on `tokens` tokens."""
    forward: Number = 0.0
    backward: Number = 0.0
    for p in products:
        m = larger(tokens * p.token_share, 1.0)
        copies = p.copies / aligned_share(p.outputs, p.inputs, unaligned)
        forward += copies * _product(m, p.outputs, p.inputs, sp)
        backward += copies * _product(m, p.inputs, p.outputs, sp)
        if grad_weights:
            backward += copies * _product(p.outputs, p.inputs, m, sp)
    return forward, backward


def _add_products(out: MicroBatch, run: Run, sp: Speeds, tokens: Number, unaligned: float) -> None:
    """The weight products of the stage's layers."""
    a, layout = run.architecture, run.layout
    sparse = sparse_layers(a)
    scale = _stated_scale(a) / layout.pipeline
    for layers, is_sparse in ((a.layers - sparse, False), (sparse, True)):
        if layers:
            products = layer_products(a, layout.tensor, layout.expert, is_sparse)
            forward, backward = _products_seconds(products, tokens, sp, trains_base(run.recipe), unaligned)
            out.matmul_forward += layers * scale * forward
            out.matmul_backward += layers * scale * backward


def _stated_scale(a: Architecture) -> float:
    """How much larger the stated model is than the product of its sizes, in matrix weights per token."""
    if a.stated_parameters is None:
        return 1.0
    head = a.vocab_size * a.hidden_size
    counted = matmul_parameters(a) - head
    working = 0.0
    for layers, is_sparse in ((a.layers - sparse_layers(a), False), (sparse_layers(a), True)):
        if layers:
            working += layers * sum(
                p.outputs * p.inputs * p.copies * p.token_share for p in layer_products(a, 1, 1, is_sparse)
            )
    return counted / working if working > 0 and counted > 0 else 1.0


def _add_head(out: MicroBatch, run: Run, sp: Speeds, tokens: Number, unaligned: float) -> None:
    """The product with the vocabulary and the loss over it."""
    a, recipe = run.architecture, run.recipe
    vocabulary, h = a.vocab_size / run.layout.tensor, a.hidden_size
    head = _product16(tokens, vocabulary, h, sp) + _product16(tokens, h, vocabulary, sp)
    if trains_base(recipe):
        head += _product16(vocabulary, h, tokens, sp)
    # Recipes give the last stage fewer layers or a large loss kernel; half of the head stays on the critical path.
    last_stage = where(run.layout.pipeline == 1, 1.0, 0.5)
    loss_bytes = sp.framework.loss_bytes * (0.35 if recipe.chunked_loss or recipe.fused_loss else 1.0)
    # Whoever cuts the table pads it for the cut (Megatron: --make-vocab-size-divisible-by).
    out.head = last_stage * head / where(run.layout.tensor > 1, 1.0, aligned_share(vocabulary, h, unaligned))
    out.loss = last_stage * loss_bytes * tokens * vocabulary / sp.stream


def _add_attention(out: MicroBatch, run: Run, sp: Speeds, row: Number, tokens: Number) -> None:
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


_GATHER_BY_MODULE = frozenset({"deepspeed", "ms-swift", "llama-factory"})
"""Frameworks that shard by DeepSpeed."""


def _add_memory_bound(out: MicroBatch, run: Run, sp: Speeds, calibration: TimeCalibration, tokens: Number) -> None:
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
        kernels = kernels + 10 * a.experts / layout.expert * layers
    if not trains_base(recipe):
        pairs = lora_parameters(a, 1, recipe.lora_targets) / layout.pipeline
        if a.experts:
            pairs = pairs * (a.experts_per_token + a.shared_experts) / (a.experts + a.shared_experts)
        seconds = calibration.adapter_bytes * tokens * pairs / t / sp.stream
        out.memory_forward = out.memory_forward + seconds / 3
        out.memory_backward = out.memory_backward + 2 * seconds / 3
        kernels = kernels + calibration.adapter_kernels * _adapted_matrices(recipe) * layers
    passes = 3.0 if recipe.recompute == "full" else 2.0
    if recipe.quantisation is not None:
        weights = (parameters(a) - a.vocab_size * a.hidden_size) / t / layout.pipeline
        rate = sp.bandwidth * calibration.dequantisation_share
        # Data-centre dies since Ampere multiply a sixteenth as fast in fp32 as their tensor cores in 16 bits.
        vector = run.machine.peak.get("fp32") or sp.peak16 / 16
        each = calibration.dequantisation_bytes / rate + calibration.dequantisation_operations / vector
        out.dequantise = passes * weights * each
        kernels = kernels + 7 * layers
    starts = passes + (1 if trains_base(recipe) else 0.5)
    out.kernels = kernels * starts * fw.start_s
    if recipe.zero_stage == 3:
        # Every unit is gathered for each pass, and its gradients scattered. PEFT's policy wraps each adapter matrix on
        # its own, because a unit of FSDP must not mix trained and frozen weights (`fsdp_auto_wrap_policy`).
        own = 2 * _adapted_matrices(recipe) if fw.adapter_units and not trains_base(recipe) else 0
        if a.experts and not fw.grouped_experts and recipe.framework in _GATHER_BY_MODULE:
            # Its hooks gather every module on its own, three of each expert (DeepSpeed, `set_z3_leaf_modules`).
            own += 3 * a.experts
        gathers = (1 + own) * layers * (passes + 1) * fw.shard_start_s
        # DeepSpeed's hooks run on a single device too.
        sharded = layout.data * layout.context > (0 if recipe.framework in _GATHER_BY_MODULE else 1)
        out.kernels = out.kernels + where(sharded, gathers, 0.0)


def _adapted_matrices(recipe: Recipe) -> float:
    """How many matrices of a layer carry an adapter."""
    if isinstance(recipe.lora_targets, tuple):
        return float(len(recipe.lora_targets))
    return {"qv": 2.0, "attention": 4.0, "all-linear": 7.0}[recipe.lora_targets]


def _add_recompute(out: MicroBatch, run: Run) -> None:
    """The second forward of the layers, or only of what is cheap to compute and large to keep."""
    if run.recipe.recompute == "full":
        out.recompute = out.matmul_forward + out.attention_forward + out.memory_forward
    elif run.recipe.recompute == "selective":
        # With fused attention only norms and activations come back; without, the scores do (arXiv 2205.05198).
        out.recompute = out.memory_forward * 0.5
        if run.recipe.attention == "eager":
            out.recompute = out.recompute + out.attention_forward
