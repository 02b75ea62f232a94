"""Strict YAML: values, positions, and every refusal in both languages."""

# ruff: noqa: E501 - whole messages and tables of cases stand on their lines
from __future__ import annotations

import math
from typing import Any

import pytest

from advisor.plan.source import Limits, Position, Unreadable, read_document, scan_document

SCALARS: dict[str, Any] = {
    "1e-5": 1e-5,
    "1E5": 100000.0,
    "5.": 5.0,
    ".5": 0.5,
    "-0.25": -0.25,
    "NO": "NO",
    "yes": "yes",
    "on": "on",
    "010": 10,
    "+7": 7,
    "0o10": 8,
    "0x1F": 31,
    "-0x1F": "-0x1F",
    "0b1": "0b1",
    "1_000": "1_000",
    "12:30": "12:30",
    "2027-01-31": "2027-01-31",
    "30B": "30B",
    "~": None,
    "null": None,
    "": None,
    "nULL": "nULL",
    "True": True,
    "FALSE": False,
    "tRUE": "tRUE",
    "'8'": "8",
    '"true"': "true",
    "!!str 8": "8",
    "!!int '8'": 8,
    "!!float 8": 8.0,
    "!!null ''": None,
    "! 8": "8",
    ".": ".",
    "-": [None],
    ".inf": math.inf,
    "-.INF": -math.inf,
}


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=[name or "empty" for name in SCALARS])
def test_scalars_follow_the_core_schema(text: str, value: Any) -> None:
    data = read_document(f"a:\n  {text}\n".encode(), "p.yaml").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_nan_is_recognised() -> None:
    assert math.isnan(read_document(b"a: .nan", "p.yaml").data["a"])


ENCODINGS = {
    "utf-8": "a: 中文".encode(),
    "utf-8-bom": "a: 中文".encode("utf-8-sig"),
    "utf-16-le": b"\xff\xfe" + "a: 中文".encode("utf-16-le"),
    "utf-16-be": b"\xfe\xff" + "a: 中文".encode("utf-16-be"),
    "crlf": "a: 中文\r\n".encode(),
}


