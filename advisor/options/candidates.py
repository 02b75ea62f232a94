"""Candidates: a way on a base on machines, with its best layout and what it would roughly take; not yet judged."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from advisor.estimates.architecture import active_parameters
from advisor.estimates.serving import estimate_serving
from advisor.options.compose import Choice, batch_tokens
from advisor.options.ground import Ground
from advisor.options.layouts import SURE, Fit, best_fit
from advisor.options.limits import Way
from advisor.options.machines import Machines
from advisor.options.models import Base
from advisor.pricing import practice_of
from advisor.records import dataclass
from advisor.resolve import Case

_MACHINES = 2
"""How many machines of one kind, cheapest first, are estimated for a base."""
SHORT = 2048
"""The sequence length that adapters on a large quantised base fall back to."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A choice with its layout and what it would roughly cost; judged only if it leads its kind."""

    choice: Choice
    fit: Fit | None
    place: int  # of the base among those worth trying
    days: float
    money: float
    chance: float

    @property
    def kind(self) -> tuple[Way, str]:
        """What makes candidates rivals: one option a kind is offered."""
        return self.choice.way, self.choice.machines.kind(self.choice.way)


def candidates(
    ground: Ground, way: Way, bases: tuple[Base, ...], machines: tuple[Machines, ...]
) -> Iterator[Candidate]:
    """The candidates of a way, kind by kind of machine, the cheapest machines of each first."""
    kinds: dict[str, list[Machines]] = {}
    for row in machines:
        kinds.setdefault(row.kind(way), []).append(row)
    for rows in kinds.values():
        rows.sort(key=_price_of_work)
        for place, base in enumerate(bases):
            found: list[Candidate] = []
            for row in rows:
                if way != "retrieval" and len(found) >= _MACHINES:
                    break
                if (made := candidate(ground, way, base, place, row)) is not None:
                    found.append(made)
            yield from found
            # Where the base that comes first works well, the later ones of this kind need no look.
            if ground.optimise == "mix" and any(_works(ground, made) for made in found):
                break


def candidate(ground: Ground, way: Way, base: Base, place: int, row: Machines) -> Candidate | None:
    """The best that a way can be on a base on one kind of machine: how many of them, and which layout."""
    if way == "retrieval":
        return _served(ground, base, place, row)
    limits, device = ground.limits, row.device
    if way == "qlora" and device.software.bitsandbytes not in {"yes", "4bit-only"}:
        return None
    if device.software.deepspeed == "no" or (device.bf16 is not True and not row.own):
        return None  # made for inference, or too old to get for training
    all_parameters = way in {"full", "continued", "pretraining"}
    counts = row.counts
    if all_parameters and not row.own:
        counts = tuple(count for count in counts if count >= 8) if row.joined else (1,)
    if not all_parameters:
        counts = tuple(count for count in counts if count <= row.per_node) or counts[:1]
    best: Candidate | None = None
    # What is owned is used whole; of what is paid by the hour, the fewest that are done in time.
    ordered = counts if not row.own or row.tenure in {"rent", None} else counts[::-1]
    for count in ordered:
        choice = Choice(way, base, row, count)
        if not _could_hold(ground, choice) or (count != ordered[-1] and _hopeless(ground, choice)):
            continue
        case = ground.resolved(choice)
        if case is None:
            return None
        target = _batch(ground, way, case)
        fit = _best(ground, case, way, target, row)
        if way == "qlora" and row.own and case.run.recipe.sequence_length > SHORT and not (fit and fit.sure):
            choice = replace(choice, sequence=SHORT)
            case = ground.resolved(choice) or case
            fit = _best(ground, case, way, target, row) or fit
        if fit is None or not math.isfinite(fit.days):
            continue
        tries = practice_of(case, None).tries.likely
        days = fit.days * tries
        made = Candidate(choice, fit, place, days, _rough_cost(row, count, days), fit.memory.probability_fits)
        late = limits.deadline is not None and days * 1.1 > limits.deadline
        if not late or best is None or days < best.days * 0.75:
            best = made if best is None or late or days < best.days else best
        if not late:
            break
    return best


