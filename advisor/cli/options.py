"""Options that mean the same in every command, and how plan files are found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.config import Config
    from advisor.pipeline import Advisor
    from advisor.profiles import ProfileName


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
    """`--date`, `--knowledge`, `--rules`, and which configuration file holds."""
    return [
        click.Option(["--date", "day"], type=Day(lang), help=say(lang, "cli.date")),
        click.Option(["--knowledge"], type=click.Path(path_type=Path), multiple=True,
                     help=say(lang, "cli.knowledge-option")),
        click.Option(["--rules"], type=click.Path(path_type=Path), multiple=True, help=say(lang, "cli.rules-option")),
        click.Option(["--config"], type=click.Path(path_type=Path), metavar="FILE",
                     help=say(lang, "config.config-option")),
        click.Option(["--no-config"], is_flag=True, help=say(lang, "config.no-config-option")),
    ]  # fmt: skip


def make(name: str, lang: Language, callback: Callable[..., Any], *parameters: click.Parameter) -> click.Command:
    """A command with its words in one language; one that takes `--config` runs under the configuration."""
    if any(parameter.name == "config" for parameter in parameters):
        callback = _configured(callback, lang)
    return click.Command(name, callback=callback, params=list(parameters), help=say(lang, f"cli.{name}"))


_CONFIG = "advisor.config"
_PLANS = ("plan", "plans", "old")


def _configured(callback: Callable[..., Any], lang: Language) -> Callable[..., Any]:
    """The callback with the configuration's folders before those of the command line."""

    def run(*, config: Path | None, no_config: bool, **given: Any) -> Any:
        if config is not None and no_config:
            raise click.UsageError(say(lang, "config.both-options"))
        plans = [given[name] for name in _PLANS if given.get(name)]
        first = plans[0] if plans and isinstance(plans[0], str) else plans[0][0] if plans else "-"
        file = None if no_config else config or nearest_config(first)
        if file is not None:
            from advisor.config import read_config  # noqa: PLC0415 - only where there is one

            found = read_config(file)
            click.get_current_context().meta[_CONFIG] = found
            given["knowledge"] = (*found.knowledge, *given["knowledge"])
            given["rules"] = (*found.rules, *given["rules"])
        return callback(**given)

    return run


def nearest_config(plan: str) -> Path | None:
    """The configuration file that holds for a plan, given as on the command line."""
    from advisor.config_file import find_config  # noqa: PLC0415 - kept off the way to --help

    path = Path() if plan == "-" else Path(plan)
    return find_config(path if path.is_dir() else path.parent)


def configuration() -> Config | None:
    """The configuration that the running command was given or found."""
    found: Config | None = click.get_current_context().meta.get(_CONFIG)
    return found


def advisor_for(
    lang: Language,
    knowledge: tuple[Path, ...],
    rules: tuple[Path, ...],
    *,
    profile: ProfileName | None = None,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    baseline: Path | None = None,
    alone: bool = True,
) -> Advisor:
    """The advisor under the configuration of the running command and what its command line says beyond that."""
    from advisor.baseline import read_baseline  # noqa: PLC0415 - kept off the way to --help
    from advisor.library import load_advisor  # noqa: PLC0415
    from advisor.policy import policy_of, unknown_names  # noqa: PLC0415

    config, advisor = configuration(), load_advisor(knowledge, rules)
    wrong = unknown_names(advisor.ruleset, (*select, *ignore))
    if wrong:
        raise click.UsageError(
            "\n".join(say(lang, "config.no-rule", value=name, nearest=near.text(lang)) for name, near in wrong)
        )
    known = baseline or (config.baseline if config else None)
    policy = policy_of(advisor.ruleset, config, profile=profile, select=select, ignore=ignore,
                       baseline=read_baseline(known) if known else None, alone=alone)  # fmt: skip
    return advisor.under(policy)


def plan_files(
    paths: tuple[str, ...], lang: Language, without: tuple[Path, ...] = ()
) -> Iterator[tuple[str, bytes | str]]:
    """Each plan's name and bytes, in order; a text instead of bytes says why a plan cannot be read.

    A folder gives its `*.yaml` and `*.yml` files, sorted, but none of a hidden folder, such as the workflows of a
    code host, nor of the folders `without`, which hold rules and knowledge; `-` is standard input.
    """
    apart = [folder.resolve() for folder in without]
    for given in paths:
        if given == "-":
            yield "<stdin>", sys.stdin.buffer.read(_LIMIT)
            continue
        path = Path(given)
        if path.is_dir():
            files = sorted(
                file
                for file in path.rglob("*")
                if file.suffix in {".yaml", ".yml"}
                and not any(part.startswith(".") for part in file.relative_to(path).parts)
                and not any(file.resolve().is_relative_to(folder) for folder in apart)
                and file.is_file()
            )
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
