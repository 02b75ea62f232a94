"""From a plan to a case: names looked up, gaps filled, and every assumption listed with its reason.

Pure: the plan, the knowledge and the date come in, nothing else is read but a `model.hf_config` file that the reader of
the plan has already loaded.
"""

from __future__ import annotations

from datetime import date

from advisor.entries.base import Knowledge
from advisor.estimates.run import Run
from advisor.plan.read import PlanFile
from advisor.plan.source import Unreadable
from advisor.resolve.batch import epochs_of, gathered_less, with_batch
from advisor.resolve.case import PRIVATE_KINDS, Assumption, Case, DataShare
from advisor.resolve.data import data_of, tokens_per_epoch_of
from advisor.resolve.gaps import Gaps
from advisor.resolve.hardware import device_of, machine_for
from advisor.resolve.layout import divided, layout_of
from advisor.resolve.model import architecture_of, licence_of, model_of
from advisor.resolve.recipe import recipe_of
from advisor.resolve.serving import serving_of

__all__ = ["PRIVATE_KINDS", "Assumption", "Case", "DataShare", "resolve"]


def resolve(file: PlanFile, knowledge: Knowledge, today: date) -> Case:
    """A plan with its names looked up and its gaps filled, in a fixed order.

    Raises Unreadable with the place and the nearest names where a device or a model is unknown.
    """
    gaps = Gaps(file, knowledge, today)
    device_id, device, system = device_of(gaps)
    model_id, model = model_of(gaps)
    if gaps.problems:
        raise Unreadable(tuple(gaps.problems))
    architecture = architecture_of(gaps, model)
    licence_id, licence = licence_of(gaps, model)
    tokenizer = knowledge.tokenizer(model.tokenizer if model else None)
    layout = divided(gaps, layout_of(gaps, system), architecture, device)
    machine = machine_for(gaps, device_id, device, system, layout)
    data = data_of(gaps, tokenizer)
    recipe = with_batch(gaps, recipe_of(gaps, device, layout, data, architecture), layout)
    epochs = epochs_of(gaps, recipe)
    per_epoch = tokens_per_epoch_of(gaps, data, recipe)
    tokens = None if per_epoch is None else per_epoch * epochs
    serving = serving_of(gaps, recipe, model)
    return Case(
        file=file,
        knowledge=knowledge,
        today=today,
        run=gathered_less(gaps, Run(architecture, recipe, layout, machine, tokens, serving)),
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
        assumptions=tuple(gaps.assumptions),
        framework_text=file.plan.training.framework,
        contradictions=frozenset(gaps.contradictions),
    )
