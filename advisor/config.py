"""The configuration file: `advisor.toml`, or `[tool.advisor]` in `pyproject.toml`, beside or above the plans.

It comes with the plans, so it is no more trusted than they are: it runs nothing, reads folders of its own folder only,
and writes no hidden file. The command line beats it, and it beats the defaults.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from advisor.config_file import shown_path
from advisor.plan.model import Acceptance
from advisor.plan.source import Path as DataPath
from advisor.plan.source import Position, Problem, Unreadable, dotted, shown
from advisor.plan.units import nearest as nearest_words
from advisor.policy import AcceptRow
from advisor.profiles import PROFILE_NAMES, ProfileName
from advisor.records import dataclass
from advisor.ruling.format import Severity
from advisor.ruling.vocabulary import nearest
from advisor.words import Language

FORMATS: Final = ("text", "json", "jsonl", "sarif", "junit", "github", "markdown")
Threshold = Literal["blocker", "high", "medium", "low", "info", "never"]
_LARGEST: Final = 1 << 20  # bytes

_text: Final = {"type": "string"}
# What an acceptance lacks is reported with the findings, as in a plan, and refuses nothing.
Loose = Annotated[Any, WithJsonSchema(_text)]
Until = Annotated[Any, WithJsonSchema({"type": "string", "format": "date"})]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Table(BaseModel):
    """Base of the tables of the file: nothing unknown accepted, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=_kebab)


class AcceptTable(Table):
    """A finding that is accepted, why, until when, and in which plans."""

    id: Loose = Field(None, description="id or name of the rule")
    reason: Loose = Field(None, description="why it is accepted")
    until: Until = Field(None, description="last day on which it holds, YYYY-MM-DD")
    plans: list[str] = Field([], description="globs of plan paths below this file's folder; empty: all; * crosses /")


class ConfigTable(Table):
    """The configuration of the advisor."""

    lang: Language | None = Field(None, description="language of all output")
    knowledge: list[str] = Field([], description="folders of own knowledge, below this file's folder")
    rules: list[str] = Field([], description="folders of own rules, below this file's folder")
    fail_on: Threshold | None = Field(None, description="exit with 1 when a finding is at least this severe")
    profile: ProfileName | None = Field(None, description="how far the project is")
    select: list[str] = Field([], description="only these rules: id, name or topic; empty: all")
    ignore: list[str] = Field([], description="not these rules: id, name or topic")
    severity: dict[str, Severity] = Field({}, description="rule id or name = its severity here")
    accept: list[AcceptTable] = Field([], description="findings that are accepted")
    baseline: str | None = Field(None, description="a file of known findings, below this file's folder")
    output: list[str] = Field([], description="FORMAT=FILE, also written by check; below this file's folder")


@dataclass(frozen=True)
class Config:
    """A configuration file that was read: its values, with paths made whole, and where each stands."""

    file: Path
    name: str  # as messages show it
    table: ConfigTable
    lines: Mapping[DataPath, int]
    knowledge: tuple[Path, ...]
    rules: tuple[Path, ...]
    baseline: Path | None
    output: tuple[tuple[str, Path], ...]

    @property
    def folder(self) -> Path:
        """The folder that paths in the file are relative to."""
        return self.file.parent

    def line(self, path: DataPath) -> int:
        """The line of a key, or of its nearest parent."""
        return _line(self.lines, path)

    def problem(self, path: DataPath, key: str, /, **values: object) -> Problem:
        """A problem with a value of the file."""
        return Problem(self.name, self.line(path), 1, dotted(path), f"config.{key}", values)

    @property
    def acceptances(self) -> tuple[AcceptRow, ...]:
        """The accepted findings, in the order of the file."""
        return tuple(
            AcceptRow(_acceptance(row), tuple(row.plans), self.name, Position(self.line(("accept", index)), 1))
            for index, row in enumerate(self.table.accept)
        )


def _acceptance(row: AcceptTable) -> Acceptance:
    """The same in the plan's form; a date that cannot be read is none, and what is too long for a plan is cut."""
    until = row.until.isoformat() if isinstance(row.until, date) else row.until
    given = {"id": (row.id, 100), "reason": (row.reason, 2000)}
    texts = {name: _remark(value)[:longest] for name, (value, longest) in given.items() if value is not None}
    return Acceptance.from_data({**texts, "until": until if isinstance(until, str) else None})


