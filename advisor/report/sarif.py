"""SARIF 2.1.0: what code hosts and editors show at the line of a plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from advisor import __version__
from advisor.findings import Finding, Judged
from advisor.plan.source import Problem
from advisor.report.outcome import Outcome
from advisor.words import Language, say

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"blocker": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
_UNREADABLE = "unreadable-plan"


def _uri(name: str) -> str:
    path = PurePath(name)
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except ValueError:
            return path.as_uri()
    return quote(path.as_posix())


def _location(name: str, line: int, column: int, path: str) -> dict[str, Any]:
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(name)},
            "region": {"startLine": line, "startColumn": column},
        }
    }
    if path:
        place["logicalLocations"] = [{"fullyQualifiedName": path}]
    return place


def _result(outcome: Outcome, finding: Finding, lang: Language, index: dict[str, int]) -> dict[str, Any]:
    rule = finding.rule
    return {
        "ruleId": rule.id,
        "ruleIndex": index[rule.id],
        "level": _LEVELS[rule.severity],
        "message": {"text": f"{finding.says(lang)} → {finding.do(lang)}"},
        "locations": [_location(outcome.name, finding.at.line, finding.at.column, finding.at.path)],
        "partialFingerprints": {"advisorFinding/v1": f"{rule.id}:{finding.at.path}"},
        "properties": {"severity": rule.severity, "confidence": rule.confidence, "topic": rule.topic},
    }


def _unreadable(problem: Problem, lang: Language, index: dict[str, int]) -> dict[str, Any]:
    return {
        "ruleId": _UNREADABLE,
        "ruleIndex": index[_UNREADABLE],
        "level": "error",
        "message": {"text": problem.message(lang)},
        "locations": [_location(problem.file, problem.line, problem.column, problem.path)],
    }


def render(outcomes: Sequence[Outcome], lang: Language) -> str:
    """All plans as one SARIF log; accepted findings are there as suppressed results with their reason."""
    shown: dict[str, dict[str, Any]] = {}
    found: list[tuple[Outcome, Finding, Judged | None]] = []
    for outcome in outcomes:
        if outcome.judgement is None:
            shown[_UNREADABLE] = {"id": _UNREADABLE, "name": _UNREADABLE,
                                  "shortDescription": {"text": _UNREADABLE}}  # fmt: skip
            continue
        found += [(outcome, finding, None) for finding in outcome.judgement.findings]
        found += [(outcome, row.finding, row) for row in outcome.judgement.acceptances if row.finding is not None]
    for _, finding, _ in found:
        rule = finding.rule
        shown[rule.id] = {
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": rule.name},
            "fullDescription": {"text": rule.says.text(lang)},
            "help": {"text": rule.do.text(lang)},
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        }
    rules = [shown[name] for name in sorted(shown)]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results = []
    for outcome, finding, row in found:
        result = _result(outcome, finding, lang, index)
        if row is not None:
            known = row.state == "baseline"
            reason = say(lang, "report.in-baseline") if known else row.acceptance.reason or ""
            kind = "inSource" if row.file is None else "external"
            result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": reason}]
        results.append(result)
    for outcome in outcomes:
        results += [_unreadable(problem, lang, index) for problem in outcome.problems]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "advisor", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"
