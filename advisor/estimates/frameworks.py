"""What a training framework keeps in device memory: its profile, as data.

Two runs of one model on one device differ by a factor of three with the framework's habits: the precision of weights,
gradients and optimizer states, the copies that its loss makes, what it saves for backward. A profile states them; the
memory estimate only adds. Profiles live in `knowledge/frameworks/*.yaml`, read by `framework_from_dict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal

from advisor.records import dataclass


@dataclass(frozen=True, slots=True)
class StateBytes:
    """Bytes that training keeps per trained parameter, before any sharding.

    `weights` are the ones that the forward pass reads (or casts from); `master` is a separate full-precision copy, 0 if
    the weights are it; `moment` is one optimizer moment; `step` is what one optimizer step allocates on top, on the
    part of the parameters that the device updates.
    """

    weights: float
    gradients: float
    master: float
    moment: float
    step: float


@dataclass(frozen=True, slots=True)
class FrameworkProfile:
    """The memory habits of one framework. Byte counts are per element unless a name says otherwise.

    Losses are bytes per token at the peak of the loss: per vocabulary entry for the plain and the fused
    cross-entropy, per hidden element for the chunked one, whose chunks are V/h times smaller than all logits.
    """

    id: str
    mixed: StateBytes  # 16-bit arithmetic with full-precision master weights
    pure: StateBytes  # everything in 16 bit
    adapter: StateBytes  # LoRA weights on a frozen base
    divided: StateBytes  # mixed precision under ZeRO-1 and 2, which many frameworks leave to another library
    loss: float
    fused_loss: float
    chunked_loss: float
    fused_norm: bool  # norms save their input once; eager ones save a full-precision copy and the normalised value
    fused_mlp: bool  # gate and activation in one kernel: the product of the two is recomputed
    repeats_kv: bool  # key and value heads are repeated to the number of query heads before attention
    score_bytes: float  # per head and key of eager attention
    full_residual_mixed: bool  # under autocast over fp32 weights the residual stream is fp32
    full_residual_quantised: bool  # tables and norms of a quantised base are cast to fp32, and so is the stream;
    #   not where stage 3 shards them, because a sharded unit has one precision
    quantised_inputs: float  # times that products with a quantised frozen weight keep their input
    fp8_input: float  # per element of a product's saved input in FP8 training
    grouped_experts: bool  # all experts of a layer in one kernel; else one after the other
    autocast_cache: bool  # 16-bit copies of fp32 weights live until backward
    adapter_input: float  # per element of an adapted layer's input
    selective: Literal["scores", "alternate-products"]  # selective recompute drops attention scores, or most of a layer
    sequence_parallel: bool  # norms and residual are cut by tensor parallelism too
    pipeline_keeps_outputs: bool  # a pipeline stage keeps what it sent on until its backward
    updates_in_backward: bool  # on one device without accumulation each weight is updated as its gradient comes
    gradients_persist: bool  # gradient buffers live between steps
    ddp_copy: bool  # plain data parallelism holds gradients twice (buckets)
    master_weights: bool  # what a plan that does not say gets: full-precision master weights, or everything in 16 bits
    default_recompute: Literal["none", "selective", "full"]  # the same for recompute
    default_chunked_loss: bool  # the same for a loss in chunks
    default_sharding: int  # the same for ZeRO on several devices, adapters included
    shards_frozen: bool  # stage 3 shards a frozen base
    bucket_gb: float  # reduce and gather buckets of ZeRO-1 and 2, GB per device
    bucket_stage3_gb: float  # the same of ZeRO-3
    step_elements: float  # parameters that one round of a sharded optimizer step works on at most
    offloads_recompute: bool  # full recompute keeps its layer inputs in host memory
    gathered_layers: float  # layers whose weights are whole at once under stage 3
    gathered_tables: float  # part of embedding and head that is whole through forward and backward under stage 3
    whole_gradients: Literal["never", "accumulation", "pipeline"]  # when stage 3 leaves gradients whole for a while
    frozen_gradients: bool  # the gradient buffer of a sharded layer covers its frozen weights too
    loss_cached: float  # part of the logits' memory that the allocator keeps beside other phases' blocks
    gathered_cached: float  # the same for gathered layers, which have a stream and so a cache of their own
    frozen_retained: float  # bytes per token and hidden element kept per layer when frozen layers are sharded
    host_gib_per_device: float  # resident host memory of one worker process


def framework_from_dict(name: str, values: Mapping[str, Any]) -> FrameworkProfile:
    """The profile that a knowledge entry states.

    `values` is the entry's `profile` mapping. A missing or unknown field raises `ValueError` with its name.
    """
    names = {f.name for f in fields(FrameworkProfile)} - {"id"}
    unknown = sorted(set(values) - names)
    missing = sorted(names - set(values))
    if unknown or missing:
        raise ValueError(f"framework {name}: unknown {unknown}, missing {missing}")
    made: dict[str, Any] = dict(values)
    for state in ("mixed", "pure", "adapter", "divided"):
        made[state] = StateBytes(**{key: float(value) for key, value in values[state].items()})
    return FrameworkProfile(id=name, **made)
