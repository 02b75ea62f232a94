"""From a plan file to a typed plan: every mistake at once, each with its place and the nearest valid name or value."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from copy import deepcopy
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from advisor.estimates.run import Architecture
from advisor.plan.hf_config import ConfigFileError, read_architecture
from advisor.plan.model import SECTIONS, Plan
from advisor.plan.schema import plan_schema
from advisor.plan.section import MISSING, NOT_A_LIST, UNKNOWN, Fault, FaultyError
from advisor.plan.source import (
    Document,
    Limits,
    Position,
    Problem,
    Unreadable,
    dotted,
    scan_document,
    shown,
)
from advisor.plan.source import (
    Path as DataPath,
)
from advisor.plan.units import NOTHING_NEAR, nearest
from advisor.plan.write import write_plan
from advisor.records import dataclass
from advisor.words import Words

__all__ = ["PlanFile", "data_path", "load_plan", "plan_schema", "plan_values", "read_plan", "write_plan"]

LIMITS: Final = Limits()


@dataclass(frozen=True)
class PlanFile:
    """A plan with the file it stands in."""

    plan: Plan
    document: Document
    name: str
    hf_architecture: Architecture | None = None  # of `model.hf_config`, where the plan names one
    hf_problem: Problem | None = None  # why that file was not used, when the plan describes the model otherwise as well

    def position(self, path: str) -> Position:
        """Where the value of a dotted path stands; for a missing one, where its nearest parent's key stands."""
        return self.document.position(data_path(path))

    def problem(self, path: str, key: str, /, **values: object) -> Problem:
        """A problem with the value at a dotted path, for names that only the knowledge base can judge."""
        return self.document.problem(data_path(path), key, **values)

    @cached_property
    def stated_paths(self) -> frozenset[str]:
        """The dotted paths of all values that the plan gives, sections included; nulls are not given."""
        return frozenset(dotted(path) for path, value in _walk(self.document.data, ()) if value is not None)


def _walk(value: Any, path: DataPath) -> Iterator[tuple[DataPath, Any]]:
    # Depth is bounded by the reader's limits.
    parts: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield (*path, part), inner
        yield from _walk(inner, (*path, part))


_PART = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def data_path(text: str) -> DataPath:
    """The parts of a dotted path: `data[0].size` is ("data", 0, "size")."""
    return tuple(int(match[2]) if match[2] else match[1] for match in _PART.finditer(text))


def load_plan(path: Path) -> PlanFile:
    """Read a plan from a regular file. Raises Unreadable, also when the file is missing or is no file."""
    name = shown(str(path), 4096)
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise Unreadable([Problem(name, 1, 1, "", "no-file", {})]) from None
    except (OSError, ValueError) as error:
        raise Unreadable([Problem(name, 1, 1, "", "no-access", {"reason": _reason(error)})]) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable([Problem(name, 1, 1, "", "not-a-file", {})])
    try:
        with os.fdopen(descriptor, "rb") as file:
            raw = file.read(LIMITS.size + 1)
    except OSError as error:
        raise Unreadable([Problem(name, 1, 1, "", "no-access", {"reason": _reason(error)})]) from None
    return read_plan(raw, str(path))


def _reason(error: OSError | ValueError) -> str:
    return shown(getattr(error, "strerror", None) or str(error), 200)


def read_plan(text: bytes, name: str) -> PlanFile:
    """Read a plan from the bytes of a file; `name` is its path, which `model.hf_config` is relative to.

    Raises Unreadable with every problem of the plan.
    """
    document, problems = scan_document(text, name, LIMITS)
    if not isinstance(document.data, dict):
        if not problems:
            problems.append(_not_a_plan(document))
        raise Unreadable(problems)
    # What the reader left out of the data must not be reported once more as missing or as null.
    left_out = {problem.path for problem in problems if problem.key != "duplicate-key"}
    plan: Plan | None = None
    try:
        plan = Plan.from_data(document.data)
        found = []
    except FaultyError as error:
        # Looking for what is near costs about a millisecond a problem: a hostile file could have twenty thousand.
        found = [problem for fault in error.faults[: LIMITS.problems] for problem in _problems(document, fault)]
    found += _missing(document)
    architecture, config_problem = None, None
    if plan is not None and plan.model.hf_config is not None:
        try:
            architecture = read_architecture(Path(name).parent, plan.model.hf_config)
        except ConfigFileError as error:
            file = shown(plan.model.hf_config)
            config_problem = document.problem(("model", "hf_config"), error.key, file=file, **error.values)
            if not _is_described(document.data["model"]):
                found.append(config_problem)
    problems += [problem for problem in found if problem.path not in left_out]
    if problems or plan is None:
        raise Unreadable(_once(problems))
    return PlanFile(plan, document, document.name, architecture, config_problem)


