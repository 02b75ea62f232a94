"""What must hold of every result, whatever the plan: the contract's keys and words, and figures that agree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

SEVERITIES = ("blocker", "high", "medium", "low", "info")
TOPICS = frozenset({
    "memory", "numerics", "software", "hardware", "interconnect", "parallelism", "storage", "time", "cost", "method",
    "data", "evaluation", "licence", "compliance", "operations", "team", "evidence",
})  # fmt: skip
_RANGE = {"low", "likely", "high"}
_FORM: dict[str, set[str]] = {
    "memory": {"per_device_gib", "reserved_gib", "allocated_gib", "usable_gib", "fits", "probability_fits", "parts_gib",
               "host_gib_per_node", "checkpoint_gib"},
    "serving": {"per_device_gib", "fits", "devices_needed", "tokens_per_second"},
    "time": {"tokens", "tokens_per_second_per_device", "mfu", "step_seconds", "device_hours", "days", "calendar_days"},
    "cost": {"currency", "compute", "project", "parts"},
}  # fmt: skip


def faults(result: dict[str, Any], raw: bytes) -> list[str]:
    """Everything that is wrong with the JSON result of a plan; empty when nothing is."""
    found = [*_form(result), *_figures(result, ""), *_memory(result["estimates"]["memory"])]
    found += [*_findings(result, raw), *_verdict(result)]
    return found


def _form(result: dict[str, Any]) -> Iterator[str]:
    wanted = {"schema", "plan", "verdict", "findings", "accepted", "estimates", "assumptions", "options"}
    if missing := wanted - set(result):
        yield f"lacks {missing}"
    if result["schema"] != "advisor.check/1":
        yield "schema"
    if set(result["estimates"]) != set(_FORM):
        yield "estimates"
    for name, keys in _FORM.items():
        estimate = result["estimates"][name]
        if estimate is not None and (missing := keys - set(estimate)):
            yield f"{name} lacks {missing}"
    for row in result["assumptions"]:
        if not row["why"] or not row["path"]:
            yield f"assumption {row}"


def _figures(value: Any, path: str) -> Iterator[str]:
    """Finite numbers everywhere; ranges in order and not below zero."""
    if isinstance(value, dict):
        if set(value) == _RANGE and not 0 <= value["low"] <= value["likely"] <= value["high"]:
            yield f"{path} is {value}"
        for name, inner in value.items():
            yield from _figures(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _figures(inner, f"{path}[]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{path} is {value}"


def _memory(memory: dict[str, Any] | None) -> Iterator[str]:
    if memory is None:
        return
    if set(memory["parts_gib"]) != {"weights", "gradients", "optimizer", "activations", "logits", "overhead"}:
        yield "parts of memory"
    likely = memory["per_device_gib"]["likely"]
    if not math.isclose(sum(memory["parts_gib"].values()), likely, rel_tol=1e-6):
        yield f"parts sum to {sum(memory['parts_gib'].values())}, not {likely}"
    if min(memory["parts_gib"].values()) < 0:
        yield "a part of memory is below zero"
    for pick in _RANGE:
        kinds = [memory[name][pick] for name in ("allocated_gib", "reserved_gib", "per_device_gib")]
        if not kinds[0] <= kinds[1] * (1 + 1e-8) <= kinds[2] * (1 + 2e-8):
            yield f"allocated, reserved, shown: {kinds}"
    chance = memory["probability_fits"]
    word = "yes" if chance >= 0.9 else "likely" if chance >= 0.5 else "unlikely" if chance >= 0.1 else "no"
    if memory["fits"] != word or not 0 <= chance <= 1:
        yield f"fits {memory['fits']} at {chance}"


def _findings(result: dict[str, Any], raw: bytes) -> Iterator[str]:
    lines = raw.decode("utf-8-sig" if raw[:1] not in {b"\xff", b"\xfe"} else "utf-16").splitlines() or [""]
    ids = [row["id"] for row in result["findings"]]
    if len(ids) != len(set(ids)):
        yield f"found twice: {ids}"
    for row in result["findings"]:
        at = row["at"]
        if not (at["path"] and 1 <= at["line"] <= len(lines) and 1 <= at["column"] <= len(lines[at["line"] - 1]) + 1):
            yield f"{row['id']} points at {at}"
        if row["severity"] not in SEVERITIES or row["confidence"] not in {"high", "medium", "low"}:
            yield f"{row['id']} has severity {row['severity']}, confidence {row['confidence']}"
        if row["topic"] not in TOPICS:
            yield f"{row['id']} has topic {row['topic']}"
        if not row["says"] or not row["do"] or not row["because"] or not row["sources"]:
            yield f"{row['id']} lacks words, facts or sources"
        for source in row["sources"]:
            date.fromisoformat(source["read_on"])
            if not source["title"] or not source["url"].startswith(("https://", "http://", "urn:advisor:")):
                yield f"{row['id']} cites {source}"


def _verdict(result: dict[str, Any]) -> Iterator[str]:
    open_ones = {row["severity"] for row in result["findings"]}
    expected = "no-go" if "blocker" in open_ones else "caution" if open_ones & {"high", "medium"} else "go"
    if result["verdict"] != expected:
        yield f"{result['verdict']} with {open_ones}"
