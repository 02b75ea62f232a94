"""The words of an option: title, reason, licence, risk, and what it gives up."""

from __future__ import annotations

import re

from advisor.estimates.architecture import parameters
from advisor.options.compose import Choice
from advisor.options.contrast import Contrast
from advisor.options.layouts import ALIKE
from advisor.options.limits import GIVEN_UP, WHOLE, Limits
from advisor.options.models import shown_name
from advisor.options.offer import Risk
from advisor.pipeline import Judgement
from advisor.pricing import Pricing
from advisor.words import LANGUAGES, Words, catalogue, say
from advisor.words.figures import counted, money, significant


def both(key: str, **values: object) -> Words:
    """The words of a key of ours in both languages; values may be words themselves."""
    texts = []
    for lang in LANGUAGES:
        inner = {name: value.text(lang) if isinstance(value, Words) else value for name, value in values.items()}
        texts.append(say(lang, f"options.{key}", **inner))
    return tight(Words(*texts))


_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff）]) (?=[\u4e00-\u9fff（])")


def tight(words: Words) -> Words:
    """Words without the blank that a filled-in name leaves between two Chinese characters."""
    return Words(words.en, _BETWEEN_HAN.sub("", words.zh))


def joined(parts: list[Words]) -> Words:
    """Some words in a row, with the comma of each language."""
    return Words(", ".join(part.en for part in parts), "、".join(part.zh for part in parts))


def plus(*parts: Words) -> Words:
    """Words one after the other."""
    return Words("".join(part.en for part in parts), "".join(part.zh for part in parts))


def way_words(choice: Choice, limits: Limits) -> Words:
    """What a way is called; continued pre-training mixes general data in only where there is private data."""
    plain = choice.way == "continued" and not limits.private
    return catalogue("options")["way-continued-plain" if plain else f"way-{choice.way}"]


def model_words(choice: Choice, size: float) -> Words:
    """What the base is called."""
    if choice.base.entry is None:
        return both("own-model", size=counted(size))
    name = choice.base.entry.name
    if not isinstance(name, str):
        return Words(name.en, name.zh)
    if "-instruct" in choice.base.name and "instruct" not in name.lower():
        name = name.replace("-Base", "-Instruct") if "-Base" in name else f"{name}-Instruct"
    if choice.quantisation != "none":
        name += f" ({choice.quantisation})"
    return Words(name, name)


def device_words(choice: Choice) -> Words:
    """What the device is called."""
    if choice.machines.system is not None:
        return choice.machines.system
    name = choice.machines.device.name
    return Words(shown_name(name), shown_name(name, "zh"))


def title_of(choice: Choice, limits: Limits, size: float) -> Words:
    """The option in one line, without what it gives up."""
    return both(
        "title-retrieval" if choice.way == "retrieval" else "title-train",
        way=way_words(choice, limits),
        model=model_words(choice, size),
        count=choice.count,
        device=device_words(choice),
        tenure=catalogue("options")[choice.machines.tenure or "as-planned"],
    )


def given_up(names: tuple[str, ...], judgement: Judgement) -> Words:
    """What is given up, with what is needed instead."""
    project = judgement.case.plan.project
    budget, team = (project.budget if project else None), (project.team if project else None)
    parts = []
    for name in names:
        values: dict[str, object] = {}
        if name == "budget" and budget is not None:
            values["amount"] = Words(*(money(budget.amount, budget.currency, lang) for lang in LANGUAGES))
        if name == "team" and team is not None:
            values["count"] = significant(team.engineers or 0)
            name = "team" if (team.engineers or 0) > 1 else "team-one"  # noqa: PLW2901 - the words' own key
        if name == "deadline" and project is not None:
            values["days"] = significant(project.deadline or 0)
        parts.append(both(f"give-{name}", **values))
    return joined(parts)


def in_order(names: set[str]) -> tuple[str, ...]:
    """What is given up in the order in which titles name it."""
    return tuple(name for name in GIVEN_UP if name in names)


def span_words(days: float) -> Words:
    """A duration as hours or days, whichever reads better."""
    if days < 1.5 / 24:
        return both("minutes", value=significant(days * 1440, 2))
    if days < 2:
        return both("hours", value=significant(days * 24, 2))
    return both("days", value=significant(days, 2))


def material(limits: Limits) -> Words:
    """What the wish is about: code, or texts of other kinds."""
    return Words("code", "代码") if limits.code else Words("material", "资料")


