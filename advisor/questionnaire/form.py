"""The form of a question, for those whose questions nobody has checked yet: every mistake is named with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from advisor.entries.base import Knowledge
from advisor.plan.source import Problem, Unreadable, shown
from advisor.plan.values import ListOf, RefusedError
from advisor.questionnaire.places import leaf_of
from advisor.questionnaire.question import UNKNOWN, Kind, Question, Scalar, Section, question_from

_Comparison = Literal["gt", "gte", "lt", "lte", "ne", "stated"]
_Condition = Scalar | list[Scalar] | dict[_Comparison, Scalar]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Text(_Form):
    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class _Choice(_Form):
    value: Scalar
    says: _Text
    words: list[str] = []


class _Default(_Form):
    value: Scalar
    because: _Text


class _Hint(_Form):
    to: list[str] = []
    says: _Text


class _Question(_Form):
    section: Section
    name: _Text
    kind: Kind
    paths: list[str] = Field(min_length=1)
    ask: _Text
    why: _Text
    choices: list[_Choice] = []
    default: _Default | None = None
    when: dict[str, _Condition] = {}
    required: bool | dict[str, _Condition] = False
    open: bool = False
    expert: bool | dict[str, _Condition] = False
    also: list[str] = []
    stated_by: list[list[str]] = []
    clears: list[str] = []
    fillers: list[str] = []
    words: dict[str, str] = {}
    hints: list[_Hint] = []
    undecided: _Text | None = None


def checked_questions(knowledge: Knowledge) -> tuple[Question, ...]:
    """All questions in their order, checked. Raises Unreadable with every mistake."""
    problems: list[Problem] = []
    found: list[Question] = []
    seen: set[str] = set()
    for name, raw in knowledge.raw["questions"].items():
        try:
            _Question.model_validate({key: raw[key] for key in raw if key != "_from"})
        except ValidationError as error:
            problems += [_problem(name, row["loc"], row["msg"]) for row in error.errors(include_url=False)]
            continue
        question = question_from(name, raw)
        problems += list(_mistakes(question, seen))
        seen |= {*question.paths, *question.also}
        found.append(question)
    if problems:
        raise Unreadable(problems)
    return tuple(found)


def _problem(name: str, place: tuple[int | str, ...], reason: object) -> Problem:
    where = ".".join([name, *map(str, place)])
    return Problem("knowledge/questions", 1, 1, where, "knowledge.bad-value", {"reason": reason})


def _mistakes(question: Question, asked_before: set[str]) -> Iterator[Problem]:
    """What the form alone cannot tell: places that no plan has, and values that its reader refuses."""
    required = question.required if isinstance(question.required, Mapping) else {}
    expert = question.expert if isinstance(question.expert, Mapping) else {}
    together = [path for group in question.stated_by for path in group]
    places = [*question.paths, *together, *question.also, *question.when, *required, *expert]
    missing = [path for path in places if leaf_of(path) is None]
    yield from (_problem(question.id, (path,), "a plan has no such field") for path in missing)
    for path in (*question.when, *required, *expert):
        if path not in asked_before and path not in missing:
            yield _problem(question.id, ("when", path), "no earlier question asks for this field")
    if missing:
        return
    leaf = leaf_of(question.path)
    item = leaf.item if isinstance(leaf, ListOf) else leaf
    assert item is not None  # noqa: S101 - a field without a reader is missing
    offered = {str(choice.value): choice.value for choice in question.choices}
    if question.default and question.default.value != UNKNOWN:
        offered["default"] = question.default.value
    for name, value in offered.items():
        try:
            item.read(value)
        except RefusedError:
            yield _problem(question.id, ("choices", name), f"the plan refuses {shown(value)} at {question.path}")
    if question.default is None and question.required is not True:
        yield _problem(question.id, ("default",), "a question that may be left open says what is assumed")
