"""The search: ways, bases and machines; the fastest layout of each by the estimates, the best judged by the rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

from advisor.estimates.architecture import active_parameters
from advisor.estimates.serving import estimate_serving
from advisor.findings import Finding
from advisor.options import explain
from advisor.options.compose import (
    CONTEXTS,
    Choice,
    amount_text,
    batch_tokens,
    changes_between,
    compose,
    house,
    settle,
)
from advisor.options.flip import find_flip
from advisor.options.layouts import HALF, SURE, Counter, Fit, best_fit
from advisor.options.limits import GIVEN_UP, Way, limits_of
from advisor.options.machines import Machines, machines_for
from advisor.options.models import Base, bases_for
from advisor.options.offer import Flip, Option, Options
from advisor.pipeline import Advisor, Judgement
from advisor.plan.read import PlanFile, plan_values, read_plan, write_plan
from advisor.plan.source import Unreadable
from advisor.pricing import practice_of
from advisor.records import dataclass
from advisor.resolve import PRIVATE_KINDS, Case, resolve
from advisor.words import LANGUAGES, Words, catalogue, say
from advisor.words.figures import counted, money, significant

Optimise = Literal["mix", "cost", "time", "risk"]
Keep = Literal["hardware", "model"]
_VERDICTS = {"go": 0, "caution": 1, "no-go": 2}
_RISKS = {"low": 0, "medium": 1, "high": 2}
_BASES: dict[Way, int] = {"retrieval": 3, "lora": 2, "qlora": 3, "full": 3, "continued": 2, "pretraining": 1}
"""How many bases of each way are tried."""
_TRIES = 3
"""How many candidates of one kind are judged before that kind is given up."""
_EACH: dict[Way, int] = {"retrieval": 3, "lora": 2, "qlora": 1, "full": 3, "continued": 4, "pretraining": 2}
"""How many options of each way are offered."""
_MACHINES = 2
"""How many machines of one kind, cheapest first, are estimated for a base."""
SHORT_DAYS = 3.0
"""A run shorter than this does not pay for a node that is bought for it."""
SHORT = 2048
"""The sequence length that adapters on a large quantised base fall back to."""


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A choice with its layout and what it would roughly cost; judged only if it leads its kind."""

    choice: Choice
    fit: Fit | None
    place: int  # of the base among those worth trying
    days: float
    money: float
    chance: float

    @property
    def kind(self) -> tuple[Way, str]:
        return self.choice.way, self.choice.machines.kind(self.choice.way)


def find_options(
    advisor: Advisor,
    judgement: Judgement,
    *,
    optimise: Optimise = "mix",
    keep: Keep | None = None,
    most: int = 9,
    progress: Callable[[int, int], None] | None = None,
) -> Options:
    """Plans that would work instead of a judged one, each judged by the same rules, none with a blocker.

    Options inside all constraints of the plan come first, then those that give up named ones. `keep` holds the plan's
    hardware or its model and method. An interrupt ends the search: the best so far are returned, `complete` False.
    """
    search = _Search(advisor, judgement, optimise, keep, most, progress)
    try:
        search.run()
        return search.result(complete=True)
    except KeyboardInterrupt:
        return search.result(complete=False)


