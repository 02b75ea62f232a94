"""Days of the calendar in people's words, as seen from 22 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.questionnaire.dates import dates_meant

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2027-03-01", ["2027-03-01"]), ("2026/12/31", ["2026-12-31"]), ("2027年3月1日前", ["2027-03-01"]),
        ("3月15日", ["2027-03-15"]), ("十二月31号", ["2026-12-31"]), ("March 15", ["2027-03-15"]),
        ("15 March 2028", ["2028-03-15"]), ("by Dec 1st", ["2026-12-01"]), ("4月31日", []),
        ("年底前", ["2026-12-31"]), ("今年年底", ["2026-12-31"]), ("明年底", ["2027-12-31"]),
        ("by the end of the year", ["2026-12-31"]), ("end of next year", ["2027-12-31"]),
        ("月底", ["2026-11-30"]), ("下个月底", ["2026-12-31"]), ("end of next month", ["2026-12-31"]),
        ("明年2月底", ["2027-02-28"]), ("三月底", ["2027-03-31"]), ("by the end of March", ["2027-03-31"]),
        ("3月", ["2027-03-01", "2027-03-31"]), ("明年3月之前", ["2027-03-01", "2027-03-31"]),
        ("by March", ["2027-03-01", "2027-03-31"]), ("下个月", ["2026-12-01", "2026-12-31"]), ("11月", ["2026-11-30"]),
        ("明年一季度", ["2027-03-31"]), ("Q4", ["2026-12-31"]), ("Q1 2027", ["2027-03-31"]),
        ("国庆前", ["2027-10-01"]), ("before Christmas", ["2026-12-25"]),
        ("三个月", []), ("3 months", []), ("一季度", ["2027-03-31"]), ("尽快", []), ("", []), ("2026-13-01", []),
    ],
)  # fmt: skip
def test_dates(text: str, days: list[str]) -> None:
    assert [day.isoformat() for day in dates_meant(text, TODAY)] == days


def test_the_turn_of_the_year() -> None:
    assert dates_meant("下个月底", date(2026, 12, 31)) == (date(2027, 1, 31),)
    assert dates_meant("next month", date(2026, 12, 31)) == (date(2027, 1, 1), date(2027, 1, 31))
    assert dates_meant("年底", date(2026, 12, 31)) == (date(2026, 12, 31),)
