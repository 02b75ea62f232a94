"""The time estimate: planning anchors, and how it answers when one thing changes."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import yaml

from advisor.entries.schema import Device
from advisor.estimates.architecture import dense_decoder
from advisor.estimates.machine import machine_of
from advisor.estimates.run import Architecture, Layout, Link, Machine, Range, Recipe, Run
from advisor.estimates.time import estimate_time, missing_for_time, step_parts
from advisor.estimates.time_calendar import Practice, calendar_days, product_of
from advisor.estimates.time_calibration import TimeCalibration, time_calibration_from_dict
from advisor.estimates.time_compute import padded_tokens
from advisor.estimates.time_step import PARTS

LLAMA_405B = Architecture(126, 16384, 53248, 128, 8, 128, 128256, tied_embeddings=False, gated_mlp=True)
LLAMA_8B = Architecture(32, 4096, 14336, 32, 8, 128, 128256, tied_embeddings=False, gated_mlp=True)
MISTRAL_7B = Architecture(32, 4096, 14336, 32, 8, 128, 32000, tied_embeddings=False, gated_mlp=True)
STATED = frozenset({"training.activation_checkpointing", "training.micro_batch_size"})


@pytest.fixture(scope="module")
def calibration(root) -> TimeCalibration:
    text = (root / "knowledge/calibration/time.yaml").read_text()
    return time_calibration_from_dict(yaml.safe_load(text)["time"])


@pytest.fixture(scope="module")
def machine(root):
    devices = {}
    for path in (root / "knowledge/devices").glob("*.yaml"):
        devices |= yaml.safe_load(path.read_text())

    def of(device_id: str, network_gbps: float | None = None) -> Machine:
        found = machine_of(device_id, Device.model_validate(devices[device_id]))
        if network_gbps is None:
            return found
        return replace(found, network=Link("infiniband", network_gbps * 1e9 / 8 / 8, 8e-6))

    return of


def recipe(method: str = "continued-pretraining", **changes: object) -> Recipe:
    base = {
        "sequence_length": 4096, "accumulation": 16, "recompute": "full", "attention": "flash2",
        "framework": "deepspeed", "framework_named": True, "stated": STATED,
    }  # fmt: skip
    return Recipe(method, **(base | changes))


def estimate(run: Run, calibration: TimeCalibration, **extra: object):
    found = estimate_time(run, calibration, **extra)
    assert found is not None
    return found


def test_30b_on_8_v100_takes_a_season(calibration, machine):
    run = Run(dense_decoder(30e9), recipe(precision="fp16", attention="sdpa", zero_stage=3), Layout(8),
              machine("v100-32g-sxm2"), tokens=12.3e9)  # fmt: skip
    assert 98 <= estimate(run, calibration).days.likely <= 171


def test_30b_on_8_a100_takes_about_a_month(calibration, machine):
    run = Run(dense_decoder(30e9), recipe(zero_stage=3), Layout(8), machine("a100-80g-sxm"), tokens=12.3e9)
    assert 20 <= estimate(run, calibration).days.likely <= 34


@pytest.mark.parametrize(
    ("device", "gbps", "low", "high"),
    [("a100-80g-sxm", 1600, 1.8e6, 3e6), ("h100-sxm", 3200, 0.7e6, 1e6)],
)
def test_100b_on_2t_tokens_in_device_hours(calibration, machine, device, gbps, low, high):
    how = recipe("pretraining", accumulation=64, recompute="selective", zero_stage=1, framework="megatron-lm")
    run = Run(dense_decoder(100e9), how, Layout(1024, 128, 8, 8), machine(device, gbps), tokens=2e12)
    hours = estimate(run, calibration).device_hours
    # What planning figures count is the steps; what a whole run adds to them must not leave their range by much.
    assert low <= hours.likely / calibration.whole_run <= high
    assert hours.low <= high
    assert hours.likely <= 1.1 * high


@pytest.mark.parametrize(("device", "low", "high"), [("h100-sxm", 6.5, 10.5), ("a100-80g-sxm", 17, 25)])
def test_7b_with_replay_on_one_node(calibration, machine, device, low, high):
    how = recipe(framework="huggingface", micro_batch=2, zero_stage=3)
    run = Run(dense_decoder(7e9), how, Layout(8), machine(device), tokens=41e9)
    assert low <= estimate(run, calibration).days.likely <= high


def test_step_of_32_times_1024_tokens_on_one_a100(calibration, machine):
    how = recipe("full-finetuning", sequence_length=1024, micro_batch=4, accumulation=8, framework="huggingface")
    run = Run(dense_decoder(7e9), how, Layout(1), machine("a100-80g-sxm"))
    assert 9 <= round(estimate(run, calibration).step_seconds.likely, 1) <= 15


def test_llama_405b_on_16k_h100_reaches_the_published_utilisation(calibration, machine):
    how = recipe("pretraining", sequence_length=8192, recompute="none", attention="flash3", zero_stage=1,
                 framework="megatron-lm")  # fmt: skip
    run = Run(LLAMA_405B, how, Layout(16384, 2048, 8, 16), machine("h100-sxm", 3200))
    assert 0.38 <= estimate(run, calibration).mfu.likely <= 0.43


def test_parts_sum_to_the_step_and_ranges_are_ordered(calibration, machine):
    run = Run(LLAMA_8B, recipe(zero_stage=3), Layout(16, 2), machine("a100-80g-sxm", 800), tokens=1e9)
    found = estimate(run, calibration)
    assert set(found.parts) == set(PARTS)
    assert sum(found.parts.values()) == pytest.approx(found.step_seconds.likely)
    for r in (found.step_seconds, found.mfu, found.device_hours, found.days, found.tokens_per_second_per_device):
        assert 0 < r.low < r.likely < r.high
    assert found.device_hours.likely == pytest.approx(found.days.likely * 24 * 16)
    assert found.steps == pytest.approx(1e9 / (16 * 16 * 4096), abs=1)


BASE = {"method": "full-finetuning", "layout": Layout(8), "device": "a100-80g-sxm", "gbps": None}
SLOWER = {
    "recompute": ({}, {"recompute": "full"}, {"recompute": "none"}),
    "eager attention": ({}, {"attention": "eager"}, {"attention": "flash2"}),
    "8-bit base": ({"method": "qlora"}, {"quantisation": "nf4"}, {"quantisation": None}),
    "more modules": ({"method": "lora"}, {"lora_targets": "all-linear"}, {"lora_targets": "qv"}),
    "offload": ({}, {"offload": "optimizer"}, {"offload": "none"}),
    "offload of weights": ({}, {"offload": "parameters"}, {"offload": "optimizer"}),
    "short samples": ({}, {"packing": False, "mean_sample_tokens": 200.0}, {"packing": True}),
    "reference model": ({}, {"method": "preference"}, {"method": "full-finetuning"}),
    "reinforcement learning": ({}, {"method": "rl"}, {"method": "preference"}),
    "fp32": ({}, {"precision": "fp32"}, {"precision": "bf16"}),
    "plain loss": ({}, {"chunked_loss": False}, {"chunked_loss": True}),
}


@pytest.mark.parametrize("name", SLOWER)
def test_what_slows_a_run(calibration, machine, name):
    common, slow, fast = SLOWER[name]

    def rate(changes: dict) -> float:
        wanted = {"recompute": "none", "zero_stage": 2, "micro_batch": 2} | common | changes
        method = wanted.pop("method", "full-finetuning")
        run = Run(LLAMA_8B, recipe(method, **wanted), Layout(8), machine("a100-80g-sxm"))
        return estimate(run, calibration).tokens_per_second_per_device.likely

    assert rate(slow) < rate(fast)


def test_lora_saves_the_weight_gradients(calibration, machine):
    parts = {}
    for method in ("full-finetuning", "lora"):
        run = Run(LLAMA_8B, recipe(method, recompute="none"), Layout(1), machine("h100-sxm"))
        parts[method] = step_parts(run, calibration)
    assert parts["lora"]["matmul"] / parts["full-finetuning"]["matmul"] == pytest.approx(2 / 3, abs=0.03)


def test_full_recomputation_costs_about_a_third_of_the_products(calibration, machine):
    run = Run(LLAMA_8B, recipe("pretraining"), Layout(1), machine("h100-sxm"))
    parts = step_parts(run, calibration)
    assert 0.28 <= parts["recompute"] / (parts["matmul"] + parts["attention"] + parts["memory_bound"]) <= 0.38


def test_zero3_over_a_slow_network_is_slower_on_two_nodes_than_on_one(calibration, machine):
    how = recipe(zero_stage=3, accumulation=8)
    one = Run(dense_decoder(13e9), how, Layout(8), machine("a100-80g-sxm"))
    two = replace(one, layout=Layout(16, 2), machine=machine("a100-80g-sxm", 10))
    samples_one = 8 / estimate(one, calibration).step_seconds.likely
    samples_two = 16 / estimate(two, calibration).step_seconds.likely
    assert samples_two < samples_one


def test_pipeline_bubble_follows_the_micro_batches(calibration, machine):
    shares = []
    for accumulation in (8, 64):
        how = recipe("pretraining", accumulation=accumulation, framework="megatron-lm", zero_stage=1)
        run = Run(dense_decoder(70e9), how, Layout(64, 8, 8, 8), machine("h100-sxm", 3200))
        parts = step_parts(run, calibration)
        shares.append(parts["pipeline_bubble"] / sum(parts.values()))
    assert shares[0] > 4 * shares[1] > 0


def test_unpacked_samples_are_padded_to_the_longest_of_the_batch(calibration):
    alone = replace(recipe(), packing=False, mean_sample_tokens=286.0, micro_batch=1)
    assert padded_tokens(alone, calibration) == (286.0, 286.0)
    # 286 tokens became 443 in batches of four in the fms-acceleration runs.
    four = replace(alone, micro_batch=4)
    assert padded_tokens(four, calibration)[1] == pytest.approx(443, rel=0.03)
    capped = replace(four, sequence_length=300)
    assert padded_tokens(capped, calibration) == (286.0, 300.0)


def test_padding_adds_to_the_tokens(calibration, machine):
    how = recipe(packing=False, mean_sample_tokens=286.0, micro_batch=4)
    found = estimate(Run(LLAMA_8B, how, Layout(1), machine("a100-80g-sxm"), tokens=286e6), calibration)
    assert found.tokens == pytest.approx(443e6, rel=0.03)
    assert found.kind == "unpacked"


def test_unpacked_short_samples_use_a_tenth_of_an_h100(calibration, machine):
    how = recipe("lora", framework="huggingface", packing=False, mean_sample_tokens=200.0, micro_batch=2,
                 accumulation=8, sequence_length=2048)  # fmt: skip
    found = estimate(Run(LLAMA_8B, how, Layout(1), machine("h100-sxm")), calibration)
    assert 0.03 <= found.mfu.likely <= 0.15


def test_random_reads_on_a_hard_disk_make_devices_wait(calibration, machine):
    how = recipe("lora", packing=False, mean_sample_tokens=100.0, micro_batch=16)
    run = Run(dense_decoder(1e9), how, Layout(8), replace(machine("h100-sxm"), storage="hdd"))
    assert step_parts(run, calibration)["data_wait"] > 0
    fast = replace(run, machine=replace(run.machine, storage="nvme"))
    assert step_parts(fast, calibration)["data_wait"] == 0


def test_sparse_models_pay_for_their_active_weights(calibration, machine):
    sparse = Architecture(48, 2048, 6144, 32, 4, 128, 151936, False, True, experts=128, experts_per_token=8,
                          expert_ffn_hidden_size=768)  # fmt: skip
    how = recipe("pretraining", framework="megatron-lm", recompute="none", zero_stage=1, micro_batch=4)
    layout = Layout(8, expert=8)
    found = estimate(Run(sparse, how, layout, machine("h100-sxm")), calibration)
    dense = estimate(Run(dense_decoder(30.5e9), how, Layout(8), machine("h100-sxm")), calibration)
    ratio = found.tokens_per_second_per_device.likely / dense.tokens_per_second_per_device.likely
    assert 2 < ratio < 30.5 / 3.3
    assert found.parts["expert_parallel"] > 0
    assert found.kind == "experts"


def test_what_is_not_stated_widens_the_range(calibration, machine):
    named = Run(LLAMA_8B, recipe(), Layout(8), machine("a100-80g-sxm"))
    unnamed = replace(named, recipe=replace(named.recipe, framework_named=False, stated=frozenset()))

    def width(run: Run) -> float:
        r = estimate(run, calibration).step_seconds
        return r.high / r.low

    assert width(unnamed) > width(named)


def test_devices_without_timed_kernels_get_a_range_of_their_own(calibration, machine):
    run = Run(LLAMA_8B, recipe(), Layout(8), machine("ascend910b3"))
    assert estimate(run, calibration).kind == "no-kernels"


def test_power_holds_the_l40s_near_the_l40(calibration, machine):
    """Twice the peak at nearly the same power: far less than twice the rate."""
    rates = []
    for device in ("l40", "l40s"):
        run = Run(LLAMA_8B, recipe("lora"), Layout(1), machine(device))
        rates.append(estimate(run, calibration).tokens_per_second_per_device.likely)
    assert 1.0 < rates[1] / rates[0] < 1.4


def test_a_device_without_bf16_falls_back_to_fp32(calibration, machine):
    fp16 = Run(LLAMA_8B, recipe(precision="fp16"), Layout(1), machine("v100-32g-sxm2"))
    bf16 = replace(fp16, recipe=replace(fp16.recipe, precision="bf16"))
    ratio = estimate(bf16, calibration).step_seconds.likely / estimate(fp16, calibration).step_seconds.likely
    assert ratio > 3


def test_nothing_is_estimated_without_peak_or_bandwidth(calibration, machine):
    run = Run(LLAMA_8B, recipe(), Layout(1), replace(machine("h100-sxm"), bandwidth=None, peak={}))
    assert missing_for_time(run) == ("peak", "bandwidth")
    assert estimate_time(run, calibration) is None


def test_without_tokens_there_are_steps_but_no_duration(calibration, machine):
    found = estimate(Run(LLAMA_8B, recipe(), Layout(1), machine("h100-sxm")), calibration)
    assert (found.tokens, found.steps, found.days, found.device_hours, found.calendar_days) == (None,) * 5
    assert found.step_seconds.likely > 0


PRACTICE = Practice(
    failures_per_device_day=Range(2e-4, 5e-4, 2e-3), restart_hours=Range(0.2, 0.5, 2), rework=Range(0.05, 0.1, 0.2),
    tries=Range(1.5, 2.5, 3), checkpoint_bytes_per_second=5e9,
)  # fmt: skip


def test_calendar_adds_faults_rework_and_tries(calibration, machine):
    run = Run(LLAMA_8B, recipe(zero_stage=3), Layout(8), machine("a100-80g-sxm"), tokens=10e9)
    found = estimate(run, calibration, practice=PRACTICE)
    assert found.calendar_days.likely == pytest.approx(found.days.likely * 2.5 * 1.1, rel=0.02)
    assert found.calendar_days.low < found.days.likely * 2.5 < found.calendar_days.high


def test_llama_3_loses_less_than_a_tenth_to_faults(calibration, machine):
    """419 unexpected stops in 54 days on 16,384 devices, storage of 2 TB/s (arXiv 2407.21783, section 3.3)."""
    once = Range(1, 1, 1)
    practice = Practice(Range(4.7e-4, 4.74e-4, 4.8e-4), Range(0.1, 0.15, 0.3), Range(0, 0, 0), once, 2e12)
    run = Run(LLAMA_405B, recipe("pretraining"), Layout(16384, 2048, 8, 16), machine("h100-sxm", 3200))
    days = calendar_days(run, Range(50, 54, 60), practice)
    assert 1.02 < days.likely / 54 < 1.11


def test_old_hardware_stops_more_often(calibration, machine):
    run = Run(LLAMA_8B, recipe(), Layout(8), machine("v100-32g-sxm2"))
    days = Range(90, 100, 120)
    worn = replace(PRACTICE, old_hardware=10.0, tries=Range(1, 1, 1), rework=Range(0, 0, 0))
    assert calendar_days(run, days, worn).likely > calendar_days(run, days, replace(worn, old_hardware=1.0)).likely


def test_product_of_ranges():
    found = product_of((Range(1, 2, 4), Range(1, 2, 4)))
    assert (found.likely, found.low * found.high) == (4, pytest.approx(16))
    assert 1 < found.low < 2
    assert product_of((Range(0, 1, 2), Range(1, 1, 1))) == Range(0, 1, 2)


def test_trace_names_sources_that_exist(calibration, machine, root):
    known = set()
    for path in (root / "knowledge/sources").glob("*.yaml"):
        known |= set(yaml.safe_load(path.read_text()))
    how = recipe("rl", framework="megatron-lm", offload="optimizer", zero_stage=1)
    run = Run(LLAMA_8B, how, Layout(16, 2, 2, 2), machine("a100-80g-sxm", 800), tokens=1e9)
    trace = estimate(run, calibration).trace
    assert {line.source for line in trace} <= known
    assert [line.name for line in trace][-2:] == ["step-seconds", "days"]


def test_one_estimate_takes_less_than_a_millisecond(calibration, machine):
    run = Run(LLAMA_405B, recipe("pretraining", framework="megatron-lm"), Layout(1024, 128, 8, 16),
              machine("h100-sxm", 3200), tokens=1e12)  # fmt: skip
    estimate(run, calibration)
    spent = []
    for _ in range(10):
        start = time.process_time()
        for _ in range(20):
            estimate(run, calibration)
        spent.append((time.process_time() - start) / 20)
    assert min(spent) < 1e-3


def test_sharded_adapters_of_short_samples_wait_for_the_host(calibration, machine):
    """FSDP of PEFT gathers each adapter matrix on its own: 3.1 s a step in fms-acceleration, adapters on attention."""
    how = recipe("qlora", framework="huggingface", packing=False, mean_sample_tokens=286.0, micro_batch=2,
                 accumulation=2, quantisation="nf4", lora_targets="attention", zero_stage=3)  # fmt: skip
    sharded = Run(MISTRAL_7B, how, Layout(2), machine("a100-80g-sxm"))
    assert estimate(sharded, calibration).step_seconds.likely == pytest.approx(3.1, rel=0.3)
    whole = replace(sharded, recipe=replace(how, zero_stage=0))
    assert estimate(whole, calibration).step_seconds.likely < 1.2


def test_experts_gathered_one_by_one_cost_most_of_the_step(calibration, machine):
    """ms-swift says 96 s a step of Qwen3-30B-A3B under DeepSpeed's ZeRO-3, and 9 s under Megatron."""
    sparse = Architecture(48, 2048, 6144, 32, 4, 128, 151936, False, True, experts=128, experts_per_token=8,
                          expert_ffn_hidden_size=768)  # fmt: skip
    how = recipe("full-finetuning", sequence_length=8192, accumulation=1, zero_stage=3, framework="deepspeed")
    run = Run(sparse, how, Layout(16, 2), machine("a800-80g-sxm", 800))
    assert estimate(run, calibration).step_seconds.likely > 30
    megatron = replace(run, recipe=replace(how, framework="megatron-lm", zero_stage=1), layout=Layout(16, 2, expert=8))
    assert estimate(megatron, calibration).step_seconds.likely < 10


