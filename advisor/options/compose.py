"""From a choice to a whole plan: the plan's own values with the chosen ones over them, complete and without claims."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from advisor.entries.base import Knowledge
from advisor.estimates.run import Run
from advisor.options.limits import ADAPTERS, SELECTED, WHOLE, Limits, Way
from advisor.options.machines import Machines
from advisor.options.models import Base
from advisor.plan.units import Money, write_money
from advisor.records import dataclass
from advisor.resolve import Case

METHODS: Mapping[Way, str] = {
    "retrieval": "none", "lora": "lora", "qlora": "qlora", "full": "full-finetuning",
    "continued": "continued-pretraining", "pretraining": "pretraining", "preference": "preference",
    "preference-lora": "preference", "rl": "rl", "rl-lora": "rl",
}  # fmt: skip
CONTEXTS = (32_768, 16_384, 8_192)
"""Lengths to serve where the plan names none, best first: the retrieved code, the file being edited and the answer."""
_STAGES = {0: "none", 1: "zero1", 2: "zero2", 3: "zero3"}
_SIZES = ("layers", "hidden_size", "ffn_hidden_size", "expert_ffn_hidden_size", "attention_heads", "kv_heads",
          "head_dim", "vocab_size", "experts", "experts_per_token", "shared_experts", "tied_embeddings",
          "gated_mlp")  # fmt: skip
"""Fields of a plan's model that a configuration file stands for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an option decides."""

    way: Way
    base: Base
    machines: Machines
    count: int
    sequence: int | None = None  # shorter than the plan's, where nothing else makes it fit
    quantisation: str = "none"  # of the weights of a model that is served as it is
    context: int | None = None  # tokens of a served request, where the plan leaves them open

    @property
    def nodes(self) -> int:
        """Nodes that so many devices fill."""
        return max(1, math.ceil(self.count / self.machines.per_node))


def compose(case: Case, limits: Limits, choice: Choice) -> dict[str, Any]:
    """A plan of a choice with the layout still open: what the search resolves to get a run."""
    original = case.file.document.data
    values: dict[str, Any] = {"version": 1}
    if "title" in original:
        values["title"] = original["title"]
    values["model"] = _model(case, choice)
    values["training"] = {"method": METHODS[choice.way]}
    values["hardware"] = _hardware(choice)
    if choice.way == "retrieval":
        values["serving"] = _serving(case, limits, choice)
    else:
        values["training"] |= _training(case, limits, choice)
        if data := _data(case, limits, choice.way):
            values["data"] = data
        if limits.goal == "api-knowledge" or "serving" in original:
            values["serving"] = _serving(case, limits, choice)
    values["project"] = _project(case, limits, choice)
    return values


def _model(case: Case, choice: Choice) -> dict[str, Any]:
    if choice.base.entry is None or (choice.base.own and choice.base.name == case.plan.model.name):
        stated = deepcopy(dict(case.file.document.data["model"]))
        if stated.pop("hf_config", None) is not None:  # its path means nothing in another folder
            shape = case.run.architecture
            stated = {name: value for name in _SIZES if (value := getattr(shape, name))} | stated
        return stated
    return {"name": choice.base.name}


def _hardware(choice: Choice) -> dict[str, Any]:
    machines = choice.machines
    if machines.own:
        section = deepcopy(dict(machines.section))
        section["count"] = choice.count
        if choice.count <= 1 or choice.count != machines.counts[-1]:
            section.pop("network", None)
            section["nodes"] = choice.nodes if choice.count > 1 else 1
        return section
    section = {"device": machines.name, "count": choice.count, "nodes": choice.nodes, "tenure": machines.tenure}
    if choice.nodes > 1:
        kind = "roce" if machines.device.country == "CN" else "infiniband"
        section["network"] = {"kind": kind, "speed": "1600Gbps" if kind == "roce" else "3200Gbps"}
    return section


def _serving(case: Case, limits: Limits, choice: Choice) -> dict[str, Any]:
    stated = dict(case.file.document.data.get("serving") or {})
    longest = choice.base.entry.context_length if choice.base.entry else None
    if not stated.get("context_length"):
        wanted = choice.context or CONTEXTS[0]
        stated["context_length"] = min(wanted, longest) if longest else wanted
    if choice.quantisation != "none":
        stated["quantisation"] = choice.quantisation
    stated.setdefault("concurrent_requests", int(case.knowledge.figure("serving-concurrency").likely))
    needs_facts = limits.goal in {"api-knowledge", "unknown"} or choice.way == "retrieval"
    if needs_facts and stated.get("retrieval") in {None, "none"}:
        stated["retrieval"] = "keyword"
    if choice.machines.device.software.platform == "cann":
        stated["engine"] = "vllm-ascend" if choice.machines.device.bf16 else "mindie"
    else:
        stated["engine"] = "vllm"
    if choice.way != "retrieval" and stated.get("retrieval") in {None, "none"}:
        stated.pop("retrieval", None)
    return stated


