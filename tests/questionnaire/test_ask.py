"""`advisor ask` as people and scripts use it: whole sessions in both languages, pipes, interruptions, `--set`."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner

from advisor.cli import build
from advisor.library import load_advisor
from advisor.plan.read import load_plan
from advisor.report.text import render
from advisor.words import Language

DAY = date(2026, 11, 22)
TRANSCRIPTS = Path(__file__).parent / "transcripts"
SO_FAR = re.compile(r"(?m)^  (?:So far: |目前估算：).*(?:\n    .*)*")


class Session:
    """What one run of the command said and did."""

    def __init__(self, lang: Language, arguments: list[str], lines: tuple[str, ...]) -> None:
        result = CliRunner().invoke(
            build(lang),
            ["ask", *arguments, "--date", DAY.isoformat()],
            input="".join(f"{line}\n" for line in lines),
            standalone_mode=False,
        )
        if result.exception is not None:
            raise result.exception
        self.code, self.said, self.told = result.return_value, result.stdout, result.stderr


def talk(lang: Language, arguments: list[str], *lines: str) -> Session:
    return Session(lang, arguments, lines)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def without_figures(text: str) -> str:
    """A session with the digits of its estimates taken out: they move with every calibration."""
    return SO_FAR.sub(lambda match: re.sub(r"[0-9][0-9.,]*", "#", match[0]), text)


STORY: dict[Language, list[str]] = {
    "zh": [
        "懂我们的 API", "持续预训练", "30B", "?", "50G 代码", "1", "公司内部",
        "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "-", "八张 V100", "4", "已经有了", "512", "1", "fp16", "4k", "",
        "10万", "<", "100000", "1", "三个月", "交付权重", "机密", "物理机",
        "信创、国产模型、本地部署", "中国", "没有", "", "", "",
    ],
    "en": [
        "know our APIs", "continued pre-training", "30B", "?", "50 GB of code", "1", "ours",
        "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "-", "eight V100s", "5", "we have them", "512", "1", "fp16",
        "4k", "", "100k CNY", "<", "100000", "1", "3 months", "customers, who get the weights", "confidential",
        "bare metal", "domestic hardware, domestic model and on-premises", "China", "nobody", "", "", "",
    ],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_story(folder: Path, lang: Language) -> None:
    session = talk(lang, ["story.yaml"], *STORY[lang])
    asked, checked = session.said.split("story.yaml: ", 1)
    expected = (TRANSCRIPTS / f"story.{lang}.txt").read_text(encoding="utf-8")
    assert without_figures(asked) == expected
    assert session.code == 0
    plan = load_plan(Path("story.yaml"))
    judgement = load_advisor().judge(plan, DAY)
    assert checked == render(judgement, lang).split(": ", 1)[1]
    assert judgement.verdict == "no-go"
    assert Path("story.yaml").read_text(encoding="utf-8") == (
        """\
version: 1
model:
  parameters: 30B
training:
  method: continued-pretraining
  precision: fp16
  sequence_length: 4096
hardware:
  device: v100-32g-sxm2
  count: 8
  host_memory: 512GB
  tenure: owned
data:
  - kind: private-code
    size: 50GB
    license: Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only
    source: internal
project:
  budget: 100000 CNY
  deadline: 3 months
  goal: api-knowledge
  use: weights-to-customers
  regions: [CN]
  sensitivity: confidential
  environment: bare-metal
  requirements: [domestic-hardware, domestic-model, on-premises]
  team: {engineers: 0}
"""
    )


def saved(name: str = "plan.yaml") -> str:
    return Path(name).read_text(encoding="utf-8")


def test_a_pipe_that_ends_leaves_the_rest_to_defaults() -> None:
    session = talk("en", [], "style", "lora", "qwen2.5-7b", "instructions", "10000 samples", "500", "", "", "4090", "1")
    assert session.code == 0
    assert saved() == (
        """\
version: 1
model:
  name: qwen2.5-7b
training:
  method: lora
hardware:
  device: rtx4090
  count: 1
data:
  - kind: instructions
    samples: 10000
    tokens_per_sample: 500
project:
  goal: style
