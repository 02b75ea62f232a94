"""People's words, in English and Chinese, as values of a plan: `8 张 V100`, `十万`, `qwen 7b`, `没有`.

Reading is pure: a question, a text, the names of the knowledge base and the day come in; a `Reading` with the values
for the plan comes out, or a `Refusal` with words and, where several things may be meant, what can be chosen from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal

from advisor.entries.base import Knowledge, plain
from advisor.patterns import pattern
from advisor.plan.source import shown
from advisor.plan.values import Amount, Duration, Leaf, ListOf, RefusedError, Region, Samples
from advisor.plan.values import Choice as ChoiceLeaf
from advisor.questionnaire import amounts, names
from advisor.questionnaire.places import leaf_of
from advisor.questionnaire.question import Choice, Question
from advisor.questionnaire.reading import Offer, Reading, Refusal, by_leaf, folded, leaf_at, without_chat
from advisor.words import Language, Words, catalogue

Command = Literal["explain", "back", "skip", "quit"]
_SKIPPED: Final = (
    "不知道", "不清楚", "不确定", "不太清楚", "不好说", "说不准", "跳过", "待定", "未定", "没定", "还没定", "没想好",
    "还没想好", "没想过", "还没想", "随便", "都行", "都可以", "无所谓", "看着办", "默认",
)  # fmt: skip
_COMMANDS: Final[dict[str, Command]] = {
    "?": "explain", "help": "explain", "why": "explain", "帮助": "explain", "为什么": "explain", "说明": "explain",
    "什么意思": "explain", "不懂": "explain", "没看懂": "explain",
    "<": "back", "back": "back", "《": "back", "〈": "back", "返回": "back", "上一题": "back", "后退": "back",
    "-": "skip", "--": "skip", "–": "skip", "—": "skip", "——": "skip", "skip": "skip", "idk": "skip",
    "don't know": "skip", "i don't know": "skip", "dont know": "skip", "no idea": "skip", "not sure": "skip",
    "not decided": "skip", "undecided": "skip", "not yet": "skip", "no preference": "skip", "whatever": "skip",
    "any": "skip", "anything": "skip", "default": "skip", "tbd": "skip", "n/a": "skip",
    "q": "quit", "quit": "quit", "exit": "quit", "退出": "quit",
    **dict.fromkeys(_SKIPPED, "skip"),
}  # fmt: skip
_TALK: Final = pattern(
    r"^(?:我们|我|还|也|真|暂时|目前|well,? |sorry,? |i have |we have |i )+|(?:吧|啊|呢|呀|哦|了|yet|really| at all)+$"
)
_NOTHING: Final = pattern(
    r"(?:暂时?|目前|都|还)?(?:没有?|沒有|无)(?:什么|任何|特别的?|别的|其他)*(?:要求|安排|计划|打算|限制|规定)?|\[\]|0|"
    r"(?:none|nothing|no)(?: planned| yet| at all)?|no (?:special )?(?:requirements?|plans?)"
)
_ALL: Final = frozenset(
    {"all", "all of them", "all of these", "everything", "全部", "全都", "都要", "都有", "都选", "全选"}
)
_YES: Final = frozenset(
    {"1", "y", "yes", "yep", "yeah", "true", "sure", "是", "是的", "有", "有的", "有人", "对", "好", "会", "嗯", "可以",
     "应该有", "轮班", "有轮班"}
)  # fmt: skip
_NO: Final = frozenset(
    {"2", "n", "no", "nope", "false", "nobody", "never", "否", "不", "不是", "没有", "没", "无", "不会", "没人",
     "没有人",
     "暂时没有", "还没有", "没安排", "没有人值守", "没人值守", "无人值守"}
)  # fmt: skip
_NEGATED: Final = pattern(r"[不非没无勿]|\b(?:no|not|non|without|never)\b|n't")
_ORDINAL: Final = pattern(
    r"(?:选项?|第|编号|no\. ?|number |option |choice |#|\()?\s*([0-9]{1,3})\s*(?:个|项|号|条|题|\))?(?: ?(?:吧|了|的))?"
)
_SEVERAL_NUMBERS: Final = pattern(r"(?:both |选)?[0-9]+(?:\s*(?:[,、/+&]|和|与|及|and|or|或)\s*[0-9]+)+")
_TELLING: Final = frozenset(
    {"several", "several-items", "range", "vague", "which-date", "which-unit", "date-past", "no-such-number",
     "only-one", "text-empty", "text-too-long", "out-of-range", "quantity-range", "one-device", "count",
     "count-of-system"}
)  # fmt: skip
"""Refusals that say more than a hint would."""
_LONGEST: Final = 2000  # characters of an answer
_LONGEST_FIGURE: Final = 200


def command_of(text: str) -> Command | None:
    """The command that a text is: explain, back, skip or quit; None for an answer."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    bare = folded(text)
    for shape in (word, bare, _TALK.sub("", bare).strip(), _TALK.sub("", _TALK.sub("", bare).strip())):
        if (found := _COMMANDS.get(shape)) is not None:
            return found
    return None


