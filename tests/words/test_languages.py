"""Both languages are complete: every word of ours, every template, every formula that a report can show."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from advisor.facts import vocabulary
from advisor.library import load_advisor
from advisor.options.limits import Way
from advisor.plan.read import load_plan
from advisor.words import LANGUAGES, catalogue
from advisor.words.trace import FORMULAS, INPUTS

ROOT = Path(__file__).parents[2]
AREAS = sorted(path.stem for path in (ROOT / "advisor/words").glob("*.py") if path.stem != "__init__")
HAN = re.compile(r"[\u4e00-\u9fff]")
SYMBOL = re.compile(r"^[A-Za-z](_[a-z]+)?$|^zero$|^logits$")
FIELD = re.compile(r"\{(\w*)")


@pytest.mark.parametrize("area", AREAS)
def test_every_word_has_both_languages_and_the_same_placeholders(area: str) -> None:
    for key, words in catalogue(area).items():
        assert words.en.strip(), key
        assert words.zh.strip(), key
        assert not HAN.search(re.sub(r"`[^`]*`|“[^”]*”", "", words.en)) or area in {"plan", "ask"}, (key, words.en)
        # `{s}` is the English plural; Chinese has none.
        assert set(FIELD.findall(words.en)) - {"s"} == set(FIELD.findall(words.zh)) - {"s"}, key
        plain = FIELD.sub("", words.zh)
        if not HAN.search(plain):
            # Names and figures are the same in both languages; a sentence is not.
            assert len(re.findall(r"[A-Za-z]{3,}", re.sub(r"`[^`]*`", "", plain))) <= 3, (key, words.zh)


def test_templates_hold_no_sentence_of_their_own() -> None:
    for file in (ROOT / "templates").rglob("*.j2"):
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<style>.*?</style>|<[^>]+>", " ", file.read_text(), flags=re.S)
        words = [word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in {"GiB"}]
        assert words == [], file
        assert not HAN.search(text), file


def test_every_fact_has_a_meaning_in_both_languages() -> None:
    for fact in vocabulary().values():
        assert HAN.search(fact.spec.meaning.zh), fact.name
        assert not HAN.search(fact.spec.meaning.en), fact.name


@pytest.mark.parametrize("plan", sorted(path.stem for path in (ROOT / "examples").glob("*.yaml")))
def test_every_step_of_the_computation_has_words(plan: str, day: date) -> None:
    judgement = load_advisor().judge(load_plan(ROOT / "examples" / f"{plan}.yaml"), day)
    estimates = judgement.estimates
    kinds = {"memory": estimates.memory, "serving": estimates.serving, "time": estimates.time, "cost": estimates.cost}
    for kind, estimate in kinds.items():
        for step in getattr(estimate, "trace", ()):
            assert f"{kind}.{step.name}" in catalogue("trace")
            assert step.formula in FORMULAS
            names = dict(step.inputs)
            assert [name for name in names if name not in INPUTS and not SYMBOL.match(name)] == []


def test_a_chinese_report_has_no_english_sentence(day: date) -> None:
    from advisor.report.markdown import render  # noqa: PLC0415 - Jinja2 only here

    for path in sorted((ROOT / "examples").glob("*.yaml")):
        text = render(load_advisor().judge(load_plan(path), day), "zh")
        body = re.sub(r"\[[^\]]*\]\([^)]*\)|`[^`]*`", " ", text)  # titles of sources and names of fields
        for line in body.splitlines():
            if line.startswith(("# ", "| 计划文件")) or "OpenHarmony" in line:
                continue
            if line.startswith("- ") and line.endswith(" 查阅）"):  # the title of a source without an address
                continue
            run = re.search(r"(?:[A-Za-z][A-Za-z'-]{2,}[ ,]+){6,}", line)
            assert run is None, line


@pytest.mark.parametrize("way", get_args(Way))
def test_every_way_to_go_has_its_words(way: str) -> None:
    assert {f"effect-{way}", f"effect-{way}-code"} <= catalogue("sections").keys()
    assert {f"short-{way}", f"way-{way}", f"why-{way}"} <= catalogue("options").keys()


def test_the_languages_are_these() -> None:
    assert LANGUAGES == ("en", "zh")
