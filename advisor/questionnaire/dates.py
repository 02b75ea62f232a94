"""Days of the calendar in people's words, as seen from a day: `年底前`, `明年3月底`, `by the end of March`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                  "november", "december")  # fmt: skip
_NAMED: Final = "|".join(f"{month[:3]}(?:{month[3:]})?" if month[3:] else month for month in _MONTHS) + "|sept"
_CHINESE: Final = {
    text: number
    for number, text in enumerate(("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"), start=1)
}
_MONTH: Final = r"(?P<month>[0-9]{1,2}|十[一二]?|[一二三四五六七八九])"
_YEAR: Final = r"(?P<year>[0-9]{4}年|今年|明年|后年|本年)?的?"
_DAY_EN: Final = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR_EN: Final = r"(?:,? *(?P<year>[0-9]{4}|this year|next year))?"


def dates_meant(text: str, today: date) -> tuple[date, ...]:
    """The day that a text names, or the first and the last day where it names a month; empty where it names neither.

    Without a year the next such day after today is meant.
    """
    plain = re.sub(
        r"^(?:在|到|至|截止到?|截至|赶在|不晚于)|(?:之前|以前|前|为止|左右|上线|交付|完成)+$", "", text.strip().lower()
    )
    plain = re.sub(r"^(?:by|before|until|till|due|on|in|at|no later than)\s+", "", plain.strip())
    plain = re.sub(r"^the\s+", "", plain).strip(" .。")
    for form, read in _FORMS:
        if match := re.fullmatch(form, plain):
            try:
                return tuple(read(match, today))
            except ValueError:  # the 31st of April
                return ()
    return ()


def _whole(match: re.Match[str], today: date) -> Iterator[date]:
    del today
    yield date(int(match["y"]), int(match["m"]), int(match["d"]))


def _day(match: re.Match[str], today: date) -> Iterator[date]:
    month, day = _month_of(match["month"]), int(match["day"])
    stated = _stated_year(match["year"], today)
    found = date(stated or today.year, month, day)
    yield date(today.year + 1, month, day) if stated is None and found <= today else found


def _month_end(match: re.Match[str], today: date) -> Iterator[date]:
    yield _month_span(match, today)[1]


def _month(match: re.Match[str], today: date) -> Iterator[date]:
    yield from (day for day in _month_span(match, today) if day > today)


def _month_span(match: re.Match[str], today: date) -> tuple[date, date]:
    month, year = _month_of(match["month"]), _stated_year(match["year"], today)
    if year is None:
        year = today.year if _last(today.year, month) > today else today.year + 1
    return date(year, month, 1), _last(year, month)


def _this_month_end(match: re.Match[str], today: date) -> Iterator[date]:
    coming = re.match(r"下|.*next", match[0]) is not None
    yield _last(today.year + (today.month == 12 and coming), today.month % 12 + 1 if coming else today.month)


def _next_month(match: re.Match[str], today: date) -> Iterator[date]:
    del match
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    yield date(year, month, 1)
    yield _last(year, month)


def _year_end(match: re.Match[str], today: date) -> Iterator[date]:
    yield date(today.year + (re.search("明|next", match[0]) is not None), 12, 31)


def _quarter(match: re.Match[str], today: date) -> Iterator[date]:
    quarter = int(match["quarter"]) if match["quarter"].isdigit() else "一二三四".index(match["quarter"]) + 1
    year = _stated_year(match["year"], today)
    if year is None:
        year = today.year if _last(today.year, 3 * quarter) > today else today.year + 1
    yield _last(year, 3 * quarter)


def _feast(match: re.Match[str], today: date) -> Iterator[date]:
    month, day = {"元": (1, 1), "五": (5, 1), "国": (10, 1), "十": (10, 1), "圣": (12, 25), "c": (12, 25)}[match[0][0]]
    found = date(today.year, month, day)
    yield found if found > today else date(today.year + 1, month, day)


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _month_of(text: str) -> int:
    if text in _CHINESE:
        return _CHINESE[text]
    return int(text) if text.isdigit() else next(n for n, name in enumerate(_MONTHS, start=1) if name[:3] == text[:3])


def _stated_year(text: str | None, today: date) -> int | None:
    if text is None:
        return None
    if text[:4].isdigit():
        return int(text[:4])
    return today.year + {"明年": 1, "next year": 1, "后年": 2}.get(text, 0)


_Read = Callable[[re.Match[str], date], Iterator[date]]
_FORMS: Final[tuple[tuple[str, _Read], ...]] = (
    (r"(?P<y>[0-9]{4})[-/.年] *(?P<m>[0-9]{1,2})[-/.月] *(?P<d>[0-9]{1,2})[日号]?", _whole),
    (rf"{_YEAR}{_MONTH}月(?P<day>[0-9]{{1,2}})[日号]?", _day),
    (rf"(?P<month>{_NAMED})\.? {_DAY_EN}{_YEAR_EN}", _day),
    (rf"{_DAY_EN}(?: of)? (?P<month>{_NAMED})\.?{_YEAR_EN}", _day),
    (rf"{_YEAR}{_MONTH}月(?:底|末)", _month_end),
    (rf"(?:end of|late) (?P<month>{_NAMED})\.?{_YEAR_EN}", _month_end),
    (rf"{_YEAR}{_MONTH}月份?", _month),
    (rf"(?P<month>{_NAMED})\.?{_YEAR_EN}", _month),
    (r"(?:这个|本|下个?)?月(?:底|末)|(?:the )?end of (?:the|this|next) month|month[- ]end", _this_month_end),
    (r"下个?月|next month", _next_month),
    (r"(?:今年|明年|本年)?(?:年底|年末|年内)|[今明本]年?[底末]|今年内|"
     r"(?:the )?end of (?:the |this |next )?year|(?:this |next )?year[- ]end", _year_end),
    (rf"{_YEAR}(?:第)?(?P<quarter>[一二三四1-4])季度?(?:末|底|内)?", _quarter),
    (rf"{_YEAR}q(?P<quarter>[1-4])(?:末|底|内)?{_YEAR_EN.replace('year', 'later')}", _quarter),
    (r"元旦|五一|国庆节?|十一|圣诞节?|christmas", _feast),
)  # fmt: skip
