"""How many weights a decoder has, which of them work on a token, and what its attention and its cache cost.

Everything follows from the sizes in an `Architecture`. Symbols are those of `advisor.estimates.run`. Weights are
counted as the Hugging Face implementations of the published models hold them. The functions add and multiply, so that
numeric fields may also be numpy arrays of one shape (many candidate sizes at once); None and bools must be single.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from advisor.estimates.elementwise import smaller
from advisor.estimates.run import Architecture, Latent

if TYPE_CHECKING:
    from advisor.entries.schema import ArchitectureEntry, ModelEntry

NORM_WEIGHTS: Mapping[str, int] = MappingProxyType({"rms": 1, "layer": 2, "layer-no-bias": 1, "layer-no-parameters": 0})
"""Vectors of the hidden size in one norm, by the name of its kind in `ArchitectureEntry.norm`."""


class UnknownTargetError(ValueError):
    """A LoRA target that names no linear layer of the known decoder families."""

    def __init__(self, target: str) -> None:
        super().__init__(f"unknown LoRA target {target!r}")
        self.target = target


class TooLittleKnownError(ValueError):
    """The stated fields and sizes do not pin an architecture."""


# Counting weights: the tables, then one layer, then the whole


def input_embedding_parameters(a: Architecture) -> float:
    """Weights of the token table and of a learned position table, which are looked up and not multiplied."""
    return (a.vocab_size + a.learned_positions) * a.hidden_size


def head_parameters(a: Architecture) -> float:
    """Weights of an output head of its own: zero where it shares the token table."""
    return (1 - a.tied_embeddings) * a.vocab_size * a.hidden_size


def embedding_parameters(a: Architecture) -> float:
    """Weights of token table, position table and output head together."""
    return input_embedding_parameters(a) + head_parameters(a)


def attention_parameters_per_layer(a: Architecture) -> float:
    """Weights of one attention block with its biases and its norms on queries and keys, without the layer norm.

    Grouped-query attention (arXiv 2305.13245) has k ≤ a heads of keys and values. Latent attention (arXiv 2405.04434,
    section 2.1) projects down to a rank, normalises there and projects up. Norms on queries and keys have one weight
    per element of a head.
    """
    if a.latent is not None:
        m = a.latent
        q_out = a.attention_heads * (m.qk_nope_head_dim + m.qk_rope_head_dim)
        if m.q_lora_rank is None:
            queries = a.hidden_size * q_out
        else:
            queries = a.hidden_size * m.q_lora_rank + m.q_lora_rank + m.q_lora_rank * q_out
        down = a.hidden_size * (m.kv_lora_rank + m.qk_rope_head_dim) + m.kv_lora_rank
        up = m.kv_lora_rank * a.attention_heads * (m.qk_nope_head_dim + m.v_head_dim)
        return queries + down + up + a.attention_heads * m.v_head_dim * a.hidden_size
    width = a.attention_heads * a.head_dim
    kv_width = 2 * a.kv_heads * a.head_dim
    weights = a.hidden_size * (width + kv_width) + width * a.hidden_size
    biases = a.qkv_bias * (width + kv_width) + a.output_bias * a.hidden_size
    return weights + biases + a.qk_norm * 2 * a.head_dim


def _feed_forward(a: Architecture, width: float) -> float:
    """Weights of one feed-forward block of a width, gated (arXiv 2002.05202: three matrices) or not (two)."""
    return (2 + a.gated_mlp) * a.hidden_size * width + a.mlp_bias * ((1 + a.gated_mlp) * width + a.hidden_size)


def parameters_per_expert(a: Architecture) -> float:
    """Weights of one routed expert."""
    return _feed_forward(a, a.expert_ffn_hidden_size)


def _shared_expert_parameters_per_layer(a: Architecture) -> float:
    """Weights of the shared experts of one sparse layer."""
    return a.shared_experts * _feed_forward(a, a.shared_expert_ffn_hidden_size)


def mlp_parameters_per_layer(a: Architecture, kind: Literal["dense", "sparse"] = "dense") -> float:
    """Weights of the feed-forward part of one layer; a sparse one has the router, all routed and all shared experts."""
    if kind == "dense":
        return _feed_forward(a, a.ffn_hidden_size)
    router = a.experts * a.hidden_size
    return router + a.experts * parameters_per_expert(a) + _shared_expert_parameters_per_layer(a)


def norm_parameters_per_layer(a: Architecture) -> float:
    """Weights of the norms on the residual stream in one layer."""
    return a.norms_per_layer * a.norm_weights * a.hidden_size


def norm_parameters(a: Architecture) -> float:
    """Weights of all norms on the residual stream, the last one before the head included."""
    return a.layers * norm_parameters_per_layer(a) + a.norm_weights * a.hidden_size


def sparse_layers(a: Architecture) -> float:
    """Layers with routed experts: all but the dense ones in a sparse model, none in a dense model."""
    return (a.experts > 0) * (a.layers - a.dense_layers)


def expert_parameters(a: Architecture) -> float:
    """Weights of all routed experts in all layers: the part that expert parallelism cuts."""
    return sparse_layers(a) * a.experts * parameters_per_expert(a)


def _working_matrices(a: Architecture) -> float:
    """Weights in the layers' matrices that work on one token: attention, dense or chosen and shared experts, router."""
    sparse = sparse_layers(a)
    chosen = a.experts * a.hidden_size + _shared_expert_parameters_per_layer(a)
    chosen = chosen + a.experts_per_token * parameters_per_expert(a)
    dense = (a.layers - sparse) * mlp_parameters_per_layer(a, "dense")
    return a.layers * attention_parameters_per_layer(a) + dense + sparse * chosen


