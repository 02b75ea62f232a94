"""Two layouts side by side: how much faster one is, and which parts of its step make the difference."""

from __future__ import annotations

from advisor.options.layouts import SURE, Fit
from advisor.records import dataclass

NOTABLE = 0.02
"""A part of a step is a reason when it makes this share of the other step's time or more."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A layout against another one for the same work.

    `speed` is tokens per second over the other's. `saves` and `spends` are the parts of a step by name, the largest
    difference first, as shares of the other's time for the same tokens. `other_fits`: the other surely fits at all.
    """

    speed: float
    saves: tuple[tuple[str, float], ...]
    spends: tuple[tuple[str, float], ...]
    other_fits: bool


def contrast(one: Fit, other: Fit) -> Contrast:
    """What makes one layout faster or slower than another. Steps of different size are compared by the token."""
    size = _tokens(one) / _tokens(other)
    base = other.time.step_seconds.likely
    parts = {
        name: (one.time.parts[name] / size - seconds) / base for name, seconds in other.time.parts.items()
    }  # fmt: skip
    ordered = sorted(parts.items(), key=lambda item: -abs(item[1]))
    return Contrast(
        speed=_rate(one) / _rate(other),
        saves=tuple((name, -share) for name, share in ordered if share <= -NOTABLE),
        spends=tuple((name, share) for name, share in ordered if share >= NOTABLE),
        other_fits=other.memory.probability_fits >= SURE,
    )


def _tokens(fit: Fit) -> float:
    recipe = fit.run.recipe
    return float(recipe.micro_batch * recipe.accumulation * fit.run.layout.data * recipe.sequence_length)


def _rate(fit: Fit) -> float:
    return fit.time.tokens_per_second_per_device.likely * fit.run.layout.devices
