"""The computation of a time estimate as its reader would follow it: steps, formulas, inputs, sources."""

from __future__ import annotations

from advisor.estimates.architecture import matmul_parameters
from advisor.estimates.run import Range, Run
from advisor.estimates.time_compute import trained_parameters
from advisor.estimates.time_step import Step
from advisor.records import dataclass


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of the computation: what, by which formula, from which inputs, how much, and the source's id."""

    name: str
    formula: str
    inputs: tuple[tuple[str, float], ...]
    value: float
    unit: str
    source: str


_FORMULAS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "matmul": (
        "Σ 2·m·n·k / (peak · share(m, n, k)), forward and backward",
        ("micro-batches", "layers"),
        "kernel-measurements",
    ),
    "attention": (
        "causal FLOPs / (peak · share(s, d)); backward 2.5 times",
        ("micro-batches", "layers"),
        "flash-attention-2-paper",
    ),
    "memory_bound": (
        "bytes of norms, activations, adapters, loss / bandwidth",
        ("micro-batches", "layers"),
        "time-calibration",
    ),
    "recompute": ("forward of the layers once more", ("micro-batches", "layers"), "activation-recompute-paper"),
    "tensor_parallel": (
        "4 all-reduces a layer, 6 with recomputation, less what is hidden",
        ("layers", "t"),
        "megatron-tensor-parallel-paper",
    ),
    "expert_parallel": (
        "4 all-to-alls a sparse layer, 6 with recomputation; one copy a node crosses the network",
        ("layers", "e"),
        "time-calibration",
    ),
    "data_parallel": (
        "(n-1)/n · bytes / rate + messages · members · latency, less what is hidden",
        ("n", "trained parameters"),
        "zero-paper",
    ),
    "pipeline_bubble": ("(p-1) / chunks micro-batches", ("p", "micro-batches"), "megatron-pipeline-paper"),
    "offload": ("bytes / PCIe + 28 bytes a parameter / host memory", ("trained parameters",), "zero-offload-paper"),
    "optimizer": ("bytes of the states / bandwidth", ("trained parameters",), "time-calibration"),
    "generation": ("positions · weights / bandwidth", ("micro-batches",), "time-calibration"),
    "data_wait": ("samples · read time - step", ("micro-batches", "n"), "time-calibration"),
    "overhead": (
        "starts of kernels and sharded units that the device waits for, stragglers, fixed time",
        ("layers", "nodes"),
        "time-calibration",
    ),
}


def trace_of(
    run: Run, step: Step, row: float, flops: float, seconds: Range, factors: Range, days: Range | None
) -> tuple[Trace, ...]:
    """The computation in the order in which a reader would follow it."""
    recipe, layout, sp, micro = run.recipe, run.layout, step.speeds, step.micro
    samples = float(recipe.micro_batch * recipe.accumulation * layout.data)
    lines = [
        Trace(
            "flops-per-token", "passes · 2 · N + attention",
            (("N", matmul_parameters(run.architecture)), ("s", row)),
            flops, "FLOP", "kaplan-2020",
        ),
        Trace(
            "micro-batch-compute", "products + attention + memory-bound + recomputation, each at its measured rate",
            (("peak", sp.peak), ("best share", sp.curve.best), ("bandwidth", sp.stream)),
            micro.compute, "s", "kernel-measurements",
        ),
    ]  # fmt: skip
    given = {
        "micro-batches": float(recipe.accumulation),
        "layers": float(run.architecture.layers),
        "t": float(layout.tensor),
        "p": float(layout.pipeline),
        "n": float(layout.data),
        "e": float(layout.expert),
        "nodes": float(layout.nodes),
        "trained parameters": trained_parameters(run),
    }
    for name, value in step.parts.items():
        if value > 0:
            formula, inputs, source = _FORMULAS[name]
            named = tuple((key, given[key]) for key in inputs)
            lines.append(Trace(f"step-{name.replace('_', '-')}", formula, named, value, "s", source))
    lines.append(
        Trace(
            "step-seconds", "sum of parts · calibrated factor",
            (("sum", step.seconds), ("factor", factors.likely)), seconds.likely, "s", "time-calibration",
        )
    )  # fmt: skip
    if days is not None and run.tokens is not None:
        lines.append(
            Trace(
                "days", "tokens / (samples per step · tokens per sample) · step · whole-run factor + start",
                (("tokens", run.tokens), ("samples per step", samples)), days.likely, "d", "time-calibration",
            )
        )  # fmt: skip
    return tuple(lines)
