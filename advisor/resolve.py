"""From a plan to a case: names looked up, gaps filled, and every assumption listed with its reason.

Pure: the plan, the knowledge and the date come in, nothing else is read but a `model.hf_config` file that the reader of
the plan has already loaded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from advisor.entries.base import Knowledge, UnknownNameError
from advisor.entries.terms import Terms, data_terms, hosted_maker
from advisor.estimates import architecture as shapes
from advisor.estimates.frameworks import framework_from_dict
from advisor.estimates.machine import link_of, machine_of, pcie_link_of
from advisor.estimates.memory import calibration_from_dict, memory_figures
from advisor.estimates.run import (
    Architecture,
    AttentionKernel,
    FrameworkId,
    Layout,
    Link,
    Machine,
    Optimizer,
    Precision,
    Quantisation,
    Recipe,
    Recompute,
    Run,
    Serving,
)
from advisor.plan.model import DataEntry, Plan, ServingQuantisation
from advisor.plan.read import PlanFile
from advisor.plan.source import Problem, Unreadable, shown
from advisor.plan.values import framework_id
from advisor.records import dataclass
from advisor.words import Language, Words, catalogue

if TYPE_CHECKING:
    from advisor.entries.schema import Device, Licence, ModelEntry, Stage, System, Tokenizer

T = TypeVar("T", bound=bool | float | str | None)
GIB = float(2**30)
PRIVATE_KINDS = ("private-code", "private-text")
_STANDS_FOR_NOTHING = 1e9  # parameters of a model behind an API, from which nothing is computed
LARGEST_DOMAIN = 1024  # devices behind one fast link that are taken for one machine where the plan says nothing
LARGEST_STEP = 16_777_216  # tokens of one optimizer step that are assumed at most
ROOM = 0.95  # chance of fitting that a larger micro-batch must keep
MOST_OF_A_REPLICA = 0.8
"""Part of a device's memory that a 16-bit base may fill before adapters and activations find no room beside it."""
_TEXT_KINDS: Mapping[str, str] = {
    "private-code": "code",
    "code": "code",
    "private-text": "text",
    "text": "text",
    "math": "english",
    "chat": "text",
    "instructions": "text",
    "other": "text",
}


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


