"""The serving estimate against real runs, each source judged by what the others taught."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from statistics import median

import pytest
from estimate_inputs import measured, read_entry, serving_calibration

from advisor.estimates.backtest_serving import Backtest, Scored, backtest, run_of, score, spreads_from
from advisor.estimates.machine import machine_of
from advisor.estimates.run import Machine
from advisor.library import load_advisor


def machine(name: str) -> Machine:
    return machine_of(name, load_advisor().knowledge.device(name))


@cache
def whole() -> Backtest:
    return backtest(measured("serving.csv"), machine, serving_calibration())


def error(keep: Callable[[Scored], bool]) -> float:
    return median(abs(one.relative) for one in whole().scored if keep(one))


def test_the_calibration_on_file_is_what_the_runs_give() -> None:
    on_file, written = serving_calibration(), read_entry("calibration/serving.yaml")["serving"]["fitted"]
    assert set(written) == set(whole().constants)
    for name, constant in whole().constants.items():
        assert getattr(on_file, name) == constant.value
        assert written[name] == {"rows": constant.runs, "without": constant.without}
    for kind, spread in spreads_from(whole().scored).items():
        assert getattr(on_file, f"{kind}_spread").errors == pytest.approx(spread.errors, abs=1e-4)


@pytest.mark.parametrize(
    ("source", "most"),
    [("NVIDIA/TensorRT-LLM", 0.2), ("pytorch-labs/gpt-fast", 0.36), ("QwenLM/Qwen3", 0.47), ("QwenLM/Qwen", 0.2)],
)
def test_rates_of_a_source_that_was_left_out(source: str, most: float) -> None:
    assert error(lambda one: one.kind != "memory" and one.source == source) <= most


def test_memory_of_models_in_use() -> None:
    assert error(lambda one: one.kind == "memory") <= 0.05
    assert sum(one.inside for one in whole().scored if one.kind == "memory") >= 56


def test_nine_in_ten_rates_lie_in_the_range_of_the_calibration_on_file() -> None:
    rates = [one for one in score(measured("serving.csv"), machine, serving_calibration()) if one.kind != "memory"]
    assert len(rates) >= 200
    assert sum(one.inside for one in rates) / len(rates) >= 0.85


@pytest.mark.parametrize(
    ("run", "tokens_per_second"),
    [
        ("S-0310", 328.43),  # Llama 2 7B over eight A100
        ("S-0313", 62.5),  # Llama 2 70B over eight A100
        ("S-0228", 4146.0),  # Llama 3.3 70B in FP8 on two H100, as many requests as the cache holds
    ],
)
def test_single_runs_that_physics_explains(run: str, tokens_per_second: float) -> None:
    row = next(row for row in measured("serving.csv") if row["id"] == run)
    (found,) = score([row], machine, serving_calibration())
    assert found.estimated == pytest.approx(tokens_per_second, rel=0.2)


def test_a_row_is_read_as_it_stands() -> None:
    row = next(row for row in measured("serving.csv") if row["id"] == "S-0313")
    run = run_of(row, machine)
    assert (run.architecture.layers, run.layout.tensor, run.machine.device_id) == (80, 8, "a100-80g-sxm")
    assert run.serving is not None
    assert (run.serving.context_length, run.serving.quantisation) == (205, "none")
