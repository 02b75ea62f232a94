"""Run the examples of the guides, so that no output in them is written by hand.

A guide is read from top to bottom in a folder of its own that holds `examples/`. A block whose first line is a comment
with a file name is written to that file. In a `console` block each line after `$ ` is run, and what follows it is what
it prints; in a conversation the lines after `> ` are what the person types.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from advisor.words import Language

HERE = Path(__file__).resolve().parent
DAY = "2026-11-22"
"""The day by which the guides judge, so that their output stays as it is."""

GUIDES = (
    "first-plan",
    "reading-a-report",
    "leadership",
    "own-knowledge",
    "own-templates",
    "accuracy",
    "how-it-decides",
)
_DATED = {"ask", "check", "diff", "options", "report", "what-if", "why"}
_BLOCK = re.compile(r"```([\w+-]+)\n(.*?)```", re.DOTALL)
_FILE = re.compile(r"(?:#|\{#|<!--) ([\w./-]+\.\w+)(?: #\}| -->)?\n")


def guide_file(name: str, lang: Language) -> Path:
    """Where a guide lies."""
    return HERE / "guides" / (f"{name}.md" if lang == "en" else f"{name}.zh.md")


def refreshed(text: str, lang: Language) -> str:
    """A guide with the output of each of its commands as it is now."""
    _forget()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shutil.copytree(HERE.parent / "examples", "examples")

        def block(match: re.Match[str]) -> str:
            kind, body = match[1], match[2]
            if named := _FILE.match(body):
                file = Path(named[1])
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(body, encoding="utf-8")
            return f"```{kind}\n{_console(body, lang) if kind == 'console' else body}```"

        return _BLOCK.sub(block, text)


def _forget() -> None:
    """Forget loaded knowledge: folders of one name in two guides hold different things."""
    from advisor import library
    from advisor.entries import base

    for module in (library, base):
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _console(body: str, lang: Language) -> str:
    parts, code = re.split(r"(?m)^\$ ", body)[1:], 0
    shown = []
    for part in parts:
        lines = part.splitlines()
        size = next(index for index, line in enumerate(lines) if not line.endswith("\\")) + 1
        command = " ".join(line.removesuffix("\\").strip() for line in lines[:size])
        typed = [line.removeprefix("> ") for line in lines[size:] if line.startswith("> ")]
        if command == "echo $?":
            printed = f"{code}\n"
        else:
            code, printed = run(command, lang, typed)
        shown.append("$ " + "\n".join(lines[:size]) + "\n" + printed)
    return "".join(shown)


def run(command: str, lang: Language, typed: list[str]) -> tuple[int, str]:
    """The exit code of a command and what a terminal shows of it; `… | head -3` and the like go through a shell."""
    from advisor.cli import main

    call, _, pipe = command.partition(" | ")
    program, *arguments = shlex.split(call)
    if program != "advisor":
        raise ValueError(f"{command}: only `advisor` is run")
    dated = arguments[0] in _DATED or arguments[:2] in (["knowledge", "check"], ["knowledge", "stale"])
    if dated and "--date" not in arguments:
        arguments += ["--date", DAY]
    out = io.StringIO()
    err = io.StringIO() if pipe else out
    with (
        mock.patch.dict(os.environ, {"ADVISOR_LANG": lang}),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO("".join(f"{it}\n" for it in typed).encode()))),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(arguments)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    if not pipe:
        return code, out.getvalue()
    filtered = subprocess.run(  # noqa: S603 - a command of our own pages
        ["/bin/sh", "-c", pipe], input=out.getvalue(), capture_output=True, encoding="utf-8", check=False
    )
    return filtered.returncode, err.getvalue() + filtered.stdout + filtered.stderr
