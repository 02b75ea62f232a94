"""What a report shows, as plain records: worded in one language, not yet escaped for any format.

A renderer walks these records and escapes; it computes nothing and words nothing. Text that came from a plan is in here
as it was written (control characters apart), in spans like any other text, so a renderer escapes every span alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Literal

from advisor.findings import Verdict
from advisor.patterns import pattern
from advisor.records import dataclass
from advisor.words import Language

Audience = Literal["leadership", "engineering"]
AUDIENCES: tuple[Audience, ...] = ("leadership", "engineering")
Align = Literal["left", "right"]
Style = Literal["plain", "strong", "code", "link"]

_CONTROL = pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff0-\uffff"
    "\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style.

    `text` is one line without control characters. `url` is set for links alone: an address of the knowledge base,
    `https://…`, `http://…` or `urn:…` (which leads nowhere and is shown as text).
    """

    text: str
    style: Style = "plain"
    url: str = ""


Text = tuple[Span, ...]
"""A line or paragraph: spans one after the other, blanks between them included."""

Row = tuple[Text, ...]
"""The cells of one row of a table."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `note` marks the small print under a table or picture."""

    kind: ClassVar[str] = "paragraph"
    text: Text
    note: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, numbered or not."""

    kind: ClassVar[str] = "bullets"
    items: tuple[Text, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Every row has as many cells as `head`; the first cell of a row names the row.

    `align` says for each column how it is set. A head may be empty text (the column of row names often is).
    """

    kind: ClassVar[str] = "table"
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    align: tuple[Align, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to type or a file to write: `text` keeps its line breaks and is shown as it is, in fixed width."""

    kind: ClassVar[str] = "code"
    caption: Text
    language: str  # sh | yaml | json
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as data, and as the table that says the same.

    `name` is the file name's part (`memory` of `REPORT-memory.svg`) and the name of the macro in `templates/pictures/`.
    `data` is what the macro draws: JSON values, texts already worded. `description` is the text alternative. A renderer
    that shows no pictures shows `table`; one that shows both may fold the table away under `table_title`.
    """

    kind: ClassVar[str] = "picture"
    name: str
    title: str
    description: str
    data: Mapping[str, Any]
    table: Table
    table_title: str


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding in full.

    `severity` is the code (blocker, high, medium, low, info) and `severity_word` its word. `rows` are labels with their
    text: what to do, the facts behind it, the place in the plan and how sure it is, the sources. `under` is the id of
    the finding that it follows from, empty where it stands alone.
    """

    kind: ClassVar[str] = "finding"
    id: str
    name: str
    severity: str
    severity_word: str
    says: Text
    rows: tuple[tuple[str, Text], ...]
    under: str


Block = Paragraph | Bullets | Table | Code | Picture | FindingCard


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it. `key` is stable across languages (for anchors); `level` is 2 or 3."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """A leader's question and its answer: a short one (a figure or a word), a sentence or two, and points if any.

    `key`: cost, calendar, risks, sale, nothing, else. `table` is None but for the risks.
    """

    key: str
    question: str
    short: str
    text: Text
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The page that a decision can be taken from; it fits one A4 page.

    `ask` is the decision asked for, `because` why the verdict is what it is, `choices` the plan beside the
    recommendation, the runner-up and doing nothing (a row each), `answers` the leader's questions in order.
    """

    ask_title: str
    ask: Text
    because: Text
    choices: Table
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ReportModel:
    """A whole report on one plan.

    `head` are the label and value pairs under the title (plan file, date, …). `verdict` is the code, `verdict_word` its
    word in the language, `verdict_label` what such a thing is called. `first_page` is there for leadership alone.
    `contents` is the heading of a list of the sections, for formats that make one; `stop` ends a sentence.
    """

    schema: ClassVar[str] = "advisor.report/1"
    lang: Language
    audience: Audience
    title: str
    plan_title: str
    head: tuple[tuple[str, Text], ...]
    verdict: Verdict
    verdict_label: str
    verdict_word: str
    first_page: FirstPage | None
    sections: tuple[Section, ...]
    contents: str
    stop: str


@dataclass(frozen=True, slots=True)
class ComparisonModel:
    """Several plans: one page that compares them, then the report of each.

    `sections` compare; `reports` follow in the order of the plans.
    """

    schema: ClassVar[str] = "advisor.report-comparison/1"
    lang: Language
    audience: Audience
    title: str
    head: tuple[tuple[str, Text], ...]
    lead: Text
    sections: tuple[Section, ...]
    reports: tuple[ReportModel, ...]
    contents: str


def to_dict(value: Any) -> Any:
    """A record as JSON values: objects and lists. Blocks say their `kind`, a whole model its `schema`."""
    if is_dataclass(value):
        named: dict[str, Any] = {}
        for mark in ("schema", "kind"):
            if hasattr(value, mark):
                named[mark] = getattr(value, mark)
        return named | {field.name: to_dict(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_dict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_dict(item) for item in value]
    return value


def lefts(count: int) -> tuple[Align, ...]:
    """The alignment of a table of words."""
    return tuple("left" for _ in range(count))


def rights(count: int) -> tuple[Align, ...]:
    """The alignment of columns of figures."""
    return tuple("right" for _ in range(count))


def line(text: object) -> str:
    """A text as one line without control characters and without characters that hide or turn text."""
    return " ".join(_CONTROL.sub(" ", str(text)).split())


def plain(text: object) -> Text:
    """Text without any style."""
    kept = line(text)
    return (Span(kept),) if kept else ()


def strong(text: object) -> Text:
    """Text that stands out."""
    return (Span(line(text), "strong"),)


def code(text: object) -> Text:
    """A name or value as it stands in a file."""
    return (Span(line(text), "code"),)


def link(text: object, url: str) -> Text:
    """A link to a source; an address that leads nowhere is left as text."""
    return (Span(line(text), "link", url),) if url.startswith(("https://", "http://")) else plain(text)


def joined(parts: Iterable[Text], between: str = " ") -> Text:
    """Texts in a row with something between them; empty ones are left out."""
    found: list[Span] = []
    for part in parts:
        if part and found and between:
            found.append(Span(between))
        found += part
    return tuple(found)


def text_of(text: Text) -> str:
    """The bare text of some spans."""
    return "".join(span.text for span in text)
