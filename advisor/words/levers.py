"""Words on what would change a verdict."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "recompute": Words("full activation checkpointing", "完整重计算"),
    "micro-batch": Words("a micro-batch of 1 with gradient accumulation", "微批设为 1 并用梯度累积"),
    "chunked-loss": Words("a chunked loss", "分块计算损失"),
    "fused-attention": Words("a fused attention kernel", "融合注意力算子"),
    "zero1": Words("ZeRO-1", "ZeRO-1"),
    "zero2": Words("ZeRO-2", "ZeRO-2"),
    "zero3": Words("ZeRO-3 or FSDP", "ZeRO-3 或 FSDP"),
    "adam-8bit": Words("an 8-bit optimizer", "8 位优化器"),
    "offload-optimizer": Words(
        "ZeRO-3 with the optimizer in host memory (slow)", "ZeRO-3 并将优化器卸载到主机内存（较慢）"
    ),
    "offload-parameters": Words(
        "ZeRO-3 with optimizer and weights in host memory (very slow)",
        "ZeRO-3 并将优化器与权重都卸载到主机内存（很慢）",
    ),
    "lora": Words("LoRA", "LoRA"),
    "qlora": Words("QLoRA", "QLoRA"),
    "settings": Words("Each of these alone makes it fit: {names}.", "以下任一设置即可放下：{names}。"),
    "no-setting": Words(
        "No single setting makes it fit on these {count} device(s).", "在这 {count} 张卡上，没有任何单项设置能放得下。"
    ),
    "adapters": Words(
        "Training adapters instead of all parameters fits: {names}.", "改为只训练适配器即可放下：{names}。"
    ),
    "devices": Words(
        "With ZeRO-3, full activation checkpointing and a micro-batch of 1 it fits on {count} such devices.",
        "采用 ZeRO-3、完整重计算与微批 1 时，需要 {count} 张同样的卡才放得下。",
    ),
    "longest": Words(
        "Everything else unchanged, sequences of up to about {tokens} tokens fit.",
        "其他不变时，序列长度最多约 {tokens} token。",
    ),
    "longest-here": Words(
        "Sequences longer than {tokens} tokens no longer fit.", "序列长度超过 {tokens} token 就放不下了。"
    ),
    "micro-batch-limit": Words("The largest micro-batch that fits is about {count}.", "能放下的最大微批约为 {count}。"),
    "deadline": Words(
        "The deadline of {days} days would take about {count} such devices, if speed grows in step with them.",
        "若速度随卡数线性增长，要在 {days} 天期限内完成约需 {count} 张同样的卡。",
    ),
    "budget": Words(
        "The project likely costs {needed}; {safe} would be safe.", "项目最可能花费 {needed}；按 {safe} 准备才稳妥。"
    ),
}
