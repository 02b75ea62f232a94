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
    if measured.devices_that_fit and case.plan.hardware is not None and case.system is None:
        yield {"hardware.count": measured.devices_that_fit}
    if measured.devices_for_deadline and case.plan.hardware is not None and case.system is None:
        yield {"hardware.count": 2 ** math.ceil(math.log2(measured.devices_for_deadline))}
    for name in measured.adapters_that_fit:
        yield _SETTINGS[name]
    cost, time = judgement.estimates.cost, judgement.estimates.time
    if project is not None and project.budget is not None and cost is not None and cost.project is not None:
        yield {"project.budget": amount_text(cost.project.likely, project.budget.currency)}
    if project is not None and project.deadline and time is not None and time.calendar_days is not None:
        yield {"project.deadline": f"{math.ceil(time.calendar_days.likely)} days"}
    if project is not None:
        for name in project.requirements or ():
            yield {"project.requirements": [item for item in project.requirements or () if item != name] or None}


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
