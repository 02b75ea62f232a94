"""Figures, advice, prices and exchange rates: ranges in order, known sources and items, dates that make sense."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.entries.schema import Advice, ExchangeRate, Figure, Price

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
COLLECTED = date(2026, 11, 28)


def read(family: str) -> list[tuple[str, dict[str, Any]]]:
    """All entries of a family as (id, fields)."""
    return [
        pair
        for file in sorted((KNOWLEDGE / family).glob("*.yaml"))
        for pair in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).items()
    ]


PRACTICE = read("practice")
FIGURES = {name: Figure.model_validate(fields) for name, fields in PRACTICE if "says" not in fields}
ADVICE = {name: Advice.model_validate(fields) for name, fields in PRACTICE if "says" in fields}
PRICES = {name: Price.model_validate(fields) for name, fields in read("prices") if "cny" not in fields}
RATES = {name: ExchangeRate.model_validate(fields) for name, fields in read("prices") if "cny" in fields}
SOURCES = {name for name, _ in read("sources")}
DEVICES = {name for name, _ in read("devices")}
SYSTEMS = {name for name, _ in read("systems")}


@pytest.mark.parametrize("family", ["practice", "prices"])
def test_ids_are_unique(family: str) -> None:
    names = [name for name, _ in read(family)]
    assert sorted(names) == sorted(set(names))


def test_every_source_is_known() -> None:
    named = {
        (name, line.source)
        for family in (FIGURES, ADVICE, PRICES, RATES)
        for name, entry in family.items()
        for line in entry.evidence
    }
    assert {pair for pair in named if pair[1] not in SOURCES} == set()


def test_low_likely_and_high_are_in_order() -> None:
    entries: dict[str, Figure | Price] = {**FIGURES, **PRICES}
    for name, entry in entries.items():
        low = entry.likely if entry.low is None else entry.low
        high = entry.likely if entry.high is None else entry.high
        assert low <= entry.likely <= high, name


def test_every_figure_says_when_it_holds() -> None:
    assert [name for name, figure in FIGURES.items() if figure.applies is None] == []


def test_shares_are_shares() -> None:
    shares = {n: f for n, f in FIGURES.items() if f.unit == "share" and not n.startswith("price-spread")}
    outside = {n for n, f in shares.items() if (f.low or 0) < 0 or (f.high or f.likely) > 1}
    assert outside == set()


@pytest.mark.parametrize(
    ("name", "low", "likely", "high"),
    [
        ("replay-floor", 0.005, 0.01, 0.05),
        ("replay-weak-shift", 0.02, 0.05, 0.10),
        ("replay-strong-shift", 0.15, 0.25, 0.40),
        ("learning-rate-cpt-small", 2e-6, 5e-6, 2e-5),
        ("learning-rate-lora", 1e-4, 2e-4, 5e-4),
        ("learning-rate-lora-factor", 5, 10, 15),
        ("repeat-limit", 2, 4, 4),
        ("repeat-limit-in-mixture", 15, 17, 20),
        ("tokens-per-parameter", 15, 20, 200),
        ("recompute-overhead", 0.20, 0.30, 0.40),
        ("zero3-communication-factor", 1.5, 1.5, 1.5),
        ("checkpoint-bytes-per-parameter", 12, 14, 16),
        ("checkpoints-kept", 3, 3, 10),
        ("first-project-tries", 2, 2.5, 3),
        ("evaluation-cases-10-points", 96, 100, 100),
        ("evaluation-cases-5-points", 384, 400, 400),
    ],
)
def test_figures_that_rules_lean_on(name: str, low: float, likely: float, high: float) -> None:
    figure = FIGURES[name]
    assert (figure.low, figure.likely, figure.high) == (low, likely, high)


def test_the_recipe_adds_up() -> None:
    assert sum(FIGURES[f"replay-recipe-{part}"].likely for part in ("private", "code", "text")) == pytest.approx(1)
    assert FIGURES["replay-multiplier-at-30"].likely == pytest.approx(1 / 0.3, abs=0.01)


@pytest.mark.parametrize(("cases", "points"), [("evaluation-cases-10-points", 10), ("evaluation-cases-5-points", 5)])
def test_sample_sizes_follow_the_binomial(cases: str, points: float) -> None:
    half_width = 1.96 * (0.25 / FIGURES[cases].likely) ** 0.5 * 100
    assert half_width == pytest.approx(points, rel=0.03)


def test_anchors_agree_with_the_formula() -> None:
    flop = FIGURES["flops-per-parameter-token"].likely * 100e9 * 2e12
    seconds = FIGURES["anchor-100b-2t-a100-hours"].likely * 3600
    mfu = FIGURES["mfu-a100-tuned"]
    assert mfu.low is not None and mfu.high is not None
    assert mfu.low <= flop / seconds / 312e12 <= mfu.high


def test_failures_add_up_to_the_report() -> None:
    assert FIGURES["failures-per-device-day"].likely == pytest.approx(419 / 54 / 16384, rel=0.05)


@pytest.mark.parametrize("goal", ["style", "api-knowledge", "task", "general"])
@pytest.mark.parametrize("about", ["method", "evaluation"])
def test_each_goal_has_a_method_and_an_evaluation(about: str, goal: str) -> None:
    keys = ADVICE[f"{about}-for-{goal}"].keys
    assert keys["goal"] == goal
    assert keys["order" if about == "method" else "suites"]


def test_sensitivity_narrows_where_data_may_be_processed() -> None:
    levels = ("public", "internal", "confidential", "secret")
    listed = [ADVICE[f"security-{level}"].keys["environments"] for level in levels]
    allowed = [set(names) for names in listed if isinstance(names, list)]
    assert len(allowed) == len(levels)
    assert all(wide > narrow for wide, narrow in pairwise(allowed))
    assert allowed[-1] == {"classified-room"}
    assert "external-api" not in allowed[2]


def test_priced_items_exist() -> None:
    assert {n: p.item for n, p in PRICES.items() if p.what == "device" and p.item not in DEVICES} == {}
    assert {n: p.item for n, p in PRICES.items() if p.what == "system" and p.item not in SYSTEMS} == {}


def test_dates_of_prices() -> None:
    entries: dict[str, Price | ExchangeRate] = {**PRICES, **RATES}
    for name, entry in entries.items():
        assert date(2016, 1, 1) <= entry.seen_on <= COLLECTED, name
        assert entry.seen_on < entry.review_by <= COLLECTED + timedelta(days=365), name


def test_only_old_prices_of_devices_are_past_review() -> None:
    stale = {name for name, price in PRICES.items() if price.review_by <= COLLECTED}
    assert all(PRICES[name].deal != "rent" and PRICES[name].what in ("device", "system") for name in stale)
    assert all(COLLECTED - PRICES[name].seen_on > timedelta(days=365) for name in stale)


def test_the_unit_fits_what_is_priced() -> None:
    fits = {
        ("device", "rent"): {"device-hour"},
        ("device", "buy-new"): {"device"},
        ("device", "buy-used"): {"device"},
        ("system", "buy-new"): {"system"},
        ("system", "buy-used"): {"system"},
        ("electricity", "per-unit"): {"kwh"},
        ("engineer", "per-unit"): {"month"},
        ("storage", "per-unit"): {"gb-month"},
        ("api", "per-unit"): {"million-tokens"},
        ("other", "per-unit"): {"month"},
    }
    assert {n for n, p in PRICES.items() if p.per not in fits[(p.what, p.deal)]} == set()
    assert {p.region for p in PRICES.values()} == {"CN", "US", "EU", "global"}


@pytest.mark.parametrize(
    ("item", "deal", "region"),
    [
        ("a800-80g-sxm", "rent", "CN"),
        ("h800-sxm", "rent", "CN"),
        ("rtx4090", "rent", "CN"),
        ("rtx5090", "rent", "CN"),
        ("v100-32g-sxm2", "buy-used", "CN"),
        ("ascend910b3", "buy-new", "CN"),
        ("atlas300i-duo", "buy-new", "CN"),
        ("gb10-dgx-spark", "buy-new", "CN"),
        ("h100-sxm", "rent", "global"),
        ("a100-80g-sxm", "rent", "EU"),
    ],
)
def test_prices_that_a_first_project_asks_for(item: str, deal: str, region: str) -> None:
    assert [n for n, p in PRICES.items() if (p.item, p.deal, p.region) == (item, deal, region)] != []


@pytest.mark.parametrize("what", ["electricity", "engineer", "storage"])
def test_running_costs_are_priced_in_china_and_abroad(what: str) -> None:
    assert {"CN", "US"} <= {p.region for p in PRICES.values() if p.what == what}


def test_every_currency_of_a_price_can_be_converted() -> None:
    needed = {p.currency for p in PRICES.values()} - {"CNY"}
    assert needed <= {r.currency for r in RATES.values()}


def test_exchange_rates_are_plausible() -> None:
    rates = {r.currency: r.cny for r in RATES.values()}
    assert 6 < rates["USD"] < rates["EUR"] < 9


def test_hosted_models_are_priced_both_ways() -> None:
    ends = {"input", "output"}
    names = [n for n, p in PRICES.items() if p.what == "api"]
    assert names
    for stem in {n.rsplit("-", 1)[0] for n in names}:
        assert {n.rsplit("-", 1)[1] for n in names if n.rsplit("-", 1)[0] == stem} == ends
