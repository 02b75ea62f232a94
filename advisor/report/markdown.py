"""The recommendation report in Markdown: a Jinja2 template over the report model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from advisor.pipeline import Judgement
from advisor.report.model import DEFAULT_AUDIENCE, Audience, ComparisonModel, ReportModel, Span, Text, report_model
from advisor.report.model.records import line
from advisor.words import Language

if TYPE_CHECKING:
    from advisor.options.offer import Options

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_BULLET = re.compile(r"^([-+=])")
_ORDINAL = re.compile(r"^(\d+)([.)])(?=\s|$)")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TICKS = re.compile(r"`+")


def escape(text: object) -> str:
    """Text of the user's as it must read in Markdown: nothing in it is markup, a link, HTML or a new block."""
    marked = _ENTITY.sub("&amp;", _SPECIAL.sub(r"\\\1", line(text)))
    return _ORDINAL.sub(r"\1\\\2", _BULLET.sub(r"\\\1", marked)).replace("://", ":&#47;&#47;")


def _span(span: Span, *, first: bool) -> str:
    """One span; only at the start of a line can a dash or a number begin a block."""
    if span.style == "code":
        return _code(span.text)
    text = escape(span.text) if first else escape(f"x{span.text}")[1:]
    if text and span.text[:1].isspace():
        text = " " + text.lstrip()
    if text and span.text[-1:].isspace():
        text = text.rstrip() + " "
    if not span.text.strip():
        return span.text
    if span.style == "strong":
        return f"**{text.strip()}**"
    if span.style == "link":
        return f"[{text}]({span.url.replace('(', '%28').replace(')', '%29')})"
    return text


def _code(text: str) -> str:
    """A code span; its fence is longer than any run of backticks inside, and a bar cannot end a table's cell."""
    flat = line(text).replace("|", "\\|")
    runs = [len(found) for found in _TICKS.findall(flat)]
    if not runs:
        return f"`{flat}`"
    fence = "`" * (max(runs) + 1)
    return f"{fence} {flat} {fence}"


def inline(text: Text) -> str:
    """Spans as Markdown on one line."""
    return "".join(_span(span, first=index == 0) for index, span in enumerate(text))


def _fence(text: str) -> str:
    """A fence for lines of code, longer than any run of backticks inside."""
    return "`" * max([3, *(len(found) + 1 for found in _TICKS.findall(text))])


FILTERS: Mapping[str, Callable[..., str]] = {"md": escape, "inline": inline, "fence": _fence}
"""What templates of Markdown work with: each escapes what it is given."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    import advisor.templates as folder  # noqa: PLC0415 - a folder of data

    environment = Environment(
        loader=FileSystemLoader(Path(next(iter(folder.__path__)))),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown: every text passes `escape` or `inline`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= FILTERS
    return environment


def render_model(model: ReportModel | ComparisonModel, pictures: Sequence[Mapping[str, str]] | None = None) -> str:
    """A report as Markdown, ending in a line break.

    `pictures` are the addresses of picture files by picture name, for the report itself or the comparison first and
    then for each report that it holds; without them the tables alone stand for the pictures.
    """
    several = isinstance(model, ComparisonModel)
    count = len(model.reports) + 1 if isinstance(model, ComparisonModel) else 1
    text = (
        _environment()
        .get_template("report.md.j2")
        .render(
            comparison=model if several else None,
            report=None if several else model,
            pictures=pictures or [{} for _ in range(count)],
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def render(
    judgement: Judgement, lang: Language, options: Options | None = None, audience: Audience = DEFAULT_AUDIENCE
) -> str:
    """The report of a judgement as Markdown without picture files; equal inputs give equal bytes."""
    return render_model(report_model(judgement, lang, options, audience))
