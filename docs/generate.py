"""Make the generated pages of `docs/`, or with `--check` tell whether they are up to date.

Every page is what the product itself prints; nothing is written by hand. Of the guides, the output shown is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from advisor.words import LANGUAGES, Language, say

HERE = Path(__file__).resolve().parent


def pages() -> dict[str, str]:
    """Each generated file, by its path below `docs/`, with its text."""
    from advisor.cli.schema import KINDS
    from advisor.library import load_advisor, load_pages
    from advisor.options.published import read_published, render_published
    from advisor.report.accuracy import measured_folder, score
    from advisor.report.accuracy_page import render
    from advisor.report.accuracy_picture import render_picture
    from advisor.report.coverage import read_coverage
    from advisor.report.coverage import render as render_coverage
    from advisor.report.entries import FAMILIES, page
    from advisor.report.pages import page_as_markdown
    from advisor.schemas import schema_of

    advisor, found = load_advisor(), {}
    rule_pages = load_pages()
    for lang in LANGUAGES:
        head = f"| | {say(lang, 'pages.severity')} | {say(lang, 'pages.topic')} | |"
        index = [f"# {say(lang, 'pages.rules')}", "", head, "|---|---|---|---|"]
        for rule in advisor.ruleset.rules.values():
            if rule.retired is not None:
                continue
            index.append(
                f"| [{rule.id}]({rule.id}.md) | {say(lang, 'report.' + rule.severity)} | {rule.topic} | {rule.name} |"
            )
            text = page_as_markdown(rule, rule_pages[rule.id], advisor.knowledge, lang)
            found[f"rules/{lang}/{rule.id}.md"] = text
        found[f"rules/{lang}/README.md"] = "\n".join(index) + "\n"
        found[f"facts.{lang}.md"] = _facts(lang)
        found |= {f"knowledge/{lang}/{family}.md": page(advisor.knowledge, family, lang) for family in FAMILIES}
    parts = read_coverage(HERE / "coverage.yaml")
    found["coverage.md"] = render_coverage(parts, advisor.ruleset, "en")
    found["coverage.zh.md"] = render_coverage(parts, advisor.ruleset, "zh")
    for kind in KINDS:
        found[f"schemas/{kind}.schema.json"] = json.dumps(schema_of(kind), ensure_ascii=False, indent=2) + "\n"
    accuracy = score(advisor, measured_folder())
    for lang, ending in (("en", ""), ("zh", ".zh")):
        found[f"accuracy{ending}.md"] = render(accuracy, lang, f"accuracy{ending}.svg")
        found[f"accuracy{ending}.svg"] = render_picture(accuracy, lang)
        found[f"layouts{ending}.md"] = render_published(advisor, read_published(measured_folder()), lang)
    return found


def guides() -> dict[str, str]:
    """The guides with the output of their commands as it is now; the tests compare it, so `--check` need not."""
    from console import GUIDES, guide_file, refreshed

    files = [(guide_file(name, lang), lang) for lang in LANGUAGES for name in GUIDES]
    return {
        file.relative_to(HERE).as_posix(): refreshed(file.read_text(encoding="utf-8"), lang) for file, lang in files
    }


def _facts(lang: Language) -> str:
    from advisor.facts import vocabulary

    lines = [f"# {say(lang, 'pages.facts')}", "", f"| | {say(lang, 'pages.type')} | {say(lang, 'pages.unit')} | |",
             "|---|---|---|---|"]  # fmt: skip
    for fact in vocabulary().values():
        kind = ", ".join(fact.spec.choices) if fact.spec.choices else fact.spec.type
        lines.append(f"| `{fact.name}` | {kind} | {fact.spec.unit} | {fact.spec.meaning.text(lang)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages, or name those that differ from what would be written."""
    check = "--check" in sys.argv[1:]
    found = pages() | ({} if check else guides())
    stale = []
    for name, text in found.items():
        file = HERE / name
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    for file in sorted((HERE / "rules").rglob("*.md")):
        name = file.relative_to(HERE).as_posix()
        if name not in found:
            stale.append(name)
            if not check:
                file.unlink()
    for name in stale:
        sys.stderr.write(f"docs/{name}: {'not up to date; run python docs/generate.py' if check else 'written'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
