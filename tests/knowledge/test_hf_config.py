"""Configuration files of the common families give the architecture of the entry; bad ones are refused by field."""

from __future__ import annotations

import math
from typing import Any

import pytest

from advisor.entries.base import built_in_folder
from advisor.entries.check import knowledge_documents
from advisor.entries.hf_config import (
    MODEL_TYPES,
    AbsurdFieldError,
    ConfigError,
    MissingFieldError,
    UnknownModelTypeError,
    architecture_from_config,
)
from advisor.entries.schema import ModelEntry
from advisor.estimates.architecture import counted_parameters, from_entry
from advisor.plan.source import Document


def _models() -> dict[str, ModelEntry]:
    found: dict[str, ModelEntry] = {}
    for family, document in knowledge_documents(built_in_folder()):
        if family == "models":
            assert isinstance(document, Document), document
            found.update({name: ModelEntry.model_validate(raw) for name, raw in document.data.items()})
    return found


MODELS = _models()


def _usual(model_type: str, *sizes: int, **more: Any) -> dict[str, Any]:
    """The fields that most families name alike: layers, hidden, feed-forward, heads, key/value heads, vocabulary."""
    layers, hidden, ffn, heads, kv, vocab = sizes
    return {
        "model_type": model_type, "num_hidden_layers": layers, "hidden_size": hidden, "intermediate_size": ffn,
        "num_attention_heads": heads, "num_key_value_heads": kv, "vocab_size": vocab, "torch_dtype": "bfloat16", **more,
    }  # fmt: skip


