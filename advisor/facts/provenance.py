"""Where a fact comes from: found by watching what its own function reads, so that it cannot drift from the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from advisor.entries.build import Record
from advisor.estimates.run import Architecture, Layout, Link, Machine, Recipe, Run, Serving
from advisor.facts.registry import Fact, State
from advisor.plan.section import Section
from advisor.records import dataclass
from advisor.resolve import Case

Entry = tuple[str, str, tuple[str, ...]]

ESTIMATES: Final = ("memory", "serving", "time", "cost")
_OUTER: Final[tuple[type, ...]] = (State, Case, Section, Record)
_INNER: Final[tuple[type, ...]] = (*_OUTER, Run, Recipe, Layout, Machine, Link, Architecture, Serving)

# What the estimates call it -> where a plan says it.
_PLACES: Final[Mapping[str, str]] = {
    "run.layout.devices": "hardware.count", "run.layout.nodes": "hardware.nodes",
    "run.layout.tensor": "training.tensor_parallel", "run.layout.pipeline": "training.pipeline_parallel",
    "run.layout.context": "training.context_parallel", "run.layout.expert": "training.expert_parallel",
    "run.machine.link": "hardware.interconnect", "run.machine.network": "hardware.network",
    "run.machine.host_gib_per_node": "hardware.host_memory", "run.machine.storage": "hardware.storage",
    "run.machine": "hardware.device", "run.architecture": "model", "run.tokens": "data",
    "run.recipe.zero_stage": "training.sharding", "run.recipe.recompute": "training.activation_checkpointing",
    "run.recipe.micro_batch": "training.micro_batch_size",
    "run.recipe.accumulation": "training.gradient_accumulation", "run.recipe.adapters": "training.method",
    "run.recipe.lora_rank": "training.lora.rank", "run.recipe.lora_targets": "training.lora.targets",
    "run.recipe.framework_named": "training.framework", "run.recipe": "training", "run.serving": "serving",
    "tokens_per_epoch": "data", "epochs": "training.epochs", "device": "hardware.device",
    "device_id": "hardware.device", "system": "hardware.device", "model": "model.name", "model_id": "model.name",
    "licence": "model.license", "licence_id": "model.license", "data": "data", "trains": "training.method",
    "framework_text": "training.framework",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a fact was made from: estimates by name, places of the plan, and entries as (family, id, fields read)."""

    estimates: tuple[str, ...]
    plan: tuple[str, ...]
    entries: tuple[Entry, ...]
    prices: bool


class _Watched:
    """An object that notes which of its attributes are read, by dotted path."""

    def __init__(self, it: Any, path: str, seen: dict[str, None], kinds: tuple[type, ...]) -> None:
        self._it, self._path, self._seen, self._kinds = it, path, seen, kinds

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}" if self._path else name
        self._seen[path] = None
        found = getattr(type(self._it), name, None)
        # A property of the object is computed on the watched one, so that what it reads is noted as well.
        value = found.fget(self) if isinstance(found, property) and found.fget else getattr(self._it, name)
        return _Watched(value, path, self._seen, self._kinds) if isinstance(value, self._kinds) else value


def inputs_of(fact: Fact, state: State) -> Inputs:
    """What the value of a fact was made from for one plan; nothing for a conclusion."""
    seen: dict[str, None] = {}
    if fact.value is not None:
        for kinds in (_INNER, _OUTER):
            seen.clear()
            try:
                fact.value(_Watched(state, "", seen, kinds))  # type: ignore[arg-type]  # it stands in for the state
            except (TypeError, AttributeError):
                # Some facts estimate a changed run, which needs the real one: then less is seen.
                continue
            break
    paths = [_plain(path) for path in seen]
    return Inputs(
        tuple(name for name in ESTIMATES if any(_is_estimate(path, name) for path in paths)),
        tuple(dict.fromkeys(place for path in paths for place in _places(path))),
        tuple(_entries(paths, state.case)),
        any(path.partition(".")[0] == "pricing" for path in paths),
    )


def _plain(path: str) -> str:
    """The path without the ways to it: `case.run.recipe.x` and `recipe.x` are `run.recipe.x`."""
    path = path.removeprefix("case.")
    return f"run.{path}" if path.partition(".")[0] == "recipe" else path


def _is_estimate(path: str, name: str) -> bool:
    first = path.partition(".")[0]
    return first == name or (name == "memory" and first in {"memory_of", "fits_with"})


def _places(path: str) -> tuple[str, ...]:
    """The place of the plan that a read path stands for."""
    if path.startswith("plan."):
        return (path.removeprefix("plan."),)
    for end in range(path.count(".") + 1, 0, -1):
        known = ".".join(path.split(".")[:end])
        if known in _PLACES:
            place = _PLACES[known]
            rest = path.split(".")[end:]
            return (f"{place}.{rest[0]}",) if known == "run.recipe" and rest else (place,)
    return ()


def _entries(paths: list[str], case: Case) -> list[Entry]:
    """The knowledge entries that were read, each with the fields that were; no fields where a run was made of it."""
    firsts = {path.partition(".")[0] for path in paths}
    machine = any(path.startswith("run.machine") for path in paths)
    shape = any(path.startswith("run.architecture") for path in paths)
    wanted = (
        ("devices", case.device_id, "device", bool({"device", "device_id"} & firsts) or machine),
        ("systems", case.device_id, "system", "system" in firsts),
        ("models", case.model_id, "model", bool({"model", "model_id"} & firsts) or shape),
        ("licences", case.licence_id, "licence", bool({"licence", "licence_id"} & firsts)),
    )
    return [
        (family, name, tuple(path.removeprefix(f"{root}.") for path in paths if path.startswith(f"{root}.")))
        for family, name, root, used in wanted
        if used and name and case.knowledge.has(family, name)
    ]