def read_answer(question: Question, text: str, knowledge: Knowledge, today: date) -> Reading:
    """What an answer fills in. Raises Refusal."""
    longest = _LONGEST_FIGURE if question.kind in {"device", "model", "quantity"} else _LONGEST
    if len(text) > longest:
        raise Refusal("text-too-long", {"limit": f"{longest:,}"})
    text = unicodedata.normalize("NFKC", text.replace("\t", " ")).strip()
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise Refusal("control", {"value": shown(text)})
    try:
        return _read(question, text, knowledge, today)
    except Refusal as refusal:
        hint = _hint(question, text)
        # `阿里云 8 张 A100` is about a card, whatever else it speaks of.
        if hint is None or refusal.key in _TELLING or (refusal.offers and re.search(r"[0-9]{2}", text)):
            raise
        raise Refusal(refusal.key, refusal.values, (), hint) from None


def _hint(question: Question, text: str) -> Words | None:
    """What the question says to an answer of this kind that it cannot take; None where it says nothing."""
    word = folded(text)
    for hint in question.hints:
        if not hint.to or any(_mentions(word, folded(name)) for name in hint.to):
            return hint.says
    return None


def _mentions(word: str, name: str) -> bool:
    return (
        re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", word) is not None if name.isascii() else name in word
    )


def _read(question: Question, text: str, knowledge: Knowledge, today: date) -> Reading:
    if question.kind == "device":
        return names.device(question, text, knowledge)
    if question.kind == "model":
        return names.model(question, text, knowledge)
    if question.kind == "quantity":
        return _quantity(question, text, today)
    leaf = leaf_at(question.path)
    if question.kind == "yes-no":
        return Reading({question.path: _yes_or_no(text)})
    if question.kind == "licence":
        return Reading({question.path: _licence(question, text, knowledge)})
    if question.kind == "choice":
        return _choice_or_more(question, text, leaf, today)
    if question.kind == "list":
        return Reading({question.path: _items(question, text, leaf)})
    return Reading({question.path: by_leaf(leaf, text, question.path)})


def _quantity(question: Question, text: str, today: date) -> Reading:
    """A quantity; cards told by machines (`两台8卡`) tell the machines too."""
    if question.path == "hardware.count" and (machines := names.machines_of(text)) is not None and not machines[2]:
        nodes, each, _ = machines
        filled = {question.path: by_leaf(leaf_at(question.path), nodes * each)}
        return Reading(filled | dict.fromkeys(question.also, nodes))
    return amounts.quantity(question, text, today)


def _yes_or_no(text: str) -> bool:
    word = folded(text)
    for shape in (word, re.split(r"[,、;.。]", word)[0].strip(), without_chat(word)):
        if (shape in _YES) != (shape in _NO):
            return shape in _YES
    raise Refusal("yes-or-no", {"value": shown(text)})


