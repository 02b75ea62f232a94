"""A candidate: a way on a base on machines, with its best layout and what it would roughly take; not yet judged."""

from __future__ import annotations

from advisor.options.compose import Choice
from advisor.options.layouts import Fit
from advisor.options.limits import Way
from advisor.options.machines import Machines
from advisor.records import dataclass
from advisor.resolve import Case
from advisor.schedule import delivery_of


@dataclass(frozen=True, eq=False)
class Candidate:
    """A choice with its layout and what it would roughly cost; judged only if it leads its kind."""

    choice: Choice
    fit: Fit | None
    place: int  # of the base among those worth trying
    days: float  # of the run with its repeats, or of setting a model up
    money: float
    chance: float
    loss: int = 0  # what storing a served model's weights in fewer bits costs: 0 nothing, 1 hardly anything, 2 a little
    slow: bool = False  # a served request is answered more slowly than people read
    lead: float = 0.0  # days before the first step: delivery, preparation of the data

    @property
    def until(self) -> float:
        """Days from the decision to the result."""
        return self.lead + self.days

    @property
    def kind(self) -> tuple[Way, str]:
        """What makes candidates rivals: one option a kind is offered."""
        return self.choice.way, self.choice.machines.kind(self.choice.way)


def lead_of(case: Case, row: Machines) -> float:
    """Days before the first step on machines: until bought ones arrive, and until private data is prepared."""
    days = delivery_of(case).likely if row.tenure == "buy-new" else 0.0
    if case.trains and any(share.private for share in case.data):
        days += case.knowledge.figure("data-preparation-days").likely
    return days


def rough_cost(row: Machines, count: int, days: float) -> float:
    """What so many machines cost for some days, or to buy; 0 where they are owned."""
    if row.price is None:
        return 0.0
    return row.price * count * (days * 24 if row.tenure == "rent" else 1.0)
