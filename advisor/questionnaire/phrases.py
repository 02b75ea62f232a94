"""People's words, in English and Chinese, as values of a plan: `8 张 V100`, `十万`, `qwen 7b`, `没有`.

Reading is pure: a question, a text and the names of the knowledge base come in; a `Reading` with the values for the
plan comes out, or a `Refusal` with words and, where several things may be meant, what can be chosen from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Final, Literal

from advisor.entries.base import Knowledge, UnknownNameError
from advisor.plan.source import Problem, plain_scalar, shown
from advisor.plan.units import Money, QuantityError, read_samples, write_count, write_duration
from advisor.plan.values import (
    Amount,
    Duration,
    Leaf,
    ListOf,
    Number,
    RefusedError,
    Region,
    Samples,
    Size,
    Tokens,
    Whole,
)
from advisor.plan.values import Choice as ChoiceLeaf
from advisor.questionnaire.places import leaf_of, written
from advisor.questionnaire.question import Choice, Question
from advisor.records import dataclass
from advisor.words import Language, Words, catalogue
from advisor.words.figures import money

Command = Literal["explain", "back", "skip", "quit"]
_COMMANDS: Final[dict[str, Command]] = {
    "?": "explain", "help": "explain", "why": "explain", "帮助": "explain", "为什么": "explain", "说明": "explain",
    "<": "back", "back": "back", "《": "back", "〈": "back", "返回": "back", "上一题": "back",
    "-": "skip", "--": "skip", "–": "skip", "—": "skip", "——": "skip", "skip": "skip", "idk": "skip",
    "don't know": "skip", "i don't know": "skip", "dont know": "skip", "no idea": "skip", "not sure": "skip",
    "不知道": "skip", "我不知道": "skip", "不清楚": "skip", "不确定": "skip", "跳过": "skip", "待定": "skip",
    "q": "quit", "quit": "quit", "exit": "quit", "退出": "quit",
}  # fmt: skip
_NOTHING: Final = frozenset(
    {"none", "nothing", "no", "没有", "无", "没", "沒有", "没有要求", "没有安排", "暂无", "[]", "0"}
)
_YES: Final = frozenset({"1", "y", "yes", "true", "是", "是的", "有", "对", "好", "会", "嗯"})
_NO: Final = frozenset({"2", "n", "no", "false", "否", "不", "不是", "没有", "没", "无", "不会", "没人", "没有人"})
_NEGATED: Final = re.compile(r"[不非没无勿]|\b(?:no|not|non|without|never)\b|n't")
_ENGLISH_NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"sixteen": 16}


_LONGEST: Final = 2000  # characters of an answer


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the things that an answer may mean: how it is shown, and what it fills."""

    label: Words
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer fills in, by path, in the form of a plan file."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 - it is an answer to the person, not a fault
    """Why an answer was not taken: a key of `advisor.words.ask` or `advisor.words.plan`, and what may be meant."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()

    def text(self, lang: Language) -> str:
        """The words in one language."""
        if self.key in catalogue("ask"):
            values = {k: v.text(lang) if isinstance(v, Words) else v for k, v in self.values.items()}
            return catalogue("ask")[self.key].text(lang).format(**values)
        return Problem("", 1, 1, "", self.key, self.values).message(lang)


def folded(text: str) -> str:
    """A text for comparing: width, case, blanks and the stop at its end do not count."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub(r"\s+", " ", plain.strip("。.!！ ")) or plain


