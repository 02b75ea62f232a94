"""What a browser shows of the HTML report: nothing sticks out, nothing is loaded, one printed page to decide from.

Skipped where there is no Chromium. With the path of axe-core's `axe.min.js` in AXE it also looks for barriers:
`npm install axe-core && AXE=node_modules/axe-core/axe.min.js pytest tests/report/test_browser.py`.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from browser import Browser, program

from advisor.library import Report, check
from advisor.report.html import render_model
from advisor.report.model import AUDIENCES, Audience, ReportModel, comparison_model
from advisor.words import LANGUAGES, Language

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(program() is None, reason="no Chromium on this machine"),
]
ROOT = Path(__file__).parents[2]
STICKS_OUT = """
(() => {
  const wide = document.documentElement.clientWidth, found = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('pre, svg, thead')) continue;
    const box = element.getBoundingClientRect();
    if (box.width && box.right > wide + 1) found.push(element.tagName + ' ' + element.textContent.slice(0, 60));
  }
  if (document.documentElement.scrollWidth > wide) found.push('the page itself');
  for (const drawing of document.querySelectorAll('svg')) {
    const frame = drawing.getBoundingClientRect();
    for (const text of drawing.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
        found.push('picture: ' + text.textContent);
    }
  }
  return found;
})()
"""


@pytest.fixture(scope="module")
def story(day: date) -> Report:
    return check(ROOT / "examples" / "openharmony-30b-v100.yaml", today=day)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(program() or "", tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(story: Report, day: date, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[Language, str], Path]:
    folder = tmp_path_factory.mktemp("pages")
    made: dict[tuple[Language, str], Path] = {}
    for lang in LANGUAGES:
        texts = {who: render_model(story.to_model(lang, audience=who)) for who in AUDIENCES}
        judged = [(check(path, today=day).judgement, None) for path in sorted((ROOT / "examples").glob("*.yaml"))]
        texts_all = {**texts, "compared": render_model(comparison_model(judged, lang))}
        for kind, text in texts_all.items():
            made[lang, kind] = folder / f"{lang}-{kind}.html"
            made[lang, kind].write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("kind", "scheme"),
    [("leadership", "light"), ("leadership", "dark"), ("engineering", "light"), ("compared", "dark")],
)
@pytest.mark.parametrize("width", [1100, 390])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_sticks_out_and_nothing_is_loaded(
    browser: Browser, pages: dict[tuple[Language, str], Path], lang: Language, kind: str, width: int, scheme: str
) -> None:
    browser.open(pages[lang, kind], width=width, scheme=scheme)
    assert browser.evaluate(STICKS_OUT) == []
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0
    paper = browser.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 24, 29)"}[scheme]


@pytest.mark.skipif("AXE" not in os.environ, reason="AXE does not name axe-core's axe.min.js")
@pytest.mark.parametrize("width", [1100, 390])
@pytest.mark.parametrize("kind", [*AUDIENCES, "compared"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_no_barriers(
    browser: Browser, pages: dict[tuple[Language, str], Path], lang: Language, kind: str, width: int
) -> None:
    for scheme in ("light", "dark"):
        browser.open(pages[lang, kind], width=width, scheme=scheme)
        browser.evaluate(Path(os.environ["AXE"]).read_text(encoding="utf-8") + ";0")
        found = browser.evaluate("axe.run().then(it => it.violations.map(row => row.id + ': ' + row.nodes[0].html))")
        assert found == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_prints_on_one_sheet(
    browser: Browser, story: Report, pages: dict[tuple[Language, str], Path], lang: Language
) -> None:
    model: ReportModel = story.to_model(lang)
    browser.open(pages[lang, "leadership"])
    printed = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
    document = pdfium.PdfDocument(printed)
    first, second = ("".join(document[number].get_textpage().get_text_bounded().split()) for number in (0, 1))
    assert model.first_page is not None
    for answer in model.first_page.answers:
        assert "".join(answer.question.split()) in first
    last = "".join(model.first_page.answers[-1].text[-1].text.split())
    assert last[-12:].replace("-", "") in first.replace("-", "")
    assert second.startswith("".join(model.sections[0].title.split()))


def test_the_audiences_are_these() -> None:
    kinds: tuple[Audience, ...] = ("leadership", "engineering")
    assert kinds == AUDIENCES