"""
    )
    assert "Plan written to plan.yaml.\n\nplan.yaml: " in session.said


def test_a_pipe_that_ends_too_early_names_what_is_missing() -> None:
    session = talk("en", [], "style", "lora")
    assert session.code == 2
    assert session.told == "plan.yaml: still missing: model, hardware.device, hardware.count\n"
    assert saved() == "version: 1\ntraining:\n  method: lora\nproject:\n  goal: style\n"


def test_stopping_and_going_on() -> None:
    first = talk("zh", [], "风格", "LoRA", "qwen2.5-7b", "不知道", "q")
    assert first.code == 2
    assert saved() == (
        "version: 1\nmodel:\n  name: qwen2.5-7b\ntraining:\n  method: lora\n"
        "data:\n  - kind: null\nproject:\n  goal: style\n"
    )
    second = talk("zh", [], "1GB", "", "", "4090", "1")
    assert second.said.startswith(
        """\
下面逐题填写计划，每答一题就保存到 plan.yaml。
直接写答案或选项编号。回车或 -：不知道；?：为什么问；<：上一题；q：退出。
接着 plan.yaml 上次的进度继续。

[第 5 题，共 25 题] 有多少？可以写字节（50G）、token 数（120亿 token）或条数（1万条）。
  回车：不知道（无法估算时间和费用）
> 1GB
  → 数据量：1GB
"""
    )
    assert second.code == 0
    assert saved() == (
        "version: 1\nmodel:\n  name: qwen2.5-7b\ntraining:\n  method: lora\n"
        "hardware:\n  device: rtx4090\n  count: 1\ndata:\n  - size: 1GB\nproject:\n  goal: style\n"
    )


def test_a_finished_plan_asks_for_what_it_leaves_open() -> None:
    Path("plan.yaml").write_text("version: 1\nmodel: {name: qwen2.5-7b}\ntraining: {method: none}\n", encoding="utf-8")
    session = talk("en", [], "2", "-", "-", "-", "-", "50000 CNY", "q")
    assert session.code == 0
    assert "Saved in plan.yaml. `advisor ask plan.yaml` goes on.\n" in session.said
    assert "budget: 50000 CNY" in saved()


def test_changing_an_answer_from_the_summary() -> None:
    answers = ["style", "none", "7B", *[""] * 13]
    session = talk("en", [], *answers, "99", "2", "lora", *[""] * 6)
    assert "\nEnter: check the plan now; a number: change that answer; q: stop here.\n" in session.said
    assert "> 99\n  Write a number from 1 to 16, Enter or q.\n> 2\n\n[2 of 16] Which way is planned" in session.said
    assert session.code == 2  # LoRA needs a device, and the pipe ends
    assert session.told == "plan.yaml: still missing: hardware.device, hardware.count\n"


def test_what_an_edited_answer_makes_moot_is_named() -> None:
    Path("plan.yaml").write_text(
        "version: 1\nmodel: {name: qwen2.5-7b}\ntraining: {method: full-finetuning, precision: bf16}\n"
        "hardware: {device: a100-80g-sxm, count: 8}\ndata: [{kind: code, size: 1GB}]\n",
        encoding="utf-8",
    )
    session = talk("zh", ["--only", "method"], "LoRA")
    assert "  → 路线：LoRA：只训练少量适配器参数（lora）\n  已不适用，一并删去：训练精度\n" in session.said
    assert "precision" not in saved()


def test_one_section_keeps_the_rest(folder: Path) -> None:
    text = (
        "version: 1\nmodel:\n  name: qwen2.5-7b\ntraining:\n  method: none\n"
        "project:\n  budget: 10万\n  team: {engineers: 1, experience: some}\n"
    )
    Path("plan.yaml").write_text(text, encoding="utf-8")
    session = talk("en", ["--only", "team"], "2", "")
    assert session.said.startswith(
        """\
Questions about the plan; each answer is saved in plan.yaml at once.
Answer in your own words or with a number. Enter or -: I don't know; ?: why this is asked; <: back; q: stop.
Going on where plan.yaml left off.

[1 of 2] How many engineers can set this up, tune it and find out what is wrong? Half a post is 0.5.
  Enter: keep 1
> 2
  -> Engineers: 2

