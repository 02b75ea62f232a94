"""The report as a Word document: the model's records one by one, each text a run and never markup."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from advisor import __version__
from advisor.patterns import pattern
from advisor.report.logo import Logo
from advisor.report.model.records import (
    Block,
    Bullets,
    Code,
    ComparisonModel,
    FindingCard,
    FirstPage,
    Paragraph,
    Picture,
    ReportModel,
    Section,
    Table,
    Text,
    text_of,
)
from advisor.report.wrapping import columns
from advisor.words import Language, say

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as Line

INK, QUIET, WASH, RULE, LINK = "1B1F24", "57606A", "F6F8FA", "D0D7DE", "0A5F96"
VERDICTS = {"go": "1A7F37", "caution": "9A6700", "no-go": "B42318"}
SEVERITIES = {"blocker": "B42318", "high": "C4500A", "medium": "9A6700", "low": "0A5F96", "info": QUIET}
PAGE_MM, MARGIN_MM = (210, 297), 19
WIDTH_MM = PAGE_MM[0] - 2 * MARGIN_MM
_FONTS = {"ascii": "Calibri", "hAnsi": "Calibri", "cs": "Calibri", "eastAsia": "Microsoft YaHei"}
_CODE_FONTS = {"ascii": "Consolas", "hAnsi": "Consolas", "cs": "Consolas", "eastAsia": "Microsoft YaHei"}
_ILLEGAL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold


def render(model: ReportModel | ComparisonModel, day: date, *, logo: Logo | None = None) -> bytes:
    """The document, the same bytes for the same model and day. Raises ImportError without the extra `docx`."""
    import docx  # noqa: PLC0415 - an extra, loaded when a document is wanted

    writer = _Writer(docx.Document(), model.lang)
    writer.set_up(model, day)
    if isinstance(model, ReportModel):
        writer.report(model, logo)
    else:
        writer.head(model, logo)
        writer.text(model.lead)
        writer.sections(model.sections)
        for report in model.reports:
            writer.new_page()
            writer.report(report, None)
    return _packed(writer.document)


def _packed(document: Document) -> bytes:
    """The file with every date in its archive the same."""
    loose, packed = io.BytesIO(), io.BytesIO()
    document.save(loose)
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return packed.getvalue()


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement  # noqa: PLC0415 - as in render

    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(_name(key), value)
    return made


def _name(name: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415 - as in render

    return qn(f"w:{name}")


class _Writer:
    """Puts records into a document, from top to bottom."""

    def __init__(self, document: Document, lang: Language) -> None:
        self.document, self.lang = document, lang

    def set_up(self, model: ReportModel | ComparisonModel, day: date) -> None:
        """Page, fonts, header, footer and properties."""
        from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415 - as in render
        from docx.styles.style import ParagraphStyle  # noqa: PLC0415

        page = self.document.sections[0]
        page.page_width, page.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
        page.left_margin = page.right_margin = Mm(MARGIN_MM)
        page.top_margin, page.bottom_margin = Mm(18), Mm(16)
        sizes = {"Normal": 10, "Title": 18, "Heading 1": 14, "Heading 2": 11.5, "Header": 8, "Footer": 8}
        for name, size in sizes.items():
            style = self.document.styles[name]
            if not isinstance(style, ParagraphStyle):
                raise TypeError(f"{name} is no style of paragraphs")
            style.font.size = Pt(size)
            style.font.color.rgb = RGBColor.from_string(QUIET if name in {"Header", "Footer"} else INK)
            _set_fonts(style.element.get_or_add_rPr(), _FONTS)
            style.paragraph_format.space_after = Pt(4)
            style.paragraph_format.line_spacing = 1.0
        for language in self.document.styles.element.iter("{*}lang"):
            language.attrib.clear()
            for script, name in (("val", "en-GB"), ("eastAsia", "zh-CN"), ("bidi", "ar-SA")):
                language.set(_name(script), name)
        for border in self.document.styles["Title"].element.iter("{*}pBdr"):
            border.getparent().remove(border)
        title = model.plan_title if isinstance(model, ReportModel) else model.title
        line = page.header.paragraphs[0]
        self._tabs(line)
        self._run(line, title)
        if isinstance(model, ReportModel):
            self._run(line, f"\t{model.verdict_word}", bold=True, colour=VERDICTS[model.verdict])
        line = page.footer.paragraphs[0]
        self._tabs(line)
        self._run(line, f"advisor {__version__} · {day.isoformat()}\t")
        for index, field in enumerate(("PAGE", "NUMPAGES")):
            self._run(line, " / " if index else "")
            holder = _element("fldSimple", instr=field)
            line._p.append(holder)
            self._run(line, "1")
            holder.append(line.runs[-1]._r)
        kept = self.document.core_properties
        kept.title = _ILLEGAL.sub(" ", model.title)[:255]  # all that the format takes
        kept.author, kept.comments, kept.language = "advisor", "", self.lang
        kept.created = kept.modified = datetime(day.year, day.month, day.day, tzinfo=UTC)
        kept.last_modified_by, kept.revision = "advisor", 1

    def _tabs(self, line: Line) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT  # noqa: PLC0415 - as in render
        from docx.shared import Mm  # noqa: PLC0415

        if line.style is not None:
            line.style.paragraph_format.tab_stops.clear_all()
        line.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)

    def _run(self, line: Line, text: str, *, bold: bool = False, colour: str = "", size: float = 0.0,
             fonts: dict[str, str] | None = None) -> None:  # fmt: skip
        from docx.shared import Pt, RGBColor  # noqa: PLC0415 - as in render

        run = line.add_run(_ILLEGAL.sub(" ", text))
        run.bold = bold or None
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        if size:
            run.font.size = Pt(size)
        if fonts:
            _set_fonts(run._r.get_or_add_rPr(), fonts)

    def _spans(self, line: Line, text: Text, *, bold: bool = False, colour: str = "", size: float = 0.0) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415 - as in render
        from docx.oxml.ns import qn  # noqa: PLC0415

        for span in text:
            fonts = _CODE_FONTS if span.style == "code" else None
            linked = span.style == "link" and span.url.startswith(("https://", "http://"))
            self._run(line, span.text, bold=bold or span.style == "strong", colour=LINK if linked else colour,
                      size=size, fonts=fonts)  # fmt: skip
            if linked:
                number = line.part.relate_to(span.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                holder = _element("hyperlink")
                holder.set(qn("r:id"), number)
                line._p.append(holder)
                holder.append(line.runs[-1]._r)

    def new_page(self) -> None:
        """Go on at the top of the next page."""
        from docx.enum.text import WD_BREAK  # noqa: PLC0415 - as in render

        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def text(self, text: Text, style: str = "Normal", *, colour: str = "", size: float = 0) -> Line:
        """A paragraph."""
        line = self.document.add_paragraph(style=style)
        self._spans(line, text, colour=colour, size=size)
        return line

    def head(self, model: ReportModel | ComparisonModel, logo: Logo | None) -> None:
        """Logo, title, what the report is about, and the verdict."""
        from docx.shared import Mm  # noqa: PLC0415 - as in render

        if logo is not None and logo.form == "png":
            self.document.add_picture(io.BytesIO(logo.data), height=Mm(12))
        self._run(self.document.add_paragraph(style="Title"), model.title)
        line = self.document.add_paragraph()
        for index, (label, value) in enumerate(model.head):
            self._run(line, ("    " if index else "") + label + say(self.lang, "documents.colon"), colour=QUIET, size=9)
            self._spans(line, value, size=9)
        if isinstance(model, ReportModel):
            line = self.document.add_paragraph()
            self._run(line, model.verdict_label + say(self.lang, "documents.colon"), colour=QUIET)
            self._run(line, model.verdict_word, bold=True, colour=VERDICTS[model.verdict], size=13)

    def report(self, model: ReportModel, logo: Logo | None) -> None:
        """A whole report on one plan."""
        self.head(model, logo)
        if model.first_page is not None:
            self.first_page(model.first_page, VERDICTS[model.verdict])
        self.sections(model.sections, new_page=model.first_page is not None)

    def first_page(self, page: FirstPage, colour: str) -> None:
        """The decision asked for, the choices, and a leader's questions with their answers."""
        box = self._grid([WIDTH_MM], 1)
        _edge(box, "left", colour, 24)
        cell = box.cell(0, 0)
        _shade(cell, WASH)
        line = cell.paragraphs[0]
        self._run(line, page.ask_title, bold=True, colour=QUIET, size=9)
        self._spans(cell.add_paragraph(), page.ask, bold=True, size=11)
        self._spans(cell.add_paragraph(), page.because)
        self._gap()
        self.table(page.choices)
        for answer in page.answers:
            grid = self._grid([WIDTH_MM * 0.25, WIDTH_MM * 0.75], 1)
            left, right = grid.cell(0, 0), grid.cell(0, 1)
            self._run(left.paragraphs[0], answer.question, bold=True, colour=QUIET, size=8.5)
            if answer.short:
                self._run(left.add_paragraph(), answer.short, bold=True, size=10)
            self._spans(right.paragraphs[0], answer.text, size=8.5)
            for line in (*left.paragraphs, *right.paragraphs):
                _close(line)
            _whole(grid.rows[0])
            self._gap()
            if answer.table is not None:
                self.table(answer.table)

    def sections(self, sections: Sequence[Section], *, new_page: bool = False) -> None:
        """Headings with what stands under them."""
        for index, section in enumerate(sections):
            heading = self.document.add_heading(level=section.level - 1)
            heading.paragraph_format.page_break_before = new_page and index == 0
            self._run(heading, section.title)
            for block in section.blocks:
                self.block(block)

    def block(self, block: Block) -> None:
        """One block of a section."""
        from docx.shared import Mm  # noqa: PLC0415 - as in render

        match block:
            case Paragraph():
                self.text(block.text, colour=QUIET if block.note else "", size=9 if block.note else 0)
            case Bullets():
                for number, item in enumerate(block.items, 1):
                    if not block.numbered:
                        self.text(item, "List Bullet")
                        continue
                    line = self.document.add_paragraph()  # Word goes on counting over lists that share a style
                    line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Mm(7), Mm(-7)
                    self._run(line, f"{number}.\t")
                    self._spans(line, item)
            case Table():
                self.table(block)
            case Picture():
                self._caption(block.title)
                self.table(block.table)
            case Code():
                if block.caption:
                    self.text(block.caption).paragraph_format.keep_with_next = True
                self.code(block.text)
            case FindingCard():
                self.finding(block)

    def _caption(self, text: str) -> None:
        line = self.document.add_paragraph()
        line.paragraph_format.keep_with_next = True
        self._run(line, text, bold=True)

    def code(self, text: str) -> None:
        """Lines as they stand, in fixed width on a shade."""
        box = self._grid([WIDTH_MM], 1)
        _shade(box.cell(0, 0), WASH)
        lines = text.rstrip("\n").split("\n")
        for index, row in enumerate(lines):
            line = box.cell(0, 0).paragraphs[0] if index == 0 else box.cell(0, 0).add_paragraph()
            line.paragraph_format.space_after = 0
            self._run(line, row.expandtabs(4), size=8, fonts=_CODE_FONTS)
        self._gap()

    def finding(self, card: FindingCard) -> None:
        """A finding, with the colour of its severity at its side."""
        colour = SEVERITIES.get(card.severity, QUIET)
        box = self._grid([WIDTH_MM], 1)
        _edge(box, "left", colour, 18)
        cell = box.cell(0, 0)
        line = cell.paragraphs[0]
        line.paragraph_format.keep_with_next = True
        self._run(line, f"{card.severity_word}  ", bold=True, colour=colour)
        self._run(line, f"{card.id} {card.name}", size=9, fonts=_CODE_FONTS)
        self._spans(cell.add_paragraph(), card.says)
        for index, (label, value) in enumerate(card.rows):
            size, shade = (0.0, "") if index == 0 else (8.5, QUIET)
            line = cell.add_paragraph()
            self._run(line, label + say(self.lang, "documents.colon"), bold=True, colour=shade, size=size)
            self._spans(line, value, colour=shade, size=size)
        self._gap()

    def table(self, table: Table) -> None:
        """A table whose head is repeated on every page."""
        if table.caption:
            self._caption(table.caption)
        self._fill(self._grid(_widths(table, WIDTH_MM), len(table.rows) + any(table.head)), table, WIDTH_MM)
        self._gap()

    def _grid(self, widths: Sequence[float], rows: int) -> Any:
        from docx.shared import Mm  # noqa: PLC0415 - as in render

        grid = self.document.add_table(rows, len(widths))
        grid.autofit = False
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = Mm(width)
        return grid

    def _gap(self) -> None:
        """A narrow line: tables that touch each other become one."""
        from docx.shared import Pt  # noqa: PLC0415 - as in render

        line = self.document.add_paragraph()
        line.paragraph_format.space_after = line.paragraph_format.space_before = Pt(0)
        line.paragraph_format.line_spacing = Pt(5)

    def _fill(self, grid: Any, table: Table, width: float) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - as in render
        from docx.shared import Mm, Pt  # noqa: PLC0415

        widths = _widths(table, width)
        size = 7.5 if len(table.head) > 6 else 8.5
        rows: list[tuple[Text | str, ...]] = [table.head, *table.rows] if any(table.head) else list(table.rows)
        for index, (row, cells) in enumerate(zip(grid.rows, rows, strict=False)):
            for cell, text, align, broad in zip(row.cells, cells, table.align, widths, strict=True):
                cell.width = Mm(broad)
                line = cell.paragraphs[0]
                line.paragraph_format.space_after = Pt(1)
                if align == "right":
                    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if isinstance(text, str):
                    self._run(line, text, bold=True, size=size)
                    _shade(cell, WASH)
                else:
                    self._spans(line, text, size=size)
            _whole(row)
            if index == 0 and any(table.head):
                row._tr.get_or_add_trPr().append(_element("tblHeader"))
        _edge(grid, "insideH", RULE, 4)
        _edge(grid, "top", QUIET, 6)
        _edge(grid, "bottom", RULE, 4)


