"""Templates of a user's own: they see the report, escape what they show, and can do nothing else."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from advisor.library import Report, check
from advisor.plan.source import Unreadable
from advisor.report.documents import Look
from advisor.report.formats import report_files
from advisor.report.logo import Logo
from advisor.report.own_templates import own_template, render_own

EVIL = "<script>alert(1)</script> **bold** [x](https://evil.example) {{ 7 * 7 }} | # x"


@pytest.fixture(scope="module")
def report(day: date) -> Report:
    plan = {
        "version": 1, "title": EVIL,
        "model": {"name": "qwen2.5-7b"}, "training": {"method": "full-finetuning"},
        "hardware": {"device": "rtx4090", "count": 1},
        "data": [{"name": EVIL, "kind": "private-code", "size": "1GB", "source": "internal"}],
    }  # fmt: skip
    return check(plan, today=day)


def written(folder: Path, text: str, name: str = "report.md.j2") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def shown(report: Report, template: Path, **given: object) -> str:
    return render_own(template, report.to_model("en", options=False), **given)  # type: ignore[arg-type]


def refused(report: Report, template: Path) -> str:
    with pytest.raises(Unreadable) as found:
        shown(report, template)
    (problem,) = found.value.problems
    return problem.text("en").removeprefix(f"{template.parent}/")


def test_a_markdown_template_shows_what_it_wants(report: Report, tmp_path: Path) -> None:
    template = written(
        tmp_path,
        "{{ report.verdict_word }}: {{ report.first_page.answers[0].question }}\n"
        "{% set name, text = report.head[0] %}\n{{ name }} {{ text | inline }}\n"
        "{% for section in report.sections if section.key == 'assumptions' %}## {{ section.title }}{% endfor %}\n\n",
    )
    assert shown(report, template) == (
        "NO-GO: What does it cost in all?\nPlan `<mapping>`\n## Assumptions\n"
    )  # fmt: skip


def test_what_a_plan_says_is_escaped_in_markdown(report: Report, tmp_path: Path) -> None:
    template = written(
        tmp_path, "{{ report.plan_title }}\n{{ report.plan_title | md }}\n{{ report.plan_title ~ '!' }}\n"
    )
    line = r"\<script\>alert(1)\</script\> \*\*bold\*\* \[x\](https:&#47;&#47;evil.example) \{\{ 7 \* 7 \}\} \| \# x"
    assert shown(report, template) == f"{line}\n{line}\n{line}!\n"


def test_what_a_plan_says_is_escaped_in_html(report: Report, tmp_path: Path) -> None:
    template = written(tmp_path, "<h1>{{ report.plan_title }}</h1><img src='{{ logo }}'>", "report.html.j2")
    page = shown(report, template, logo=Logo(b"<svg/>", "svg"))
    assert page == (
        "<h1>&lt;script&gt;alert(1)&lt;/script&gt; **bold** [x](https://evil.example) {{ 7 * 7 }} | # x</h1>"
        "<img src='data:image/svg+xml;base64,PHN2Zy8+'>"
    )


def test_templates_may_share_parts_of_their_folder(report: Report, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    written(tmp_path / "parts", "{{ report.verdict }}", "head.j2")
    assert shown(report, written(tmp_path, "{% include 'parts/head.j2' %}")) == "no\\-go".replace("\\", "")


def test_our_own_parts_show_blocks_as_our_reports_do(day: date, root: Path, tmp_path: Path) -> None:
    story = check(root / "examples" / "openharmony-30b-v100.yaml", today=day).to_model("en", options=False)
    blocks = (
        "{% for it in report.sections if it.key == 'risks' %}{% for block in it.blocks %}{{ show(block, X, 2) }}"
        "{% endfor %}{% endfor %}"
    )
    written(tmp_path, '{% from "built-in/blocks.md.j2" import show %}' + blocks.replace("X", "pictures"))
    written(tmp_path, '{% from "built-in/blocks.html.j2" import show with context %}' + blocks.replace("X", "'k'"),
            "report.html.j2")  # fmt: skip
    for ending in (".md", ".html"):
        own = report_files(story, "r", ending, day, Look(templates=tmp_path))[f"r{ending}"].decode()
        ours = report_files(story, "r", ending, day, Look())[f"r{ending}"].decode()
        rows = [line for line in own.splitlines() if "MEM001" in line]
        assert rows
        assert all(row in ours for row in rows)


FORBIDDEN = {
    "class": ("{{ report.__class__.__mro__ }}", "report.md.j2:1:1: a template may not do that"),
    "globals": ("{{ svg.__globals__ }}", "report.md.j2:1:1: a template may not do that"),
    "subclasses": ("{{ ''.__class__.__base__.__subclasses__() }}", "report.md.j2:1:1: a template may not do that"),
    "format": ("{{ '{0.__class__}'.format(report) }}", "report.md.j2:1:1: a template may not do that"),
    "attr-filter": ("{{ report | attr('__dict__') }}", "report.md.j2:1:1: a template may not do that"),
    "map-attribute": ("{{ [report] | map(attribute='__dict__') | first }}", "report.md.j2:1:1: a template may not do"),
    "append": ("{{ report.sections.append(1) }}", "report.md.j2:1:1: a template may not do that"),
    "import-os": ("{% import os %}", "report.md.j2:1:1: the template does not work"),
    "undefined": ("a\n{{ report.nothing }}", "report.md.j2:2:1: the template does not work"),
    "syntax": ("a\nb\n{% for %}", "report.md.j2:3:1: the template does not work"),
    "division": ("a\n\n{{ 1 // 0 }}", "report.md.j2:3:1: the template does not work"),
    "outside": ("{% include '../secret.txt' %}", "report.md.j2:1:1: there is no template `../secret.txt`"),
    "absolute": ("{% include '/etc/passwd' %}", "report.md.j2:1:1: there is no template `/etc/passwd`"),
    "link": ("{% include 'link.txt' %}", "report.md.j2:1:1: there is no template `link.txt`"),
    "ladder": ("{% include 'a/../../secret.txt' %}", "report.md.j2:1:1: there is no template `a/../../secret.txt`"),
    "power": ("{{ 9 ** 9999999999 }}", "report.md.j2:1:1: a template may not do that: ** takes numbers up to"),
    "memory": ("{{ 'x' * 9999999999 }}", "report.md.j2:1:1: the template asks for too much"),
    "doubling": ("{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                 "report.md.j2:1:1: the template asks for too much"),
    "output": ("{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}",
               "report.md.j2:1:1: the template asks for too much"),
    "range": ("{% for i in range(99999999) %}x{% endfor %}", "report.md.j2:1:1: the template asks for too much"),
    "recursion": ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "report.md.j2:1:1: the template does not work"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_template_can_do_nothing_else(report: Report, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert refused(report, written(folder, text)).startswith(says)


def test_a_template_that_goes_on_for_ever_is_ended(report: Report, tmp_path: Path) -> None:
    loop = "{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3
    began = time.monotonic()
    assert refused(report, written(tmp_path, loop)) in {
        "report.md.j2:1:1: the template asks for too much: memory, time or output",
        "report.md.j2:1:1: the template was not done after 20 seconds",
    }
    assert time.monotonic() - began < 30


def test_which_template_a_folder_has(tmp_path: Path) -> None:
    written(tmp_path, "x")
    assert own_template(tmp_path, ".md") == tmp_path / "report.md.j2"
    assert own_template(tmp_path, ".html") is None
    assert own_template(tmp_path, ".pdf") is None
    for folder, says in ((tmp_path / "none", "there is no such folder"),
                         (tmp_path.parent, "none of report.md.j2, report.html.j2 is in this folder")):  # fmt: skip
        with pytest.raises(Unreadable, match=says):
            own_template(folder, ".md")
