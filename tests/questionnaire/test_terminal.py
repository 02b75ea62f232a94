"""Whole sessions at a terminal in both languages, compared as text; broken off at every question, nothing is lost."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pexpect
import pytest
from story_plan import STORY_PLAN

from advisor.library import load_advisor
from advisor.options import find_options
from advisor.plan.read import load_plan
from advisor.questionnaire.outcome import outcome
from advisor.words import Language, say

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 22)
TRANSCRIPTS = Path(__file__).parent / "transcripts"
FIGURES = re.compile(r"(?m)^  (?:So far: |目前估算：).*(?:\n    .*)*")
PROMPT = r"\n> "
DROPPED = ("LC_", "LANG", "PYTHONUTF8", "COLUMNS", "LINES")
"""Variables of the test run that a person's terminal does not have; parallel workers set the last two."""


class Terminal:
    """`advisor ask` at a terminal of 100 columns, and all that was seen there."""

    def __init__(self, lang: Language, *arguments: str, columns: int = 100, locale: str = "C.UTF-8") -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        command = ["-m", "advisor", "--lang", lang, "ask", "plan.yaml", "--date", DAY.isoformat(), *arguments]
        self.child = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=60, dimensions=(50, columns),
                                   env=kept | {"TERM": "dumb", "LC_ALL": locale})  # fmt: skip
        self._log = io.StringIO()
        self.child.logfile_read = self._log

    def answer(self, *lines: str) -> None:
        for line in lines:
            self.child.expect(PROMPT)
            self.child.sendline(line)

    def wait(self) -> None:
        self.child.expect(PROMPT)

    def end(self) -> int | None:
        self.child.expect(pexpect.EOF)
        self.child.close()
        status: int | None = self.child.exitstatus
        return status

    @property
    def seen(self) -> str:
        return self._log.getvalue().replace("\r\n", "\n").replace("\r", "")


@contextmanager
def terminal(lang: Language, *arguments: str, columns: int = 100, locale: str = "C.UTF-8") -> Iterator[Terminal]:
    running = Terminal(lang, *arguments, columns=columns, locale=locale)
    try:
        yield running
    finally:
        running.child.close(force=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Explained, gone back from, asked back, interrupted; then gone on with, and changed from the summary.
FIRST: dict[Language, list[str]] = {
    "zh": ["懂我们的 API", "?", "<", "", "全参训练", "2", "30B"],
    "en": ["know our APIs", "?", "<", "", "full-parameter training", "2", "30B"],
}
SECOND: dict[Language, list[str]] = {
    "zh": [
        "8 张 V100", "4", "已经有了", "fp16", "4k", "50G 代码", "1", "公司内部", "Apache-2.0、BSD-3-Clause、GPL-2.0",
        "不知道", "10万", "年底前", "以后卖给客户", "2", "机密", "公司机房", "信创、国产模型、私有化", "中国", "没有",
        "", "-", "15", "三个月", "",
    ],
    "en": [
        "eight V100s", "5", "we have them", "fp16", "4k", "50 GB of code", "1", "ours",
        "Apache-2.0, BSD-3-Clause and GPL-2.0", "I don't know", "100k", "1", "by the end of the year",
        "sell it to customers", "2", "confidential", "bare metal", "domestic hardware, domestic model and on-premises",
        "China", "nobody", "", "-", "15", "3 months", "",
    ],
}  # fmt: skip


def without_figures(text: str) -> str:
    """A session with its estimates in one line and without their digits: they move with every calibration."""
    return FIGURES.sub(lambda match: re.sub(r"[0-9][0-9.,]*", "#", re.sub(r"\s*\n    ", " ", match[0])), text)


def at_the_end(lang: Language) -> str:
    """What the questions must end with: the verdict on the plan that was written, and the best option."""
    judgement = load_advisor().judge(load_plan(Path("plan.yaml")), DAY)
    told = outcome(judgement, find_options(load_advisor(), judgement), "plan.yaml", lang)
    return "\n".join(("", say(lang, "ask.looking"), *told, ""))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_whole_session(lang: Language) -> None:
    with terminal(lang) as first:
        first.answer(*FIRST[lang])
        first.wait()
        first.child.sendintr()
        assert first.end() == 130
    with terminal(lang) as second:
        second.answer(*SECOND[lang])
        assert second.end() == 0
    assert Path("plan.yaml").read_text(encoding="utf-8") == STORY_PLAN
    asked, end = second.seen.split(say(lang, "ask.written", file="plan.yaml") + "\n")
    assert end == at_the_end(lang)
    expected = (TRANSCRIPTS / f"terminal.{lang}.txt").read_text(encoding="utf-8")
    assert without_figures(f"{first.seen}\n{'=' * 40}\n{asked}") == expected


ANSWERS = [
    "懂我们的 API", "持续预训练", "30B", "8 张 V100 32G", "已经有了", "fp16", "4k", "50G 私有代码", "公司内部",
    "Apache-2.0、BSD-3-Clause、GPL-2.0", "不知道", "10万", "三个月", "交付权重", "机密", "公司机房",
    "信创、国产模型、私有化", "中国", "没有", "", "-",
]  # fmt: skip


def test_broken_off_at_every_question() -> None:
    """Ctrl-C, a line that drops, a kill: each next start asks what was to be answered, and the plan is the story's."""
    pending = ""
    for number, answer in enumerate(ANSWERS):
        with terminal("zh") as session:
            session.wait()
            asked = re.findall(r"(?m)^\[第.*\] (.*)$", session.seen)
            assert asked[-1].startswith(pending)
            session.child.sendline(answer)
            session.wait()
            questions = re.findall(r"(?m)^\[第.*\] (.*)$", session.seen)
            pending = questions[-1] if len(questions) > 1 else ""
            kind = number % 4
            if kind == 0:
                session.child.sendintr()
                assert session.end() == 130
                assert session.seen.endswith("已保存到 plan.yaml，用 `advisor ask plan.yaml` 可继续。\n\n已中断。\n")
            elif kind == 1:
                session.child.close()  # the line drops: the kernel sends SIGHUP
            else:
                session.child.kill(signal.SIGKILL if kind == 2 else signal.SIGTERM)
                session.child.expect(pexpect.EOF)
        assert not list(Path().glob(".plan.yaml.*"))
    with terminal("zh") as session:
        session.answer("")
        assert session.end() == 0
    assert Path("plan.yaml").read_text(encoding="utf-8") == STORY_PLAN


@pytest.mark.parametrize("locale", ["C", "zh_CN.UTF-8", "C.UTF-8"])
def test_chinese_under_any_locale(locale: str) -> None:
    with terminal("zh", locale=locale) as session:
        session.answer("懂我们的 API", "持续预训练", "q")
        assert session.end() == 0
    assert "→ 路线：持续预训练：用代码或文本继续训练全部参数（continued-pretraining）\n" in session.seen
    assert "\x1b" not in session.seen


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_narrow_terminal(lang: Language) -> None:
    with terminal(lang, columns=40) as session:
        session.answer("?", "2", "5", "30B", "8 x V100-32G", "q")
        assert session.end() == 0
    wide = [line for line in session.seen.splitlines() if len(line.encode("gbk")) > 41]  # a stop may hang over
    assert not wide


def test_the_end_of_input_stops() -> None:
    with terminal("en") as session:
        session.answer("style")
        session.child.expect("2 of")
        session.wait()
        session.child.sendeof()
        session.child.expect("Saved in plan.yaml")
        assert session.end() == 0
    assert Path("plan.yaml").read_text(encoding="utf-8") == "version: 1\nproject:\n  goal: style\n"
