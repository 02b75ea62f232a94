"""One page for each family of the knowledge base: what is known, with grade and source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from advisor.entries.base import Knowledge
from advisor.report.markdown import escape
from advisor.words import Language, say
from advisor.words.figures import counted, significant

FAMILIES = ("devices", "systems", "models", "tokenizers", "licences", "data_licences", "regulations", "practice",
            "prices", "frameworks")  # fmt: skip
_STAGES = ("internal", "internal-transfer", "hosted-service", "weights-to-customers")

Cell = Callable[[Any, Language], str]


def _text(value: Any, lang: Language) -> str:
    if value is None or value in ([], {}):
        return "—"
    if isinstance(value, Mapping) and set(value) == {"en", "zh"}:
        return str(value[lang])
    if isinstance(value, bool):
        return say(lang, "figures.yes" if value else "figures.no")
    if isinstance(value, float):
        return significant(value, 4)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _field(*path: str) -> Cell:
    def read(raw: Any, lang: Language) -> str:
        for part in path:
            raw = raw.get(part) if isinstance(raw, Mapping) else None
        return _text(raw, lang)

    return read


def _count(name: str) -> Cell:
    return lambda raw, lang: counted(float(raw[name])) if raw.get(name) is not None else _text(None, lang)


def _stage(stage: str) -> Cell:
    return lambda raw, lang: say(lang, f"report.terms-{raw['stages'][stage]['status']}")


def _figure(raw: Any, lang: Language) -> str:
    if "says" in raw:
        return _text(raw["says"], lang)
    ends = [significant(float(raw[name]), 4) if raw.get(name) is not None else "—" for name in ("low", "high")]
    return f"{significant(float(raw['likely']), 4)} ({ends[0]}–{ends[1]}) {raw['unit']}"


def _price(raw: Any, _: Language) -> str:
    if "cny" in raw:
        return f"1 {raw['currency']} = {raw['cny']} CNY"
    return f"{significant(float(raw['likely']), 4)} {raw['currency']} / {raw['per']}"


_COLUMNS: Mapping[str, tuple[tuple[str, Cell], ...]] = {
    "devices": (
        ("memory", _field("memory_gib")), ("usable", _field("usable_gib")), ("bandwidth", _field("bandwidth_gb_s")),
        ("fp16", _field("rates", "fp16")), ("bf16", _field("rates", "bf16")), ("fp8", _field("rates", "fp8")),
        ("link", _field("interconnect", "kind")), ("link-rate", _field("interconnect", "gb_s")),
        ("power", _field("power_w")), ("export", _field("export", "to_china")), ("lifecycle", _field("lifecycle")),
    ),
    "systems": (
        ("device", _field("device")), ("count", _field("devices")), ("topology", _field("topology")),
        ("host", _field("host_memory_gib")),
    ),
    "models": (
        ("parameters", _count("parameters")), ("active", _count("active_parameters")), ("licence", _field("licence")),
        ("trained-in", _field("trained_in")), ("context", _field("context_length")), ("tokenizer", _field("tokenizer")),
    ),
    "tokenizers": (
        ("code", _field("tokens_per_byte", "code")), ("english", _field("tokens_per_byte", "english")),
        ("chinese", _field("tokens_per_byte", "chinese")),
    ),
    "licences": (
        *((stage, _stage(stage)) for stage in _STAGES), ("naming", _field("naming_duty")),
        ("users", _field("monthly_users_threshold")), ("outputs", _field("output_training")),
        ("territories", _field("excluded_territories")),
    ),
    "data_licences": (("kind", _field("kind")), *((stage, _stage(stage)) for stage in _STAGES)),
    "regulations": (
        ("jurisdiction", _field("jurisdiction")), ("trigger", _field("trigger")), ("duty", _field("duty")),
        ("exempt", _field("exempt")), ("as-of", _field("as_of")),
    ),
    "practice": (("topic", _field("topic")), ("figure", _figure), ("applies", _field("applies"))),
    "prices": (
        ("item", _field("item")), ("deal", _field("deal")), ("price", _price), ("region", _field("region")),
        ("seen", _field("seen_on")), ("review", _field("review_by")),
    ),
    "frameworks": (
        ("mixed", _field("profile", "mixed", "weights")), ("loss", _field("profile", "loss")),
        ("master", _field("profile", "master_weights")), ("recompute", _field("profile", "default_recompute")),
        ("note", _field("note")),
    ),
}  # fmt: skip


def page(knowledge: Knowledge, family: str, lang: Language) -> str:
    """The page of a family in one language, ending in a line break."""
    return "\n".join(_lines(knowledge, family, lang)) + "\n"


def _lines(knowledge: Knowledge, family: str, lang: Language) -> Iterator[str]:
    columns = _COLUMNS[family]
    yield f"# {say(lang, f'entries.{family}')}"
    yield ""
    yield say(lang, "entries.intro")
    yield ""
    heads = [say(lang, f"entries.column-{name}") for name, _ in columns]
    yield "| id | " + " | ".join([say(lang, "entries.column-name"), *heads, say(lang, "entries.column-sources")]) + " |"
    yield "|---" * (len(heads) + 3) + "|"
    for name in knowledge.ids(family):
        raw = knowledge.raw[family][name]
        sources = ", ".join(
            f"[{row['source']}]({knowledge.source(row['source']).url}) ({say(lang, 'entries.grade-' + row['grade'])})"
            for row in raw.get("evidence", [])
        )
        cells = [escape(_text(raw.get("name"), lang)), *(escape(cell(raw, lang)) for _, cell in columns)]
        yield f"| `{name}` | " + " | ".join([*cells, sources]) + " |"
