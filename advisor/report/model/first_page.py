"""The page that a decision can be taken from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from advisor.estimates.run import Range
from advisor.options.models import shown_name
from advisor.pipeline import Judgement
from advisor.report.model.choices import Choices, choice_table, misfit, unfit
from advisor.report.model.records import Answer, FirstPage, Text, plain
from advisor.report.model.risks import GRAVE, risk_table, top_risks
from advisor.report.model.terms import (
    STAGES,
    STRICTER,
    Terms,
    barring,
    stage_of,
    stage_word,
    standing,
    status_word,
    terms_of,
    worst_status,
)
from advisor.report.model.wording import amount, between, days, listed, sentences, word, worded
from advisor.resolve import PRIVATE_KINDS
from advisor.ruling.format import SEVERITIES
from advisor.words import Language
from advisor.words.figures import money, shown_value, significant

if TYPE_CHECKING:
    from advisor.entries.schema import Stage
    from advisor.options.offer import Option, Options

_SOLD = ("hosted-service", "weights-to-customers")
_SHOWN_TERMS = 3


def first_page(judgement: Judgement, options: Options | None, choices: Choices, lang: Language) -> FirstPage:
    """The decision asked for, why, the choices side by side, and a leader's questions answered."""
    option = _option(options, choices.recommended)
    answers = (
        _cost(judgement, option, choices, lang),
        _calendar(judgement, options, choices, lang),
        _risks(judgement, lang),
        _sale(judgement, option, choices, lang),
        _nothing(judgement, lang),
        _else(judgement, options, choices, lang),
    )
    return FirstPage(
        ask_title=word(lang, "ask-title"),
        ask=_ask(judgement, options, choices, lang),
        because=_because(judgement, lang),
        choices=choice_table(judgement, options, choices, lang),
        answers=tuple(replace(row, short=row.short[:1].upper() + row.short[1:]) for row in answers),
    )


def _option(options: Options | None, number: int | None) -> Option | None:
    return options.options[number - 1] if options is not None and number is not None else None


def _ask(judgement: Judgement, options: Options | None, choices: Choices, lang: Language) -> Text:
    grave = sum(row.rule.severity in GRAVE for row in judgement.findings)
    option = _option(options, choices.recommended)
    if choices.plan_first:
        serious = grave or sum(row.rule.severity == "medium" for row in judgement.findings)
        go = judgement.verdict == "go"
        condition = _by_count("ask-conditions" if grave else "ask-conditions-medium", serious)
        asked = worded(lang, "ask-go") if go else worded(lang, condition, count=serious)
        return sentences((asked, _late(judgement, lang)), lang)
    if option is None:
        return worded(lang, "ask-stop" if options is not None else "ask-stop-unsearched")
    left = sum(row.rule.severity in {"high", "medium"} for row in option.judgement.findings)
    key = "ask-instead" if judgement.verdict == "no-go" else "ask-prefer"
    key = _by_count(f"{key}-open", left) if left else key
    asked = worded(lang, key, number=choices.recommended, title=option.title.text(lang), count=left)
    return sentences((asked, _late(option.judgement, lang), _pilot(options, option, lang)), lang)


def _by_count(key: str, count: int) -> str:
    """The key of words about several things, or of those about one."""
    return f"{key}-one" if count == 1 else key


def _late(judgement: Judgement, lang: Language) -> Text:
    """A warning where the usual delivery alone makes the result late."""
    schedule = judgement.schedule
    slack, delivery = schedule.slack, schedule.part("delivery")
    if slack is None or delivery is None or slack.likely >= 0:
        return ()
    return worded(lang, "ask-late", days=days(Range(*(-slack.likely,) * 3), lang))


def _pilot(options: Options | None, option: Option, lang: Language) -> Text:
    """The option to start with at once where the recommended one waits for delivery."""
    soonest = _at_hand(options) if options is not None else None
    if options is None or soonest is None or option.judgement.schedule.part("delivery") is None:
        return ()
    first = options.options[soonest - 1].judgement.schedule.first
    return worded(lang, "ask-pilot", number=soonest, days=days(first, lang))


