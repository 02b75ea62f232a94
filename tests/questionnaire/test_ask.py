"""`advisor ask` as people and scripts use it: whole sessions in both languages, pipes, interruptions, `--set`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import build
from advisor.library import Report, load_advisor
from advisor.plan.read import load_plan
from advisor.words import Language

TRANSCRIPTS = Path(__file__).parent / "transcripts"
SO_FAR = re.compile(r"(?m)^  (?:So far: |目前估算：).*(?:\n    .*)*")


class Session:
    """What one run of the command said and did."""

    def __init__(self, folder: Path, lang: Language, arguments: list[str], lines: list[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        runner = CliRunner()
        with runner.isolated_filesystem(folder):
            for file in folder.glob("*.yaml"):
                Path(file.name).write_bytes(file.read_bytes())
            result = runner.invoke(
                build(lang), ["ask", *arguments, "--date", "2026-11-22"], input=text, standalone_mode=False
            )
            for made in Path().glob("*.yaml"):
                (folder / made.name).write_bytes(made.read_bytes())
        if result.exception is not None:
            raise result.exception
        self.code, self.said, self.told = result.return_value, result.stdout, result.stderr


def talk(folder: Path, lang: Language, arguments: list[str], *lines: str) -> Session:
    return Session(folder, lang, arguments, list(lines))


def without_figures(text: str) -> str:
    """A session with the digits of its estimates taken out: they move with every calibration."""
    return SO_FAR.sub(lambda match: re.sub(r"[0-9][0-9.,]*", "#", match[0]), text)


STORY: dict[Language, list[str]] = {
    "zh": [
        "懂我们的 API", "持续预训练", "30B", "?", "50G 代码", "1", "公司内部",
        "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "-", "八张 V100", "4", "已经有了", "512", "1", "fp16", "4k", "",
        "10万", "<", "100000", "1", "三个月", "交付权重", "机密", "物理机", "信创、国产模型、本地部署", "中国", "没有", "", "", "",
    ],
    "en": [
        "know our APIs", "continued pre-training", "30B", "?", "50 GB of code", "1", "ours",
        "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "-", "eight V100s", "4", "we have them", "512", "1", "fp16",
        "4k", "", "100k CNY", "<", "100000", "1", "3 months", "customers, who get the weights", "confidential",
        "bare metal", "domestic hardware, domestic model and on-premises", "China", "nobody", "", "", "",
    ],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_story(tmp_path: Path, lang: Language, root: Path) -> None:
    session = talk(tmp_path, lang, ["story.yaml"], *STORY[lang])
    asked, checked = session.said.split("story.yaml: ", 1)
    expected = (TRANSCRIPTS / f"story.{lang}.txt").read_text(encoding="utf-8")
    assert without_figures(asked) == expected
    assert session.code == 0
    plan = load_plan(tmp_path / "story.yaml")
    judgement = load_advisor().judge(plan, load_date())
    assert checked == Report(judgement).to_text(lang).split(": ", 1)[1]
    assert judgement.verdict == "no-go"
    assert (tmp_path / "story.yaml").read_text(encoding="utf-8") == (
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


def load_date() -> object:
    from datetime import date

    return date(2026, 11, 22)
