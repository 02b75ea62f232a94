"""Framework profiles and error spreads."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from estimate_inputs import profiles, read_entry

from advisor.estimates.frameworks import framework_from_dict
from advisor.estimates.run import FrameworkId, Range
from advisor.estimates.uncertainty import LEVELS, Spread, chance_below, range_of, spread_of


def test_every_framework_has_a_profile() -> None:
    assert set(profiles()) == set(get_args(FrameworkId))


def test_unknown_and_missing_fields_are_named() -> None:
    values = dict(read_entry("frameworks/huggingface.yaml")["huggingface"]["profile"])
    values["los"] = values.pop("loss")
    with pytest.raises(ValueError, match=r"framework huggingface: unknown \['los'\], missing \['loss'\]"):
        framework_from_dict("huggingface", values)


@pytest.mark.parametrize("name", sorted(profiles()))
def test_profiles_are_physical(name: str) -> None:
    found = profiles()[name]
    for states in (found.mixed, found.pure, found.adapter, found.divided):
        assert states.weights in (2, 4)
        assert states.gradients in (2, 4)
        assert states.weights + states.master in (2, 4, 6)
    assert found.mixed.weights + found.mixed.master >= 4
    assert found.fused_loss <= found.loss
    assert 0 <= found.loss_cached <= 1


def test_spread_of_known_errors() -> None:
    errors = [i / 100 for i in range(-50, 51)]
    assert spread_of(errors, 3) == Spread((-0.49, -0.45, -0.25, 0.0, 0.25, 0.45, 0.49), 101, 3)


def test_spread_of_equal_errors_is_not_a_point() -> None:
    found = spread_of([0.1, 0.1], 1)
    assert found.errors[LEVELS.index(0.05)] == pytest.approx(0.08)
    assert found.errors[LEVELS.index(0.95)] == pytest.approx(0.12)


def test_spread_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no errors"):
        spread_of([], 0)


def test_range_holds_the_estimate() -> None:
    spread = Spread((-0.4, math.log(0.8), -0.1, 0.0, 0.1, math.log(1.5), 0.6), 50, 5)
    assert range_of(10.0, spread) == Range(pytest.approx(8.0), 10.0, pytest.approx(15.0))
    shifted = Spread((0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4), 50, 5)
    assert range_of(10.0, shifted).low == 10.0


def test_chance_follows_the_quantiles() -> None:
    spread = Spread((-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3), 50, 5)
    for level, error in zip(LEVELS, spread.errors, strict=True):
        assert chance_below(10.0 * math.exp(error), 10.0, spread) == pytest.approx(level, abs=0.003)
    assert chance_below(100.0, 10.0, spread) > 0.9999
    assert chance_below(1.0, 10.0, spread) < 0.0001
    assert chance_below(0.0, 10.0, spread) == 0.0
    assert chance_below(1.0, 0.0, spread) == 1.0


def test_widened_keeps_the_middle() -> None:
    spread = Spread((-0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4), 3, 1)
    assert spread.widened(2.0).errors == pytest.approx((-0.7, -0.5, -0.3, 0.1, 0.3, 0.5, 0.7))


def test_drawn_towards_another_spread() -> None:
    own = Spread((-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3), 20, 2)
    everything = Spread((-0.5, -0.4, -0.2, 0.1, 0.2, 0.4, 0.5), 500, 7)
    assert own.towards(everything, 0.5).errors == pytest.approx((-0.4, -0.3, -0.15, 0.05, 0.15, 0.3, 0.4))
    assert own.towards(everything, 0.0) == own
