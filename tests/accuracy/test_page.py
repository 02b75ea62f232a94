"""The page and the picture of the score, from a few runs whose figures are known."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.estimates.backtest_memory import Reliability
from advisor.library import load_advisor
from advisor.report.accuracy import Accuracy, Line, Point, Rival, as_json, measured_folder, score, worst
from advisor.report.accuracy_page import render
from advisor.report.accuracy_picture import render_picture
from advisor.words import LANGUAGES, Language, Words

SVG = "{http://www.w3.org/2000/svg}"


def point(name: str, source: str, measured: float, estimated: float, reason: Words | None = None) -> Point:
    return Point(name, source, "lora", "llama-3-8b, lora, litgpt, 1 × a10g, s 512, b 1", measured, estimated, reason)


def accuracy() -> Accuracy:
    line = Line("all", "all", 2, 0.1, 0.05, 0.5)
    return Accuracy(
        memory=(line, Line("method", "lora-single", 2, 0.1, 0.05, 0.5)),
        memory_within_ten=0.5,
        memory_said=(Line("said", "as-planned", 2, 0.12, 0.05, 1.0),),
        reliability=(Reliability(0.0, 0.1, 1, 9), Reliability(0.9, 1.0, 40, 0)),
        memory_rivals=(Rival(Words("16 bytes", "16 字节"), False, {"lora-single": (1, 0.5)}),),
        out_of_memory=3,
        out_of_memory_called=2,
        fitted=2,
        fitted_called_no=0,
        time=(line,),
        time_rivals=(Rival(Words("6ND", "6ND"), False, {"all": (2, 0.25)}),),
        hours=(line,),
        serving=(Line("kind", "decode", 2, 0.07, -0.02, 1.0),),
        memory_points=(point("M-1", "a/b", 10, 11), point("M-2", "a/c", 20, 20, Words("Why.", "原因。"))),
        time_points=(point("T-1", "a/b", 1000, 900),),
        peers=(),
    )


def test_the_page_says_what_was_scored() -> None:
    text = render(accuracy(), "en", "accuracy.svg")
    for part in (
        "![Measured against estimated: memory and speed](accuracy.svg)",
        "| all | 2 | 10.0% | +5.0% | 50% |",
        "50% of all runs are within 10 %.",
        "Of 3 runs that ran out of memory, 2 are not called fitting; of 2 that fitted, 0 are called “no”.",
        "| framework named | 2 | 12.0% | +5.0% | 100% |",
        "| 0%–10% | 1 | 9 |",
        "| 90%–100% | 40 | 0 |",
        "| Group | advisor | 16 bytes |",
        "| lora-single | 10.0% | 50% (1) |",
        "| M-1: llama-3-8b, lora, litgpt, 1 × a10g, s 512, b 1 | a/b | 10 | 11 | +10% | not known |",
        "| M-2: llama-3-8b, lora, litgpt, 1 × a10g, s 512, b 1 | a/c | 20 | 20 | +0% | Why. |",
        "| all | 10.0% | 25% |",
        "| decode | 2 | 7.0% | -2.0% | 100% |",
    ):
        assert part in text, part
    assert "原因。" in render(accuracy(), "zh")
    assert "![" not in render(accuracy(), "zh")


def test_the_page_names_the_calculators_that_were_asked() -> None:
    assert "asks these where they are installed: ftuneai, llm-analysis." in render(accuracy(), "en")
    assert "Other calculators asked: ftuneai 0.4.1." in render(replace(accuracy(), peers=("ftuneai 0.4.1",)), "en")


def test_the_worst_runs_leave_room_for_other_sources() -> None:
    points = [point(f"M-{n}", "one/source", 10, 10 + n) for n in range(1, 9)] + [point("M-9", "other/source", 10, 9)]
    assert [one.id for one in worst(points)] == ["M-8", "M-7", "M-9"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_picture_is_well_formed_and_told_in_words(lang: Language) -> None:
    text = render_picture(accuracy(), lang)
    assert text == render_picture(accuracy(), lang)
    root = ET.fromstring(text)
    assert root.find(f"{SVG}title") is not None
    description = root.find(f"{SVG}desc")
    assert description is not None and description.text is not None and "10.0%" in description.text
    drawn = [part.get("d", "") for part in root.iter(f"{SVG}path") if part.get("class") == "lora"]
    assert sorted(path.count("M") for path in drawn) == [1, 1, 2]  # the legend, one run of speed, two of memory
    assert "prefers-color-scheme:dark" in text


def test_scores_for_programs_are_plain() -> None:
    made = as_json(accuracy(), "zh")
    assert json.loads(json.dumps(made)) == made
    assert made["memory"][0] == {
        "axis": "all", "group": "all", "runs": 2, "error": 0.1, "bias": 0.05, "inside": 0.5
    }  # fmt: skip
    assert made["memory_points"][1]["reason"] == "原因。"
    assert made["memory_rivals"][0] == {"name": "16 字节", "peer": False, "groups": {"lora-single": [1, 0.5]}}


def test_runs_of_ones_own_folder_are_judged_by_the_calibration(tmp_path: Path) -> None:
    lines = (measured_folder() / "memory.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "memory.csv").write_text("".join(lines[:6]), encoding="utf-8")
    found = score(load_advisor(), tmp_path)
    assert (found.fitted, found.line("memory", "all").runs, found.time) == (5, 5, ())
    assert "| all | 5 |" in render(found, "en")
    with pytest.raises(FileNotFoundError):
        score(load_advisor(), tmp_path / "nothing")