def _names(choice: Choice) -> set[str]:
    return {folded(name) for name in (str(choice.value), choice.says.en, choice.says.zh, *choice.words)}


_AMOUNT: Final = pattern(
    r"(?P<amount>\S*?\s?(?:[KMGTkmgt]i?[Bb]?(?![a-z])|[万亿w]?\s?(?:条|tokens?|samples)))\s*(?:的|of )?\s*"
    r"(?P<rest>\S.*)"
)


def _choice_or_more(question: Question, text: str, leaf: Leaf, today: date) -> Reading:
    """A choice; where the question has further places, a quantity before it goes there: `50G 代码`."""
    path = question.path
    side: dict[str, Any] = {}
    if question.also and not text.isdecimal() and (match := _AMOUNT.fullmatch(without_chat(text))):
        beside = replace(question, paths=question.also, kind="quantity", words={}, hints=())
        try:
            side = dict(amounts.quantity(beside, match["amount"], today).values)
        except Refusal:
            side = {}
        else:
            text = match["rest"]
    try:
        return Reading({path: _choice(question, text, leaf), **side})
    except Refusal as refusal:
        offers = tuple(Offer(offer.label, {**offer.values, **side}) for offer in refusal.offers)
        raise Refusal(refusal.key, refusal.values, offers) from None


def _choice(question: Question, text: str, leaf: Leaf) -> object:
    """One of the choices: by number, by name, by what it is also called, or by a word of it that only it has."""
    word, choices = folded(text), question.choices
    if exact := _exactly(choices, word):
        return _the_one(question, text, exact)
    if (match := _ORDINAL.fullmatch(word)) is not None:
        number = int(match[1])
        if 1 <= number <= len(choices):
            return choices[number - 1].value
        raise Refusal("no-such-number", {"value": shown(text), "last": len(choices)})
    if isinstance(leaf, ChoiceLeaf):
        try:
            return leaf.read(text)
        except RefusedError:
            pass
    elif question.open:
        return by_leaf(leaf, text)
    if question.kind != "list" and _SEVERAL_NUMBERS.fullmatch(word):
        raise Refusal("only-one", {"value": shown(text)})
    bare = folded(without_chat(text))
    return _the_one(question, text, _exactly(choices, bare) or _inside(choices, word))


def _exactly(choices: Iterable[Choice], word: str) -> list[Choice]:
    return [choice for choice in choices if word in _names(choice)]


def _the_one(question: Question, text: str, found: Sequence[Choice]) -> object:
    """The value of the only choice that is meant. Raises Refusal with all that may be."""
    if len(found) == 1:
        return found[0].value
    if found:
        offers = tuple(Offer(choice.says, {question.path: choice.value}) for choice in found)
        raise Refusal("several", {"value": shown(text)}, () if question.kind == "list" else offers)
    key = "none-of-these-items" if question.kind == "list" else "none-of-these"
    raise Refusal(key, {"value": shown(text), "last": len(question.choices)})


def _inside(choices: Sequence[Choice], word: str) -> list[Choice]:
    """The choices whose words stand in an answer, else those in whose words it stands.

    A word inside a longer one of another choice (`预训练` in `持续预训练`) does not count, and where a negation is left
    beside the words nothing is guessed.
    """
    spans = [(place, *span) for place, choice in enumerate(choices) for span in _spans(choice, word)]
    kept = [
        (place, start, end)
        for place, start, end in spans
        if not any(low <= start and end <= high and high - low > end - start for _, low, high in spans)
    ]
    rest = "".join(
        " " if any(start <= at < end for _, start, end in kept) else character for at, character in enumerate(word)
    )
    if _NEGATED.search(rest):
        return []
    if kept:
        found = {place: {(low, high) for at, low, high in kept if at == place} for place, _, _ in kept}
        # `lora 微调`: what two choices share does not tell them apart, what only one of them has does.
        meant = {place for place, own in found.items() if not any(own < others for others in found.values())}
        return [choice for place, choice in enumerate(choices) if place in meant]
    return [choice for choice in choices if any(_is_part(word, name) for name in _names(choice))]


