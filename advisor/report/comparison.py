"""What is different between two plans, as text and as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.compare import Comparison, Figure
from advisor.estimates.run import Range
from advisor.findings import Finding
from advisor.plan.source import shown
from advisor.report.contract import finding_as_json, number, span
from advisor.report.text import Style, plain_style
from advisor.report.wrapping import columns, wrapped
from advisor.words import Language, say
from advisor.words.figures import shown_value, significant

SCHEMA = "advisor.comparison/1"
Change = tuple[str, object, object]  # path, before, after


def figure_name(figure: Figure, lang: Language) -> str:
    """What a figure is called."""
    return say(lang, f"why.{figure.key}")


def _one(value: float | str | None, unit: str, lang: Language, currency: str) -> str:
    return shown_value(float(value) if isinstance(value, int) else value, unit, lang, currency)


def figure_value(figure: Figure, lang: Language, currency: str) -> str:
    """A figure as `likely (low–high)` with its unit; a dash where there is none."""
    value = figure.value
    if value is None:
        return "—"
    if figure.key == "memory.fits":
        return say(lang, f"report.fits-{value}")
    if not isinstance(value, Range):
        return _one(value, figure.unit, lang, currency)
    likely = _one(value.likely, figure.unit, lang, currency)
    if figure.unit in {"money", "share"}:
        low, high = (_one(part, figure.unit, lang, currency) for part in (value.low, value.high))
    else:
        low, high = significant(value.low), significant(value.high)
    return f"{likely} ({low}–{high})" if lang == "en" else f"{likely}（{low}–{high}）"


def _line(finding: Finding, lang: Language, style: Style) -> str:
    word = say(lang, f"report.{finding.rule.severity}").upper()
    return f"  {style(word, finding.rule.severity)} {finding.rule.id} {finding.rule.name} · {finding.at.path}"


def render(comparison: Comparison, lang: Language, changes: Sequence[Change] = (), style: Style = plain_style) -> str:
    """The comparison as text, ending in a line break."""
    before, after = comparison.before, comparison.after
    words = [style(say(lang, f"report.{it.verdict}"), it.verdict) for it in (before, after)]
    names = [shown(it.case.file.name, 4096) for it in (before, after)]
    name = names[0] if names[0] == names[1] else " → ".join(names)
    same = before.verdict == after.verdict
    verdict = say(lang, "why.still", verdict=words[0]) if same else f"{words[0]} → {words[1]}"
    lines = [f"{name}: {verdict}"]
    for path, old, new in changes:
        lines.append(f"  {path}: {_written(old, lang)} → {_written(new, lang)}")
    for key, findings in (("gone", comparison.gone), ("new", comparison.new)):
        if not findings:
            continue
        lines += ["", say(lang, f"why.{key}", count=len(findings))]
        for finding in findings:
            lines.append(_line(finding, lang, style))
            if key == "new":
                lines += wrapped(finding.says(lang), "    ", lang)
                lines += wrapped("→ " + finding.do(lang), "    ", lang, "      ")
    if comparison.kept:
        ids = (", " if lang == "en" else "，").join(finding.rule.id for finding in comparison.kept)
        lines += ["", *wrapped(say(lang, "why.kept", count=len(comparison.kept), ids=ids), "", lang, "  ")]
    moved = comparison.moved
    if moved:
        currencies = before.pricing.currency, after.pricing.currency
        rows = [
            (figure_name(old, lang), figure_value(old, lang, currencies[0]), figure_value(new, lang, currencies[1]))
            for old, new in moved
        ]
        wide = [max(columns(row[part]) for row in rows) for part in range(2)]
        lines += ["", say(lang, "why.moved")]
        lines += [
            f"  {name}{' ' * (wide[0] - columns(name))}  {old}{' ' * (wide[1] - columns(old))} → {new}"
            for name, old, new in rows
        ]
    if not (comparison.gone or comparison.new or moved):
        lines += ["", say(lang, "why.nothing")]
    return "\n".join(lines) + "\n"


def _written(value: object, lang: Language) -> str:
    return say(lang, "why.not-stated") if value is None else shown(value)


def as_json(comparison: Comparison, lang: Language, changes: Sequence[Change] = ()) -> dict[str, Any]:
    """The comparison as JSON values."""

    def found(findings: Sequence[Finding]) -> list[dict[str, Any]]:
        rows = [finding_as_json(finding, comparison.after.case.knowledge, lang) for finding in findings]
        for row in rows if changes else ():
            row["at"] = {"path": row["at"]["path"]}  # the changed plan is in no file, so it has no lines
        return rows

    return {
        "schema": SCHEMA,
        "plans": {"before": comparison.before.case.file.name, "after": comparison.after.case.file.name},
        "changes": [{"path": path, "before": old, "after": new} for path, old, new in changes],
        "verdict": {"before": comparison.before.verdict, "after": comparison.after.verdict},
        "gone": found(comparison.gone),
        "new": found(comparison.new),
        "kept": [finding.rule.id for finding in comparison.kept],
        "figures": [
            {"figure": old.key, "unit": comparison.after.pricing.currency if old.unit == "money" else old.unit,
             "before": _value(old.value), "after": _value(new.value)}
            for old, new in comparison.moved
        ],
    }  # fmt: skip


def _value(value: Range | float | str | None) -> Any:
    if isinstance(value, Range):
        return span(value)
    return number(value) if isinstance(value, (int, float)) else value
