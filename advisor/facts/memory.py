"""Facts about memory, in training and in use."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from advisor.estimates import architecture as shapes
from advisor.facts.registry import Fact, State, flag, number, share_of, text

FITS = ("yes", "likely", "unlikely", "no")
CLAIMS = ("plausible", "per-device", "active-weights", "weights", "low-precision", "share", "other")
ENGINES = ("vllm-ascend", "vllm", "sglang", "tensorrt-llm", "mindie", "lmdeploy", "tgi", "llama.cpp", "ollama", "other")
MOST_DEVICES = 4096


def _part(s: State, *names: str) -> float | None:
    if s.memory is None:
        return None
    return share_of(sum(s.memory.parts[name] for name in names), s.memory.per_device.likely)


def _pool(s: State) -> float | None:
    return s.run.machine.usable_gib * s.run.layout.devices if s.case.device else None


def _state(s: State) -> float | None:
    return s.memory.state_bytes_total / 2**30 if s.memory else None


def _host_have(s: State) -> float | None:
    return s.run.machine.host_gib_per_node


def _quantisation_saves(s: State) -> float | None:
    """Share of allocated memory that the quantised base saves against the same adapters on a 16-bit base."""
    if s.memory is None or not s.recipe.adapters or s.recipe.quantisation is None:
        return None
    plain = s.memory_of(replace(s.run, recipe=replace(s.recipe, quantisation=None)))
    return float(1 - s.memory.allocated.likely / plain.allocated)


def _devices_to_fit(s: State) -> float | None:
    """Devices, doubled from the plan's, on which every saving but offload makes the run likely fit."""
    if s.memory is None or s.memory.fits in {"yes", "likely"}:
        return None
    recipe = replace(s.recipe, zero_stage=3, recompute="full", micro_batch=1, chunked_loss=True, attention="sdpa",
                     offload="none")  # fmt: skip
    devices = s.run.layout.devices
    # Adapters replicate the base: what a few more devices do not solve, many do not either.
    most = min(MOST_DEVICES, 8 * devices) if s.recipe.adapters else MOST_DEVICES
    while devices <= most:
        layout = replace(s.run.layout, devices=devices, nodes=max(s.run.layout.nodes, math.ceil(devices / 8)))
        if s.memory_of(replace(s.run, recipe=recipe, layout=layout)).probability_fits >= 0.5:
            return float(devices)
        devices *= 2
    return None


def _claimed(s: State) -> float | None:
    claims = s.case.plan.claims
    return float(claims.memory) if claims and isinstance(claims.memory, (int, float)) and s.trains else None


def _claim_kind(s: State) -> str | None:
    """What a claimed amount of memory was most likely computed from."""
    claim = _claimed(s)
    if claim is None or s.memory is None:
        return None
    devices = s.run.layout.devices
    state = s.memory.state_bytes_total / 2**30
    total, active = (n / 2**30 for n in (shapes.parameters(s.run.architecture),
                                         shapes.active_parameters(s.run.architecture)))  # fmt: skip
    if claim >= 0.85 * max(state, s.memory.per_device.likely):
        return "plausible"
    if devices > 1 and 0.85 <= claim / s.memory.per_device.likely <= 1.25:
        return "per-device"
    if active < 0.7 * total and (0.8 <= claim / (2 * active) <= 1.3 or 0.85 <= claim / (17 * active) <= 1.15):
        return "active-weights"
    if not s.recipe.adapters and 0.8 <= claim / (2 * total) <= 1.5:
        return "weights"
    if not s.recipe.adapters and s.recipe.master_weights and 0.7 <= claim / (10 * total) <= 1.25:
        return "low-precision"
    if devices > 1 and 0.85 <= claim / (state / devices) <= 1.15:
        return "share"
    return "other"


_ENGINE = re.compile("|".join(re.escape(name) for name in ENGINES[:-1]))
_ENGINE_ALIASES = {"trt-llm": "tensorrt-llm", "trtllm": "tensorrt-llm", "text-generation-inference": "tgi",
                   "llamacpp": "llama.cpp", "llama-cpp": "llama.cpp", "llama cpp": "llama.cpp"}  # fmt: skip


