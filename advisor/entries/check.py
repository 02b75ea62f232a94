"""Reading and checking knowledge files: every error of every file at once, each with its place.

Built-in and users' files go the same way; a user's entry over a known id may state some fields only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from advisor.entries import schema
from advisor.entries.schema import Entry
from advisor.plan.source import Document, Limits, Problem, Unreadable, read_document

LIMITS = Limits(size=4 << 20, nodes=400_000)
"""Knowledge files are longer than plans; the other bounds are the same."""


def knowledge_documents(folder: Path) -> Iterator[tuple[str, Document | Unreadable]]:
    """Each YAML file of a knowledge folder with the family it belongs to: its parent folder's name."""
    for file in sorted(folder.rglob("*.y*ml")):
        if file.suffix in {".yaml", ".yml"}:
            family = file.relative_to(folder).parts[0] if file.parent != folder else ""
            try:
                yield family, read_document(file.read_bytes(), str(file), LIMITS)
            except Unreadable as error:
                yield family, error


def read_entries(folder: Path, *, partial: bool = False) -> dict[str, dict[str, dict[str, Any]]]:
    """All entries of a knowledge folder by family and id.

    With `partial`, fields may be missing, because the entry lies over a built-in one. Raises Unreadable with every
    problem of every file.
    """
    from advisor.entries.base import FAMILIES, form_of  # noqa: PLC0415 - base reads through this module

    problems: list[Problem] = []
    found: dict[str, dict[str, dict[str, Any]]] = {family: {} for family in FAMILIES}
    seen: dict[tuple[str, str], str] = {}
    if not folder.is_dir():
        raise Unreadable([Problem(str(folder), 1, 1, "", "knowledge.no-folder", {})])
    for family, document in knowledge_documents(folder):
        if isinstance(document, Unreadable):
            problems += document.problems
            continue
        if family not in FAMILIES:
            near = ", ".join(difflib.get_close_matches(family, FAMILIES) or FAMILIES)
            problems.append(
                Problem(document.name, 1, 1, "", "knowledge.unknown-family", {"name": family, "near": near})
            )
            continue
        if family == "calibration":
            stem = Path(document.name).stem
            data = document.data if isinstance(document.data, dict) else {}
            found[family][stem] = data[stem] if set(data) == {stem} else data
            continue
        if not isinstance(document.data, dict):
            if document.data is not None:
                problems.append(document.problem((), "knowledge.not-a-mapping"))
            continue
        for name, raw in document.data.items():
            if not isinstance(raw, dict):
                problems.append(document.problem((name,), "knowledge.not-a-mapping"))
                continue
            if family == "sources" and found[family].get(name, {}).get("url") == raw.get("url"):
                continue  # two topics cite the same page
            if (family, name) in seen:
                other = seen[family, name]
                problems.append(document.problem((name,), "knowledge.duplicate-id", at_key=True, id=name, other=other))
                continue
            seen[family, name] = document.name
            form = form_of(family, raw)
            if form is not None:
                problems += check_entry(document, (name,), raw, getattr(schema, form), partial=partial)
            found[family][name] = raw
    if problems:
        raise Unreadable(problems)
    return found


def check_entry(
    document: Document, path: tuple[str | int, ...], raw: Mapping[str, Any], form: type[Entry], *, partial: bool = False
) -> list[Problem]:
    """The problems of one entry under its form."""
    try:
        form.model_validate(raw)
    except ValidationError as error:
        problems = []
        for fault in error.errors(include_url=False):
            where = (*path, *(part for part in fault["loc"] if part != "[key]"))
            kind = fault["type"]
            if kind == "missing":
                if not partial:
                    field = str(fault["loc"][-1])
                    problems.append(document.problem(where, "knowledge.missing-field", field=field))
            elif kind == "extra_forbidden":
                fields = form.model_fields if len(fault["loc"]) == 1 else {}
                near = ", ".join(difflib.get_close_matches(str(fault["loc"][-1]), fields, n=1))
                key = "knowledge.unknown-field-near" if near else "knowledge.unknown-field"
                field = str(fault["loc"][-1])
                problems.append(document.problem(where, key, at_key=True, field=field, near=near))
            else:
                problems.append(document.problem(where, "knowledge.bad-value", reason=fault["msg"]))
        return problems
    return []
