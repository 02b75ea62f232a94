"""Options that mean the same in every command, and how plan files are found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from advisor.words import Language, say


class Day(click.ParamType[date]):
    """A calendar day."""

    name = "date"

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that `YYYY-MM-DD` names."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(say(self.lang, "cli.bad-date", value=value), param, ctx)


def today() -> date:
    """The day of the machine, where the user names none."""
    return date.today()  # noqa: DTZ011 - the user's own day is meant


def common(lang: Language) -> list[click.Parameter]:
    """`--date`, `--knowledge` and `--rules`."""
    return [
        click.Option(["--date", "day"], type=Day(lang), help=say(lang, "cli.date")),
        click.Option(["--knowledge"], type=click.Path(path_type=Path), multiple=True,
                     help=say(lang, "cli.knowledge-option")),
        click.Option(["--rules"], type=click.Path(path_type=Path), multiple=True, help=say(lang, "cli.rules-option")),
    ]  # fmt: skip


def make(name: str, lang: Language, callback: Callable[..., Any], *parameters: click.Parameter) -> click.Command:
    """A command with its words in one language."""
    return click.Command(name, callback=callback, params=list(parameters), help=say(lang, f"cli.{name}"))


def plan_files(paths: tuple[str, ...], lang: Language) -> Iterator[tuple[str, bytes | str]]:
    """Each plan's name and bytes, in order; a text instead of bytes says why a plan cannot be read.

    A folder gives its `*.yaml` and `*.yml` files, sorted; `-` is standard input.
    """
    for given in paths:
        if given == "-":
            yield "<stdin>", sys.stdin.buffer.read(_LIMIT)
            continue
        path = Path(given)
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix in {".yaml", ".yml"} and file.is_file())
            if not files:
                yield given, say(lang, "cli.no-plans")
            for file in files:
                yield str(file), _bytes(file, lang)
        elif not path.exists():
            yield given, say(lang, "cli.no-such-file")
        else:
            yield given, _bytes(path, lang)


def need(name: str, raw: bytes | str) -> bytes:
    """The bytes of a plan. Raises Unreadable with the reason where there are none."""
    if isinstance(raw, bytes):
        return raw
    from advisor.plan.source import Problem, Unreadable  # noqa: PLC0415 - kept off the way to --help

    raise Unreadable([Problem(name, 1, 1, "", "cli.cannot-read", {"reason": raw})])


_LIMIT = (1 << 20) + 1
"""One byte more than a plan may have: enough to see that it is too long."""


def _bytes(path: Path, lang: Language) -> bytes | str:
    if not (path.is_file() or path.is_fifo()):
        return say(lang, "cli.not-a-file")
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT)
    except OSError as error:
        return say(lang, "cli.cannot-read", reason=error.strerror or "")
