"""The words of the product in English and Chinese, one module an area, equal in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Words(tuple[str, str]):
    """One text in both languages, English first."""

    __slots__ = ()

    def __new__(cls, en: str, zh: str) -> Words:
        """Pair the English and the Chinese text."""
        return super().__new__(cls, (en, zh))

    @property
    def en(self) -> str:
        """The English text."""
        return self[0]

    @property
    def zh(self) -> str:
        """The Chinese text."""
        return self[1]

    def text(self, lang: Language) -> str:
        """The text in one language."""
        return self[0] if lang == "en" else self[1]


def catalogue(area: str) -> Mapping[str, Words]:
    """The words of one area; loaded when first asked for, because `--help` needs only its own."""
    words: Mapping[str, Words] = import_module(f"advisor.words.{area}").WORDS
    return words


def say(lang: Language, key: str, /, **values: object) -> str:
    """The text for `area.key` in a language, its `{placeholders}` filled from values.

    Raises KeyError for an unknown key or a missing value: both are mistakes of ours, never of a plan.
    """
    area, _, name = key.partition(".")
    text = catalogue(area)[name].text(lang)
    return text.format(**values) if values else text
