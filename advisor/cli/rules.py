"""`advisor rules`: the list of rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.options import advisor_for, common, make
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.ruling.format import Rule


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(
        form: str,
        words: tuple[str, ...],
        topic: str | None,
        severity: str | None,
        knowledge: tuple[Path, ...],
        rules: tuple[Path, ...],
        **_: object,
    ) -> None:
        from advisor.library import load_pages  # noqa: PLC0415 - kept off the way to --help
        from advisor.report.wrapping import columns  # noqa: PLC0415

        ruleset = advisor_for(lang, knowledge, rules).ruleset
        found = [
            rule
            for rule in ruleset.rules.values()
            if rule.retired is None
            and topic in {None, rule.topic}
            and severity in {None, rule.severity}
            and _mentions(rule, words)
        ]
        if form == "json":
            pages = load_pages(rules, knowledge)
            rows = [
                {"id": rule.id, "name": rule.name, "topic": rule.topic, "severity": rule.severity, "since": rule.since,
                 "page": {"en": pages[rule.id].checks.en, "zh": pages[rule.id].checks.zh}}
                for rule in found
            ]  # fmt: skip
            sys.stdout.write(json.dumps({"rules": rows}, ensure_ascii=False, indent=2) + "\n")
            return
        for rule in found:
            word = say(lang, f"report.{rule.severity}")
            sys.stdout.write(f"{rule.id}  {word}{' ' * (8 - columns(word))} {rule.topic:<14} {rule.name}\n")

    return make(
        "rules", lang, run,
        click.Argument(["words"], nargs=-1, metavar=say(lang, "cli.words")),
        click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                     help=say(lang, "cli.format")),
        click.Option(["--topic"], help=say(lang, "cli.topic")),
        click.Option(["--severity"], help=say(lang, "cli.severity")),
        *common(lang),
    )  # fmt: skip


def _mentions(rule: Rule, words: tuple[str, ...]) -> bool:
    """Tell whether the rule's id, name or texts in either language hold every word, in any case."""
    text = " ".join((rule.id, rule.name, *rule.says, *rule.do)).lower()
    return all(word.lower() in text for word in words)
