"""Words of the knowledge base."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "no-folder": Words("there is no such folder", "没有这个目录"),
    "unknown-family": Words(
        "{name!r} is no family of entries; the families are: {near}", "没有名为 {name!r} 的条目类别；可用的类别：{near}"
    ),
    "not-a-mapping": Words("a mapping from id to fields is expected here", "此处应为“id: 字段”形式的映射"),
    "duplicate-id": Words("the id {id!r} is also in {other}", "id {id!r} 在 {other} 中已经出现过"),
    "missing-field": Words("the field {field!r} is missing", "缺少字段 {field!r}"),
    "unknown-field": Words("there is no field {field!r}", "没有字段 {field!r}"),
    "unknown-field-near": Words(
        "there is no field {field!r}; did you mean {near!r}?", "没有字段 {field!r}；是否想写 {near!r}？"
    ),
    "unknown-source": Words("no source {id!r}; nearest: {near}", "没有编号为 {id!r} 的出处；最接近的是：{near}"),
    "not-a-choice": Words("{value!r} is none of {choices}", "{value!r} 不在可选值之内：{choices}"),
    "wrong-pattern": Words("{value!r} does not match {pattern}", "{value!r} 不符合格式 {pattern}"),
    "empty": Words("must not be empty", "不能为空"),
    "out-of-range": Words("{value} is out of range", "{value} 超出取值范围"),
    "not-a-number": Words("{value!r} is no number of this kind", "{value!r} 不是此处要求的数字"),
    "not-a-text": Words("{value!r} is no text", "{value!r} 不是文本"),
    "not-a-flag": Words("{value!r} is neither true nor false", "{value!r} 不是 true 或 false"),
    "not-a-date": Words("{value!r} is no date; write YYYY-MM-DD", "{value!r} 不是日期，请写成 YYYY-MM-DD"),
    "not-a-list": Words("a list is expected here", "此处应为列表"),
    "bad-value": Words("{reason}", "取值不符合要求：{reason}"),
}
