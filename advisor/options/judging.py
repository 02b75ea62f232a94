"""From a candidate to an option: the whole plan is written and judged, and what it cannot keep is given up by name."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from advisor.estimates.serving import estimate_serving
from advisor.findings import Finding
from advisor.options import explain
from advisor.options.candidate import Candidate
from advisor.options.compose import CONTEXTS, Choice, amount_text, changes_between, compose, house, settle
from advisor.options.contrast import contrast
from advisor.options.ground import Ground
from advisor.options.layouts import HALF, SURE, Fit
from advisor.options.limits import SELECTED, WHOLE
from advisor.options.offer import VERDICTS, Option
from advisor.options.served import remedies
from advisor.pipeline import Judgement
from advisor.plan.read import plan_values, write_plan
from advisor.records import dataclass
from advisor.resolve import resolve
from advisor.words import Words

SHORT_DAYS = 3.0
"""A run shorter than this does not pay for a node that is bought for it."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a candidate: an option, else the finding that blocks it or the reason why it is none."""

    option: Option | None = None
    finding: Finding | None = None
    reason: str = ""  # price, short, plan; empty where it simply does not do


def offer(ground: Ground, candidate: Candidate) -> Outcome:
    """The option of a candidate, with what it must give up; else why it is none."""
    choice, limits = candidate.choice, ground.limits
    values = compose(ground.case, limits, choice)
    size = ground.size_of(choice.base)
    title = explain.title_of(choice, limits, size)
    values["title"] = f"{title.en} / {title.zh}"[:300]
    given = set(choice.machines.gives_up)
    if candidate.fit is not None:
        _settle(ground, values, choice, candidate.fit)
        _serve(ground, values, choice)
    if choice.way in WHOLE and limits.engineers == 0:
        given.add("team")
    judged = _granting(ground, values, given)
    if judged is None:
        return Outcome()
    blocker = _blocker(judged)
    if blocker is not None and blocker.rule.topic in {"licence", "compliance"} and limits.use != "internal":
        values["project"]["use"] = "internal"
        inside = ground.judge(values)
        if inside is not None and _blocker(inside) is None:
            judged, blocker = inside, None
            given.add("use")
    if blocker is not None:
        return Outcome(finding=blocker)
    if not choice.machines.own and (doubt := _doubt(judged)) is not None:
        return Outcome(finding=doubt)
    cost = judged.estimates.cost
    if cost is None or cost.project is None or {"purchase", "compute", "serving"} & set(cost.missing):
        return Outcome(reason="price")
    names = explain.in_order(given)
    trimmed = choice.way in SELECTED and _trimmed(ground, judged)
    licence, duties = explain.licence_of(judged, limits)
    option = Option(
        choice=choice,
        title=title if not names else explain.both("title-gives-up", title=title,
                                                   names=explain.given_up(names, judged)),
        model=explain.model_words(choice, size),
        device=explain.device_words(choice),
        changes=changes_between(plan_values(ground.case.file), values),
        gives_up=names,
        judgement=judged,
        why=explain.why_of(choice, limits, judged, trimmed, judged.pricing),
        licence=licence,
        duties=duties,
        risk="medium",
        text=write_plan(values),
        against=_against(ground, candidate),
    )  # fmt: skip
    if _buys_for_hours(option):
        return Outcome(reason="short")
    if option.probability_fits < HALF:
        return Outcome()
    if _is_the_plan(ground, option):
        return Outcome(reason="plan")
    return Outcome(replace(option, risk=explain.risk_of(choice, judged, option.probability_fits)))


def _granting(ground: Ground, values: dict[str, Any], given: set[str]) -> Judgement | None:
    """The plan judged with deadline and budget as it needs them; the plan and what is given up are changed to that."""
    judged = ground.judge(values)
    for _ in range(3):
        more = _needed(ground, judged, values) if judged is not None else set()
        if not more:
            break
        given |= more
        judged = ground.judge(values)
    return judged


def _against(ground: Ground, candidate: Candidate) -> Words | None:
    """The layout beside that of the plan, where method, model and devices are the plan's."""
    choice, estimates = candidate.choice, ground.judgement.estimates
    memory, time = estimates.memory, estimates.time
    same = choice.way == ground.limits.method and choice.base.own and choice.machines.own
    if not same or candidate.fit is None or memory is None or time is None:
        return None
    run = ground.case.run
    if candidate.fit.run.layout.devices != run.layout.devices or candidate.fit.run.tokens != run.tokens:
        return None
    return explain.against_words(contrast(candidate.fit, Fit(run, memory, time)))


def _buys_for_hours(option: Option) -> bool:
    """Tell whether a whole node would be bought for a run of a few days: nobody does, and renting is at hand."""
    time = option.judgement.estimates.time
    bought = option.choice.machines.tenure in {"buy-new", "buy-used"} and not option.choice.machines.own
    several = option.choice.count > 1 and option.choice.way != "retrieval"
    return bought and several and time is not None and time.days is not None and time.days.likely < SHORT_DAYS


