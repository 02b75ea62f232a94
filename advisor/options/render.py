"""Options as text for a terminal and as JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.estimates.run import Range
from advisor.options.front import front_as_json, front_of
from advisor.options.offer import Option, Options
from advisor.plan.source import shown
from advisor.report.contract import estimates_as_json, span
from advisor.report.text import Style, plain_style
from advisor.report.wrapping import columns, wrapped
from advisor.words import Language, say
from advisor.words.figures import money, significant

_FIRST = ("model.name", "training.method", "hardware.device", "hardware.count", "hardware.tenure",
          "project.requirements", "project.environment", "project.use", "project.budget", "project.deadline",
          "project.team.engineers", "training.precision", "training.sequence_length", "data", "training.sharding",
          "training.tensor_parallel",
          "training.pipeline_parallel", "training.context_parallel", "training.expert_parallel", "training.offload",
          "training.micro_batch_size", "training.activation_checkpointing",
          "training.framework", "training.chunked_loss", "hardware.nodes")  # fmt: skip
"""Changes that a reader asks for first."""
_SHOWN = 7


def option_as_json(option: Option, lang: Language) -> dict[str, Any]:
    """One option: the fields of the interface, then reasons, ranges and the plan file itself."""
    return {
        "title": option.title.text(lang),
        "titles": {"en": option.title.en, "zh": option.title.zh},
        "changes": dict(option.changes),
        "gives_up": list(option.gives_up),
        "verdict": option.verdict,
        "estimates": estimates_as_json(option.judgement),
        "why": option.why.text(lang),
        "layout": layout_text(option, lang) if option.choice.way != "retrieval" else None,
        "against_plan": option.against.text(lang).strip() if option.against is not None else None,
        "risk": option.risk,
        "probability_fits": round(option.probability_fits, 6),
        "days": span(option.days),
        "cost": {"currency": option.judgement.pricing.currency, **(span(option.cost) or {})},
        "licence": option.licence.text(lang),
        "licence_duties": option.duties.text(lang) if option.duties is not None else None,
        "findings": [
            {"id": row.rule.id, "name": row.rule.name, "severity": row.rule.severity, "says": row.says(lang)}
            for row in option.judgement.findings
        ],
        "file": option.file_name,
        "plan": option.text,
    }


def options_as_json(options: Options, lang: Language) -> dict[str, Any]:
    """Everything that was found."""
    return {
        "schema": "advisor.options/1",
        "plan": {"path": options.judgement.case.file.name},
        "date": options.judgement.case.today.isoformat(),
        "verdict": options.judgement.verdict,
        "options": [option_as_json(option, lang) for option in options.options],
        "front": front_as_json(options, lang),
        "missing": [words.text(lang) for words in options.missing],
        "notes": [words.text(lang) for words in options.notes],
        "nothing": options.nothing.text(lang),
        "smallest_change": {
            "changes": None if options.flip.changes is None else dict(options.flip.changes),
            "verdict": options.flip.verdict,
            "says": options.flip.says.text(lang),
        },
        "smallest_pilot": options.pilot.text(lang),
        "plan_stands": options.plan_stands,
        "complete": options.complete,
    }


def render(options: Options, lang: Language, style: Style = plain_style) -> str:
    """The ranked table, then each option with its reasons, then what is not possible and what to do next."""
    verdict = say(lang, f"report.{options.judgement.verdict}")
    name = shown(options.judgement.case.file.name, 4096)
    lines = [style(say(lang, "options.table-head", plan=name, verdict=verdict), options.judgement.verdict)]
    if not options.complete:
        lines.append(say(lang, "options.stopped"))
    lines.append("")
    if options.options:
        lines += _table(options, lang, style)
        for number, option in enumerate(options.options, 1):
            lines += ["", *_block(number, option, lang, style)]
        lines += _front(options, lang)
    else:
        lines.append(say(lang, "options.inside-plan" if options.plan_stands else "options.no-options"))
    lines += _settle(options, lang)
    if options.missing:
        lines += ["", say(lang, "options.missing")]
        for words in options.missing:
            lines += wrapped("· " + words.text(lang), "  ", lang, "    ")
    lines += ["", say(lang, "options.next")]
    for words in (options.flip.says, *options.notes, options.pilot, options.nothing):
        lines += wrapped("· " + words.text(lang), "  ", lang, "    ")
    return "\n".join(lines) + "\n"


def _table(options: Options, lang: Language, style: Style) -> Iterator[str]:
    currency = options.judgement.pricing.currency
    names = ("what", "machines", "fits", "days", "cost", "risk", "verdict")
    heads = ["", *(say(lang, f"options.column-{name}", currency=currency) for name in names)]
    rows = [cells(number, option, lang) for number, option in enumerate(options.options, 1)]
    wide = [max(columns(row[index]) for row in (heads, *rows)) for index in range(len(heads))]
    right = {0, 4, 5}

    def line(cells: list[str], verdict: str | None) -> str:
        parts = []
        for index, cell in enumerate(cells):
            blank = " " * (wide[index] - columns(cell))
            text = style(cell, verdict) if verdict is not None and index == len(cells) - 1 else cell
            parts.append(blank + text if index in right else text + blank)
        return "  ".join(parts).rstrip()

    yield "  " + line(heads, None)
    group: tuple[str, ...] | None = None
    if options.plan_stands:
        yield say(lang, "options.inside-plan")
    elif not options.inside:
        yield say(lang, "options.inside-none")
    for option, row in zip(options.options, rows, strict=True):
        if option.gives_up != group:
            group = option.gives_up
            yield _group(option, lang)
        yield "  " + line(row, option.verdict)


def _group(option: Option, lang: Language) -> str:
    if not option.gives_up:
        return say(lang, "options.inside")
    joint = ", " if lang == "en" else "、"
    names = joint.join(say(lang, f"options.short-{name}") for name in option.gives_up)
    return say(lang, "options.group-gives-up", names=names)


def cells(number: int, option: Option, lang: Language) -> list[str]:
    """The row of an option: number, way and model, machines, fits, days, cost, risk, verdict."""
    choice = option.choice
    way = say(lang, f"options.short-{choice.way}")
    model = option.model.text(lang)
    device = f"{choice.count} × {option.device.text(lang)}"
    chance = option.probability_fits
    fits = "yes" if chance >= 0.9 else "likely" if chance >= 0.5 else "unlikely"
    return [
        str(number),
        f"{way} · {model}",
        device,
        say(lang, f"report.fits-{fits}"),
        _likely(option.days),
        _likely(option.cost),
        say(lang, f"options.risk-{option.risk}"),
        say(lang, f"report.{option.verdict}"),
    ]


def _likely(value: Range | None) -> str:
    if value is not None and value.likely < 0.1:
        return "<0.1"
    return "—" if value is None else significant(value.likely, 3 if value.likely >= 1000 else 2)


def _block(number: int, option: Option, lang: Language, style: Style) -> Iterator[str]:
    yield from wrapped(f"{number}. {option.title.text(lang)}", "", lang, "   ")
    currency = option.judgement.pricing.currency
    rows: list[tuple[str, str]] = [("why", option.why.text(lang))]
    if option.days is not None and option.cost is not None:
        joint = ", " if lang == "en" else "、"
        phases = [phase for phase in option.judgement.schedule.phases if phase.days.likely > 0.05]
        told = joint.join(
            say(lang, f"options.part-{phase.key}", days=significant(phase.days.likely, 2)) for phase in phases
        )
        parts = ("; " if lang == "en" else "；") + told if len(phases) > 1 else ""
        figures = say(lang, "options.figures", days=significant(option.days.likely), low=significant(option.days.low),
                      parts=parts,
                      high=significant(option.days.high), cost=money(option.cost.likely, currency, lang),
                      cost_low=money(option.cost.low, currency, lang),
                      cost_high=money(option.cost.high, currency, lang))  # fmt: skip
        if (paid := option.paid) is not None:
            figures += say(lang, "options.figures-paid", amount=money(paid, currency, lang))
        rows.append(("figures", figures))
    if option.choice.way != "retrieval":
        beside = option.against.text(lang) if option.against is not None else ""
        rows.append(("layout", layout_text(option, lang) + beside))
    rows.append(("changes", changes_text(option, lang)))
    rows.append(("licence", option.licence.text(lang)))
    left = [row for row in option.judgement.findings if row.rule.severity in {"high", "medium"}]
    if left:
        comma = ", " if lang == "en" else "、"
        rows.append(("left", comma.join(f"{row.rule.id} {row.rule.name}" for row in left)))
    joint = ": " if lang == "en" else "："
    for key, text in rows:
        label = say(lang, f"options.row-{key}")
        yield from wrapped(f"{style(label, 'label')}{joint}{text}", "   ", lang, "     ")


def _front(options: Options, lang: Language) -> Iterator[str]:
    """Which options are not beaten in cost, time and risk, cheapest first, and what beats the others."""
    points = front_of(options.options)
    if len(points) < 2:
        return
    currency = options.judgement.pricing.currency
    yield from ("", say(lang, "options.front"))
    for point in sorted((point for point in points if point.on_front), key=lambda point: (point.cost, point.number)):
        text = say(lang, "options.front-row", number=point.number, cost=money(point.cost, currency, lang),
                   days=significant(point.days, 2), risk=say(lang, f"options.risk-{point.option.risk}"))  # fmt: skip
        yield f"  · {text}"
    if beaten := [point for point in points if not point.on_front]:
        joint = ", " if lang == "en" else "、"
        rows = joint.join(
            say(lang, "options.front-beaten-row", number=point.number, others=_numbers(list(point.beaten_by), lang))
            for point in beaten
        )
        yield from wrapped("· " + say(lang, "options.front-beaten", rows=rows), "  ", lang, "    ")


def _settle(options: Options, lang: Language) -> Iterator[str]:
    """What the options leave open, each finding and each licence's duties said once."""
    found: dict[str, tuple[str, str, list[int]]] = {}
    duties: dict[str, list[int]] = {}
    for number, option in enumerate(options.options, 1):
        for row in option.judgement.findings:
            if row.rule.severity in {"high", "medium"}:
                severity = say(lang, f"report.{row.rule.severity}")
                found.setdefault(row.rule.id, (severity, row.says(lang), []))[2].append(number)
        if option.duties is not None:
            duties.setdefault(option.duties.text(lang), []).append(number)
    if found:
        yield from ("", say(lang, "options.settle"))
    for name, (severity, says, numbers) in found.items():
        head = say(lang, "options.settle-row", id=name, severity=severity, numbers=_numbers(numbers, lang))
        yield from wrapped(f"· {head}{says}", "  ", lang, "    ")
    if duties:
        yield from ("", say(lang, "options.duties"))
    for text, numbers in duties.items():
        yield from wrapped(
            f"· {say(lang, 'options.duties-row', numbers=_numbers(numbers, lang))}{text}", "  ", lang, "    "
        )


