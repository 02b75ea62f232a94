"""One question as data: `knowledge/questions/*.yaml` holds them in the order in which they are asked.

Each names the place in the plan that its answer fills; the plan's own reader of that place says what an answer may be.
Those of the product were checked when it was made; a user's own are checked by `advisor.questionnaire.form`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from difflib import get_close_matches
from typing import Any, Literal

from advisor.entries.base import Knowledge
from advisor.records import dataclass
from advisor.words import Words

Kind = Literal["choice", "quantity", "text", "yes-no", "list", "model", "device", "licence"]
Scalar = bool | int | float | str
Comparison = Literal["gt", "gte", "lt", "lte", "ne", "stated"]
Condition = Scalar | list[Scalar] | dict[Comparison, Scalar]
Section = Literal[
    "goal", "method", "model", "data", "hardware", "training", "serving", "limits", "compliance", "team", "checks"
]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that are offered; `words` are what people also call it."""

    value: Scalar
    says: Words
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Default:
    """What is assumed without an answer: a value of the plan or `unknown`, and what that means."""

    value: Scalar
    because: Words


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said to a refused answer in which one of the words `to` stands; without words, to any."""

    says: Words
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
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
    name: Words
    kind: Kind
    paths: tuple[str, ...]
    ask: Words
    why: Words
    choices: tuple[Choice, ...] = ()
    default: Default | None = None
    when: Mapping[str, Condition] = field(default_factory=dict)
    required: bool | Mapping[str, Condition] = False
    open: bool = False
    expert: bool | Mapping[str, Condition] = False
    also: tuple[str, ...] = ()
    stated_by: tuple[tuple[str, ...], ...] = ()
    clears: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[Hint, ...] = ()
    undecided: Words | None = None

    @property
    def path(self) -> str:
        """The first of the places, which stands for the question."""
        return self.paths[0]


def questions_of(knowledge: Knowledge) -> tuple[Question, ...]:
    """All questions in their order, those of the user's own folders last. Raises Unreadable with every mistake."""
    if knowledge.folders:
        from advisor.questionnaire.form import checked_questions  # noqa: PLC0415 - 0.2 s for the user's own ones

        return checked_questions(knowledge)
    return tuple(question_from(name, raw) for name, raw in knowledge.raw["questions"].items())


def question_from(name: str, raw: Mapping[str, Any]) -> Question:
    """The question that a checked entry describes."""
    values: dict[str, Any] = {key: _frozen(value) for key, value in raw.items() if key != "_from"}
    values |= {key: _words(raw[key]) for key in ("name", "ask", "why", "undecided") if key in raw}
    values["choices"] = tuple(
        Choice(row["value"], _words(row["says"]), tuple(row.get("words", ()))) for row in raw.get("choices", ())
    )
    values["hints"] = tuple(Hint(_words(row["says"]), tuple(row.get("to", ()))) for row in raw.get("hints", ()))
    if "default" in raw:
        values["default"] = Default(raw["default"]["value"], _words(raw["default"]["because"]))
    return Question(id=name, **values)


def _words(raw: Mapping[str, str]) -> Words:
    return Words(raw["en"], raw["zh"])


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


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
