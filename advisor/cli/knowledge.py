"""`advisor knowledge list|show|check|diff`: browse and check the knowledge base."""

from __future__ import annotations

import difflib
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from advisor.cli.options import Day, today
from advisor.words import Language, say


def command(lang: Language) -> click.Command:
    """The group of commands in one language."""
    group = click.Group("knowledge", help=say(lang, "cli.knowledge"))
    overlay = click.Option(["--knowledge"], type=click.Path(path_type=Path), multiple=True,
                           help=say(lang, "cli.knowledge-option"))  # fmt: skip
    day = click.Option(["--date", "day"], type=Day(lang), help=say(lang, "cli.date"))
    form = click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                        help=say(lang, "cli.format"))  # fmt: skip

    def add(name: str, callback: Any, *parameters: click.Parameter) -> None:
        group.add_command(click.Command(name, callback=callback, params=list(parameters),
                                        help=say(lang, f"cli.knowledge-{name}")))  # fmt: skip

    add("list", lambda **given: _list(lang, **given), click.Argument(["family"], required=False), overlay, form)
    add("show", lambda **given: _show(lang, **given), click.Argument(["name"]), overlay, day)
    add("check", lambda **given: _check(lang, **given), click.Argument(["folders"], nargs=-1, type=click.Path(
        path_type=Path)), day)  # fmt: skip
    add("stale", lambda **given: _stale(lang, **given), overlay, day)
    add("diff", lambda **given: _diff(lang, **given), click.Argument(["old"], type=click.Path(path_type=Path)),
        click.Argument(["new"], type=click.Path(path_type=Path)))  # fmt: skip
    add("parameters", lambda **given: _parameters(lang, **given), overlay)
    return group


def _name(raw: dict[str, Any], lang: Language) -> str:
    name = raw.get("name") or raw.get("title") or ""
    return str(name.get(lang, "")) if isinstance(name, dict) else str(name)


def _list(lang: Language, family: str | None, knowledge: tuple[Path, ...], form: str) -> None:
    from advisor.entries.base import load_knowledge  # noqa: PLC0415 - kept off the way to --help
    from advisor.entries.families import FAMILIES  # noqa: PLC0415

    if family is not None and family not in FAMILIES:
        near = ", ".join(difflib.get_close_matches(family, FAMILIES) or FAMILIES)
        raise click.UsageError(say(lang, "knowledge.unknown-family", name=family, near=near))
    base = load_knowledge(knowledge)
    families = [family] if family else [name for name in FAMILIES if name not in {"calibration", "sources"}]
    if form == "json":
        data = {name: {entry: _name(base.raw[name][entry], lang) for entry in base.ids(name)} for name in families}
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        return
    for name in families:
        for entry in base.ids(name):
            sys.stdout.write(f"{name}/{entry}  {_name(base.raw[name][entry], lang)}\n")


def _show(lang: Language, name: str, knowledge: tuple[Path, ...], day: date | None) -> None:
    import yaml  # noqa: PLC0415 - kept off the way to --help

    from advisor.entries.base import load_knowledge  # noqa: PLC0415
    from advisor.entries.families import FAMILIES  # noqa: PLC0415

    base, until = load_knowledge(knowledge), day or today()
    family, found = _find(base, name)
    if family is None or found is None:
        ids = [entry for kind in FAMILIES for entry in base.ids(kind)]
        near = ", ".join(difflib.get_close_matches(name, ids, n=3)) or "—"
        raise click.UsageError(say(lang, "cli.knowledge-unknown", id=name, nearest=near))
    raw = {key: value for key, value in base.raw[family][found].items() if key != "_from"}
    sys.stdout.write(f"# {family}/{found}\n")
    sys.stdout.write(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=110))
    for where, folder in base.origin(family, found).items():
        sys.stdout.write(f"# {where}: {say(lang, 'cli.overlay', folder=folder)}\n")
    for source in dict.fromkeys(line["source"] for line in raw.get("evidence", [])):
        row = base.source(source)
        mark = f" — {say(lang, 'cli.knowledge-past')}" if row.review_by < until else ""
        read = say(lang, "report.read-on", date=row.read_on.isoformat())
        sys.stdout.write(f"# {source}: {row.title} <{row.url}> ({read}){mark}\n")


