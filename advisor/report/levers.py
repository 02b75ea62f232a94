"""What would change the verdict, in words."""

from __future__ import annotations

from advisor.pipeline import Judgement
from advisor.words import Language, say
from advisor.words.figures import money, significant


def levers_of(judgement: Judgement, lang: Language) -> list[str]:
    """Sentences on the single changes that turn the verdict, most useful first."""
    found: list[str] = []
    case, measured = judgement.case, judgement.sensitivity
    if measured.fits is False:
        joint = ", " if lang == "en" else "、"
        if measured.settings_that_fit:
            names = joint.join(say(lang, f"levers.{name}") for name in measured.settings_that_fit)
            found.append(say(lang, "levers.settings", names=names))
        else:
            found.append(say(lang, "levers.no-setting", count=case.run.layout.devices))
        if measured.adapters_that_fit:
            names = joint.join(say(lang, f"levers.{name}") for name in measured.adapters_that_fit)
            found.append(say(lang, "levers.adapters", names=names))
        if measured.devices_that_fit is not None and measured.devices_that_fit > case.run.layout.devices:
            found.append(say(lang, "levers.devices", count=measured.devices_that_fit))
    elif measured.fits:
        if measured.longest_sequence is not None:
            key = "longest" if measured.longest_sequence > case.run.recipe.sequence_length else "longest-here"
            found.append(say(lang, f"levers.{key}", tokens=f"{measured.longest_sequence:,}"))
        if measured.largest_micro_batch is not None:
            found.append(say(lang, "levers.micro-batch-limit", count=measured.largest_micro_batch))
    deadline = judgement.facts.get("time.deadline")
    if measured.devices_for_deadline is not None and deadline is not None:
        found.append(
            say(lang, "levers.deadline", count=measured.devices_for_deadline, days=significant(float(deadline)))
        )
    budget, cost = judgement.facts.get("cost.budget"), judgement.estimates.cost
    if budget is not None and cost is not None and cost.project is not None and cost.project.likely > float(budget):
        found.append(say(lang, "levers.budget", needed=money(cost.project.likely, cost.currency, lang),
                         safe=money(cost.project.high, cost.currency, lang)))  # fmt: skip
    return found
