"""A candidate: a way on a base on machines, with its best layout and what it would roughly take; not yet judged."""

from __future__ import annotations

from advisor.options.compose import Choice
from advisor.options.layouts import Fit
from advisor.options.limits import Way
from advisor.options.machines import Machines
from advisor.records import dataclass


@dataclass(frozen=True, eq=False)
class Candidate:
    """A choice with its layout and what it would roughly cost; judged only if it leads its kind."""

    choice: Choice
    fit: Fit | None
    place: int  # of the base among those worth trying
    days: float
    money: float
    chance: float
    loss: int = 0  # what storing a served model's weights in fewer bits costs: 0 nothing, 1 hardly anything, 2 a little
    slow: bool = False  # a served request is answered more slowly than people read

    @property
    def kind(self) -> tuple[Way, str]:
        """What makes candidates rivals: one option a kind is offered."""
        return self.choice.way, self.choice.machines.kind(self.choice.way)


def rough_cost(row: Machines, count: int, days: float) -> float:
    """What so many machines cost for some days, or to buy; 0 where they are owned."""
    if row.price is None:
        return 0.0
    return row.price * count * (days * 24 if row.tenure == "rent" else 1.0)
