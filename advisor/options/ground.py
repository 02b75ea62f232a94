"""What one search works on: the judged plan, what it demands, and how a changed plan is read, resolved and judged."""

from __future__ import annotations

from typing import Any, Literal

from advisor.estimates.cost import DAYS_PER_MONTH
from advisor.options.compose import Choice, compose
from advisor.options.limits import Limits, Way
from advisor.options.models import Base
from advisor.pipeline import Advisor, Judgement
from advisor.plan.read import PlanFile, read_plan, write_plan
from advisor.plan.source import Unreadable
from advisor.records import dataclass
from advisor.resolve import PRIVATE_KINDS, Case, resolve

Optimise = Literal["mix", "cost", "time", "risk"]
Keep = Literal["hardware", "model"]


@dataclass(slots=True)
class Counter:
    """How many estimates a search has made, a candidate counted once each, and how many plans it has judged."""

    memory: int = 0
    time: int = 0
    judged: int = 0


@dataclass(frozen=True, eq=False)
class Ground:
    """The plan that was asked about, and the ways to ask about others like it."""

    advisor: Advisor
    judgement: Judgement
    limits: Limits
    optimise: Optimise
    keep: Keep | None
    counter: Counter

    @property
    def case(self) -> Case:
        """The plan with nothing missing."""
        return self.judgement.case

    @property
    def own_base(self) -> Base:
        """The plan's own model."""
        return Base(self.case.plan.model.name or "", self.case.model, own=True)

    @property
    def work_per_day(self) -> float:
        """What the people of a run cost for a day; 0 where no price of their work is known."""
        month = self.judgement.pricing.book.engineer_month
        stated = self.limits.engineers or self.case.knowledge.figure("engineers-small").likely
        return month.likely * stated / DAYS_PER_MONTH if month is not None else 0.0

    def ways(self) -> tuple[Way, ...]:
        """The methods worth a look, in the order in which they should be tried."""
        if self.keep == "model":
            return (self.limits.method,) if self.limits.method else ()
        ways = self.limits.ways()
        if self.keep == "hardware" and self.limits.specific:
            return tuple(dict.fromkeys((*ways, "full")))
        return ways

    def size_of(self, base: Base) -> float:
        """Parameters of a base; of the plan's own where only the plan describes it."""
        return base.parameters or self.case.run.architecture.stated_parameters or 0.0

    def plain_tokens(self) -> float:
        """Tokens of running text and code: what pre-training can go on with."""
        plain = {*PRIVATE_KINDS, "code", "text", "math"}
        return sum(row.tokens or 0.0 for row in self.case.data if row.entry.kind in plain)

    def file_of(self, values: dict[str, Any]) -> PlanFile | None:
        """A plan's values as a plan file; None where they make no plan."""
        try:
            return read_plan(write_plan(values).encode(), self.case.file.name)
        except Unreadable:
            return None

    def resolved(self, choice: Choice) -> Case | None:
        """A choice with nothing missing but its layout."""
        file = self.file_of(compose(self.case, self.limits, choice))
        return None if file is None else resolve(file, self.case.knowledge, self.case.today)

    def judge(self, values: dict[str, Any]) -> Judgement | None:
        """What the rules say of a plan."""
        file = self.file_of(values)
        if file is None:
            return None
        self.counter.judged += 1
        return self.advisor.judge(file, self.case.today)
