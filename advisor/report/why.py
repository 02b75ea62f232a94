"""Why a rule fires, or does not, as text and as JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.facts import vocabulary
from advisor.plan.source import shown
from advisor.report.contract import acceptance_as_json, finding_as_json, number, sources
from advisor.report.model.practice import assumed
from advisor.report.text import acceptance_note
from advisor.report.trace import trace_of
from advisor.report.wrapping import wrapped
from advisor.ruling.vocabulary import Value
from advisor.why import Explanation, Tested
from advisor.words import Language, say
from advisor.words.figures import shown_value, significant

SCHEMA = "advisor.why/1"
_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥"}


def _joint(lang: Language) -> str:
    return ", " if lang == "en" else "，"


def _value(tested: Tested, value: Value, explanation: Explanation, lang: Language) -> str:
    unit = tested.fact.spec.unit
    return shown(shown_value(value, unit, lang, explanation.judgement.pricing.currency))


def _test(tested: Tested, explanation: Explanation, lang: Language) -> str:
    condition = tested.condition
    if condition.op == "unknown":
        return say(lang, "why.unknown-is")
    if isinstance(condition.value, tuple):
        return "= " + " / ".join(_value(tested, value, explanation, lang) for value in condition.value)
    return f"{_SIGNS[condition.op]} {_value(tested, condition.value, explanation, lang)}"


def _distance(tested: Tested, explanation: Explanation, lang: Language) -> str | None:
    """How far a condition is from holding."""
    if tested.holds:
        return None
    if tested.value is None:
        return say(lang, "why.cannot-hold")
    if tested.gap is None:
        return None
    gap = _value(tested, tested.gap, explanation, lang)
    limit = tested.condition.value
    if isinstance(limit, (int, float)) and limit and isinstance(tested.value, (int, float)):
        share = shown_value(tested.value / limit, "share", lang)
        return say(lang, "why.off-by-share", gap=gap, share=share, limit=_value(tested, limit, explanation, lang))
    return say(lang, "why.off-by", gap=gap)


def _entry(family: str, name: str, fields: tuple[str, ...]) -> str:
    return f"{family}/{name}" + (f" ({', '.join(fields)})" if fields else "")


def _origin(tested: Tested, lang: Language) -> str | None:
    """Where a fact's value comes from, in one line."""
    inputs, parts = tested.inputs, []
    parts += [say(lang, "why.from-estimate", name=say(lang, f"why.{name}")) for name in inputs.estimates]
    own = [path for path in inputs.plan if not any(other.startswith(f"{path}.") for other in inputs.plan)]
    if own:
        parts.append(say(lang, "why.from-plan", paths=_joint(lang).join(own)))
    if inputs.entries:
        names = _joint(lang).join(_entry(*entry) for entry in inputs.entries)
        parts.append(say(lang, "why.from-knowledge", entries=names))
    if inputs.prices:
        parts.append(say(lang, "why.from-prices"))
    return say(lang, "why.from", inputs=("; " if lang == "en" else "；").join(parts)) if parts else None


def _condition_lines(tested: Tested, explanation: Explanation, lang: Language) -> Iterator[str]:
    state = say(lang, "why.holds" if tested.holds else "why.fails")
    distance = _distance(tested, explanation, lang)
    if distance:
        state += f" ({distance})" if lang == "en" else f"（{distance}）"
    line = say(lang, "why.condition", fact=tested.fact.name, test=_test(tested, explanation, lang),
               value=_value(tested, tested.value, explanation, lang), state=state)  # fmt: skip
    yield from wrapped(("✓ " if tested.holds else "✗ ") + line, "  ", lang, "    ")
    yield from wrapped(tested.fact.spec.meaning.text(lang), "    ", lang)
    origin = _origin(tested, lang)
    if origin:
        yield from wrapped(origin, "    ", lang)
    for link in tested.concluded_by:
        word = say(lang, "why.rule-fired" if link.fired else "why.rule-silent")
        yield from wrapped(say(lang, "why.from-rule", id=link.rule.id, name=link.rule.name, state=word), "    ", lang)


def _head(explanation: Explanation, lang: Language) -> Iterator[str]:
    rule, finding = explanation.rule, explanation.finding
    if explanation.status == "retired":
        yield say(lang, "why.retired", id=rule.id, name=rule.name, version=rule.retired)
        return
    if finding is None:
        yield say(lang, "why.silent", id=rule.id, name=rule.name)
        return
    yield say(lang, "why.fires", id=rule.id, name=rule.name, path=finding.at.path, line=finding.at.line)
    yield from wrapped(finding.says(lang), "  ", lang)
    if explanation.status == "accepted" and explanation.covered_by is not None:
        yield say(lang, "why.accepted", note=acceptance_note(explanation.covered_by, lang))
    elif explanation.status in {"baseline", "hidden"}:
        yield say(lang, f"why.{explanation.status}", profile=explanation.judgement.policy.profile)