def _because(judgement: Judgement, lang: Language) -> Text:
    found = Counter(row.rule.severity for row in judgement.findings)
    if not any(found[name] for name in ("blocker", "high", "medium")):
        return worded(lang, "because-none")
    named = (
        word(
            lang, _by_count("blockers", found[name]) if name == "blocker" else f"report.{name}-count", count=found[name]
        )
        for name in SEVERITIES
        if found[name]
    )
    counts = worded(lang, "because-counts", counts=listed(named, lang))
    return sentences((counts, _memory(judgement, lang)), lang)


def _memory(judgement: Judgement, lang: Language) -> Text:
    """One sentence on memory where the run does not fit."""
    memory, layout = judgement.estimates.memory, judgement.case.run.layout
    if memory is None or not unfit(judgement):
        return ()
    pool, state = judgement.case.run.machine.usable_gib * layout.devices, memory.state_bytes_total / 2**30
    key = _by_count("unfit-state", layout.devices) if state > pool else "unfit"
    return worded(lang, key, state=significant(state), pool=significant(pool), count=layout.devices,
                  likely=significant(memory.needed.likely), usable=significant(memory.usable_gib))  # fmt: skip


def _cost(judgement: Judgement, option: Option | None, choices: Choices, lang: Language) -> Answer:
    cost, currency = judgement.estimates.cost, judgement.pricing.currency
    said: list[Text] = []
    if cost is None or cost.project is None:
        short = word(lang, "cost-unknown-short")
        said.append(_why_no_cost(judgement, lang))
    else:
        short = amount(cost.project, currency, lang)
        parts = sorted(((part.likely, name) for name, part in cost.parts.items() if part), reverse=True)[:2]
        named = between(lang).join(
            word(lang, "cost-part", name=word(lang, f"report.cost-{name}"), amount=money(size, currency, lang))
            for size, name in parts
            if size
        )
        said.append(worded(lang, "cost-parts", parts=named))
        said.append(_against_budget(judgement, lang))
        if cost.missing:
            lacking = listed((word(lang, f"report.cost-{name}") for name in cost.missing), lang)
            said.append(worded(lang, "cost-incomplete", parts=lacking))
    if option is not None and option.cost is not None:
        said.append(worded(lang, "cost-option", number=choices.recommended, amount=amount(option.cost, currency, lang)))
    return Answer("cost", word(lang, "question-cost"), short, sentences(said, lang))


def _why_no_cost(judgement: Judgement, lang: Language) -> Text:
    device, job = judgement.case.device, judgement.pricing.job
    if device is None or (judgement.case.trains and judgement.case.run.tokens is None):
        return worded(lang, "cost-untimed", missing=word(lang, f"missing-{_missing(judgement)[0]}"))
    hardware = judgement.case.plan.hardware
    tenure = job.tenure if job is not None else (hardware.tenure if hardware is not None else None) or "rent"
    return worded(lang, "cost-unknown", what=shown_name(device.name, lang), tenure=word(lang, f"tenure-{tenure}"))


def _against_budget(judgement: Judgement, lang: Language) -> Text:
    cost, budget = judgement.estimates.cost, judgement.facts.get("cost.budget")
    if cost is None or cost.project is None:
        return ()
    if budget is None:
        return worded(lang, "cost-no-budget")
    shown = money(float(budget), cost.currency, lang)
    if cost.project.high <= float(budget):
        return worded(lang, "cost-within", budget=shown)
    if cost.project.likely <= float(budget):
        return worded(lang, "cost-may-exceed", budget=shown)
    if not budget:
        return worded(lang, "cost-zero-budget")
    times = shown_value(cost.project.likely / float(budget), "x", lang)
    return worded(lang, "cost-over", budget=shown, times=times)


_NO_RESULT = {"unfit": "first-not", "unlikely": "first-hardly", "overload": "first-not-loaded"}


