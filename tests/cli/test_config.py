"""The configuration file: where it is found, what it may say, what beats it, what it may not do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import PLAN, Run

from advisor.config_file import find_config

DAY = ("--date", "2026-11-22")
ONE = ("--select", "MTD016")


def write(folder: Path, text: str, name: str = "advisor.toml") -> None:
    (folder / name).write_text(text)


def verdict(out: str) -> str:
    return out.split(", ", maxsplit=1)[0].strip()


def test_the_file_beside_the_plan_holds(run: Run, folder: Path) -> None:
    write(folder, 'select = ["MTD016"]\nfail-on = "medium"\n')
    result = run("check", "plan.yaml", "-q", *DAY)
    assert (verdict(result.out), result.code, result.err) == ("plan.yaml: CAUTION — 1 medium", 1, "")


def test_the_command_line_beats_the_file(run: Run, folder: Path) -> None:
    write(folder, 'select = ["licence"]\nfail-on = "medium"\nlang = "zh"\n')
    result = run("check", "plan.yaml", "-q", *ONE, "--fail-on", "high", "--lang", "en", *DAY)
    assert (verdict(result.out), result.code) == ("plan.yaml: CAUTION — 1 medium", 0)


def test_without_config_nothing_of_it_holds(run: Run, folder: Path) -> None:
    write(folder, "no TOML at all")
    assert run("check", "plan.yaml", "-q", "--no-config", *ONE, *DAY).code == 0
    assert run("check", "plan.yaml", "-q", *ONE, *DAY).code == 2


def test_a_file_that_is_named_holds(run: Run, folder: Path) -> None:
    write(folder, 'fail-on = "medium"\n', "other.toml")
    assert run("check", "plan.yaml", "-q", "--config", "other.toml", *ONE, *DAY).code == 1
    assert run("check", "plan.yaml", "-q", "--config=missing.toml", *DAY)[::2] == (
        2, "missing.toml:1:1: there is no such file\n")  # fmt: skip
    both = run("check", "plan.yaml", "--config", "other.toml", "--no-config")
    assert (both.code, "--config and --no-config exclude each other" in both.err) == (2, True)


@pytest.mark.parametrize(
    ("lang", "expected"), [("zh", "plan.yaml: 谨慎 — 中 1 项"), ("en", "plan.yaml: CAUTION — 1 medium")]
)
def test_the_language_of_the_file(run: Run, folder: Path, lang: str, expected: str) -> None:
    write(folder, f'lang = "{lang}"\nselect = ["MTD016"]\n')
    assert run("check", "plan.yaml", "-q", *DAY).out.startswith(expected)


def test_the_environment_beats_the_language_of_the_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, 'lang = "zh"\n')
    monkeypatch.setenv("ADVISOR_LANG", "en")
    assert run("check", "plan.yaml", "-q", *ONE, *DAY).out.startswith("plan.yaml: CAUTION")


def test_a_table_in_pyproject(run: Run, folder: Path) -> None:
    write(
        folder, '[project]\nname = "x"\n\n[tool.advisor]\nselect = ["MTD016"]\nfail-on = "medium"\n', "pyproject.toml"
    )
    assert run("check", "plan.yaml", "-q", *DAY).code == 1
    write(folder, '[tool.advisor]\nfail-onn = "medium"\n', "pyproject.toml")
    assert run("check", "plan.yaml", *DAY).err == (
        "pyproject.toml:2:1: fail-onn: Unknown key `fail-onn`. Did you mean `fail-on`?\n"
    )


def test_where_the_file_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, deep = tmp_path / "repository", tmp_path / "repository" / "plans" / "deep"
    deep.mkdir(parents=True)
    write(tmp_path, "")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert find_config(deep) is None  # neither a repository nor the current folder: only the plan's own folder
    monkeypatch.chdir(root)
    assert find_config(deep) is None  # up to the current folder, not beyond
    write(root, "")
    assert find_config(deep) == root / "advisor.toml"
    write(root / "plans", "[project]\n", "pyproject.toml")
    assert find_config(deep) == root / "advisor.toml"  # that pyproject.toml is not about the advisor
    write(root / "plans", "[tool.advisor]\n", "pyproject.toml")
    assert find_config(deep) == root / "plans" / "pyproject.toml"
    write(root / "plans", "")
    assert find_config(deep) == root / "plans" / "advisor.toml"
    (tmp_path / ".git").mkdir()
    (root / "advisor.toml").unlink()
    monkeypatch.chdir(elsewhere)
    assert find_config(root) == tmp_path / "advisor.toml"  # a repository is searched up to its root


WRONG = """\
lang = "fr"
profile = "producton"
knowledges = ["x"]
select = "MEM001"
rules = ["../elsewhere", "missing"]

