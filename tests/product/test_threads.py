"""Checks from many threads at once give what one thread gives."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

import advisor

DAY = date(2026, 11, 22)


def _result(path: Path) -> str:
    return json.dumps(advisor.check(path, today=DAY).to_dict("zh"), ensure_ascii=False)


@pytest.mark.slow
def test_eight_threads_and_fifty_checks_each(root: Path) -> None:
    plans = sorted((root / "examples").glob("*.yaml"))
    alone = {plan: _result(plan) for plan in plans}

    def work(number: int) -> list[str]:
        turn = [plans[(number + step) % len(plans)] for step in range(50)]
        return [f"{plan.name} {step}" for step, plan in enumerate(turn) if _result(plan) != alone[plan]]

    with ThreadPoolExecutor(8) as pool:
        different = [row for rows in pool.map(work, range(8)) for row in rows]
    assert different == []