def counted_parameters(a: Architecture) -> float:
    """All weights as the product of the sizes, whatever total is stated."""
    idle = sparse_layers(a) * (a.experts - a.experts_per_token) * parameters_per_expert(a)
    return _working_matrices(a) + idle + embedding_parameters(a) + norm_parameters(a) + a.other_parameters


def counted_active_parameters(a: Architecture) -> float:
    """Weights that one token meets, as the product of the sizes: all but the experts that are not chosen.

    The whole token table counts, as in the published figures of most sparse models; weights outside the text decoder do
    not.
    """
    return _working_matrices(a) + embedding_parameters(a) + norm_parameters(a)


def parameters(a: Architecture) -> float:
    """All weights: the stated total where there is one, else the product of the sizes."""
    return counted_parameters(a) if a.stated_parameters is None else a.stated_parameters


def active_parameters(a: Architecture) -> float:
    """Weights that one token meets: the stated figure, else the counted share of the total."""
    if a.stated_active_parameters is not None:
        return a.stated_active_parameters
    if a.stated_parameters is None:
        return counted_active_parameters(a)
    return counted_active_parameters(a) * (a.stated_parameters / counted_parameters(a))


def matmul_parameters(a: Architecture) -> float:
    """Weights in matrix products per token, the head included and the token table not: the N of 6·N FLOPs a token.

    Source: arXiv 2001.08361, section 2.1 (there without the head), and arXiv 2204.02311, appendix B. Counted from the
    sizes; where a total is stated that they do not reach, the layers' part is scaled to it.
    """
    head = a.vocab_size * a.hidden_size
    layers = _working_matrices(a)
    if a.stated_parameters is None:
        return layers + head
    fixed = embedding_parameters(a) + norm_parameters(a) + a.other_parameters
    counted_rest = counted_parameters(a) - fixed
    # A stated total below the tables alone contradicts them; the plain proportion is then the better guess.
    if a.stated_parameters > fixed and counted_rest > 0:
        return layers * ((a.stated_parameters - fixed) / counted_rest) + head
    return (layers + head) * (a.stated_parameters / counted_parameters(a))


