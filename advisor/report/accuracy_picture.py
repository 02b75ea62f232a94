"""Measured against estimated as an SVG picture: one panel for memory, one for speed, both on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from advisor.report.accuracy import Accuracy, Point, Trained
from advisor.report.pictures import environment
from advisor.words import Language, say
from advisor.words.figures import significant

_SIDE: Final = 380.0
_LEFT, _TOP, _GAP, _BELOW, _RIGHT = 64.0, 40.0, 84.0, 76.0, 16.0
_TRAINED: Final[tuple[Trained, ...]] = ("full", "lora", "qlora")


def picture_of(found: Accuracy, lang: Language) -> dict[str, Any]:
    """What the picture shows, all placed. Coordinates are rounded, so the same scores give the same bytes."""

    def t(key: str, **values: Any) -> str:
        return say(lang, f"accuracy.{key}", **values)

    memory = found.line("memory", "all")
    time = found.line("time", "all")
    panels = [
        _panel(found.memory_points, _LEFT, t("picture-memory"), t("axis-measured-gib"), t("axis-estimated-gib")),
        _panel(found.time_points, _LEFT + _SIDE + _GAP, t("picture-time"), t("axis-measured-rate"),
               t("axis-estimated-rate")),
    ]  # fmt: skip
    return {
        "lang": "zh-CN" if lang == "zh" else "en",
        "width": _LEFT + 2 * _SIDE + _GAP + _RIGHT,
        "height": _TOP + _SIDE + _BELOW,
        "top": _TOP,
        "side": _SIDE,
        "title": t("picture-title"),
        "description": t(
            "picture-description", memory=memory.runs, error=f"{memory.error:.1%}", time=time.runs,
            rate_error=f"{time.error:.1%}",
        ),
        "panels": panels,
        "legend": [
            {"trained": trained, "text": t(f"trained-{trained}"), "path": _marker(trained, 6.0, 0.0, 5.0)}
            for trained in _TRAINED
        ],
        "band": t("band"),
    }  # fmt: skip


def _panel(points: Sequence[Point], left: float, title: str, across: str, up: str) -> dict[str, Any]:
    scale = _Scale([value for point in points for value in (point.measured, point.estimated)])
    places: dict[Trained, list[str]] = {trained: [] for trained in _TRAINED}
    seen: set[tuple[Trained, float, float]] = set()
    for point in points:
        x = round(left + scale.share(point.measured) * _SIDE)
        y = round(_TOP + (1 - scale.share(point.estimated)) * _SIDE)
        if (point.trained, x, y) not in seen:
            seen.add((point.trained, x, y))
            places[point.trained].append(_marker(point.trained, x, y, 2.5))
    quarter = math.log10(1.25) / (scale.high - scale.low) * _SIDE
    return {
        "left": left,
        "title": title,
        "across": across,
        "up": up,
        "ticks": [
            {"x": round(left + at * _SIDE, 1), "y": round(_TOP + (1 - at) * _SIDE, 1), "text": text}
            for text, at in scale.ticks()
        ],
        "marks": [{"trained": trained, "path": "".join(paths)} for trained, paths in places.items()],
        "quarter": round(quarter, 1),
    }


def _marker(trained: Trained, x: float, y: float, size: float) -> str:
    """A circle, a triangle or a square, so that no one needs the colours."""
    if trained == "full":
        return f"M{x - size:g} {y:g}a{size:g} {size:g} 0 1 0 {2 * size:g} 0a{size:g} {size:g} 0 1 0-{2 * size:g} 0"
    if trained == "lora":
        high = size * 1.2
        return f"M{x:g} {y - high:g}l{high:g} {2 * size:g}h-{2 * high:g}z"
    return f"M{x - size:g} {y - size:g}h{2 * size:g}v{2 * size:g}h-{2 * size:g}z"


class _Scale:
    """A logarithmic scale that holds all values, as shares from 0 to 1."""

    def __init__(self, values: Sequence[float]) -> None:
        low, high = min(values, default=1.0), max(values, default=10.0)
        self.low, self.high = math.log10(low / 1.15), math.log10(high * 1.15)

    def share(self, value: float) -> float:
        return (math.log10(value) - self.low) / (self.high - self.low)

    def ticks(self) -> Iterator[tuple[str, float]]:
        factors = (1, 2, 5) if self.high - self.low < 2.5 else (1,)
        for power in range(math.floor(self.low), math.ceil(self.high) + 1):
            for factor in factors:
                value = factor * 10.0**power
                if self.low <= math.log10(value) <= self.high:
                    yield significant(value, 2), self.share(value)


def render_picture(found: Accuracy, lang: Language) -> str:
    """The picture as SVG, with text alternatives, readable on light and dark ground."""
    return str(environment().get_template("pictures/accuracy.svg.j2").render(picture_of(found, lang)))
