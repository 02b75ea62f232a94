"""Reads the architecture out of a Hugging Face `config.json`.

A configuration file comes from somebody else: every field is checked for its type and for a size that a decoder can
have, nothing in it is run, and what is missing or absurd is an error that names the field. Field names and defaults
are those of the configuration classes in `transformers` (https://github.com/huggingface/transformers) and of the
models' own repositories; a family that is not known here is refused, because a guess would be wrong in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from advisor.estimates.architecture import NORM_WEIGHTS, counted_parameters
from advisor.estimates.run import Architecture, Latent
from advisor.records import dataclass

MOST_PARAMETERS = 1e14
"""A product of the sizes beyond this is a mistake or an attack, not a model."""

_MOST = MappingProxyType(
    {
        "layers": 2000,
        "width": 10**6,
        "inner": 10**7,
        "heads": 10**5,
        "vocab": 10**8,
        "experts": 10**5,
        "positions": 10**8,
    }
)


class ConfigError(ValueError):
    """A configuration that does not describe a decoder; `field` names the field at fault."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")
        self.field = field


class MissingFieldError(ConfigError):
    """A field without which the architecture is not known."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "missing")


class AbsurdFieldError(ConfigError):
    """A field of the wrong type or of a size that no decoder has."""


class UnknownModelTypeError(ConfigError):
    """A family of models that is not known here."""

    def __init__(self, model_type: object) -> None:
        super().__init__("model_type", f"unknown family {model_type!r}")
        self.model_type = model_type


@dataclass(frozen=True, slots=True)
class _Fields:
    """Checked access to the fields of one mapping."""

    raw: Mapping[str, object]
    outer: Mapping[str, object]

    def has(self, *names: str) -> bool:
        """Tell whether any of these is given and not null."""
        return any(self.raw.get(name) is not None for name in names)

    def whole(self, kind: str, *names: str, default: int | None = None, least: int = 1) -> int:
        """The first of these fields that is given, as a whole number from `least` to what its kind allows."""
        for name in names:
            value = self.raw.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int):
                raise AbsurdFieldError(name, f"must be a whole number, not {type(value).__name__}")
            if not least <= value <= _MOST[kind]:
                raise AbsurdFieldError(name, f"must lie between {least} and {_MOST[kind]}")
            return value
        if default is None:
            raise MissingFieldError(names[0])
        return default

    def flag(self, *names: str, default: bool) -> bool:
        """The first of these fields that is given, as true or false."""
        for name in names:
            value = self.raw.get(name)
            if value is None:
                continue
            if not isinstance(value, bool):
                raise AbsurdFieldError(name, f"must be true or false, not {type(value).__name__}")
            return value
        return default

    def tied(self, default: bool) -> bool:
        """Whether the head shares the token table; the outer mapping decides for composed models."""
        fallback = self.outer.get("tie_word_embeddings")
        return self.flag("tie_word_embeddings", default=fallback if isinstance(fallback, bool) else default)

    def texts(self, name: str) -> list[str]:
        """A list of strings, one per layer, empty when it is not given."""
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > _MOST["layers"] or not all(isinstance(v, str) for v in value):
            raise AbsurdFieldError(name, "must be a list with one name per layer")
        return [str(v) for v in value]

    def inner(self, name: str) -> _Fields:
        """A nested mapping, empty when it is not given."""
        value = self.raw.get(name)
        if value is None:
            return _Fields({}, {})
        if not isinstance(value, Mapping):
            raise AbsurdFieldError(name, "must be a mapping")
        return _Fields(value, {})


@dataclass(frozen=True, slots=True)
class _Style:
    """What a family fixes and its configuration does not say."""

    tied: bool = False
    gated: bool = True
    norm: str = "rms"
    norms: int = 2
    qk_norm: bool = False
    qkv_bias: bool = False
    output_bias: bool = False
    mlp_bias: bool = False
    head_dim: int | None = None


_PLAIN = _Style()


def _decoder(f: _Fields, style: _Style = _PLAIN, ffn: int | None = None) -> Architecture:
    """A dense decoder with the usual field names; `ffn` is its width where the family states that otherwise."""
    hidden = f.whole("width", "hidden_size", "n_embd", "n_embed", "d_model")
    heads = f.whole("heads", "num_attention_heads", "n_head", "n_heads")
    if not f.has("head_dim", "kv_channels") and style.head_dim is None and hidden % heads:
        raise AbsurdFieldError("num_attention_heads", f"{heads} heads do not divide a hidden size of {hidden}")
    if ffn is None:
        widths = ("intermediate_size", "ffn_hidden_size", "n_inner")
        ffn = f.whole("inner", *widths, default=None if style.gated else 4 * hidden)
    kv_heads = f.whole("heads", "num_key_value_heads", default=heads)
    if kv_heads > heads or heads % kv_heads:
        raise AbsurdFieldError("num_key_value_heads", f"{kv_heads} do not divide {heads} heads")
    return Architecture(
        layers=f.whole("layers", "num_hidden_layers", "n_layer", "num_layers", "n_layers"),
        hidden_size=hidden,
        ffn_hidden_size=ffn,
        attention_heads=heads,
        kv_heads=kv_heads,
        head_dim=f.whole("width", "head_dim", "kv_channels", default=style.head_dim or max(1, hidden // heads)),
        vocab_size=f.whole("vocab", "vocab_size", "padded_vocab_size"),
        tied_embeddings=f.tied(style.tied),
        gated_mlp=style.gated,
        qkv_bias=style.qkv_bias,
        output_bias=style.output_bias,
        mlp_bias=style.mlp_bias,
        norm_weights=NORM_WEIGHTS[style.norm],
        norms_per_layer=style.norms,
        qk_norm=style.qk_norm,
    )


_ALL_BIASES = _Style(gated=False, norm="layer", qkv_bias=True, output_bias=True, mlp_bias=True)


def _windows(f: _Fields, a: Architecture, every: int | None = None) -> Architecture:
    """The same architecture with its sliding window: from the layer types, else one global layer of every `every`."""
    if not f.has("sliding_window") or not f.flag("use_sliding_window", default=True):
        return a
    size = f.whole("positions", "sliding_window")
    kinds = f.texts("layer_types")
    if kinds:
        full = sum(kind == "full_attention" for kind in kinds)
        if full == len(kinds):
            return a
        # Layers may be left over after the last global one: 26 layers with 4 global ones repeat in sixes, not in 6.5s.
        every = None if full == 0 else kinds.index("full_attention") + 1
    if every == 1:
        return a
    return replace(a, window=size, window_global_every=every)


def _experts(
    f: _Fields, a: Architecture, count: str, chosen: tuple[str, ...], width: str, *, shared: int = 0, dense: int = 0
) -> Architecture:
    """The same architecture with routed experts in all but the first `dense` layers; dense where none are given."""
    if not f.has(count):
        return a
    experts = f.whole("experts", count)
    if experts == 1:
        return a
    per_token = f.whole("experts", *chosen)
    if per_token > experts:
        raise AbsurdFieldError(chosen[0], f"{per_token} of {experts} experts cannot be chosen")
    if dense > a.layers:
        raise AbsurdFieldError("first_k_dense_replace", f"{dense} of {a.layers} layers cannot be dense")
    inner = f.whole("inner", width)
    return replace(
        a,
        experts=experts,
        experts_per_token=per_token,
        shared_experts=shared,
        expert_ffn_hidden_size=inner,
        shared_expert_ffn_hidden_size=inner if shared else 0,
        dense_layers=dense,
    )


def _full_qk_norm(a: Architecture) -> Architecture:
    """The same architecture with norms over the whole width of queries and of keys instead of over one head."""
    extra = a.head_dim * (a.attention_heads + a.kv_heads - 2)
    return replace(a, qk_norm=True, other_parameters=a.other_parameters + a.layers * extra)


def _llama(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=False)
    style = _Style(qkv_bias=bias, output_bias=bias, mlp_bias=f.flag("mlp_bias", default=False))
    return _decoder(f, style)


def _mistral(f: _Fields) -> Architecture:
    return _windows(f, _decoder(f))


def _mixtral(f: _Fields) -> Architecture:
    return _experts(f, _mistral(f), "num_local_experts", ("num_experts_per_tok",), "intermediate_size")


def _qwen(f: _Fields) -> Architecture:
    # Qwen 1 states the gated matrices' widths together.
    return _decoder(f, _Style(qkv_bias=True), ffn=f.whole("inner", "intermediate_size", least=2) // 2)


def _qwen2(f: _Fields) -> Architecture:
    # The switch is off unless stated; the window itself is stated even where it is off.
    plain = _decoder(f, _Style(qkv_bias=True))
    return _windows(f, plain) if f.flag("use_sliding_window", default=False) else plain


def _sparse_step(f: _Fields, layers: int) -> int:
    """Dense layers of a Qwen mixture: the listed ones and those between the sparse steps."""
    step = f.whole("layers", "decoder_sparse_step", default=1)
    listed = f.raw.get("mlp_only_layers") or []
    if not isinstance(listed, list) or len(listed) > layers:
        raise AbsurdFieldError("mlp_only_layers", "must be a list of layer numbers")
    return layers - sum((i + 1) % step == 0 and i not in listed for i in range(layers))


def _qwen2_moe(f: _Fields) -> Architecture:
    a = _decoder(f, _Style(qkv_bias=True))
    shared = f.whole("inner", "shared_expert_intermediate_size", least=0, default=0)
    dense = _sparse_step(f, a.layers)
    a = _experts(
        f, a, "num_experts", ("num_experts_per_tok",), "moe_intermediate_size", shared=int(shared > 0), dense=dense
    )
    # The shared expert has a gate of its own, one vector a layer.
    gates = (a.layers - dense) * a.hidden_size if shared else 0
    return replace(a, shared_expert_ffn_hidden_size=shared, other_parameters=gates)


def _qwen3(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=False)
    a = _decoder(f, _Style(qk_norm=True, qkv_bias=bias, output_bias=bias))
    a = _windows(f, a) if f.flag("use_sliding_window", default=False) else a
    dense = _sparse_step(f, a.layers)
    return _experts(f, a, "num_experts", ("num_experts_per_tok",), "moe_intermediate_size", dense=dense)


def _gemma(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=False)
    return _decoder(f, _Style(tied=True, head_dim=256, qkv_bias=bias, output_bias=bias))


def _gemma2(f: _Fields) -> Architecture:
    return _windows(f, replace(_gemma(f), norms_per_layer=4), every=2)


_GEMMA3_DEFAULTS = MappingProxyType(
    {"num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "vocab_size": 262208, "sliding_window": 4096}
)


def _gemma3(f: _Fields) -> Architecture:
    # Published Gemma 3 files leave out what equals the class's defaults.
    full = _Fields({**_GEMMA3_DEFAULTS, **{k: v for k, v in f.raw.items() if v is not None}}, f.outer)
    a = replace(_gemma(full), norms_per_layer=4, qk_norm=True)
    return _windows(full, a, every=full.whole("layers", "sliding_window_pattern", default=6))


def _phi(f: _Fields) -> Architecture:
    a = _decoder(f, replace(_ALL_BIASES, norms=1))
    return replace(a, other_parameters=a.vocab_size)  # the head has a bias


def _phi_moe(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=False)
    a = _decoder(f, _Style(norm="layer", qkv_bias=bias, output_bias=bias))
    a = replace(a, other_parameters=a.vocab_size * f.flag("lm_head_bias", default=False))
    return _experts(f, a, "num_local_experts", ("num_experts_per_tok",), "intermediate_size")


def _gpt2(f: _Fields) -> Architecture:
    positions = f.whole("positions", "n_positions", "max_position_embeddings")
    return replace(_decoder(f, replace(_ALL_BIASES, tied=True)), learned_positions=positions)


def _gpt_bigcode(f: _Fields) -> Architecture:
    a = _gpt2(f)
    return replace(a, kv_heads=1) if f.flag("multi_query", default=True) else a


def _gpt_neox(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=True)
    return _decoder(f, replace(_ALL_BIASES, qkv_bias=bias, output_bias=bias))


def _gptj(f: _Fields) -> Architecture:
    a = _decoder(f, _Style(gated=False, norm="layer", norms=1, mlp_bias=True))
    return replace(a, other_parameters=a.vocab_size)  # the head has a bias


def _falcon(f: _Fields) -> Architecture:
    new = f.flag("new_decoder_architecture", default=f.has("n_head_kv", "num_kv_heads"))
    bias = f.flag("bias", default=False)
    norms = 2
    if new:
        norms = f.whole("layers", "num_ln_in_parallel_attn", default=2)
    elif f.flag("parallel_attn", default=True):
        norms = 1
    style = _Style(True, False, "layer", norms, qkv_bias=bias, output_bias=bias, mlp_bias=bias)
    a = _decoder(f, style)
    if new:
        return replace(a, kv_heads=f.whole("heads", "num_kv_heads", "n_head_kv"))
    return replace(a, kv_heads=1) if f.flag("multi_query", default=True) else a


def _mpt(f: _Fields) -> Architecture:
    attention = f.inner("attn_config")
    bias = not f.flag("no_bias", default=False)
    style = _Style(True, False, "layer" if bias else "layer-no-bias", qkv_bias=bias, output_bias=bias, mlp_bias=bias)
    inner = f.whole("inner", "d_model") * f.whole("width", "expansion_ratio", default=4)
    a = _decoder(f, style, ffn=inner)
    heads = attention.whole("heads", "kv_n_heads", default=a.attention_heads)
    if attention.raw.get("attn_type") == "multiquery_attention":
        heads = 1
    without_table = attention.flag("alibi", default=False) or attention.flag("rope", default=False)
    positions = 0 if without_table else f.whole("positions", "max_seq_len")
    return replace(a, kv_heads=heads, learned_positions=positions)


def _bloom(f: _Fields) -> Architecture:
    a = _decoder(f, replace(_ALL_BIASES, tied=True))
    return replace(a, other_parameters=2 * a.hidden_size)  # the norm after the token table


def _opt(f: _Fields) -> Architecture:
    if f.has("word_embed_proj_dim") and f.raw["word_embed_proj_dim"] != f.raw.get("hidden_size"):
        raise AbsurdFieldError("word_embed_proj_dim", "a projected token table is not known here")
    # The table of positions starts with two rows that are not used.
    positions = f.whole("positions", "max_position_embeddings") + 2
    width = f.whole("inner", "ffn_dim")
    return replace(_decoder(f, replace(_ALL_BIASES, tied=True), ffn=width), learned_positions=positions)


def _latent(f: _Fields, value_width: int | None = None) -> Latent:
    """The ranks of latent attention; a null rank of the queries means that they are not compressed."""
    return Latent(
        q_lora_rank=f.whole("width", "q_lora_rank") if f.has("q_lora_rank") else None,
        kv_lora_rank=f.whole("width", "kv_lora_rank"),
        qk_nope_head_dim=f.whole("width", "qk_nope_head_dim"),
        qk_rope_head_dim=f.whole("width", "qk_rope_head_dim"),
        v_head_dim=f.whole("width", "v_head_dim", default=value_width),
    )


def _deepseek(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=False)
    style = _Style(qkv_bias=bias, output_bias=bias)
    if f.has("kv_lora_rank"):
        latent = _latent(f)
        # Its configurations give either no head size or one of several: the value's is the one that repeats.
        a = replace(_decoder(f, replace(style, head_dim=latent.v_head_dim)), head_dim=latent.v_head_dim, latent=latent)
    else:
        a = _decoder(f, style)
    dense = f.whole("layers", "first_k_dense_replace", default=0, least=0)
    shared = f.whole("experts", "n_shared_experts", default=0, least=0)
    a = _experts(
        f, a, "n_routed_experts", ("num_experts_per_tok",), "moe_intermediate_size", shared=shared, dense=dense
    )
    extra = (a.layers - dense) * a.experts if f.raw.get("topk_method") == "noaux_tc" else 0
    if f.has("index_n_heads"):
        heads, width = f.whole("heads", "index_n_heads"), f.whole("width", "index_head_dim")
        rank = f.whole("width", "q_lora_rank")
        # The index of sparse attention: queries from the rank, one key with a norm, and a weight per head.
        kinds = f.texts("indexer_types")
        owners = sum(kind == "full" for kind in kinds) if kinds else a.layers
        extra += owners * (rank * heads * width + a.hidden_size * (width + heads) + 2 * width)
    return replace(a, other_parameters=extra)


def _minicpm(f: _Fields) -> Architecture:
    a = _decoder(f, _Style(tied=True))
    return _experts(f, a, "num_experts", ("num_experts_per_tok",), "intermediate_size")


def _minicpm3(f: _Fields) -> Architecture:
    a = _decoder(f, _Style(tied=True))
    latent = _latent(f, value_width=a.hidden_size // a.attention_heads)
    return replace(a, head_dim=latent.v_head_dim, latent=latent)


def _internlm(f: _Fields) -> Architecture:
    bias = f.flag("bias", default=True)
    return _decoder(f, _Style(qkv_bias=bias, output_bias=bias))


def _internlm2(f: _Fields) -> Architecture:
    bias = f.flag("bias", default=False)
    return _decoder(f, _Style(qkv_bias=bias or f.flag("qkv_bias", default=False), output_bias=bias))


def _chatglm(f: _Fields) -> Architecture:
    if f.has("inner_hidden_size"):  # the first ChatGLM
        width = f.whole("inner", "inner_hidden_size")
        return _decoder(f, replace(_ALL_BIASES, tied=True), ffn=width)
    linear = f.flag("add_bias_linear", default=False)
    style = _Style(
        qkv_bias=linear or f.flag("add_qkv_bias", default=False),
        output_bias=linear,
        mlp_bias=linear,
        norm="rms" if f.flag("rmsnorm", default=True) else "layer",
    )
    renamed = _Fields({**f.raw, "vocab_size": f.raw.get("padded_vocab_size", f.raw.get("vocab_size"))}, f.outer)
    a = _decoder(renamed, style)
    if f.flag("multi_query_attention", default=False):
        return replace(a, kv_heads=f.whole("heads", "multi_query_group_num"))
    return a


def _glm(f: _Fields) -> Architecture:
    return _decoder(f, _Style(qkv_bias=f.flag("attention_bias", default=True)))


def _glm4(f: _Fields) -> Architecture:
    return _decoder(f, _Style(norms=4, qkv_bias=f.flag("attention_bias", default=False)))


def _glm4_moe(f: _Fields) -> Architecture:
    style = _Style(qkv_bias=f.flag("attention_bias", default=False), qk_norm=f.flag("use_qk_norm", default=False))
    dense = f.whole("layers", "first_k_dense_replace", default=1, least=0)
    shared = f.whole("experts", "n_shared_experts", default=1, least=0)
    a = _decoder(f, style)
    a = _experts(
        f, a, "n_routed_experts", ("num_experts_per_tok",), "moe_intermediate_size", shared=shared, dense=dense
    )
    return replace(a, other_parameters=(a.layers - dense) * a.experts)


def _starcoder2(f: _Fields) -> Architecture:
    bias = f.flag("use_bias", default=True)
    style = replace(_ALL_BIASES, tied=True, qkv_bias=bias, output_bias=bias, mlp_bias=bias)
    return _windows(f, _decoder(f, style))


def _olmo(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=False)
    return _decoder(f, _Style(norm="layer-no-parameters", qkv_bias=bias, output_bias=bias))


def _olmo2(f: _Fields) -> Architecture:
    a = _full_qk_norm(_llama(f))
    return _windows(f, a, every=4)


def _olmoe(f: _Fields) -> Architecture:
    return _experts(f, _full_qk_norm(_llama(f)), "num_experts", ("num_experts_per_tok",), "intermediate_size")


def _granite_moe(f: _Fields) -> Architecture:
    return _experts(f, _llama(f), "num_local_experts", ("num_experts_per_tok",), "intermediate_size")


def _gpt_oss(f: _Fields) -> Architecture:
    a = _decoder(f, _Style(qkv_bias=True, output_bias=True, mlp_bias=True))
    a = _experts(f, a, "num_local_experts", ("num_experts_per_tok", "experts_per_token"), "intermediate_size")
    # Biases of the router and one sink per head, in every layer.
    a = replace(a, other_parameters=a.layers * (a.experts + a.attention_heads))
    windowed = _windows(f, a, every=2)
    # Its global layers are the second of each pair, whatever comes first in the list.
    return windowed if windowed.window is None else replace(windowed, window_global_every=2)


def _cohere(f: _Fields) -> Architecture:
    a = _decoder(f, _Style(tied=True, norm="layer-no-bias", norms=1))
    if not f.flag("use_qk_norm", default=False):
        return a
    # One weight per element of every head, not of one head.
    return replace(a, qk_norm=True, other_parameters=a.layers * (a.attention_heads + a.kv_heads - 2) * a.head_dim)


def _stablelm(f: _Fields) -> Architecture:
    norms = 1 if f.flag("use_parallel_residual", default=False) else 2
    return _decoder(f, _Style(norm="layer", norms=norms, qkv_bias=f.flag("use_qkv_bias", default=False)))


def _nemotron(f: _Fields) -> Architecture:
    bias = f.flag("attention_bias", default=False)
    style = _Style(
        gated=False, norm="layer", qkv_bias=bias, output_bias=bias, mlp_bias=f.flag("mlp_bias", default=False)
    )
    return _decoder(f, style)


def _dbrx(f: _Fields) -> Architecture:
    attention, mixture = f.inner("attn_config"), f.inner("ffn_config")
    width = mixture.whole("inner", "ffn_hidden_size")
    a = _decoder(f, _Style(norm="layer-no-bias"), ffn=width)
    a = _experts(mixture, a, "moe_num_experts", ("moe_top_k",), "ffn_hidden_size")
    return replace(a, kv_heads=attention.whole("heads", "kv_n_heads", default=a.attention_heads))


def _ernie(f: _Fields) -> Architecture:
    bias = f.flag("use_bias", default=False)
    a = _decoder(f, _Style(tied=True, qkv_bias=bias, output_bias=bias, mlp_bias=bias))
    dense = f.whole("layers", "moe_layer_start_index", default=0, least=0)
    shared = f.whole("experts", "moe_num_shared_experts", default=0, least=0)
    a = _experts(f, a, "moe_num_experts", ("moe_k",), "moe_intermediate_size", shared=shared, dense=dense)
    return replace(a, other_parameters=(a.layers - dense) * a.experts)


def _seed_oss(f: _Fields) -> Architecture:
    qkv, out = f.flag("attention_bias", default=True), f.flag("attention_out_bias", default=False)
    return _decoder(f, _Style(qkv_bias=qkv, output_bias=out, mlp_bias=f.flag("mlp_bias", default=False)))


def _minimax_m2(f: _Fields) -> Architecture:
    a = _decoder(f)
    a = _full_qk_norm(a) if f.flag("use_qk_norm", default=False) else a
    a = _experts(f, a, "num_local_experts", ("num_experts_per_tok",), "intermediate_size")
    return replace(a, other_parameters=a.other_parameters + a.layers * a.experts)


def _pangu(f: _Fields) -> Architecture:
    bias = f.flag("bias", "attention_bias", default=True)
    return _decoder(f, _Style(qkv_bias=bias, output_bias=bias))


def _pangu_pro_moe(f: _Fields) -> Architecture:
    shared = f.whole("inner", "shared_expert_intermediate_size", default=0, least=0)
    moe = f.whole("inner", "moe_intermediate_size")
    a = _decoder(f, _Style(qkv_bias=True, output_bias=True), ffn=shared or moe)
    a = _experts(f, a, "num_experts", ("num_experts_per_tok",), "moe_intermediate_size", shared=int(shared > 0))
    return replace(a, shared_expert_ffn_hidden_size=shared)


def _llama4(f: _Fields) -> Architecture:
    step = f.whole("layers", "interleave_moe_layer_step", default=1)
    a = _decoder(f, ffn=f.whole("inner", "intermediate_size_mlp"))
    sparse = a.layers // step
    return _experts(
        f, a, "num_local_experts", ("num_experts_per_tok",), "intermediate_size", shared=1, dense=a.layers - sparse
    )


def _tower_sizes(v: _Fields) -> tuple[int, int, int]:
    """Hidden size, feed-forward width and layers of a vision tower."""
    return (
        v.whole("width", "hidden_size"),
        v.whole("inner", "intermediate_size"),
        v.whole("layers", "num_hidden_layers"),
    )


def _siglip(v: _Fields, hidden: int) -> int:
    """Weights of the SigLIP tower of Gemma 3 and of its projection into the decoder."""
    h, f, n = _tower_sizes(v)
    patch = v.whole("width", "patch_size", default=14)
    side = v.whole("positions", "image_size", default=896) // patch
    layer = 4 * h * (h + 1) + 2 * h * f + f + h + 4 * h
    return 3 * patch**2 * h + h + side**2 * h + n * layer + 2 * h + h * hidden + h


def _pixtral(v: _Fields, hidden: int) -> int:
    """Weights of the Pixtral tower of Mistral Small 3.1, of the patch merger and of the projector."""
    h, f, n = _tower_sizes(v)
    patch = v.whole("width", "patch_size", default=14)
    tower = 3 * patch**2 * h + h + n * (4 * h * h + 3 * h * f + 2 * h)
    return tower + 4 * h * h + h + h * hidden + hidden * hidden


def _llama4_vision(v: _Fields, hidden: int) -> int:
    """Weights of the vision tower of Llama 4, of its adapter and of the projector."""
    h, f, n = _tower_sizes(v)
    patch = v.whole("width", "patch_size", default=14)
    side = v.whole("positions", "image_size", default=336) // patch
    out = v.whole("width", "vision_output_dim", "projector_output_dim", default=4096)
    layer = 4 * h * (h + 1) + 2 * h * f + f + h + 4 * h
    tower = 3 * patch**2 * h + h + (side**2 + 1) * h + n * layer + 4 * h
    # Four pixels side by side enter the adapter.
    return tower + 4 * h * out + out * out + out * hidden


_TOWERS: Mapping[str, Callable[[_Fields, int], int]] = MappingProxyType(
    {"siglip_vision_model": _siglip, "pixtral": _pixtral, "llama4_vision_model": _llama4_vision}
)

_READERS: Mapping[str, Callable[[_Fields], Architecture]] = MappingProxyType(
    {
        "llama": _llama,
        "aquila": _llama,
        "yi": _llama,
        "smollm3": lambda f: replace(_llama(f), tied_embeddings=f.tied(True)),
        "mistral": _mistral,
        "ministral": _mistral,
        "phi3": _mistral,
        "baichuan": _decoder,
        "mixtral": _mixtral,
        "qwen": _qwen,
        "qwen2": _qwen2,
        "mimo": _qwen2,
        "qwen2_moe": _qwen2_moe,
        "qwen3": _qwen3,
        "qwen3_moe": _qwen3,
        "gemma": _gemma,
        "gemma2": _gemma2,
        "gemma3": _gemma3,
        "gemma3_text": _gemma3,
        "phi": _phi,
        "phimoe": _phi_moe,
        "gpt2": _gpt2,
        "gpt_bigcode": _gpt_bigcode,
        "gpt_neox": _gpt_neox,
        "gptj": _gptj,
        "falcon": _falcon,
        "refinedweb": _falcon,
        "refinedwebmodel": _falcon,
        "mpt": _mpt,
        "bloom": _bloom,
        "opt": _opt,
        "deepseek": _deepseek,
        "deepseek_v2": _deepseek,
        "deepseek_v3": _deepseek,
        "deepseek_v32": _deepseek,
        "kimi_k2": _deepseek,
        "glm_moe_dsa": _deepseek,
        "minicpm": _minicpm,
        "minicpm3": _minicpm3,
        "internlm": _internlm,
        "internlm2": _internlm2,
        "internlm3": _internlm2,
        "chatglm": _chatglm,
        "glm": _glm,
        "glm4": _glm4,
        "glm4_moe": _glm4_moe,
        "starcoder2": _starcoder2,
        "olmo": _olmo,
        "olmo2": _olmo2,
        "olmo3": _olmo2,
        "olmoe": _olmoe,
        "granite": _llama,
        "granitemoe": _granite_moe,
        "gpt_oss": _gpt_oss,
        "cohere": _cohere,
        "stablelm": _stablelm,
        "stablelm_epoch": _stablelm,
        "nemotron": _nemotron,
        "dbrx": _dbrx,
        "ernie4_5": _ernie,
        "ernie4_5_moe": _ernie,
        "seed_oss": _seed_oss,
        "minimax_m2": _minimax_m2,
        "panguembedded": _pangu,
        "pangupromoe": _pangu_pro_moe,
        "llama4_text": _llama4,
    }
)

MODEL_TYPES: frozenset[str] = frozenset(_READERS)
"""Values of `model_type` that can be read, in lower case."""


def architecture_from_config(config: Mapping[str, object]) -> Architecture:
    """The architecture that a parsed `config.json` describes, the decoder in `text_config` for composed models.

    Sizes are counts. Vision towers of Gemma 3, Llama 4 and Mistral Small 3.1 are counted as other weights; towers of
    other families are not. Raises `MissingFieldError`, `AbsurdFieldError` or `UnknownModelTypeError`, all of them
    `ConfigError`.
    """
    if not isinstance(config, Mapping):
        raise AbsurdFieldError("config", "must be a mapping")
    top = _Fields(config, {})
    nested = next((name for name in ("text_config", "language_config", "llm_config") if top.has(name)), None)
    inner = top if nested is None else _Fields(top.inner(nested).raw, config)
    model_type = inner.raw.get("model_type", config.get("model_type"))
    if model_type is None:
        raise MissingFieldError("model_type")
    reader = _READERS.get(model_type.lower()) if isinstance(model_type, str) else None
    if reader is None:
        raise UnknownModelTypeError(model_type)
    a = reader(inner)
    vision = top.inner("vision_config")
    tower = _TOWERS.get(str(vision.raw.get("model_type")))
    if tower is not None and nested is not None:
        a = replace(a, other_parameters=a.other_parameters + tower(vision, a.hidden_size))
    if not 0 < counted_parameters(a) <= MOST_PARAMETERS:
        raise AbsurdFieldError("hidden_size", "the product of the sizes is beyond any model")
    return a
