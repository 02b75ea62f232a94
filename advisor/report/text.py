"""The result for a terminal: worst first, with the place in the plan and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from advisor.estimates.run import Range
from advisor.facts import vocabulary
from advisor.findings import Finding, Judged
from advisor.pipeline import Judgement
from advisor.plan.source import Problem, shown
from advisor.profiles import DEFAULT
from advisor.report.wrapping import columns, wrapped
from advisor.ruling.format import SEVERITIES
from advisor.words import Language, say
from advisor.words.figures import counted, money, probability, shown_value, significant

LONG = 8
"""More findings than fit a screen: the lesser ones then get one line each."""
Style = Callable[[str, str], str]  # (text, what it is) -> the text, coloured or not


def plain_style(text: str, kind: str) -> str:
    """No colour at all."""
    del kind
    return text


def shown_span(value: Range | None, lang: Language, write: Callable[[float], str] = significant) -> str:
    """A range as `likely (low–high)`."""
    if value is None:
        return say(lang, "report.unknown")
    return f"{write(value.likely)} ({write(value.low)}–{write(value.high)})"


def summary(judgement: Judgement, lang: Language) -> str:
    """One line: the plan, the verdict, how many findings of each severity."""
    found = Counter(finding.rule.severity for finding in judgement.findings)
    counts = [
        say(lang, f"report.{severity}-count", count=found[severity]) for severity in SEVERITIES if found[severity]
    ]
    accepted = sum(row.state == "accepted" for row in judgement.acceptances)
    if accepted:
        counts.append(say(lang, "report.accepted-count", count=accepted))
    known = sum(row.state == "baseline" for row in judgement.acceptances)
    if known:
        counts.append(say(lang, "report.baseline-count", count=known))
    if judgement.hidden:
        narrowed = judgement.policy.profile != DEFAULT
        key = "report.hidden-profile" if narrowed else "report.hidden-count"
        counts.append(say(lang, key, count=len(judgement.hidden), profile=judgement.policy.profile))
    tail = (", " if lang == "en" else "，").join(counts) or say(lang, "report.no-findings")
    word = say(lang, f"report.{judgement.verdict}")
    return f"{shown(judgement.case.file.name, 4096)}: {word} — {tail}"


def figure_rows(judgement: Judgement, lang: Language) -> Iterator[tuple[str, str]]:
    """The figures that a reader asks for first, each with its name."""
    memory, serving = judgement.estimates.memory, judgement.estimates.serving
    time, cost = judgement.estimates.time, judgement.estimates.cost
    if memory is not None:
        word = say(lang, f"report.fits-{memory.fits}")
        chance = probability(memory.probability_fits)
        yield (
            say(lang, "report.memory-device", usable=significant(memory.usable_gib)),
            shown_span(memory.per_device, lang) + " · " + say(lang, "report.fits") + ": "
            + say(lang, "report.fits-with", word=word, probability=chance),
        )  # fmt: skip
        yield say(lang, "report.state"), significant(memory.state_bytes_total / 2**30)
        yield say(lang, "report.memory-host"), shown_span(memory.host_gib_per_node, lang)
        yield say(lang, "report.checkpoint"), significant(memory.checkpoint_gib)
    if serving is not None:
        fits = say(lang, f"report.fits-{serving.fits}")
        yield say(lang, "report.serving-device"), f"{shown_span(serving.per_device, lang)} · {fits}"
        yield say(lang, "report.serving-devices"), str(serving.devices_needed or say(lang, "report.unknown"))
        yield say(lang, "report.serving-speed"), shown_span(serving.tokens_per_second, lang)
    if time is not None and time.days is not None:
        yield say(lang, "report.tokens"), counted(time.tokens or 0)
        yield _days("report.days", time.days, lang)
        if time.calendar_days is not None:
            yield _days("report.calendar", time.calendar_days, lang)
        yield say(lang, "report.device-hours"), shown_span(time.device_hours, lang)
        yield say(lang, "report.mfu"), shown_span(time.mfu, lang, lambda value: f"{value:.0%}")
    if cost is not None and cost.compute is not None and judgement.case.trains:
        yield say(lang, "report.figure-compute", currency=cost.currency), shown_span(cost.compute, lang)
    if cost is not None and cost.project is not None:
        yield say(lang, "report.figure-project", currency=cost.currency), shown_span(cost.project, lang)


def _days(key: str, value: Range, lang: Language) -> tuple[str, str]:
    """A row of days; of hours or minutes where it is less than one."""
    if value.likely >= 1:
        return say(lang, key), shown_span(value, lang)
    hours = value.likely * 24 >= 1
    short = value.times(24.0 if hours else 1440.0)
    likely, low, high = (significant(part) for part in (short.likely, short.low, short.high))
    said = say(lang, f"figures.{'hours' if hours else 'minutes'}", value=likely)
    return say(lang, f"{key}-short"), said + (f" ({low}–{high})" if lang == "en" else f"（{low}～{high}）")


def finding_lines(
    finding: Finding, lang: Language, style: Style, *, verbose: bool = False, short: bool = False
) -> Iterator[str]:
    """One finding: what is, where, what to do (not if `short`); with `verbose` also why and by whom."""
    indent = "    " if finding.under else ""
    word = say(lang, f"report.{finding.rule.severity}").upper()
    place = f"{finding.at.path} ({say(lang, 'report.line', line=finding.at.line)})"
    head = f"{style(word, finding.rule.severity)} {finding.rule.id} {finding.rule.name} · {place}"
    if finding.under:
        head += f" · {say(lang, 'report.follows-from', id=finding.under)}"
    yield indent + head
    yield from wrapped(finding.says(lang), indent + "  ", lang)
    if not short:
        yield from wrapped("→ " + finding.do(lang), indent + "  ", lang, indent + "    ")
    if verbose:
        words = vocabulary()
        facts = [
            f"{name} = {shown(shown_value(value, words[name].spec.unit, lang, finding.currency))}"
            for name, value in finding.because
        ]
        yield from wrapped(f"{say(lang, 'report.because')}: " + "; ".join(facts), indent + "  ", lang, indent + "    ")
        sure = say(lang, f"report.{finding.rule.confidence}")
        yield f"{indent}  {say(lang, 'report.confidence')}: {sure}; {', '.join(finding.rule.sources)}"


def _brief_name(finding: Finding, lang: Language) -> str:
    place = say(lang, "report.line", line=finding.at.line)
    return f"{finding.rule.id} {finding.rule.name} ({place})"


def acceptance_note(row: Judged, lang: Language) -> str:
    """Until when and why a finding is accepted, or what the acceptance lacks; and where it stands, if elsewhere."""
    until = row.acceptance.until.isoformat() if row.acceptance.until else ""
    if row.state == "accepted":
        note = say(lang, "report.accepted-row", until=until, reason=shown(row.acceptance.reason or "", 200))
    else:
        note = say(lang, f"report.state-{row.state}", until=until)
    if row.file is None:
        return note
    place = row.file
    if row.state != "stale-baseline":
        place = say(lang, "report.accepted-in", file=row.file, line=row.position.line)
    return f"{note} ({place})" if lang == "en" else f"{note}（{place}）"


def _acceptance_line(row: Judged, lang: Language) -> str:
    name = shown(row.acceptance.id or "?")
    note = acceptance_note(row, lang)
    if row.finding is not None:
        return f"{say(lang, 'report.accepted')} · {row.finding.rule.id} {row.finding.rule.name}: {note}"
    return f"{say(lang, 'report.not-accepted')} · {name}: {note}"


def _baseline_lines(judgement: Judgement, lang: Language) -> list[str]:
    known = [row.finding for row in judgement.acceptances if row.state == "baseline" and row.finding]
    if not known:
        return []
    places = [f"{finding.rule.id} {finding.at.path}" for finding in known]
    text = f"{say(lang, 'report.in-baseline')} · " + (", " if lang == "en" else "，").join(places)
    return ["", *wrapped(text, "", lang, "  ")]


def render(
    judgement: Judgement, lang: Language, style: Style = plain_style, *, quiet: bool = False, verbose: bool = False
) -> str:
    """The whole result of one plan as text, ending in a line break."""
    lines = [style(summary(judgement, lang), judgement.verdict)]
    if quiet:
        return lines[0] + "\n"
    crowded = len(judgement.findings) > LONG and not verbose
    lesser: dict[str, list[Finding]] = {}
    for finding in judgement.findings:
        severity = finding.rule.severity
        if crowded and (severity not in {"blocker", "high"} or (finding.under and severity != "blocker")):
            lesser.setdefault(severity, []).append(finding)
        else:
            short = crowded and severity != "blocker"
            lines += ["", *finding_lines(finding, lang, style, verbose=verbose, short=short)]
    if lesser:
        lines += ["", say(lang, "report.brief")]
        joint = ", " if lang == "en" else "、"
        for severity in (name for name in SEVERITIES if name in lesser):
            named = joint.join(_brief_name(finding, lang) for finding in lesser[severity])
            word = say(lang, f"report.{severity}")
            lines += wrapped(f"{word}: {named}" if lang == "en" else f"{word}：{named}", "  ", lang, "    ")
    for row in judgement.acceptances:
        if row.state != "baseline":
            lines += ["", *wrapped(_acceptance_line(row, lang), "", lang, "  ")]
    lines += _baseline_lines(judgement, lang)
    rows = list(figure_rows(judgement, lang))
    if rows:
        wide = max(columns(name) for name, _ in rows)
        lines += ["", say(lang, "report.figures")]
        lines += [f"  {name}{' ' * (wide - columns(name))}  {value}" for name, value in rows]
    return "\n".join(lines) + "\n"


def render_problems(problems: Sequence[Problem], lang: Language) -> str:
    """All that keeps a plan from being read, a line each."""
    return "".join(problem.text(lang) + "\n" for problem in problems)


def amount(value: Range | None, currency: str, lang: Language) -> str:
    """A range of money as `likely (low–high)`."""
    return shown_span(value, lang, lambda part: money(part, currency, lang))
