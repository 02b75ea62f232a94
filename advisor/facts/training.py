"""Facts about what is trained and how."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

from advisor.estimates import architecture as shapes
from advisor.estimates.run import (
    Architecture,
    AttentionKernel,
    FrameworkId,
    Method,
    Offload,
    Optimizer,
    Precision,
    Quantisation,
    Recompute,
)
from advisor.facts.registry import Fact, State, conclusion, flag, number, share_of, text
from advisor.patterns import pattern

FRAMEWORKS = get_args(FrameworkId)


def _size(s: State, count: Callable[[Architecture], float]) -> float | None:
    """A count of parameters, None for a model behind an API, whose size nobody outside knows."""
    hosted = any(a.key == "model-hosted" for a in s.case.assumptions)
    return None if hosted else count(s.run.architecture)


def _vocabulary_growth(s: State) -> float | None:
    """How much larger than the named base's the stated vocabulary is; None where the plan states none."""
    stated = s.case.plan.model.vocab_size
    known = s.case.model.architecture if s.case.model else None
    return None if stated is None or known is None else share_of(float(stated), known.vocab_size)


def _full(s: State) -> bool:
    return s.trains and not s.recipe.adapters


def _batch_tokens(s: State) -> float | None:
    if not s.trains:
        return None
    return float(s.recipe.micro_batch * s.recipe.accumulation * s.run.layout.data * s.recipe.sequence_length)


def _stated(s: State, path: str) -> bool:
    return path in s.case.file.stated_paths


def _per_parameter(s: State) -> float | None:
    return share_of(s.run.tokens, shapes.parameters(s.run.architecture)) if s.trains else None


def _heads_divide(s: State) -> bool:
    heads, kv = s.run.architecture.attention_heads, s.run.architecture.kv_heads
    degree = s.run.layout.tensor
    return heads % degree == 0 and (kv % degree == 0 or degree % max(1, kv) == 0)


def _padding(s: State) -> float | None:
    """Processed tokens over useful ones; 1 with packing."""
    if not s.trains or s.recipe.packing:
        return 1.0 if s.trains else None
    return share_of(s.time.tokens if s.time else None, s.run.tokens)


def _fits_by_sharding(s: State) -> bool | None:
    """Tell whether ZeRO-2 alone, without tensor or pipeline parallelism, would likely fit."""
    if s.memory is None or s.run.layout.tensor * s.run.layout.pipeline == 1:
        return None
    layout = replace(s.run.layout, tensor=1, pipeline=1)
    stage: Literal[2, 3] = 3 if s.recipe.zero_stage == 3 else 2
    changed = replace(s.run, layout=layout, recipe=replace(s.recipe, zero_stage=stage))
    return bool(s.memory_of(changed).probability_fits >= 0.5)


def _nodes_gain(s: State) -> float | None:
    """Speed of all nodes over that of one node which loses nothing to communication: an upper bound."""
    if s.time is None or s.run.layout.nodes <= 1:
        return None
    exchanged = sum(s.time.parts.get(name, 0.0) for name in ("tensor_parallel", "expert_parallel", "data_parallel"))
    return s.run.layout.nodes * (1 - exchanged / s.time.step_seconds.likely)


def _bubble_estimated(s: State) -> float | None:
    """Share of a step that the time estimate gives to the pipeline's gaps, with the framework's usual interleaving."""
    return share_of(s.time.parts.get("pipeline_bubble", 0.0), s.time.step_seconds.likely) if s.time else None


def _stated_batch_per_rank(s: State) -> float | None:
    batch = s.case.plan.training.global_batch_size
    return None if batch is None or not s.trains else batch / s.run.layout.data


def _watches(words: str) -> Callable[[State], bool]:
    """A fact that looks for words among what the project watches or prepares."""
    pattern = re.compile(words, re.IGNORECASE)

    def said(s: State) -> bool:
        project = s.case.plan.project
        return any(pattern.search(item) for item in (project.monitoring if project else None) or ())

    return said


