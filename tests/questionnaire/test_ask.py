"""`advisor ask` as people and scripts use it: whole sessions in both languages, pipes, interruptions, `--set`."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from story_plan import STORY_PLAN

from advisor.cli import build
from advisor.library import load_advisor
from advisor.options import find_options
from advisor.plan.read import load_plan
from advisor.questionnaire.outcome import outcome
from advisor.words import Language

DAY = date(2026, 11, 22)
TRANSCRIPTS = Path(__file__).parent / "transcripts"
FIGURES = re.compile(r"(?m)^  (?:So far: |目前估算：).*(?:\n    .*)*")


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
    """A session with its estimates in one line and without their digits: they move with every calibration."""
    return FIGURES.sub(lambda match: re.sub(r"[0-9][0-9.,]*", "#", re.sub(r"\s*\n    ", " ", match[0])), text)


STORY: dict[Language, list[str]] = {
    "zh": [
        "懂我们的 API", "持续预训练", "30B", "八张 V100", "4", "已经有了", "fp16", "4k", "?", "50G 代码", "1",
        "公司内部",
        "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "-", "10万", "<", "100000", "1", "三个月", "交付权重", "机密",
        "物理机", "信创、国产模型、本地部署", "中国", "没有", "", "", "",
    ],
    "en": [
        "know our APIs", "continued pre-training", "30B", "eight V100s", "5", "we have them", "fp16", "4k", "?",
        "50 GB of code", "1", "ours", "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "-", "100k CNY", "<", "100000",
        "1", "3 months", "customers, who get the weights", "confidential", "bare metal",
        "domestic hardware, domestic model and on-premises", "China", "nobody", "", "", "",
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
    assert f"story.yaml: {checked}" == "".join(
        f"{line}\n" for line in outcome(judgement, find_options(load_advisor(), judgement), "story.yaml", lang)
    )
    assert judgement.verdict == "no-go"
    assert Path("story.yaml").read_text(encoding="utf-8") == STORY_PLAN


def saved(name: str = "plan.yaml") -> str:
    return Path(name).read_text(encoding="utf-8")


def test_a_pipe_that_ends_leaves_the_rest_to_defaults() -> None:
    session = talk("en", [], "style", "lora", "qwen2.5-7b", "4090", "1", "", "instructions", "10000 samples", "500")
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
    first = talk("zh", [], "风格", "LoRA", "qwen2.5-7b", "q")
    assert first.code == 2
    assert saved() == "version: 1\nmodel:\n  name: qwen2.5-7b\ntraining:\n  method: lora\nproject:\n  goal: style\n"
    second = talk("zh", [], "4090", "1", "不知道", "", "1GB")
    assert second.said.startswith(
        """\
下面逐题填写计划，每答一题就保存到 plan.yaml。
直接写答案或选项编号，中英文都行。回车或 -：不知道；?：为什么问；<：上一题；q：退出。
接着 plan.yaml 上次的进度继续。

[第 4 题，共 21 题] 用什么卡，几张？例如“8 张 V100 32G”，或“一台 DGX-1”。
  （必答）
> 4090
  → 加速卡：rtx4090 (GeForce RTX 4090)
"""
    )
    assert second.code == 0
    assert saved() == (
        "version: 1\nmodel:\n  name: qwen2.5-7b\ntraining:\n  method: lora\n"
        "hardware:\n  device: rtx4090\n  count: 1\ndata:\n  - size: 1GB\nproject:\n  goal: style\n"
    )


def test_what_is_not_known_is_not_asked_again() -> None:
    talk("zh", [], "风格", "不训练", "qwen2.5-7b", "不知道", "不知道", "q")
    assert saved().endswith(
        "hardware:\n  device: null\nserving:\n  concurrent_requests: null\nproject:\n  goal: style\n"
    )
    assert "[第 6 题，共 17 题] 一次请求最多多少 token" in talk("zh", [], "q").said


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
    session = talk("zh", ["--only", "method"], "不训练")
    assert "  已不适用，一并删去：训练精度、数据类型、数据量\n" in session.said
    assert "precision" not in saved()
    assert "data" not in saved()


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
Answer in your own words or with a number, in English or Chinese. Enter or -: I don't know; ?: why
this is asked; <: back; q: stop.
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
    assert session.told == (
        "plan.yaml holds comments, which are not kept when it is written again; the file as it is goes to "
        "plan.yaml.orig first.\n"
    )
    assert saved() == text
    assert not Path("plan.yaml.orig").exists()


def test_a_plan_with_comments_is_kept_beside_the_one_without() -> None:
    text = "version: 1 # mine\nmodel: {name: qwen2.5-7b}\ntraining: {method: none}\n"
    Path("plan.yaml").write_text(text, encoding="utf-8")
    session = talk("zh", ["--only", "limits"], "10万", "年底前")
    assert session.told == "plan.yaml 里有注释，重新写入后不会保留；写入前先把原文件存为 plan.yaml.orig。\n"
    assert saved("plan.yaml.orig") == text
    assert saved().endswith("project:\n  budget: 100000 CNY\n  deadline: 39 days\n")
    talk("zh", ["--only", "limits"], "20万", "")
    assert saved("plan.yaml.orig") == text


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
    session = talk("en", ["--set", "training.method=lora", "--set", "model.name=qwen2.5-7b"], "style", "4090", "1", "q")
    assert "Which way" not in session.said
    assert "Which base model" not in session.said
    assert "device: rtx4090" in saved()


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


def run(data: bytes | None, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a session of its own, so that there is no terminal at all."""
    command = [sys.executable, "-m", "advisor", "--lang", "zh", "ask", *arguments, "--date", DAY.isoformat()]
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=False, start_new_session=True)


