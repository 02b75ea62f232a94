"""Devices and models in people's words, with how many there are: `8 张 V100`, `两台8卡A100`, `千问3 8B`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from advisor.entries.base import Knowledge, UnknownNameError
from advisor.patterns import pattern
from advisor.plan.source import plain_scalar, shown
from advisor.questionnaire.amounts import number_of, without
from advisor.questionnaire.question import Question
from advisor.questionnaire.reading import Offer, Reading, Refusal, by_leaf, leaf_at, offer, without_chat
from advisor.records import dataclass

_COUNT: Final = r"(?P<count>-?[0-9]+(?:\.[0-9]+)?|[单零一二两三四五六七八九十百千万]+|[a-z]+)"
_CARDS: Final = r"张卡|块卡|卡|张|块|枚|片|cards?(?: of)?|gpus?(?: of)?"
_MEASURE: Final = rf"(?P<measure>{_CARDS}|台|个|套|[x×*]|pieces?(?: of)?|units?(?: of)?|pcs)"
_COUNTED: Final = tuple(
    pattern(form, re.IGNORECASE)
    for form in (
        rf"{_COUNT}(?:\s*{_MEASURE}\s*|\s+)(?P<name>\S.*)",  # 8 张 V100, 8xA100, eight H100
        rf"(?P<name>.*\S)\s*[x×*,]\s*{_COUNT}\s*{_MEASURE}?",  # V100 x8; V100, 8 张
        rf"(?P<name>.*\S)\s*(?P<count>[单一二两三四五六七八九十百千万]+)\s*{_MEASURE}",  # 昇腾910B八卡
        rf"(?P<name>.*\S)\s+{_COUNT}\s*{_MEASURE}",  # V100 8 张
    )
)
_NUMBER: Final = r"(?:[0-9]+|[一二两三四五六七八九十百]+|one|two|three|four|five|six|eight|ten|a)"
_MACHINES: Final = pattern(  # 两台8卡, 2 nodes of 8, 2x8, 4 台机器，每台 8 张
    rf"(?P<nodes>{_NUMBER})\s*(?:台(?:机器|服务器)?|个?节点|机|nodes?|machines?|servers?|[x×*])\s*(?:of|with|,|各|每台|，|都是)?\s*(?:每台|有)?\s*"
    rf"(?P<each>{_NUMBER})\s*(?:{_CARDS}|[x×*]|(?=\s|$))\s*(?:的|each)?",
    re.IGNORECASE,
)
_SERVER: Final = pattern(
    r"\s*(?:服务器|机器|工作站|主机|集群|显卡|计算卡|加速卡|servers?|machines?|workstations?|cards?|gpus?)$",
    re.IGNORECASE,
)
_SINGLE: Final = {"单": 1, "a": 1, "an": 1}


@dataclass(frozen=True, slots=True)
class _Counted:
    """A name with how many, whether cards are counted even of a machine, and over how many machines."""

    name: str
    count: int | None = None
    cards: bool = False
    nodes: int | None = None


def machines_of(text: str) -> tuple[int, int, str] | None:
    """Machines, cards in each, and what else a text says: `两台8卡A100` is 2, 8 and `A100`."""
    match = _MACHINES.search(text)
    if match is None:
        return None
    nodes, each = (_SINGLE.get(match[part].lower()) or number_of(match[part]) for part in ("nodes", "each"))
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,、的")
    return (nodes, each, rest) if isinstance(nodes, int) and isinstance(each, int) and nodes and each else None


def device(question: Question, text: str, knowledge: Knowledge) -> Reading:
    """A device, with how many of it where the answer says so. Raises Refusal."""
    kinds = [part for part in re.split(r"\s*(?:[+;]|和|与|以及|加上?|\band\b|\bplus\b)\s*", text) if part]
    if len(kinds) > 1 and all(re.search(r"[0-9]{2}", part) for part in kinds):
        raise Refusal("one-device", {"value": shown(text)})
    refusals: list[tuple[bool, Refusal]] = []
    for counted in _readings(text):
        try:
            entry = _device_name(question, counted.name, knowledge)
            return Reading(_filled(question, entry, counted, knowledge))
        except Refusal as refusal:
            offers, failed = [], refusal
            for row in refusal.offers:
                try:
                    offers.append(Offer(row.label, _filled(question, row.values[question.path], counted, knowledge)))
                except Refusal as other:
                    failed = other
            found = Refusal(refusal.key, refusal.values, tuple(offers)) if offers else failed
            refusals.append((counted.count is not None, found))
    # What is like a device once its number is taken off says better what was meant.
    best = sorted(refusals, key=lambda row: (row[1].key != "count-of-system", not row[1].offers, not row[0]))
    raise best[0][1]


def _filled(question: Question, entry: str, counted: _Counted, knowledge: Knowledge) -> Mapping[str, Any]:
    """The values of a device and its number. Raises Refusal where so many cards make no whole machines."""
    filled: dict[str, Any] = {question.path: entry}
    if counted.count is None:
        return filled
    count = counted.count
    if knowledge.has("systems", entry):
        inside = int(knowledge.raw["systems"][entry]["devices"])
        if counted.nodes is not None and count == counted.nodes * inside:
            count = counted.nodes
        elif counted.cards:
            if count % inside:
                raise Refusal("count-of-system", {"system": device_label(entry, knowledge), "inside": inside})
            count //= inside
    values = {"hardware.count": count, "hardware.nodes": counted.nodes}
    if knowledge.has("systems", entry):
        values.pop("hardware.nodes")
    for path in question.also:
        if (value := values.get(path)) is not None:
            filled[path] = by_leaf(leaf_at(path), value)
    return filled


def _readings(text: str) -> Iterator[_Counted]:
    """The ways to take a text apart, those that leave least to chance first."""
    plain = without_chat(text)
    if (machines := machines_of(plain)) is not None and machines[2]:
        nodes, each, rest = machines
        yield _Counted(_SERVER.sub("", rest), nodes * each, cards=True, nodes=nodes)
    for shape in dict.fromkeys((text, plain)):
        yield _Counted(shape)
        for form in _COUNTED:
            match = form.fullmatch(shape)
            if match is None:
                continue
            number = _SINGLE.get(match["count"].lower()) or number_of(match["count"].removeprefix("-"))
            if match["count"].startswith("-"):
                number = 0
            cards = re.fullmatch(_CARDS, match["measure"] or "", re.IGNORECASE) is not None
            name = without_chat(match["name"].strip(" ,、的"))
            if isinstance(number, int) and number > 0:
                yield _Counted(name, number, cards)
                yield _Counted(_SERVER.sub("", name), number, cards)
            elif isinstance(number, (int, float)):
                raise Refusal("count", {"value": shown(match["count"])})
    yield _Counted(_SERVER.sub("", plain))
    if plain.startswith("单卡"):
        yield _Counted(plain.removeprefix("单卡").strip(" 的"), 1, cards=True)


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
    if (found_by_memory := _with_memory(name, knowledge)) is not None:
        return found_by_memory
    raise _unknown(question, "unknown-device", text, alike or _nearest(knowledge.device_id, name), knowledge)


def _with_memory(name: str, knowledge: Knowledge) -> str | None:
    """The device of a name that says its memory too, `RTX 4090 24G`, where it has that much; else None."""
    match = re.fullmatch(r"(?P<name>.*\S)[\s(-]*\b(?P<memory>[0-9]+)\s*g(?:i?b)?(?:\s*显存)?\)?", name, re.IGNORECASE)
    if match is None:
        return None
    try:
        found = knowledge.device_id(match["name"].rstrip(" (-"))
    except UnknownNameError:
        return None
    held = knowledge.raw["devices"].get(found, {}).get("memory_gib") if knowledge.has("devices", found) else None
    return found if held == int(match["memory"]) else None


def _nearest(look_up: Callable[[str], object], name: str) -> tuple[str, ...]:
    try:
        return (str(look_up(name)),)
    except UnknownNameError as error:
        return error.candidates or error.nearest


def _words_of(name: str) -> list[str]:
    return [word for word in re.split(r"[\s\-_/]+", name.lower()) if word]


def _alike(name: str, ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that have every word of a name; a word without digits also stands for one that digits follow."""
    words = _words_of(name)
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
    offers = tuple(offer(device_label(name, knowledge), {question.path: name}) for name in near[:9])
    return Refusal(f"{key}-near" if offers else key, {"value": shown(text)}, offers)


