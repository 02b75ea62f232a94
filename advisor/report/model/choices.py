"""What there is to choose between: the plan, the recommendation, the runner-up, the other options, doing nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.options.limits import limits_of
from advisor.pipeline import Judgement
from advisor.records import dataclass
from advisor.report.model.pictures import Row, slack_text
from advisor.report.model.records import Table, Text, joined, plain, strong
from advisor.report.model.terms import stage_of, stage_word, standing, status_word
from advisor.report.model.wording import NOTHING, amount, between, days, listed, remarked, word
from advisor.schedule import Schedule
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.options.offer import Option, Options

_RANK = {"go": 0, "caution": 1, "no-go": 2}


@dataclass(frozen=True, eq=False)
class Choices:
    """What is recommended. Numbers of options count from 1; None where there is none.

    `plan_first` tells that the plan itself is recommended, as it is or on conditions.
    """

    plan_first: bool
    recommended: int | None
    runner_up: int | None


def choices_of(judgement: Judgement, options: Options | None) -> Choices:
    """The recommendation: the plan unless it is a no-go or an option is judged better, then the first option.

    A plan that nothing else does as well stays recommended beside better judged plans of another kind, if it fits and
    keeps its own budget and deadline; where an option does the same job better judged, for no more and no later, that
    option is recommended. A plan that does not fit or keep them yields to one that is judged alike and costs less.
    """
    found = options.options if options is not None else ()
    first = 1 if found else None
    better = bool(found) and _RANK[found[0].verdict] < _RANK[judgement.verdict]
    if judgement.verdict == "go":
        return Choices(True, None, first)
    other = Choices(False, first, _second(found))
    if judgement.verdict == "no-go" or (better and options is not None and not options.plan_stands):
        return other
    if not better and not found:
        return Choices(True, None, None)
    if unfit(judgement) or _overruns(judgement):
        return other if better or _cheaper(judgement, found) else Choices(True, None, first)
    rival = _rival(judgement, found) if better else None
    if rival is not None:
        return Choices(False, rival, 1 if rival > 1 else _second(found))
    return Choices(True, None, first)


def _cheaper(judgement: Judgement, found: Sequence[Option]) -> bool:
    """Tell whether the first option is judged as well as the plan and costs less."""
    cost = judgement.estimates.cost
    if not found or cost is None or cost.project is None or found[0].cost is None:
        return False
    return _RANK[found[0].verdict] <= _RANK[judgement.verdict] and found[0].cost.likely < cost.project.likely


def _overruns(judgement: Judgement) -> bool:
    """Tell whether a plan most likely passes its own budget, or its own deadline whenever its devices arrive."""
    cost, budget, schedule = judgement.estimates.cost, judgement.facts.get("cost.budget"), judgement.schedule
    if budget is not None and cost is not None and cost.project is not None and cost.project.likely > float(budget):
        return True
    delivery = schedule.part("delivery")
    return schedule.slack is not None and schedule.slack.likely + (delivery.likely if delivery else 0.0) < 0


def _second(found: Sequence[Option]) -> int | None:
    return 2 if len(found) > 1 else None


def _rival(judgement: Judgement, found: Sequence[Option]) -> int | None:
    """The first option of the plan's own method and model within its demands that is better judged, for no more
    money and no later; its number."""
    cost, counted, method = judgement.estimates.cost, judgement.schedule.counted, limits_of(judgement.case).method
    for number, option in enumerate(found, 1):
        same = option.choice.way == method and option.choice.base.own and not option.gives_up
        if not same or option.choice.machines.abroad or _RANK[option.verdict] >= _RANK[judgement.verdict]:
            continue
        dearer = cost and cost.project and option.cost and option.cost.likely > cost.project.likely
        later = counted and option.days and option.days.likely > counted.likely
        if not dearer and not later:
            return number
    return None


def unfit(judgement: Judgement) -> bool:
    """Tell whether the run more likely does not fit in memory than it does."""
    memory, serving = judgement.estimates.memory, judgement.estimates.serving
    part = memory or (None if judgement.case.trains else serving)
    return part is not None and part.fits in {"no", "unlikely"}


def misfit(judgement: Judgement) -> str:
    """How a run that is `unfit` misses: it cannot fit, it hardly will, or a served model is asked for too much."""
    memory = judgement.estimates.memory
    if memory is None:
        return "overload"
    return "unfit" if memory.fits == "no" else "unlikely"


def first_result(judgement: Judgement, schedule: Schedule, lang: Language) -> str:
    """When something can be seen first."""
    if unfit(judgement):
        return word(lang, f"first-{misfit(judgement)}")
    if schedule.first is None:
        return word(lang, "first-unknown")
    return word(lang, "first-after", days=days(schedule.first, lang))


def option_name(number: int, lang: Language) -> str:
    """What an option is called: by its number."""
    return word(lang, "choice-option", number=number)


def short_title(option: Option, lang: Language) -> str:
    """Way and model, and the machines, as the tables of options show them."""
    way = say(lang, f"options.short-{option.choice.way}")
    return f"{way} · {option.model.text(lang)}"


def machines(option: Option, lang: Language) -> str:
    """So many of what, and how they are held."""
    tenure = option.choice.machines.tenure
    held = f"options.{tenure}" if tenure else "options.as-planned"
    return remarked(f"{option.choice.count} × {option.device.text(lang)}", say(lang, held), lang)


def choice_table(judgement: Judgement, options: Options | None, choices: Choices, lang: Language) -> Table:
    """The plan, the recommendation, the runner-up and doing nothing, a row each."""
    stage = stage_of(judgement)
    head = (
        word(lang, "choice"),
        *(word(lang, f"column-{name}") for name in ("verdict", "cost", "first", "slack")),
        word(lang, "column-licence", stage=stage_word(stage, lang)),
    )
    marks = {choices.recommended: "choice-recommended", choices.runner_up: "choice-runner-up"}
    name = word(lang, "choice-plan")
    if choices.plan_first:
        name = remarked(name, word(lang, "choice-recommended"), lang)
    rows = [_choice(strong(name), judgement, lang, judgement.schedule.deadline)]
    for number in (choices.recommended, choices.runner_up):
        if number is None or options is None:
            continue
        option = options.options[number - 1]
        named = remarked(option_name(number, lang), word(lang, marks[number]), lang)
        what = f"{short_title(option, lang)} · {machines(option, lang)}"
        if option.gives_up:
            given = listed((say(lang, f"options.short-{name}") for name in option.gives_up), lang)
            what += between(lang) + word(lang, "choice-gives-up", names=given)
        title = joined((strong(named), plain(what)))
        rows.append(_choice(title, option.judgement, lang, judgement.schedule.deadline))
    nothing = joined((strong(word(lang, "choice-nothing")), plain(word(lang, "choice-nothing-text"))))
    rows.append((nothing, plain(NOTHING), plain(word(lang, "nothing-spent")), plain(word(lang, "first-none")),
                 plain(NOTHING), plain(NOTHING)))  # fmt: skip
    return Table(head, tuple(rows), ("left", "left", "right", "right", "right", "left"))


def _choice(name: Text, judgement: Judgement, lang: Language, deadline: float | None) -> tuple[Text, ...]:
    # An option may have given up the deadline; what it means for the plan is what counts.
    cost, schedule = judgement.estimates.cost, replace(judgement.schedule, deadline=deadline)
    money = amount(cost.project, cost.currency, lang) if cost is not None and cost.project is not None else None
    stands = unfit(judgement)
    return (
        name,
        strong(word(lang, f"report.{judgement.verdict}")),
        plain(money or word(lang, "cost-unknown-short")),
        plain(first_result(judgement, schedule, lang)),
        plain(NOTHING if stands else slack_text(schedule, lang)),
        plain(status_word(standing(judgement, lang), lang)),
    )


def picture_rows(judgement: Judgement, options: Options | None, lang: Language) -> list[Row]:
    """The plan and every option as the pictures show them."""
    cost = judgement.estimates.cost
    device = judgement.case.device
    what = ""
    if device is not None:
        count = judgement.case.run.layout.devices
        name = device.name if isinstance(device.name, str) else getattr(device.name, lang)
        what = f"{count} × {name}"
    rows = [Row(word(lang, "compared-plan"), what, cost.project if cost else None, judgement.schedule, "", True)]
    for number, option in enumerate(options.options if options is not None else (), 1):
        rows.append(
            Row(option_name(number, lang), f"{short_title(option, lang)}", option.cost,
                replace(option.judgement.schedule, deadline=judgement.schedule.deadline), option.risk)
        )  # fmt: skip
    return rows
