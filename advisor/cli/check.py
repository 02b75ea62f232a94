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

from advisor.cli.options import advisor_for, common, configuration, make, need, plan_files, today
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.pipeline import Advisor
    from advisor.profiles import ProfileName
    from advisor.report.outcome import Outcome
    from advisor.report.text import Style

FORMATS = ("text", "json", "jsonl", "sarif", "junit", "github", "markdown")
THRESHOLDS = ("blocker", "high", "medium", "low", "info", "never")
PROFILES = ("idea", "pilot", "production", "for-review")


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plans: tuple[str, ...],
        form: str,
        output: tuple[str, ...],
        fail_on: str | None,
        quiet: bool,
        verbose: bool,
        options: bool,
        profile: ProfileName | None,
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        baseline: Path | None,
        write_baseline: Path | None,
        day: date | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
    ) -> int:
        config = configuration()
        files = [_target(text, lang) for text in output] or list(config.output if config else ())
        listed = list(plan_files(plans, lang, (*knowledge, *rules)))
        if len(listed) != 1 and "json" in {form, *(name for name, _ in files)}:
            raise click.UsageError(say(lang, "cli.json-one-plan"))
        advisor = advisor_for(lang, knowledge, rules, profile=profile, select=select, ignore=ignore,
                              baseline=baseline, alone=len(listed) == 1)  # fmt: skip
        checking = _Checking(lang, day or today(), _threshold(fail_on, advisor), advisor, options=options)
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
            text = checking.render(name, outcomes)
            if file is None:
                sys.stdout.write(text)
            else:
                _write(file, text, lang)
        checking.tell_idle(listed)
        if write_baseline is not None:
            return checking.write_baseline(write_baseline)
        return checking.exit_code

    return make(
        "check", lang, run,
        click.Argument(["plans"], nargs=-1, required=True, type=click.Path(), metavar=say(lang, "cli.plans")),
        click.Option(["--format", "form"], type=click.Choice(FORMATS), default="text", help=say(lang, "cli.format")),
        click.Option(["--output"], multiple=True, metavar="FORMAT[=FILE]", help=say(lang, "cli.outputs")),
        click.Option(["--fail-on"], type=click.Choice(THRESHOLDS), help=say(lang, "cli.fail-on")),
        click.Option(["-q", "--quiet"], is_flag=True, help=say(lang, "cli.quiet")),
        click.Option(["-v", "--verbose"], is_flag=True, help=say(lang, "cli.verbose")),
        click.Option(["--options"], is_flag=True, help=say(lang, "cli.with-options")),
        click.Option(["--profile"], type=click.Choice(PROFILES), help=say(lang, "config.profile-option")),
        click.Option(["--select"], multiple=True, metavar="RULE", help=say(lang, "config.select-option")),
        click.Option(["--ignore"], multiple=True, metavar="RULE", help=say(lang, "config.ignore-option")),
        click.Option(["--baseline"], type=click.Path(path_type=Path), metavar="FILE",
                     help=say(lang, "config.baseline-option")),
        click.Option(["--write-baseline"], type=click.Path(path_type=Path), metavar="FILE",
                     help=say(lang, "config.write-baseline-option")),
        *common(lang),
    )  # fmt: skip


def _target(text: str, lang: Language) -> tuple[str, Path | None]:
    name, sign, file = text.partition("=")
    if name not in FORMATS or (sign and not file):
        raise click.UsageError(say(lang, "cli.bad-output", value=text, formats=", ".join(FORMATS)))
    return name, Path(file) if sign else None


def _threshold(given: str | None, advisor: Advisor) -> str:
    """What a check fails on: by the command line, else the configuration, else the profile."""
    from advisor.profiles import PROFILES as STAGES  # noqa: PLC0415 - kept off the way to --help

    config = configuration()
    stated = config.table.fail_on if config else None
    return given or stated or STAGES[advisor.policy.profile].fail_on


class _Checking:
    """Checks plans one by one and remembers what the exit code will be."""

    def __init__(self, lang: Language, day: date, fail_on: str, advisor: Advisor, *, options: bool = False) -> None:
        self.lang, self.day, self.fail_on, self.with_options = lang, day, fail_on, options
        self.advisor = advisor
        self.exit_code = 0
        self._marks: list[tuple[str, list[tuple[str, str]]]] = []
        self._told: set[tuple[str, int]] = set()  # acceptances of the configuration that some plan's result shows

    def outcomes(self, files: list[tuple[str, bytes | str]]) -> Iterator[Outcome]:
        """One outcome a plan, in order; a plan that cannot be read does not keep the rest from it."""
        from advisor.baseline import mark_of  # noqa: PLC0415 - kept off the way to --help
        from advisor.findings import at_or_above  # noqa: PLC0415
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
            known = [row.finding for row in judgement.acceptances if row.state == "baseline" and row.finding]
            self._marks.append((name, [mark_of(finding) for finding in (*judgement.findings, *known)]))
            self._told |= {(row.file, row.position.line) for row in judgement.acceptances if row.file is not None}
            yield Outcome(name, judgement)

    def tell_idle(self, files: list[tuple[str, bytes | str]]) -> None:
        """Acceptances of the configuration that were of no use in any of several plans, on standard error."""
        from advisor.findings import judge_acceptance  # noqa: PLC0415 - kept off the way to --help

        for row in self.advisor.policy.accept if len(files) > 1 else ():
            if (row.file, row.position.line) not in self._told:
                state = judge_acceptance(row.acceptance, None, self.advisor.ruleset.rules, self.day)
                reason = say(self.lang, f"report.state-{state}", until=row.acceptance.until or "")
                line = say(self.lang, "config.accept-idle", file=row.file, line=row.position.line,
                           id=row.acceptance.id or "?", state=reason)  # fmt: skip
                click.echo(line, err=True)

    def write_baseline(self, file: Path) -> int:
        """Write what was found to a baseline file; 2 where a plan could not be read, for it would be left out."""
        from advisor.baseline import baseline_text  # noqa: PLC0415 - kept off the way to --help

        if self.exit_code == 2:
            return 2
        _write(file, baseline_text(file, self._marks), self.lang)
        count = sum(len(marks) for _, marks in self._marks)
        click.echo(say(self.lang, "config.baseline-written", count=count, file=file), err=True)
        return 0

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
        # Each form alone: the Markdown summary brings the whole report with it.
        if form == "json":
            return json.dumps(self._json(outcomes[0]), ensure_ascii=False, indent=2) + "\n"
        if form == "jsonl":
            return "".join(self.line(outcome) for outcome in outcomes)
        if form == "junit":
            from advisor.report import junit  # noqa: PLC0415

            return junit.render(outcomes, self.lang, self.fail_on)
        if form == "text":
            from advisor.report import text  # noqa: PLC0415

            return "\n".join(
                text.render(outcome.judgement, self.lang)
                if outcome.judgement
                else text.render_problems(outcome.problems, self.lang)
                for outcome in outcomes
            )
        if form == "sarif":
            from advisor.report import sarif  # noqa: PLC0415

            return sarif.render(outcomes, self.lang)
        if form == "github":
            from advisor.report import github  # noqa: PLC0415

            return github.render(outcomes, self.lang)
        from advisor.report import summary  # noqa: PLC0415

        return summary.render(outcomes, self.lang)


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
