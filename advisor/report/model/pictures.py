"""The data of the pictures: numbers, worded labels and round marks on the axes; the macros only draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from advisor.estimates.run import Range
from advisor.options.front import LogScale, front_of
from advisor.options.offer import RISKS
from advisor.pipeline import Judgement
from advisor.records import dataclass
from advisor.report.model.records import Picture, Table, lefts, plain, rights, strong
from advisor.report.model.wording import NOTHING, amount, days, days_alone, listed, spread, word
from advisor.report.wrapping import columns
from advisor.schedule import PHASES, Schedule
from advisor.words import Language
from advisor.words.figures import money, significant

if TYPE_CHECKING:
    from advisor.options.offer import Options

LABEL_COLUMNS = 34
"""Columns of a terminal that a row's label may take; a longer one is cut."""


@dataclass(frozen=True, eq=False)
class Row:
    """A plan or option as the pictures show it: a short name, what it is, and its figures."""

    name: str
    what: str
    cost: Range | None
    schedule: Schedule
    risk: str  # low, medium, high, or empty where it was not judged
    marked: bool = False  # the plan itself


def shortened(text: str, limit: int = LABEL_COLUMNS) -> str:
    """A text cut to some columns, with a mark where something went."""
    if columns(text) <= limit:
        return text
    kept = ""
    for char in text:
        if columns(kept + char) > limit - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def ticks(top: float, count: int = 5) -> list[float]:
    """Round values from 0 up to `top`, about `count` of them."""
    if top <= 0 or not math.isfinite(top):
        return [0.0]
    rough = top / count
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * nice for nice in (1, 2, 2.5, 5, 10) if size * nice >= rough)
    return [step * index for index in range(int(top / step + 1e-9) + 1)]


def short(value: float) -> float:
    """A figure short enough to be the same bytes everywhere."""
    return float(f"{value:.6g}")


def _numbers(values: Sequence[float]) -> list[float]:
    return [short(value) for value in values]


def memory_picture(judgement: Judgement, lang: Language) -> Picture | None:
    """The parts of the worst device's memory, one after the other, against what is usable."""
    memory, serving = judgement.estimates.memory, judgement.estimates.serving
    if memory is not None:
        total, usable, parts, prefix = memory.per_device, memory.usable_gib, memory.parts, "report.part-"
    elif serving is not None:
        total, usable, parts, prefix = serving.per_device, serving.usable_gib, serving.parts, "report.part-"
    else:
        return None
    kept = [(word(lang, f"{prefix}{name}"), size) for name, size in parts.items() if size > 0]
    whole = sum(size for _, size in kept) or 1.0
    start, stacked = 0.0, []
    for name, size in kept:
        stacked.append({"label": name, "start": short(start), "size": short(size), "text": significant(size)})
        start += size
    rows = [
        (
            plain(name),
            plain(significant(size)),
            plain(f"{size / whole:.0%}" if lang == "zh" else f"{size / whole * 100:.0f} %"),
        )
        for name, size in kept
    ]
    rows.append((strong(word(lang, "memory-total")), strong(spread(total, lang)), plain("")))
    head = (word(lang, "report.part"), "GiB", word(lang, "report.share"))
    says = word(
        lang,
        "memory-says",
        parts=listed((word(lang, "memory-part", name=name, size=significant(size)) for name, size in kept), lang),
        total=significant(total.likely),
        low=significant(total.low),
        high=significant(total.high),
        usable=significant(usable),
    )
    top = max(total.high, usable) * 1.02
    data = {
        "parts": stacked,
        "total": {"label": word(lang, "memory-total"), "short": significant(total.likely),
                  **dict(zip(("low", "likely", "high"), _numbers((total.low, total.likely, total.high)), strict=True))},
        "limit": {"value": short(usable), "text": word(lang, "usable", amount=significant(usable))},
        "top": short(top),
        "ticks": [{"value": value, "text": significant(value)} for value in _numbers(ticks(top))],
        "unit": "GiB",
    }  # fmt: skip
    title = word(lang, "memory-title")
    return Picture(
        "memory", title, says, data, Table(head, tuple(rows), ("left", "right", "right")), word(lang, "as-table")
    )


