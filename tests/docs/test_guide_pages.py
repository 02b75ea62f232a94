"""The guides show what the product prints, say the same in both languages, and lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from advisor.words import LANGUAGES, Language

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "guides"
PAGES = sorted(file.name for file in FOLDER.glob("*.md"))


def _console() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console", ROOT / "docs" / "console.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


console = _console()


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("guide", console.GUIDES)
def test_the_output_shown_is_what_is_printed(guide: str, lang: Language) -> None:
    """`python docs/generate.py` writes what is printed now; read the difference before committing it."""
    shown = console.guide_file(guide, lang).read_text(encoding="utf-8")
    assert console.refreshed(shown, lang) == shown


def test_an_output_that_is_not_what_is_printed_is_seen() -> None:
    guide = "```console\n$ advisor check examples/qlora-8b-fine.yaml --quiet\nall is well\n```\n"
    assert console.refreshed(guide, "zh") == guide.replace(
        "all is well", "examples/qlora-8b-fine.yaml: 可行 — 没有发现问题"
    )


@pytest.mark.parametrize("page", [page for page in PAGES if not page.endswith(".zh.md")])
def test_both_languages_have_the_same_parts(page: str) -> None:
    other = page.replace(".md", ".zh.md")

    def parts(name: str) -> list[str]:
        found = re.findall(r"(?m)^(#+) |^\$ advisor ([a-z-]+)|^```([a-z]+)|^# (\S+\.(?:yaml|toml))$", text(name))
        return ["".join(part) for part in found]

    assert parts(page) == parts(other)


def test_every_guide_is_there_in_both_languages_and_is_named_by_the_readme() -> None:
    english = {page.removesuffix(".md") for page in PAGES if not page.endswith(".zh.md")}
    assert english == {page.removesuffix(".zh.md") for page in PAGES if page.endswith(".zh.md")}
    assert english == {*console.GUIDES, "ci", "own-rules", "glossary"}
    for name, ending in (("README.md", ".md"), ("README.zh.md", ".zh.md")):
        readme = (ROOT / name).read_text(encoding="utf-8")
        for guide in english:
            assert f"](docs/guides/{guide}{ending})" in readme, (name, guide)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text(page)):
        file = FOLDER / target if target else FOLDER / page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"(?m)^#+ (.*)$", file.read_text(encoding="utf-8"))
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_glossary_pairs_the_same_terms_in_both_languages() -> None:
    def rows(name: str) -> list[tuple[str, str]]:
        return re.findall(r"(?m)^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text(name))

    english, chinese = rows("glossary.md"), rows("glossary.zh.md")
    assert [pair[::-1] for pair in chinese[1:]] != []
    terms = [pair for pair in english if pair[0] != "Term"]
    assert [(en, zh) for zh, en in chinese if zh != "术语"] == terms
    assert len({en for en, _ in terms}) == len(terms) > 50