[2 of 2] Have they done this before?
  1. no, it is the first time
  2. smaller projects
  3. yes, at this scale
  Enter: keep smaller projects (some)
> \n  -> Experience: unchanged
"""
    )
    assert saved() == text.replace("engineers: 1", "engineers: 2")


def test_editing_without_changes_writes_nothing() -> None:
    text = "version: 1 # mine\nmodel: {name: qwen2.5-7b}\ntraining: {method: none}\n"
    Path("plan.yaml").write_text(text, encoding="utf-8")
    session = talk("en", ["--only", "model"], "q")
    assert session.code == 0
    assert session.told == "plan.yaml holds comments; they are not kept when it is written again.\n"
    assert saved() == text


def test_stopping_before_the_first_answer_writes_nothing() -> None:
    session = talk("zh", ["--only", "goal"], "q")
    assert session.code == 2
    assert not Path("plan.yaml").exists()


def test_without_questions() -> None:
    session = talk(
        "en", ["made.yaml", "--no-input", "--set", "training.method=lora", "--set", "model.name=qwen2.5-7b",
               "--set", "hardware.device=rtx4090", "--set", "hardware.count=2", "--set", "project.budget=10万",
               "--set", "title=Our plan: first # try", "--set", "project.regions=[CN, DE]",
               "--set", "project.team={engineers: 1}", "--set", "data[0].size=50GB", "--set", "data[1].kind=chat"],
    )  # fmt: skip
    assert (session.code, session.said, session.told) == (0, "", "Plan written to made.yaml.\n")
    assert saved("made.yaml") == (
        """\
version: 1
title: "Our plan: first # try"
model:
  name: qwen2.5-7b
training:
  method: lora
hardware:
  device: rtx4090
  count: 2
data:
  - size: 50GB
  - kind: chat
project:
  budget: 10万
  regions: [CN, DE]
  team: {engineers: 1}
