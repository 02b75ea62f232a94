"""Which fonts a PDF is set in, and which characters of a text none of them has.

typst prints an empty box where no font has a character, and says nothing. So each character is set alone beforehand and
its outline compared with that of a character that no font has.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.patterns import pattern
from advisor.records import dataclass
from advisor.words import Language

if TYPE_CHECKING:
    import typst

CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "Heiti SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "DengXian", "SimHei",
    "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun", "Droid Sans Fallback",
)  # fmt: skip
"""Families with simplified Chinese, the better first: Debian and Fedora, Windows, macOS."""
LATIN = "Libertinus Serif"
CODE = "DejaVu Sans Mono"
"""Both come inside typst, so a report in Latin letters is the same on every machine."""

_PROBE = """\
#set page(width: 40pt, height: 40pt, margin: 4pt)
#let given = json(bytes(sys.inputs.given))
#set text(font: given.fonts, lang: given.lang)
#for character in given.characters { page(character) }
"""
_NOWHERE = "\U0010fffd"  # a private character of the last plane
_OUTLINE = pattern(r'href="#(g[0-9A-F]+)"')
_SCRIPTS = (
    ("chinese", pattern("[\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")),
    ("emoji", pattern("[\u2600-\u27bf\U0001f000-\U0001faff]")),
)


@dataclass(frozen=True, slots=True)
class FontChoice:
    """Families for text and for code, in the order in which a character is looked for."""

    text: tuple[str, ...]
    code: tuple[str, ...]
    missing: tuple[str, ...]  # characters that no font has

    @property
    def scripts(self) -> tuple[str, ...]:
        """The kinds of writing that the missing characters belong to: `chinese`, `emoji`, `other`."""
        found = {next((name for name, kind in _SCRIPTS if kind.match(it)), "other") for it in self.missing}
        return tuple(sorted(found))


def font_book(folders: Sequence[Path] = (), *, system: bool = True) -> typst.Fonts:
    """The fonts of some folders, of the system unless that is left out, and those inside typst."""
    import typst  # noqa: PLC0415 - an extra, and only for a PDF

    return typst.Fonts(include_system_fonts=system, font_paths=[str(folder) for folder in folders])


def choose_fonts(text: str, lang: Language, folders: Sequence[Path] = (), *, system: bool = True) -> FontChoice:
    """The fonts for a text: those of the folders first, then one with Chinese and one with Latin letters."""
    import typst  # noqa: PLC0415 - as above

    fonts = font_book(folders, system=system)
    known = set(fonts.families())
    own = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(it) for it in folders])
    chinese = tuple(name for name in CHINESE if name in known)[:1]
    families = (*own.families(), *((*chinese, LATIN) if lang == "zh" else (LATIN, *chinese)))
    families = tuple(dict.fromkeys(families))
    characters = sorted(set(text) - set(" \n\t"))
    given = {"fonts": families, "lang": lang, "characters": [_NOWHERE, *characters]}
    if not characters:
        return FontChoice(families, (CODE, *families), ())
    pages = typst.Compiler(_PROBE.encode(), font_paths=fonts).compile(
        format="svg", sys_inputs={"given": json.dumps(given)}
    )
    if not isinstance(pages, list):
        raise TypeError(f"typst gave {type(pages).__name__} in place of pages")
    boxes, *outlines = [set(_OUTLINE.findall(page.decode())) for page in pages]
    missing = tuple(it for it, found in zip(characters, outlines, strict=True) if found and found <= boxes)
    return FontChoice(families, (CODE, *families), missing)
