"""The plan as types: every field of a plan file, in canonical units, frozen, with nothing filled in.

A field that the plan leaves out (or sets to null) is None; `advisor.resolve` decides what is assumed for it. Bounds
refuse only what no plan can mean. The JSON Schema of the plan file is made from these classes and the words beside each
field.
"""

from datetime import date
from typing import Annotated, Final, Literal

from advisor.estimates.run import AttentionKernel, Method, Offload, Optimizer, Precision, Recompute
from advisor.plan.section import Section
from advisor.plan.units import Interval, Money, Rate
from advisor.plan.values import (
    Amount,
    Choice,
    Day,
    Days,
    Duration,
    Flag,
    Frequency,
    ListOf,
    LoraTargets,
    Memory,
    Number,
    Parameters,
    People,
    Price,
    Region,
    Remark,
    Samples,
    Share,
    Size,
    Speed,
    Targets,
    Text,
    Tokens,
    Version,
    Whole,
)

TrainingQuantisation = Literal["none", "nf4", "nf4-double", "fp4", "int8", "gptq-int4", "gptq-int8"]
ServingQuantisation = Literal["none", "int8", "int4", "fp8"]
StoredPrecision = Literal["bf16", "fp16", "fp32", "fp8", "mxfp4"]
Sharding = Literal["none", "zero1", "zero2", "zero3"]
InterconnectKind = Literal["nvlink", "pcie", "hccs", "infinity-fabric", "none"]
NetworkKind = Literal["ethernet", "roce", "infiniband"]
Storage = Literal["nvme", "parallel-flash", "nas", "hdd"]
Tenure = Literal["owned", "buy-new", "buy-used", "rent"]
Retrieval = Literal["none", "keyword", "embedding"]
DataKind = Literal["private-code", "code", "private-text", "text", "math", "chat", "instructions", "other"]
DataSource = Literal["internal", "public", "customer", "model-generated"]
Goal = Literal["style", "api-knowledge", "task", "general", "unknown"]
Use = Literal["internal", "internal-transfer", "hosted-service", "weights-to-customers"]
Sensitivity = Literal["public", "internal", "confidential", "secret"]
Environment = Literal[
    "classified-room", "bare-metal", "appliance", "private-cloud", "shared-cloud", "container", "external-api"
]
Requirement = Literal["domestic-hardware", "domestic-model", "on-premises", "no-external-api", "air-gapped"]
Experience = Literal["none", "some", "expert"]


