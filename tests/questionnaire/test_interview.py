"""The flow without a terminal: order, branches, going back, editing, resuming; every walk ends in a plan that loads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.entries.base import load_knowledge
from advisor.plan.read import load_plan, read_plan, write_plan
from advisor.questionnaire.interview import Accepted, Interview
from advisor.questionnaire.places import leaf_of, value_at
from advisor.questionnaire.question import questions_of
from advisor.questionnaire.reading import Refusal

DAY = date(2026, 11, 22)
ROOT = Path(__file__).parent.parent.parent
KNOWLEDGE = load_knowledge()
QUESTIONS = questions_of(KNOWLEDGE)


def interview(values: Mapping[str, Any] | None = None, **options: Any) -> Interview:
    return Interview(QUESTIONS, KNOWLEDGE, values, today=DAY, **options)


def present(talk: Interview) -> str | None:
    question = talk.next_question()
    return question.id if question else None


def answer_all(talk: Interview, answers: Mapping[str, str]) -> list[str]:
    """Give each question its answer, skipping the others; the ids in the order in which they were asked."""
    asked = []
    while (question := talk.next_question()) is not None:
        asked.append(question.id)
        result = talk.answer(answers[question.id]) if question.id in answers else talk.skip()
        assert isinstance(result, Accepted), (question.id, result)
    return asked


STORY_ZH = {
    "goal": "懂我们的 API", "method": "持续预训练", "model": "30B", "data-kind": "50G 私有代码",
    "data-source": "公司内部",
    "data-licence": "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "device": "八张 V100-32G", "tenure": "已经有了",
    "precision": "fp16", "sequence": "4k", "budget": "10万", "deadline": "三个月",
    "use": "交付权重", "sensitivity": "机密", "environment": "物理机", "requirements": "信创、国产模型、本地部署",
    "regions": "中国", "engineers": "没有",
}  # fmt: skip
STORY_EN = {
    "goal": "know our APIs", "method": "continued pre-training", "model": "30B", "data-kind": "our own code",
    "data-size": "50 GB of code", "data-source": "ours",
    "data-licence": "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "device": "8 x V100 32G",
    "tenure": "we have them", "precision": "fp16", "sequence": "4096",
    "budget": "100000 CNY", "deadline": "3 months", "use": "customers, who get the weights",
    "sensitivity": "confidential", "environment": "bare metal",
    "requirements": "domestic hardware, domestic model and on-premises", "regions": "China", "engineers": "nobody",
}  # fmt: skip
DETAILS = {
    "title": "Our own OpenHarmony code model / 自研 OpenHarmony 代码大模型",
    "data-name": "OpenHarmony 6.0 and in-house applications", "nodes": "1", "disk": "4TB", "host-memory": "512G",
    "epochs": "1",
    "micro-batch": "1", "accumulation": "16", "optimizer": "adamw", "learning-rate": "1e-5", "recompute": "full",
    "sharding": "ZeRO-3", "framework": "deepspeed",
}  # fmt: skip


def stated(plan: object, path: str = "") -> dict[str, Any]:
    """All values of a plan by path, in canonical form."""
    fields: Iterable[tuple[str, Any]] = []
    if hasattr(plan, "model_fields"):
        fields = ((f"{path}.{name}" if path else name, getattr(plan, name)) for name in type(plan).model_fields)
    elif isinstance(plan, tuple) and any(hasattr(item, "model_fields") for item in plan):
        fields = ((f"{path}[{index}]", item) for index, item in enumerate(plan))
    else:
        return {} if plan is None else {path: plan}
    return {name: value for key, inner in fields for name, value in stated(inner, key).items()}


@pytest.mark.parametrize("answers", [STORY_ZH, STORY_EN], ids=["zh", "en"])
def test_the_story(answers: dict[str, str]) -> None:
    talk = interview()
    asked = answer_all(talk, answers)
    assert asked == [
        "goal", "method", "model", "device", "tenure", "precision", "sequence", "data-kind",
        *([] if answers is STORY_ZH else ["data-size"]), "data-source", "data-licence", "data-share", "budget",
        "deadline", "use", "sensitivity", "environment", "requirements", "regions", "engineers", "evaluation",
        "monitoring",
    ]  # fmt: skip
    ours = stated(read_plan(write_plan(talk.plan_values()).encode(), "story.yaml").plan)
    theirs = stated(load_plan(ROOT / "examples/openharmony-30b-v100.yaml").plan)
    assert ours == {path: value for path, value in theirs.items() if path in ours}
    assert set(theirs) - set(ours) == {
        "title", "model.trained_in", "training.optimizer", "training.learning_rate", "training.epochs",
        "training.micro_batch_size", "training.gradient_accumulation", "training.activation_checkpointing",
        "training.sharding", "training.framework", "hardware.nodes", "hardware.disk", "hardware.host_memory",
        "data[0].name",
        "project.team.on_call", "project.team.experience", "claims.memory", "claims.days", "claims.benefit",
    }  # fmt: skip


def test_the_story_with_details() -> None:
    talk = interview(expert=True)
    answer_all(talk, STORY_ZH | DETAILS)
    ours = stated(read_plan(write_plan(talk.plan_values()).encode(), "story.yaml").plan)
    theirs = stated(load_plan(ROOT / "examples/openharmony-30b-v100.yaml").plan)
    assert ours == {path: value for path, value in theirs.items() if path in ours}
    assert set(theirs) - set(ours) == {
        "model.trained_in", "project.team.on_call", "project.team.experience", "claims.memory", "claims.days",
        "claims.benefit",
    }  # fmt: skip


BRANCHES = [
    ("none", {"method": "none"}, {"requests", "context", "retrieval"}, {"data-kind", "precision", "monitoring"}),
    ("lora", {"method": "lora"}, {"data-kind"}, {"precision", "sequence", "context", "requests", "monitoring"}),
    ("dpo", {"method": "dpo"}, {"precision", "sequence", "monitoring"}, {"context", "data-share"}),
    ("sold", {"method": "lora", "use": "4"}, {"regions"}, {"users"}),
    ("inside", {"method": "lora", "use": "1"}, {"sensitivity"}, {"regions"}),
    ("full", {"method": "full-finetuning"}, {"precision", "sequence"}, {"retrieval", "data-share"}),
    ("private", {"method": "full-finetuning", "data-kind": "private-code"}, {"data-share"}, {"data-sample"}),
    ("samples", {"method": "lora", "data-size": "1万条"}, {"data-sample"}, {"data-generator"}),
    ("synthetic", {"method": "lora", "data-source": "synthetic"}, {"data-generator"}, {"data-sample"}),
    ("team", {"method": "lora", "engineers": "2"}, {"experience"}, {"data-sample", "on-call"}),
    ("nobody", {"method": "lora", "engineers": "0"}, {"engineers"}, {"experience", "on-call"}),
    ("no-count", {"method": "lora", "device": "rtx4090", "count": "2"}, {"count"}, {"nodes"}),
]


@pytest.mark.parametrize(("answers", "asked", "not_asked"), [row[1:] for row in BRANCHES], ids=[r[0] for r in BRANCHES])
def test_branches(answers: dict[str, str], asked: set[str], not_asked: set[str]) -> None:
    order = answer_all(interview(), {"model": "7B", "device": "2 x 4090"} | answers)
    assert asked <= set(order)
    assert not_asked.isdisjoint(order)


def test_not_known_is_left_out_of_the_plan() -> None:
    talk = interview()
    answer_all(talk, {"method": "none", "model": "qwen2.5-7b"})
    assert talk.plan_values() == {"version": 1, "model": {"name": "qwen2.5-7b"}, "training": {"method": "none"}}
    assert talk.draft_values()["project"]["budget"] is None


def test_required_questions_are_not_skipped() -> None:
    talk = interview()
    talk.skip()
    refusal = talk.skip()
    assert isinstance(refusal, Refusal)
    assert refusal.text("en") == (
        "Not settled? Take 1 or 2 for now; the end of this conversation names a better way where there is one."
    )
    assert present(talk) == "method"
    assert talk.missing() == ("training.method", "model.name", "hardware.device", "hardware.count")


def test_a_refused_answer_changes_nothing() -> None:
    talk = interview({"training": {"method": "lora"}, "model": {"name": "qwen2.5-7b"}})
    before = talk.draft_values()
    assert present(talk) == "goal"
    assert isinstance(talk.answer("whatever"), Refusal)
    assert talk.draft_values() == before
    assert present(talk) == "goal"


def test_choosing_from_what_was_meant() -> None:
    talk = interview()
    talk.edit("device")
    refusal = talk.answer("8 张 V100")
    assert isinstance(refusal, Refusal)
    assert len(refusal.offers) == 5
    accepted = talk.answer("4")
    assert isinstance(accepted, Accepted)
    assert accepted.filled == {"hardware.device": "v100-32g-sxm2", "hardware.count": 8}


def test_a_number_after_other_words_is_a_number_again() -> None:
    talk = interview({"hardware": {"device": "rtx4090"}})
    talk.edit("device")
    talk.answer("8 张 V100")
    talk.skip()  # required: refused, and the offers are gone
    assert isinstance(talk.answer("4"), Refusal)


def test_back_keeps_the_answer_until_another_is_given() -> None:
    talk = interview()
    talk.answer("style")
    talk.answer("lora")
    assert present(talk) == "model"
    assert talk.back()
    assert present(talk) == "method"
    question = talk.next_question()
    assert question is not None
    assert talk.value_of(question) == "lora"
    assert talk.back()
    assert present(talk) == "goal"
    assert not talk.back()
    assert present(talk) == "goal"
    talk.keep()
    assert present(talk) == "model"
    assert talk.plan_values() == {"version": 1, "project": {"goal": "style"}, "training": {"method": "lora"}}


def test_a_changed_answer_drops_what_it_made_moot() -> None:
    talk = interview(expert=True)
    answer_all(talk, STORY_ZH | {"engineers": "2", "experience": "第一次", "on-call": "是", "host-memory": "512G"})
    talk.edit("method")
    accepted = talk.answer("不训练")
    assert isinstance(accepted, Accepted)
    assert [question.id for question in accepted.dropped] == [
        "host-memory", "precision", "sequence", "data-kind", "data-size", "data-source", "data-licence", "on-call",
    ]  # fmt: skip
    values = talk.plan_values()
    assert "data" not in values
    assert values["training"] == {"method": "none"}
    assert values["project"]["team"] == {"engineers": 2, "experience": "none"}
    assert talk.next_question() is None


def test_dropping_goes_on_until_nothing_is_moot() -> None:
    talk = interview({"training": {"method": "lora"}, "data": [{"samples": 10, "tokens_per_sample": 9}]})
    talk.edit("data-size")
    accepted = talk.answer("50GB")
    assert isinstance(accepted, Accepted)
    assert [question.id for question in accepted.dropped] == ["data-sample"]
    assert talk.plan_values()["data"] == [{"size": "50GB"}]


def test_another_model_takes_the_old_ones_sizes_with_it() -> None:
    talk = interview({"model": {"name": "qwen2.5-7b", "layers": 28, "license": "apache-2.0"}})
    talk.edit("model")
    talk.answer("13B")
    assert talk.plan_values()["model"] == {"parameters": "13B"}


def test_the_same_model_again_keeps_what_is_known_of_it() -> None:
    talk = interview({"model": {"name": "qwen2.5-7b", "license": "apache-2.0"}})
    talk.edit("model")
    talk.answer("qwen2.5-7b")
    assert talk.plan_values()["model"] == {"name": "qwen2.5-7b", "license": "apache-2.0"}


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ({"layers": 28}, True), ({"layers": 28, "hidden_size": 3584}, False), ({"hf_config": "config.json"}, False),
        ({"parameters": "7B"}, False), ({"license": "mit"}, True),
    ],
)  # fmt: skip
def test_a_model_can_be_described_without_a_name(model: dict[str, Any], asked: bool) -> None:
    talk = interview({"model": model, "training": {"method": "none"}})
    assert ("model.name" in talk.missing()) is asked


def test_other_values_of_a_plan_stay() -> None:
    values = {
        "version": 1, "model": {"hf_config": "config.json"}, "training": {"method": "lora", "offload": "none"},
        "data": [{"size": "1GB"}, {"kind": "chat", "samples": 5}], "claims": {"mfu": "45%"},
    }  # fmt: skip
    talk = interview(values)
    answer_all(talk, {"device": "4090", "count": "1"})
    assert talk.plan_values() == values | {"hardware": {"device": "rtx4090", "count": 1}}


def test_resuming_asks_what_was_never_asked() -> None:
    first = interview()
    first.answer("style")
    first.answer("lora")
    first.answer("7B")
    assert present(first) == "device"
    first.answer("4090")
    first.answer("1")
    first.skip()
    second = interview(first.draft_values())
    assert present(second) == present(first) == "data-kind"
    assert second.progress() == first.progress()
    third = interview(first.plan_values())
    assert present(third) == "tenure"


def test_one_section_alone_is_asked_whole() -> None:
    talk = interview({"training": {"method": "lora"}, "data": [{"size": "1GB"}]}, sections=["data"])
    assert answer_all(talk, {"data-kind": "chat"}) == ["data-kind", "data-size", "data-source", "data-licence"]
    assert talk.plan_values()["data"] == [{"kind": "chat"}]


def test_editing_asks_everything_and_keeps_what_is_kept() -> None:
    values = read_values("lora-7b-one-card.yaml")
    talk = interview(values, again=True)
    asked = []
    while (question := talk.next_question()) is not None:
        asked.append(question.id)
        talk.keep()
    assert "learning-rate" in asked  # a detail that the plan states
    assert "accumulation" in asked
    assert "nodes" not in asked
    assert talk.plan_values() == values


def read_values(name: str) -> dict[str, Any]:
    values: dict[str, Any] = load_plan(ROOT / "examples" / name).document.data
    return values


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_plan_gone_through_without_changes_is_the_same_plan(path: Any) -> None:
    before = load_plan(path)
    talk = interview(before.document.data, again=True, expert=True)
    while talk.next_question() is not None:
        talk.keep()
    assert read_plan(write_plan(talk.plan_values()).encode(), "again.yaml").plan == before.plan


WORDS = st.one_of(
    st.sampled_from(
        ["1", "2", "3", "4", "5", "7B", "qwen 7b", "qwen2.5-7b", "8 张 V100", "八张 V100-32G", "4090", "一台 DGX-1",
         "没有", "是", "none", "lora", "50G 代码", "1万条", "12B tokens", "10万", "三个月", "30%", "512G", "0", "中国",
         "1,2", "4k", "两台8卡A100 80G", "年底前", "明年3月", "10-20万", "几十个G", "100000", "3", "all",
         "LoRA or QLoRA", "GPT-4", "Apache 2.0 和 GPL", "50G 私有代码", "１２", "第2个",
         "UK", "4 K", "一", "-1", "0%", "不是",
         "模型生成", "半个", "盲测、自己的用例"]
    ),
    st.text(max_size=12),
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(["answer", "answer", "answer", "answer", "skip", "keep", "back", "edit"]), WORDS),
    max_size=60,
)
START = st.sampled_from([None, *(load_plan(path).document.data for path in sorted((ROOT / "examples").glob("*.yaml")))])
SURE = {"method": "1", "model": "7B", "device": "2 x 4090", "count": "2"}


@settings(max_examples=60, deadline=None)
@given(start=START, steps=STEPS, expert=st.booleans(), again=st.booleans(), word=st.integers(1, 60))
def test_every_walk_ends_in_a_plan_that_loads(
    start: dict[str, Any] | None, steps: list[tuple[str, str]], expert: bool, again: bool, word: int
) -> None:
    talk = interview(start, expert=expert, again=again)
    for step, text in steps:
        question = talk.next_question()
        if step == "back":
            talk.back()
        elif step == "edit":
            talk.edit(QUESTIONS[(word + len(text)) % len(QUESTIONS)].id)
        elif question is None:
            break
        else:
            before = talk.draft_values()
            result = talk.answer(text) if step == "answer" else talk.skip() if step == "skip" else talk.keep()
            if isinstance(result, Refusal):
                assert talk.draft_values() == before
                assert result.text("en")
                assert result.text("zh")
        number, total = talk.progress()
        assert 0 <= number <= total
        # An interrupted conversation goes on where it stood.
        assert Interview(QUESTIONS, KNOWLEDGE, talk.draft_values(), today=DAY).draft_values() == talk.draft_values()
    turns = 0
    while (question := talk.next_question()) is not None:
        turns += 1
        assert turns <= 2 * len(QUESTIONS)
        result = talk.answer(SURE[question.id]) if talk.is_required(question) else talk.keep()
        assert isinstance(result, Accepted)
    assert talk.missing() == ()
    plan = read_plan(write_plan(talk.plan_values()).encode(), "walk.yaml")
    assert value_at(plan.document.data, "version") == 1
    for row in talk.rows():
        assert row.value is None or leaf_of(row.path) is not None