def _spans(choice: Choice, word: str) -> list[tuple[int, int]]:
    found = []
    for name in _names(choice):
        if name.isascii():
            if len(name) >= 3:
                bounded = rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])"
                found += [match.span() for match in re.finditer(bounded, word)]
        elif len(name) >= 2:
            found += [match.span() for match in re.finditer(re.escape(name), word)]
    return found


_SMALL_WORDS: Final = frozenset(
    {"all", "and", "the", "our", "own", "for", "used", "are", "not", "yes", "more", "use", "with"}
)


def _is_part(word: str, name: str) -> bool:
    """Tell whether an answer is a word of a choice's name, and not of what that name denies."""
    if word.isascii():
        return word not in _SMALL_WORDS and len(word) >= 3 and re.search(
            rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", name
        ) is not None  # fmt: skip
    return len(word) >= 2 and word in name and not _NEGATED.search(name[: name.index(word)][-1:])


_ITEMS: Final = pattern(r"[,、;\n]+")
_JOINTS: Final = (
    pattern(r"\s+(?:and|&)\s+|\s*(?:以及|和|与|及|还有|\+)\s*", re.IGNORECASE),
    pattern(r"\s+"),
)


def _items(question: Question, text: str, leaf: Leaf) -> list[object]:
    """Several of the choices; where the question is open, whatever is none of them is taken as it stands."""
    assert isinstance(leaf, ListOf)  # noqa: S101 - list questions fill lists
    word = folded(text)
    if _NOTHING.fullmatch(word):
        return []
    if word in _ALL and not _exactly(question.choices, word):
        return [choice.value for choice in question.choices]
    if span := re.fullmatch(r"([0-9]{1,2})\s*(?:-|~|～|到|至|to)\s*([0-9]{1,2})", word):
        first, last = int(span[1]), int(span[2])
        if 1 <= first < last <= len(question.choices):
            return [choice.value for choice in question.choices[first - 1 : last]]
        raise Refusal("no-such-number", {"value": shown(text), "last": len(question.choices)})
    rows: list[str] = []
    for row in filter(None, map(str.strip, _ITEMS.split(text))):
        rows += _parts(question, row)
    if not rows:
        raise Refusal("text-empty", {})
    found = []
    named = {folded(name) for name in question.words}
    for row in rows:
        if not question.open and len(inside := _inside(question.choices, folded(row))) > 1:
            # `国产` may be the card or the model: all are listed above, so that their numbers can be written.
            choices = [choice.says for choice in inside]
            listed = Words(", ".join(name.en for name in choices), "、".join(name.zh for name in choices))
            if not _exactly(question.choices, folded(row)):
                raise Refusal("several-items", {"value": shown(row), "choices": listed})
        if question.open and (folded(row) in named or not _is_known(question, row)):
            found.append(
                _region(question, leaf.item, row) if isinstance(leaf.item, Region) else by_leaf(leaf.item, row)
            )
        else:
            found.append(_choice(question, row, leaf.item))
    return list(dict.fromkeys(found))


def _region(question: Question, leaf: Leaf, row: str) -> object:
    """The code of a region; a country's name, which the plan would have as a code, is certain enough."""
    named = {folded(name): code for name, code in question.words.items()}
    for shape in (row, without_chat(row), re.sub(r"^(?:只|仅|主要)?在?", "", without_chat(row))):
        if (code := named.get(folded(shape))) is not None:
            return by_leaf(leaf, code)
        if exact := _exactly(question.choices, folded(shape)):
            return exact[0].value
    try:
        return by_leaf(leaf, row, "project.regions")
    except Refusal as refusal:
        if refusal.offers:
            return refusal.offers[0].values["project.regions"]
        raise


