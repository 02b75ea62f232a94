"""Arithmetic that takes numbers and arrays alike, so that one formula serves a single run and a search over many.

A run may hold numpy arrays in the counts of its layout and recipe (devices, nodes, the parallel degrees, micro-batch,
accumulation, sequence length): one element a candidate, all of one shape. What is no number (method, framework,
sharding stage, precision, recomputation) is the same for all of them. Numpy is never imported for numbers: an array
that arrives has brought it.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

Number = Any
"""A float or int, or a numpy array of them."""

_PLAIN: frozenset[Any] = frozenset({bool, int, float})  # asked first: nearly all calls are about a number


def is_array(*values: Number) -> bool:
    """Tell whether any of the values is an array."""
    return any(value.__class__ not in _PLAIN and hasattr(value, "__array_ufunc__") for value in values)


def _numpy() -> Any:
    return sys.modules["numpy"]


def where(condition: Number, yes: Number, no: Number) -> Number:
    """`yes` where the condition holds, else `no`. Both are computed: neither may raise where it is not wanted."""
    if condition.__class__ in _PLAIN:
        return yes if condition else no
    return _numpy().where(condition, yes, no)


def where_all(condition: Number, yes: Any, no: Any) -> Any:
    """`where` for every number in two records, tuples or mappings of the same form."""
    if condition.__class__ in _PLAIN:
        return yes if condition else no
    if is_dataclass(yes):
        made: Any = type(yes)
        names = [field.name for field in fields(yes)]
        return made(**{name: where_all(condition, getattr(yes, name), getattr(no, name)) for name in names})
    if isinstance(yes, Mapping):
        return {name: where_all(condition, value, no[name]) for name, value in yes.items()}
    if isinstance(yes, tuple):
        return tuple(where_all(condition, *pair) for pair in zip(yes, no, strict=True))
    return _numpy().where(condition, yes, no)


def holds_anywhere(condition: Number) -> bool:
    """Tell whether a condition holds for any candidate, so that a part that none has need not be computed."""
    return bool(condition if condition.__class__ in _PLAIN else condition.any())


def larger(x: Number, y: Number) -> Number:
    """The larger of two."""
    if x.__class__ in _PLAIN and y.__class__ in _PLAIN:
        return x if x >= y else y
    return _numpy().maximum(x, y)


def smaller(x: Number, y: Number) -> Number:
    """The smaller of two."""
    if x.__class__ in _PLAIN and y.__class__ in _PLAIN:
        return x if x <= y else y
    return _numpy().minimum(x, y)


def log(x: Number) -> Number:
    """Natural logarithm."""
    return math.log(x) if x.__class__ in _PLAIN else _numpy().log(x)


def log2(x: Number) -> Number:
    """Logarithm to the base of 2."""
    return math.log2(x) if x.__class__ in _PLAIN else _numpy().log2(x)


def exp(x: Number) -> Number:
    """Exponential."""
    return math.exp(x) if x.__class__ in _PLAIN else _numpy().exp(x)


def sqrt(x: Number) -> Number:
    """Square root."""
    return math.sqrt(x) if x.__class__ in _PLAIN else _numpy().sqrt(x)


def cube_root(x: Number) -> Number:
    """Cube root of what is not negative."""
    return x ** (1 / 3) if x.__class__ in _PLAIN else _numpy().cbrt(x)


def up(x: Number) -> Number:
    """The next whole number, not below x."""
    return math.ceil(x) if x.__class__ in _PLAIN else _numpy().ceil(x)


def down(x: Number) -> Number:
    """The whole number not above x."""
    return math.floor(x) if x.__class__ in _PLAIN else _numpy().floor(x)


def erf(x: Number) -> Number:
    """Error function; numpy has none."""
    if is_array(x):
        return _numpy().fromiter(map(math.erf, x.tolist()), float, len(x))
    return math.erf(x)


def interpolate(x: Number, points: Sequence[float], values: Sequence[float]) -> Number:
    """The value at x of straight lines between values at sorted points; beyond them the outermost lines go on."""
    last = len(points) - 2
    if x.__class__ in _PLAIN:
        at = min(max(bisect_right(points, x) - 1, 0), last)
    else:
        numpy = _numpy()
        points, values = numpy.asarray(points), numpy.asarray(values)
        at = numpy.clip(numpy.searchsorted(points, x, side="right") - 1, 0, last)
    start, below = points[at], values[at]
    return below + (x - start) * (values[at + 1] - below) / larger(points[at + 1] - start, 1e-9)
