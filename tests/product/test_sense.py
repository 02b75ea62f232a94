"""Common sense of the estimates: more of what costs never costs less, over plans of many kinds."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

import advisor
from advisor.estimates.run import Run
from advisor.estimates.serving import ServingEstimate, estimate_serving
from advisor.estimates.time import estimate_time
from advisor.library import load_advisor
from advisor.plan.read import read_plan, write_plan
from advisor.resolve import resolve

Values = dict[str, Any]
DAY = date(2026, 11, 22)
TIE = 0.01
"""Where both plans wait for the same thing, the rest of the formula may put them a little out of order."""

_MODELS: tuple[Values, ...] = (
    {"name": "qwen2.5-0.5b"}, {"name": "qwen2.5-7b"}, {"name": "qwen3-32b"}, {"name": "qwen3-30b-a3b"},
    {"name": "llama-3.1-70b"}, {"name": "gemma-2-9b"}, {"name": "deepseek-v3"}, {"parameters": "13B"},
)  # fmt: skip
_DEVICES = ("a100-80g-sxm", "h100-sxm", "rtx4090", "rtx3090", "ascend910b1", "l40s", "v100-32g-sxm2", "mi300x")
_FRAMEWORKS = ("huggingface", "deepspeed", "fsdp", "megatron-lm", "torchtune", "llama-factory", "axolotl", "unsloth")


def _plans(number: int) -> Iterator[Values]:
    """Random plans that state what would otherwise be assumed by the device, the framework or the layout."""
    chance = random.Random(4711)
    for _ in range(number):
        method = chance.choice(["lora", "qlora", "full-finetuning", "continued-pretraining", "pretraining"])
        yield {
            "version": 1,
            "model": copy.deepcopy(chance.choice(_MODELS)),
            "training": {
                "method": method,
                "precision": "bf16",
                "optimizer": chance.choice(["adamw", "adamw-8bit", "adafactor", "muon"]),
                "sequence_length": chance.choice([512, 2048, 8192, 32768]),
                "micro_batch_size": chance.choice([1, 2, 8]),
                "gradient_accumulation": chance.choice([1, 8]),
                "epochs": 1,
                "activation_checkpointing": chance.choice(["none", "selective", "full"]),
                "attention": chance.choice(["eager", "sdpa", "flash2"]),
                "sharding": chance.choice(["none", "zero1", "zero2", "zero3"]),
                "chunked_loss": chance.choice([True, False]),
                "master_weights": chance.choice(["fp32", "none"]),
                "framework": chance.choice(_FRAMEWORKS),
                "tensor_parallel": chance.choice([1, 1, 1, 2, 4]),
            },
            "hardware": {"device": chance.choice(_DEVICES), "count": chance.choice([4, 8, 16, 64])},
            "data": [{"kind": "text", "tokens": "1B"}],
        }


PLANS = tuple(_plans(40))


def changed(plan: Values, **values: object) -> Values:
    """The plan with some fields set; `training__precision` is `training.precision`."""
    copied = copy.deepcopy(plan)
    for name, value in values.items():
        section, field = name.split("__")
        copied.setdefault(section, {})[field] = value
    return copied


@lru_cache(maxsize=4096)
def _run(text: str) -> Run:
    return resolve(read_plan(text.encode(), "plan.yaml"), load_advisor().knowledge, DAY).run


def run(plan: Values) -> Run:
    return _run(write_plan(plan))


def memory(plan: Values) -> float:
    """GiB of the worst device."""
    return load_advisor().memory_of(run(plan)).per_device.likely


def allocated(plan: Values) -> float:
    return load_advisor().memory_of(run(plan)).allocated.likely


def unfit(plan: Values) -> float:
    """The chance that the plan does not fit."""
    return 1 - load_advisor().memory_of(run(plan)).probability_fits


def states(plan: Values) -> float:
    """GiB of weights, gradients and optimizer on the worst device, before anything is gathered."""
    trace = {step.name: step.value for step in load_advisor().memory_of(run(plan)).trace}
    return trace["weights"] + trace["gradients"] + trace["optimizer"]


def weights(plan: Values) -> float:
    return load_advisor().memory_of(run(plan)).parts["weights"]


def checkpoint(plan: Values) -> float:
    return load_advisor().memory_of(run(plan)).checkpoint_gib


def days(plan: Values) -> float:
    time = estimate_time(run(plan), load_advisor().time_calibration)
    assert time is not None
    assert time.days is not None
    return time.days.likely


def served(plan: Values) -> ServingEstimate:
    return estimate_serving(run(plan), load_advisor().serving_calibration)


Measure = Callable[[Values], float]
Change = Callable[[Values], Values]


def set_to(**values: object) -> Change:
    return lambda plan: changed(plan, **values)


def times(section: str, field: str, factor: int) -> Change:
    return lambda plan: changed(plan, **{f"{section}__{field}": plan[section][field] * factor})


def size(parameters: str) -> Change:
    return lambda plan: plan | {"model": {"parameters": parameters}}


def same(plan: Values) -> Values:
    return plan


def tokens(amount: str) -> Change:
    return lambda plan: plan | {"data": [{"kind": "text", "tokens": amount}]}


NEVER_MORE: dict[str, tuple[Measure, Change, Change]] = {
    "memory of a shorter sequence": (memory, same, times("training", "sequence_length", 2)),
    "chance of a shorter sequence": (unfit, same, times("training", "sequence_length", 2)),
    "memory of a smaller micro-batch": (memory, same, times("training", "micro_batch_size", 2)),
    "memory of a smaller model": (memory, size("7B"), size("10B")),
    "chance of a smaller model": (unfit, size("7B"), size("10B")),
    "checkpoint of a smaller model": (checkpoint, size("7B"), size("10B")),
    "days of a smaller model": (days, size("7B"), size("10B")),
    "states with more devices": (
        lambda plan: states(changed(plan, training__sharding="zero3")), times("hardware", "count", 2), same,
    ),
    "states of zero1": (states, set_to(training__sharding="zero1"), set_to(training__sharding="none")),
    "states of zero2": (states, set_to(training__sharding="zero2"), set_to(training__sharding="zero1")),
    "memory of full recompute": (
        memory, set_to(training__activation_checkpointing="full"),
        set_to(training__activation_checkpointing="selective"),
    ),
    "memory of selective recompute": (
        memory, set_to(training__activation_checkpointing="selective"),
        set_to(training__activation_checkpointing="none"),
    ),
    "days without recompute": (
        days, set_to(training__activation_checkpointing="none"), set_to(training__activation_checkpointing="full"),
    ),
    "memory of a chunked loss": (memory, set_to(training__chunked_loss=True), set_to(training__chunked_loss=False)),
    "memory of fused attention": (memory, set_to(training__attention="flash2"), set_to(training__attention="eager")),
    "memory of 8-bit Adam": (
        memory, set_to(training__optimizer="adamw-8bit"), set_to(training__optimizer="adamw"),
    ),
    "memory of plain descent": (memory, set_to(training__optimizer="sgd"), set_to(training__optimizer="adamw")),
    "memory without master weights": (
        memory, set_to(training__master_weights="none"), set_to(training__master_weights="fp32"),
    ),
    "memory of offloaded states": (
        allocated, set_to(training__offload="optimizer"), set_to(training__offload="none"),
    ),
    "days without offload": (days, set_to(training__offload="none"), set_to(training__offload="parameters")),
    "weights of QLoRA": (
        weights, lambda plan: size("7B")(changed(plan, training__method="qlora")),
        lambda plan: size("7B")(changed(plan, training__method="lora")),
    ),
    "memory of one model": (
        memory, set_to(training__method="full-finetuning"), set_to(training__method="preference"),
    ),
    "days of fewer tokens": (days, tokens("1B"), tokens("1.5B")),
    "days of fewer epochs": (days, same, set_to(training__epochs=2)),
    "days of H100": (days, set_to(hardware__device="h100-sxm"), set_to(hardware__device="a100-80g-sxm")),
    "days of H200": (days, set_to(hardware__device="h200"), set_to(hardware__device="h100-sxm")),
    "days of A100": (days, set_to(hardware__device="a100-80g-sxm"), set_to(hardware__device="v100-32g-sxm2")),
    "days of A100 with NVLink": (
        days, set_to(hardware__device="a100-80g-sxm"), set_to(hardware__device="a100-80g-pcie"),
    ),
    "days of full NVLink": (days, set_to(hardware__device="h100-sxm"), set_to(hardware__device="h800-sxm")),
    "days of RTX 5090": (days, set_to(hardware__device="rtx5090"), set_to(hardware__device="rtx4090")),
    "days of the full die": (days, set_to(hardware__device="h100-sxm"), set_to(hardware__device="h20-96g")),
}  # fmt: skip


@pytest.mark.parametrize("name", NEVER_MORE)
def test_less_never_needs_more(name: str) -> None:
    measure, less, more = NEVER_MORE[name]
    wrong = []
    for plan in PLANS:
        small, large = measure(less(plan)), measure(more(plan))
        if small > large * (1 + TIE) + 1e-9:
            wrong.append((small, large, write_plan(plan)))
    assert not wrong, f"{len(wrong)} of {len(PLANS)}, for example {wrong[0]}"


def _use(model: str, device: str, count: int, **serving: object) -> Values:
    load = {"concurrent_requests": 8, "context_length": 8192, "quantisation": "none"} | serving
    return {"version": 1, "model": {"name": model}, "training": {"method": "none"},
            "hardware": {"device": device, "count": count}, "serving": load}  # fmt: skip


@pytest.mark.parametrize("device", ["rtx4090", "a100-80g-sxm", "ascend910b4-32g"])
@pytest.mark.parametrize("model", ["qwen3-8b", "qwen3-30b-a3b", "llama-3.1-70b", "deepseek-v3"])
def test_a_heavier_load_never_needs_less(model: str, device: str) -> None:
    base = served(_use(model, device, 8))
    for heavier in ({"concurrent_requests": 64}, {"context_length": 32768}):
        load = served(_use(model, device, 8, **heavier))
        assert load.per_device.likely >= base.per_device.likely
        assert load.probability_fits <= base.probability_fits
        assert base.devices_needed is None or (load.devices_needed or 10**9) >= base.devices_needed
    for lighter in ("int8", "int4", "fp8"):
        load = served(_use(model, device, 8, quantisation=lighter))
        assert load.per_device.likely <= base.per_device.likely
        assert base.devices_needed is None or (load.devices_needed or 0) <= base.devices_needed


@pytest.mark.parametrize("plan", PLANS[:6], ids=range(6))
def test_cost_grows_with_price_and_time(plan: Values) -> None:
    def cost(price: str, amount: str) -> tuple[float, float]:
        rented = tokens(amount)(changed(plan, hardware__tenure="rent", hardware__price=price))
        found = advisor.check(rented, today=DAY).estimates.cost
        assert found is not None
        assert found.compute is not None
        assert found.project is not None
        return found.compute.likely, found.project.likely

    base, dearer, longer = cost("20 CNY/hour", "1B"), cost("40 CNY/hour", "1B"), cost("20 CNY/hour", "2B")
    assert dearer[0] == pytest.approx(2 * base[0], rel=1e-6)
    assert dearer[1] > base[1]
    assert longer[0] > base[0]
    assert longer[1] > base[1]
