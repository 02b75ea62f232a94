"""Entries as records: what the forms of `schema` describe, without the machinery that checks them.

An entry is checked by pydantic when its file is read. What comes from the cache was checked then, and importing all
forms again would cost a check of a plan more than the check itself; so a table of the forms' fields is kept with the
entries, and records are made from the two. To a type checker a record is the form that it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Shapes = Mapping[str, Mapping[str, tuple[Any, str]]]
"""Form -> field -> its default, and how its JSON value is converted: '' (as it is), 'date', 'float', or a form's name
behind 'form ', 'list ' (of it), 'dict ' (to it) or 'text ' (a text, or that form)."""


class Record:
    """One entry, or a part of one: the fields of its form, defaults included."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Keep the values as attributes."""
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: an entry does not change")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.__dict__ == other.__dict__

    __hash__ = object.__hash__

    def model_dump(self) -> dict[str, Any]:
        """The fields with their values, parts as mappings."""
        return {name: value.model_dump() if isinstance(value, Record) else value for name, value in vars(self).items()}


def build(form: str, raw: Mapping[str, Any], shapes: Shapes) -> Record:
    """The record of a form with the values of a checked mapping."""
    values: dict[str, Any] = {}
    for name, (default, how) in shapes[form].items():
        value = raw.get(name, default)
        values[name] = value if value is None or not how else _convert(value, how, shapes)
    return Record(values)


def _convert(value: Any, how: str, shapes: Shapes) -> Any:
    kind, _, form = how.partition(" ")
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "float":
        return float(value)
    if kind == "form":
        return build(form, value, shapes)
    if kind == "list":
        return [build(form, item, shapes) for item in value]
    if kind == "dict":
        return {name: build(form, item, shapes) for name, item in value.items()}
    return build(form, value, shapes) if isinstance(value, dict) else value
