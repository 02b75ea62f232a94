"""Our data classes and expressions are made late, and otherwise like the standard ones."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import math
import pickle
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

import advisor
from advisor.cache import Kept
from advisor.patterns import pattern
from advisor.records import dataclass


class Shared:
    """A class with the same fields under both decorators."""

    size: float
    names: tuple[str, ...] = ()
    notes: dict[str, str] = dataclasses.field(default_factory=dict, hash=False)
    KINDS: ClassVar[int] = 3


def _body() -> dict[str, Any]:
    return {"__annotations__": dict(Shared.__annotations__), "names": (), "__qualname__": "Row",
            "notes": dataclasses.field(default_factory=dict, hash=False), "__module__": __name__,
            "double": property(lambda self: self.size * 2)}  # fmt: skip


OPTIONS = [{"frozen": frozen, "slots": slots, "eq": eq} for frozen in (True, False) for slots in (True, False)
           for eq in (True, False)]  # fmt: skip


def _told(make: Any) -> str:
    try:
        return repr(make())
    except (TypeError, AttributeError, ValueError) as error:
        return type(error).__name__ + str(error)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_record_behaves_like_a_standard_data_class(options: dict[str, bool]) -> None:
    def outcomes(decorator: Any) -> list[str]:
        row = decorator(**options)(type("Row", (), _body()))
        one, two = row(1.5, notes={"a": "b"}), row(size=1.5, names=(), notes={"a": "b"})

        def change() -> None:
            one.size = 2.0

        def remove() -> None:
            del two.names

        return [
            _told(make)
            for make in (
                lambda: one, lambda: one == two, lambda: one != row(2.5), lambda: one == 1.5, lambda: row(1.0).notes,
                lambda: row(math.nan) == row(math.nan), row, lambda: row(1, 2, 3, 4), lambda: row(1, size=2),
                lambda: row(1.0, other=2), lambda: one.double, lambda: row.KINDS if hasattr(row, "KINDS") else None,
                lambda: row.__hash__ is None, lambda: row.__hash__ is not None and hash(one) == hash(two),
                lambda: hash(row(1.0, notes={})) == hash(row(1.0, notes={"x": "y"})) if row.__hash__ else None,
                lambda: dataclasses.replace(one, size=3), lambda: dataclasses.asdict(one),
                lambda: [field.name for field in dataclasses.fields(row)], lambda: copy.copy(one),
                lambda: copy.deepcopy(one).notes is one.notes, lambda: row.__match_args__, change, remove,
                lambda: one.size, lambda: hasattr(one, "__dict__"), lambda: row(1.0).notes is row(1.0).notes,
            )
        ]  # fmt: skip

    assert outcomes(dataclass) == outcomes(dataclasses.dataclass)


@dataclass(frozen=True, slots=True)
class Point:
    """A record that pickle can find by name."""

    x: int
    y: int = 0


def test_a_record_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(Point(1))) == Point(1, 0)


@dataclass(frozen=True)
class Positive:
    """A record that looks at its values."""

    value: int

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise ValueError("not positive")


def test_a_record_looks_at_its_values() -> None:
    assert Positive(1).value == 1
    with pytest.raises(ValueError, match="not positive"):
        Positive(0)


def test_a_late_expression_is_the_expression() -> None:
    late, now = pattern(r"(\d+)\s*gb", re.IGNORECASE), re.compile(r"(\d+)\s*gb", re.IGNORECASE)
    for text in ("16 GB", "gb", "a 7gb b 8 Gb"):
        assert str(late.search(text)) == str(now.search(text))
        assert late.findall(text) == now.findall(text)
        assert late.sub("x", text) == now.sub("x", text)
    assert (late.pattern, late.flags) == (now.pattern, now.flags)
    assert pickle.loads(pickle.dumps(late)).pattern == now.pattern
    with pytest.raises(AttributeError):
        late.nothing  # type: ignore[attr-defined]  # noqa: B018 - asking is the test


def test_every_late_expression_of_ours_is_one() -> None:
    kind = type(pattern("x"))
    found = 0
    for module in pkgutil.walk_packages(advisor.__path__, "advisor."):
        if module.name == "advisor.__main__":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, kind):
                found += 1
                assert value.groups >= 0
    assert found > 20


def test_kept_values_are_made_once_and_late() -> None:
    asked: list[str] = []

    def make(name: str) -> str:
        asked.append(name)
        return name.upper()

    kept = Kept(["b", "a"], make)
    assert (list(kept), len(kept), "a" in kept, "c" in kept, asked) == (["b", "a"], 2, True, False, [])
    assert (kept["a"], kept["a"], kept.get("c"), asked) == ("A", "A", None, ["a"])
    assert kept == {"a": "A", "b": "B"}
    with pytest.raises(KeyError):
        kept["c"]


_WARM = """
import sys
from datetime import date
import advisor
advisor.check("examples/qlora-8b-fine.yaml", today=date(2026, 11, 22)).to_text("en")
print(sorted({name.partition(".")[0] for name in sys.modules} & {"pydantic", "pydantic_core", "jinja2", "tempfile"}))
"""


def test_a_check_with_a_warm_cache_imports_little(root: Path) -> None:
    runs = [
        subprocess.run([sys.executable, "-c", _WARM], cwd=root, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[1] == "[]\n"
