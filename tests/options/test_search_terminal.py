"""A search on a terminal: it says how far it is after a second, and Ctrl-C shows the best so far."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pexpect = pytest.importorskip("pexpect")

PLAN = """\
version: 1
model: {name: qwen2.5-7b}
training: {method: lora, sequence_length: 2048}
hardware: {device: rtx4090, count: 1, tenure: owned}
data: [{name: answers, kind: instructions, tokens: 50M, license: LicenseRef-internal, source: internal}]
project: {goal: task, use: internal, regions: [US]}
"""
CARDS = 300
"""Cards that the tests' own knowledge adds, so that the search takes some seconds."""


@pytest.fixture(scope="module")
def overlay(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of knowledge with many cards to rent, each a little dearer than the last."""
    card = yaml.safe_load((root / "knowledge/devices/nvidia-ada.yaml").read_text(encoding="utf-8"))["l40s"]
    prices = yaml.safe_load((root / "knowledge/prices/rent-abroad.yaml").read_text(encoding="utf-8"))
    price = prices["rent-global-runpod-l40s"]
    folder = tmp_path_factory.mktemp("knowledge")
    for family, rows in {
        "devices": {
            f"card{number}": json.loads(json.dumps(card | {"name": f"Card {number}", "aliases": []}, default=str))
            for number in range(CARDS)
        },
        "prices": {
            f"rent-card{number}": json.loads(
                json.dumps(price | {"item": f"card{number}", "likely": 5 + number / 1000}, default=str)
            )
            for number in range(CARDS)
        },
    }.items():
        (folder / family).mkdir()
        (folder / family / "own.yaml").write_text(json.dumps(rows), encoding="utf-8")
    return folder


def started(overlay: Path, folder: Path, *more: str) -> pexpect.spawn:
    plan = folder / "plan.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    command = ["-m", "advisor", "--lang", "en", "options", str(plan), "--date", "2026-11-22"]
    return pexpect.spawn(sys.executable, [*command, "--knowledge", str(overlay), "--optimise", "cost", *more],
                         encoding="utf-8", timeout=60,
                         dimensions=(40, 120))  # fmt: skip


def test_progress_is_shown_and_taken_away(overlay: Path, tmp_path: Path) -> None:
    child = started(overlay, tmp_path)
    child.expect(r"Searching: ([1-9]\d*) of (\d+)\r")
    done, total = (int(number) for number in child.match.groups())
    assert 0 < done < total
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    end = child.before.replace("\r\n", "\n")
    assert "\r\x1b[K" in end  # the line is cleared before the answer
    assert "Interrupted" not in end
    assert not re.search(r"Searching", end.partition("Options for")[2])


def test_ctrl_c_shows_the_best_so_far(overlay: Path, tmp_path: Path) -> None:
    child = started(overlay, tmp_path)
    done, total = 0, 1
    while done < 0.6 * total:  # the first kinds of options are judged by then
        child.expect(r"Searching: (\d+) of (\d+)")
        done, total = (int(number) for number in child.match.groups())
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Interrupted: the best found so far." in child.before
    assert "LoRA · Qwen3-8B" in child.before
    assert "Traceback" not in child.before


def test_nothing_is_shown_where_nobody_watches(overlay: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    command = [sys.executable, "-m", "advisor", "options", str(plan), "--knowledge", str(overlay), "--format", "json"]
    done = subprocess.run([*command, "--date", "2026-11-22"], capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout)["complete"] is True