def command_of(text: str) -> Command | None:
    """The command that a text is: explain, back, skip or quit; None for an answer."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return _COMMANDS.get(plain) or _COMMANDS.get(folded(text))


def read_answer(question: Question, text: str, knowledge: Knowledge) -> Reading:
    """What an answer fills in. Raises Refusal."""
    if len(text) > _LONGEST:
        raise Refusal("text-too-long", {"limit": f"{_LONGEST:,}"})
    text = unicodedata.normalize("NFKC", text.replace("\t", " ")).strip()
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise Refusal("control", {"value": shown(text)})
    if question.kind == "device":
        return _device(question, text, knowledge)
    if question.kind == "model":
        return _model(question, text, knowledge)
    if question.kind == "quantity":
        return _quantity(question, text)
    leaf = _leaf(question.path)
    if question.kind == "yes-no":
        word = folded(text)
        if (word in _YES) == (word in _NO):
            raise Refusal("yes-or-no", {"value": shown(text)})
        return Reading({question.path: word in _YES})
    if question.kind == "choice":
        return _choice_or_more(question, text, leaf)
    if question.kind == "list":
        return Reading({question.path: _items(question, text, leaf)})
    return Reading({question.path: _by_leaf(leaf, text, question.path)})


def _leaf(path: str) -> Leaf:
    found = leaf_of(path)
    assert found is not None  # noqa: S101 - `questions_of` refuses paths without a reader
    return found


def _by_leaf(leaf: Leaf, value: object, path: str = "") -> object:
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
        raise Refusal(error.key, values, (_offer(str(meant), {path: meant}),)) from None


def _offer(label: str, values: Mapping[str, Any]) -> Offer:
    return Offer(Words(label, label), values)


def _names(choice: Choice) -> set[str]:
    return {folded(name) for name in (str(choice.value), choice.says.en, choice.says.zh, *choice.words)}


def _choice_or_more(question: Question, text: str, leaf: Leaf) -> Reading:
    """A choice; where the question has another place, a quantity before it goes there: `50G 代码`."""
    path = question.path
    side: dict[str, object] = {}
    if question.also and not text.isdecimal() and (match := _AMOUNT.fullmatch(text)):
        try:
            side[question.also] = _by_leaf(_leaf(question.also), match["amount"])
        except Refusal:
            side = {}
        else:
            text = match["rest"]
    try:
        return Reading({path: _choice(question, text, leaf), **side})
    except Refusal as refusal:
        offers = tuple(Offer(offer.label, {**offer.values, **side}) for offer in refusal.offers)
        raise Refusal(refusal.key, refusal.values, offers) from None


_AMOUNT: Final = re.compile(r"(?P<amount>\S*?\s?[KMGT]i?B?)\s*(?:的|of )?\s*(?P<rest>\S.*)", re.IGNORECASE)


def _choice(question: Question, text: str, leaf: Leaf) -> object:
    """One of the choices: by number, by name, by what it is also called, or by a word of it that only it has."""
    word, choices = folded(text), question.choices
    if re.fullmatch(r"[0-9]{1,3}", word):
        if 1 <= int(word) <= len(choices):
            return choices[int(word) - 1].value
        raise Refusal("no-such-number", {"value": shown(text), "last": len(choices)})
    if exact := _exactly(choices, word):
        return _the_one(question, text, exact)
    if isinstance(leaf, ChoiceLeaf):
        try:
            return leaf.read(text)
        except RefusedError:
            pass
    elif question.open:
        return _by_leaf(leaf, text)
    return _the_one(question, text, _inside(choices, word))


def _exactly(choices: Iterable[Choice], word: str) -> list[Choice]:
    return [choice for choice in choices if word in _names(choice)]


def _the_one(question: Question, text: str, found: list[Choice]) -> object:
    """The value of the only choice that is meant. Raises Refusal with all that may be."""
    if len(found) == 1:
        return found[0].value
    if found:
        offers = tuple(Offer(Words(choice.says.en, choice.says.zh), {question.path: choice.value}) for choice in found)
        raise Refusal("several", {"value": shown(text)}, () if question.kind == "list" else offers)
    raise Refusal("none-of-these", {"value": shown(text), "last": len(question.choices)})


def _inside(choices: Iterable[Choice], word: str) -> list[Choice]:
    """The choices whose words stand in an answer, or an answer in theirs; a negated answer is never guessed at.

    One whose words are all parts of another's (`预训练` of `持续预训练`) is not meant.
    """
    if _NEGATED.search(word):
        return []
    matched: list[tuple[Choice, set[str]]] = []
    for choice in choices:
        names = {name for name in _names(choice) if _stands_in(name, word)}
        if not names and any(_stands_in(word, name) for name in _names(choice)):
            names = {word}
        if names:
            matched.append((choice, names))
    return [
        choice
        for choice, names in matched
        if not any(_within(names, others) and not _within(others, names) for _, others in matched)
    ]


def _within(names: set[str], others: set[str]) -> bool:
    return all(any(name in other for other in others) for name in names)


def _stands_in(name: str, text: str) -> bool:
    if not name.isascii():
        return len(name) >= 2 and name in text
    return len(name) >= 3 and re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None


_ITEMS: Final = re.compile(r"[,、;\n]+")
_JOINTS: Final = (
    re.compile(r"\s+(?:and|&)\s+|\s*(?:以及|和|与|及)\s*", re.IGNORECASE),
    re.compile(r"\s+"),
)


def _items(question: Question, text: str, leaf: Leaf) -> list[object]:
    """Several of the choices; where the question is open, whatever is none of them is taken as it stands."""
    assert isinstance(leaf, ListOf)  # noqa: S101 - list questions fill lists
    if folded(text) in _NOTHING:
        return []
    rows: list[str] = []
    for row in filter(None, map(str.strip, _ITEMS.split(text))):
        rows += _parts(question, row)
    if not rows:
        raise Refusal("text-empty", {})
    found = []
    for row in rows:
        if not question.open and len(inside := _inside(question.choices, folded(row))) > 1:
            # `国产` may be the card or the model: all are listed above, so that their numbers can be written.
            names = [Words(choice.says.en, choice.says.zh) for choice in inside]
            listed = Words(", ".join(name.en for name in names), "、".join(name.zh for name in names))
            if not _exactly(question.choices, folded(row)):
                raise Refusal("several-items", {"value": shown(row), "choices": listed})
        if question.open and not _is_known(question, row):
            found.append(_region(leaf.item, row) if isinstance(leaf.item, Region) else _by_leaf(leaf.item, row))
        else:
            found.append(_choice(question, row, leaf.item))
    return list(dict.fromkeys(found))


def _region(leaf: Leaf, row: str) -> object:
    """The code of a region; a country's name, which the plan would have as a code, is certain enough."""
    try:
        return _by_leaf(leaf, row, "project.regions")
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
    return re.fullmatch(r"[0-9]{1,3}", folded(text)) is not None or bool(_exactly(question.choices, folded(text)))


