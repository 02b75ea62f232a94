"""What people say, and what a plan holds then; what may mean several things is asked back, never guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from advisor.entries.base import Knowledge, load_knowledge
from advisor.questionnaire.phrases import command_of, read_answer, shown_answer
from advisor.questionnaire.question import Question, questions_of
from advisor.questionnaire.reading import Refusal
from advisor.words import Language

DAY = date(2026, 11, 22)


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
    ("device", "8卡V100 32G", {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}),
    ("device", "我们有8张V100（32G）。", {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}),
    ("device", "8xA100 80G", {"hardware.device": "a100-80g-sxm", "hardware.count": 8}),
    ("device", "８ｘＡ１００　８０Ｇ", {"hardware.device": "a100-80g-sxm", "hardware.count": 8}),
    ("device", "V100-32G x 8", {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}),
    ("device", "eight H100s", {"hardware.device": "h100-sxm", "hardware.count": 8}),
    ("device", "一万张 H100", {"hardware.device": "h100-sxm", "hardware.count": 10000}),
    ("device", "V100S", {"hardware.device": "v100s-32g-pcie"}),
    ("device", "RTX A6000", {"hardware.device": "rtxa6000"}),
    ("device", "4090", {"hardware.device": "rtx4090"}),
    ("device", "8 4090", {"hardware.device": "rtx4090", "hardware.count": 8}),
    ("device", "4090两张", {"hardware.device": "rtx4090", "hardware.count": 2}),
    ("device", "就一张3090吧", {"hardware.device": "rtx3090", "hardware.count": 1}),
    ("device", "单卡4090", {"hardware.device": "rtx4090", "hardware.count": 1}),
    ("device", "一张 RTX 4090 24G", {"hardware.device": "rtx4090", "hardware.count": 1}),
    ("device", "4090 48G", {"hardware.device": "rtx4090-48g"}),
    ("device", "魔改 2080ti 22g", {"hardware.device": "rtx2080ti-22g"}),
    ("device", "两张 2080 Ti", {"hardware.device": "rtx2080ti", "hardware.count": 2}),
    ("device", "910B八卡", {"hardware.device": "ascend910b3", "hardware.count": 8}),
    ("device", "华为昇腾910B", {"hardware.device": "ascend910b3"}),
    ("device", "一台 DGX-1", {"hardware.device": "sys-dgx1-v100", "hardware.count": 1}),
    ("device", "a DGX-1", {"hardware.device": "sys-dgx1-v100", "hardware.count": 1}),
    ("device", "DGX A100 8卡", {"hardware.device": "sys-dgx-a100-640", "hardware.count": 1}),
    ("device", "两台8卡 DGX A100", {"hardware.device": "sys-dgx-a100-640", "hardware.count": 2}),
    ("device", "两台8卡A100 80G",
     {"hardware.device": "a100-80g-sxm", "hardware.count": 16, "hardware.nodes": 2}),
    ("device", "2 nodes of 8 A100 80G",
     {"hardware.device": "a100-80g-sxm", "hardware.count": 16, "hardware.nodes": 2}),
    ("device", "一台八卡 4090 服务器", {"hardware.device": "rtx4090", "hardware.count": 8, "hardware.nodes": 1}),
    ("model", "7B", {"model.parameters": "7B"}),
    ("model", "30b", {"model.parameters": "30B"}),
    ("model", "大概 30B 左右", {"model.parameters": "30B"}),
    ("model", "一个 30B 的国产模型", {"model.parameters": "30B"}),
    ("model", "１３Ｂ", {"model.parameters": "13B"}),
    ("model", "300亿", {"model.parameters": "30B"}),
    ("model", "三百亿参数", {"model.parameters": "30B"}),
    ("model", "Qwen/Qwen2.5-7B-Instruct", {"model.name": "Qwen/Qwen2.5-7B-Instruct"}),
    ("model", "qwen2.5 7b", {"model.name": "qwen2.5-7b"}),
    ("model", "通义千问2.5 7B", {"model.name": "qwen2.5-7b"}),
    ("model", "千问3 8B", {"model.name": "qwen3-8b"}),
    ("model", "我们想用千问2.5的7B版本", {"model.name": "qwen2.5-7b"}),
    ("model", "Qwen2.5 72B 指令版", {"model.name": "qwen2.5-72b"}),
    ("model", "deepseek v3", {"model.name": "deepseek-v3"}),
    ("model", "llama 3 8b", {"model.name": "llama-3-8b"}),
    ("model", "qwen2.5-7b@main", {"model.name": "qwen2.5-7b@main"}),
    ("data-size", "50G 代码", {"data[0].size": "50GB"}),
    ("data-size", "大概50个G的代码吧", {"data[0].size": "50GB"}),
    ("data-size", "约 50 GB", {"data[0].size": "50GB"}),
    ("data-size", "120亿 token", {"data[0].tokens": "12B tokens"}),
    ("data-size", "1万条", {"data[0].samples": 10000}),
    ("data-size", "3000 条样本", {"data[0].samples": 3000}),
    ("data-size", "5万条问答对", {"data[0].samples": 50000}),
    ("data-size", "a million samples", {"data[0].samples": 1000000}),
    ("data-kind", "50G 私有代码", {"data[0].kind": "private-code", "data[0].size": "50GB"}),
    ("data-kind", "我们有50G的内部代码", {"data[0].kind": "private-code", "data[0].size": "50GB"}),
    ("data-kind", "3000条问答对", {"data[0].kind": "instructions", "data[0].samples": 3000}),
    ("data-kind", "our own code", {"data[0].kind": "private-code"}),
    ("data-source", "网上爬的", {"data[0].source": "public"}),
    ("data-source", "GPT-4 生成", {"data[0].source": "model-generated"}),
    ("data-share", "三成", {"data[0].share": "30%"}),
    ("data-share", "百分之三十", {"data[0].share": "30%"}),
    ("data-share", "大约一半", {"data[0].share": "50%"}),
    ("data-share", "不掺", {"data[0].share": "100%"}),
    ("budget", "10万", {"project.budget": "100000 CNY"}),
    ("budget", "十万元。", {"project.budget": "100000 CNY"}),
    ("budget", "10 万左右", {"project.budget": "100000 CNY"}),
    ("budget", "预算不超过10万", {"project.budget": "100000 CNY"}),
    ("budget", "１０ｗ", {"project.budget": "100000 CNY"}),
    ("budget", "$20k", {"project.budget": "20000 USD"}),
    ("budget", "about twenty thousand dollars", {"project.budget": "20000 USD"}),
    ("deadline", "三个月", {"project.deadline": "3 months"}),
    ("deadline", "within 2 weeks", {"project.deadline": "2 weeks"}),
    ("deadline", "three months or so", {"project.deadline": "3 months"}),
    ("deadline", "半年", {"project.deadline": "6 months"}),
    ("deadline", "half a year", {"project.deadline": "6 months"}),
    ("deadline", "一个半月", {"project.deadline": "46 days"}),
    ("deadline", "年底前", {"project.deadline": "39 days"}),
    ("deadline", "2027年3月1日", {"project.deadline": "99 days"}),
    ("deadline", "by the end of March", {"project.deadline": "129 days"}),
    ("count", "八张卡", {"hardware.count": 8}),
    ("count", "eight", {"hardware.count": 8}),
    ("count", "a dozen", {"hardware.count": 12}),
    ("count", "单卡", {"hardware.count": 1}),
    ("count", "两台8卡", {"hardware.count": 16, "hardware.nodes": 2}),
    ("count", "2x8", {"hardware.count": 16, "hardware.nodes": 2}),
    ("tenure", "借的", {"hardware.tenure": "owned"}),
    ("tenure", "阿里云上租", {"hardware.tenure": "rent"}),
    ("sequence", "8k", {"training.sequence_length": 8192}),
    ("sequence", "4 K", {"training.sequence_length": 4096}),
    ("engineers", "没有", {"project.team.engineers": 0}),
    ("engineers", "半个", {"project.team.engineers": 0.5}),
    ("engineers", "两个人", {"project.team.engineers": 2}),
    ("engineers", "就我一个人", {"project.team.engineers": 1}),
    ("on-call", "是", {"project.team.on_call": True}),
    ("on-call", "有，我自己", {"project.team.on_call": True}),
    ("on-call", "没有", {"project.team.on_call": False}),
    ("requirements", "1 3", {"project.requirements": ["domestic-hardware", "on-premises"]}),
    ("requirements", "1-3", {"project.requirements": ["domestic-hardware", "domestic-model", "on-premises"]}),
    ("requirements", "私有化部署和信创", {"project.requirements": ["on-premises", "domestic-hardware"]}),
    ("requirements", "on-premises and air-gapped", {"project.requirements": ["on-premises", "air-gapped"]}),
    ("requirements", "不能用外部 API", {"project.requirements": ["no-external-api"]}),
    ("requirements", "没有", {"project.requirements": []}),
    ("requirements", "没有特别要求", {"project.requirements": []}),
    ("requirements", "all", {"project.requirements":
        ["domestic-hardware", "domestic-model", "on-premises", "no-external-api", "air-gapped"]}),
    ("regions", "中国、DE", {"project.regions": ["CN", "DE"]}),
    ("regions", "日本、新加坡", {"project.regions": ["JP", "SG"]}),
    ("regions", "只在国内", {"project.regions": ["CN"]}),
    ("regions", "UK and Germany", {"project.regions": ["GB", "DE"]}),
    ("evaluation", "humaneval、人工盲测 200 题", {"project.evaluation": ["humaneval", "人工盲测 200 题"]}),
    ("method", "我们想做 LoRA", {"training.method": "lora"}),
    ("method", "lora微调", {"training.method": "lora"}),
    ("method", "持续预训练一下", {"training.method": "continued-pretraining"}),
    ("method", "二次预训练", {"training.method": "continued-pretraining"}),
    ("method", "不训练", {"training.method": "none"}),
    ("method", "用 RAG，不训练", {"training.method": "none"}),
    ("method", "dpo", {"training.method": "preference"}),
    ("method", "第2个吧", {"training.method": "lora"}),
    ("method", "option 5", {"training.method": "continued-pretraining"}),
    ("goal", "unknown", {"project.goal": "unknown"}),
    ("data-licence", "自己写的", {"data[0].license": "LicenseRef-internal"}),
    ("data-licence", "没有许可证", {"data[0].license": "LicenseRef-none"}),
    ("data-licence", "Apache-2.0 AND GPL-2.0-only", {"data[0].license": "Apache-2.0 AND GPL-2.0-only"}),
    ("data-licence", "Apache 2.0 和 GPL", {"data[0].license": "Apache-2.0 AND GPL-2.0-only"}),
    ("data-licence", "apache, bsd-3-clause, 木兰", {"data[0].license": "Apache-2.0 AND BSD-3-Clause AND MulanPSL-2.0"}),
    ("data-licence", "(MIT OR Apache-2.0) AND GPL-2.0-only",
     {"data[0].license": "(MIT OR Apache-2.0) AND GPL-2.0-only"}),
    ("use", "先内部用", {"project.use": "internal"}),
    ("use", "开源", {"project.use": "weights-to-customers"}),
    ("sensitivity", "不能出公司", {"project.sensitivity": "confidential"}),
    ("environment", "公司机房", {"project.environment": "bare-metal"}),
    ("learning-rate", "1e-5", {"training.learning_rate": 1e-5}),
    ("host-memory", "每台 512G 内存", {"hardware.host_memory": "512GB"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "values"), READ, ids=[f"{row[0]}-{row[1]}" for row in READ])
def test_read(
    questions: dict[str, Question], knowledge: Knowledge, name: str, text: str, values: dict[str, Any]
) -> None:
    assert dict(read_answer(questions[name], text, knowledge, DAY).values) == values


V100S = ["v100-16g-pcie (Tesla V100 16GB PCIe)", "v100-16g-sxm2 (Tesla V100 16GB SXM2)",
         "v100-32g-pcie (Tesla V100 32GB PCIe)", "v100-32g-sxm2 (Tesla V100 32GB SXM2)",
         "v100-32g-sxm3 (Tesla V100 32GB SXM3)"]  # fmt: skip
ASKED_BACK: list[tuple[str, str, str, list[str]]] = [
    ("device", "8 张 V100", "`V100` is not one device. Nearest are:", V100S),
    ("device", "eight V100s", "`V100s` is not one device. Nearest are:",
     ["v100s-32g-pcie (Tesla V100S 32GB PCIe)", *V100S]),
    ("device", "寒武纪", "`寒武纪` is not one device. Nearest are:", ["mlu370-x8", "mlu590-m9"]),
    ("device", "0张V100", "`0` is no number of cards; whole numbers from 1 on.", []),
    ("device", "8.5 张 V100", "`8.5` is no number of cards; whole numbers from 1 on.", []),
    ("device", "12 卡 DGX A100",
     "sys-dgx-a100-640 (DGX A100 640GB (8x A100 80GB)) holds 8 cards, and so many make no whole machines. Write how "
     "many machines.", []),
    ("device", "V100 16G x4 和 4090 x2",
     "A plan is computed for one kind of card. Write the one that shall be used, and how many.", []),
    ("device", "阿里云上租",
     "Which card would be rented there? For example 8 x A800 80G.", []),
    ("device", "没有卡",
     "Without cards of your own, write those that would be rented or bought, such as 8 x A800 80G.", []),
    ("model", "qwen 7b", "`qwen 7b` may mean several things:",
     ["qwen-7b", "qwen2-7b", "qwen1.5-7b", "qwen2.5-7b", "qwen2.5-math-7b", "qwen2.5-coder-7b"]),
    ("model", "14B的千问", "`14B的千问` may mean several things:",
     ["qwen-14b", "qwen3-14b", "qwen1.5-14b", "qwen2.5-14b", "qwen2.5-coder-14b"]),
    ("model", "百亿参数", "`百亿参数` is nothing to compute with. Write one number, however rough.", ["10B"]),
    ("model", "7", "`7` lacks its unit. Which is meant?", ["7B"]),
    ("model", "GPT-4",
     "The weights of this model are not public, so it can be neither trained nor deployed. Name an open model or a "
     "size such as 32B.", []),
    ("data-size", "12.3B", "`12.3B` may mean several things:", ["12.3B tokens", "12.3B samples"]),
    ("data-size", "50M", "`50M` may mean several things:", ["50MB", "50M tokens", "50M samples"]),
    ("data-size", "几十个G", "`几十个G` is nothing to compute with. Write one number, however rough.", []),
    ("data-size", "100 万行代码",
     "Lines, files and words are not enough to tell the amount. Write how much room it takes, such as 50GB "
     "(`du -sh FOLDER` tells it).", []),
    ("data-size", "50G代码和10G文档",
     "Write one amount, in bytes (50GB), tokens (12B tokens) or samples (10000 samples). Further data goes into the "
     "plan file.", []),
    ("data-kind", "code", "`code` may mean several things:", ["our own code", "public code"]),
    ("data-kind", "1和3", "Only one can be taken here. Write the number of the one that matters most.", []),
    ("method", "微调", "`微调` may mean several things:",
     ["LoRA: train small adapters", "QLoRA: LoRA on a base kept in 4 bits",
      "full fine-tuning on questions and answers"]),
    ("method", "全参训练", "`全参训练` may mean several things:",
     ["full fine-tuning on questions and answers", "continued pre-training on plain code or text"]),
    ("method", "LoRA or QLoRA", "`LoRA or QLoRA` may mean several things:",
     ["LoRA: train small adapters", "QLoRA: LoRA on a base kept in 4 bits"]),
    ("use", "卖给客户", "`卖给客户` may mean several things:",
     ["customers, as a service that we run", "customers, who get the weights (or anybody, if they are published)"]),
    ("budget", "100000", "`100000` lacks its unit. Which is meant?", ["100,000 CNY", "100,000 USD", "100,000 EUR"]),
    ("budget", "10-20万", "`10-20万` is a range. Which end shall count?", ["100,000 CNY", "200,000 CNY"]),
    ("budget", "$10-20k", "`$10-20k` is a range. Which end shall count?", ["10,000 USD", "20,000 USD"]),
    ("budget", "十几万", "`十几万` is nothing to compute with. Write one number, however rough.", []),
    ("budget", "每月1万", "Write the sum for the whole project, such as 100000 CNY.", []),
    ("budget", "没有预算", "No money at all is 0. Without a limit, or before one is set, Enter.", []),
    ("deadline", "3", "`3` lacks its unit. Which is meant?", ["3 months", "3 weeks", "3 days"]),
    ("deadline", "两三个月", "`两三个月` is a range. Which end shall count?", ["2 months", "3 months"]),
    ("deadline", "明年3月", "`明年3月` is a whole month. Until when?",
     ["until 2027-03-01, 99 days from today", "until 2027-03-31, 129 days from today"]),
    ("deadline", "2026-01-31", "2026-01-31 is past or today; today is 2026-11-22.", []),
    ("deadline", "尽快", "Without a fixed date, Enter; else a time such as 3 months, or a date.", []),
    ("deadline", "春节前", "Write the date itself, or the time until then, such as 6 weeks.", []),
    ("data-share", "30", "`30` is no share. Write it like 30% or 0.3. Did you mean `30%`?", ["30%"]),
    ("data-licence", "没有", "`没有` may mean several things:",
     ["none, it is all our own work", "public but without any licence"]),
    ("data-licence", "Apache 和 foo",
     "`foo` is no licence that is known. Write its SPDX name, such as BSD-3-Clause, a number from above, or Enter "
     "where it is not known.", []),
    ("requests", "100 人",
     "Not users and not requests a second, but how many requests are being answered at the same moment at the busiest "
     "time.", []),
    ("sensitivity", "不是机密",
     "`不是机密` is none of these. Write the number of the nearest, 1 to 4; ? explains.", []),
    ("method", "9", "There is no choice 9; they end at 8.", []),
    ("requirements", "国产",
     "`国产` may be one of: domestic hardware, domestic model. Write the numbers of those you mean.", []),
    ("requirements", "等保三级",
     "That is a matter for compliance and not judged by this question. Write the numbers of those that apply, or "
     '"none".', []),
    ("on-call", "maybe", "`maybe` is neither yes nor no.", []),
    ("title", "a\x1b[31m", "`a\\u001b[31m` holds a control character; write it without.", []),
    ("title", "x" * 2001, "The text is longer than 2,000 characters.", []),
    ("budget", "1" * 201, "The text is longer than 200 characters.", []),
    ("count", "0", "`0` is outside the range 1 to 10,000,000.", []),
    ("device", "qqqqqq",
     "`qqqqqq` is not in the knowledge base. `advisor knowledge list devices` lists what is.", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "says", "offers"), ASKED_BACK, ids=[f"{row[0]}-{row[1][:12]!r}" for row in ASKED_BACK]
)
def test_asked_back(
    questions: dict[str, Question], knowledge: Knowledge, name: str, text: str, says: str, offers: list[str]
) -> None:
    with pytest.raises(Refusal) as caught:
        read_answer(questions[name], text, knowledge, DAY)
    assert caught.value.text("en") == says
    assert [offer.label.en for offer in caught.value.offers] == offers


def test_an_offer_keeps_what_else_was_said(questions: dict[str, Question], knowledge: Knowledge) -> None:
    with pytest.raises(Refusal) as caught:
        read_answer(questions["device"], "8 张 V100", knowledge, DAY)
    assert dict(caught.value.offers[3].values) == {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("?", "explain"), ("？", "explain"), ("<", "back"), ("＜", "back"), ("《", "back"), ("-", "skip"),
        ("－", "skip"), ("——", "skip"), ("不知道", "skip"), ("我不知道。", "skip"), ("I don't know", "skip"),
        ("还没定", "skip"), ("随便吧", "skip"), ("都行", "skip"), ("not decided yet", "skip"), ("any", "skip"),
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