def _calendar(judgement: Judgement, options: Options | None, choices: Choices, lang: Language) -> Answer:
    schedule, case = judgement.schedule, judgement.case
    said: list[Text] = []
    if schedule.first is None or schedule.counted is None:
        short = word(lang, "first-unknown")
        missing = listed((word(lang, f"missing-{name}") for name in _missing(judgement)), lang)
        said.append(worded(lang, "calendar-unknown", missing=missing))
    else:
        key = "calendar-run" if case.trains else "calendar-use"
        first, counted = days(schedule.first, lang), days(schedule.counted, lang)
        short = first
        if unfit(judgement):
            missed = misfit(judgement)
            key, short = f"calendar-{missed}", word(lang, _NO_RESULT[missed])
        said.append(worded(lang, key, first=first, counted=counted))
    if schedule.deadline is not None:
        date = case.today + timedelta(days=round(schedule.deadline))
        shown = shown_value(float(round(schedule.deadline)), "days", lang)
        said.append(worded(lang, "calendar-deadline", deadline=shown, date=date.isoformat()))
    option = _option(options, choices.recommended)
    offered = option.judgement.schedule if option is not None else None
    if offered is not None and offered.first is not None:
        said.append(worded(lang, "calendar-option", number=choices.recommended, first=days(offered.first, lang)))
    delivery = (offered or schedule).part("delivery")
    if delivery is not None:
        weeks = (significant(part / 7) for part in (delivery.likely, delivery.low, delivery.high))
        said.append(worded(lang, "calendar-delivery", **dict(zip(("weeks", "low", "high"), weeks, strict=True))))
    return Answer("calendar", word(lang, "question-calendar"), short, sentences(said, lang))


def _missing(judgement: Judgement) -> list[str]:
    """What keeps the time from being computed."""
    if judgement.case.device is None:
        return ["device"]
    return ["tokens"] if judgement.case.trains and judgement.case.run.tokens is None else ["rates"]


def _at_hand(options: Options) -> int | None:
    """The number of the first option that trains nothing and runs on devices that are there."""
    for number, option in enumerate(options.options, 1):
        if option.choice.machines.tenure == "owned" and option.choice.way == "retrieval":
            return number
    return None


def _risks(judgement: Judgement, lang: Language) -> Answer:
    grave = sum(row.rule.severity in GRAVE for row in judgement.findings)
    chosen = top_risks(judgement)
    short = word(lang, "risks-count", count=grave) if grave else word(lang, "risks-none")
    if not chosen:
        return Answer("risks", word(lang, "question-risks"), short, worded(lang, "risks-clear"))
    table = risk_table(chosen, judgement, lang, remedies=False)
    text = _by_count("risks-text", len(chosen)) if grave else "risks-text-medium"
    return Answer("risks", word(lang, "question-risks"), short, worded(lang, text), table)


def _sale(judgement: Judgement, option: Option | None, choices: Choices, lang: Language) -> Answer:
    rows, stage = terms_of(judgement, lang), stage_of(judgement)
    status = standing(judgement, lang)
    said: list[Text] = []
    if stage in _SOLD:
        parts = _shown_terms(_strictest(rows, stage), stage, lang)
        said.append(worded(lang, "sale-text", stage=stage_word(stage, lang), parts=parts))
        short = word(lang, f"sale-{status}")
    else:
        sold = STAGES[-1]
        later = max(worst_status(rows, sold), status, key=STRICTER.index)
        said.append(
            worded(lang, "sale-internal", stage=stage_word(stage, lang), status=status_word(status, lang),
                   other=stage_word(sold, lang), then=status_word(later, lang))
        )  # fmt: skip
        barred = [row for row in _strictest(rows, sold) if row.status[sold] not in {"allowed", "conditions"}]
        if barred:
            said.append(worded(lang, "sale-because", parts=_shown_terms(barred, sold, lang)))
        short = word(lang, f"sale-{later}")
    against = listed((row.rule.id for row in barring(judgement)), lang)
    if against:
        said.append(worded(lang, "sale-findings", ids=against))
    if option is not None:
        offered = status_word(standing(option.judgement, lang), lang)
        said.append(worded(lang, "sale-option", number=choices.recommended, status=offered))
    said.append(_data_status(judgement, lang))
    said.append(worded(lang, "sale-decides"))
    return Answer("sale", word(lang, "question-sale"), short, sentences(said, lang))


