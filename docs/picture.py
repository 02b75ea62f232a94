"""Make the pictures of the README: the first page of the story's report in both languages, as its PDF shows it.

Needs the extra `test`, a font with Chinese, and Pillow. `docs/picture/words.json` keeps what the pages say, figures
left out; a test compares that with what the report says now, so that the pictures are made anew when the page changes.
"""

from __future__ import annotations

import contextlib
import json
import sys
from datetime import date
from pathlib import Path

from advisor.library import check
from advisor.report.model import ReportModel
from advisor.words import LANGUAGES

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "picture"
STORY = "examples/openharmony-30b-v100.yaml"
DAY = date(2026, 11, 22)
DOTS_PER_POINT = 1.45


def words(model: ReportModel) -> list[str]:
    """What the first page says by itself: labels, questions and heads of its table, no figures and no plan's words."""
    page = model.first_page
    if page is None:
        raise ValueError("a report for leadership has a first page")
    labels = [model.verdict_label, model.verdict_word, *(label for label, _ in model.head), page.ask_title]
    return [*labels, *page.choices.head, *(answer.question for answer in page.answers)]


def main() -> int:
    """Write the pictures and what they say."""
    import pypdfium2
    from PIL import Image, ImageOps

    from advisor.report.pdf import render

    FOLDER.mkdir(exist_ok=True)
    said = {}
    with contextlib.chdir(HERE.parent):
        report = check(STORY, today=DAY)
        for lang in LANGUAGES:
            model = report.to_model(lang)
            page = pypdfium2.PdfDocument(render(model, DAY))[0].render(scale=DOTS_PER_POINT).to_pil()
            framed = ImageOps.expand(page.convert("RGB").crop((0, 40, page.width, page.height)), 1, "#d0d7de")
            framed.quantize(64, method=Image.Quantize.MAXCOVERAGE).save(FOLDER / f"report.{lang}.png", optimize=True)
            said[lang] = words(model)
    (FOLDER / "words.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
