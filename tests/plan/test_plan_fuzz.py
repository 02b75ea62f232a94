"""Two thousand broken plans: each is read or refused in words, quickly, and never with a traceback."""

# ruff: noqa: E501 - whole messages and tables of cases stand on their lines
from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from advisor.plan.read import read_plan
from advisor.plan.source import Unreadable

ODD_VALUES = [
    "null", "true", "[]", "{}", "[[[]]]", "{a: {b: c}}", "-1", "0", "1e400", "-1e400", ".nan", ".inf", "-.inf",
    "9" * 300, "9" * 5000, "0x" + "f" * 3000, "1e-400", "''", "' '", '"\\0"', '"\\e[2J"', "2027-01-31", "12:30", "NO",
    "80Gb", "３０Ｂ", "三百亿", "十十十", "$", "¥", "100000 JPY", "1e999GB", "9" * 190 + "GB", "3m", "半半", "点", "%", "/",
    "每", "*x", "&x y", "!!int x", "!!python/name:os.system y", "x" * 3000, "ﷺ" * 100, "|\n    text\n", "@", "`",
    "'", '"', "{", "[", "}", "]", "? x", "- y", "<<", "Ⅻ", "①", "٣", "1,2", "1,000", "0.1.2", "+", "-", ".", "e5",
]  # fmt: skip
WHOLE = [
    b"", b"\x00" * 1000, bytes(range(256)) * 10, b"\xff\xfe", b"\xfe\xff\x00", b"[" * 100_000, b"{a: " * 50_000,
    b"- " * 100_000, b"? " * 100_000, b"&a " * 50_000, b"!a " * 50_000, b"'" * 99_999, b'"' * 99_999, b"a: *a\n" * 5000,
    b"%TAG ! x\n" * 50_000, b"---\n" * 50_000, b"#" * 500_000, b"\n" * 500_000, b"a: |\n" + b" x\n" * 100_000,
    b"a: " + b"[x, " * 30 + b"y" + b"]" * 30, b"k" * 500_000 + b": 1", b": " * 100_000, b"a:\n" * 50_000,
    b"".join(b"k%d: 1\n" % n for n in range(9_000)), b"data:\n" + b"- {kind: zz}\n" * 4_000,
    b"x: &x [" + b"*x, " * 10_000 + b"]", "\u2028".encode() * 10_000, "：".encode() * 10_000, b"\t" * 10_000,
]  # fmt: skip


def _alias_bomb(chance: random.Random) -> bytes:
    width, depth = chance.randint(2, 12), chance.randint(2, 25)
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, depth)]
    return "\n".join(lines).encode()


def _mutated(plan: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(8)
    lines = plan.decode().split("\n")
    if kind <= 2:  # values of other types
        for _ in range(chance.choice([1, 1, 1, 2, 6])):
            at = chance.randrange(len(lines))
            key, colon, _ = lines[at].partition(":")
            if colon:
                lines[at] = f"{key}: {chance.choice(ODD_VALUES)}"
        return "\n".join(lines).encode()
    if kind == 3:  # lines lost, doubled, shifted
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(lines))
            lines[at : at + 1] = chance.choice(
                [[], [lines[at]] * 2, ["  " + lines[at]], [lines[at].lstrip()], ["\t" + lines[at]]]
            )
        return "\n".join(lines).encode()
    if kind == 4:  # bytes changed
        data = bytearray(plan)
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    if kind == 5:  # cut off, or another encoding
        cut = plan[: chance.randrange(len(plan))]
        return cut.decode().encode(
            chance.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"])
        )
    if kind == 6:
        return chance.choice([_alias_bomb(chance), chance.choice(WHOLE)])
    characters = [chance.choice(" \n:-[]{}&*!|>'\"%@`#,?0123456789abcé中：\t") for _ in range(chance.randint(1, 400))]
    at = chance.randrange(len(plan))
    return plan[:at] + "".join(characters).encode() + plan[at:]


@pytest.mark.slow
def test_two_thousand_broken_plans() -> None:
    plan = Path(__file__).with_name("contract_plan.yaml").read_bytes().rstrip()
    chance = random.Random(20261122)
    began = time.monotonic()
    read = refused = 0
    for _ in range(2000):
        raw = _mutated(plan, chance)
        started = time.monotonic()
        try:
            read_plan(raw, "plan.yaml")
            read += 1
        except Unreadable as error:
            refused += 1
            assert error.problems
            for problem in error.problems:
                assert problem.line >= 1
                assert problem.column >= 1
                for lang in ("en", "zh"):
                    text = problem.text(lang)
                    assert text.startswith("plan.yaml:")
                    assert text.isprintable(), text
                    assert len(text) < 2000
        assert time.monotonic() - started < 2, raw[:200]
    assert read > 50
    assert refused > 1000
    assert time.monotonic() - began < 20
