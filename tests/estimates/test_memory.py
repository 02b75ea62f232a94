"""The memory estimate against what is known of whole configurations, and what must hold of every estimate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from estimate_inputs import SHAPES, estimate, machine, memory_calibration, profiles, training
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.estimates.memory import PARTS, estimate_memory, verdict
from advisor.estimates.memory_activations import Kept, layer_kept, residual_bytes
from advisor.estimates.memory_states import expert_cut
from advisor.estimates.run import Layout, Recipe, Run

GB = 1e9
A100 = 79.3
V100 = 31.7
RTX4090 = 23.6


@pytest.mark.parametrize(
    ("shape", "framework", "low", "high"),
    [
        ("dense-30b", "deepspeed", 480, 480),
        ("dense-30b", "megatron-lm", 540, 540),
        ("llama-2-7b", "huggingface", 107.8, 107.9),
        ("mistral-7b", "deepspeed", 112, 126),
        ("mistral-7b", "megatron-lm", 112, 131),
    ],
)
def test_state_of_full_adamw_in_mixed_precision(shape: str, framework: str, low: float, high: float) -> None:
    found = estimate(training(shape, A100, framework=framework)).state_bytes_total / GB
    assert low <= round(found, 1) <= high


@pytest.mark.parametrize(
    ("recipe", "bytes_per_parameter"),
    [
        ({"master_weights": False}, 8.0),
        ({"master_weights": True}, 16.0),
        ({"precision": "fp32"}, 16.0),
        ({"master_weights": False, "optimizer": "adamw-8bit"}, 6.03125),
        ({"master_weights": False, "optimizer": "lion"}, 6.0),
        ({"master_weights": False, "optimizer": "sgd"}, 4.0),
        ({"master_weights": False, "optimizer": "adafactor"}, 4.02),
    ],
    ids=["pure", "mixed", "fp32", "adamw-8bit", "lion", "sgd", "adafactor"],
)
def test_state_bytes_per_parameter_in_hugging_face(recipe: dict[str, object], bytes_per_parameter: float) -> None:
    run = training("mistral-7b", A100, **recipe)
    found = estimate(run).state_bytes_total / 7_241_732_096
    assert found == pytest.approx(bytes_per_parameter, rel=1e-6)


def test_megatron_distributed_optimizer_keeps_six_bytes_and_twelve_over_n() -> None:
    for n in (1, 2, 8):
        run = training("llama-2-7b", A100, Layout(n), framework="megatron-lm", zero_stage=1)
        found = estimate(run)
        states = sum(step.value for step in found.trace if step.name in {"weights", "gradients", "optimizer"})
        assert states * 2**30 / 6_738_415_616 == pytest.approx(6 + 12 / n, rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "usable", "layout", "recipe", "verdicts"),
    [
        ("dense-30b", V100, Layout(8), {"framework": "deepspeed", "zero_stage": 3, "precision": "fp16"}, {"no"}),
        ("qwen3-coder-30b-a3b", V100, Layout(8), {"framework": "deepspeed", "zero_stage": 3, "precision": "fp16"},
         {"no"}),
        ("llama-2-7b", RTX4090, Layout(1), {"method": "qlora", "quantisation": "nf4"}, {"yes"}),
        ("llama-2-7b", RTX4090, Layout(1), {"method": "lora"}, {"yes"}),
        ("llama-2-7b", A100, Layout(1), {}, {"no"}),
        ("llama-2-7b", A100, Layout(1), {"master_weights": False}, {"yes"}),
        ("qwen2.5-32b", A100, Layout(8), {"framework": "deepspeed", "zero_stage": 3}, {"likely", "unlikely"}),
        ("llama-3-70b", A100, Layout(64, 8), {"framework": "deepspeed", "zero_stage": 3}, {"yes"}),
        ("llama-3-70b", A100, Layout(32, 4), {"framework": "deepspeed", "zero_stage": 3}, {"yes"}),
        ("llama-3-70b", A100, Layout(16, 2), {"framework": "deepspeed", "zero_stage": 3}, {"no", "unlikely"}),
        ("llama-3-70b", A100, Layout(16, 2), {"framework": "fsdp", "zero_stage": 3}, {"no", "unlikely"}),
        ("llama-3-70b", A100, Layout(4), {"method": "lora", "framework": "deepspeed", "zero_stage": 3}, {"yes"}),
        ("llama-3-70b", A100, Layout(4), {"method": "lora"}, {"no"}),
        ("llama-3-70b", RTX4090, Layout(8), {"method": "qlora", "quantisation": "nf4"}, {"no"}),
    ],
    ids=[
        "30b-full-8-v100", "30b-a3b-full-8-v100", "7b-qlora-24g", "7b-lora-24g", "7b-full-mixed-80g",
        "7b-full-pure-80g", "32b-full-8x80g", "70b-full-64x80g", "70b-full-32x80g", "70b-full-16x80g",
        "70b-fsdp-16x80g", "70b-lora-zero3-4x80g", "70b-lora-replicated-4x80g", "70b-qlora-replicated-8x24g",
    ],
)  # fmt: skip
def test_known_verdicts(
    shape: str, usable: float, layout: Layout, recipe: dict[str, object], verdicts: set[str]
) -> None:
    assert estimate(training(shape, usable, layout, **recipe)).fits in verdicts


@pytest.mark.parametrize(
    ("context", "limit"),
    [(2551, 16), (5789, 24), (12264, 40), (15502, 48), (28454, 80)],
)
def test_longest_qlora_context_that_plain_hugging_face_holds_is_near_the_edge(context: int, limit: int) -> None:
    # Llama 3.1 8B, rank 32 on all linear layers, batch 1: the last length that fits each card (Unsloth's benchmarks).
    run = training(
        "llama-3-8b", limit * 0.985 - 0.2, method="qlora", quantisation="nf4", sequence_length=context, lora_rank=32
    )
    assert 0.3 <= estimate(run).probability_fits <= 0.7


@pytest.mark.parametrize(("context", "limit"), [(21848, 12), (40724, 16), (78475, 24), (153977, 40), (342733, 80)])
def test_longest_qlora_context_that_unsloth_holds_is_near_the_edge(context: int, limit: int) -> None:
    run = training(
        "llama-3-8b", limit * 0.985 - 0.2, method="qlora", quantisation="nf4", sequence_length=context, lora_rank=32,
        framework="unsloth",
    )  # fmt: skip
    assert estimate(run).allocated.likely == pytest.approx(limit, rel=0.08)


@pytest.mark.parametrize(
    ("framework", "bytes_per_parameter"), [("deepspeed", 14.0), ("megatron-lm", 14.0), ("huggingface", 12.0)]
)
def test_training_checkpoint_per_parameter(framework: str, bytes_per_parameter: float) -> None:
    found = estimate(training("llama-3-8b", A100, framework=framework))
    assert found.checkpoint_gib * 2**30 / 8_030_261_248 == pytest.approx(bytes_per_parameter, rel=1e-6)
    assert found.weights_checkpoint_gib * 2**30 / 8_030_261_248 == pytest.approx(2.0, rel=1e-6)


def test_reference_model_only_without_adapters() -> None:
    plain = estimate(training("llama-3-8b", A100, master_weights=False, method="preference"))
    adapters = estimate(training("llama-3-8b", A100, method="preference", adapters=True))
    reference = {step.name: step.value for step in plain.trace}["frozen-copies"]
    assert reference == pytest.approx(2 * 8_030_261_248 / 2**30, rel=1e-6)
    assert {step.name: step.value for step in adapters.trace}["frozen-copies"] == 0.0


def test_offload_moves_sixteen_bytes_per_parameter_to_the_host() -> None:
    layout = Layout(2)
    plain = training("llama-2-7b", RTX4090, layout, framework="deepspeed", zero_stage=3)
    moved = replace(plain, recipe=replace(plain.recipe, offload="optimizer"))
    before, after = estimate(plain), estimate(moved)
    states = 16 * 6_738_415_616 / 2**30
    assert after.host_gib_per_node.low - before.host_gib_per_node.low == pytest.approx(states, rel=0.01)
    assert (before.fits, after.fits) == ("no", "yes")


def test_unified_memory_shares_with_the_host() -> None:
    run = training("llama-2-7b", 119.0, method="lora")
    shared = replace(run, machine=machine(119.0, unified_memory=True))
    assert estimate(shared).usable_gib == 119.0 - memory_calibration().host_base_gib


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "yes"),
        (0.9, "yes"),
        (0.89, "likely"),
        (0.5, "likely"),
        (0.49, "unlikely"),
        (0.1, "unlikely"),
        (0.09, "no"),
    ],
)
def test_words_for_a_chance(probability: float, words: str) -> None:
    assert verdict(probability) == words


def test_a_framework_that_is_only_guessed_widens_the_range() -> None:
    run = training("llama-3-8b", A100, Layout(8), framework="deepspeed", zero_stage=3)
    named = estimate(run).per_device
    guessed = estimate(replace(run, recipe=replace(run.recipe, framework_named=False))).per_device
    assert guessed.likely == named.likely
    assert guessed.high / guessed.low > named.high / named.low


def test_recompute_sharding_and_chunked_loss_save_in_this_order_of_size() -> None:
    run = training("llama-3-8b", A100, Layout(8), framework="fsdp", zero_stage=3, sequence_length=8192, micro_batch=2)
    none = estimate(replace(run, recipe=replace(run.recipe, recompute="none"))).allocated.likely
    full = estimate(run).allocated.likely
    chunked = estimate(replace(run, recipe=replace(run.recipe, chunked_loss=True))).allocated.likely
    assert chunked < 0.8 * full < 0.5 * none


@pytest.mark.parametrize("framework", sorted(profiles()))
@pytest.mark.parametrize("method", ["full-finetuning", "lora", "qlora", "preference", "rl"])
def test_every_framework_gives_whole_answers(framework: str, method: str) -> None:
    quantisation = "nf4" if method == "qlora" else None
    run = training("llama-3-8b", A100, Layout(8), framework=framework, method=method, quantisation=quantisation,
                   zero_stage=3, optimizer="adamw")  # fmt: skip
    found = estimate(run)
    assert tuple(found.parts) == PARTS
    assert sum(found.parts.values()) == pytest.approx(found.per_device.likely, rel=1e-9)
    assert all(value >= -1e-9 for value in found.parts.values())
    assert found.peak_phase in found.phases
    assert found.allocated.likely <= found.reserved.likely <= found.per_device.likely


RECIPES = st.builds(
    Recipe,
    method=st.sampled_from(["pretraining", "full-finetuning", "lora", "qlora", "preference", "rl"]),
    adapters=st.booleans(),
    precision=st.sampled_from(["bf16", "fp16", "fp32", "fp8"]),
    master_weights=st.booleans(),
    quantisation=st.sampled_from([None, "nf4", "nf4-double", "int8", "gptq-int4", "gptq-int8", "fp4"]),
    optimizer=st.sampled_from(["adamw", "adamw-8bit", "paged-adamw-8bit", "adafactor", "sgd", "muon", "lion"]),
    sequence_length=st.integers(1, 262144),
    micro_batch=st.integers(1, 64),
    accumulation=st.integers(1, 512),
    lora_targets=st.sampled_from(["all-linear", "attention", "qv", ("q_proj", "down_proj"), ("c_attn",)]),
    recompute=st.sampled_from(["none", "selective", "full"]),
    attention=st.sampled_from(["eager", "sdpa", "flash2", "flash3"]),
    chunked_loss=st.booleans(),
    zero_stage=st.sampled_from([0, 1, 2, 3]),
    offload=st.sampled_from(["none", "optimizer", "parameters", "nvme", "activations"]),
    framework=st.sampled_from(sorted(profiles())),
    packing=st.booleans(),
)
LAYOUTS = st.builds(
    Layout,
    devices=st.sampled_from([1, 2, 3, 8, 64, 1000]),
    nodes=st.sampled_from([1, 2, 8]),
    tensor=st.sampled_from([1, 2, 8]),
    pipeline=st.sampled_from([1, 2, 7, 16]),
    context=st.sampled_from([1, 4]),
    expert=st.sampled_from([1, 8]),
)


@settings(max_examples=300, deadline=None)
@given(recipe=RECIPES, layout=LAYOUTS, shape=st.sampled_from(sorted(SHAPES)))
def test_any_plan_gets_finite_ordered_figures(recipe: Recipe, layout: Layout, shape: str) -> None:
    run = Run(SHAPES[shape], recipe, layout, machine(A100))
    found = estimate_memory(run, profiles()[recipe.framework], memory_calibration())
    assert 0 <= found.probability_fits <= 1
    assert 0 < found.per_device.low <= found.per_device.likely <= found.per_device.high < 1e9
    assert sum(found.parts.values()) == pytest.approx(found.per_device.likely, rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(recipe=RECIPES, layout=LAYOUTS, shape=st.sampled_from(sorted(SHAPES)))
def test_more_tokens_never_need_less(recipe: Recipe, layout: Layout, shape: str) -> None:
    run = Run(SHAPES[shape], recipe, layout, machine(A100))
    longer = replace(run, recipe=replace(recipe, sequence_length=2 * recipe.sequence_length))
    profile, calibration = profiles()[recipe.framework], memory_calibration()
    assert (
        estimate_memory(longer, profile, calibration).allocated.likely
        >= estimate_memory(run, profile, calibration).allocated.likely
    )


def kept(framework: str, shape: str = "llama-3-8b", **recipe: Any) -> Kept:
    """What one dense layer keeps without recomputation."""
    run = training(shape, 80.0, recompute="none", framework=framework, **recipe)
    return layer_kept(run.architecture, run.recipe, profiles()[framework], sparse=False)


@pytest.mark.parametrize(
    ("framework", "copies"),
    [
        ("megatron-lm", 2 * 4096),  # no dropout: queries, keys and values read one input of two bytes
        ("huggingface", 3 * 3 * 4096),  # three dropped-out copies of it, each with its mask
    ],
)
def test_adapters_of_one_input_share_it_unless_each_drops_out(framework: str, copies: float) -> None:
    one = kept(framework, method="lora", lora_targets=("o_proj",)).whole
    four = kept(framework, method="lora", lora_targets=("q_proj", "k_proj", "v_proj", "o_proj")).whole
    assert four - one == copies


@pytest.mark.parametrize(("framework", "less"), [("megatron-lm", True), ("nemo", True), ("torchtitan", False)])
def test_products_keep_8_bit_inputs_where_their_kernels_do(framework: str, less: bool) -> None:
    plain, fp8 = kept(framework, method="pretraining"), kept(framework, method="pretraining", precision="fp8")
    # Two norms' outputs and the input of the last product of the layer, less the 8-bit copy of attention's output.
    saved = 2 * 4096 + 14336 - 4096 if less else 0
    assert plain.cut + plain.whole - fp8.cut - fp8.whole == saved


def test_a_loop_that_keeps_the_last_graph_holds_quantised_inputs_twice() -> None:
    profile = profiles()["litgpt"]
    run = training("llama-2-7b", 80.0, method="qlora", quantisation="nf4", recompute="none", framework="litgpt")
    counts = [
        layer_kept(run.architecture, run.recipe, replace(profile, quantised_inputs=times), sparse=False)
        for times in (0, 1, 2)
    ]
    each = 2 * (2 * 4096 + 11008)  # inputs of attention, of the first and of the last product of the feed-forward block
    assert [round(one.cut + one.whole - counts[0].cut - counts[0].whole) for one in counts] == [0, each, 2 * each]
    assert profile.quantised_inputs == 2


@pytest.mark.parametrize(("stage", "bytes_per_element"), [(0, 4.0), (2, 4.0), (3, 2.0)])
def test_a_sharded_quantised_base_stays_in_16_bits(stage: int, bytes_per_element: float) -> None:
    run = training("llama-2-7b", 80.0, Layout(2), method="qlora", quantisation="nf4", zero_stage=stage)
    assert residual_bytes(run.recipe, profiles()["huggingface"]) == bytes_per_element


@pytest.mark.parametrize(
    ("layout", "devices"),
    [
        (Layout(8, expert=8), 8),
        (Layout(16, tensor=2, expert=4), 8),
        (Layout(8, tensor=4, pipeline=2, expert=4), 4),  # experts take the tensor ranks: a stage has four devices
    ],
)
def test_experts_are_cut_no_further_than_there_are_devices(layout: Layout, devices: int) -> None:
    assert expert_cut(layout) == devices