def _find(base: Any, name: str) -> tuple[str | None, str | None]:
    from advisor.entries.base import UnknownNameError  # noqa: PLC0415 - as above
    from advisor.entries.families import FAMILIES  # noqa: PLC0415

    family, _, entry = name.partition("/")
    if family in FAMILIES and base.has(family, entry):
        return family, entry
    for kind in FAMILIES:
        if base.has(kind, name):
            return kind, name
    for kind, resolve in (("devices", base.device_id), ("models", base.model_id)):
        try:
            found = resolve(name)
        except UnknownNameError:
            continue
        return ("systems" if kind == "devices" and base.system(found) else kind), found
    found = base.licence_id(name)
    return ("licences", found) if found else (None, None)


def _check(lang: Language, folders: tuple[Path, ...], day: date | None) -> None:
    from advisor.entries.base import Knowledge, built_in_folder, read_folders  # noqa: PLC0415 - as above
    from advisor.entries.families import FAMILIES  # noqa: PLC0415
    from advisor.questionnaire.form import checked_questions  # noqa: PLC0415

    every = (built_in_folder(), *folders)
    base = Knowledge(read_folders(every), tuple(str(folder) for folder in folders))
    count = 0
    for family in base.raw:
        if not FAMILIES[family]:
            continue
        count += sum(1 for _ in base.entries(family))
    count += len(checked_questions(base))
    sys.stdout.write(say(lang, "cli.knowledge-ok", count=count) + "\n")
    _stale(lang, folders, day)


def _stale(lang: Language, knowledge: tuple[Path, ...], day: date | None) -> None:
    from advisor.entries.base import load_knowledge  # noqa: PLC0415 - as above

    base, until = load_knowledge(knowledge), day or today()
    past = [name for name in base.ids("sources") if base.stale(name, until)]
    if not past:
        sys.stdout.write(say(lang, "cli.stale-none", date=until.isoformat()) + "\n")
    for name in past:
        row = base.source(name)
        sys.stdout.write(f"{row.review_by.isoformat()}  {name}  {row.title} <{row.url}>\n")


def _diff(lang: Language, old: Path, new: Path) -> None:
    del lang
    from advisor.entries.base import load_knowledge  # noqa: PLC0415 - as above
    from advisor.entries.check import read_entries  # noqa: PLC0415

    below = load_knowledge().raw
    before, after = (read_entries(folder, over=below) for folder in (old, new))
    for family, entries in after.items():
        for name in sorted(set(entries) | set(before[family])):
            for path, was, now in _changes(before[family].get(name), entries.get(name), f"{family}/{name}"):
                sys.stdout.write(f"{path}: {_short(was)} → {_short(now)}\n")


def _changes(was: Any, now: Any, path: str) -> list[tuple[str, Any, Any]]:
    if was == now:
        return []
    if isinstance(was, dict) and isinstance(now, dict):
        return [row for key in sorted({*was, *now}) for row in _changes(was.get(key), now.get(key), f"{path}.{key}")]
    return [(path, was, now)]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _parameters(lang: Language, knowledge: tuple[Path, ...]) -> None:
    from advisor.entries.base import load_knowledge  # noqa: PLC0415 - as above
    from advisor.estimates.architecture import counted_parameters, from_entry  # noqa: PLC0415

    base = load_knowledge(knowledge)
    worst, count = 0.0, 0
    for name in base.ids("models"):
        model = base.model(name)
        if model.architecture is None:
            continue
        counted = counted_parameters(from_entry(model.architecture))
        error = counted / model.parameters - 1
        worst, count = max(worst, abs(error)), count + 1
        sys.stdout.write(f"{name:<44} {counted / 1e9:>10.4f}B {model.parameters / 1e9:>10.4f}B {error:>+8.2%}\n")
    sys.stdout.write(say(lang, "cli.knowledge-parameters-sum", count=count, worst=f"{worst:.2%}") + "\n")
