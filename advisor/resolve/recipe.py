"""How a plan trains: what it states, and what its framework and its device do where it is silent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from advisor.estimates import architecture as shapes
from advisor.estimates.run import (
    Architecture,
    AttentionKernel,
    FrameworkId,
    Layout,
    Optimizer,
    Precision,
    Quantisation,
    Recipe,
    Recompute,
)
from advisor.plan.values import framework_id
from advisor.resolve.batch import micro_batch_of
from advisor.resolve.case import DataShare
from advisor.resolve.gaps import Gaps

if TYPE_CHECKING:
    from advisor.entries.schema import Device

ZeroStage = Literal[0, 1, 2, 3]
Targets = tuple[str, ...] | Literal["all-linear", "attention", "qv"]
_STAGES: Mapping[str, ZeroStage] = {"none": 0, "zero1": 1, "zero2": 2, "zero3": 3}

GIB = float(2**30)
MOST_OF_A_REPLICA = 0.8
"""Part of a device's memory that a 16-bit base may fill before adapters and activations find no room beside it."""


def recipe_of(
    gaps: Gaps, device: Device | None, layout: Layout, data: tuple[DataShare, ...], architecture: Architecture
) -> Recipe:
    """The training as stated, its gaps filled by what the framework, the device and the method make usual."""
    training = gaps.plan.training
    method = training.method
    adapters = method in {"lora", "qlora"} or (
        training.lora is not None and method in {"continued-pretraining", "preference", "rl"}
    )
    if method == "none":
        return Recipe(method="none", precision=_precision(gaps, device), sequence_length=1)
    precision = _precision(gaps, device)
    framework, named = _framework(gaps, device, layout, method)
    quantisation: Quantisation | None = None
    if training.quantisation is not None and training.quantisation != "none":
        quantisation = training.quantisation
    elif training.quantisation is None and method == "qlora":
        quantisation = gaps.assume("training.quantisation", "nf4", "qlora-nf4")
    whole = 0.0 if quantisation else 2 * shapes.parameters(architecture) / GIB / layout.tensor / layout.pipeline
    crowded = device is not None and whole > MOST_OF_A_REPLICA * (device.usable_gib or device.memory_gib)
    zero = _zero_stage(gaps, adapters, layout, framework, named=named, crowded=crowded)
    master = _master(gaps, adapters, framework)
    recompute = _recompute(gaps, framework)
    sequence = _sequence(gaps, data)
    lora, mean = training.lora, training.mean_sample_tokens
    optimizer = training.optimizer or _optimizer(gaps)
    if adapters and (lora is None or lora.rank is None):
        gaps.assume("training.lora.rank", 16, "lora-rank")
    if adapters and (lora is None or lora.targets is None):
        gaps.assume("training.lora.targets", "all-linear", "lora-targets")
    targets = _targets(gaps, architecture) if adapters else "all-linear"
    return Recipe(
        method=method,
        adapters=adapters,
        precision=precision,
        master_weights=master,
        quantisation=quantisation,
        optimizer=optimizer,
        sequence_length=sequence,
        micro_batch=training.micro_batch_size or micro_batch_of(gaps, layout),
        lora_rank=(lora.rank if lora else None) or 16,
        lora_targets=targets,
        recompute=recompute,
        attention=_attention(gaps, device),
        chunked_loss=_chunked_loss(gaps, framework),
        fused_loss=bool(training.fused_kernels),
        fused_norm=bool(training.fused_kernels),
        zero_stage=zero,
        offload=training.offload or "none",
        framework=framework,
        framework_named=named,
        packing=_packing(gaps),
        mean_sample_tokens=None if mean is None else max(1.0, mean),  # nothing is shorter than one token
        stated=frozenset(gaps.file.stated_paths),
    )


def _targets(gaps: Gaps, architecture: Architecture) -> Targets:
    lora = gaps.plan.training.lora
    targets = lora.targets if lora else None
    if targets is None or isinstance(targets, str):
        return targets or "all-linear"
    strange = [name for name in targets if not shapes.is_known_target(name)]
    if not strange and shapes.lora_parameters(architecture, 1, targets) == 0:
        strange = list(targets)  # layers of another family, such as q_proj where queries are compressed
    if strange:
        gaps.assume("training.lora.targets", "all-linear", "lora-targets-unknown", names=", ".join(strange))
        return "all-linear"
    return tuple(targets)


def _optimizer(gaps: Gaps) -> Optimizer:
    return gaps.assume("training.optimizer", "adamw", "optimizer")


