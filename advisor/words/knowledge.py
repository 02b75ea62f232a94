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
    "bad-value": Words("{reason}", "取值不符合要求：{reason}"),
}
