"""What an engineer needs: breakdowns, the layout with its reasons, commands, formulas with their inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from advisor.options.models import shown_name
from advisor.pipeline import Judgement
from advisor.report.model.choices import Choices, option_name
from advisor.report.model.commands import command_blocks
from advisor.report.model.pictures import memory_picture
from advisor.report.model.records import Block, Bullets, Paragraph, Section, Table, Text, joined, plain, strong
from advisor.report.model.wording import amount, between, listed, percent, sentences, word, worded
from advisor.report.text import figure_rows
from advisor.report.trace import trace_of
from advisor.words import Language, say
from advisor.words.figures import counted, shown_value, significant

if TYPE_CHECKING:
    from advisor.options.offer import Option, Options

_GIGA = 1e9


def figures_section(judgement: Judgement, lang: Language) -> Section | None:
    """The figures that are asked for first."""
    head = (word(lang, "report.figure"), _range_head(lang))
    rows = tuple((plain(name), plain(value)) for name, value in figure_rows(judgement, lang))
    return Section("figures", word(lang, "figures"), (Table(head, rows, ("left", "right")),)) if rows else None


def _range_head(lang: Language) -> str:
    likely, low, high = (word(lang, f"report.{name}") for name in ("likely", "low-end", "high-end"))
    return f"{likely} ({low}–{high})" if lang == "en" else f"{likely}（{low}～{high}）"


def memory_section(judgement: Judgement, lang: Language) -> Section | None:
    """Where the memory of the worst device goes."""
    picture = memory_picture(judgement, lang)
    if picture is None:
        return None
    return Section("memory", word(lang, "report.breakdown-memory"), (picture,))


def breakdown_sections(judgement: Judgement, lang: Language) -> list[Section]:
    """Where the seconds of a step and the money of the project go."""
    found = []
    time, cost = judgement.estimates.time, judgement.estimates.cost
    if time is not None and time.parts:
        found.append(Section("step", word(lang, "report.breakdown-time"), (_step(time.parts, lang),)))
    if cost is not None:
        rows = tuple(
            (plain(word(lang, f"report.cost-{name}")), plain(amount(part, cost.currency, lang)))
            for name, part in cost.parts.items()
            if part is not None and part.high > 0
        )
        if rows:
            head = (word(lang, "report.part"), _range_head(lang))
            found.append(Section("cost", word(lang, "report.breakdown-cost"), (Table(head, rows, ("left", "right")),)))
    return found


def _step(parts: Mapping[str, float], lang: Language) -> Table:
    whole = sum(parts.values()) or 1.0
    rows = tuple(
        (plain(word(lang, f"report.time-{name}")), plain(significant(size)), plain(percent(size / whole, lang)))
        for name, size in parts.items()
        if size > 0
    )
    return Table((word(lang, "report.part"), "s", word(lang, "report.share")), rows, ("left", "right", "right"))


def layout_section(judgement: Judgement, lang: Language) -> Section | None:
    """How the work is cut over the devices, and why so."""
    case = judgement.case
    if case.device is None or not case.trains:
        return None
    head = (word(lang, "cut-devices"), word(lang, "report.value"), word(lang, "report.why"))
    rows = tuple(
        (plain(word(lang, f"layout-{name}")), strong(value), why) for name, value, why in _cuts(judgement, lang)
    )
    blocks: list[Block] = [Table(head, rows, ("left", "left", "left"))]
    advice = [name for name in _ADVICE if case.run.layout.devices > 1 and case.knowledge.has("practice", name)]
    if advice:
        said = (plain(getattr(case.knowledge.entry("practice", name).says, lang)) for name in advice)
        blocks.append(Paragraph(sentences(said, lang), note=True))
    return Section("layout", word(lang, "layout"), tuple(blocks))


_ADVICE = ("parallelism-onion", "order-of-remedies")


def _cuts(judgement: Judgement, lang: Language) -> list[tuple[str, str, Text]]:
    """Each way of dividing the work: its name, its degree, its reason."""
    case, run = judgement.case, judgement.case.run
    recipe, layout, memory, time = run.recipe, run.layout, judgement.estimates.memory, judgement.estimates.time
    device = shown_name(case.device.name, lang) if case.device is not None else word(lang, "report.unknown")
    rows = [("devices", word(lang, "layout-devices-value", count=layout.devices, name=device, nodes=layout.nodes),
             _links(judgement, lang)),
            ("data", str(layout.data), worded(lang, "why-data"))]  # fmt: skip
    state = memory.state_bytes_total / 2**30 if memory is not None else None
    stage = memory.zero_stage if memory is not None else recipe.zero_stage
    if state is not None:
        key = "why-replicated" if stage == 0 else f"why-zero{stage}"
        values = {"state": significant(state), "n": layout.data, "each": significant(state / layout.data)}
        rows.append(
            ("sharding", word(lang, "replicated") if stage == 0 else f"ZeRO-{stage}", worded(lang, key, **values))
        )
    if layout.devices > 1:
        tensor = (
            worded(lang, "why-tensor-one")
            if layout.tensor == 1
            else worded(lang, "why-tensor", domain=run.machine.link.domain)
        )
        rows.append(("tensor", str(layout.tensor), tensor))
        bubble = _share_of_step(time.parts if time else {}, "pipeline_bubble", lang)
        pipeline = (
            worded(lang, "why-pipeline-one") if layout.pipeline == 1 else worded(lang, "why-pipeline", bubble=bubble)
        )
        rows.append(("pipeline", str(layout.pipeline), pipeline))
    rows += [
        (name, str(degree), ())
        for name, degree in (("context", layout.context), ("expert", layout.expert))
        if degree > 1
    ]
    batch = recipe.micro_batch * recipe.accumulation * layout.data
    rows.append(
        ("batch", word(lang, "layout-batch-value", micro=recipe.micro_batch, accumulation=recipe.accumulation,
                       data=layout.data, batch=batch, tokens=counted(float(batch * recipe.sequence_length))),
         worded(lang, "why-batch"))
    )  # fmt: skip
    if memory is not None:
        activations = significant(memory.parts.get("activations", 0.0))
        key = "why-recompute-none" if recipe.recompute == "none" else "why-recompute"
        share = _share_of_step(time.parts if time else {}, "recompute", lang)
        rows.append(("recompute", word(lang, f"recompute-{recipe.recompute}"),
                     worded(lang, key, activations=activations, share=share)))  # fmt: skip
    if recipe.offload != "none":
        share = _share_of_step(time.parts if time else {}, "offload", lang)
        rows.append(("offload", recipe.offload, worded(lang, "why-offload", share=share)))
    return rows


def _share_of_step(parts: Mapping[str, float], name: str, lang: Language) -> str:
    whole = sum(parts.values())
    return shown_value(parts.get(name, 0.0) / whole if whole else None, "share", lang)


def _links(judgement: Judgement, lang: Language) -> Text:
    machine, layout = judgement.case.run.machine, judgement.case.run.layout
    if layout.devices == 1:
        return ()
    rate = machine.link.bytes_per_second
    if rate is None:
        said = [worded(lang, "layout-link-unknown", kind=machine.link.kind)]
    else:
        said = [worded(lang, "layout-link", kind=machine.link.kind, rate=significant(rate / _GIGA))]
    network = machine.network.bytes_per_second if machine.network is not None and layout.nodes > 1 else None
    if network is not None:
        said.append(worded(lang, "layout-network", rate=significant(network * 8 / _GIGA)))
    return joined(said, between(lang))


def option_details(options: Options, lang: Language) -> Section | None:
    """What each option is in full: why, changes to the plan, what is left to settle."""
    from advisor.options.render import changes_text, layout_text  # noqa: PLC0415 - the options tell through this package too

    items = []
    for number, option in enumerate(options.options, 1):
        said: list[Text] = [plain(option.why.text(lang))]
        if option.choice.way != "retrieval":
            said.append(_labelled("options.row-layout", layout_text(option, lang), lang))
        said.append(_labelled("options.row-changes", changes_text(option, lang), lang))
        left = [
            f"{row.rule.id} {row.rule.name}"
            for row in option.judgement.findings
            if row.rule.severity in {"high", "medium"}
        ]
        if left:
            said.append(_labelled("options.row-left", listed(left, lang), lang))
        title = f"{option_name(number, lang)}{': ' if lang == 'en' else '：'}{option.title.text(lang)}"
        items.append(joined((strong(title), sentences(said, lang))))
    return Section("option-details", word(lang, "report.offered"), (Bullets(tuple(items)),), level=3) if items else None


def _labelled(key: str, text: str, lang: Language) -> Text:
    joint, stop = (": ", ".") if lang == "en" else ("：", "。")
    return plain(f"{say(lang, key)}{joint}{text}{stop}")


def commands_section(judgement: Judgement, options: Options | None, choices: Choices, lang: Language) -> Section | None:
    """Commands for the plan, and for the option that is recommended in its place."""
    blocks = command_blocks(judgement, lang)
    option: Option | None = None
    if options is not None and choices.recommended is not None:
        option = options.options[choices.recommended - 1]
    offered = command_blocks(option.judgement, lang) if option is not None else []
    if option is not None and offered:
        heading = worded(lang, "commands-for-option", number=choices.recommended, title=option.title.text(lang))
        blocks = [*blocks, Paragraph(heading), *offered]
    if not blocks:
        return None
    return Section("commands", word(lang, "commands"), (Paragraph(worded(lang, "commands-note"), note=True), *blocks))


def formulas_section(judgement: Judgement, lang: Language) -> Section | None:
    """How each figure was found."""
    rows: Sequence[tuple[Text, ...]] = [
        (plain(row["name"]), plain(row["formula"]), plain(row["inputs"]), plain(f"{row['value']} {row['unit']}"),
         plain(row["source"]))
        for row in trace_of(judgement, lang)
    ]  # fmt: skip
    if not rows:
        return None
    head = tuple(word(lang, f"report.{name}") for name in ("figure", "formula", "inputs", "value", "source"))
    return Section(
        "formulas",
        word(lang, "report.formulas"),
        (Table(head, tuple(rows), ("left", "left", "left", "right", "left")),),
    )