def _widths(table: Table, width: float) -> list[float]:
    """Widths by the length of what stands in each column, in millimetres; short ones stay whole where they can."""
    longest = [
        max([columns(head), *(columns(text_of(row[index])) for row in table.rows)])
        for index, head in enumerate(table.head)
    ]
    size = 1.65 if len(table.head) > 6 else 1.9  # of a letter, roughly
    short = {index: length * size + 4.5 for index, length in enumerate(longest) if length <= 14}
    if sum(short.values()) > width * (0.9 if len(short) == len(longest) else 0.6):
        short = {}
    shares = [0.0 if index in short else min(length, 240) ** 0.5 for index, length in enumerate(longest)]
    left = width - sum(short.values()) if any(shares) else width
    whole = sum(shares) or 1.0
    scale = 1.0 if any(shares) else width / sum(short.values())
    return [short[index] * scale if index in short else left * share / whole for index, share in enumerate(shares)]


def _set_fonts(properties: Any, fonts: dict[str, str]) -> None:
    kept = properties.find(_name("rFonts"))
    if kept is None:
        kept = _element("rFonts")
        properties.insert(0, kept)
    kept.attrib.clear()
    for key, value in fonts.items():
        kept.set(_name(key), value)


def _close(line: Line) -> None:
    from docx.shared import Pt  # noqa: PLC0415 - as in render

    line.paragraph_format.space_after = Pt(0)


def _shade(cell: _Cell, colour: str) -> None:
    cell._tc.get_or_add_tcPr().append(_element("shd", val="clear", color="auto", fill=colour))


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("cantSplit"))


def _edge(grid: Any, side: str, colour: str, eighths: int) -> None:
    """A line at a side of a table, so many eighths of a point wide."""
    properties = grid._tbl.tblPr
    borders = properties.find(_name("tblBorders"))
    if borders is None:
        borders = _element("tblBorders")
        properties.append(borders)
    borders.append(_element(side, val="single", sz=str(eighths), space="0", color=colour))
