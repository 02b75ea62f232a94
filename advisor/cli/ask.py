"""`advisor ask [PLAN]`: questions in plain lines whose answers are the plan file."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from advisor.cli.options import advisor_for, common, configuration, make, today
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.pipeline import Advisor, Judgement
    from advisor.plan.source import Problem

SECTIONS = (
    "goal", "method", "model", "data", "hardware", "training", "serving", "limits", "compliance", "team", "checks",
)  # fmt: skip
_QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_OPEN = frozenset({"missing", "missing-like", "model-unnamed", "empty"})
"""Problems that an unfinished plan may have."""


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        plan: str,
        given: tuple[str, ...],
        only: tuple[str, ...],
        day: date | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
        *,
        no_input: bool,
        edit: bool,
        expert: bool,
    ) -> int:
        asking = _Asking(Path(plan), lang, day or today(), knowledge, rules)
        values, problems = asking.start(given)
        if problems:
            for line in problems:
                click.echo(line, err=True)
            return 2
        if no_input:
            return asking.write(values)
        if given:
            asking.save(values)
        return asking.converse(values, only, edit=edit, expert=expert)

    return make(
        "ask", lang, run,
        click.Argument(["plan"], type=click.Path(), default="plan.yaml", required=False),
        click.Option(["--set", "given"], multiple=True, metavar="PATH=VALUE", help=say(lang, "ask.set-option")),
        click.Option(["--no-input"], is_flag=True, help=say(lang, "ask.no-input-option")),
        click.Option(["--only"], multiple=True, type=click.Choice(SECTIONS), metavar="SECTION",
                     help=say(lang, "ask.only-option", sections=", ".join(SECTIONS))),
        click.Option(["--edit"], is_flag=True, help=say(lang, "ask.edit-option")),
        click.Option(["--expert"], is_flag=True, help=say(lang, "ask.expert-option")),
        *common(lang),
    )  # fmt: skip


def _edits_lines() -> bool:
    """Tell whether a line editor understands what is typed: under an ASCII locale it takes Chinese for commands."""
    import locale  # noqa: PLC0415 - kept off the way to --help

    coding = locale.nl_langinfo(locale.CODESET) if hasattr(locale, "nl_langinfo") else "UTF-8"
    return coding.upper() not in {"ANSI_X3.4-1968", "US-ASCII", "ASCII", "646"}


def _line_of(stream: TextIO | None) -> str:
    """The next line of a pipe, empty at its end: UTF-8, or what Chinese systems wrote before it."""
    if stream is None:
        return ""
    if not hasattr(stream, "buffer"):
        return stream.readline()
    line: bytes = stream.buffer.readline()
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")


class _Asking:
    """One plan file being filled in."""

    def __init__(
        self, file: Path, lang: Language, day: date, knowledge: tuple[Path, ...], rules: tuple[Path, ...]
    ) -> None:
        from advisor.entries.base import load_knowledge  # noqa: PLC0415 - kept off the way to --help
        from advisor.questionnaire.question import questions_of  # noqa: PLC0415
        from advisor.report.wrapping import WIDTH  # noqa: PLC0415

        self.file, self.lang, self.day = file, lang, day
        self.folders = (knowledge, rules)
        self.knowledge = load_knowledge(knowledge)
        self.questions = questions_of(self.knowledge)
        if rules or configuration() is not None:
            self.advisor  # noqa: B018 - what is wrong with them is told before anything is asked
        self.present = ""  # what the file holds
        self.original = ""  # what it held before, if that had comments
        # A screen narrower than a line breaks it anywhere; one that is wider is not easier to read.
        self.width = max(30, min(WIDTH, shutil.get_terminal_size().columns)) if sys.stdout.isatty() else WIDTH
        self.is_terminal = sys.stdin is not None and sys.stdin.isatty()

    @cached_property
    def advisor(self) -> Advisor:
        """Rules and all, which the first questions do not need."""
        return advisor_for(self.lang, *self.folders)

    def start(self, given: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
        """The values of the file with those of `--set` in them, or all that is wrong with either, a line each."""
        from advisor.plan.read import read_plan, write_plan  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.source import Unreadable  # noqa: PLC0415

        values = self._values_of_file()
        wrong = []
        for text in given:
            wrong += self._set(values, text)
        if given:
            values = {"version": 1} | values
            try:
                read_plan(write_plan(values).encode(), str(self.file))
            except Unreadable as error:
                wrong += [self._line(problem) for problem in error.problems if problem.key not in _OPEN]
            wrong += [self._line(problem) for problem in self._unknown_names(values)]
        return values, wrong

    def _line(self, problem: Problem) -> str:
        # The line of a file that nobody has written says nothing: the path does.
        return say(self.lang, "ask.set-line", path=problem.path, message=problem.message(self.lang))

    def _values_of_file(self) -> dict[str, Any]:
        from advisor.plan.read import LIMITS, read_plan  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.source import Unreadable, scan_document  # noqa: PLC0415

        if not self.file.exists():
            if not self.file.parent.is_dir():
                raise click.UsageError(say(self.lang, "ask.not-a-file", file=self.file))
            return {}
        if not self.file.is_file():
            raise click.UsageError(say(self.lang, "ask.not-a-file", file=self.file))
        try:
            with self.file.open("rb") as stream:
                raw = stream.read(LIMITS.size + 1)
        except OSError as error:
            reason = error.strerror or str(error)
            raise click.UsageError(say(self.lang, "ask.cannot-read", file=self.file, reason=reason)) from None
        try:
            read_plan(raw, str(self.file))
        except Unreadable as error:
            if left := [problem for problem in error.problems if problem.key not in _OPEN]:
                raise Unreadable(left) from None
        data = scan_document(raw, str(self.file), LIMITS)[0].data
        self.present = raw.decode("utf-8", "replace")
        if re.search(r"(?m)(?:^|\s)#", _QUOTED.sub("", self.present)):
            self.original = self.present
            click.echo(say(self.lang, "ask.comments", file=self.file, copy=f"{self.file}.orig"), err=True)
        return data if isinstance(data, dict) else {}

    def _set(self, values: dict[str, Any], text: str) -> list[str]:
        """Fill in one `path=value`; what is wrong with it, a line each."""
        from advisor.plan.read import LIMITS, data_path  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.source import Unreadable, dotted, scan_document, shown  # noqa: PLC0415
        from advisor.plan.values import Text  # noqa: PLC0415
        from advisor.questionnaire.places import NoPlaceError, leaf_of, put, remove  # noqa: PLC0415

        path, sign, written = text.partition("=")
        path = path.strip()
        if not sign or not path or dotted(data_path(path)) != path:
            return [say(self.lang, "ask.set-form", value=shown(text))]
        problems: Sequence[Problem] = ()
        try:
            document, problems = scan_document(written.encode(), "--set", LIMITS)
            value = document.data
        except Unreadable as error:
            problems, value = error.problems, None
        # Text is taken as it stands: a colon or a number sign in a title means nothing.
        if isinstance(leaf_of(path), Text) and (problems or not isinstance(value, (str, type(None)))):
            problems, value = (), written.strip()
        if problems:
            return [say(self.lang, "ask.set-line", path=path, message=it.message(self.lang)) for it in problems]
        if value is None:
            remove(values, path)
            return []
        try:
            put(values, path, value)
        except NoPlaceError:
            return [say(self.lang, "ask.set-place", path=shown(path))]
        return []

    def _unknown_names(self, values: Mapping[str, Any]) -> list[Problem]:
        from advisor.entries.base import UnknownNameError  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.source import Problem, shown  # noqa: PLC0415
        from advisor.questionnaire.places import read_at  # noqa: PLC0415

        base = self.knowledge
        shape = any(read_at(values, f"model.{name}") for name in ("parameters", "hf_config", "layers"))
        found = []
        for path, look_up, key in (
            ("hardware.device", base.device_id, "unknown-device"),
            ("model.name", base.model_id, "unknown-model"),
        ):
            name = read_at(values, path)
            if not isinstance(name, str) or (path == "model.name" and shape):
                continue
            try:
                look_up(name.partition("@")[0] if path == "model.name" else name)
            except UnknownNameError as error:
                near = ", ".join(error.candidates or error.nearest)
                says = {"value": shown(name), "nearest": near}
                found.append(Problem(str(self.file), 1, 1, path, f"{key}-near" if near else key, says))
        return found

    def write(self, values: dict[str, Any]) -> int:
        """Write the plan without asking; 2 where something that no plan can lack is missing."""
        from advisor.questionnaire.interview import Interview  # noqa: PLC0415 - kept off the way to --help

        interview = Interview(self.questions, self.knowledge, values, today=self.day)
        unknown = self._unknown_names(values)
        for problem in unknown:
            click.echo(f"{self.file}: {problem.path}: {problem.message(self.lang)}", err=True)
        if self._tells_missing(interview.missing()) or unknown:
            return 2
        self.save(interview.plan_values())
        click.echo(say(self.lang, "ask.written", file=self.file), err=True)
        return 0

    def _tells_missing(self, paths: tuple[str, ...]) -> bool:
        if paths:
            named = say(self.lang, "ask.names-joint").join("model" if path == "model.name" else path for path in paths)
            click.echo(say(self.lang, "ask.still-missing", file=self.file, paths=named), err=True)
        return bool(paths)

    def save(self, values: Mapping[str, Any]) -> None:
        """Write the values as the plan file, in one step, unless it holds them already."""
        from advisor.files import write_whole  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.read import write_plan  # noqa: PLC0415

        text = write_plan(values)
        if text == self.present:
            return
        copy = self.file.with_name(f"{self.file.name}.orig")
        for path, content in ((copy, self.original), (self.file, text)):
            if not content:
                continue
            try:
                write_whole(path, content)
            except OSError as error:
                reason = error.strerror or str(error)
                raise click.UsageError(say(self.lang, "cli.cannot-write", file=path, reason=reason)) from None
        self.present, self.original = text, ""

    def converse(self, values: dict[str, Any], only: tuple[str, ...], *, edit: bool, expert: bool) -> int:
        """Ask what is open (or everything again), save after each answer, and check the plan at the end."""
        from advisor.questionnaire.conversation import Conversation  # noqa: PLC0415 - kept off the way to --help
        from advisor.questionnaire.interview import Interview  # noqa: PLC0415
        from advisor.questionnaire.places import remove  # noqa: PLC0415

        for problem in self._unknown_names(values):
            remove(values, "model" if problem.path == "model.name" else problem.path)
            self._tell("asked-again", path=problem.path, message=problem.message(self.lang))
        interview = Interview(self.questions, self.knowledge, values, today=self.day, sections=only,
                              expert=expert, again=edit)  # fmt: skip
        if interview.next_question() is None and not interview.missing():
            self._tell("nothing-to-ask")
        else:
            self._tell("intro")
            if self.present:
                self._tell("resumed")
        talk = Conversation(interview, self.lang, click.echo, self._hear, self.save, self._judge, self.width)
        try:
            ending = talk.run()
        except KeyboardInterrupt:
            click.echo()
            self._tell_saved()
            raise
        if ending == "stop" and not (interview.missing() and not self.is_terminal):
            self._tell_saved()
            return 0
        if self._tells_missing(interview.missing()):
            return 0 if self.is_terminal else 2
        self.save(interview.plan_values())
        self._tell("written")
        click.echo()
        return self._check()

    def _tell(self, key: str, **values: str) -> None:
        from advisor.report.wrapping import wrapped  # noqa: PLC0415 - kept off the way to --help

        for text in say(self.lang, f"ask.{key}", file=self.file, **values).split("\n"):
            for line in wrapped(text, "", self.lang, "", self.width):
                click.echo(line)

    def _tell_saved(self) -> None:
        self._tell("saved" if self.present else "nothing-saved")

    def _hear(self) -> str | None:
        """One line of the person's; None at the end of a pipe. At a terminal the end of input means stop."""
        if self.is_terminal:
            if _edits_lines():
                with suppress(ImportError):  # not on every system
                    import readline  # noqa: F401, PLC0415 - makes `input` a line editor
            try:
                return input("> ")
            except EOFError:
                return "q"
        click.echo("> ", nl=False)
        line = _line_of(sys.stdin)
        click.echo(line.rstrip("\r\n"))
        return line if line else None

    def _judge(self, values: Mapping[str, Any]) -> Judgement | None:
        from advisor.plan.read import read_plan, write_plan  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.source import Unreadable  # noqa: PLC0415

        try:
            return self.advisor.judge(read_plan(write_plan(values).encode(), str(self.file)), self.day)
        except Unreadable:
            return None

    def _check(self) -> int:
        """Tell the verdict, what matters most and the best option; an interrupt leaves only the last out."""
        from advisor.options import find_options  # noqa: PLC0415 - kept off the way to --help
        from advisor.plan.read import load_plan  # noqa: PLC0415
        from advisor.questionnaire.outcome import outcome  # noqa: PLC0415

        judgement = self.advisor.judge(load_plan(self.file), self.day)
        if self.is_terminal:
            click.echo(say(self.lang, "ask.looking"), err=True)
        found = find_options(self.advisor, judgement)
        for line in outcome(judgement, found if found.complete or found.options else None, str(self.file), self.lang,
                            self.width):  # fmt: skip
            click.echo(line)
        return 0
