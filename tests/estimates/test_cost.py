"""Cost against hand arithmetic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.estimates.cost import PriceBook, Undertaking, estimate_cost, rate_per_hour, running_cost_per_hour
from advisor.estimates.run import Range


def sure(value: float) -> Range:
    return Range(value, value, value)


JOB = Undertaking(
    tenure="rent", devices=8, device_hours=sure(1000), calendar_days=sure(30.44), tries=sure(2), power_w=400,
    power_overhead=sure(1.5), engineers=sure(1), preparation_months=sure(2), evaluation_months=sure(0.5),
    evaluation_compute=sure(0.1), stored_gb=1000, life_years=4,
    resale=sure(0.25),
)  # fmt: skip
PRICES = PriceBook(
    currency="CNY", rent_per_device_hour=sure(10), purchase_per_device=sure(100_000), electricity_per_kwh=sure(0.8),
    storage_per_gb_month=sure(0.2), network_per_month=sure(1000), engineer_month=sure(40_000),
    sources={"rent_per_device_hour": "rent-page", "engineer_month": "salary-page"},
)  # fmt: skip


def likely(found) -> dict[str, float]:
    return {name: round(part.likely, 2) for name, part in found.parts.items() if part is not None}


def test_renting():
    found = estimate_cost(JOB, PRICES)
    assert likely(found) == {
        "compute": 10_000,  # 1000 hours at 10
        "retries": 10_000,  # one more try
        "evaluation": 1_000,
        "people": 60_000,  # a month of running, half a month of evaluation
        "data_preparation": 80_000,
        "storage": 400,  # 1000 GB over the month and one before
        "network": 2_000,
    }
    assert found.project.likely == pytest.approx(163_400)
    assert found.complete and found.currency == "CNY"
    assert [(line.name, line.source) for line in found.trace][:2] == [
        ("compute", "rent-page"),
        ("retries", "rent-page"),
    ]


def test_owned_hardware_costs_power_alone_unless_it_is_written_off():
    owned = replace(JOB, tenure="owned")
    assert running_cost_per_hour(owned, PRICES).likely == pytest.approx(0.4 * 1.5 * 0.8)
    assert estimate_cost(owned, PRICES).compute.likely == pytest.approx(480)
    written = replace(owned, write_off_owned=True)
    lost = 100_000 * 0.75 / (4 * 8766)
    assert estimate_cost(written, PRICES).compute.likely == pytest.approx(480 + 1000 * lost)
    assert rate_per_hour(written, replace(PRICES, purchase_per_device=None)) == (None, "purchase_per_device")


def test_buying_adds_the_price_of_all_devices():
    found = estimate_cost(replace(JOB, tenure="buy-new"), PRICES)
    assert likely(found)["purchase"] == 800_000
    assert found.compute.likely == pytest.approx(480)


def test_break_even_of_renting_and_buying():
    found = estimate_cost(JOB, PRICES).rent_or_buy
    hours = 100_000 * 0.75 / (10 - 0.48)
    assert found.break_even_hours.likely == pytest.approx(hours)
    assert found.break_even_utilisation.likely == pytest.approx(hours / (4 * 8766))
    assert found.planned_utilisation == pytest.approx(2000 / (8 * 4 * 8766))
    assert found.rent_total.likely == pytest.approx(20_000)
    assert found.buy_total.likely == pytest.approx(8 * 75_000 + 2000 * 0.48)


def test_cheap_rent_never_breaks_even():
    found = estimate_cost(JOB, replace(PRICES, rent_per_device_hour=sure(0.4))).rent_or_buy
    assert found.break_even_hours is None
    assert found.rent_total is not None


@pytest.mark.parametrize(
    ("prices", "job", "part", "lacking"),
    [
        ({"rent_per_device_hour": None}, {}, "compute", "rent_per_device_hour"),
        ({"engineer_month": None}, {}, "people", "engineer_month"),
        ({"storage_per_gb_month": None}, {}, "storage", "storage_per_gb_month"),
        ({}, {"stored_gb": None}, "storage", "stored_gb"),
        ({"electricity_per_kwh": None}, {"tenure": "owned"}, "compute", "electricity_per_kwh"),
        ({}, {"tenure": "owned", "power_w": None}, "compute", "power_w"),
        ({"purchase_per_device": None}, {"tenure": "buy-used"}, "purchase", "purchase_per_device"),
        (
            {"rent_per_device_hour": None},
            {"serving_devices": 2, "serving_months": 3},
            "serving",
            "rent_per_device_hour",
        ),
    ],
)
def test_a_missing_price_names_itself(prices, job, part, lacking):
    found = estimate_cost(replace(JOB, **job), replace(PRICES, **prices))
    assert found.parts[part] is None
    assert found.missing[part] == lacking
    assert not found.complete
    assert (found.project is None) == (found.compute is None)


def test_serving_is_added_on_request():
    found = estimate_cost(replace(JOB, serving_devices=2, serving_months=3), PRICES)
    assert found.parts["serving"].likely == pytest.approx(2 * 3 * 730.5 * 10)


def test_parts_of_one_cause_move_together_and_causes_do_not():
    spread = replace(
        JOB, device_hours=Range(500, 1000, 2000), preparation_months=Range(1, 2, 4), calendar_days=sure(0.0),
        evaluation_months=sure(0.0), engineers=sure(0.0), evaluation_compute=sure(0.0),
    )  # fmt: skip
    prices = replace(PRICES, storage_per_gb_month=sure(0.0), network_per_month=None)
    found = estimate_cost(spread, prices)
    # compute and retries: 10,000 each, +10,000 each; preparation 80,000, +80,000 of its own.
    assert found.project.likely == pytest.approx(100_000)
    assert found.project.high == pytest.approx(100_000 + (20_000**2 + 80_000**2) ** 0.5)
    assert found.project.low == pytest.approx(100_000 - (10_000**2 + 40_000**2) ** 0.5)
    lows = sum(part.low for part in found.parts.values() if part)
    highs = sum(part.high for part in found.parts.values() if part)
    assert lows < found.project.low < found.project.high < highs


def test_one_try_needs_no_retries():
    found = estimate_cost(replace(JOB, tries=sure(1)), PRICES)
    assert found.parts["retries"] == Range(0.0, 0.0, 0.0)
