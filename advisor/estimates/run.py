"""What the estimates are given: a run with nothing missing.

`advisor.resolve` builds a `Run` from a plan, filling every gap with a listed assumption. The estimates read nothing
else: no files, no clock, no knowledge base. Symbols used by all estimate modules:

    b  micro-batch per device [sequences]     s  sequence length [tokens]      h  hidden size
    a  attention heads                        k  key/value heads               d  head dimension
    f  feed-forward width                     L  layers                        V  vocabulary
    t  tensor-parallel degree                 p  pipeline-parallel degree      c  context-parallel degree
    e  expert-parallel degree                 n  data-parallel degree          N  parameters
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from advisor.estimates.elementwise import larger
from advisor.records import dataclass

Method = Literal["pretraining", "continued-pretraining", "full-finetuning", "lora", "qlora", "preference", "rl", "none"]
Precision = Literal["bf16", "fp16", "fp32", "fp8"]
Optimizer = Literal["adamw", "adamw-8bit", "paged-adamw-8bit", "adafactor", "sgd", "muon", "lion"]
Quantisation = Literal["nf4", "nf4-double", "fp4", "int8", "gptq-int4", "gptq-int8"]
Recompute = Literal["none", "selective", "full"]
AttentionKernel = Literal["eager", "sdpa", "flash2", "flash3"]
Offload = Literal["none", "optimizer", "parameters", "nvme", "activations"]
FrameworkId = Literal[
    "huggingface", "deepspeed", "fsdp", "megatron-lm", "nemo", "litgpt", "torchtune", "torchtitan", "ms-swift",
    "llama-factory", "axolotl", "unsloth", "llm-foundry", "colossal-ai", "internlm", "mindspeed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its 5th percentile, its middle and its 95th percentile."""

    low: float
    likely: float
    high: float

    def times(self, factor: float) -> Range:
        """The same range in another unit."""
        return Range(self.low * factor, self.likely * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Latent:
    """Multi-head latent attention: ranks and head sizes as DeepSeek-V2 names them."""

    q_lora_rank: int | None
    kv_lora_rank: int
    qk_nope_head_dim: int
    qk_rope_head_dim: int
    v_head_dim: int


@dataclass(frozen=True, slots=True)
class Architecture:
    """A decoder-only transformer. Sizes are counts; parameters are numbers of weights, not bytes."""

    layers: int
    hidden_size: int
    ffn_hidden_size: int
    attention_heads: int
    kv_heads: int
    head_dim: int
    vocab_size: int
    tied_embeddings: bool
    gated_mlp: bool
    experts: int = 0
    experts_per_token: int = 0
    shared_experts: int = 0
    expert_ffn_hidden_size: int = 0
    shared_expert_ffn_hidden_size: int = 0
    dense_layers: int = 0
    qkv_bias: bool = False
    output_bias: bool = False
    mlp_bias: bool = False
    norm_weights: int = 1  # vectors of size h per norm: 1 rms, 2 layer norm, 0 without parameters
    norms_per_layer: int = 2
    qk_norm: bool = False
    learned_positions: int = 0
    other_parameters: int = 0  # weights that no other field counts, in no matrix product of the text decoder
    latent: Latent | None = None
    window: int | None = None
    window_global_every: int | None = None
    stated_parameters: float | None = None  # wins over the product of the sizes
    stated_active_parameters: float | None = None
    widths_assumed: bool = False  # sizes of layers were made up: what hangs on their exact values does not count


@dataclass(frozen=True, slots=True)
class Link:
    """A connection: one-way rate per device in bytes per second, and the time to start a message in seconds."""

    kind: str
    bytes_per_second: float | None
    latency_s: float = 10e-6
    domain: int = 1  # devices that reach each other at this rate
    per_pair_bytes_per_second: float | None = None
    p2p: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """The hardware as the estimates see it. Rates in FLOP/s and bytes/s, memory in GiB. None: unknown."""

    device_id: str
    vendor: str
    platform: str  # cuda, rocm, cann, …
    architecture: str | None  # volta, ampere, hopper, ada, blackwell, …
    compute_capability: float | None
    memory_gib: float
    usable_gib: float
    unified_memory: bool
    bandwidth: float | None
    peak: dict[str, float]  # by precision: fp32, tf32, fp16, bf16, fp8
    measured_matmul: dict[str, float]  # best measured product, FLOP/s by precision
    bf16: bool | None
    fused_attention: bool | None
    link: Link  # inside the node
    network: Link | None  # between nodes, rate per device (node total / devices per node)
    pcie_bytes_per_second: float | None  # one way, per device
    host_gib_per_node: float | None
    host_bytes_per_second: float | None = None
    storage: str | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How many devices and how the work is cut. devices = n·t·p·c; expert parallelism reuses the n·c ranks.

    The counts may be numpy arrays, one element a candidate; see `advisor.estimates.elementwise`.
    """

    devices: int
    nodes: int = 1
    tensor: int = 1
    pipeline: int = 1
    context: int = 1
    expert: int = 1

    @property
    def data(self) -> int:
        """Data-parallel degree n, at least 1."""
        whole: int = larger(1, self.devices // (self.tensor * self.pipeline * self.context))
        return whole

    @property
    def per_node(self) -> int:
        """Devices in one node."""
        whole: int = larger(1, self.devices // larger(1, self.nodes))
        return whole


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the model is trained; sequence length, micro-batch and accumulation may be arrays like a layout's counts."""

    method: Method
    adapters: bool = False  # LoRA weights are what is trained; the base is frozen
    precision: Precision = "bf16"
    master_weights: bool = True  # fp32 master copy; False: "pure" low precision
    quantisation: Quantisation | None = None  # of the frozen base
    optimizer: Optimizer = "adamw"
    sequence_length: int = 2048
    micro_batch: int = 1
    accumulation: int = 1
    lora_rank: int = 16
    lora_targets: tuple[str, ...] | Literal["all-linear", "attention", "qv"] = "all-linear"
    recompute: Recompute = "none"
    attention: AttentionKernel = "sdpa"
    chunked_loss: bool = False
    fused_loss: bool = False
    fused_norm: bool = False
    zero_stage: Literal[0, 1, 2, 3] = 0
    offload: Offload = "none"
    framework: FrameworkId = "huggingface"
    framework_named: bool = False  # the plan named it; False: assumed
    packing: bool = True
    mean_sample_tokens: float | None = None  # with packing off: how full a sample is on average
    stated: frozenset[str] = field(default_factory=frozenset)  # plan paths that were given, not assumed


@dataclass(frozen=True, slots=True)
class Serving:
    """How a model is used: requests at a time, tokens each may hold, how its weights are stored."""

    concurrent_requests: int
    context_length: int
    quantisation: Literal["none", "int8", "int4", "fp8"] = "none"
    engine: str = "vllm"


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run: what is trained, how, on what."""

    architecture: Architecture
    recipe: Recipe
    layout: Layout
    machine: Machine
    tokens: float | None = None  # processed in all epochs
    serving: Serving | None = None