"""
    )
    load_plan(Path("made.yaml"))
    talk("en", ["made.yaml", "--no-input", "--set", "title=null", "--set", "data[1]=null"])
    assert "title" not in saved("made.yaml")
    assert "chat" not in saved("made.yaml")


def test_without_questions_every_mistake_is_named_and_nothing_written() -> None:
    session = talk(
        "en", ["--no-input", "--set", "training.method=lorra", "--set", "model.name=qwen2.5-77b", "--set", "size",
               "--set", "hardware.devise=4090", "--set", "hardware.count=two", "--set", "data[2].size=1GB",
               "--set", "project.regions=[CN"],
    )  # fmt: skip
    assert session.code == 2
    assert session.told.splitlines() == [
        "--set size: write path=value, such as hardware.count=8",
        "--set data[2].size: no such place: an item before it is missing, or another value stands on the way",
        "--set project.regions: Expected `,` or `]` here: the `[` of line 1, column 1 is still open.",
        "--set training.method: `lorra` is none of: pretraining, continued-pretraining, full-finetuning, lora, qlora, "
        "preference, rl, none. Did you mean `lora`?",
        "--set hardware.count: Expected a number, not `two`.",
        "--set hardware.devise: Unknown key `devise` in `hardware`. Did you mean `device`?",
        "--set model.name: Unknown model `qwen2.5-77b`. The nearest known: qwen2.5-7b, qwen2.5-72b, qwen2.5-3b, "
        "qwen2-1.5b. Add `parameters` to compute without them.",
    ]
    assert not Path("plan.yaml").exists()


def test_without_questions_what_is_missing_is_named() -> None:
    session = talk("zh", ["--no-input", "--set", "training.method=lora"])
    assert (session.code, session.told) == (2, "plan.yaml：还缺少：model、hardware.device、hardware.count\n")
    session = talk("zh", ["--no-input", "--set", "training.method=none"])
    assert (session.code, session.told) == (2, "plan.yaml：还缺少：model\n")
    assert not Path("plan.yaml").exists()
    session = talk("zh", ["--no-input", "--set", "training.method=none", "--set", "model.parameters=7B"])
    assert (session.code, session.told) == (0, "计划已写入 plan.yaml。\n")


def test_values_given_beforehand_are_not_asked() -> None:
    session = talk("en", ["--set", "training.method=lora", "--set", "model.name=qwen2.5-7b"], "style", "chat", "q")
    assert "Which way" not in session.said
    assert "Which base model" not in session.said
    assert "kind: chat" in saved()


def test_values_given_beforehand_are_saved_before_anything_is_asked() -> None:
    session = talk("en", ["--set", "training.method=none", "--set", "model.parameters=7B"], "q")
    assert session.code == 0
    assert session.said.endswith("> q\nSaved in plan.yaml. `advisor ask plan.yaml` goes on.\n")
    assert saved() == "version: 1\nmodel:\n  parameters: 7B\ntraining:\n  method: none\n"


def test_a_plan_that_cannot_be_read_is_left_alone() -> None:
    text = "version: 1\nmodle: {name: x}\n"
    Path("plan.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "advisor", "--lang", "en", "ask"]
    done = subprocess.run(command, input="1\n", capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "plan.yaml:2:1: modle: Unknown key `modle`. Did you mean `model`?\n")
    assert saved() == text


@pytest.mark.parametrize("name", ["missing/plan.yaml", "."])
def test_no_place_for_a_plan(name: str) -> None:
    command = [sys.executable, "-m", "advisor", "--lang", "en", "ask", name]
    done = subprocess.run(command, input="1\n", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith(f"Error: {name} is no file that a plan can be written to\n")


def test_an_interruption_loses_nothing() -> None:
    command = [sys.executable, "-m", "advisor", "--lang", "zh", "ask"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        running.stdin.write("风格\nLoRA\n".encode())
        running.stdin.flush()
        for _ in range(300):
            if Path("plan.yaml").exists() and "lora" in saved():
                break
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out.decode().endswith("\n已保存到 plan.yaml，用 `advisor ask plan.yaml` 可继续。\n")
    assert err.decode() == "\n已中断。\n"
    assert saved() == "version: 1\ntraining:\n  method: lora\nproject:\n  goal: style\n"


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_at_a_terminal(lang: Language) -> None:
    environment = os.environ | {"TERM": "dumb", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    words = {
        "zh": ("第 1 题", "第 2 题", "放不下", "已保存到 plan.yaml", "全部回答", "不可行"),
        "en": ("1 of 2", "2 of 2", "does not fit", "Saved in plan.yaml", "All answers", "NO-GO"),
    }[lang]
    command = ["-m", "advisor", "--lang", lang, "ask", "plan.yaml", "--date", DAY.isoformat()]
    first = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=30, env=environment)
    first.expect(words[0])
    first.expect("> ")
    first.sendline(STORY[lang][0])
    first.expect(words[1])
    first.expect("> ")
    first.sendline("<")
    first.expect(words[0])
    first.expect("> ")
    first.sendline("")
    first.expect(words[1])
    first.expect("> ")
    first.sendintr()
    first.expect(words[3])
    first.expect(pexpect.EOF)
    first.close()
    assert first.exitstatus == 130
    second = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=30, env=environment)
    second.logfile_read = io.StringIO()
    second.expect(words[1])
    for line in STORY[lang][1:]:
        second.expect("> ")
        second.sendline(line)
    second.expect(pexpect.EOF)
    second.close()
    assert second.exitstatus == 0
    shown = second.logfile_read.getvalue()
    assert shown.index(words[2]) < shown.index(words[4]) < shown.index(words[5])
    assert "\x1b" not in shown
    plan = load_plan(Path("plan.yaml")).plan
    assert plan.hardware is not None
    assert (plan.hardware.device, plan.hardware.count) == ("v100-32g-sxm2", 8)


@pytest.mark.slow
def test_the_end_of_input_at_a_terminal_stops() -> None:
    environment = os.environ | {"TERM": "dumb", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    command = ["-m", "advisor", "--lang", "en", "ask"]
    running = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=30, env=environment)
    running.expect("> ")
    running.sendline("style")
    running.expect("2 of")
    running.expect("> ")
    running.sendeof()
    running.expect("Saved in plan.yaml")
    running.expect(pexpect.EOF)
    running.close()
    assert running.exitstatus == 0
    assert saved() == "version: 1\nproject:\n  goal: style\n"
