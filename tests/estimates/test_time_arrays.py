"""Arrays of candidates through the time formulas give what each candidate gives alone, in a fraction of the time."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import yaml

from advisor.entries.schema import Device
from advisor.estimates.machine import machine_of
from advisor.estimates.run import (
    Architecture,
    AttentionKernel,
    FrameworkId,
    Latent,
    Layout,
    Link,
    Machine,
    Method,
    Offload,
    Optimizer,
    Precision,
    Range,
    Recipe,
    Recompute,
    Run,
)
from advisor.estimates.time import estimate_time, time_figures
from advisor.estimates.time_calendar import Practice
from advisor.estimates.time_calibration import TimeCalibration, time_calibration_from_dict

ARCHITECTURES = {
    "dense": Architecture(32, 4096, 14336, 32, 8, 128, 128256, False, True),
    "tied, not gated": Architecture(24, 2048, 8192, 16, 16, 128, 50368, True, False, stated_parameters=1.4e9),
    "window": Architecture(42, 3584, 14336, 16, 8, 256, 256000, True, True, window=4096, window_global_every=2),
    "experts": Architecture(48, 2048, 6144, 32, 4, 128, 151936, False, True, experts=128, experts_per_token=8,
                            expert_ffn_hidden_size=768),
    "latent, shared experts": Architecture(
        61, 7168, 18432, 128, 128, 128, 129280, False, True, experts=256, experts_per_token=8, shared_experts=1,
        expert_ffn_hidden_size=2048, shared_expert_ffn_hidden_size=2048, dense_layers=3,
        latent=Latent(1536, 512, 128, 64, 128),
    ),
}  # fmt: skip
DEVICES = ("h100-sxm", "a100-40g-pcie", "v100-32g-sxm2", "ascend910b3", "rtx3090", "rtx4090", "mi300x", "gb200")
NETWORKS = (None, Link("infiniband", 50e9, 8e-6), Link("ethernet", 3e9, 5e-5))
PRACTICE = Practice(
    failures_per_device_day=Range(2e-4, 5e-4, 2e-3), restart_hours=Range(0.2, 0.5, 2), rework=Range(0.05, 0.1, 0.2),
    tries=Range(1.5, 2.5, 3), checkpoint_bytes_per_second=5e9,
)  # fmt: skip
CANDIDATES = 40


@pytest.fixture(scope="module")
def calibration(root) -> TimeCalibration:
    text = (root / "knowledge/calibration/time.yaml").read_text()
    return time_calibration_from_dict(yaml.safe_load(text)["time"])


@pytest.fixture(scope="module")
def machines(root) -> dict[str, Machine]:
    entries = {}
    for path in (root / "knowledge/devices").glob("*.yaml"):
        entries |= yaml.safe_load(path.read_text())
    return {name: machine_of(name, Device.model_validate(entries[name])) for name in DEVICES}


def common(rng: random.Random, machines: dict[str, Machine]) -> Run:
    """What all candidates of a search share."""
    method = rng.choice([name for name in get_args(Method) if name != "none"])
    recipe = Recipe(
        method,
        adapters=method in {"lora", "qlora"} or (method in {"preference", "rl"} and rng.random() < 0.5),
        precision=rng.choice(get_args(Precision)),
        master_weights=rng.random() < 0.5,
        quantisation="nf4" if method == "qlora" else None,
        optimizer=rng.choice(get_args(Optimizer)),
        lora_targets=rng.choice(["all-linear", "attention", "qv", ("q_proj", "down_proj")]),
        recompute=rng.choice(get_args(Recompute)),
        attention=rng.choice(get_args(AttentionKernel)),
        chunked_loss=rng.random() < 0.3,
        fused_loss=rng.random() < 0.3,
        zero_stage=rng.choice([0, 1, 2, 3]),
        offload=rng.choice(["none", "none", *get_args(Offload)]),
        framework=rng.choice(get_args(FrameworkId)),
        packing=rng.random() < 0.7,
        mean_sample_tokens=rng.choice([None, 140.0, 3000.0]),
    )
    machine = replace(
        machines[rng.choice(DEVICES)], network=rng.choice(NETWORKS), storage=rng.choice([None, "nvme", "nas", "hdd"])
    )
    tokens = rng.choice([None, 1e7, 1e12])
    return Run(ARCHITECTURES[rng.choice(list(ARCHITECTURES))], recipe, Layout(1), machine, tokens=tokens)


def counts(rng: random.Random) -> tuple[dict[str, int], dict[str, int]]:
    """The layout and the batch of one candidate."""
    tensor, pipeline, context = rng.choice([1, 1, 2, 4, 8]), rng.choice([1, 1, 2, 4]), rng.choice([1, 1, 2])
    nodes = rng.choice([1, 1, 2, 4, 64])
    devices = nodes * rng.choice(
        [per for per in (1, 2, 4, 8, 64) if nodes * per >= tensor * pipeline * context] or [64]
    )
    layout = {
        "devices": devices, "nodes": nodes, "tensor": tensor, "pipeline": pipeline, "context": context,
        "expert": rng.choice([1, 1, 2, 8]),
    }  # fmt: skip
    batch = {
        "micro_batch": rng.choice([1, 2, 4, 8, 32]), "accumulation": rng.choice([1, 2, 16, 256]),
        "sequence_length": rng.choice([256, 2048, 8192, 131072]),
    }  # fmt: skip
    return layout, batch


def together(run: Run, layouts: list[dict[str, int]], batches: list[dict[str, int]]) -> Run:
    """All candidates as one run of arrays."""
    layout = {name: np.array([one[name] for one in layouts]) for name in layouts[0]}
    batch = {name: np.array([one[name] for one in batches]) for name in batches[0]}
    return replace(run, layout=Layout(**layout), recipe=replace(run.recipe, **batch))


@pytest.mark.parametrize("seed", range(100))
def test_arrays_equal_single_runs(calibration, machines, seed):
    rng = random.Random(seed)
    run = common(rng, machines)
    layouts, batches = zip(*(counts(rng) for _ in range(CANDIDATES)), strict=True)
    found = time_figures(together(run, list(layouts), list(batches)), calibration, practice=PRACTICE)
    assert found is not None
    for i, (layout, batch) in enumerate(zip(layouts, batches, strict=True)):
        one = replace(run, layout=Layout(**layout), recipe=replace(run.recipe, **batch))
        alone = estimate_time(one, calibration, practice=PRACTICE)
        assert alone is not None
        expected = {
            "step": alone.step_seconds.likely,
            "rate": alone.tokens_per_second_per_device.likely,
            "days": alone.days and alone.days.likely,
            "calendar": alone.calendar_days and alone.calendar_days.likely,
            **alone.parts,
        }
        got = {
            "step": found.step_seconds,
            "rate": found.tokens_per_second_per_device,
            "days": found.days,
            "calendar": found.calendar_days,
            **found.parts,
        }
        for name, value in expected.items():
            if value is None:
                assert got[name] is None
                continue
            mine = np.broadcast_to(got[name], (CANDIDATES,))[i]
            # A part may be the small difference of two large ones; what counts is the step.
            assert mine == pytest.approx(value, rel=1e-9, abs=1e-10 * alone.step_seconds.likely), (name, layout, batch)


def test_twenty_thousand_candidates_take_less_than_three_microseconds_each(calibration, machines):
    rng = random.Random(0)
    run = replace(common(rng, machines), architecture=ARCHITECTURES["latent, shared experts"], tokens=1e12)
    many = 20_000
    layouts, batches = zip(*(counts(rng) for _ in range(many)), strict=True)
    run = together(run, list(layouts), list(batches))
    spent = []
    for _ in range(3):
        start = time.process_time()
        time_figures(run, calibration, practice=PRACTICE)
        spent.append(time.process_time() - start)
    assert min(spent) / many < 3e-6