def test_fewer_tensor_cores_leave_attention_a_larger_share(calibration, machine):
    """The H20 has the H100's other units and a seventh of its tensor cores."""
    shares = {}
    for device in ("h100-sxm", "h20-96g"):
        run = Run(LLAMA_8B, recipe("pretraining", sequence_length=65536), Layout(1), machine(device))
        parts = step_parts(run, calibration)
        shares[device] = parts["attention"] / parts["matmul"]
    assert shares["h20-96g"] < 0.75 * shares["h100-sxm"]


def test_pascal_computes_in_fp32(calibration, machine):
    half = Run(LLAMA_8B, recipe(precision="fp16", attention="eager"), Layout(1), machine("p40"))
    single = replace(half, recipe=replace(half.recipe, precision="fp32"))
    ratio = estimate(single, calibration).step_seconds.likely / estimate(half, calibration).step_seconds.likely
    assert 0.9 < ratio < 1.5


def test_what_nobody_measured_has_a_wider_range(calibration, machine):
    def width(framework: str, device: str) -> float:
        run = Run(LLAMA_8B, recipe("lora", framework=framework), Layout(1), machine(device))
        seconds = estimate(run, calibration).step_seconds
        return seconds.high / seconds.low

    assert calibration.frameworks["triton"].sources <= 1
    assert calibration.frameworks["eager"].sources > 1
    assert width("unsloth", "a100-80g-sxm") > width("huggingface", "a100-80g-sxm")
    assert width("huggingface", "t4") > width("huggingface", "rtx4090")
