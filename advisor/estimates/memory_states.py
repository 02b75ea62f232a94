"""Weights, gradients and optimizer states that one device holds.

Bytes everywhere. Formulas: ZeRO (arXiv 1910.02054, section 3) for what each stage divides; QLoRA (arXiv 2305.14314,
section 3) for the bytes of 4-bit weights; 8-bit optimizers (arXiv 2110.02861, section 2). What a framework keeps per
parameter comes from its profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from advisor.estimates import architecture as shape
from advisor.estimates.elementwise import Number, larger, smaller, where
from advisor.estimates.frameworks import FrameworkProfile, StateBytes
from advisor.estimates.memory_activations import upcasts_base
from advisor.estimates.run import Architecture, Layout, Optimizer, Quantisation, Recipe, Run
from advisor.records import dataclass

QUANTISED_BYTES: Mapping[Quantisation, float] = MappingProxyType(
    {
        "nf4": 0.5 + 4 / 64,  # one fp32 constant per block of 64
        "fp4": 0.5 + 4 / 64,
        "nf4-double": 0.5 + 1 / 64 + 4 / (64 * 256),  # 8-bit constants, their own constants per 256
        "int8": 1.0 + 4 / 4096,  # one fp32 constant per row
        "gptq-int4": 0.5 + 2.5 / 128,  # fp16 scale and 4-bit zero per group of 128
        "gptq-int8": 1.0 + 3 / 128,
    }
)
"""Bytes per weight of a quantised matrix with its constants."""

BLOCK_CONSTANTS = 4 / 256
"""Bytes per 8-bit optimizer value for the fp32 constant of its block of 256 (arXiv 2110.02861, section 2.1: 2048; the
released optimizers use 256)."""


@dataclass(frozen=True, slots=True)
class Share:
    """Parameters of one pipeline stage on one of its devices after tensor and expert parallelism, before sharding."""

    matrices: float  # in layers, all but routed experts; norms and biases counted here
    experts: float
    tables: float  # embedding and head
    layers: int
    first: bool
    last: bool

    @property
    def total(self) -> float:
        """All of them."""
        return self.matrices + self.experts + self.tables


def stage_layers(layers: int, stages: int, stage: int) -> int:
    """Layers of a pipeline stage, the earlier stages taking the remainder."""
    return layers // stages + (stage < layers % stages)


def share_of_stage(a: Architecture, layout: Layout, stage: int) -> Share:
    """What one pipeline stage holds; a stated total is spread over the layers in proportion to the counted sizes."""
    p, t = layout.pipeline, layout.tensor
    counted_tables = shape.embedding_parameters(a)
    counted = shape.counted_parameters(a)
    total = counted if a.stated_parameters is None else a.stated_parameters
    in_layers = max(total - counted_tables, 0.0)
    scale = in_layers / max(counted - counted_tables, 1.0)
    held = stage_layers(a.layers, p, stage)
    part = held / a.layers * scale
    experts = shape.expert_parameters(a)
    matrices = counted - counted_tables - experts
    first, last = stage == 0, stage == p - 1
    tables = shape.input_embedding_parameters(a) * first + shape.head_parameters(a) * last
    # A tied table has to be on the last stage too, for the head.
    tables = tables + a.tied_embeddings * (last > first) * a.vocab_size * a.hidden_size
    return Share(matrices * part / t, experts * part / expert_cut(layout), tables / t, held, first, last)


def expert_cut(layout: Layout) -> Number:
    """Over how many devices of a stage its routed experts are spread: expert times tensor parallelism.

    Never over more than there are: where expert parallelism takes the tensor ranks too, experts are not cut inside
    (arXiv 2504.14960, section 3.2, parallel folding).
    """
    wanted = larger(1, layout.expert) * layout.tensor
    return smaller(wanted, larger(1, layout.data * layout.context * layout.tensor))


@dataclass(frozen=True, slots=True)
class States:
    """Bytes on one device, and how the optimizer step adds to them."""

    weights: float
    gradients: float
    optimizer: float  # master weights and moments
    step: float  # allocated during the optimizer step only
    gathered: float  # whole weights and gradients of sharded layers while they are worked on
    buckets: float
    reference: float  # frozen copies: the reference model, the generator
    casts: float  # 16-bit copies of fp32 weights, from their first use in forward until backward
    host: float  # the same kinds of bytes kept in host memory instead, per device


def states_per_parameter(recipe: Recipe, profile: FrameworkProfile) -> StateBytes:
    """The profile's bytes per trained parameter for the recipe's precision."""
    if recipe.adapters:
        return profile.adapter
    if recipe.precision == "fp32":
        return StateBytes(4, 4, 0, 4, profile.mixed.step)
    if not recipe.master_weights:
        return profile.pure
    return profile.divided if recipe.zero_stage in (1, 2) else profile.mixed


def moment_bytes(optimizer: Optimizer, moment: float, table_part: float = 0.0) -> float:
    """Bytes per parameter of an optimizer's moments, each `moment` bytes where they are not quantised.

    `table_part` is the share of the parameters that is embedding or head: Muon leaves those to AdamW.
    """
    return {
        "adamw": 2 * moment,
        "adamw-8bit": 2 * (1 + BLOCK_CONSTANTS),
        "paged-adamw-8bit": 2 * (1 + BLOCK_CONSTANTS),
        "adafactor": 0.02,  # a row and a column per matrix
        "sgd": 0.0,
        "lion": moment,
        "muon": moment * (1 + table_part),
    }[optimizer]


def base_weight_bytes(recipe: Recipe, profile: FrameworkProfile, share: Share) -> float:
    """Bytes of a frozen base on one device: matrices quantised, tables and norms not."""
    plain = 4.0 if recipe.precision == "fp32" else 2.0
    if recipe.quantisation is None:
        return plain * share.total
    quantised = QUANTISED_BYTES[recipe.quantisation]
    rest = 4.0 if upcasts_base(recipe, profile) else plain
    return quantised * (share.matrices + share.experts) + rest * share.tables


def sharding_degrees(layout: Layout) -> tuple[int, int]:
    """Over how many devices ZeRO divides ordinary weights, and routed experts."""
    n = layout.data * layout.context
    return n, larger(1, n * layout.tensor // expert_cut(layout))


@dataclass(frozen=True, slots=True)
class _Trained:
    """Trained parameters of one device before sharding, ordinary ones and routed experts, and how they divide."""

    dense: float
    expert: float
    n: int
    n_expert: int

    @property
    def total(self) -> float:
        return self.dense + self.expert

    def divided(self, divide: bool) -> float:
        """Parameters that are left on the device."""
        return self.dense / self.n + self.expert / self.n_expert if divide else self.total


def _trained(run: Run, share: Share) -> _Trained:
    r, a = run.recipe, run.architecture
    n, n_expert = sharding_degrees(run.layout)
    if not r.adapters:
        return _Trained(share.matrices + share.tables, share.experts, n, n_expert)
    adapters = shape.lora_parameters(a, r.lora_rank, r.lora_targets) * share.layers / a.layers
    return _Trained(adapters / run.layout.tensor, 0.0, n, n_expert)


def hold(run: Run, profile: FrameworkProfile, share: Share) -> States:
    """All state on one device of a pipeline stage."""
    r = run.recipe
    per = states_per_parameter(r, profile)
    trained = _trained(run, share)
    sharded = (r.zero_stage >= 3) & (trained.n > 1)
    local = trained.divided(r.zero_stage >= 1)
    weights = per.weights * trained.divided(r.zero_stage >= 3)
    if r.adapters:
        base = base_weight_bytes(r, profile, share)
        cut = r.zero_stage >= 3 and (r.quantisation is None or profile.shards_frozen)
        weights = weights + (base / trained.n if cut else base)
    moments = moment_bytes(r.optimizer, per.moment, share.tables / larger(share.total, 1.0)) * local
    at_once: Number = False
    if profile.updates_in_backward and not r.adapters:
        at_once = (run.layout.devices == 1) & (accumulates(r) == False)  # noqa: E712 - elementwise
    step: Number = 0.0
    if r.optimizer in ("adamw", "lion", "sgd", "muon"):
        step = per.step * where(at_once, 0.0, where(sharded, smaller(local, profile.step_elements), local))
    cast = profile.autocast_cache and not r.adapters and r.zero_stage < 3 and per.weights == 4 and r.precision != "fp32"
    found = States(
        weights=weights,
        gradients=_gradients(run, profile, share, trained, at_once),
        optimizer=per.master * local + moments,
        step=step,
        gathered=sharded * _gathered(run, profile, share) if r.zero_stage >= 3 else 0.0,
        buckets=(trained.n > 1) * _buckets(r, profile),
        reference=_frozen_copies(run, share, trained.n),
        casts=2.0 * (share.matrices + share.experts + share.tables * share.last) if cast else 0.0,
        host=0.0,
    )
    if r.optimizer == "paged-adamw-8bit":
        # Paged states are managed memory: the driver moves them to the host when the device is short.
        found = replace(found, optimizer=found.optimizer - moments, host=moments)
    return _offload(found, r, local)


def accumulates(recipe: Recipe) -> Number:
    """Whether the plan itself says that gradients add up over micro-batches: an assumed number chooses no code path."""
    stated = {"training.gradient_accumulation", "training.global_batch_size"} & recipe.stated
    return bool(stated) and recipe.accumulation > 1


def _gradients(run: Run, profile: FrameworkProfile, share: Share, trained: _Trained, at_once: Number) -> Number:
    """Gradient bytes that stay on the device until the optimizer step."""
    r = run.recipe
    per = states_per_parameter(r, profile).gradients
    copies = 1 + (run.layout.data > 1) * (r.zero_stage == 0 and profile.ddp_copy)
    found = copies * per * trained.divided(r.zero_stage >= 2)
    if r.zero_stage >= 3 and profile.whole_gradients == "accumulation":
        # Without a reduction per micro-batch (`no_sync`) they add up unsharded, in the precision of the work.
        covered = share.total if r.adapters and profile.frozen_gradients else trained.total
        whole = (per if r.adapters else min(per, 4.0 if r.precision == "fp32" else 2.0)) * covered
        found = where((trained.n > 1) & accumulates(r), whole, found)
    elif r.zero_stage >= 3 and profile.whole_gradients == "pipeline":
        found = where((trained.n > 1) & (run.layout.pipeline > 1), per * trained.total, found)
    largest = larger(share.tables, (share.matrices + share.experts) / larger(1, share.layers))
    return where(at_once, per * largest, found)


def _buckets(recipe: Recipe, profile: FrameworkProfile) -> float:
    """Bytes of communication buckets; adapters are smaller than one."""
    if recipe.adapters or recipe.zero_stage == 0:
        return 0.0
    return 1e9 * (profile.bucket_stage3_gb if recipe.zero_stage >= 3 else profile.bucket_gb)


GRADIENT_BUFFER = 1e9
"""Bytes of gradients on the device while they stream to the host: one reduce bucket of 5e8 elements."""


def _offload(states: States, recipe: Recipe, local: float) -> States:
    """States moved to the host: optimizer states with fp32 gradients, and weights where the plan offloads them too.

    Source: arXiv 2101.06840, section 4 (gradients leave as they are made, the update runs on the host).
    """
    if recipe.offload not in ("optimizer", "parameters", "nvme"):
        return states
    host = states.host + states.optimizer + 4.0 * local
    gradients = smaller(states.gradients, GRADIENT_BUFFER) if recipe.zero_stage >= 2 else states.gradients
    moved = replace(states, optimizer=0.0, step=0.0, gradients=gradients, host=host)
    if recipe.offload in ("parameters", "nvme") and recipe.zero_stage >= 3:
        return replace(moved, weights=0.0, host=host + states.weights)
    return moved


def _gathered(run: Run, profile: FrameworkProfile, share: Share) -> Number:
    """Whole weights (and their gradients) that stage 3 holds while it works on a layer."""
    r = run.recipe
    if r.quantisation is not None and not profile.shards_frozen:
        return 0.0
    work = 4.0 if r.precision == "fp32" else 2.0
    layer = (share.matrices + share.experts) / larger(1, share.layers)
    whole = profile.gathered_layers * layer * (QUANTISED_BYTES[r.quantisation] if r.quantisation else work)
    whole = whole + profile.gathered_tables * share.tables * work
    if not r.adapters:
        # Gradients of the layer in work and of the head wait, whole, for their reduction.
        whole = whole + layer * work + profile.gathered_tables * share.tables * work / 2
    if profile.whole_gradients == "pipeline":
        # Gathering again for every micro-batch would cost too much: a stage keeps its weights whole.
        whole = where(run.layout.pipeline > 1, larger(whole, work * share.total), whole)
    return whole


def _frozen_copies(run: Run, share: Share, n: int) -> Number:
    """Weights beside the policy: a reference model without adapters, and a generator in reinforcement learning.

    A reference is the frozen base itself where adapters are trained (arXiv 2305.18290 needs its log-probabilities
    only).
    """
    r = run.recipe
    if r.method not in ("preference", "rl"):
        return 0.0
    work = 4.0 if r.precision == "fp32" else 2.0
    sharded = r.zero_stage >= 3
    reference: Number = 0.0 if r.adapters else work * share.total / (n if sharded else 1)
    if r.method == "preference":
        return reference
    # The generator works from whole 16-bit weights, cut over the devices of a node where training is sharded, and keeps
    # the keys and values of the answers in the making.
    generator = work * share.total / (smaller(n, run.layout.per_node) if sharded else 1)
    cache = shape.kv_cache_bytes(run.architecture, r.sequence_length, 2.0) * r.micro_batch / run.layout.tensor
    return reference + generator + cache


def quantisation_workspace(a: Architecture, recipe: Recipe) -> float:
    """Bytes of the largest matrix of a layer in 16 bits: quantised weights are unpacked one matrix at a time."""
    if recipe.quantisation is None:
        return 0.0
    widest = max(a.ffn_hidden_size, a.expert_ffn_hidden_size, a.attention_heads * a.head_dim)
    return 2.0 * a.hidden_size * widest


def checkpoint_bytes(run: Run, profile: FrameworkProfile) -> tuple[float, float]:
    """Bytes of a checkpoint that training can go on from, and of the weights (or adapters) alone.

    16-bit weights, full-precision master and moments: 14 bytes per parameter; 12 where the weights are the master.
    """
    r, a = run.recipe, run.architecture
    per = states_per_parameter(r, profile)
    if r.adapters:
        adapters = shape.lora_parameters(a, r.lora_rank, r.lora_targets)
        return (per.weights + moment_bytes(r.optimizer, per.moment)) * adapters, per.weights * adapters
    total = shape.parameters(a)
    weights = 4.0 if r.precision == "fp32" else 2.0
    table_part = shape.embedding_parameters(a) / max(total, 1.0)
    return (per.weights + per.master + moment_bytes(r.optimizer, per.moment, table_part)) * total, weights * total


def state_bytes_total(run: Run, profile: FrameworkProfile) -> float:
    """Weights, gradients and optimizer states of the whole job, each once."""
    r, a = run.recipe, run.architecture
    per = states_per_parameter(r, profile)
    tables = shape.embedding_parameters(a)
    whole = Share(shape.parameters(a) - tables, 0.0, tables, a.layers, True, True)
    if r.adapters:
        trained = shape.lora_parameters(a, r.lora_rank, r.lora_targets)
        base = base_weight_bytes(r, profile, whole)
    else:
        trained, base = whole.total, 0.0
    each = per.weights + per.gradients + per.master + moment_bytes(r.optimizer, per.moment, whole.tables / whole.total)
    return base + each * trained


def micro_batches_in_flight(layout: Layout, accumulation: int, stage: int) -> int:
    """Micro-batches whose activations a stage keeps under the 1F1B schedule (arXiv 2104.04473, section 2.2)."""
    kept: int = larger(1, smaller(layout.pipeline - stage, larger(1, accumulation)))
    return kept
