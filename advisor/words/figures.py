"""How figures are written: one place for units, digits and the way each language counts."""

from __future__ import annotations

import re
from math import floor, isfinite, log10

from advisor.words import Language, Words

WORDS: dict[str, Words] = {
    "unknown": Words("unknown", "未知"),
    "yes": Words("yes", "是"),
    "no": Words("no", "否"),
    "days": Words("{value} days", "{value} 天"),
    "day": Words("{value} day", "{value} 天"),
    "hours": Words("{value} hours", "{value} 小时"),
    "hour": Words("{value} hour", "{value} 小时"),
    "minutes": Words("{value} minutes", "{value} 分钟"),
    "minute": Words("{value} minute", "{value} 分钟"),
    "seconds": Words("{value} s", "{value} 秒"),
    "years": Words("{value} years", "{value} 年"),
    "device-hours": Words("{value} device-hours", "{value} 卡时"),
    "bytes": Words("{value} bytes", "{value} 字节"),
}

_PLAIN_UNITS = {"GB", "GiB", "GB/s", "Gbit/s", "kW", "W", "TFLOP/s", "tokens/s"}
_COUNTED = {"parameters", "tokens"}


def significant(value: float, digits: int = 3) -> str:
    """A number with some significant digits, thousands separated, no exponent: 12,300; 0.047."""
    if value == 0 or not isfinite(value):
        return "0" if value == 0 else str(value)
    places = digits - 1 - floor(log10(abs(value)))
    rounded = round(value, places)
    return f"{rounded:,.{max(0, places)}f}".rstrip("0").rstrip(".") if places > 0 else f"{rounded:,.0f}"


def probability(value: float) -> str:
    """A probability; beyond a thousandth on either side no digit means anything."""
    if value < 0.001:
        return "< 0.001"
    return "> 0.999" if value > 0.999 else significant(value, 2)


def counted(value: float) -> str:
    """A count as the field writes it: 30.5B, 12.3B, 850M, 4,096."""
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if abs(value) >= size:
            return f"{significant(value / size)}{letter}"
    return significant(value, 4) if value != int(value) else f"{int(value):,}"


def money(value: float, currency: str, lang: Language) -> str:
    """An amount in words of the language: CNY 1,250,000 as `1.25M CNY` or `125 万元`."""
    if lang == "zh" and currency == "CNY":
        if abs(value) >= 1e8:
            return f"{significant(value / 1e8)} 亿元"
        if abs(value) >= 1e4:
            return f"{significant(value / 1e4)} 万元"
        return f"{significant(value)} 元"
    if lang == "zh":
        names = {"USD": "美元", "EUR": "欧元"}
        if abs(value) >= 1e4:
            return f"{significant(value / 1e4)} 万{names.get(currency, currency)}"
        return f"{significant(value)} {names.get(currency, currency)}"
    if abs(value) >= 1e6:
        return f"{significant(value / 1e6)}M {currency}"
    return f"{significant(value)} {currency}"


def duration(days: float, lang: Language) -> str:
    """A duration in the unit that people would say it in: 20 minutes, 9.9 hours, 109 days."""
    unit, one, size = next(
        (row for row in (("days", "day", 1.0), ("hours", "hour", 1 / 24)) if days >= row[2]),
        ("minutes", "minute", 1 / 1440),
    )
    amount = significant(days / size)
    return WORDS[one if amount == "1" else unit].text(lang).format(value=amount)


def _many_hours(value: float, lang: Language) -> str:
    """Device-hours: from a million on in millions, in Chinese from ten thousand on in units of that."""
    if lang == "zh" and abs(value) >= 1e4:
        return f"{significant(value / 1e4)} 万"
    return counted(value) if lang == "en" and abs(value) >= 1e6 else significant(value)


def share(value: float, lang: Language) -> str:
    """A share in percent; below a thousandth no digit means anything."""
    blank = " " if lang == "en" else ""
    return f"< 0.1{blank}%" if 0 < value < 0.001 else f"{significant(value * 100, 2)}{blank}%"


def shown_value(value: bool | float | str | None, unit: str, lang: Language, currency: str = "CNY") -> str:
    """A fact's value as a reader wants it, by its unit."""
    if value is None:
        return WORDS["unknown"].text(lang)
    if isinstance(value, bool):
        return WORDS["yes" if value else "no"].text(lang)
    if isinstance(value, str):
        return value
    if unit == "money":
        return money(value, currency, lang)
    if unit == "share":
        return share(value, lang)
    if unit == "x":
        return f"{significant(value, 2)}×" if lang == "en" else f"{significant(value, 2)} 倍"
    if unit in _COUNTED:
        return counted(value)
    if unit in _PLAIN_UNITS:
        return f"{significant(value)} {unit}"
    if unit == "days" or (unit == "hours" and 0 < value < 1):
        return duration(value if unit == "days" else value / 24, lang)
    if unit == "device-hours":
        return WORDS[unit].text(lang).format(value=_many_hours(value, lang)).replace("万 卡时", "万卡时")
    if unit in WORDS:
        return WORDS[unit].text(lang).format(value=significant(value))
    if value and abs(value) < 1e-2:  # learning rates, as everybody writes them
        return re.sub(r"e-0?", "e-", f"{value:.3g}")
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else significant(value)
