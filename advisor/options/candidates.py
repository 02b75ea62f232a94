"""The candidates of a way: its bases on all machines, kind by kind, the cheapest machines of each first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from advisor.options.candidate import Candidate
from advisor.options.ground import Ground
from advisor.options.layouts import SURE
from advisor.options.limits import Way
from advisor.options.machines import Machines
from advisor.options.models import Base
from advisor.options.served import served
from advisor.options.trained import trained

_MACHINES = 2
"""How many machines of one kind, cheapest first, are estimated for a base."""


def candidates(
    ground: Ground,
    way: Way,
    bases: tuple[Base, ...],
    machines: tuple[Machines, ...],
    looked: Callable[[int], None],
) -> Iterator[list[Candidate]]:
    """The candidates of a way, all of a kind of machine together, the cheapest machines of each first.

    `looked` is told of how many machines more nothing is to be expected; in all that is every one of them.
    """
    kinds: dict[str, list[Machines]] = {}
    for row in machines:
        kinds.setdefault(row.kind(way), []).append(row)
    for rows in kinds.values():
        rows.sort(key=_price_of_work)
        seen = 0
        rivals: list[Candidate] = []
        enough = _MACHINES if ground.optimise in {"mix", "risk"} and ground.keep is None else len(rows)
        for place, base in enumerate(bases):
            found: list[Candidate] = []
            for row in rows:
                if way != "retrieval" and len(found) >= enough:
                    break
                if place == 0:
                    seen += 1
                    looked(1)
                if way == "retrieval":
                    found += served(ground, base, place, row)
                elif (made := trained(ground, way, base, place, row)) is not None:
                    found.append(made)
            rivals += found
            # Where the base that comes first works well, the later ones of this kind need no look.
            if ground.optimise == "mix" and ground.keep is None and any(_works(ground, made) for made in found):
                break
        looked(len(rows) - seen)
        yield rivals


def _works(ground: Ground, row: Candidate) -> bool:
    """Tell whether a candidate surely fits and keeps deadline and, as far as machines go, budget."""
    limits = ground.limits
    late = limits.deadline is not None and row.until > limits.deadline
    over = limits.budget is not None and row.money > limits.budget and row.choice.way == "retrieval"
    return row.chance >= SURE and not late and not over and not row.slow


def _price_of_work(row: Machines) -> float:
    """What a device costs for its rate of arithmetic: the order in which machines of a kind are worth a look."""
    rate = max(row.device.rates.bf16 or 0.0, row.device.rates.fp16 or 0.0)
    return (row.price or 0.0) / rate if row.tenure == "rent" and rate else row.price or 0.0