def device_label(name: str, knowledge: Knowledge) -> str:
    """A name of the knowledge base with the one that is printed on the thing."""
    for family in ("devices", "systems", "models"):
        if knowledge.has(family, name):
            title = knowledge.raw[family][name].get("name")
            title = title.get("en") if isinstance(title, dict) else title
            return f"{name} ({title})" if title and str(title).lower() != name.lower() else name
    return name


_SIZE: Final = pattern(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+)\s*(?P<unit>[bB](?![a-z])|百亿|十亿|亿|billion)"
)
_AROUND_SIZE: Final = pattern(
    r"国产|开源|大?语?言?模型|参数量?|规模|级别|级|稠密|以下|以内|以上|一个|用|的|\b(?:dense|model|models|parameters?|params|open|any|an?|the|"
    r"of|with|llm)\b",
    re.IGNORECASE,
)


def model(question: Question, text: str, knowledge: Knowledge) -> Reading:
    """A model by name, or its size. Raises Refusal."""
    by_size = question.paths[1]
    plain = without(question.fillers, without_chat(text))
    for shape in dict.fromkeys((text, plain)):
        try:
            return Reading({by_size: by_leaf(leaf_at(by_size), plain_scalar(shape))})
        except Refusal as refusal:
            if refusal.key == "quantity-range" and re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]+)?", shape) and float(shape) > 0:
                # `7` is a size to everybody but the unit.
                raise Refusal(
                    "which-unit", {"value": shown(text)}, (offer(f"{shape}B", {by_size: f"{shape}B"}),)
                ) from None
            if refusal.key != "unit-parameters":
                raise
    if re.fullmatch(r"[十百千]?亿", bare := _AROUND_SIZE.sub("", plain).strip()):
        meant = by_leaf(leaf_at(by_size), f"一{bare}" if len(bare) > 1 else "1亿")
        raise Refusal("vague", {"value": shown(text)}, (offer(str(meant), {by_size: meant}),))
    if (size := _SIZE.search(plain)) is not None and not _AROUND_SIZE.sub("", _SIZE.sub("", plain, 1)).strip(" ,"):
        unit = "B" if size["unit"] in {"B", "b", "billion"} else size["unit"]
        return Reading({by_size: by_leaf(leaf_at(by_size), f"{size['number']}{unit}")})
    return _model_name(question, plain, text, knowledge)


