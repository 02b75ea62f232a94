"""The one way through: plan, knowledge, estimates, facts, rules, findings, verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from advisor.entries.base import Knowledge
from advisor.estimates.cost import CostEstimate, estimate_cost
from advisor.estimates.frameworks import FrameworkProfile, framework_from_dict
from advisor.estimates.memory import MemoryCalibration, MemoryEstimate, MemoryFigures, estimate_memory, memory_figures
from advisor.estimates.memory import calibration_from_dict as memory_calibration_from_dict
from advisor.estimates.run import Run
from advisor.estimates.serving import ServingCalibration, ServingEstimate, estimate_serving
from advisor.estimates.serving import calibration_from_dict as serving_calibration_from_dict
from advisor.estimates.time import TimeEstimate, estimate_time, missing_for_time
from advisor.estimates.time_calibration import TimeCalibration, time_calibration_from_dict
from advisor.facts import facts_of
from advisor.facts.registry import State
from advisor.findings import Finding, Judged, Place, Verdict, judge_acceptances, ordered, verdict_of
from advisor.plan.read import PlanFile
from advisor.policy import Policy
from advisor.pricing import Pricing, practice_of, price
from advisor.records import dataclass
from advisor.resolve import Assumption, Case, resolve
from advisor.ruling import engine as rules_engine
from advisor.ruling.format import Rule, RuleSet
from advisor.ruling.vocabulary import Value

if TYPE_CHECKING:
    from advisor.schedule import Schedule
    from advisor.sensitivity import Sensitivity


@dataclass(frozen=True, eq=False)
class Estimates:
    """The four estimates of a case; None where one does not apply or cannot be made."""

    memory: MemoryEstimate | None
    serving: ServingEstimate | None
    time: TimeEstimate | None
    cost: CostEstimate | None


@dataclass(frozen=True, eq=False)
class Judgement:
    """All that is known of one plan: case, estimates, facts, findings, acceptances and verdict."""

    case: Case
    estimates: Estimates
    pricing: Pricing
    facts: Mapping[str, Value]
    findings: tuple[Finding, ...]
    acceptances: tuple[Judged, ...]
    verdict: Verdict
    memory_of: Callable[[Run], MemoryFigures]
    state: State
    hidden: tuple[Finding, ...] = ()  # what the policy leaves out: counted, never silently lost
    policy: Policy = field(default_factory=Policy)

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Everything that was assumed, of the run and of the prices."""
        return self.case.assumptions + self.pricing.assumptions

    @property
    def overlaid(self) -> tuple[tuple[str, str, str], ...]:
        """Values of the user's own knowledge behind this judgement: entry, field, folder."""
        case, found = self.case, []
        used = [("devices", case.device_id), ("models", case.model_id), ("licences", case.licence_id)]
        used += [("data_licences", name) for share in case.data for name in share.terms.ids]
        for family, name in used:
            if name is not None and case.knowledge.has(family, name):
                origin = case.knowledge.origin(family, name)
                found += [(f"{family}/{name}", field, folder) for field, folder in origin.items()]
        return tuple(found)

    @property
    def schedule(self) -> Schedule:
        """The calendar from the decision to a result."""
        return self.state.schedule

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """How far the plan is from another verdict; measured when first asked for."""
        from advisor.sensitivity import measure_sensitivity  # noqa: PLC0415 - a check does not ask

        time, cost = self.estimates.time, self.estimates.cost
        return measure_sensitivity(
            self.case,
            self.estimates.memory,
            self.memory_of,
            time.calendar_days.likely if time and time.calendar_days else None,
            cost.project.likely if cost and cost.project else None,
        )


