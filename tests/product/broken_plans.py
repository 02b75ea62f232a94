"""Plan files as nobody should write them: values of other types, huge numbers, bombs, binary, other encodings."""

from __future__ import annotations

import random
from collections.abc import Sequence

_ODD_VALUES = (
    "null", "true", "[]", "{}", "[[[]]]", "{a: {b: c}}", "-1", "0", "1", "1e400", "-1e400", ".nan", ".inf", "-.inf",
    "9" * 300, "9" * 5000, "0x" + "f" * 3000, "1e-400", "1e-300", "''", "' '", '"\\0"', '"\\e[2J"', "2027-01-31",
    "12:30", "NO", "80Gb", "３０Ｂ", "三百亿", "十十十", "$", "¥", "100000 JPY", "1e999GB", "9" * 190 + "GB", "3m",
    "半半", "%", "*x", "&x y", "!!int x", "!!python/name:os.system y", "x" * 3000, "x" * 190, "ﷺ" * 100,
    "|\n    text\n", "@", "`", "'", '"', "{", "[", "}", "]", "? x", "- y", "<<", "Ⅻ", "①", "٣", "1,2", "1,000",
    "0.1.2", "+", "-", ".", "e5",
    "h100", "qwen3-8b", "lora", "none", "zero3", "fp8", "7B", "1e16", "100%", "0.001", "100000000", "1000000",
    '"\\u202etxt.exe"', '"{device.name} {0} %s ${x}"', '"<script>"', "[q_proj]", "rtx4090; drop", "../../etc/passwd",
)  # fmt: skip
_WHOLE = (
    b"", b"\x00" * 1000, bytes(range(256)) * 10, b"\xff\xfe", b"\xfe\xff\x00", b"[" * 100_000, b"{a: " * 50_000,
    b"- " * 100_000, b"? " * 100_000, b"&a " * 50_000, b"!a " * 50_000, b"'" * 99_999, b'"' * 99_999, b"a: *a\n" * 5000,
    b"%TAG ! x\n" * 50_000, b"---\n" * 50_000, b"#" * 500_000, b"\n" * 500_000, b"a: |\n" + b" x\n" * 100_000,
    b"a: " + b"[x, " * 30 + b"y" + b"]" * 30, b"k" * 500_000 + b": 1", b": " * 100_000, b"a:\n" * 50_000,
    b"".join(b"k%d: 1\n" % n for n in range(9_000)), b"data:\n" + b"- {kind: zz}\n" * 4_000,
    b"x: &x [" + b"*x, " * 10_000 + b"]", "\u2028".encode() * 10_000, "：".encode() * 10_000, b"\t" * 10_000,
    b"\x89PNG\r\n\x1a\n" * 100, b"PK\x03\x04" * 100, b"version: 1\n" * 2, b"a" * (1 << 20) + b"b",
)  # fmt: skip
_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "gb18030", "latin-1", "cp037")
_NOISE = " \n:-[]{}&*!|>'\"%@`#,?0123456789abcé中：\t"


def alias_bomb(chance: random.Random) -> bytes:
    """Lists of aliases of lists of aliases; a plan's own keys stand around it."""
    width, depth = chance.randint(2, 12), chance.randint(2, 25)
    lines = ["version: 1", "data: &a0 [{tokens: 1B}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, depth)]
    return "\n".join(lines).encode()


def with_values(plan: bytes, chance: random.Random, how_many: int) -> bytes:
    """Some values replaced by odd ones; mostly the file can still be parsed."""
    lines = plan.decode().split("\n")
    for _ in range(how_many):
        at = chance.randrange(len(lines))
        key, colon, _ = lines[at].partition(":")
        if colon:
            lines[at] = f"{key}: {chance.choice(_ODD_VALUES)}"
    return "\n".join(lines).encode()


def broken(plan: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A plan file with one of ten kinds of damage."""
    kind = chance.randrange(12)
    if kind <= 4:
        return with_values(plan, chance, chance.choice([1, 1, 1, 2, 6]))
    if kind <= 6:  # lines lost, doubled, shifted, taken from another plan
        lines, foreign = plan.decode().split("\n"), chance.choice(others).decode().split("\n")
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(lines) + 1)
            line = lines[at] if at < len(lines) else ""
            lines[at : at + 1] = chance.choice(
                [[], [], [line] * 2, ["  " + line], [line.lstrip()], ["\t" + line], [line, chance.choice(foreign)]]
            )
        return "\n".join(lines).encode()
    if kind == 7:
        data = bytearray(plan)
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    if kind == 8:
        return plan[: chance.randrange(len(plan))].decode(errors="ignore").encode()
    if kind == 9:
        return plan.decode().encode(chance.choice(_ENCODINGS), errors="replace")
    if kind == 10:
        return alias_bomb(chance) if chance.random() < 0.3 else chance.choice(_WHOLE)
    noise = "".join(chance.choice(_NOISE) for _ in range(chance.randint(1, 400)))
    at = chance.randrange(len(plan))
    return plan[:at] + noise.encode() + plan[at:]
