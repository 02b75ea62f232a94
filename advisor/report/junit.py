"""JUnit XML: a suite a plan, a case a finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from advisor.findings import at_or_above
from advisor.report.outcome import Outcome
from advisor.words import Language, say

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def render(outcomes: Sequence[Outcome], lang: Language, fail_on: str = "blocker") -> str:
    """All plans as JUnit XML: findings at or above `fail_on` are failures, accepted ones are skipped."""
    root = ET.Element("testsuites", name="advisor")
    for outcome in outcomes:
        suite = ET.SubElement(root, "testsuite", name=_clean(outcome.name))
        failures = skipped = errors = 0
        for problem in outcome.problems:
            case = ET.SubElement(suite, "testcase", name="unreadable", classname=_clean(outcome.name))
            ET.SubElement(case, "error", message=_clean(problem.message(lang))).text = _clean(problem.text(lang))
            errors += 1
        judgement = outcome.judgement
        for finding in judgement.findings if judgement else ():
            case = ET.SubElement(suite, "testcase", name=f"{finding.rule.id} {finding.rule.name}",
                                 classname=_clean(outcome.name), file=_clean(outcome.name),
                                 line=str(finding.at.line))  # fmt: skip
            text = f"{finding.at.path} ({say(lang, 'report.line', line=finding.at.line)})\n{finding.do(lang)}"
            if at_or_above((finding,), fail_on):
                failures += 1
                kind = say(lang, f"report.{finding.rule.severity}")
                ET.SubElement(case, "failure", message=_clean(finding.says(lang)), type=kind).text = _clean(text)
            else:
                ET.SubElement(case, "system-out").text = _clean(f"{finding.says(lang)}\n{text}")
        for row in judgement.acceptances if judgement else ():
            if row.finding is not None:
                skipped += 1
                case = ET.SubElement(suite, "testcase", name=f"{row.finding.rule.id} {row.finding.rule.name}",
                                     classname=_clean(outcome.name))  # fmt: skip
                known = row.state == "baseline"
                reason = say(lang, "report.in-baseline") if known else row.acceptance.reason or ""
                ET.SubElement(case, "skipped", message=_clean(reason))
        if judgement is not None and len(suite) == 0:
            ET.SubElement(suite, "testcase", name=say(lang, f"report.{judgement.verdict}"),
                          classname=_clean(outcome.name))  # fmt: skip
        for name, count in (("tests", len(suite)), ("failures", failures), ("errors", errors), ("skipped", skipped)):
            suite.set(name, str(count))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