# Attention and its cache


def _local_layers(a: Architecture) -> float:
    """Layers whose attention sees only a window."""
    if a.window is None:
        return 0
    if a.window_global_every is None:
        return a.layers
    # One layer of every `window_global_every` is global, counted from the end of each group.
    return a.layers - a.layers // a.window_global_every


def _keys_seen(s: float, window: int | None, causal: bool) -> float:
    """Keys that one query of a sequence of s tokens works on, on average."""
    if window is None:
        return s / 2 if causal else s
    if causal:
        reach: float = smaller(window, s)
        return reach - reach * reach / (2 * s)
    both_ways: float = smaller(s, 2 * window)
    return both_ways


def attention_flops_per_token(a: Architecture, s: float, causal: bool) -> float:
    """FLOPs of the scores and of the weighted sum for one token in all layers, forward only.

    `s` is the sequence length in tokens. Each of the two products costs 2 FLOPs per key and head element
    (arXiv 2204.02311, appendix B); with `causal` a query works on half of the keys (arXiv 2307.08691, section 4), and
    in windowed layers on those inside the window. Backward costs twice as much again, in flash kernels 2.5 times.
    """
    if a.latent is not None:
        key_width = a.attention_heads * (a.latent.qk_nope_head_dim + a.latent.qk_rope_head_dim)
        value_width = a.attention_heads * a.latent.v_head_dim
    else:
        key_width = value_width = a.attention_heads * a.head_dim
    local = _local_layers(a)
    keys = (a.layers - local) * _keys_seen(s, None, causal) + local * _keys_seen(s, a.window, causal)
    return 2 * (key_width + value_width) * keys


def _cached_values_per_layer(a: Architecture) -> float:
    """Numbers that one layer keeps per token: keys and values, or the latent and the rotary key."""
    if a.latent is not None:
        return a.latent.kv_lora_rank + a.latent.qk_rope_head_dim
    return 2 * a.kv_heads * a.head_dim


def kv_bytes_per_token(a: Architecture, bytes_per_value: float) -> float:
    """Bytes of cache that one more token takes in all layers while no window is full.

    Source: arXiv 2305.13245 for grouped heads; arXiv 2405.04434, section 2.1.2, for latent attention, whose cache holds
    the compressed vector and one rotary key for all heads.
    """
    return a.layers * _cached_values_per_layer(a) * bytes_per_value


def kv_cache_bytes(a: Architecture, tokens: float, bytes_per_value: float) -> float:
    """Bytes of cache of one sequence of `tokens` tokens; windowed layers stop growing at their window.

    Source: arXiv 2310.06825, section 2 (rolling buffer), arXiv 2408.00118 and 2503.19786 (alternating windows).
    """
    local = _local_layers(a)
    kept = tokens if a.window is None else smaller(tokens, a.window)
    return ((a.layers - local) * tokens + local * kept) * _cached_values_per_layer(a) * bytes_per_value


# Adapters

_ATTENTION_OUT = frozenset({"o_proj", "out_proj", "dense", "wo", "attn.c_proj"})
_FUSED_QKV = frozenset({"c_attn", "query_key_value", "w_pack", "wqkv", "qkv_proj", "qkv", "attn.qkv"})
_GATE = frozenset({"gate_proj", "w1"})
_UP = frozenset({"up_proj", "w3", "fc1", "c_fc", "fc_in"})
_DOWN = frozenset({"down_proj", "w2", "fc2", "fc_out", "dense_4h_to_h", "mlp.c_proj"})
_FUSED_GATE_UP = frozenset({"gate_up_proj", "dense_h_to_4h"})
_LATENT = frozenset({"q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "kv_b_proj"})
_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "qv": ("q_proj", "v_proj"),
        "attention": ("q_proj", "k_proj", "v_proj", "o_proj"),
        "all-linear": ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
    }
)
_LATENT_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Latent attention has no v_proj; the projection that makes keys and values stands in for it.
        "qv": ("q_proj", "q_b_proj", "kv_b_proj"),
        "attention": ("q_proj", *sorted(_LATENT), "o_proj"),
        "all-linear": ("q_proj", *sorted(_LATENT), "o_proj", "gate_proj", "up_proj", "down_proj"),
    }
)
KNOWN_TARGETS: frozenset[str] = (
    _ATTENTION_OUT
    | _FUSED_QKV
    | _GATE
    | _UP
    | _DOWN
    | _FUSED_GATE_UP
    | _LATENT
    | frozenset({"q_proj", "k_proj", "v_proj", "wq", "wk", "wv", "c_proj", "lm_head", "output", "embed_out"})
    | frozenset({"embed_tokens", "wte", "word_embeddings", "gate", "router"})
    | frozenset(_GROUPS)
)
"""Names of linear layers, lower case, that `lora_parameters` knows, and the names of groups."""