def _engine(s: State) -> str | None:
    """The engine that the plan names, by its usual name."""
    stated = s.case.plan.serving.engine if s.case.plan.serving else None
    if stated is None:
        return None
    lowered = stated.lower().replace("_", "-")
    for alias, name in _ENGINE_ALIASES.items():
        lowered = lowered.replace(alias, name)
    found = _ENGINE.search(lowered)
    return found.group() if found else "other"


def _serving_hopeless(s: State) -> bool | None:
    """Serving does not fit, and that is not the doing of a load that was only assumed."""
    if s.serving is None:
        return None
    stated = s.case.plan.serving is not None
    return s.serving.fits == "no" and (stated or s.serving.parts["weights"] > s.run.machine.usable_gib)


FACTS: tuple[Fact, ...] = (
    text("memory.fits", "Whether the run fits one device, by probability", "能否放入单卡显存（按概率）",
         lambda s: s.memory.fits if s.memory else None, FITS),
    number("memory.probability_fits", "share", "Probability that the run fits", "能放下的概率",
           lambda s: s.memory.probability_fits if s.memory else None),
    number("memory.per_device_gib", "GiB", "Memory at the peak on the worst device", "最紧张那张卡的峰值显存",
           lambda s: s.memory.per_device.likely if s.memory else None),
    number("memory.low_gib", "GiB", "Memory at the peak, low", "峰值显存下界",
           lambda s: s.memory.per_device.low if s.memory else None),
    number("memory.high_gib", "GiB", "Memory at the peak, high", "峰值显存上界",
           lambda s: s.memory.per_device.high if s.memory else None),
    number("memory.needed_gib", "GiB", "Memory that one device must have for the run to go through", "训练跑通时单卡必须具备的显存",
           lambda s: s.memory.needed.likely if s.memory else None),
    number("memory.needed_low_gib", "GiB", "Memory that one device must have, low", "单卡必须具备的显存下界",
           lambda s: s.memory.needed.low if s.memory else None),
    number("memory.needed_high_gib", "GiB", "Memory that one device must have, high", "单卡必须具备的显存上界",
           lambda s: s.memory.needed.high if s.memory else None),
    number("memory.usable_gib", "GiB", "Memory of one device left to the run", "单卡可供训练使用的显存",
           lambda s: s.memory.usable_gib or None if s.memory else None),
    number("memory.needed_over_pool", "x", "Memory that one device must have over the memory of all devices",
           "单卡必须具备的显存与全部显存之比", lambda s: share_of(s.memory.needed.likely, _pool(s)) if s.memory else None),
    number("memory.headroom", "share", "Free share of the device's memory at the peak", "峰值时显存余量占比",
           lambda s: 1 - s.memory.per_device.likely / s.memory.usable_gib if s.memory and s.memory.usable_gib else None),
    number("memory.state_gib", "GiB", "Weights, gradients and optimizer states over the whole job",
           "整个任务的权重、梯度与优化器状态总量", _state),
    number("memory.pool_gib", "GiB", "Usable memory of all devices together", "所有设备可用显存合计", _pool),
    number("memory.state_gb", "GB", "The same in GB of 10^9 bytes, as the field counts 16 bytes a parameter",
           "同上，按 10^9 字节计的 GB（业内“每参数 16 字节”的口径）",
           lambda s: s.memory.state_bytes_total / 1e9 if s.memory else None),
    number("memory.nominal_pool_gb", "GB", "Nominal memory of all devices together", "所有设备标称显存合计",
           lambda s: s.run.machine.memory_gib * s.run.layout.devices if s.case.device else None),
    number("memory.state_over_pool", "x", "States over the memory of all devices", "状态总量与全部显存之比",
           lambda s: share_of(_state(s), _pool(s))),
    number("memory.bytes_per_parameter", "bytes", "State bytes per parameter", "每个参数的状态字节数",
           lambda s: s.memory.state_bytes_total / shapes.parameters(s.run.architecture) if s.memory else None),
    text("memory.peak_phase", "Phase in which memory peaks", "显存峰值出现的阶段",
         lambda s: s.memory.peak_phase if s.memory else None),
    number("memory.logits_share", "share", "Share of logits and loss at the peak", "logits 与损失计算占峰值的比例",
           lambda s: _part(s, "logits")),
    number("memory.activations_share", "share", "Share of activations at the peak", "激活占峰值的比例",
           lambda s: _part(s, "activations")),
    number("memory.states_share", "share", "Share of weights, gradients and optimizer at the peak",
           "权重、梯度与优化器状态占峰值的比例", lambda s: _part(s, "weights", "gradients", "optimizer")),
    number("memory.moving_share", "share", "Share of activations, logits and loss at the peak",
           "激活、logits 与损失合计占峰值的比例", lambda s: _part(s, "activations", "logits")),
    flag("memory.fits_with_recompute", "It would fit with full activation checkpointing", "开启完整重计算后能放下",
         lambda s: s.fits_with(recompute="full")),
    flag("memory.fits_with_zero3", "It would fit with ZeRO-3 / FSDP", "改用 ZeRO-3/FSDP 后能放下",
         lambda s: s.fits_with(zero_stage=3)),
    flag("memory.fits_with_micro_batch_1", "It would fit with a micro-batch of 1", "微批改为 1 后能放下",
         lambda s: s.fits_with(micro_batch=1)),
    flag("memory.fits_with_chunked_loss", "It would fit with a chunked loss", "分块计算损失后能放下",
         lambda s: s.fits_with(chunked_loss=True)),
    flag("memory.fits_with_flash", "It would fit with a fused attention kernel", "改用融合注意力算子后能放下",
         lambda s: s.fits_with(attention="sdpa")),
    flag("memory.fits_with_everything", "It would fit with ZeRO-3, full recompute, micro-batch 1 and a chunked loss",
         "同时采用 ZeRO-3、完整重计算、微批 1 与分块损失后能放下",
         lambda s: s.fits_with(zero_stage=3, recompute="full", micro_batch=1, chunked_loss=True, attention="sdpa")),
    flag("memory.fits_with_offload", "It would fit with all of that and optimizer and weights in host memory",
         "在此基础上再把优化器与权重卸载到主机内存后能放下",
         lambda s: s.fits_with(zero_stage=3, recompute="full", micro_batch=1, chunked_loss=True, attention="sdpa",
                               offload="none" if s.run.machine.unified_memory else "parameters")),
    flag("memory.weights_fit_one_device", "The weights alone fit one device at 16 bit", "仅 16 位权重即可放入单卡",
         lambda s: shapes.parameters(s.run.architecture) * 2 / 2**30 < s.run.machine.usable_gib
         if s.case.device else None),
    number("memory.host_needed_gib", "GiB", "Host memory needed per node", "每节点所需主机内存",
           lambda s: s.memory.host_gib_per_node.likely if s.memory else None),
    number("memory.host_gib", "GiB", "Host memory per node in the plan", "计划中每节点主机内存", _host_have),
    number("memory.host_fill", "x", "Host memory needed over host memory in the plan", "所需主机内存与计划主机内存之比",
           lambda s: share_of(s.memory.host_gib_per_node.likely, _host_have(s)) if s.memory else None),
    number("memory.checkpoint_gib", "GiB", "Size of one full checkpoint", "单个完整检查点大小",
           lambda s: s.memory.checkpoint_gib if s.memory else None),
    flag("serving.planned", "The plan says how the model will be used", "计划写明了模型如何使用",
         lambda s: s.case.plan.serving is not None),
    text("serving.fits", "Whether serving fits the devices", "推理部署能否放入设备显存",
         lambda s: s.serving.fits if s.serving else None, FITS),
    number("serving.devices_needed", "devices", "Devices that serving needs", "推理部署所需设备数",
           lambda s: s.serving.devices_needed if s.serving else None),
    number("serving.per_device_gib", "GiB", "Memory per device in use", "推理时单卡显存",
           lambda s: s.serving.per_device.likely if s.serving else None),
    number("serving.cache_share", "share", "Share of the KV cache in serving memory", "KV 缓存占推理显存的比例",
           lambda s: share_of(s.serving.parts["cache"], s.serving.per_device.likely) if s.serving else None),
    number("serving.tokens_per_second", "tokens/s", "Tokens per second, all devices and requests together",
           "全部设备与请求合计的生成速度",
           lambda s: s.serving.tokens_per_second.likely if s.serving and s.serving.tokens_per_second else None),
    number("serving.tokens_per_second_per_request", "tokens/s", "Tokens per second that one request sees",
           "单个请求的生成速度",
           lambda s: s.serving.tokens_per_second.likely / s.run.serving.concurrent_requests
           if s.serving and s.serving.tokens_per_second and s.run.serving else None),
    number("serving.context_length", "tokens", "Context that serving holds", "推理上下文长度",
           lambda s: s.run.serving.context_length if s.run.serving else None),
    number("serving.context_over_model", "x", "Serving context over the model's context", "推理上下文与模型上下文之比",
           lambda s: share_of(s.run.serving.context_length if s.run.serving else None,
                              s.case.model.context_length if s.case.model else None)),
    text("serving.retrieval", "Retrieval in front of the model", "模型前的检索方式",
         lambda s: (s.case.plan.serving.retrieval or "none") if s.case.plan.serving else None,
         ("none", "keyword", "embedding")),
    flag("memory.fits_without_offload", "It would fit without offload", "不卸载也能放下", lambda s: s.fits_with(offload="none")),
    flag("memory.fits_unquantised", "It would fit with the base in 16 bits", "基座保持 16 位也能放下",
         lambda s: s.fits_with(quantisation=None)),
    flag("memory.fits_without_sharding", "It would fit with every device holding all states", "每张卡都保存全部状态也能放下",
         lambda s: s.fits_with(zero_stage=0)),
    number("memory.quantisation_saves", "share", "Memory that the quantised base saves against a 16-bit one",
           "量化基座相对 16 位基座节省的显存占比", _quantisation_saves),
    number("memory.devices_to_fit", "devices", "Devices on which it would likely fit with every saving but offload",
           "用尽卸载以外的节省手段后大概率能放下所需的卡数", _devices_to_fit),
    number("memory.devices_for_states", "devices", "Fewest devices that could hold the states alone", "仅放下状态最少需要的卡数",
           lambda s: None if (share := share_of(_state(s), s.run.machine.usable_gib)) is None else float(math.ceil(share))),
    text("claims.memory_kind", "What the claimed memory was most likely computed from", "主张的显存最可能的计算口径",
         _claim_kind, CLAIMS),
    number("claims.memory_per_parameter", "bytes", "Claimed memory per parameter", "主张显存折合每参数字节数",
           lambda s: share_of(_claimed(s), shapes.parameters(s.run.architecture) / 2**30)),
    number("serving.devices_over_have", "x", "Devices that serving needs over devices in the plan", "推理部署所需设备数与计划设备数之比",
           lambda s: share_of(s.serving.devices_needed, s.run.layout.devices) if s.serving and s.case.device else None),
    text("serving.engine", "Serving engine that the plan names", "计划写明的推理引擎", _engine, ENGINES),
    text("serving.quantisation", "Storage of the served weights", "推理权重的量化方式",
         lambda s: s.run.serving.quantisation if s.run.serving else None, ("none", "int8", "int4", "fp8")),
    flag("serving.hopeless", "Serving does not fit at the load that the plan states, or the weights alone do not fit",
         "按计划写明的负载放不下，或仅权重就放不下", _serving_hopeless),
)  # fmt: skip
