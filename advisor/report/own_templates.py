"""A user's own templates for a report: rendered in a process of its own that can read nothing else and ends in time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import advisor
from advisor.plan.source import Problem, Unreadable
from advisor.report.logo import Logo
from advisor.report.model import ComparisonModel, ReportModel, to_dict

NAMES = {".md": "report.md.j2", ".html": "report.html.j2"}
"""The template of each format, by the ending of the report's file."""
LONGEST_S = 20.0
"""Seconds that a template may take, from the start of its process to the end."""


def own_template(folder: Path, ending: str) -> Path | None:
    """The user's template for a format; None where the folder has none, so that ours is used.

    Raises Unreadable where there is no such folder, or none of the names that a template may have in it.
    """
    if not folder.is_dir():
        raise _wrong(folder, 1, "no-folder")
    if not any((folder / name).is_file() for name in NAMES.values()):
        raise _wrong(folder, 1, "no-template", names=", ".join(NAMES.values()))
    name = NAMES.get(ending)
    return folder / name if name is not None and (folder / name).is_file() else None


def render_own(
    template: Path,
    model: ReportModel | ComparisonModel,
    *,
    drawings: Mapping[str, str] | None = None,
    addresses: Mapping[str, str] | None = None,
    logo: Logo | None = None,
) -> str:
    """A report by a template of the user's.

    The template sees `report` (the model), `logo` (a `data:` address or empty), `pictures` (addresses of picture files
    by name) and `svg(block, key)` (a picture as SVG). Every value is escaped for the format unless it comes from one of
    our own filters and macros. Raises Unreadable where the template is wrong, asks for what it may not have, writes too
    much or takes too long.
    """
    given = {
        "folder": str(template.parent.resolve()),
        "name": template.name,
        "report": to_dict(model),
        "drawings": dict(drawings or {}),
        "addresses": dict(addresses or {}),
        "logo": "" if logo is None else logo.address,
    }
    # -P: a folder named `advisor` where the command runs is not what is meant.
    command = [sys.executable, "-P", "-m", "advisor.report.confined"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=json.dumps(given).encode(), capture_output=True, timeout=LONGEST_S, check=False,
            env=os.environ | {"PYTHONPATH": str(Path(advisor.__file__).parents[1])},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _wrong(template, 1, "template-too-long", seconds=int(LONGEST_S)) from None
    if done.returncode != 0:  # ended by one of its limits
        raise _wrong(template, 1, "template-too-much")
    result: dict[str, Any] = json.loads(done.stdout)
    if "text" in result:
        text = str(result["text"])
        return re.sub(r"\n{3,}", "\n\n", text) if template.name == NAMES[".md"] else text
    problem = result["problem"]
    file = template.parent / problem["file"] if problem["file"] else template
    raise _wrong(file, problem["line"], problem["key"], **problem["values"])


def _wrong(file: Path, line: int, key: str, **values: object) -> Unreadable:
    return Unreadable([Problem(str(file), line, 1, "", f"documents.{key}", values)])
