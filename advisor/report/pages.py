"""The page of a rule: what it checks, why it matters, a plan for each outcome, what to do, sources."""

from __future__ import annotations

from typing import Any

from advisor.entries.base import Knowledge
from advisor.plan.read import write_plan
from advisor.report.contract import sources
from advisor.ruling.format import Condition, Rule, RulePage, RuleSet
from advisor.words import Language, say

_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥"}


def find_rule(ruleset: RuleSet, name: str) -> Rule | None:
    """The rule of this id or name, in any case."""
    wanted = name.strip().lower()
    for rule in ruleset.rules.values():
        if wanted in {rule.id.lower(), rule.name}:
            return rule
    return None


def condition_text(condition: Condition, lang: Language) -> str:
    """A condition as `fact sign value`."""
    if condition.op == "unknown":
        return f"`{condition.fact}` = {say(lang, 'report.unknown')}"
    if condition.op == "in":
        values = " / ".join(str(value) for value in condition.value) if isinstance(condition.value, tuple) else ""
        return f"`{condition.fact}` = {values}"
    value = condition.value
    shown = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return f"`{condition.fact}` {_SIGNS[condition.op]} {shown}"


def page_as_markdown(rule: Rule, page: RulePage, knowledge: Knowledge, lang: Language) -> str:
    """The page in one language."""
    lines = [
        f"# {rule.id} {rule.name}",
        "",
        f"{say(lang, 'pages.topic')}: {rule.topic} · {say(lang, 'pages.severity')}: "
        f"{say(lang, 'report.' + rule.severity)} · {say(lang, 'report.confidence')}: "
        f"{say(lang, 'report.' + rule.confidence)} · {say(lang, 'pages.since')} {rule.since}",
        "",
        f"## {say(lang, 'pages.checks')}",
        "",
        page.checks.text(lang),
        "",
        say(lang, "pages.fires"),
        "",
        *(f"- {condition_text(condition, lang)}" for condition in rule.when),
        "",
        f"## {say(lang, 'pages.why')}",
        "",
        page.why.text(lang),
        "",
        f"## {say(lang, 'pages.says')}",
        "",
        f"> {rule.says.text(lang)}",
        "",
        f"## {say(lang, 'pages.do')}",
        "",
        rule.do.text(lang),
        "",
        f"## {say(lang, 'pages.fails')}",
        "",
        *([say(lang, "pages.on", date=page.on.isoformat()), ""] if page.on else ()),
        "```yaml",
        write_plan(dict(page.fails)).rstrip("\n"),
        "```",
        "",
        f"## {say(lang, 'pages.passes')}",
        "",
        "```yaml",
        write_plan(dict(page.passes)).rstrip("\n"),
        "```",
        "",
        f"## {say(lang, 'report.sources')}",
        "",
    ]
    for row in sources(rule.sources, knowledge):
        read = say(lang, "report.read-on", date=row["read_on"])
        lines.append(f"- [{row['title']}]({row['url']}) ({read})")
    if rule.related:
        lines += ["", f"{say(lang, 'pages.related')}: {', '.join(rule.related)}"]
    return "\n".join(lines) + "\n"


def page_as_json(rule: Rule, page: RulePage, knowledge: Knowledge) -> dict[str, Any]:
    """The page in both languages as JSON values."""
    return {
        "id": rule.id,
        "name": rule.name,
        "topic": rule.topic,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "since": rule.since,
        "at": rule.at,
        "when": [condition_text(condition, "en").replace("`", "") for condition in rule.when],
        "says": {"en": rule.says.en, "zh": rule.says.zh},
        "do": {"en": rule.do.en, "zh": rule.do.zh},
        "checks": {"en": page.checks.en, "zh": page.checks.zh},
        "why": {"en": page.why.en, "zh": page.why.zh},
        "fails": dict(page.fails),
        "passes": dict(page.passes),
        **({"on": page.on.isoformat()} if page.on else {}),
        "related": list(rule.related),
        "sources": sources(rule.sources, knowledge),
    }