def _is_described(model: Mapping[str, Any]) -> bool:
    """Tell whether a model can be computed from without a configuration file."""
    given = {name for name, value in model.items() if value is not None}
    return bool(given & {"name", "parameters"}) or {"layers", "hidden_size"} <= given


def _once(problems: list[Problem]) -> list[Problem]:
    return list({(it.line, it.column, it.path, it.key): it for it in problems}.values())


def _not_a_plan(document: Document) -> Problem:
    data = document.data
    if data is None:
        return document.problem((), "empty")
    if isinstance(data, str) and "：" in data:
        return document.problem((), "syntax-fullwidth-colon")
    return document.problem((), "not-a-plan", value=shown(data))


_REQUIRED_HINTS: Final = {
    "version": "version: 1",
    "model": "model: {name: qwen2.5-7b}",
    "training": "training: {method: lora}",
    "training.method": "method: lora",
    "hardware": "hardware: {device: a100-80g-sxm, count: 8}",
    "hardware.device": "device: a100-80g-sxm",
    "hardware.count": "count: 8",
}


def _missing(document: Document) -> list[Problem]:
    """What no single field can tell: hardware is needed unless nothing is trained, and a model must be nameable."""
    data = document.data
    found: list[Problem] = []
    training, hardware, model = data.get("training"), data.get("hardware"), data.get("model")
    method = training.get("method") if isinstance(training, dict) else None
    trains = not (isinstance(method, str) and method.strip().lower() == "none")
    if trains and hardware is None:
        found.append(_missing_problem(document, ("hardware",)))
    if trains and isinstance(hardware, dict):
        wanted = [name for name in ("device", "count") if hardware.get(name) is None]
        found += [_missing_problem(document, ("hardware", name)) for name in wanted]
    if isinstance(model, dict) and model.get("hf_config") is None and not _is_described(model):
        found.append(document.problem(("model",), "model-unnamed", at_key=True))
    return found


def _missing_problem(document: Document, path: DataPath) -> Problem:
    hint = _REQUIRED_HINTS.get(dotted(path))
    key = "missing" if hint is None else "missing-like"
    return document.problem(path, key, at_key=True, name=dotted(path), example=hint or "")


def _problems(document: Document, fault: Fault) -> Iterator[Problem]:
    """The problems that one mistake in the data stands for: each wrong item of a list is one."""
    path, kind, values, given = fault
    if kind == MISSING:
        yield _missing_problem(document, path)
    elif kind == UNKNOWN:
        yield _unknown_key(document, path)
    elif kind == "items":
        wrong: Any = values["errors"]
        for index, error in wrong:
            yield _leaf_problem(document, (*path, index), error.key, error.values)
    elif kind == NOT_A_LIST:
        key = "list-of-mappings" if isinstance(given, dict) else "list"
        yield document.problem(path, key, value=shown(given), nearest=NOTHING_NEAR)
    else:
        yield _leaf_problem(document, path, kind, values)


def _leaf_problem(document: Document, path: DataPath, kind: str, values: Mapping[str, object]) -> Problem:
    if kind == "mapping":
        values = {**values, "name": dotted(path) or "plan"}
        kind = "model-text" if path == ("model",) and isinstance(document.data["model"], str) else kind
    return document.problem(path, kind, **values)