def _training(case: Case, limits: Limits, choice: Choice) -> dict[str, Any]:
    stated = dict(case.file.document.data.get("training") or {})
    knowledge, device = case.knowledge, choice.machines.device
    same = limits.method == choice.way or {limits.method, choice.way} == {"lora", "qlora"}
    half = "fp16" if device.bf16 is False else "bf16"
    section: dict[str, Any] = {"precision": half, "optimizer": "adamw"}
    if choice.way == "qlora":
        section["quantisation"] = "nf4"
    section["learning_rate"] = _rate(knowledge, choice.way, stated if same else {})
    section["epochs"] = (stated.get("epochs") or case.epochs) if same else _epochs(choice.way)
    length = case.run.recipe.sequence_length if case.trains else 4096
    if choice.base.entry and choice.base.entry.context_length:
        length = min(length, choice.base.entry.context_length)
    section["sequence_length"] = min(length, choice.sequence or length)
    section["micro_batch_size"] = 1
    if choice.way in ADAPTERS:
        section["lora"] = stated.get("lora") or {"rank": 16, "targets": "all-linear"}
    section["activation_checkpointing"] = "full"
    section["sharding"] = "none" if choice.way in ADAPTERS or choice.count == 1 else "zero3"
    section["framework"] = _framework(choice)
    plain = device.software.flash_attention is False or device.software.platform == "cann"
    section["attention"] = "sdpa" if plain else "flash2"
    section["chunked_loss"] = choice.way in ADAPTERS and device.software.platform == "cuda"
    for name in ("packing", "mean_sample_tokens"):
        if name in stated:
            section[name] = stated[name]
    section["keep_checkpoints"] = max(3, int(case.plan.training.keep_checkpoints or 3))
    return section


def _framework(choice: Choice) -> str:
    if choice.way in {"rl", "rl-lora"}:
        return "ms-swift"
    if choice.way in ADAPTERS:
        return "llama-factory"
    return "mindspeed" if choice.machines.device.software.platform == "cann" else "deepspeed"


def _epochs(way: Way) -> int:
    return 2 if way in {"lora", "qlora", "full"} else 1


def _rate(knowledge: Knowledge, way: Way, stated: Mapping[str, Any]) -> float:
    if stated.get("learning_rate"):
        return float(stated["learning_rate"])
    if way in {"preference", "preference-lora", "rl", "rl-lora"}:
        rate = knowledge.figure("learning-rate-rl" if way.startswith("rl") else "learning-rate-preference").likely
        return rate * knowledge.figure("learning-rate-lora-factor").likely if way in ADAPTERS else rate
    if way in ADAPTERS:
        return knowledge.figure("learning-rate-lora").likely
    return knowledge.figure("learning-rate-full").likely


def batch_tokens(knowledge: Knowledge, way: Way) -> float:
    """Tokens of one optimizer step that suit a way."""
    name = "batch-tokens-pretraining" if way in {"continued", "pretraining"} else "batch-tokens-finetuning"
    return knowledge.figure(name).likely


def _data(case: Case, limits: Limits, way: Way) -> list[dict[str, Any]]:
    rows = [dict(row) for row in (case.file.document.data.get("data") or ())]
    if way in SELECTED:
        return _selected(case, rows)
    if way == "continued" and limits.private:
        return _replayed(case, rows)
    return rows


