"""How rules see facts: the name, type, unit and meaning of each, and which of them a rule may conclude."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Literal

from advisor.records import dataclass
from advisor.words import Words

FactType = Literal["bool", "number", "text"]
Value = bool | float | str | None
"""What a fact holds; None: unknown. Whole numbers may be int."""

UNKNOWN = "unknown"
"""What a rule writes to ask whether a fact has no value; hence never the value of a text fact with choices."""

FACT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


def has_type(value: object, kind: FactType) -> bool:
    """Tell whether a known value is of a fact type. A boolean is no number; infinities and NaN are none either."""
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "text":
        return isinstance(value, str)
    # a whole number is finite, and isfinite fails on one beyond 1e308
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and math.isfinite(value)
    )


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One word that rules may use: `group.name`, with two segments or more.

    `choices` lists all values of a text fact; empty: any text. A conclusion is set by rules alone and holds `default`
    until one of them fires. Raises ValueError where the parts contradict each other.
    """

    name: str
    type: FactType
    meaning: Words
    unit: str = ""
    choices: tuple[str, ...] = ()
    conclusion: bool = False
    default: Value = None

    def __post_init__(self) -> None:
        """Refuse a specification that no rule could use rightly."""
        if not FACT_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name}: a fact is named group.name, in small letters, digits and underscores")
        if self.choices and (self.type != "text" or UNKNOWN in self.choices):
            raise ValueError(f"{self.name}: choices belong to text facts, and none may be called {UNKNOWN!r}")
        if self.default is not None and not (self.conclusion and self.accepts(self.default)):
            raise ValueError(f"{self.name}: a default belongs to a conclusion and is of its type")

    def accepts(self, value: object) -> bool:
        """Tell whether a known value may be the fact's."""
        return has_type(value, self.type) and (not self.choices or value in self.choices)


class Vocabulary(Mapping[str, FactSpec]):
    """All facts by name. Raises ValueError when two have the same one."""

    def __init__(self, specs: Iterable[FactSpec]) -> None:
        self._specs: dict[str, FactSpec] = {}
        for spec in specs:
            if self._specs.setdefault(spec.name, spec) is not spec:
                raise ValueError(f"{spec.name}: two facts have this name")

    def __getitem__(self, name: str) -> FactSpec:
        return self._specs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def nearest(self, name: str) -> str | None:
        """The fact that somebody who wrote `name` most likely meant."""
        return nearest(name, self._specs)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of the names that is most like what was written; None when none is."""
    return next(iter(get_close_matches(name, list(names), 1, 0.6)), None)