def _named_part(target: str) -> str:
    """The part of a dotted module path that says which layer it is, in lower case."""
    parts = target.strip().lower().split(".")
    tail = ".".join(parts[-2:])
    if tail in KNOWN_TARGETS:
        return tail
    # `self_attention.dense` and `mlp.dense_4h_to_h` say no more than their last part.
    return parts[-1]


def is_known_target(target: str) -> bool:
    """Tell whether `lora_parameters` knows a layer of this name."""
    return _named_part(target) in KNOWN_TARGETS


def _attention_pair(a: Architecture, name: str) -> float:
    """Inputs plus outputs of an attention layer's linear module in one layer, zero if the family has none."""
    h, heads = a.hidden_size, a.attention_heads
    if a.latent is not None:
        m = a.latent
        q_out = heads * (m.qk_nope_head_dim + m.qk_rope_head_dim)
        rank = m.q_lora_rank
        pairs: dict[str, float] = {
            "q_proj": h + q_out if rank is None else 0,
            "q_a_proj": 0 if rank is None else h + rank,
            "q_b_proj": 0 if rank is None else rank + q_out,
            "kv_a_proj_with_mqa": h + m.kv_lora_rank + m.qk_rope_head_dim,
            "kv_b_proj": m.kv_lora_rank + heads * (m.qk_nope_head_dim + m.v_head_dim),
        }
        out: float = heads * m.v_head_dim + h
        return out if name in _ATTENTION_OUT else pairs.get(name, 0)
    width, kv_width = heads * a.head_dim, a.kv_heads * a.head_dim
    if name in _ATTENTION_OUT:
        return width + h
    if name in _FUSED_QKV:
        return h + width + 2 * kv_width
    if name in {"q_proj", "wq"}:
        return h + width
    return h + kv_width if name in {"k_proj", "v_proj", "wk", "wv"} else 0


def _feed_forward_pairs(a: Architecture, name: str) -> float:
    """Inputs plus outputs of a feed-forward module summed over all layers and experts."""
    h = a.hidden_size

    def pair(width: float) -> float:
        if name in _GATE:
            return a.gated_mlp * (h + width)
        if name in _UP or name in _DOWN:
            return h + width
        return h + (1 + a.gated_mlp) * width

    sparse = sparse_layers(a)
    in_sparse = a.experts * pair(a.expert_ffn_hidden_size) + a.shared_experts * pair(a.shared_expert_ffn_hidden_size)
    return (a.layers - sparse) * pair(a.ffn_hidden_size) + sparse * in_sparse


def _adapter_pairs(a: Architecture, name: str) -> float:
    """Inputs plus outputs of all modules of a name in the whole model: the LoRA weights per unit of rank."""
    h = a.hidden_size
    if name == "c_proj":  # GPT-2 and its kin use the name twice in a layer
        return a.layers * _attention_pair(a, "attn.c_proj") + _feed_forward_pairs(a, "mlp.c_proj")
    if name in _GATE | _UP | _DOWN | _FUSED_GATE_UP:
        return _feed_forward_pairs(a, name)
    if name in {"lm_head", "output", "embed_out", "embed_tokens", "wte", "word_embeddings"}:
        return h + a.vocab_size
    if name in {"gate", "router"}:
        return sparse_layers(a) * (h + a.experts)
    if name not in KNOWN_TARGETS:
        raise UnknownTargetError(name)
    return a.layers * _attention_pair(a, name)


