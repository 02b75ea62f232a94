"""The fastest layout that fits: remedies in the order of their pain, judged by the memory and time estimates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from advisor.estimates.architecture import parameters
from advisor.estimates.memory import MemoryEstimate
from advisor.estimates.run import Layout, Run
from advisor.estimates.time import TimeEstimate, estimate_time, missing_for_time
from advisor.options.ground import Counter
from advisor.options.limits import Way
from advisor.pipeline import Advisor
from advisor.records import dataclass

SURE = 0.9
"""A layout is offered plainly when it fits at least this surely."""
HALF = 0.5
_BATCHES = (1, 2, 4, 8)
FILLED = 4
"""Micro-batches a pipeline stage needs in a step (arXiv 2104.04473, section 2.2)."""
_LARGE = 20e9
"""Full training of more parameters than this also tries tensor and pipeline parallelism."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A run that fits, how surely, and how long it takes."""

    run: Run
    memory: MemoryEstimate
    time: TimeEstimate

    @property
    def sure(self) -> bool:
        """Tell whether it fits surely enough to be offered plainly."""
        return self.memory.probability_fits >= SURE

    @property
    def days(self) -> float:
        """Days of one uninterrupted run."""
        return self.time.days.likely if self.time.days else float("inf")


def _shapes(way: Way, run: Run) -> Iterator[tuple[Layout, dict[str, Any]]]:
    """Ways to divide the work, least painful first: replicas, then sharding, then tensor and pipeline stages."""
    layout, cann = run.layout, run.machine.platform == "cann"
    plain = replace(layout, tensor=1, pipeline=1, context=1, expert=1)
    if way in {"lora", "qlora"}:
        yield plain, {"zero_stage": 0, "framework": "llama-factory"}
        if way == "qlora" and run.machine.platform == "cuda":
            yield plain, {"zero_stage": 0, "framework": "unsloth"}
        if way == "lora" and layout.devices > 1 and not cann:
            yield plain, {"zero_stage": 3, "framework": "llama-factory"}
        return
    if not cann:
        if layout.devices == 1:
            yield plain, {"zero_stage": 0, "framework": "deepspeed"}
        for stage in (1, 2, 3) if layout.devices > 1 else ():
            yield plain, {"zero_stage": stage, "framework": "deepspeed"}
    if not (cann or parameters(run.architecture) > _LARGE or layout.nodes > 1):
        return
    framework = "mindspeed" if cann else "megatron-lm"
    a = run.architecture
    for tensor in (1, 2, 4, 8):
        if tensor > min(layout.per_node, run.machine.link.domain if run.machine.link.kind != "pcie" else 1):
            break
        if a.attention_heads % tensor or (a.kv_heads >= tensor and a.kv_heads % tensor):
            continue
        for pipeline in (1, 2, 4, 8):
            if layout.devices % (tensor * pipeline) or a.layers % pipeline:
                continue
            data = layout.devices // (tensor * pipeline)
            cut = replace(plain, tensor=tensor, pipeline=pipeline)
            yield cut, {"zero_stage": 1 if data > 1 else 0, "framework": framework}


def _timed(advisor: Advisor, run: Run, memory: MemoryEstimate, counter: Counter) -> Fit | None:
    counter.time += 1
    time = estimate_time(run, advisor.time_calibration)
    return None if time is None else Fit(run, memory, time)


def best_fit(advisor: Advisor, run: Run, way: Way, batch_tokens: float, counter: Counter) -> Fit | None:
    """The fastest layout that surely fits, else the surest that more likely fits than not; None where nothing does.

    `run` has everything but the layout's details; `batch_tokens` is how many tokens an optimizer step should see.
    """
    best: Fit | None = None
    edge: Fit | None = None
    if missing_for_time(run):
        return None
    kernel = run.recipe.attention
    for layout, settings in _shapes(way, run):
        for recompute in ("none", "selective", "full"):
            if recompute == "none" and way not in {"lora", "qlora"}:
                continue  # keeping every activation of a whole model never pays at these lengths
            for batch in _BATCHES:
                per_pass = batch * layout.data * run.recipe.sequence_length
                # A pipeline needs several micro-batches a stage, or it mostly waits.
                if layout.pipeline > 1 and batch_tokens / per_pass < FILLED * layout.pipeline:
                    break
                if batch > 1 and per_pass > batch_tokens * 1.01:
                    break
                recipe = replace(
                    run.recipe,
                    recompute=recompute,
                    micro_batch=batch,
                    attention=kernel,
                    accumulation=max(1, round(batch_tokens / per_pass)),
                    **settings,
                )
                tried = replace(run, recipe=recipe, layout=layout)
                counter.memory += 1
                memory = advisor.memory_of(tried)
                if memory.probability_fits < HALF:
                    break
                if memory.probability_fits < SURE:
                    if edge is None or memory.probability_fits > edge.memory.probability_fits:
                        edge = _timed(advisor, tried, memory, counter) or edge
                    break
                found = _timed(advisor, tried, memory, counter)
                # A remedy that hurts more must gain more than a twentieth of the time.
                if found is not None and (best is None or found.days < best.days * 0.95):
                    best = found
        if best is not None and way == "qlora":
            break  # another framework only where the usual one does not surely fit
    return best or edge
