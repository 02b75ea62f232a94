"""The conversation without its terminal: what is asked next, what an answer changes, what goes back.

All that is known stands in the values of the plan itself; `null` marks what a person was asked and does not know. So
the plan file is the state, and a conversation goes on from it after any interruption.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from advisor.entries.base import Knowledge
from advisor.questionnaire.phrases import read_answer
from advisor.questionnaire.places import is_written, put, read_at, remove, value_at, without_nulls
from advisor.questionnaire.question import Condition, Question, holds
from advisor.questionnaire.reading import Offer, Refusal
from advisor.records import dataclass
from advisor.words import Words


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer that was taken: the question, the values it filled, and the questions whose answers it made moot.

    `note` says how it was understood, where that is not plain from the values.
    """

    question: Question
    filled: Mapping[str, Any]
    dropped: tuple[Question, ...] = ()
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the summary: the question and its value, None where something is assumed."""

    question: Question
    path: str
    value: Any


class Interview:
    """Questions and answers over the values of one plan.

    `values` are those of a plan file, finished or not; they are copied. `today` is the day that dates are seen from.
    `sections` keeps to some sections, whose questions are then all asked, as they are with `again`; `expert` asks for
    details too.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        knowledge: Knowledge,
        values: Mapping[str, Any] | None = None,
        *,
        today: date,
        sections: Collection[str] = (),
        expert: bool = False,
        again: bool = False,
    ) -> None:
        self.knowledge, self.today, self.expert = knowledge, today, expert
        self.values: dict[str, Any] = deepcopy(dict(values or {}))
        self.values.setdefault("version", 1)
        self._all = tuple(questions)
        self._questions = tuple(question for question in questions if not sections or question.section in sections)
        self._stated_before = {question.id for question in questions if self._stated(question) is not None}
        self._pending = {question.id for question in self._questions} if again or sections else set()
        self._past: list[str] = []
        self._chosen: str | None = None
        self.offers: tuple[Offer, ...] = ()

    def _stated(self, question: Question) -> str | None:
        """The place that answers a question, None where none does."""
        groups = [*([path] for path in question.paths), *question.stated_by]
        told = (group for group in groups if all(value_at(self.values, path) is not None for path in group))
        return next(told, [None])[0]

    def question_of(self, path: str) -> Question | None:
        """The question that asks for a place, be it one for experts."""
        return next((question for question in self._all if path in question.paths), None)

    def value_of(self, question: Question) -> Any:
        """The present answer, None where there is none."""
        stated = self._stated(question)
        return None if stated is None else value_at(self.values, stated)

    def is_required(self, question: Question) -> bool:
        """Tell whether no plan can be read without this answer."""
        required = question.required
        return required if isinstance(required, bool) else self._meets(required)

    def _meets(self, conditions: Mapping[str, Any]) -> bool:
        return all(holds(condition, read_at(self.values, path)) for path, condition in conditions.items())

    def applies(self, question: Question) -> bool:
        """Tell whether a question makes sense after the answers before it."""
        return self._meets(question.when)

    def _is_for_experts(self, question: Question) -> bool:
        """Tell whether a question is left out for those who do not ask for details; what a plan states is shown."""
        if self.expert or question.id in self._stated_before or self._stated(question) is not None:
            return False
        expert = question.expert
        return expert if isinstance(expert, bool) else self._meets(expert)

    def _is_settled(self, question: Question) -> bool:
        return question.id not in self._pending and self._is_answered(question)

    def _is_answered(self, question: Question) -> bool:
        if self._stated(question) is not None:
            return True
        return is_written(self.values, question.path) and not self.is_required(question)

    def asked(self) -> tuple[Question, ...]:
        """All questions of this conversation as far as its answers tell, in order."""
        return tuple(
            question for question in self._questions if self.applies(question) and not self._is_for_experts(question)
        )

    def next_question(self) -> Question | None:
        """The question to be asked now, None at the end."""
        asked = self.asked()
        chosen = [question for question in asked if question.id == self._chosen]
        return next(iter(chosen or [question for question in asked if not self._is_settled(question)]), None)

    def progress(self) -> tuple[int, int]:
        """The number of the present question, and how many there are likely to be."""
        now = self.next_question()
        likely = [
            question
            for question in self._questions
            if all(self._may_hold(*row) for row in question.when.items()) and not self._is_for_experts(question)
        ]
        return (likely.index(now) + 1 if now in likely else len(likely)), len(likely)

    def _may_hold(self, path: str, condition: Condition) -> bool:
        """Tell whether a condition holds, or is of a kind that the answer to come usually meets."""
        if isinstance(condition, dict) and not any(
            path in question.paths and self._is_answered(question) for question in self._all
        ):
            return True
        return holds(condition, read_at(self.values, path))

    def answer(self, text: str) -> Accepted | Refusal:
        """Take an answer to the present question, or say why not; nothing is changed then.

        After a refusal with offers, a number chooses from these.
        """
        question = self._present()
        offers, self.offers = self.offers, ()
        number = text.strip()
        if offers and number.isdecimal() and 1 <= int(number) <= len(offers):
            return self._fill(question, offers[int(number) - 1].values)
        try:
            reading = read_answer(question, text, self.knowledge, self.today)
        except Refusal as refusal:
            self.offers = refusal.offers
            return refusal
        return self._fill(question, reading.values, reading.note)

    def keep(self) -> Accepted | Refusal:
        """Leave the present question as it is: its answer stays, and without one it is not known."""
        question = self._present()
        if self._stated(question) is None:
            return self.skip()
        self._done(question)
        return Accepted(question, {})

    def skip(self) -> Accepted | Refusal:
        """Answer the present question with `I don't know`; required ones refuse that."""
        question = self._present()
        self.offers = ()
        if self.is_required(question):
            return Refusal("required", {}, (), question.undecided)
        return self._fill(question, {question.path: None})

    def back(self) -> bool:
        """Go to the question before; false where there is none."""
        self.offers = ()
        while self._past:
            if self.edit(self._past.pop()):
                return True
        return False

    def edit(self, name: str) -> bool:
        """Go to a question by its id; false where it is not asked in this conversation."""
        self.offers = ()
        known = any(question.id == name for question in self.asked())
        self._chosen = name if known else self._chosen
        return known

    def _present(self) -> Question:
        question = self.next_question()
        if question is None:
            raise LookupError("no question is left")
        return question

    def _done(self, question: Question) -> None:
        self._pending.discard(question.id)
        self._chosen = None
        self._past.append(question.id)

    def _fill(self, question: Question, filled: Mapping[str, Any], note: Words | None = None) -> Accepted:
        applied = [other for other in self._all if self.applies(other)]
        stays = all(read_at(self.values, path) == _canonical(path, value) for path, value in filled.items())
        if not stays and self._stated(question) is not None:
            for path in question.clears:
                remove(self.values, path)
        for path in question.paths:
            if path not in filled:
                remove(self.values, path)
        for path, value in filled.items():
            put(self.values, path, value)
        self._done(question)
        for other in self._all:
            if other.id != question.id and any(path in filled for path in other.paths):
                self._pending.discard(other.id)
        return Accepted(question, filled, tuple(self._drop_moot(applied)), note)

    def _drop_moot(self, applied: Sequence[Question]) -> Iterator[Question]:
        """Remove the answers of questions that no longer apply, until nothing changes."""
        left = list(applied)
        while moot := [question for question in left if not self.applies(question)]:
            for question in moot:
                left.remove(question)
                answered = self._stated(question) is not None
                for path in (*question.paths, *(path for group in question.stated_by for path in group)):
                    remove(self.values, path)
                if answered:
                    yield question

    def missing(self) -> tuple[str, ...]:
        """The places without which no plan can be read."""
        return tuple(
            question.path for question in self._all if self.is_required(question) and self._stated(question) is None
        )

    def rows(self) -> tuple[Row, ...]:
        """All answers and all that is assumed, for the summary."""
        rows = []
        for question in self.asked():
            path = self._stated(question) or question.path
            rows.append(Row(question, path, value_at(self.values, path)))
        return tuple(rows)

    def draft_values(self) -> dict[str, Any]:
        """The values as they are kept between two questions, with null for what is not known."""
        return deepcopy(self.values)

    def plan_values(self) -> dict[str, Any]:
        """The values of the plan, without what is not known: the advisor assumes it, and says so."""
        plan = without_nulls(self.values)
        assert isinstance(plan, dict)  # noqa: S101 - a mapping stays one
        return plan


def _canonical(path: str, value: object) -> object:
    holder: dict[str, Any] = {}
    put(holder, path, value)
    return read_at(holder, path)
