"""How wrong an estimate has been on runs that did not make it, and the ranges and chances that follow.

An error is the natural logarithm of measured over estimated. A spread keeps the quantiles of such errors for one kind
of run; a figure's range is the estimate times the exponential of the 5th and 95th percentile.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from advisor.estimates.elementwise import Number, erf, interpolate, log, where
from advisor.estimates.run import Range
from advisor.records import dataclass

LEVELS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
"""Probabilities at which a spread states its error; these define low and high everywhere."""
_SCORES = (-2.326, -1.645, -0.674, 0.0, 0.674, 1.645, 2.326)  # standard normal quantiles at `LEVELS`
_LOW, _MIDDLE, _HIGH = LEVELS.index(0.05), LEVELS.index(0.5), LEVELS.index(0.95)


@dataclass(frozen=True, slots=True)
class Spread:
    """Errors (natural logarithms of measured over estimated) at `LEVELS`, and how many runs and sources showed them."""

    errors: tuple[float, ...]
    runs: int
    sources: int

    def widened(self, factor: float) -> Spread:
        """The same spread with every distance from the middle multiplied."""
        middle = self.errors[_MIDDLE]
        return Spread(tuple(middle + (e - middle) * factor for e in self.errors), self.runs, self.sources)

    def towards(self, other: Spread, part: float) -> Spread:
        """The same spread with a part of every distance to another one taken."""
        mixed = tuple(a + (b - a) * part for a, b in zip(self.errors, other.errors, strict=True))
        return Spread(mixed, self.runs, self.sources)


def spread_of(
    errors: Sequence[float], sources: int, weights: Sequence[float] | None = None, least: float = 0.02
) -> Spread:
    """The spread of observed errors, each quantile by linear interpolation between order statistics.

    Weights, one an error, default to equal ones. Errors closer together than `least` at the 5th and 95th percentile are
    spread to it: runs of one source repeat each other. No errors raise `ValueError`.
    """
    if not errors:
        raise ValueError("no errors to make a spread of")
    ordered = sorted(zip(errors, weights or [1.0] * len(errors), strict=True))
    places = _places([weight for _, weight in ordered])
    found = [_quantile([error for error, _ in ordered], places, level) for level in LEVELS]
    middle = found[_MIDDLE]
    floors = [least * score / _SCORES[_HIGH] for score in _SCORES]
    kept = [
        min(value, middle + floor) if level < 0.5 else max(value, middle + floor)
        for value, floor, level in zip(found, floors, LEVELS, strict=True)
    ]
    return Spread(tuple(kept), len(errors), sources)


def range_of(likely: float, spread: Spread) -> Range:
    """The 5th to 95th percentile of what an estimate turned out to mean, the estimate itself always inside."""
    low, high = math.exp(spread.errors[_LOW]), math.exp(spread.errors[_HIGH])
    return Range(likely * min(low, 1.0), likely, likely * max(high, 1.0))


def chance_below(limit: float, likely: Number, spread: Spread) -> Number:
    """The chance that the true figure is at most a limit, by the same distribution as the range.

    `likely` may be an array. Normal scores are interpolated between the known quantiles; beyond them the outermost
    slope goes on.
    """
    some = likely > 0
    if limit <= 0:
        return where(some, 0.0, 1.0)
    error = log(limit / where(some, likely, limit))
    score = interpolate(error, spread.errors, _SCORES)
    return where(some, 0.5 * (1 + erf(score / math.sqrt(2))), 1.0)


def _places(weights: Sequence[float]) -> list[float]:
    """Where each of the sorted values stands between 0 and 1; evenly where all weigh the same.

    The k-th of n values stands at (k−1)·wₖ + (n−1)·(w₁ + … + wₖ₋₁), over what that is for the last one.
    """
    n = len(weights)
    before = accumulate(weights, initial=0.0)
    raw = [number * weight + (n - 1) * less for number, (weight, less) in enumerate(zip(weights, before, strict=False))]
    return [value / raw[-1] if raw[-1] else 0.0 for value in raw]


def _quantile(ordered: Sequence[float], places: Sequence[float], level: float) -> float:
    """The quantile of sorted values by linear interpolation between their places."""
    above = bisect_left(places, level)
    if above in (0, len(ordered)):
        return ordered[min(above, len(ordered) - 1)]
    share = (level - places[above - 1]) / (places[above] - places[above - 1])
    return ordered[above - 1] + (ordered[above] - ordered[above - 1]) * share
