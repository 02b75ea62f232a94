"""The measured runs: where they come from, on what, and that none is there twice."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from advisor.library import load_advisor

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
NOT_A_RUN = {
    "id",
    "source",
    "document",
    "place",
    "date",
    "assumed",
    "shape_from",
    "model",
    "setup",
    "scored",
    "excluded",
}


def rows(name: str) -> list[dict[str, str]]:
    with (KNOWLEDGE / "measured" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["memory.csv", "out_of_memory.csv", "throughput.csv", "serving.csv"])
def test_every_source_has_an_entry(name: str) -> None:
    entries = yaml.safe_load((KNOWLEDGE / "sources" / "measured.yaml").read_text(encoding="utf-8")).values()
    known = " ".join(f"{entry['url']} {entry['title']}" for entry in entries).lower()
    assert {row["source"] for row in rows(name) if row["source"].lower() not in known} == set()


@pytest.mark.parametrize(
    "name", ["memory.csv", "out_of_memory.csv", "throughput.csv", "device_hours.csv", "serving.csv"]
)
def test_every_device_is_known(name: str) -> None:
    knowledge = load_advisor().knowledge
    unknown = {row["device"] for row in rows(name) if row["device"] not in knowledge.raw["devices"]}
    assert unknown <= {"ascend-910-unspecified"}  # rows of which the source does not say the device; none is scored


@pytest.mark.parametrize("name", ["memory.csv", "out_of_memory.csv", "throughput.csv", "serving.csv"])
def test_no_run_is_there_twice_from_two_sources(name: str) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for row in rows(name):
        key = tuple(value for column, value in row.items() if column not in NOT_A_RUN)
        assert seen.setdefault(key, row["source"]) == row["source"], row["id"]


def test_serving_rows_state_what_an_estimate_needs() -> None:
    found = rows("serving.csv")
    assert len(found) >= 300
    for row in found:
        run = row["id"]
        assert row["quantisation"] in ("none", "int8", "int4", "fp8"), run
        assert row["counted"] in ("output", "total"), run
        assert row["memory_metric"] in ("", "allocated", "device"), run
        assert (row["memory_gib"] == "") == (row["memory_metric"] == ""), run
        assert min(int(row[name]) for name in ("layers", "devices", "tensor", "input_tokens", "output_tokens")) >= 1, (
            run
        )
        assert row["concurrency"] == "" or int(row["concurrency"]) >= 1, run
        assert float(row["tokens_per_second"]) > 0, run


def test_no_decoding_beats_the_bandwidth_of_its_devices() -> None:
    """One request reads every weight once a token; a mixture of experts reads those of the chosen experts."""
    knowledge = load_advisor().knowledge
    size = {"none": 2.0, "int8": 1.0, "fp8": 1.0, "int4": 0.5}
    for row in rows("serving.csv"):
        if row["concurrency"] != "1" or row["experts"] != "0":
            continue
        number = {name: int(row[name]) for name in ("layers", "hidden", "ffn", "heads", "kv_heads", "head_dim")}
        mlp = 3 * number["hidden"] * number["ffn"]
        attention = 2 * number["hidden"] * (number["heads"] + number["kv_heads"]) * number["head_dim"]
        weights = number["layers"] * (mlp + attention) * size[row["quantisation"]]
        share = (
            1.0
            if row["counted"] == "output"
            else int(row["output_tokens"]) / (int(row["input_tokens"]) + int(row["output_tokens"]))
        )
        bandwidth = knowledge.device(row["device"]).bandwidth_gb_s * 1e9 * int(row["devices"])
        assert weights * float(row["tokens_per_second"]) * share < bandwidth, row["id"]


@pytest.mark.parametrize("reason", rows("reasons.csv"), ids=lambda reason: reason["match"])
def test_a_reason_is_of_some_run(reason: dict[str, str]) -> None:
    stated = dict(part.split("=", 1) for part in reason["match"].split(";"))
    found = [row for row in rows(f"{reason['file']}.csv") if all(row[name] == value for name, value in stated.items())]
    assert found
    assert reason["reason_en"] and reason["reason_zh"]


def test_rules_of_thumb_have_a_source() -> None:
    entries = yaml.safe_load((KNOWLEDGE / "sources" / "measured.yaml").read_text(encoding="utf-8"))
    assert {rule["source"] for rule in rows("rules_of_thumb.csv")} <= set(entries)
