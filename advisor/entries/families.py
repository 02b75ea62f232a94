"""The families of the knowledge base, and the form that their entries have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "sources": ("Source",),
    "devices": ("Device",),
    "systems": ("System",),
    "models": ("ModelEntry",),
    "tokenizers": ("Tokenizer",),
    "licences": ("Licence",),
    "data_licences": ("DataLicence",),
    "regulations": ("Regulation",),
    "practice": ("Figure", "Advice"),
    "prices": ("Price", "ExchangeRate"),
    "frameworks": (),
    "calibration": (),
    "questions": (),
}
"""Each folder of `knowledge/` and the forms (in `schema`) that its entries may have. The last three have none: the
modules that read them, the estimates and the questionnaire, say what they must look like."""


def form_of(family: str, raw: Mapping[str, Any]) -> str | None:
    """The name of the form that an entry of a family must have; None where the module that reads it says."""
    forms = FAMILIES[family]
    if len(forms) < 2:
        return forms[0] if forms else None
    marks = {"practice": "says", "prices": "cny"}
    return forms[1] if marks[family] in raw else forms[0]
