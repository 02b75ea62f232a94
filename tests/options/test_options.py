"""Options are judged like any other plan, keep what they do not give up, and cover what the story's plan needs."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from options_checks import TODAY, check_options

from advisor.cli import build
from advisor.library import load_advisor
from advisor.options import Options, find_options
from advisor.options.compose import applied
from advisor.options.limits import limits_of
from advisor.options.machines import machines_for
from advisor.options.render import options_as_json, render
from advisor.plan.read import load_plan, plan_values, read_plan, write_plan
from advisor.words import LANGUAGES, catalogue

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
STORY = next(file for file in EXAMPLES if file.stem == "openharmony-30b-v100")


@cache
def found(file: Path, optimise: str = "mix", keep: str | None = None) -> Options:
    advisor = load_advisor()
    return find_options(advisor, advisor.judge(load_plan(file), TODAY), optimise=optimise, keep=keep)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_options_are_plans_that_hold_what_they_say(file: Path) -> None:
    options = found(file)
    assert options.options or options.plan_stands
    assert len(options.options) <= 9
    check_options(load_plan(file), options)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_yardstick_is_offered_or_its_absence_explained(file: Path) -> None:
    options = found(file)
    served = [option for option in options.options if option.choice.way == "retrieval"]
    assert served or (options.plan_stands and options.judgement.case.plan.training.method == "none")
    assert all(option.judgement.case.plan.training.method == "none" for option in served)
    assert options.nothing.en
    assert options.nothing.zh


_NAMES = {
    "domestic-hardware": ("domestic hardware", "国产硬件"),
    "on-premises": ("premises", "本地部署"),
    "team": ("the team", "人员"),
    "budget": ("the budget", "预算"),
    "deadline": ("the deadline", "期限"),
    "use": ("handing it on", "对外提供"),
    "domestic-model": ("domestic model", "国产模型"),
}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_titles_name_what_is_given_up_in_both_languages(file: Path) -> None:
    for option in found(file).options:
        for name, (english, chinese) in _NAMES.items():
            assert (english in option.title.en) == (name in option.gives_up), option.title.en
            assert (chinese in option.title.zh) == (name in option.gives_up), option.title.zh


def kinds(options: Options) -> list[tuple[str, str, str | None, frozenset[str]]]:
    return [
        (option.choice.way, option.judgement.case.device_id or "", option.choice.machines.tenure,
         frozenset(option.gives_up))
        for option in options.options
    ]  # fmt: skip


def test_story_gets_retrieval_on_domestic_cards_inside_its_budget() -> None:
    inside = found(STORY).inside
    assert [option.choice.way for option in inside] == ["retrieval"]
    option = inside[0]
    case = option.judgement.case
    assert case.device is not None
    assert case.device.country == "CN"
    assert case.model is not None
    assert case.model.country == "CN"
    assert option.cost is not None
    assert option.cost.likely <= 100_000
    assert case.plan.serving is not None
    assert case.plan.serving.retrieval == "keyword"
    assert case.plan.data is None


@pytest.mark.parametrize("way", ["retrieval", "lora", "qlora"])
def test_story_gets_its_own_cards_used_when_it_gives_up_domestic_hardware(way: str) -> None:
    expected = (way, "v100-32g-sxm2", "owned", frozenset({"domestic-hardware"}))
    assert expected in kinds(found(STORY))


def test_story_tunes_the_sizes_that_its_cards_hold() -> None:
    sizes = {
        option.choice.way: option.judgement.case.model.parameters
        for option in found(STORY).options
        if option.choice.machines.own and option.judgement.case.model is not None
    }
    assert 6e9 < sizes["lora"] < 9e9
    assert 29e9 < sizes["qlora"] < 35e9


@pytest.mark.parametrize(("device", "least", "most"), [("h100-sxm", 4, 12), ("a800-80g-sxm", 12, 35)])
def test_story_can_continue_a_7b_with_replay_on_rented_nodes(device: str, least: float, most: float) -> None:
    options = [
        option
        for option in found(STORY).options
        if option.choice.way == "continued" and option.judgement.case.device_id == device
    ]
    assert len(options) == 1
    option = options[0]
    assert option.choice.count == 8
    assert set(option.gives_up) == {"domestic-hardware", "on-premises", "team", "budget"}
    case, run_time = option.judgement.case, option.judgement.estimates.time
    assert case.model is not None
    assert 6e9 < case.model.parameters < 9e9
    assert [row.share for row in case.data] == [0.3, 0.4, 0.3]
    assert [row.entry.kind for row in case.data] == ["private-code", "code", "text"]
    assert run_time is not None
    assert run_time.days is not None
    assert least < run_time.days.likely < most


def test_story_is_told_what_its_own_wish_would_take() -> None:
    words = found(STORY).missing[-1]
    hours = re.search(r"about ([\d,]+) device-hours on H100", words.en)
    assert hours is not None
    assert 3_000 < float(hours[1].replace(",", "")) < 9_000
    assert "the budget" in words.en
    assert "预算的" in words.zh


def test_every_way_that_is_not_inside_says_why() -> None:
    english = " ".join(words.en for words in found(STORY).missing)
    for name in ("LoRA:", "QLoRA:", "Continued pre-training with replay:"):
        assert name in english


def test_secret_work_is_never_rented(tmp_path: Path) -> None:
    values = STORY.read_text(encoding="utf-8").replace("sensitivity: confidential", "sensitivity: secret")
    file = tmp_path / "plan.yaml"
    file.write_text(values, encoding="utf-8")
    options = found(file)
    assert options.options
    assert all(option.choice.machines.tenure != "rent" for option in options.options)
    check_options(load_plan(file), options)


def test_a_plan_without_data_is_only_served() -> None:
    options = found(next(file for file in EXAMPLES if file.stem == "openharmony-30b-retrieval"))
    assert {option.choice.way for option in options.options} <= {"retrieval"}
    assert "LoRA: the plan lists no data to train on." in [words.en for words in options.missing]


@pytest.mark.parametrize(
    "optimise", ["cost", pytest.param("time", marks=pytest.mark.slow), pytest.param("risk", marks=pytest.mark.slow)]
)
def test_optimise_orders_each_group(optimise: str) -> None:
    options = found(STORY, optimise)
    check_options(load_plan(STORY), options)
    risks = {"low": 0, "medium": 1, "high": 2}
    for group in (options.inside, options.outside):
        keys = {
            "cost": [option.cost.likely for option in group if option.cost],
            "time": [option.days.likely for option in group if option.days],
            "risk": [risks[option.risk] for option in group],
        }[optimise]
        assert keys == sorted(keys)


def test_keep_hardware_uses_only_what_is_there() -> None:
    options = found(STORY, "mix", "hardware")
    assert options.options
    assert all(option.judgement.case.device_id == "v100-32g-sxm2" for option in options.options)
    ways = [option.choice.way for option in options.options]
    assert len(ways) == len(set(ways))
    assert {"retrieval", "lora", "qlora"} <= set(ways)
    check_options(load_plan(STORY), options)


def test_keep_model_keeps_model_and_method() -> None:
    options = found(STORY, "mix", "model")
    assert options.options
    for option in options.options:
        plan = option.judgement.case.plan
        assert plan.model.parameters == 30e9
        assert plan.training.method == "continued-pretraining"
        assert option.days is not None
        assert option.days.likely <= 91.5
    check_options(load_plan(STORY), options)


def test_smallest_change_is_a_plan_of_that_verdict() -> None:
    options = found(next(file for file in EXAMPLES if file.stem == "pretrain-100b-1024-a100"))
    flip = options.flip
    assert flip.changes is not None
    assert list(flip.changes) == ["project.budget"]
    changed = applied(plan_values(options.judgement.case.file), flip.changes)
    judged = load_advisor().judge(read_plan(write_plan(changed).encode(), "changed"), TODAY)
    assert judged.verdict == flip.verdict
    assert judged.verdict != options.judgement.verdict


def test_a_plan_at_its_best_needs_no_change() -> None:
    options = found(next(file for file in EXAMPLES if file.stem == "qlora-8b-fine"))
    assert options.flip.changes == {}
    assert options.flip.says == catalogue("options")["flip-already"]


def test_an_interrupt_leaves_the_best_so_far() -> None:
    advisor = load_advisor()

    def stop(done: int, total: int) -> None:
        assert done <= total
        if done > total / 2:
            raise KeyboardInterrupt

    options = find_options(advisor, advisor.judge(load_plan(STORY), TODAY), progress=stop)
    assert not options.complete
    assert {option.choice.way for option in options.options} == {"retrieval", "lora"}
    assert "Interrupted" in render(options, "en")


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_a_search_answers_in_two_seconds_of_one_core(file: Path) -> None:
    advisor = load_advisor()
    judgement = advisor.judge(load_plan(file), TODAY)
    started = time.process_time()
    options = find_options(advisor, judgement)
    assert time.process_time() - started < 2
    assert options.estimates < 20_000
    assert options.judged < 100


def test_words_are_equal_in_both_languages() -> None:
    for key, words in catalogue("options").items():
        assert set(re.findall(r"\{(\w+)\}", words.en)) == set(re.findall(r"\{(\w+)\}", words.zh)), key
        assert words.en.strip(), key
        assert words.zh.strip(), key


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_text_is_whole_in_each_language(file: Path, lang: Any) -> None:
    text = render(found(file), lang)
    assert not re.search(r"[{}]|None", text)
    for number, _ in enumerate(found(file).options, 1):
        assert f"\n{number}. " in text
    if lang == "zh":
        assert "可行方案" in text
        details = [line.strip(" ·") for line in text.partition("\n\n")[2].splitlines()]
        assert not [line for line in details if re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", line)]
    else:
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"[（(]?备案[）)]?", "", text))


def test_json_has_the_fields_of_the_interface() -> None:
    data: Mapping[str, Any] = json.loads(json.dumps(options_as_json(found(STORY), "zh")))
    assert data["schema"] == "advisor.options/1"
    assert data["verdict"] == "no-go"
    for row in data["options"]:
        wanted = {"title", "changes", "gives_up", "verdict", "estimates", "why", "risk", "days", "cost", "licence"}
        assert wanted <= set(row)
        assert set(row["estimates"]) == {"memory", "serving", "time", "cost"}
        assert row["days"]["low"] <= row["days"]["likely"] <= row["days"]["high"]
        assert row["cost"]["low"] <= row["cost"]["likely"] <= row["cost"]["high"]
    assert data["smallest_change"]["says"]
    assert data["smallest_pilot"]


def test_command_writes_one_plan_an_option(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    command = ["options", str(STORY), "--date", "2026-11-22", "--format", "json", "--write", str(folder)]
    result = CliRunner().invoke(build("en"), command)
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [row["file"] for row in data["options"]]
    advisor = load_advisor()
    for file, row in zip(files, data["options"], strict=True):
        assert advisor.judge(load_plan(file), TODAY).verdict == row["verdict"]


def _generated(seed: int) -> dict[str, Any]:
    """A plan out of a small space that mixes goals, demands, machines and data; the same for the same seed."""
    chance = random.Random(seed)
    method = chance.choice(
        [
            "none",
            "lora",
            "qlora",
            "full-finetuning",
            "continued-pretraining",
            "continued-pretraining",
            "preference",
            "rl",
            "pretraining",
        ]
    )
    requirements = [
        name for name in ("domestic-hardware", "domestic-model", "on-premises", "air-gapped") if chance.random() < 0.3
    ]
    project: dict[str, Any] = {
        "goal": chance.choice(["style", "api-knowledge", "task", "general", "unknown"]),
        "use": chance.choice(["internal", "internal", "internal-transfer", "hosted-service", "weights-to-customers"]),
        "regions": [chance.choice(["CN", "CN", "US", "DE"])],
        "sensitivity": chance.choice(["public", "internal", "confidential", "secret"]),
        "environment": chance.choice(["bare-metal", "private-cloud", "shared-cloud", "appliance"]),
        "team": {"engineers": chance.choice([0, 1, 4]), "on_call": False, "experience": "some"},
    }
    if requirements:
        project["requirements"] = requirements
    if chance.random() < 0.7:
        project["budget"] = chance.choice(["30000 CNY", "200000 CNY", "2M CNY", "50000 USD"])
    if chance.random() < 0.7:
        project["deadline"] = chance.choice(["2 weeks", "2 months", "6 months"])
    values: dict[str, Any] = {
        "version": 1,
        "model": chance.choice([{"name": "qwen2.5-7b"}, {"name": "llama-3.1-8b"}, {"name": "qwen3-32b"},
                                {"parameters": "13B", "license": "Apache-2.0"}]),
        "training": {"method": method},
        "hardware": {
            "device": chance.choice(["v100-32g-sxm2", "rtx4090", "a100-80g-sxm", "ascend910b2", "h800-sxm", "rtx3090",
                                     "dgx-spark", "mi300x", "l40s"]),
            "count": chance.choice([1, 4, 8, 16]),
            "tenure": chance.choice(["owned", "owned", "rent"]),
        },
        "project": project,
    }  # fmt: skip
    if method != "none":
        values["training"]["sequence_length"] = chance.choice([2048, 4096, 8192, 65536])
        kind = chance.choice(["private-code", "private-text", "instructions", "text", "chat"])
        values["data"] = [{"name": "corpus", "kind": kind, "tokens": chance.choice(["20M", "500M", "8B"]),
                           "license": "LicenseRef-internal", "source": "internal"}]  # fmt: skip
    else:
        values["serving"] = {"concurrent_requests": chance.choice([2, 16]), "context_length": 16384}
    return values


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_generated_plans_get_options_that_hold(seed: int) -> None:
    file = read_plan(write_plan(_generated(seed)).encode(), f"generated-{seed}")
    advisor = load_advisor()
    options = find_options(advisor, advisor.judge(file, TODAY))
    check_options(file, options)
    assert options.options or options.missing or options.plan_stands
    for lang in LANGUAGES:
        assert not re.search(r"[{}]|None", render(options, lang))


@cache
def tried_one_by_one() -> tuple[float, float]:
    """The least cost and the least days of one small space: every machine, count and layout, judged one by one."""
    file = load_plan(next(file for file in EXAMPLES if file.stem == "lora-7b-one-card"))
    advisor = load_advisor()
    judgement = advisor.judge(file, TODAY)
    machines = machines_for(judgement.case, limits_of(judgement.case), judgement.pricing, TODAY)
    cheapest = soonest = float("inf")
    for row in machines:
        for count in (1, 2, 4, 8):
            if count not in row.counts or count > row.per_node:
                continue
            for batch, recompute in product((1, 2, 4, 8), ("none", "full")):
                if batch * count > 16:
                    continue  # a step of more sequences than the plan asks for
                values = plan_values(file)
                values["hardware"] |= {"device": row.name, "count": count, "nodes": 1, "tenure": row.tenure}
                values["training"] |= {"micro_batch_size": batch, "gradient_accumulation": 16 // batch // count,
                                       "activation_checkpointing": recompute, "chunked_loss": True,
                                       "framework": "llama-factory", "sharding": "none"}  # fmt: skip
                judged = advisor.judge(read_plan(write_plan(values).encode(), "tried"), TODAY)
                memory, cost, days = judged.estimates.memory, judged.estimates.cost, judged.schedule.counted
                if judged.verdict == "no-go" or memory is None or memory.probability_fits < 0.9 or days is None:
                    continue
                if cost is not None and cost.project is not None and not cost.missing:
                    cheapest, soonest = min(cheapest, cost.project.likely), min(soonest, days.likely)
    return cheapest, soonest


@pytest.mark.slow
@pytest.mark.parametrize("optimise", ["cost", "time"])
def test_brute_force_finds_nothing_better(optimise: str) -> None:
    cheapest, soonest = tried_one_by_one()
    file = next(file for file in EXAMPLES if file.stem == "lora-7b-one-card")
    options = [option for option in found(file, optimise, "model").options if not option.gives_up]
    if optimise == "cost":
        assert min(option.cost.likely for option in options if option.cost is not None) <= cheapest * 1.02
    else:
        assert min(option.days.likely for option in options if option.days is not None) <= soonest * 1.06
