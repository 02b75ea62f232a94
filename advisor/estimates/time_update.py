"""What a step does beside its micro-batches: the optimizer, offloading, generating answers, waiting for samples.

All functions give seconds. Symbols are those of `advisor.estimates.run`; counts may be arrays.
"""

from __future__ import annotations

from advisor.estimates.architecture import parameters
from advisor.estimates.elementwise import Number, larger
from advisor.estimates.run import Run
from advisor.estimates.time_calibration import TimeCalibration
from advisor.estimates.time_compute import Speeds, padded_tokens, trained_parameters

# AdamW with a master copy reads 4+4+4+4 bytes a weight and writes 4+4+4+2; the others move fewer or smaller states,
# and Muon adds the products of its orthogonalisation.
_STATE_TRAFFIC = {
    "adamw": 1.0,
    "adamw-8bit": 0.55,
    "paged-adamw-8bit": 0.55,
    "adafactor": 0.8,
    "sgd": 0.55,
    "lion": 0.75,
    "muon": 1.4,
}


def _updated(run: Run) -> Number:
    """Weights that one device updates."""
    layout = run.layout
    trained = trained_parameters(run) / (layout.tensor * layout.pipeline)
    return trained / (layout.data * layout.context if run.recipe.zero_stage else 1)


def optimizer_seconds(run: Run, sp: Speeds) -> Number:
    """The optimizer's update on the device: its states pass the memory once."""
    recipe = run.recipe
    if recipe.offload not in {"none", "activations"}:
        return 0.0
    traffic = sp.framework.optimizer_bytes * (1.0 if recipe.master_weights else 0.6) * _STATE_TRAFFIC[recipe.optimizer]
    return traffic * _updated(run) / sp.stream


def offload_seconds(run: Run, calibration: TimeCalibration, compute: Number) -> Number:
    """Offloading in one step, whose micro-batches compute for `compute` seconds each.

    Gradients go down in 16 bits, weights come back; the host's Adam is bound by the host's memory (arXiv 2101.06840).
    """
    recipe, layout, machine = run.recipe, run.layout, run.machine
    if recipe.offload == "none":
        return 0.0
    pcie = (machine.pcie_bytes_per_second or calibration.links["pcie"].assumed_bytes_per_second) * 0.8
    if recipe.offload == "activations":
        _, row = padded_tokens(recipe, calibration)
        kept = 2 * recipe.micro_batch * row / layout.context * run.architecture.hidden_size
        kept = kept * run.architecture.layers / layout.pipeline * (1 if recipe.recompute == "full" else 16)
        return recipe.accumulation * larger(2 * kept / pcie - 0.7 * compute, 0.1 * kept / pcie)
    sharded = _updated(run)
    host = (machine.host_bytes_per_second or calibration.host_bytes_per_second) / layout.per_node
    seconds = 4 * sharded / pcie + 28 * sharded / host
    if recipe.offload in ("parameters", "nvme"):
        held = parameters(run.architecture) / (layout.tensor * layout.pipeline)
        held = held / (layout.data * layout.context if recipe.zero_stage == 3 else 1)
        passes = 3 if recipe.recompute == "full" else 2
        hidden = larger(passes * 2 * held / pcie - 0.5 * compute, 0.2 * held / pcie)
        seconds = seconds + recipe.accumulation * hidden
    if recipe.offload == "nvme":
        seconds = seconds + 24 * sharded * layout.per_node / calibration.nvme_bytes_per_second
    return seconds


def generation_seconds(run: Run, calibration: TimeCalibration, sp: Speeds) -> Number:
    """Generating a micro-batch's tokens in reinforcement learning: every position reads all weights."""
    _, row = padded_tokens(run.recipe, calibration)
    weights = 2 * parameters(run.architecture) / run.layout.tensor
    rounds = row * run.recipe.micro_batch / calibration.decode_concurrency
    return rounds * weights / sp.stream


def data_wait_seconds(run: Run, calibration: TimeCalibration, step: Number) -> Number:
    """Waiting for samples: random reads that the storage cannot serve while the step of `step` seconds runs."""
    read = calibration.read_s.get(run.machine.storage or "nvme", 0.0)
    samples = run.recipe.micro_batch * run.recipe.accumulation * run.layout.data
    return larger(samples * read - step, 0.0)
