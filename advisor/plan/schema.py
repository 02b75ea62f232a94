"""The JSON Schema of the plan file, for editors and for checks outside the program."""

from __future__ import annotations

from typing import Any

from advisor.plan.model import Plan


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12), made from the types; every field that may be left out may be null."""
    schema = Plan.model_json_schema()
    for section in (schema, *schema.get("$defs", {}).values()):
        required = section.get("required", [])
        for name, field in section["properties"].items():
            field.pop("title", None)
            field.pop("default", None)
            if name not in required and not any(it.get("type") == "null" for it in field.get("anyOf", [])):
                says = {"description": field.pop("description")} if "description" in field else {}
                section["properties"][name] = {"anyOf": [field, {"type": "null"}], **says}
        section.pop("title", None)
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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "advisor plan",
        **schema,
        "if": trains,
        "then": needed,
    }
