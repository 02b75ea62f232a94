"""The JSON Schemas of plans, rules, knowledge and the configuration, made from their types."""

from __future__ import annotations

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from advisor.config import config_schema
from advisor.entries import schema as forms
from advisor.entries.families import FAMILIES
from advisor.plan.schema import plan_schema
from advisor.ruling.file import RuleFile

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FORMS: Final = tuple(family for family, names in FAMILIES.items() if names)
"""Families of knowledge that have a form; the estimates and the questionnaire check the others."""


def schema_of(kind: str, family: str | None = None) -> dict[str, Any]:
    """The schema of `plan`, `rule`, `knowledge` (of one family, or of any) or `config`. Raises KeyError."""
    if kind == "knowledge":
        return knowledge_schema(family)
    return {"plan": plan_schema, "rule": rule_schema, "config": config_schema}[kind]()


def rule_schema() -> dict[str, Any]:
    """A rule file; which facts there are and what they may be compared with is for the loader to say."""
    schema = RuleFile.model_json_schema()
    schema["title"] = "advisor rule"
    return {"$schema": DIALECT, **schema}


def knowledge_schema(family: str | None = None) -> dict[str, Any]:
    """A knowledge file: entries by id. Nothing is required: an entry over a built-in one states what differs."""
    families = FORMS if family is None else (family,)
    models: list[type[forms.Entry]] = [getattr(forms, form) for name in families for form in FAMILIES[name]]
    refs, parts = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    definitions = parts["$defs"]
    for model in models:
        definitions[model.__name__].pop("required", None)
    entries = [refs[model, "validation"] for model in models]
    return {
        "$schema": DIALECT,
        "title": "advisor knowledge" if family is None else f"advisor knowledge: {family}",
        "type": "object",
        "propertyNames": {"pattern": "^[a-z0-9][a-z0-9._-]*$"},
        "additionalProperties": entries[0] if len(entries) == 1 else {"anyOf": entries},
        "$defs": definitions,
    }
