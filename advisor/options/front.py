"""The Pareto front of cost, time and risk: which options no other beats in all three without giving up more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from advisor.options.offer import RISKS, Option, Options
from advisor.records import dataclass
from advisor.words import Language, say
from advisor.words.figures import money, significant


@dataclass(frozen=True, slots=True)
class Point:
    """An option on the three scales. `beaten_by` are the options of the front that are better; none if it is on it.

    Cost is in the plan's currency, time in calendar days, both likely values.
    """

    number: int
    option: Option
    cost: float
    days: float
    beaten_by: tuple[int, ...]

    @property
    def on_front(self) -> bool:
        """Tell whether no option is better."""
        return not self.beaten_by


def front_of(options: Sequence[Option]) -> tuple[Point, ...]:
    """Every option that has cost and days, in order, with those of the front that beat it.

    An option beats another when it is nowhere worse in cost, time and risk, somewhere better, and gives up nothing that
    the other one keeps. What they deliver is not weighed: a larger model may be worth more than its cost.
    """
    rows = [
        (number, option, option.cost.likely, option.days.likely)
        for number, option in enumerate(options, 1)
        if option.cost is not None and option.days is not None
    ]

    def beats(one: tuple[int, Option, float, float], other: tuple[int, Option, float, float]) -> bool:
        mine = (one[2], one[3], RISKS[one[1].risk])
        theirs = (other[2], other[3], RISKS[other[1].risk])
        nowhere_worse = all(x <= y for x, y in zip(mine, theirs, strict=True))
        return nowhere_worse and mine != theirs and set(one[1].gives_up) <= set(other[1].gives_up)

    front = [row for row in rows if not any(beats(other, row) for other in rows)]
    return tuple(Point(*row, tuple(other[0] for other in front if beats(other, row))) for row in rows)


def front_as_json(options: Options, lang: Language) -> list[dict[str, Any]]:
    """The front for programs: every option's place on the three scales, and by which others it is beaten."""
    return [
        {
            "option": point.number,
            "title": point.option.title.text(lang),
            "cost": point.cost,
            "days": point.days,
            "risk": point.option.risk,
            "on_front": point.on_front,
            "beaten_by": list(point.beaten_by),
        }
        for point in front_of(options.options)
    ]


_WIDTH, _HEIGHT = 720.0, 400.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 24.0, 24.0, 64.0
_SIZE = 11.0
"""Half the width of a marker."""


def picture_of(options: Options, lang: Language) -> dict[str, Any] | None:
    """What the picture of the front shows: axes, markers and their words, all placed; None of fewer than two options.

    Cost runs to the right and time up, both on logarithmic scales; the shape of a marker is its risk. Coordinates are
    rounded to a tenth, so the same options give the same bytes.
    """
    points = front_of(options.options)
    if len(points) < 2:
        return None
    currency = options.judgement.pricing.currency
    across = LogScale([point.cost for point in points], _LEFT, _WIDTH - _RIGHT)
    up = LogScale([point.days for point in points], _HEIGHT - _BOTTOM, _TOP)
    markers: list[dict[str, Any]] = []
    for point in points:
        x, y = across.at(point.cost), up.at(point.days)
        while any(abs(x - row["x"]) < 1.2 * _SIZE and abs(y - row["y"]) < 1.2 * _SIZE for row in markers):
            x += 1.4 * _SIZE  # options that cost and take the same stand side by side
        markers.append(
            {
                "x": round(x, 1),
                "y": round(y, 1),
                "number": point.number,
                "risk": point.option.risk,
                "on_front": point.on_front,
                "words": say(
                    lang,
                    "options.front-marker" if point.on_front else "options.front-marker-beaten",
                    number=point.number,
                    title=point.option.title.text(lang),
                    cost=money(point.cost, currency, lang),
                    days=significant(point.days, 2),
                    risk=say(lang, f"options.risk-{point.option.risk}"),
                    others=", ".join(str(number) for number in point.beaten_by),
                ),
            }
        )
    return {
        "lang": "zh-CN" if lang == "zh" else "en",
        "width": _WIDTH,
        "height": _HEIGHT,
        "left": _LEFT,
        "right": _WIDTH - _RIGHT,
        "top": _TOP,
        "bottom": _HEIGHT - _BOTTOM,
        "size": _SIZE,
        "title": say(lang, "options.front-title"),
        "description": say(lang, "options.front-description"),
        "costs": [{"at": at, "text": money(value, currency, lang)} for value, at in across.ticks()],
        "days": [{"at": at, "text": significant(value, 2)} for value, at in up.ticks()],
        "cost_axis": say(lang, "options.front-cost"),
        "days_axis": say(lang, "options.front-days"),
        "markers": markers,
        "risks": [{"risk": risk, "text": say(lang, "options.front-risk", risk=say(lang, f"options.risk-{risk}"))}
                  for risk in RISKS],
    }  # fmt: skip


class LogScale:
    """A logarithmic scale from the numbers that it must show to places on the picture."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        low, high = max(min(values), 1e-3), max(*values, 1e-3)
        self.low, self.high = math.log10(low / 1.5), math.log10(max(high, low * 2) * 1.5)
        self.start, self.end = start, end

    def at(self, value: float) -> float:
        """Where a number stands, to a tenth."""
        share = (math.log10(max(value, 1e-3)) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> Iterator[tuple[float, float]]:
        """1, 2 and 5 times powers of ten with their places; of many decades the powers alone."""
        factors = (1, 2, 5) if self.high - self.low < 2 else (1, 3) if self.high - self.low < 3 else (1,)
        for power in range(math.floor(self.low), math.ceil(self.high) + 1):
            for factor in factors:
                value = factor * 10.0**power
                if self.low <= math.log10(value) <= self.high:
                    yield value, self.at(value)


def render_front(options: Options, lang: Language) -> str | None:
    """The front as an SVG picture with text alternatives; None of fewer than two options."""
    from advisor.report.pictures import environment  # noqa: PLC0415 - only for a picture

    picture = picture_of(options, lang)
    return None if picture is None else str(environment().get_template("pictures/front.svg.j2").render(picture))