def _shown_terms(rows: list[Terms], stage: Stage, lang: Language) -> str:
    parts = [_status(row, stage, lang) for row in rows]
    more = len(parts) - _SHOWN_TERMS
    if more > 0:
        parts = [*parts[:_SHOWN_TERMS], word(lang, "sale-more", count=more)]
    return between(lang).join(parts)


def _strictest(rows: tuple[Terms, ...], stage: Stage) -> list[Terms]:
    """For the base model and each body of data the licence that is strictest at a stage, strictest first."""
    found: dict[str, Terms] = {}
    for row in rows:
        kept = found.get(row.what)
        if kept is None or STRICTER.index(row.status[stage]) > STRICTER.index(kept.status[stage]):
            found[row.what] = row
    return sorted(found.values(), key=lambda row: -STRICTER.index(row.status[stage]))


def _status(row: Terms, stage: Stage, lang: Language) -> str:
    what = row.what or word(lang, "the-base")
    if row.licence is None:
        return word(lang, "sale-unnamed", what=what)
    return word(lang, "sale-part", what=what, licence=row.licence, status=status_word(row.status[stage], lang))


def _data_status(judgement: Judgement, lang: Language) -> Text:
    """How sensitive the data is and whether it leaves the house."""
    case, project = judgement.case, judgement.case.plan.project
    if not case.data:
        return worded(lang, "data-none") if not case.trains else ()
    if not any(row.entry.kind in PRIVATE_KINDS for row in case.data):
        return worded(lang, "data-no-private")
    level = word(lang, f"level-{(project.sensitivity if project else None) or 'unknown'}")
    place = project.environment if project else None
    held = judgement.facts.get("compliance.held")
    if place == "external-api":
        said = worded(lang, "data-api", level=level)
    elif place is None:
        said = worded(lang, "data-where-unknown", level=level)
    elif held == "rent" or place in {"shared-cloud", "container"}:
        said = worded(lang, "data-rented", level=level, where=word(lang, f"where-{place}"))
    else:
        said = worded(lang, "data-stays", level=level, where=word(lang, f"where-{place}"))
    delivered = case.trains and project is not None and project.use == "weights-to-customers"
    return sentences((said, worded(lang, "data-in-weights") if delivered else ()), lang)


def _nothing(judgement: Judgement, lang: Language) -> Answer:
    budget = judgement.facts.get("cost.budget")
    currency = judgement.pricing.currency
    if budget is None:
        money_said = worded(lang, "nothing-money")
    else:
        money_said = worded(lang, "nothing-budget", budget=money(float(budget), currency, lang))
    method = judgement.case.run.recipe.method
    key = {"none": "nothing-used", "pretraining": "nothing-pretraining"}.get(method, "nothing-trained")
    tail = worded(lang, key)
    return Answer(
        "nothing", word(lang, "question-nothing"), word(lang, "nothing-short"), sentences((money_said, tail), lang)
    )


def _else(judgement: Judgement, options: Options | None, choices: Choices, lang: Language) -> Answer:
    question = word(lang, "question-else")
    if options is None:
        return Answer("else", question, word(lang, "else-unsearched"), worded(lang, "else-unsearched-text"))
    said: list[Text] = []
    if choices.plan_first:
        said.append(worded(lang, "else-plan" if judgement.verdict == "go" else "else-plan-conditions"))
    option, second = _option(options, choices.recommended), _option(options, choices.runner_up)
    if option is not None:
        said.append(worded(lang, "else-recommended", number=choices.recommended, why=option.why.text(lang)))
    if second is not None:
        said.append(
            worded(lang, "else-runner-up", number=choices.runner_up, title=second.title.text(lang), why="")
        )  # fmt: skip
    if not options.options:
        said.append(worded(lang, "else-none-text"))
    if options.flip.changes and not choices.plan_first:
        said.append(plain(options.flip.says.text(lang)))
    left = len(options.options) - sum(row is not None for row in (option, second))
    if left:
        said.append(worded(lang, "else-more", count=left))
    count = len(options.options)
    short = word(lang, _by_count("else-count", count), count=count) if count else word(lang, "else-none")
    return Answer("else", question, short, sentences(said, lang))