# What people write, from the configuration files of the training frameworks -> where a plan says it.
_OTHER_NAMES: Final = {
    "batch_size": "training.micro_batch_size", "per_device_train_batch_size": "training.micro_batch_size",
    "micro_batch": "training.micro_batch_size", "train_batch_size": "training.global_batch_size",
    "gradient_accumulation_steps": "training.gradient_accumulation", "lr": "training.learning_rate",
    "num_train_epochs": "training.epochs", "epoch": "training.epochs", "seq_len": "training.sequence_length",
    "seq_length": "training.sequence_length", "max_seq_length": "training.sequence_length",
    "max_length": "training.sequence_length", "cutoff_len": "training.sequence_length",
    "gradient_checkpointing": "training.activation_checkpointing", "recompute": "training.activation_checkpointing",
    "zero_stage": "training.sharding", "zero": "training.sharding", "fsdp": "training.sharding",
    "tp": "training.tensor_parallel", "pp": "training.pipeline_parallel", "cp": "training.context_parallel",
    "ep": "training.expert_parallel", "tensor_parallel_size": "training.tensor_parallel",
    "pipeline_parallel_size": "training.pipeline_parallel", "dtype": "training.precision",
    "bf16": "training.precision", "fp16": "training.precision", "optim": "training.optimizer",
    "finetuning_type": "training.method", "stage": "training.method", "save_steps": "training.checkpoint_every",
    "save_total_limit": "training.keep_checkpoints", "lora_rank": "training.lora.rank", "r": "training.lora.rank",
    "lora_target": "training.lora.targets", "target_modules": "training.lora.targets",
    "gpu": "hardware.device", "gpus": "hardware.count", "num_gpus": "hardware.count", "cards": "hardware.count",
    "gpu_count": "hardware.count", "ram": "hardware.host_memory", "memory": "hardware.host_memory",
    "num_hidden_layers": "model.layers", "num_layers": "model.layers", "intermediate_size": "model.ffn_hidden_size",
    "num_attention_heads": "model.attention_heads", "num_key_value_heads": "model.kv_heads",
    "num_experts": "model.experts", "num_experts_per_tok": "model.experts_per_token",
    "moe_intermediate_size": "model.expert_ffn_hidden_size", "tie_word_embeddings": "model.tied_embeddings",
    "torch_dtype": "model.trained_in", "max_model_len": "serving.context_length", "concurrency":
    "serving.concurrent_requests", "dataset": "data", "datasets": "data", "suppress": "accept", "ignore": "accept",
    "method": "training.method", "device": "hardware.device", "budget": "project.budget",
}  # fmt: skip


def _unknown_key(document: Document, path: DataPath) -> Problem:
    """An unknown key, with the known one that is nearest: here, by another name, or in another section."""
    name = str(path[-1])
    here = ".".join(str(part) for part in path[:-1] if not isinstance(part, int))
    own = list((SECTIONS[here] if here else Plan).model_fields)
    folded = re.sub(r"[\s-]+", "_", name.strip().lower())[:100]
    elsewhere = [place for place, section in SECTIONS.items() if place != here and folded in section.model_fields]
    other = _OTHER_NAMES.get(folded)
    says: Words = NOTHING_NEAR
    if folded in own:
        says = nearest(folded)
    elif other is not None and other.rpartition(".")[0] == here:
        says = nearest(other.rpartition(".")[2])
    elif elsewhere or other:
        places = [f"{place}.{folded}" for place in elsewhere] or [str(other)]
        if len(places) > 1 and other in places:
            places = [str(other)]
        listed = ", ".join(f"`{place}`" for place in places)
        says = Words(f" It belongs at {listed}.", f"它应写在 {listed}。")
    elif near := get_close_matches(folded, own, n=1, cutoff=0.6):
        says = nearest(near[0])
    else:
        everything = {
            known: f"{place}.{known}" for place, section in SECTIONS.items() for known in section.model_fields
        }
        if far := get_close_matches(folded, everything, n=1, cutoff=0.75):
            says = nearest(everything[far[0]])
    where = Words(f" in `{here}`", f"（位于 `{here}`）") if here else Words("", "")
    return document.problem(path, "unknown-key", at_key=True, name=shown(name), where=where, nearest=says)


def plan_values(file: PlanFile) -> dict[str, Any]:
    """The plan's values as they were written, in a copy that may be changed."""
    values: dict[str, Any] = deepcopy(file.document.data)
    return values
