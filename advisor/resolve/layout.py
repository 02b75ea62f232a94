"""How many devices and nodes there are, and how a model is divided among them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.estimates import architecture as shapes
from advisor.estimates.run import Architecture, Layout
from advisor.plan.values import framework_id
from advisor.resolve.gaps import Gaps

if TYPE_CHECKING:
    from advisor.entries.schema import Device, System

GIB = float(2**30)
LARGEST_DOMAIN = 1024  # devices behind one fast link that are taken for one machine where the plan says nothing


def layout_of(gaps: Gaps, system: System | None) -> Layout:
    """Devices, nodes and degrees as stated, with contradictions among them noted and settled."""
    hardware, training = gaps.plan.hardware, gaps.plan.training
    count = (hardware.count if hardware else None) or 0
    if system is not None and count and count % system.devices:  # whole machines were counted, not devices
        count *= system.devices
        gaps.assume("hardware.count", count, "system-devices", devices=system.devices)
    if count == 0:
        count = 1
        if hardware is not None and hardware.device is not None:
            gaps.assume("hardware.count", 1, "one-device")
    nodes = (hardware.nodes if hardware else None) or 0
    if nodes == 0:
        most = _devices_in_a_node(gaps, system)
        least = max(1, math.ceil(count / most))
        # Nobody leaves a node half empty on purpose: the fewest nodes that are alike, if there are such.
        nodes = next((n for n in range(least, 2 * least + 1) if count % n == 0), least)
        if count > 1:
            gaps.assume("hardware.nodes", nodes, "nodes-from-count", most=most)
    if count % nodes:
        gaps.contradictions.add("nodes")
        gaps.assume("hardware.nodes", nodes, "nodes-uneven", count=count)
    tensor, pipeline = training.tensor_parallel or 1, training.pipeline_parallel or 1
    context, expert = training.context_parallel or 1, training.expert_parallel or 1
    if gaps.plan.training.method == "none" and training.tensor_parallel is None:
        tensor = count
    if tensor * pipeline * context > count:
        gaps.contradictions.add("layout-too-large")
        gaps.assume("training.tensor_parallel", min(tensor, count), "layout-too-large",
                    asked=tensor * pipeline * context, count=count)  # fmt: skip
        tensor = math.gcd(tensor, count)
        pipeline = math.gcd(pipeline, count // tensor)
        context = math.gcd(context, count // tensor // pipeline)
    elif count % (tensor * pipeline * context):
        gaps.contradictions.add("layout-uneven")
        gaps.assume("training", None, "layout-uneven", asked=tensor * pipeline * context, count=count)
    return Layout(count, nodes, tensor, pipeline, context, expert)


def divided(gaps: Gaps, layout: Layout, architecture: Architecture, device: Device | None) -> Layout:
    """The layout with the least tensor and pipeline degrees at which a Megatron-like framework can hold the states.

    Such frameworks keep whole weights and gradients in each data-parallel rank; nobody runs them otherwise.
    """
    training = gaps.plan.training
    named = framework_id(training.framework) if training.framework else None
    ascend = device is not None and device.software.platform == "cann" and training.framework is None
    whole = training.lora is None and training.method in {"pretraining", "continued-pretraining", "full-finetuning"}
    open_ended = {training.tensor_parallel, training.pipeline_parallel, training.context_parallel,
                  training.expert_parallel, training.sharding} == {None}  # fmt: skip
    megatron = named in {"megatron-lm", "nemo", "mindspeed"} or ascend
    if device is None or layout.devices == 1 or not (whole and open_ended and megatron):
        return layout
    room = 0.45 * (device.usable_gib or device.memory_gib) * GIB
    parameters = shapes.parameters(architecture)
    degrees = [(tensor, pipeline) for pipeline in (1, 2, 4, 8, 16) for tensor in (1, 2, 4, 8)]
    possible = [
        (tensor, pipeline)
        for tensor, pipeline in degrees
        if not (layout.devices % (tensor * pipeline) or layout.per_node % tensor)
    ]
    even = [
        (tensor, pipeline)
        for tensor, pipeline in possible
        if not (architecture.attention_heads % tensor or architecture.layers % pipeline)
    ]
    fitting = [
        (tensor, pipeline)
        for tensor, pipeline in (*even, *possible)
        if parameters / (tensor * pipeline) * 6 + parameters / layout.devices * 12 <= room
    ]
    tensor, pipeline = next(iter(fitting), max(even, key=math.prod, default=(1, 1)))
    if tensor * pipeline > 1:
        gaps.assume("training.tensor_parallel", tensor, "divided", pipeline=pipeline)
        return replace(layout, tensor=tensor, pipeline=pipeline)
    return layout


def _devices_in_a_node(gaps: Gaps, system: System | None) -> int:
    if system is not None:
        return system.devices
    found = None
    if gaps.plan.hardware is not None and gaps.plan.hardware.device is not None:
        found = gaps.knowledge.device(gaps.knowledge.device_id(gaps.plan.hardware.device)).interconnect.domain_size
    return max(8, min(found or 8, LARGEST_DOMAIN))
