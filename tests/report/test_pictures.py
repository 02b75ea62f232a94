"""Pictures: well-formed, the same bytes, true to their numbers, inside their frame, readable without colour."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from advisor.library import Report, check
from advisor.options.front import front_of
from advisor.report.html import render_model as render_html
from advisor.report.model import Picture, text_of
from advisor.report.pictures import pictures_of, px, svg
from advisor.report.wrapping import columns
from advisor.words import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["cost", "pareto", "timeline", "memory"]


@pytest.fixture(scope="module")
def story(day: date) -> Report:
    return check(ROOT / "examples" / "openharmony-30b-v100.yaml", today=day)


@pytest.fixture(params=LANGUAGES)
def drawn(request: pytest.FixtureRequest, story: Report) -> dict[str, Picture]:
    lang: Language = request.param
    return {row.name: row for row in pictures_of(story.to_model(lang))}


def test_these_are_the_pictures(drawn: dict[str, Picture]) -> None:
    assert list(drawn) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_is_xml_with_text_alternatives_and_the_same_bytes(drawn: dict[str, Picture], name: str) -> None:
    picture = drawn[name]
    text = svg(picture)
    assert text == svg(picture)
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    assert [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")] == [picture.title, picture.description]
    assert not re.search(r"<(script|image|use|a|foreignObject)\b|href|@import", text)
    assert len(text) < 20_000


@pytest.mark.parametrize("name", NAMES)
def test_every_word_stays_in_the_frame(drawn: dict[str, Picture], name: str) -> None:
    """By the columns that a text takes; a column of the default font at 12 units is at most 7.2 wide."""
    root = ET.fromstring(svg(drawn[name]))
    _, _, width, height = (float(part) for part in (root.get("viewBox") or "").split())
    for element in root.iter(f"{SVG}text"):
        said = "".join(element.itertext())
        long = columns(said) * 6.6
        x, y = float(element.get("x", "0")), float(element.get("y", "0"))
        start = {"end": x - long, "middle": x - long / 2}.get(element.get("text-anchor", ""), x)
        assert start >= -8, said
        assert start + long <= width + 8, said
        assert 10 <= y <= height - 2, said


def test_the_memory_adds_up_to_its_bar(story: Report, drawn: dict[str, Picture]) -> None:
    memory = story.estimates.memory
    assert memory is not None
    root = ET.fromstring(svg(drawn["memory"]))
    bars = [row for row in root.iter(f"{SVG}rect") if row.get("class") in {"p-bar", "p-mark"}]
    wide = [float(row.get("width", "0")) for row in bars]
    parts = [size for size in memory.parts.values() if size > 0]
    assert len(wide) == len(parts) + 1
    unit = wide[-1] / memory.per_device.likely
    for shown, size in zip(wide, parts, strict=False):
        assert shown == pytest.approx(size * unit, abs=1.1)
    assert sum(wide[:-1]) == pytest.approx(wide[-1], abs=2)
    left = float(bars[-1].get("x", "0"))
    limits = {float(row.get("x1", "0")) for row in root.iter(f"{SVG}line") if row.get("class") == "p-limit"}
    assert len(limits) == 1
    assert limits.pop() == pytest.approx(left + memory.usable_gib * unit, abs=0.2)


def test_the_budget_stands_where_it_cuts_the_bars(story: Report, drawn: dict[str, Picture]) -> None:
    cost = story.estimates.cost
    assert cost is not None and cost.project is not None
    root = ET.fromstring(svg(drawn["cost"]))
    plan = next(row for row in root.iter(f"{SVG}rect") if row.get("class") == "p-mark")
    start, wide = float(plan.get("x", "0")), float(plan.get("width", "0"))
    unit = wide / (cost.project.high - cost.project.low)
    zero = start - cost.project.low * unit
    limits = {row.get("x1") for row in root.iter(f"{SVG}line") if row.get("class") == "p-limit"}
    assert len(limits) == 1
    assert float(limits.pop() or 0) == pytest.approx(zero + 100_000 * unit, abs=0.3)


def test_the_front_is_that_of_the_options(story: Report, drawn: dict[str, Picture]) -> None:
    points = front_of(story.options.options)
    table = drawn["pareto"].table
    assert len(table.rows) == len(points)
    for row, point in zip(table.rows, points, strict=True):
        assert text_of(row[0]).endswith(f" {point.number}")
        assert (text_of(row[-1]) == "—") == point.on_front
    root = ET.fromstring(svg(drawn["pareto"]))
    solid = [element for element in root.iter() if element.get("class") == "p-bar"]
    hollow = [element for element in root.iter() if element.get("class") == "p-hollow"]
    beaten = sum(not point.on_front for point in points)
    assert len(solid) == len(points) - beaten + 3  # and the legend's
    assert len(hollow) == beaten + 1


def test_phases_differ_by_pattern_and_risks_by_shape(drawn: dict[str, Picture]) -> None:
    patterns = re.findall(r'<pattern id="[^"]*" .*?</pattern>', svg(drawn["timeline"]), re.DOTALL)
    bare = {re.sub(r'id="[^"]*"', "", row) for row in patterns}
    assert len(patterns) == len(bare) == 5
    legend = svg(drawn["pareto"]).split("</title>")[1]
    assert {"<circle", "<rect", "<path"} <= set(re.findall(r"<(?:circle|rect|path)", legend))


def test_hostile_words_stay_words(drawn: dict[str, Picture]) -> None:
    evil = '</text><script>alert(1)</script>"]]>&lt;'
    picture = drawn["cost"]
    bars = [{**row, "what": evil, "name": evil} for row in picture.data["bars"]]
    changed = replace(picture, title=evil, description=evil, data={**picture.data, "bars": bars})
    root = ET.fromstring(svg(changed))
    assert root.findtext(f"{SVG}title") == evil
    assert "script" not in {element.tag.removeprefix(SVG) for element in root.iter()}


def test_a_page_colours_them_and_a_file_brings_its_own_colours(story: Report, drawn: dict[str, Picture]) -> None:
    alone, inside = svg(drawn["cost"]), svg(drawn["cost"], "x", alone=False)
    assert "prefers-color-scheme: dark" in alone
    assert "<style>" not in inside
    page = render_html(story.to_model("en"))
    for name in set(re.findall(r'class="(p-[a-z-]+)"', page)):
        assert f".{name} {{" in page


@pytest.mark.parametrize(
    ("value", "expected"), [(0.04, "0"), (-0.04, "0"), (12.0, "12"), (12.349, "12.3"), (7.96, "8")]
)
def test_lengths_are_short(value: float, expected: str) -> None:
    assert px(value) == expected
