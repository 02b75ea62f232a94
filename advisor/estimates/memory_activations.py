"""What one layer and the loss keep for the backward pass.

Counted tensor by tensor: a matrix product with trained weights saves its input, one with frozen weights saves nothing,
attention saves its three inputs and its output, a norm its input. Formulas follow arXiv 2205.05198, section 4 (what
is saved, what tensor and sequence parallelism cut, what recompute leaves) with the constants opened up for
grouped-query attention, gated feed-forward blocks, frozen bases and eager norms.

All figures are bytes per token of a device's micro-batch: b·s/c tokens. Symbols are those of `advisor.estimates.run`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType

from advisor.estimates import architecture as shape
from advisor.estimates.elementwise import Number, larger
from advisor.estimates.frameworks import FrameworkProfile
from advisor.estimates.run import Architecture, Recipe
from advisor.records import dataclass

_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "all-linear": ("q", "k", "v", "o", "gate", "up", "down"),
        "attention": ("q", "k", "v", "o"),
        "qv": ("q", "v"),
    }
)
_MODULES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "qkv": frozenset({"c_attn", "query_key_value", "qkv_proj", "w_pack", "wqkv", "qkv", "attn"}),
        "q": frozenset({"q_proj", "wq", "q_a_proj", "q_b_proj"}),
        "k": frozenset({"k_proj", "wk", "kv_a_proj_with_mqa"}),
        "v": frozenset({"v_proj", "wv", "kv_b_proj"}),
        "o": frozenset({"o_proj", "out_proj", "dense", "wo", "c_proj"}),
        "gate": frozenset({"gate_proj", "w1"}),
        "up": frozenset({"up_proj", "w3", "fc1", "c_fc", "dense_h_to_4h", "gate_up_proj"}),
        "down": frozenset({"down_proj", "w2", "fc2", "dense_4h_to_h"}),
    }
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes per token: `cut` is divided by tensor parallelism, `whole` only with sequence parallelism."""

    cut: float
    whole: float

    def on_device(self, tensor: int, sequence_parallel: bool) -> float:
        """Bytes per token on one device."""
        return self.cut / tensor + self.whole / (tensor if sequence_parallel else 1)

    def plus(self, other: Kept) -> Kept:
        """Both together."""
        return Kept(self.cut + other.cut, self.whole + other.whole)


def residual_bytes(recipe: Recipe, profile: FrameworkProfile) -> float:
    """Bytes per element of the residual stream.

    Under autocast over fp32 weights the token table gives fp32, and sums stay there; sharded weights are gathered in 16
    bits, and so is the stream.
    """
    if recipe.precision == "fp32":
        return 4.0
    if not recipe.adapters and recipe.master_weights and recipe.zero_stage == 0:
        return 4.0 if profile.full_residual_mixed else 2.0
    return 4.0 if upcasts_base(recipe, profile) else 2.0


def upcasts_base(recipe: Recipe, profile: FrameworkProfile) -> bool:
    """Whether what is not quantised in a quantised base, and with it the residual stream, is fp32.

    Source: `prepare_model_for_kbit_training` of Hugging Face PEFT. Sharded bases stay in the 16 bits that their
    quantised storage has too: all weights of a sharded unit need one precision (bitsandbytes documentation,
    FSDP-QLoRA).
    """
    quantised = recipe.quantisation is not None and not recipe.quantisation.startswith("gptq")
    return quantised and profile.full_residual_quantised and recipe.zero_stage < 3


def _work_bytes(recipe: Recipe) -> float:
    return 4.0 if recipe.precision == "fp32" else 2.0


def _input_bytes(recipe: Recipe, profile: FrameworkProfile) -> float:
    """Bytes per element of an input that a matrix product keeps: FP8 kernels may keep the 8-bit one they read.

    Source: NVIDIA Transformer Engine documentation, "Using FP8" (linear layers save the quantised input).
    """
    return profile.fp8_input if recipe.precision == "fp8" else _work_bytes(recipe)


def _inputs_saved(recipe: Recipe, profile: FrameworkProfile) -> float:
    """How many times the base's matrix products keep their input: once where they train, by framework where quantised.

    Kernels for quantised weights that keep the input as a plain attribute of the graph's node (bitsandbytes,
    `MatMul4Bit`) free it with the graph, not in the backward pass: a training loop that still holds the loss of the
    step before has two of them.
    """
    if not recipe.adapters:
        return 1.0
    return 0.0 if recipe.quantisation is None else profile.quantised_inputs


def adapted(recipe: Recipe) -> frozenset[str]:
    """Which of qkv (one product), q, k, v, o, gate, up, down carry adapters; other modules keep no input of a layer."""
    if not recipe.adapters:
        return frozenset()
    named = (recipe.lora_targets,) if isinstance(recipe.lora_targets, str) else recipe.lora_targets
    found: set[str] = set()
    for target in named:
        name = target.lower().rsplit(".", 1)[-1]
        found |= set(_GROUPS.get(name, ())) | {part for part, modules in _MODULES.items() if name in modules}
    return frozenset(found)