class _Search:
    """One search over one plan."""

    def __init__(
        self,
        advisor: Advisor,
        judgement: Judgement,
        optimise: Optimise,
        keep: Keep | None,
        most: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.advisor, self.judgement, self.case = advisor, judgement, judgement.case
        self.optimise, self.keep, self.most, self.progress = optimise, keep, most, progress
        self.limits = limits_of(self.case)
        self.counter = Counter()
        self.found: list[Option] = []
        self.own: Option | None = None
        self.refused: dict[Way, list[Finding]] = {}
        self.reasons: dict[Way, str] = {}
        self.flip: Flip | None = None
        self.done = self.total = 0

    # -- the space

    def ways(self) -> tuple[Way, ...]:
        if self.keep == "model":
            return (self.limits.method,) if self.limits.method else ()
        ways = self.limits.ways()
        if self.keep == "hardware" and self.limits.specific:
            return tuple(dict.fromkeys((*ways, "full")))
        return ways

    def bases(self, way: Way) -> tuple[Base, ...]:
        own = Base(self.case.plan.model.name or "", self.case.model, own=True)
        if self.keep == "model" or way == "pretraining":
            return (own,)
        found = bases_for(self.case, self.limits, way, self.case.today)
        if self.keep == "hardware":
            return tuple(sorted(found, key=lambda base: -base.parameters))
        return found[: _BASES[way]]

    def run(self) -> None:
        today = self.case.today
        machines = machines_for(self.case, self.limits, self.judgement.pricing, today)
        if self.keep == "hardware":
            machines = tuple(row for row in machines if row.own)
        ways = self.ways()
        floor = self.case.knowledge.figure("cpt-tokens-floor").low or 0.0
        self.total = len(ways) + 1
        for way in ways:
            self.tick()
            if way != "retrieval" and not self.case.data:
                self.reasons[way] = "data"
                continue
            if way == "continued" and way != self.limits.method and self.plain_tokens() < floor:
                self.reasons[way] = "little"
                continue
            bases = self.bases(way)
            if not bases:
                self.reasons[way] = "model"
                continue
            self.judge_best(list(self.candidates(way, bases, machines)))
        self.tick()
        if self.keep is None:
            self.own_wish(machines)

    def plain_tokens(self) -> float:
        """Tokens of running text and code: what pre-training can go on with."""
        plain = {*PRIVATE_KINDS, "code", "text", "math"}
        return sum(row.tokens or 0.0 for row in self.case.data if row.entry.kind in plain)

    def tick(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)

    def candidates(self, way: Way, bases: tuple[Base, ...], machines: tuple[Machines, ...]) -> Iterator[_Candidate]:
        kinds: dict[str, list[Machines]] = {}
        for row in machines:
            kinds.setdefault(row.kind(way), []).append(row)
        for rows in kinds.values():
            rows.sort(key=_price_of_work)
            for place, base in enumerate(bases):
                found: list[_Candidate] = []
                for row in rows:
                    if way != "retrieval" and len(found) >= _MACHINES:
                        break
                    if (made := self.candidate(way, base, place, row)) is not None:
                        found.append(made)
                yield from found
                # Where the base that comes first works well, the later ones of this kind need no look.
                if self.optimise == "mix" and any(self.works(made) for made in found):
                    break

    def works(self, candidate: _Candidate) -> bool:
        """Tell whether a candidate surely fits and keeps deadline and, as far as machines go, budget."""
        limits = self.limits
        late = limits.deadline is not None and candidate.days > limits.deadline
        over = limits.budget is not None and candidate.money > limits.budget and candidate.choice.way == "retrieval"
        return candidate.chance >= SURE and not late and not over

    def resolved(self, choice: Choice) -> Case | None:
        file = self.file_of(compose(self.case, self.limits, choice))
        return None if file is None else resolve(file, self.case.knowledge, self.case.today)

    def file_of(self, values: dict[str, Any]) -> PlanFile | None:
        try:
            return read_plan(write_plan(values).encode(), self.case.file.name)
        except Unreadable:
            return None

    def candidate(self, way: Way, base: Base, place: int, row: Machines) -> _Candidate | None:
        if way == "retrieval":
            return self.serving_candidate(base, place, row)
        device = row.device
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
        best: _Candidate | None = None
        # What is owned is used whole; of what is paid by the hour, the fewest that are done in time.
        ordered = counts if not row.own or row.tenure in {"rent", None} else counts[::-1]
        for count in ordered:
            choice = Choice(way, base, row, count)
            if not self.could_hold(choice) or (count != ordered[-1] and self.hopeless(choice)):
                continue
            case = self.resolved(choice)
            if case is None:
                return None
            target = self.batch(way, case)
            fit = best_fit(self.advisor, case.run, way, target, self.counter)
            if way == "qlora" and row.own and case.run.recipe.sequence_length > SHORT and not (fit and fit.sure):
                choice = replace(choice, sequence=SHORT)
                case = self.resolved(choice) or case
                fit = best_fit(self.advisor, case.run, way, target, self.counter) or fit
            if fit is None or not math.isfinite(fit.days):
                continue
            tries = practice_of(case, None).tries.likely
            days = fit.days * tries
            cost = self.rough_cost(row, count, days)
            made = _Candidate(choice, fit, place, days, cost, fit.memory.probability_fits)
            late = self.limits.deadline is not None and days * 1.1 > self.limits.deadline
            if not late or best is None or days < best.days * 0.75:
                best = made if best is None or late or days < best.days else best
            if not late:
                break
        return best

    def batch(self, way: Way, case: Case) -> float:
        """Tokens of an optimizer step: the plan's own where the way is its own, else what suits the way."""
        run, training = self.case.run, self.case.plan.training
        if way == self.limits.method and (training.global_batch_size or training.gradient_accumulation):
            recipe = run.recipe
            return recipe.micro_batch * recipe.accumulation * run.layout.data * float(recipe.sequence_length)
        return batch_tokens(case.knowledge, way)

    def hopeless(self, choice: Choice) -> bool:
        """A bound that costs nothing: even at the peak rate the run would take twice the deadline."""
        rates, deadline = choice.machines.device.rates, self.limits.deadline
        peak = max(rates.bf16 or 0.0, rates.fp16 or 0.0) * 1e12
        entry, shape = choice.base.entry, self.case.run.architecture
        active = (entry.active_parameters or entry.parameters) if entry else active_parameters(shape)
        tokens = self.case.run.tokens
        if not (peak and deadline and tokens) or choice.way in {"lora", "qlora"}:
            return False
        return 6 * active * tokens / (peak * choice.count * choice.machines.each) / 86400 > 2 * deadline

    def rough_cost(self, row: Machines, count: int, days: float) -> float:
        if row.price is None:
            return 0.0
        return row.price * count * (days * 24 if row.tenure == "rent" else 1.0)

    def could_hold(self, choice: Choice) -> bool:
        """A bound that costs nothing: the states that must lie on the devices, whatever the layout."""
        size = choice.base.parameters or self.case.run.architecture.stated_parameters or 0.0
        room, devices = choice.machines.device.memory_gib * 2**30, choice.count * choice.machines.each
        if choice.way == "qlora":
            return size * 0.5 < room
        if choice.way == "lora":
            return size * 2.0 < room * devices
        return size * 16.0 < room * devices

    def serving_candidate(self, base: Base, place: int, row: Machines) -> _Candidate | None:
        size = base.parameters or self.case.run.architecture.stated_parameters or 0.0
        if size * 0.5 > row.device.memory_gib * 2**30 * max(row.counts) * row.each:
            return None
        case = self.resolved(Choice("retrieval", base, row, 1))
        if case is None:
            return None
        self.counter.memory += 1
        serving = estimate_serving(case.run, self.advisor.serving_calibration)
        needed = serving.devices_needed
        count = next((n for n in row.counts if needed and n * row.each >= needed and n <= row.per_node), None)
        if count is None or serving.tokens_per_second is None:
            return None
        months = case.knowledge.figure("serving-months").likely
        cost = self.rough_cost(row, count, months * 30.44)
        days = case.knowledge.figure("deployment-days").likely
        return _Candidate(Choice("retrieval", base, row, count), None, place, days, cost, 1.0)

    # -- judging

    def order(self, candidate: _Candidate) -> tuple[float, ...]:
        sure = float(candidate.chance < 0.9)
        if self.optimise == "cost":
            return sure, candidate.money, candidate.place
        if self.optimise == "time":
            return sure, candidate.days, candidate.place
        if self.optimise == "risk":
            return 1 - candidate.chance, candidate.choice.count, candidate.place
        if self.keep == "hardware":
            late = float(self.limits.deadline is not None and candidate.days > self.limits.deadline)
            return sure, late, candidate.place
        over = float(self.limits.budget is not None and candidate.money > self.limits.budget)
        late = float(self.limits.deadline is not None and candidate.days > self.limits.deadline)
        cheap = candidate.choice.way == "retrieval"
        return sure, over if cheap else 0.0, late, candidate.place, candidate.money

    def judge_best(self, candidates: list[_Candidate]) -> None:
        kinds: dict[tuple[Way, str], list[_Candidate]] = {}
        for row in candidates:
            kinds.setdefault(row.kind, []).append(row)
        if not candidates:
            return
        for rows in kinds.values():
            rows.sort(key=self.order)
            for row in rows[:_TRIES]:
                option, finding = self.offer(row)
                if option is not None:
                    self.found.append(option)
                    break
                if finding is not None:
                    self.refused.setdefault(row.choice.way, []).append(finding)

    def offer(self, candidate: _Candidate) -> tuple[Option | None, Finding | None]:
        """The option of a candidate, with what it must give up; else the finding that blocks it, if one does."""
        choice, limits = candidate.choice, self.limits
        values = compose(self.case, limits, choice)
        size = choice.base.parameters or self.case.run.architecture.stated_parameters or 0.0
        title = explain.title_of(choice, limits, size)
        values["title"] = f"{title.en} / {title.zh}"[:300]
        given = set(choice.machines.gives_up)
        if candidate.fit is not None:
            self.settle(values, candidate)
            self.serve(values)
        if choice.way in {"full", "continued", "pretraining"} and limits.engineers == 0:
            given.add("team")
            team = dict(values["project"].get("team") or {})
            values["project"]["team"] = team | {
                "engineers": max(1, choice.nodes), "on_call": True, "experience": "some"}  # fmt: skip
        judged = self.judge(values)
        for _ in range(3):
            if judged is None:
                return None, None
            more = self.needed(judged, values, given)
            if not more:
                break
            given |= more
            judged = self.judge(values)
        if judged is None:
            return None, None
        blocker = self.blocker(judged)
        if blocker is not None and blocker.rule.topic in {"licence", "compliance"} and limits.use != "internal":
            values["project"]["use"] = "internal"
            inside = self.judge(values)
            if inside is not None and self.blocker(inside) is None:
                judged, blocker = inside, None
                given.add("use")
        if blocker is not None:
            return None, blocker
        cost = judged.estimates.cost
        if cost is None or cost.project is None or {"purchase", "compute", "serving"} & set(cost.missing):
            self.reasons.setdefault(choice.way, "price")
            return None, None
        names = explain.in_order(given)
        trimmed = choice.way in {"lora", "qlora"} and self.trimmed(judged)
        licence, duties = explain.licence_of(judged, limits)
        option = Option(
            choice=choice,
            title=title if not names else explain.both("title-gives-up", title=title,
                                                       names=explain.given_up(names, judged)),
            model=explain.model_words(choice, size),
            device=explain.device_words(choice),
            changes=changes_between(plan_values(self.case.file), values),
            gives_up=names,
            judgement=judged,
            why=explain.why_of(choice, limits, judged, trimmed, judged.pricing),
            licence=licence,
            duties=duties,
            risk="medium",
            text=write_plan(values),
        )  # fmt: skip
        if self.buys_for_hours(option):
            self.reasons.setdefault(choice.way, "short")
            return None, None
        if option.probability_fits < HALF or self.is_the_plan(option):
            return None, None
        return replace(option, risk=explain.risk_of(choice, judged, option.probability_fits)), None

    def buys_for_hours(self, option: Option) -> bool:
        """Tell whether a whole node would be bought for a run of a few days: nobody does, and renting is at hand."""
        time = option.judgement.estimates.time
        bought = option.choice.machines.tenure in {"buy-new", "buy-used"} and not option.choice.machines.own
        several = option.choice.count > 1 and option.choice.way != "retrieval"
        return bought and several and time is not None and time.days is not None and time.days.likely < SHORT_DAYS

    def is_the_plan(self, option: Option) -> bool:
        """Tell whether an option does what the plan does, no better judged, hardly cheaper and hardly sooner."""
        choice, estimates = option.choice, self.judgement.estimates
        if self.keep is not None or choice.way != self.limits.method or not choice.base.own:
            return False
        if _VERDICTS[option.verdict] < _VERDICTS[self.judgement.verdict]:
            return False
        if choice.way == "retrieval" and choice.machines.device_id != self.case.device_id:
            return False  # the same model served on another device is an answer of its own
        cost, days = estimates.cost, estimates.time.calendar_days if estimates.time else None
        cheaper = bool(cost and cost.project and option.cost and option.cost.likely < 0.95 * cost.project.likely)
        sooner = bool(days and option.days and days.likely > 3 and option.days.likely < 0.5 * days.likely)
        if cheaper or sooner:
            return False
        self.reasons[choice.way] = "plan"
        return True

    def settle(self, values: dict[str, Any], candidate: _Candidate) -> None:
        fit = candidate.fit
        assert fit is not None  # noqa: S101 - the caller has looked
        seconds = fit.time.step_seconds.likely
        wanted = self.case.knowledge.figure("checkpoint-interval-hours").likely * 3600 / max(seconds, 1e-6)
        steps = fit.time.steps or wanted
        # A run shorter than the interval saves once, at its end.
        between = math.ceil(steps) if steps <= wanted else _round_steps(wanted)
        settle(values, fit.run, between)
        if not candidate.choice.machines.own:
            kept = values["training"].get("keep_checkpoints", 3)
            data = sum(row.entry.size or (row.tokens or 0.0) * 4 for row in self.case.data) / 2**30
            weights = fit.memory.parts["weights"] * fit.run.layout.devices
            house(
                values, fit.memory.host_gib_per_node.high, fit.memory.checkpoint_gib * (kept + 1) + weights + 4 * data
            )

    def serve(self, values: dict[str, Any]) -> None:
        """Shorten the context that the trained model is served with, where the plan leaves it open, until it fits."""
        serving = values.get("serving")
        stated = self.case.plan.serving
        if serving is None or (stated is not None and stated.context_length):
            return
        for length in [length for length in CONTEXTS if length <= serving["context_length"]] or [CONTEXTS[-1]]:
            serving["context_length"] = length
            file = self.file_of(values)
            if file is None:
                return
            run = resolve(file, self.case.knowledge, self.case.today).run
            self.counter.memory += 1
            if estimate_serving(run, self.advisor.serving_calibration).probability_fits >= SURE:
                return

    def judge(self, values: dict[str, Any]) -> Judgement | None:
        file = self.file_of(values)
        if file is None:
            return None
        self.counter.judged += 1
        return self.advisor.judge(file, self.case.today)

    def needed(self, judged: Judgement, values: dict[str, Any], given: set[str]) -> set[str]:
        """What the judged plan still asks beyond deadline and budget; the values are changed to grant it."""
        more: set[str] = set()
        time, cost, job = judged.estimates.time, judged.estimates.cost, judged.pricing.job
        days = time.calendar_days if time is not None else job.calendar_days if job is not None else None
        limits = self.limits
        if limits.deadline is not None and days is not None and days.likely > _granted(judged, "deadline"):
            values["project"]["deadline"] = f"{math.ceil(days.likely * 1.02)} days"
            more.add("deadline")
        if limits.budget is not None and cost is not None and cost.project is not None:
            project = judged.case.plan.project
            allowed = project.budget.amount if project and project.budget else math.inf
            if cost.project.likely > allowed:
                values["project"]["budget"] = amount_text(cost.project.likely, limits.currency)
                more.add("budget")
        del given
        return more

    def blocker(self, judged: Judgement) -> Finding | None:
        return next((row for row in judged.findings if row.rule.severity == "blocker"), None)

    def trimmed(self, judged: Judgement) -> bool:
        before = sum(row.tokens or 0.0 for row in self.case.data if row.private)
        after = sum(row.tokens or 0.0 for row in judged.case.data if row.private)
        return after < before * 0.99

    # -- the plan's own wish

    def own_wish(self, machines: tuple[Machines, ...]) -> None:
        """What the plan's own method and model would take on the fastest machines, done properly."""
        way = self.limits.method
        if way not in {"full", "continued"} or self.judgement.verdict != "no-go" or not self.case.data:
            return
        base = Base(self.case.plan.model.name or "", self.case.model, own=True)
        rented = [row for row in machines if row.tenure == "rent" and row.device.bf16 and row.device.rates.bf16
                  and row.device.interconnect.kind == "nvlink" and row.device.country != "CN"]  # fmt: skip
        rented.sort(key=lambda row: ("h100" not in row.device_id, -(row.device.rates.bf16 or 0.0)))
        for row in rented[:2]:
            made = self.candidate(way, base, 0, row)
            if made is None:
                continue
            option, _ = self.offer(made)
            if option is not None:
                self.take_own(option)
                return

    def take_own(self, option: Option) -> None:
        """Offer the plan's own wish where it costs about what its way costs anyway; else keep it to be told."""
        costs = [row.cost.likely for row in self.found if row.choice.way == option.choice.way and row.cost]
        if option.cost is not None and (not costs or option.cost.likely <= 1.25 * min(costs)):
            self.found.append(option)
        else:
            self.own = option

    # -- the result

    def rank(self, option: Option) -> tuple[float, ...]:
        cost = option.cost.likely if option.cost else math.inf
        days = option.days.likely if option.days else math.inf
        inside = float(bool(option.gives_up))
        place = float(self.ways().index(option.choice.way))
        if self.optimise == "cost":
            return inside, cost, days
        if self.optimise == "time":
            return inside, days, cost
        if self.optimise == "risk":
            return inside, _RISKS[option.risk], _VERDICTS[option.verdict], 1 - option.probability_fits, cost
        # Options that give up the same stand together, those that give up what comes first in the titles first.
        given = sum(2.0 ** GIVEN_UP.index(name) for name in option.gives_up)
        # What stands there goes before what must be got, unless that is clearly cheaper.
        cost *= 1.0 if option.choice.machines.tenure == "owned" else 1.15
        return inside, len(option.gives_up), given, _VERDICTS[option.verdict], place, cost

    def chosen(self) -> list[Option]:
        """At most so many options, each way and each sacrifice heard, none that another one beats in all."""
        ranked = sorted((row for row in self.found if not self.late_for_nothing(row)), key=self.rank)
        kept: list[Option] = []
        each: dict[Way, int] = {}
        for option in ranked:
            way = option.choice.way
            if each.get(way, 0) < _EACH[way] and not any(_beats(other, option) for other in kept):
                kept.append(option)
                each[way] = each.get(way, 0) + 1
        while len(kept) > self.most:
            # The last option of the way that has most goes first.
            fullest = max(each, key=lambda way: (each[way], self.ways().index(way)))
            last = max(index for index, option in enumerate(kept) if option.choice.way == fullest)
            del kept[last]
            each[fullest] -= 1
        return kept

    def late_for_nothing(self, option: Option) -> bool:
        """Tell whether an option gives up the deadline though its way can be had in time."""
        return "deadline" in option.gives_up and any(
            other.choice.way == option.choice.way and "deadline" not in other.gives_up for other in self.found
        )

    def result(self, *, complete: bool) -> Options:
        chosen = [
            replace(option, file_name=f"option-{number:02}-{option.choice.way}.yaml")
            for number, option in enumerate(self.chosen(), 1)
        ]
        return Options(
            judgement=self.judgement,
            options=tuple(chosen),
            missing=tuple(self.missing(chosen)) if complete else (),
            nothing=catalogue("options")["nothing-trained" if not self.case.trains else "nothing"],
            flip=find_flip(self.advisor, self.judgement, chosen, self.counter) if complete else Flip(
                None, None, catalogue("options")["stopped"]),
            pilot=self.pilot(chosen),
            complete=complete,
            plan_stands=self.judgement.verdict != "no-go" and "plan" in self.reasons.values(),
            notes=tuple(self.notes(chosen)) if complete else (),
            estimates=self.counter.memory + self.counter.time,
            judged=self.counter.judged,
        )  # fmt: skip

    def missing(self, chosen: list[Option]) -> Iterator[Words]:
        for way in self.ways():
            mine = [option for option in self.found if option.choice.way == way]
            if any(not option.gives_up for option in mine) or self.reasons.get(way) == "plan":
                continue
            name = catalogue("options")[f"way-{way}"]
            if mine:
                yield explain.both("missing-constraints", way=name, names=self.sacrifices(way, mine, chosen))
            elif way in self.refused:
                finding = self.refused[way][0]
                says = Words(*(finding.says(lang) for lang in LANGUAGES))
                yield explain.both("missing-blocked", way=name, says=says)
            elif self.reasons.get(way) == "model":
                stage = catalogue("options")[f"stage-{self.limits.use}"]
                yield explain.both("missing-model", way=name, stage=stage)
            elif self.reasons.get(way) == "little":
                yield explain.both("missing-little", way=name, tokens=counted(self.plain_tokens()))
            else:
                yield explain.both(f"missing-{self.reasons.get(way, 'none')}", way=name)
        if (words := self.own_words()) is not None:
            yield words

    def sacrifices(self, way: Way, mine: list[Option], chosen: list[Option]) -> Words:
        """What a way costs in constraints: each smallest set once, with the number of the option that shows it."""
        shown = [(number, row) for number, row in enumerate(chosen, 1) if row.choice.way == way]
        if not shown:
            near = min(mine, key=self.rank)
            return explain.given_up(near.gives_up, near.judgement)
        parts: list[Words] = []
        seen: list[set[str]] = []
        for number, option in shown:
            given = set(option.gives_up)
            if any(known <= given for known in seen):
                continue
            seen.append(given)
            names = explain.given_up(option.gives_up, option.judgement)
            parts.append(explain.both("missing-numbered", names=names, number=number))
        words = parts[0]
        for part in parts[1:]:
            words = explain.both("missing-or", one=words, other=part)
        return words

    def notes(self, chosen: list[Option]) -> Iterator[Words]:
        """What would lift the first training option over its last hurdle: keeping the result inside the house."""
        if self.limits.use == "internal":
            return
        for number, option in enumerate(chosen, 1):
            if option.choice.way == "retrieval" or option.verdict == "go" or "use" in option.gives_up:
                continue
            values = plan_values(option.judgement.case.file)
            values["project"]["use"] = "internal"
            judged = self.judge(values)
            gone = {row.rule.id for row in option.judgement.findings if row.rule.severity in {"high", "medium"}}
            left = {row.rule.id for row in judged.findings} if judged is not None else gone
            if judged is not None and gone - left:
                verdict = Words(*(say(lang, f"report.{judged.verdict}") for lang in LANGUAGES))
                names = explain.joined([Words(name, name) for name in sorted(gone - left)])
                yield explain.both("note-internal", number=number, verdict=verdict, findings=names)
            return

    def own_words(self) -> Words | None:
        option = self.own
        if option is None:
            return None
        judged, choice = option.judgement, option.choice
        time, cost = judged.estimates.time, option.cost
        if time is None or time.device_hours is None or cost is None or option.days is None:
            return None
        currency = judged.pricing.currency
        private = sum(row.share or 0.0 for row in judged.case.data if row.private)
        limits = self.limits
        over: Words | str = ""
        if limits.budget and cost.likely > limits.budget:
            over = explain.both("own-over", times=significant(cost.likely / limits.budget, 2))
        replay: Words | str = explain.both("own-replay", share=f"{private:.0%}") if 0 < private < 1 else ""
        return explain.both(
            "missing-own",
            way=explain.way_words(replace(choice), limits),
            model=explain.model_words(choice, self.case.run.architecture.stated_parameters or 0.0),
            tokens=counted(judged.case.run.tokens or 0.0),
            replay=replay,
            device_hours=significant(time.device_hours.likely, 2),
            device=explain.device_words(choice),
            count=choice.count,
            days=significant(option.days.likely, 2),
            cost=Words(*(money(cost.likely, currency, lang) for lang in LANGUAGES)),
            over=over,
            verdict=explain.both("own-not-offered"),
        )

    def pilot(self, chosen: list[Option]) -> Words:
        knowledge = self.case.knowledge
        cases = f"{knowledge.figure('evaluation-cases-10-points').likely:.0f}"
        served = [(number, row) for number, row in enumerate(chosen, 1) if row.choice.way == "retrieval"]
        if self.limits.method == "retrieval" and self.reasons.get("retrieval") == "plan":
            return explain.both("pilot-plan", cases=cases)
        trained = [row for row in chosen if row.choice.way != "retrieval"]
        if served and not (self.limits.goal == "general" and trained):
            number, option = min(served, key=lambda pair: pair[1].cost.likely if pair[1].cost else math.inf)
            days = option.days.likely if option.days else knowledge.figure("deployment-days").likely
            own = option.choice.machines.own
            facts = self.limits.goal in {"api-knowledge", "unknown"}
            key = ("pilot-retrieval" if facts else "pilot-prompt") + ("-own" if own else "")
            return explain.both(key, number=number, days=significant(days, 2), cases=cases)
        for number, option in enumerate(chosen, 1):
            time = option.judgement.estimates.time
            if time is not None:
                return explain.both(
                    "pilot-measure",
                    steps=200,
                    number=number,
                    hours=explain.span_words(200 * time.step_seconds.likely / 86400),
                    speed=significant(time.tokens_per_second_per_device.low, 2),
                )
        return explain.both("pilot-plain", cases=cases)


def _price_of_work(row: Machines) -> float:
    """What a device costs for its rate of arithmetic: the order in which machines of a kind are worth a look."""
    rate = max(row.device.rates.bf16 or 0.0, row.device.rates.fp16 or 0.0)
    return (row.price or 0.0) / rate if row.tenure == "rent" and rate else row.price or 0.0


def _granted(judged: Judgement, name: str) -> float:
    value = judged.facts.get(f"time.{name}")
    return float(value) if isinstance(value, (int, float)) else math.inf


def _beats(one: Option, other: Option) -> bool:
    """Tell whether an option that ranks higher leaves no reason to show another: about as cheap and fast, or better."""
    if one.choice.way != other.choice.way or not set(one.gives_up) <= set(other.gives_up):
        return False
    if one.cost is None or other.cost is None or one.days is None or other.days is None:
        return False
    if one.choice.base.parameters < other.choice.base.parameters * 0.7:
        return False
    tenures = one.choice.machines.tenure, other.choice.machines.tenure
    if one.choice.way in {"full", "continued"} and tenures == ("rent", "rent") and other.days.likely >= 7:
        return False  # which class can be had for weeks differs from day to day
    if tenures[1] == "owned" and tenures[0] != "owned" and one.cost.likely > other.cost.likely * 0.8:
        return False  # what stands there needs no contract and no move
    if _VERDICTS[one.verdict] > _VERDICTS[other.verdict] or _RISKS[one.risk] > _RISKS[other.risk]:
        return False
    return one.cost.likely <= other.cost.likely * 1.02 and one.days.likely <= other.days.likely * 1.1 + 0.5


def _round_steps(steps: float) -> int:
    """Steps as a person would set them: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(max(1.0, steps)))
    return int(max(factor * power for factor in (1, 2, 5) if factor * power <= max(1.0, steps)))
