"""What `--keep` promises: the largest model of each method on the hardware, the cheapest hardware for the model."""

from __future__ import annotations

from pathlib import Path

import pytest
from options_checks import TODAY

from advisor.library import load_advisor
from advisor.options import Options, find_options
from advisor.options.ground import Counter, Ground, Keep
from advisor.options.judging import offer
from advisor.options.layouts import SURE
from advisor.options.limits import limits_of
from advisor.options.machines import machines_for
from advisor.options.models import bases_for
from advisor.options.offer import Option
from advisor.options.trained import trained
from advisor.plan.read import load_plan

PLANS = {
    "story": Path("examples/openharmony-30b-v100.yaml"),
    "startup": Path("tests/options/people/startup70b.yaml"),
    "university": Path("tests/options/people/uni_a100.yaml"),
}


def searched(root: Path, name: str, keep: Keep) -> tuple[Ground, Options]:
    advisor = load_advisor()
    judgement = advisor.judge(load_plan(root / PLANS[name]), TODAY)
    ground = Ground(advisor, judgement, limits_of(judgement.case), "mix", keep, Counter())
    return ground, find_options(advisor, judgement, keep=keep)


def in_time(option: Option, ground: Ground) -> bool:
    deadline = ground.limits.deadline
    return deadline is None or (option.days is not None and option.days.likely <= deadline)


@pytest.mark.parametrize("name", PLANS)
def test_kept_hardware_tunes_the_largest_model_that_surely_fits_in_time(root: Path, name: str) -> None:
    ground, options = searched(root, name, "hardware")
    (row,) = (row for row in machines_for(ground.case, ground.limits, ground.judgement.pricing, TODAY) if row.own)
    trains = [option for option in options.options if option.choice.way != "retrieval"]
    assert trains
    for option in trains:
        assert option.choice.machines.own
        way = option.choice.way
        for base in bases_for(ground.case, ground.limits, way, TODAY):
            if base.parameters <= option.choice.base.parameters:
                continue
            made = trained(ground, way, base, 0, row)
            other = offer(ground, made).option if made is not None else None
            assert (
                other is None
                or other.probability_fits < SURE
                or not in_time(other, ground)
                or (option.choice.base.own and base.parameters < 1.15 * option.choice.base.parameters)
            ), (way, base.name)


@pytest.mark.parametrize("name", PLANS)
def test_kept_model_gets_the_cheapest_hardware_that_does_it_in_time(root: Path, name: str) -> None:
    ground, options = searched(root, name, "model")
    best = options.options[0]
    assert best.cost is not None
    assert in_time(best, ground)
    for row in machines_for(ground.case, ground.limits, ground.judgement.pricing, TODAY):
        made = trained(ground, best.choice.way, ground.own_base, 0, row)
        other = offer(ground, made).option if made is not None else None
        if other is None or other.cost is None or not in_time(other, ground) or other.probability_fits < SURE:
            continue
        if bool(other.gives_up) <= bool(best.gives_up):
            assert best.cost.likely <= other.cost.likely * 1.16, (row.name, other.cost.likely)
