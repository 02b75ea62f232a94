"""Why a way is missing, what the plan's own wish would take, and the smallest next steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from advisor.findings import Finding
from advisor.options import explain
from advisor.options.ground import Ground
from advisor.options.limits import Way
from advisor.options.offer import Option
from advisor.options.ranking import rank
from advisor.plan.read import plan_values
from advisor.records import dataclass
from advisor.words import LANGUAGES, Words, catalogue, say
from advisor.words.figures import counted, money, significant


@dataclass(frozen=True, eq=False)
class Found:
    """What a search has come upon: options, and why ways have none."""

    options: list[Option] = field(default_factory=list)
    refused: dict[Way, list[Finding]] = field(default_factory=dict)
    reasons: dict[Way, str] = field(default_factory=dict)


def missing(ground: Ground, found: Found, shown: Sequence[Option]) -> Iterator[Words]:
    """Why ways have no option inside all constraints, way by way."""
    for way in ground.ways():
        mine = [option for option in found.options if option.choice.way == way]
        reason = found.reasons.get(way)
        if any(not option.gives_up for option in mine) or reason == "plan":
            continue
        name = catalogue("options")[f"way-{way}"]
        if mine:
            yield explain.both("missing-constraints", way=name, names=_sacrifices(ground, way, mine, shown))
        elif way in found.refused:
            finding = found.refused[way][0]
            says = Words(*(finding.says(lang) for lang in LANGUAGES))
            yield explain.both("missing-blocked", way=name, says=says)
        elif reason == "model":
            stage = catalogue("options")[f"stage-{ground.limits.use}"]
            yield explain.both("missing-model", way=name, stage=stage)
        elif reason == "little":
            yield explain.both("missing-little", way=name, tokens=counted(ground.plain_tokens()))
        else:
            yield explain.both(f"missing-{reason or 'none'}", way=name)


def _sacrifices(ground: Ground, way: Way, mine: Sequence[Option], shown: Sequence[Option]) -> Words:
    """What a way costs in constraints: each smallest set once, with the number of the option that shows it."""
    numbered = [(number, row) for number, row in enumerate(shown, 1) if row.choice.way == way]
    if not numbered:
        near = min(mine, key=lambda row: rank(ground, row))
        return explain.given_up(near.gives_up, near.judgement)
    parts: list[Words] = []
    seen: list[set[str]] = []
    for number, option in numbered:
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


def own_wish(ground: Ground, option: Option | None) -> Words | None:
    """What the plan's own method and model would take on fast machines, where that is not offered."""
    if option is None:
        return None
    judged, choice = option.judgement, option.choice
    time, cost = judged.estimates.time, option.cost
    if time is None or time.device_hours is None or cost is None or option.days is None:
        return None
    currency = judged.pricing.currency
    private = sum(row.share or 0.0 for row in judged.case.data if row.private)
    limits = ground.limits
    over: Words | str = ""
    if limits.budget and cost.likely > limits.budget:
        over = explain.both("own-over", times=significant(cost.likely / limits.budget, 2))
    replay: Words | str = explain.both("own-replay", share=f"{private:.0%}") if 0 < private < 1 else ""
    return explain.both(
        "missing-own",
        way=explain.way_words(choice, limits),
        model=explain.model_words(choice, ground.case.run.architecture.stated_parameters or 0.0),
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


def notes(ground: Ground, shown: Sequence[Option]) -> Iterator[Words]:
    """What would lift the first training option over its last hurdle: keeping the result inside the house."""
    if ground.limits.use == "internal":
        return
    for number, option in enumerate(shown, 1):
        if option.choice.way == "retrieval" or option.verdict == "go" or "use" in option.gives_up:
            continue
        values = plan_values(option.judgement.case.file)
        values["project"]["use"] = "internal"
        judged = ground.judge(values)
        gone = {row.rule.id for row in option.judgement.findings if row.rule.severity in {"high", "medium"}}
        left = {row.rule.id for row in judged.findings} if judged is not None else gone
        if judged is not None and gone - left:
            verdict = Words(*(say(lang, f"report.{judged.verdict}") for lang in LANGUAGES))
            names = explain.joined([Words(name, name) for name in sorted(gone - left)])
            key = "note-internal" if judged.verdict != option.verdict else "note-internal-eased"
            yield explain.both(key, number=number, verdict=verdict, findings=names)
        return


def pilot(ground: Ground, shown: Sequence[Option], reasons: Mapping[Way, str]) -> Words:
    """The smallest trial that would change the decision."""
    knowledge, limits = ground.case.knowledge, ground.limits
    cases = f"{knowledge.figure('evaluation-cases-10-points').likely:.0f}"
    served = [(number, row) for number, row in enumerate(shown, 1) if row.choice.way == "retrieval"]
    if limits.method == "retrieval" and reasons.get("retrieval") == "plan":
        return explain.both("pilot-plan", cases=cases)
    trained = [row for row in shown if row.choice.way != "retrieval"]
    if served and not (limits.goal == "general" and trained):
        number, option = min(served, key=lambda pair: pair[1].cost.likely if pair[1].cost else math.inf)
        days = option.days.likely if option.days else knowledge.figure("deployment-days").likely
        own = option.choice.machines.own and option.choice.machines.tenure == "owned"
        facts = limits.goal in {"api-knowledge", "unknown"}
        key = ("pilot-retrieval" if facts else "pilot-prompt") + ("-own" if own else "")
        return explain.both(key, number=number, days=significant(days, 2), cases=cases, what=explain.material(limits))
    for number, option in enumerate(shown, 1):
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
