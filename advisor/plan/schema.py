"""The JSON Schema of the plan file, for editors and for checks outside the program."""

from __future__ import annotations

import inspect
from typing import Any

from advisor.plan.model import SECTIONS, Plan
from advisor.plan.section import Field, Section


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12), made from the types; every field that may be left out may be null."""
    trains = {"properties": {"training": {"properties": {"method": {"not": {"const": "none"}}}}}}
    needed = {
        "required": ["hardware"],
        "properties": {
            "hardware": {
                "required": ["device", "count"],
                "properties": {"device": {"type": "string"}, "count": {"type": "integer"}},
            }
        },
    }
    sections = {section.__name__: section for section in SECTIONS.values()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "advisor plan",
        "$defs": {name: _section(sections[name]) for name in sorted(sections)},
        **_section(Plan),
        "if": trains,
        "then": needed,
    }


def _section(section: type[Section]) -> dict[str, Any]:
    fields = section.model_fields
    required = [name for name, field in fields.items() if field.required]
    return {
        "additionalProperties": False,
        "description": inspect.getdoc(section),
        "properties": {name: _field(field) for name, field in fields.items()},
        **({"required": required} if required else {}),
        "type": "object",
    }


def _field(field: Field) -> Any:
    says: dict[str, Any] = {}
    if field.leaf is not None:
        value, says = _sorted(field.leaf.schema()), {"description": field.leaf.says}
    else:
        assert field.section is not None  # noqa: S101 - a field is one or the other
        value = {"$ref": f"#/$defs/{field.section.__name__}"}
        if field.many:
            value = {"items": value, "type": "array"}
    if field.required:
        return _sorted({**value, **says})
    return {"anyOf": [value, {"type": "null"}], **says}


def _sorted(schema: Any) -> Any:
    """The same schema, keywords in the order of the alphabet, so that an editor's diff shows changes only."""
    if isinstance(schema, dict):
        return {key: _sorted(schema[key]) for key in sorted(schema)}
    return [_sorted(it) for it in schema] if isinstance(schema, list) else schema
