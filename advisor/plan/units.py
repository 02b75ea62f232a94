"""Quantities with their units, as people write them in English and Chinese, and back.

Canonical units: size in bytes, memory in GiB, speed in bytes per second, counts as numbers, durations in days, shares
as fractions of one. GB is 10^9 bytes, except for device and host memory, where vendors mean GiB. A month is 30.4375
days, a year 365.25. `¥` means CNY. A reader takes what a YAML scalar holds and raises QuantityError for anything else.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from typing import Final, Literal

from advisor.patterns import pattern
from advisor.plan.source import shown
from advisor.records import dataclass
from advisor.words import Words

Currency = Literal["CNY", "USD", "EUR"]
CURRENCIES: Final[tuple[Currency, ...]] = ("CNY", "USD", "EUR")
Period = Literal["hour", "day", "week", "month", "year"]

DAYS_PER_MONTH: Final = 30.4375
DAYS_PER_YEAR: Final = 365.25
GIB: Final = 2**30

_HOURS: Final[dict[Period, float]] = {
    "hour": 1.0,
    "day": 24.0,
    "week": 168.0,
    "month": 24 * DAYS_PER_MONTH,
    "year": 24 * DAYS_PER_YEAR,
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency."""

    amount: float
    currency: Currency


@dataclass(frozen=True, slots=True)
class Rate:
    """An amount for each period of time."""

    amount: float
    currency: Currency
    per: Period

    @property
    def per_hour(self) -> float:
        """The amount for one hour."""
        return self.amount / _HOURS[self.per]


@dataclass(frozen=True, slots=True)
class Interval:
    """How often something happens: after `steps` optimizer steps, or after `days`; the other is None."""

    steps: int | None = None
    days: float | None = None


class QuantityError(ValueError):
    """A value that is not the quantity asked for: the key of our words in `advisor.words.plan`, and their values."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


NOTHING_NEAR: Final = Words("", "")


def nearest(candidate: str | None) -> Words:
    """The words that offer a valid value, for the end of a message; empty without one."""
    return Words(f" Did you mean `{candidate}`?", f"是否应为 `{candidate}`？") if candidate else NOTHING_NEAR


_NUMBER = pattern(r"([0-9]{1,3}(?:[,_][0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,3}))?")
_NUMERAL = pattern("[零〇一二两三四五六七八九十百千半]+(?:点[零〇一二三四五六七八九]+)?")
_DIGITS: Final = {
    c: n for n, cs in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for c in cs
}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}
_TENS: Final = {"十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10,
                "千亿": 11, "万亿": 12}  # fmt: skip
_SCALES: Final = {"": 0, "k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "b": 9, "bn": 9, "billion": 9, "t": 12,
                  "tn": 12, "trillion": 12, "w": 4} | _TENS  # fmt: skip
_LONGEST: Final = 200  # characters of a quantity


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as written: decimal digits and a power of ten, so that 12.3B is exact to the last bit."""

    digits: str
    power: int = 0

    def times_ten_to(self, power: int) -> float:
        return float(f"{self.digits}e{self.power + power}")

    @property
    def value(self) -> float:
        return self.times_ten_to(0)


def _numeral(text: str) -> str | None:
    """The digits of a Chinese numeral below ten thousand; None when it is not well formed."""
    whole, _, decimals = text.partition("点")
    if whole == "半":
        return None if decimals else "0.5"
    total, digit, last = 0, None, 10_000
    for character in whole:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in _PLACES:
            place = _PLACES[character]
            if place >= last or (digit is None and place != 10):
                return None
            total, digit, last = total + (1 if digit is None else digit) * place, None, place
        else:
            return None
    return str(total + (digit or 0)) + ("." + "".join(str(_DIGITS[c]) for c in decimals) if decimals else "")


def _head(text: str) -> tuple[_Number, str] | None:
    """The number that a text begins with, and the rest."""
    if match := _NUMBER.match(text):
        digits = match[1].replace(",", "").replace("_", "")
        return _Number(digits, int(match[2] or 0)), text[match.end() :].strip()
    if (match := _NUMERAL.match(text)) and (numeral := _numeral(match[0])):
        return _Number(numeral), text[match.end() :].strip()
    return None


