"""The measured runs and how near the estimate comes to them."""

from __future__ import annotations

import csv
import math
from statistics import median
from typing import get_args

import pytest
import yaml

from advisor.entries.schema import Device
from advisor.estimates.backtest_time import (
    left_out_calibrations,
    quantile,
    raw_errors,
    run_from_row,
    score_hours,
    score_rows,
    spread_of,
    spreads_of,
    summarise,
    whole_run_errors,
    whole_run_of,
)
from advisor.estimates.machine import machine_of
from advisor.estimates.run import AttentionKernel, FrameworkId, Method, Precision, Quantisation, Recompute
from advisor.estimates.time_calibration import at_path, scalar_of, time_calibration_from_dict
from advisor.estimates.time_fit import fit


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def calibration(root):
    return time_calibration_from_dict(yaml.safe_load((root / "knowledge/calibration/time.yaml").read_text())["time"])


@pytest.fixture(scope="module")
def tree(root):
    return yaml.safe_load((root / "knowledge/calibration/time.yaml").read_text())["time"]


@pytest.fixture(scope="module")
def stored(root):
    text = (root / "knowledge/calibration/time-left-out.yaml").read_text()
    return yaml.safe_load(text)["time-left-out"]


@pytest.fixture(scope="module")
def left_out(tree, stored):
    return left_out_calibrations(tree, stored["sources"])


@pytest.fixture(scope="module")
def machines(root):
    found = {}
    for path in (root / "knowledge/devices").glob("*.yaml"):
        for name, entry in yaml.safe_load(path.read_text()).items():
            found[name] = machine_of(name, Device.model_validate(entry))
    return found.__getitem__


@pytest.fixture(scope="module")
def rows(root):
    return read(root / "knowledge/measured/throughput.csv")


@pytest.fixture(scope="module")
def judged(rows):
    return [row for row in rows if not row["excluded"]]


@pytest.fixture(scope="module")
def scored(judged, machines, calibration, left_out):
    return score_rows(judged, machines, calibration, left_out)


def test_rows_state_what_an_estimate_needs(judged, machines):
    assert len(judged) >= 850
    assert len({row["id"] for row in judged}) == len(judged)
    for row in judged:
        run = run_from_row(row, machines)
        recipe, layout = run.recipe, run.layout
        assert recipe.method in get_args(Method), row["id"]
        assert recipe.precision in get_args(Precision), row["id"]
        assert recipe.recompute in get_args(Recompute), row["id"]
        assert recipe.attention in get_args(AttentionKernel), row["id"]
        assert recipe.framework in get_args(FrameworkId), row["id"]
        assert recipe.quantisation in {None, *get_args(Quantisation)}, row["id"]
        assert recipe.lora_targets in {"all-linear", "attention", "qv"}, row["id"]
        assert min(recipe.sequence_length, recipe.micro_batch, layout.devices, run.architecture.layers) >= 1, row["id"]
        assert layout.tensor * layout.pipeline * layout.context <= layout.devices, row["id"]
        assert row["source"] and row["place"], row["id"]
        assert float(row["tokens_per_second"]) > 0, row["id"]


def test_no_row_beats_its_device(judged, machines):
    """A rate above the peak would be a fault of transcription: 6 FLOPs a weight, or 4 with a frozen base."""
    for row in judged:
        run = run_from_row(row, machines)
        a = run.architecture
        width = a.ffn_hidden_size if not a.experts else a.experts_per_token * a.expert_ffn_hidden_size
        mlp = (2 + a.gated_mlp) * a.hidden_size * width
        attention = 2 * a.hidden_size * (a.attention_heads + a.kv_heads) * a.head_dim
        factor = 4 if run.recipe.adapters else 6
        flops = factor * a.layers * (mlp + attention) * float(row["tokens_per_second"])
        peak = run.machine.peak.get(run.recipe.precision) or run.machine.peak["fp16"]
        assert flops < 0.8 * peak, row["id"]


def test_packed_runs_on_timed_devices(scored):
    errors = [abs(math.expm1(-s.error)) for s in scored if s.kind in {"node", "nodes", "experts"}]
    assert len(errors) > 700
    assert median(errors) <= 0.15


def test_all_runs(scored):
    assert median(abs(math.expm1(-s.error)) for s in scored) <= 0.25
    assert 0.85 <= sum(s.inside for s in scored) / len(scored) <= 0.95
    assert abs(median(s.error for s in scored)) <= 0.03


@pytest.mark.parametrize("kind", ["node", "nodes", "no-kernels", "experts", "unpacked"])
def test_every_kind_is_centred(scored, kind):
    assert abs(median(s.error for s in scored if s.kind == kind)) <= 0.15


