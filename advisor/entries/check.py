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
from advisor.entries.families import FAMILIES, form_of
from advisor.entries.schema import Entry
from advisor.plan.source import Document, Limits, Problem, Unreadable, read_document, shown

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


Entries = dict[str, dict[str, dict[str, Any]]]


def read_entries(folder: Path, *, over: Mapping[str, Mapping[str, Any]] | None = None) -> Entries:
    """All entries of a knowledge folder by family and id.

    An entry `over` a known one may leave fields out. Raises Unreadable with every problem of every file.
    """
    if not folder.is_dir():
        raise Unreadable([Problem(str(folder), 1, 1, "", "knowledge.no-folder", {})])
    reading = _Reading({family: {} for family in FAMILIES} | dict(over or {}))
    for family, document in knowledge_documents(folder):
        if isinstance(document, Unreadable):
            reading.problems += document.problems
        elif family not in FAMILIES:
            near = ", ".join(difflib.get_close_matches(family, FAMILIES) or FAMILIES)
            values = {"name": family, "near": near}
            reading.problems.append(Problem(document.name, 1, 1, "", "knowledge.unknown-family", values))
        else:
            reading.read(family, document)
    reading.check_sources()
    if reading.problems:
        raise Unreadable(reading.problems)
    return reading.found


class _Reading:
    """One pass over a knowledge folder, with what lies under it."""

    def __init__(self, over: Mapping[str, Mapping[str, Any]]) -> None:
        self.over = over
        self.problems: list[Problem] = []
        self.found: Entries = {family: {} for family in FAMILIES}
        self.homes: dict[tuple[str, str], Document] = {}

    def read(self, family: str, document: Document) -> None:
        """Take the entries of one file."""
        if family == "calibration":
            stem = Path(document.name).stem
            data = document.data if isinstance(document.data, dict) else {}
            self.found[family][stem] = data[stem] if set(data) == {stem} else data
        elif isinstance(document.data, dict):
            for name, raw in document.data.items():
                self.take(family, document, name, raw)
        elif document.data is not None:
            self.problems.append(document.problem((), "knowledge.not-a-mapping"))

    def take(self, family: str, document: Document, name: str, raw: Any) -> None:
        """Take one entry, if it is one."""
        if not isinstance(raw, dict):
            self.problems.append(document.problem((name,), "knowledge.not-a-mapping"))
            return
        if (home := self.homes.get((family, name))) is not None:
            other = document.problem((name,), "knowledge.duplicate-id", at_key=True, id=name, other=home.name)
            self.problems.append(other)
            return
        self.homes[family, name] = document
        known = self.over[family].get(name)
        form = form_of(family, {**(known or {}), **raw})
        if form is not None:
            self.problems += check_entry(document, (name,), raw, getattr(schema, form), partial=known is not None)
        self.found[family][name] = raw

    def check_sources(self) -> None:
        """Every source that an entry cites exists, here or below."""
        known = {*self.over["sources"], *self.found["sources"]}
        for (family, name), document in self.homes.items():
            lines = self.found[family][name].get("evidence")
            for index, line in enumerate(lines if isinstance(lines, list) else ()):
                cited = line.get("source") if isinstance(line, dict) else None
                if isinstance(cited, str) and cited not in known:
                    near = ", ".join(difflib.get_close_matches(cited, known, n=2)) or "—"
                    path = (name, "evidence", index, "source")
                    self.problems.append(document.problem(path, "knowledge.unknown-source", id=cited, near=near))


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
                problems.append(document.problem(where, f"knowledge.{_fault(kind)}", **_fault_values(fault)))
        return problems
    return []


_FAULTS = {
    "literal_error": "not-a-choice", "string_pattern_mismatch": "wrong-pattern", "too_short": "empty",
    "string_too_short": "empty", "greater_than": "out-of-range", "greater_than_equal": "out-of-range",
    "less_than": "out-of-range", "less_than_equal": "out-of-range", "finite_number": "out-of-range",
    "float_type": "not-a-number", "float_parsing": "not-a-number", "int_type": "not-a-number",
    "int_parsing": "not-a-number", "int_from_float": "not-a-number", "string_type": "not-a-text",
    "bool_type": "not-a-flag", "bool_parsing": "not-a-flag", "date_type": "not-a-date",
    "date_from_datetime_parsing": "not-a-date", "date_parsing": "not-a-date", "list_type": "not-a-list",
    "dict_type": "not-a-mapping", "model_type": "not-a-mapping",
}  # fmt: skip


def _fault(kind: str) -> str:
    return _FAULTS.get(kind, "bad-value")


def _fault_values(fault: Any) -> dict[str, object]:
    """What the words of a fault need; more than they use does no harm."""
    context = fault.get("ctx", {})
    return {
        "value": shown(fault["input"]),
        "choices": context.get("expected", ""),
        "pattern": context.get("pattern", ""),
        "reason": fault["msg"],
    }