def _precision(gaps: Gaps, device: Device | None) -> Precision:
    stated = gaps.plan.training.precision
    if stated is not None:
        return stated
    if device is not None and device.bf16 is False:
        return gaps.assume("training.precision", "fp16", "precision-fp16", device=str(device.name))
    if gaps.plan.training.method == "none":
        return "bf16"
    return gaps.assume("training.precision", "bf16", "precision-bf16")


def _framework(gaps: Gaps, device: Device | None, layout: Layout, method: str) -> tuple[FrameworkId, bool]:
    text = gaps.plan.training.framework
    named = framework_id(text) if text else None
    if named is not None:
        return named, True
    if device is not None and device.software.platform == "cann":
        chosen: FrameworkId = "mindspeed"
    elif layout.tensor * layout.pipeline * layout.context > 1:
        chosen = "megatron-lm"
    elif layout.devices > 1 and method not in {"lora", "qlora"}:
        chosen = "deepspeed"
    else:
        chosen = "huggingface"
    key = "framework-unknown" if text else "framework"
    gaps.assume("training.framework", chosen, key, given=text or "")
    return chosen, False


def _habit(gaps: Gaps, framework: str, name: str) -> Any:
    """What a framework does where the plan says nothing."""
    return gaps.knowledge.raw["frameworks"][framework]["profile"][name]


def _zero_stage(gaps: Gaps, adapters: bool, layout: Layout, framework: str, *, named: bool, crowded: bool) -> ZeroStage:
    stated = gaps.plan.training.sharding
    if stated is not None:
        return _STAGES[stated]
    if layout.data <= 1:
        return 0
    habit: ZeroStage = _habit(gaps, framework, "default_sharding")
    if named and habit == 3:
        gaps.assume("training.sharding", "zero3", "sharding-habit", framework=framework)
        return 3
    if adapters and crowded:
        gaps.assume("training.sharding", "zero3", "sharding-adapters-large")
        return 3
    if adapters:
        gaps.assume("training.sharding", "none", "sharding-adapters")
        return 0
    if layout.tensor * layout.pipeline > 1 or framework in {"megatron-lm", "nemo", "mindspeed"}:
        gaps.assume("training.sharding", "zero1", "sharding-megatron")
        return 1
    gaps.assume("training.sharding", "zero3", "sharding-full")
    return 3


def _master(gaps: Gaps, adapters: bool, framework: str) -> bool:
    stated = gaps.plan.training.master_weights
    if stated is not None:
        return stated == "fp32"
    if adapters:
        return True
    if _habit(gaps, framework, "master_weights") or gaps.plan.training.method == "pretraining":
        gaps.assume("training.master_weights", "fp32", "master-weights")
        return True
    gaps.assume("training.master_weights", "none", "master-weights-habit", framework=framework)
    return False


def _chunked_loss(gaps: Gaps, framework: str) -> bool:
    stated = gaps.plan.training.chunked_loss
    if stated is None and _habit(gaps, framework, "default_chunked_loss"):
        return gaps.assume("training.chunked_loss", True, "recompute-habit", framework=framework)
    return bool(stated)


def _recompute(gaps: Gaps, framework: str) -> Recompute:
    stated = gaps.plan.training.activation_checkpointing
    if stated is not None:
        return stated
    habit: Recompute = _habit(gaps, framework, "default_recompute")
    if habit != "full":
        return gaps.assume("training.activation_checkpointing", habit, "recompute-habit", framework=framework)
    return gaps.assume("training.activation_checkpointing", "full", "recompute")


def _sequence(gaps: Gaps, data: tuple[DataShare, ...]) -> int:
    stated = gaps.plan.training.sequence_length
    if stated is not None:
        return stated
    longest = max((row.entry.tokens_per_sample or 0 for row in data), default=0)
    if longest:
        return gaps.assume("training.sequence_length", math.ceil(longest), "sequence-from-data")
    return gaps.assume("training.sequence_length", 2048, "sequence")


def _attention(gaps: Gaps, device: Device | None) -> AttentionKernel:
    training = gaps.plan.training
    if training.attention is not None:
        return training.attention
    fused = device is None or device.software.flash_attention is not False
    if training.flash_attention is not None:
        if not training.flash_attention:
            return "eager"
        return "flash2" if fused else "sdpa"
    if fused:
        return gaps.assume("training.attention", "flash2", "attention-flash")
    return gaps.assume("training.attention", "sdpa", "attention-sdpa")


def _packing(gaps: Gaps) -> bool:
    training = gaps.plan.training
    if training.packing is not None:
        return training.packing
    if training.mean_sample_tokens is not None:
        return gaps.assume("training.packing", False, "packing-mean-given")
    return gaps.assume("training.packing", True, "packing")
