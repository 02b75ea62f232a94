"""The guides: every command in them runs and gives what they show; every file in them is valid."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from command_line import PLAN, Run

from advisor.facts import specifications
from advisor.library import check, load_pages, load_ruleset
from advisor.plan.source import Unreadable
from advisor.policy import rules_named
from advisor.report.coverage import read_coverage, render, uncovered
from advisor.ruling.load import load_rules

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PACK = GUIDES / "policy"
OWN = ("own-rules.md", "own-rules.zh.md")
CI = ("ci.md", "ci.zh.md")


def blocks(guide: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (GUIDES / guide).read_text(encoding="utf-8"), re.DOTALL)


def sessions(guide: str) -> list[tuple[str, str]]:
    """Each command of a guide with the output that is shown below it."""
    found = []
    for block in blocks(guide, "console"):
        for part in re.split(r"(?m)^\$ ", block)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


@pytest.mark.parametrize("guide", OWN)
def test_the_commands_of_the_guide_give_what_it_shows(run: Run, monkeypatch: pytest.MonkeyPatch, guide: str) -> None:
    monkeypatch.chdir(PACK)
    assert len(sessions(guide)) == 2
    for command, shown in sessions(guide):
        program, *arguments = shlex.split(command)
        assert program == "advisor"
        result = run(*arguments)
        # What other rules say of the plan is not the matter of the guide.
        assert re.sub(r"(, |，)(\d+ not shown|未显示 \d+ 项)", "", result.out) == shown


@pytest.mark.parametrize("guide", OWN)
def test_the_files_of_the_guide_are_those_of_the_pack(guide: str) -> None:
    everything = "\n".join(file.read_text(encoding="utf-8") for file in sorted(PACK.rglob("*.*")) if file.is_file())
    for block in blocks(guide, "yaml") + blocks(guide, "toml"):
        for line in block.splitlines():
            assert line in everything


@pytest.mark.parametrize("rule", ["ORG001", "ORG002", "ORG003"])
def test_each_rule_of_the_pack_speaks_and_is_silent(rule: str, day: date) -> None:
    folders = {"rules": [PACK / "rules"], "knowledge": [PACK / "knowledge"]}
    page = load_pages((PACK / "rules",), (PACK / "knowledge",))[rule]
    for plan, expected in ((page.fails, True), (page.passes, False)):
        report = check(plan, today=day, **folders)
        assert (rule in {finding.rule.id for finding in report.findings}) == expected
    finding = next(it for it in check(page.fails, today=day, **folders).findings if it.rule.id == rule)
    assert (finding.says("en"), finding.says("zh")) == {
        "ORG001": ("The plan works through an external API; our policy allows none, whatever the data.",
                   "计划使用外部 API；按公司规定，无论何种数据一律不允许。"),
        "ORG002": ("GeForce RTX 4090 is not on the list of approved devices.",
                   "GeForce RTX 4090 不在获批设备清单上。"),
        "ORG003": ("The budget of 800,000 CNY is above 500,000 CNY, which takes the approval of the investment board.",
                   "预算 80 万元超过 50 万元，须经投资委员会批准。"),
    }[rule]  # fmt: skip


def test_the_pack_accepts_a_large_budget_of_approved_plans_only(run: Run, folder: Path) -> None:
    for file in PACK.rglob("*.*"):
        if file.is_file():
            target = folder / file.relative_to(PACK)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    (folder / "approved").mkdir()
    (folder / "approved" / "plan.yaml").write_bytes((folder / "plan.yaml").read_bytes())
    rules = ("--select", "ORG003", "--date", "2026-11-22", "-q")
    assert run("check", "approved/plan.yaml", *rules).code == 0
    assert run("check", "plan.yaml", *rules).code == 1
    assert run("check", "approved/plan.yaml", *rules, "--date", "2027-04-01").code == 1


HOSTILE = {
    "python-tag": "id: !!python/object/apply:os.system ['touch {file}']\n",
    "python-name": "id: ORG001\nname: !!python/name:os.system\n",
    "expression": "id: ORG001\nwhen: {training.method: '__import__(\"os\").system(\"touch {file}\")'}\n",
    "include": "id: ORG001\nwhen: !include {file}\n",
    "merge": "id: ORG001\n<<: {name: x}\n",
    "bomb": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
            "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
}  # fmt: skip


def wrong(folder: Path) -> list[str]:
    """What is wrong with the rules of a folder alone."""
    with pytest.raises(Unreadable) as found:
        load_rules([folder], specifications(), {"ai-policy"})
    return [problem.text("en").removeprefix(f"{folder}/") for problem in found.value.problems]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_rule_file_runs_nothing(tmp_path: Path, text: str) -> None:
    target = tmp_path / "touched"
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "hostile.yaml").write_text(text.replace("{file}", str(target)))
    assert all(line.startswith("hostile.yaml:") for line in wrong(tmp_path / "rules"))
    assert not target.exists()


@pytest.mark.parametrize("words", ["{0.__class__}", "{device.name.__class__}", "{device.name!r}", "{}", "{x:>9}"])
def test_words_of_a_rule_are_filled_with_facts_and_nothing_else(tmp_path: Path, words: str) -> None:
    rule = (PACK / "rules" / "ORG002-device-not-approved.yaml").read_text(encoding="utf-8")
    changed = rule.replace("{device.name} is not on the list", f"{words} is not on the list")
    (tmp_path / "ORG002.yaml").write_text(changed, encoding="utf-8")
    assert [line.split(";")[0] for line in wrong(tmp_path)] == [f"ORG002.yaml:12:7: says.en: {words} names no fact"]


@pytest.mark.parametrize(
    ("test", "line"),
    [
        ("{ne: []}", "ORG002.yaml:10:21: when.device.name.ne: "),
        ("{ne: [L20, 4]}", "ORG002.yaml:10:27: when.device.name.ne[1]: "),
        ("{lt: [1, 2]}", "ORG002.yaml:10:17: when.device.name.lt: "),
    ],
)
def test_what_none_of_them_may_not_be(tmp_path: Path, test: str, line: str) -> None:
    rule = (PACK / "rules" / "ORG002-device-not-approved.yaml").read_text(encoding="utf-8")
    changed = rule.replace("{ne: [Ascend 910B1, Ascend 910B2, L20]}", test)
    (tmp_path / "ORG002.yaml").write_text(changed, encoding="utf-8")
    assert [it.startswith(line) for it in wrong(tmp_path)] == [True], wrong(tmp_path)


def test_own_rules_need_the_sources_that_they_cite(run: Run, folder: Path) -> None:
    result = run("check", "plan.yaml", "--rules", PACK / "rules", "--date", "2026-11-22")
    assert (result.code, len(result.err.splitlines())) == (2, 3)


@pytest.mark.parametrize("guide", CI)
@pytest.mark.parametrize(("number", "schema"), [(0, "vendor.github-workflows"), (1, "vendor.gitlab-ci")])
def test_the_pipelines_are_valid(tmp_path: Path, guide: str, number: int, schema: str) -> None:
    file = tmp_path / "pipeline.yaml"
    file.write_text(blocks(guide, "yaml")[number])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    result = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert result.returncode == 0, result.stdout.decode()


def commands(guide: str) -> list[str]:
    found = [command for command, _ in sessions(guide)]
    for block in blocks(guide, "yaml"):
        found += [line.strip() for line in re.findall(r"(?m)^ *- (?:run: )?(advisor .*)$", block)]
    return found


@pytest.mark.parametrize("guide", CI)
def test_the_commands_of_the_pipelines_run(run: Run, folder: Path, guide: str) -> None:
    (folder / "plans").mkdir()
    (folder / "plans" / "plan.yaml").write_text(PLAN)
    (folder / "advisor.toml").write_text('fail-on = "medium"\n')
    assert len(commands(guide)) == 4
    codes = [run(*shlex.split(command)[1:]).code for command in commands(guide)]
    assert codes == [0, 0, 1, 1]  # the findings are written to the baseline, known, and then told
    assert {path.name for path in folder.iterdir()} >= {"baseline.json", "advisor.sarif", "advisor.md", "advisor.xml"}


def test_the_hook_checks_plans(root: Path, run: Run, folder: Path) -> None:
    hook = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())[0]
    for guide in CI:
        assert yaml.safe_load(blocks(guide, "yaml")[2])["repos"][0]["hooks"] == [{"id": hook["id"]}]
    assert re.search(hook["files"], "plans/a.yaml") and re.search(hook["files"], "team/plans/a.yaml")
    assert not re.search(hook["files"], "plans.yaml")
    arguments = [*shlex.split(hook["entry"])[1:], "plan.yaml", "--date", "2026-11-22"]
    assert run(*arguments).out.startswith("plan.yaml: CAUTION — ")


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete -o nosort -F"), ("zsh", "#compdef advisor"),
                                             ("fish", "complete --no-files --command advisor")])  # fmt: skip
def test_completion(run: Run, shell: str, mark: str) -> None:
    assert mark in run("completion", shell).out


def test_completion_completes(root: Path) -> None:
    environment = {"_ADVISOR_COMPLETE": "bash_complete", "COMP_WORDS": "advisor wh", "COMP_CWORD": "1", "PATH": ""}
    script = "from advisor.cli import main; main()"
    result = subprocess.run([sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, check=False)
    assert result.stdout.decode().split() == ["plain,why", "plain,what-if"]


def test_every_row_of_the_domain_has_live_rules() -> None:
    parts, ruleset = read_coverage(GUIDES.parent / "coverage.yaml"), load_ruleset()
    assert list(uncovered(parts, ruleset)) == []
    assert sum(len(part.rows) for part in parts) == 66
    for lang in ("en", "zh"):
        page = render(parts, ruleset, lang)
        assert page.count("\n| ") == 66 + len(parts)
        assert f"](rules/{lang}/MEM001.md) states-over-all-devices" in page
    assert rules_named(ruleset, "memory") > {"MEM001"}
