"""The HTML report: whole, self-contained, readable by everybody; what browsers show is looked at in test_browser."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from pages import Page, contrast, palettes

from advisor.library import Report, check
from advisor.report.html import render_model
from advisor.report.model import AUDIENCES, Audience, ComparisonModel, ReportModel, Span, comparison_model
from advisor.words import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def story(day: date) -> Report:
    return check(ROOT / "examples" / "openharmony-30b-v100.yaml", today=day)


@pytest.fixture(scope="module")
def models(story: Report, day: date) -> dict[tuple[Language, str], ReportModel | ComparisonModel]:
    made: dict[tuple[Language, str], ReportModel | ComparisonModel] = {}
    for lang in LANGUAGES:
        for who in AUDIENCES:
            made[lang, who] = story.to_model(lang, audience=who)
        judged = [(check(path, today=day).judgement, None) for path in EXAMPLES]
        made[lang, "compared"] = comparison_model(judged, lang)
    return made


@pytest.fixture(scope="module", params=[(lang, kind) for lang in LANGUAGES for kind in (*AUDIENCES, "compared")],
                ids="-".join)  # fmt: skip
def shown(request: pytest.FixtureRequest, models: dict[tuple[Language, str], ReportModel | ComparisonModel]) -> str:
    return render_model(models[request.param])


def test_tags_nest_and_ids_are_unique(shown: str) -> None:
    page = Page(shown)
    assert page.mistakes == []
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert [name for name, count in ids.items() if count > 1] == []


def test_it_loads_nothing(shown: str) -> None:
    page = Page(shown)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "video",
        "audio",
        "use",
        "image",
    }
    for tag, attributes in page.elements:
        assert not {name for name in attributes if name.startswith("on")}
        assert not {"src", "srcset", "action", "background", "xlink:href", "style"} & set(attributes)
        if "href" in attributes:
            assert tag == "a"
    assert "@import" not in shown
    assert [found for found in re.findall(r"url\(([^)]*)\)", shown) if not found.startswith("#")] == []
    policy = next(row["content"] for row in page.all("meta") if row.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_references_lead_somewhere(shown: str) -> None:
    page = Page(shown)
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for _, attributes in page.elements:
        for name in (attributes.get("aria-labelledby") or "").split():
            assert name in ids
    for row in page.all("a"):
        target = row["href"] or ""
        assert target.removeprefix("#") in ids if target.startswith("#") else re.match(r"https?://", target)
    for found in re.findall(r"url\(#([^)]*)\)", shown):
        assert found in ids


def test_headings_are_in_order(shown: str) -> None:
    levels = [level for level, _ in Page(shown).headings]
    assert levels[0] == 1
    assert [(one, other) for one, other in pairwise(levels) if other > one + 1] == []
    assert all(said.strip() for _, said in Page(shown).headings)


def test_the_language_and_the_viewport_are_said(shown: str) -> None:
    page = Page(shown)
    assert page.all("html")[0]["lang"] in {"en", "zh-CN"}
    names = {row.get("name"): row.get("content") for row in page.all("meta")}
    assert names["viewport"] == "width=device-width, initial-scale=1"
    assert names["color-scheme"] == "light dark"
    assert len(page.all("title")) == 1 + len(page.all("svg"))


def test_every_table_names_its_columns_and_rows(shown: str) -> None:
    page = Page(shown)
    assert {row.get("scope") for row in page.all("th")} == {"col", "row"}
    assert all("data-label" in row for row in page.all("td") if row.get("class"))


def test_pictures_have_text_alternatives(shown: str) -> None:
    page = Page(shown)
    pictures = page.all("svg")
    assert pictures
    for row in pictures:
        assert row["role"] == "img"
        assert len((row["aria-labelledby"] or "").split()) == 2
    assert len(page.all("desc")) == len(pictures) == len(page.all("details"))


def test_a_narrow_screen_is_never_wider_than_it_is(shown: str) -> None:
    """Long words break, wide tables become cards, pictures shrink; only code scrolls, which a keyboard can reach."""
    assert "overflow-wrap: anywhere" in shown
    narrow = shown.split("@media (max-width: 44rem)")[1].split("@media print", maxsplit=1)[0]
    assert re.search(r"table\.wide td \{ display: block", narrow)
    page = Page(shown)
    assert all("width" not in row for row in page.all("svg"))
    assert all(row.get("tabindex") == "0" for row in page.all("pre"))


TEXT = ("ink", "soft", "link", "go", "caution", "no-go", "limit")
SHAPES = ("bar", "mark", "limit", "ink")


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_colours_stand_out(story: Report, scheme: str) -> None:
    colours = palettes(render_model(story.to_model("en")))[scheme]
    for name in TEXT:
        for paper in ("paper", "tint"):
            assert contrast(colours[name], colours[paper]) >= 4.5, (name, paper)
    for name in SHAPES:
        assert contrast(colours[name], colours["paper"]) >= 3, name
    assert contrast(colours["hatch"], colours["bar"]) >= 3
    assert contrast(colours["hatch"], colours["mark"]) >= 3


def test_the_verdict_is_more_than_a_colour() -> None:
    style = (ROOT / "templates" / "style.html.j2").read_text(encoding="utf-8")
    marks = re.findall(r"\.verdict-([a-z-]+) dd::before \{ content: \"(.)\"", style)
    assert dict(marks) == {"go": "●", "caution": "▲", "no-go": "■"}


def spans_in(value: object) -> list[str]:
    if isinstance(value, Span):
        return [value.text]
    if isinstance(value, tuple):
        return [text for item in value for text in spans_in(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for name in value.__dataclass_fields__ for text in spans_in(getattr(value, name))]
    return []


@pytest.mark.parametrize("who", AUDIENCES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_shows_all_that_the_model_holds(story: Report, lang: Language, who: Audience) -> None:
    model = story.to_model(lang, audience=who)
    text = re.sub(r"\s", "", Page(render_model(model)).text)
    assert [said for said in spans_in(model) if re.sub(r"\s", "", said) not in text] == []
    for section in model.sections:
        assert re.sub(r"\s", "", section.title) in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_equal_models_give_equal_bytes(story: Report, day: date, lang: Language) -> None:
    again = check(ROOT / "examples" / "openharmony-30b-v100.yaml", today=day)
    assert render_model(story.to_model(lang)) == render_model(again.to_model(lang))


def test_lines_of_code_keep_their_breaks(story: Report) -> None:
    text = render_model(story.to_model("en", audience="engineering"))
    inside = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", text, re.DOTALL)
    assert any("\n  &#34;zero_optimization&#34;" in block for block in inside)
