"""Quantities: every way people write them, what is refused, and the way back."""

# ruff: noqa: E501 - whole messages and tables of cases stand on their lines
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.plan import units
from advisor.plan.units import Interval, Money, QuantityError, Rate
from advisor.words import Words, say

READ: list[tuple[Any, Any, Any]] = [
    (units.read_size, "50GB", 50e9),
    (units.read_size, "80GiB", 80 * 2**30),
    (units.read_size, "50gb", 50e9),
    (units.read_size, "４ＴＢ", 4e12),
    (units.read_size, "1.5 TB", 1.5e12),
    (units.read_size, "1,000 MB", 1e9),
    (units.read_size, "80G", 80e9),
    (units.read_size, "512 bytes", 512.0),
    (units.read_size, "512字节", 512.0),
    (units.read_memory, "80GB", 80.0),
    (units.read_memory, "80GiB", 80.0),
    (units.read_memory, "1TB", 1024.0),
    (units.read_memory, "16384MiB", 16.0),
    (units.read_memory, "24G", 24.0),
    (units.read_parameters, "30B", 30e9),
    (units.read_parameters, "30.5b", 30.5e9),
    (units.read_parameters, "300亿", 30e9),
    (units.read_parameters, "300亿参数", 30e9),
    (units.read_parameters, "三百亿", 30e9),
    (units.read_parameters, "70 billion parameters", 70e9),
    (units.read_parameters, 7e9, 7e9),
    (units.read_tokens, "12.3B tokens", 12.3e9),
    (units.read_tokens, "120亿 tokens", 12e9),
    (units.read_tokens, "120亿词元", 12e9),
    (units.read_tokens, "2T", 2e12),
    (units.read_tokens, 12300000000, 12.3e9),
    (units.read_samples, "10k", 10_000.0),
    (units.read_samples, "1万条", 10_000.0),
    (units.read_samples, "10,000 samples", 10_000.0),
    (units.read_samples, "5千", 5_000.0),
    (units.read_people, "7亿", 7e8),
    (units.read_interval, "500 steps", Interval(steps=500)),
    (units.read_interval, "500步", Interval(steps=500)),
    (units.read_interval, "每500步", Interval(steps=500)),
    (units.read_interval, 500, Interval(steps=500)),
    (units.read_interval, "1k steps", Interval(steps=1000)),
    (units.read_interval, "every 6 hours", Interval(days=0.25)),
    (units.read_interval, "6小时", Interval(days=0.25)),
    (units.read_duration, "3 months", 91.3125),
    (units.read_duration, "3个月", 91.3125),
    (units.read_duration, "三个月", 91.3125),
    (units.read_duration, "两周", 14.0),
    (units.read_duration, "２周", 14.0),
    (units.read_duration, "14d", 14.0),
    (units.read_duration, "36h", 1.5),
    (units.read_duration, "36小时", 1.5),
    (units.read_duration, "半年", 182.625),
    (units.read_duration, "半个月", 15.21875),
    (units.read_duration, "一个半月", 45.65625),
    (units.read_duration, "一年半", 547.875),
    (units.read_duration, "1年6个月", 547.875),
    (units.read_duration, "2 weeks and 3 days", 17.0),
    (units.read_duration, "一个季度", 91.3125),
    (units.read_duration, "二十一天", 21.0),
    (units.read_duration, "十二个月", 365.25),
    (units.read_days, 14, 14.0),
    (units.read_days, "14 days", 14.0),
    (units.read_money, "100000 CNY", Money(100_000.0, "CNY")),
    (units.read_money, "CNY 100,000", Money(100_000.0, "CNY")),
    (units.read_money, "10万元", Money(100_000.0, "CNY")),
    (units.read_money, "10万", Money(100_000.0, "CNY")),
    (units.read_money, "10w", Money(100_000.0, "CNY")),
    (units.read_money, "一百万元", Money(1_000_000.0, "CNY")),
    (units.read_money, "￥１００，０００", Money(100_000.0, "CNY")),
    (units.read_money, "人民币10万元", Money(100_000.0, "CNY")),
    (units.read_money, "$20k", Money(20_000.0, "USD")),
    (units.read_money, "US$1.5M", Money(1_500_000.0, "USD")),
    (units.read_money, "20万美元", Money(200_000.0, "USD")),
    (units.read_money, "€5k", Money(5_000.0, "EUR")),
    (units.read_money, "5000欧元", Money(5_000.0, "EUR")),
    (units.read_money, 0, Money(0.0, "CNY")),
    (units.read_price, "27.08 CNY/hour", Rate(27.08, "CNY", "hour")),
    (units.read_price, "20元/小时", Rate(20.0, "CNY", "hour")),
    (units.read_price, "20元每小时", Rate(20.0, "CNY", "hour")),
    (units.read_price, "每卡每小时20元", Rate(20.0, "CNY", "hour")),
    (units.read_price, "20元/卡时", Rate(20.0, "CNY", "hour")),
    (units.read_price, "$2.5 per GPU hour", Rate(2.5, "USD", "hour")),
    (units.read_price, "$2.5/GPU/h", Rate(2.5, "USD", "hour")),
    (units.read_price, "5万元/月", Rate(50_000.0, "CNY", "month")),
    (units.read_price, "40000 CNY", Money(40_000.0, "CNY")),
    (units.read_price, "4万元", Money(40_000.0, "CNY")),
    (units.read_speed, "200Gbps", 25e9),
    (units.read_speed, "200 gbps", 25e9),
    (units.read_speed, "200Gbit/s", 25e9),
    (units.read_speed, "200Gb/s", 25e9),
    (units.read_speed, "200G", 25e9),
    (units.read_speed, "25GB/s", 25e9),
    (units.read_speed, "25 GBps", 25e9),
    (units.read_speed, "25GiB/s", 25 * 2.0**30),
    (units.read_share, "30%", 0.3),
    (units.read_share, "３０％", 0.3),
    (units.read_share, 0.3, 0.3),
    (units.read_share, "30 percent", 0.3),
]


