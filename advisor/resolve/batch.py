"""How many sequences make one step, how they are divided, and how often the data is gone through."""

from __future__ import annotations

from dataclasses import replace

from advisor.estimates.frameworks import framework_from_dict
from advisor.estimates.memory import calibration_from_dict, memory_figures
from advisor.estimates.run import Layout, Recipe, Run
from advisor.resolve.gaps import Gaps

LARGEST_STEP = 16_777_216  # tokens of one optimizer step that are assumed at most
ROOM = 0.95  # chance of fitting that a larger micro-batch must keep


def micro_batch_of(gaps: Gaps, layout: Layout) -> int:
    """Sequences of one device at a time: what the totals that are stated leave, else one."""
    training = gaps.plan.training
    if training.global_batch_size and training.gradient_accumulation:
        wanted = training.global_batch_size / (training.gradient_accumulation * layout.data)
        if wanted >= 1 and wanted == int(wanted):
            return gaps.assume("training.micro_batch_size", int(wanted), "micro-batch-from-global")
    return gaps.assume("training.micro_batch_size", 1, "micro-batch")


def with_batch(gaps: Gaps, recipe: Recipe, layout: Layout) -> Recipe:
    """The recipe with as many micro-batches in a step as the plan states, or as make a usual step."""
    training = gaps.plan.training
    if recipe.method == "none":
        return recipe
    per_pass = recipe.micro_batch * layout.data
    accumulation, total = training.gradient_accumulation, training.global_batch_size
    if total is not None:
        wanted = max(1, round(total / per_pass))
        if accumulation is not None and accumulation * per_pass != total:
            gaps.contradictions.add("batch")
            gaps.assume("training.global_batch_size", accumulation * per_pass, "batch-contradicts",
                        stated=total, product=accumulation * per_pass)  # fmt: skip
        elif accumulation is None:
            if wanted * per_pass != total:
                gaps.contradictions.add("batch-uneven")
                gaps.assume("training.gradient_accumulation", wanted, "batch-uneven",
                            stated=total, per_pass=per_pass, got=wanted * per_pass)  # fmt: skip
            accumulation = wanted
    elif accumulation is None:
        name = "batch-tokens-finetuning"
        if recipe.method in {"pretraining", "continued-pretraining"} and not recipe.adapters:
            name = "batch-tokens-pretraining"
        target = gaps.figure(name)
        if name == "batch-tokens-pretraining":  # many ranks take larger steps rather than shorter turns
            target = min(max(target, layout.data * gaps.figure("rank-tokens")), LARGEST_STEP)
        accumulation = max(1, round(target / (per_pass * recipe.sequence_length)))
        gaps.assume("training.gradient_accumulation", accumulation, "accumulation",
                    tokens=f"{accumulation * per_pass * recipe.sequence_length:,}")  # fmt: skip
    return replace(recipe, accumulation=accumulation or 1)


def gathered_less(gaps: Gaps, run: Run) -> Run:
    """The run with more sequences at a time where every micro-batch gathers all weights across nodes, if they fit.

    Nobody runs ZeRO-3 over several nodes with one short sequence at a time and the memory half empty.
    """
    recipe, training = run.recipe, gaps.plan.training
    open_ended = training.micro_batch_size is None and training.gradient_accumulation is None
    if not (open_ended and recipe.zero_stage == 3 and run.layout.nodes > 1 and run.machine.usable_gib):
        return run
    calibration = calibration_from_dict(gaps.knowledge.raw["calibration"]["memory"])
    profile = framework_from_dict(recipe.framework, gaps.knowledge.raw["frameworks"][recipe.framework]["profile"])
    for size in (8, 4, 2):
        if size * recipe.sequence_length > 2 * gaps.figure("rank-tokens") or recipe.accumulation % size:
            continue
        larger = replace(run, recipe=replace(recipe, micro_batch=size, accumulation=recipe.accumulation // size))
        if float(memory_figures(larger, profile, calibration).probability_fits) >= ROOM:
            mine = {"training.micro_batch_size", "training.gradient_accumulation"}
            gaps.assumptions = [row for row in gaps.assumptions if row.path not in mine]
            gaps.assume("training.micro_batch_size", size, "micro-batch-gathered")
            gaps.assume("training.gradient_accumulation", larger.recipe.accumulation, "accumulation-gathered")
            return larger
    return run


def epochs_of(gaps: Gaps, recipe: Recipe) -> float:
    """How often the data is gone through."""
    stated = gaps.plan.training.epochs
    if stated is not None or recipe.method == "none":
        return float(stated or 1.0)
    return gaps.assume("training.epochs", 1.0, "epochs")
