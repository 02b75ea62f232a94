"""`advisor report PLAN... -o FILE`: the recommendation report, for leadership or for engineering."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.options import advisor_for, common, make, need, plan_files, today
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.library import Report
    from advisor.report.documents import Look
    from advisor.report.model import Audience, ComparisonModel, ReportModel


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plans: tuple[str, ...],
        output: str,
        audience: Audience,
        options: bool,
        day: date | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
        title: str,
        logo: Path | None,
        templates: Path | None,
        fonts: tuple[Path, ...],
    ) -> None:
        look = look_of(title, logo, templates, fonts)
        _report(plans, output, audience, options, lang, day or today(), knowledge, rules, look)

    return make(
        "report", lang, run,
        click.Argument(["plans"], nargs=-1, required=True, type=click.Path()),
        click.Option(["-o", "--output"], default="-", help=say(lang, "cli.output-file")),
        click.Option(["--for", "audience"], type=click.Choice(["leadership", "engineering"]), default="leadership",
                     show_default=True, help=say(lang, "cli.report-for")),
        click.Option(["--options/--no-options"], default=True, show_default=True, help=say(lang, "cli.with-options")),
        *look_options(lang),
        *common(lang),
    )  # fmt: skip


def look_options(lang: Language) -> list[click.Parameter]:
    """What a user may make their own in a report."""
    return [
        click.Option(["--title"], default="", metavar="TEXT", help=say(lang, "documents.title-option")),
        click.Option(["--logo"], type=click.Path(path_type=Path), metavar="FILE",
                     help=say(lang, "documents.logo-option")),
        click.Option(["--templates"], type=click.Path(path_type=Path), metavar="FOLDER",
                     help=say(lang, "documents.templates-option")),
        click.Option(["--fonts"], type=click.Path(path_type=Path), multiple=True, metavar="FOLDER",
                     help=say(lang, "documents.fonts-option")),
    ]  # fmt: skip


def look_of(title: str, logo: Path | None, templates: Path | None, fonts: tuple[Path, ...]) -> Look:
    """The look that the options name. Raises Unreadable for a logo that cannot be taken."""
    from advisor.report.documents import Look  # noqa: PLC0415 - kept off the way to --help
    from advisor.report.logo import read_logo  # noqa: PLC0415

    return Look(title, None if logo is None else read_logo(logo), templates, fonts)


def _report(
    plans: tuple[str, ...],
    output: str,
    audience: Audience,
    options: bool,
    lang: Language,
    day: date,
    knowledge: tuple[Path, ...],
    rules: tuple[Path, ...],
    look: Look,
) -> None:
    from advisor.report.documents import DocumentError  # noqa: PLC0415 - kept off the way to --help
    from advisor.report.formats import ENDINGS, markdown_text, report_files  # noqa: PLC0415

    target = None if output == "-" else Path(output)
    ending = ".md" if target is None else target.suffix.lower()
    if ending not in {*ENDINGS, ".json"}:
        endings = " ".join((*ENDINGS, ".json"))
        raise click.UsageError(say(lang, "cli.report-format", file=output, endings=endings))
    reports = _judged(plans, lang, day, knowledge, rules)
    if ending == ".json":
        if len(reports) != 1:
            raise click.UsageError(say(lang, "cli.report-one-plan", count=len(reports)))
        text = json.dumps(reports[0].to_dict(lang, options=options), ensure_ascii=False, indent=2)
        _write({output: f"{text}\n".encode()}, lang)
        return
    model = look.titled(_model(reports, lang, audience, options=options))
    if target is None:
        sys.stdout.write(markdown_text(model, look))
        return
    try:
        made = report_files(model, target.stem, ending, day, look)
    except DocumentError as error:
        raise click.UsageError(f"{output}: {error.text(lang)}") from None
    beside = {str(target.with_name(name)): data for name, data in made.items()}
    whole = beside.pop(next(iter(beside)))
    alone = target.exists() and not target.is_file()  # nothing can stand beside a pipe
    _write({output: whole, **({} if alone else beside)}, lang)


def _judged(
    plans: tuple[str, ...], lang: Language, day: date, knowledge: tuple[Path, ...], rules: tuple[Path, ...]
) -> list[Report]:
    from advisor.library import Report  # noqa: PLC0415 - kept off the way to --help
    from advisor.plan.read import read_plan  # noqa: PLC0415
    from advisor.plan.source import Problem, Unreadable  # noqa: PLC0415

    reports: list[Report] = []
    problems: list[Problem] = []
    advisor = advisor_for(lang, knowledge, rules)
    for name, raw in plan_files(plans, lang):
        try:
            reports.append(Report(advisor.judge(read_plan(need(name, raw), name), day), advisor))
        except Unreadable as error:
            problems += error.problems
    if problems:  # every one of every plan at once
        raise Unreadable(tuple(problems))
    return reports


def _model(
    reports: list[Report], lang: Language, audience: Audience, *, options: bool
) -> ReportModel | ComparisonModel:
    if len(reports) == 1:
        return reports[0].to_model(lang, options=options, audience=audience)
    from advisor.report.model import comparison_model  # noqa: PLC0415 - kept off the way to --help

    return comparison_model(
        [(report.judgement, report.options if options else None) for report in reports], lang, audience
    )


def _write(files: dict[str, bytes], lang: Language) -> None:
    from advisor.files import write_whole  # noqa: PLC0415 - kept off the way to --help

    for file, data in files.items():
        try:
            write_whole(Path(file), data)
        except OSError as error:
            reason = error.strerror or str(error)
            raise click.UsageError(say(lang, "cli.cannot-write", file=file, reason=reason)) from None
    click.echo(say(lang, "cli.report-written", file=next(iter(files))), err=True)