def cost_picture(rows: Sequence[Row], budget: float | None, currency: str, lang: Language) -> Picture | None:
    """The cost of each row as a bar from low to high with its likely value, against the budget."""
    known = [row for row in rows if row.cost is not None]
    if not known:
        return None
    top = max([row.cost.high for row in known if row.cost] + [budget or 0.0]) * 1.02
    title = word(lang, "cost-title")
    bars = [
        {"name": row.name, "what": shortened(row.what), "marked": row.marked,
         "short": money(row.cost.likely, currency, lang),
         **dict(zip(("low", "likely", "high"), _numbers((row.cost.low, row.cost.likely, row.cost.high)), strict=True))}
        for row in known if row.cost is not None
    ]  # fmt: skip
    data = {
        "bars": bars,
        "limit": None if budget is None else {"value": short(budget),
                                              "text": word(lang, "budget", amount=money(budget, currency, lang))},
        "top": short(top),
        "ticks": [{"value": value, "text": "0" if value == 0 else money(value, currency, lang)}
                  for value in _numbers(ticks(top, 4))],
    }  # fmt: skip
    said = listed((f"{row.name} {amount(row.cost, currency, lang)}" for row in known), lang)
    head = (
        word(lang, "choice"),
        "",
        word(lang, "report.likely"),
        word(lang, "report.low-end"),
        word(lang, "report.high-end"),
    )
    table = Table(
        head,
        tuple(
            (
                strong(row.name),
                plain(row.what),
                *(plain(money(part, currency, lang)) for part in (row.cost.likely, row.cost.low, row.cost.high)),
            )
            for row in known
            if row.cost is not None
        ),
        ("left", "left", "right", "right", "right"),
    )
    return Picture("cost", title, word(lang, "cost-says", rows=said), data, table, word(lang, "as-table"))


def timeline_picture(rows: Sequence[Row], deadline: float | None, lang: Language) -> Picture | None:
    """The phases of each row one after the other, with how late it may get, against the deadline."""
    known = [row for row in rows if row.schedule.counted is not None]
    if not known:
        return None
    at_once = None if deadline is None else Range(deadline, deadline, deadline)
    top = max([row.schedule.counted.high for row in known if row.schedule.counted] + [deadline or 0.0]) * 1.02
    used = {phase.key for row in known for phase in row.schedule.phases}
    keys = [key for key in PHASES if key in used]
    bars = []
    for row in known:
        counted = row.schedule.counted
        if counted is None:
            continue
        start, phases = 0.0, []
        for phase in row.schedule.phases:
            phases.append({"key": phase.key, "start": short(start), "size": short(phase.days.likely),
                           "pattern": PHASES.index(phase.key) + 1})  # fmt: skip
            start += phase.days.likely
        bars.append({"name": row.name, "what": shortened(row.what, 25), "marked": row.marked, "phases": phases,
                     "text": days(counted, lang), "likely": short(counted.likely),
                     "high": short(counted.high)})  # fmt: skip
    data = {
        "bars": bars,
        "legend": [
            {"key": key, "pattern": PHASES.index(key) + 1, "text": word(lang, f"phase-{key}")} for key in keys
        ],
        "limit": None if deadline is None else {"value": short(deadline),
                                                "text": word(lang, "deadline", days=days(at_once, lang))},
        "top": short(top),
        "ticks": [{"value": value, "text": significant(value)} for value in _numbers(ticks(top))],
    }  # fmt: skip
    head = (word(lang, "choice"), "", *(word(lang, f"phase-{key}") for key in keys), word(lang, "column-counted"),
            word(lang, "column-slack"))  # fmt: skip
    table = Table(
        head,
        tuple(
            (
                strong(row.name),
                plain(row.what),
                *(plain(days_alone(row.schedule.part(key), lang)) for key in keys),
                plain(days_alone(row.schedule.counted, lang)),
                plain(slack_text(row.schedule, lang)),
            )
            for row in known
        ),
        (*lefts(2), *rights(len(keys) + 2)),
    )
    said = listed((f"{row.name} {days(row.schedule.counted, lang)}" for row in known), lang)
    return Picture(
        "timeline",
        word(lang, "timeline-title"),
        word(lang, "cost-says", rows=said),
        data,
        table,
        word(lang, "as-table"),
    )


