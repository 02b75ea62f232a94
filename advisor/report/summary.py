"""The result as Markdown for a pull request: a table of findings a plan."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.report.markdown import escape
from advisor.report.outcome import Outcome
from advisor.report.text import acceptance_note, figure_rows
from advisor.words import Language, say


def render(outcomes: Sequence[Outcome], lang: Language) -> str:
    """All plans, each with its verdict, its findings and its figures."""
    lines: list[str] = []
    for outcome in outcomes:
        judgement = outcome.judgement
        word = say(lang, f"report.{judgement.verdict if judgement else 'unreadable'}")
        lines += [f"## {escape(outcome.name)}: {word}", ""]
        lines += [f"- {escape(problem.text(lang))}" for problem in outcome.problems]
        if judgement is None:
            lines.append("")
            continue
        if judgement.findings:
            head = (say(lang, "pages.severity"), "", say(lang, "report.at"), "", say(lang, "report.do"))
            lines += ["| " + " | ".join(head) + " |", "|---|---|---|---|---|"]
        else:
            lines += [say(lang, "report.no-findings"), ""]
        for finding in judgement.findings:
            rule = finding.rule
            line = say(lang, "report.line", line=finding.at.line)
            lines.append(
                f"| {say(lang, 'report.' + rule.severity)} | {rule.id} {rule.name} | `{finding.at.path}`, {line} "
                f"| {escape(finding.says(lang))} | {escape(finding.do(lang))} |"
            )
        for row in judgement.acceptances:
            kind = "in-baseline" if row.state == "baseline" else "accepted" if row.finding else "not-accepted"
            name = f"{row.finding.rule.id} {row.finding.rule.name}" if row.finding else escape(row.acceptance.id or "?")
            note = f"`{row.finding.at.path}`" if row.state == "baseline" and row.finding else escape(
                acceptance_note(row, lang))  # fmt: skip
            lines += ["", f"- {say(lang, 'report.' + kind)}: {name}, {note}"]
        figures = list(figure_rows(judgement, lang))
        if figures:
            lines += ["", f"| {say(lang, 'report.figure')} | {say(lang, 'report.likely')} |", "|---|---|"]
            lines += [f"| {name} | {value} |" for name, value in figures]
        lines.append("")
    return "\n".join(lines)
