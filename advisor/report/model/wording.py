"""How the report words figures and sentences: ranges, money, days, and words with code in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from advisor.estimates.run import Range
from advisor.findings import Finding, fill
from advisor.patterns import pattern
from advisor.report.model.records import Span, Style, Text, joined, line, plain
from advisor.words import Language, catalogue, say
from advisor.words.figures import money, shown_value, significant

NOTHING = "—"
_BLANK = pattern(r"(?<=[\u4e00-\u9fff）”]) (?=[\u4e00-\u9fff（“])|(?<=[）”，。；：]) (?=\d)")


def word(lang: Language, key: str, /, **values: object) -> str:
    """A text of ours from `advisor.words.sections`, or of another area where the key names one."""
    return tight(say(lang, key if "." in key else f"sections.{key}", **values), lang)


def tight(text: str, lang: Language) -> str:
    """A text without the blank that a filled-in figure leaves between two Chinese characters."""
    return _BLANK.sub("", text) if lang == "zh" else text


def worded(lang: Language, key: str, /, **values: object) -> Text:
    """A text of ours as spans: what stands between backticks in the words is code; values stay what they are."""
    area, _, name = (key if "." in key else f"sections.{key}").partition(".")
    return marked(
        catalogue(area)[name].text(lang), lambda piece: tight(piece.format(**values) if values else piece, lang)
    )


def marked(text: str, filled: Callable[[str], str]) -> Text:
    """Words whose backticks mark code, each piece filled by `filled` after the split, so that no value can mark any."""
    spans: list[Span] = []
    for index, piece in enumerate(text.split("`")):
        shown = filled(piece)
        kept = line(shown)
        if not kept:
            continue
        # `line` strips; the blanks around code are part of the sentence.
        before, after = shown[:1].isspace(), shown[-1:].isspace()
        style: Style = "code" if index % 2 else "plain"
        spans.append(Span(f"{' ' if before and spans else ''}{kept}{' ' if after else ''}", style))
    if spans and spans[-1].style == "plain":
        spans[-1] = Span(spans[-1].text.rstrip(), "plain")
    return tuple(spans)


def finding_says(finding: Finding, lang: Language) -> Text:
    """What a finding says."""
    return marked(finding.rule.says.text(lang), lambda piece: _filled(piece, finding, lang))


def finding_does(finding: Finding, lang: Language) -> Text:
    """What a finding tells to do."""
    return marked(finding.rule.do.text(lang), lambda piece: _filled(piece, finding, lang))


def _filled(piece: str, finding: Finding, lang: Language) -> str:
    return fill(piece, finding.facts, lang, finding.currency)


def spread(value: Range | None, lang: Language, digits: int = 3) -> str:
    """A range as `likely (low–high)`, without a unit."""
    if value is None:
        return NOTHING
    likely, low, high = (significant(part, digits) for part in (value.likely, value.low, value.high))
    if low == high:
        return likely
    return f"{likely} ({low}–{high})" if lang == "en" else f"{likely}（{low}～{high}）"


def days(value: Range | None, lang: Language) -> str:
    """A range of days, `15 days (5–45)`; of hours or minutes where it is less than one."""
    if value is None:
        return NOTHING
    if value.likely < 1:
        # Below two hours in minutes.
        unit, factor = ("figures.hours", 24.0) if value.likely * 24 >= 2 else ("options.minutes", 1440.0)
        short = value.times(factor)
        likely = say(lang, unit, value=significant(short.likely, 2))
        low, high = significant(short.low, 2), significant(short.high, 2)
        return f"{likely} ({low}–{high})" if lang == "en" else f"{likely}（{low}～{high}）"
    likely = shown_value(rounded_days(value.likely), "days", lang)
    low, high = (significant(rounded_days(part)) for part in (value.low, value.high))
    if low == high:
        return likely
    return f"{likely} ({low}–{high})" if lang == "en" else f"{likely}（{low}～{high}）"


def rounded_days(value: float) -> float:
    """Days as a calendar knows them: whole ones, and below ten two digits."""
    return float(round(value)) if abs(value) >= 10 else float(f"{value:.2g}")


def days_alone(value: Range | None, lang: Language) -> str:
    """A range of days without the unit, for columns whose head says it; less than a day keeps its own unit."""
    if value is None:
        return NOTHING
    if 0 < value.likely < 1:
        return days(value, lang)
    return spread(Range(*(rounded_days(part) for part in (value.low, value.likely, value.high))), lang)


def amount(value: Range | None, currency: str, lang: Language) -> str:
    """A range of money, the currency said once where it is the same unit: `563,000 CNY (245,000–1.62M)`."""
    if value is None:
        return NOTHING
    likely, low, high = (money(part, currency, lang) for part in (value.likely, value.low, value.high))
    if low == high:
        return likely
    if lang == "en":
        return f"{likely} ({low.removesuffix(f' {currency}')}–{high.removesuffix(f' {currency}')})"
    unit = low.rpartition(" ")[2]
    same = unit == high.rpartition(" ")[2]
    return f"{likely}（{low.removesuffix(f' {unit}') if same else low}～{high}）"


def in_brackets(text: str, lang: Language) -> str:
    """A remark in the brackets of the language."""
    return f"({text})" if lang == "en" else f"（{text}）"


def remarked(text: str, remark: str, lang: Language) -> str:
    """A text with a remark in brackets behind it."""
    return f"{text}{' ' if lang == 'en' else ''}{in_brackets(remark, lang)}"


def percent(share: float, lang: Language) -> str:
    """A share in whole percent."""
    return f"{share * 100:.0f} %" if lang == "en" else f"{share * 100:.0f}%"


def between(lang: Language) -> str:
    """What stands between two statements on one line."""
    return "; " if lang == "en" else "；"


def listed(parts: Iterable[str], lang: Language) -> str:
    """Some names in a row."""
    return (", " if lang == "en" else "、").join(parts)


def sentences(parts: Iterable[Text], lang: Language) -> Text:
    """Sentences one after the other, with a blank between English ones."""
    return joined((part for part in parts if part), " " if lang == "en" else "")


def label(name: str, text: Text, lang: Language) -> Text:
    """A text with its label before it."""
    return joined((plain(name), text), ": " if lang == "en" else "：")
