"""How a model is used: requests, context and how its weights are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from advisor.estimates.run import Recipe, Serving
from advisor.plan.model import ServingQuantisation
from advisor.resolve.gaps import Gaps

if TYPE_CHECKING:
    from advisor.entries.schema import ModelEntry

_STORED: Mapping[str, ServingQuantisation] = {
    "-fp8": "fp8", "-awq": "int4", "-gptq-int4": "int4", "-int4": "int4", "-4bit": "int4", "-gptq-int8": "int8",
    "-int8": "int8",
}  # fmt: skip
_RELEASED: Mapping[str | None, ServingQuantisation] = {"fp8": "fp8", "mxfp4": "int4"}


def serving_of(gaps: Gaps, recipe: Recipe, model: ModelEntry | None) -> Serving | None:
    """How the model is used; None where a plan trains and says nothing of use."""
    stated = gaps.plan.serving
    if stated is None and recipe.method != "none":
        return None
    requests = (stated.concurrent_requests if stated else None) or gaps.assume(
        "serving.concurrent_requests", int(gaps.figure("serving-concurrency")), "serving-requests"
    )
    length = (stated.context_length if stated else None) or gaps.assume(
        "serving.context_length", int(gaps.figure("serving-context")), "serving-context"
    )
    return Serving(
        concurrent_requests=requests,
        context_length=length,
        quantisation=_served(gaps, recipe, model),
        engine=(stated.engine if stated else None) or "vllm",
    )


def _served(gaps: Gaps, recipe: Recipe, model: ModelEntry | None) -> ServingQuantisation:
    """How the served weights are stored: as the plan says, else as the model's makers release them."""
    stated = (gaps.plan.serving.quantisation if gaps.plan.serving else None) or "none"
    if stated != "none" or recipe.method != "none":
        return stated
    name = (gaps.plan.model.name or "").partition("@")[0].lower()
    for ending, stored in _STORED.items():
        if name.endswith(ending):
            return gaps.assume("serving.quantisation", stored, "served-as-named", ending=ending)
    released = gaps.plan.model.trained_in or (model.trained_in if model else None)
    if released not in _RELEASED:
        return stated
    return gaps.assume("serving.quantisation", _RELEASED[released], "served-as-released", released=released)
