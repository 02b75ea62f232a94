"""The options side by side, rent or buy or API with the break-even, and the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.estimates.run import Range
from advisor.options.limits import Way, limits_of
from advisor.options.models import shown_name
from advisor.pipeline import Judgement
from advisor.pricing import figure_range
from advisor.report.model.choices import machines, option_name, picture_rows, short_title
from advisor.report.model.pictures import cost_picture, pareto_picture, timeline_picture
from advisor.report.model.records import Block, Bullets, Paragraph, Row, Section, Table, Text, joined, plain, strong
from advisor.report.model.terms import stage_of, stage_word, standing, status_word
from advisor.report.model.wording import NOTHING, amount, between, days, listed, sentences, spread, word, worded
from advisor.resolve import PRIVATE_KINDS
from advisor.words import Language, say
from advisor.words.figures import counted, money, shown_value

if TYPE_CHECKING:
    from advisor.entries.schema import Price
    from advisor.options.offer import Option, Options


def options_section(judgement: Judgement, options: Options, lang: Language) -> Section:
    """Every option: verdict, cost, time, effect, upkeep, whether it may be sold, what it gives up."""
    stage = stage_word(stage_of(judgement), lang)
    head = (word(lang, "column-option"),
            *(word(lang, f"column-{name}") for name in ("verdict", "cost", "result", "effect", "upkeep")),
            word(lang, "column-licence", stage=stage), word(lang, "column-gives-up"))  # fmt: skip
    code = limits_of(judgement.case).code
    rows = tuple(_option_row(number, option, lang, code=code) for number, option in enumerate(options.options, 1))
    blocks: list[Block] = []
    if rows:
        blocks.append(Table(head, rows, ("left", "left", "right", "right", "left", "left", "left", "left")))
        posts = spread(figure_range(judgement.case.knowledge, "engineers-serving"), lang)
        blocks.append(Paragraph(worded(lang, "options-note", posts=posts), note=True))
    else:
        blocks.append(Paragraph(worded(lang, "else-none-text")))
    shown = picture_rows(judgement, options, lang)
    budget = judgement.facts.get("cost.budget")
    currency = judgement.pricing.currency
    pictures = (
        cost_picture(shown, None if budget is None else float(budget), currency, lang),
        pareto_picture(options, lang),
    )
    blocks += [picture for picture in pictures if picture is not None]
    return Section("options", word(lang, "options"), tuple(blocks))


def missing_section(options: Options, lang: Language) -> Section | None:
    """Ways that lead nowhere, and why."""
    items = tuple(plain(words.text(lang)) for words in options.missing)
    return Section("missing", word(lang, "missing"), (Bullets(items),), level=3) if items else None


def _option_row(number: int, option: Option, lang: Language, *, code: bool) -> Row:
    judgement, currency = option.judgement, option.judgement.pricing.currency
    status = standing(judgement, lang)
    given = listed((say(lang, f"options.short-{name}") for name in option.gives_up), lang)
    return (
        joined((strong(number), plain(f"{short_title(option, lang)} · {machines(option, lang)}"))),
        plain(word(lang, f"report.{option.verdict}")),
        plain(amount(option.cost, currency, lang)),
        plain(days(judgement.schedule.counted, lang)),
        plain(effect(option.choice.way, lang, code=code)),
        plain(_upkeep(option, lang)),
        plain(status_word(status, lang)),
        plain(given or NOTHING),
    )


def effect(way: Way, lang: Language, *, code: bool) -> str:
    """What a way of meeting the wish does, for code or for texts; adapters do the same, on less memory."""
    return word(lang, f"effect-{way.removesuffix('-lora')}{'-code' if code else ''}")


def _upkeep(option: Option, lang: Language) -> str:
    knowledge, cost = option.judgement.case.knowledge, option.judgement.estimates.cost
    if option.choice.way == "retrieval":
        return word(lang, "upkeep-retrieval")
    months = spread(figure_range(knowledge, "model-goes-stale-months"), lang)
    compute = NOTHING if cost is None or cost.compute is None else money(cost.compute.likely, cost.currency, lang)
    return word(lang, "upkeep-trained", months=months, compute=compute)


def rent_or_buy_section(judgement: Judgement, options: Options | None, lang: Language) -> Section | None:
    """Renting against buying for the plan and every option where a price is known, and the API in their place."""
    named = [(word(lang, "choice-plan"), judgement)]
    found = options.options if options is not None else ()
    named += [(option_name(number, lang), option.judgement) for number, option in enumerate(found, 1)]
    rows = [row for name, judged in named if (row := _rent_or_buy(name, judged, lang)) is not None]
    blocks: list[Block] = []
    if rows:
        head = (
            "",
            *(word(lang, f"column-{name}") for name in ("tenure", "rent-total", "buy-total", "break-even", "used")),
        )
        blocks.append(Table(head, tuple(rows), ("left", "left", "right", "right", "right", "right")))
        blocks.append(Paragraph(worded(lang, "rent-or-buy-note"), note=True))
    api = _api(judgement, options, lang)
    if api:
        blocks.append(Paragraph(api))
    return Section("rent-or-buy", word(lang, "rent-or-buy"), tuple(blocks)) if blocks else None


def _rent_or_buy(name: str, judgement: Judgement, lang: Language) -> Row | None:
    cost, job = judgement.estimates.cost, judgement.pricing.job
    if cost is None or job is None or not judgement.case.trains:
        return None
    found, currency = cost.rent_or_buy, cost.currency
    if found.rent_total is None and found.buy_total is None:
        return None
    even = found.break_even_utilisation
    share = shown_value(found.planned_utilisation, "share", lang)
    used = "of-life-below" if share.startswith("<") else "of-life"
    return (
        strong(name),
        plain(word(lang, f"tenure-{job.tenure}")),
        plain(amount(found.rent_total, currency, lang)),
        plain(amount(found.buy_total, currency, lang)),
        plain(NOTHING if even is None else word(lang, "of-life", share=_shares(even, lang))),
        plain(word(lang, used, share=share.removeprefix("< "))),
    )


def _shares(value: Range, lang: Language) -> str:
    likely, low, high = (shown_value(part, "share", lang) for part in (value.likely, value.low, value.high))
    return f"{likely} ({low}–{high})" if lang == "en" else f"{likely}（{low}～{high}）"


def _api(judgement: Judgement, options: Options | None, lang: Language) -> Text:
    """What a hosted model would cost, from how much use on own devices are cheaper, and whether it may be used."""
    found: list[tuple[int | None, Judgement]] = [(None, judgement)]
    if options is not None:
        offered = enumerate(options.options, 1)
        found = [(number, option.judgement) for number, option in offered if option.choice.way == "retrieval"]
    for number, judged in found:
        prices = _api_prices(judged)
        if prices is None:
            continue
        (read, written), pricing = prices, judged.pricing
        currency = pricing.currency
        per_token = pricing.exchange(read.likely, read.currency) / 1e6
        said = [
            worded(
                lang,
                "api-price",
                model=shown_name(judged.case.model.name, lang) if judged.case.model else "",
                input=money(pricing.exchange(read.likely, read.currency), currency, lang),
                output=money(pricing.exchange(written.likely, written.currency), currency, lang),
                provider=read.provider or word(lang, "report.unknown"),
                date=read.seen_on.isoformat(),
            )
        ]
        monthly = _monthly(judged)
        if number is not None and monthly is not None and per_token > 0:
            said.append(worded(lang, "api-break-even", number=number, monthly=money(monthly, currency, lang),
                               tokens=counted(monthly / per_token)))  # fmt: skip
        said.append(_api_allowed(judgement, lang))
        return sentences(said, lang)
    return sentences((worded(lang, "api-unknown"), _api_allowed(judgement, lang)), lang)


def _api_prices(judgement: Judgement) -> tuple[Price, Price] | None:
    """Input and output price of the model at a hosted API, that of the plan's region first."""
    case = judgement.case
    if case.model_id is None:
        return None
    names = case.knowledge.prices.get(("api", case.model_id), ())
    home = "CN" if judgement.facts.get("project.in_china") or judgement.pricing.currency == "CNY" else "global"
    found: dict[str, Price] = {}
    for name in sorted(names, key=lambda name: case.knowledge.price(name).region != home):
        found.setdefault("output" if name.endswith("output") else "input", case.knowledge.price(name))
    return (found["input"], found["output"]) if len(found) == 2 else None


