"""`advisor check PLAN...`: verdict, findings and figures of one plan or many."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.options import common, make, need, plan_files, today
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.report.outcome import Outcome
    from advisor.report.text import Style

FORMATS = ("text", "json", "jsonl", "sarif", "junit", "github", "markdown")
THRESHOLDS = ("blocker", "high", "medium", "low", "info", "never")


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plans: tuple[str, ...],
        form: str,
        output: tuple[str, ...],
        fail_on: str,
        quiet: bool,
        verbose: bool,
        options: bool,
        day: date | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
    ) -> int:
        files = [_target(text, lang) for text in output]
        listed = list(plan_files(plans, lang))
        if len(listed) != 1 and "json" in {form, *(name for name, _ in files)}:
            raise click.UsageError(say(lang, "cli.json-one-plan"))
        checking = _Checking(lang, day or today(), fail_on, knowledge, rules, options=options)
        outcomes: list[Outcome] = []
        for number, outcome in enumerate(checking.outcomes(listed)):
            if form == "text":
                _tell(outcome, number, lang, quiet=quiet, verbose=verbose)
                checking.tell_options(outcome)
            elif form == "jsonl":
                sys.stdout.write(checking.line(outcome))
            if files or form not in {"text", "jsonl"}:
                outcomes.append(outcome)
        if form not in {"text", "jsonl"}:
            sys.stdout.write(checking.render(form, outcomes))
        for name, file in files:
            _write(file, checking.render(name, outcomes), lang)
        return checking.exit_code

    return make(
        "check", lang, run,
        click.Argument(["plans"], nargs=-1, required=True, type=click.Path(), metavar=say(lang, "cli.plans")),
        click.Option(["--format", "form"], type=click.Choice(FORMATS), default="text", help=say(lang, "cli.format")),
        click.Option(["--output"], multiple=True, metavar="FORMAT=FILE", help=say(lang, "cli.outputs")),
        click.Option(["--fail-on"], type=click.Choice(THRESHOLDS), default="blocker", show_default=True,
                     help=say(lang, "cli.fail-on")),
        click.Option(["-q", "--quiet"], is_flag=True, help=say(lang, "cli.quiet")),
        click.Option(["-v", "--verbose"], is_flag=True, help=say(lang, "cli.verbose")),
        click.Option(["--options"], is_flag=True, help=say(lang, "cli.with-options")),
        *common(lang),
    )  # fmt: skip


def _target(text: str, lang: Language) -> tuple[str, Path]:
    name, sign, file = text.partition("=")
    if name not in FORMATS or not sign or not file:
        raise click.UsageError(say(lang, "cli.bad-output", value=text, formats=", ".join(FORMATS)))
    return name, Path(file)


class _Checking:
    """Checks plans one by one and remembers what the exit code will be."""

    def __init__(
        self,
        lang: Language,
        day: date,
        fail_on: str,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
        *,
        options: bool = False,
    ) -> None:
        from advisor.library import load_advisor  # noqa: PLC0415 - kept off the way to --help

        self.lang, self.day, self.fail_on, self.with_options = lang, day, fail_on, options
        self.advisor = load_advisor(knowledge, rules)
        self.exit_code = 0

    def outcomes(self, files: list[tuple[str, bytes | str]]) -> Iterator[Outcome]:
        """One outcome a plan, in order; a plan that cannot be read does not keep the rest from it."""
        from advisor.findings import at_or_above  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.read import read_plan  # noqa: PLC0415
        from advisor.plan.source import Unreadable  # noqa: PLC0415
        from advisor.report.outcome import Outcome  # noqa: PLC0415

        for name, raw in files:
            try:
                judgement = self.advisor.judge(read_plan(need(name, raw), name), self.day)
            except Unreadable as error:
                self.exit_code = 2
                yield Outcome(name, None, error.problems)
                continue
            if at_or_above(judgement.findings, self.fail_on):
                self.exit_code = max(self.exit_code, 1)
            yield Outcome(name, judgement)

    def line(self, outcome: Outcome) -> str:
        """One outcome as a line of JSON."""
        return json.dumps(self._json(outcome), ensure_ascii=False, separators=(",", ":")) + "\n"

    def _json(self, outcome: Outcome) -> dict[str, object]:
        from advisor.report.contract import as_json, errors_as_json  # noqa: PLC0415 - kept off the way to --help

        if outcome.judgement is None:
            return errors_as_json(outcome.name, outcome.problems, self.lang)
        if not self.with_options:
            return as_json(outcome.judgement, self.lang)
        from advisor.options import find_options  # noqa: PLC0415 - only when asked for
        from advisor.options.render import option_as_json  # noqa: PLC0415

        found = find_options(self.advisor, outcome.judgement).options
        return as_json(outcome.judgement, self.lang, [option_as_json(option, self.lang) for option in found])

    def tell_options(self, outcome: Outcome) -> None:
        """The options of a plan below its findings, where they were asked for."""
        if not self.with_options or outcome.judgement is None:
            return
        from advisor.options import find_options  # noqa: PLC0415 - only when asked for
        from advisor.options.render import render  # noqa: PLC0415

        sys.stdout.write("\n" + render(find_options(self.advisor, outcome.judgement), self.lang, _style()))

    def render(self, form: str, outcomes: list[Outcome]) -> str:
        """All outcomes in one form."""
        from advisor.report import github, junit, sarif, summary, text  # noqa: PLC0415 - kept off the way to --help

        if form == "json":
            return json.dumps(self._json(outcomes[0]), ensure_ascii=False, indent=2) + "\n"
        if form == "junit":
            return junit.render(outcomes, self.lang, self.fail_on)
        if form == "text":
            return "\n".join(
                text.render(outcome.judgement, self.lang)
                if outcome.judgement
                else text.render_problems(outcome.problems, self.lang)
                for outcome in outcomes
            )
        if form == "jsonl":
            return "".join(self.line(outcome) for outcome in outcomes)
        if form == "sarif":
            return sarif.render(outcomes, self.lang)
        return github.render(outcomes, self.lang) if form == "github" else summary.render(outcomes, self.lang)


def _tell(outcome: Outcome, number: int, lang: Language, *, quiet: bool, verbose: bool) -> None:
    from advisor.report.text import render, render_problems  # noqa: PLC0415 - kept off the way to --help

    if outcome.judgement is None:
        sys.stderr.write(render_problems(outcome.problems, lang))
        return
    text = render(outcome.judgement, lang, _style(), quiet=quiet, verbose=verbose)
    sys.stdout.write(text if quiet or number == 0 else "\n" + text)


def _write(file: Path, text: str, lang: Language) -> None:
    from advisor.files import write_whole  # noqa: PLC0415 - kept off the way to --help

    try:
        write_whole(file, text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.UsageError(say(lang, "cli.cannot-write", file=file, reason=reason)) from None


_COLOURS = {"blocker": "red", "high": "red", "medium": "yellow", "low": "cyan", "info": "blue",
            "no-go": "red", "caution": "yellow", "go": "green"}  # fmt: skip


def _style() -> Style:
    """Colour where a person watches and nobody said no: NO_COLOR and FORCE_COLOR decide first."""
    from advisor.report.text import plain_style  # noqa: PLC0415 - kept off the way to --help

    wanted = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        wanted = True
    if os.environ.get("NO_COLOR"):
        wanted = False
    coloured: Callable[[str, str], str] = lambda text, kind: click.style(  # noqa: E731 - two lines are enough
        text, fg=_COLOURS.get(kind), bold=kind in {"blocker", "no-go"}
    )
    return coloured if wanted else plain_style