_VAGUE: Final = ("大约", "大概", "约", "左右", "上下", "about", "around", "roughly", "approximately", "approx.", "ca.")


def _quantity(question: Question, text: str) -> Reading:
    """A quantity in whichever unit of the question it fits; what fits several is asked back."""
    words = {folded(old): new for old, new in question.words.items()}
    stripped = _without((*_VAGUE, *question.fillers), text)
    if (meant := words.get(folded(text)) or words.get(folded(stripped))) is not None:
        text = stripped = meant
    offers: list[Offer] = []
    refusals: list[Refusal] = []
    for path in question.paths:
        leaf = _leaf(path)
        try:
            # The whole text first: `12B tokens` is told from bytes by the word that a filler would take away.
            value = _first_that_reads(leaf, path, text, stripped)
        except Refusal as refusal:
            refusals.append(refusal)
            continue
        offers.append(Offer(_counted_label(leaf, value), {path: value}))
    if not offers:
        raise next((refusal for refusal in refusals if refusal.offers), refusals[0])
    if len(offers) > 1:
        # `12.3B` is also twelve bytes by the letter: nobody has so little data.
        offers = [offer for offer in offers if not any(_is_tiny(path, it) for path, it in offer.values.items())]
    if len(offers) > 1:
        raise Refusal("several", {"value": shown(text)}, tuple(offers))
    return Reading(offers[0].values)


def _counted_label(leaf: Leaf, value: object) -> Words:
    if isinstance(leaf, Samples) and isinstance(value, int):
        return Words(f"{write_count(value)} samples", f"{write_count(value)} 条样本")
    return Words(str(value), str(value))


