"""`advisor explain ID`: the page of a rule."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.options import advisor_for, common, make
from advisor.words import Language, say

if TYPE_CHECKING:
    from advisor.ruling.format import Rule, RuleSet


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(rule: str, form: str, knowledge: tuple[Path, ...], rules: tuple[Path, ...], **_: object) -> None:
        from advisor.library import load_pages  # noqa: PLC0415 - kept off the way to --help
        from advisor.report.pages import page_as_json, page_as_markdown  # noqa: PLC0415

        advisor = advisor_for(lang, knowledge, rules)
        found = rule_called(advisor.ruleset, rule, lang)
        page = load_pages(rules, knowledge)[found.id]
        if form == "json":
            data = page_as_json(found, page, advisor.knowledge)
            sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.write(page_as_markdown(found, page, advisor.knowledge, lang))

    return make(
        "explain", lang, run,
        click.Argument(["rule"]),
        click.Option(["--format", "form"], type=click.Choice(["text", "json"]), default="text",
                     help=say(lang, "cli.format")),
        *common(lang),
    )  # fmt: skip


def rule_called(ruleset: RuleSet, name: str, lang: Language) -> Rule:
    """The rule of an id or name. Raises a usage error that names the nearest."""
    from advisor.report.pages import find_rule  # noqa: PLC0415 - kept off the way to --help

    found = find_rule(ruleset, name)
    if found is not None:
        return found
    from difflib import get_close_matches  # noqa: PLC0415

    names = [known for row in ruleset.rules.values() for known in (row.id, row.name)]
    near = get_close_matches(name.upper(), names, n=2, cutoff=0.4) + get_close_matches(name, names, n=2)
    nearest = ", ".join(dict.fromkeys(near)) or ", ".join(names[:3])
    raise click.UsageError(say(lang, "cli.unknown-rule", id=name, nearest=nearest))
