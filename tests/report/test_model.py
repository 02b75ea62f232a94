"""The report model: the same records every time, and a leader's questions answered from the judgement."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from advisor.estimates.run import FrameworkId, Range
from advisor.library import Report, check, load_advisor
from advisor.options.limits import Way
from advisor.plan.read import read_plan
from advisor.report.markdown import render_model
from advisor.report.model import (
    AUDIENCES,
    Audience,
    Code,
    ComparisonModel,
    FindingCard,
    Picture,
    ReportModel,
    Section,
    Span,
    Table,
    comparison_model,
    text_of,
    to_dict,
)
from advisor.report.model.choices import choices_of
from advisor.report.model.commands import FEWEST_STEPS, MOST_STEPS, smoke_steps
from advisor.report.model.comparison import effect
from advisor.report.model.pictures import shortened, ticks
from advisor.report.model.records import code as code_of
from advisor.report.model.records import line, link, plain
from advisor.report.model.risks import top_risks
from advisor.report.model.wording import amount, days, marked, spread, tight
from advisor.ruling.format import TOPICS
from advisor.words import LANGUAGES, Language, catalogue
from advisor.words.figures import money

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
STORY = ROOT / "examples" / "openharmony-30b-v100.yaml"
EXPECTED = Path(__file__).parent / "expected"
QUESTIONS = ["cost", "calendar", "risks", "sale", "nothing", "else"]


@pytest.fixture(scope="module")
def story(day: date) -> Report:
    return check(read_plan(STORY.read_bytes(), "examples/openharmony-30b-v100.yaml"), today=day)


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest, day: date) -> Report:
    return check(request.param, today=day)


def answers(model: ReportModel) -> dict[str, str]:
    assert model.first_page is not None
    return {row.key: f"{row.short} {text_of(row.text)}" for row in model.first_page.answers}


def spans_in(value: Any) -> Iterator[Span]:
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans_in(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from spans_in(getattr(value, name))


def tables_in(model: ReportModel) -> Iterator[Table]:
    blocks = [block for section in model.sections for block in section.blocks]
    yield from (block for block in blocks if isinstance(block, Table))
    yield from (block.table for block in blocks if isinstance(block, Picture))
    if model.first_page is not None:
        yield model.first_page.choices
        yield from (row.table for row in model.first_page.answers if row.table is not None)


def sound(model: ReportModel) -> None:
    """A model that any renderer can show: tables are whole, texts are one line, data is JSON, keys are unique."""
    for table in tables_in(model):
        assert len(table.align) == len(table.head)
        assert all(len(row) == len(table.head) for row in table.rows)
        assert table.rows
    for span in spans_in(model):
        assert span.text == "" or not re.search(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]", span.text)
        assert bool(span.url) == (span.style == "link")
    assert json.loads(json.dumps(to_dict(model), allow_nan=False, ensure_ascii=False))
    keys = [section.key for section in model.sections]
    assert len(keys) == len(set(keys))
    assert all(section.title and section.blocks for section in model.sections)
    assert not re.search(r"\{[a-z_]+\}|\bNone\b|\bnan\b(?!-)", render_model(model))


@pytest.mark.parametrize("options", [True, False], ids=["options", "no-options"])
@pytest.mark.parametrize("who", AUDIENCES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_has_a_sound_report(example: Report, lang: Language, who: Audience, options: bool) -> None:
    model = example.to_model(lang, options=options, audience=who)
    sound(model)
    assert (model.first_page is not None) == (who == "leadership")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_plan_and_day_give_the_same_records(story: Report, day: date, lang: Language) -> None:
    again = check(read_plan(STORY.read_bytes(), "examples/openharmony-30b-v100.yaml"), today=day)
    assert to_dict(again.to_model(lang)) == to_dict(story.to_model(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_story_answers_a_leaders_questions_from_its_estimates(story: Report, day: date, lang: Language) -> None:
    model, judgement = story.to_model(lang), story.judgement
    said = answers(model)
    assert list(said) == QUESTIONS
    cost, best = judgement.estimates.cost, story.options.options[0]
    assert cost is not None and cost.project is not None and best.cost is not None
    assert amount(cost.project, "CNY", lang) in said["cost"]
    assert amount(best.cost, "CNY", lang) in said["cost"]
    assert money(100_000, "CNY", lang) in said["cost"]
    assert days(best.judgement.schedule.first, lang) in said["calendar"]
    assert (day + timedelta(days=91)).isoformat() in said["calendar"]
    assert {"en": "legal must decide", "zh": "须法务判断"}[lang] in said["sale"]
    assert {"en": "confidential", "zh": "机密"}[lang] in said["sale"]
    assert money(100_000, "CNY", lang) in said["nothing"]
    assert best.why.text(lang) in said["else"]
    assert story.options.options[1].title.text(lang) in said["else"]
    assert model.first_page is not None
    assert best.title.text(lang) in text_of(model.first_page.ask)
    risks = next(row.table for row in model.first_page.answers if row.key == "risks")
    assert risks is not None
    assert [text_of(row[0])[:6] for row in risks.rows] == [row.rule.id for row in top_risks(judgement)]
    assert len(risks.rows) == 3
    assert all(text_of(row[1]) for row in risks.rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_in_full(story: Report, lang: Language) -> None:
    """The words of the story's first page; figures are masked, since they move with the estimates."""
    text = render_model(story.to_model(lang, options=False)).split("\n## ")[0]
    masked = re.sub(r"\d[\d,.]*", "#", text)
    assert masked == (EXPECTED / f"first_page.{lang}.md").read_text(encoding="utf-8")