def _is_tiny(path: str, value: object) -> bool:
    leaf = _leaf(path)
    return isinstance(leaf, Size) and float(str(leaf.read(value))) < 1000


def _first_that_reads(leaf: Leaf, path: str, text: str, stripped: str) -> object:
    if stripped != text:
        try:
            return _measure(leaf, path, text)
        except Refusal:
            pass
    return _measure(leaf, path, stripped)


def _without(fillers: Iterable[str], text: str) -> str:
    """A text without the words around a quantity that say nothing."""
    rest = text.strip()
    for filler in sorted(fillers, key=len, reverse=True):
        word = rf"\b{re.escape(filler)}\b" if filler.isascii() else re.escape(filler)
        rest = re.sub(rf"^{word}|{word}$", "", rest, flags=re.IGNORECASE).strip()
    return rest


def _measure(leaf: Leaf, path: str, text: str) -> object:
    value: object = plain_scalar(text)
    if isinstance(leaf, (Whole, Number)) and not isinstance(value, (int, float)):
        value = _number(text)
    elif isinstance(leaf, Tokens) and isinstance(value, (int, float)):
        value = text
    return _by_leaf(leaf, value, path)


def _number(text: str) -> object:
    """A bare number in words (`八`, `8k`, `一千`, `eight`), else the text itself."""
    if (named := _ENGLISH_NUMBERS.get(folded(text))) is not None:
        return named
    try:
        number = read_samples(text)
    except QuantityError:
        return text
    return int(number) if number.is_integer() else number


_COUNT = r"(?P<count>[0-9]+|[零一二两三四五六七八九十百千]+|[a-z]+)"
_MEASURE = r"(?:张卡|块卡|张|块|卡|台|个|套|枚|片|[x×*]|cards?(?: of)?|pieces?(?: of)?|units?(?: of)?|pcs)"
_COUNTED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_COUNT}(?:\s*{_MEASURE}\s*|\s+)(?P<name>\S.*)",  # 8 张 V100, 8xA100, eight H100
        rf"(?P<name>.*\S)\s*[x×*,]\s*{_COUNT}\s*{_MEASURE}?",  # V100 x8; V100, 8 张
        rf"(?P<name>.*\S)\s*(?P<count>[一二两三四五六七八九十百千]+)\s*{_MEASURE}",  # 昇腾910B八卡
        rf"(?P<name>.*\S)\s+{_COUNT}\s*{_MEASURE}",  # V100 8 张
    )
)


def _device(question: Question, text: str, knowledge: Knowledge) -> Reading:
    """A device, with how many of it where the answer says so."""
    refusals: list[Refusal] = []
    for name, count in [(text, None), *_counted_names(text)]:
        side = {question.also: count} if question.also and count else {}
        try:
            return Reading({question.path: _device_name(question, name, knowledge), **side})
        except Refusal as refusal:
            offers = tuple(Offer(offer.label, {**offer.values, **side}) for offer in refusal.offers)
            refusals.append(Refusal(refusal.key, refusal.values, offers))
    # What is like a device once its number is taken off says better what was meant.
    raise next((refusal for refusal in refusals[1:] if refusal.offers), refusals[0])


def _counted_names(text: str) -> list[tuple[str, int | None]]:
    found: list[tuple[str, int | None]] = []
    for pattern in _COUNTED:
        if match := pattern.fullmatch(text):
            number = 1 if match["count"].lower() in {"a", "an"} else _number(match["count"])
            if isinstance(number, int) and number > 0:
                found.append((match["name"].strip(" ,、的"), number))
    return found


