"""The score does not get worse: every group of runs stays within the limit that `python docs/tighten.py` wrote."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from advisor.library import load_advisor
from advisor.report.accuracy import Accuracy, measured_folder, score

ROOT = Path(__file__).parents[2]


def _tighten() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tighten", ROOT / "docs" / "tighten.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tighten = _tighten()


@pytest.fixture(scope="module")
def accuracy() -> Accuracy:
    return score(load_advisor(), measured_folder())


@pytest.mark.slow
def test_no_group_is_worse_than_its_limit(accuracy: Accuracy) -> None:
    assert tighten.worse(tighten.scores(accuracy, measured_folder()), tighten.read_limits()) == []


@pytest.mark.slow
def test_a_worse_constant_is_noticed(accuracy: Accuracy, monkeypatch: pytest.MonkeyPatch) -> None:
    advisor = load_advisor()
    worse_one = replace(advisor.memory_calibration, workspace_gib=advisor.memory_calibration.workspace_gib + 2)
    monkeypatch.setitem(vars(advisor), "memory_calibration", worse_one)
    found = tighten.worse(tighten.scores(score(advisor, measured_folder()), measured_folder()), tighten.read_limits())
    assert any(line.startswith("memory, all all: ") for line in found)
    assert not any(line.startswith("time") for line in found)


def limit(score: float, digest: str = "a") -> object:
    return tighten.Limit("memory", "method lora-single", 30, digest, score)


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        pytest.param(0.08, 0.08, [], id="the same"),
        pytest.param(0.084, 0.08, [], id="within the slack"),
        pytest.param(0.07, 0.08, [], id="better"),
        pytest.param(0.09, 0.08, ["memory, method lora-single: 9.0%, was 8.0%"], id="worse"),
    ],
)
def test_what_counts_as_worse(now: float, before: float, found: list[str]) -> None:
    assert tighten.worse([limit(now)], [limit(before)]) == found


def test_other_runs_need_other_limits() -> None:
    other = "memory: its runs are others than those of the limits; run python docs/tighten.py"
    assert tighten.worse([limit(0.05, "b")], [limit(0.08)]) == [other]
    assert tighten.worse([], [limit(0.08)]) == [other]
    assert tighten.worse([limit(0.05)], []) == ["memory, method lora-single: has no limit; run python docs/tighten.py"]


def test_limits_fall_and_rise_only_with_their_runs() -> None:
    assert tighten.tightened([limit(0.07)], [limit(0.08)]) == [limit(0.07)]
    assert tighten.tightened([limit(0.09)], [limit(0.08)]) == [limit(0.08)]
    assert tighten.tightened([limit(0.09, "b")], [limit(0.08)]) == [limit(0.09, "b")]
