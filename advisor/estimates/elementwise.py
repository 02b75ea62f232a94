"""Arithmetic that takes numbers and arrays alike, so that one formula serves a single run and a search over many.

A run may hold numpy arrays in the counts of its layout and recipe (devices, nodes, the parallel degrees, micro-batch,
accumulation, sequence length): one element a candidate, all of one shape. What is no number (method, framework,
sharding stage, precision, recomputation) is the same for all of them. Numpy is never imported for numbers: an array
that arrives has brought it.
"""

from __future__ import annotations

import math
import sys
from typing import Any

Number = Any
"""A float or int, or a numpy array of them."""


def is_array(*values: Number) -> bool:
    """Tell whether any of the values is an array."""
    return any(hasattr(value, "__array_ufunc__") for value in values)


def _numpy() -> Any:
    return sys.modules["numpy"]


def where(condition: Number, yes: Number, no: Number) -> Number:
    """`yes` where the condition holds, else `no`. Both are computed: neither may raise where it is not wanted."""
    if is_array(condition):
        return _numpy().where(condition, yes, no)
    return yes if condition else no


def holds_anywhere(condition: Number) -> bool:
    """Tell whether a condition holds for any candidate, so that a part that none has need not be computed."""
    return bool(condition.any()) if is_array(condition) else bool(condition)


def larger(x: Number, y: Number) -> Number:
    """The larger of two."""
    if is_array(x, y):
        return _numpy().maximum(x, y)
    return x if x >= y else y


def smaller(x: Number, y: Number) -> Number:
    """The smaller of two."""
    if is_array(x, y):
        return _numpy().minimum(x, y)
    return x if x <= y else y


def log(x: Number) -> Number:
    """Natural logarithm."""
    return _numpy().log(x) if is_array(x) else math.log(x)


def log2(x: Number) -> Number:
    """Logarithm to the base of 2."""
    return _numpy().log2(x) if is_array(x) else math.log2(x)


def exp(x: Number) -> Number:
    """Exponential."""
    return _numpy().exp(x) if is_array(x) else math.exp(x)


def sqrt(x: Number) -> Number:
    """Square root."""
    return _numpy().sqrt(x) if is_array(x) else math.sqrt(x)


def cube_root(x: Number) -> Number:
    """Cube root of what is not negative."""
    return _numpy().cbrt(x) if is_array(x) else x ** (1 / 3)


def up(x: Number) -> Number:
    """The next whole number, not below x."""
    return _numpy().ceil(x) if is_array(x) else math.ceil(x)


def down(x: Number) -> Number:
    """The whole number not above x."""
    return _numpy().floor(x) if is_array(x) else math.floor(x)