def _is_the_plan(ground: Ground, option: Option) -> bool:
    """Tell whether an option does what the plan does, no better judged, hardly cheaper and hardly sooner."""
    choice, judgement = option.choice, ground.judgement
    if ground.keep is not None or choice.way != ground.limits.method or not choice.base.own:
        return False
    if VERDICTS[option.verdict] < VERDICTS[judgement.verdict]:
        return False
    if choice.way == "retrieval" and choice.machines.device_id != ground.case.device_id:
        return False  # the same model served on another device is an answer of its own
    cost = judgement.estimates.cost
    days = judgement.schedule.counted
    cheaper = bool(cost and cost.project and option.cost and option.cost.likely < 0.95 * cost.project.likely)
    sooner = bool(days and option.days and days.likely > 3 and option.days.likely < 0.5 * days.likely)
    return not cheaper and not sooner


def _settle(ground: Ground, values: dict[str, Any], choice: Choice, fit: Fit) -> None:
    """Write the layout into a plan, how often it saves, and what host and disk nodes that are got for it need."""
    seconds = fit.time.step_seconds.likely
    wanted = ground.case.knowledge.figure("checkpoint-interval-hours").likely * 3600 / max(seconds, 1e-6)
    steps = fit.time.steps or wanted
    # A run shorter than the interval saves once, at its end.
    between = math.ceil(steps) if steps <= wanted else _round_steps(wanted)
    settle(values, fit.run, between)
    if not choice.machines.own:
        kept = values["training"].get("keep_checkpoints", 3)
        data = sum(row.entry.size or (row.tokens or 0.0) * 4 for row in ground.case.data) / 2**30
        weights = fit.memory.parts["weights"] * fit.run.layout.devices
        house(values, fit.memory.host_gib_per_node.high, fit.memory.checkpoint_gib * (kept + 1) + weights + 4 * data)


def _round_steps(steps: float) -> int:
    """Steps as a person would set them: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(max(1.0, steps)))
    return int(max(factor * power for factor in (1, 2, 5) if factor * power <= max(1.0, steps)))


def _serve(ground: Ground, values: dict[str, Any], choice: Choice) -> None:
    """Let the trained model be served where it was trained: fewer bits a weight, where the plan leaves it open a
    shorter context, until it fits."""
    serving, stated = values.get("serving"), ground.case.plan.serving
    if serving is None:
        return
    asked = serving["context_length"]
    contexts = [asked]
    if stated is None or not stated.context_length:
        contexts = [length for length in CONTEXTS if length <= asked] or [CONTEXTS[-1]]
    file = ground.file_of(values)
    if file is None:
        return
    run = resolve(file, ground.case.knowledge, ground.case.today).run
    if run.serving is None:
        return
    for quantisation, length in remedies(choice.machines, run.serving.quantisation, contexts):
        stored = quantisation if quantisation != "none" else run.serving.quantisation
        tried = replace(run.serving, quantisation=stored, context_length=length)  # type: ignore[arg-type]  # ways of storing of ours
        ground.counter.memory += 1
        if estimate_serving(replace(run, serving=tried), ground.advisor.serving_calibration).probability_fits >= SURE:
            break
    else:
        length, quantisation = contexts[-1], "none"
    serving["context_length"] = length
    if quantisation != "none":
        serving["quantisation"] = quantisation


def _needed(ground: Ground, judged: Judgement, values: dict[str, Any]) -> set[str]:
    """What the judged plan still asks beyond deadline and budget; the values are changed to grant it."""
    more: set[str] = set()
    cost, days = judged.estimates.cost, judged.schedule.counted
    limits = ground.limits
    if limits.deadline is not None and days is not None and days.likely > _granted(judged, "deadline"):
        values["project"]["deadline"] = f"{math.ceil(days.likely * 1.02)} days"
        more.add("deadline")
    if limits.budget is not None and cost is not None and cost.project is not None:
        project = judged.case.plan.project
        allowed = project.budget.amount if project and project.budget else math.inf
        if cost.project.likely > allowed:
            values["project"]["budget"] = amount_text(cost.project.likely, limits.currency)
            more.add("budget")
    return more


def _granted(judged: Judgement, name: str) -> float:
    value = judged.facts.get(f"time.{name}")
    return float(value) if isinstance(value, (int, float)) else math.inf


def _blocker(judged: Judgement) -> Finding | None:
    return next((row for row in judged.findings if row.rule.severity == "blocker"), None)


_MACHINE = frozenset({"memory", "numerics", "software", "hardware", "interconnect", "parallelism"})
"""Topics that other machines would settle."""


_SLOW = "MEM039"
"""The finding that a served model answers more slowly than people read."""


def _doubt(judged: Judgement) -> Finding | None:
    """A high finding about the machines, or that a model answers on them more slowly than people read.

    Nobody is told to get such machines, though what stands there may be used.
    """
    grave = (
        row
        for row in judged.findings
        if (row.rule.severity == "high" and row.rule.topic in _MACHINE) or row.rule.id == _SLOW
    )
    return next(grave, None)


def _trimmed(ground: Ground, judged: Judgement) -> bool:
    before = sum(row.tokens or 0.0 for row in ground.case.data if row.private)
    after = sum(row.tokens or 0.0 for row in judged.case.data if row.private)
    return after < before * 0.99
