"""Baselines: fingerprints of the findings that plans already had, so that only new ones count."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.config_file import shown_path
from advisor.plan.source import Problem, Unreadable
from advisor.records import dataclass

if TYPE_CHECKING:
    from advisor.findings import Finding

SCHEMA = "advisor.baseline/1"
_LARGEST = 16 << 20  # bytes

Mark = tuple[str, str]  # rule id, place in the plan


@dataclass(frozen=True)
class Baseline:
    """Known findings by plan; plans are named relative to the baseline's folder."""

    file: Path
    name: str  # as messages show it
    marks: Mapping[str, frozenset[Mark]]

    def of(self, plan: str) -> frozenset[Mark]:
        """The known findings of a plan, given by the name that it was read under."""
        return self.marks.get(plan_key(plan, self.file.parent), frozenset())


def mark_of(finding: Finding) -> Mark:
    """What tells one finding of a plan from another; neither words nor lines, which change with every edit."""
    return finding.rule.id, finding.at.path


def plan_key(plan: str, folder: Path) -> str:
    """A plan's path relative to a folder, with forward slashes; what is no path stays as it is."""
    if plan.startswith("<"):
        return plan
    return Path(os.path.relpath(Path(plan).absolute(), folder.absolute())).as_posix()


def read_baseline(file: Path) -> Baseline:
    """Read a baseline file. Raises Unreadable where it is missing or is none."""
    name = shown_path(file)
    try:
        with file.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable([Problem(name, 1, 1, "", "config.unreadable", {"reason": reason})]) from None
    try:
        data = json.loads(raw[:_LARGEST])
        schema, rows = data["schema"], [(str(it["plan"]), str(it["rule"]), str(it["at"])) for it in data["findings"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        schema, rows = None, []
    if schema != SCHEMA:
        raise Unreadable([Problem(name, 1, 1, "", "config.baseline-form", {})])
    marks: dict[str, set[Mark]] = {}
    for plan, rule, at in rows:
        marks.setdefault(plan, set()).add((rule, at))
    return Baseline(file, name, {plan: frozenset(found) for plan, found in marks.items()})


def baseline_text(file: Path, found: Iterable[tuple[str, Iterable[Mark]]]) -> str:
    """The text of a baseline file that knows these findings of these plans; equal findings give equal bytes."""
    rows = sorted({(plan_key(plan, file.parent), *mark) for plan, marks in found for mark in marks})
    data = {"schema": SCHEMA, "findings": [{"plan": plan, "rule": rule, "at": at} for plan, rule, at in rows]}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
