"""Candidates that train: on how many of some machines, and with which layout."""

from __future__ import annotations

import math
from dataclasses import replace

from advisor.estimates.architecture import active_parameters
from advisor.options.candidate import Candidate, lead_of, rough_cost
from advisor.options.compose import Choice, batch_tokens
from advisor.options.ground import Ground
from advisor.options.layouts import ALIKE, SURE, Fit, best_fit
from advisor.options.limits import ADAPTERS, WHOLE, Way
from advisor.options.machines import Machines
from advisor.options.models import Base
from advisor.pricing import practice_of
from advisor.resolve import Case

NODE = 8
"""Devices of a rented node: those that train all parameters are let by the node."""
SHORT_DAYS = 1.0
"""A run of whole nodes that is shorter than this needs only a part of one."""
LONGEST_DAYS = 90.0
"""Adapters that take longer than this on one's own machines, or a third of it on others', are no quick trial."""
YEAR = 365.0
"""Days beyond which nobody runs anything: by then the machines and the models are others."""
SHORT = 2048
"""The sequence length that adapters on a large quantised base fall back to."""


def trained(ground: Ground, way: Way, base: Base, place: int, row: Machines) -> Candidate | None:
    """The best that a way of training can be on a base on one kind of machine: how many of them, and which layout."""
    device = row.device
    if way == "qlora" and device.software.bitsandbytes not in {"yes", "4bit-only"}:
        return None
    if device.software.deepspeed == "no" or (device.bf16 is not True and not row.own):
        return None  # made for inference, or too old to get for training
    best: Candidate | None = None
    for count in _counts(way, row):
        made = _made(ground, way, base, place, row, count)
        if made is not None and (best is None or _better(ground, made, best)):
            best = made
        if best is not None and ground.optimise != "time" and not _late(ground, best) and best.chance >= SURE:
            break
    if best is None:
        return None
    if row.own and best.choice.nodes > 1 and row.tenure == "owned":
        # Over a slow network one node may be faster than all of them.
        one = _made(ground, way, base, place, row, row.per_node) if row.per_node in row.counts else None
        if one is not None and one.chance >= SURE and one.days * ALIKE < best.days:
            best = one
    longest = LONGEST_DAYS if row.own else LONGEST_DAYS / 3
    if best.days > (longest if way in ADAPTERS else YEAR):
        return None
    return _part_of_node(ground, best) if way in WHOLE and not row.own and row.joined else best


def _counts(way: Way, row: Machines) -> tuple[int, ...]:
    """Numbers of machines to look at; the first that surely fits and is done in time is taken."""
    counts = row.counts
    if way not in WHOLE:
        counts = tuple(count for count in counts if count <= row.per_node) or counts[:1]
    elif not row.own:
        counts = tuple(count for count in counts if count >= NODE) if row.joined else (1,)
    # What is owned is used whole; of what is paid for, the fewest that are done in time.
    return counts[::-1] if row.own and row.tenure == "owned" else counts


def _late(ground: Ground, made: Candidate) -> bool:
    """Tell whether a run, a tenth longer than likely, ends too late; more devices do not bring those sooner that are
    delivered after the deadline."""
    deadline = ground.limits.deadline
    if deadline is None:
        return False
    left = deadline - made.lead
    return made.days * 1.1 > (left if left > 0 else deadline)


def _better(ground: Ground, made: Candidate, best: Candidate) -> bool:
    """Tell whether another number of machines is the better answer: surely fits, is in time, or is much faster."""
    sure = made.chance >= SURE, best.chance >= SURE
    if sure[0] != sure[1]:
        return sure[0]
    late = _late(ground, made), _late(ground, best)
    if late[0] != late[1]:
        return late[1]
    if ground.optimise == "time":
        return made.until * ALIKE < best.until
    return late[1] and made.days < best.days * 0.75


def _part_of_node(ground: Ground, best: Candidate) -> Candidate:
    """Fewer devices of a rented node where they do in a day what all of it does in hours."""
    choice = best.choice
    if choice.count > NODE or ground.optimise == "time":
        return best
    for count in (count for count in choice.machines.counts[::-1] if count < choice.count):
        made = None
        if best.days <= SHORT_DAYS and best.chance >= SURE:
            made = _made(ground, choice.way, choice.base, best.place, choice.machines, count)
        if made is None or made.chance < SURE or made.days > SHORT_DAYS:
            break
        best = made
    return best


def _made(ground: Ground, way: Way, base: Base, place: int, row: Machines, count: int) -> Candidate | None:
    """A way on so many machines with its best layout; None where nothing more likely fits than not."""
    choice = Choice(way, base, row, count)
    if not _could_hold(ground, choice) or (count != _counts(way, row)[-1] and _hopeless(ground, choice)):
        return None
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
        return None
    days = fit.days * practice_of(case, None).tries.likely
    cost, chance = rough_cost(row, count, days), fit.memory.probability_fits
    return Candidate(choice, fit, place, days, cost, chance, lead=lead_of(case, row))


def _best(ground: Ground, case: Case, way: Way, batch_tokens: float, row: Machines) -> Fit | None:
    """The best layout; only who owns the machines lets the host hold what they cannot."""
    expert = ground.limits.experience == "expert"
    return best_fit(ground.advisor, case.run, way, batch_tokens, ground.counter, expert=expert, offload=row.own)


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
    if not (peak and deadline and tokens) or choice.way not in WHOLE:
        return False
    return 6 * active * tokens / (peak * choice.count * choice.machines.each) / 86400 > 2 * deadline


def _could_hold(ground: Ground, choice: Choice) -> bool:
    """A bound that costs nothing: the states that must lie on the devices, whatever the layout."""
    size = ground.size_of(choice.base)
    room, devices = choice.machines.device.memory_gib * 2**30, choice.count * choice.machines.each
    if choice.way == "qlora":
        return size * 0.5 < room
    if choice.way in ADAPTERS:
        return size * 2.0 < room * devices
    return size * 16.0 < room * devices
