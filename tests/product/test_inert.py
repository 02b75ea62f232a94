"""What a plan's author writes stays text: no markup, no terminal control, no line or command of its own anywhere."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from advisor.library import load_advisor
from advisor.plan.read import read_plan, write_plan
from advisor.plan.source import Unreadable
from advisor.report import github, junit, sarif, summary
from advisor.report.contract import as_json
from advisor.report.html import render_model as render_html
from advisor.report.markdown import render as render_markdown
from advisor.report.model import AUDIENCES, Audience, report_model
from advisor.report.outcome import Outcome
from advisor.report.pictures import pictures_of, svg
from advisor.report.text import plain_style
from advisor.report.text import render as render_text
from advisor.words import LANGUAGES, Language

EVIL = {
    "markdown-link": "[click](https://evil.example/a)",
    "markdown-image": "![x](https://evil.example/p.png)",
    "autolink": "<https://evil.example/auto>",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "heading": "# Evil heading",
    "table": "a | b | c",
    "fence": "```evil",
    "strike-and-bold": "**bold** _em_ ~~gone~~ `code`",
    "jinja": "{{ 7 * 7 }}{% raw %}",
    "format": "{device.name} {0} {x!r} %s %(a)s ${x}",
    "new-lines": "one\n## Evil second\n\n- evil item",
    "carriage-return": "one\r::error file=evil::evil",
    "workflow-command": "::error file=evil.yaml,line=1::evil",
    "percent": "%0A::error::evil",
    "escape": "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "c1-controls": "\x9b31mred\x85next",
    "bell-and-backspace": "a\x07b\x08\x08c",
    "right-to-left": "safe\u202etxt.exe\u202c\u2066x\u2069",
    "tag-characters": "a\U000e0041\U000e007fb",
    "zero-width": "ze\u200bro\ufeff\u2060\u00ad",
    "line-separators": "one\u2028two\u2029three",
    "not-xml": "a\ufffeb",
    "cdata": "]]><evil/>&lt;&#60;",
    "long": "x" * 300,
    "long-chinese": "长" * 300,
    "entity": "&lt;b&gt; &amp;nbsp; &#x3c;",
}  # fmt: skip
REFUSED = frozenset({"carriage-return", "escape", "c1-controls", "bell-and-backspace"})
_STEERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)


def plan_of(text: str) -> bytes:
    """A plan with the text in every free field, and enough wrong with it that most fields are spoken of."""
    text = text[:300]
    short = text[:190]
    values = {
        "version": 1,
        "title": text,
        "model": {"name": short, "parameters": "30B", "license": short},
        "training": {"method": "continued-pretraining", "precision": "bf16", "framework": short,
                     "lora": {"rank": 8, "targets": [short]}},
        "hardware": {"device": "v100-32g-sxm2", "count": 16, "tenure": "buy-used"},
        "serving": {"engine": short, "concurrent_requests": 10},
        "data": [
            {"name": text, "kind": "private-code", "size": "50GB", "license": text, "source": "model-generated",
             "generated_by": short},
            {"name": text + "2"[: 300 - len(text)], "kind": "code", "size": "5GB", "license": "GPL-3.0-only",
             "source": "public"},
            {"name": text, "kind": "text", "tokens": "1B", "license": "CC-BY-NC-4.0", "source": "customer"},
        ],
        "project": {"use": "weights-to-customers", "evaluation": [text], "monitoring": [text], "regions": ["CN"],
                    "sensitivity": "secret", "environment": "shared-cloud"},
        "claims": {"benefit": text, "mfu": "90%", "days": 1},
        "accept": [
            {"id": "NUM001", "reason": text, "until": "2027-01-31"}, {"id": short[:90], "reason": text, "until": text},
            {"id": "MEM001", "reason": text, "until": "2020-01-31"},
        ],
    }  # fmt: skip
    return write_plan(values).encode("utf-8", "surrogatepass")


@pytest.fixture(params=sorted(set(EVIL) - REFUSED))
def outcome(request: pytest.FixtureRequest, day: date) -> Outcome:
    raw = plan_of(EVIL[request.param])
    return Outcome("plan.yaml", load_advisor().judge(read_plan(raw, "plan.yaml"), day))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_steers_a_terminal(outcome: Outcome, lang: Language) -> None:
    assert outcome.judgement is not None
    for verbose in (False, True):
        text = render_text(outcome.judgement, lang, plain_style, verbose=verbose)
        assert not _STEERS.search(text), _STEERS.search(text)
        assert not re.search(r"^\s*(::|## Evil|- evil)", text, re.MULTILINE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_and_pictures_have_no_markup_of_the_plan(outcome: Outcome, lang: Language) -> None:
    assert outcome.judgement is not None
    for audience in AUDIENCES:
        model = report_model(outcome.judgement, lang, None, audience)
        text = render_html(model)
        assert not _STEERS.search(text.replace("\n", " ")), _STEERS.search(text)
        page = _Elements(text)
        assert page.tags <= _TAGS
        assert not page.attributes & {"onerror", "onload", "src", "style"}
        assert [address for address in page.addresses if "evil" in address] == []
        for picture in pictures_of(model):
            root = ET.fromstring(svg(picture).encode())
            assert {element.tag.rpartition("}")[2] for element in root.iter()} <= _SHAPES


_TAGS = frozenset(
    """html head meta title style body main article header h1 h2 h3 h4 dl div dt dd section p strong code a nav ol ul li
    table thead tbody tr th td figure figcaption svg desc text tspan rect line path circle defs pattern details summary
    pre span""".split()  # noqa: SIM905 - a list of fifty quoted words would be harder to read
)
_SHAPES = frozenset(
    {"svg", "title", "desc", "style", "text", "tspan", "rect", "line", "path", "circle", "defs", "pattern"}
)


class _Elements(HTMLParser):
    """The kinds of elements and attributes of a page, and its addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_has_no_markup_of_the_plan(outcome: Outcome, lang: Language, audience: Audience) -> None:
    assert outcome.judgement is not None
    for text in (render_markdown(outcome.judgement, lang, audience=audience), summary.render([outcome], lang)):
        assert not _STEERS.search(text), _STEERS.search(text)
        assert not re.search(r"(?<!\\)\]\(https://evil|(?<!\\)<(script|img|https|evil)|https?://evil", text)
        assert not re.search(r"^\s*(#+|-|```)\s*[Ee]vil", text, re.MULTILINE)
        assert not re.search(r"(?<!\\)(\*\*bold|~~gone|`code|_em_)", text)
        assert "49" not in re.findall(r"\{\{ 7 \\?\* 7 \}\}|^# .*49", text, re.MULTILINE)
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
            assert len(widths) == 1, table


