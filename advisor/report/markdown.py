"""The recommendation report in Markdown, from a Jinja2 template and the judgement alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from advisor import __version__
from advisor.facts import vocabulary
from advisor.pipeline import Judgement
from advisor.report.levers import levers_of
from advisor.report.text import acceptance_note, amount, figure_rows, shown_span
from advisor.words import Language, say
from advisor.words.figures import money, shown_value, significant
from advisor.words.trace import formula_in_chinese, input_in_chinese

if TYPE_CHECKING:
    from advisor.options.offer import Options

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_BULLET = re.compile(r"^([-+=])")
_ORDINAL = re.compile(r"^(\d+)([.)])(?=\s|$)")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff0-\uffff"
    "\U000e0000-\U000e0fff]"
)


def escape(text: object) -> str:
    """Text of the user's as it must read in Markdown: nothing in it is markup, a link, HTML or a new block."""
    flat = " ".join(_CONTROL.sub(" ", str(text)).split())
    marked = _SPECIAL.sub(r"\\\1", flat)
    return _ORDINAL.sub(r"\1\\\2", _BULLET.sub(r"\\\1", marked)).replace("://", ":&#47;&#47;")


@lru_cache(maxsize=2)
def _environment(lang: Language) -> Environment:
    import advisor.templates as folder  # noqa: PLC0415 - a folder of data

    environment = Environment(
        loader=FileSystemLoader(Path(next(iter(folder.__path__)))),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown: every text of the user's passes `escape`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"md": escape, "sig": significant}
    environment.globals |= {"t": lambda key, **values: say(lang, f"report.{key}", **values), "lang": lang}
    return environment


def _decision(judgement: Judgement, lang: Language, options: Options | None) -> list[str]:
    """What a reader with one minute needs, in at most five lines."""
    memory, serving = judgement.estimates.memory, judgement.estimates.serving
    time, cost, facts = judgement.estimates.time, judgement.estimates.cost, judgement.facts
    severities = [finding.rule.severity for finding in judgement.findings]
    word = say(lang, f"report.{judgement.verdict}")
    lines = [
        say(lang, f"report.decision-{judgement.verdict}", word=word, count=severities.count("blocker"),
            high=severities.count("high"))
    ]  # fmt: skip
    if memory is not None:
        fits = say(lang, f"report.fits-{memory.fits}")
        pool = judgement.case.run.machine.usable_gib * judgement.case.run.layout.devices
        state = memory.state_bytes_total / 2**30
        tight = memory.fits in {"no", "unlikely"} and state > 0.5 * pool and judgement.case.run.layout.devices > 1
        key = "decision-memory-state" if tight else "decision-memory"
        lines.append(
            say(lang, f"report.{key}", likely=significant(memory.per_device.likely),
                low=significant(memory.per_device.low), high=significant(memory.per_device.high),
                usable=significant(memory.usable_gib), fits=fits, state=significant(state), pool=significant(pool),
                count=judgement.case.run.layout.devices)
        )  # fmt: skip
    elif serving is not None:
        speed = shown_span(serving.tokens_per_second, lang)
        lines.append(
            say(lang, "report.decision-serving", likely=significant(serving.per_device.likely),
                fits=say(lang, f"report.fits-{serving.fits}"), speed=speed,
                needed=serving.devices_needed or say(lang, "report.unknown"))
        )  # fmt: skip
    if time is not None and time.days is not None and time.calendar_days is not None:
        deadline = facts.get("time.deadline")
        tail = "" if deadline is None else say(lang, "report.decision-deadline", days=significant(float(deadline)))
        key = "decision-time-unfit" if memory is not None and memory.fits in {"no", "unlikely"} else "decision-time"
        lines.append(
            say(lang, f"report.{key}", likely=significant(time.days.likely), low=significant(time.days.low),
                high=significant(time.days.high), calendar=shown_span(time.calendar_days, lang), deadline=tail)
        )  # fmt: skip
    if cost is not None and cost.project is not None and cost.compute is not None:
        budget = facts.get("cost.budget")
        tail = ""
        if budget is not None:
            tail = say(lang, "report.decision-budget", amount=money(float(budget), cost.currency, lang))
        lines.append(
            say(lang, "report.decision-cost", compute=money(cost.compute.likely, cost.currency, lang),
                likely=money(cost.project.likely, cost.currency, lang),
                low=money(cost.project.low, cost.currency, lang),
                high=money(cost.project.high, cost.currency, lang), budget=tail)
        )  # fmt: skip
    best = options.options[0] if options is not None and options.options else None
    if judgement.verdict != "go" and best is not None:
        currency = best.judgement.pricing.currency
        lines.append(
            say(lang, "report.decision-instead", title=escape(best.title.text(lang)),
                verdict=say(lang, f"report.{best.verdict}"),
                days="—" if best.days is None else significant(best.days.likely),
                cost="—" if best.cost is None else money(best.cost.likely, currency, lang))
        )  # fmt: skip
    elif judgement.findings:
        lines.append(say(lang, "report.decision-first", do=escape(judgement.findings[0].do(lang))))
    else:
        lines.append(say(lang, "report.decision-nothing"))
    return lines


def _shares(parts: Mapping[str, float]) -> list[tuple[str, float, float]]:
    total = sum(parts.values()) or 1.0
    return [(name, value, value / total) for name, value in parts.items() if value > 0]


def trace_of(
    judgement: Judgement, lang: Language, wanted: Sequence[str] = ("memory", "serving", "time", "cost")
) -> list[dict[str, Any]]:
    """How each figure of some estimates was found: name, formula, inputs, value, unit, source."""
    rows: list[dict[str, Any]] = []
    estimates = judgement.estimates
    named = str if lang == "en" else input_in_chinese
    kinds = {"memory": estimates.memory, "serving": estimates.serving, "time": estimates.time, "cost": estimates.cost}
    for kind in wanted:
        for step in getattr(kinds[kind], "trace", ()):
            inputs = step.inputs.items() if isinstance(step.inputs, Mapping) else step.inputs
            rows.append(
                {
                    "name": say(lang, f"trace.{kind}.{step.name}"),
                    "formula": step.formula if lang == "en" else formula_in_chinese(step.formula),
                    "inputs": ", ".join(f"{named(name)} = {_input(value)}" for name, value in inputs),
                    "value": significant(step.value, 4),
                    "unit": step.unit,
                    "source": step.source,
                }
            )
    return rows


def _terms(judgement: Judgement, lang: Language) -> list[dict[str, str]]:
    """Base model and data, each with its licence, what that says at the stage of use, and the duties."""
    case = judgement.case
    stage = (case.plan.project.use if case.plan.project else None) or "internal"
    rows: list[tuple[str, str, str, Any]] = []
    if case.licence is not None:
        terms = case.licence.stages[stage]
        rows.append((say(lang, "report.base-model"), _named(case.licence.name, lang), terms.status, terms.duties))
    elif case.trains or case.run.serving is not None:
        rows.append((say(lang, "report.base-model"), case.licence_id or say(lang, "report.unknown"), "unknown", None))
    for share in case.data:
        name = share.entry.name or f"data[{share.index}]"
        for licence in share.terms.rows:
            terms = licence.stages[stage]
            rows.append((name, _named(licence.name, lang), terms.status, terms.duties))
        rows += [(name, unknown, "unknown", None) for unknown in share.terms.unknown]
    return [
        {
            "what": escape(what),
            "licence": escape(licence),
            "status": say(lang, f"report.terms-{status}"),
            "duties": "—" if duties is None else escape(getattr(duties, lang)),
        }
        for what, licence, status, duties in rows
    ]


def _named(name: Any, lang: Language) -> str:
    return name if isinstance(name, str) else str(getattr(name, lang))


def _input(value: object) -> str:
    """An input of a formula: counts in full, measurements with the digits that matter."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e7 else significant(value, 4)


def _offered(options: Options, lang: Language) -> dict[str, Any]:
    """The plans that would work: a table, a paragraph each, what is not possible, and the next steps."""
    from advisor.options.render import cells  # noqa: PLC0415 - the options tell through this package as well

    rows = []
    for number, option in enumerate(options.options, 1):
        given = [say(lang, f"options.short-{name}") for name in option.gives_up]
        currency = option.judgement.pricing.currency
        rows.append(
            {
                "cells": [escape(cell) for cell in cells(number, option, lang)],
                "gives_up": escape((", " if lang == "en" else "、").join(given)) or "—",
                "title": escape(option.title.text(lang)),
                "why": escape(option.why.text(lang)),
                "cost": "—" if option.cost is None else amount(option.cost, currency, lang),
                "days": "—" if option.days is None else shown_span(option.days, lang),
                "licence": escape(option.licence.text(lang)),
                "left": [f"{row.rule.id} {row.rule.name}" for row in option.judgement.findings
                         if row.rule.severity in {"high", "medium"}],
            }
        )  # fmt: skip
    return {
        "rows": rows,
        "missing": [escape(words.text(lang)) for words in options.missing],
        "next": [escape(words.text(lang)) for words in (options.flip.says, options.pilot, options.nothing)],
    }


def render(judgement: Judgement, lang: Language, options: Options | None = None) -> str:
    """The report as Markdown, ending in a line break; equal inputs give equal bytes.

    `options` are the plans that would work instead, as `advisor.options.find_options` finds them.
    """
    case, words = judgement.case, vocabulary()
    memory, time, cost = judgement.estimates.memory, judgement.estimates.time, judgement.estimates.cost

    def because(finding: Any) -> str:
        parts = [
            f"{words[name].spec.meaning.text(lang)}: "
            f"{escape(shown_value(value, words[name].spec.unit, lang, finding.currency))}"
            for name, value in finding.because
        ]
        return ("; " if lang == "en" else "；").join(parts)

    def cited(ids: Any) -> list[dict[str, str]]:
        found = [(name, case.knowledge.source(name)) for name in ids if case.knowledge.has("sources", name)]
        return [
            {"id": name, "title": row.title, "url": row.url, "read_on": row.read_on.isoformat()} for name, row in found
        ]

    trace = trace_of(judgement, lang)
    used = dict.fromkeys(
        [name for finding in judgement.findings for name in finding.rule.sources]
        + [row["source"] for row in trace if row["source"]]
        + [row.source for row in judgement.assumptions if row.source]
        + judgement.pricing.sources
        + [name for family, entry in (("devices", case.device_id), ("models", case.model_id)) if entry
           for name in case.knowledge.sources_of(family, entry)]
    )  # fmt: skip
    return (
        _environment(lang)
        .get_template("report.md.j2")
        .render(
            case=case,
            judgement=judgement,
            title=escape(case.plan.title or say(lang, "report.untitled")),
            decision=_decision(judgement, lang, options),
            offered=_offered(options, lang) if options is not None else None,
            figures=list(figure_rows(judgement, lang)),
            memory_parts=_shares(memory.parts) if memory else [],
            time_parts=_shares(time.parts) if time else [],
            cost_parts=[(name, amount(part, cost.currency, lang)) for name, part in cost.parts.items() if part]
            if cost
            else [],
            because=because,
            terms=_terms(judgement, lang),
            stage=say(lang, "report.stage-" + ((case.plan.project.use if case.plan.project else None) or "internal")),
            cited=cited,
            sources=cited(used),
            levers=levers_of(judgement, lang),
            trace=trace,
            acceptance_note=lambda row: escape(acceptance_note(row, lang)),
            assumption_value=lambda row: escape(assumed(row.value, lang)),
            version=__version__,
        )
    )


def assumed(value: object, lang: Language) -> str:
    """An assumed value as a reader wants it."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return say(lang, "figures.yes" if value else "figures.no")
    return significant(value, 6) if isinstance(value, (int, float)) else str(value)
