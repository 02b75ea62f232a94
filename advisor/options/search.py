"""The search: ways, bases and machines; the best layout of each by the estimates, the best of each kind judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from advisor.options.candidate import Candidate
from advisor.options.candidates import candidates
from advisor.options.flip import find_flip
from advisor.options.ground import Counter, Ground, Keep, Optimise
from advisor.options.judging import Outcome, offer
from advisor.options.layouts import SURE
from advisor.options.limits import Way, limits_of
from advisor.options.machines import Machines, machines_for
from advisor.options.models import Base, bases_for
from advisor.options.offer import Flip, Option, Options
from advisor.options.ranking import chosen, order
from advisor.options.reasons import Found, missing, notes, own_wish, pilot
from advisor.options.trained import trained
from advisor.pipeline import Advisor, Judgement
from advisor.words import catalogue

_BASES: dict[Way, int] = {
    "retrieval": 3, "lora": 2, "qlora": 3, "full": 3, "continued": 2, "pretraining": 1, "preference": 2,
    "preference-lora": 2, "rl": 2, "rl-lora": 2,
}  # fmt: skip
"""How many bases of each way are tried."""
_TRIES = 3
"""How many candidates of one kind are judged before that kind is given up."""


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
    ground = Ground(advisor, judgement, limits_of(judgement.case), optimise, keep, Counter())
    search = _Search(ground, most, progress)
    try:
        search.run()
        return search.result(complete=True)
    except KeyboardInterrupt:
        return search.result(complete=False)


class _Search:
    """One search over one plan."""

    def __init__(self, ground: Ground, most: int, progress: Callable[[int, int], None] | None) -> None:
        self.ground, self.most, self.progress = ground, most, progress
        self.found = Found()
        self.own: Option | None = None
        self.done = self.total = 0

    def bases(self, way: Way) -> tuple[Base, ...]:
        ground = self.ground
        if ground.keep == "model" or way == "pretraining":
            return (ground.own_base,)
        found = bases_for(ground.case, ground.limits, way, ground.case.today)
        if ground.keep == "hardware":
            # The largest first; the plan's own before one that is hardly larger.
            return tuple(sorted(found, key=lambda base: -base.parameters * (1.15 if base.own else 1.0)))
        if way == "qlora" and way != ground.limits.method:
            # Four bits are for what does not fit in sixteen.
            held = max((ground.size_of(row.choice.base) for row in self.found.options if row.choice.way == "lora"
                        and row.choice.machines.own), default=0.0)  # fmt: skip
            found = tuple(base for base in found if ground.size_of(base) > 1.2 * held)
        return found[: _BASES[way]]

    def run(self) -> None:
        ground, case = self.ground, self.ground.case
        machines = machines_for(case, ground.limits, ground.judgement.pricing, case.today)
        if ground.keep == "hardware":
            machines = tuple(row for row in machines if row.own)
        ways = ground.ways()
        floor = case.knowledge.figure("cpt-tokens-floor").low or 0.0
        self.total = len(ways) * len(machines) + 1
        self.tick(0)
        for number, way in enumerate(ways):
            self.tick(number * len(machines) - self.done)
            if way != "retrieval" and not case.data:
                self.found.reasons[way] = "data"
                continue
            if way == "continued" and way != ground.limits.method and ground.plain_tokens() < floor:
                self.found.reasons[way] = "little"
                continue
            bases = self.bases(way)
            if not bases:
                self.found.reasons[way] = "model"
                continue
            for rivals in candidates(ground, way, bases, machines, self.tick):
                self.judge_best(rivals)
        if ground.keep is None:
            self.try_own_wish(machines)
        self.tick(self.total - self.done)

    def tick(self, machines: int) -> None:
        """So many machines more are done with for a way."""
        self.done += machines
        if self.progress is not None:
            self.progress(self.done, self.total)

    def judge_best(self, rivals: list[Candidate]) -> None:
        """Judge the candidates of one kind in their order until one holds."""
        rivals.sort(key=lambda row: order(self.ground, row))
        edge: Option | None = None
        # What is there is looked through down to what holds; what may be got, only where it looks best.
        for row in rivals if self.ground.keep == "hardware" else rivals[:_TRIES]:
            option = self.judged(row).option
            if option is not None and option.probability_fits >= SURE:
                self.found.options.append(option)
                return
            edge = edge or option
        if edge is not None:
            # Nothing surely fits, to train and to serve: this more likely does than not.
            self.found.options.append(edge)

    def judged(self, row: Candidate) -> Outcome:
        """What becomes of a candidate; why it is no option is kept."""
        outcome, way = offer(self.ground, row), row.choice.way
        if outcome.finding is not None:
            self.found.refused.setdefault(way, []).append(outcome.finding)
        if outcome.reason == "plan":
            self.found.reasons[way] = "plan"
        elif outcome.reason:
            self.found.reasons.setdefault(way, outcome.reason)
        return outcome

    def try_own_wish(self, machines: tuple[Machines, ...]) -> None:
        """What the plan's own method and model would take on the fastest machines, done properly."""
        ground, way = self.ground, self.ground.limits.method
        told = any(row.choice.way == way and row.choice.base.own for row in self.found.options)
        if way not in {"full", "continued"} or told or ground.judgement.verdict != "no-go" or not ground.case.data:
            return
        rented = [row for row in machines if row.tenure == "rent" and row.device.bf16 and row.device.rates.bf16
                  and row.device.interconnect.kind == "nvlink" and row.device.country != "CN"]  # fmt: skip
        rented.sort(key=lambda row: ("h100" not in row.device_id, -(row.device.rates.bf16 or 0.0)))
        for row in rented[:2]:
            made = trained(ground, way, ground.own_base, 0, row)
            option = None if made is None else offer(ground, made).option
            if option is not None:
                self.take_own(option)
                return

    def take_own(self, option: Option) -> None:
        """Offer the plan's own wish where it costs about what its way costs anyway; else keep it to be told."""
        found = self.found.options
        costs = [row.cost.likely for row in found if row.choice.way == option.choice.way and row.cost]
        if option.cost is not None and (not costs or option.cost.likely <= 1.25 * min(costs)):
            found.append(option)
        else:
            self.own = option

    def result(self, *, complete: bool) -> Options:
        ground, found, counter = self.ground, self.found, self.ground.counter
        shown = [
            replace(option, file_name=f"option-{number:02}-{option.choice.way}.yaml")
            for number, option in enumerate(chosen(ground, found.options, self.most), 1)
        ]
        absent = list(missing(ground, found, shown)) if complete else []
        if complete and (words := own_wish(ground, self.own)) is not None:
            absent.append(words)
        return Options(
            judgement=ground.judgement,
            options=tuple(shown),
            missing=tuple(absent),
            nothing=catalogue("options")["nothing-trained" if not ground.case.trains else "nothing"],
            flip=find_flip(ground.advisor, ground.judgement, shown, counter) if complete else Flip(
                None, None, catalogue("options")["stopped"]),
            pilot=pilot(ground, shown, found.reasons),
            complete=complete,
            plan_stands=ground.judgement.verdict != "no-go" and "plan" in found.reasons.values(),
            notes=tuple(notes(ground, shown)) if complete else (),
            estimates=counter.memory + counter.time,
            judged=counter.judged,
        )  # fmt: skip