@pytest.mark.parametrize("raw", ENCODINGS.values(), ids=ENCODINGS)
def test_encodings(raw: bytes) -> None:
    assert read_document(raw, "p.yaml").data == {"a": "中文"}


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "duplicate-key": (
        b"a: 1\nb:\n  c: 1\n  c: 2\n",
        "p.yaml:4:3: b.c: `c` is written twice; the first is at line 3, column 3. Keep one.",
        "p.yaml:4:3: b.c: `c` 重复出现，第一次在第 3 行第 3 列。请只保留一个。",
    ),
    "merge-key": (
        b"a: &x {b: 1}\nc:\n  <<: *x\n",
        "p.yaml:3:3: c: Merge keys (`<<`) are not supported. Write the values out.",
        "p.yaml:3:3: c: 不支持合并键（`<<`）。请把各个值完整写出。",
    ),
    "number-as-key": (
        b"a: {1: x}\n",
        "p.yaml:1:5: a: The key `1` is not text. If it is meant, put it in quotes.",
        "p.yaml:1:5: a: 键 `1` 不是文本。如确有需要，请加引号。",
    ),
    "list-as-key": (
        b"? [a]\n: b\n",
        "p.yaml:1:3: The key `[…]` is not text. If it is meant, put it in quotes.",
        "p.yaml:1:3: 键 `[…]` 不是文本。如确有需要，请加引号。",
    ),
    "no-key": (
        b"?\n: b\n",
        "p.yaml:1:2: There is no key before the colon.",
        "p.yaml:1:2: 冒号前缺少键。",
    ),
    "tag": (
        b"a: !!python/object:os.system x\n",
        "p.yaml:1:4: a: The tag `tag:yaml.org,2002:python/object:os.system` is not supported. Remove it.",
        "p.yaml:1:4: a: 不支持标签 `tag:yaml.org,2002:python/object:os.system`。请将其删除。",
    ),
    "tag-value": (
        b"a: !!int x\n",
        "p.yaml:1:4: a: `x` does not fit the tag `!!int`.",
        "p.yaml:1:4: a: `x` 与标签 `!!int` 不符。",
    ),
    "tag-directive": (
        b"%TAG ! tag:x,2000:\n" * 50_000,
        "p.yaml:1:1: `%TAG` directives are not supported. Remove the line.",
        "p.yaml:1:1: 不支持 `%TAG` 指令。请删除这一行。",
    ),
    "several-documents": (
        b"a: 1\n---\nb: 2\n",
        "p.yaml:2:1: A second document starts here. One file holds one document: remove `---` or split the file.",
        "p.yaml:2:1: 从这里开始是第二个文档。一个文件只能有一个文档：请删除 `---` 或拆分文件。",
    ),
    "alias-unknown": (
        b"a: [1, *b]\n",
        "p.yaml:1:8: a[1]: The alias `*b` refers to no anchor above it. Text that begins with `*` needs quotes.",
        "p.yaml:1:8: a[1]: 别名 `*b` 之前没有对应的锚点。以 `*` 开头的文本需要加引号。",
    ),
    "alias-recursive": (
        b"a: &x [*x]\n",
        "p.yaml:1:8: a[0]: The alias `*x` stands inside what it refers to.",
        "p.yaml:1:8: a[0]: 别名 `*x` 位于它所引用的内容之内，形成循环。",
    ),
    "number-too-long": (
        b"a: " + b"9" * 401,
        "p.yaml:1:4: a: The number 9999999999999999999… has more than 400 digits.",
        "p.yaml:1:4: a: 数字 9999999999999999999… 超过 400 位。",
    ),
    "hexadecimal-too-long": (
        b"a: 0x" + b"f" * 60_000,
        "p.yaml:1:4: a: The number 0xfffffffffffffffff… has more than 400 digits.",
        "p.yaml:1:4: a: 数字 0xfffffffffffffffff… 超过 400 位。",
    ),
    "scalar-too-long": (
        b"a: " + b"x" * 65_537,
        "p.yaml:1:4: a: A text is longer than 65,536 characters.",
        "p.yaml:1:4: a: 单个文本超过 65,536 个字符。",
    ),
    "too-large": (
        b"#" * (1 << 20) + b"\n",
        "p.yaml:1:1: The file is larger than 1,048,576 bytes. A plan needs a few kilobytes.",
        "p.yaml:1:1: 文件超过 1,048,576 字节。计划文件通常只有几 KB。",
    ),
    "too-many-nodes": (
        b"a: [" + b"1," * 20_000 + b"1]",
        "p.yaml:1:39999: a[19997]: More than 20,000 values, aliases counted each time they are used.",
        "p.yaml:1:39999: a[19997]: 值的总数超过 20,000 个（别名每引用一次都计入）。",
    ),
    "control-character": (
        b"a: x\x07y\n",
        "p.yaml:1:5: Control character U+0007 is not allowed. Remove it.",
        "p.yaml:1:5: 不允许出现控制字符 U+0007。请将其删除。",
    ),
    "control-escape": (
        b'a: "\\e[31m"\n',
        'p.yaml:1:4: a: The text "\\u001b[31m" holds a control character. Write it without.',
        "p.yaml:1:4: a: 文本“\\u001b[31m”含有控制字符。请去掉后重写。",
    ),
    "binary": (
        b"a: 1\n\x00\x01",
        "p.yaml:2:1: The file holds a NUL character: it is binary, or UTF-16 without a byte order mark. "
        "Save it as UTF-8 text.",
        "p.yaml:2:1: 文件含有 NUL 字符：它是二进制文件，或是没有 BOM 的 UTF-16。请另存为 UTF-8 文本。",
    ),
    "gbk": (
        "a: 1\nb: 中文\n".encode("gbk"),
        "p.yaml:2:4: Not valid UTF-8: byte 0xd6 at offset 8. Save the file as UTF-8.",
        "p.yaml:2:4: 不是有效的 UTF-8 文本：偏移 8 处的字节为 0xd6。请将文件另存为 UTF-8 编码。",
    ),
    "utf-32": (
        "a: 1".encode("utf-32"),
        "p.yaml:1:1: The file is UTF-32. Save it as UTF-8.",
        "p.yaml:1:1: 文件采用 UTF-32 编码。请另存为 UTF-8。",
    ),
    "tab": (
        b"a:\n\tb: 1\n",
        "p.yaml:2:1: A tab in the indentation. Use spaces.",
        "p.yaml:2:1: 缩进中含有制表符（Tab）。请改用空格。",
    ),
    "full-width-colon": (
        "model：\n  name: x\n".encode(),
        "p.yaml:1:6: A full-width colon separates nothing. Write `: ` (a half-width colon and a space).",
        "p.yaml:1:6: 全角冒号不起分隔作用。请改用半角冒号加空格 `: `。",
    ),
    "no-space-after-colon": (
        b"a: 1\nb:2\nc: 3\n",
        "p.yaml:2:1: Expected `name: value` on this line, with a space after the colon.",
        "p.yaml:2:1: 这一行应写成 `名称: 值`，半角冒号后要有空格。",
    ),
    "two-colons": (
        b"a: b: c\n",
        "p.yaml:1:5: A colon followed by a space is not allowed here. Check the indentation, or put the text in quotes.",
        "p.yaml:1:5: 此处不允许出现“冒号加空格”。请检查缩进，或给文本加引号。",
    ),
    "open-brace": (
        b"a: {b: 1\nc: 2\n",
        "p.yaml:2:2: Expected `,` or `}` here: the `{` of line 1, column 4 is still open.",
        "p.yaml:2:2: 此处应为 `,` 或 `}`：第 1 行第 4 列的 `{` 尚未闭合。",
    ),
    "open-quote": (
        b"a: 'b\nc: 1\n",
        "p.yaml:1:4: The quote that opens here is never closed.",
        "p.yaml:1:4: 从这里开始的引号没有闭合。",
    ),
    "at-sign": (
        b"a: @b\n",
        "p.yaml:1:4: A value cannot begin with `@`. Put it in quotes.",
        "p.yaml:1:4: 值不能以 `@` 开头。请加引号。",
    ),
}