class _Resolver:
    """Fills the gaps of one plan in a fixed order, noting each assumption."""

    def __init__(self, file: PlanFile, knowledge: Knowledge, today: date) -> None:
        self.file, self.plan, self.knowledge, self.today = file, file.plan, knowledge, today
        self.assumptions: list[Assumption] = []
        self.contradictions: set[str] = set()
        self.problems: list[Problem] = []

    def assume(self, path: str, value: T, key: str, source: str | None = None, **values: object) -> T:
        """Note an assumption and give its value back."""
        self.assumptions.append(Assumption(path, value, key, values, source))
        return value

    def figure(self, name: str) -> float:
        """The likely value of a figure of practice."""
        return self.knowledge.figure(name).likely

    def case(self) -> Case:
        """The resolved case. Raises Unreadable when a device, a model or a layout cannot be looked up at all."""
        device_id, device, system = self._device()
        model_id, model = self._model()
        if self.problems:
            raise Unreadable(tuple(self.problems))
        architecture = shapes.fill({}, _STANDS_FOR_NOTHING) if self._hosted else self._architecture(model)
        licence_id, licence = self._licence(model)
        tokenizer = self.knowledge.tokenizer(model.tokenizer if model else None)
        layout = self._layout(system)
        layout = self._divided(layout, architecture, device)
        machine = self._machine(device_id, device, system, layout)
        data = self._data(tokenizer)
        recipe = self._recipe(device, layout, data, architecture)
        recipe = self._batch(recipe, layout)
        epochs = self._epochs(recipe)
        per_epoch = self._tokens_per_epoch(data, recipe)
        tokens = None if per_epoch is None else per_epoch * epochs
        serving = self._serving(recipe, model)
        return Case(
            file=self.file,
            knowledge=self.knowledge,
            today=self.today,
            run=self._gathered_less(Run(architecture, recipe, layout, machine, tokens, serving)),
            device_id=device_id,
            device=device,
            system=system,
            model_id=model_id,
            model=model,
            licence_id=licence_id,
            licence=licence,
            tokenizer=tokenizer,
            data=data,
            tokens_per_epoch=per_epoch,
            epochs=epochs,
            assumptions=tuple(self.assumptions),
            framework_text=self.plan.training.framework,
            contradictions=frozenset(self.contradictions),
        )

    # -- names

    def _device(self) -> tuple[str | None, Device | None, System | None]:
        hardware = self.plan.hardware
        if hardware is None or hardware.device is None:
            return None, None, None
        try:
            found = self.knowledge.device_id(hardware.device)
        except UnknownNameError as error:
            self._unknown("hardware.device", "unknown-device", error)
            return None, None, None
        system = self.knowledge.system(found)
        return (system.device if system else found), self.knowledge.device(system.device if system else found), system

    def _model(self) -> tuple[str | None, ModelEntry | None]:
        name = self.plan.model.name
        if name is None:
            return None, None
        try:
            found = self.knowledge.model_id(name.partition("@")[0])
        except UnknownNameError as error:
            if self._states_a_shape():
                self.assume("model.name", name, "model-unknown-shape-stated", name=name)
                return None, None
            if hosted_maker(name):
                return self._hosted_model(name)
            self._unknown("model.name", "unknown-model", error)
            return None, None
        return found, self.knowledge.model(found)

    def _hosted_model(self, name: str) -> tuple[None, None]:
        """A model behind its maker's API: it can be used as it is, and by nobody's own devices."""
        hardware = self.plan.hardware
        if self.plan.training.method != "none" or (hardware is not None and hardware.device is not None):
            self.problems.append(self.file.problem("model.name", "hosted-model", value=shown(name)))
        else:
            self.assume("model.name", name, "model-hosted")
        return None, None

    @property
    def _hosted(self) -> bool:
        return any(assumption.key == "model-hosted" for assumption in self.assumptions)

    def _unknown(self, path: str, key: str, error: UnknownNameError) -> None:
        near = error.candidates or error.nearest
        kind = f"{key}-several" if error.candidates else f"{key}-near" if near else key
        self.problems.append(self.file.problem(path, kind, value=shown(error.name), nearest=", ".join(near)))

    def _states_a_shape(self) -> bool:
        model = self.plan.model
        return bool(model.parameters or model.hf_config or (model.layers and model.hidden_size))

    def _licence(self, model: ModelEntry | None) -> tuple[str | None, Licence | None]:
        stated = self.plan.model.license
        if stated is not None:
            found = self.knowledge.licence_id(stated)
            return found or stated, self.knowledge.licence(found)
        if model is None:
            return ("proprietary", self.knowledge.licence("proprietary")) if self._hosted else (None, None)
        revision = (self.plan.model.name or "").partition("@")[2]
        for row in model.revisions:
            if revision and row.revision == revision:
                return row.licence, self.knowledge.licence(row.licence)
        return model.licence, self.knowledge.licence(model.licence)

    # -- the model

    def _architecture(self, model: ModelEntry | None) -> Architecture:
        stated = self.plan.model
        base: Architecture | None = None
        if self.file.hf_problem is not None:
            reason = Words(self.file.hf_problem.message("en"), self.file.hf_problem.message("zh"))
            self.assume("model.hf_config", None, "config-unusable", reason=reason)
        if self.file.hf_architecture is not None:
            base = self.file.hf_architecture
        elif model is not None and model.architecture is not None:
            base = shapes.from_entry(model.architecture)
            if stated.parameters is None:
                base = replace(base, stated_parameters=model.parameters)
            if stated.active_parameters is None and model.active_parameters:
                base = replace(base, stated_active_parameters=model.active_parameters)
        sizes = {
            name: value
            for name in (
                "layers", "hidden_size", "ffn_hidden_size", "expert_ffn_hidden_size", "attention_heads", "kv_heads",
                "head_dim", "vocab_size", "experts", "experts_per_token", "shared_experts", "tied_embeddings",
                "gated_mlp",
            )
            if (value := getattr(stated, name)) is not None
        }  # fmt: skip
        parameters = stated.parameters or (model.parameters if model and base is None else None)
        if base is None:
            active = stated.active_parameters or (model.active_parameters if model else None)
            base = self._filled(sizes, parameters, active)
            self._note_shape(base, sizes)
        elif sizes:
            changed = {name: value for name, value in sizes.items() if getattr(base, name) != value}
            base = replace(base, **changed)
            if base.dense_layers > base.layers:  # the plan cuts the model down to fewer layers than stand in front
                base = replace(base, dense_layers=base.layers)
            if changed and stated.parameters is None:
                base = replace(base, stated_parameters=None, stated_active_parameters=None)
        if parameters is not None:
            counted = shapes.counted_parameters(base)
            if abs(counted / parameters - 1) > 0.02 and (sizes or stated.hf_config or model):
                self.contradictions.add("parameters")
                self.assume("model.parameters", parameters, "parameters-win", counted=f"{counted / 1e9:.2f}B")
            base = replace(base, stated_parameters=parameters)
        if stated.active_parameters is not None:
            base = replace(base, stated_active_parameters=stated.active_parameters)
        return base

    def _note_shape(self, a: Architecture, sizes: dict[str, Any]) -> None:
        if sizes:
            self.assume("model", None, "shape-from-sizes")
            return
        self.assume("model", None, "shape-from-active" if a.experts else "shape-from-parameters", layers=a.layers,
                    hidden=a.hidden_size, vocabulary=f"{a.vocab_size:,}", experts=a.experts,
                    chosen=a.experts_per_token)  # fmt: skip

    def _filled(self, sizes: dict[str, Any], parameters: float | None, active: float | None) -> Architecture:
        """A plausible decoder with the sizes that are stated. Raises Unreadable when they are too few."""
        try:
            return shapes.fill(sizes, parameters, active)
        except shapes.TooLittleKnownError:
            raise Unreadable([self.file.problem("model", "model-too-little")]) from None

    # -- the hardware

    def _layout(self, system: System | None) -> Layout:
        hardware, training = self.plan.hardware, self.plan.training
        count = (hardware.count if hardware else None) or 0
        if system is not None and count and count % system.devices:  # whole machines were counted, not devices
            count *= system.devices
            self.assume("hardware.count", count, "system-devices", devices=system.devices)
        if count == 0:
            count = 1
            if hardware is not None and hardware.device is not None:
                self.assume("hardware.count", 1, "one-device")
        nodes = (hardware.nodes if hardware else None) or 0
        if nodes == 0:
            most = self._devices_in_a_node(system)
            least = max(1, math.ceil(count / most))
            # Nobody leaves a node half empty on purpose: the fewest nodes that are alike, if there are such.
            nodes = next((n for n in range(least, 2 * least + 1) if count % n == 0), least)
            if count > 1:
                self.assume("hardware.nodes", nodes, "nodes-from-count", most=most)
        if count % nodes:
            self.contradictions.add("nodes")
            self.assume("hardware.nodes", nodes, "nodes-uneven", count=count)
        tensor, pipeline = training.tensor_parallel or 1, training.pipeline_parallel or 1
        context, expert = training.context_parallel or 1, training.expert_parallel or 1
        if self.plan.training.method == "none" and training.tensor_parallel is None:
            tensor = count
        if tensor * pipeline * context > count:
            self.contradictions.add("layout-too-large")
            self.assume("training.tensor_parallel", min(tensor, count), "layout-too-large",
                        asked=tensor * pipeline * context, count=count)  # fmt: skip
            tensor = math.gcd(tensor, count)
            pipeline = math.gcd(pipeline, count // tensor)
            context = math.gcd(context, count // tensor // pipeline)
        elif count % (tensor * pipeline * context):
            self.contradictions.add("layout-uneven")
            self.assume("training", None, "layout-uneven", asked=tensor * pipeline * context, count=count)
        return Layout(count, nodes, tensor, pipeline, context, expert)

    def _divided(self, layout: Layout, architecture: Architecture, device: Device | None) -> Layout:
        """The layout with the least tensor and pipeline degrees at which a Megatron-like framework can hold the states.

        Such frameworks keep whole weights and gradients in each data-parallel rank; nobody runs them otherwise.
        """
        training = self.plan.training
        named = framework_id(training.framework) if training.framework else None
        ascend = device is not None and device.software.platform == "cann" and training.framework is None
        whole = training.lora is None and training.method in {"pretraining", "continued-pretraining", "full-finetuning"}
        open_ended = {training.tensor_parallel, training.pipeline_parallel, training.context_parallel,
                      training.expert_parallel, training.sharding} == {None}  # fmt: skip
        megatron = named in {"megatron-lm", "nemo", "mindspeed"} or ascend
        if device is None or layout.devices == 1 or not (whole and open_ended and megatron):
            return layout
        room = 0.45 * (device.usable_gib or device.memory_gib) * GIB
        parameters = shapes.parameters(architecture)
        degrees = [(tensor, pipeline) for pipeline in (1, 2, 4, 8, 16) for tensor in (1, 2, 4, 8)]
        possible = [
            (tensor, pipeline)
            for tensor, pipeline in degrees
            if not (layout.devices % (tensor * pipeline) or layout.per_node % tensor)
        ]
        even = [
            (tensor, pipeline)
            for tensor, pipeline in possible
            if not (architecture.attention_heads % tensor or architecture.layers % pipeline)
        ]
        fitting = [
            (tensor, pipeline)
            for tensor, pipeline in (*even, *possible)
            if parameters / (tensor * pipeline) * 6 + parameters / layout.devices * 12 <= room
        ]
        tensor, pipeline = next(iter(fitting), max(even, key=math.prod, default=(1, 1)))
        if tensor * pipeline > 1:
            self.assume("training.tensor_parallel", tensor, "divided", pipeline=pipeline)
            return replace(layout, tensor=tensor, pipeline=pipeline)
        return layout

    def _devices_in_a_node(self, system: System | None) -> int:
        if system is not None:
            return system.devices
        found = None
        if self.plan.hardware is not None and self.plan.hardware.device is not None:
            found = self.knowledge.device(self.knowledge.device_id(self.plan.hardware.device)).interconnect.domain_size
        return max(8, min(found or 8, LARGEST_DOMAIN))

    def _machine(self, name: str | None, device: Device | None, system: System | None, layout: Layout) -> Machine:
        hardware = self.plan.hardware
        if device is None or name is None:
            return _NO_MACHINE
        usable = device.usable_gib
        if usable is None:
            share = self.figure("usable-memory-share")
            usable = self.assume("hardware.device", round(device.memory_gib * share, 2), "usable-unknown",
                                 "practice", share=share)  # fmt: skip
        if device.unified_memory:
            usable = min(usable, device.memory_gib)
        return replace(
            machine_of(name, device),
            usable_gib=usable,
            link=self._link(device, system, layout),
            network=self._network(name, device, system, layout),
            host_gib_per_node=(hardware.host_memory if hardware else None)
            or (system.host_memory_gib if system else None),
            storage=hardware.storage if hardware else None,
        )

    def _link(self, device: Device, system: System | None, layout: Layout) -> Link:
        stated = self.plan.hardware.interconnect if self.plan.hardware else None
        inside = system.interconnect if system and system.interconnect else device.interconnect
        # Beyond the bridge of a pair the devices meet over PCIe, some of them only through the host.
        p2p = layout.per_node <= (inside.domain_size or layout.per_node) or device.p2p is not False
        own = link_of(inside, layout.per_node, p2p=p2p)
        if own is not None and stated in {None, inside.kind}:
            return own
        if stated is not None and stated not in {inside.kind, "pcie", "none"}:
            self.contradictions.add("interconnect")
            self.assume("hardware.interconnect", "pcie", "interconnect-absent", stated=stated)
        return pcie_link_of(device, layout.per_node)

    def _network(self, device_id: str, device: Device, system: System | None, layout: Layout) -> Link | None:
        if layout.nodes <= 1:
            return None
        stated = self.plan.hardware.network if self.plan.hardware else None
        speed = stated.speed if stated else None
        if speed is None and system is not None and system.network_gbps:
            speed = system.network_gbps * 1e9 / 8
            self.assume("hardware.network.speed", f"{system.network_gbps:g}Gbps", "network-of-system")
        usual = False
        if speed is None:
            gbps, usual = self._usual_network(device_id, device)
            speed = gbps * 1e9 / 8
            key = "network-usual" if usual else "network-unknown"
            self.assume("hardware.network.speed", f"{gbps:g}Gbps", key, "practice")
        kind = (stated.kind if stated else None) or ("infiniband" if usual else "ethernet")
        latency = 30e-6 if kind == "ethernet" else 8e-6
        return Link(kind, speed / layout.per_node, latency, layout.devices)

    def _usual_network(self, device_id: str, device: Device) -> tuple[float, bool]:
        """The rate of a node that a plan leaves open, and whether such nodes are usually built with a fast network."""
        if (device.interconnect.domain_size or 0) < 8 or device.interconnect.kind in {None, "pcie", "none"}:
            return self.figure("assumed-network-gbps"), False
        built = [
            system.network_gbps
            for _, system in self.knowledge.entries("systems")
            if system.device == device_id and system.network_gbps
        ]
        return min([self.figure("assumed-network-gbps-modules"), *built]), True

    # -- the training

    def _recipe(
        self, device: Device | None, layout: Layout, data: tuple[DataShare, ...], architecture: Architecture
    ) -> Recipe:
        training = self.plan.training
        method = training.method
        adapters = method in {"lora", "qlora"} or (
            training.lora is not None and method in {"continued-pretraining", "preference", "rl"}
        )
        if method == "none":
            return Recipe(method="none", precision=self._precision(device), sequence_length=1)
        precision = self._precision(device)
        framework, named = self._framework(device, layout, method)
        quantisation: Quantisation | None = None
        if training.quantisation is not None and training.quantisation != "none":
            quantisation = training.quantisation
        elif training.quantisation is None and method == "qlora":
            quantisation = self.assume("training.quantisation", "nf4", "qlora-nf4")
        whole = 0.0 if quantisation else 2 * shapes.parameters(architecture) / GIB / layout.tensor / layout.pipeline
        crowded = device is not None and whole > MOST_OF_A_REPLICA * (device.usable_gib or device.memory_gib)
        zero = self._zero_stage(adapters, layout, framework, named=named, crowded=crowded)
        master = self._master(adapters, framework)
        recompute = self._recompute(framework)
        sequence = self._sequence(data)
        lora, mean = training.lora, training.mean_sample_tokens
        optimizer = training.optimizer or self._optimizer()
        if adapters and (lora is None or lora.rank is None):
            self.assume("training.lora.rank", 16, "lora-rank")
        if adapters and (lora is None or lora.targets is None):
            self.assume("training.lora.targets", "all-linear", "lora-targets")
        targets = self._targets(architecture) if adapters else "all-linear"
        return Recipe(
            method=method,
            adapters=adapters,
            precision=precision,
            master_weights=master,
            quantisation=quantisation,
            optimizer=optimizer,
            sequence_length=sequence,
            micro_batch=training.micro_batch_size or self._micro_batch(layout),
            lora_rank=(lora.rank if lora else None) or 16,
            lora_targets=targets,
            recompute=recompute,
            attention=self._attention(device),
            chunked_loss=self._chunked_loss(framework),
            fused_loss=bool(training.fused_kernels),
            fused_norm=bool(training.fused_kernels),
            zero_stage=zero,
            offload=training.offload or "none",
            framework=framework,
            framework_named=named,
            packing=self._packing(),
            mean_sample_tokens=None if mean is None else max(1.0, mean),  # nothing is shorter than one token
            stated=frozenset(self.file.stated_paths),
        )

    def _targets(self, architecture: Architecture) -> Targets:
        lora = self.plan.training.lora
        targets = lora.targets if lora else None
        if targets is None or isinstance(targets, str):
            return targets or "all-linear"
        strange = [name for name in targets if not shapes.is_known_target(name)]
        if not strange and shapes.lora_parameters(architecture, 1, targets) == 0:
            strange = list(targets)  # layers of another family, such as q_proj where queries are compressed
        if strange:
            self.assume("training.lora.targets", "all-linear", "lora-targets-unknown", names=", ".join(strange))
            return "all-linear"
        return tuple(targets)

    def _optimizer(self) -> Optimizer:
        return self.assume("training.optimizer", "adamw", "optimizer")

    def _precision(self, device: Device | None) -> Precision:
        stated = self.plan.training.precision
        if stated is not None:
            return stated
        if device is not None and device.bf16 is False:
            return self.assume("training.precision", "fp16", "precision-fp16", device=str(device.name))
        if self.plan.training.method == "none":
            return "bf16"
        return self.assume("training.precision", "bf16", "precision-bf16")

    def _framework(self, device: Device | None, layout: Layout, method: str) -> tuple[FrameworkId, bool]:
        text = self.plan.training.framework
        named = framework_id(text) if text else None
        if named is not None:
            return named, True
        if device is not None and device.software.platform == "cann":
            chosen: FrameworkId = "mindspeed"
        elif layout.tensor * layout.pipeline * layout.context > 1:
            chosen = "megatron-lm"
        elif layout.devices > 1 and method not in {"lora", "qlora"}:
            chosen = "deepspeed"
        else:
            chosen = "huggingface"
        key = "framework-unknown" if text else "framework"
        self.assume("training.framework", chosen, key, given=text or "")
        return chosen, False

    def _habit(self, framework: str, name: str) -> Any:
        """What a framework does where the plan says nothing."""
        return self.knowledge.raw["frameworks"][framework]["profile"][name]

    def _zero_stage(self, adapters: bool, layout: Layout, framework: str, *, named: bool, crowded: bool) -> ZeroStage:
        stated = self.plan.training.sharding
        if stated is not None:
            return _STAGES[stated]
        if layout.data <= 1:
            return 0
        habit: ZeroStage = self._habit(framework, "default_sharding")
        if named and habit == 3:
            self.assume("training.sharding", "zero3", "sharding-habit", framework=framework)
            return 3
        if adapters and crowded:
            self.assume("training.sharding", "zero3", "sharding-adapters-large")
            return 3
        if adapters:
            self.assume("training.sharding", "none", "sharding-adapters")
            return 0
        if layout.tensor * layout.pipeline > 1 or framework in {"megatron-lm", "nemo", "mindspeed"}:
            self.assume("training.sharding", "zero1", "sharding-megatron")
            return 1
        self.assume("training.sharding", "zero3", "sharding-full")
        return 3

    def _master(self, adapters: bool, framework: str) -> bool:
        stated = self.plan.training.master_weights
        if stated is not None:
            return stated == "fp32"
        if adapters:
            return True
        if self._habit(framework, "master_weights") or self.plan.training.method == "pretraining":
            self.assume("training.master_weights", "fp32", "master-weights")
            return True
        self.assume("training.master_weights", "none", "master-weights-habit", framework=framework)
        return False

    def _chunked_loss(self, framework: str) -> bool:
        stated = self.plan.training.chunked_loss
        if stated is None and self._habit(framework, "default_chunked_loss"):
            return self.assume("training.chunked_loss", True, "recompute-habit", framework=framework)
        return bool(stated)

    def _recompute(self, framework: str) -> Recompute:
        stated = self.plan.training.activation_checkpointing
        if stated is not None:
            return stated
        habit: Recompute = self._habit(framework, "default_recompute")
        if habit != "full":
            return self.assume("training.activation_checkpointing", habit, "recompute-habit", framework=framework)
        return self.assume("training.activation_checkpointing", "full", "recompute")

    def _sequence(self, data: tuple[DataShare, ...]) -> int:
        stated = self.plan.training.sequence_length
        if stated is not None:
            return stated
        longest = max((row.entry.tokens_per_sample or 0 for row in data), default=0)
        if longest:
            return self.assume("training.sequence_length", math.ceil(longest), "sequence-from-data")
        return self.assume("training.sequence_length", 2048, "sequence")

    def _micro_batch(self, layout: Layout) -> int:
        training = self.plan.training
        if training.global_batch_size and training.gradient_accumulation:
            wanted = training.global_batch_size / (training.gradient_accumulation * layout.data)
            if wanted >= 1 and wanted == int(wanted):
                return self.assume("training.micro_batch_size", int(wanted), "micro-batch-from-global")
        return self.assume("training.micro_batch_size", 1, "micro-batch")

    def _attention(self, device: Device | None) -> AttentionKernel:
        training = self.plan.training
        if training.attention is not None:
            return training.attention
        fused = device is None or device.software.flash_attention is not False
        if training.flash_attention is not None:
            if not training.flash_attention:
                return "eager"
            return "flash2" if fused else "sdpa"
        if fused:
            return self.assume("training.attention", "flash2", "attention-flash")
        return self.assume("training.attention", "sdpa", "attention-sdpa")

    def _packing(self) -> bool:
        training = self.plan.training
        if training.packing is not None:
            return training.packing
        if training.mean_sample_tokens is not None:
            return self.assume("training.packing", False, "packing-mean-given")
        return self.assume("training.packing", True, "packing")

    def _batch(self, recipe: Recipe, layout: Layout) -> Recipe:
        training = self.plan.training
        if recipe.method == "none":
            return recipe
        per_pass = recipe.micro_batch * layout.data
        accumulation, total = training.gradient_accumulation, training.global_batch_size
        if total is not None:
            wanted = max(1, round(total / per_pass))
            if accumulation is not None and accumulation * per_pass != total:
                self.contradictions.add("batch")
                self.assume("training.global_batch_size", accumulation * per_pass, "batch-contradicts",
                            stated=total, product=accumulation * per_pass)  # fmt: skip
            elif accumulation is None:
                if wanted * per_pass != total:
                    self.contradictions.add("batch-uneven")
                    self.assume("training.gradient_accumulation", wanted, "batch-uneven",
                                stated=total, per_pass=per_pass, got=wanted * per_pass)  # fmt: skip
                accumulation = wanted
        elif accumulation is None:
            name = "batch-tokens-finetuning"
            if recipe.method in {"pretraining", "continued-pretraining"} and not recipe.adapters:
                name = "batch-tokens-pretraining"
            target = self.figure(name)
            if name == "batch-tokens-pretraining":  # many ranks take larger steps rather than shorter turns
                target = min(max(target, layout.data * self.figure("rank-tokens")), LARGEST_STEP)
            accumulation = max(1, round(target / (per_pass * recipe.sequence_length)))
            self.assume("training.gradient_accumulation", accumulation, "accumulation",
                        tokens=f"{accumulation * per_pass * recipe.sequence_length:,}")  # fmt: skip
        return replace(recipe, accumulation=accumulation or 1)

    def _gathered_less(self, run: Run) -> Run:
        """The run with more sequences at a time where every micro-batch gathers all weights across nodes, if they fit.

        Nobody runs ZeRO-3 over several nodes with one short sequence at a time and the memory half empty.
        """
        recipe, training = run.recipe, self.plan.training
        open_ended = training.micro_batch_size is None and training.gradient_accumulation is None
        if not (open_ended and recipe.zero_stage == 3 and run.layout.nodes > 1 and run.machine.usable_gib):
            return run
        calibration = calibration_from_dict(self.knowledge.raw["calibration"]["memory"])
        profile = framework_from_dict(recipe.framework, self.knowledge.raw["frameworks"][recipe.framework]["profile"])
        for size in (8, 4, 2):
            if size * recipe.sequence_length > 2 * self.figure("rank-tokens") or recipe.accumulation % size:
                continue
            larger = replace(run, recipe=replace(recipe, micro_batch=size, accumulation=recipe.accumulation // size))
            if float(memory_figures(larger, profile, calibration).probability_fits) >= ROOM:
                mine = {"training.micro_batch_size", "training.gradient_accumulation"}
                self.assumptions = [row for row in self.assumptions if row.path not in mine]
                self.assume("training.micro_batch_size", size, "micro-batch-gathered")
                self.assume("training.gradient_accumulation", larger.recipe.accumulation, "accumulation-gathered")
                return larger
        return run

    def _epochs(self, recipe: Recipe) -> float:
        stated = self.plan.training.epochs
        if stated is not None or recipe.method == "none":
            return float(stated or 1.0)
        return self.assume("training.epochs", 1.0, "epochs")

    # -- the data

    def _data(self, tokenizer: Tokenizer | None) -> tuple[DataShare, ...]:
        rows = []
        for index, entry in enumerate(self.plan.data or ()):
            own = entry.source == "internal" and (entry.license or "LicenseRef-").lower().startswith("licenseref-")
            terms = Terms() if own else data_terms(self.knowledge, entry.license, self._stage())
            rows.append(
                DataShare(
                    index=index,
                    entry=entry,
                    tokens=self._tokens(index, entry, tokenizer),
                    private=entry.kind in PRIVATE_KINDS,
                    share=entry.share,
                    terms=terms,
                    internal=own,
                )
            )
        return tuple(rows)

    def _stage(self) -> Stage:
        return (self.plan.project.use if self.plan.project else None) or "internal"

    def _tokens(self, index: int, entry: DataEntry, tokenizer: Tokenizer | None) -> float | None:
        if entry.tokens is not None:
            return entry.tokens
        if entry.samples is not None and entry.tokens_per_sample is not None:
            return entry.samples * entry.tokens_per_sample
        if entry.size is not None:
            kind = _TEXT_KINDS.get(entry.kind or "other", "text")
            measured = {str(key): value for key, value in tokenizer.tokens_per_byte.items()} if tokenizer else {}
            if kind == "text":
                kind = (
                    "chinese" if "CN" in (self.plan.project.regions or () if self.plan.project else ()) else "english"
                )
            rate = measured.get(kind)
            if rate is None:
                rate = self.figure(f"tokens-per-byte-{kind}")
                self.assume(f"data[{index}].tokens", round(entry.size * rate), "tokens-per-byte-usual",
                            rate=f"{rate:.3g}", kind=kind)  # fmt: skip
            else:
                self.assume(f"data[{index}].tokens", round(entry.size * rate), "tokens-per-byte-measured",
                            rate=f"{rate:.3g}", tokenizer=str(tokenizer.name if tokenizer else ""))  # fmt: skip
            return entry.size * float(rate)
        if entry.samples is not None:
            length = self.plan.training.mean_sample_tokens or self.plan.training.sequence_length
            if length is not None:
                self.assume(f"data[{index}].tokens", entry.samples * length, "tokens-from-samples", length=length)
                return entry.samples * float(length)
        return None

    def _tokens_per_epoch(self, data: tuple[DataShare, ...], recipe: Recipe) -> float | None:
        if recipe.method == "none" or not data:
            return None
        private = [row for row in data if row.private]
        if private and all(row.share and row.tokens is not None for row in private):
            tokens = sum(row.tokens or 0.0 for row in private)
            share = sum(row.share or 0.0 for row in private)
            total = tokens / min(1.0, share)
        else:
            counted = [row.tokens for row in data if row.tokens is not None]
            if not counted:
                return None
            total = sum(counted)
        self._note_padding(recipe)
        if recipe.method == "rl" and all(row.entry.tokens is None and row.entry.size is None for row in data):
            completions = self.figure("completions-per-prompt")
            self.assume("data", round(total * completions), "completions", completions=f"{completions:g}")
            total *= completions
        return total

    def _note_padding(self, recipe: Recipe) -> None:
        if not recipe.packing and recipe.micro_batch > 1:
            self.assume("training.packing", False, "padding")

    # -- use

    def _serving(self, recipe: Recipe, model: ModelEntry | None) -> Serving | None:
        stated = self.plan.serving
        if stated is None and recipe.method != "none":
            return None
        requests = (stated.concurrent_requests if stated else None) or self.assume(
            "serving.concurrent_requests", int(self.figure("serving-concurrency")), "serving-requests"
        )
        length = (stated.context_length if stated else None) or self.assume(
            "serving.context_length", int(self.figure("serving-context")), "serving-context"
        )
        return Serving(
            concurrent_requests=requests,
            context_length=length,
            quantisation=self._served(recipe, model),
            engine=(stated.engine if stated else None) or "vllm",
        )

    def _served(self, recipe: Recipe, model: ModelEntry | None) -> ServingQuantisation:
        """How the served weights are stored: as the plan says, else as the model's makers release them."""
        stated = (self.plan.serving.quantisation if self.plan.serving else None) or "none"
        if stated != "none" or recipe.method != "none":
            return stated
        name = (self.plan.model.name or "").partition("@")[0].lower()
        for ending, stored in _STORED.items():
            if name.endswith(ending):
                return self.assume("serving.quantisation", stored, "served-as-named", ending=ending)
        released = self.plan.model.trained_in or (model.trained_in if model else None)
        if released not in _RELEASED:
            return stated
        return self.assume("serving.quantisation", _RELEASED[released], "served-as-released", released=released)


_STORED: Mapping[str, ServingQuantisation] = {
    "-fp8": "fp8", "-awq": "int4", "-gptq-int4": "int4", "-int4": "int4", "-4bit": "int4", "-gptq-int8": "int8",
    "-int8": "int8",
}  # fmt: skip
_RELEASED: Mapping[str | None, ServingQuantisation] = {"fp8": "fp8", "mxfp4": "int4"}

ZeroStage = Literal[0, 1, 2, 3]
Targets = tuple[str, ...] | Literal["all-linear", "attention", "qv"]
_STAGES: Mapping[str, ZeroStage] = {"none": 0, "zero1": 1, "zero2": 2, "zero3": 3}

_NO_MACHINE = Machine(
    device_id="", vendor="", platform="", architecture=None, compute_capability=None, memory_gib=0.0, usable_gib=0.0,
    unified_memory=False, bandwidth=None, peak={}, measured_matmul={}, bf16=None, fused_attention=None,
    link=Link("none", None), network=None, pcie_bytes_per_second=None, host_gib_per_node=None,
)  # fmt: skip


def resolve(file: PlanFile, knowledge: Knowledge, today: date) -> Case:
    """A plan with its names looked up and its gaps filled.

    Raises Unreadable with the place and the nearest names where a device or a model is unknown.
    """
    return _Resolver(file, knowledge, today).case()
