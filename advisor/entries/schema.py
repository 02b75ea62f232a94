"""The form of every knowledge entry: what a device, a model, a licence, a price or a practice value must say.

An entry is YAML under `knowledge/<family>/*.yaml`, a mapping from id to fields. Unknown is `null` or left out, never
guessed. Every field that is not null is covered by `evidence`: which source says it, and how far to trust that.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Grade = Literal["datasheet", "cross", "reported", "measured", "derived", "memory"]
"""datasheet: the primary text was read. cross: two independent sources agree. reported: one secondary source or an
excerpt. measured: somebody ran it. derived: computed from other fields. memory: not yet checked against a text."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.\-]*$", max_length=80)]
Positive = Annotated[float, Field(gt=0, lt=1e30, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, lt=1e30, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=0, lt=10**15)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Entry(BaseModel):
    """Base of all entries: frozen, nothing unknown accepted."""

    # Most runs use a handful of the forms: building the rest would cost more than the check itself.
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), defer_build=True)


class Text(Entry):
    """One text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class Source(Entry):
    """A page that somebody read: `knowledge/sources/*.yaml`, id to these fields."""

    title: str
    url: str = Field(pattern=r"^https?://|^urn:")
    read_on: date
    review_by: date
    publisher: str | None = None
    note: Text | None = None


class Evidence(Entry):
    """Which source says which fields of an entry. `fields` left out means all that no other line names."""

    source: Id
    grade: Grade
    fields: list[str] | None = None


class Known(Entry):
    """What all sourced entries share."""

    name: str | Text
    aliases: list[str] = []
    evidence: list[Evidence] = Field(min_length=1)
    note: Text | None = None


# --- devices ---------------------------------------------------------------------------------------------------------


class Rates(Entry):
    """Dense peak rates in TFLOP/s (TOPS for int8) with fp32 accumulation; null where the device lacks the type.

    `fp16` and `bf16` are matrix-unit rates where the device has matrix units, else the plain rate.
    """

    fp32: Amount | None = None
    tf32: Amount | None = None
    fp16: Amount | None = None
    bf16: Amount | None = None
    fp8: Amount | None = None
    fp4: Amount | None = None
    int8: Amount | None = None


class Interconnect(Entry):
    """The fast link between devices of one node (or one domain)."""

    kind: Literal[
        "nvlink", "pcie", "hccs", "infinity-fabric", "ici", "neuronlink", "xe-link", "mtlink", "other", "none"
    ]
    generation: str | None = None
    links: Whole | None = None
    gb_s: Amount | None = None  # per device, both ways together, GB/s (10^9 bytes)
    per_pair_gb_s: Amount | None = None  # between one pair of devices, both ways together
    domain_size: Whole | None = None  # devices that reach each other over this link
    topology: Literal["all-to-all", "hybrid-cube-mesh", "ring", "mesh", "torus", "pairs", "bus"] | None = None


class SoftwareSupport(Entry):
    """What the common software still does on the device, with dates."""

    platform: Literal["cuda", "rocm", "cann", "gaudi", "tpu", "neuron", "metal", "musa", "oneapi", "other"]
    flash_attention: bool | None = None  # FlashAttention-2 or the vendor's own fused attention runs
    flash_attention_stock: bool | None = None  # the stock flash-attn wheel runs
    bitsandbytes: Literal["yes", "4bit-only", "partial", "no"] | None = None
    deepspeed: Literal["yes", "partial", "no"] | None = None
    cuda_last: str | None = None  # last CUDA toolkit series that builds for it; null: still supported
    pytorch_last: str | None = None  # last PyTorch release whose default wheels run on it; null: still supported
    sunset_on: date | None = None  # when the newest tool chain dropped it
    needs: Text | None = None  # recent tool chains that it needs, backends, known gaps


class Export(Entry):
    """Export status towards China, as read on a date. Never legal advice."""

    to_china: Literal["free", "restricted", "licence", "unclear", "domestic"] | None = None
    as_of: date
    says: Text


class Device(Known):
    """An accelerator: `knowledge/devices/*.yaml`."""

    vendor: str
    country: str  # ISO 3166 alpha-2 of the vendor: CN counts as domestic hardware in China
    form_factor: str | None = None
    release_year: int | None = Field(default=None, ge=2006, le=2030)
    architecture: str | None = None
    compute_capability: str | None = Field(default=None, pattern=r"^\d+\.\d$")
    memory_gib: Positive  # nominal size; vendors' "GB" of device memory are GiB
    usable_gib: Positive | None = None  # total that the driver reports (nvidia-smi, npu-smi)
    memory_type: str | None = None
    unified_memory: bool = False  # shared with the host
    ecc: bool | None = None
    bandwidth_gb_s: Positive | None = None
    rates: Rates
    bf16: bool | None = None  # native bf16 matrix arithmetic
    fp8: bool | None = None
    matmul_tflops: dict[Literal["bf16", "fp16", "fp8"], Positive] = {}  # best measured matrix product
    interconnect: Interconnect
    p2p: bool | None = None  # devices read each other's memory over PCIe without NVLink
    pcie_generation: int | None = Field(default=None, ge=2, le=7)
    pcie_lanes: int | None = Field(default=None, ge=1, le=16)
    power_w: Positive | None = None
    cooling: Literal["passive", "active", "liquid"] | None = None
    software: SoftwareSupport
    export: Export | None = None
    lifecycle: Literal["current", "announced", "legacy", "end-of-life", "modified"] | None = None
    data_centre_licence: bool | None = None  # false: the driver licence excludes data centres (GeForce)


class System(Known):
    """A whole machine: `knowledge/systems/*.yaml`. A plan may name it as its device; `devices` then follow."""

    device: Id
    devices: Whole
    topology: Text
    interconnect: Interconnect | None = None
    host_memory_gib: Positive | None = None
    power_kw: Positive | None = None
    network_gbps: Positive | None = None
    form_factor: str | None = None


# --- models ----------------------------------------------------------------------------------------------------------


class LatentAttention(Entry):
    """Multi-head latent attention (DeepSeek-V2 and later)."""

    q_lora_rank: Whole | None = None
    kv_lora_rank: Whole
    qk_nope_head_dim: Whole
    qk_rope_head_dim: Whole
    v_head_dim: Whole


class SlidingWindow(Entry):
    """Local attention: `size` tokens in all layers but one of `global_every` (1: none is local; null: all are)."""

    size: Whole
    global_every: Whole | None = None


class ArchitectureEntry(Entry):
    """A decoder as its configuration file states it; names as in the plan file."""

    layers: Whole
    hidden_size: Whole
    ffn_hidden_size: Whole  # width of dense layers
    attention_heads: Whole
    kv_heads: Whole
    head_dim: Whole
    vocab_size: Whole
    tied_embeddings: bool
    gated_mlp: bool
    experts: Whole = 0  # routed experts in a sparse layer; 0: dense model
    experts_per_token: Whole = 0
    shared_experts: Whole = 0
    expert_ffn_hidden_size: Whole | None = None
    shared_expert_ffn_hidden_size: Whole | None = None  # width of ONE shared expert, where it differs from an expert's
    dense_layers: Whole = 0  # layers of a sparse model that are dense
    qkv_bias: bool = False
    output_bias: bool = False  # bias on the attention output projection
    mlp_bias: bool = False
    norm: Literal["rms", "layer", "layer-no-bias", "layer-no-parameters"] = "rms"
    norms_per_layer: Whole = 2
    qk_norm: bool = False
    learned_positions: Whole = 0  # rows of a learned position table
    other_parameters: Whole = 0  # weights that no other field counts: a vision tower, a bias on the head, router biases
    latent_attention: LatentAttention | None = None
    sliding_window: SlidingWindow | None = None


class Revision(Entry):
    """A licence that holds for one revision or from a date on."""

    revision: str
    licence: Id
    since: date | None = None


class ModelEntry(Known):
    """A language model: `knowledge/models/*.yaml`."""

    hub: str | None = None  # organisation/name on Hugging Face
    organisation: str
    country: str
    family: str
    kind: Literal["base", "instruct", "reasoning", "code", "code-instruct"]
    released: date | None = None
    parameters: Positive  # as published or counted from the weights
    active_parameters: Positive | None = None
    trained_in: Literal["bf16", "fp16", "fp32", "fp8", "mxfp4"] | None = None
    context_length: Whole | None = None
    licence: Id | None = None  # in knowledge/licences; null: unknown
    revisions: list[Revision] = []
    tokenizer: Id | None = None  # in knowledge/tokenizers
    languages: list[str] = []  # zh, en, code, … that the makers name
    architecture: ArchitectureEntry | None = None  # null: undisclosed


class Tokenizer(Known):
    """Tokens per byte of UTF-8 text: `knowledge/tokenizers/*.yaml`."""

    vocab_size: Whole | None = None
    tokens_per_byte: dict[Literal["code", "english", "chinese", "json"], Positive]


# --- licences and rules of law ---------------------------------------------------------------------------------------

Stage = Literal["internal", "internal-transfer", "hosted-service", "weights-to-customers"]
Status = Literal["allowed", "conditions", "ask-legal", "forbidden", "unknown"]


class StageTerms(Entry):
    """What a licence says of one stage of use."""

    status: Status
    duties: Text | None = None


class Licence(Known):
    """Terms of a base model: `knowledge/licences/*.yaml`."""

    spdx: str | None = None  # SPDX expression or LicenseRef-…
    url: str | None = None
    stages: dict[Stage, StageTerms]  # all four
    naming_duty: Text | None = None
    monthly_users_threshold: Whole | None = None
    threshold_kind: Literal["at-release", "continuing"] | None = None
    revenue_threshold_usd: Amount | None = None
    output_training: Literal["allowed", "conditions", "forbidden", "unknown"]
    output_terms: Text | None = None
    excluded_territories: list[str] = []  # ISO 3166 alpha-2, or EU
    field_of_use: Text | None = None
    field_of_use_limited: bool | None = None
    governing_law: str | None = None


class DataLicence(Known):
    """Terms of training data by kind of licence: `knowledge/data_licences/*.yaml`."""

    spdx: list[str] = []  # SPDX ids that this entry speaks for
    kind: Literal[
        "permissive",
        "copyleft",
        "non-commercial",
        "share-alike",
        "custom",
        "proprietary",
        "mixed",
        "personal-data",
        "model-output",
        "unlicensed",
        "public-domain",
    ]
    stages: dict[Stage, StageTerms]
    checks: Text | None = None  # what the plan must do or show


class Regulation(Known):
    """A rule of law or policy: `knowledge/regulations/*.yaml`. Never legal advice."""

    jurisdiction: str
    in_force: date | None = None
    as_of: date
    binding: Literal["law", "policy", "guidance", "draft", "contract"]
    trigger: Text
    duty: Text
    exempt: Text | None = None
    who_decides: Text | None = None
    threshold: dict[str, float] = {}


# --- practice and prices ---------------------------------------------------------------------------------------------


class Figure(Known):
    """A number of practice with its range: `knowledge/practice/*.yaml`, `knowledge/calibration/*.yaml`."""

    topic: str
    unit: str
    low: float | None = None
    likely: float
    high: float | None = None
    applies: Text | None = None  # when it holds


class Advice(Known):
    """A table row of practice that is words rather than one number (suites by goal, security levels, tooling)."""

    topic: str
    says: Text
    keys: dict[str, str | float | bool | list[str]] = {}


Currency = Literal["CNY", "USD", "EUR"]


class Price(Known):
    """One observed price: `knowledge/prices/*.yaml`."""

    what: Literal["device", "system", "electricity", "engineer", "storage", "network", "api", "other"]
    item: str | None = None  # device or system id
    deal: Literal["rent", "buy-new", "buy-used", "per-unit"]
    term: Literal["on-demand", "reserved", "spot"] | None = None
    low: Amount | None = None
    likely: Amount
    high: Amount | None = None
    currency: Currency
    per: Literal["device-hour", "device", "system", "kwh", "month", "gb-month", "million-tokens", "year"]
    region: str | None = None  # CN, US, EU, global
    provider: str | None = None
    seen_on: date
    review_by: date


class ExchangeRate(Known):
    """How much CNY one unit of a currency buys: `knowledge/prices/exchange.yaml`."""

    currency: Currency
    cny: Positive
    seen_on: date
    review_by: date
