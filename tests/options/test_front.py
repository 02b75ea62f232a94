"""The front holds what nothing beats in cost, time and risk; its picture is whole and always the same."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from advisor.cli import build
from advisor.library import load_advisor
from advisor.options import Options, find_options
from advisor.options.front import front_as_json, front_of, render_front
from advisor.options.render import options_as_json, render
from advisor.plan.read import load_plan
from advisor.words import LANGUAGES, Language

TODAY = date(2026, 11, 22)
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
STORY = next(file for file in EXAMPLES if file.stem == "openharmony-30b-v100")
SVG = "{http://www.w3.org/2000/svg}"
RISKS = ["low", "medium", "high"]


@cache
def found(file: Path) -> Options:
    advisor = load_advisor()
    return find_options(advisor, advisor.judge(load_plan(file), TODAY))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_what_is_on_the_front_is_not_beaten_and_the_rest_is(file: Path) -> None:
    rows = front_as_json(found(file), "en")
    given = [set(option.gives_up) for option in found(file).options]
    assert [row["option"] for row in rows] == list(range(1, len(given) + 1))
    for row, mine in zip(rows, given, strict=True):
        better = [
            other["option"]
            for other, theirs in zip(rows, given, strict=True)
            if theirs <= mine
            and other["cost"] <= row["cost"]
            and other["days"] <= row["days"]
            and RISKS.index(other["risk"]) <= RISKS.index(row["risk"])
            and (other["cost"], other["days"], other["risk"]) != (row["cost"], row["days"], row["risk"])
        ]
        assert row["on_front"] == (not better)
        assert set(row["beaten_by"]) <= set(better)
        assert bool(row["beaten_by"]) == bool(better)
        assert all(rows[number - 1]["on_front"] for number in row["beaten_by"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_picture_says_in_words_what_it_shows(lang: Language) -> None:
    text = render_front(found(STORY), lang)
    assert text is not None
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    labels = (root.get("aria-labelledby") or "").split()
    assert [node.get("id") for node in (root.find(f"{SVG}title"), root.find(f"{SVG}desc"))] == labels
    description = root.findtext(f"{SVG}desc") or ""
    numbers = {node.text for node in root.iter(f"{SVG}text")}
    for number, option in enumerate(found(STORY).options, 1):
        assert option.title.text(lang) in description
        assert str(number) in numbers
    assert ("风险" in description) == (lang == "zh")
    for node in root.iter():
        for name in ("x", "y", "cx", "cy"):
            assert 0 <= float(node.get(name, "0")) <= 720


def test_picture_is_the_same_every_time() -> None:
    advisor = load_advisor()
    again = find_options(advisor, advisor.judge(load_plan(STORY), TODAY))
    assert render_front(found(STORY), "zh") == render_front(again, "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_lists_the_front(lang: Language) -> None:
    text = render(found(STORY), lang)
    head = {"en": "Front of cost, time and risk", "zh": "最优前沿"}[lang]
    part = text.partition(head)[2].partition("\n\n")[0]
    row = {"en": "Option {}: ", "zh": "方案 {}："}[lang]
    for point in front_of(found(STORY).options):
        assert (row.format(point.number) in part) == point.on_front


def test_json_holds_the_front() -> None:
    assert json.loads(json.dumps(options_as_json(found(STORY), "en")))["front"] == front_as_json(found(STORY), "en")


def test_command_prints_the_picture() -> None:
    result = CliRunner().invoke(build("en"), ["options", str(STORY), "--date", "2026-11-22", "--format", "svg"])
    assert result.exit_code == 0
    assert result.stdout == render_front(found(STORY), "en")


def test_a_picture_of_nothing_to_compare_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("version: 1\nmodel: {name: qwen2.5-7b}\ntraining: {method: lora}\n"
                    "hardware: {device: rtx4090, count: 1}\n"
                    "project: {sensitivity: secret, requirements: [air-gapped, domestic-model], regions: [US]}\n",
                    encoding="utf-8")  # fmt: skip
    result = CliRunner().invoke(build("en"), ["options", str(file), "--date", "2026-11-22", "--keep", "model",
                                              "--format", "svg"])  # fmt: skip
    assert result.exit_code == 2
    assert "at least two options" in result.output
