"""The files of a report by the ending of the one that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import quote

from advisor.report.documents import DOCUMENTS, Look, make_document
from advisor.report.model import ComparisonModel, ReportModel

Model = ReportModel | ComparisonModel


def _markdown(model: Model, stem: str) -> Mapping[str, bytes]:
    """The report with its pictures beside it, `STEM-memory.svg` and so on; those of a plan among several numbered."""
    from advisor.report.markdown import render_model  # noqa: PLC0415 - Jinja2 only when it is wanted
    from advisor.report.pictures import pictures_of, svg  # noqa: PLC0415

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
    return {f"{stem}.md": render_model(model, addresses).encode(), **files}


def _html(model: Model, stem: str) -> Mapping[str, bytes]:
    from advisor.report.html import render_model  # noqa: PLC0415 - Jinja2 only when it is wanted

    return {f"{stem}.html": render_model(model).encode()}


_PAGES: Mapping[str, Callable[[Model, str], Mapping[str, bytes]]] = {".md": _markdown, ".html": _html}
ENDINGS = (*_PAGES, *DOCUMENTS)
"""The endings of the formats that a report may have; JSON is the result of the check."""


def report_files(model: Model, stem: str, ending: str, day: date, look: Look) -> Mapping[str, bytes]:
    """The files of a report by their names, the report itself first.

    `stem` is the report's name without its ending. Raises KeyError for an ending that nobody makes and DocumentError
    where this machine cannot make the document.
    """
    if ending in _PAGES:
        return _PAGES[ending](model, stem)
    from advisor.report.pictures import pictures_of, svg  # noqa: PLC0415 - Jinja2 only when it is wanted

    drawn = {} if isinstance(model, ComparisonModel) else {row.name: svg(row) for row in pictures_of(model)}
    return {f"{stem}{ending}": make_document(model, ending, day, look, drawn)}
