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


@pytest.mark.parametrize("name", ["memory.csv", "out_of_memory.csv", "throughput.csv"])
def test_every_source_has_an_entry(name: str) -> None:
    entries = yaml.safe_load((KNOWLEDGE / "sources" / "measured.yaml").read_text(encoding="utf-8")).values()
    known = " ".join(f"{entry['url']} {entry['title']}" for entry in entries).lower()
    assert {row["source"] for row in rows(name) if row["source"].lower() not in known} == set()


@pytest.mark.parametrize("name", ["memory.csv", "out_of_memory.csv", "throughput.csv", "device_hours.csv"])
def test_every_device_is_known(name: str) -> None:
    knowledge = load_advisor().knowledge
    unknown = {row["device"] for row in rows(name) if row["device"] not in knowledge.raw["devices"]}
    assert unknown <= {"ascend-910-unspecified"}  # rows of which the source does not say the device; none is scored


@pytest.mark.parametrize("name", ["memory.csv", "out_of_memory.csv", "throughput.csv"])
def test_no_run_is_there_twice_from_two_sources(name: str) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for row in rows(name):
        key = tuple(value for column, value in row.items() if column not in NOT_A_RUN)
        assert seen.setdefault(key, row["source"]) == row["source"], row["id"]
