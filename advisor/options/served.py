"""Candidates that use a model as it is: on how many of some machines, and how its weights are stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from advisor.estimates.serving import estimate_serving
from advisor.options.candidate import Candidate, lead_of, rough_cost
from advisor.options.compose import CONTEXTS, Choice
from advisor.options.ground import Ground
from advisor.options.machines import Machines
from advisor.options.models import Base
from advisor.resolve import Case

READING = 8.0
"""Tokens a second below which a request is answered more slowly than people read: rule MEM039."""


def served(ground: Ground, base: Base, place: int, row: Machines) -> Iterator[Candidate]:
    """A model as it is on the fewest of some machines that hold it and answer as fast as people read.

    On one's own machines the first remedy that makes it fit is taken: 8 bits a weight, a shorter context, 4 bits. Of
    machines that have to be got each way of storing the weights that saves some is a candidate.
    """
    if ground.size_of(base) * 0.5 > row.device.memory_gib * 2**30 * max(row.counts) * row.each:
        return
    case = ground.resolved(Choice("retrieval", base, row, 1))
    if case is None or case.run.serving is None:
        return
    stated = ground.case.plan.serving
    longest = case.run.serving.context_length
    contexts = [n for n in CONTEXTS if n <= longest] or [longest]
    if not row.own or (stated is not None and stated.context_length):
        contexts = [longest]
    kept: Candidate | None = None
    for quantisation, context in remedies(row, case.run.serving.quantisation, contexts):
        shorter = context if context != longest else None
        made = _held(ground, case, Choice("retrieval", base, row, 1, None, quantisation, shorter), place)
        if made is None or (kept is not None and made.choice.count >= kept.choice.count and made.slow >= kept.slow):
            continue
        kept = made
        yield made
        if row.own and not made.slow:
            return


def remedies(row: Machines, stated: str, contexts: list[int]) -> Iterator[tuple[str, int]]:
    """How weights may be stored and how long a request may be, the best first."""
    if stated != "none":
        yield from (("none", context) for context in contexts)  # the plan has decided: compose keeps it
        return
    device = row.device
    modern = device.compute_capability is not None and float(device.compute_capability) >= 7.5
    eight = "fp8" if device.fp8 else "int8" if modern or device.software.platform == "cann" else None
    for context in contexts:
        yield "none", context
        if eight is not None:
            yield eight, context
    if modern:
        yield from (("int4", context) for context in contexts)


def _held(ground: Ground, case: Case, choice: Choice, place: int) -> Candidate | None:
    """A served model on the fewest machines that hold it, more where they answer faster than people read."""
    row, serving = choice.machines, case.run.serving
    if serving is None:
        return None
    stored = choice.quantisation if choice.quantisation != "none" else serving.quantisation
    asked = replace(serving, quantisation=stored, context_length=choice.context or serving.context_length)  # type: ignore[arg-type]  # ways of storing of ours
    months = case.knowledge.figure("serving-months").likely
    days = case.knowledge.figure("deployment-days").likely
    found: Candidate | None = None
    for count in row.counts:
        devices = count * row.each
        if count > row.per_node:
            break
        layout = replace(case.run.layout, devices=devices, nodes=1, tensor=devices)
        ground.counter.memory += 1
        estimate = estimate_serving(replace(case.run, layout=layout, serving=asked), ground.advisor.serving_calibration)
        speed = estimate.tokens_per_second
        if speed is None or estimate.devices_needed is None or estimate.devices_needed > devices:
            continue
        slow = speed.likely / max(1, asked.concurrent_requests) < READING
        cost = rough_cost(row, count, months * 30.44)
        loss = {"none": 0, "fp8": 1, "int8": 1, "int4": 2}[choice.quantisation]
        chosen, lead = replace(choice, count=count), lead_of(case, row)
        made = Candidate(chosen, None, place, days, cost, 1.0, loss, slow, lead)
        if not slow:
            return made
        found = found or made
    return found
