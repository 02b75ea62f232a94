"""`advisor options PLAN`: the plans that would work, each judged like any other."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor.cli.options import advisor_for, common, make, need, plan_files, today
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.options import Options

INTERRUPTED = 130


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plan: str,
        form: str,
        optimise: str,
        keep: str | None,
        write: Path | None,
        day: date | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
    ) -> int:
        return _options(plan, form, optimise, keep, write, lang, day or today(), knowledge, rules)

    return make(
        "options", lang, run,
        click.Argument(["plan"], type=click.Path()),
        click.Option(["--format", "form"], type=click.Choice(["text", "json", "svg"]), default="text",
                     help=say(lang, "cli.format")),
        click.Option(["--optimise"], type=click.Choice(["mix", "cost", "time", "risk"]), default="mix",
                     show_default=True, help=say(lang, "cli.optimise")),
        click.Option(["--keep"], type=click.Choice(["hardware", "model"]), help=say(lang, "cli.keep")),
        click.Option(["--write"], type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
                     help=say(lang, "cli.write-options")),
        *common(lang),
    )  # fmt: skip


def _options(
    plan: str,
    form: str,
    optimise: Any,
    keep: Any,
    write: Path | None,
    lang: Language,
    day: date,
    knowledge: tuple[Path, ...],
    rules: tuple[Path, ...],
) -> int:
    from advisor.cli.check import _style  # noqa: PLC0415 - kept off the way to --help
    from advisor.options import find_options  # noqa: PLC0415
    from advisor.options.front import render_front  # noqa: PLC0415
    from advisor.options.render import options_as_json, render  # noqa: PLC0415
    from advisor.plan.read import read_plan  # noqa: PLC0415

    listed = list(plan_files((plan,), lang))
    if len(listed) != 1:
        raise click.UsageError(say(lang, "cli.options-one-plan"))
    name, raw = listed[0]
    advisor = advisor_for(lang, knowledge, rules)
    judgement = advisor.judge(read_plan(need(name, raw), name), day)
    found = find_options(advisor, judgement, optimise=optimise, keep=keep, progress=progress_of(lang))
    if form == "json":
        sys.stdout.write(json.dumps(options_as_json(found, lang), ensure_ascii=False, indent=2) + "\n")
    elif form == "svg":
        sys.stdout.write(need_front(render_front(found, lang), lang))
    else:
        sys.stdout.write(render(found, lang, _style()))
    if write is not None:
        _write(found, write, lang)
    return 0 if found.complete else INTERRUPTED


def need_front(picture: str | None, lang: Language) -> str:
    """The picture of the front. Raises UsageError where fewer than two options are too few to compare."""
    if picture is None:
        raise click.UsageError(say(lang, "options.front-too-few"))
    return picture


def progress_of(lang: Language) -> Callable[[int, int], None] | None:
    """Progress on standard error, where a person watches and it takes more than a second; else None."""
    if not sys.stderr.isatty():
        return None
    started = time.monotonic()

    def tell(done: int, total: int) -> None:
        if done == total:
            sys.stderr.write("\r\x1b[K")
        elif time.monotonic() - started > 1:
            sys.stderr.write("\r\x1b[K" + say(lang, "options.progress", done=done, total=total))
        sys.stderr.flush()

    return tell


def _write(found: Options, folder: Path, lang: Language) -> None:
    """One plan file an option."""
    from advisor.files import write_whole  # noqa: PLC0415 - kept off the way to --help

    file = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for option in found.options:
            file = folder / option.file_name
            write_whole(file, option.text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.UsageError(say(lang, "cli.cannot-write", file=file, reason=reason)) from None
    click.echo(say(lang, "options.written", folder=folder, count=len(found.options)), err=True)
