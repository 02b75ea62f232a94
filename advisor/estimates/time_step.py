"""One optimizer step as the sum of its parts, seconds each. Counts of the run may be arrays."""

from __future__ import annotations

from advisor.estimates.elementwise import Number, larger, log2, sqrt
from advisor.estimates.run import Run
from advisor.estimates.time_calibration import TimeCalibration
from advisor.estimates.time_compute import MicroBatch, Speeds, micro_batch_of, speeds_of
from advisor.estimates.time_exchange import (
    context_seconds,
    data_parallel_seconds,
    expert_seconds,
    pipeline_seconds,
    tensor_seconds,
)
from advisor.estimates.time_update import data_wait_seconds, generation_seconds, offload_seconds, optimizer_seconds
from advisor.records import dataclass

PARTS = (
    "matmul",
    "attention",
    "memory_bound",
    "recompute",
    "tensor_parallel",
    "expert_parallel",
    "data_parallel",
    "pipeline_bubble",
    "offload",
    "optimizer",
    "generation",
    "data_wait",
    "overhead",
)


@dataclass(slots=True)
class Step:
    """Seconds of one optimizer step by cause, and the micro-batch behind them."""

    parts: dict[str, Number]
    micro: MicroBatch
    speeds: Speeds

    @property
    def seconds(self) -> Number:
        """The whole step."""
        return sum(self.parts.values())


def step_of(run: Run, calibration: TimeCalibration) -> Step:
    """One optimizer step, before the calibrated shift; the keys of its parts are `PARTS`."""
    recipe, layout = run.recipe, run.layout
    sp = speeds_of(run, calibration)
    fw = sp.framework
    micro = micro_batch_of(run, calibration, sp)
    batches = recipe.accumulation
    parts: dict[str, Number] = dict.fromkeys(PARTS, 0.0)
    slow = 1 / fw.efficiency

    compute = micro.compute * slow
    tensor = tensor_seconds(run, calibration, sp) + context_seconds(run, calibration, micro)
    expert = expert_seconds(run, calibration, sp, compute)
    # The host starts kernels ahead of the device; where the device waits for the host, the host's time counts.
    starved = _quartic_mean(compute, micro.kernels) - compute
    parts["matmul"] = batches * slow * (micro.matmul_forward + micro.matmul_backward + micro.head)
    parts["attention"] = batches * slow * (micro.attention_forward + micro.attention_backward)
    parts["memory_bound"] = (
        batches * slow * (micro.memory_forward + micro.memory_backward + micro.loss + micro.dequantise)
    )
    parts["recompute"] = batches * slow * micro.recompute
    parts["tensor_parallel"] = batches * tensor
    parts["expert_parallel"] = batches * expert
    parts["overhead"] = batches * starved + fw.step_s
    if recipe.method == "preference":
        # The reference model's forward: a third of forward and backward (arXiv 2305.18290, equation 7).
        reference = batches * slow * (micro.matmul_forward + micro.attention_forward + micro.memory_forward)
        parts["memory_bound"] = parts["memory_bound"] + reference * 0.15
        parts["matmul"] = parts["matmul"] + reference * 0.85
    if recipe.method == "rl":
        generated = generation_seconds(run, calibration, sp)
        parts["generation"] = generated * batches + batches * slow * micro.matmul_forward

    one = compute + starved + tensor + expert
    parts["pipeline_bubble"] = pipeline_seconds(run, calibration, sp, one)
    parts["data_parallel"] = data_parallel_seconds(run, calibration, sp, compute)
    parts["optimizer"] = optimizer_seconds(run, sp)
    parts["offload"] = offload_seconds(run, calibration, compute)
    straggling = calibration.straggle_per_doubling * log2(larger(1, layout.nodes))
    parts["overhead"] = parts["overhead"] + batches * one * straggling
    parts["data_wait"] = data_wait_seconds(run, calibration, sum(parts.values()))
    return Step(parts, micro, sp)


def _quartic_mean(x: Number, y: Number) -> Number:
    """(x⁴ + y⁴)^¼: the larger of two that hide behind each other, and a little more where they are alike."""
    x, y = x * x, y * y
    return sqrt(sqrt(x * x + y * y))
