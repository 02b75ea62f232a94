"""What is assumed where a short plan is silent: what people would do, never what makes their plan impossible."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from advisor.library import load_advisor
from advisor.plan.read import read_plan, write_plan
from advisor.plan.source import Unreadable
from advisor.resolve import Case, resolve

Values = dict[str, Any]


def case(plan: Values, day: date) -> Case:
    return resolve(read_plan(write_plan({"version": 1} | plan).encode(), "plan.yaml"), load_advisor().knowledge, day)


def short(model: Values | str, method: str, device: str, count: int, **training: Any) -> Values:
    return {
        "model": {"name": model} if isinstance(model, str) else model,
        "training": {"method": method} | training,
        "hardware": {"device": device, "count": count},
    }


LAYOUTS: dict[str, tuple[Values, dict[str, int], int]] = {
    # what is asked, parts of the layout, ZeRO stage
    "small adapters replicate": (short("qwen2.5-7b", "lora", "a100-80g-sxm", 8), {"tensor": 1}, 0),
    "adapters on a large base shard it": (short("qwen2.5-72b", "lora", "a100-80g-sxm", 4), {"tensor": 1}, 3),
    "a 4-bit base is not sharded": (short("qwen2.5-72b", "qlora", "rtx4090", 4), {"tensor": 1}, 0),
    "sharding stated stays": (short("qwen2.5-72b", "lora", "a100-80g-sxm", 4, sharding="none"), {"tensor": 1}, 0),
    "all parameters shard": (short("qwen2.5-7b", "full-finetuning", "a100-80g-sxm", 8), {"tensor": 1}, 3),
    "Megatron divides": (
        short("llama-3.1-70b", "continued-pretraining", "a100-80g-sxm", 64, framework="megatron-lm"),
        {"tensor": 8, "pipeline": 4, "nodes": 8}, 1,
    ),
    "Megatron divides odd sizes": (
        short({"parameters": "175B"}, "pretraining", "a100-80g-sxm", 1024, framework="megatron-lm"), {"tensor": 8}, 1,
    ),
    "Ascend divides": (short("qwen3-32b", "full-finetuning", "ascend910b3", 16), {"tensor": 8, "pipeline": 2}, 0),
    "a rack with one link is one node": (short("qwen3-8b", "full-finetuning", "gb200", 72), {"nodes": 1}, 3),
    "nodes are alike": (short("qwen3-8b", "lora", "rtx4090", 9), {"nodes": 3}, 0),
    "a system counted in devices": (short("qwen3-8b", "full-finetuning", "DGX-1", 16), {"devices": 16, "nodes": 2}, 3),
    "a system counted in machines": (short("qwen3-8b", "full-finetuning", "DGX-1", 1), {"devices": 8, "nodes": 1}, 3),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layout_of_a_short_plan(name: str, day: date) -> None:
    plan, parts, stage = LAYOUTS[name]
    run = case(plan, day).run
    assert {part: getattr(run.layout, part) for part in parts} == parts
    assert run.recipe.zero_stage == stage


NETWORKS = {
    "linked eights": ("h100-sxm", 1600.0),
    "an old machine's own": ("v100-32g-sxm2", 400.0),
    "cards": ("rtx4090", 100.0),
    "Ascend": ("ascend910b2", 1600.0),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_network_of_a_short_plan(name: str, day: date) -> None:
    device, gbps = NETWORKS[name]
    run = case(short("qwen3-8b", "lora", device, 16), day).run
    assert run.machine.network is not None
    assert run.machine.network.bytes_per_second is not None
    assert run.machine.network.bytes_per_second * run.layout.per_node * 8 / 1e9 == pytest.approx(gbps)


def test_weights_gathered_across_nodes_serve_more_than_one_short_sequence(day: date) -> None:
    plan = short("llama-3-8b", "pretraining", "h100-sxm", 1024) | {"data": [{"kind": "text", "tokens": "15T"}]}
    recipe = case(plan, day).run.recipe
    assert recipe.micro_batch * recipe.sequence_length >= 8192
    stated = case(short("llama-3-8b", "pretraining", "h100-sxm", 1024, micro_batch_size=1), day).run.recipe
    assert stated.micro_batch == 1


def test_reinforcement_learning_answers_every_prompt_several_times(day: date) -> None:
    plan = short("qwen2.5-7b", "rl", "h100-sxm", 8)
    prompts = {"kind": "math", "samples": 1000, "tokens_per_sample": 500}
    assert case(plan | {"data": [prompts]}, day).tokens_per_epoch == 8 * 500_000
    assert case(plan | {"data": [{"kind": "math", "tokens": "4M"}]}, day).tokens_per_epoch == 4e6


SERVED = {
    "released in four bits": ("gpt-oss-120b", None, "int4"),
    "released in eight bits": ("deepseek-r1", None, "fp8"),
    "named by its storage": ("Qwen2.5-72B-Instruct-AWQ", None, "int4"),
    "as the plan says": ("deepseek-r1", "int4", "int4"),
    "as it is": ("qwen3-32b", None, "none"),
}


@pytest.mark.parametrize("name", SERVED)
def test_how_weights_are_served(name: str, day: date) -> None:
    model, stated, stored = SERVED[name]
    plan = short(model, "none", "h200", 8) | {"serving": {"quantisation": stated} if stated else {"engine": "vllm"}}
    serving = case(plan, day).run.serving
    assert serving is not None
    assert serving.quantisation == stored


def test_a_model_behind_an_api_is_used_and_not_owned(day: date) -> None:
    api = {"model": {"name": "gpt-4o"}, "training": {"method": "none"}, "project": {"environment": "external-api"}}
    assert case(api, day).licence_id == "proprietary"
    with pytest.raises(Unreadable, match="reached through its maker's API only"):
        case(short("gpt-4o", "lora", "h100-sxm", 8), day)
