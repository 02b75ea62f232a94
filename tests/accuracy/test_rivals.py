"""Rules of thumb: which bytes they count for a run, and when they say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.estimates.architecture import parameters
from advisor.estimates.backtest_memory import run_of
from advisor.estimates.run import Run
from advisor.report.accuracy import measured_folder, read_rows
from advisor.report.rivals import GIB, PEERS, Rule, rules_from_rows

RULES = {rule.id: rule for rule in rules_from_rows(read_rows(measured_folder(), "rules_of_thumb.csv"))}


def run(**changes: str) -> Run:
    row = next(row for row in read_rows(measured_folder(), "memory.csv") if row["id"] == "M-0667")
    return run_of({**row, **changes})


def bytes_of(rule: Rule, of: Run) -> float | None:
    found = rule.memory(of)
    return None if found is None else round(found * GIB / parameters(of.architecture), 4)


SHARDED = {"devices": "8", "master_weights": "1"}


@pytest.mark.parametrize(
    ("rule", "changes", "found"),
    [
        pytest.param("four-times", {}, 8, id="four times, one device"),
        pytest.param("four-times", SHARDED, None, id="four times, several devices"),
        pytest.param("sixteen-bytes", {}, 16, id="16 bytes, one device"),
        pytest.param("sixteen-bytes", SHARDED | {"zero_stage": "1"}, 4 + 12 / 8, id="16 bytes, stage 1"),
        pytest.param("sixteen-bytes", SHARDED | {"zero_stage": "2"}, 2 + 14 / 8, id="16 bytes, stage 2"),
        pytest.param("sixteen-bytes", SHARDED | {"zero_stage": "3"}, 16 / 8, id="16 bytes, stage 3"),
        pytest.param("sixteen-bytes", SHARDED | {"tensor": "4"}, 16 / 4, id="16 bytes, tensor parallel"),
        pytest.param("llama-factory-table", {"master_weights": "0"}, 8, id="table, pure 16 bits"),
        pytest.param("llama-factory-table", {"master_weights": "1"}, 18, id="table, mixed precision"),
        pytest.param("llama-factory-table", {"adapters": "1"}, 2, id="table, LoRA"),
        pytest.param("llama-factory-table", {"adapters": "1", "quantisation": "nf4"}, 0.5, id="table, QLoRA"),
        pytest.param("llama-factory-table", {"adapters": "1", "quantisation": "int8"}, 1, id="table, QLoRA of 8 bits"),
        pytest.param("fixed-utilisation", {}, None, id="a rule of speed says nothing of memory"),
    ],
)
def test_bytes_per_parameter(rule: str, changes: dict[str, str], found: float | None) -> None:
    assert bytes_of(RULES[rule], run(**changes)) == (None if found is None else pytest.approx(found, abs=1e-3))


def test_fixed_utilisation_is_six_flops_a_weight() -> None:
    of = run()
    on = replace(of, machine=replace(of.machine, peak={"bf16": 100e12}))
    rate = RULES["fixed-utilisation"].rate(on)
    assert rate == pytest.approx(0.4 * 100e12 / 6 / parameters(of.architecture), rel=1e-6)
    assert RULES["fixed-utilisation"].rate(of) is None  # the peak is unknown


def test_peers_are_no_dependency() -> None:
    requirements = (measured_folder().parents[1] / "setup.cfg").read_text(encoding="utf-8")
    assert not [peer.distribution for peer in PEERS if peer.distribution in requirements]