def _numbers(numbers: list[int], lang: Language) -> str:
    """Numbers of options in a row: 3–6, 8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    dash, comma = ("–", ", ") if lang == "en" else ("～", "、")
    return comma.join(f"{a}" if a == b else f"{a}{dash}{b}" for a, b in runs)


def layout_text(option: Option, lang: Language) -> str:
    """How an option's work is cut over its devices, in one line."""
    run = option.judgement.case.run
    recipe, layout = run.recipe, run.layout
    cuts = [
        say(lang, f"options.cut-{name}", degree=degree)
        for name in ("tensor", "pipeline", "context", "expert")
        if (degree := getattr(layout, name)) > 1
    ]
    if recipe.zero_stage:
        key = "cut-zero" if layout.data > 1 else "cut-zero-sequence"
        cuts.append(say(lang, f"options.{key}", stage=recipe.zero_stage, replicas=layout.data))
    elif layout.devices > 1 and not cuts:
        cuts.append(say(lang, "options.replicated"))
    if recipe.offload != "none":
        cuts.append(say(lang, f"options.offload-{recipe.offload}"))
    joint = ", " if lang == "en" else "，"
    where = joint.join(["", *cuts]) if cuts else ""
    return say(lang, "options.layout", precision=recipe.precision, sharding=where, batch=recipe.micro_batch,
               accumulation=recipe.accumulation, data=layout.data, sequence=f"{recipe.sequence_length:,}",
               recompute=say(lang, f"options.recompute-{recipe.recompute}"), framework=recipe.framework)  # fmt: skip


def changes_text(option: Option, lang: Language) -> str:
    """What an option changes in the plan, the first values in full and the rest counted."""
    made = option.changes
    told = [path for path in _FIRST if made.get(path) is not None or (path == "data" and path in made)]
    first = told[:_SHOWN]
    text = (", " if lang == "en" else "，").join(
        f"{path} → {_value(path, option.changes[path], lang)}" for path in first
    )
    left = len(option.changes) - len(first) - ("title" in option.changes)
    return say(lang, "options.changes-more", changes=text, count=left) if left > 0 else text


def _value(path: str, value: object, lang: Language) -> str:
    if path == "data" and value is None:
        return say(lang, "options.untouched")
    if path == "data" and isinstance(value, list):
        return ", ".join(
            f"{row.get('kind', 'data')} {row.get('share') or row.get('tokens') or row.get('size') or ''}".strip()
            for row in value
        )
    if isinstance(value, list):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
