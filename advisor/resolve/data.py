"""The data of a plan: whose it is, on which terms, and how many tokens one pass over it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from advisor.entries.terms import Terms, data_terms
from advisor.estimates.run import Recipe
from advisor.plan.model import DataEntry
from advisor.resolve.case import PRIVATE_KINDS, DataShare
from advisor.resolve.gaps import Gaps

if TYPE_CHECKING:
    from advisor.entries.schema import Stage, Tokenizer

_TEXT_KINDS: Mapping[str, str] = {
    "private-code": "code",
    "code": "code",
    "private-text": "text",
    "text": "text",
    "math": "english",
    "chat": "text",
    "instructions": "text",
    "other": "text",
}


def data_of(gaps: Gaps, tokenizer: Tokenizer | None) -> tuple[DataShare, ...]:
    """Every entry of the data with its terms and its tokens, as far as they can be counted."""
    rows = []
    for index, entry in enumerate(gaps.plan.data or ()):
        own = entry.source == "internal" and (entry.license or "LicenseRef-").lower().startswith("licenseref-")
        terms = Terms() if own else data_terms(gaps.knowledge, entry.license, _stage(gaps))
        rows.append(
            DataShare(
                index=index,
                entry=entry,
                tokens=_tokens(gaps, index, entry, tokenizer),
                private=entry.kind in PRIVATE_KINDS,
                share=entry.share,
                terms=terms,
                internal=own,
            )
        )
    return tuple(rows)


def _stage(gaps: Gaps) -> Stage:
    return (gaps.plan.project.use if gaps.plan.project else None) or "internal"


def _tokens(gaps: Gaps, index: int, entry: DataEntry, tokenizer: Tokenizer | None) -> float | None:
    if entry.tokens is not None:
        return entry.tokens
    if entry.samples is not None and entry.tokens_per_sample is not None:
        return entry.samples * entry.tokens_per_sample
    if entry.size is not None:
        kind = _TEXT_KINDS.get(entry.kind or "other", "text")
        measured = {str(key): value for key, value in tokenizer.tokens_per_byte.items()} if tokenizer else {}
        if kind == "text":
            kind = "chinese" if "CN" in (gaps.plan.project.regions or () if gaps.plan.project else ()) else "english"
        rate = measured.get(kind)
        if rate is None:
            rate = gaps.figure(f"tokens-per-byte-{kind}")
            gaps.assume(f"data[{index}].tokens", round(entry.size * rate), "tokens-per-byte-usual",
                        rate=f"{rate:.3g}", kind=kind)  # fmt: skip
        else:
            gaps.assume(f"data[{index}].tokens", round(entry.size * rate), "tokens-per-byte-measured",
                        rate=f"{rate:.3g}", tokenizer=str(tokenizer.name if tokenizer else ""))  # fmt: skip
        return entry.size * float(rate)
    if entry.samples is not None:
        length = gaps.plan.training.mean_sample_tokens or gaps.plan.training.sequence_length
        if length is not None:
            gaps.assume(f"data[{index}].tokens", entry.samples * length, "tokens-from-samples", length=length)
            return entry.samples * float(length)
    return None


def tokens_per_epoch_of(gaps: Gaps, data: tuple[DataShare, ...], recipe: Recipe) -> float | None:
    """Tokens of one pass over the private entries and their share of the rest; None where nothing is counted."""
    if recipe.method == "none" or not data:
        return None
    private = [row for row in data if row.private]
    if private and all(row.share and row.tokens is not None for row in private):
        tokens = sum(row.tokens or 0.0 for row in private)
        share = sum(row.share or 0.0 for row in private)
        total = tokens / min(1.0, share)
    else:
        counted = [row.tokens for row in data if row.tokens is not None]
        if not counted:
            return None
        total = sum(counted)
    _note_padding(gaps, recipe)
    if recipe.method == "rl" and all(row.entry.tokens is None and row.entry.size is None for row in data):
        completions = gaps.figure("completions-per-prompt")
        gaps.assume("data", round(total * completions), "completions", completions=f"{completions:g}")
        total *= completions
    return total


def _note_padding(gaps: Gaps, recipe: Recipe) -> None:
    if not recipe.packing and recipe.micro_batch > 1:
        gaps.assume("training.packing", False, "padding")