def _monthly(judgement: Judgement) -> float | None:
    """Devices and power of a served model by the month, the purchase spread over the months that are charged."""
    cost, job = judgement.estimates.cost, judgement.pricing.job
    if cost is None or job is None or not job.serving_months:
        return None
    parts = [cost.parts.get(name) for name in ("purchase", "serving")]
    known = [part.likely for part in parts if part is not None]
    return sum(known) / job.serving_months if known else None


def _api_allowed(judgement: Judgement, lang: Language) -> Text:
    project = judgement.case.plan.project
    if project is None:
        return ()
    reasons = []
    private = any(row.entry.kind in PRIVATE_KINDS for row in judgement.case.data)
    if private and project.sensitivity in {"confidential", "secret"}:
        reasons.append(word(lang, "api-reason-confidential", level=word(lang, f"level-{project.sensitivity}")))
    for name in ("no-external-api", "on-premises", "air-gapped"):
        if name in {str(item) for item in project.requirements or ()}:
            reasons.append(word(lang, "api-reason-requirement", name=word(lang, f"requirement-{name}")))
    return worded(lang, "api-not-allowed", reasons=between(lang).join(reasons)) if reasons else ()


def timeline_section(judgement: Judgement, options: Options | None, lang: Language) -> Section | None:
    """When each plan gives its result, phase by phase, against the deadline."""
    project = judgement.case.plan.project
    picture = timeline_picture(picture_rows(judgement, options, lang), project.deadline if project else None, lang)
    if picture is None:
        return None
    return Section("timeline", word(lang, "timeline"), (picture, Paragraph(worded(lang, "timeline-note"), note=True)))
