"""Random walks through a whole conversation, commands and all: they end, and what they wrote is a plan that loads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.entries.base import load_knowledge
from advisor.library import load_advisor
from advisor.plan.read import read_plan, write_plan
from advisor.questionnaire.conversation import Conversation
from advisor.questionnaire.interview import Accepted, Interview
from advisor.questionnaire.question import questions_of
from advisor.words import Language

DAY = date(2026, 11, 22)
KNOWLEDGE = load_knowledge()
QUESTIONS = questions_of(KNOWLEDGE)
SAID = st.one_of(
    st.sampled_from(
        ["", "", "1", "2", "3", "4", "5", "8", "?", "<", "-", "99", "不知道", "没有", "none", "随便", "lora",
         "持续预训练", "不训练", "7B", "qwen2.5 7b", "千问14B", "8 张 V100", "两台8卡A100 80G", "一台 DGX-1",
         "4090两张", "50G 代码",
         "3000条问答对", "1万条", "30%", "10万", "10-20万", "100000", "三个月", "年底前", "明年3月", "卖给客户", "中国",
         "信创、国产模型", "1-3", "all", "有", "是", "两个人", "半个", "盲测"]
    ),
    st.text(st.characters(exclude_characters="{}"), max_size=8),
)  # fmt: skip
SURE = {"method": "lora", "model": "7B", "device": "2 x 4090", "count": "2"}


class Person:
    """Says what was drawn, and after that only what is needed to come to an end."""

    def __init__(self, said: list[str], patience: int = 400) -> None:
        self.said, self.patience = said, patience
        self.interview: Interview | None = None

    def hear(self) -> str:
        self.patience -= 1
        assert self.patience > 0, "the conversation does not end"
        if self.said:
            return self.said.pop(0)
        assert self.interview is not None
        question = self.interview.next_question()
        return SURE.get(question.id, "") if question and self.interview.value_of(question) is None else ""


@settings(max_examples=40, deadline=None)
@given(
    said=st.lists(SAID, max_size=50),
    lang=st.sampled_from(["en", "zh"]),
    expert=st.booleans(),
    width=st.sampled_from([30, 60, 100]),
)
def test_a_walk_ends_in_a_plan_that_loads(said: list[str], lang: Language, expert: bool, width: int) -> None:
    person, told, kept = Person(said), list[str](), dict[str, Any]()
    person.interview = Interview(QUESTIONS, KNOWLEDGE, today=DAY, expert=expert)

    def save(values: Mapping[str, Any]) -> None:
        kept.clear()
        kept.update(values)

    talk = Conversation(person.interview, lang, told.append, person.hear, save, lambda values: None, width)
    assert talk.run() in {"check", "stop"}
    if person.interview.missing():
        return  # stopped in the middle; what was said so far is kept
    plan = person.interview.plan_values()
    read_plan(write_plan(plan).encode(), "walk.yaml")
    assert Interview(QUESTIONS, KNOWLEDGE, kept, today=DAY).plan_values() == plan
    assert not [line for line in told if "{" in line or "\x1b" in line]  # a place that was not filled, a colour


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(said=st.lists(SAID, min_size=5, max_size=40), lang=st.sampled_from(["en", "zh"]))
def test_whatever_is_answered_can_be_judged(said: list[str], lang: Language) -> None:
    person = Person(said)
    person.interview = Interview(QUESTIONS, KNOWLEDGE, today=DAY)
    advisor = load_advisor()

    def foretell(values: Mapping[str, Any]) -> Any:
        return advisor.judge(read_plan(write_plan(values).encode(), "walk.yaml"), DAY)

    assert Conversation(person.interview, lang, lambda line: None, person.hear, lambda values: None, foretell).run()


LONGEST = {
    "model": "7B", "device": "4090", "count": "2", "data-kind": "our own code", "data-size": "1000 samples",
    "data-source": "written by a model", "use": "4", "engineers": "2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "shortest", "longest"),
    [
        ("none", 17, 19), ("lora", 18, 22), ("qlora", 18, 22), ("full-finetuning", 21, 26),
        ("continued-pretraining", 21, 26), ("from scratch", 21, 26), ("preference", 21, 26), ("rl", 21, 26),
    ],
)  # fmt: skip
def test_how_many_questions_there_are(method: str, shortest: int, longest: int) -> None:
    for answers, count in (({"model": "7B", "device": "2 x 4090"}, shortest), (LONGEST, longest)):
        talk, asked = Interview(QUESTIONS, KNOWLEDGE, today=DAY), 0
        while (question := talk.next_question()) is not None:
            said = ({"method": method} | answers).get(question.id)
            assert isinstance(talk.answer(said) if said else talk.skip(), Accepted)
            asked += 1
        assert asked == count
