"""How the figures were found, a step a row: shown by the report and by `advisor why`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.pipeline import Judgement
from advisor.words import Language, say
from advisor.words.figures import significant
from advisor.words.trace import formula_in_chinese, input_in_chinese

KINDS = ("memory", "serving", "time", "cost")


def trace_of(judgement: Judgement, lang: Language, wanted: Sequence[str] = KINDS) -> list[dict[str, Any]]:
    """How each figure of some estimates was found: name, formula, inputs, value, unit, source."""
    rows: list[dict[str, Any]] = []
    estimates = judgement.estimates
    named = str if lang == "en" else input_in_chinese
    kinds = {"memory": estimates.memory, "serving": estimates.serving, "time": estimates.time, "cost": estimates.cost}
    for kind in wanted:
        for step in getattr(kinds[kind], "trace", ()):
            inputs = step.inputs.items() if isinstance(step.inputs, Mapping) else step.inputs
            rows.append(
                {
                    "name": say(lang, f"trace.{kind}.{step.name}"),
                    "formula": step.formula if lang == "en" else formula_in_chinese(step.formula),
                    "inputs": ", ".join(f"{named(name)} = {_input(value)}" for name, value in inputs),
                    "value": significant(step.value, 4),
                    "unit": step.unit,
                    "source": step.source,
                }
            )
    return rows


def _input(value: object) -> str:
    """An input of a formula: counts in full, measurements with the digits that matter."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e7 else significant(value, 4)