def render(explanation: Explanation, lang: Language) -> str:
    """The explanation as text, ending in a line break."""
    lines = list(_head(explanation, lang))
    if explanation.status != "retired":
        lines += ["", say(lang, "why.conditions")]
        for tested in explanation.conditions:
            lines += _condition_lines(tested, explanation, lang)
    if explanation.chain or explanation.under:
        lines += ["", say(lang, "why.chain")]
        lines += [f"  {rule.id} {rule.name}" for rule in explanation.chain]
        if explanation.under:
            lines.append("  " + say(lang, "why.follows", id=explanation.under.id, name=explanation.under.name))
    for name in explanation.estimates:
        lines += ["", say(lang, "why.computed", name=say(lang, f"why.{name}"))]
        before = None
        for step in trace_of(explanation.judgement, lang, (name,)):
            line = say(lang, "why.step", **{key: step[key] for key in ("name", "value", "unit", "formula")})
            lines += wrapped(line, "  ", lang, "    ")
            if step["inputs"] and step["inputs"] != before:  # several steps share the same inputs
                lines += wrapped(say(lang, "why.given", inputs=step["inputs"]), "    ", lang)
            before = step["inputs"]
    if explanation.assumptions:
        lines += ["", say(lang, "why.assumed")]
        for row in explanation.assumptions:
            line = say(lang, "why.assumption", path=row.path, value=assumed(row.value, lang), why=row.why(lang))
            lines += wrapped(line, "  ", lang, "    ")
    knowledge = explanation.judgement.case.knowledge
    if explanation.entries:
        lines += ["", say(lang, "why.known")]
        for family, name, fields in explanation.entries:
            lines.append(f"  {_entry(family, name, fields)}")
            lines += _source_lines(sources(knowledge.sources_of(family, name, fields), knowledge), "    ", lang)
    lines += ["", say(lang, "why.own"), *_source_lines(sources(explanation.rule.sources, knowledge), "  ", lang)]
    return "\n".join(lines) + "\n"


def _source_lines(rows: list[dict[str, str]], indent: str, lang: Language) -> Iterator[str]:
    for row in rows:
        read = say(lang, "report.read-on", date=row["read_on"])
        tail = f" ({read})" if lang == "en" else f"（{read}）"
        yield from wrapped(f"{row['title']} {row['url']}{tail}", indent, lang, indent + "  ")


def as_json(explanation: Explanation, lang: Language) -> dict[str, Any]:
    """The explanation as JSON values."""
    judgement, rule = explanation.judgement, explanation.rule
    knowledge = judgement.case.knowledge
    covered = explanation.covered_by
    return {
        "schema": SCHEMA,
        "plan": {"path": judgement.case.file.name},
        "rule": {"id": rule.id, "name": rule.name},
        "status": explanation.status,
        "finding": finding_as_json(explanation.finding, knowledge, lang) if explanation.finding else None,
        "accepted": acceptance_as_json(covered, knowledge, lang) if covered else None,
        "conditions": [_condition_as_json(tested, lang) for tested in explanation.conditions],
        "chain": [it.id for it in explanation.chain],
        "under": explanation.under.id if explanation.under else None,
        "computed": {name: trace_of(judgement, lang, (name,)) for name in explanation.estimates},
        "assumptions": [
            {"path": row.path, "value": number(row.value) if isinstance(row.value, float) else row.value,
             "why": row.why(lang)}
            for row in explanation.assumptions
        ],
        "knowledge": [
            {"family": family, "id": name, "fields": list(fields),
             "sources": sources(knowledge.sources_of(family, name, fields), knowledge)}
            for family, name, fields in explanation.entries
        ],
        "sources": sources(rule.sources, knowledge),
    }  # fmt: skip


def _condition_as_json(tested: Tested, lang: Language) -> dict[str, Any]:
    spec, limit = vocabulary()[tested.condition.fact].spec, tested.condition.value
    return {
        "fact": spec.name,
        "meaning": spec.meaning.text(lang),
        "unit": spec.unit,
        "op": tested.condition.op,
        "limit": list(limit) if isinstance(limit, tuple) else limit,
        "value": number(tested.value) if isinstance(tested.value, float) else tested.value,
        "holds": tested.holds,
        "gap": None if tested.gap is None else float(significant(tested.gap, 9).replace(",", "")),
        "from": {
            "estimates": list(tested.inputs.estimates),
            "plan": list(tested.inputs.plan),
            "knowledge": [_entry(*entry) for entry in tested.inputs.entries],
            "prices": tested.inputs.prices,
        },
        "concluded_by": [{"id": link.rule.id, "fired": link.fired} for link in tested.concluded_by],
    }