_TUNED = pattern(r"(?:^|[-_.])(?:instruct|chat|it|sft|dpo|rlhf|thinking|reasoner)(?:$|[-_.@])", re.IGNORECASE)


def _tuned(s: State) -> bool | None:
    """By the name that the plan gives, because an entry may stand for the base and its tunes alike; else by the entry."""
    if _TUNED.search((s.case.plan.model.name or "").rpartition("/")[2]):
        return True
    return s.case.model.kind in {"instruct", "reasoning", "code-instruct"} if s.case.model else None


FACTS: tuple[Fact, ...] = (
    text("model.name", "Name of the base model", "基座模型名称",
         lambda s: s.case.plan.model.name or (s.case.model_id or None)),
    flag("model.known", "The knowledge base has the model", "知识库收录了该模型", lambda s: s.case.model is not None),
    number("model.parameters", "parameters", "Parameters in all", "总参数量",
           lambda s: _size(s, shapes.parameters)),
    number("model.active_parameters", "parameters", "Parameters active per token", "每个 token 激活的参数量",
           lambda s: _size(s, shapes.active_parameters)),
    flag("model.moe", "The model is a mixture of experts", "模型为混合专家（MoE）结构",
         lambda s: s.run.architecture.experts > 1),
    number("model.vocabulary", "entries", "Vocabulary size", "词表大小", lambda s: s.run.architecture.vocab_size),
    number("model.vocabulary_over_base", "x", "Vocabulary stated over that of the base model", "计划写明的词表与基座词表之比",
           _vocabulary_growth),
    text("model.kind", "What the checkpoint was made for", "检查点的类型",
         lambda s: s.case.model.kind if s.case.model else None,
         ("base", "instruct", "reasoning", "code", "code-instruct")),
    flag("model.tuned", "The checkpoint is instruction-tuned or reasoning-tuned", "检查点经过指令或推理微调",
         _tuned),
    text("model.trained_in", "Precision that the base was trained in", "基座模型训练时的精度",
         lambda s: s.case.plan.model.trained_in or (s.case.model.trained_in if s.case.model else None),
         ("bf16", "fp16", "fp32", "fp8", "mxfp4")),
    text("model.country", "Country of the model's makers", "模型开发方所在国家/地区",
         lambda s: s.case.model.country if s.case.model else None),
    number("model.context_length", "tokens", "Context length that the model was made for", "模型支持的上下文长度",
           lambda s: s.case.model.context_length if s.case.model else None),
    flag("model.shape_assumed", "The architecture is assumed from the parameter count", "模型结构由参数量推测得出",
         lambda s: any(a.key.startswith("shape-from-") for a in s.case.assumptions)),
    flag("model.contradicts_parameters", "The sizes given do not multiply to the parameters given",
         "给出的结构尺寸与参数量不一致", lambda s: "parameters" in s.case.contradictions),
    text("training.method", "What is done to the model", "训练方式", lambda s: s.recipe.method, get_args(Method)),
    flag("training.trains", "Anything is trained at all", "是否进行训练", lambda s: s.trains),
    flag("training.full", "All parameters are trained", "是否全参数训练", _full),
    flag("training.adapters", "Only adapters are trained", "是否只训练适配器（LoRA 等）", lambda s: s.recipe.adapters),
    text("training.precision", "Compute precision", "计算精度", lambda s: s.recipe.precision if s.trains else None,
         get_args(Precision)),
    flag("training.precision_stated", "The plan states the precision", "计划写明了精度",
         lambda s: _stated(s, "training.precision")),
    flag("training.master_weights", "fp32 master weights are kept", "是否保留 fp32 主权重",
         lambda s: s.recipe.master_weights if _full(s) else None),
    text("training.quantisation", "Storage of the frozen base", "冻结基座的量化方式",
         lambda s: s.recipe.quantisation if s.trains else None, get_args(Quantisation)),
    text("training.optimizer", "Optimizer", "优化器", lambda s: s.recipe.optimizer if s.trains else None,
         get_args(Optimizer)),
    number("training.learning_rate", "", "Peak learning rate", "峰值学习率",
           lambda s: s.case.plan.training.learning_rate),
    number("training.epochs", "epochs", "Passes over the data", "训练轮数",
           lambda s: s.case.epochs if s.trains else None),
    number("training.tokens", "tokens", "Tokens processed in all epochs", "全部轮次处理的 token 数",
           lambda s: s.run.tokens),
    number("training.tokens_per_parameter", "x", "Tokens over parameters", "token 数与参数量之比", _per_parameter),
    number("training.sequence_length", "tokens", "Sequence length", "序列长度",
           lambda s: s.recipe.sequence_length if s.trains else None),
    number("training.micro_batch", "sequences", "Micro-batch per device", "单卡微批大小",
           lambda s: s.recipe.micro_batch if s.trains else None),
    number("training.global_batch", "sequences", "Sequences per optimizer step", "全局批大小（序列数）",
           lambda s: s.recipe.micro_batch * s.recipe.accumulation * s.run.layout.data if s.trains else None),
    number("training.batch_tokens", "tokens", "Tokens per optimizer step", "每个优化步的 token 数", _batch_tokens),
    number("training.steps", "steps", "Optimizer steps in all", "优化步总数",
           lambda s: share_of(s.run.tokens, _batch_tokens(s))),
    flag("training.batch_contradicts", "Batch sizes and layout given do not multiply", "批大小、累积步数与并行布局相互矛盾",
         lambda s: "batch" in s.case.contradictions),
    flag("training.batch_uneven", "The global batch is no multiple of micro-batch × data-parallel ranks",
         "全局批大小不是微批 × 数据并行数的整数倍", lambda s: "batch-uneven" in s.case.contradictions),
    text("training.recompute", "Activation checkpointing", "激活重计算方式",
         lambda s: s.recipe.recompute if s.trains else None, get_args(Recompute)),
    text("training.attention", "Attention kernel", "注意力算子", lambda s: s.recipe.attention if s.trains else None,
         get_args(AttentionKernel)),
    flag("training.attention_stated", "The plan names an attention kernel", "计划写明了注意力算子",
         lambda s: _stated(s, "training.attention")),
    flag("training.chunked_loss", "The loss is computed in chunks", "损失是否分块计算",
         lambda s: s.recipe.chunked_loss if s.trains else None),
    number("training.zero_stage", "", "Sharding stage: 0 none, 1 optimizer, 2 gradients, 3 weights",
           "分片级别：0 不分片，1 优化器，2 梯度，3 权重", lambda s: s.recipe.zero_stage if s.trains else None),
    flag("training.sharding_stated", "The plan states the sharding", "计划写明了分片方式",
         lambda s: _stated(s, "training.sharding")),
    text("training.offload", "What is moved to host memory or disk", "卸载到主机内存或磁盘的内容",
         lambda s: s.recipe.offload if s.trains else None, get_args(Offload)),
    number("training.lora_rank", "", "LoRA rank", "LoRA 秩", lambda s: s.recipe.lora_rank if s.recipe.adapters else None),
    text("training.lora_targets", "Layers that get adapters", "LoRA 作用的层",
         lambda s: (s.recipe.lora_targets if isinstance(s.recipe.lora_targets, str) else "listed")
         if s.recipe.adapters else None, ("all-linear", "attention", "qv", "listed")),
    text("training.framework", "Framework", "训练框架", lambda s: s.recipe.framework if s.trains else None,
         FRAMEWORKS),
    flag("training.framework_named", "The plan names a framework that is known", "计划写明了已知的训练框架",
         lambda s: s.recipe.framework_named if s.trains else None),
    flag("training.framework_unknown", "The plan names a framework that is not known", "计划写的训练框架不在已知之列",
         lambda s: bool(s.case.framework_text) and not s.recipe.framework_named if s.trains else None),
    flag("training.packing", "Samples are packed to the sequence length", "样本是否打包到序列长度",
         lambda s: s.recipe.packing if s.trains else None),
    number("training.fill", "share", "Mean sample length over sequence length", "平均样本长度占序列长度的比例",
           lambda s: share_of(s.recipe.mean_sample_tokens, s.recipe.sequence_length) if s.trains else None),
    number("training.checkpoints_kept", "", "Checkpoints kept", "保留的检查点数",
           lambda s: s.case.plan.training.keep_checkpoints),
    flag("training.checkpoints_planned", "The plan says how often it saves", "计划写明了检查点间隔",
         lambda s: s.case.plan.training.checkpoint_every is not None if s.trains else None),
    number("training.checkpoint_hours", "hours", "Time between two checkpoints", "两次检查点之间的时间",
           lambda s: s.checkpoint_hours),
    number("layout.devices", "devices", "Devices in all", "设备总数", lambda s: s.run.layout.devices),
    number("layout.nodes", "nodes", "Nodes", "节点数", lambda s: s.run.layout.nodes),
    number("layout.per_node", "devices", "Devices per node", "每节点设备数", lambda s: s.run.layout.per_node),
    number("layout.tensor", "", "Tensor-parallel degree", "张量并行度", lambda s: s.run.layout.tensor if s.trains else None),
    number("layout.pipeline", "", "Pipeline-parallel degree", "流水线并行度", lambda s: s.run.layout.pipeline),
    number("layout.context", "", "Context-parallel degree", "上下文并行度", lambda s: s.run.layout.context),
    number("layout.expert", "", "Expert-parallel degree", "专家并行度", lambda s: s.run.layout.expert),
    number("layout.data", "", "Data-parallel degree", "数据并行度", lambda s: s.run.layout.data),
    flag("layout.nodes_uneven", "Devices do not divide by nodes", "设备数不能被节点数整除",
         lambda s: "nodes" in s.case.contradictions),
    flag("layout.uneven", "Devices do not divide by tensor × pipeline × context degrees",
         "设备数不能被张量 × 流水线 × 上下文并行度整除",
         lambda s: bool({"layout-uneven", "layout-too-large"} & s.case.contradictions)),
    flag("layout.assumed", "Tensor and pipeline degrees are assumed", "张量与流水线并行度为假设值",
         lambda s: any(a.key == "divided" for a in s.case.assumptions)),
    flag("layout.heads_divide", "Attention heads divide by the tensor-parallel degree", "注意力头数可被张量并行度整除",
         _heads_divide),
    flag("layout.layers_divide", "Layers divide by the pipeline degree", "层数可被流水线并行度整除",
         lambda s: s.run.architecture.layers % s.run.layout.pipeline == 0),
    flag("layout.experts_divide", "Experts divide by the expert-parallel degree", "专家数可被专家并行度整除",
         lambda s: s.run.architecture.experts % s.run.layout.expert == 0 if s.run.architecture.experts else None),
    number("layout.bubble", "share", "Idle share of the pipeline, (p−1)/(m+p−1)", "流水线气泡占比 (p−1)/(m+p−1)",
           lambda s: (s.run.layout.pipeline - 1) / (s.recipe.accumulation + s.run.layout.pipeline - 1)
           if s.trains else None),
    number("layout.sequences_per_rank", "sequences", "Sequences of a step per data-parallel rank",
           "每个数据并行组每步的序列数",
           lambda s: s.recipe.micro_batch * s.recipe.accumulation if s.trains else None),
    flag("layout.replicates_weights", "Every device holds all the weights", "每张卡都保存完整权重",
         lambda s: s.trains and s.run.layout.devices > 1 and s.recipe.zero_stage < 3
         and s.run.layout.tensor * s.run.layout.pipeline == 1),
    number("layout.tensor_over_domain", "x", "Tensor-parallel degree over the devices that the fast link joins",
           "张量并行度与高速互联域大小之比",
           lambda s: s.run.layout.tensor / max(1, min(s.run.machine.link.domain, s.run.layout.per_node))
           if s.trains else None),
    conclusion("training.needs_care", "A rule found that the numerics need constant care", "规则认定数值稳定性需要持续看护"),
    conclusion("method.retrieval_first", "A rule found that retrieval should come before training",
               "规则认定应先做检索增强而不是训练"),
    conclusion("memory.hopeless", "A rule found that no setting makes the run fit these devices",
               "规则认定任何设置都无法在这些设备上放下该训练"),
    conclusion("hardware.sunset", "A rule found that new software has dropped the device", "规则认定新版软件已不再支持该设备"),
    conclusion("time.late", "A rule found that the run ends after the deadline", "规则认定训练会晚于期限完成"),
    conclusion("licence.stage_blocked", "A rule found that a licence forbids the stage of use", "规则认定许可证禁止该使用阶段"),
    conclusion("data.forgetting_risk", "A rule found that old skills are likely to be lost", "规则认定原有能力很可能被遗忘"),
    flag("training.master_weights_stated", "The plan states whether fp32 master weights are kept", "计划写明了是否保留 fp32 主权重",
         lambda s: _stated(s, "training.master_weights")),
    flag("training.recompute_stated", "The plan states the activation checkpointing", "计划写明了重计算方式",
         lambda s: _stated(s, "training.activation_checkpointing")),
    flag("training.batch_stated", "The plan states the batch of one optimizer step", "计划写明了每步的批大小",
         lambda s: _stated(s, "training.global_batch_size") or _stated(s, "training.gradient_accumulation")),
    number("training.padding", "x", "Tokens processed over tokens that are no padding", "处理的 token 数与有效 token 数之比",
           _padding),
    number("training.sequence_over_context", "x", "Sequence length over the model's context", "训练序列长度与模型上下文之比",
           lambda s: share_of(s.recipe.sequence_length if s.trains else None,
                              s.case.model.context_length if s.case.model else None)),
    number("training.tokens_per_active_parameter", "x", "Tokens over parameters active per token",
           "token 数与激活参数量之比",
           lambda s: share_of(s.run.tokens, shapes.active_parameters(s.run.architecture)) if s.trains else None),
    flag("training.lora_ignored", "The plan has a LoRA block that its method does not use", "计划写了 LoRA 配置但训练方式用不到",
         lambda s: s.case.plan.training.lora is not None and s.trains and not s.recipe.adapters),
    flag("memory.fits_without_recompute", "It would fit without activation checkpointing", "不做重计算也能放下",
         lambda s: s.fits_with(recompute="none")),
    flag("memory.fits_by_sharding", "It would fit with ZeRO-2 instead of tensor and pipeline parallelism",
         "不用张量与流水线并行、只用 ZeRO-2 也能放下", _fits_by_sharding),
    number("layout.nodes_gain", "x", "Speed of all nodes over that of one node, at best", "全部节点相对单节点的加速上限", _nodes_gain),
    number("layout.expert_over_ranks", "x", "Expert-parallel × pipeline degree over devices", "专家并行度 × 流水线并行度与设备数之比",
           lambda s: s.run.layout.expert * s.run.layout.pipeline / s.run.layout.devices if s.trains else None),
    number("training.stated_batch_per_rank", "x", "Stated global batch over data-parallel ranks", "写明的全局批与数据并行数之比",
           _stated_batch_per_rank),
    flag("operations.pilot", "A pilot run is planned", "计划了试跑", _watches(r"pilot|trial|smoke|dry[- ]?run|试跑|试训|预实验")),
    flag("operations.spares", "Spare nodes are planned", "计划了备用节点", _watches(r"spare|standby|备用|热备|备机")),
    flag("operations.async_checkpoints", "Checkpoints are written asynchronously", "计划了异步检查点", _watches(r"async|异步")),
    number("training.micro_batches", "", "Micro-batches of one rank in an optimizer step", "每个优化步单个 rank 的微批数",
           lambda s: s.recipe.accumulation if s.trains else None),
    number("layout.bubble_estimated", "share", "Idle share of the pipeline in the time estimate", "时间估算中的流水线气泡占比",
           _bubble_estimated),
)  # fmt: skip
