"""why, what-if and diff: what they say, in both languages, and every mistake at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from command_line import Run

from advisor.facts import vocabulary
from advisor.facts.provenance import inputs_of
from advisor.library import check, load_ruleset
from advisor.ruling.format import Condition
from advisor.why import explain, gap, holds

ONE = ("--config", "one.toml")
DAY = ("--date", "2026-11-22")
STORY = "examples/openharmony-30b-v100.yaml"

FIRES = """\
MTD016 lora-learning-rate-too-low fires at training.learning_rate (line 5).
  A learning rate of 1e-6 is one for training all parameters; LoRA needs about ten times as much,
  1e-4 to 3e-4.

Conditions, all of which must hold
"""


def test_why_a_rule_fires(run: Run, folder: Path) -> None:
    out = run("why", "plan.yaml", "MTD016", *DAY).out
    assert out.startswith(FIRES)
    assert "✗" not in out
    assert "    from the plan: training.learning_rate\n" in out
    assert "\nThe rule's own sources\n  " in out


def test_why_a_rule_does_not_fire(run: Run, folder: Path) -> None:
    (folder / "plan.yaml").write_text((folder / "plan.yaml").read_text().replace("1e-6", "2e-4"))
    out = run("why", "plan.yaml", "lora-learning-rate-too-low", *DAY).out
    assert out.startswith("MTD016 lora-learning-rate-too-low does not fire.\n\nConditions, all of which must hold\n")
    assert "  ✗ training.learning_rate < " in out
    assert "does not hold (" in out
    assert "在 " not in out
    zh = run("why", "plan.yaml", "MTD016", "--lang", "zh", *DAY).out
    assert zh.startswith("MTD016 lora-learning-rate-too-low 没有触发。\n\n条件（须全部成立）\n")
    assert "：不成立（差 " in zh


def test_why_as_json(run: Run, root: Path) -> None:
    data = json.loads(run("why", root / STORY, "MEM001", "--format", "json", *DAY).out)
    assert (data["schema"], data["status"], data["rule"]["id"]) == ("advisor.why/1", "open", "MEM001")
    rows = {row["fact"]: row for row in data["conditions"]}
    share = rows["memory.state_over_pool"]
    assert (share["op"], share["limit"], share["unit"], share["holds"], share["gap"]) == ("gt", 1, "x", True, None)
    assert share["from"]["estimates"] == ["memory"]
    assert data["computed"]["memory"][0]["formula"] == "bytes per weight × N_device (/ n under ZeRO-3)"
    assert "training.master_weights" in {row["path"] for row in data["assumptions"]}
    assert data["knowledge"][0]["id"] == "v100-32g-sxm2"
    assert data["sources"]


def test_why_tells_what_became_of_the_finding(run: Run, folder: Path) -> None:
    (folder / "advisor.toml").write_text('[[accept]]\nid = "MTD016"\nreason = "Pilot."\nuntil = 2027-01-31\n')
    out = run("why", "plan.yaml", "MTD016", *DAY).out
    assert "The finding is accepted: accepted until 2027-01-31: Pilot. (advisor.toml, line 1).\n" in out
    (folder / "advisor.toml").write_text('ignore = ["MTD016"]\n')
    assert "The finding is not shown under the present settings (profile production, " in (
        run("why", "plan.yaml", "MTD016", *DAY).out
    )


def test_why_names_the_nearest_rule(run: Run, folder: Path) -> None:
    result = run("why", "plan.yaml", "MTD16", *DAY)
    assert result.code == 2
    assert "there is no rule 'MTD16'; nearest: " in result.err


@pytest.mark.parametrize(
    ("condition", "value", "held", "away"),
    [
        (Condition("a.b", "lt", 5), 4.0, True, 1),
        (Condition("a.b", "lt", 5), 5.0, False, 0),
        (Condition("a.b", "lte", 5), 5, True, 0),
        (Condition("a.b", "gt", 5), 2.5, False, 2.5),
        (Condition("a.b", "gte", 5), 5.0, True, 0),
        (Condition("a.b", "eq", 5), 7.0, False, 2),
        (Condition("a.b", "ne", 5), 5.0, False, None),
        (Condition("a.b", "in", (1, 8)), 6.0, False, 2),
        (Condition("a.b", "eq", "x"), "y", False, None),
        (Condition("a.b", "in", ("x", "y")), "y", True, None),
        (Condition("a.b", "eq", True), True, True, None),
        (Condition("a.b", "eq", False), None, False, None),
        (Condition("a.b", "ne", "x"), None, False, None),
        (Condition("a.b", "unknown"), None, True, None),
        (Condition("a.b", "unknown"), 1.0, False, None),
    ],
    ids=str,
)
def test_conditions_are_judged_as_the_engine_judges(
    condition: Condition, value: bool | float | str | None, held: bool, away: float | None
) -> None:
    assert (holds(condition, value), gap(condition, value)) == (held, away)


def test_the_explanation_of_every_rule_agrees_with_the_engine(root: Path, day: date) -> None:
    judgement = check(root / STORY, today=day).judgement
    ruleset = load_ruleset()
    fired = {finding.rule.id for finding in judgement.findings}
    for rule in ruleset.rules.values():
        if rule.retired is None:
            explanation = explain(judgement, ruleset, rule)
            assert all(tested.holds for tested in explanation.conditions) == (rule.id in fired), rule.id


def test_where_facts_come_from(root: Path, day: date) -> None:
    state = check(root / STORY, today=day).judgement.state
    found = {name: inputs_of(vocabulary()[name], state) for name in ("device.bf16", "layout.devices", "memory.fits")}
    assert found["device.bf16"].entries == (("devices", "v100-32g-sxm2", ("bf16",)),)
    assert found["layout.devices"].plan == ("hardware.count",)
    assert found["memory.fits"].estimates == ("memory",)
    for fact in vocabulary().values():
        inputs_of(fact, state)


@pytest.fixture
def one(folder: Path) -> None:
    """A configuration that leaves one rule."""
    (folder / "one.toml").write_text('select = ["MTD016"]\n')


def test_what_if(run: Run, folder: Path, one: None) -> None:
    result = run("what-if", "plan.yaml", "training.learning_rate=2e-4", *ONE, *DAY)
    assert (result.code, result.out) == (
        0,
        "plan.yaml: CAUTION → GO\n"
        "  training.learning_rate: 1e-06 → 0.0002\n"
        "\n"
        "Findings gone (1)\n"
        "  MEDIUM MTD016 lora-learning-rate-too-low · training.learning_rate\n",
    )


def test_what_if_moves_figures(run: Run, folder: Path) -> None:
    data = json.loads(run("what-if", "plan.yaml", "hardware.device=a100-80g-sxm", "data[0].tokens=20M",
                          "data[0].kind=text", "--format", "json", *DAY).out)  # fmt: skip
    assert data["changes"] == [
        {"path": "hardware.device", "before": "rtx4090", "after": "a100-80g-sxm"},
        {"path": "data[0].tokens", "before": None, "after": "20M"},
        {"path": "data[0].kind", "before": None, "after": "text"},
    ]
    figures = {row["figure"]: row for row in data["figures"]}
    assert figures["memory.usable_gib"]["after"] > 3 * figures["memory.usable_gib"]["before"]
    assert figures["time.tokens"]["before"] is None
    assert figures["time.tokens"]["after"] == 20_000_000
    assert set(figures["time.days"]["after"]) == {"low", "likely", "high"}
    assert {"DAT008", "EVD003"} <= {row["id"] for row in data["gone"]}


def test_a_value_can_be_taken_out(run: Run, folder: Path) -> None:
    data = json.loads(run("what-if", "plan.yaml", "training.learning_rate=null", "--format", "json", *DAY).out)
    assert "MTD016" in {row["id"] for row in data["gone"]}
    assert data["changes"] == [{"path": "training.learning_rate", "before": 1e-06, "after": None}]


def test_nothing_changes(run: Run, folder: Path, one: None) -> None:
    assert run("what-if", "plan.yaml", "title=我的计划: 一", *ONE, "--lang", "zh", *DAY).out == (
        "plan.yaml: 谨慎，不变\n  title: 未写明 → 我的计划: 一\n\n"
        "仍然存在（1 项）：MTD016\n\n没有变化：问题与数据都相同。\n"
    )


def test_every_mistake_of_the_changes_at_once(run: Run, folder: Path) -> None:
    result = run("what-if", "plan.yaml", "training.methode=lora", "hardware.count=x", "hardware.device=a100-80g-sxmm",
                 "title.x=1", "nonsense", *DAY)  # fmt: skip
    assert (result.code, result.out) == (2, "")
    assert sorted(result.err.splitlines()) == [
        "hardware.count=x: Expected a number, not `x`.",
        "hardware.device=a100-80g-sxmm: Unknown device `a100-80g-sxmm`. "
        "The nearest known: a100-80g-sxm, a800-80g-sxm, a100-40g-sxm.",
        "nonsense: write PATH=VALUE, for example training.method=lora or data[0].size=20GB",
        "title.x=1: Expected text, not `{…}`. Put it in quotes if it is meant.",
        "training.methode=lora: Unknown key `methode` in `training`. Did you mean `method`?",
    ]


def test_diff(run: Run, folder: Path, one: None) -> None:
    (folder / "new.yaml").write_text((folder / "plan.yaml").read_text().replace("1e-6", "2e-4"))
    result = run("diff", "plan.yaml", "new.yaml", *ONE, *DAY)
    assert result.out == (
        "plan.yaml → new.yaml: CAUTION → GO\n\nFindings gone (1)\n"
        "  MEDIUM MTD016 lora-learning-rate-too-low · training.learning_rate\n"
    )
    back = json.loads(run("diff", "new.yaml", "plan.yaml", "--format", "json", *ONE, *DAY).out)
    assert back["plans"] == {"before": "new.yaml", "after": "plan.yaml"}
    assert [(row["id"], row["at"]["line"]) for row in back["new"]] == [("MTD016", 5)]


def test_diff_tells_the_problems_of_both_plans(run: Run, folder: Path) -> None:
    (folder / "bad.yaml").write_text("version: 1\n")
    result = run("diff", "bad.yaml", "missing.yaml", *DAY)
    assert result.code == 2
    assert {line.split(":")[0] for line in result.err.splitlines()} == {"bad.yaml", "missing.yaml"}


def test_one_plan_at_a_time(run: Run, folder: Path) -> None:
    (folder / "plans").mkdir()
    for name in ("a.yaml", "b.yaml"):
        (folder / "plans" / name).write_text((folder / "plan.yaml").read_text())
    result = run("why", "plans", "MTD016", *DAY)
    assert (result.code, "plans: this takes one plan" in result.err) == (2, True)
