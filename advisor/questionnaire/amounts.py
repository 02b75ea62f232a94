"""Quantities in people's words: `50个G的代码`, `10-20万`, `年底前`, `two months`; what is no figure is asked back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from advisor.patterns import pattern
from advisor.plan.source import plain_scalar, shown
from advisor.plan.units import CURRENCIES, Money, QuantityError, read_samples, write_count, write_duration
from advisor.plan.values import Amount, Duration, Leaf, Number, Samples, Size, Tokens, Whole
from advisor.questionnaire.dates import dates_meant
from advisor.questionnaire.question import Question
from advisor.questionnaire.reading import Offer, Reading, Refusal, by_leaf, leaf_at, without_chat
from advisor.words import LANGUAGES, Words, catalogue
from advisor.words.figures import money

_VAGUE_AROUND: Final = (
    "大约", "大概", "约", "差不多", "左右", "上下", "不超过", "最多", "至多", "不到", "不少于", "至少", "以内", "之内",
    "以上", "封顶", "上限", "多一点", "about", "around", "roughly", "approximately", "approx.", "ca.", "at most",
    "up to", "less than", "no more than", "at least", "under", "within", "or so", "max",
)  # fmt: skip
_TO_NINETEEN: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_DECADES: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES: Final = {word: number for number, word in enumerate(_TO_NINETEEN)}
_TENS: Final = {word: 10 * number for number, word in enumerate(_DECADES, start=2)}
_ENGLISH: Final = pattern(
    rf"^(?:(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<ones>{'|'.join(_ONES)}))?|(?P<small>{'|'.join(_ONES)})"
    r"|(?P<half>half(?: an?)?)|(?P<dozen>(?:an? )?dozen)|(?P<a>an?))\b(?: (?P<hundred>hundred)\b)? *(?P<rest>.*)$",
    re.IGNORECASE,
)
_VAGUE: Final = pattern(
    r"[几数](?:[十百千万亿个条张台天周名人位]|$)|十几|[十百千万]多|好几|好多|很多|许多|不多|不少|很少|一些|一点|若干|大量|海量|[百千万]级|"
    r"\b(?:a few|few|several|some|many|lots?|plenty|dozens|hundreds|thousands|millions|billions|tens of|a couple)\b",
    re.IGNORECASE,
)
_NUMBER: Final = r"(?:[0-9][0-9.,]*|[一二两三四五六七八九十百千半]+)"
_RANGE: Final = pattern(
    rf"(?P<sign>[^0-9一二两三四五六七八九十百千半]*)(?P<low>{_NUMBER})\s*(?P<unit>[^-~～–—到至]*?)\s*"
    rf"(?:-|~|～|–|—|到|至|\bto\b|\bor\b)\s*[$¥€]?(?P<high>{_NUMBER})(?P<tail>.*)",
    re.IGNORECASE,
)
_NEIGHBOURS: Final = pattern(r"(?P<low>[一二两三四五六七八九])(?P<high>[二三四五六七八九])(?P<tail>.*)")


def quantity(question: Question, text: str, today: date) -> Reading:
    """A quantity in whichever unit of the question it fits. Raises Refusal with what may be meant."""
    words = {_folded(old): new for old, new in question.words.items()}
    shapes = list(dict.fromkeys(_shapes(question, text)))
    meant = next((words[_folded(shape)] for shape in shapes if _folded(shape) in words), None)
    offers, refusals = _read(question, shapes if meant is None else [meant])
    if not offers:
        offers = list(_bare(question, shapes, today))
        key = "which-unit" if offers else ""
        if not offers and not _VAGUE.search(text):
            dated = _dated(question, shapes, today)
            if isinstance(dated, Reading):
                return dated
            offers, key = dated or list(_range(question, shapes)), "which-date" if dated else "range"
        if offers:
            raise Refusal(key, {"value": shown(text)}, tuple(offers))
        raise _not_read(question, text, shapes, refusals)
    if len(offers) > 1:
        # `12.3B` is also twelve bytes by the letter: nobody has so little data.
        offers = [row for row in offers if not any(_is_tiny(path, it) for path, it in row.values.items())]
    if len(offers) > 1:
        raise Refusal("several", {"value": shown(text)}, tuple(offers))
    return Reading(offers[0].values)


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip().lower())


def _shapes(question: Question, text: str) -> Iterator[str]:
    """The text, and then ever less of what stands around its figure.

    The whole text comes first: `12B tokens` is told from bytes by the word that a filler would take away.
    """
    fillers = (*_VAGUE_AROUND, *question.fillers)
    plain = without_chat(text)
    for shape in (text, plain, without(fillers, plain), without(fillers, without_chat(without(fillers, plain)))):
        yield shape
        if shape.startswith("百分之"):
            yield f"{number_of(shape.removeprefix('百分之'))}%"
        if (digits := in_digits(shape)) != shape:
            yield digits
        if (
            joined := re.sub(
                r"(?<=[0-9一二三四五六七八九十百千半])\s*个\s*(?=[kmgtp](?:i?b)?\b)", "", digits, flags=re.I
            )
        ) != digits:
            yield joined


def in_digits(text: str) -> str:
    """A text whose English number word at its begin is written in digits: `twenty thousand` as `20 thousand`."""
    match = _ENGLISH.match(text.strip())
    if match is None:
        return text
    if match["half"]:
        # Half a year is six months; the plan's reader knows halves in Chinese.
        unit = {"year": "半年", "month": "半个月", "day": "半天"}.get(match["rest"].strip().lower())
        return unit or f"0.5 {match['rest']}".strip()
    if match["dozen"]:
        number = 12
    elif match["a"]:
        number = 1
    else:
        small = match["ones"] or match["small"]
        number = _TENS.get((match["tens"] or "").lower(), 0) + _ONES.get((small or "").lower(), 0)
    number *= 100 if match["hundred"] else 1
    if match["a"] and not match["rest"] and not match["hundred"]:
        return text
    return f"{number} {match['rest']}".strip()


def without(fillers: Iterable[str], text: str) -> str:
    """A text without the words around a quantity that say nothing."""
    rest = text.strip()
    for filler in sorted(fillers, key=len, reverse=True):
        word = rf"\b{re.escape(filler)}\b" if filler[0].isalpha() and filler.isascii() else re.escape(filler)
        rest = re.sub(rf"^{word}\s*|\s*{word}$", "", rest, flags=re.IGNORECASE).strip()
    return rest


def _read(question: Question, shapes: list[str]) -> tuple[list[Offer], list[Refusal]]:
    """What each place of the question makes of the first shape that it can read."""
    offers: list[Offer] = []
    refusals: list[Refusal] = []
    for path in question.paths:
        leaf = leaf_at(path)
        failed = []
        for shape in shapes:
            try:
                value = _measure(leaf, path, shape)
            except Refusal as refusal:
                failed.append(refusal)
                continue
            offers.append(Offer(counted_label(leaf, value), {path: value}))
            break
        else:
            refusals += [next((refusal for refusal in failed if refusal.offers), failed[-1])]
    return offers, refusals


def counted_label(leaf: Leaf, value: object) -> Words:
    """How a value is offered; samples are told from tokens by their noun."""
    if isinstance(leaf, Samples) and isinstance(value, int):
        return Words(f"{write_count(value)} samples", f"{write_count(value)} 条样本")
    if isinstance(leaf, (Amount, Duration)):
        return measure_label(leaf, value)
    return Words(str(value), str(value))


def measure_label(leaf: Leaf, value: object) -> Words:
    """Money and time as the languages write them. Raises RefusedError."""
    read = leaf.read(value)
    if isinstance(read, Money):
        return Words(*(money(read.amount, read.currency, lang) for lang in LANGUAGES))
    number, unit = write_duration(float(str(read))).split(" ")
    words = catalogue("ask")[unit.rstrip("s")]
    return Words(*(words.text(lang).format(number=number, s="s" if unit.endswith("s") else "") for lang in LANGUAGES))


def _is_tiny(path: str, value: object) -> bool:
    leaf = leaf_at(path)
    return isinstance(leaf, Size) and not isinstance(leaf, Duration) and float(str(leaf.read(value))) < 1000


def _measure(leaf: Leaf, path: str, text: str) -> object:
    value: object = plain_scalar(text)
    if isinstance(leaf, (Whole, Number)) and not isinstance(value, (int, float)):
        value = number_of(text)
    elif isinstance(leaf, Tokens) and isinstance(value, (int, float)):
        value = text
    if isinstance(leaf, Duration) and isinstance(found := by_leaf(leaf, value, path), str):
        # A month and a half is 45.65625 days: nobody means the hours.
        return re.sub(r"^([0-9]+\.[0-9]+) days$", lambda match: f"{round(float(match[1]))} days", found)
    return by_leaf(leaf, value, path)


def number_of(text: str) -> object:
    """A bare number in words (`八`, `8k`, `一千`, `eight`), else the text itself."""
    try:
        number = read_samples(in_digits(text))
    except QuantityError:
        return text
    return int(number) if number.is_integer() else number


def _bare(question: Question, shapes: list[str], today: date) -> Iterator[Offer]:
    """What a number may mean whose unit is missing: `100000` of which currency, `3` of which span of time."""
    path, leaf = question.path, leaf_at(question.path)
    if isinstance(leaf, Amount):
        tried = [(shape, (f"{shape} {currency}" for currency in CURRENCIES)) for shape in shapes]
    elif isinstance(leaf, Duration):
        tried = [(shape, (f"{shape} {unit}" for unit in ("months", "weeks", "days"))) for shape in shapes]
    else:
        return
    for shape, texts in tried:
        if re.fullmatch(r"[0-9][0-9.,]*\s*(?:[kKmM]|thousand|million)?", shape) and plain_scalar(shape) != 0:
            for meant in texts:
                try:
                    value = str(_measure(leaf, path, meant))
                except Refusal:
                    continue
                yield Offer(counted_label(leaf, value), {path: value})
            return
    if isinstance(leaf, Duration):
        for shape in shapes:
            # 3月 is the month of March, and to some three months.
            if (match := re.fullmatch(r"([0-9]{1,2}|[一二三四五六七八九十]{1,2})月", shape)) is not None:
                value = str(_measure(leaf, path, f"{match[1]}个月"))
                yield Offer(counted_label(leaf, value), {path: value})
                yield from _until(path, dates_meant(shape, today), today)
                return


def _until(path: str, days: Iterable[date], today: date) -> Iterator[Offer]:
    for day in days:
        left = (day - today).days
        yield Offer(_with_date("until-days", day, left), {path: f"{left} days"})


def _with_date(key: str, day: date, left: int = 0) -> Words:
    words = catalogue("ask")[key]
    return Words(*(words.text(lang).format(date=day.isoformat(), days=left) for lang in LANGUAGES))


def _dated(question: Question, shapes: list[str], today: date) -> Reading | list[Offer]:
    """A date as the time that is left until then; the first and the last day of a month are offered."""
    path = question.path
    if not isinstance(leaf_at(path), Duration):
        return []
    for shape in shapes:
        days = dates_meant(shape, today)
        if not days:
            continue
        coming = [day for day in days if day > today]
        if not coming:
            raise Refusal("date-past", {"date": days[-1].isoformat(), "today": today.isoformat()})
        offers = list(_until(path, coming, today))
        return Reading(offers[0].values, _with_date("until", coming[0])) if len(coming) == 1 else offers
    return []


def _range(question: Question, shapes: list[str]) -> Iterator[Offer]:
    """Both ends of a range: `10-20万`, `两三个月`, `2 to 3 weeks`."""
    for shape in shapes:
        if (match := _RANGE.fullmatch(shape)) is not None:
            sign, unit, tail = match["sign"].strip(), match["unit"].strip(), match["tail"]
            ends = [f"{sign}{match['low']}{unit or tail}", f"{sign}{match['high']}{tail}"]
        elif (match := _NEIGHBOURS.fullmatch(shape)) is not None:
            ends = [match["low"] + match["tail"], match["high"] + match["tail"]]
        else:
            continue
        read = [_read(question, [end])[0] for end in ends]
        found = [rows[0] for rows in read if len(rows) == 1]
        if len(found) == 2 and found[0].values != found[1].values:
            yield from found
            return


def _not_read(question: Question, text: str, shapes: list[str], refusals: list[Refusal]) -> Refusal:
    """The refusal that helps most: of a value out of range, of a word without a figure, else of the first place."""
    given = {"value": shown(text)}
    offers: tuple[Offer, ...] = ()
    for shape in shapes:
        # 百万元 and 百亿参数: a place without its digit.
        if re.match(r"[十百千万亿]", shape) and (rows := _read(question, [f"一{shape}"])[0]):
            offers = tuple(rows)
            break
    if offers or _VAGUE.search(text):
        return Refusal("vague", given, offers)
    best = next((refusal for refusal in refusals if refusal.offers), None)
    if best is None:
        best = next((refusal for refusal in refusals if refusal.key in {"out-of-range", "quantity-range"}), refusals[0])
    return Refusal(best.key, {**best.values, **given} if "value" in best.values else best.values, best.offers)