def lora_parameters(a: Architecture, rank: float, targets: str | tuple[str, ...]) -> float:
    """Weights of LoRA adapters of a rank: r·(inputs + outputs) for every adapted matrix.

    `targets` is `all-linear` (every linear layer of attention and feed-forward blocks, not the router, not the head),
    `attention`, `qv`, or names of modules, alone or as the end of a dotted path, of any common family; a name that the
    architecture has not counts nothing, one that no family has raises `UnknownTargetError`. A target inside experts
    counts once per expert. Groups count separate q, k, v and gate, up matrices. Source: arXiv 2106.09685, section 4.
    """
    wanted = (targets,) if isinstance(targets, str) else targets
    groups = _GROUPS if a.latent is None else _LATENT_GROUPS
    names: dict[str, None] = {}
    for target in wanted:
        name = _named_part(target)
        names.update(dict.fromkeys(groups.get(name, (name,))))
    return rank * sum(_adapter_pairs(a, name) for name in names)


# Making an architecture from what is known


def from_entry(
    entry: ArchitectureEntry, parameters: float | None = None, active_parameters: float | None = None
) -> Architecture:
    """The architecture of a knowledge entry, with the published totals where given."""
    latent = entry.latent_attention
    expert_width = entry.expert_ffn_hidden_size or (entry.ffn_hidden_size if entry.experts else 0)
    window = entry.sliding_window
    return Architecture(
        layers=entry.layers,
        hidden_size=entry.hidden_size,
        ffn_hidden_size=entry.ffn_hidden_size,
        attention_heads=entry.attention_heads,
        kv_heads=entry.kv_heads,
        head_dim=entry.head_dim,
        vocab_size=entry.vocab_size,
        tied_embeddings=entry.tied_embeddings,
        gated_mlp=entry.gated_mlp,
        experts=entry.experts,
        experts_per_token=entry.experts_per_token,
        shared_experts=entry.shared_experts,
        expert_ffn_hidden_size=expert_width,
        shared_expert_ffn_hidden_size=entry.shared_expert_ffn_hidden_size
        or (expert_width if entry.shared_experts else 0),
        dense_layers=entry.dense_layers,
        qkv_bias=entry.qkv_bias,
        output_bias=entry.output_bias,
        mlp_bias=entry.mlp_bias,
        norm_weights=NORM_WEIGHTS[entry.norm],
        norms_per_layer=entry.norms_per_layer,
        qk_norm=entry.qk_norm,
        learned_positions=entry.learned_positions,
        other_parameters=entry.other_parameters,
        latent=None if latent is None else Latent(**latent.model_dump()),
        # A window in no layer is no window.
        window=None if window is None or window.global_every == 1 else window.size,
        window_global_every=None if window is None or window.global_every == 1 else window.global_every,
        stated_parameters=parameters,
        stated_active_parameters=active_parameters,
    )


def from_model(model: ModelEntry) -> Architecture | None:
    """The architecture of a model entry with its published totals, or None where it is undisclosed."""
    if model.architecture is None:
        return None
    return from_entry(model.architecture, model.parameters, model.active_parameters)


def _rounded(value: float, step: int, least: int) -> int:
    """The nearest multiple of a step, not below a least value."""
    return max(least, step * round(value / step))


