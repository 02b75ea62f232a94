"""The command as scripts and people see it: outputs, exit codes, languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DAY = ["--date", "2026-11-22"]
FINE = "examples/qlora-8b-fine.yaml"
STORY = "examples/openharmony-30b-v100.yaml"


def run(root: Path, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL", "LC_MESSAGES"}}
    return subprocess.run(
        [sys.executable, "-m", "advisor", *arguments], cwd=root, input=stdin, capture_output=True, timeout=120,
        env=clean | {"PYTHONIOENCODING": "utf-8"} | environment, check=False,
    )  # fmt: skip


def text(result: subprocess.CompletedProcess[bytes]) -> str:
    return result.stdout.decode()


def test_a_fine_plan_is_a_go_without_noise(root: Path) -> None:
    result = run(root, "check", FINE, "-q", *DAY)
    assert (text(result), result.returncode) == (f"{FINE}: GO — nothing to report\n", 0)


def test_a_fine_plan_in_chinese(root: Path) -> None:
    result = run(root, "check", FINE, "-q", *DAY, LANG="zh_CN.UTF-8")
    assert text(result) == f"{FINE}: 可行 — 没有发现问题\n"


def test_the_option_beats_the_locale(root: Path) -> None:
    result = run(root, "check", FINE, "-q", "--lang", "en", *DAY, LANG="zh_CN.UTF-8")
    assert text(result) == f"{FINE}: GO — nothing to report\n"


@pytest.mark.parametrize(("threshold", "code"), [("blocker", 1), ("high", 1), ("info", 1), ("never", 0)])
def test_exit_code_by_threshold(root: Path, threshold: str, code: int) -> None:
    assert run(root, "check", STORY, "-q", "--fail-on", threshold, *DAY).returncode == code


def test_standard_input(root: Path) -> None:
    result = run(root, "check", "-", "-q", *DAY, stdin=(root / FINE).read_bytes())
    assert text(result) == "<stdin>: GO — nothing to report\n"


def test_json_is_the_contract(root: Path) -> None:
    data = json.loads(text(run(root, "check", STORY, "--format", "json", *DAY)))
    assert data["schema"] == "advisor.check/1"
    assert data["plan"]["path"] == STORY
    assert data["verdict"] == "no-go"
    assert set(data) >= {"findings", "accepted", "estimates", "assumptions", "options"}
    assert set(data["estimates"]) == {"memory", "serving", "time", "cost"}
    memory = data["estimates"]["memory"]
    assert sum(memory["parts_gib"].values()) == pytest.approx(memory["per_device_gib"]["likely"], rel=1e-6)
    for finding in data["findings"]:
        assert finding["at"]["line"] >= 1
        assert finding["at"]["column"] >= 1
        assert finding["sources"]
        assert finding["because"]


def test_json_of_several_plans_is_a_usage_error_that_names_jsonl(root: Path) -> None:
    result = run(root, "check", FINE, STORY, "--format", "json", *DAY)
    assert result.returncode == 2
    assert "--format json takes one plan; for several use --format jsonl" in result.stderr.decode()
    assert result.stdout == b""


def test_jsonl_goes_on_after_a_plan_that_cannot_be_read(root: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\nmodel: {name: no-such-model-anywhere}\ntraining: {method: lora}\n"
                      "hardware: {device: h100, count: one}\n")  # fmt: skip
    result = run(root, "check", str(broken), "missing.yaml", FINE, "--format", "jsonl", *DAY)
    rows = [json.loads(line) for line in text(result).splitlines()]
    assert result.returncode == 2
    assert [sorted(row) for row in rows[:2]] == [["errors", "plan", "schema"]] * 2
    assert [row["plan"]["path"] for row in rows] == [str(broken), "missing.yaml", FINE]
    assert rows[0]["errors"][0]["line"] == 4
    assert rows[1]["errors"][0]["message"] == "cannot be read: no such file or folder"
    assert rows[2]["verdict"] == "go"


def test_a_folder_gives_its_plans_in_order(root: Path) -> None:
    result = run(root, "check", "examples", "-q", "--fail-on", "never", *DAY)
    names = [line.split(":")[0] for line in text(result).splitlines()]
    assert names == sorted(str(path.relative_to(root)) for path in (root / "examples").glob("*.yaml"))


def test_every_error_at_once_with_place_and_nearest(root: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("version: 1\nmodel: {name: qwen2.5-7b}\ntraining:\n  methode: lora\n  epochs: many\n"
                    "hardware: {device: rtx4090, count: 1}\n")  # fmt: skip
    result = run(root, "check", str(plan), *DAY)
    assert result.returncode == 2
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{plan}:3:1: training")
    assert f"{plan}:4:3: training.methode: Unknown key `methode`" in result.stderr.decode()
    assert f"{plan}:5:11: training.epochs: " in result.stderr.decode()


def test_unknown_device_names_the_nearest(root: Path) -> None:
    plan = b"version: 1\nmodel: {parameters: 7B}\ntraining: {method: lora}\nhardware: {device: v100-32g, count: 1}\n"
    result = run(root, "check", "-", *DAY, stdin=plan.replace(b"v100-32g,", b"v100-33g-sxm2,"))
    assert result.returncode == 2
    assert "<stdin>:4:20: hardware.device: Unknown device `v100-33g-sxm2`." in result.stderr.decode()
    assert "v100-32g-sxm2" in result.stderr.decode()


def test_the_same_inputs_give_the_same_bytes(root: Path) -> None:
    for form in ("json", "text"):
        first, second = (run(root, "check", STORY, "--format", form, *DAY, PYTHONHASHSEED=seed) for seed in "12")
        assert first.stdout == second.stdout


def test_the_same_inputs_give_the_same_report(root: Path) -> None:
    first, second = (run(root, "report", STORY, *DAY, PYTHONHASHSEED=seed) for seed in "12")
    assert len(first.stdout) > 10_000
    assert first.stdout == second.stdout


def test_several_outputs_in_one_run(root: Path, tmp_path: Path) -> None:
    files = {form: tmp_path / f"out.{form}" for form in ("json", "sarif", "junit", "github", "markdown", "jsonl")}
    targets = [part for form, file in files.items() for part in ("--output", f"{form}={file}")]
    result = run(root, "check", STORY, *targets, *DAY)
    assert result.returncode == 1
    assert json.loads(files["json"].read_text())["verdict"] == "no-go"
    log = json.loads(files["sarif"].read_text())
    places = {row["locations"][0]["physicalLocation"]["region"]["startLine"] for row in log["runs"][0]["results"]}
    lines = (root / STORY).read_text().splitlines()
    assert all(lines[line - 1].strip() for line in places)
    assert files["junit"].read_text().startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert files["github"].read_text().startswith(f"::error file={STORY},line=")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explain_shows_a_page(root: Path, lang: str) -> None:
    result = run(root, "explain", "num001", "--lang", lang)
    assert result.returncode == 0
    assert text(result).startswith("# NUM001 ")


def test_explain_names_the_nearest_rule(root: Path) -> None:
    result = run(root, "explain", "NUM01")
    assert result.returncode == 2
    assert "NUM0" in result.stderr.decode()


def test_rules_as_json_have_pages_in_both_languages(root: Path) -> None:
    rows = json.loads(text(run(root, "rules", "--format", "json")))["rules"]
    assert len(rows) >= 45
    assert all(set(row) == {"id", "name", "topic", "severity", "since", "page"} for row in rows)
    assert all(row["page"]["en"] and row["page"]["zh"] for row in rows)


def test_facts_of_a_plan(root: Path) -> None:
    values = json.loads(text(run(root, "facts", STORY, "--format", "json", *DAY)))["facts"]
    assert values["device.bf16"] is False
    assert values["layout.devices"] == 8


def test_the_plan_schema_accepts_the_examples(root: Path, tmp_path: Path) -> None:
    schema = tmp_path / "plan.schema.json"
    schema.write_bytes(run(root, "schema").stdout)
    plans = sorted(str(path) for path in (root / "examples").glob("*.yaml"))
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), *plans]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_an_output_without_a_file_goes_to_standard_output(root: Path) -> None:
    result = run(root, "check", FINE, "-q", "--output", "github", "--output", "markdown", *DAY)
    assert text(result).startswith(f"{FINE}: GO — nothing to report\n## examples/")


def test_rules_can_be_searched_in_either_language(root: Path) -> None:
    assert "DAT001" in text(run(root, "rules", "replay", "--topic", "data"))
    assert "DAT001" in text(run(root, "rules", "通用数据", "--severity", "high", "--lang", "zh"))
    assert text(run(root, "rules", "no-such-word-in-any-rule")) == ""
