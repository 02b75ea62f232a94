"""Words of the computation: what each step is called, and its formula in Chinese.

The estimates state a formula in English beside the code that computes it; here stands the same in Chinese, by the
English text, so that the two cannot drift apart unseen: a test finds every formula that has no counterpart.
"""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    # memory
    "memory.weights": Words("weights", "权重"),
    "memory.gradients": Words("gradients", "梯度"),
    "memory.optimizer": Words("optimizer states", "优化器状态"),
    "memory.optimizer-step": Words("copies of the optimizer step", "优化器更新时的副本"),
    "memory.gathered-layers": Words("gathered layers", "聚合的完整层"),
    "memory.buckets": Words("communication buckets", "通信分桶缓冲"),
    "memory.frozen-copies": Words("frozen copies", "冻结的模型副本"),
    "memory.stored-activations": Words("stored activations", "保存的激活"),
    "memory.layer-at-work": Words("layer at work", "正在计算的一层"),
    "memory.logits-and-loss": Words("logits and loss", "logits 与损失"),
    "memory.phase-loss": Words("phase: loss", "阶段：计算损失"),
    "memory.phase-backward": Words("phase: backward", "阶段：反向"),
    "memory.phase-backward-end": Words("phase: end of backward", "阶段：反向结束"),
    "memory.phase-optimizer-step": Words("phase: optimizer step", "阶段：优化器更新"),
    "memory.allocated": Words("allocated", "已分配"),
    "memory.reserved": Words("reserved", "已保留"),
    "memory.per-device": Words("shown by the driver", "驱动显示的占用"),
    # serving
    "serving.weights": Words("serving: weights", "推理：权重"),
    "serving.cache": Words("serving: KV cache", "推理：KV 缓存"),
    "serving.overhead": Words("serving: overhead", "推理：其他开销"),
    "serving.decode-step": Words("serving: decode step", "推理：单步解码"),
    "serving.prefill": Words("serving: prefill", "推理：预填充"),
    # time
    "time.flops-per-token": Words("FLOPs per token", "每 token 的 FLOPs"),
    "time.micro-batch-compute": Words("computing of one micro-batch", "单个微批的计算时间"),
    "time.step-matmul": Words("step: matrix products", "每步：矩阵乘"),
    "time.step-attention": Words("step: attention", "每步：注意力"),
    "time.step-memory-bound": Words("step: bandwidth-bound operations", "每步：受带宽限制的算子"),
    "time.step-recompute": Words("step: recomputation", "每步：重计算"),
    "time.step-tensor-parallel": Words("step: tensor-parallel communication", "每步：张量并行通信"),
    "time.step-expert-parallel": Words("step: expert-parallel communication", "每步：专家并行通信"),
    "time.step-data-parallel": Words("step: data-parallel communication", "每步：数据并行通信"),
    "time.step-pipeline-bubble": Words("step: pipeline bubble", "每步：流水线气泡"),
    "time.step-offload": Words("step: offloading", "每步：卸载"),
    "time.step-optimizer": Words("step: optimizer", "每步：优化器更新"),
    "time.step-generation": Words("step: generation of answers", "每步：生成回答"),
    "time.step-data-wait": Words("step: waiting for data", "每步：等待数据"),
    "time.step-overhead": Words("step: fixed time", "每步：固定开销"),
    "time.step-seconds": Words("seconds of a step", "每步秒数"),
    "time.days": Words("days", "天数"),
    # cost
    "cost.compute": Words("devices, the counted run", "算力（正式训练）"),
    "cost.purchase": Words("purchase of devices", "设备采购"),
    "cost.retries": Words("devices, failed and repeated runs", "算力（失败与重跑）"),
    "cost.evaluation": Words("devices, evaluation", "算力（评测）"),
    "cost.people": Words("people", "人力"),
    "cost.data_preparation": Words("data preparation", "数据准备"),
    "cost.storage": Words("storage", "存储"),
    "cost.network": Words("network", "网络"),
    "cost.serving": Words("serving", "推理部署"),
}

