"""The questions as data: all can be asked, every default is what the advisor assumes, mistakes are named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from advisor.entries.base import Knowledge, load_knowledge, read_folders
from advisor.library import load_advisor
from advisor.plan.model import SECTIONS, Plan
from advisor.plan.read import read_plan, write_plan
from advisor.plan.source import Unreadable
from advisor.questionnaire.form import checked_questions
from advisor.questionnaire.question import holds, questions_of

ROOT = Path(__file__).parent.parent.parent


def test_order_is_that_of_the_file() -> None:
    sections = list(dict.fromkeys(question.section for question in questions_of(load_knowledge())))
    assert sections == [
        "goal", "method", "model", "hardware", "training", "data", "serving", "limits", "compliance", "team", "checks",
    ]  # fmt: skip


def test_those_of_the_product_have_the_form_that_is_demanded_of_others() -> None:
    assert checked_questions(load_knowledge()) == questions_of(load_knowledge())


def test_each_place_is_asked_for_once() -> None:
    paths = [path for question in questions_of(load_knowledge()) for path in question.paths]
    assert len(paths) == len(set(paths))
    assert {path.replace("[0]", "").partition(".")[0] for path in paths} <= {*SECTIONS, *Plan.model_fields}


# What the advisor itself takes where the plan is silent: the conversation promises the same.
SILENT = {
    "version": 1,
    "model": {"name": "qwen2.5-7b"},
    "training": {"method": "lora"},
    "hardware": {"device": "a100-80g-sxm", "count": 1},
    "data": [{"kind": "code", "size": "1GB"}],
}


@pytest.mark.parametrize("name", ["tenure", "epochs", "micro-batch", "optimizer", "recompute", "lora-rank"])
def test_a_default_is_what_the_advisor_assumes(name: str, day: date) -> None:
    question = next(question for question in questions_of(load_knowledge()) if question.id == name)
    judgement = load_advisor().judge(read_plan(write_plan(SILENT).encode(), "silent.yaml"), day)
    assumed = {row.path: row.value for row in judgement.assumptions}
    assert question.default is not None
    assert question.default.value == assumed[question.path]


@pytest.mark.parametrize(
    ("condition", "value", "met"),
    [
        ("lora", "lora", True), ("lora", "qlora", False), ("lora", None, False),
        (["lora", "qlora"], "qlora", True), (["lora"], None, False),
        ({"ne": "none"}, "lora", True), ({"ne": "none"}, "none", False), ({"ne": "none"}, None, True),
        ({"gt": 0}, 1, True), ({"gt": 0}, 0, False), ({"gt": 0}, None, False), ({"gte": 1, "lt": 3}, 3, False),
        ({"stated": True}, 0, True), ({"stated": True}, None, False), ({"stated": False}, None, True),
    ],
)  # fmt: skip
def test_conditions(condition: object, value: object, met: bool) -> None:
    assert holds(condition, value) is met  # type: ignore[arg-type]  # one table for conditions of all forms


OWN = """\
secret-level:
  section: compliance
  name: {en: Level, zh: 等级}
  kind: choice
  paths: [project.sensitivty]
  ask: {en: Which level?, zh: 什么等级？}
  why: {en: Because., zh: 因为。}
  choices: [{value: internal, says: {en: internal}}]
goal:
  choices:
    - {value: fame, says: {en: fame, zh: 名气}}
rank:
  section: training
  name: {en: Rank, zh: 秩}
  kind: quantity
  paths: [training.lora.rank]
  when: {project.evaluation: {stated: true}, training.lora.alpha: 2}
  ask: {en: Which rank?, zh: 秩是多少？}
  why: {en: Because., zh: 因为。}
"""


def test_mistakes_in_questions_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge" / "questions"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    base = Knowledge(read_folders((ROOT / "knowledge", folder.parent)), (str(folder.parent),))
    with pytest.raises(Unreadable) as caught:
        questions_of(base)
    assert [(problem.path, problem.values["reason"]) for problem in caught.value.problems] == [
        ("goal.choices.fame", "the plan refuses fame at project.goal"),
        ("secret-level.choices.0.says.zh", "Field required"),
        ("rank.training.lora.alpha", "a plan has no such field"),
    ]


def test_a_question_of_ones_own_is_asked_last(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge" / "questions"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text(
        """\
engine:
  section: serving
  name: {en: Engine, zh: 推理引擎}
  kind: text
  paths: [serving.engine]
  ask: {en: Which engine serves it?, zh: 用什么推理引擎？}
  why: {en: Our platform team wants to know., zh: 平台组需要知道。}
  default: {value: unknown, because: {en: vLLM, zh: 按 vLLM 估算}}
budget:
  ask: {en: How much may it cost?}
""",
        encoding="utf-8",
    )
    questions = questions_of(Knowledge(read_folders((ROOT / "knowledge", folder.parent)), (str(folder.parent),)))
    assert questions[-1].id == "engine"
    budget = next(question for question in questions if question.id == "budget")
    assert budget.ask.en == "How much may it cost?"
    assert budget.ask.zh == "整个项目有多少预算？如 10万 或 $20k。"