SECTIONS: dict[Audience, list[str]] = {
    "leadership": ["options", "missing", "rent-or-buy", "timeline", "risks", "compliance", "licences", "evaluation",
                   "staffing", "pilot", "change", "figures", "memory", "cost", "assumptions", "trust", "sources"],
    "engineering": ["decision", "figures", "memory", "step", "cost", "layout", "findings", "options", "option-details",
                    "missing", "timeline", "change", "pilot", "commands", "evaluation", "licences", "assumptions",
                    "formulas", "trust", "sources"],
}  # fmt: skip


@pytest.mark.parametrize("who", AUDIENCES)
def test_what_each_reader_gets(story: Report, who: Audience) -> None:
    assert [section.key for section in story.to_model("en", audience=who).sections] == SECTIONS[who]


def test_engineers_get_every_finding_in_full_and_leaders_every_id(story: Report) -> None:
    ids = [row.rule.id for row in story.findings]
    cards = section(story.to_model("en", audience="engineering"), "findings").blocks
    assert [row.id for row in cards if isinstance(row, FindingCard)] == ids
    text = render_model(story.to_model("en"))
    assert [name for name in ids if name not in text] == []


def section(model: ReportModel, key: str) -> Section:
    return next(row for row in model.sections if row.key == key)


def test_the_checklist_says_who_decides(story: Report) -> None:
    table = section(story.to_model("en"), "compliance").blocks[0]
    assert isinstance(table, Table)
    rows = {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in table.rows}
    assert rows["Required: domestic hardware"][0] == "broken"
    assert "compliance department" in rows["Required: domestic hardware"][1]
    assert rows["Required: staying on the premises"][0] == "kept"
    ids = {row.rule.id for row in story.findings if row.rule.topic in {"licence", "compliance"}}
    assert {name[:6] for name in rows if not name.startswith("Required")} == ids
    assert all(row[1] for row in rows.values())


def test_private_code_is_told_why_no_api(story: Report) -> None:
    text = " ".join(
        text_of(row.text) for row in section(story.to_model("en"), "rent-or-buy").blocks if hasattr(row, "text")
    )
    assert "private data of level confidential may not leave the house" in text
    assert "staying on the premises" in text


PREFERENCES = {
    "a plan that stands": ("go", ["go"], (True, None, 1)),
    "a plan with nothing beside it": ("go", [], (True, None, None)),
    "conditions, and nothing else": ("caution", [], (True, None, None)),
    "conditions, and something better": ("caution", ["go", "go"], (False, 1, 2)),
    "no way, one other": ("no-go", ["caution"], (False, 1, None)),
    "no way at all": ("no-go", [], (False, None, None)),
}