def _rewritten(question: Question, text: str) -> str:
    for old, new in question.words.items():
        text = re.sub(re.escape(old), f" {new} ", text, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip(" 的-")


def _device_name(question: Question, text: str, knowledge: Knowledge) -> str:
    ids = [*knowledge.ids("devices"), *knowledge.ids("systems")]
    name = _rewritten(question, text)
    single = re.sub(r"(?<=[0-9])s$", "", name)  # `H100s` are several; the V100S is a card of its own
    alike = _alike(single, ids)
    for known in dict.fromkeys((text, name, single)):
        try:
            found = knowledge.device_id(known)
        except UnknownNameError:
            continue
        if single not in {known, name} and alike:
            raise _unknown(question, "unknown-device", text, (found, *alike), knowledge)
        return found
    raise _unknown(question, "unknown-device", text, alike or _nearest(knowledge.device_id, name), knowledge)


def _nearest(look_up: Any, name: str) -> tuple[str, ...]:
    try:
        return (str(look_up(name)),)
    except UnknownNameError as error:
        return error.candidates or error.nearest


def _alike(name: str, ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that have every word of a name; a word without digits also stands for one that digits follow."""
    words = [word for word in re.split(r"[\s\-_/]+", name.lower()) if word]
    if not words:
        return ()
    found = []
    for entry in ids:
        parts = entry.removeprefix("sys-").split("-")
        if _is_like(words[0], parts[0]) and all(any(_is_like(word, part) for part in parts) for word in words):
            found.append(entry)
    return tuple(sorted(found, key=lambda entry: (len(entry), entry)))


def _is_like(word: str, part: str) -> bool:
    return part == word or (word.isalpha() and part.startswith(word) and part[len(word) :][:1].isdigit())


def _unknown(question: Question, key: str, text: str, near: tuple[str, ...], knowledge: Knowledge) -> Refusal:
    offers = tuple(_offer(device_label(name, knowledge), {question.path: name}) for name in near[:9])
    return Refusal(f"{key}-near" if offers else key, {"value": shown(text)}, offers)


def device_label(name: str, knowledge: Knowledge) -> str:
    """A name of the knowledge base with the one that is printed on the thing."""
    for family in ("devices", "systems", "models"):
        if knowledge.has(family, name):
            title = knowledge.raw[family][name].get("name")
            title = title.get("en") if isinstance(title, dict) else title
            return f"{name} ({title})" if title and str(title).lower() != name.lower() else name
    return name


def _model(question: Question, text: str, knowledge: Knowledge) -> Reading:
    """A model by name, or its size."""
    by_name, by_size = question.paths
    try:
        return Reading({by_size: _by_leaf(_leaf(by_size), plain_scalar(text))})
    except Refusal as refusal:
        if refusal.key != "unit-parameters":
            raise
    name, at, revision = _rewritten(question, text).partition("@")
    loose = " " in name or name != text.partition("@")[0]
    alike = _alike(name, knowledge.ids("models"))
    try:
        found = knowledge.model_id(name)
    except UnknownNameError as error:
        near = tuple(dict.fromkeys((*error.candidates, *alike))) or error.nearest
        raise _unknown(question, "unknown-model", text, near, knowledge) from None
    # `qwen 7b` is an entry of 2023 by the letter, and any of five to the one who says it.
    if loose and len(alike) > 1:
        raise Refusal(
            "several", {"value": shown(text)},
            tuple(_offer(device_label(entry, knowledge), {by_name: entry}) for entry in alike[:9]),
        )  # fmt: skip
    kept = name if not loose else found
    return Reading({by_name: _by_leaf(_leaf(by_name), f"{kept}{at}{revision}")})


def _shown_days(days: float, lang: Language) -> str:
    number, unit = write_duration(days).split(" ")
    return catalogue("ask")[unit.rstrip("s")].text(lang).format(number=number, s="s" if unit.endswith("s") else "")


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
            read = leaf.read(value)
        except RefusedError:
            return shown(value, 200)
        return (
            money(read.amount, read.currency, lang) if isinstance(read, Money) else _shown_days(float(str(read)), lang)
        )
    counted = next((it for path in question.paths if isinstance(it := leaf_of(path), Samples)), None)
    if counted is not None and isinstance(value, int):
        return _counted_label(counted, value).text(lang)
    if question.kind in {"device", "model"} and isinstance(value, str):
        return shown(device_label(value, knowledge), 120)
    return shown(value, 200)
