"""The report as plain records, made by a pure function; renderers only escape and lay out.

`report_model(judgement, lang, options, audience)` makes a `ReportModel`, `to_dict` its JSON values. The records and
their fields are documented in `advisor.report.model.records`.
"""

from __future__ import annotations

from advisor.report.model.build import DEFAULT_AUDIENCE, report_model
from advisor.report.model.compared import comparison_model
from advisor.report.model.records import (
    AUDIENCES,
    Answer,
    Audience,
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
    Span,
    Table,
    Text,
    text_of,
    to_dict,
)

__all__ = [
    "AUDIENCES",
    "DEFAULT_AUDIENCE",
    "Answer",
    "Audience",
    "Block",
    "Bullets",
    "Code",
    "ComparisonModel",
    "FindingCard",
    "FirstPage",
    "Paragraph",
    "Picture",
    "ReportModel",
    "Section",
    "Span",
    "Table",
    "Text",
    "comparison_model",
    "report_model",
    "text_of",
    "to_dict",
]