def _remark(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


def read_config(file: Path) -> Config:
    """Read a configuration file. Raises Unreadable with every problem of it."""
    name = shown_path(file)
    data, lines = _read_toml(file, name)
    try:
        table = ConfigTable.model_validate(data)
    except ValidationError as error:
        raise Unreadable([_problem(name, lines, row) for row in error.errors(include_url=False)]) from None
    whole = Config(file, name, table, lines, (), (), None, ())
    problems: list[Problem] = []
    knowledge = tuple(_folders(whole, "knowledge", table.knowledge, problems))
    rules = tuple(_folders(whole, "rules", table.rules, problems))
    baseline = None
    if table.baseline is not None:
        baseline = _inside(whole, ("baseline",), table.baseline, problems)
    output = tuple(_outputs(whole, problems))
    if problems:
        raise Unreadable(problems)
    return Config(file, name, table, lines, knowledge, rules, baseline, output)


def _read_toml(file: Path, name: str) -> tuple[Any, Mapping[DataPath, int]]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        raise Unreadable([Problem(name, 1, 1, "", "config.no-file", {})]) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable([Problem(name, 1, 1, "", "config.unreadable", {"reason": reason})]) from None
    if len(raw) > _LARGEST:
        raise Unreadable([Problem(name, 1, 1, "", "too-large", {"limit": f"{_LARGEST:,}"})])
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        place = re.search(r"\s*\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        detail = shown(str(error)[: place.start()] if place else str(error), 200)
        raise Unreadable([Problem(name, line, column, "", "config.syntax", {"detail": detail})]) from None
    lines = dict(_lines(text))
    if file.name != "pyproject.toml":
        return data, lines
    tool = data.get("tool")
    if not isinstance(tool, dict) or not isinstance(tool.get("advisor"), dict):
        raise Unreadable([Problem(name, 1, 1, "", "config.no-table", {})])
    above: DataPath = ("tool", "advisor")
    return tool["advisor"], {path[2:]: line for path, line in lines.items() if path[:2] == above}


_HEADER = re.compile(r"""\s*(\[{1,2})\s*((?:"[^"]*"|'[^']*'|[^\]"'])+?)\s*\]{1,2}\s*(?:#.*)?$""")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_NAME = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|$)""")


def _names(text: str) -> tuple[str, ...]:
    return tuple(match[1] or match[2] or match[3] or "" for match in _NAME.finditer(text))


def _lines(text: str) -> Iterator[tuple[DataPath, int]]:
    """The line of every table and key that starts a line; what stands inside a longer value has its parent's."""
    above: DataPath = ()
    tables: dict[tuple[str, ...], int] = {}
    seen: set[DataPath] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        found: DataPath | None = None
        if header := _HEADER.match(line):
            names = _names(header[2])
            above = names
            if header[1] == "[[":
                tables[names] = tables.get(names, -1) + 1
                above = (*names, tables[names])
            found = above
        elif key := _KEY.match(line):
            found = (*above, *_names(key[1]))
        if found is not None and found not in seen:
            seen.add(found)
            yield found, number


def _line(lines: Mapping[DataPath, int], path: DataPath) -> int:
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return lines.get((), 1)


_WORDS_OF: Final = {
    "string_type": "not-text",
    "list_type": "not-list",
    "dict_type": "not-table",
    "model_type": "not-table",
    "model_attributes_type": "not-table",
}


def _problem(name: str, lines: Mapping[DataPath, int], row: Any) -> Problem:
    """What the model refused, in our words."""
    path: DataPath = tuple(row["loc"])
    values: dict[str, object] = {"value": shown(row["input"])}
    key = _WORDS_OF.get(row["type"], "wrong")
    if row["type"] == "extra_forbidden":
        table: type[BaseModel] = AcceptTable if path[0] == "accept" else ConfigTable
        known = [_kebab(field) for field in table.model_fields]
        written = str(path[-1])
        values = {"name": shown(written), "nearest": nearest_words(nearest(_kebab(written.lower()), known))}
        key = "unknown-key"
        if len(path) > 1:
            key, values["where"] = "unknown-key-in", dotted(path[:-1])
    elif row["type"] == "literal_error":
        choices = _choices(path)
        near = nearest(str(row["input"]), choices)
        values |= {"choices": ", ".join(choices), "nearest": nearest_words(near)}
        key = "not-one-of"
    elif key == "wrong":
        values["reason"] = row["msg"]
    return Problem(name, _line(lines, path), 1, dotted(path), f"config.{key}", values)


def _choices(path: DataPath) -> tuple[str, ...]:
    known: dict[object, tuple[str, ...]] = {
        "lang": get_args(Language), "fail-on": get_args(Threshold), "profile": PROFILE_NAMES,
        "severity": get_args(Severity),
    }  # fmt: skip
    return known[path[0]]


def _inside(config: Config, path: DataPath, text: str, problems: list[Problem]) -> Path | None:
    """A path below the file's folder, links followed; None, with a problem, where it is not."""
    whole = config.folder / text
    if not whole.resolve().is_relative_to(config.folder.resolve()):
        problems.append(config.problem(path, "outside", value=shown(text)))
        return None
    return whole


def _folders(config: Config, field: str, texts: list[str], problems: list[Problem]) -> Iterator[Path]:
    for index, text in enumerate(texts):
        found = _inside(config, (field, index), text, problems)
        if found is not None and not found.is_dir():
            problems.append(config.problem((field, index), "no-folder", value=shown(text)))
        elif found is not None:
            yield found


def _outputs(config: Config, problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    for index, text in enumerate(config.table.output):
        path: DataPath = ("output", index)
        form, sign, file = text.partition("=")
        if form not in FORMATS or not sign or not file:
            problems.append(config.problem(path, "output-form", value=shown(text), choices=", ".join(FORMATS)))
            continue
        found = _inside(config, path, file, problems)
        # A repository's own .git is not under its review, and a file of ours there could become a hook.
        if found is not None and any(
            part.startswith(".") for part in found.resolve().relative_to(config.folder.resolve()).parts
        ):
            problems.append(config.problem(path, "hidden", value=shown(text)))
        elif found is not None:
            yield form, found


def config_schema() -> dict[str, Any]:
    """The JSON Schema of the configuration file, for editors."""
    schema = ConfigTable.model_json_schema(by_alias=True)
    _tidy(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "advisor configuration"}


def _tidy(schema: dict[str, Any]) -> None:
    """Take out titles that repeat names, and nulls, which TOML does not have."""
    for section in (schema, *schema.get("$defs", {}).values()):
        section.pop("title", None)
        for field in section.get("properties", {}).values():
            field.pop("title", None)
            if field.get("default", "") is None:
                field.pop("default")
            if "anyOf" in field:
                kept = [it for it in field.pop("anyOf") if it.get("type") != "null"]
                field.update(kept[0])
