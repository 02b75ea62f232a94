"""`advisor explain ID`: the page of a rule."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from advisor.cli.options import common, make
from advisor.words import Language, say


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(rule: str, form: str, knowledge: tuple[Path, ...], rules: tuple[Path, ...], **_: object) -> None:
        from advisor.library import load_advisor, load_pages  # noqa: PLC0415 - kept off the way to --help
        from advisor.report.pages import find_rule, page_as_json, page_as_markdown  # noqa: PLC0415

        advisor = load_advisor(knowledge, rules)
        found = find_rule(advisor.ruleset, rule)
        if found is None:
            from difflib import get_close_matches  # noqa: PLC0415

            names = [name for row in advisor.ruleset.rules.values() for name in (row.id, row.name)]
            near = get_close_matches(rule.upper(), names, n=2, cutoff=0.4) + get_close_matches(rule, names, n=2)
            nearest = ", ".join(dict.fromkeys(near)) or ", ".join(names[:3])
            raise click.UsageError(say(lang, "cli.unknown-rule", id=rule, nearest=nearest))
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
