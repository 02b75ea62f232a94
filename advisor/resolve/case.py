"""A plan with nothing missing, and what was assumed to make it so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING

from advisor.entries.base import Knowledge
from advisor.entries.terms import Terms
from advisor.estimates.run import Run
from advisor.plan.model import DataEntry, Plan
from advisor.plan.read import PlanFile
from advisor.records import dataclass
from advisor.words import Language, Words, catalogue

if TYPE_CHECKING:
    from advisor.entries.schema import Device, Licence, ModelEntry, System, Tokenizer

PRIVATE_KINDS = ("private-code", "private-text")


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that the plan does not state, and why this one was taken."""

    path: str
    value: bool | float | str | None
    key: str  # in advisor.words.assumptions
    values: Mapping[str, object] = field(default_factory=dict)
    source: str | None = None

    def why(self, lang: Language) -> str:
        """The reason in one language."""
        words: Words = catalogue("assumptions")[self.key]
        values = {name: value.text(lang) if isinstance(value, Words) else value for name, value in self.values.items()}
        return words.text(lang).format(**values)


@dataclass(frozen=True, slots=True)
class DataShare:
    """One data entry with its tokens counted."""

    index: int
    entry: DataEntry
    tokens: float | None  # in one pass over the entry
    private: bool
    share: float | None
    terms: Terms
    internal: bool


@dataclass(frozen=True, eq=False)
class Case:
    """A plan with nothing missing: what the estimates, the facts and the report work on."""

    file: PlanFile
    knowledge: Knowledge
    today: date
    run: Run
    device_id: str | None
    device: Device | None
    system: System | None
    model_id: str | None
    model: ModelEntry | None
    licence_id: str | None
    licence: Licence | None
    tokenizer: Tokenizer | None
    data: tuple[DataShare, ...]
    tokens_per_epoch: float | None
    epochs: float
    assumptions: tuple[Assumption, ...]
    framework_text: str | None
    contradictions: frozenset[str]  # marks such as "parameters", "batch", "nodes"

    @property
    def plan(self) -> Plan:
        """The plan as it was read."""
        return self.file.plan

    @property
    def trains(self) -> bool:
        """Tell whether anything is trained at all."""
        return self.run.recipe.method != "none"
