"""Where the configuration file of a plan is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

NAMES: Final = ("advisor.toml", "pyproject.toml")


def find_config(start: Path) -> Path | None:
    """The configuration file nearest to a plan's folder: there or above, up to the root of its repository, else up to
    the current folder. A folder that is in neither is not left: a file above it is nobody's whom the user knows.
    """  # fmt: skip
    folder = start.resolve()
    folders = [folder, *folder.parents]
    here = Path.cwd().resolve()
    end = next((number for number, it in enumerate(folders) if (it / ".git").exists()), None)
    if end is None:
        end = folders.index(here) if here in folders else 0
    for candidate in folders[: end + 1]:
        for name in NAMES:
            file = candidate / name
            if file.is_file() and (name == NAMES[0] or _has_table(file)):
                return file
    return None


def _has_table(file: Path) -> bool:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"(?m)^\s*\[+\s*tool\s*\.\s*advisor\b", text) is not None


def stated_language(file: Path) -> str | None:
    """The language that a configuration file asks for; None where it cannot be read, which is reported later."""
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if file.name == "pyproject.toml":
        tool = data.get("tool")
        data = tool.get("advisor", {}) if isinstance(tool, dict) else {}
    found = data.get("lang") if isinstance(data, dict) else None
    return found if found in {"en", "zh"} else None


def shown_path(file: Path) -> str:
    """A file as messages name it: relative to the current folder where it is below it."""
    from advisor.plan.source import shown  # noqa: PLC0415 - kept off the way to --help

    whole, here = file.absolute(), Path.cwd()
    return shown(str(whole.relative_to(here) if whole.is_relative_to(here) else file), 4096)