@pytest.mark.parametrize(("read", "text", "value"), READ, ids=[f"{row[0].__name__}-{row[1]}" for row in READ])
def test_quantities(read: Any, text: Any, value: Any) -> None:
    assert read(text) == value


REFUSED: list[tuple[Any, Any, str, str]] = [
    (units.read_size, 50, "`50` is no size. Write it with its unit, like 50GB or 500 MiB. Did you mean `50GB`?",
     "`50` 不是有效的数据量。请带上单位，如 50GB 或 500 MiB。是否应为 `50GB`？"),
    (units.read_size, "80Gb", "`80Gb` counts bits. Write bytes, with a capital B. Did you mean `80GB`?",
     "`80Gb` 的单位是比特。请写字节数，用大写 B。是否应为 `80GB`？"),
    (units.read_size, "-5GB", "`-5GB` is no size. Write it with its unit, like 50GB or 500 MiB.",
     "`-5GB` 不是有效的数据量。请带上单位，如 50GB 或 500 MiB。"),
    (units.read_memory, "80GBs", "`80GBs` is no amount of memory. Write it with its unit, like 80GB or 512GiB. "
     "Did you mean `80GB`?", "`80GBs` 不是有效的内存容量。请带上单位，如 80GB 或 512GiB。是否应为 `80GB`？"),
    (units.read_parameters, "30 Bilion", "`30 Bilion` is no number of parameters. Write it like 30.5B or 300亿. "
     "Did you mean `30 billion`?", "`30 Bilion` 不是有效的参数量。请写成 30.5B 或 300亿 的形式。是否应为 `30 billion`？"),
    (units.read_tokens, True, "`true` is no number of tokens. Write it like 12.3B or 120亿 tokens.",
     "`true` 不是有效的 token 数。请写成 12.3B 或 120亿 tokens 的形式。"),
    (units.read_tokens, float("nan"), "`nan` is no usable number.", "`nan` 不是可用的数字。"),
    (units.read_duration, 3, "`3` is no duration. Write it like 14 days, 3 months or 3个月. Did you mean `3 days`?",
     "`3` 不是有效的时长。请写成 14天、两周 或 3个月 的形式。是否应为 `3 days`？"),
    (units.read_duration, "三月", "`三月` is no duration. Write it like 14 days, 3 months or 3个月. Did you mean `三个月`?",
     "`三月` 不是有效的时长。请写成 14天、两周 或 3个月 的形式。是否应为 `三个月`？"),
    (units.read_duration, "3 mounths", "`3 mounths` is no duration. Write it like 14 days, 3 months or 3个月. "
     "Did you mean `3 months`?", "`3 mounths` 不是有效的时长。请写成 14天、两周 或 3个月 的形式。是否应为 `3 months`？"),
    (units.read_duration, "2027-03-31", "`2027-03-31` is a date. Write how much time there is, like 3 months.",
     "`2027-03-31` 是日期。请写还有多少时间，如 3个月。"),
    (units.read_duration, "3m", "`3m` is no duration. Write it like 14 days, 3 months or 3个月.",
     "`3m` 不是有效的时长。请写成 14天、两周 或 3个月 的形式。"),
    (units.read_money, 100000, "`100000` is no amount of money. Write it with its currency, like 100000 CNY, 10万元 or "
     "$20k. Did you mean `100000 CNY`?",
     "`100000` 不是有效的金额。请带上币种，如 10万元、100000 CNY 或 $20k。是否应为 `100000 CNY`？"),
    (units.read_money, "5万日元", "The currency `日元` in `5万日元` is not known. Known are CNY, USD, EUR.",
     "`5万日元` 中的币种 `日元` 不支持。支持的币种有 CNY, USD, EUR。"),
    (units.read_money, "100000 CYN", "The currency `CYN` in `100000 CYN` is not known. Known are CNY, USD, EUR. "
     "Did you mean `100000 CNY`?", "`100000 CYN` 中的币种 `CYN` 不支持。支持的币种有 CNY, USD, EUR。是否应为 `100000 CNY`？"),
    (units.read_money, "$10万元", "`$10万元` is no amount of money. Write it with its currency, like 100000 CNY, 10万元 or "
     "$20k.", "`$10万元` 不是有效的金额。请带上币种，如 10万元、100000 CNY 或 $20k。"),
    (units.read_price, 27.08, "`27.08` is no price of one device. Write it like 27.08 CNY/hour, or 40000 CNY to own it. "
     "Did you mean `27.08 CNY/hour`?",
     "`27.08` 不是有效的单卡价格。租用请写成 20元/小时，购置请写成 4万元。是否应为 `27.08 CNY/hour`？"),
    (units.read_speed, 200, "`200` is no transfer rate. Write bits like 200Gbps or bytes like 25GB/s. "
     "Did you mean `200Gbps`?", "`200` 不是有效的传输速率。按比特请写成 200Gbps，按字节请写成 25GB/s。是否应为 `200Gbps`？"),
    (units.read_speed, "25gb/s", "`25gb/s` is no transfer rate. Write bits like 200Gbps or bytes like 25GB/s. "
     "Did you mean `25Gbps`?", "`25gb/s` 不是有效的传输速率。按比特请写成 200Gbps，按字节请写成 25GB/s。是否应为 `25Gbps`？"),
    (units.read_share, 45, "`45` is no share. Write it like 30% or 0.3. Did you mean `45%`?",
     "`45` 不是有效的比例。请写成 30% 或 0.3。是否应为 `45%`？"),
    (units.read_interval, "often", "`often` is no interval. Write it like 500 steps or 4 hours.",
     "`often` 不是有效的间隔。请写成 500步 或 4小时 的形式。"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "text", "english", "chinese"), REFUSED, ids=[f"{row[0].__name__}-{row[1]}" for row in REFUSED]
)
def test_refusals(read: Any, text: Any, english: str, chinese: str) -> None:
    with pytest.raises(QuantityError) as caught:
        read(text)
    for lang, expected in (("en", english), ("zh", chinese)):
        values = {name: it.text(lang) if isinstance(it, Words) else it for name, it in caught.value.values.items()}
        assert say(lang, f"plan.{caught.value.key}", **values) == expected


