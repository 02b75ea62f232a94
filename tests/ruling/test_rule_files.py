"""Rule files: what a good one becomes, and everything that can be wrong with one, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.plan.source import Unreadable
from advisor.ruling.format import (
    Condition,
    RulePage,
    page_from_json,
    page_to_json,
    ruleset_from_json,
    ruleset_to_json,
)
from advisor.ruling.load import Loaded, load_rules, load_rules_and_pages, read_rules
from advisor.ruling.vocabulary import FactSpec, Vocabulary
from advisor.words import Words, catalogue

GOOD = """\
id: NUM001
name: bf16-without-hardware
topic: numerics
severity: blocker
confidence: high
since: 0.1.0
at: training.precision
when:
  training.precision: bf16
  device.bf16: false
  run.devices: {gt: 1, lte: 8}
  training.method: [lora, qlora]
  memory.fits: unknown
  device.name: {ne: V100}
concludes: {numerics.unstable: true}
says:
  en: "{device.name} has no bfloat16 arithmetic."
  zh: "{device.name} 不支持 bf16 运算。"
do:
  en: "Use fp16 with loss scaling."
  zh: "改用 fp16 并开启损失缩放。"
page:
  checks: {en: "Whether the device computes in bf16.", zh: "设备能否以 bf16 运算。"}
  why: {en: "Emulated bf16 is slow.", zh: "模拟的 bf16 很慢。"}
sources: [cuda-guide]
examples:
  fails: {version: 1, training: {precision: bf16}}
  passes: {version: 1, training: {precision: fp16}}
