"""The result as JSON values: schema `advisor.check/1`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from advisor.entries.base import Knowledge
from advisor.estimates.run import Range
from advisor.findings import Finding, Judged
from advisor.pipeline import Judgement
from advisor.plan.source import Problem
from advisor.words import Language

SCHEMA = "advisor.check/1"


def number(value: float | None) -> float | int | None:
    """A figure with at most nine significant digits, so that equal inputs give equal bytes everywhere."""
    if value is None:
        return None
    short = float(f"{value:.9g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def span(value: Range | None) -> dict[str, float | int | None] | None:
    """A range as JSON."""
    if value is None:
        return None
    return {"low": number(value.low), "likely": number(value.likely), "high": number(value.high)}


def sources(ids: Sequence[str], knowledge: Knowledge) -> list[dict[str, str]]:
    """Sources as JSON, in the order of the rule."""
    found = []
    for name in ids:
        source = knowledge.source(name)
        found.append({"title": source.title, "url": source.url, "read_on": source.read_on.isoformat()})
    return found


def finding_as_json(finding: Finding, knowledge: Knowledge, lang: Language) -> dict[str, Any]:
    """One finding as JSON."""
    data: dict[str, Any] = {
        "id": finding.rule.id,
        "name": finding.rule.name,
        "topic": finding.rule.topic,
        "severity": finding.rule.severity,
        "confidence": finding.rule.confidence,
        "says": finding.says(lang),
        "do": finding.do(lang),
        "at": {"path": finding.at.path, "line": finding.at.line, "column": finding.at.column},
        "because": [
            {"fact": name, "value": number(value) if isinstance(value, float) else value}
            for name, value in finding.because
        ],
        "sources": sources(finding.rule.sources, knowledge),
    }
    if finding.under is not None:
        data["under"] = finding.under
    if finding.chain:
        data["chain"] = list(finding.chain)
    return data


COVERED: Final = frozenset({"accepted", "baseline"})
"""States of acceptances that cover a finding."""

KNOWN: Final = frozenset({"baseline", "stale-baseline"})
"""States of entries of a baseline."""


def acceptance_as_json(row: Judged, knowledge: Knowledge, lang: Language) -> dict[str, Any]:
    """An acceptance, with the finding that it covers, or why it covers none."""
    data: dict[str, Any] = {} if row.finding is None else finding_as_json(row.finding, knowledge, lang)
    data.setdefault("id", row.acceptance.id)
    data["state"] = row.state
    data["reason"] = row.acceptance.reason
    data["until"] = row.acceptance.until.isoformat() if row.acceptance.until else None
    if row.file is not None:
        data["from"] = {"path": row.file} if row.state in KNOWN else {"path": row.file, "line": row.position.line}
    return data


def _memory(judgement: Judgement) -> dict[str, Any] | None:
    memory = judgement.estimates.memory
    if memory is None:
        return None
    return {
        "per_device_gib": span(memory.per_device),
        "reserved_gib": span(memory.reserved),
        "allocated_gib": span(memory.allocated),
        "needed_gib": span(memory.needed),
        "usable_gib": number(memory.usable_gib),
        "fits": memory.fits,
        "probability_fits": number(memory.probability_fits),
        "parts_gib": {name: number(value) for name, value in memory.parts.items()},
        "host_gib_per_node": span(memory.host_gib_per_node),
        "checkpoint_gib": number(memory.checkpoint_gib),
        "state_gib": number(memory.state_bytes_total / 2**30),
        "peak_phase": memory.peak_phase,
    }


def _serving(judgement: Judgement) -> dict[str, Any] | None:
    serving = judgement.estimates.serving
    if serving is None:
        return None
    return {
        "per_device_gib": span(serving.per_device),
        "fits": serving.fits,
        "devices_needed": serving.devices_needed,
        "tokens_per_second": span(serving.tokens_per_second),
    }


def _time(judgement: Judgement) -> dict[str, Any] | None:
    time = judgement.estimates.time
    if time is None or time.days is None:
        return None
    return {
        "tokens": number(time.tokens),
        "tokens_per_second_per_device": span(time.tokens_per_second_per_device),
        "mfu": span(time.mfu),
        "step_seconds": span(time.step_seconds),
        "device_hours": span(time.device_hours),
        "days": span(time.days),
        "calendar_days": span(time.calendar_days),
    }


def _cost(judgement: Judgement) -> dict[str, Any] | None:
    cost = judgement.estimates.cost
    if cost is None or cost.project is None:
        return None
    return {
        "currency": cost.currency,
        "compute": span(cost.compute),
        "project": span(cost.project),
        "parts": {name: span(part) for name, part in cost.parts.items() if part is not None},
    }


def estimates_as_json(judgement: Judgement) -> dict[str, Any]:
    """The four estimates; null where one does not apply or cannot be made."""
    return {
        "memory": _memory(judgement),
        "serving": _serving(judgement),
        "time": _time(judgement),
        "cost": _cost(judgement),
    }


def as_json(judgement: Judgement, lang: Language, options: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The whole result of a check."""
    case = judgement.case
    return {
        "schema": SCHEMA,
        "plan": {"path": case.file.name, **({"title": case.plan.title} if case.plan.title else {})},
        "date": case.today.isoformat(),
        "verdict": judgement.verdict,
        "findings": [finding_as_json(finding, case.knowledge, lang) for finding in judgement.findings],
        "accepted": [
            acceptance_as_json(row, case.knowledge, lang) for row in judgement.acceptances if row.state in COVERED
        ],
        "not_accepted": [
            acceptance_as_json(row, case.knowledge, lang) for row in judgement.acceptances if row.state not in COVERED
        ],
        "not_shown": {
            "profile": judgement.policy.profile,
            "findings": [
                {"id": finding.rule.id, "severity": finding.rule.severity, "at": {"path": finding.at.path}}
                for finding in judgement.hidden
            ],
        },
        "estimates": estimates_as_json(judgement),
        "assumptions": [
            {"path": row.path, "value": number(row.value) if isinstance(row.value, float) else row.value,
             "why": row.why(lang)}
            for row in judgement.assumptions
        ],
        "own_knowledge": [
            {"entry": entry, "field": field, "from": folder} for entry, field, folder in judgement.overlaid
        ],
        "options": list(options),
    }  # fmt: skip


def errors_as_json(name: str, problems: Sequence[Problem], lang: Language) -> dict[str, Any]:
    """The result for a plan that cannot be read."""
    return {
        "schema": SCHEMA,
        "plan": {"path": name},
        "errors": [
            {"path": row.path, "line": row.line, "column": row.column, "message": row.message(lang)} for row in problems
        ],
    }
