"""Reports as documents: PDF and DOCX, with a title and a logo of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from advisor.records import dataclass
from advisor.report.logo import Logo
from advisor.report.model import ComparisonModel, ReportModel
from advisor.report.model.records import line
from advisor.words import Language, say

DOCUMENTS = {".pdf": "pdf", ".docx": "docx"}
"""The extra that each kind of document needs, by the ending of its file."""

Model = TypeVar("Model", bound=ReportModel | ComparisonModel)


@dataclass(frozen=True, slots=True)
class Look:
    """What a user may make their own: the title, a logo, folders with templates and with fonts."""

    title: str = ""
    logo: Logo | None = None
    templates: Path | None = None
    fonts: tuple[Path, ...] = ()

    def template(self, ending: str) -> Path | None:
        """The user's own template for a format. Raises Unreadable for a folder that has none at all."""
        from advisor.report.own_templates import own_template  # noqa: PLC0415 - where somebody has templates

        return None if self.templates is None else own_template(self.templates, ending)

    def titled(self, model: Model) -> Model:
        """The report under the user's own title, where there is one."""
        return replace(model, title=line(self.title)) if self.title.strip() else model


class DocumentError(Exception):
    """A document that cannot be made here, with what to do about it."""

    def __init__(self, words: Mapping[Language, str]) -> None:
        self.words = words
        super().__init__(words["en"])

    def text(self, lang: Language) -> str:
        """What is missing, and where it comes from."""
        return self.words[lang]


def make_document(model: ReportModel | ComparisonModel, ending: str, day: date, look: Look) -> bytes:
    """The report as the document that an ending names. Raises DocumentError where this machine cannot make it."""
    from advisor.report import docx, pdf  # noqa: PLC0415 - only when a document is wanted

    shown = look.titled(model)
    try:
        if ending == ".docx":
            return docx.render(shown, day, logo=look.logo)
        return pdf.render(shown, day, logo=look.logo, folders=look.fonts)
    except ImportError as error:
        extra = DOCUMENTS[ending]
        raise DocumentError(_both("extra", extra=extra, package=error.name or extra)) from error
    except pdf.NoFontError as error:
        raise DocumentError({"en": error.text("en"), "zh": error.text("zh")}) from None


def _both(key: str, **values: object) -> dict[Language, str]:
    return {"en": say("en", f"documents.{key}", **values), "zh": say("zh", f"documents.{key}", **values)}