"""
WORDS = Words("a fact", "一个事实")
VOCABULARY = Vocabulary(
    [
        FactSpec("training.precision", "text", WORDS, choices=("bf16", "fp16", "fp32")),
        FactSpec("training.method", "text", WORDS, choices=("full", "lora", "qlora")),
        FactSpec("device.bf16", "bool", WORDS),
        FactSpec("device.name", "text", WORDS),
        FactSpec("run.devices", "number", WORDS),
        FactSpec("memory.fits", "bool", WORDS),
        FactSpec("numerics.unstable", "bool", WORDS, conclusion=True, default=False),
        FactSpec("numerics.level", "text", WORDS, choices=("fine", "poor"), conclusion=True, default="fine"),
        *(FactSpec(f"g{letter}.x", "number", WORDS) for letter in "abcdefghi"),
        *(FactSpec(f"many.x{i}", "number", WORDS) for i in range(21)),
    ]
)
SOURCES = ("cuda-guide", "torch-docs")


def load(*texts: str) -> Loaded:
    return read_rules([(f"{i}.yaml", text.encode()) for i, text in enumerate(texts, 1)], VOCABULARY, SOURCES)


def mistakes(*texts: str) -> tuple[list[str], list[str]]:
    with pytest.raises(Unreadable) as error:
        load(*texts)
    problems = error.value.problems
    return [it.text("en") for it in problems], [it.text("zh") for it in problems]


def change(old: str, new: str, text: str = GOOD) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def other(rule_id: str, name: str, when: str, concludes: str, text: str = GOOD) -> str:
    """The good rule under another name, with other conditions and conclusions."""
    text = change("NUM001", rule_id, change("bf16-without-hardware", name, text))
    start, end = text.index("when:"), text.index("says:")
    return text[:start] + f"when: {when}\nconcludes: {concludes}\n" + text[end:]


def test_a_good_rule() -> None:
    loaded = load(GOOD)
    rule = loaded.ruleset.rules["NUM001"]
    assert rule.when == (
        Condition("training.precision", "eq", "bf16"),
        Condition("device.bf16", "eq", False),
        Condition("run.devices", "gt", 1),
        Condition("run.devices", "lte", 8),
        Condition("training.method", "in", ("lora", "qlora")),
        Condition("memory.fits", "unknown"),
        Condition("device.name", "ne", "V100"),
    )
    assert (rule.name, rule.topic, rule.severity, rule.confidence, rule.since, rule.at) == (
        "bf16-without-hardware", "numerics", "blocker", "high", "0.1.0", "training.precision",
    )  # fmt: skip
    assert rule.concludes == {"numerics.unstable": True}
    assert rule.says == Words("{device.name} has no bfloat16 arithmetic.", "{device.name} 不支持 bf16 运算。")
    assert rule.do == Words("Use fp16 with loss scaling.", "改用 fp16 并开启损失缩放。")
    assert (rule.sources, rule.related, rule.under, rule.retired) == (("cuda-guide",), (), (), None)
    assert loaded.ruleset.stages == (("NUM001",),)
    assert loaded.ruleset.defaults == {"numerics.unstable": False, "numerics.level": "fine"}
    assert loaded.pages["NUM001"] == RulePage(
        Words("Whether the device computes in bf16.", "设备能否以 bf16 运算。"),
        Words("Emulated bf16 is slow.", "模拟的 bf16 很慢。"),
        {"version": 1, "training": {"precision": "bf16"}},
        {"version": 1, "training": {"precision": "fp16"}},
    )


def test_rules_and_pages_survive_json() -> None:
    related = GOOD + "related: [NUM002]\nunder: [NUM002]\n"
    loaded = load(related, other("NUM002", "other", "{device.bf16: true}", "{}") + "retired: 0.2.0\n")
    assert ruleset_from_json(json.loads(json.dumps(ruleset_to_json(loaded.ruleset)))) == loaded.ruleset
    page = loaded.pages["NUM001"]
    assert page_from_json(json.loads(json.dumps(page_to_json(page)))) == page


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        (
            "id: NUM001", "id: NUM1",
            "1.yaml:1:5: id: NUM1 is no rule id: three capital letters and three digits, as in NUM001",
            "1.yaml:1:5: id: NUM1 不是规则编号：应为三个大写字母加三位数字，例如 NUM001",
        ),
        (
            "id: NUM001\n", "",
            "1.yaml:1:1: id: the field `id` is missing",
            "1.yaml:1:1: id: 缺少字段 `id`",
        ),
        (
            "severity: blocker", "severty: blocker\nseverity: high",
            "1.yaml:4:1: severty: there is no field `severty` here; is `severity` meant?",
            "1.yaml:4:1: severty: 此处没有字段 `severty`，是否应为 `severity`？",
        ),
        (
            "name: bf16-without-hardware", "name: Bf16",
            "1.yaml:2:7: name: Bf16 is no rule name: small letters and digits in words joined by hyphens, "
            "60 characters at most",
            "1.yaml:2:7: name: Bf16 不是规则名：由小写字母和数字组成的单词以连字符相连，最长 60 个字符",
        ),
        (
            "name: bf16-without-hardware", "name: check-bf16",
            "1.yaml:2:7: name: a rule is named after what it finds, so that the name reads well after “accept”; "
            "check-bf16 starts with `check-`",
            "1.yaml:2:7: name: 规则名应写所发现的情况，放在 “accept” 之后要读得通；check-bf16 以 `check-` 开头",
        ),
        (
            "topic: numerics", "topic: numeric",
            "1.yaml:3:8: topic: numeric is none of memory, numerics, software, hardware, interconnect, parallelism, "
            "storage, time, cost, method, data, evaluation, licence, compliance, operations, team, evidence; "
            "is `numerics` meant?",
            "1.yaml:3:8: topic: numeric 不在可选值之内：memory, numerics, software, hardware, interconnect, "
            "parallelism, storage, time, cost, method, data, evaluation, licence, compliance, operations, team, "
            "evidence；是否应为 `numerics`？",
        ),
        (
            "confidence: high", "confidence: 9",
            "1.yaml:5:13: confidence: 9 is none of high, medium, low",
            "1.yaml:5:13: confidence: 9 不在可选值之内：high, medium, low",
        ),
        (
            "since: 0.1.0", "since: 0.1",
            "1.yaml:6:8: since: 0.1 is not text; put it in quotes",
            "1.yaml:6:8: since: 0.1 不是文本，请加引号",
        ),
        (
            "since: 0.1.0", "since: v1",
            "1.yaml:6:8: since: v1 is no version: three numbers, as in 0.1.0",
            "1.yaml:6:8: since: v1 不是版本号：应为三段数字，例如 0.1.0",
        ),
        (
            "at: training.precision", "at: training..x",
            "1.yaml:7:5: at: training..x is no path into a plan, such as training.precision",
            "1.yaml:7:5: at: training..x 不是方案文件中的路径，路径形如 training.precision",
        ),
        (
            "  training.precision: bf16", "  training.precison: bf16",
            "1.yaml:9:3: when.training.precison: there is no fact `training.precison`; "
            "is `training.precision` meant?",
            "1.yaml:9:3: when.training.precison: 没有名为 `training.precison` 的事实，是否应为 `training.precision`？",
        ),
        (
            "  device.bf16: false", "  zzz: false",
            "1.yaml:10:3: when.zzz: there is no fact `zzz`",
            "1.yaml:10:3: when.zzz: 没有名为 `zzz` 的事实",
        ),
        (
            "precision: bf16\n  device", "precision: bf61\n  device",
            "1.yaml:9:23: when.training.precision: `training.precision` is never bf61; is `bf16` meant?",
            "1.yaml:9:23: when.training.precision: `training.precision` 不会取值 bf61，是否应为 `bf16`？",
        ),
        (
            "[lora, qlora]", "[lora, zzz]",
            "1.yaml:12:27: when.training.method[1]: `training.method` is never zzz; it is one of full, lora, qlora",
            "1.yaml:12:27: when.training.method[1]: `training.method` 不会取值 zzz，可选值为：full, lora, qlora",
        ),
        (
            "[lora, qlora]", "[lora, unknown]",
            "1.yaml:12:27: when.training.method[1]: `unknown` stands alone, as `training.method: unknown`; "
            "no value is compared with it",
            "1.yaml:12:27: when.training.method[1]: "
            "`unknown` 只能单独写成 `training.method: unknown`，不能参与其他比较",
        ),
        (
            "[lora, qlora]", "[]",
            "1.yaml:12:20: when.training.method: is empty",
            "1.yaml:12:20: when.training.method: 内容为空",
        ),
        (
            "device.bf16: false", 'device.bf16: "no"',
            "1.yaml:10:16: when.device.bf16: `device.bf16` is true or false and cannot be no",
            "1.yaml:10:16: when.device.bf16: `device.bf16` 只有 true 和 false 两种取值，no 不适用",
        ),
        (
            "device.bf16: false", "device.bf16: [true, false]",
            "1.yaml:10:16: when.device.bf16: `device.bf16` is true or false: a list says nothing about it",
            "1.yaml:10:16: when.device.bf16: `device.bf16` 只有真假两值，列出多个值没有意义",
        ),
        (
            "device.bf16: false", "device.bf16: {ne: true}",
            "1.yaml:10:17: when.device.bf16.ne: `device.bf16` is true or false: write `device.bf16: true` or "
            "`device.bf16: false` instead of `ne`",
            "1.yaml:10:17: when.device.bf16.ne: `device.bf16` 只有真假两值：请写 `device.bf16: true` 或 "
            "`device.bf16: false`，不要用 `ne`",
        ),
        (
            "device.bf16: false", "device.bf16:",
            "1.yaml:10:15: when.device.bf16: nothing is written here; for a fact without a value write "
            "`device.bf16: unknown`",
            "1.yaml:10:15: when.device.bf16: 此处没有写值；若指事实取值未知，请写 `device.bf16: unknown`",
        ),
        (
            "{gt: 1, lte: 8}", "{gt: 24GB, lte: 8}",
            "1.yaml:11:21: when.run.devices.gt: `run.devices` is a finite number and cannot be 24GB",
            "1.yaml:11:21: when.run.devices.gt: `run.devices` 是有限的数值，24GB 不适用",
        ),
        (
            "{gt: 1, lte: 8}", "{lte: .inf}",
            "1.yaml:11:22: when.run.devices.lte: `run.devices` is a finite number and cannot be inf",
            "1.yaml:11:22: when.run.devices.lte: `run.devices` 是有限的数值，inf 不适用",
        ),
        (
            "{gt: 1, lte: 8}", "true",
            "1.yaml:11:16: when.run.devices: `run.devices` is a finite number and cannot be true",
            "1.yaml:11:16: when.run.devices: `run.devices` 是有限的数值，true 不适用",
        ),
        (
            "{gt: 1, lte: 8}", "{eq: 1}",
            "1.yaml:11:17: when.run.devices.eq: `eq` is no comparison; there are lt, lte, gt, gte, ne",
            "1.yaml:11:17: when.run.devices.eq: `eq` 不是比较运算，可用的有：lt, lte, gt, gte, ne",
        ),
        (
            "{ne: V100}", "{lt: V100}",
            "1.yaml:14:17: when.device.name.lt: `device.name` is text, which has no order: `lt` cannot compare it",
            "1.yaml:14:17: when.device.name.lt: `device.name` 是文本，没有大小之分，不能用 `lt` 比较",
        ),
        (
            "{ne: V100}", "40",
            "1.yaml:14:16: when.device.name: `device.name` is text and cannot be 40",
            "1.yaml:14:16: when.device.name: `device.name` 是文本，40 不适用",
        ),
        (
            "{numerics.unstable: true}", "{device.bf16: true}",
            "1.yaml:15:13: concludes.device.bf16: `device.bf16` comes from the plan and cannot be concluded",
            "1.yaml:15:13: concludes.device.bf16: `device.bf16` 由方案得出，规则不能为它下结论",
        ),
        (
            "{numerics.unstable: true}", "{numerics.unstabel: true}",
            "1.yaml:15:13: concludes.numerics.unstabel: there is no fact `numerics.unstabel`; "
            "is `numerics.unstable` meant?",
            "1.yaml:15:13: concludes.numerics.unstabel: 没有名为 `numerics.unstabel` 的事实，"
            "是否应为 `numerics.unstable`？",
        ),
        (
            "{numerics.unstable: true}", "{numerics.unstable: false}",
            "1.yaml:15:32: concludes.numerics.unstable: `numerics.unstable` is false anyway, unless a rule "
            "concludes another value",
            "1.yaml:15:32: concludes.numerics.unstable: 没有规则下结论时，`numerics.unstable` 本来就是 false",
        ),
        (
            "{numerics.unstable: true}", "{numerics.level: bad}",
            "1.yaml:15:29: concludes.numerics.level: `numerics.level` is never bad; it is one of fine, poor",
            "1.yaml:15:29: concludes.numerics.level: `numerics.level` 不会取值 bad，可选值为：fine, poor",
        ),
        (
            '  zh: "{device.name} 不支持 bf16 运算。"\n', "",
            "1.yaml:16:1: says.zh: the field `zh` is missing",
            "1.yaml:16:1: says.zh: 缺少字段 `zh`",
        ),
        (
            '  zh: "改用 fp16 并开启损失缩放。"', '  zh: " "',
            "1.yaml:21:7: do.zh: is empty",
            "1.yaml:21:7: do.zh: 内容为空",
        ),
        (
            "{device.name} has", "{device.nam} has",
            "1.yaml:17:7: says.en: {device.nam} names no fact; is {device.name} meant?",
            "1.yaml:17:7: says.en: 占位符 {device.nam} 不是事实名，是否应为 {device.name}？",
        ),
        (
            "{device.name} has", "{zzz} has",
            "1.yaml:17:7: says.en: {zzz} names no fact",
            "1.yaml:17:7: says.en: 占位符 {zzz} 不是事实名",
        ),
        (
            "with loss scaling", "with {loss scaling",
            "1.yaml:20:7: do.en: a brace has no partner; braces stand only around the name of a fact",
            "1.yaml:20:7: do.en: 花括号不成对；花括号只能用来括住事实名",
        ),
        (
            "[cuda-guide]", "[cuda-giude]",
            "1.yaml:25:11: sources[0]: there is no source `cuda-giude`; is `cuda-guide` meant?",
            "1.yaml:25:11: sources[0]: 没有编号为 `cuda-giude` 的来源，是否应为 `cuda-guide`？",
        ),
        (
            "[cuda-guide]", "cuda-guide",
            "1.yaml:25:10: sources: cuda-guide is not a list",
            "1.yaml:25:10: sources: cuda-guide 不是列表",
        ),
        (
            "[cuda-guide]", "[cuda-guide]\nunder: [NUM777]",
            "1.yaml:26:9: under[0]: there is no rule NUM777",
            "1.yaml:26:9: under[0]: 没有规则 NUM777",
        ),
        (
            "{version: 1, training: {precision: fp16}}", "3",
            "1.yaml:28:11: examples.passes: 3 is not a mapping",
            "1.yaml:28:11: examples.passes: 3 不是映射",
        ),
        (
            "{gt: 1, lte: 8}", "{gt: 1, lte: 8}\n  " + "\n  ".join(f"many.x{i}: 1" for i in range(21)),
            "1.yaml:8:1: when: has 21 conditions on facts of `many`; 20 are allowed",
            "1.yaml:8:1: when: 对 `many` 组的事实有 21 个条件，最多 20 个",
        ),
        (
            "{gt: 1, lte: 8}", "{gt: 1, lte: 8}\n  " + "\n  ".join(f"g{letter}.x: 1" for letter in "abcdefghi"),
            "1.yaml:8:1: when: compares facts of 13 groups; 8 are allowed",
            "1.yaml:8:1: when: 涉及 13 个事实组，最多 8 个",
        ),
        (
            "{gt: 1, lte: 8}", f"[{', '.join(map(str, range(129)))}]",
            "1.yaml:8:1: when: its lists have 258 combinations of values; 256 are allowed",
            "1.yaml:8:1: when: 各列表的取值组合有 258 种，最多 256 种",
        ),
    ],
)  # fmt: skip
def test_one_mistake(old: str, new: str, en: str, zh: str) -> None:
    assert mistakes(change(old, new)) == ([en], [zh])


def test_all_mistakes_of_all_files_at_once() -> None:
    first = change("severity: blocker", "severity: urgent", change("device.bf16: false", "device.bf61: false"))
    third = change("[cuda-guide]", "[nvidia]", other("NUM002", "two", "{}", "{}"))
    lines = mistakes(first, "id: [1", third)[0]
    assert lines[:2] + lines[3:] == [
        "1.yaml:4:11: severity: urgent is none of blocker, high, medium, low, info",
        "1.yaml:10:3: when.device.bf61: there is no fact `device.bf61`; is `device.bf16` meant?",
        "3.yaml:8:7: when: is empty",
        "3.yaml:19:11: sources[0]: there is no source `nvidia`",
    ]
    assert lines[2].startswith("2.yaml:")


def test_a_file_that_is_no_rule() -> None:
    assert mistakes("- a\n") == (
        ["1.yaml:1:1: a rule file is a mapping of fields; this is […]"],
        ["1.yaml:1:1: 规则文件应为“字段: 值”形式的映射，这里是 […]"],
    )


def test_ids_names_and_conclusions_that_clash() -> None:
    assert mistakes(GOOD, GOOD) == (
        [
            "2.yaml:1:5: id: the id NUM001 is used by 1.yaml",
            "2.yaml:2:7: name: the name bf16-without-hardware is used by 1.yaml",
        ],
        [
            "2.yaml:1:5: id: 编号 NUM001 已被 1.yaml 使用",
            "2.yaml:2:7: name: 名称 bf16-without-hardware 已被 1.yaml 使用",
        ],
    )
    levels = Vocabulary([*VOCABULARY.values(), FactSpec("risk.points", "number", WORDS, conclusion=True)])
    texts = [other(f"NUM00{i}", f"rule-{i}", "{device.bf16: false}", f"{{risk.points: {i}}}") for i in (1, 2)]
    with pytest.raises(Unreadable) as error:
        read_rules([(f"{i}.yaml", text.encode()) for i, text in enumerate(texts, 1)], levels, SOURCES)
    assert [it.text("en") for it in error.value.problems] == [
        "2.yaml:9:26: concludes.risk.points: NUM001 concludes that `risk.points` is 1; "
        "all rules must conclude the same value",
    ]
    assert [it.text("zh") for it in error.value.problems] == [
        "2.yaml:9:26: concludes.risk.points: 规则 NUM001 已得出 `risk.points` 为 1；对同一事实，各规则的结论必须一致",
    ]


def test_rules_that_wait_for_each_other_are_refused() -> None:
    one = other("NUM001", "one", "{numerics.level: poor}", "{numerics.unstable: true}")
    two = other("NUM002", "two", "{numerics.unstable: true}", "{numerics.level: poor}")
    en, zh = mistakes(one, two)
    assert (en, zh) in [
        (
            [f"{file}.yaml:8:1: when: these rules wait for each other's conclusions: {cycle}"],
            [f"{file}.yaml:8:1: when: 这些规则的结论互相依赖，构成循环：{cycle}"],
        )
        for file, cycle in ((1, "NUM001 → NUM002 → NUM001"), (2, "NUM002 → NUM001 → NUM002"))
    ]


def test_stages_follow_conclusions() -> None:
    texts = [
        other("AAA001", "last", "{numerics.level: poor}", "{}"),
        other("BBB001", "middle", "{numerics.unstable: true}", "{numerics.level: poor}"),
        other("CCC001", "first", "{device.bf16: false}", "{numerics.unstable: true}"),
        other("DDD001", "first-too", "{device.bf16: true}", "{numerics.unstable: true}"),
        other("EEE001", "gone", "{device.bf15: true}", "{}") + "retired: 0.2.0\n",
    ]
    ruleset = load(*texts).ruleset
    assert ruleset.stages == (("CCC001", "DDD001"), ("BBB001",), ("AAA001",))
    assert list(ruleset.rules) == ["AAA001", "BBB001", "CCC001", "DDD001", "EEE001"]


def test_directories(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (tmp_path / "rules" / "numerics").mkdir(parents=True)
    own.mkdir()
    (tmp_path / "rules" / "numerics" / "NUM001-bf16-without-hardware.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "rules" / "README.md").write_text("not a rule", "utf-8")
    mine = own / "OUR001-mine.yml"
    mine.write_text(other("OUR001", "mine", "{device.bf16: true}", "{}"), "utf-8")
    assert list(load_rules([tmp_path / "rules", own], VOCABULARY, SOURCES).rules) == ["NUM001", "OUR001"]
    assert set(load_rules_and_pages([own], VOCABULARY, SOURCES).pages) == {"OUR001"}
    mine.write_text("- a\n", "utf-8")
    with pytest.raises(Unreadable) as error:
        load_rules([tmp_path / "rules", own, tmp_path / "nowhere", mine], VOCABULARY, SOURCES)
    assert {it.text("en") for it in error.value.problems} == {
        f"{mine}:1:1: a rule file is a mapping of fields; this is […]",
        f"{tmp_path / 'nowhere'}:1:1: cannot be read: No such file or directory",
        f"{mine}:1:1: cannot be read: not a directory",
    }


def test_both_languages_have_the_same_placeholders() -> None:
    for words in catalogue("ruling").values():
        fields = [{part.partition("}")[0] for part in text.split("{")[1:]} for text in words]
        assert fields[0] == fields[1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FactSpec("bf16", "bool", WORDS), "bf16: a fact is named group.name"),
        (lambda: FactSpec("a.b", "bool", WORDS, choices=("x",)), "a.b: choices belong to text facts"),
        (lambda: FactSpec("a.b", "text", WORDS, choices=("unknown",)), "a.b: choices belong to text facts"),
        (lambda: FactSpec("a.b", "bool", WORDS, default=False), "a.b: a default belongs to a conclusion"),
        (lambda: FactSpec("a.b", "bool", WORDS, conclusion=True, default="no"), "a.b: a default belongs to"),
        (lambda: Vocabulary([FactSpec("a.b", "bool", WORDS)] * 2 + [FactSpec("a.b", "text", WORDS)]), "a.b: two facts"),
    ],
)
def test_a_vocabulary_that_contradicts_itself(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