def _parts(question: Question, row: str) -> list[str]:
    """The items of a row that no comma divides: split where each part is an item of its own, else whole."""
    for joint in _JOINTS:
        parts = [part for part in joint.split(row) if part]
        if not _is_known(question, row) and all(_is_known(question, part) for part in parts):
            return parts
    return [row]


def _is_known(question: Question, text: str) -> bool:
    word = folded(text)
    named = word in {folded(name) for name in question.words}
    return named or _ORDINAL.fullmatch(word) is not None or bool(_exactly(question.choices, word))


_AND: Final = pattern(r"\s*(?:[,、;+&]|和|与|及|以及|加)\s*|\s+and\s+", re.IGNORECASE)


def _licence(question: Question, text: str, knowledge: Knowledge) -> object:
    """An expression of licences that are known: by number, by name, several joined as people join them."""
    leaf = leaf_at(question.path)
    if re.search(r"\b(?:OR|WITH)\b|[()]", text):
        return by_leaf(leaf, text)
    found = []
    for part in filter(None, (part.strip() for part in _AND.split(text))):
        word = folded(without_chat(part))
        exact = _exactly(question.choices, folded(part)) or _exactly(question.choices, word)
        ordinal = _ORDINAL.fullmatch(folded(part))
        if part == text.strip() and len(exact) > 1:
            return _the_one(question, text, exact)
        if named := {folded(name): spdx for name, spdx in question.words.items()}.get(word):
            found.append(named)
        elif len(exact) == 1:
            found.append(str(exact[0].value))
        elif ordinal is not None and 1 <= int(ordinal[1]) <= len(question.choices):
            found.append(str(question.choices[int(ordinal[1]) - 1].value))
        elif ordinal is not None:
            raise Refusal("no-such-number", {"value": shown(part), "last": len(question.choices)})
        else:
            found.append(_known_licence(part, knowledge))
    if not found:
        raise Refusal("text-empty", {})
    return by_leaf(leaf, " AND ".join(dict.fromkeys(found)))


def _known_licence(part: str, knowledge: Knowledge) -> str:
    """A licence as SPDX writes it, where the knowledge base knows it. Raises Refusal."""
    if re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]+", part):
        return part
    for shape in (part, re.sub(r"\s*(?:licen[cs]e|协议|许可证?)$", "", part, flags=re.IGNORECASE)):
        entry = knowledge.data_licence_names.get(plain(shape))
        if entry is not None:
            spdx = knowledge.raw["data_licences"][entry].get("spdx", [])
            return next((name for name in spdx if plain(name) == plain(shape)), shape)
    raise Refusal("unknown-licence", {"value": shown(part)})


def shown_answer(question: Question, value: Any, lang: Language, knowledge: Knowledge) -> str:
    """A value of the plan as the questions speak of it."""
    if isinstance(value, bool):
        return catalogue("figures")["yes" if value else "no"].text(lang)
    if isinstance(value, list):
        parts = [shown_answer(question, item, lang, knowledge) for item in value]
        return ("、" if lang == "zh" else ", ").join(parts) or catalogue("ask")["nothing"].text(lang)
    for choice in question.choices:
        if choice.value == value:
            said = choice.says.text(lang)
            return said if said == str(value) else f"{said} ({value})" if lang == "en" else f"{said}（{value}）"
    leaf = leaf_of(question.path)
    if isinstance(leaf, (Amount, Duration)) and not isinstance(value, dict):
        try:
            return amounts.measure_label(leaf, value).text(lang)
        except RefusedError:
            return shown(value, 200)
    counted = next((it for path in question.paths if isinstance(it := leaf_of(path), Samples)), None)
    if counted is not None and isinstance(value, int):
        return amounts.counted_label(counted, value).text(lang)
    if question.kind in {"device", "model"} and isinstance(value, str):
        return shown(names.device_label(value, knowledge), 120)
    return shown(value, 200)
