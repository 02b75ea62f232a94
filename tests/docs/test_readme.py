"""What the README shows works: its plan, its Python, its commands, its links."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

import advisor
from advisor.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "README.zh.md"]


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("page", PAGES)
def test_the_plan(page: str) -> None:
    for text in blocks(page, "yaml"):
        assert advisor.check(yaml.safe_load(text)).verdict in {"go", "caution", "no-go"}


@pytest.mark.parametrize("page", PAGES)
def test_the_python(page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    for text in blocks(page, "python"):
        exec(compile(text, page, "exec"), {})  # our own page
    assert capsys.readouterr().out.startswith("go ")


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`advisor ([a-z-]+)", text))
    assert named <= set(COMMANDS)
    assert set(COMMANDS) - named <= {"facts", "diff", "why", "completion"}
    for word in ("facts", "diff", "why", "completion"):
        assert f"`{word}" in text


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md", "docs/architecture.md"])
def test_the_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_there_are_exactly_two_commands_before_ones_own_plan() -> None:
    start = (ROOT / "README.md").read_text().split("## Your own plan")[0]
    assert re.findall(r"```sh\n(.*?)```", start, flags=re.S) == [
        "python3 start.py report\n",
        "python3 start.py test\n",
    ]


def test_the_picture_shows_what_the_report_says_now() -> None:
    """`python docs/picture.py` makes the pictures anew; figures may be older than the product's, words may not."""
    spec = importlib.util.spec_from_file_location("picture", ROOT / "docs" / "picture.py")
    assert spec is not None and spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    said = json.loads((ROOT / "docs" / "picture" / "words.json").read_text(encoding="utf-8"))
    report = advisor.check(ROOT / picture.STORY, today=picture.DAY)
    for lang, page in (("en", "README.md"), ("zh", "README.zh.md")):
        assert picture.words(report.to_model(lang)) == said[lang]
        assert f"(docs/picture/report.{lang}.png)" in (ROOT / page).read_text(encoding="utf-8")
        assert (ROOT / "docs" / "picture" / f"report.{lang}.png").stat().st_size < 150_000
