"""What a plan is told when knowledge behind it is past its review date: always something, never more than is due."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import advisor
from advisor.report.text import figure_rows
from advisor.words import Language

EXAMPLES = Path(__file__).parents[2] / "examples"
FRESH, LATE = date(2026, 11, 22), date(2027, 6, 1)
SOUND = ("lora-7b-one-card", "openharmony-30b-retrieval", "qlora-8b-fine")


def evidence(report: advisor.Report) -> dict[str, str]:
    return {row.rule.id: row.rule.severity for row in report.findings if row.rule.topic == "evidence"}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_plan_stays_sound_when_what_is_known_ages(name: str) -> None:
    plan = EXAMPLES / f"{name}.yaml"
    fresh, late = advisor.check(plan, today=FRESH), advisor.check(plan, today=LATE)
    assert (fresh.verdict, evidence(fresh)) == ("go", {})
    assert (late.verdict, evidence(late)) == ("go", {"EVD008": "low", "EVD017": "low"})


BUDGETS = {
    # a card bought new at a price past review: the likely cost is 44,800 CNY and may by now be 39,400 to 55,600
    "far above": ("100000 CNY", {"EVD008": "low"}),
    "just enough": ("46000 CNY", {"EVD007": "medium"}),
    "just too little": ("43000 CNY", {"EVD007": "medium"}),
    "far below": ("20000 CNY", {"EVD008": "low"}),
    "not stated": (None, {"EVD008": "low"}),
}


@pytest.mark.parametrize("case", BUDGETS)
def test_an_old_price_weighs_where_it_can_turn_the_verdict(case: str) -> None:
    budget, expected = BUDGETS[case]
    plan: dict[str, Any] = {
        "version": 1,
        "model": {"name": "qwen2.5-coder-7b"},
        "training": {"method": "lora", "precision": "bf16", "sequence_length": 2048, "global_batch_size": 16},
        "hardware": {"device": "rtx4090", "count": 1, "tenure": "buy-new"},
        "data": [{"kind": "instructions", "samples": 10000, "tokens_per_sample": 1024, "source": "internal"}],
        "project": {"goal": "style", "use": "internal"} | ({"budget": budget} if budget else {}),
    }
    assert evidence(advisor.check(plan, today=FRESH)) == expected


@pytest.mark.parametrize(("lang", "compute"), [("en", "Compute, CNY"), ("zh", "算力成本，CNY")])
def test_what_trains_nothing_has_no_cost_of_training(lang: Language, compute: str) -> None:
    used = advisor.check(EXAMPLES / "openharmony-30b-retrieval.yaml", today=FRESH)
    trained = advisor.check(EXAMPLES / "lora-7b-one-card.yaml", today=FRESH)
    assert compute not in dict(figure_rows(used.judgement, lang))
    assert compute in dict(figure_rows(trained.judgement, lang))
    assert used.to_dict()["estimates"]["cost"]["compute"] == {"low": 0, "likely": 0, "high": 0}
