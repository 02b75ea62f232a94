"""How figures are written: one place for units, digits and the way each language counts."""

from __future__ import annotations

from math import floor, isfinite, log10

from advisor.words import Language, Words

WORDS: dict[str, Words] = {
    "unknown": Words("unknown", "未知"),
    "yes": Words("yes", "是"),
    "no": Words("no", "否"),
    "days": Words("{value} days", "{value} 天"),
    "day": Words("{value} day", "{value} 天"),
    "hours": Words("{value} hours", "{value} 小时"),
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
        return f"{significant(value * 100, 2)} %" if lang == "en" else f"{significant(value * 100, 2)}%"
    if unit == "x":
        return f"{significant(value, 2)}×" if lang == "en" else f"{significant(value, 2)} 倍"
    if unit in _COUNTED:
        return counted(value)
    if unit in _PLAIN_UNITS:
        return f"{significant(value)} {unit}"
    if unit == "days" and value == 1:
        return WORDS["day"].text(lang).format(value=1)
    if unit in WORDS:
        return WORDS[unit].text(lang).format(value=significant(value))
    return significant(value, 6) if abs(value) < 1e-2 and value else significant(value, 4)
