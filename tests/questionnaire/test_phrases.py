"""What people say, and what a plan holds then; what may mean several things is asked back, never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.entries.base import Knowledge, load_knowledge
from advisor.questionnaire.phrases import Refusal, command_of, read_answer, shown_answer
from advisor.questionnaire.question import Question, questions_of
from advisor.words import Language


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def questions(knowledge: Knowledge) -> dict[str, Question]:
    return {question.id: question for question in questions_of(knowledge)}


READ: list[tuple[str, str, dict[str, Any]]] = [
    ("device", "V100-32G", {"hardware.device": "v100-32g-sxm2"}),
    ("device", "八张 V100-32G", {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}),
    ("device", "8 张 V100 16G", {"hardware.device": "v100-16g-sxm2", "hardware.count": 8}),
    ("device", "8xA100 80G", {"hardware.device": "a100-80g-sxm", "hardware.count": 8}),
    ("device", "V100-32G x 8", {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}),
    ("device", "eight H100s", {"hardware.device": "h100-sxm", "hardware.count": 8}),
    ("device", "V100S", {"hardware.device": "v100s-32g-pcie"}),
    ("device", "RTX A6000", {"hardware.device": "rtxa6000"}),
    ("device", "4090", {"hardware.device": "rtx4090"}),
    ("device", "8 4090", {"hardware.device": "rtx4090", "hardware.count": 8}),
    ("device", "两张 2080 Ti", {"hardware.device": "rtx2080ti", "hardware.count": 2}),
    ("device", "910B八卡", {"hardware.device": "ascend910b3", "hardware.count": 8}),
    ("device", "华为昇腾910B", {"hardware.device": "ascend910b3"}),
    ("device", "一台 DGX-1", {"hardware.device": "sys-dgx1-v100", "hardware.count": 1}),
    ("model", "7B", {"model.parameters": "7B"}),
    ("model", "300亿", {"model.parameters": "30B"}),
    ("model", "Qwen/Qwen2.5-7B-Instruct", {"model.name": "Qwen/Qwen2.5-7B-Instruct"}),
    ("model", "通义千问2.5 7B", {"model.name": "qwen2.5-7b"}),
    ("model", "llama 3 8b", {"model.name": "llama-3-8b"}),
    ("model", "qwen2.5-7b@main", {"model.name": "qwen2.5-7b@main"}),
    ("data-size", "50G 代码", {"data[0].size": "50GB"}),
    ("data-size", "约 50 GB", {"data[0].size": "50GB"}),
    ("data-size", "120亿 token", {"data[0].tokens": "12B tokens"}),
    ("data-size", "1万条", {"data[0].samples": 10000}),
    ("data-kind", "50G 私有代码", {"data[0].kind": "private-code", "data[0].size": "50GB"}),
    ("data-kind", "our own code", {"data[0].kind": "private-code"}),
    ("data-share", "没有", {"data[0].share": "100%"}),
    ("budget", "10万", {"project.budget": "100000 CNY"}),
    ("budget", "十万左右", {"project.budget": "100000 CNY"}),
    ("budget", "$20k", {"project.budget": "20000 USD"}),
    ("deadline", "三个月", {"project.deadline": "3 months"}),
    ("deadline", "within 2 weeks", {"project.deadline": "2 weeks"}),
    ("deadline", "半年", {"project.deadline": "6 months"}),
    ("count", "八张卡", {"hardware.count": 8}),
    ("count", "eight", {"hardware.count": 8}),
    ("sequence", "8k", {"training.sequence_length": 8192}),
    ("engineers", "没有", {"project.team.engineers": 0}),
    ("engineers", "半个", {"project.team.engineers": 0.5}),
    ("engineers", "两个人", {"project.team.engineers": 2}),
    ("on-call", "是", {"project.team.on_call": True}),
    ("on-call", "没有", {"project.team.on_call": False}),
    ("requirements", "1 3", {"project.requirements": ["domestic-hardware", "on-premises"]}),
    ("requirements", "私有化部署和信创", {"project.requirements": ["on-premises", "domestic-hardware"]}),
    ("requirements", "on-premises and air-gapped", {"project.requirements": ["on-premises", "air-gapped"]}),
    ("requirements", "没有", {"project.requirements": []}),
    ("regions", "中国、DE", {"project.regions": ["CN", "DE"]}),
    ("regions", "日本、新加坡", {"project.regions": ["JP", "SG"]}),
    ("evaluation", "humaneval、人工盲测 200 题", {"project.evaluation": ["humaneval", "人工盲测 200 题"]}),
    ("method", "我们想做 LoRA", {"training.method": "lora"}),
    ("method", "持续预训练一下", {"training.method": "continued-pretraining"}),
    ("method", "不训练", {"training.method": "none"}),
    ("method", "dpo", {"training.method": "preference"}),
    ("goal", "unknown", {"project.goal": "unknown"}),
    ("data-licence", "没有", {"data[0].license": "LicenseRef-internal"}),
    ("data-licence", "Apache-2.0 AND GPL-2.0-only", {"data[0].license": "Apache-2.0 AND GPL-2.0-only"}),
    ("learning-rate", "1e-5", {"training.learning_rate": 1e-5}),
    ("host-memory", "512G 内存", {"hardware.host_memory": "512GB"}),
]


@pytest.mark.parametrize(("name", "text", "values"), READ, ids=[f"{row[0]}-{row[1]}" for row in READ])
def test_read(
    questions: dict[str, Question], knowledge: Knowledge, name: str, text: str, values: dict[str, Any]
) -> None:
    assert dict(read_answer(questions[name], text, knowledge).values) == values


ASKED_BACK: list[tuple[str, str, str, list[str]]] = [
    (
        "device", "8 张 V100", "`V100` is not one device. Nearest are:",
        ["v100-16g-pcie (Tesla V100 16GB PCIe)", "v100-16g-sxm2 (Tesla V100 16GB SXM2)",
         "v100-32g-pcie (Tesla V100 32GB PCIe)", "v100-32g-sxm2 (Tesla V100 32GB SXM2)",
         "v100-32g-sxm3 (Tesla V100 32GB SXM3)"],
    ),
    (
        "device", "eight V100s", "`V100s` is not one device. Nearest are:",
        ["v100s-32g-pcie (Tesla V100S 32GB PCIe)", "v100-16g-pcie (Tesla V100 16GB PCIe)",
         "v100-16g-sxm2 (Tesla V100 16GB SXM2)", "v100-32g-pcie (Tesla V100 32GB PCIe)",
         "v100-32g-sxm2 (Tesla V100 32GB SXM2)", "v100-32g-sxm3 (Tesla V100 32GB SXM3)"],
    ),
    ("device", "寒武纪", "`寒武纪` is not one device. Nearest are:", ["mlu370-x8", "mlu590-m9"]),
    (
        "model", "qwen 7b", "`qwen 7b` may mean several things:",
        ["qwen-7b", "qwen2-7b", "qwen1.5-7b", "qwen2.5-7b", "qwen2.5-math-7b", "qwen2.5-coder-7b"],
    ),
    ("data-size", "12.3B", "`12.3B` may mean several things:", ["12.3B tokens", "12.3B samples"]),
    ("data-size", "50M", "`50M` may mean several things:", ["50MB", "50M tokens", "50M samples"]),
    ("data-kind", "code", "`code` may mean several things:", ["our own code", "public code"]),
    (
        "method", "微调", "`微调` may mean several things:",
        ["LoRA: train small adapters", "QLoRA: LoRA on a base kept in 4 bits",
         "full fine-tuning on questions and answers"],
    ),
    ("use", "卖给客户", "`卖给客户` may mean several things:",
     ["customers, as a service that we run", "customers, who get the weights"]),
    (
        "budget", "100000",
        "`100000` is no amount of money. Write it with its currency, like 100000 CNY, 10万元 or $20k."
        " Did you mean `100000 CNY`?",
        ["100000 CNY"],
    ),
    ("data-share", "30", "`30` is no share. Write it like 30% or 0.3. Did you mean `30%`?", ["30%"]),
    ("sensitivity", "不是机密", "`不是机密` is none of these, or says more than one. Write the number of one, 1 to 4.",
     []),
    ("method", "9", "There is no choice 9; they end at 8.", []),
    ("requirements", "国产",
     "`国产` may be one of: domestic hardware, domestic model. Write the numbers of those you mean.",
     []),
    ("on-call", "maybe", "`maybe` is neither yes nor no.", []),
    ("title", "a\x1b[31m", "`a\\u001b[31m` holds a control character; write it without.", []),
    ("title", "x" * 2001, "The text is longer than 2,000 characters.", []),
    ("count", "0", "`0` is outside the range 1 to 10,000,000.", []),
    (
        "device", "qqqqqq",
        "`qqqqqq` is not in the knowledge base. `advisor knowledge list devices` lists what is.", [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "says", "offers"), ASKED_BACK, ids=[f"{row[0]}-{row[1][:12]!r}" for row in ASKED_BACK]
)
def test_asked_back(
    questions: dict[str, Question], knowledge: Knowledge, name: str, text: str, says: str, offers: list[str]
) -> None:
    with pytest.raises(Refusal) as caught:
        read_answer(questions[name], text, knowledge)
    assert caught.value.text("en") == says
    assert [offer.label.en for offer in caught.value.offers] == offers


def test_an_offer_keeps_what_else_was_said(questions: dict[str, Question], knowledge: Knowledge) -> None:
    with pytest.raises(Refusal) as caught:
        read_answer(questions["device"], "8 张 V100", knowledge)
    assert dict(caught.value.offers[3].values) == {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("?", "explain"), ("？", "explain"), ("<", "back"), ("＜", "back"), ("《", "back"), ("-", "skip"),
        ("－", "skip"), ("——", "skip"), ("不知道", "skip"), ("我不知道。", "skip"), ("I don't know", "skip"),
        ("q", "quit"), ("退出", "quit"),
        ("8", None), ("没有", None), ("none", None), ("unknown", None),
    ],
)  # fmt: skip
def test_commands(text: str, command: str | None) -> None:
    assert command_of(text) == command


@pytest.mark.parametrize(
    ("name", "value", "lang", "shown"),
    [
        ("budget", "100000 CNY", "zh", "10 万元"),
        ("budget", "100000 CNY", "en", "100,000 CNY"),
        ("deadline", "3 months", "zh", "3 个月"),
        ("deadline", "1 week", "en", "1 week"),
        ("device", "v100-32g-sxm2", "en", "v100-32g-sxm2 (Tesla V100 32GB SXM2)"),
        (
            "requirements",
            ["domestic-hardware", "air-gapped"],
            "zh",
            "国产硬件（domestic-hardware）、物理隔离（air-gapped）",
        ),
        ("requirements", [], "en", "none"),
        ("on-call", False, "zh", "否"),
        ("title", "a\u001b[31mb", "en", "a\\u001b[31mb"),
    ],
)
def test_shown(
    questions: dict[str, Question], knowledge: Knowledge, name: str, value: object, lang: Language, shown: str
) -> None:
    assert shown_answer(questions[name], value, lang, knowledge) == shown
