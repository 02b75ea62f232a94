"""Lines of a terminal: how wide a text is, and where it breaks."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

from advisor.words import Language

WIDTH = 100


def columns(text: str) -> int:
    """Terminal columns that a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def wrapped(text: str, indent: str, lang: Language, hanging: str | None = None, width: int = WIDTH) -> Iterator[str]:
    """A text in lines of at most `width` columns; Chinese breaks between any two characters, figures stay whole."""
    hanging = indent if hanging is None else hanging
    if lang == "en":
        yield from textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=hanging,
                                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
        return
    line, start = indent, True
    for piece in _pieces(text):
        closing = piece in "，。；：、）」”！？,.;:)"
        if not start and columns(line) + columns(piece) > width and not closing:
            yield line.rstrip()
            line = hanging + piece.lstrip()
        else:
            line += piece
        start = False
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for char in text:
        if unicodedata.east_asian_width(char) in "WF" or char == " ":
            if word:
                yield word
            word = ""
            yield char
        else:
            word += char
    if word:
        yield word
