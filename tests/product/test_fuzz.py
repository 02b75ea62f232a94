"""Two thousand plan files, most of them broken: each gives a result or says why not, quickly, and never a traceback."""

from __future__ import annotations

import json
import random
import time
from datetime import date
from pathlib import Path

import pytest
from broken_plans import broken, with_values
from random_plans import RandomPlans
from results import faults

from advisor.library import Report, load_advisor
from advisor.pipeline import Advisor
from advisor.plan.read import read_plan, write_plan
from advisor.plan.source import Unreadable

FILES = 2000


def go_through(advisor: Advisor, raw: bytes, day: date, *, report: bool) -> list[str] | None:
    """The whole pipeline for one file: what is wrong with the result, None where the plan was refused in words."""
    try:
        judgement = advisor.judge(read_plan(raw, "plan.yaml"), day)
    except Unreadable as error:
        assert error.problems
        for problem in error.problems:
            assert problem.line >= 1
            assert problem.column >= 1
            for lang in ("en", "zh"):
                text = problem.text(lang)
                assert text.isprintable(), text
                assert len(text) < 2000
        return None
    whole = Report(judgement)
    found = []
    for lang in ("en", "zh"):
        result = whole.to_dict(lang)
        json.dumps(result, allow_nan=False)
        found += faults(result, raw)
        text = whole.to_text(lang)
        assert text.replace("\n", "").isprintable()
    if report:
        assert whole.to_markdown("en", options=False).startswith("# ")
        assert whole.to_markdown("zh", options=False).startswith("# ")
    return found


@pytest.mark.slow
def test_two_thousand_plan_files(root: Path, day: date) -> None:
    advisor = load_advisor()
    assert advisor.engine is not None  # compiling the rules is nobody's plan
    chance, plans = random.Random(20261122), RandomPlans(advisor.knowledge, 20261122)
    plans.rules = tuple(advisor.ruleset.rules)
    examples = [path.read_bytes().rstrip() for path in sorted((root / "examples").glob("*.yaml"))]
    began, slowest, results, refused = time.process_time(), 0.0, 0, 0
    for number in range(FILES):
        random_plan = write_plan(plans.plan()).encode() if number % 4 == 0 else b""
        plan = random_plan or chance.choice(examples)
        if number % 20 == 0:
            raw = plan  # as it is
        elif number % 20 == 1:
            raw = with_values(plan, chance, 1)
        else:
            raw = broken(plan, examples, chance)
        started = time.process_time()
        found = go_through(advisor, raw, day, report=number % 20 == 0)
        slowest = max(slowest, time.process_time() - started)
        assert not found, (number, found, raw.decode())
        results, refused = results + (found is not None), refused + (found is None)
    assert results > 200
    assert refused > 800
    assert slowest < 2
    assert time.process_time() - began < 60
