"""The files of a report by the ending of the one that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from advisor.report.documents import DOCUMENTS, Look, make_document
from advisor.report.model import ComparisonModel, ReportModel

Model = ReportModel | ComparisonModel


def markdown_text(model: Model, look: Look, addresses: Sequence[Mapping[str, str]] = ()) -> str:
    """The report as Markdown by our template or the user's; `addresses` are those of picture files, as files have them.

    Raises Unreadable where a template of the user's is wrong.
    """
    if own := look.template(".md"):
        from advisor.report.own_templates import render_own  # noqa: PLC0415 - where somebody has templates

        return render_own(own, model, addresses=addresses[0] if addresses else {}, logo=look.logo)
    from advisor.report.markdown import render_model  # noqa: PLC0415 - Jinja2 only when it is wanted

    return render_model(model, addresses or None)


def _markdown(model: Model, stem: str, look: Look) -> Mapping[str, bytes]:
    """The report with its pictures beside it, `STEM-memory.svg` and so on; those of a plan among several numbered."""
    from advisor.report.pictures import pictures_of, svg  # noqa: PLC0415 - Jinja2 only when it is wanted

    files: dict[str, bytes] = {}
    addresses: list[dict[str, str]] = []
    parts: list[Model] = [model, *(model.reports if isinstance(model, ComparisonModel) else ())]
    for number, part in enumerate(parts):
        names = {}
        for picture in pictures_of(part):
            name = f"{stem}-{f'{number}-' if number else ''}{picture.name}.svg"
            files[name] = svg(picture).encode()
            names[picture.name] = quote(name)
        addresses.append(names)
    return {f"{stem}.md": markdown_text(model, look, addresses).encode(), **files}


def _html(model: Model, stem: str, look: Look) -> Mapping[str, bytes]:
    if own := look.template(".html"):
        from advisor.report.own_templates import render_own  # noqa: PLC0415 - where somebody has templates
        from advisor.report.pictures import pictures_of, svg  # noqa: PLC0415

        drawings = {picture.name: svg(picture, picture.name, alone=False) for picture in pictures_of(model)}
        return {f"{stem}.html": render_own(own, model, drawings=drawings, logo=look.logo).encode()}
    from advisor.report.html import render_model  # noqa: PLC0415 - Jinja2 only when it is wanted

    return {f"{stem}.html": render_model(model, look.logo.address if look.logo else "").encode()}


_PAGES: Mapping[str, Callable[[Model, str, Look], Mapping[str, bytes]]] = {".md": _markdown, ".html": _html}
ENDINGS = (*_PAGES, *DOCUMENTS)
"""The endings of the formats that a report may have; JSON is the result of the check."""


def report_files(model: Model, stem: str, ending: str, day: date, look: Look) -> Mapping[str, bytes]:
    """The files of a report by their names, the report itself first.

    `stem` is the report's name without its ending. Raises KeyError for an ending that nobody makes, DocumentError where
    this machine cannot make the document, and Unreadable where a template of the user's is wrong.
    """
    if ending in _PAGES:
        return _PAGES[ending](model, stem, look)
    return {f"{stem}{ending}": make_document(model, ending, day, look)}