@pytest.mark.parametrize("case", PREFERENCES)
def test_what_is_recommended(case: str) -> None:
    class Judged:
        def __init__(self, verdict: str) -> None:
            self.verdict = verdict

    class Found:
        def __init__(self, verdicts: list[str]) -> None:
            self.options, self.plan_stands = tuple(Judged(row) for row in verdicts), False

    verdict, others, expected = PREFERENCES[case]
    found: Any = Found(others)
    plan: Any = Judged(verdict)
    choices = choices_of(plan, found)
    assert (choices.plan_first, choices.recommended, choices.runner_up) == expected


BESIDE_BETTER: dict[str, tuple[dict[str, Any], int | None]] = {
    "nothing else does the job": (
        {"model": {"name": "Qwen2.5-72B-Instruct"}, "training": {"method": "qlora", "sequence_length": 2048},
         "hardware": {"device": "h100-sxm", "count": 1}, "project": {"use": "weights-to-customers"},
         "data": [{"kind": "instructions", "samples": 10000, "tokens_per_sample": 500, "source": "internal"}]},
        None),
    "an option does the same job": (
        {"model": {"name": "qwen3-30b-a3b"},
         "training": {"method": "lora", "sharding": "zero3", "framework": "llama-factory"},
         "hardware": {"device": "a100-80g-sxm", "count": 8},
         "data": [{"kind": "instructions", "samples": 10000, "tokens_per_sample": 500}], "claims": {"days": "20 min"}},
        3),
    "it will hardly fit": (
        {"model": {"name": "Qwen2.5-0.5B-Instruct"},
         "training": {"method": "preference", "precision": "fp32", "micro_batch_size": 8, "framework": "trl",
                      "activation_checkpointing": "none", "sequence_length": 1024},
         "hardware": {"device": "a100-80g-sxm", "count": 1}, "data": [{"kind": "chat", "samples": 60000}]},
        1),
    "it will hardly fit, and nothing is better judged": (
        {"model": {"name": "llama-3.1-8b-instruct"}, "training": {"method": "preference", "sequence_length": 4096},
         "hardware": {"device": "a100-80g-sxm", "count": 2, "tenure": "rent"},
         "data": [{"kind": "instructions", "samples": 60000, "tokens_per_sample": 1200, "license": "CC-BY-4.0"}],
         "project": {"budget": "3000 USD", "goal": "style", "use": "hosted-service", "regions": ["US"]}},
        1),
    "it passes its own budget": (
        {"model": {"name": "qwen2.5-7b"}, "training": {"method": "rl", "sequence_length": 4096},
         "hardware": {"device": "h100-sxm", "count": 4, "tenure": "rent"},
         "data": [{"kind": "math", "tokens": "60M", "license": "MIT", "source": "public"}],
         "project": {"budget": "50000 CNY", "goal": "task", "use": "internal",
                     "team": {"engineers": 2, "experience": "some"}}},
        1),
}  # fmt: skip


@pytest.mark.parametrize("case", BESIDE_BETTER)
def test_a_cautious_plan_beside_better_judged_ones(case: str, day: date) -> None:
    """A plan is approved on conditions only if nothing does its job better and it fits, in time and in its budget."""
    values, recommended = BESIDE_BETTER[case]
    report = check({"version": 1} | values, today=day)
    assert report.verdict == "caution"
    choices = choices_of(report.judgement, report.options)
    assert (choices.plan_first, choices.recommended) == (recommended is None, recommended)


def test_a_finding_on_the_licence_counts_in_its_status(day: date) -> None:
    """Llama 4 is allowed on conditions as a service, and not to a company in the EU: the page must not say yes."""
    values = {"version": 1, "model": {"name": "Llama-4-Scout-17B-16E-Instruct"}, "training": {"method": "none"},
              "hardware": {"device": "h100-sxm", "count": 4}, "project": {"use": "hosted-service", "regions": ["EU"]},
              "serving": {"concurrent_requests": 8, "context_length": 8192}}  # fmt: skip
    report = check(values, today=day)
    said = answers(report.to_model("en", options=False))["sale"]
    assert said.startswith("Legal must decide")
    assert "LIC019" in said