def _best(ground: Ground, case: Case, way: Way, batch_tokens: float, row: Machines) -> Fit | None:
    """The best layout; only who owns the machines lets the host hold what they cannot."""
    expert = ground.limits.experience == "expert"
    return best_fit(ground.advisor, case.run, way, batch_tokens, ground.counter, expert=expert, offload=row.own)


def _works(ground: Ground, row: Candidate) -> bool:
    """Tell whether a candidate surely fits and keeps deadline and, as far as machines go, budget."""
    limits = ground.limits
    late = limits.deadline is not None and row.days > limits.deadline
    over = limits.budget is not None and row.money > limits.budget and row.choice.way == "retrieval"
    return row.chance >= SURE and not late and not over


def _batch(ground: Ground, way: Way, case: Case) -> float:
    """Tokens of an optimizer step: the plan's own where the way is its own, else what suits the way."""
    run, training = ground.case.run, ground.case.plan.training
    if way == ground.limits.method and (training.global_batch_size or training.gradient_accumulation):
        recipe = run.recipe
        return recipe.micro_batch * recipe.accumulation * run.layout.data * float(recipe.sequence_length)
    return batch_tokens(case.knowledge, way)


def _hopeless(ground: Ground, choice: Choice) -> bool:
    """A bound that costs nothing: even at the peak rate the run would take twice the deadline."""
    rates, deadline = choice.machines.device.rates, ground.limits.deadline
    peak = max(rates.bf16 or 0.0, rates.fp16 or 0.0) * 1e12
    entry, shape = choice.base.entry, ground.case.run.architecture
    active = (entry.active_parameters or entry.parameters) if entry else active_parameters(shape)
    tokens = ground.case.run.tokens
    if not (peak and deadline and tokens) or choice.way in {"lora", "qlora"}:
        return False
    return 6 * active * tokens / (peak * choice.count * choice.machines.each) / 86400 > 2 * deadline


def _rough_cost(row: Machines, count: int, days: float) -> float:
    if row.price is None:
        return 0.0
    return row.price * count * (days * 24 if row.tenure == "rent" else 1.0)


def _could_hold(ground: Ground, choice: Choice) -> bool:
    """A bound that costs nothing: the states that must lie on the devices, whatever the layout."""
    size = ground.size_of(choice.base)
    room, devices = choice.machines.device.memory_gib * 2**30, choice.count * choice.machines.each
    if choice.way == "qlora":
        return size * 0.5 < room
    if choice.way == "lora":
        return size * 2.0 < room * devices
    return size * 16.0 < room * devices


def _served(ground: Ground, base: Base, place: int, row: Machines) -> Candidate | None:
    """A model as it is on the fewest of some machines that hold it."""
    if ground.size_of(base) * 0.5 > row.device.memory_gib * 2**30 * max(row.counts) * row.each:
        return None
    case = ground.resolved(Choice("retrieval", base, row, 1))
    if case is None:
        return None
    ground.counter.memory += 1
    serving = estimate_serving(case.run, ground.advisor.serving_calibration)
    needed = serving.devices_needed
    count = next((n for n in row.counts if needed and n * row.each >= needed and n <= row.per_node), None)
    if count is None or serving.tokens_per_second is None:
        return None
    months = case.knowledge.figure("serving-months").likely
    cost = _rough_cost(row, count, months * 30.44)
    days = case.knowledge.figure("deployment-days").likely
    return Candidate(Choice("retrieval", base, row, count), None, place, days, cost, 1.0)


def _price_of_work(row: Machines) -> float:
    """What a device costs for its rate of arithmetic: the order in which machines of a kind are worth a look."""
    rate = max(row.device.rates.bf16 or 0.0, row.device.rates.fp16 or 0.0)
    return (row.price or 0.0) / rate if row.tenure == "rent" and rate else row.price or 0.0