FORMULAS: dict[str, str] = {
    "bytes per weight × N_device (/ n under ZeRO-3)": "每权重字节数 × N_device（ZeRO-3 时再除以 n）",
    "bytes per gradient × trained N_device (/ n from ZeRO-2)": "每梯度字节数 × 参与训练的 N_device（ZeRO-2 起再除以 n）",
    "(master + moments) × trained N_device (/ n from ZeRO-1)": "（主权重 + 动量）× 参与训练的 N_device（ZeRO-1 起再除以 n）",
    "copies of the step × updated parameters": "更新时的副本字节数 × 本卡更新的参数量",
    "whole layers and tables while they are worked on": "计算期间聚合的完整层与词表",
    "reduce and gather buckets": "归约与聚合的分桶缓冲",
    "reference model, generator": "参考模型、生成模型",
    "b·s/c × L_stage × bytes per token and layer × micro-batches in flight": "b·s/c × L_stage × 每 token 每层字节数 × 在途微批数",
    "b·s/c × (recomputed layer + gradients inside it)": "b·s/c ×（重计算的一层 + 层内梯度）",
    "b·s/c × V/t × bytes per logit": "b·s/c × V/t × 每个 logit 的字节数",
    "sum of what lives in the phase": "该阶段驻留内容之和",
    "largest phase + workspaces": "最大的阶段 + 工作区",
    "allocated × (1 + floor) + cached blocks, up to the device": "已分配 ×（1 + 底数）+ 缓存块，以设备容量为限",
    "reserved + context + communication buffers": "已保留 + 上下文 + 通信缓冲",
    "bytes per weight × N / t": "每权重字节数 × N / t",
    "requests × cached values of one × bytes × part on a device": "请求数 × 单个请求的缓存数值个数 × 字节数 × 单卡所占部分",
    "working space of a prefill chunk + logits + graphs + context": "预填充分块的工作区 + logits + 计算图 + 上下文",
    "passes · 2 · N + attention": "遍数 · 2 · N + 注意力",
    "products + attention + memory-bound + recomputation, each at its measured rate": "矩阵乘 + 注意力 + 受带宽限制的算子 + 重计算，各按实测速率",
    "sum of parts · calibrated factor": "各部分之和 · 校准系数",
    "tokens / (samples per step · tokens per sample) · step · whole-run factor + start": "token 数 /（每步样本数 · 每样本 token 数）· 每步秒数 · 整程系数 + 启动时间",
    "Σ 2·m·n·k / (peak · share(m, n, k)), forward and backward": "Σ 2·m·n·k /（峰值 · 效率(m, n, k)），前向与反向",
    "causal FLOPs / (peak · share(s, d)); backward 2.5 times": "因果注意力 FLOPs /（峰值 · 效率(s, d)）；反向为 2.5 倍",
    "bytes of norms, activations, adapters, loss / bandwidth": "归一化、激活、适配器与损失的访存字节 / 带宽",
    "forward of the layers once more": "各层前向再算一遍",
    "4 all-reduces a layer, 6 with recomputation, less what is hidden": "每层 4 次 all-reduce（重计算时 6 次），减去被掩盖的部分",
    "4 all-to-alls a sparse layer, 6 with recomputation; one copy a node crosses the network": "每个稀疏层 4 次 all-to-all（重计算时 6 次）；发往同一节点的数据只跨网络传一份",
    "(n-1)/n · bytes / rate + messages · members · latency, less what is hidden": "(n-1)/n · 字节数 / 速率 + 消息数 · 成员数 · 时延，减去被掩盖的部分",
    "(p-1) / chunks micro-batches": "(p-1) / 交错块数 个微批",
    "bytes / PCIe + 28 bytes a parameter / host memory": "字节数 / PCIe 带宽 + 每参数 28 字节 / 主机内存带宽",
    "bytes of the states / bandwidth": "状态的访存字节 / 带宽",
    "positions · weights / bandwidth": "生成位置数 · 权重 / 带宽",
    "samples · read time - step": "样本数 · 读取时间 − 每步计算时间",
    "starts of kernels and sharded units that the device waits for, stragglers, fixed time": "设备等待的算子启动与分片聚合、慢节点与固定开销",
    "device-hours · rate": "卡时 · 单价",
    "devices · price": "设备数 · 单价",
    "compute · (tries - 1)": "算力成本 ·（总尝试量 − 1）",
    "compute · share": "算力成本 · 比例",
    "calendar months · engineers · month's cost + evaluation months · month's cost": "日历月数 · 工程师人数 · 人月成本 + 评测人月 · 人月成本",
    "preparation months · month's cost": "准备人月 · 人月成本",
    "stored GB · months · price": "存储 GB · 月数 · 单价",
    "months · price": "月数 · 单价",
    "devices · hours · rate": "设备数 · 小时数 · 单价",
}


def formula_in_chinese(formula: str) -> str:
    """The Chinese form of a formula; the English one where none is known, which a test does not let pass."""
    return FORMULAS.get(formula, formula)


INPUTS: dict[str, str] = {
    "framework": "框架", "recompute": "重计算", "attention": "注意力算子", "stage": "流水线阶段", "floor": "底数",
    "gathered": "聚合层缓存", "context_gib": "上下文 GiB", "groups": "通信组数", "workspace_gib": "工作区 GiB",
    "peak": "峰值算力", "best share": "最高效率", "bandwidth": "带宽", "micro-batches": "微批数", "layers": "层数",
    "nodes": "节点数", "trained parameters": "参与训练的参数", "sum": "合计", "factor": "系数", "tokens": "token 数",
    "samples per step": "每步样本数", "device-hours": "卡时", "rate": "单价", "tries": "总尝试量", "share": "比例",
    "days": "天数", "engineers": "工程师", "requests": "请求数", "GB": "GB",
    "quantisation": "量化", "devices": "设备数", "values": "缓存数值个数", "bytes": "字节数", "part": "单卡所占部分",
}  # fmt: skip
"""English names of inputs in Chinese; symbols such as b, s, L and N are the same in both languages."""


def input_in_chinese(name: str) -> str:
    """The Chinese name of an input; symbols stay."""
    return INPUTS.get(name, name)
