"""`advisor report PLAN -o FILE`: the recommendation report."""

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
    from advisor.report.documents import Look
    from advisor.report.model import Audience

ENDINGS = (".md", ".pdf", ".docx", ".json")


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plan: str,
        output: str,
        audience: Audience,
        options: bool,
        day: date | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
        title: str,
        logo: Path | None,
        fonts: tuple[Path, ...],
    ) -> None:
        _report(plan, output, audience, options, lang, day or today(), knowledge, rules, look_of(title, logo, fonts))

    return make(
        "report", lang, run,
        click.Argument(["plan"], type=click.Path()),
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
        click.Option(["--fonts"], type=click.Path(path_type=Path), multiple=True, metavar="FOLDER",
                     help=say(lang, "documents.fonts-option")),
    ]  # fmt: skip


def look_of(title: str, logo: Path | None, fonts: tuple[Path, ...]) -> Look:
    """The look that the options name. Raises Unreadable for a logo that cannot be taken."""
    from advisor.report.documents import Look  # noqa: PLC0415 - kept off the way to --help
    from advisor.report.logo import read_logo  # noqa: PLC0415

    return Look(title, None if logo is None else read_logo(logo), None, fonts)


def _report(
    plan: str,
    output: str,
    audience: Audience,
    options: bool,
    lang: Language,
    day: date,
    knowledge: tuple[Path, ...],
    rules: tuple[Path, ...],
    look: Look,
) -> None:
    from advisor.files import write_whole  # noqa: PLC0415 - kept off the way to --help
    from advisor.library import Report  # noqa: PLC0415
    from advisor.plan.read import read_plan  # noqa: PLC0415
    from advisor.report.documents import DOCUMENTS, DocumentError, make_document  # noqa: PLC0415
    from advisor.report.markdown import render_model  # noqa: PLC0415

    ending = Path(output).suffix.lower()
    if output != "-" and ending not in ENDINGS:
        raise click.UsageError(say(lang, "cli.report-format", file=output, endings=" ".join(ENDINGS)))
    found = list(plan_files((plan,), lang))
    if len(found) != 1:
        raise click.UsageError(say(lang, "cli.report-one-plan", count=len(found)))
    name, raw = found[0]
    advisor = advisor_for(lang, knowledge, rules)
    report = Report(advisor.judge(read_plan(need(name, raw), name), day), advisor)
    text: str | bytes
    if ending in DOCUMENTS:
        try:
            text = make_document(report.to_model(lang, options=options, audience=audience), ending, day, look)
        except DocumentError as error:
            raise click.UsageError(f"{output}: {error.text(lang)}") from None
    elif ending == ".json":
        text = json.dumps(report.to_dict(lang, options=options), ensure_ascii=False, indent=2) + "\n"
    else:
        text = render_model(look.titled(report.to_model(lang, options=options, audience=audience)))
    if output == "-":
        sys.stdout.write(str(text))
        return
    try:
        write_whole(Path(output), text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.UsageError(say(lang, "cli.cannot-write", file=output, reason=reason)) from None
    click.echo(say(lang, "cli.report-written", file=output), err=True)
