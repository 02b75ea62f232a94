"""Layouts that others published: each is in the space, and the search finds one as fast, or memory says why not.

The rows of `published_layouts.csv` name their source; they have the form of `knowledge/measured/throughput.csv`.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from advisor.estimates.backtest_time import run_from_row
from advisor.estimates.machine import machine_of
from advisor.estimates.run import Run
from advisor.library import load_advisor
from advisor.options.contrast import contrast
from advisor.options.ground import Counter
from advisor.options.layouts import SURE, Fit, fit_of, pick, weigh
from advisor.options.space import Manner, Room, span

with Path(__file__).with_name("published_layouts.csv").open(newline="") as file:
    ROWS = {row["id"]: row for row in csv.DictReader(file)}

SLOWER = {"megatron-175b", "megatron-1t"}
"""Rows whose published layout is faster by more than a tenth than ours, because ours must surely fit and it may not."""
RECOMPUTED = {"megatron-145b-2021", "megatron-1t-2021", "bloom-176b"}
"""Layouts that recomputed everything, as the software of 2021 did; recomputing less is what makes ours faster."""


def published(name: str) -> Run:
    advisor = load_advisor()
    run = run_from_row(ROWS[name], lambda device: machine_of(device, advisor.knowledge.device(device)))
    return replace(run, tokens=1e12)


def room_of(run: Run) -> Room:
    recipe, layout = run.recipe, run.layout
    batch = float(recipe.micro_batch * recipe.accumulation * layout.data * recipe.sequence_length)
    return Room((layout.devices,), layout.per_node, batch, (recipe.sequence_length,))


@cache
def searched(name: str) -> tuple[Fit, Fit]:
    """The published layout and the one that the search prefers under the same framework."""
    advisor, run = load_advisor(), published(name)
    framework, stage = run.recipe.framework, run.recipe.zero_stage
    stages = sorted({stage, *((0, 1) if framework in {"megatron-lm", "nemo"} else (2, 3))})
    tried = [Manner(framework, zero, kind) for zero in stages for kind in ("none", "selective", "full")]
    best = pick(weigh(advisor, run, tried, room_of(run), Counter()))
    assert best is not None
    theirs, ours = fit_of(advisor, run), fit_of(advisor, best)
    assert theirs is not None
    assert ours is not None
    return theirs, ours


def test_every_row_names_its_source() -> None:
    assert set(ROWS) >= SLOWER | RECOMPUTED
    assert all(row["source"].startswith("https://") and row["place"] for row in ROWS.values())


@pytest.mark.parametrize("name", ROWS)
def test_published_layout_is_in_the_space(name: str) -> None:
    run = published(name)
    recipe = run.recipe
    found = span(run, Manner(recipe.framework, recipe.zero_stage, recipe.recompute), room_of(run))
    assert found is not None
    wanted = (run.layout, recipe.micro_batch, recipe.accumulation)
    every = (found.pick(index) for index in range(found.size))
    assert wanted in [(one.layout, one.recipe.micro_batch, one.recipe.accumulation) for one in every]


@pytest.mark.parametrize("name", ROWS)
def test_search_finds_a_layout_as_fast_as_the_published_one_or_says_why_not(name: str) -> None:
    theirs, ours = searched(name)
    found = contrast(ours, theirs)
    assert ours.memory.probability_fits >= SURE
    if name in SLOWER:
        assert not found.other_fits
    else:
        assert found.speed >= 0.9
    if name in RECOMPUTED:
        assert found.speed > 1.1
        assert found.saves[0][0] == "recompute"


def test_a_contrast_adds_up() -> None:
    theirs, ours = searched("bloom-176b")
    found = contrast(ours, theirs)
    gained = sum(share for _, share in found.saves) - sum(share for _, share in found.spends)
    assert 1 - 1 / found.speed == pytest.approx(gained, abs=0.05)