def _usual_layers(total: float) -> int:
    """Layers that published dense decoders of a total size have, 24 at 1.4e9, 80 at 7e10, 126 at 4e11.

    Source: piecewise log-linear through Llama 3 (arXiv 2407.21783, table 3) and, below it, GPT-3 (arXiv 2005.14165,
    table 2.1): 12 layers at 1.2e8, 24 from 3.5e8 to 1.3e9, 32 at 2.7e9.
    """
    points: tuple[tuple[float, int], ...] = (
        (1e6, 4),
        (1.2e8, 12),
        (3.5e8, 24),
        (1.4e9, 24),
        (3e9, 30),
        (8e9, 34),
        (3.2e10, 62),
        (7e10, 80),
        (4e11, 126),
        (1e13, 300),
    )
    if total <= points[0][0]:
        return points[0][1]
    for (low, few), (high, many) in pairwise(points):
        if total <= high:
            part = math.log(total / low) / math.log(high / low)
            return round(few * math.exp(part * math.log(many / few)))
    return points[-1][1]


_VOCABULARIES = (128256, 65536, 49152)
"""Classes of published vocabularies: Llama 3 (arXiv 2407.21783), Falcon (2311.16867, 65,024), SmolLM2 (2502.02737)."""
_TABLE_SHARE = 0.2
"""Most of the weights that tables of token vectors take in decoders with a tokenizer of their own, from 4e8 upwards.

Of the published ones between 4e8 and 2e9, GPT-2, GPT-3, OPT, Pythia, TinyLlama, OLMo and StarCoder keep to 0.05 to
0.2; what is above belongs to a family of larger models and has their vocabulary (Qwen2.5-0.5B 0.28, Gemma 3 1B 0.3). A
member of a family is known by its name, a size alone is a design of its own.
"""


def _hidden_exact(total: float, layers: int, tables: float) -> float:
    """The width at which attention, feed-forward layers and `tables` token vectors make up a total.

    2h² of attention (with few key/value heads 2.25) and 10h² of feed-forward make about 12.75 h² a layer; the tables
    add one h for each vector. The positive root of that quadratic is the hidden size.
    """
    square = 12.75 * layers
    return (math.sqrt(tables**2 + 4 * square * total) - tables) / (2 * square)


def _usual_vocabulary(total: float, layers: int, copies: int) -> int:
    """The largest usual vocabulary whose tables stay a small share of the weights; fixed classes below 1e8."""
    if total < 1e8:
        return 32000 if total >= 2e7 else 4096
    return next(
        (v for v in _VOCABULARIES if copies * v * _hidden_exact(total, layers, copies * v) <= _TABLE_SHARE * total),
        _VOCABULARIES[-1],
    )


def _width_for(total: float, a: Architecture) -> int:
    """The feed-forward width with which an architecture reaches a total, at least 1."""
    without = counted_parameters(replace(a, ffn_hidden_size=0, stated_parameters=None))
    per_unit = a.layers * ((2 + a.gated_mlp) * a.hidden_size + a.mlp_bias * (1 + a.gated_mlp))
    return max(1, round((total - without) / per_unit))


