"""The report as PDF, set by typst: the model goes in as JSON, so no text of a plan is ever read as markup."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from advisor import __version__
from advisor.patterns import pattern
from advisor.report.fonts import LATIN, FontChoice, choose_fonts, font_book
from advisor.report.logo import Logo
from advisor.report.model.records import ComparisonModel, ReportModel, to_dict
from advisor.report.pictures import pictures_of, svg
from advisor.words import Language, say

_FAMILIES = pattern(r'font-family="[^"]*"')


class NoFontError(Exception):
    """Characters of a report that no font has: a PDF would show boxes in their place."""

    def __init__(self, choice: FontChoice) -> None:
        self.choice = choice
        super().__init__("".join(choice.missing))

    def text(self, lang: Language) -> str:
        """What is missing, and which package has it."""
        shown = " ".join(self.choice.missing[:12]) + (" …" if len(self.choice.missing) > 12 else "")
        lines = [say(lang, "documents.no-font", count=len(self.choice.missing), characters=shown)]
        lines += [say(lang, f"documents.font-{script}") for script in self.choice.scripts]
        return "\n".join([*lines, say(lang, "documents.font-folder")])


def render(
    model: ReportModel | ComparisonModel,
    day: date,
    *,
    logo: Logo | None = None,
    folders: Sequence[Path] = (),
    system_fonts: bool = True,
) -> bytes:
    """The PDF, the same bytes for the same model, day and fonts.

    Fonts are looked for in `folders`, the system and typst itself. Raises NoFontError where they do not cover the text,
    ImportError without typst.
    """
    import typst  # noqa: PLC0415 - an extra, loaded when a PDF is wanted

    report, lang = to_dict(model), model.lang
    given = {
        "report": report,
        "pictures": [
            {picture.name: svg(picture, picture.name, alone=False) for picture in pictures_of(part)}
            for part in (model, *(model.reports if isinstance(model, ComparisonModel) else ()))
        ],
        "logo": None if logo is None else {"data": list(logo.data), "format": logo.form},
        "words": {"colon": say(lang, "documents.colon")},
        "footer": f"advisor {__version__} · {day.isoformat()}",
        "date": {"year": day.year, "month": day.month, "day": day.day},
    }
    choice = choose_fonts("".join(_texts(given)), lang, folders, system=system_fonts)
    if choice.missing:
        raise NoFontError(choice)
    given["fonts"] = {"text": choice.text, "code": choice.code, "latin": LATIN}
    given["pictures"] = [
        {name: _set_in(choice, drawing) for name, drawing in drawn.items()} for drawn in given["pictures"]
    ]
    template = resources.files("advisor.templates").joinpath("report.typ").read_bytes()
    compiler = typst.Compiler(template, font_paths=font_book(folders, system=system_fonts))

    def made() -> object:
        return compiler.compile(
            format="pdf",
            pdf_standards=["ua-1"],  # can be read aloud, and refuses a character that it cannot show
            sys_inputs={"report": json.dumps(given, ensure_ascii=False)},
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )

    try:
        data = made()
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        given["pictures"] = [{} for _ in given["pictures"]]  # a script that no font of a picture has: tables say it
        data = made()
    if not isinstance(data, bytes):
        raise TypeError(f"typst gave {type(data).__name__} in place of a file")
    return data


def _set_in(choice: FontChoice, drawing: str) -> str:
    """A picture in a font that has all its text: typst looks no further than the first family for a picture's words."""
    chinese = any(it > "\u2e80" for it in drawing)
    families = sorted(choice.text, key=lambda name: (name == LATIN) == chinese)
    listed = ", ".join(f"'{name}'" for name in families)
    return _FAMILIES.sub(f'font-family="{listed}"', drawing, count=1)


def _texts(value: Any) -> Iterator[str]:
    """Every text in some JSON values; keys and codes among them do no harm."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
