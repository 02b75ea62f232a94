"""Base models that an option may use: open, licensed for the stage of use, of a family that is kept up."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from functools import lru_cache

from advisor.entries.base import Knowledge
from advisor.entries.schema import Licence, ModelEntry, Text
from advisor.options.limits import Limits, Way
from advisor.records import dataclass
from advisor.resolve import Case

_TUNED = {"instruct", "code-instruct"}
_CLASSES = (1e9, 2.5e9, 5.5e9, 11e9, 20e9, 45e9, 90e9, 160e9)
"""Bounds between sizes that the field treats as one: 1.5B, 3-4B, 7-9B, 14B, 30B, 70B, 100B and more."""
_TARGETS: dict[Way, tuple[float, ...]] = {
    "retrieval": (32e9, 14e9, 8e9),
    "lora": (7.5e9, 14e9, 4e9),
    "qlora": (32e9, 14e9, 8e9),
    "full": (7.5e9, 14e9, 32e9),
    "continued": (7.5e9, 4e9),
    "pretraining": (),
    "preference": (7.5e9, 4e9),
    "preference-lora": (7.5e9, 14e9, 4e9),
    "rl": (7.5e9, 4e9),
    "rl-lora": (7.5e9, 14e9, 4e9),
}
"""Sizes worth trying first: the largest that one good card serves or tunes, and the 7B class for all parameters."""
_FOLLOWED: frozenset[Way] = frozenset({"retrieval", "preference", "preference-lora", "rl", "rl-lora"})
"""Ways that start from a model that follows instructions."""
_YOUNG_DAYS = 900


@dataclass(frozen=True, slots=True)
class Base:
    """A base model: how a plan names it, and its entry; None for a model that only the plan describes."""

    name: str
    entry: ModelEntry | None
    own: bool = False

    @property
    def parameters(self) -> float:
        """Parameters in all; 0 where only the plan knows."""
        return self.entry.parameters if self.entry else 0.0


def shown_name(name: str | Text, lang: str = "en") -> str:
    """A name as a reader knows it."""
    return name if isinstance(name, str) else (name.zh if lang == "zh" else name.en)


def usable(licence: Licence | None, limits: Limits) -> bool:
    """Tell whether a licence lets the stage of use happen in the plan's regions; unknown is no."""
    if licence is None or licence.stages[limits.use].status not in {"allowed", "conditions"}:
        return False
    return not set(licence.excluded_territories) & set(limits.regions)


@lru_cache(maxsize=8)
def _siblings(knowledge: Knowledge) -> Counter[tuple[str, str]]:
    """How many models a maker has in a family: one that comes in many sizes can be started small."""
    found: Counter[tuple[str, str]] = Counter()
    for _, entry in knowledge.models():
        found[entry.organisation, _line(entry)] += 1
    return found


def _line(entry: ModelEntry) -> str:
    """The family without its version: Qwen2.5-Coder and Qwen3 are one line."""
    return entry.family.rstrip("0123456789.- ").split("-")[0].rstrip("0123456789. ").lower()


def _written(entry: ModelEntry, name: str, *, tuned: bool) -> str | None:
    """How a plan names a model for talking to (tuned) or for training on; None where it is not made for that."""
    if entry.kind in _TUNED:
        return name
    if entry.kind == "reasoning":
        return None
    if not tuned:
        return name
    return next((alias for alias in entry.aliases if alias.endswith(("-instruct", "-chat"))), None)


def bases_for(case: Case, limits: Limits, way: Way, today: date) -> tuple[Base, ...]:
    """Bases for a way, best first: the plan's own, then one a size class, sizes worth trying first."""
    tuned = way in _FOLLOWED
    knowledge = case.knowledge
    best: dict[int, tuple[tuple[float, ...], Base]] = {}
    for name, entry in knowledge.models():
        if entry.architecture is None or entry.released is None:
            continue
        written = _written(entry, name, tuned=tuned)
        if written is None or (way == "continued" and entry.kind in _TUNED):
            continue
        age = (today - entry.released).days
        if not 0 <= age <= _YOUNG_DAYS or not usable(knowledge.licence(entry.licence), limits):
            continue
        if "domestic-model" in limits.requirements and entry.country != "CN":
            continue
        if limits.in_china and "zh" not in entry.languages:
            continue
        if limits.code and "code" not in entry.languages and entry.kind not in {"code", "code-instruct"}:
            continue
        own = bool(case.model and _line(entry) == _line(case.model))
        coder = entry.kind in {"code", "code-instruct"}
        if coder and not limits.code:
            continue
        plain = knowledge.licence(entry.licence)
        free = plain is not None and plain.stages[limits.use].status == "allowed"
        key = (
            float(coder),
            float(own),
            float(free),
            float(_siblings(knowledge)[entry.organisation, _line(entry)]),
            -float(age),
        )
        size = sum(entry.parameters >= bound for bound in _CLASSES)
        sparse = 100 if entry.architecture.experts else 0  # a mixture of experts is a class of its own
        if size + sparse not in best or best[size + sparse][0] < key:
            best[size + sparse] = (key, Base(written, entry))
    wanted = _TARGETS[way]
    if limits.method == "pretraining" and way == "continued":
        # What is trained on is about as large as what would have been made, or of the size that one node trains.
        own_size = case.run.architecture.stated_parameters or wanted[0]
        wanted = (own_size, *(other for other in wanted[:1] if other < own_size))
    ordered = sorted(
        (base for _, base in best.values() if base.parameters <= 120e9),
        key=lambda base: (
            _nearest(base.parameters, wanted),
            _sparse(base) != (way == "retrieval"),
            abs(math.log(base.parameters / wanted[0])) if wanted else 0.0,
        ),
    )
    if way != "retrieval":
        ordered = [base for base in ordered if not _sparse(base)]
    own_base = _own(case, limits, way, tuned)
    return (*own_base, *(base for base in ordered if base.name not in {row.name for row in own_base}))


def _sparse(base: Base) -> bool:
    return bool(base.entry and base.entry.architecture and base.entry.architecture.experts)


def _nearest(parameters: float, wanted: tuple[float, ...]) -> int:
    """The place of the wanted size that this one stands for, those that stand for none last."""
    for place, size in enumerate(wanted):
        if 0.7 <= parameters / size <= 1.35:
            return place
    return len(wanted)


def _own(case: Case, limits: Limits, way: Way, tuned: bool) -> tuple[Base, ...]:
    """The plan's own model, where it names one that may be used for this way."""
    name, entry = case.plan.model.name, case.model
    if name is None or entry is None or not usable(case.licence, limits):
        return ()
    if "domestic-model" in limits.requirements and entry.country != "CN":
        return ()
    if tuned and entry.kind not in {*_TUNED, "reasoning"} and way not in {"rl", "rl-lora"}:
        other = _written(entry, case.model_id or name, tuned=True)
        return (Base(other, entry, own=True),) if other else ()
    if way == "continued" and entry.kind in _TUNED:
        return ()
    return (Base(name, entry, own=True),)