@dataclass(frozen=True, eq=False)
class Advisor:
    """Knowledge, calibrations and compiled rules, ready for any number of plans. Use it from one thread at a time."""

    knowledge: Knowledge
    ruleset: RuleSet
    prepared: Mapping[str, Any] | None = None  # what the engine makes of the rules, if it was kept
    policy: Policy = field(default_factory=Policy)
    _profiles: dict[str, FrameworkProfile] = field(default_factory=dict)

    @cached_property
    def engine(self) -> rules_engine.Engine:
        """The compiled rules."""
        return rules_engine.compile(self.ruleset, self.prepared)

    @cached_property
    def memory_calibration(self) -> MemoryCalibration:
        """Constants and error spreads of the memory estimate."""
        return memory_calibration_from_dict(self._calibration("memory"))

    @cached_property
    def serving_calibration(self) -> ServingCalibration:
        """Constants and error spreads of the serving estimate."""
        return serving_calibration_from_dict(self._calibration("serving"))

    @cached_property
    def time_calibration(self) -> TimeCalibration:
        """Constants and error spreads of the time estimate."""
        return time_calibration_from_dict(self._calibration("time"))

    @cached_property
    def time_calibrations_left_out(self) -> dict[str, TimeCalibration]:
        """By source of measured runs the constants of the time estimate that were fitted without it."""
        from advisor.estimates.backtest_time import left_out_calibrations  # noqa: PLC0415 - only a backtest asks

        return left_out_calibrations(self._calibration("time"), self._calibration("time-left-out")["sources"])

    def _calibration(self, name: str) -> Mapping[str, Any]:
        return self.knowledge.raw["calibration"][name]

    def profile(self, name: str) -> FrameworkProfile:
        """What a framework keeps in memory."""
        if name not in self._profiles:
            self._profiles[name] = framework_from_dict(name, self.knowledge.raw["frameworks"][name]["profile"])
        return self._profiles[name]

    def memory_of(self, run: Run) -> MemoryEstimate:
        """The memory of a run under its framework's profile."""
        return estimate_memory(run, self.profile(run.recipe.framework), self.memory_calibration)

    def memory_figures_of(self, run: Run) -> MemoryFigures:
        """The same figures without ranges, parts and trace: what a change of a plan is asked for."""
        return memory_figures(run, self.profile(run.recipe.framework), self.memory_calibration)

    def judge(self, file: PlanFile, today: date) -> Judgement:
        """Everything about one plan. Raises Unreadable where a name in it is unknown."""
        case = resolve(file, self.knowledge, today)
        missing: list[str] = []
        estimates, pricing = self._estimate(case, missing)
        state = State(
            case=case,
            memory=estimates.memory,
            serving=estimates.serving,
            time=estimates.time,
            cost=estimates.cost,
            missing=tuple(missing),
            memory_of=self.memory_figures_of,
            pricing=pricing,
            stale_sources=_stale(case),
            failures_per_device_day=_failures(case),
            kernels_measured=self._kernels_measured(case),
        )
        facts = facts_of(state)
        findings = self._find(case, facts, pricing.currency)
        known = self.ruleset.rules
        accepted = case.plan.accept or ()
        places = {index: file.position(f"accept[{index}]") for index in range(len(accepted))}
        remaining, acceptances = judge_acceptances(accepted, findings, known, today, places)
        remaining, more = self.policy.judge_accepted(remaining, file, known, today)
        remaining, hidden = self.policy.split(remaining)
        return Judgement(case, estimates, pricing, facts, ordered(remaining), acceptances + more,
                         verdict_of(remaining), self.memory_figures_of, state, hidden, self.policy)  # fmt: skip

    def under(self, policy: Policy) -> Advisor:
        """The same knowledge and rules under a user's own settings."""
        return replace(self, ruleset=policy.ruleset(self.ruleset), policy=policy)

    def _estimate(self, case: Case, missing: list[str]) -> tuple[Estimates, Pricing]:
        run = case.run
        memory = serving = time = None
        if case.device is not None and case.trains:
            memory = self.memory_of(run)
        if run.serving is not None:
            serving = estimate_serving(run, self.serving_calibration) if case.device is not None else None
            if serving is None or serving.tokens_per_second is None:
                missing.append("serving")
        if case.trains:
            practice = practice_of(case, memory.checkpoint_gib * 2**30 if memory else None)
            if case.device is not None and not missing_for_time(run):
                time = estimate_time(run, self.time_calibration, practice=practice)
            if time is None or time.days is None:
                missing.append("time")
        pricing = price(case, time, memory, serving)
        cost = estimate_cost(pricing.job, pricing.book) if pricing.job is not None else None
        if cost is not None and {"compute", "purchase", "serving"} & set(cost.missing):
            # Without the price of the devices the rest is not the cost of the project.
            cost = None
            missing.append("price")
        return Estimates(memory, serving, time, cost), pricing

    def _kernels_measured(self, case: Case) -> bool | None:
        if case.device is None or not case.trains:
            return None
        return self.time_calibration.device_speed(case.run.machine).measured_kernels

    def _find(self, case: Case, facts: Mapping[str, Value], currency: str) -> tuple[Finding, ...]:
        fired = self.engine.run(facts)
        ids = {hit.rule_id for hit in fired}
        found = []
        for hit in fired:
            rule: Rule = self.ruleset.rules[hit.rule_id]
            position = case.file.position(rule.at)
            above = [parent for parent in (*rule.under, *hit.chain) if parent in ids and parent != rule.id]
            found.append(
                Finding(
                    rule=rule,
                    at=Place(rule.at, position.line, position.column),
                    because=hit.because,
                    chain=hit.chain,
                    under=above[0] if above else None,
                    facts={**facts, **dict(hit.because)},
                    currency=currency,
                )
            )
        return ordered(found)


def _failures(case: Case) -> float:
    practice = practice_of(case, None)
    return practice.failures_per_device_day.likely * practice.old_hardware


def _stale(case: Case) -> int:
    """Sources behind the device, the model and its licence that are past their review date."""
    named: set[str] = set()
    for family, name in (("devices", case.device_id), ("models", case.model_id), ("licences", case.licence_id)):
        if name and case.knowledge.has(family, name):
            named |= set(case.knowledge.sources_of(family, name))
    return sum(case.knowledge.stale(source, case.today) for source in named if case.knowledge.has("sources", source))