def dense_decoder(parameters: float) -> Architecture:
    """A plausible dense decoder of a stated size, for when nothing but the size is known.

    Grouped-query attention, heads 128 wide from a width of 2048, gated feed-forward, tables tied below four billion, a
    vocabulary of the 128k class where its tables are a small share of that size, else a smaller one; the feed-forward
    width closes the gap, so that the count is within 0.5 % of the size. `parameters` from 1e6 to 1e13, else ValueError.
    Proportions follow Llama 3 and Qwen2.5 (arXiv 2407.21783, 2412.15115).
    """
    if not 1e6 <= parameters <= 1e13:
        raise ValueError(f"no dense decoder of {parameters:g} parameters: the size must lie between 1e6 and 1e13")
    layers, tied = _usual_layers(parameters), parameters < 4e9
    vocab = _usual_vocabulary(parameters, layers, 2 - tied)
    hidden_exact = _hidden_exact(parameters, layers, (2 - tied) * vocab)
    head_dim = 128 if hidden_exact >= 2048 else 64 if hidden_exact >= 256 else 32
    # Heads in eights (in fours below 3072) keep the model divisible by the usual tensor-parallel degrees.
    together = 8 if hidden_exact >= 2816 else 4 if hidden_exact >= 512 else 1
    hidden = _rounded(hidden_exact, together * head_dim, head_dim)
    heads = hidden // head_dim
    shape = Architecture(
        layers=layers,
        hidden_size=hidden,
        ffn_hidden_size=0,
        attention_heads=heads,
        kv_heads=_usual_kv_heads(heads),
        head_dim=head_dim,
        vocab_size=vocab,
        tied_embeddings=tied,
        gated_mlp=True,
        widths_assumed=True,
    )
    width = _width_for(parameters, shape)
    for step in (256, 128, 64, 16, 1):
        rounded = replace(shape, ffn_hidden_size=_rounded(width, step, step))
        if abs(counted_parameters(rounded) / parameters - 1) <= 0.004:
            return replace(rounded, stated_parameters=parameters)
    return replace(shape, ffn_hidden_size=width, stated_parameters=parameters)


def _usual_kv_heads(heads: int) -> int:
    """Key/value heads of grouped-query models: 8 where that divides the heads, else 4, 2 or 1."""
    return next(n for n in (8, 4, 2, 1) if heads % n == 0)


_REQUIRED = ("layers", "hidden_size", "ffn_hidden_size", "attention_heads", "kv_heads", "head_dim", "vocab_size")


