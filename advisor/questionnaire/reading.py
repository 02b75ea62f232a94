"""What comes of reading an answer: the values that it fills, or a refusal with what may be meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from advisor.patterns import pattern
from advisor.plan.source import Problem
from advisor.plan.values import Leaf, RefusedError
from advisor.questionnaire.places import leaf_of, written
from advisor.records import dataclass
from advisor.words import Language, Words, catalogue


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the things that an answer may mean: how it is shown, and what it fills."""

    label: Words
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer fills in, by path, in the form of a plan file; `note` says how it was understood."""

    values: Mapping[str, Any]
    note: Words | None = None


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 - it is an answer to the person, not a fault
    """Why an answer was not taken: a key of `advisor.words.ask` or `advisor.words.plan`, and what may be meant.

    `hint` is what the question itself says to such an answer, and takes the place of the key's words.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    hint: Words | None = None

    def text(self, lang: Language) -> str:
        """The words in one language."""
        if self.hint is not None:
            return self.hint.text(lang)
        if self.key in catalogue("ask"):
            values = {k: v.text(lang) if isinstance(v, Words) else v for k, v in self.values.items()}
            return catalogue("ask")[self.key].text(lang).format(**values)
        return Problem("", 1, 1, "", self.key, self.values).message(lang)


def folded(text: str) -> str:
    """A text for comparing: width, case, blanks and the stop at its end do not count."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub(r"\s+", " ", plain.strip("。.!！;；、 ")) or plain


_CHAT: Final = pattern(
    r"^(?:[,.。!;:、]|我们|我|咱们|公司|目前|现在|手上|手头|这边|一共|总共|大概|大约|差不多|可能|应该|只有|就|有|是|共|约|选|那|嗯|"
    r"(?:we|i)(?:'ve| have| only have| got)\b|it'?s\b|just\b|only\b|about\b|around\b|roughly\b|maybe\b|probably\b)\s*"
    r"|\s*(?:[,.。!;:、]|吧|了|啊|呢|哈|哦|呀|嘛|的话|的|左右|上下|差不多|这样|please|or so|thanks)$",
    re.IGNORECASE,
)


def without_chat(text: str) -> str:
    """A text without the words before and after that only keep a conversation going (`我们有…`, `…吧`)."""
    rest = text.strip()
    while (shorter := _CHAT.sub("", rest).strip()) != rest:
        if not shorter:
            return rest
        rest = shorter
    return rest


def leaf_at(path: str) -> Leaf:
    """The plan's reader of a place that a question fills."""
    found = leaf_of(path)
    assert found is not None  # noqa: S101 - `questions_of` refuses paths without a reader
    return found


def by_leaf(leaf: Leaf, value: object, path: str = "") -> object:
    """A value in the form of a plan. Raises Refusal; with a path, what the reader holds for near is offered."""
    try:
        return written(leaf, leaf.read(value))
    except RefusedError as error:
        values = dict(error.values)
        near = values.get("nearest")
        candidate = re.search("`([^`]+)`", near.en) if isinstance(near, Words) and path else None
        if candidate is None:
            raise Refusal(error.key, values) from None
        try:
            meant = written(leaf, leaf.read(candidate[1]))
        except RefusedError:
            raise Refusal(error.key, values) from None
        raise Refusal(error.key, values, (offer(str(meant), {path: meant}),)) from None


def offer(label: str, values: Mapping[str, Any]) -> Offer:
    """An offer whose label is the same in both languages."""
    return Offer(Words(label, label), values)
