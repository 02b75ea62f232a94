"""How values that a plan picks from a list are said in a sentence; English keeps the plan's own word."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.words import Words

_USE = {
    "internal": "公司内部使用", "internal-transfer": "集团内转让", "hosted-service": "对外提供服务",
    "weights-to-customers": "向客户交付权重",
}  # fmt: skip
_LEVEL = {"public": "公开", "internal": "内部", "confidential": "机密", "secret": "涉密"}

_CHINESE: Mapping[str, Mapping[str, str]] = {
    "project.use": _USE,
    "licence.stage": _USE,
    "project.sensitivity": _LEVEL,
    "compliance.sensitivity": _LEVEL,
    "training.method": {
        "pretraining": "从头预训练", "continued-pretraining": "持续预训练", "full-finetuning": "全参微调",
        "lora": "LoRA", "qlora": "QLoRA", "preference": "偏好训练", "rl": "强化学习",
        "none": "不训练",
    },
    "project.environment": {
        "classified-room": "涉密机房", "bare-metal": "裸金属服务器", "appliance": "一体机", "private-cloud": "私有云",
        "shared-cloud": "公有云", "container": "共享容器", "external-api": "外部 API",
    },
    "project.goal": {
        "style": "学会风格", "api-knowledge": "掌握 API 知识", "task": "学会任务", "general": "提升通用能力",
    },
    "storage.kind": {"nvme": "NVMe", "parallel-flash": "并行闪存", "nas": "NAS", "hdd": "机械硬盘"},
    "training.offload": {
        "none": "不卸载", "optimizer": "优化器状态", "parameters": "权重与优化器状态", "nvme": "NVMe 上的状态",
        "activations": "激活",
    },
    "training.lora_targets": {
        "all-linear": "全部线性层", "attention": "注意力层", "qv": "q、v 投影层", "listed": "列出的层",
    },
}  # fmt: skip

WORDS: dict[str, Words] = {
    f"{fact}.{value}": Words(value, chinese) for fact, values in _CHINESE.items() for value, chinese in values.items()
}