def _selected(case: Case, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The private part of the data, held to what adapters can take in; shares go, since nothing is mixed in."""
    kept = [
        (share, row) for share, row in zip(case.data, rows, strict=True) if share.private
    ] or list(zip(case.data, rows, strict=True))  # fmt: skip
    total = sum(share.tokens or 0.0 for share, _ in kept)
    limit = case.knowledge.figure("options-lora-tokens").likely
    chosen = []
    for share, row in kept:
        row.pop("share", None)
        if total > limit and share.tokens:
            for name in ("size", "samples", "tokens_per_sample"):
                row.pop(name, None)
            row["tokens"] = counted_tokens(share.tokens * limit / total)
        chosen.append(row)
    return chosen


def _replayed(case: Case, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mix with replay: the plan's own where it has one, else the recipe's private, code and text parts."""
    knowledge = case.knowledge
    private = [(share, row) for share, row in zip(case.data, rows, strict=True) if share.private]
    if len(private) < len(rows) and all(share.share for share in case.data):
        return rows
    part = knowledge.figure("replay-recipe-private").likely
    tokens = sum(share.tokens or 0.0 for share, _ in private)
    mixed = []
    for share, row in private:
        row["share"] = percent(part * ((share.tokens or 0.0) / tokens if tokens else 1 / len(private)))
        mixed.append(row)
    coded = any(share.entry.kind == "private-code" for share, _ in private)
    code = knowledge.figure("replay-recipe-code").likely if coded else 0.1
    text = 1 - part - code
    mixed.append({"name": "Public code under permissive licences / 宽松许可证公开代码", "kind": "code",
                  "license": "MIT OR Apache-2.0", "source": "public", "share": percent(code)})  # fmt: skip
    mixed.append({"name": "General Chinese and English text / 中英文通用语料", "kind": "text",
                  "license": "ODC-By-1.0", "source": "public", "share": percent(text)})  # fmt: skip
    return mixed


def percent(share: float) -> str:
    """A share as a plan writes it."""
    return f"{share * 100:.4g}%"


def counted_tokens(tokens: float) -> str:
    """Tokens to two digits, as a plan writes them."""
    if tokens >= 1e9:
        return f"{float(f'{tokens / 1e9:.2g}'):g}B"
    return f"{float(f'{tokens / 1e6:.2g}'):g}M"


def _project(case: Case, limits: Limits, choice: Choice) -> dict[str, Any]:
    project = deepcopy(dict(case.file.document.data.get("project") or {}))
    tests = list(project.get("evaluation") or ())
    for name in ("domain-blind-test", *(() if choice.way == "retrieval" else ("forgetting-check",))):
        if not any(name in str(test) for test in tests):
            tests.append(name)
    if choice.way in WHOLE and len(tests) < 4:
        tests += [name for name in (("livecodebench",) if limits.code else ("mmlu-pro",)) if name not in tests]
    project["evaluation"] = tests
    if choice.way != "retrieval":
        watched = list(project.get("monitoring") or ())
        wanted = ["loss-alert", "nan-alert", "restore-test", "gpu-metrics"]
        if limits.private:
            wanted += ["deduplication", "secret-scan"]
        project["monitoring"] = watched + [name for name in wanted if name not in watched]
    if choice.way in WHOLE and limits.engineers == 0:
        team = dict(project.get("team") or {})
        project["team"] = team | {"engineers": max(1, choice.nodes), "on_call": True, "experience": "some"}
    given = choice.machines.gives_up
    if given and project.get("requirements"):
        left = [item for item in project["requirements"] if item not in given]
        project["requirements"] = left
        if not left:
            del project["requirements"]
    if choice.machines.tenure == "rent":
        project["environment"] = _rented(limits)
    elif limits.environment == "external-api" or (
        not choice.machines.own and limits.environment in {"shared-cloud", "container"}
    ):
        project["environment"] = "bare-metal"
    return project


def _rented(limits: Limits) -> str:
    """Rented machines are dedicated where the data is confidential; what the plan allows stays."""
    if limits.environment == "private-cloud":
        return "private-cloud"
    if limits.environment in {"shared-cloud", "container"} and limits.sensitivity in {None, "public", "internal"}:
        return limits.environment
    return "bare-metal"


def settle(values: dict[str, Any], run: Run, steps_between: int | None) -> None:
    """Write a layout into a plan: everything that the search has decided, so that nothing is left to assumptions."""
    recipe, layout, training = run.recipe, run.layout, values["training"]
    training |= {
        "micro_batch_size": recipe.micro_batch,
        "gradient_accumulation": recipe.accumulation,
        "activation_checkpointing": recipe.recompute,
        "sharding": _STAGES[recipe.zero_stage],
        "framework": recipe.framework,
    }
    for name in ("tensor", "pipeline", "context", "expert"):
        if (degree := getattr(layout, name)) > 1:
            training[f"{name}_parallel"] = degree
    if recipe.offload != "none":
        training["offload"] = recipe.offload
    if steps_between:
        training["checkpoint_every"] = f"{steps_between} steps"


def house(values: dict[str, Any], host_gib: float, disk_gib: float) -> None:
    """Ask bought or rented nodes for host memory and disk that are enough; what is owned is as it is."""
    hardware = values["hardware"]
    for size in (64, 128, 256, 512, 1024, 2048, 4096):
        if size >= host_gib * 1.2:
            hardware["host_memory"] = f"{size}GB"
            break
    terabytes = disk_gib * 2**30 / 1e12 * 1.5
    for disk in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
        if disk >= terabytes:
            hardware["disk"] = f"{disk}TB"
            break
    hardware["storage"] = "nvme" if hardware.get("nodes", 1) == 1 else "parallel-flash"


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """What turns one plan's values into another's: dotted path to new value, None where a value goes."""
    found: dict[str, Any] = {}
    for name in (*new, *(name for name in old if name not in new)):
        where = f"{path}.{name}" if path else str(name)
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found |= changes_between(before, after, where)
        elif isinstance(after, Mapping) and before is None and after:
            found |= changes_between({}, after, where)
        else:
            found[where] = deepcopy(after)
    return found


def applied(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A plan's values with changes made; a section that loses its last value goes too."""
    values = deepcopy(dict(old))
    for path, value in changes.items():
        *parents, last = path.split(".")
        here = values
        for parent in parents:
            here = here.setdefault(parent, {})
        if value is None:
            here.pop(last, None)
        else:
            here[last] = deepcopy(value)
    return {name: value for name, value in values.items() if value != {}}


def amount_text(amount: float, currency: str) -> str:
    """Money rounded up to two digits, as a plan writes it."""
    step = 10 ** max(0, math.floor(math.log10(max(amount, 1.0))) - 1)
    return write_money(Money(math.ceil(amount / step) * step, currency))  # type: ignore[arg-type]
