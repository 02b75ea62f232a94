"""Workflow commands: annotations on the lines of a pull request, worst first, because only the first ten are shown."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.report.outcome import Outcome
from advisor.ruling.format import SEVERITIES
from advisor.words import Language

_COMMANDS = {"blocker": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(outcomes: Sequence[Outcome], lang: Language) -> str:
    """All plans as workflow commands, a line each."""
    rows: list[tuple[int, str]] = []
    for outcome in outcomes:
        for problem in outcome.problems:
            place = f"file={_property(problem.file)},line={problem.line},col={problem.column}"
            rows.append((-1, f"::error {place},title=advisor::{_data(problem.message(lang))}"))
        for finding in outcome.judgement.findings if outcome.judgement else ():
            rule = finding.rule
            place = f"file={_property(outcome.name)},line={finding.at.line},col={finding.at.column}"
            text = f"{finding.says(lang)} → {finding.do(lang)}"
            line = f"::{_COMMANDS[rule.severity]} {place},title={_property(f'{rule.id} {rule.name}')}::{_data(text)}"
            rows.append((SEVERITIES.index(rule.severity), line))
    return "".join(line + "\n" for _, line in sorted(rows, key=lambda row: row[0]))
