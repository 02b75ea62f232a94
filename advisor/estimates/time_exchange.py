"""What devices wait for one another: tensor, expert and context parallelism, the pipeline, gradients and weights.

All functions give seconds that nothing hides. Symbols are those of `advisor.estimates.run`; counts may be arrays.
"""

from __future__ import annotations

from advisor.estimates.architecture import expert_parameters, parameters, sparse_layers
from advisor.estimates.collectives import exchange_seconds, gather_seconds, path, reduce_seconds
from advisor.estimates.elementwise import Number, holds_anywhere, larger, up, where
from advisor.estimates.run import Run
from advisor.estimates.time_calibration import TimeCalibration
from advisor.estimates.time_compute import MicroBatch, Speeds, padded_tokens, trained_parameters

_BUCKET_BYTES = 5e8
"""What frameworks collect before they send: DeepSpeed's `reduce_bucket_size` of 5e8; others are of that order."""


def _tokens(run: Run, calibration: TimeCalibration) -> Number:
    """Tokens of a micro-batch on one device of a context-parallel group."""
    return run.recipe.micro_batch * padded_tokens(run.recipe, calibration)[1] / run.layout.context


def _passes_again(run: Run) -> int:
    """How often the forward is repeated."""
    return 1 if run.recipe.recompute == "full" else 0


def tensor_seconds(run: Run, calibration: TimeCalibration, sp: Speeds) -> Number:
    """Tensor parallelism in one micro-batch.

    Two all-reduces forward and two backward a layer, two more when the forward is repeated (arXiv 1909.08053).
    """
    layout = run.layout
    if not holds_anywhere(layout.tensor > 1):
        return 0.0
    way = path(run.machine, layout, layout.tensor, 1, calibration)
    message = 2 * _tokens(run, calibration) * run.architecture.hidden_size
    exposed = (1 - sp.framework.tensor_overlap) * (4 + 2 * _passes_again(run))
    return exposed * run.architecture.layers / layout.pipeline * reduce_seconds(message, way)


def expert_seconds(run: Run, calibration: TimeCalibration, sp: Speeds, compute: Number) -> Number:
    """Expert parallelism in one micro-batch: two all-to-alls forward and two backward a sparse layer.

    Source: arXiv 2006.16668, section 2.2 (dispatch and combine). In fp8 tokens are sent in 8 bits and come back in 16;
    what the framework overlaps hides behind the compute of other tokens (arXiv 2412.19437, sections 3.2 and 3.3).
    """
    a, layout = run.architecture, run.layout
    if not a.experts or not holds_anywhere(layout.expert > 1):
        return 0.0
    way = path(run.machine, layout, layout.expert, layout.tensor, calibration)
    item = 1.5 if sp.item == 1 else 2
    sent = item * _tokens(run, calibration) * a.hidden_size / layout.tensor
    sparse = sparse_layers(a) / layout.pipeline
    seconds = (4 + 2 * _passes_again(run)) * sparse * exchange_seconds(sent, way, a.experts_per_token)
    return larger(seconds - sp.framework.expert_overlap * compute, 0.1 * seconds)


def context_seconds(run: Run, calibration: TimeCalibration, micro: MicroBatch) -> Number:
    """Context parallelism in one micro-batch: keys and values travel round the ring, mostly behind the attention.

    Source: arXiv 2310.01889, section 3: forward once, backward with their gradients.
    """
    a, layout = run.architecture, run.layout
    if not holds_anywhere(layout.context > 1):
        return 0.0
    way = path(run.machine, layout, layout.context, layout.tensor, calibration)
    sent = 2 * _tokens(run, calibration) * 2 * a.kv_heads * a.head_dim / layout.tensor * (layout.context - 1)
    ring = sent * (3 + _passes_again(run)) * a.layers / layout.pipeline
    seconds = ring / where(way.crosses, way.slow / way.local, way.fast)
    attention = micro.attention_forward + micro.attention_backward
    return larger(seconds - 0.7 * attention, 0.1 * seconds)


def pipeline_seconds(run: Run, calibration: TimeCalibration, sp: Speeds, micro_batch: Number) -> Number:
    """The bubble of a pipeline and its sends in one step, whose micro-batches take `micro_batch` seconds each.

    (p-1)/m of the work, divided by the chunks of an interleaved schedule (arXiv 2104.04473, section 2.2).
    """
    layout, recipe, a = run.layout, run.recipe, run.architecture
    if not holds_anywhere(layout.pipeline > 1):
        return 0.0
    chunks = where(layout.pipeline * 2 <= a.layers, sp.framework.interleaving, 1.0)
    way = path(run.machine, layout, layout.pipeline, layout.devices / layout.pipeline, calibration)
    hop = 2 * _tokens(run, calibration) * a.hidden_size / layout.tensor / (way.slow / way.local)
    bubble = micro_batch * (layout.pipeline - 1) / chunks
    sends = 2 * chunks * (0.25 * recipe.accumulation + layout.pipeline - 1) * hop
    return where(layout.pipeline > 1, bubble + sends, 0.0)


def data_parallel_seconds(run: Run, calibration: TimeCalibration, sp: Speeds, compute: Number) -> Number:
    """Reducing gradients and gathering weights in one step, whose micro-batches compute for `compute` seconds each.

    ZeRO stages 0 to 2 move 2 messages a step, stage 3 gathers the weights for forward and backward of every micro-batch
    and scatters the gradients of each: 1.5 times as much with one micro-batch (arXiv 1910.02054, section 7).
    """
    layout, recipe, fw = run.layout, run.recipe, sp.framework
    if not holds_anywhere(layout.data * layout.context > 1):
        return 0.0
    # The members of the data-parallel group stand t ranks apart.
    way = path(run.machine, layout, layout.data * layout.context, layout.tensor, calibration)
    shards = layout.tensor * layout.pipeline
    held = parameters(run.architecture)
    experts = expert_parameters(run.architecture)
    local = (held - experts + experts / layout.expert) / shards
    trained = trained_parameters(run) / shards * (local * shards / held)
    if recipe.zero_stage < 3:
        message = fw.gradient_bytes * trained
        buckets = up(message / _BUCKET_BYTES)
        if recipe.zero_stage:
            seconds = gather_seconds(message, way, buckets) + gather_seconds(2 * trained, way, buckets)
        else:
            seconds = reduce_seconds(message, way, buckets)
        # Backward of the last micro-batch hides the reduction, forward of the first one the gathering.
        return larger(seconds - fw.overlap * compute, 0.05 * seconds)
    weight_bytes = 0.55 if recipe.quantisation else 1.0 if recipe.precision == "fp8" else 2.0
    layers = run.architecture.layers / layout.pipeline
    gathers = 2 * gather_seconds(weight_bytes * local, way, layers) / fw.shard_share
    scatter = gather_seconds(fw.gradient_bytes * trained, way, layers) / fw.shard_share
    # A pipeline's stages keep their weights for the whole step: gathering for each micro-batch would stall them all.
    once = layout.pipeline > 1
    compute = compute * where(once, recipe.accumulation, 1)
    times = where(once, 1, recipe.accumulation)
    return times * larger(gathers + scatter - fw.overlap * compute, 0.05 * (gathers + scatter))