def _model_name(question: Question, plain: str, text: str, knowledge: Knowledge) -> Reading:
    by_name = question.path
    name, at, revision = _rewritten(question, plain).partition("@")
    parts = [part.strip() for part in name.split("的") if part.strip()]
    orders = dict.fromkeys((name, " ".join(parts), " ".join(reversed(parts))))  # 千问的14B, 14B的千问
    name = next((order for order in orders if _alike(order, knowledge.ids("models"))), " ".join(parts) or name)
    loose = " " in name or name != plain.partition("@")[0]
    alike = _alike(name, knowledge.ids("models"))
    exact = [entry for entry in alike if _same_words(name, entry)]
    if len(exact) == 1 and not any(_is_other_version(name, entry) for entry in alike):
        return Reading({by_name: by_leaf(leaf_at(by_name), f"{exact[0]}{at}{revision}")})
    try:
        found = knowledge.model_id(name)
    except UnknownNameError as error:
        near = tuple(dict.fromkeys((*error.candidates, *alike))) or error.nearest
        raise _unknown(question, "unknown-model", text, near, knowledge) from None
    # `qwen 7b` is an entry of 2023 by the letter, and any of five to the one who says it.
    if loose and len(alike) > 1:
        raise Refusal(
            "several", {"value": shown(text)},
            tuple(offer(device_label(entry, knowledge), {by_name: entry}) for entry in alike[:9]),
        )  # fmt: skip
    kept = name if not loose else found
    return Reading({by_name: by_leaf(leaf_at(by_name), f"{kept}{at}{revision}")})


def _same_words(name: str, entry: str) -> bool:
    return sorted(_words_of(name)) == sorted(entry.split("-"))


def _is_other_version(name: str, entry: str) -> bool:
    """Tell whether an entry differs from a name by the version of its family, not only by a variant's name or date."""
    words, parts = _words_of(name), entry.split("-")
    rest = [part for part in parts if part not in words]
    return parts[0] not in words or any(re.fullmatch(r"v?[0-9]{1,2}(?:\.[0-9]+)?", part) for part in rest)
