"""The table of all forms' fields that records are made with; imported only when knowledge files are read."""

from __future__ import annotations

from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from advisor.entries import schema
from advisor.entries.schema import Entry


def shapes_of_forms() -> dict[str, dict[str, tuple[Any, str]]]:
    """Form -> field -> default and conversion, as `advisor.entries.build` uses them; JSON values throughout."""
    forms = [form for form in vars(schema).values() if isinstance(form, type) and issubclass(form, Entry)]
    return {
        form.__name__: {name: (_default(field), _how(field.annotation)) for name, field in form.model_fields.items()}
        for form in forms
    }


def _default(field: FieldInfo) -> Any:
    return None if field.is_required() else field.get_default(call_default_factory=True)


def _how(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _how(parts[0])
    if origin in {Union, UnionType}:
        known = [part for part in parts if part is not NoneType]
        found = [how for part in known if (how := _how(part))]
        if not found:
            return ""
        return found[0] if len(known) == 1 else found[0].replace("form ", "text ")
    if origin in {list, dict}:
        inner = _how(parts[-1])
        return inner.replace("form ", "list " if origin is list else "dict ") if inner.startswith("form ") else ""
    if annotation is date:
        return "date"
    if annotation is float:
        return "float"
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return f"form {annotation.__name__}"
    return ""