@pytest.mark.parametrize("lang", LANGUAGES)
def test_json_and_sarif_stay_data(outcome: Outcome, lang: Language) -> None:
    assert outcome.judgement is not None
    result = as_json(outcome.judgement, lang)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert json.dumps(result, ensure_ascii=False).encode()  # no lone surrogates
    log = json.loads(sarif.render([outcome], lang))
    ids = {row["ruleId"] for row in log["runs"][0]["results"]}
    assert ids <= set(load_advisor().ruleset.rules)
    for row in log["runs"][0]["results"]:
        assert row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "plan.yaml"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_junit_is_well_formed(outcome: Outcome, lang: Language) -> None:
    assert outcome.judgement is not None
    suite = ET.fromstring(junit.render([outcome], lang).encode())[0]
    assert {child.tag for child in suite} == {"testcase"}
    assert {child.tag for case in suite for child in case} <= {"failure", "skipped", "system-out"}
    open_or_accepted = len(outcome.judgement.findings) + sum(
        row.finding is not None for row in outcome.judgement.acceptances
    )
    assert int(suite.get("tests", "0")) == len(suite) == open_or_accepted


@pytest.mark.parametrize("lang", LANGUAGES)
def test_workflow_commands_are_ours_alone(outcome: Outcome, lang: Language) -> None:
    assert outcome.judgement is not None
    lines = github.render([outcome], lang).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(outcome.judgement.findings)
    for line in lines:
        assert re.match(r"::(error|warning|notice) file=plan\.yaml,line=\d+,col=\d+,title=[^:,\r\n]*::", line)
        assert not set(line) & set("\r\n\x1b\x9b")


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_control_characters_are_refused_where_they_stand(kind: str, day: date) -> None:
    with pytest.raises(Unreadable) as caught:
        read_plan(plan_of(EVIL[kind]), "evil.yaml")
    assert {problem.key for problem in caught.value.problems} == {"control-escape"}


@pytest.mark.parametrize("kind", sorted(EVIL))
def test_an_unreadable_plan_is_told_of_in_words(kind: str, root: Path) -> None:
    raw = write_plan({"version": 1, "model": {"name": EVIL[kind][:150]}, EVIL[kind][:90]: 1,
                      "training": {"method": EVIL[kind]}}).encode()  # fmt: skip
    with pytest.raises(Unreadable) as caught:
        read_plan(raw, "evil\x1b[2J.yaml")
    for problem in caught.value.problems:
        for lang in LANGUAGES:
            assert problem.text(lang).isprintable()
