"""One question as data: `knowledge/questions/*.yaml` holds them in the order in which they are asked.

Each names the place in the plan that its answer fills; the plan's own reader of that place says what an answer may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from advisor.entries.base import Knowledge
from advisor.plan.source import Problem, Unreadable, shown
from advisor.plan.values import ListOf, RefusedError
from advisor.questionnaire.places import leaf_of
from advisor.words import Language

Kind = Literal["choice", "quantity", "text", "yes-no", "list", "model", "device", "licence"]
Scalar = bool | int | float | str
Comparison = Literal["gt", "gte", "lt", "lte", "ne", "stated"]
Condition = Scalar | list[Scalar] | dict[Comparison, Scalar]
Section = Literal[
    "goal", "method", "model", "data", "hardware", "training", "serving", "limits", "compliance", "team", "checks"
]
UNKNOWN = "unknown"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(_Form):
    """One text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def text(self, lang: Language) -> str:
        """The text in one language."""
        return self.en if lang == "en" else self.zh


class Choice(_Form):
    """One of the answers that are offered; `words` are what people also call it."""

    value: Scalar
    says: Text
    words: list[str] = []


class Default(_Form):
    """What is assumed without an answer: a value of the plan or `unknown`, and what that means."""

    value: Scalar
    because: Text


class Hint(_Form):
    """What is said to a refused answer in which one of the words `to` stands; without words, to any."""

    to: list[str] = []
    says: Text


class Question(_Form):
    """One question.

    `paths` are the places that an answer may fill, of which it fills one; `also` are filled where the answer says
    them too (`8 x V100`); each group in `stated_by` is of places that together answer the question as well. A new
    answer removes what the places named in `clears` held. `when` must hold for the question to be asked: each place
    is compared with a value, a list of values or a comparison; one that is not answered meets only `ne` and `stated:
    false`. `required` and `expert`, which keeps a question to those who ask for details, are truth values or
    conditions of the same form. `fillers` are words around a quantity that say nothing, `words` are texts to be read
    as others. With `open`, answers beside the choices are taken. `hints` help where an answer is refused, `undecided`
    where a required one is left out.
    """

    id: str
    section: Section
    name: Text
    kind: Kind
    paths: list[str] = Field(min_length=1)
    ask: Text
    why: Text
    choices: list[Choice] = []
    default: Default | None = None
    when: dict[str, Condition] = {}
    required: bool | dict[str, Condition] = False
    open: bool = False
    expert: bool | dict[str, Condition] = False
    also: list[str] = []
    stated_by: list[list[str]] = []
    clears: list[str] = []
    fillers: list[str] = []
    words: dict[str, str] = {}
    hints: list[Hint] = []
    undecided: Text | None = None

    @cached_property
    def path(self) -> str:
        """The first of the places, which stands for the question."""
        return self.paths[0]


def questions_of(knowledge: Knowledge) -> tuple[Question, ...]:
    """All questions in their order, those of the user's own folders last. Raises Unreadable with every mistake."""
    problems: list[Problem] = []
    found: list[Question] = []
    seen: set[str] = set()
    for name, raw in knowledge.raw["questions"].items():
        try:
            question = Question.model_validate({"id": name} | {key: raw[key] for key in raw if key != "_from"})
        except ValidationError as error:
            problems += [_problem(name, row["loc"], row["msg"]) for row in error.errors(include_url=False)]
            continue
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
    required = question.required if isinstance(question.required, dict) else {}
    expert = question.expert if isinstance(question.expert, dict) else {}
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


def holds(condition: Condition, value: object) -> bool:
    """Tell whether the value of a field, None where it is not answered, meets a condition."""
    if isinstance(condition, dict):
        return all(_compares(sign, limit, value) for sign, limit in condition.items())
    if isinstance(condition, list):
        return value in condition
    return value == condition


def _compares(sign: Comparison, limit: Scalar, value: object) -> bool:
    if sign == "stated":
        return (value is not None) == limit
    if sign == "ne":
        return value != limit
    if not isinstance(value, (int, float)) or not isinstance(limit, (int, float)):
        return False
    return {"gt": value > limit, "gte": value >= limit, "lt": value < limit, "lte": value <= limit}[sign]


def nearest_sections(name: str, questions: tuple[Question, ...]) -> tuple[str, ...]:
    """The sections whose names are like this one, else all."""
    known = list(dict.fromkeys(question.section for question in questions))
    return tuple(get_close_matches(name, known, n=2)) or tuple(known)