@pytest.mark.parametrize(("raw", "english", "chinese"), REFUSED.values(), ids=REFUSED)
def test_refusals(raw: bytes, english: str, chinese: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_document(raw, "p.yaml")
    assert [problem.text("en") for problem in caught.value.problems] == [english]
    assert [problem.text("zh") for problem in caught.value.problems] == [chinese]
    assert str(caught.value) == english


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "], ids=["list", "mapping", "dash", "key"])
def test_deep_nesting_ends_at_the_limit(opening: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_document(opening.encode() * 100_000, "p.yaml")
    assert caught.value.problems[-1].message("en") == "Nested deeper than 32 levels."


def test_depth_limit_counts_what_an_alias_holds() -> None:
    raw = b"a: &x [[[1]]]\nb: [[*x]]\n"
    assert read_document(raw, "p.yaml", Limits(depth=6)).data["b"] == [[[[[1]]]]]
    with pytest.raises(Unreadable, match="Nested deeper than 5 levels"):
        read_document(raw, "p.yaml", Limits(depth=5))


def test_alias_bomb_is_counted_not_expanded() -> None:
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)]
    with pytest.raises(Unreadable) as caught:
        read_document(b"\n".join(lines), "p.yaml")
    assert [problem.key for problem in caught.value.problems] == ["too-many-nodes"]


def test_all_problems_at_once_in_order() -> None:
    with pytest.raises(Unreadable) as caught:
        read_document(b"a: !!int x\na: 2\n3: y\nb: [*q, !z 1]\n", "p.yaml")
    assert [(it.line, it.column, it.path, it.key) for it in caught.value.problems] == [
        (1, 4, "a", "tag-value"),
        (3, 1, "", "key-not-text"),
        (4, 5, "b[0]", "alias-unknown"),
        (4, 9, "b[1]", "tag"),
    ]


def test_what_is_refused_is_left_out() -> None:
    document, problems = scan_document(b"a: 1\na: 2\nb: [1, !z 2, 3]\n[c]: 4\nd: 5\n", "p.yaml")
    assert document.data == {"a": 1, "b": [1, None, 3], "d": 5}
    assert [problem.key for problem in problems] == ["duplicate-key", "tag", "key-not-text"]


POSITIONS: dict[str, tuple[tuple[str | int, ...], tuple[int, int], tuple[int, int]]] = {
    "root": ((), (2, 1), (2, 1)),
    "scalar": (("a",), (2, 4), (2, 1)),
    "inner": (("b", "名"), (4, 6), (4, 3)),
    "item": (("c", 1), (5, 8), (5, 8)),
    "inside-item": (("d", 0, "e"), (7, 8), (7, 5)),
    "alias": (("f",), (8, 4), (8, 1)),
    "inside-alias": (("f", "名"), (4, 6), (4, 3)),
    "missing": (("b", "x"), (3, 1), (3, 1)),
    "missing-deep": (("b", "名", "x", 3), (4, 3), (4, 3)),
    "missing-item": (("c", 7), (5, 1), (5, 1)),
    "negative-item": (("c", -1), (5, 1), (5, 1)),
    "missing-root": (("zz",), (2, 1), (2, 1)),
}
POSITIONED = """# comment
a: 1
b: &anchor
  名: 值
c: [1, 2]
d:
  - e: x
f: *anchor
"""


@pytest.mark.parametrize(("path", "value", "key"), POSITIONS.values(), ids=POSITIONS)
def test_positions(path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]) -> None:
    document = read_document(POSITIONED.encode(), "p.yaml")
    assert document.position(path) == Position(*value)
    assert document.key_position(path) == Position(*key)


def test_empty_document_has_a_position() -> None:
    document = read_document(b"# nothing\n", "p.yaml")
    assert document.data is None
    assert document.position(("a",)) == Position(1, 1)


def test_control_characters_in_a_file_name_do_not_reach_the_terminal() -> None:
    with pytest.raises(Unreadable) as caught:
        read_document(b"a: 1\na: 2", "p\x1b[2J.yaml")
    assert caught.value.problems[0].file == "p\\u001b[2J.yaml"


def test_alias_as_key_and_core_collection_tags() -> None:
    assert read_document(b"a: &k name\n*k : !!seq [1]\nb: !!map {c: 1}\n", "p.yaml").data == {
        "a": "name",
        "name": [1],
        "b": {"c": 1},
    }