def test_without_a_terminal_and_without_answers() -> None:
    done = run(b"")
    assert (done.returncode, done.stderr.decode()) == (
        2, "plan.yaml：还缺少：training.method、model、hardware.device、hardware.count\n",
    )  # fmt: skip
    assert not Path("plan.yaml").exists()


def test_with_its_input_closed() -> None:
    command = f"exec {sys.executable} -m advisor --lang zh ask <&-"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.decode()) == (
        2, "plan.yaml：还缺少：training.method、model、hardware.device、hardware.count\n",
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_pipe_in_the_encodings_of_chinese_systems(encoding: str, end: str) -> None:
    done = run("".join(line + end for line in ("懂我们的文档", "不训练", "千问3 8B", "q")).encode(encoding))
    assert done.returncode == 0
    assert saved() == (
        "version: 1\nmodel:\n  name: qwen3-8b\ntraining:\n  method: none\nproject:\n  goal: api-knowledge\n"
    )


def test_a_reader_that_goes_away_does_not_take_the_answers_along() -> None:
    command = f"printf 'style\\nlora\\n' | {sys.executable} -m advisor --lang en ask 2>err | head -n 1"
    subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=60, check=False)
    assert "Traceback" not in Path("err").read_text(encoding="utf-8")


def test_what_is_wrong_with_the_rules_is_told_before_anything_is_asked() -> None:
    Path("rules").mkdir()
    Path("rules/OWN001.yaml").write_text("id: OWN001\n", encoding="utf-8")
    done = run("风格\n".encode(), "--rules", "rules")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "OWN001" in done.stderr.decode()


GOOD = "version: 1\nmodel: {name: qwen2.5-7b}\ntraining: {method: lora}\nhardware: {device: rtx4090, count: 1}\n"


@pytest.mark.parametrize(
    ("lang", "end"),
    [
        ("en", "\nNext:\n  advisor check plan.yaml  all findings, {count} in number\n"),
        ("zh", "\n接下来：\n  advisor check plan.yaml  看全部 {count} 条结论\n"),
    ],
)
def test_a_plan_that_works_is_told_so(lang: Language, end: str) -> None:
    Path("plan.yaml").write_text(GOOD, encoding="utf-8")
    session = talk(lang, [], *[""] * 20)
    judgement = load_advisor().judge(load_plan(Path("plan.yaml")), DAY)
    assert judgement.verdict == "go"
    assert end.format(count=len(judgement.findings)) in session.said
    assert {"en": "The plan works. ", "zh": "计划可行。"}[lang] in session.said or "The plan stands" in session.said


def test_what_an_answer_says_beside_is_told_and_can_be_changed() -> None:
    session = talk("zh", [], "风格", "LoRA", "7B", "两台8卡 A100 80G", "q")
    assert "  → 加速卡：a100-80g-sxm (A100 80GB SXM4)\n  → 数量：16\n  → 机器台数：2\n" in session.said
    session = talk("zh", [], *[""] * 20)
    assert re.search(r"(?m)^   7\. 机器台数 +2$", session.said)
    session = talk("zh", ["--only", "hardware"], "8 张 A100 80G", "q")
    assert "nodes" not in saved()


def test_names_that_nobody_knows_are_asked_again() -> None:
    Path("plan.yaml").write_text(GOOD.replace("rtx4090", "rtx9090").replace("qwen2.5-7b", "qwen9-7b"), encoding="utf-8")
    session = talk("zh", [], "风格", "千问2.5 7B", "4090", *[""] * 20)
    assert session.said.startswith(
        "hardware.device：未知的设备 `rtx9090`。最接近的已知设备：rtx5090, rtx4090, rtx3090, rtx4090d。这一项\n"
        "重新问一次。\n"
        "model.name：未知的模型 `qwen9-7b`。最接近的已知模型：qwen-7b, qwen-72b, qwen2-7b, qwen2-72b。补充\n"
        "`parameters` 后也可直接估算。这一项重新问一次。\n"
    )
    plan = load_plan(Path("plan.yaml")).plan
    assert plan.model is not None and plan.hardware is not None
    assert (plan.model.name, plan.hardware.device, plan.hardware.count) == ("qwen2.5-7b", "rtx4090", 1)
    Path("plan.yaml").write_text(GOOD.replace("rtx4090", "rtx9090"), encoding="utf-8")
    assert talk("en", ["--no-input"]).told == (
        "plan.yaml: hardware.device: Unknown device `rtx9090`. "
        "The nearest known: rtx5090, rtx4090, rtx3090, rtx4090d.\n"
    )
