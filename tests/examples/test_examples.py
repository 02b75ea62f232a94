"""Every example plan with its full expected result, in both languages.

`ADVISOR_UPDATE=1 pytest tests/examples` writes what the advisor says now; read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from advisor.library import load_advisor
from advisor.plan.read import load_plan
from advisor.report.contract import as_json
from advisor.words import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
EXPECTED = Path(__file__).parent / "expected"
PLANS = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
VERDICTS = {
    "full-70b-64-a100": "caution",
    "lora-7b-one-card": "go",
    "openharmony-30b-retrieval": "go",
    "openharmony-30b-v100": "no-go",
    "pretrain-100b-1024-a100": "caution",
    "qlora-8b-fine": "go",
}


def result(name: str, lang: Language, day: date) -> dict[str, object]:
    judgement = load_advisor().judge(load_plan(ROOT / "examples" / f"{name}.yaml"), day)
    data = as_json(judgement, lang)
    data["plan"]["path"] = f"examples/{name}.yaml"
    return data


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PLANS)
def test_the_whole_result(name: str, lang: Language, day: date) -> None:
    file = EXPECTED / f"{name}.{lang}.json"
    text = json.dumps(result(name, lang, day), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("ADVISOR_UPDATE"):
        EXPECTED.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PLANS)
def test_the_verdict(name: str, day: date) -> None:
    assert result(name, "en", day)["verdict"] == VERDICTS[name]


def test_the_fine_plan_is_silent(day: date) -> None:
    assert result("qlora-8b-fine", "en", day)["findings"] == []


def test_the_story(day: date) -> None:
    """What the plan that most needed an answer must be told, each at a line of the plan."""
    found = result("openharmony-30b-v100", "en", day)
    rows = {row["id"]: row for row in found["findings"]}  # type: ignore[index, attr-defined]
    lines = (ROOT / "examples/openharmony-30b-v100.yaml").read_text().splitlines()
    said = {
        ("MEM001", "blocker"): "hardware:", ("TEA001", "blocker"): "team:", ("NUM002", "high"): "precision:",
        ("DAT001", "high"): "data:", ("TIM002", "high"): "deadline:", ("SFT001", "high"): "device:",
        ("CMP014", "high"): "device:", ("LIC003", "high"): "model:", ("LIC028", "high"): "data:",
        ("MTD001", "high"): "goal:", ("CST002", "high"): "budget:", ("LIC038", "medium"): "title:",
    }  # fmt: skip
    for (rule, severity), key in said.items():
        assert rows[rule]["severity"] == severity, rule
        at = rows[rule]["at"]
        nearby = " ".join(lines[max(0, at["line"] - 3) : at["line"]])
        assert key in nearby, (rule, at)
    assert "480 GB" in rows["MEM001"]["says"]
    assert "256 GB" in rows["MEM001"]["says"]
    days = found["estimates"]["time"]["days"]["likely"]  # type: ignore[index]
    assert 80 <= days <= 200


def test_the_story_on_eight_a100(day: date) -> None:
    import advisor  # noqa: PLC0415 - the library as a user would call it

    text = (ROOT / "examples/openharmony-30b-v100.yaml").read_text()
    changed = text.replace("v100-32g-sxm2", "a100-80g-sxm").replace("precision: fp16", "precision: bf16")
    time = advisor.check(changed.encode(), today=day).estimates.time
    assert time is not None
    assert time.days is not None
    assert 18 <= time.days.likely <= 50


def test_a_thousand_a100_for_a_hundred_billion(day: date) -> None:
    found = result("pretrain-100b-1024-a100", "en", day)
    assert 2e6 <= found["estimates"]["time"]["device_hours"]["likely"] <= 3e6  # type: ignore[index]
