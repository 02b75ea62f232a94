"""Plans of real people whose outcome is known: the advisor must say what happened, and little else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import advisor

ROOT = Path(__file__).parents[2]
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in yaml.safe_load((Path(__file__).parent / "real_cases.yaml").read_text("utf-8"))
}


@pytest.mark.parametrize("name", CASES)
def test_the_advisor_says_what_happened(name: str, day: date) -> None:
    case = CASES[name]
    expect = case["expect"]
    text = yaml.safe_dump(case["plan"], allow_unicode=True, sort_keys=False)
    report = advisor.check(text.encode(), today=day)
    found = {finding.rule.id for finding in report.findings}
    memory, serving, time = report.estimates.memory, report.estimates.serving, report.estimates.time
    assert report.verdict in expect.get("verdict", ["go", "caution", "no-go"]), sorted(found)
    if "fits" in expect:
        assert memory is not None
        assert memory.fits in expect["fits"], memory.needed
    if "serving" in expect:
        assert serving is not None
        assert serving.fits in expect["serving"], serving.per_device
    if "days" in expect:
        low, high = expect["days"]
        assert time is not None
        assert time.days is not None
        assert low <= time.days.likely <= high
    assert set(expect.get("has", [])) <= found
    assert not set(expect.get("lacks", [])) & found
    if "at_most" in expect:
        assert sum(finding.rule.severity != "info" for finding in report.findings) <= expect["at_most"]


@pytest.mark.parametrize("name", CASES)
def test_every_case_says_where_it_is_told(name: str) -> None:
    case = CASES[name]
    assert case["truth"].endswith(".")
    source = case.get("source", "https://")
    assert source.startswith("https://") or (ROOT / source).is_file()


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 60