def test_rate_per_hour() -> None:
    assert Rate(48.0, "CNY", "day").per_hour == 2.0
    assert Rate(7305.0, "USD", "month").per_hour == 10.0


amounts = st.floats(min_value=1e-3, max_value=1e15, allow_nan=False)


@given(amounts)
def test_count_round_trip(value: float) -> None:
    assert units.read_tokens(units.write_count(value)) == value


@given(amounts)
def test_size_round_trip(value: float) -> None:
    assert units.read_size(units.write_size(value)) == value


@given(amounts)
def test_memory_round_trip(value: float) -> None:
    assert units.read_memory(units.write_memory(value)) == value


@given(amounts)
def test_duration_round_trip(value: float) -> None:
    assert units.read_duration(units.write_duration(value)) == value


@given(st.one_of(st.just(0.0), st.floats(min_value=1e-9, max_value=1)))
def test_share_round_trip(value: float) -> None:
    assert units.read_share(units.write_share(value)) == value


@given(st.floats(min_value=1e3, max_value=1e13))
def test_speed_round_trip(value: float) -> None:
    assert units.read_speed(units.write_speed(value)) == pytest.approx(value, rel=1e-15)


@given(amounts, st.sampled_from(units.CURRENCIES), st.sampled_from(["hour", "day", "week", "month", "year", None]))
def test_price_round_trip(amount: float, currency: Any, per: Any) -> None:
    price = Money(amount, currency) if per is None else Rate(amount, currency, per)
    assert units.read_price(units.write_price(price)) == price


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.booleans(), st.lists(st.text())))
def test_any_value_is_read_or_refused(value: Any) -> None:
    readers = [getattr(units, name) for name in dir(units) if name.startswith("read_")]
    for read in readers:
        try:
            read(value)
        except QuantityError as error:
            values = {name: it.text("zh") if isinstance(it, Words) else it for name, it in error.values.items()}
            assert say("zh", f"plan.{error.key}", **values)
