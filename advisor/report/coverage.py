"""The table of what the advisor covers: each row of the domain with the rules that speak about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.plan.source import read_document
from advisor.ruling.format import RuleSet
from advisor.words import Language, Words, say


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that holds in the domain, and the ids of the rules that speak about it."""

    says: Words
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the domain with its rows."""

    title: Words
    rows: tuple[Row, ...]


def read_coverage(file: Path) -> tuple[Part, ...]:
    """The parts of a coverage file. Raises Unreadable, and KeyError where a part lacks something."""
    data = read_document(file.read_bytes(), str(file)).data
    return tuple(
        Part(
            Words(part["title"]["en"], part["title"]["zh"]),
            tuple(Row(Words(row["en"], row["zh"]), tuple(row["rules"])) for row in part["rows"]),
        )
        for part in data
    )


def uncovered(parts: Sequence[Part], ruleset: RuleSet) -> Iterator[str]:
    """What is wrong with a table: rows without a rule, and rules that are unknown or retired."""
    for part in parts:
        for row in part.rows:
            if not row.rules:
                yield f"{row.says.en}: no rule"
            for name in row.rules:
                rule = ruleset.rules.get(name)
                if rule is None or rule.retired is not None:
                    yield f"{row.says.en}: {name} is no live rule"


def render(parts: Sequence[Part], ruleset: RuleSet, lang: Language) -> str:
    """The page in one language, each rule a link to its own page."""
    lines = [f"# {say(lang, 'pages.coverage')}", "", say(lang, "pages.coverage-intro"), ""]
    for part in parts:
        lines += [f"## {part.title.text(lang)}", "", f"| {say(lang, 'pages.row')} | {say(lang, 'pages.spoken')} |",
                  "|---|---|"]  # fmt: skip
        for row in part.rows:
            links = ", ".join(f"[{name}](rules/{lang}/{name}.md) {ruleset.rules[name].name}" for name in row.rules)
            lines.append(f"| {row.says.text(lang)} | {links} |")
        lines.append("")
    return "\n".join(lines)
