"""Plans of quite different people: each gets what an engineer of the field would tell them, and nothing to laugh at."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from options_checks import TODAY, check_options

from advisor.library import load_advisor
from advisor.options import Option, Options, find_options
from advisor.options.render import render
from advisor.plan.read import load_plan
from advisor.words import LANGUAGES

FILES = {file.stem: file for file in sorted((Path(__file__).parent / "people").glob("*.yaml"))}

WANTED: dict[str, list[tuple[str, str, str]]] = {
    "hobby4090": [("lora", "rtx4090", "llama-3.1-8b"), ("qlora", "rtx4090", "14b"),
                  ("retrieval", "rtx4090", "llama-3.1-8b-instruct")],
    "2x3090": [("lora", "rtx3090", "8b"), ("qlora", "rtx3090", "14b"),
               ("retrieval", "rtx3090", "qwen2.5-32b-instruct")],
    "startup70b": [("lora", "h100-sxm", "llama-3.1-70b"), ("full", "", "llama-3.1-70b"),
                   ("retrieval", "", "llama-3.1-70b-instruct")],
    "uni_a100": [("continued", "a100-40g-sxm", "mistral-7b-v0.3"), ("retrieval", "a100-40g-sxm", "")],
    "eu": [("lora", "", "mistral-small-24b"), ("retrieval", "", "")],
    "910b": [("continued", "ascend910b2", "qwen2.5-32b"), ("lora", "ascend910b2", ""),
             ("retrieval", "ascend910b2", "qwen2.5-32b-instruct")],
    "spark": [("retrieval", "gb10-dgx-spark", "30b-a3b"), ("lora", "gb10-dgx-spark", "qwen3-32b")],
    "dpo": [("preference-lora", "a100-80g-sxm", "llama-3.1-8b-instruct"), ("retrieval", "", "")],
    "grpo": [("rl-lora", "h100-sxm", "qwen2.5-7b"), ("retrieval", "", "qwen2.5-7b-instruct")],
    "moe": [("lora", "h800-sxm", "qwen3-235b-a22b"), ("retrieval", "", "")],
    "long": [("full", "h100-sxm", "llama-3.1-8b")],
    "serve": [("retrieval", "", "")],
    "pre1b": [("pretraining", "", ""), ("continued", "", ""), ("retrieval", "", "")],
}  # fmt: skip
"""Of each plan: way, device and a part of the model's name that some option must have."""


@cache
def found(name: str) -> Options:
    advisor = load_advisor()
    return find_options(advisor, advisor.judge(load_plan(FILES[name]), TODAY))


def test_everybody_is_expected() -> None:
    assert set(FILES) == set(WANTED)


@pytest.mark.parametrize("name", FILES)
def test_options_hold_what_they_say(name: str) -> None:
    check_options(load_plan(FILES[name]), found(name))


@pytest.mark.parametrize("name", FILES)
def test_everybody_gets_what_an_engineer_would_tell_them(name: str) -> None:
    rows = [
        (option.choice.way, option.judgement.case.device_id or "", option.judgement.case.plan.model.name or "")
        for option in found(name).options
    ]
    for way, device, model in WANTED[name]:
        assert any(
            row[0] == way and device in ("", row[1]) and model in row[2] for row in rows
        ), (way, device, model, rows)  # fmt: skip


def silly(option: Option, options: Options) -> str:
    """Why an engineer would laugh at an option; empty if they would not."""
    choice, time = option.choice, option.judgement.estimates.time
    case = option.judgement.case
    hours = time.days.likely * 24 if time is not None and time.days is not None else None
    grave = {row.rule.topic for row in option.judgement.findings if row.rule.severity == "high"}
    if not choice.machines.own and grave & {"hardware", "memory", "software", "numerics", "interconnect"}:
        return "machines are got that the rules warn of"
    if choice.way == "qlora" and any(
        other.choice.way == "lora"
        and other.choice.base.parameters >= choice.base.parameters
        and set(other.gives_up) <= set(option.gives_up)
        and other.cost.likely <= option.cost.likely
        and other.days.likely <= option.days.likely
        for other in options.options
    ):
        return "four bits for what fits in sixteen"
    if choice.way in {"lora", "qlora", "preference-lora", "rl-lora"} and hours is not None and hours > 24 * 45:
        return "adapters for weeks"
    node = 0.6 * 8 * choice.machines.device.memory_gib * 2**30 / 16  # parameters that a node trains with ease
    if not choice.machines.own and choice.count >= 16 and (hours or 24) < 4 and choice.base.parameters < node:
        return "a cluster for hours of what a node can do"
    if choice.machines.tenure == "rent" and case.device is not None and case.device.data_centre_licence is False:
        project = options.judgement.case.plan.project
        if project is not None and (project.sensitivity in {"confidential", "secret"} or project.use != "internal"):
            return "somebody's gaming card for confidential data or a service"
    return ""


@pytest.mark.parametrize("name", FILES)
def test_nothing_to_laugh_at(name: str) -> None:
    options = found(name)
    assert [text for option in options.options if (text := silly(option, options))] == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_is_whole(name: str, lang: str) -> None:
    text = render(found(name), lang)
    assert "{" not in text
    assert "None" not in text
