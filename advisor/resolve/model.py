"""Which model a plan means, under which licence, and its shape as far as it is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from advisor.entries.base import UnknownNameError
from advisor.entries.terms import hosted_maker
from advisor.estimates import architecture as shapes
from advisor.estimates.run import Architecture
from advisor.plan.source import Unreadable, shown
from advisor.resolve.gaps import Gaps
from advisor.words import Words

if TYPE_CHECKING:
    from advisor.entries.schema import Licence, ModelEntry

_STANDS_FOR_NOTHING = 1e9  # parameters of a model behind an API, from which nothing is computed


def model_of(gaps: Gaps) -> tuple[str | None, ModelEntry | None]:
    """The model that the plan names; none where it states a shape instead."""
    name = gaps.plan.model.name
    if name is None:
        return None, None
    try:
        found = gaps.knowledge.model_id(name.partition("@")[0])
    except UnknownNameError as error:
        if _states_a_shape(gaps):
            gaps.assume("model.name", name, "model-unknown-shape-stated", name=name)
            return None, None
        if hosted_maker(name):
            return _hosted_model(gaps, name)
        gaps.unknown("model.name", "unknown-model", error)
        return None, None
    return found, gaps.knowledge.model(found)


def _hosted_model(gaps: Gaps, name: str) -> tuple[None, None]:
    """A model behind its maker's API: it can be used as it is, and by nobody's own devices."""
    hardware = gaps.plan.hardware
    if gaps.plan.training.method != "none" or (hardware is not None and hardware.device is not None):
        gaps.problems.append(gaps.file.problem("model.name", "hosted-model", value=shown(name)))
    else:
        gaps.assume("model.name", name, "model-hosted")
    return None, None


def is_hosted(gaps: Gaps) -> bool:
    """Tell whether the model stands behind its maker's API."""
    return any(assumption.key == "model-hosted" for assumption in gaps.assumptions)


def _states_a_shape(gaps: Gaps) -> bool:
    model = gaps.plan.model
    return bool(model.parameters or model.hf_config or (model.layers and model.hidden_size))


def licence_of(gaps: Gaps, model: ModelEntry | None) -> tuple[str | None, Licence | None]:
    """The licence as stated, else that of the model or of its revision."""
    stated = gaps.plan.model.license
    if stated is not None:
        found = gaps.knowledge.licence_id(stated)
        return found or stated, gaps.knowledge.licence(found)
    if model is None:
        return ("proprietary", gaps.knowledge.licence("proprietary")) if is_hosted(gaps) else (None, None)
    revision = (gaps.plan.model.name or "").partition("@")[2]
    for row in model.revisions:
        if revision and row.revision == revision:
            return row.licence, gaps.knowledge.licence(row.licence)
    return model.licence, gaps.knowledge.licence(model.licence)


def architecture_of(gaps: Gaps, model: ModelEntry | None) -> Architecture:
    """The shape of the model: its configuration file, its entry, or a usual one of its size, with the sizes stated."""
    return shapes.fill({}, _STANDS_FOR_NOTHING) if is_hosted(gaps) else _shape_of(gaps, model)


def _shape_of(gaps: Gaps, model: ModelEntry | None) -> Architecture:
    stated = gaps.plan.model
    base: Architecture | None = None
    if gaps.file.hf_problem is not None:
        reason = Words(gaps.file.hf_problem.message("en"), gaps.file.hf_problem.message("zh"))
        gaps.assume("model.hf_config", None, "config-unusable", reason=reason)
    if gaps.file.hf_architecture is not None:
        base = gaps.file.hf_architecture
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
        base = _filled(gaps, sizes, parameters, active)
        _note_shape(gaps, base, sizes)
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
            gaps.contradictions.add("parameters")
            gaps.assume("model.parameters", parameters, "parameters-win", counted=f"{counted / 1e9:.2f}B")
        base = replace(base, stated_parameters=parameters)
    if stated.active_parameters is not None:
        base = replace(base, stated_active_parameters=stated.active_parameters)
    return base


def _note_shape(gaps: Gaps, a: Architecture, sizes: dict[str, Any]) -> None:
    if sizes:
        gaps.assume("model", None, "shape-from-sizes")
        return
    gaps.assume("model", None, "shape-from-active" if a.experts else "shape-from-parameters", layers=a.layers,
                hidden=a.hidden_size, vocabulary=f"{a.vocab_size:,}", experts=a.experts,
                chosen=a.experts_per_token)  # fmt: skip


def _filled(gaps: Gaps, sizes: dict[str, Any], parameters: float | None, active: float | None) -> Architecture:
    """A plausible decoder with the sizes that are stated. Raises Unreadable when they are too few."""
    try:
        return shapes.fill(sizes, parameters, active)
    except shapes.TooLittleKnownError:
        raise Unreadable([gaps.file.problem("model", "model-too-little")]) from None
