"""The order of options, and which are shown: each way and each sacrifice heard, nothing that is beaten in all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from advisor.options.candidate import Candidate
from advisor.options.ground import Ground
from advisor.options.layouts import SURE
from advisor.options.limits import GIVEN_UP, WHOLE, Way
from advisor.options.offer import RISKS, VERDICTS, Option

_EACH: Mapping[Way, int] = {
    "retrieval": 3, "lora": 2, "qlora": 1, "full": 3, "continued": 4, "pretraining": 2, "preference": 3,
    "preference-lora": 2, "rl": 3, "rl-lora": 2,
}  # fmt: skip
"""How many options of each way are offered."""


def order(ground: Ground, candidate: Candidate) -> tuple[float, ...]:
    """The order in which candidates of one kind are judged."""
    limits = ground.limits
    sure = float(candidate.chance < 0.9) + float(candidate.slow)
    if ground.optimise == "cost":
        return sure, candidate.money + candidate.days * ground.work_per_day, candidate.place
    if ground.optimise == "time":
        return sure, candidate.until, candidate.place
    if ground.optimise == "risk":
        return 1 - candidate.chance + candidate.slow, candidate.choice.count, candidate.place
    late = float(limits.deadline is not None and candidate.until > limits.deadline)
    if ground.keep == "hardware":
        return sure, late, candidate.place
    if ground.keep == "model":
        return sure, late, candidate.money + candidate.days * ground.work_per_day
    over = float(limits.budget is not None and candidate.money > limits.budget)
    cheap = candidate.choice.way == "retrieval"
    return sure, over if cheap else 0.0, late, candidate.place, candidate.loss, candidate.money


def rank(ground: Ground, option: Option) -> tuple[float, ...]:
    """The order in which options are shown."""
    cost = option.cost.likely if option.cost else math.inf
    days = option.days.likely if option.days else math.inf
    inside = float(bool(option.gives_up))
    place = float(ground.ways().index(option.choice.way))
    if ground.optimise == "cost":
        return inside, cost, days
    if ground.optimise == "time":
        return inside, days, cost
    if ground.optimise == "risk":
        return inside, RISKS[option.risk], VERDICTS[option.verdict], 1 - option.probability_fits, cost
    if ground.keep == "model":
        return inside, float("deadline" in option.gives_up), cost, days
    # Options that give up the same stand together, those that give up what comes first in the titles first.
    given = sum(2.0 ** GIVEN_UP.index(name) for name in option.gives_up)
    # What stands there goes before what must be got, unless that is clearly cheaper.
    cost *= 1.0 if option.choice.machines.own else 1.15
    return inside, len(option.gives_up), given, VERDICTS[option.verdict], place, cost


def chosen(ground: Ground, found: Sequence[Option], most: int) -> list[Option]:
    """At most so many options, each way and each sacrifice heard, none that another one beats in all."""
    ways = ground.ways()
    held = [row for row in found if not _late_for_nothing(row, found) and not _unsure_for_nothing(row, found)]
    ranked = sorted(held, key=lambda row: rank(ground, row))
    kept: list[Option] = []
    each: dict[Way, int] = {}
    for option in ranked:
        way = option.choice.way
        if each.get(way, 0) < _EACH[way] and not any(_beats(other, option) for other in kept):
            kept.append(option)
            each[way] = each.get(way, 0) + 1
    while len(kept) > most:
        # The last option of the way that has most goes first.
        fullest = max(each, key=lambda way: (each[way], ways.index(way)))
        last = max(index for index, option in enumerate(kept) if option.choice.way == fullest)
        del kept[last]
        each[fullest] -= 1
    return kept


def _late_for_nothing(option: Option, found: Sequence[Option]) -> bool:
    """Tell whether an option gives up the deadline though its way can be had in time without giving up more."""
    rest = set(option.gives_up) - {"deadline"}
    return "deadline" in option.gives_up and any(
        other.choice.way == option.choice.way and set(other.gives_up) <= rest for other in found
    )


def _unsure_for_nothing(option: Option, found: Sequence[Option]) -> bool:
    """Tell whether an option may not fit though another of its way surely does without giving up more."""
    return option.probability_fits < SURE and any(
        other.choice.way == option.choice.way
        and other.probability_fits >= SURE
        and set(other.gives_up) <= set(option.gives_up)
        for other in found
    )


def _beats(one: Option, other: Option) -> bool:
    """Tell whether an option that ranks higher leaves no reason to show another: about as cheap and fast, or better."""
    same = one.choice.way == other.choice.way
    # Four bits are for what does not fit in sixteen.
    smaller = (one.choice.way, other.choice.way) == ("lora", "qlora")
    if not (same or smaller) or not set(one.gives_up) <= set(other.gives_up):
        return False
    if one.cost is None or other.cost is None or one.days is None or other.days is None:
        return False
    if one.choice.base.parameters < other.choice.base.parameters * (0.7 if same else 0.95):
        return False
    machines = one.choice.machines, other.choice.machines
    tenures = machines[0].tenure, machines[1].tenure
    weeks = one.choice.way in WHOLE and (other.run_days or 0.0) >= 7
    if weeks and tenures == ("rent", "rent") and RISKS[other.risk] <= RISKS[one.risk]:
        return False  # which class can be had for weeks differs from day to day
    elsewhere = machines[1].own and machines[0].device_id != machines[1].device_id
    if elsewhere and RISKS[other.risk] <= RISKS[one.risk] and one.cost.likely > other.cost.likely * 0.8:
        return False  # what stands there, or was chosen, needs no contract and no move
    # Whoever gives up more wants more for it than a little less risk.
    allowed = RISKS[other.risk] + (len(other.gives_up) > len(one.gives_up))
    if VERDICTS[one.verdict] > VERDICTS[other.verdict] or RISKS[one.risk] > allowed:
        return False
    near = 1.2 if machines[0].own and not machines[1].own else 1.02
    return one.cost.likely <= other.cost.likely * near and one.days.likely <= other.days.likely * 1.1 + 0.5