def _norm(a: Architecture, recipe: Recipe, profile: FrameworkProfile) -> float:
    """One norm's bytes per token, its output included where a trained product reads it."""
    w, r, h = _work_bytes(recipe), residual_bytes(recipe, profile), float(a.hidden_size)
    output = _input_bytes(recipe, profile) * h * _inputs_saved(recipe, profile)
    if profile.fused_norm or recipe.fused_norm or a.norm_weights == 2:  # layer norm is one kernel everywhere
        return r * h + output
    # The eager norm squares and scales a full-precision copy, and keeps the normalised value for its own weight.
    return 4.0 * h + output + (0.0 if recipe.adapters else w * h)


def _adapter_inputs(a: Architecture, recipe: Recipe, profile: FrameworkProfile, ffn: float) -> float:
    """Bytes per token that adapters keep of their layers' inputs.

    Adapters of one input (queries, keys and values; gate and up) share it, unless each drops out its own part: then
    each keeps its own copy and mask, more than the two bytes of the input.
    """
    on = adapted(recipe)
    h, width = float(a.hidden_size), a.attention_heads * a.head_dim
    each = len if profile.adapter_input > 2 else bool
    inputs = h * each(on & {"q", "k", "v", "qkv"}) + width * ("o" in on)
    inputs += h * each(on & {"gate", "up"}) if a.gated_mlp else h * ("up" in on)
    inputs += ffn * ("down" in on)
    return profile.adapter_input * inputs


def _attention(a: Architecture, recipe: Recipe, profile: FrameworkProfile) -> float:
    """Queries, keys, values and output of one attention block, and the score matrix of eager attention."""
    w = _work_bytes(recipe)
    if a.latent is not None:
        m = a.latent
        keys = a.attention_heads * (m.qk_nope_head_dim + m.qk_rope_head_dim)
        values = a.attention_heads * m.v_head_dim
        down = 0 if recipe.adapters else 2 * (m.q_lora_rank or 0) + 2 * m.kv_lora_rank
        saved = w * (2 * keys + 2 * values + down)
    else:
        width, kv = a.attention_heads * a.head_dim, a.kv_heads * a.head_dim
        repeated = profile.repeats_kv and recipe.attention in ("eager", "sdpa")
        saved = w * (2 * width + 2 * (width if repeated else kv))
        if a.qk_norm:
            saved += 4.0 * (width + kv)
    if _input_bytes(recipe, profile) < w:
        # Attention keeps its own 16-bit output beside the 8-bit one that the output product reads.
        saved += _input_bytes(recipe, profile) * a.attention_heads * a.head_dim * _inputs_saved(recipe, profile)
    if recipe.attention == "eager":
        saved = saved + profile.score_bytes * a.attention_heads * recipe.sequence_length
    return saved


def _mlp_width(a: Architecture, sparse: bool) -> float:
    """Feed-forward width that one token goes through in a layer."""
    if not sparse:
        return float(a.ffn_hidden_size)
    return float(a.experts_per_token * a.expert_ffn_hidden_size + a.shared_experts * a.shared_expert_ffn_hidden_size)


def _mlp(a: Architecture, recipe: Recipe, profile: FrameworkProfile, sparse: bool) -> float:
    """Saved tensors inside the feed-forward block."""
    w, f = _work_bytes(recipe), _mlp_width(a, sparse)
    product_read = _inputs_saved(recipe, profile)
    kept = (2 if profile.fused_mlp else 3) if a.gated_mlp else 1
    saved = f * (w * kept + _input_bytes(recipe, profile) * product_read)
    if sparse:
        # Tokens are copied once per chosen expert on the way in and weighted on the way out; the router works in fp32.
        saved += w * a.experts_per_token * a.hidden_size * (1 + product_read) + 8.0 * a.experts
    return saved


def layer_kept(a: Architecture, recipe: Recipe, profile: FrameworkProfile, sparse: bool) -> Kept:
    """All that one layer saves without recompute."""
    adapters = _adapter_inputs(a, recipe, profile, _mlp_width(a, sparse))
    cut = _attention(a, recipe, profile) + _mlp(a, recipe, profile, sparse)
    return Kept(cut, a.norms_per_layer * _norm(a, recipe, profile) + adapters)


