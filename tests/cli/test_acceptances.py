"""Accepted findings, baselines and profiles: what they cover, what they say of themselves, in every output."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from command_line import PLAN, Run

from advisor.library import load_ruleset
from advisor.profiles import PROFILE_NAMES, shows

DAY = ("--date", "2026-11-22")
ONE = ("--select", "MTD016")
GOOD = '[[accept]]\nid = "MTD016"\nreason = "Measured: it converges."\nuntil = 2027-01-31\n'


def accept(folder: Path, text: str) -> None:
    (folder / "advisor.toml").write_text('select = ["MTD016"]\nfail-on = "medium"\n' + text)


def check(run: Run, *more: str) -> tuple[int, dict[str, object]]:
    result = run("check", "plan.yaml", "--format", "json", *more, *DAY)
    return result.code, json.loads(result.out)


@pytest.mark.parametrize("name", ["MTD016", "mtd016", "lora-learning-rate-too-low"])
def test_an_acceptance_in_the_configuration(run: Run, folder: Path, name: str) -> None:
    accept(folder, GOOD.replace("MTD016", name))
    code, data = check(run)
    assert (code, data["verdict"], data["findings"], data["not_accepted"]) == (0, "go", [], [])
    row = data["accepted"][0]  # type: ignore[index]
    assert {key: row[key] for key in ("state", "reason", "until", "from")} == {
        "state": "accepted", "reason": "Measured: it converges.", "until": "2027-01-31",
        "from": {"path": "advisor.toml", "line": 3},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (GOOD.replace("2027-01-31", "2026-11-21"), "expired"),
        (GOOD.replace("2027-01-31", '"next year"'), "no-date"),
        (GOOD.replace("2027-01-31", '"2027-01-31"'), "accepted"),
        (GOOD.replace("until = 2027-01-31\n", ""), "no-date"),
        (GOOD.replace('"Measured: it converges."', '" "'), "no-reason"),
        (GOOD.replace('reason = "Measured: it converges."\n', ""), "no-reason"),
        (GOOD.replace("MTD016", "MTD999"), "unknown-rule"),
        (GOOD.replace("MTD016", "MEM001"), "unused"),
        (GOOD.replace('id = "MTD016"\n', ""), "unknown-rule"),
    ],
)
def test_the_states_are_those_of_a_plan(run: Run, folder: Path, text: str, state: str) -> None:
    accept(folder, text)
    code, data = check(run)
    rows = [*data["accepted"], *data["not_accepted"]]  # type: ignore[misc]
    assert [row["state"] for row in rows] == [state]
    assert code == (0 if state == "accepted" else 1)
    # The same in the plan, under another key, gives the same.
    (folder / "advisor.toml").write_text('select = ["MTD016"]\nfail-on = "medium"\n')
    rows = ["accept:", "  - " + "\n    ".join(line.replace(" = ", ": ") for line in text.splitlines()[1:])]
    (folder / "plan.yaml").write_text(PLAN + "\n".join(rows) + "\n")
    _, same = check(run)
    assert [row["state"] for row in [*same["accepted"], *same["not_accepted"]]] == [state]  # type: ignore[misc]


def test_the_words_say_where_it_stands(run: Run, folder: Path) -> None:
    accept(folder, GOOD)
    head = "plan.yaml: GO — 1 accepted, 2 not shown\n\n"
    line = ("Accepted risks · MTD016 lora-learning-rate-too-low: accepted until 2027-01-31: Measured: it\n"
            "  converges. (advisor.toml, line 3)\n")  # fmt: skip
    assert run("check", "plan.yaml", *DAY).out.startswith(head + line)
    accept(folder, GOOD.replace("2027", "2025"))
    assert "无效的接受声明 · MTD016: 已于 2025-01-31 过期（advisor.toml 第 3 行）\n" in (
        run("check", "plan.yaml", "--lang", "zh", *DAY).out
    )


def test_acceptances_for_some_plans(run: Run, folder: Path) -> None:
    accept(folder, GOOD + 'plans = ["approved/*"]\n')
    (folder / "approved").mkdir()
    (folder / "approved" / "plan.yaml").write_text(PLAN)
    result = run("check", "approved", "plan.yaml", "-q", *DAY)
    assert [line.split(" — ")[0] for line in result.out.splitlines()] == [
        "approved/plan.yaml: GO",
        "plan.yaml: CAUTION",
    ]
    assert (result.code, result.err) == (1, "")


def test_of_several_plans_the_idle_are_told_once(run: Run, folder: Path) -> None:
    accept(folder, GOOD + GOOD.replace("MTD016", "MEM001"))
    (folder / "other.yaml").write_text(PLAN.replace("1e-6", "2e-4"))
    result = run("check", "plan.yaml", "other.yaml", *DAY)
    assert result.err == "advisor.toml:7: accept MEM001: covers no finding of this plan\n"
    assert "MEM001" not in result.out


def test_every_output_shows_what_is_accepted(run: Run, folder: Path) -> None:
    accept(folder, GOOD)
    files = {form: folder / f"out.{form}" for form in ("sarif", "junit", "markdown")}
    run("check", "plan.yaml", *(part for form, file in files.items() for part in ("--output", f"{form}={file}")), *DAY)
    result = json.loads(files["sarif"].read_text())["runs"][0]["results"][0]
    assert (result["ruleId"], result["suppressions"]) == (
        "MTD016", [{"kind": "external", "status": "accepted", "justification": "Measured: it converges."}])  # fmt: skip
    skipped = ET.fromstring(files["junit"].read_text()).find(".//skipped")
    assert skipped is not None and skipped.get("message") == "Measured: it converges."
    assert (
        "Accepted risks: MTD016 lora-learning-rate-too-low, accepted until 2027-01-31" in files["markdown"].read_text()
    )
    report = run("report", "plan.yaml", *DAY).out
    assert "## Accepted risks\n\n- **MTD016 lora-learning-rate-too-low**" in report


def test_a_baseline_takes_what_is_there_out_of_the_count(run: Run, folder: Path) -> None:
    written = run("check", "plan.yaml", "-q", "--write-baseline", "known.json", "--fail-on", "info", *ONE, *DAY)
    assert (written.code, written.err) == (0, "1 finding(s) written to known.json.\n")
    assert json.loads((folder / "known.json").read_text()) == {
        "schema": "advisor.baseline/1",
        "findings": [{"plan": "plan.yaml", "rule": "MTD016", "at": "training.learning_rate"}],
    }
    result = run("check", "plan.yaml", "--baseline", "known.json", "--fail-on", "info", *ONE, *DAY)
    assert result.code == 0
    assert result.out.startswith("plan.yaml: GO — 1 in the baseline, 2 not shown\n\n"
                                 "In the baseline · MTD016 training.learning_rate\n")  # fmt: skip
    code, data = check(run, "--baseline", "known.json", "--fail-on", "info", *ONE)
    row = data["accepted"][0]  # type: ignore[index]
    assert (code, data["verdict"], row["id"], row["state"]) == (0, "go", "MTD016", "baseline")
    assert row["from"] == {"path": "known.json"}


def test_a_new_finding_counts_and_a_stale_entry_is_told(run: Run, folder: Path) -> None:
    entries = [{"plan": "plan.yaml", "rule": "MEM001", "at": "hardware.count"},
               {"plan": "elsewhere.yaml", "rule": "MEM001", "at": "hardware.count"}]  # fmt: skip
    (folder / "known.json").write_text(json.dumps({"schema": "advisor.baseline/1", "findings": entries}))
    (folder / "advisor.toml").write_text('baseline = "known.json"\nselect = ["MTD016"]\nfail-on = "medium"\n')
    code, data = check(run)
    assert (code, [row["id"] for row in data["findings"]]) == (1, ["MTD016"])  # type: ignore[union-attr]
    assert data["not_accepted"] == [
        {"id": "MEM001", "state": "stale-baseline", "reason": None, "until": None, "from": {"path": "known.json"}}
    ]
    text = run("check", "plan.yaml", *DAY).out
    assert "Acceptances that do not hold · MEM001: is in the baseline, and is no longer found (" in text


def test_a_baseline_is_written_anew_with_what_it_still_covers(run: Run, folder: Path) -> None:
    run("check", "plan.yaml", "-q", "--write-baseline", "known.json", *ONE, *DAY)
    first = (folder / "known.json").read_text()
    run("check", "plan.yaml", "-q", "--baseline", "known.json", "--write-baseline", "known.json", *ONE, *DAY)
    assert (folder / "known.json").read_text() == first


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "advisor.baseline/2", "findings": []}',
                                  '{"schema": "advisor.baseline/1", "findings": [1]}'])  # fmt: skip
def test_what_is_no_baseline(run: Run, folder: Path, text: str) -> None:
    (folder / "known.json").write_text(text)
    result = run("check", "plan.yaml", "--baseline", "known.json", *DAY)
    assert (result.code, result.out, result.err) == (
        2, "", "known.json:1:1: this is no baseline that `advisor check --write-baseline` wrote\n")  # fmt: skip


def test_no_baseline_of_a_plan_that_cannot_be_read(run: Run, folder: Path) -> None:
    (folder / "plan.yaml").write_text("version: 1\n")
    assert run("check", "plan.yaml", "--write-baseline", "known.json", *DAY).code == 2
    assert not (folder / "known.json").exists()


def test_each_profile_shows_all_that_the_one_before_shows_and_more() -> None:
    rules = load_ruleset().rules.values()
    shown = [{rule.id for rule in rules if shows(name, rule)} for name in PROFILE_NAMES]
    assert shown[0] < shown[1] < shown[2] == shown[3] == {rule.id for rule in rules}
    assert {rule.id for rule in rules if rule.severity == "blocker"} <= shown[0]


def test_a_profile_narrows_and_says_so(run: Run, folder: Path) -> None:
    result = run("check", "plan.yaml", "-q", "--profile", "idea", *DAY)
    assert result.out == "plan.yaml: GO — 3 not shown (profile idea)\n"
    assert run("check", "plan.yaml", "-q", "--profile", "idea", "--lang", "zh", *DAY).out == (
        "plan.yaml: 可行 — 未显示 3 项（idea 阶段）\n"
    )
    assert run("check", "plan.yaml", "-q", "--profile", "pilot", *ONE, *DAY).out.startswith("plan.yaml: CAUTION")


def test_for_review_fails_on_what_is_high(run: Run, folder: Path) -> None:
    (folder / "advisor.toml").write_text('select = ["MTD016"]\nprofile = "for-review"\n[severity]\nMTD016 = "high"\n')
    assert run("check", "plan.yaml", "-q", *DAY).code == 1
    assert run("check", "plan.yaml", "-q", "--profile", "production", *DAY).code == 0
    assert run("check", "plan.yaml", "-q", "--fail-on", "blocker", *DAY).code == 0
