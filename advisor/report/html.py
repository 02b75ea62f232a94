"""The report as one HTML page that loads nothing: styles and pictures inside it, no script, everything escaped."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from advisor.report.model import ComparisonModel, Picture, ReportModel
from advisor.report.pictures import environment, svg


def _inline(picture: Picture, key: str) -> Markup:
    """A picture for a page, which colours it; escaped by its own template."""
    return Markup(svg(picture, key, alone=False))  # noqa: S704 - made by a template that escapes


def _part(model: ReportModel, key: str, logo: str = "") -> Markup:
    template = environment().get_template("part.html.j2")
    text = template.render(report=model, key=key, logo=logo, svg=_inline)
    return Markup(text)  # noqa: S704 - as above


def _tidy(text: str) -> str:
    """A page without the blank lines that the template's statements leave; lines of code keep theirs."""
    head, *rest = text.split("<pre")
    pieces = [_without_blank_lines(head)]
    for part in rest:
        inside, close, after = part.partition("</pre>")
        pieces.append(f"<pre{inside}{close}{_without_blank_lines(after)}")
    return "".join(pieces)


def _without_blank_lines(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(line for index, line in enumerate(lines) if line.strip() or index in {0, len(lines) - 1})


def render_model(model: ReportModel | ComparisonModel, logo: str = "") -> str:
    """A report, or a comparison with the report of each plan, as an HTML page; equal models give equal bytes.

    `logo` is a picture of the user's as a `data:` address.
    """
    if isinstance(model, ComparisonModel):
        template = environment().get_template("compared.html.j2")
        compared = template.render(comparison=model, key="compared", logo=logo, svg=_inline)
        reports = (_part(report, f"plan-{number}") for number, report in enumerate(model.reports, 1))
        return _page(model, [Markup(compared), *reports])  # noqa: S704 - as above
    return _page(model, [_part(model, "report", logo)])


def _page(model: ReportModel | ComparisonModel, parts: Sequence[Markup]) -> str:
    return _tidy(environment().get_template("report.html.j2").render(report=model, parts=parts))