[severity]
MEM001 = "hihg"

[[accept]]
id = "MEM002"
reasn = "x"
"""


def test_every_error_at_once_with_its_line(run: Run, folder: Path) -> None:
    write(folder, WRONG)
    result = run("check", "plan.yaml", *DAY)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        "advisor.toml:1:1: lang: fr is not one of en, zh.",
        "advisor.toml:2:1: profile: producton is not one of idea, pilot, production, for-review. "
        "Did you mean `production`?",
        "advisor.toml:3:1: knowledges: Unknown key `knowledges`. Did you mean `knowledge`?",
        'advisor.toml:4:1: select: MEM001 is not a list; write ["…"].',
        "advisor.toml:8:1: severity.MEM001: hihg is not one of blocker, high, medium, low, info. Did you mean `high`?",
        "advisor.toml:12:1: accept[0].reasn: Unknown key `reasn` in `accept[0]`. Did you mean `reason`?",
    ]


def test_errors_in_chinese(run: Run, folder: Path) -> None:
    write(folder, 'profil = "idea"\nselect = [1]\n')
    assert run("check", "plan.yaml", "--lang", "zh", *DAY).err.splitlines() == [
        "advisor.toml:1:1: profil: 未知的键 `profil`。是否应为 `profile`？",
        "advisor.toml:2:1: select[0]: 1 不是文本，请加引号。",
    ]


def test_a_syntax_error_has_its_place(run: Run, folder: Path) -> None:
    write(folder, 'lang = "en"\nselect = [\n')
    result = run("check", "plan.yaml", *DAY)
    assert result.code == 2
    assert result.err.startswith("advisor.toml:")
    assert ": This is not TOML: " in result.err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('select = ["MEM0001"]', "advisor.toml:1:1: select[0]: No rule, name or topic is called MEM0001. "),
        ('ignore = ["memry"]', "advisor.toml:1:1: ignore[0]: No rule, name or topic is called memry. "),
        ('[severity]\nnothing-like-it = "low"', "advisor.toml:2:1: severity.nothing-like-it: No rule, name or topic"),
    ],
)
def test_names_of_no_rule(run: Run, folder: Path, text: str, line: str) -> None:
    write(folder, text)
    result = run("check", "plan.yaml", *DAY)
    assert (result.code, result.err.startswith(line)) == (2, True), result.err


def test_names_of_no_rule_on_the_command_line(run: Run, folder: Path) -> None:
    result = run("check", "plan.yaml", "--select", "memry", "--ignore", "NUM0001", *DAY)
    assert result.code == 2
    assert "No rule, name or topic is called memry. Did you mean `memory`?" in result.err
    assert "No rule, name or topic is called NUM0001. Did you mean `NUM001`?" in result.err


def test_the_file_reaches_nothing_outside_its_folder(run: Run, folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (folder / "outside").mkdir()
    (inner / "link").symlink_to(folder / "outside")
    (inner / "plan.yaml").write_text(PLAN)
    write(inner, 'rules = ["../outside", "link", "/etc"]\nknowledge = ["missing"]\nbaseline = "../b.json"\n'
                 'output = ["sarif=../x.sarif", "json=.git/hooks/pre-commit", "xml=x"]\n')  # fmt: skip
    result = run("check", inner / "plan.yaml", *DAY)
    assert result.code == 2
    beyond = "lies outside the folder of this file; name it on the command line if it is meant."
    name = "inner/advisor.toml"
    assert result.err.splitlines() == [
        f"{name}:1:1: rules[0]: ../outside {beyond}",
        f"{name}:1:1: rules[1]: link {beyond}",
        f"{name}:1:1: rules[2]: /etc {beyond}",
        f"{name}:2:1: knowledge[0]: There is no folder missing here.",
        f"{name}:3:1: baseline: ../b.json {beyond}",
        f"{name}:4:1: output[0]: ../x.sarif {beyond}",
        f"{name}:4:1: output[1]: json=.git/hooks/pre-commit names a hidden file or folder; "
        "a configuration file may not write there.",
        f"{name}:4:1: output[2]: xml=x: write FORMAT=FILE with one of "
        "text, json, jsonl, sarif, junit, github, markdown.",
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["inner", "outside", "plan.yaml"]


def test_outputs_of_the_file_and_of_the_command_line(run: Run, folder: Path) -> None:
    write(folder, 'output = ["jsonl=result.jsonl"]\nselect = ["MTD016"]\n')
    run("check", "plan.yaml", "-q", *DAY)
    assert json.loads((folder / "result.jsonl").read_text())["verdict"] == "caution"
    (folder / "result.jsonl").unlink()
    run("check", "plan.yaml", "-q", "--output", "json=other.json", *DAY)
    assert ((folder / "result.jsonl").exists(), (folder / "other.json").exists()) == (False, True)


def test_severity_of_ones_own(run: Run, folder: Path) -> None:
    write(folder, '[severity]\nlora-learning-rate-too-low = "blocker"\n')
    result = run("check", "plan.yaml", "-q", *ONE, *DAY)
    assert (verdict(result.out), result.code) == ("plan.yaml: NO-GO — 1 blocker(s)", 1)
    assert "blocker" in next(line for line in run("rules").out.splitlines() if line.startswith("MTD016"))


def test_ignored_rules_and_topics(run: Run, folder: Path) -> None:
    everything = run("check", "plan.yaml", "--format", "json", "--no-config", *DAY).out
    topics = {row["topic"] for row in json.loads(everything)["findings"]}
    write(folder, f"ignore = {json.dumps(sorted(topics))}\n")
    result = json.loads(run("check", "plan.yaml", "--format", "json", *DAY).out)
    assert (result["verdict"], result["findings"]) == ("go", [])
    hidden = [row["id"] for row in result["not_shown"]["findings"]]
    assert hidden == [row["id"] for row in json.loads(everything)["findings"]]


def test_rule_and_knowledge_folders_hold_no_plans(run: Run, folder: Path, root: Path) -> None:
    for name in ("rules", "knowledge"):
        (folder / name).symlink_to(root / "docs" / "guides" / "policy" / name)
    hidden = folder / ".github" / "workflows"
    hidden.mkdir(parents=True)
    (hidden / "check.yaml").write_text("on: push\n")
    out = run("check", ".", "-q", "--rules", "rules", "--knowledge", "knowledge", *ONE, *DAY).out
    assert [line.split(":")[0] for line in out.splitlines()] == ["plan.yaml"]


def test_the_schema_accepts_what_the_program_accepts(run: Run, folder: Path, root: Path) -> None:
    (folder / "schema.json").write_text(run("schema", "config").out)
    policy = root / "docs" / "guides" / "policy" / "advisor.toml"
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(folder / "schema.json")]
    assert subprocess.run([*command, str(policy)], capture_output=True, check=False).returncode == 0
    write(folder, WRONG)
    assert subprocess.run([*command, "advisor.toml"], capture_output=True, check=False).returncode == 1