def fill(
    stated: Mapping[str, Any], parameters: float | None = None, active_parameters: float | None = None
) -> Architecture:
    """An architecture from the fields that are stated (names of `Architecture`), the rest by the usual proportions.

    `None` counts as not stated. With `parameters`, missing sizes are those of a dense decoder of that size, and the
    feed-forward (or expert) width, if missing, closes the gap to it; without, `layers` and `hidden_size` must be
    stated, else `TooLittleKnownError`. A stated active size well below the total makes a mixture of 128 experts
    (arXiv 2505.09388) where no number is stated. The stated totals are kept and win over the count. Unknown names raise
    TypeError, sizes below one ValueError.
    """
    known = {name: value for name, value in stated.items() if value is not None}
    _refuse_bad(known)
    if parameters is not None and active_parameters is not None and active_parameters < 0.9 * parameters:
        known.setdefault("experts", 128)
    sparse = known.get("experts", 0) > 0
    size = parameters if parameters is not None else _size_from(known)
    usual = dense_decoder(min(max(_dense_size(size, active_parameters, known), 1e6), 1e13))
    hidden = known.get("hidden_size") or _hidden_from(known, usual)
    head_dim = known.get("head_dim") or _head_dim_from(known, hidden, usual)
    heads = known.get("attention_heads") or max(1, hidden // head_dim)
    gated = known.get("gated_mlp", True)
    guesses: dict[str, Any] = {
        "layers": usual.layers,
        "hidden_size": hidden,
        "attention_heads": heads,
        "kv_heads": _usual_kv_heads(heads),
        "head_dim": head_dim,
        "vocab_size": usual.vocab_size,
        "tied_embeddings": usual.tied_embeddings and not sparse,
        "gated_mlp": gated,
        # Two thirds of 4h keep a gated block as large as an ungated one (arXiv 2002.05202).
        "ffn_hidden_size": _rounded(hidden * 8 / 3, 64, 64) if gated else 4 * hidden,
    }
    widths_assumed = not {"hidden_size", "ffn_hidden_size"} <= known.keys()
    shape = Architecture(**{**guesses, **known}, widths_assumed=widths_assumed)
    if sparse:
        shape = _fill_experts(shape, known, parameters, active_parameters)
    elif "ffn_hidden_size" not in known and parameters is not None:
        shape = replace(shape, ffn_hidden_size=_width_for(parameters, shape))
    return replace(shape, stated_parameters=parameters, stated_active_parameters=active_parameters)


def _refuse_bad(known: Mapping[str, Any]) -> None:
    """Raise for field names that an architecture has not and for sizes below one."""
    names = {f.name for f in fields(Architecture)}
    for name, value in known.items():
        if name not in names:
            raise TypeError(f"an architecture has no field {name!r}")
        if name in _REQUIRED and value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")


def _size_from(known: Mapping[str, Any]) -> float:
    """A first guess of the dense part's size from its depth and width: 12·L·h² (arXiv 2001.08361, section 2.1)."""
    if "layers" not in known or "hidden_size" not in known:
        raise TooLittleKnownError("without a total, layers and hidden_size must be stated")
    return float(12 * known["layers"] * known["hidden_size"] ** 2)


def _dense_size(total: float, active: float | None, known: Mapping[str, Any]) -> float:
    """The size of the dense decoder whose depth and width a model resembles: for a mixture, its active size.

    Mixtral, gpt-oss and DeepSeek-V3 (arXiv 2401.04088, 2508.10925, 2412.19437) are within a fifth of the width of a
    dense decoder of their active size. Unstated, that is the share of chosen experts, at least a tenth.
    """
    experts = known.get("experts", 0)
    if not experts:
        return total
    chosen = known.get("experts_per_token") or _usual_experts_per_token(experts)
    return active if active is not None else total * max(0.1, chosen / experts)


def _usual_experts_per_token(experts: int) -> int:
    """Experts that a router chooses: 2 of few (arXiv 2401.04088), 8 of many (arXiv 2412.19437, 2505.09388)."""
    return min(experts, 2 if experts <= 16 else 8)


def _hidden_from(known: Mapping[str, Any], usual: Architecture) -> int:
    """The hidden size that the stated heads or depth imply."""
    if "attention_heads" in known:
        return int(known["attention_heads"] * known.get("head_dim", 128))
    if "layers" in known:
        # The same number of weights in another depth: h goes with the root of the depths' ratio.
        return _rounded(usual.hidden_size * math.sqrt(usual.layers / known["layers"]), 128, 128)
    return usual.hidden_size


def _head_dim_from(known: Mapping[str, Any], hidden: int, usual: Architecture) -> int:
    """The size of a head that the stated heads imply, else the usual one where it divides the hidden size."""
    if "attention_heads" in known:
        return max(1, hidden // int(known["attention_heads"]))
    return next(d for d in (usual.head_dim, 128, 64, 32, 16, 8, 4, 2, 1) if hidden % d == 0)


def _fill_experts(a: Architecture, known: Mapping[str, Any], total: float | None, active: float | None) -> Architecture:
    """The sparse fields of a partly stated mixture of experts."""
    per_token = known.get("experts_per_token") or _usual_experts_per_token(a.experts)
    a = replace(a, experts_per_token=per_token)
    sparse = sparse_layers(a)
    if "expert_ffn_hidden_size" not in known:
        width: float = a.ffn_hidden_size
        if total is not None and sparse > 0:
            one = replace(a, expert_ffn_hidden_size=1, shared_expert_ffn_hidden_size=1)
            none = replace(a, expert_ffn_hidden_size=0, shared_expert_ffn_hidden_size=0)
            base = counted_parameters(none)
            width = (total - base) / (counted_parameters(one) - base)
        a = replace(a, expert_ffn_hidden_size=max(1, round(width)))
    if "shared_expert_ffn_hidden_size" not in known and a.shared_experts:
        a = replace(a, shared_expert_ffn_hidden_size=a.expert_ffn_hidden_size)
    if "experts_per_token" not in known and active is not None and sparse > 0:
        idle = replace(a, experts_per_token=0)
        chosen = (active - counted_active_parameters(idle)) / (sparse * parameters_per_expert(a))
        a = replace(a, experts_per_token=min(a.experts, max(1, round(chosen))))
    return a