LATENT = {"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128}
CONFIGS: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": _usual("llama", 32, 4096, 14336, 32, 8, 128256, tie_word_embeddings=False, attention_bias=False),
    "llama-3.2-1b": _usual("llama", 16, 2048, 8192, 32, 8, 128256, head_dim=64, tie_word_embeddings=True),
    "llama-7b": {**_usual("llama", 32, 4096, 11008, 32, 32, 32000), "num_key_value_heads": None},
    "mistral-7b-v0.1": _usual("mistral", 32, 4096, 14336, 32, 8, 32000, sliding_window=4096),
    "mistral-7b-v0.3": _usual("mistral", 32, 4096, 14336, 32, 8, 32768, sliding_window=None),
    "mistral-nemo-2407": _usual("mistral", 40, 5120, 14336, 32, 8, 131072, head_dim=128),
    "mixtral-8x7b-v0.1": _usual(
        "mixtral", 32, 4096, 14336, 32, 8, 32000, num_local_experts=8, num_experts_per_tok=2, sliding_window=None
    ),
    "qwen-7b": {
        "model_type": "qwen", "num_hidden_layers": 32, "hidden_size": 4096, "intermediate_size": 22016,
        "num_attention_heads": 32, "kv_channels": 128, "no_bias": True, "vocab_size": 151936,
    },
    "qwen2.5-7b": _usual("qwen2", 28, 3584, 18944, 28, 4, 152064, use_sliding_window=False, sliding_window=131072),
    "qwen2.5-0.5b": _usual("qwen2", 24, 896, 4864, 14, 2, 151936, tie_word_embeddings=True),
    "qwen1.5-moe-a2.7b": _usual(
        "qwen2_moe", 24, 2048, 5632, 16, 16, 151936, num_experts=60, num_experts_per_tok=4, moe_intermediate_size=1408,
        shared_expert_intermediate_size=5632, decoder_sparse_step=1,
    ),
    "qwen3-8b": _usual("qwen3", 36, 4096, 12288, 32, 8, 151936, head_dim=128, attention_bias=False),
    "qwen3-30b-a3b": _usual(
        "qwen3_moe", 48, 2048, 6144, 32, 4, 151936, head_dim=128, num_experts=128, num_experts_per_tok=8,
        moe_intermediate_size=768, decoder_sparse_step=1, mlp_only_layers=[],
    ),
    "gemma-2b": _usual("gemma", 18, 2048, 16384, 8, 1, 256000, head_dim=256),
    "gemma-2-9b": _usual("gemma2", 42, 3584, 14336, 16, 8, 256000, head_dim=256, sliding_window=4096),
    "gemma-3-1b": _usual("gemma3_text", 26, 1152, 6912, 4, 1, 262144, head_dim=256, sliding_window=512),
    "gemma-3-4b": {
        "model_type": "gemma3",
        "text_config": {
            "model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
            "sliding_window": 1024,
        },
        "vision_config": {
            "model_type": "siglip_vision_model", "hidden_size": 1152, "intermediate_size": 4304,
            "num_hidden_layers": 27, "image_size": 896, "patch_size": 14,
        },
    },
    "phi-2": _usual("phi", 32, 2560, 10240, 32, 32, 51200),
    "phi-3-mini-4k": _usual("phi3", 32, 3072, 8192, 32, 32, 32064, sliding_window=2047),
    "phi-3.5-moe": _usual(
        "phimoe", 32, 4096, 6400, 32, 8, 32064, num_local_experts=16, num_experts_per_tok=2, attention_bias=True,
        lm_head_bias=True,
    ),
    "gpt2": {
        "model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "n_positions": 1024, "vocab_size": 50257,
    },
    "starcoder": {
        "model_type": "gpt_bigcode", "n_layer": 40, "n_embd": 6144, "n_head": 48, "n_inner": 24576, "n_positions": 8192,
        "vocab_size": 49152, "multi_query": True,
    },
    "gpt-neox-20b": {
        "model_type": "gpt_neox", "num_hidden_layers": 44, "hidden_size": 6144, "intermediate_size": 24576,
        "num_attention_heads": 64, "vocab_size": 50432, "tie_word_embeddings": False,
    },
    "gpt-j-6b": {
        "model_type": "gptj", "n_layer": 28, "n_embd": 4096, "n_head": 16, "n_inner": None, "n_positions": 2048,
        "vocab_size": 50400, "tie_word_embeddings": False,
    },
    "falcon-7b": {
        "model_type": "falcon", "num_hidden_layers": 32, "hidden_size": 4544, "num_attention_heads": 71,
        "num_kv_heads": 71, "multi_query": True, "new_decoder_architecture": False, "parallel_attn": True,
        "bias": False, "vocab_size": 65024,
    },
    "falcon-40b": {
        "model_type": "RefinedWeb", "n_layer": 60, "hidden_size": 8192, "n_head": 128, "n_head_kv": 8,
        "parallel_attn": True, "bias": False, "vocab_size": 65024,
    },
    "mpt-7b": {
        "model_type": "mpt", "d_model": 4096, "n_layers": 32, "n_heads": 32, "expansion_ratio": 4, "max_seq_len": 2048,
        "vocab_size": 50432, "no_bias": True, "attn_config": {"alibi": True, "attn_type": "multihead_attention"},
    },
    "bloom-7b1": {
        "model_type": "bloom", "n_layer": 30, "n_embed": 4096, "num_attention_heads": 32, "vocab_size": 250880,
    },
    "opt-6.7b": {
        "model_type": "opt", "num_hidden_layers": 32, "hidden_size": 4096, "ffn_dim": 16384, "num_attention_heads": 32,
        "max_position_embeddings": 2048, "vocab_size": 50272, "word_embed_proj_dim": 4096,
    },
    "deepseek-moe-16b": _usual(
        "deepseek", 28, 2048, 10944, 16, 16, 102400, n_routed_experts=64, num_experts_per_tok=6, n_shared_experts=2,
        moe_intermediate_size=1408, first_k_dense_replace=1,
    ),
    "deepseek-v2-lite": _usual(
        "deepseek_v2", 27, 2048, 10944, 16, 16, 102400, **LATENT, q_lora_rank=None, n_routed_experts=64,
        num_experts_per_tok=6, n_shared_experts=2, moe_intermediate_size=1408, first_k_dense_replace=1,
        topk_method="greedy",
    ),
    "deepseek-v3": _usual(
        "deepseek_v3", 61, 7168, 18432, 128, 128, 129280, **LATENT, q_lora_rank=1536, n_routed_experts=256,
        num_experts_per_tok=8, n_shared_experts=1, moe_intermediate_size=2048, first_k_dense_replace=3,
        topk_method="noaux_tc", num_nextn_predict_layers=1,
    ),
    "minicpm-2b": _usual("minicpm", 40, 2304, 5760, 36, 36, 122753),
    "minicpm3-4b": _usual(
        "minicpm3", 62, 2560, 6400, 40, 40, 73448, q_lora_rank=768, kv_lora_rank=256, qk_nope_head_dim=64,
        qk_rope_head_dim=32,
    ),
    "baichuan2-13b": {
        "model_type": "baichuan", "num_hidden_layers": 40, "hidden_size": 5120, "intermediate_size": 13696,
        "num_attention_heads": 40, "vocab_size": 125696, "tie_word_embeddings": False,
    },
    "internlm-7b": _usual("internlm", 32, 4096, 11008, 32, 32, 103168, bias=True),
    "internlm2-20b": _usual("internlm2", 48, 6144, 16384, 48, 8, 92544, bias=False),
    "internlm3-8b": _usual("internlm3", 48, 4096, 10240, 32, 2, 128512, head_dim=128, bias=False, qkv_bias=False),
    "chatglm3-6b": {
        "model_type": "chatglm", "num_layers": 28, "hidden_size": 4096, "ffn_hidden_size": 13696, "kv_channels": 128,
        "num_attention_heads": 32, "multi_query_attention": True, "multi_query_group_num": 2, "rmsnorm": True,
        "add_qkv_bias": True, "add_bias_linear": False, "padded_vocab_size": 65024,
    },
    "glm-4-9b-0414": _usual("glm4", 40, 4096, 13696, 32, 2, 151552, head_dim=128, attention_bias=True),
    "glm-4.5-air": _usual(
        "glm4_moe", 46, 4096, 10944, 96, 8, 151552, head_dim=128, attention_bias=True, use_qk_norm=False,
        n_routed_experts=128, num_experts_per_tok=8, n_shared_experts=1, moe_intermediate_size=1408,
        first_k_dense_replace=1,
    ),
    "starcoder2-7b": _usual("starcoder2", 32, 4608, 18432, 36, 4, 49152, use_bias=True, sliding_window=4096),
    "olmo-7b": _usual("olmo", 32, 4096, 11008, 32, 32, 50304),
    "olmo-2-7b": _usual("olmo2", 32, 4096, 11008, 32, 32, 100352),
    "olmo-3-7b": _usual(
        "olmo3", 32, 4096, 11008, 32, 32, 100278, sliding_window=4096,
        layer_types=(["sliding_attention"] * 3 + ["full_attention"]) * 8,
    ),
    "granite-3.0-8b": _usual("granite", 40, 4096, 12800, 32, 8, 49155, tie_word_embeddings=True),
    "granite-3.0-3b-a800m": _usual(
        "granitemoe", 32, 1536, 512, 24, 8, 49155, num_local_experts=40, num_experts_per_tok=8, tie_word_embeddings=True
    ),
    "gpt-oss-20b": _usual(
        "gpt_oss", 24, 2880, 2880, 64, 8, 201088, head_dim=64, num_local_experts=32, num_experts_per_tok=4,
        sliding_window=128, layer_types=["sliding_attention", "full_attention"] * 12,
    ),
    "command-r-plus": _usual("cohere", 64, 12288, 33792, 96, 8, 256000, use_qk_norm=True),
    "stablelm-2-1.6b": _usual("stablelm", 24, 2048, 5632, 32, 32, 100352, use_qkv_bias=True),
    "nemotron-4-340b": _usual("nemotron", 96, 18432, 73728, 96, 8, 256000),
    "dbrx": {
        "model_type": "dbrx", "d_model": 6144, "n_layers": 40, "n_heads": 48, "vocab_size": 100352,
        "attn_config": {"kv_n_heads": 8},
        "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4},
    },
    "seed-oss-36b": _usual("seed_oss", 64, 5120, 27648, 80, 8, 155136, head_dim=128, attention_out_bias=False),
    "ernie-4.5-21b-a3b": _usual(
        "ernie4_5_moe", 28, 2560, 12288, 20, 4, 103424, moe_num_experts=64, moe_k=6, moe_intermediate_size=1536,
        moe_num_shared_experts=2, moe_layer_start_index=1,
    ),
    "minimax-m2": _usual(
        "minimax_m2", 62, 3072, 1536, 48, 8, 200064, head_dim=128, num_local_experts=256, num_experts_per_tok=8,
        use_qk_norm=True,
    ),
    "openpangu-embedded-7b": _usual("PanguEmbedded", 34, 4096, 12800, 32, 8, 153376, bias=True),
    "openpangu-pro-moe-72b": {
        "model_type": "PanguProMoE", "num_hidden_layers": 48, "hidden_size": 5120, "num_attention_heads": 40,
        "num_key_value_heads": 8, "vocab_size": 153376, "num_experts": 64, "num_experts_per_tok": 8,
        "moe_intermediate_size": 1344, "shared_expert_intermediate_size": 5376,
    },
    "llama-4-maverick-17b-128e": {
        "model_type": "llama4",
        "text_config": {
            **_usual("llama4_text", 48, 5120, 8192, 40, 8, 202048), "head_dim": 128, "intermediate_size_mlp": 16384,
            "interleave_moe_layer_step": 2, "num_local_experts": 128, "num_experts_per_tok": 1,
        },
        "vision_config": {
            "model_type": "llama4_vision_model", "hidden_size": 1408, "intermediate_size": 5632,
            "num_hidden_layers": 34, "image_size": 336, "patch_size": 14, "vision_output_dim": 4096,
        },
    },
    "mistral-small-3.1-24b-2503": {
        "model_type": "mistral3",
        "text_config": _usual("mistral", 40, 5120, 32768, 32, 8, 131072, head_dim=128),
        "vision_config": {
            "model_type": "pixtral", "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
            "image_size": 1540, "patch_size": 14,
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_gives_the_architecture_of_the_entry(name: str) -> None:
    entry = MODELS[name].architecture
    assert entry is not None
    read = architecture_from_config(CONFIGS[name])
    assert read == from_entry(entry)
    assert counted_parameters(read) == pytest.approx(MODELS[name].parameters, rel=0.01)


def test_the_families_that_people_fine_tune_can_be_read() -> None:
    wanted = (
        "llama mistral mixtral qwen qwen2 qwen2_moe qwen3 qwen3_moe gemma gemma2 gemma3 gemma3_text phi phi3 gpt2 "
        "gpt_neox gptj falcon mpt bloom deepseek_v2 deepseek_v3 baichuan internlm2 chatglm starcoder2 gpt_bigcode "
        "olmo olmo2 granite gpt_oss cohere stablelm minicpm"
    )
    assert set(wanted.split()) <= MODEL_TYPES


GOOD = CONFIGS["llama-3.1-8b"]


@pytest.mark.parametrize(
    "field",
    ["num_hidden_layers", "hidden_size", "intermediate_size", "num_attention_heads", "vocab_size", "model_type"],
)
@pytest.mark.parametrize("as_null", [False, True])
def test_a_missing_field_is_named(field: str, as_null: bool) -> None:
    config = {key: value for key, value in GOOD.items() if key != field} | ({field: None} if as_null else {})
    with pytest.raises(MissingFieldError, match=f"^{field}: missing$") as caught:
        architecture_from_config(config)
    assert caught.value.field == field
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"num_hidden_layers": 0}, "num_hidden_layers", "must lie between 1 and 2000"),
        ({"num_hidden_layers": -3}, "num_hidden_layers", "must lie between 1 and 2000"),
        ({"num_hidden_layers": 10**30}, "num_hidden_layers", "must lie between 1 and 2000"),
        ({"hidden_size": "4096"}, "hidden_size", "must be a whole number, not str"),
        ({"hidden_size": 4096.0}, "hidden_size", "must be a whole number, not float"),
        ({"hidden_size": True}, "hidden_size", "must be a whole number, not bool"),
        ({"hidden_size": [4096]}, "hidden_size", "must be a whole number, not list"),
        ({"vocab_size": 10**9}, "vocab_size", "must lie between 1 and 100000000"),
        ({"num_attention_heads": 33}, "num_attention_heads", "33 heads do not divide a hidden size of 4096"),
        ({"num_key_value_heads": 5}, "num_key_value_heads", "5 do not divide 32 heads"),
        ({"num_key_value_heads": 64}, "num_key_value_heads", "64 do not divide 32 heads"),
        ({"tie_word_embeddings": "yes"}, "tie_word_embeddings", "must be true or false, not str"),
        ({"attention_bias": 1}, "attention_bias", "must be true or false, not int"),
        ({"text_config": "llama"}, "text_config", "must be a mapping"),
        (
            {"num_hidden_layers": 2000, "hidden_size": 10**6, "num_attention_heads": 1000, "num_key_value_heads": 8},
            "hidden_size",
            "the product of the sizes is beyond any model",
        ),
    ],
)
def test_an_absurd_field_is_named(changes: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(AbsurdFieldError) as caught:
        architecture_from_config({**GOOD, **changes})
    assert (caught.value.field, str(caught.value)) == (field, f"{field}: {says}")


@pytest.mark.parametrize(
    ("name", "changes", "field", "says"),
    [
        ("mixtral-8x7b-v0.1", {"num_experts_per_tok": 9}, "num_experts_per_tok", "9 of 8 experts cannot be chosen"),
        ("deepseek-v3", {"first_k_dense_replace": 62}, "first_k_dense_replace", "62 of 61 layers cannot be dense"),
        ("qwen3-30b-a3b", {"mlp_only_layers": 5}, "mlp_only_layers", "must be a list of layer numbers"),
        ("olmo-3-7b", {"layer_types": [1, 2]}, "layer_types", "must be a list with one name per layer"),
        ("mpt-7b", {"attn_config": 3}, "attn_config", "must be a mapping"),
        ("opt-6.7b", {"word_embed_proj_dim": 512}, "word_embed_proj_dim", "a projected token table is not known here"),
    ],
)
def test_families_refuse_their_own_absurdities(name: str, changes: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(AbsurdFieldError) as caught:
        architecture_from_config({**CONFIGS[name], **changes})
    assert (caught.value.field, str(caught.value)) == (field, f"{field}: {says}")


@pytest.mark.parametrize("model_type", ["mamba", "nemotron_h", "", 3, ["llama"], {"a": 1}])
def test_an_unknown_family_is_refused(model_type: object) -> None:
    with pytest.raises(UnknownModelTypeError, match=r"^model_type: unknown family ") as caught:
        architecture_from_config({**GOOD, "model_type": model_type})
    assert caught.value.model_type == model_type


@pytest.mark.parametrize("config", [[], "llama", None, 3])
def test_a_config_is_a_mapping(config: Any) -> None:
    with pytest.raises(ConfigError, match=r"^config: must be a mapping$"):
        architecture_from_config(config)


ODDITIES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 7, 1 << 70, 0.5, math.nan, math.inf, "", "full_attention", [], [[]], [None], {},
    {"a": {}},
)  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_whatever_a_field_holds_it_is_read_or_refused(name: str) -> None:
    refused = 0
    for field in CONFIGS[name]:
        for odd in ODDITIES:
            try:
                architecture_from_config({**CONFIGS[name], field: odd})
            except ConfigError as error:
                assert error.field
                refused += 1
    assert refused >= len(ODDITIES)


@pytest.mark.parametrize("model_type", sorted(MODEL_TYPES))
def test_no_family_reads_an_empty_file(model_type: str) -> None:
    with pytest.raises(MissingFieldError):
        architecture_from_config({"model_type": model_type})


def test_dense_where_experts_are_not_given() -> None:
    config = {k: v for k, v in CONFIGS["deepseek-v3"].items() if k not in {"n_routed_experts", "topk_method"}}
    assert architecture_from_config({**config, "first_k_dense_replace": 0}).experts == 0


def test_sparse_steps_and_listed_dense_layers() -> None:
    config = CONFIGS["qwen3-30b-a3b"]
    assert architecture_from_config({**config, "decoder_sparse_step": 2}).dense_layers == 24
    assert architecture_from_config({**config, "mlp_only_layers": [0, 1]}).dense_layers == 2


def test_the_outer_file_says_whether_the_head_is_tied() -> None:
    config = {**CONFIGS["mistral-small-3.1-24b-2503"], "tie_word_embeddings": True}
    assert architecture_from_config(config).tied_embeddings