NO_COMMAND = {"colossal-ai", "internlm", "nemo"}


@pytest.mark.parametrize("framework", get_args(FrameworkId))
def test_commands_of_every_framework(framework: str, day: date) -> None:
    values = {
        "version": 1, "model": {"name": "qwen2.5-7b"},
        "training": {"method": "continued-pretraining", "framework": framework, "sharding": "zero3"},
        "hardware": {"device": "a100-80g-sxm", "count": 8}, "data": [{"kind": "code", "tokens": "1B"}],
    }  # fmt: skip
    model = check(values, today=day).to_model("en", options=False, audience="engineering")
    blocks = [row for row in section(model, "commands").blocks if isinstance(row, Code)]
    typed = "\n".join(row.text for row in blocks)
    assert "nvidia-smi" in typed
    smoke = [row for row in blocks if text_of(row.caption).startswith("Smoke test")]
    assert bool(smoke) == (framework not in NO_COMMAND)
    assert not re.search(r"[{}]\w+[{}]|None", typed.replace("{\n", ""))


@pytest.mark.parametrize(
    ("device", "tool"),
    [("ascend910b1", "npu-smi"), ("mi300x", "rocm-smi"), ("h100-sxm", "nvidia-smi"), ("gaudi2", "hl-smi")],
)
def test_the_devices_own_tool_watches_them(device: str, tool: str, day: date) -> None:
    values = {"version": 1, "model": {"name": "qwen2.5-7b"}, "training": {"method": "lora"},
              "hardware": {"device": device, "count": 1}}  # fmt: skip
    model = check(values, today=day).to_model("zh", options=False, audience="engineering")
    typed = "\n".join(row.text for row in section(model, "commands").blocks if isinstance(row, Code))
    assert tool in typed


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ("qv", "q_proj,v_proj"),
        (["q_proj", "o_proj"], "q_proj,o_proj"),
        (["q_proj", "x; rm -rf ~", "$(reboot)"], "all"),  # names that no model has: all are taken, and it is said
    ],
    ids=["known", "named", "hostile"],
)
def test_module_names_of_a_plan_cannot_become_commands(targets: object, expected: str, day: date) -> None:
    values = {"version": 1, "model": {"name": "qwen2.5-7b"}, "hardware": {"device": "a100-80g-sxm", "count": 1},
              "training": {"method": "lora", "framework": "llama-factory",
                           "lora": {"rank": 8, "targets": targets}}}  # fmt: skip
    model = check(values, today=day).to_model("en", options=False, audience="engineering")
    typed = "\n".join(row.text for row in section(model, "commands").blocks if isinstance(row, Code))
    assert f"lora_target: {expected}\n" in typed
    assert "rm -rf" not in typed
    assert "reboot" not in typed


def test_a_smoke_test_ends_in_minutes(story: Report) -> None:
    time = story.estimates.time
    assert time is not None and time.step_seconds.likely > 240
    assert smoke_steps(story.judgement) == FEWEST_STEPS
    assert smoke_steps(check(ROOT / "examples" / "qlora-8b-fine.yaml").judgement) == MOST_STEPS


def test_words_for_every_topic_and_way() -> None:
    words = catalogue("sections")
    assert [topic for topic in TOPICS if f"sign-{topic}" not in words
            and topic not in {"evidence"}] == []  # fmt: skip
    for way, code, lang in product(get_args(Way), (True, False), LANGUAGES):
        assert effect(way, lang, code=code)


@pytest.mark.parametrize("who", AUDIENCES)
@pytest.mark.parametrize("seed", range(40))
def test_random_plans_have_sound_reports(seed: int, who: Audience, day: date, root: Path) -> None:
    sys.path.insert(0, str(root / "tests" / "product"))
    from random_plans import RandomPlans  # noqa: PLC0415 - beside other tests

    plans = RandomPlans(load_advisor().knowledge, seed)
    sound(check(plans.plan(), today=day).to_model(LANGUAGES[seed % 2], options=False, audience=who))