class ModelSpec(Section):
    """The base model: a name from the knowledge base, or enough to compute from."""

    name: Annotated[str | None, Text("name of the model, or name@revision", 200)] = None
    parameters: Annotated[float | None, Parameters("parameters in all; wins over the sizes where they differ")] = None
    active_parameters: Annotated[
        float | None, Parameters("parameters active for one token, of a mixture of experts")
    ] = None
    layers: Annotated[int | None, Whole("decoder layers", 1, 10_000)] = None
    hidden_size: Annotated[int | None, Whole("width of the residual stream", 1, 1_000_000)] = None
    ffn_hidden_size: Annotated[int | None, Whole("width of dense feed-forward layers", 1, 10_000_000)] = None
    expert_ffn_hidden_size: Annotated[int | None, Whole("width of one expert", 1, 10_000_000)] = None
    attention_heads: Annotated[int | None, Whole("attention heads", 1, 10_000)] = None
    kv_heads: Annotated[int | None, Whole("key and value heads", 1, 10_000)] = None
    head_dim: Annotated[int | None, Whole("size of one head", 1, 100_000)] = None
    vocab_size: Annotated[int | None, Whole("entries of the vocabulary", 1, 100_000_000)] = None
    experts: Annotated[int | None, Whole("routed experts; 0 is a dense model", 0, 1_000_000)] = None
    experts_per_token: Annotated[int | None, Whole("routed experts used for one token", 0, 1_000_000)] = None
    shared_experts: Annotated[int | None, Whole("experts that every token uses", 0, 1_000_000)] = None
    tied_embeddings: Annotated[bool | None, Flag("input and output embeddings are one matrix")] = None
    gated_mlp: Annotated[bool | None, Flag("three matrices in a feed-forward layer (SwiGLU) instead of two")] = None
    hf_config: Annotated[str | None, Text("path of a Hugging Face config.json, instead of the sizes", 1000)] = None
    trained_in: Annotated[
        StoredPrecision | None,
        Choice(
            "precision the base model was trained in",
            StoredPrecision,
            {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"},
        ),
    ] = None
    license: Annotated[str | None, Text("licence of the base model, an SPDX expression or a known id", 200)] = None


_DTYPES: Final = {"bfloat16": "bf16", "float16": "fp16", "half": "fp16", "float32": "fp32", "float8": "fp8"}
_METHOD_HINTS: Final = {
    "dpo": "preference", "orpo": "preference", "kto": "preference", "simpo": "preference", "rlhf": "rl", "ppo": "rl",
    "grpo": "rl", "rloo": "rl", "dapo": "rl", "reinforcement-learning": "rl", "sft": "full-finetuning",
    "full": "full-finetuning", "fft": "full-finetuning", "full-parameter": "full-finetuning", "finetuning":
    "full-finetuning", "fine-tuning": "full-finetuning", "finetune": "full-finetuning", "cpt":
    "continued-pretraining", "continual-pretraining": "continued-pretraining", "pretrain": "pretraining",
    "pt": "pretraining", "inference": "none", "rag": "none", "serving": "none", "deploy": "none", "peft": "lora",
    "dora": "lora", "全参微调": "full-finetuning", "持续预训练": "continued-pretraining", "预训练": "pretraining",
}  # fmt: skip


class Lora(Section):
    """Adapters: their rank and where they sit."""

    rank: Annotated[int | None, Whole("rank of the adapter matrices", 1, 100_000)] = None
    targets: Annotated[LoraTargets | tuple[str, ...] | None, Targets("which linear layers get adapters")] = None


class Training(Section):
    """How the model is trained."""

    method: Annotated[Method, Choice("how the model is trained; none uses it as it is", Method, hints=_METHOD_HINTS)]
    precision: Annotated[
        Precision | None,
        Choice("of mixed-precision arithmetic", Precision, _DTYPES, {"tf32": "fp32", "mixed": "bf16", "int8": "bf16"}),
    ] = None
    master_weights: Annotated[
        Literal["fp32", "none"] | None,
        Choice(
            "copy of the weights that the optimizer updates; none is pure low precision",
            Literal["fp32", "none"],
            {"float32": "fp32"},
        ),
    ] = None
    quantisation: Annotated[
        TrainingQuantisation | None,
        Choice(
            "of the frozen base of adapters",
            TrainingQuantisation,
            hints={"int4": "nf4", "4bit": "nf4", "8bit": "int8", "gptq": "gptq-int4"},
        ),
    ] = None
    optimizer: Annotated[
        Optimizer | None, Choice("the optimizer", Optimizer, hints={"adam": "adamw", "adamw8bit": "adamw-8bit"})
    ] = None
    learning_rate: Annotated[float | None, Number("peak learning rate", 0, 10, above=True)] = None
    epochs: Annotated[float | None, Number("passes over the data", 0, 100_000, above=True)] = None
    sequence_length: Annotated[int | None, Whole("tokens of one sequence", 1, 100_000_000)] = None
    micro_batch_size: Annotated[int | None, Whole("sequences on one device at a time", 1, 1_000_000)] = None
    gradient_accumulation: Annotated[int | None, Whole("micro-batches before each step", 1, 10_000_000)] = None
    global_batch_size: Annotated[int | None, Whole("sequences of one step on all devices", 1, 1_000_000_000)] = None
    lora: Lora | None = None
    activation_checkpointing: Annotated[
        Recompute | None,
        Choice(
            "activations that are computed again instead of kept", Recompute, hints={"true": "full", "false": "none"}
        ),
    ] = None
    attention: Annotated[
        AttentionKernel | None,
        Choice(
            "attention kernel",
            AttentionKernel,
            {"flash-attention-2": "flash2", "flash-attention-3": "flash3", "fa2": "flash2", "fa3": "flash3"},
            {"flash": "flash2", "flash-attention": "flash2", "xformers": "sdpa"},
        ),
    ] = None
    flash_attention: Annotated[bool | None, Flag("any kernel that keeps no s×s matrix")] = None
    chunked_loss: Annotated[bool | None, Flag("the cross-entropy never holds all logits at once")] = None
    fused_kernels: Annotated[bool | None, Flag("norms and cross-entropy are one kernel each, as with Liger")] = None
    sharding: Annotated[
        Sharding | None,
        Choice(
            "what data-parallel devices share out",
            Sharding,
            {"fsdp": "zero3", "zero-1": "zero1", "zero-2": "zero2", "zero-3": "zero3"},
            {"ddp": "none", "zero0": "none", "fsdp2": "zero3"},
        ),
    ] = None
    offload: Annotated[
        Offload | None,
        Choice("what lives in host memory or on disk", Offload, hints={"cpu": "optimizer", "param": "parameters"}),
    ] = None
    tensor_parallel: Annotated[int | None, Whole("devices that share each layer", 1, 100_000)] = None
    pipeline_parallel: Annotated[int | None, Whole("stages of layers", 1, 100_000)] = None
    context_parallel: Annotated[int | None, Whole("devices that share each sequence", 1, 100_000)] = None
    expert_parallel: Annotated[int | None, Whole("devices that share the experts", 1, 100_000)] = None
    packing: Annotated[bool | None, Flag("samples are packed to the sequence length")] = None
    mean_sample_tokens: Annotated[
        float | None, Number("mean length of a sample, without packing", 0, 1e9, above=True)
    ] = None
    checkpoint_every: Annotated[Interval | None, Frequency("steps or time between checkpoints")] = None
    keep_checkpoints: Annotated[int | None, Whole("checkpoints kept on disk", 0, 1_000_000)] = None
    framework: Annotated[str | None, Text("training framework, free text", 200)] = None


class Network(Section):
    """The network between nodes."""

    kind: Annotated[NetworkKind | None, Choice("kind of network", NetworkKind, {"ib": "infiniband"})] = None
    speed: Annotated[float | None, Speed("total of one node")] = None


class Hardware(Section):
    """The machines."""

    device: Annotated[str | None, Text("name of the device in the knowledge base", 200)] = None
    count: Annotated[int | None, Whole("devices in all", 1, 10_000_000)] = None
    nodes: Annotated[int | None, Whole("nodes", 1, 1_000_000)] = None
    interconnect: Annotated[
        InterconnectKind | None,
        Choice("between the devices of a node", InterconnectKind, {"pci-e": "pcie"}, {"nvswitch": "nvlink"}),
    ] = None
    network: Network | None = None
    host_memory: Annotated[float | None, Memory("main memory of one node")] = None
    disk: Annotated[float | None, Size("disk space for data and checkpoints")] = None
    storage: Annotated[Storage | None, Choice("kind of storage", Storage, hints={"ssd": "nvme", "nfs": "nas"})] = None
    tenure: Annotated[
        Tenure | None,
        Choice(
            "owned, bought or rented",
            Tenure,
            hints={"cloud": "rent", "rented": "rent", "buy": "buy-new", "own": "owned"},
        ),
    ] = None
    price: Annotated[Rate | Money | None, Price("of one device; overrides the knowledge base")] = None


class Serving(Section):
    """How the model will be used."""

    concurrent_requests: Annotated[int | None, Whole("requests at a time", 1, 10_000_000)] = None
    context_length: Annotated[int | None, Whole("tokens that one request may hold", 1, 100_000_000)] = None
    quantisation: Annotated[
        ServingQuantisation | None,
        Choice("of the served weights", ServingQuantisation, hints={"awq": "int4", "gptq": "int4", "nf4": "int4"}),
    ] = None
    retrieval: Annotated[
        Retrieval | None,
        Choice(
            "retrieval in front of the model",
            Retrieval,
            hints={"rag": "embedding", "bm25": "keyword", "vector": "embedding"},
        ),
    ] = None
    engine: Annotated[str | None, Text("serving engine, free text", 200)] = None


class DataEntry(Section):
    """One set of training data."""

    name: Annotated[str | None, Text("what it is called", 300)] = None
    kind: Annotated[DataKind | None, Choice("what it holds", DataKind)] = None
    size: Annotated[float | None, Size("bytes of text")] = None
    tokens: Annotated[float | None, Tokens("tokens")] = None
    samples: Annotated[int | None, Samples("samples")] = None
    tokens_per_sample: Annotated[float | None, Number("mean tokens of one sample", 0, 1e9, above=True)] = None
    license: Annotated[str | None, Text("SPDX expression, a known id, or LicenseRef-…", 500)] = None
    source: Annotated[
        DataSource | None,
        Choice("where it comes from", DataSource, hints={"synthetic": "model-generated", "private": "internal"}),
    ] = None
    generated_by: Annotated[str | None, Text("the model that wrote it", 200)] = None
    share: Annotated[float | None, Share("share of the training mix")] = None


class Team(Section):
    """Who does the work."""

    engineers: Annotated[float | None, Number("engineers who can tune and debug the training", 0, 100_000)] = None
    on_call: Annotated[bool | None, Flag("somebody is on call at night")] = None
    experience: Annotated[Experience | None, Choice("experience with such training", Experience)] = None


class Project(Section):
    """What the plan is for, and within which limits."""

    budget: Annotated[Money | None, Amount("money for the whole project")] = None
    deadline: Annotated[float | None, Duration("time until a result is due")] = None
    goal: Annotated[Goal | None, Choice("what the model is to learn", Goal)] = None
    use: Annotated[Use | None, Choice("how far the result travels", Use)] = None
    regions: Annotated[tuple[str, ...] | None, ListOf("where it is used, ISO 3166 codes", Region("region"))] = None
    sensitivity: Annotated[Sensitivity | None, Choice("of the data", Sensitivity)] = None
    environment: Annotated[
        Environment | None,
        Choice("where the work runs", Environment, hints={"cloud": "shared-cloud"}),
    ] = None
    requirements: Annotated[
        tuple[Requirement, ...] | None,
        ListOf("what the result must comply with", Choice("requirement", Requirement, {"on-premise": "on-premises"})),
    ] = None
    team: Team | None = None
    evaluation: Annotated[tuple[str, ...] | None, ListOf("how the result is measured", Text("evaluation", 300))] = None
    monitoring: Annotated[tuple[str, ...] | None, ListOf("what is watched during training", Text("monitor", 300))] = (
        None
    )
    monthly_active_users: Annotated[int | None, People("users of all products of the company in a month")] = None


class Claims(Section):
    """What the plan or its sponsors assert."""

    memory: Annotated[float | None, Memory("device memory needed in all")] = None
    days: Annotated[float | None, Days("how long training takes")] = None
    mfu: Annotated[float | None, Share("model FLOP utilisation", high=1000.0)] = None
    checkpoint: Annotated[float | None, Size("of one checkpoint")] = None
    cost: Annotated[Money | None, Amount("of the whole project")] = None
    benefit: Annotated[str | None, Text("what it will bring, free text")] = None


class Acceptance(Section):
    """A finding that is accepted, why, and until when. What cannot be read here is reported, never refused."""

    id: Annotated[str | None, Remark("id or name of the rule", 100)] = None
    reason: Annotated[str | None, Remark("why it is accepted", 2000)] = None
    until: Annotated[date | None, Day("last day on which it holds, YYYY-MM-DD")] = None


class Plan(Section):
    """A plan to train, fine-tune or deploy a language model."""

    version: Annotated[Literal[1], Version("version of this format", 1, 1)]
    title: Annotated[str | None, Text("what the plan is called", 300)] = None
    model: ModelSpec
    training: Training
    hardware: Hardware | None = None
    serving: Serving | None = None
    data: tuple[DataEntry, ...] | None = None
    project: Project | None = None
    claims: Claims | None = None
    accept: tuple[Acceptance, ...] | None = None


SECTIONS: Final[dict[str, type[Section]]] = {
    "model": ModelSpec, "training": Training, "training.lora": Lora, "hardware": Hardware,
    "hardware.network": Network, "serving": Serving, "data": DataEntry, "project": Project, "project.team": Team,
    "claims": Claims, "accept": Acceptance,
}  # fmt: skip
"""Every section of a plan by its path; `data` and `accept` are lists of theirs."""
