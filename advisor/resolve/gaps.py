"""The gaps of one plan: where every step of resolving looks things up and notes what it assumes."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from advisor.entries.base import Knowledge, UnknownNameError
from advisor.plan.read import PlanFile
from advisor.plan.source import Problem, shown
from advisor.resolve.case import Assumption

T = TypeVar("T", bound=bool | float | str | None)


class Gaps:
    """One plan beside the knowledge that fills its gaps, with the assumptions, contradictions and problems so far."""

    def __init__(self, file: PlanFile, knowledge: Knowledge, today: date) -> None:
        self.file, self.plan, self.knowledge, self.today = file, file.plan, knowledge, today
        self.assumptions: list[Assumption] = []
        self.contradictions: set[str] = set()
        self.problems: list[Problem] = []

    def assume(self, path: str, value: T, key: str, source: str | None = None, **values: object) -> T:
        """Note an assumption and give its value back."""
        self.assumptions.append(Assumption(path, value, key, values, source))
        return value

    def figure(self, name: str) -> float:
        """The likely value of a figure of practice."""
        return self.knowledge.figure(name).likely

    def unknown(self, path: str, key: str, error: UnknownNameError) -> None:
        """Note a name that cannot be looked up, with the ones that may have been meant."""
        near = error.candidates or error.nearest
        kind = f"{key}-several" if error.candidates else f"{key}-near" if near else key
        self.problems.append(self.file.problem(path, kind, value=shown(error.name), nearest=", ".join(near)))
