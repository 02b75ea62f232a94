"""From the decision to a result: phases one after the other, and the slack to the deadline."""

from __future__ import annotations

from advisor.estimates.cost import Undertaking
from advisor.estimates.run import Range
from advisor.estimates.time import TimeEstimate
from advisor.pricing import NONE, figure_range
from advisor.records import dataclass
from advisor.resolve import PRIVATE_KINDS, Case

DAYS_PER_WEEK = 7.0
PHASES = ("delivery", "preparation", "run", "repeats", "deployment")
"""Phases in the order in which they follow each other."""
_SCARCE = ("HBM", "HiBL", "HiZQ")
"""Memory whose supply decides how long its devices take to arrive; cards with other memory stand in stock."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of the calendar: delivery, preparation, run, repeats or deployment; days."""

    key: str
    days: Range


@dataclass(frozen=True, slots=True)
class Schedule:
    """The phases of a plan in order. All in days from the decision; None where the time cannot be told.

    `first` is when something can be seen at the earliest: the first trained model, or the deployed one. `counted` is
    when the result that counts is there, after failures and repeats. `slack` is the deadline less `counted`, likely.
    """

    phases: tuple[Phase, ...]
    first: Range | None
    counted: Range | None
    deadline: float | None

    @property
    def slack(self) -> Range | None:
        """Days between the result that counts and the deadline; negative where it comes too late."""
        if self.counted is None or self.deadline is None:
            return None
        return Range(self.deadline - self.counted.high, self.deadline - self.counted.likely,
                     self.deadline - self.counted.low)  # fmt: skip

    def part(self, key: str) -> Range | None:
        """The days of a phase; None where there is no such phase."""
        return next((phase.days for phase in self.phases if phase.key == key), None)


def in_a_row(*spans: Range) -> Range:
    """Stretches one after the other; lows with lows and highs with highs, since a slow project is slow all through."""
    return Range(sum(s.low for s in spans), sum(s.likely for s in spans), sum(s.high for s in spans))


def delivery_of(case: Case) -> Range:
    """Days from the order of new devices until they arrive."""
    memory = (case.device.memory_type if case.device else None) or _SCARCE[0]
    kind = "accelerators" if memory.startswith(_SCARCE) else "cards"
    return figure_range(case.knowledge, f"lead-time-weeks-{kind}").times(DAYS_PER_WEEK)


def schedule_of(case: Case, time: TimeEstimate | None, job: Undertaking | None) -> Schedule:
    """The calendar of a plan: delivery where devices are bought new, preparation where private data is trained on."""
    knowledge, project = case.knowledge, case.plan.project
    deadline = project.deadline if project else None
    phases: list[Phase] = []
    if job is not None and job.tenure == "buy-new":
        phases.append(Phase("delivery", delivery_of(case)))
    if case.trains and any(row.entry.kind in PRIVATE_KINDS for row in case.data):
        phases.append(Phase("preparation", figure_range(knowledge, "data-preparation-days")))
    before = in_a_row(NONE, *(phase.days for phase in phases))
    if time is not None and time.days is not None and time.calendar_days is not None:
        run, whole = time.days, time.calendar_days
        again = Range(
            max(0.0, whole.low - run.low), max(0.0, whole.likely - run.likely), max(0.0, whole.high - run.high)
        )
        phases += [Phase("run", run), Phase("repeats", again)]
        return Schedule(tuple(phases), in_a_row(before, run), in_a_row(before, whole), deadline)
    if not case.trains and job is not None:
        phases.append(Phase("deployment", job.calendar_days))
        whole = in_a_row(before, job.calendar_days)
        return Schedule(tuple(phases), whole, whole, deadline)
    return Schedule(tuple(phases), None, None, deadline)
