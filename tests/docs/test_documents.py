"""Reports as PDF and DOCX: what the model holds, as text and nothing else, the same bytes every time."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import docx as python_docx
import pypdfium2 as pdfium
import pytest
from chinese_font import write_font
from pypdf import PdfReader

from advisor.library import Report, check
from advisor.report import docx, pdf
from advisor.report.documents import Look
from advisor.report.fonts import choose_fonts
from advisor.report.logo import Logo, read_logo
from advisor.report.model import Audience, ReportModel, to_dict
from advisor.words import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
STORY = ROOT / "examples" / "openharmony-30b-v100.yaml"
AUDIENCES: tuple[Audience, ...] = ("leadership", "engineering")
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 12"><rect width="60" height="12" fill="#0a5f96"/>'
    '<text x="4" y="9" font-size="8" fill="#fff">ACME</text></svg>'
)


@pytest.fixture(scope="module")
def story(day: date) -> Report:
    return check(STORY, today=day)


@pytest.fixture(scope="module")
def fonts(story: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [repr(to_dict(story.to_model(lang, audience=who))) for lang in LANGUAGES for who in AUDIENCES]
    return font_of("".join(texts), tmp_path_factory.mktemp("fonts"))


def font_of(text: str, folder: Path) -> Path:
    """A folder with a font that has the Chinese of a text, and Latin letters beside it as such fonts do."""
    return write_font(folder, "：~–—·×" + "".join(map(chr, range(32, 127))) + text)


def texts_of(value: object, *, pictured: bool = False) -> list[str]:
    """The texts that a report shows: spans, heads and titles, no codes; tables of pictures that are not drawn."""
    if isinstance(value, ReportModel):
        value = to_dict(value)
    if isinstance(value, dict):
        hidden = {"schema", "kind", "style", "url", "key", "severity", "lang", "audience", "verdict", "align", "data",
                  "language", "description"}  # fmt: skip
        if value.get("kind") == "picture":
            hidden |= {"name", "table_title"} | ({"table"} if pictured else set())
        return [text for key, item in value.items() if key not in hidden for text in texts_of(item, pictured=pictured)]
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item, pictured=pictured)]
    return [value] if isinstance(value, str) else []


def bare(text: str) -> str:
    """A text without blanks and hyphens: lines break where the page ends, and a hyphen there may be read as none."""
    return re.sub(r"[\s\u200b\ufffe\u00ad-]+", "", text)


def pdf_pages(data: bytes) -> list[str]:
    document = pdfium.PdfDocument(data)
    return [bare(page.get_textpage().get_text_bounded()) for page in document]


def pdf_text(data: bytes) -> str:
    return "".join(pdf_pages(data))


def docx_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if re.match(r"word/(document|header|footer)", name)]
    return bare("".join("".join(ET.fromstring(part).itertext()) for part in parts))


@pytest.fixture(scope="module")
def printed(story: Report, fonts: Path, day: date) -> dict[tuple[Language, Audience], bytes]:
    """The story's report as PDF."""
    return {
        (lang, who): pdf.render(story.to_model(lang, audience=who), day, folders=[fonts], system_fonts=False)
        for lang in LANGUAGES
        for who in AUDIENCES
    }


@pytest.mark.parametrize("who", AUDIENCES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pdf_holds_every_text_of_the_report(
    story: Report, printed: dict[tuple[Language, Audience], bytes], lang: Language, who: Audience
) -> None:
    model, data = story.to_model(lang, audience=who), printed[lang, who]
    found = pdf_text(data)
    # Cells of a row are read line by line, so a text over two lines is not in one piece; its words are.
    words = {
        word for text in texts_of(model, pictured=True) for word in re.findall(r"[a-zA-Z0-9]+|[^\x00-\u2e80]", text)
    }
    assert sorted(word for word in words if word not in found) == []
    assert [section.title for section in model.sections if bare(section.title) not in found] == []
    reader = PdfReader(io.BytesIO(data))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.creation_date_raw) == (model.title, "D:20261122000000Z")
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in reader.pages} == {(595, 842)}
    for number, text in enumerate(pdf_pages(data), 1):
        assert f"{number}/{len(reader.pages)}" in text
        assert bare(model.verdict_word) in text