def test_every_source_that_made_a_constant_is_left_out(judged, stored):
    """Sources that came after the last fit made none: they are judged by the constants as they are."""
    spoke = {source for one in stored["constants"].values() for source in one["rows"]}
    assert spoke == set(stored["sources"]) <= {row["source"] for row in judged}


def test_the_range_holds_nine_of_ten_in_each_kind(scored):
    for kind in sorted({s.kind for s in scored}):
        held = [s.inside for s in scored if s.kind == kind]
        assert 0.85 <= sum(held) / len(held) <= 0.98, (kind, sum(held) / len(held))
    assert 0.85 <= sum(s.inside for s in scored) / len(scored) <= 0.95


def test_device_hours_of_whole_runs(root, machines, calibration, left_out):
    rows = [row for row in read(root / "knowledge/measured/device_hours.csv") if not row["excluded"]]
    found = score_hours(rows, machines, calibration, left_out)
    assert len(found) >= 50
    assert median(abs(math.expm1(s.error)) for s in found) <= 0.25
    assert sum(s.inside for s in found) / len(found) >= 0.85


def test_the_calibration_s_spread_and_whole_runs_follow_from_its_constants(root, judged, machines, tree, left_out):
    calibration = time_calibration_from_dict(tree)
    made = spreads_of(raw_errors(judged, machines, calibration, left_out))
    assert set(made) == set(tree["spread"])
    for kind, spread in made.items():
        said = tree["spread"][kind]
        assert (spread.rows, spread.sources) == (said["rows"], said["sources"])
        for name in ("low", "high", "shift"):
            assert getattr(spread, name) == pytest.approx(said[name], abs=2e-3), (kind, name)
    rows = [row for row in read(root / "knowledge/measured/device_hours.csv") if not row["excluded"]]
    errors = whole_run_errors(rows, machines, calibration)
    assert whole_run_of(errors, calibration.whole_run_prior) == pytest.approx(calibration.whole_run, abs=2e-3)


def test_each_constant_says_which_rows_made_it_and_how_far_it_moves(judged, stored, tree):
    known = {row["source"] for row in judged}
    for path, one in stored["constants"].items():
        assert set(one["rows"]) <= known
        assert one["low"] <= one["high"]
        if one["rows"]:
            assert scalar_of(at_path(tree, path)) == pytest.approx(one["value"], rel=2e-3), path


def test_no_source_s_constants_know_it(stored):
    """A class of frameworks that only one source informs falls back to what all frameworks share."""
    for path, one in stored["constants"].items():
        if len(one["rows"]) != 1:
            continue
        (source,) = one["rows"]
        without = stored["sources"][source][path]
        # What is left is the prior moved by the constants of its kin, which other sources made.
        kin = [
            name for name in stored["constants"] if name.rsplit(".", 1)[-1] == path.rsplit(".", 1)[-1] and name != path
        ]
        fallen = without / one["prior"]
        moved = [stored["sources"][source][name] / stored["constants"][name]["prior"] for name in kin] or [1.0]
        assert min(*moved, 1.0) * 0.999 <= fallen <= max(*moved, 1.0) * 1.001, path


@pytest.mark.slow
def test_a_refit_without_a_source_finds_the_stored_constants(root, judged, machines, stored):
    document = yaml.safe_load((root / "knowledge/calibration/time-priors.yaml").read_text())
    source = "jzhang38/EasyContext"
    # The rows of the last fit: later ones are judged, but made no constant yet.
    made = [row for row in judged if row["source"] in stored["sources"]]
    found = fit(made, machines, document, without=source, start=fit(made, machines, document))
    assert found.values == pytest.approx(stored["sources"][source], rel=1e-3)


def test_summaries_count_every_row_once(scored):
    scores = summarise(scored, lambda s: s.source)
    assert sum(s.rows for s in scores) == len(scored)
    assert all(s.sources == 1 for s in scores)
    assert [s.rows for s in scores] == sorted((s.rows for s in scores), reverse=True)


def test_weighted_quantile():
    assert quantile([1.0, 2.0, 3.0], [1, 1, 1], 0.5) == 2
    assert quantile([1.0, 2.0], [3, 1], 0.5) == pytest.approx(1.25)
    assert quantile([5.0], [1], 0.95) == 5


def test_a_source_counts_as_the_root_of_its_rows():
    errors = [("large", 0.0)] * 100 + [("small", 1.0)] * 4
    found = spread_of(errors)
    assert (found.rows, found.sources) == (104, 2)
    assert found.shift == 0.0
    # Two sources: widened by a quarter for the next one.
    assert found.high == pytest.approx(1.25)


def test_calibration_names_what_is_missing():
    with pytest.raises(KeyError, match="assumed_network"):
        time_calibration_from_dict({"devices": [], "frameworks": {}})