def slack_text(schedule: Schedule, lang: Language) -> str:
    """How a schedule stands against the deadline."""
    slack = schedule.slack
    if slack is None:
        return word(lang, "slack-no-deadline") if schedule.deadline is None else NOTHING
    key = "slack-left" if slack.likely >= 0 else "slack-late"
    size = abs(slack.likely)
    return word(lang, key, days=days(Range(size, size, size), lang))


def pareto_picture(options: Options, lang: Language) -> Picture | None:
    """Cost against time on logarithmic scales; shapes tell the risk, and what another option beats is hollow."""
    points = front_of(options.options)
    if len(points) < 2:
        return None
    currency = options.judgement.pricing.currency
    across, up = (
        LogScale([row.days for row in points], 0.0, 1000.0),
        LogScale([row.cost for row in points], 0.0, 1000.0),
    )
    placed = [(across.at(row.days), up.at(row.cost)) for row in points]
    labels = _labels([str(row.number) for row in points], placed)
    data = {
        "points": [
            {"name": label, "x": x, "y": y, "risk": row.option.risk, "on": row.on_front}
            for row, (x, y), label in zip(points, placed, labels, strict=True)
        ],
        "x": word(lang, "pareto-x"), "y": word(lang, "pareto-y"), "beaten": word(lang, "pareto-beaten"),
        "ticks_x": [{"value": at, "text": significant(value, 2)} for value, at in across.ticks()],
        "ticks_y": [{"value": at, "text": money(value, currency, lang)} for value, at in up.ticks()],
        "legend": [{"key": risk, "text": word(lang, f"risk-{risk}")} for risk in RISKS],
    }  # fmt: skip

    def named(numbers: Iterable[int]) -> str:
        return listed((word(lang, "choice-option", number=number) for number in numbers), lang)

    best = named(row.number for row in points if row.on_front)
    rest = named(row.number for row in points if not row.on_front)
    says = word(lang, "pareto-says", front=best, rest=rest) if rest else word(lang, "pareto-says-all", front=best)
    head = (word(lang, "choice"), word(lang, "pareto-x"), word(lang, "pareto-y"), word(lang, "report.offered-risk"),
            word(lang, "pareto-beaten-by"))  # fmt: skip
    rows = tuple(
        (
            strong(word(lang, "choice-option", number=row.number)),
            plain(days_alone(row.option.days, lang)),
            plain(amount(row.option.cost, currency, lang)),
            plain(word(lang, f"risk-{row.option.risk}")),
            plain(named(row.beaten_by) or NOTHING),
        )
        for row in points
    )
    table = Table(head, rows, ("left", "right", "right", "left", "left"))
    return Picture("pareto", word(lang, "pareto-title"), says, data, table, word(lang, "as-table"))


def _labels(names: Sequence[str], places: Sequence[tuple[float, float]]) -> list[str]:
    """A label for each place, of 1000 by 1000; places so near that labels would overlap share that of the first."""
    labels: list[str] = []
    for index, (x, y) in enumerate(places):
        near = next((first for first in range(index) if labels[first] and abs(places[first][0] - x) < 70
                     and abs(places[first][1] - y) < 70), None)  # fmt: skip
        labels.append(names[index] if near is None else "")
        if near is not None:
            labels[near] += f", {names[index]}"
    return labels