def test_several_plans_are_compared_best_first(day: date) -> None:
    reports = [check(path, today=day) for path in EXAMPLES]
    model = comparison_model([(row.judgement, None) for row in reports], "en")
    assert isinstance(model, ComparisonModel)
    assert [row.plan_title for row in model.reports] == [row.judgement.case.plan.title for row in reports]
    table = model.sections[0].blocks[0]
    assert isinstance(table, Table)
    assert [text_of(row[1]) for row in table.rows] == [row.verdict.upper() for row in reports]
    going = [row for row in reports if row.verdict == "go"]
    costs = {
        id(row): row.estimates.cost.project.likely for row in going if row.estimates.cost and row.estimates.cost.project
    }
    best = min(going, key=lambda row: costs[id(row)])
    assert f"Plan {reports.index(best) + 1} is judged best: GO" in text_of(model.lead)


RANGES: dict[str, tuple[Range, Language, str]] = {
    "days": (Range(5, 15, 45), "en", "15 days (5–45)"),
    "days in Chinese": (Range(5, 15, 45), "zh", "15 天（5～45）"),
    "whole days": (Range(61.4, 109.3, 190.2), "en", "109 days (61–190)"),
    "few days": (Range(1.02, 1.58, 3.13), "en", "1.6 days (1–3.1)"),
    "hours": (Range(0.099, 0.16, 0.29), "en", "3.8 hours (2.4–7)"),
    "minutes": (Range(0.01, 0.02, 0.04), "zh", "29 分钟（14～58）"),
    "one value": (Range(7, 7, 7), "en", "7 days"),
}


@pytest.mark.parametrize("case", RANGES)
def test_days_read_as_a_calendar_does(case: str) -> None:
    value, lang, expected = RANGES[case]
    assert days(value, lang) == expected


AMOUNTS: dict[str, tuple[Range, str, Language, str]] = {
    "said once": (Range(245e3, 564e3, 1.62e6), "CNY", "en", "564,000 CNY (245,000–1.62M)"),
    "one unit": (Range(245e3, 564e3, 1.62e6), "CNY", "zh", "56.4 万元（24.5～162 万元）"),
    "two units": (Range(1.58e7, 5.29e7, 1.61e8), "CNY", "zh", "5,290 万元（1,580 万元～1.61 亿元）"),
    "dollars": (Range(900, 1200, 2000), "USD", "zh", "1,200 美元（900～2,000 美元）"),
    "sure": (Range(5, 5, 5), "USD", "en", "5 USD"),
}


@pytest.mark.parametrize("case", AMOUNTS)
def test_money_says_its_unit_once(case: str) -> None:
    value, currency, lang, expected = AMOUNTS[case]
    assert amount(value, currency, lang) == expected


def test_small_wordings() -> None:
    assert spread(None, "en") == "—"
    assert spread(Range(1, 2, 3), "zh") == "2（1～3）"
    assert tight("是 10 万元 预算的 5 倍", "zh") == "是 10 万元预算的 5 倍"
    assert tight("算力（训练） 40 元", "zh") == "算力（训练）40 元"
    assert tight("a b", "en") == "a b"
    assert [text_of((span,)) for span in marked("Set `a.b` to {x}.", lambda piece: piece.replace("{x}", "`1`"))] == [
        "Set ", "a.b", " to `1`."
    ]  # fmt: skip
    assert line("one\x1b[2J\u202e\ntwo  ") == "one [2J two"
    assert plain("") == ()
    assert code_of("x") == (Span("x", "code"),)
    assert link("t", "javascript:alert(1)") == (Span("t"),)
    assert link("t", "urn:x") == (Span("t"),)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [("short", 10, "short"), ("a long text", 7, "a long…"), ("长文字测试", 6, "长文…"), ("", 3, "")],
)
def test_labels_are_cut_by_the_columns_they_take(text: str, limit: int, expected: str) -> None:
    assert shortened(text, limit) == expected


@pytest.mark.parametrize(
    ("top", "expected"),
    [(96.6, [0, 20, 40, 60, 80]), (1.62e6, [0, 5e5, 1e6, 1.5e6]), (0, [0]), (3, [0, 1, 2, 3]), (float("nan"), [0])],
)
def test_axes_have_round_marks(top: float, expected: list[float]) -> None:
    assert ticks(top, 4 if top > 1e5 else 5) == expected
