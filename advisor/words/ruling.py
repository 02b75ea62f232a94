"""What is wrong with a rule file."""

from __future__ import annotations

from typing import Final

from advisor.words import Words

WORDS: Final[dict[str, Words]] = {
    "unreadable-file": Words("cannot be read: {reason}", "无法读取：{reason}"),
    "not-a-rule": Words(
        "a rule file is a mapping of fields; this is {value}",
        "规则文件应为“字段: 值”形式的映射，这里是 {value}",
    ),
    "field-missing": Words("the field `{field}` is missing", "缺少字段 `{field}`"),
    "field-unknown": Words("there is no field `{field}` here", "此处没有字段 `{field}`"),
    "field-unknown-nearest": Words(
        "there is no field `{field}` here; is `{nearest}` meant?",
        "此处没有字段 `{field}`，是否应为 `{nearest}`？",
    ),
    "not-text": Words("{value} is not text; put it in quotes", "{value} 不是文本，请加引号"),
    "not-list": Words("{value} is not a list", "{value} 不是列表"),
    "not-mapping": Words("{value} is not a mapping", "{value} 不是映射"),
    "empty": Words("is empty", "内容为空"),
    "not-one-of": Words("{value} is none of {choices}", "{value} 不在可选值之内：{choices}"),
    "not-one-of-nearest": Words(
        "{value} is none of {choices}; is `{nearest}` meant?",
        "{value} 不在可选值之内：{choices}；是否应为 `{nearest}`？",
    ),
    "bad-id": Words(
        "{value} is no rule id: three capital letters and three digits, as in NUM001",
        "{value} 不是规则编号：应为三个大写字母加三位数字，例如 NUM001",
    ),
    "bad-name": Words(
        "{value} is no rule name: small letters and digits in words joined by hyphens, 60 characters at most",
        "{value} 不是规则名：由小写字母和数字组成的单词以连字符相连，最长 60 个字符",
    ),
    "name-prefix": Words(
        "a rule is named after what it finds, so that the name reads well after “accept”; {value} starts with `{prefix}`",
        "规则名应写所发现的情况，放在 “accept” 之后要读得通；{value} 以 `{prefix}` 开头",
    ),
    "bad-version": Words(
        "{value} is no version: three numbers, as in 0.1.0",
        "{value} 不是版本号：应为三段数字，例如 0.1.0",
    ),
    "bad-at": Words(
        "{value} is no path into a plan, such as training.precision",
        "{value} 不是方案文件中的路径，路径形如 training.precision",
    ),
    "wrong": Words("{value} does not fit here: {reason}", "{value} 不适用于此处：{reason}"),
    "fact-unknown": Words("there is no fact `{fact}`", "没有名为 `{fact}` 的事实"),
    "fact-unknown-nearest": Words(
        "there is no fact `{fact}`; is `{nearest}` meant?",
        "没有名为 `{fact}` 的事实，是否应为 `{nearest}`？",
    ),
    "value-bool": Words(
        "`{fact}` is true or false and cannot be {value}",
        "`{fact}` 只有 true 和 false 两种取值，{value} 不适用",
    ),
    "value-number": Words(
        "`{fact}` is a finite number and cannot be {value}",
        "`{fact}` 是有限的数值，{value} 不适用",
    ),
    "value-text": Words(
        "`{fact}` is text and cannot be {value}",
        "`{fact}` 是文本，{value} 不适用",
    ),
    "choice-unknown": Words(
        "`{fact}` is never {value}; it is one of {choices}",
        "`{fact}` 不会取值 {value}，可选值为：{choices}",
    ),
    "choice-unknown-nearest": Words(
        "`{fact}` is never {value}; is `{nearest}` meant?",
        "`{fact}` 不会取值 {value}，是否应为 `{nearest}`？",
    ),
    "comparison-unknown": Words(
        "`{op}` is no comparison; there are {choices}",
        "`{op}` 不是比较运算，可用的有：{choices}",
    ),
    "comparison-of-bool": Words(
        "`{fact}` is true or false: write `{fact}: true` or `{fact}: false` instead of `{op}`",
        "`{fact}` 只有真假两值：请写 `{fact}: true` 或 `{fact}: false`，不要用 `{op}`",
    ),
    "comparison-of-text": Words(
        "`{fact}` is text, which has no order: `{op}` cannot compare it",
        "`{fact}` 是文本，没有大小之分，不能用 `{op}` 比较",
    ),
    "list-of-bool": Words(
        "`{fact}` is true or false: a list says nothing about it",
        "`{fact}` 只有真假两值，列出多个值没有意义",
    ),
    "unknown-alone": Words(
        "`unknown` stands alone, as `{fact}: unknown`; no value is compared with it",
        "`unknown` 只能单独写成 `{fact}: unknown`，不能参与其他比较",
    ),
    "no-value": Words(
        "nothing is written here; for a fact without a value write `{fact}: unknown`",
        "此处没有写值；若指事实取值未知，请写 `{fact}: unknown`",
    ),
    "too-many-groups": Words(
        "compares facts of {count} groups; {limit} are allowed",
        "涉及 {count} 个事实组，最多 {limit} 个",
    ),
    "too-many-conditions": Words(
        "has {count} conditions on facts of `{group}`; {limit} are allowed",
        "对 `{group}` 组的事实有 {count} 个条件，最多 {limit} 个",
    ),
    "too-many-branches": Words(
        "its lists have {count} combinations of values; {limit} are allowed",
        "各列表的取值组合有 {count} 种，最多 {limit} 种",
    ),
    "no-conclusion": Words(
        "`{fact}` comes from the plan and cannot be concluded",
        "`{fact}` 由方案得出，规则不能为它下结论",
    ),
    "concludes-default": Words(
        "`{fact}` is {value} anyway, unless a rule concludes another value",
        "没有规则下结论时，`{fact}` 本来就是 {value}",
    ),
    "concludes-otherwise": Words(
        "{other} concludes that `{fact}` is {value}; all rules must conclude the same value",
        "规则 {other} 已得出 `{fact}` 为 {value}；对同一事实，各规则的结论必须一致",
    ),
    "placeholder-unknown": Words("{placeholder} names no fact", "占位符 {placeholder} 不是事实名"),
    "placeholder-unknown-nearest": Words(
        "{placeholder} names no fact; is {nearest} meant?",
        "占位符 {placeholder} 不是事实名，是否应为 {nearest}？",
    ),
    "brace-unbalanced": Words(
        "a brace has no partner; braces stand only around the name of a fact",
        "花括号不成对；花括号只能用来括住事实名",
    ),
    "source-unknown": Words("there is no source `{source}`", "没有编号为 `{source}` 的来源"),
    "source-unknown-nearest": Words(
        "there is no source `{source}`; is `{nearest}` meant?",
        "没有编号为 `{source}` 的来源，是否应为 `{nearest}`？",
    ),
    "rule-unknown": Words("there is no rule {rule}", "没有规则 {rule}"),
    "id-used": Words("the id {value} is used by {file}", "编号 {value} 已被 {file} 使用"),
    "name-used": Words("the name {value} is used by {file}", "名称 {value} 已被 {file} 使用"),
    "cycle": Words(
        "these rules wait for each other's conclusions: {rules}",
        "这些规则的结论互相依赖，构成循环：{rules}",
    ),
}
