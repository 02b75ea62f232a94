"""Words of rule pages and lists."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "topic": Words("topic", "主题"),
    "severity": Words("severity", "级别"),
    "since": Words("since", "始于"),
    "checks": Words("What it checks", "检查什么"),
    "fires": Words("It speaks when all of these hold:", "以下条件同时成立时触发："),
    "why": Words("Why it matters", "为什么重要"),
    "says": Words("What it says", "提示内容"),
    "do": Words("What to do", "怎么做"),
    "fails": Words("A plan that fails", "不通过的计划"),
    "on": Words("Judged on {date}.", "评估日期：{date}。"),
    "passes": Words("A plan that passes", "通过的计划"),
    "related": Words("Related rules", "相关规则"),
    "rules": Words("The rules", "规则一览"),
    "facts": Words("The facts that rules use", "规则所用的事实"),
    "unit": Words("unit", "单位"),
    "type": Words("type", "类型"),
    "coverage": Words("What the rules cover", "规则覆盖范围"),
    "coverage-intro": Words(
        "Every row of the domain, and the rules that speak about it. Figures without a rule are in the estimates: see the report.",
        "领域知识的每一条，以及涉及它的规则。没有对应规则的数字由估算给出，见报告。",
    ),
    "row": Words("what holds", "领域知识"),
    "spoken": Words("rules", "规则"),
    "conclusion": Words("concluded by rules", "由规则得出"),
}
