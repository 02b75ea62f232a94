"""The serving estimate."""

from __future__ import annotations

from dataclasses import replace

import pytest
from estimate_inputs import SHAPES, machine, serving_calibration

from advisor.estimates.run import Architecture, Layout, Machine, Recipe, Run, Serving
from advisor.estimates.serving import (
    ServingEstimate,
    cache_share,
    estimate_serving,
    group_sizes,
    touched_weights,
    weight_bytes,
)

A100 = machine(79.3, 2.039e12)


def served(shape: str, on: Machine, devices: int, requests: int, context: int, **changes: object) -> Run:
    serving = Serving(requests, context, **{k: v for k, v in changes.items() if k == "quantisation"})  # type: ignore[arg-type]  # one closed field
    tensor = changes.get("tensor", 1)
    assert isinstance(tensor, int)
    recipe = Recipe(method="none", sequence_length=1)
    return Run(SHAPES[shape], recipe, Layout(devices, tensor=tensor), on, serving=serving)


def estimate(run: Run) -> ServingEstimate:
    return estimate_serving(run, serving_calibration())


def test_a_code_model_at_ten_requests_of_32k_needs_two_cards() -> None:
    found = estimate(served("qwen3-coder-30b-a3b", A100, 2, 10, 32768))
    # 2 · 48 layers · 4 heads · 128 · 2 bytes = 98304 bytes a token.
    assert found.cache_bytes_per_request == 32768 * 98304
    assert (found.devices_needed, found.tensor_parallel, found.replicas, found.fits) == (2, 2, 1, "yes")
    assert found.parts["weights"] == pytest.approx(28.4, abs=0.1)
    assert found.parts["cache"] == pytest.approx(15.0, abs=0.1)
    assert sum(found.parts.values()) == pytest.approx(found.per_device.likely)


def test_one_small_model_is_replicated() -> None:
    found = estimate(served("llama-3-8b", A100, 8, 64, 4096))
    assert (found.tensor_parallel, found.replicas, found.devices_needed) == (1, 8, 1)


def test_stated_tensor_parallel_degree_is_kept() -> None:
    found = estimate(served("llama-3-8b", A100, 8, 64, 4096, tensor=4))
    assert (found.tensor_parallel, found.replicas) == (4, 2)


def test_training_layout_does_not_bind_serving() -> None:
    run = served("llama-3-8b", A100, 8, 64, 4096, tensor=8)
    assert estimate(replace(run, recipe=Recipe(method="full-finetuning"))).tensor_parallel == 1


@pytest.mark.parametrize(
    ("shape", "quantisation", "bytes_per_parameter"),
    [("llama-3-70b", "none", 2.0), ("llama-3-70b", "int4", 0.564), ("llama-3-70b", "fp8", 1.031)],
)
def test_weights_in_use(shape: str, quantisation: str, bytes_per_parameter: float) -> None:
    serving = Serving(1, 4096, quantisation=quantisation)  # type: ignore[arg-type]  # one closed field
    assert weight_bytes(SHAPES[shape], serving) / 70_553_706_496 == pytest.approx(bytes_per_parameter, abs=0.001)


def test_a_70b_model_needs_two_80g_cards_and_one_in_four_bits() -> None:
    assert estimate(served("llama-3-70b", A100, 2, 1, 4096)).devices_needed == 2
    assert estimate(served("llama-3-70b", A100, 2, 1, 4096, quantisation="int4")).devices_needed == 1


def test_deepseek_in_eight_bits_needs_sixteen_80g_cards() -> None:
    found = estimate(served("deepseek-v3", A100, 8, 32, 8192, quantisation="fp8"))
    assert (found.fits, found.devices_needed) == ("no", 16)


def test_latent_cache_is_whole_on_every_device() -> None:
    assert cache_share(SHAPES["deepseek-v3"], 8) == 1.0
    assert cache_share(SHAPES["llama-3-70b"], 4) == 0.25
    assert cache_share(SHAPES["llama-3-70b"], 16) == 0.125


def test_groups_divide_the_heads() -> None:
    assert group_sizes(SHAPES["qwen2.5-32b"], 64) == [1, 2, 4, 8]
    assert group_sizes(SHAPES["dense-30b"], 64) == [1, 2, 4]


def test_one_request_is_bound_by_bandwidth() -> None:
    found = estimate(served("llama-2-7b", A100, 1, 1, 2048)).tokens_per_second
    assert found is not None
    # 13.3 GB of weights and 1.1 GB of cache at 2.04 TB/s are 141 tokens a second at best.
    assert 70 < found.likely < 141
    assert found.low < found.likely < found.high


def test_more_requests_share_the_weights() -> None:
    one, many = (estimate(served("llama-3-8b", A100, 1, n, 1024)).tokens_per_second for n in (1, 32))
    assert one is not None
    assert many is not None
    assert 15 * one.likely < many.likely < 32 * one.likely


def test_large_batches_are_bound_by_arithmetic() -> None:
    slow = machine(79.3, 20e12, peak={"bf16": 50e12})
    found = estimate(served("llama-3-8b", slow, 1, 256, 128)).tokens_per_second
    assert found is not None
    assert found.likely < 50e12 / (2 * 7.5e9)


def test_experts_touched_grow_with_the_batch() -> None:
    a, serving = SHAPES["qwen3-coder-30b-a3b"], Serving(1, 4096)
    one, eight, many = (touched_weights(a, serving, n) for n in (1, 8, 512))
    assert one < 0.2 * many
    assert one < eight < many
    assert many == pytest.approx(weight_bytes(a, serving) - 2 * 151936 * 2048, rel=1e-6)


def test_window_bounds_the_cache() -> None:
    plain: Architecture = SHAPES["mistral-7b"]
    local = replace(plain, window=4096)
    run = served("mistral-7b", A100, 1, 1, 32768)
    short = estimate(replace(run, architecture=local)).cache_bytes_per_request
    assert short == estimate(run).cache_bytes_per_request / 8


def test_unknown_bandwidth_or_peak_gives_no_rate() -> None:
    found = estimate(served("llama-3-8b", machine(79.3, None, peak={}), 1, 1, 4096))
    assert found.tokens_per_second is None
    assert found.prefill_tokens_per_second is None
    assert found.fits == "yes"


def test_without_serving_there_is_nothing_to_estimate() -> None:
    run = replace(served("llama-3-8b", A100, 1, 1, 4096), serving=None)
    with pytest.raises(ValueError, match="serves nothing"):
        estimate(run)