@pytest.mark.parametrize("who", AUDIENCES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_document_holds_every_text_of_the_report(story: Report, day: date, lang: Language, who: Audience) -> None:
    model = story.to_model(lang, audience=who)
    data = docx.render(model, day)
    found = docx_text(data)
    # What folds a picture's table away, or lists the sections, is for pages alone.
    pages = {
        model.contents,
        *(row.table_title for part in model.sections for row in part.blocks if row.kind == "picture"),
    }
    assert [text for text in texts_of(model) if bare(text) not in found and text not in pages] == []
    document = python_docx.Document(io.BytesIO(data))
    assert document.core_properties.title == model.title
    page = document.sections[0]
    assert page.page_width is not None and page.page_height is not None
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert [it.text for it in document.paragraphs if it.style is not None and it.style.name.startswith("Heading")] == [
        section.title for section in model.sections
    ]


def test_the_first_page_of_the_story_is_one_page(
    story: Report, printed: dict[tuple[Language, Audience], bytes]
) -> None:
    for lang in LANGUAGES:
        model = story.to_model(lang)
        assert model.first_page is not None
        text = pdf_pages(printed[lang, "leadership"])[0]
        for answer in model.first_page.answers:
            assert bare(answer.question) in text
            assert bare(answer.text[-1].text)[-8:] in text
        assert bare(model.sections[0].title) not in text


_MAKE = """
import hashlib, sys
from datetime import date
from pathlib import Path
from advisor.library import check
from advisor.report import docx, pdf
model = check(Path(sys.argv[1]), today=date(2026, 11, 22)).to_model("en", options=False)
day, folders = date(2026, 11, 22), [Path(sys.argv[2])]
for data in (pdf.render(model, day, folders=folders, system_fonts=False), docx.render(model, day)):
    print(hashlib.sha256(data).hexdigest())
"""


def test_the_same_plan_and_day_give_the_same_bytes(tmp_path: Path, day: date) -> None:
    plan = ROOT / "examples" / "lora-7b-one-card.yaml"
    fonts = font_of(repr(to_dict(check(plan, today=day).to_model("en", options=False))), tmp_path)
    made = [
        subprocess.run([sys.executable, "-c", _MAKE, str(plan), str(fonts)], capture_output=True, check=True,
                       env={"PYTHONHASHSEED": seed, "PATH": "", "TZ": zone}).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    ]  # fmt: skip
    assert made[0] == made[1]
    assert len(made[0].split()) == 2


EVIL = {
    "long": "x" * 300,
    "typst": '#panic("evil") #link("https://evil.example/t")[x] $x^2$ @ref \\u{41} = head // gone /* gone */ #[ ]',
    "markdown": "# Evil **bold** [x](https://evil.example/a) ![x](https://evil.example/p.png) | a | b `c`",
    "html": "<script>alert(1)</script><w:p/> ]]> &lt; &#60; <!-- x -->",
    "fields": '{ HYPERLINK "https://evil.example/f" } \\* MERGEFORMAT =SUM(A1) %s {x}',
}


@pytest.mark.parametrize("text", EVIL.values(), ids=EVIL)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_plan_says_stays_text(text: str, lang: Language, day: date, tmp_path: Path) -> None:
    plan = {
        "version": 1, "title": text,
        "model": {"name": "own-model", "parameters": "30B", "license": text[:60]},
        "training": {"method": "full-finetuning", "framework": text[:60]},
        "hardware": {"device": "v100-32g-sxm2", "count": 8},
        "data": [{"name": text, "kind": "private-code", "size": "5GB", "license": text[:60], "source": "customer"}],
        "project": {"use": "weights-to-customers", "evaluation": [text], "monitoring": [text]},
        "claims": {"benefit": text},
        "accept": [{"id": "MEM001", "reason": text, "until": "2027-01-31"}],
    }  # fmt: skip
    model = check(plan, today=day).to_model(lang, options=False, audience="engineering")
    known = {span["url"] for span in spans_of(to_dict(model)) if span["url"]}
    assert not any("evil" in url for url in known)

    printed = pdf.render(model, day, folders=[font_of(repr(to_dict(model)), tmp_path)], system_fonts=False)
    found = pdf_text(printed)
    assert bare(text) in found
    links = set()
    for page in PdfReader(io.BytesIO(printed)).pages:
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A")
            if action is not None and "/URI" in action:
                links.add(str(action["/URI"]))
    assert links <= known

    document = docx.render(model, day)
    assert bare(text) in docx_text(document)
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
        body = archive.read("word/document.xml").decode()
    assert "evil.example" not in relations
    assert set(re.findall(r'w:instr="([^"]*)"', body)) == set()


def spans_of(value: object) -> list[dict[str, str]]:
    if isinstance(value, dict):
        if set(value) == {"text", "style", "url"}:
            return [value]
        return [span for item in value.values() for span in spans_of(item)]
    return [span for item in value for span in spans_of(item)] if isinstance(value, list) else []


def test_characters_that_no_font_has_are_refused_and_a_package_is_named(story: Report, day: date) -> None:
    with pytest.raises(pdf.NoFontError) as found:
        pdf.render(story.to_model("zh", options=False), day, system_fonts=False)
    assert found.value.choice.scripts == ("chinese",)
    assert "fonts-noto-cjk (Debian, Ubuntu)" in found.value.text("en")
    assert "Debian、Ubuntu 安装 fonts-noto-cjk" in found.value.text("zh")


def test_which_characters_are_missing(tmp_path: Path) -> None:
    own = write_font(tmp_path, "中文，字")
    choice = choose_fonts("中文，字 and Latin: é — “quoted” × ≤ →", "zh", [own], system=False)
    assert (choice.text, choice.missing) == (("Noto Sans SC", "Libertinus Serif"), ())
    choice = choose_fonts("中文缺\U0001f680\U0010f123", "en", [own], system=False)
    assert choice.missing == ("缺", "\U0001f680", "\U0010f123")
    assert choice.scripts == ("chinese", "emoji", "other")


def test_a_title_and_a_logo_of_ones_own(story: Report, day: date, tmp_path: Path) -> None:
    file = tmp_path / "logo.svg"
    file.write_text(SVG, encoding="utf-8")
    logo = read_logo(file)
    assert logo == Logo(SVG.encode(), "svg")
    model = Look("ACME: go or no go").titled(story.to_model("en", options=False, audience="engineering"))
    folder = font_of(repr(to_dict(model)), tmp_path / "fonts")
    plain, marked = (
        pdf.render(model, day, logo=it, folders=[folder], system_fonts=False) for it in (None, logo)
    )  # fmt: skip
    assert "ACME:goornogo" in pdf_text(plain)
    assert len(marked) > len(plain)


BAD_LOGOS = {
    "script": (SVG.replace("<rect", "<script>alert(1)</script><rect"), "`<script>` does more than draw"),
    "handler": (SVG.replace("<rect", '<rect onload="alert(1)"'), "`onload=` does more than draw"),
    "outside": (SVG.replace("<rect", '<use href="https://evil.example/x.svg#a"/><rect'), "`href=` does more than draw"),
    "image": (SVG.replace("<rect", '<image href="/etc/passwd"/><rect'), "`<image>` does more than draw"),
    "style": (SVG.replace("<rect", "<style>@import url(//evil)</style><rect"), "`<style>` does more than draw"),
    "entity": ('<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG, "`<!DOCTYPE>` does more than draw"),
    "foreign": (SVG.replace("<rect", "<foreignObject/><rect"), "`<foreignObject>` does more than draw"),
    "copies": (
        SVG.replace("<rect", '<g id="a"><use href="#b"/></g><use href="#a"/><rect'), "`<use>` does more than draw"
    ),
    "large": (SVG + " " * 600_000, "a logo may have 512 KiB at most"),
    "many": (SVG.replace("<rect", "<g/>" * 3000 + "<rect"), "an SVG of more than 2000 elements"),
    "no-svg": ("<html/>", "this is neither an SVG nor a PNG picture"),
    "no-picture": ("GIF89a", "this is neither an SVG nor a PNG picture"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), BAD_LOGOS.values(), ids=BAD_LOGOS)
def test_a_logo_only_draws(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "logo.svg"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Exception) as found:
        read_logo(file)
    assert says in str(found.value)


def test_a_png_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    size = (60_000).to_bytes(4, "big")
    file.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size + size + b"\x08\x02\x00\x00\x00" + b"\x00" * 8)
    with pytest.raises(Exception, match="60000 × 60000 pixels"):
        read_logo(file)


def test_without_the_extra_it_is_named(story: Report, tmp_path: Path) -> None:
    for extra, package, ending in (("pdf", "typst", "pdf"), ("docx", "docx", "docx")):
        blocked = tmp_path / extra
        (blocked / package).mkdir(parents=True)
        (blocked / package / "__init__.py").write_text(f"raise ModuleNotFoundError('no', name='{package}')\n")
        command = [sys.executable, "-m", "advisor", "report", str(STORY), "-o", str(tmp_path / f"r.{ending}"),
                   "--no-options", "--lang", "en"]  # fmt: skip
        result = subprocess.run(command, capture_output=True, check=False, timeout=60, text=True,
                                env={"PYTHONPATH": str(blocked), "PATH": ""})  # fmt: skip
        assert result.returncode == 2
        assert (
            f"this needs the package {package}, which is not installed: pip install 'advisor[{extra}]'" in result.stderr
        )
        assert not (tmp_path / f"r.{ending}").exists()


def test_the_command_makes_each_format_with_title_and_logo(story: Report, fonts: Path, tmp_path: Path) -> None:
    from advisor.cli import main  # noqa: PLC0415 - the command as a user runs it

    (tmp_path / "logo.svg").write_text(SVG, encoding="utf-8")
    address = read_logo(tmp_path / "logo.svg").address
    look = ["--title", "ACME: 做还是不做", "--logo", str(tmp_path / "logo.svg"), "--fonts", str(fonts)]
    for ending in ("md", "html", "pdf", "docx"):
        with pytest.raises(SystemExit) as end:
            main(["report", str(STORY), "-o", str(tmp_path / f"r.{ending}"), "--date", "2026-11-22", "--lang", "zh",
                  "--no-options", *look])  # fmt: skip
        assert end.value.code in {0, None}
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.count(f'<img class="logo" src="{address}" alt="">') == 1
    assert re.findall(r'(?:src|href)="(?!#|https?://|data:)([^"]*)"', page) == []
    assert "<h1>ACME: 做还是不做</h1>" in page
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# ACME: 做还是不做\n")
    assert "ACME:做还是不做" in pdf_text((tmp_path / "r.pdf").read_bytes())
    assert "ACME:做还是不做" in docx_text((tmp_path / "r.docx").read_bytes())


def test_several_plans_in_one_document(day: date, tmp_path: Path) -> None:
    from advisor.report.model import comparison_model  # noqa: PLC0415 - needed here alone

    plans = [check(ROOT / "examples" / f"{name}.yaml", today=day) for name in ("lora-7b-one-card", "qlora-8b-fine")]
    model = comparison_model([(plan.judgement, None) for plan in plans], "en", "leadership")
    data = pdf.render(model, day, folders=[font_of(repr(to_dict(model)), tmp_path)], system_fonts=False)
    pages, found = pdf_pages(data), docx_text(docx.render(model, day))
    for report in model.reports:
        assert bare(report.title) in found
        assert sum(bare(report.title) in page for page in pages) == 1
    assert bare(model.title) in pages[0]
    assert bare(model.title) in found
