"""Forty plans that people try, and what an engineer who knows the field says of each before computing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

import advisor

Values = dict[str, Any]

PROJECT: Values = {
    "budget": "2000000 CNY", "deadline": "3 months", "goal": "task", "use": "internal", "regions": ["CN"],
    "sensitivity": "internal", "environment": "bare-metal",
    "team": {"engineers": 2, "on_call": False, "experience": "some"},
    "evaluation": ["domain-blind-test", "forgetting-check"],
    "monitoring": ["loss-alert", "nan-alert", "restore-test", "gpu-metrics"],
}  # fmt: skip
TICKETS: list[Values] = [
    {"name": "Tickets", "kind": "instructions", "samples": 20000, "tokens_per_sample": 512,
     "license": "LicenseRef-internal", "source": "internal"},
]  # fmt: skip
MIX: list[Values] = [
    {"name": "Our code", "kind": "private-code", "tokens": "1B", "share": "30%", "license": "LicenseRef-internal",
     "source": "internal"},
    {"name": "Public code", "kind": "code", "tokens": "3B", "share": "40%", "license": "Apache-2.0",
     "source": "public"},
    {"name": "Public text", "kind": "text", "tokens": "3B", "share": "30%", "license": "CC-BY-4.0",
     "source": "public"},
]  # fmt: skip
SERVING: Values = {"concurrent_requests": 8, "context_length": 16384, "engine": "vllm"}
FP16: Values = {"precision": "fp16", "attention": "sdpa"}
LORA: Values = {"learning_rate": 2e-4, "lora": {"rank": 16, "targets": "all-linear"}}
RATES = {"pretraining": 3e-4, "preference": 5e-7, "rl": 1e-6}


def web(tokens: str) -> list[Values]:
    """So many tokens of public web text."""
    return [{"name": "FineWeb", "kind": "text", "tokens": tokens, "license": "ODC-By-1.0", "source": "public"}]


def plan(
    model: str | Values, method: str, device: str, count: int, training: Values | None = None,
    data: list[Values] | None = None, serving: Values | None = None, **project: Any,
) -> Values:  # fmt: skip
    """A complete plan in which only what a case is about stands out."""
    recipe: Values = {"method": method}
    if method != "none":
        recipe |= {
            "precision": "bf16", "optimizer": "adamw", "epochs": 1 if method == "pretraining" else 2,
            "sequence_length": 2048, "micro_batch_size": 1, "gradient_accumulation": 16,
            "activation_checkpointing": "full", "attention": "flash2", "checkpoint_every": "100 steps",
            "keep_checkpoints": 3, "framework": "llama-factory", "learning_rate": RATES.get(method, 1e-5),
        }  # fmt: skip
    if method in {"lora", "qlora"}:
        recipe |= LORA | ({"quantisation": "nf4"} if method == "qlora" else {})
    elif method != "none" and count > 1:
        recipe |= {"sharding": "zero3", "framework": "deepspeed"}
    nodes = -(-count // 8)
    hardware: Values = {"device": device, "count": count, "nodes": nodes, "storage": "nvme", "tenure": "owned",
                        "host_memory": "1TB" if count >= 4 else "128GB", "disk": "8TB"}  # fmt: skip
    if nodes > 1:
        hardware["network"] = {"kind": "infiniband", "speed": "3200Gbps"}
    values: Values = {"version": 1, "model": {"name": model} if isinstance(model, str) else model,
                      "training": recipe | (training or {}), "hardware": hardware}  # fmt: skip
    if method != "none":
        values["data"] = data or TICKETS
    if serving:
        values["serving"] = serving
    return values | {"project": PROJECT | project}


@dataclass(frozen=True)
class Case:
    """A plan, and what must come out."""

    why: str
    plan: Values
    verdict: str
    fits: tuple[str, ...] = ()
    days: tuple[float, float] | None = None  # of one uninterrupted run, likely
    first: str | None = None  # the finding that must stand on top
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()


def go(why: str, plan: Values, days: tuple[float, float] | None = None, fits: tuple[str, ...] = ("yes",)) -> Case:
    """A good plan: nothing above low."""
    return Case(why, plan, "go", fits, days)


def hopeless(why: str, plan: Values, first: str = "MEM001", *has: str) -> Case:
    """A plan that cannot work, and the reason that must come first."""
    fits = () if plan["training"]["method"] == "none" else ("no",)
    return Case(why, plan, "no-go", fits, None, first, frozenset(has))


L7, I7, Q8, Q14, Q32 = "qwen2.5-7b", "qwen2.5-7b-instruct", "qwen3-8b", "qwen3-14b", "qwen3-32b"
Q72 = "qwen2.5-72b-instruct"
CASES: dict[str, Case] = {
    "qlora-8b-4090": go("the commonest fine-tune there is: a few hours", plan(Q8, "qlora", "rtx4090", 1), (0.05, 0.5)),
    "qlora-7b-t4": go("7B in 4 bits at 1,024 tokens is what a T4 is good for",
                      plan(I7, "qlora", "t4", 1, FP16 | {"sequence_length": 1024}), (0.3, 3)),
    "lora-7b-3090": go("15 GB of weights and small adapters on 24 GB", plan(I7, "lora", "rtx3090", 1), (0.08, 0.6)),
    "lora-7b-mi300x": go("ROCm trains LoRA; 192 GB is plenty", plan(I7, "lora", "mi300x", 1), (0.01, 0.15)),
    "qlora-7b-l40s": go("48 GB Ada card, bf16 and flash attention", plan(I7, "qlora", "l40s", 1), (0.05, 0.5)),
    "qlora-14b-4090": go("9 GB of weights in 4 bits", plan(Q14, "qlora", "rtx4090", 1), (0.1, 0.8), ("yes", "likely")),
    "qlora-32b-a100": go("20 GB of weights in 4 bits on 80 GB", plan(Q32, "qlora", "a100-80g-sxm", 1), (0.15, 1.2)),
    "qlora-72b-a100": go("42 GB of weights in 4 bits on 80 GB",
                         plan(Q72, "qlora", "a100-80g-sxm", 1, {"sequence_length": 1024}), (0.3, 3)),
    "lora-32b-4xa100": go("65 GB of frozen weights over four cards",
                          plan(Q32, "lora", "a100-80g-sxm", 4, {"sharding": "zero3", "framework": "deepspeed"})),
    "lora-72b-4xa100": go("145 GB of frozen weights over four cards: LoRA to 70B on 4 × 80 GB",
                          plan(Q72, "lora", "a100-80g-sxm", 4, {"sharding": "zero3", "framework": "deepspeed"})),
    "full-7b-8xa100": go("122 GB of state over 640 GB, minutes for 20 M tokens",
                         plan(L7, "full-finetuning", "a100-80g-sxm", 8), (0.005, 0.05)),
    "full-14b-8xa100": go("236 GB of state over 640 GB", plan(Q14, "full-finetuning", "a100-80g-sxm", 8)),
    "cpt-7b-8xh100": go("3.3 B mixed tokens at 6–10 thousand a second and card: most of a day",
                        plan("qwen2.5-coder-7b", "continued-pretraining", "h100-sxm", 8,
                             {"sequence_length": 4096, "micro_batch_size": 2, "epochs": 1}, MIX), (0.3, 1.6)),
    "pretrain-1.3b-8xa100": go("26 B tokens, the 20 a parameter start: some days",
                               plan({"parameters": "1.3B"}, "pretraining", "a100-80g-sxm", 8,
                                    {"micro_batch_size": 8, "gradient_accumulation": 8, "sharding": "zero1"},
                                    web("26B"), goal="general"), (1, 6)),
    "dpo-7b-4xa100": go("policy in ZeRO-3 and a frozen reference", plan(I7, "preference", "a100-80g-sxm", 4)),
    "grpo-7b-8xa100": go("policy, reference and generator on 640 GB", plan(I7, "rl", "a100-80g-sxm", 8)),
    "serve-r1-8xh200": go("671 GB in FP8 on 1,128 GB", plan("deepseek-r1", "none", "h200", 8,
                                                            serving=SERVING | {"quantisation": "fp8"}), fits=()),
    "serve-30b-a3b-4x910b4": go("61 GB over four 32 GB cards, domestic as promised",
                                plan("qwen3-coder-30b-a3b-instruct", "none", "ascend910b4-32g", 4, serving=SERVING,
                                     requirements=["domestic-hardware"]), fits=()),
    "serve-14b-l40s": go("30 GB of weights and a small cache on 48 GB",
                         plan(Q14, "none", "l40s", 1, serving=SERVING | {"concurrent_requests": 2}), fits=()),
    "full-32b-8xa100": Case("32B full on 8 × 80 GB is at the edge, not hopeless",
                            plan(Q32, "full-finetuning", "a100-80g-sxm", 8), "caution", ("likely", "unlikely"),
                            lacks=frozenset({"MEM001", "MEM003"})),
    "qlora-32b-4090": Case("20 GB of weights in 4 bits on 24 GB: tight at any length",
                           plan(Q32, "qlora", "rtx4090", 1, {"sequence_length": 1024}), "caution",
                           ("unlikely", "likely")),
    "full-7b-8xv100-fp16": Case("fits, but fp16 from a bf16 base on a card that tool chains drop",
                                plan(L7, "full-finetuning", "v100-32g-sxm2", 8, FP16), "caution", ("yes", "likely"),
                                has=frozenset({"NUM002", "SFT001"}), lacks=frozenset({"NUM001"})),
    "pretrain-7b-8xa100": Case("140 B tokens take two to four months: the deadline of three is in doubt",
                               plan({"parameters": "7B"}, "pretraining", "a100-80g-sxm", 8,
                                    {"sequence_length": 4096}, web("140B"), goal="general"), "caution", ("yes",),
                               (45, 140), has=frozenset({"TIM003"})),
    "serve-72b-int4-2xl40s": Case("41 GB of weights and 43 GB of cache on 96 GB",
                                  plan(Q72, "none", "l40s", 2, serving=SERVING | {"quantisation": "int4"}), "caution"),
    "qlora-7b-m2-ultra": Case("192 GB of memory, but no CUDA for the 4-bit kernels",
                              plan(I7, "qlora", "m2-ultra", 1), "caution", ("yes",), has=frozenset({"SFT011"})),
    "full-7b-8x910b": Case("fits domestic cards; the stack is another one",
                           plan(L7, "full-finetuning", "ascend910b1", 8,
                                {"framework": "mindspeed", "sharding": "zero1", "tensor_parallel": 2}), "go",
                           ("yes",), lacks=frozenset({"NUM001", "SFT001"})),
    "full-7b-4090": hopeless("122 GB of state do not go into 24 GB", plan(L7, "full-finetuning", "rtx4090", 1)),
    "full-7b-a100": hopeless("nor into 80 GB", plan(L7, "full-finetuning", "a100-80g-sxm", 1)),
    "full-72b-8xh100": hopeless("1.16 TB of state on 640 GB", plan("qwen2.5-72b", "full-finetuning", "h100-sxm", 8)),
    "lora-14b-4090": hopeless("30 GB of frozen weights on 24 GB", plan(Q14, "lora", "rtx4090", 1)),
    "lora-72b-ddp": hopeless("four replicas of 145 GB do not pool",
                             plan(Q72, "lora", "a100-80g-sxm", 4, {"sharding": "none"}), "MEM003", "MEM006"),
    "qlora-72b-2x4090-ddp": hopeless("two replicas of 42 GB do not pool",
                                     plan(Q72, "qlora", "rtx4090", 2, {"sharding": "none"}), "MEM003"),
    "cpt-70b-8xv100": hopeless("the story, larger: 1.1 TB on 256 GB, fp16, months",
                               plan("llama-3.1-70b", "continued-pretraining", "v100-32g-sxm2", 8, FP16, MIX),
                               "MEM001", "NUM002", "SFT001", "TIM002"),
    "full-7b-8xv100-bf16": Case("no bf16 on Volta", plan(L7, "full-finetuning", "v100-32g-sxm2", 8), "no-go",
                                ("yes", "likely"), first="NUM001", lacks=frozenset({"NUM002", "MEM001"})),
    "grpo-32b-4xa100": hopeless("512 GB of state and a generator on 320 GB", plan(Q32, "rl", "a100-80g-sxm", 4)),
    "lora-671b-8xh100": hopeless("1.3 TB of frozen weights on 640 GB",
                                 plan("deepseek-v3", "lora", "h100-sxm", 8,
                                      {"sharding": "zero3", "framework": "deepspeed"})),
    "full-30b-2xspark": hopeless("480 GB of state on 256 GB, 273 GB/s, one slow link",
                                 plan({"parameters": "30B"}, "full-finetuning", "dgx-spark", 2), "MEM001", "HWR008"),
    "pretrain-70b-8xh100": hopeless("1.1 TB of state, and eight years",
                                    plan({"parameters": "70B"}, "pretraining", "h100-sxm", 8,
                                         {"sequence_length": 4096}, web("1.4T"), goal="general", deadline="6 months"),
                                    "MEM001", "TIM001"),
    "serve-r1-8xa100": hopeless("1.34 TB in bf16 on 640 GB",
                                plan("deepseek-r1", "none", "a100-80g-sxm", 8, serving=SERVING), "MEM032"),
    "serve-32b-bf16-4090": hopeless("65 GB of weights on 24 GB", plan(Q32, "none", "rtx4090", 1, serving=SERVING),
                                    "MEM032"),
    "external-api-with-secrets": Case("private code and an external API",
                                      plan(Q8, "qlora", "rtx4090", 1, sensitivity="confidential",
                                           environment="external-api"), "no-go", ("yes",)),
}  # fmt: skip
"""By name. Reasons count as an engineer would: state at 16 bytes a parameter, 2 when frozen, 0.55 in 4 bits."""


@pytest.mark.parametrize("name", CASES)
def test_what_an_engineer_expects(name: str, day: date) -> None:
    case = CASES[name]
    report = advisor.check(case.plan, today=day)
    found = [finding.rule.id for finding in report.findings]
    memory, time = report.estimates.memory, report.estimates.time
    seen = {
        "verdict": report.verdict,
        "fits": memory.fits if memory and case.fits else None,
        "days": time.days.likely if time and time.days and case.days else None,
    }
    shown = (case.why, seen, found)
    assert report.verdict == case.verdict, shown
    assert not case.fits or seen["fits"] in case.fits, shown
    assert case.days is None or (seen["days"] and case.days[0] <= seen["days"] <= case.days[1]), shown
    assert case.first in {None, *found[:1]}, shown
    assert case.has <= set(found), shown
    assert not case.lacks & set(found), shown


SPARSE = {
    "lora": {"model": {"name": "qwen3-8b"}, "training": {"method": "lora"},
             "hardware": {"device": "a100-80g-sxm", "count": 1},
             "data": [{"kind": "instructions", "samples": 10000, "tokens_per_sample": 512}]},
    "full": {"model": {"name": "qwen3-8b"}, "training": {"method": "full-finetuning"},
             "hardware": {"device": "h100-sxm", "count": 8}, "data": [{"kind": "instructions", "tokens": "20M"}]},
    "size-only": {"model": {"parameters": "7B"}, "training": {"method": "qlora"},
                  "hardware": {"device": "rtx4090", "count": 1}},
}  # fmt: skip


@pytest.mark.parametrize("name", SPARSE)
def test_a_short_plan_is_not_drowned(name: str, day: date) -> None:
    report = advisor.check({"version": 1} | SPARSE[name], today=day)
    assert report.verdict == "go"
    assert len(report.findings) <= 3
    assert {finding.rule.severity for finding in report.findings} <= {"low", "info"}


COUNTED = {
    "30b-50gb-8xa100": (plan({"parameters": "30B"}, "continued-pretraining", "a100-80g-sxm", 8, {"epochs": 1},
                             [{"kind": "private-code", "size": "50GB"}]), (20, 45)),
    "30b-50gb-8xv100": (plan({"parameters": "30B"}, "continued-pretraining", "v100-32g-sxm2", 8,
                             FP16 | {"epochs": 1}, [{"kind": "private-code", "size": "50GB"}]), (80, 220)),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_a_pass_over_fifty_gigabytes_of_code(name: str, day: date) -> None:
    values, (low, high) = COUNTED[name]
    time = advisor.check(values, today=day).estimates.time
    assert time is not None
    assert time.days is not None
    assert low <= time.days.likely <= high