def why_of(choice: Choice, limits: Limits, judgement: Judgement, trimmed: bool, pricing: Pricing) -> Words:
    """One or two sentences: why this one."""
    del pricing
    case, estimates = judgement.case, judgement.estimates
    size = counted(parameters(case.run.architecture))
    if choice.way == "retrieval":
        serving, served = estimates.serving, case.run.serving
        speed = serving.tokens_per_second if serving else None
        key = "why-retrieval" if limits.goal in {"api-knowledge", "unknown"} else "why-retrieval-prompt"
        if key == "why-retrieval" and choice.machines.tenure == "rent":
            key = "why-retrieval-rented"
        words = both(
            key,
            speed=significant(speed.likely, 2) if speed else "?",
            requests=served.concurrent_requests if served else 0,
            what=material(limits),
            context=f"{served.context_length:,}" if served else "",
        )
    else:
        time = estimates.time
        private = sum(row.share or 0.0 for row in case.data if row.private)
        key = {"lora": "why-lora" if limits.goal in {"api-knowledge", "unknown"} else "why-lora-task",
               "continued": "why-continued" if limits.private and private else "why-continued-plain"}.get(
                   choice.way, f"why-{choice.way}")  # fmt: skip
        words = both(
            key,
            size=size,
            tokens=counted(case.run.tokens or 0),
            hours=span_words(time.days.likely) if time and time.days else "?",
            device_hours=significant(time.device_hours.likely) if time and time.device_hours else "?",
            share=f"{private:.0%}",
            what=material(limits),
        )
    if trimmed:
        words = plus(words, both("selected", tokens=counted(case.tokens_per_epoch or 0)))
    if choice.machines.abroad and choice.machines.tenure == "rent":
        words = plus(words, both("abroad"))
    if choice.machines.device.software.platform == "cann" and choice.way != "retrieval":
        words = plus(words, both("npu-move"))
    return words


_NAMED = 3
"""Parts of a step that are named as reasons for a difference in speed."""


def against_words(made: Contrast) -> Words | None:
    """How a layout compares to the plan's own on the same devices; None where they are about as fast and both fit."""
    if not made.other_fits:
        return both("against-unfit")
    if 1 / ALIKE < made.speed < ALIKE:
        return None
    report = catalogue("report")
    parts = made.saves if made.speed > 1 else made.spends
    names = joined([report[f"time-{name}"] for name, _ in parts[:_NAMED]])
    key = "against-faster" if made.speed > 1 else "against-slower"
    return both(key if parts else f"{key}-plain", speed=significant(made.speed, 2), names=names)


def licence_of(judgement: Judgement, limits: Limits) -> tuple[Words, Words | None]:
    """What the base's licence says of the stage of use, and its duties where there are any."""
    licence = judgement.case.licence
    project = judgement.case.plan.project
    stage = (project.use if project else None) or limits.use
    if licence is None:
        return both("licence-unknown"), None
    name, words = licence.name, catalogue("options")
    shown = Words(name, name) if isinstance(name, str) else Words(name.en, name.zh)
    terms = licence.stages[stage]
    note = both("licence", name=shown, status=words[f"status-{terms.status}"], stage=words[f"stage-{stage}"])
    if terms.duties is not None and terms.status != "allowed":
        return note, both("licence-duties", name=shown, duties=Words(terms.duties.en, terms.duties.zh))
    return note, None


_RISKY = frozenset({"memory", "numerics", "software", "hardware", "interconnect", "parallelism", "storage", "time",
                    "operations", "team", "data", "method"})  # fmt: skip
"""Topics of findings that make a run fail; what legal or finance must settle is no risk of this kind."""


def risk_of(choice: Choice, judgement: Judgement, chance: float) -> Risk:
    """How likely it is to go wrong: fit, findings, numerics, nodes, first tries."""
    points = 0
    severities = {finding.rule.severity for finding in judgement.findings if finding.rule.topic in _RISKY}
    points += 2 * ("high" in severities) + ("medium" in severities)
    points += chance < 0.9
    if choice.way != "retrieval":
        points += choice.way in WHOLE
        points += judgement.case.run.layout.nodes > 1
        points += judgement.case.run.recipe.precision == "fp16"
        points += choice.machines.device.software.platform != "cuda"
    return "low" if points == 0 else "medium" if points <= 2 else "high"
