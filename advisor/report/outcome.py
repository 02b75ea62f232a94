"""What a check of several plans gives: one outcome a plan, read or unreadable."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.pipeline import Judgement
from advisor.plan.source import Problem
from advisor.records import dataclass


@dataclass(frozen=True, eq=False)
class Outcome:
    """One plan with its judgement, or with the problems that keep it from being read."""

    name: str
    judgement: Judgement | None
    problems: Sequence[Problem] = ()
