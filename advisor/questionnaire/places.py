"""Places in the values of a plan by their dotted path: who reads them, what they hold, how they are filled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from advisor.plan.model import SECTIONS, Plan
from advisor.plan.read import data_path
from advisor.plan.units import Interval, Money, Rate, write_count, write_money, write_price
from advisor.plan.values import Leaf, Quantity, RefusedError, Tokens

Values = dict[str, Any]


@lru_cache(maxsize=256)
def leaf_of(path: str) -> Leaf | None:
    """The plan's reader of a field, `data[0].size`; None where a plan has no such field, or a section stands there."""
    *parents, name = [part for part in data_path(path) if isinstance(part, str)] or [""]
    section = SECTIONS.get(".".join(parents)) if parents else Plan
    field = section.model_fields.get(name) if section else None
    return field.leaf if field else None


def _has(holder: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(holder, list) and part < len(holder)
    return isinstance(holder, dict) and part in holder


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """What stands at a path, None where nothing does."""
    found: Any = values
    for part in data_path(path):
        if not _has(found, part):
            return None
        found = found[part]
    return found


def is_written(values: Mapping[str, Any], path: str) -> bool:
    """Tell whether a path is written, be its value null."""
    *parents, name = data_path(path)
    holder: Any = values
    for part in parents:
        if not _has(holder, part):
            return False
        holder = holder[part]
    return isinstance(holder, dict) and name in holder


def read_at(values: Mapping[str, Any], path: str) -> Any:
    """What stands at a path in canonical form; None where nothing does, or nothing that the plan accepts."""
    value, leaf = value_at(values, path), leaf_of(path)
    if value is None or leaf is None:
        return value
    try:
        return leaf.read(value)
    except RefusedError:
        return None


class NoPlaceError(ValueError):
    """A path that cannot be filled, because something else stands on the way."""


def put(values: Values, path: str, value: object) -> None:
    """Fill a place, making the sections on the way to it. Raises NoPlaceError."""
    parts = data_path(path)
    holder: Any = values
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        last = following is None
        fresh: Any = value if last else [] if isinstance(following, int) else {}
        if isinstance(part, int) and isinstance(holder, list) and part <= len(holder):
            if part == len(holder):
                holder.append(fresh)
            elif last or holder[part] is None:
                holder[part] = fresh
            holder = holder[part]
        elif isinstance(part, str) and isinstance(holder, dict):
            if last or holder.get(part) is None:
                holder[part] = fresh
            holder = holder[part]
        else:
            raise NoPlaceError(path)


def remove(values: Values, path: str) -> None:
    """Take a value out, and the sections that are empty then."""
    holders: list[Any] = [values]
    parts = data_path(path)
    for part in parts[:-1]:
        holder = holders[-1]
        if not _has(holder, part):
            return
        holders.append(holder[part])
    for holder, part in zip(reversed(holders), reversed(parts), strict=True):
        if isinstance(holder, dict):
            holder.pop(str(part), None)
        elif isinstance(holder, list) and isinstance(part, int) and part == len(holder) - 1:
            holder.pop()
        if holder:
            return


def without_nulls(value: Any) -> Any:
    """A copy in which nothing is null and no section is empty; an empty list is an answer and stays."""
    if isinstance(value, dict):
        kept = {name: without_nulls(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner is not None and inner != {}}
    if isinstance(value, list):
        kept_items = [without_nulls(inner) for inner in value]
        while kept_items and kept_items[-1] == {}:
            kept_items.pop()
        return kept_items if kept_items or not value else None
    return value


def written(leaf: Leaf, value: object) -> object:
    """A canonical value as a plan states it: 50GB, 100000 CNY, 3 months."""
    if isinstance(value, Money):
        return write_money(value)
    if isinstance(value, Rate):
        return write_price(value)
    if isinstance(value, Interval):
        return f"{value.steps} steps" if value.steps is not None else f"{value.days:g} days"
    if isinstance(leaf, Tokens) and isinstance(value, float):
        return f"{write_count(value)} tokens"
    if isinstance(leaf, Quantity) and isinstance(value, float):
        return leaf.written(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