def layer_kept_selective(a: Architecture, recipe: Recipe, profile: FrameworkProfile, sparse: bool) -> Kept:
    """What one layer saves under selective recompute.

    `scores`: only the score matrix is dropped (arXiv 2205.05198, section 5). `alternate-products`: the layer's input,
    the attention output and every second matrix product stay.
    """
    if profile.selective == "scores":
        full = layer_kept(a, recipe, profile, sparse)
        scores = profile.score_bytes * a.attention_heads * recipe.sequence_length
        return Kept(full.cut - (scores if recipe.attention == "eager" else 0.0), full.whole)
    w, h, width, kv = _work_bytes(recipe), a.hidden_size, a.attention_heads * a.head_dim, a.kv_heads * a.head_dim
    return Kept(w * (2 * width + kv + _mlp_width(a, sparse)), w * 2 * h)


def layer_transient(a: Architecture, recipe: Recipe, profile: FrameworkProfile, sparse: bool) -> Kept:
    """What one layer's backward adds: gradients of the inner tensors of the feed-forward block and of the stream."""
    w, f = _work_bytes(recipe), _mlp_width(a, sparse)
    if sparse and not profile.grouped_experts:
        # One expert is worked on at a time and sees its part of the tokens.
        f = f / a.experts
    # Eager attention holds the gradients of its scores beside the scores.
    scores = profile.score_bytes * a.attention_heads * recipe.sequence_length if recipe.attention == "eager" else 0.0
    return Kept(w * f * (3 if a.gated_mlp else 2) + scores, w * a.hidden_size)


def loss_per_token(a: Architecture, recipe: Recipe, profile: FrameworkProfile) -> float:
    """Bytes per token of logits and their copies at the loss, before tensor parallelism cuts them."""
    if recipe.chunked_loss:
        return profile.chunked_loss * a.hidden_size
    return (profile.fused_loss if recipe.fused_loss else profile.loss) * a.vocab_size


@dataclass(frozen=True, slots=True)
class Activations:
    """Bytes on one device of a pipeline stage, for one micro-batch unless said otherwise."""

    stored: float  # kept from forward to backward, all micro-batches in flight
    live: float  # one recomputed layer with the gradients inside it
    loss: float  # logits with their copies, on the stage that has the head
    retained: float  # layer inputs that sharded frozen layers hold on to
    host: float  # stored bytes that are offloaded instead


def count_activations(
    a: Architecture,
    recipe: Recipe,
    profile: FrameworkProfile,
    tokens: float,
    tensor: int,
    layers: int,
    in_flight: int,
    last: bool,
    sharded: bool,
) -> Activations:
    """Activation bytes of one device that works on `tokens` tokens per micro-batch and holds `layers` layers."""
    sequence = profile.sequence_parallel
    sparse_part = shape.sparse_layers(a) / a.layers if a.experts else 0.0

    def mean(dense: Kept, sparse: Kept) -> float:
        return dense.on_device(tensor, sequence) * (1 - sparse_part) + sparse.on_device(tensor, sequence) * sparse_part

    def layer(sparse: bool) -> Kept:
        if recipe.recompute == "full":
            return Kept(0.0, residual_bytes(recipe, profile) * a.hidden_size)
        if recipe.recompute == "selective":
            return layer_kept_selective(a, recipe, profile, sparse)
        return layer_kept(a, recipe, profile, sparse)

    per_layer = mean(layer(False), layer(True))
    kinds = [sparse for sparse, part in ((False, 1 - sparse_part), (True, sparse_part)) if part > 0]
    live = reduce(larger, (layer_transient(a, recipe, profile, kind).on_device(tensor, sequence) for kind in kinds))
    if recipe.recompute != "none":
        # What was dropped is made again.
        dropped = (
            layer_kept(a, recipe, profile, kind).on_device(tensor, sequence)
            - (layer(kind).on_device(tensor, sequence) if recipe.recompute == "selective" else 0.0)
            for kind in kinds
        )
        live = live + reduce(larger, dropped, 0.0)
    if sequence:
        # A product's whole input is gathered for the layer at work, and so is its gradient (section 4.2.2).
        live = live + (tensor > 1) * 2 * _work_bytes(recipe) * a.hidden_size
    along = tokens / tensor if sequence else tokens  # tokens of a device in what only sequence parallelism cuts
    stored = per_layer * layers * in_flight * tokens + last * _norm(a, recipe, profile) * along
    if profile.pipeline_keeps_outputs:
        stored = stored + (1 - last) * residual_bytes(recipe, profile) * a.hidden_size * in_flight * along
    loss = last * loss_per_token(a, recipe, profile) * tokens / tensor
    retained = sharded * profile.frozen_retained * a.hidden_size * layers * tokens if recipe.adapters else 0.0
    host: Number = 0.0
    if recipe.offload == "activations" or (profile.offloads_recompute and recipe.recompute == "full"):
        # One layer's share stays on the device to overlap the copy.
        host = stored * (1 - 1 / larger(1, layers))
        stored = stored - host
    return Activations(stored, live * tokens, loss, retained, host)
