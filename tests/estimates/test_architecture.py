"""Counts of weights, FLOPs of attention, bytes of cache, adapters, and architectures made from little."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.entries.schema import ArchitectureEntry
from advisor.estimates import architecture as shape
from advisor.estimates.run import Architecture, Latent

LLAMA_2_7B = Architecture(32, 4096, 11008, 32, 32, 128, 32000, tied_embeddings=False, gated_mlp=True)
LLAMA_31_8B = Architecture(32, 4096, 14336, 32, 8, 128, 128256, tied_embeddings=False, gated_mlp=True)
GPT_2 = Architecture(
    12, 768, 3072, 12, 12, 64, 50257, True, False,
    qkv_bias=True, output_bias=True, mlp_bias=True, norm_weights=2, learned_positions=1024,
)  # fmt: skip
QWEN3_30B = Architecture(
    48, 2048, 6144, 32, 4, 128, 151936, False, True,
    experts=128, experts_per_token=8, expert_ffn_hidden_size=768, qk_norm=True,
)  # fmt: skip
DEEPSEEK_V3 = Architecture(
    61, 7168, 18432, 128, 128, 128, 129280, False, True,
    experts=256, experts_per_token=8, shared_experts=1, expert_ffn_hidden_size=2048,
    shared_expert_ffn_hidden_size=2048, dense_layers=3, other_parameters=58 * 256,
    latent=Latent(1536, 512, 128, 64, 128),
)  # fmt: skip
GEMMA_2_9B = Architecture(
    42, 3584, 14336, 16, 8, 256, 256000, True, True, norms_per_layer=4, window=4096, window_global_every=2
)
MISTRAL_7B = Architecture(32, 4096, 14336, 32, 8, 128, 32000, False, True, window=4096)


# Written out from the models' matrices, apart from the code.
GPT_2_MATRICES = 12 * (768 * 2304 + 2304 + 768 * 768 + 768 + 2 * 768 * 3072 + 3072 + 768)
QWEN3_MATRICES = 48 * (2048 * 4096 + 2 * 2048 * 512 + 2 * 128 + 4096 * 2048 + 128 * 2048 + 8 * 3 * 2048 * 768)
LATENT = 7168 * 1536 + 1536 + 1536 * 128 * 192 + 7168 * 576 + 512 + 512 * 128 * 256 + 128 * 128 * 7168
DEEPSEEK_MATRICES = 61 * LATENT + 3 * 3 * 7168 * 18432 + 58 * (256 * 7168 + 9 * 3 * 7168 * 2048)


@pytest.mark.parametrize(
    ("a", "counted", "active", "matmul"),
    [
        pytest.param(LLAMA_2_7B, 6738415616, 6738415616, 6738415616 - 32000 * 4096 - 65 * 4096, id="llama-2-7b"),
        pytest.param(LLAMA_31_8B, 8030261248, 8030261248, 8030261248 - 128256 * 4096 - 65 * 4096, id="llama-3.1-8b"),
        pytest.param(GPT_2, 124439808, 124439808, GPT_2_MATRICES + 50257 * 768, id="gpt2"),
        pytest.param(
            QWEN3_30B,
            30532122624,
            QWEN3_MATRICES + 2 * 151936 * 2048 + 97 * 2048,
            QWEN3_MATRICES + 151936 * 2048,
            id="qwen3-30b-a3b",
        ),
        pytest.param(
            DEEPSEEK_V3,
            671026419200,
            DEEPSEEK_MATRICES + 2 * 129280 * 7168 + 123 * 7168,
            DEEPSEEK_MATRICES + 129280 * 7168,
            id="deepseek-v3",
        ),
        pytest.param(GEMMA_2_9B, 9241705984, 9241705984, 9241705984 - 169 * 3584, id="gemma-2-9b"),
    ],
)
def test_counts(a: Architecture, counted: int, active: int, matmul: int) -> None:
    assert shape.counted_parameters(a) == shape.parameters(a) == counted
    assert shape.active_parameters(a) == active
    assert shape.matmul_parameters(a) == matmul


@pytest.mark.parametrize("a", [LLAMA_2_7B, GPT_2, QWEN3_30B, DEEPSEEK_V3, GEMMA_2_9B])
def test_parts_add_up(a: Architecture) -> None:
    sparse = shape.sparse_layers(a)
    parts = (
        shape.embedding_parameters(a)
        + a.layers * shape.attention_parameters_per_layer(a)
        + (a.layers - sparse) * shape.mlp_parameters_per_layer(a, "dense")
        + sparse * shape.mlp_parameters_per_layer(a, "sparse")
        + shape.norm_parameters(a)
        + a.other_parameters
    )
    assert parts == shape.counted_parameters(a)
    assert shape.embedding_parameters(a) == shape.input_embedding_parameters(a) + shape.head_parameters(a)


def test_parts_of_llama_3() -> None:
    assert shape.embedding_parameters(LLAMA_31_8B) == 2 * 128256 * 4096
    assert shape.attention_parameters_per_layer(LLAMA_31_8B) == 2 * 4096 * 4096 + 2 * 4096 * 1024
    assert shape.mlp_parameters_per_layer(LLAMA_31_8B) == 3 * 4096 * 14336
    assert shape.norm_parameters_per_layer(LLAMA_31_8B) == 2 * 4096
    assert shape.expert_parameters(LLAMA_31_8B) == 0


def test_expert_parallelism_cuts_the_routed_experts_only() -> None:
    assert shape.expert_parameters(QWEN3_30B) == 48 * 128 * 3 * 2048 * 768
    assert shape.expert_parameters(DEEPSEEK_V3) == 58 * 256 * 3 * 7168 * 2048


def test_a_stated_total_wins() -> None:
    stated = replace(LLAMA_31_8B, stated_parameters=8.0e9)
    assert shape.parameters(stated) == shape.active_parameters(stated) == 8.0e9
    assert shape.counted_parameters(stated) == 8030261248
    fixed = 2 * 128256 * 4096 + 65 * 4096
    assert shape.matmul_parameters(stated) == pytest.approx(8.0e9 - fixed + 128256 * 4096)


def test_a_stated_total_scales_the_active_part_of_a_mixture() -> None:
    stated = replace(QWEN3_30B, stated_parameters=2 * 30532122624.0)
    assert shape.active_parameters(stated) == pytest.approx(2 * (QWEN3_MATRICES + 2 * 151936 * 2048 + 97 * 2048))
    assert shape.active_parameters(replace(stated, stated_active_parameters=3.3e9)) == 3.3e9


def test_a_stated_total_below_the_tables_still_gives_a_positive_count() -> None:
    tiny = replace(LLAMA_31_8B, stated_parameters=1e9)
    assert 0 < shape.matmul_parameters(tiny) < 1e9


def test_vision_weights_are_in_the_total_and_in_no_product() -> None:
    seeing = replace(LLAMA_31_8B, other_parameters=400_000_000)
    assert shape.parameters(seeing) == 8430261248
    assert shape.matmul_parameters(seeing) == shape.matmul_parameters(LLAMA_31_8B)
    assert shape.counted_active_parameters(seeing) == 8030261248


def test_sizes_may_be_arrays() -> None:
    several = replace(
        LLAMA_31_8B,
        layers=np.array([32, 80]),
        hidden_size=np.array([4096, 8192]),
        ffn_hidden_size=np.array([14336, 28672]),
        attention_heads=np.array([32, 64]),
    )
    assert shape.counted_parameters(several).tolist() == [8030261248, 70553706496]
    assert shape.matmul_parameters(several).tolist() == [7504658432, 69501714432]
    assert shape.kv_bytes_per_token(several, 2).tolist() == [131072, 327680]


@pytest.mark.parametrize(
    ("a", "s", "causal", "flops"),
    [
        pytest.param(LLAMA_31_8B, 4096, False, 32 * 4 * 4096 * 4096, id="full"),
        pytest.param(LLAMA_31_8B, 4096, True, 32 * 2 * 4096 * 4096, id="causal"),
        pytest.param(MISTRAL_7B, 4096, True, 32 * 2 * 4096 * 4096, id="window-not-reached"),
        # the first 4096 queries see 2048 keys on average, the other 12288 see 4096: 3584
        pytest.param(MISTRAL_7B, 16384, True, 32 * 4 * 4096 * 3584, id="window"),
        pytest.param(GEMMA_2_9B, 16384, True, 21 * 4 * 4096 * (8192 + 3584), id="every-other-layer"),
        pytest.param(DEEPSEEK_V3, 4096, True, 61 * 2 * 128 * (192 + 128) * 2048, id="latent"),
    ],
)
def test_attention_flops(a: Architecture, s: int, causal: bool, flops: float) -> None:
    assert shape.attention_flops_per_token(a, s, causal) == flops


@pytest.mark.parametrize(
    ("a", "per_token"),
    [
        pytest.param(LLAMA_2_7B, 524288, id="all-heads"),
        pytest.param(LLAMA_31_8B, 131072, id="grouped"),
        pytest.param(QWEN3_30B, 98304, id="head-size-of-its-own"),
        pytest.param(DEEPSEEK_V3, 61 * 576 * 2, id="latent"),
    ],
)
def test_cache_per_token(a: Architecture, per_token: int) -> None:
    assert shape.kv_bytes_per_token(a, 2) == per_token
    assert shape.kv_cache_bytes(a, 1000, 2) == 1000 * per_token


def test_windowed_layers_stop_growing() -> None:
    assert shape.kv_cache_bytes(MISTRAL_7B, 32768, 2) == shape.kv_cache_bytes(MISTRAL_7B, 4096, 2)
    layer = 2 * 8 * 256 * 2
    assert shape.kv_cache_bytes(GEMMA_2_9B, 8192, 2) == layer * 21 * (8192 + 4096)


@pytest.mark.parametrize(
    ("a", "targets", "per_rank"),
    [
        # PEFT prints 4,194,304 for rank 8 on q and v of Llama 2 7B, and 19,988,480 on all seven matrices
        pytest.param(LLAMA_2_7B, "qv", 4194304 / 8, id="qv"),
        pytest.param(LLAMA_2_7B, "all-linear", 19988480 / 8, id="all-linear"),
        pytest.param(LLAMA_2_7B, ("q_proj", "v_proj"), 4194304 / 8, id="named"),
        pytest.param(LLAMA_2_7B, ("model.layers.0.self_attn.q_proj", "V_PROJ"), 4194304 / 8, id="paths"),
        pytest.param(LLAMA_2_7B, ("q_proj", "qv", "v_proj"), 4194304 / 8, id="no-module-twice"),
        pytest.param(LLAMA_31_8B, "all-linear", 41943040 / 16, id="grouped"),
        pytest.param(LLAMA_31_8B, "attention", 13631488 / 16, id="attention"),
        # 32·r·(4096 + 4096 + 2·1024) for a fused matrix
        pytest.param(LLAMA_31_8B, ("qkv_proj",), 32 * 10240, id="fused"),
        pytest.param(LLAMA_31_8B, ("gate_up_proj", "down_proj"), 32 * (4096 + 3 * 14336 + 4096), id="fused-gate"),
        pytest.param(GPT_2, ("c_attn",), 12 * (768 + 2304), id="gpt2-c-attn"),
        pytest.param(GPT_2, ("c_attn", "c_proj", "c_fc"), 12 * (3072 + 1536 + 3840 + 3840), id="gpt2-all"),
        pytest.param(GPT_2, ("gate_proj",), 0, id="no-gate"),
        pytest.param(GPT_2, ("lm_head",), 768 + 50257, id="head"),
        pytest.param(QWEN3_30B, "attention", 48 * (6144 + 2 * 2560 + 6144), id="head-size-of-its-own"),
        pytest.param(QWEN3_30B, ("gate_proj",), 48 * 128 * 2816, id="once-per-expert"),
        pytest.param(QWEN3_30B, ("gate",), 48 * (2048 + 128), id="router"),
        pytest.param(DEEPSEEK_V3, ("down_proj",), 3 * 25600 + 58 * 257 * 9216, id="dense-and-shared"),
        pytest.param(DEEPSEEK_V3, ("kv_b_proj",), 61 * (512 + 128 * 256), id="latent"),
        pytest.param(DEEPSEEK_V3, ("v_proj",), 0, id="latent-has-no-v"),
        pytest.param(
            DEEPSEEK_V3,
            "attention",
            61 * ((7168 + 1536) + (1536 + 24576) + (7168 + 576) + (512 + 32768) + (16384 + 7168)),
            id="latent-attention",
        ),
    ],
)
def test_lora(a: Architecture, targets: str | tuple[str, ...], per_rank: float) -> None:
    assert shape.lora_parameters(a, 1, targets) == per_rank
    assert shape.lora_parameters(a, 16, targets) == 16 * per_rank


@pytest.mark.parametrize(
    ("fused", "apart"),
    [
        ("W_pack", "query_key_value"),
        ("wqkv", "Wqkv"),
        ("dense", "o_proj"),
        ("dense_4h_to_h", "down_proj"),
        ("dense_h_to_4h", "gate_up_proj"),
        ("fc1", "up_proj"),
        ("w1", "gate_proj"),
    ],
)
def test_families_names_for_the_same_layer(fused: str, apart: str) -> None:
    assert shape.lora_parameters(LLAMA_31_8B, 8, (fused,)) == shape.lora_parameters(LLAMA_31_8B, 8, (apart,)) > 0


def test_an_unknown_target_is_named() -> None:
    with pytest.raises(shape.UnknownTargetError, match="unknown LoRA target 'q_prj'") as caught:
        shape.lora_parameters(LLAMA_31_8B, 8, ("v_proj", "q_prj"))
    assert caught.value.target == "q_prj"


@pytest.mark.parametrize("exponent", range(60, 131, 1))
def test_a_dense_decoder_has_the_stated_size(exponent: int) -> None:
    size = 10 ** (exponent / 10)
    a = shape.dense_decoder(size)
    assert shape.counted_parameters(a) == pytest.approx(size, rel=0.005)
    assert shape.parameters(a) == size
    assert a.attention_heads % a.kv_heads == 0
    assert a.hidden_size == a.attention_heads * a.head_dim
    assert 1.5 < a.ffn_hidden_size / a.hidden_size < 6


@pytest.mark.parametrize(
    ("size", "published"),
    [
        pytest.param(8.03e9, (32, 4096), id="llama-3.1-8b"),
        pytest.param(14.77e9, (48, 5120), id="qwen2.5-14b"),
        pytest.param(32.8e9, (64, 5120), id="qwen2.5-32b"),
        pytest.param(70.6e9, (80, 8192), id="llama-3.1-70b"),
        pytest.param(405.9e9, (126, 16384), id="llama-3.1-405b"),
        pytest.param(3.21e9, (28, 3072), id="llama-3.2-3b"),
        pytest.param(1.24e9, (24, 2048), id="1.1b-to-1.4b"),  # the median of the thirteen known ones; Llama 3.2 has 16
        pytest.param(1.316e9, (24, 2048), id="opt-1.3b"),
        pytest.param(0.596e9, (28, 1024), id="qwen3-0.6b"),
        pytest.param(0.405e9, (24, 1024), id="pythia-410m"),
        pytest.param(0.124e9, (12, 768), id="gpt2"),
    ],
)
def test_a_dense_decoder_resembles_published_ones(size: float, published: tuple[int, int]) -> None:
    a = shape.dense_decoder(size)
    assert a.layers == pytest.approx(published[0], rel=0.26)
    assert a.hidden_size == pytest.approx(published[1], rel=0.26)


@pytest.mark.parametrize(
    ("size", "vocabulary"),
    [
        pytest.param(1.35e8, 49152, id="smollm2-135m"),
        pytest.param(5.61e8, 65536, id="a design of its own, not a small member of a large family"),
        pytest.param(7e9, 128256, id="tables of a 128k vocabulary are small beside 7e9"),
    ],
)
def test_the_vocabulary_goes_with_the_size(size: float, vocabulary: int) -> None:
    assert shape.dense_decoder(size).vocab_size == vocabulary


@pytest.mark.parametrize("exponent", range(86, 130))
def test_tables_of_an_assumed_decoder_are_a_small_share(exponent: int) -> None:
    size = 10 ** (exponent / 10)
    a = shape.dense_decoder(size)
    assert shape.embedding_parameters(a) <= 0.21 * size
    assert a.vocab_size >= shape.dense_decoder(size / 1.2589).vocab_size


def test_seven_billion_reads_like_a_usual_model() -> None:
    a = shape.dense_decoder(7e9)
    assert (a.layers, a.hidden_size, a.attention_heads, a.kv_heads, a.head_dim) == (33, 4096, 32, 8, 128)


@pytest.mark.parametrize("size", [0, -1.0, 9e5, 2e13, math.nan, math.inf])
def test_no_decoder_of_an_absurd_size(size: float) -> None:
    with pytest.raises(ValueError, match="between 1e6 and 1e13"):
        shape.dense_decoder(size)


def test_fill_with_everything_stated_changes_nothing() -> None:
    stated = {
        "layers": 48, "hidden_size": 2048, "ffn_hidden_size": 6144, "expert_ffn_hidden_size": 768,
        "attention_heads": 32, "kv_heads": 4, "head_dim": 128, "vocab_size": 151936, "experts": 128,
        "experts_per_token": 8, "shared_experts": 0, "tied_embeddings": False, "gated_mlp": True, "qk_norm": True,
    }  # fmt: skip
    assert shape.fill(stated) == QWEN3_30B
    filled = shape.fill(stated, 30.5e9, 3.3e9)
    assert filled == replace(QWEN3_30B, stated_parameters=30.5e9, stated_active_parameters=3.3e9)


def test_fill_closes_the_gap_with_the_feed_forward_width() -> None:
    a = shape.fill({"layers": 32, "hidden_size": 4096, "vocab_size": 32000, "kv_heads": 32}, 6738415616)
    assert a == replace(LLAMA_2_7B, stated_parameters=6738415616, widths_assumed=True)


def test_fill_without_a_total() -> None:
    a = shape.fill({"layers": 32, "hidden_size": 4096, "kv_heads": None})
    assert (a.attention_heads, a.kv_heads, a.head_dim, a.ffn_hidden_size) == (32, 8, 128, 10944)
    assert a.stated_parameters is None
    assert shape.parameters(a) == pytest.approx(6.7e9, rel=0.01)


def test_fill_takes_the_width_from_the_heads() -> None:
    a = shape.fill({"attention_heads": 40}, 14e9)
    assert (a.hidden_size, a.head_dim, a.kv_heads) == (5120, 128, 8)
    assert shape.counted_parameters(a) == pytest.approx(14e9, rel=0.005)


def test_fill_makes_a_mixture_from_two_totals() -> None:
    a = shape.fill({}, 30.5e9, 3.3e9)
    assert (a.experts, a.gated_mlp, a.tied_embeddings) == (128, True, False)
    assert shape.counted_parameters(a) == pytest.approx(30.5e9, rel=0.01)
    assert shape.counted_active_parameters(a) == pytest.approx(3.3e9, rel=0.1)
    assert shape.matmul_parameters(a) < 3.6e9


def test_fill_sizes_the_experts() -> None:
    a = shape.fill({"layers": 32, "hidden_size": 4096, "vocab_size": 32000, "kv_heads": 8, "experts": 8}, 46702792704)
    assert (a.experts_per_token, a.expert_ffn_hidden_size) == (2, 14336)
    assert shape.counted_active_parameters(a) == 12879925248


@pytest.mark.parametrize(
    ("stated", "error", "text"),
    [
        ({}, shape.TooLittleKnownError, "without a total, layers and hidden_size must be stated"),
        ({"layers": 32}, shape.TooLittleKnownError, "without a total, layers and hidden_size must be stated"),
        ({"layers": 0, "hidden_size": 64}, ValueError, "layers must be at least 1, not 0"),
        ({"layer": 2, "hidden_size": 64}, TypeError, "an architecture has no field 'layer'"),
    ],
)
def test_fill_refuses(stated: dict[str, int], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        shape.fill(stated)


def test_from_entry() -> None:
    entry = ArchitectureEntry(
        layers=61, hidden_size=7168, ffn_hidden_size=18432, attention_heads=128, kv_heads=128, head_dim=128,
        vocab_size=129280, tied_embeddings=False, gated_mlp=True, experts=256, experts_per_token=8, shared_experts=1,
        expert_ffn_hidden_size=2048, dense_layers=3, other_parameters=58 * 256,
        latent_attention={
            "q_lora_rank": 1536, "kv_lora_rank": 512,
            "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        },
    )  # fmt: skip
    assert shape.from_entry(entry) == DEEPSEEK_V3
    assert shape.from_entry(entry, 671e9, 37e9).stated_active_parameters == 37e9


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (None, (None, None)),
        ({"size": 4096}, (4096, None)),
        ({"size": 4096, "global_every": 2}, (4096, 2)),
        ({"size": 4096, "global_every": 1}, (None, None)),
    ],
)
def test_from_entry_windows(window: dict[str, int] | None, expected: tuple[int | None, int | None]) -> None:
    entry = ArchitectureEntry(
        layers=2, hidden_size=8, ffn_hidden_size=8, attention_heads=2, kv_heads=1, head_dim=4, vocab_size=8,
        tied_embeddings=True, gated_mlp=True, norm="layer", sliding_window=window,
    )  # fmt: skip
    a = shape.from_entry(entry)
    assert (a.window, a.window_global_every) == expected
    assert a.norm_weights == 2
