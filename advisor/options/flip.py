"""The smallest change that turns a verdict: single changes, least painful first, each judged like a plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from advisor.options import explain
from advisor.options.compose import amount_text, applied
from advisor.options.ground import Counter
from advisor.options.offer import VERDICTS, Flip, Option
from advisor.pipeline import Advisor, Judgement
from advisor.plan.read import plan_values, read_plan, write_plan
from advisor.plan.source import Unreadable
from advisor.words import LANGUAGES, Words, catalogue, say

_SETTINGS: dict[str, dict[str, Any]] = {
    "recompute": {"training.activation_checkpointing": "full"},
    "micro-batch": {"training.micro_batch_size": 1},
    "chunked-loss": {"training.chunked_loss": True},
    "fused-attention": {"training.attention": "sdpa"},
    "zero1": {"training.sharding": "zero1"},
    "zero2": {"training.sharding": "zero2"},
    "zero3": {"training.sharding": "zero3"},
    "adam-8bit": {"training.optimizer": "adamw-8bit"},
    "offload-optimizer": {"training.sharding": "zero3", "training.offload": "optimizer"},
    "offload-parameters": {"training.sharding": "zero3", "training.offload": "parameters"},
    "lora": {"training.method": "lora", "training.sharding": "none"},
    "qlora": {"training.method": "qlora", "training.sharding": "none", "training.quantisation": "nf4"},
}
"""What each setting of the sensitivity analysis is in a plan file."""


def _singles(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """Single changes worth judging, least painful first."""
    case, measured = judgement.case, judgement.sensitivity
    half = "fp16" if case.device is not None and case.device.bf16 is False else "bf16"
    if case.trains and case.run.recipe.precision not in {half, "fp8"}:
        yield {"training.precision": half}
    for name in measured.settings_that_fit:
        yield _SETTINGS[name]
    if case.plan.claims is not None:
        yield {"claims": None}
    project = case.plan.project
    if case.trains and (project is None or not project.evaluation):
        yield {"project.evaluation": ["domain-blind-test", "forgetting-check"]}
    if judgement.facts.get("serving.retrieval_planned") is False and case.plan.serving is not None:
        yield {"serving.retrieval": "keyword"}
    yield from _served(judgement)
    yield from _machines(judgement)
    yield from _demands(judgement)


def _machines(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """More devices or adapters: up to twice the devices go before adapters, more after them."""
    case, measured = judgement.case, judgement.sensitivity
    counted = case.plan.hardware is not None and case.system is None
    more = measured.devices_that_fit if counted else None
    few = more is not None and more <= 2 * case.run.layout.devices
    if more and few:
        yield {"hardware.count": more}
    for name in measured.adapters_that_fit:
        yield _SETTINGS[name]
    if more and not few:
        yield {"hardware.count": more}
    if measured.devices_for_deadline and counted:
        yield {"hardware.count": 2 ** math.ceil(math.log2(measured.devices_for_deadline))}


def _demands(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """A budget or a deadline that is what the plan takes, and each requirement left out."""
    project = judgement.case.plan.project
    cost, result = judgement.estimates.cost, judgement.schedule.counted
    if project is None:
        return
    if project.budget is not None and cost is not None and cost.project is not None:
        yield {"project.budget": amount_text(cost.project.likely, project.budget.currency)}
    if project.deadline and result is not None:
        yield {"project.deadline": f"{math.ceil(result.likely)} days"}
    for name in project.requirements or ():
        yield {"project.requirements": [item for item in project.requirements or () if item != name] or None}


def _served(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """Changes that let a served model fit: fewer bits a weight, half the requests or tokens, both, more devices."""
    case, serving, estimate = judgement.case, judgement.case.run.serving, judgement.estimates.serving
    device = case.device
    if serving is None or estimate is None or device is None or estimate.fits == "yes":
        return
    requests, context = serving.concurrent_requests, serving.context_length
    halves: list[dict[str, Any]] = [
        {"serving.concurrent_requests": n} for n in (requests // 2, requests // 4, requests // 8) if n >= 1
    ]
    halves += [{"serving.context_length": context // 2}] if context >= 16_384 else []
    stored: list[dict[str, Any]] = []
    if serving.quantisation == "none":
        modern = device.compute_capability is not None and float(device.compute_capability) >= 7.5
        eight = "fp8" if device.fp8 else "int8" if modern or device.software.platform == "cann" else None
        stored = [{"serving.quantisation": name} for name in (eight, "int4" if modern else None) if name]
    yield from stored
    yield from halves
    yield from ({**bits, **half} for bits in stored for half in halves)
    if estimate.devices_needed and case.system is None and case.plan.hardware is not None:
        yield {"hardware.count": estimate.devices_needed}


def find_flip(advisor: Advisor, judgement: Judgement, options: list[Option], counter: Counter) -> Flip:
    """The first single change that turns the verdict, else the option that changes least."""
    if judgement.verdict == "go":
        return Flip({}, "go", catalogue("options")["flip-already"])
    values = plan_values(judgement.case.file)
    for changes in _singles(judgement):
        try:
            file = read_plan(write_plan(applied(values, changes)).encode(), judgement.case.file.name)
        except Unreadable:
            continue
        counter.judged += 1
        judged = advisor.judge(file, judgement.case.today)
        verdict = judged.verdict
        if VERDICTS[verdict] < VERDICTS[judgement.verdict]:
            words = Words(*(say(lang, f"report.{verdict}") for lang in LANGUAGES))
            says = explain.both("flip-one", verdict=words, change=_written(changes))
            left = [row for row in judged.findings if row.rule.severity == "high"]
            if left:
                says = explain.plus(
                    says, explain.both("flip-left", count=len(left), id=left[0].rule.id, name=left[0].rule.name)
                )
            return Flip(changes, verdict, says)
    grave = sum(row.rule.severity in {"blocker", "high", "medium"} for row in judgement.findings)
    better = [index for index, row in enumerate(options) if VERDICTS[row.verdict] < VERDICTS[judgement.verdict]]
    if not better:
        return Flip(None, None, explain.both("flip-none-alone", count=grave))
    least = min(better, key=lambda index: (len(options[index].gives_up), index))
    return Flip(None, None, explain.both("flip-none", count=grave, number=least + 1))


def _written(changes: dict[str, Any]) -> str:
    return ", ".join(f"{path}: {_value(value)}" for path, value in changes.items())


def _value(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, list):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