def _normal(value: str) -> str:
    return unicodedata.normalize("NFKC", value[: _LONGEST + 1]).strip() if len(value) <= _LONGEST else ""


def _refusal(key: str, value: object, units: Iterable[str] = ()) -> QuantityError:
    """The error of a kind, with the nearest unit that would have been understood."""
    near = None
    if isinstance(value, str) and (head := _head(_normal(value))):
        number, rest = head
        written = _normal(value)[: len(_normal(value)) - len(rest)].rstrip()
        matches = get_close_matches(rest.lower(), list(units), n=1, cutoff=0.7) if rest else []
        if matches and number.digits:
            unit = matches[0].upper() if len(matches[0]) == 1 else matches[0]
            near = written + (" " if len(unit) > 3 and unit.isascii() else "") + unit
    return QuantityError(key, value=shown(value), nearest=nearest(near))


def _bare(value: object) -> float | None:
    """The value of a plain number; None for anything else. Raises for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int) and abs(value) > 10**300:
        raise QuantityError("not-finite", value=shown(value))
    if not math.isfinite(value):
        raise QuantityError("not-finite", value=shown(value))
    return float(value)


def _counted(value: object, key: str, nouns: tuple[str, ...]) -> float:
    """A number of things: bare, scaled (30B, 300亿, 10k) and with or without what is counted."""
    if (number := _bare(value)) is not None:
        return number
    if isinstance(value, str) and (head := _head(_normal(value))):
        digits, rest = head
        scale = rest.lower()
        for noun in nouns:
            if scale.endswith(noun):
                scale = scale[: -len(noun)].rstrip()
                break
        if scale in _SCALES:
            return digits.times_ten_to(_SCALES[scale])
    raise _refusal(
        key, value, [*_SCALES, *(f"{scale} {noun}" for scale in ("", "k", "m", "b", "t") for noun in nouns[:1])]
    )


def read_parameters(value: object) -> float:
    """Parameters of a model: `30B`, `350M`, `300亿`, 7e9."""
    return _counted(
        value, "unit-parameters", ("parameters", "parameter", "params", "param", "weights", "个参数", "参数")
    )


def read_tokens(value: object) -> float:
    """Tokens: `12.3B tokens`, `12.3B`, `120亿 tokens`, 12300000000."""
    return _counted(value, "unit-tokens", ("tokens", "token", "个token", "个词元", "词元"))


def read_samples(value: object) -> float:
    """Samples: 10000, `10k`, `1万条`, `10,000 samples`."""
    nouns = ("samples", "sample", "examples", "rows", "条样本", "个样本", "条数据", "样本", "条", "个", "份")
    return _counted(value, "unit-samples", nouns)


def read_people(value: object) -> float:
    """People: 5000, `7亿`, `100万人`, `2M users`."""
    return _counted(value, "unit-people", ("users", "user", "people", "名用户", "个用户", "用户", "人"))


_SIZE = pattern(r"([kmgtpe]?)(i?)(b|bytes?|字节|bits?|比特)?", re.IGNORECASE)
_POWERS: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5, "e": 6}
_SIZE_UNITS: Final = ("GB", "MB", "TB", "GiB", "MiB", "TiB", "KB", "KiB", "PB", "bytes")


def _sized(value: object, key: str) -> tuple[_Number, int, bool]:
    """A number, the power of a thousand of its unit, and whether the unit is binary."""
    if isinstance(value, str) and (head := _head(_normal(value))):
        digits, rest = head
        match = _SIZE.fullmatch(rest)
        if match and rest:
            prefix, binary, unit = match[1], bool(match[2]), match[3] or ""
            # `80Gb` is gigabits to some and gigabytes to others: an eighth either way, so it is asked for again.
            if unit.lower() in {"bit", "bits", "比特"} or (unit == "b" and prefix.isupper()):
                bytes_unit = f"{prefix.upper()}{'i' if binary else ''}B"
                written = _normal(value)[: -len(rest)].rstrip() + bytes_unit
                raise QuantityError(f"{key}-bits", value=shown(value), nearest=nearest(written))
            if unit or (prefix and not binary):
                return digits, _POWERS[prefix.lower()], binary
    if isinstance(_bare(value), float):
        raise QuantityError(key, value=shown(value), nearest=nearest(f"{shown(value)}GB"))
    raise _size_refusal(key, value)


def _size_refusal(key: str, value: object) -> QuantityError:
    folded = {unit.lower(): unit for unit in _SIZE_UNITS}
    near = None
    if isinstance(value, str) and (head := _head(_normal(value))) and head[1]:
        matches = get_close_matches(head[1].lower(), folded, n=1, cutoff=0.6)
        near = _normal(value)[: -len(head[1])].rstrip() + folded[matches[0]] if matches else None
    return QuantityError(key, value=shown(value), nearest=nearest(near))


def read_size(value: object) -> float:
    """Bytes on disk: `50GB` is 50·10^9, `50GiB` is 50·2^30."""
    digits, power, binary = _sized(value, "unit-size")
    return digits.value * 1024**power if binary else digits.times_ten_to(3 * power)


def read_memory(value: object) -> float:
    """Device or host memory in GiB: `80GB` and `80GiB` are 80 both, as vendors mean it."""
    digits, power, _ = _sized(value, "unit-memory")
    return digits.value * 2.0 ** (10 * (power - 3))


_SPEED = pattern(
    r"([kmgtKMGT]?)([iI]?)([bB](?:its?|ytes?)?|BITS?|BYTES?) *(ps|PS|p/s|/ *[sS](?:ec(?:ond)?s?)?|/ *秒|每秒)"
)
_SPEED_UNITS: Final = ("Gbps", "Mbps", "Tbps", "GB/s", "MB/s", "Gbit/s", "GiB/s")


_SEVERAL_LINKS = pattern(r"([1-9][0-9]{0,2})\s*[x×*]\s*([0-9][^x×*]*)")


def read_speed(value: object) -> float:
    """Transfer in bytes per second: `200Gbps` and `25GB/s` are the same; `200G` is what networks call 200 Gbit/s."""
    if isinstance(value, str) and (several := _SEVERAL_LINKS.fullmatch(_normal(value))):
        return int(several[1]) * read_speed(several[2])
    if isinstance(value, str) and (head := _head(_normal(value))):
        digits, rest = head
        if rest in {"GbE", "GE"}:  # Ethernet's own names: 10GbE, 25GE
            return digits.times_ten_to(9) / 8
        if rest in {"G", "T"}:
            return digits.times_ten_to(9 if rest == "G" else 12) / 8
        if match := _SPEED.fullmatch(rest):
            prefix, binary, unit, per = match[1], match[2], match[3], match[4]
            word = unit.lower()
            is_bytes = word.startswith("byte") or unit == "B"
            is_bits = word.startswith("bit") or (unit == "b" and (prefix.isupper() or per == "ps"))
            if is_bytes and unit == "B" and per == "PS":
                is_bytes = False  # GBPS: all capitals say nothing
            if is_bytes or is_bits:
                power = _POWERS[prefix.lower()]
                amount = digits.value * 1024**power if binary else digits.times_ten_to(3 * power)
                return amount if is_bytes else amount / 8
            written = _normal(value)[: -len(rest)].rstrip()
            raise QuantityError("unit-speed", value=shown(value), nearest=nearest(f"{written}{prefix.upper()}bps"))
    raise _speed_refusal(value)


def _speed_refusal(value: object) -> QuantityError:
    folded = {unit.lower(): unit for unit in _SPEED_UNITS}
    near = None
    if isinstance(_bare(value), float):
        near = f"{shown(value)}Gbps"
    elif isinstance(value, str) and (head := _head(_normal(value))):
        written = _normal(value)[: len(_normal(value)) - len(head[1])].rstrip()
        matches = get_close_matches(head[1].lower(), folded, n=1, cutoff=0.5) if head[1] else ["gbps"]
        near = written + folded[matches[0]] if matches else None
    return QuantityError("unit-speed", value=shown(value), nearest=nearest(near))


_DURATIONS: Final[dict[tuple[str, ...], float]] = {
    ("min", "mins", "minute", "minutes", "分钟"): 1 / 1440,
    ("h", "hr", "hrs", "hour", "hours", "小时", "个小时"): 1 / 24,
    ("d", "day", "days", "天", "日"): 1.0,
    ("w", "wk", "wks", "week", "weeks", "周", "星期", "个星期", "礼拜", "个礼拜"): 7.0,
    ("mo", "mos", "month", "months", "个月"): DAYS_PER_MONTH,
    ("quarter", "quarters", "季度", "个季度"): 3 * DAYS_PER_MONTH,
    ("y", "yr", "yrs", "year", "years", "年"): DAYS_PER_YEAR,
}
_DAYS: Final = {word: days for words, days in _DURATIONS.items() for word in words}
_TERM = pattern(
    rf"((?:{_NUMBER.pattern})|(?:{_NUMERAL.pattern}))\s*"
    rf"(?P<unit>个半月|{'|'.join(sorted(_DAYS, key=len, reverse=True))})"
    r"(?P<half>半?)(?![a-z])",
    re.IGNORECASE,
)
_AND = pattern(r"\s*(?:,|and\b|又|零)?\s*", re.IGNORECASE)
_DATE = pattern(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?")


def read_duration(value: object) -> float:
    """Days: `3 months`, `两周`, `1年6个月`, `36h`."""
    if (number := _bare(value)) is not None:
        raise QuantityError(
            "unit-duration", value=shown(value), nearest=nearest(f"{shown(value)} days" if number else "")
        )
    text = _normal(value) if isinstance(value, str) else ""
    if _DATE.match(text):
        raise QuantityError("unit-duration-date", value=shown(value))
    days, at = 0.0, 0
    while term := _TERM.match(text, at):
        head = _head(term[1])
        if head is None:
            break
        month_and_half = term["unit"] == "个半月"
        amount = head[0].value + (0.5 if term["half"] or month_and_half else 0.0)
        days += amount * (DAYS_PER_MONTH if month_and_half else _DAYS[term["unit"].lower()])
        if term.end() == len(text):
            return days
        joint = _AND.match(text, term.end())
        at = joint.end() if joint else term.end()
    # 3月 is the month of March.
    if text.endswith("月") and (head := _head(text)) and head[1] == "月":
        raise QuantityError("unit-duration", value=shown(value), nearest=nearest(f"{text[:-1]}个月"))
    raise _refusal("unit-duration", value, [unit for unit in _DAYS if len(unit) > 2])


def read_days(value: object) -> float:
    """A duration where the field itself says days: a bare number is one of days."""
    number = _bare(value)
    return read_duration(value) if number is None else number


def read_interval(value: object) -> Interval:
    """Steps or time between two events: `500 steps`, `500步`, 500, `4 hours`, `每2小时`."""
    text = re.sub(r"^(?:every|每隔?)\s*", "", _normal(value), flags=re.IGNORECASE) if isinstance(value, str) else value
    try:
        steps = _counted(
            text, "unit-interval", ("steps", "step", "iterations", "iteration", "iters", "iter", "个步", "步")
        )
    except QuantityError as error:
        if error.key != "unit-interval":
            raise
        try:
            return Interval(days=read_duration(text))
        except QuantityError:
            raise QuantityError("unit-interval", value=shown(value), nearest=error.values["nearest"]) from None
    if steps != math.floor(steps):
        raise QuantityError("whole-number", value=shown(value))
    return Interval(steps=int(steps))


_CURRENCY_NAMES: Final[dict[Currency, tuple[str, ...]]] = {
    "CNY": ("cny", "rmb", "¥", "yuan", "元", "块", "块钱", "人民币", "元人民币", "cn¥"),
    "USD": ("usd", "$", "us$", "usd$", "dollar", "dollars", "us dollars", "美元", "美金", "刀"),
    "EUR": ("eur", "€", "euro", "euros", "欧元"),
}
_CURRENCY_WORDS: Final = {word: currency for currency, words in _CURRENCY_NAMES.items() for word in words}
_FOREIGN: Final = ("日元", "港元", "港币", "英镑", "韩元", "£", "₩", "₹", "卢布", "台币", "新元", "瑞士法郎")
_PREFIXES: Final = sorted((word for word in _CURRENCY_WORDS if not word.startswith("元")), key=len, reverse=True)
_SUFFIXES: Final = sorted(_CURRENCY_WORDS, key=len, reverse=True)


def read_money(value: object) -> Money:
    """An amount of money: `100000 CNY`, `10万元`, `10万`, `$20k`, `¥100000`, `20万美元`. A bare 0 needs no currency."""
    if (number := _bare(value)) is not None:
        if number == 0:
            return Money(0.0, "CNY")
        raise QuantityError("unit-money", value=shown(value), nearest=nearest(f"{shown(value)} CNY"))
    if not isinstance(value, str):
        raise QuantityError("unit-money", value=shown(value), nearest=NOTHING_NEAR)
    return _money(_normal(value), value)


def _money(text: str, value: object) -> Money:
    folded = text.lower()
    before = next((word for word in _PREFIXES if folded.startswith(word)), "")
    head = _head(text[len(before) :].lstrip())
    if head is None:
        raise _money_refusal(text, value)
    digits, rest = head
    unit = rest.lower()
    after = next((word for word in _SUFFIXES if unit.endswith(word)), "")
    scale = unit[: len(unit) - len(after)].rstrip() if after else unit
    named = {_CURRENCY_WORDS[word] for word in (before, after) if word}
    if scale not in _SCALES or len(named) > 1:
        raise _money_refusal(text, value)
    if not named and (scale in _TENS or scale == "w"):
        named = {"CNY"}
    if not named:
        near = nearest(f"{text} CNY")
        raise QuantityError("unit-money", value=shown(value), nearest=near)
    return Money(digits.times_ten_to(_SCALES[scale]), named.pop())


def _money_refusal(text: str, value: object) -> QuantityError:
    letters = [word.lower() for word in re.findall(r"[A-Za-z]{3,}", text)]
    foreign = next((word for word in _FOREIGN if word in text), None)
    unknown = foreign or next((word for word in letters if len(word) == 3 and word not in _CURRENCY_WORDS), None)
    if unknown and (re.search(r"[0-9]", text) or foreign):
        match = get_close_matches(unknown, ("cny", "rmb", "usd", "eur"), n=1, cutoff=0.6)
        near = re.sub(re.escape(unknown), match[0].upper(), text, flags=re.IGNORECASE) if match else None
        known = ", ".join(CURRENCIES)
        return QuantityError(
            "unit-currency", value=shown(value), currency=shown(unknown.upper()), known=known, nearest=nearest(near)
        )
    return _refusal("unit-money", value, ["cny", "usd", "eur", "万元", "万美元", "yuan", "dollars", "euros"])


_PERIOD_NAMES: Final[dict[Period, tuple[str, ...]]] = {
    "hour": ("h", "hr", "hour", "hours", "小时", "时"),
    "day": ("d", "day", "days", "天", "日"),
    "week": ("w", "wk", "week", "周", "星期"),
    "month": ("mo", "month", "months", "月", "个月"),
    "year": ("y", "yr", "year", "年"),
}
_PERIODS: Final = {word: period for period, words in _PERIOD_NAMES.items() for word in words}
_EACH = pattern(r"(?:gpus?|cards?|devices?|npus?|张?卡|块卡|台)", re.IGNORECASE)
_PER = pattern(r"\s*(?:/|每|\bper\b|\ban?\b|·|-|\s)\s*", re.IGNORECASE)


def read_price(value: object) -> Rate | Money:
    """The price of one device: `27.08 CNY/hour`, `20元/小时`, `$2.5 per GPU hour`; or to own it: `40000 CNY`."""
    if not isinstance(value, str):
        if _bare(value) == 0:
            return Money(0.0, "CNY")
        raise QuantityError("unit-price", value=shown(value), nearest=_price_near(value))
    text = _normal(value)
    first = re.search(r"/|每|\bper\b|\ban?\b", text, re.IGNORECASE)
    if first is None:
        return _price_money(text, value, "")
    if first.start() == 0:  # 每小时20元, 每卡每小时20元
        at = next(
            (index for index, character in enumerate(text) if character.isdigit() or character in "¥$€"), len(text)
        )
        amount, per = text[at:], text[:at]
    else:
        amount, per = text[: first.start()].rstrip(), text[first.start() :]
    words = [word for word in _PER.split(_EACH.sub(" ", per)) if word]
    if len(words) != 1 or words[0].lower() not in _PERIODS:
        raise QuantityError("unit-price", value=shown(value), nearest=NOTHING_NEAR)
    period = _PERIODS[words[0].lower()]
    money = _price_money(amount, value, f"/{period}")
    return Rate(money.amount, money.currency, period)


def _price_money(text: str, value: object, per: str) -> Money:
    try:
        return _money(text, value)
    except QuantityError as error:
        if error.key == "unit-currency":
            raise
        head = _head(text)
        near = f"{text} CNY{per or '/hour'}" if head and not head[1] else None
        raise QuantityError("unit-price", value=shown(value), nearest=nearest(near)) from None


def _price_near(value: object) -> Words:
    return nearest(f"{shown(value)} CNY/hour") if _bare(value) is not None else NOTHING_NEAR


def read_share(value: object) -> float:
    """A fraction of one: `30%` or 0.3."""
    if (number := _bare(value)) is not None:
        if number > 1:
            raise QuantityError("unit-share", value=shown(value), nearest=nearest(f"{shown(value)}%"))
        return number
    if isinstance(value, str) and (head := _head(_normal(value))):
        digits, rest = head
        if rest in {"%", "percent"}:
            return digits.times_ten_to(-2)
    raise _refusal("unit-share", value, ["%", "percent"])


def _shift(value: float, power: int) -> str:
    """The exact decimal digits of a value divided by a power of ten, without an exponent."""
    text = format(Decimal(repr(float(value))).scaleb(-power), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _power_for(value: float, powers: Iterable[int]) -> int:
    return next((power for power in powers if abs(value) >= 10**power), 0)


def write_count(value: float) -> str:
    """A count the short way: 30.5B, 350M, 12."""
    power = _power_for(value, (12, 9, 6))
    return _shift(value, power) + {12: "T", 9: "B", 6: "M", 0: ""}[power]


def write_size(value: float) -> str:
    """Bytes the short way, in powers of ten: 50GB."""
    power = _power_for(value, (15, 12, 9, 6, 3))
    return _shift(value, power) + {15: "PB", 12: "TB", 9: "GB", 6: "MB", 3: "KB", 0: "B"}[power]


def write_memory(value: float) -> str:
    """GiB as vendors write them: 80GB."""
    return _shift(value, 0) + "GB"


def write_speed(value: float) -> str:
    """Bytes per second as networks are sold: 200Gbps."""
    return _shift(value * 8, 9) + "Gbps"


def write_duration(value: float) -> str:
    """Days, as months or weeks where they are whole."""
    for unit, length in (("year", DAYS_PER_YEAR), ("month", DAYS_PER_MONTH), ("week", 7.0)):
        count = value / length
        if count >= 1 and count.is_integer() and count * length == value:
            return f"{int(count)} {unit}{'s' if count != 1 else ''}"
    return f"{_shift(value, 0)} day{'s' if value != 1 else ''}"


def write_money(value: Money) -> str:
    """An amount with its currency: 100000 CNY."""
    return f"{_shift(value.amount, 0)} {value.currency}"


def write_price(value: Rate | Money) -> str:
    """A price as read_price takes it: 27.08 CNY/hour."""
    if isinstance(value, Money):
        return write_money(value)
    return f"{_shift(value.amount, 0)} {value.currency}/{value.per}"


def write_share(value: float) -> str:
    """A fraction of one in percent: 30%."""
    return _shift(value, -2) + "%"
