"""Prices, people and habits for a case: what cost and calendar are computed from, and where each comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from statistics import median

from advisor.entries.base import Knowledge
from advisor.estimates.cost import CostEstimate, PriceBook, Tenure, Undertaking, estimate_cost
from advisor.estimates.memory import MemoryEstimate
from advisor.estimates.run import Range
from advisor.estimates.serving import ServingEstimate
from advisor.estimates.time import TimeEstimate
from advisor.estimates.time_calendar import Practice
from advisor.plan.units import Money, Rate
from advisor.records import dataclass
from advisor.resolve import Assumption, Case

HOURS_PER_MONTH = 730.5
_PER_HOUR: Mapping[str, float] = {"hour": 1.0, "day": 1 / 24, "month": 1 / HOURS_PER_MONTH, "year": 1 / 8766.0}
NONE = Range(0.0, 0.0, 0.0)
_STALE_SPREADS: Mapping[str, str] = {
    "device": "price-spread-stale", "system": "price-spread-stale", "electricity": "price-spread-stale-running",
    "storage": "price-spread-stale-running", "engineer": "price-spread-stale-running",
}  # fmt: skip
"""The figure of practice that says how far an old price may have moved: cards move otherwise than wages and tariffs."""


@dataclass(frozen=True, eq=False)
class Pricing:
    """What the cost estimate needs, the currency it is given in, and every assumption and source behind it."""

    currency: str
    book: PriceBook
    job: Undertaking | None
    assumptions: tuple[Assumption, ...]
    sources: list[str]
    stale: Mapping[str, Range]  # prices of the book that are past their review date, and how far they may have moved
    rates: Mapping[str, float]  # CNY per unit of a currency

    def exchange(self, amount: float, currency: str) -> float:
        """An amount of some currency in the report's currency."""
        return amount * self.rates[currency] / self.rates[self.currency]


def figure_range(knowledge: Knowledge, name: str) -> Range:
    """A figure of practice as a range; one without bounds is sure."""
    figure = knowledge.figure(name)
    low = figure.likely if figure.low is None else figure.low
    return Range(low, figure.likely, figure.likely if figure.high is None else figure.high)


def practice_of(case: Case, checkpoint_bytes: float | None) -> Practice:
    """What experience says of runs like this one: failures, restarts, rework, tries until one run counts."""
    knowledge, project = case.knowledge, case.plan.project
    experience = project.team.experience if project and project.team else None
    storage = case.run.machine.storage or "nvme"
    rate = knowledge.figure(f"checkpoint-write-{storage}").likely * 1e9
    tenure = case.plan.hardware.tenure if case.plan.hardware else None
    worn = case.device is not None and case.device.lifecycle in {"end-of-life", "legacy", "modified"}
    # Whoever rents gets another card when one fails; whoever owns old cards lives with them.
    tired = tenure == "buy-used" or (worn and tenure != "rent")
    old = figure_range(knowledge, "old-hardware-failures").likely if tired else 1.0
    small = case.run.recipe.adapters or case.run.layout.devices <= 1
    tries = f"tries-{experience or 'some'}" if not small else "tries-small"
    return Practice(
        failures_per_device_day=figure_range(knowledge, "failures-per-device-day"),
        restart_hours=figure_range(knowledge, "restart-hours"),
        rework=figure_range(knowledge, "rework-share") if case.run.layout.nodes > 1 else NONE,
        tries=figure_range(knowledge, tries),
        checkpoint_bytes_per_second=rate * (case.run.layout.nodes if storage in {"nvme", "hdd"} else 1),
        checkpoint_bytes=checkpoint_bytes,
        old_hardware=old,
    )


def _quotation(amount: float) -> str:
    """A price as people quote it: never as a power of ten."""
    return f"{amount:,.0f}" if amount >= 1000 else f"{amount:.4g}"


class _Pricer:
    """Collects prices, assumptions and sources for one case."""

    def __init__(self, case: Case) -> None:
        self.case, self.knowledge = case, case.knowledge
        project = case.plan.project
        self.currency = project.budget.currency if project and project.budget else "CNY"
        self.assumptions: list[Assumption] = []
        self.sources: list[str] = []
        self.named: dict[str, str] = {}
        self.stale: dict[str, Range] = {}
        self.rates: dict[str, float] = {"CNY": 1.0}
        for currency, (name, row) in self.knowledge.exchange_rates.items():
            self.rates[currency] = row.cny
            if currency == self.currency:
                self.sources += self.knowledge.sources_of("prices", name)
        self.in_china = bool(project and project.regions and "CN" in project.regions) or self.currency == "CNY"

    def exchange(self, amount: float, currency: str) -> float:
        return amount * self.rates[currency] / self.rates[self.currency]

    def quoted(
        self, key: str, *, what: str, deals: tuple[str, ...], item: str | None = None, told: bool = True
    ) -> Range | None:
        """The range of quotations for a thing, those of the plan's region first; wider where they are old or few."""
        rows = [(name, self.knowledge.price(name)) for name in self.knowledge.prices.get((what, item), ())]
        found = [(name, row) for name, row in rows if row.deal in deals and row.term != "spot"]
        home = "CN" if self.in_china else ("US" if self.currency == "USD" else "EU")
        near = [pair for pair in found if pair[1].region == home] or [
            pair for pair in found if pair[1].region == "global"
        ]
        chosen = near or found
        if not chosen:
            return None
        fresh = [pair for pair in chosen if pair[1].review_by >= self.case.today]
        chosen = fresh or chosen
        likely = median(self.exchange(row.likely, row.currency) for _, row in chosen)
        low = min(self.exchange(row.likely if row.low is None else row.low, row.currency) for _, row in chosen)
        high = max(self.exchange(row.likely if row.high is None else row.high, row.currency) for _, row in chosen)
        spread = figure_range(self.knowledge, "price-spread" if fresh else _STALE_SPREADS[what])
        if not fresh and told:
            self.stale[key] = spread
        ids = [source for name, _ in chosen for source in self.knowledge.sources_of("prices", name)]
        self.sources += ids
        self.named[key] = ids[0]
        day = max(row.seen_on for _, row in chosen).isoformat()
        if told and what in {"device", "system"}:
            words = "price-known" if deals == ("rent",) else "price-purchase"
            self.assumptions.append(
                Assumption("hardware.price", round(likely, 4), words,
                           {"date": day, "count": len(chosen), "low": _quotation(low), "high": _quotation(high),
                            "currency": self.currency}, ids[0])
            )  # fmt: skip
        return Range(min(low, likely * spread.low), likely, max(high, likely * spread.high))

    def book(self, tenure: Tenure) -> PriceBook:
        """Prices for the plan's device, the plan's own price first."""
        hardware, item = self.case.plan.hardware, self.case.device_id
        stated = hardware.price if hardware else None
        rent = purchase = None
        if isinstance(stated, Rate):
            hourly = self.exchange(stated.amount, stated.currency) * _PER_HOUR[stated.per]
            rent = Range(hourly, hourly, hourly)
            self.named["rent_per_device_hour"] = ""
        elif isinstance(stated, Money):
            paid = self.exchange(stated.amount, stated.currency)
            purchase = Range(paid, paid, paid)
            self.named["purchase_per_device"] = ""
        if rent is None and tenure != "owned":
            used = tenure == "rent"  # for bought devices the rent only shows where buying begins to pay
            rent = self.quoted("rent_per_device_hour", what="device", deals=("rent",), item=item, told=used)
        if purchase is None and tenure != "owned":
            used = tenure != "rent"
            deals = (tenure,) if used else ("buy-new", "buy-used")
            purchase = self.quoted("purchase_per_device", what="device", deals=deals, item=item, told=used)
        return PriceBook(
            currency=self.currency,
            rent_per_device_hour=rent,
            purchase_per_device=purchase,
            electricity_per_kwh=self.quoted(
                "electricity_per_kwh", what="electricity", deals=("per-unit",), told=tenure != "rent"
            ),
            storage_per_gb_month=self.quoted("storage_per_gb_month", what="storage", deals=("per-unit", "rent")),
            engineer_month=self.quoted("engineer_month", what="engineer", deals=("per-unit",)),
            sources=self.named,
        )

    def tenure(self) -> Tenure:
        """How the devices are held: as stated; rented where the plan prices an hour or says nothing."""
        hardware = self.case.plan.hardware
        if hardware is not None and hardware.tenure is not None:
            if hardware.tenure == "owned":
                self.assumptions.append(Assumption("hardware.tenure", "owned", "owned-is-sunk"))
            return hardware.tenure
        bought = hardware is not None and isinstance(hardware.price, Money)
        tenure: Tenure = "buy-new" if bought else "rent"
        if not bought:
            self.assumptions.append(Assumption("hardware.tenure", tenure, "tenure-rent"))
        return tenure

    def power(self) -> float:
        """Watts of one device; a usual figure where no source states it."""
        known = self.case.run.machine.power_w
        if known is not None:
            return known
        usual = self.knowledge.figure("device-power-usual").likely
        self.assumptions.append(Assumption("hardware.device", usual, "power", {"watts": f"{usual:g}"}))
        return usual

    def engineers(self) -> Range:
        """People who work on it while it runs, as full posts."""
        project = self.case.plan.project
        stated = project.team.engineers if project and project.team else None
        if stated:
            return Range(stated * 0.5, float(stated), float(stated))
        name = "engineers-small" if self.case.run.layout.devices <= 8 else "engineers-large"
        figure = figure_range(self.knowledge, name)
        self.assumptions.append(
            Assumption(
                "project.team.engineers",
                figure.likely,
                "staff" if stated is None else "staff-nobody",
                {"count": f"{figure.likely:g}"},
            )
        )
        return figure


def price(
    case: Case, time: TimeEstimate | None, memory: MemoryEstimate | None, serving: ServingEstimate | None
) -> Pricing:
    """The price book and the undertaking of a case; no undertaking where neither time nor use is known."""
    del serving
    pricer = _Pricer(case)
    knowledge = case.knowledge
    tenure = pricer.tenure() if case.device is not None else "rent"
    book = pricer.book(tenure)
    job: Undertaking | None = None
    small = case.run.recipe.adapters or case.run.layout.devices <= 1 or not case.trains
    size = "small" if small else "large"
    serves = not case.trains
    if case.device is not None and (serves or (time is not None and time.device_hours is not None)):
        practice = practice_of(case, None)
        hours, days = NONE, figure_range(knowledge, "deployment-days")
        if time is not None and time.device_hours is not None and time.calendar_days is not None:
            hours, days = time.device_hours, time.calendar_days
        data = sum(row.entry.size or (row.tokens or 0.0) * 4 for row in case.data) / 1e9
        kept = case.plan.training.keep_checkpoints or 3
        checkpoints = memory.checkpoint_gib * 2**30 / 1e9 * kept if memory else 0.0
        job = Undertaking(
            tenure=tenure,
            devices=case.run.layout.devices,
            device_hours=hours,
            calendar_days=days,
            tries=practice.tries if case.trains else Range(1.0, 1.0, 1.0),
            power_w=pricer.power(),
            power_overhead=figure_range(knowledge, "power-overhead"),
            engineers=pricer.engineers(),
            preparation_months=figure_range(knowledge, f"preparation-months-{size}") if case.trains else NONE,
            evaluation_months=figure_range(knowledge, f"evaluation-months-{size}"),
            evaluation_compute=figure_range(knowledge, "evaluation-compute-share") if case.trains else NONE,
            stored_gb=data + checkpoints,
            life_years=knowledge.figure("hardware-life-years").likely,
            resale=figure_range(knowledge, "hardware-resale-share"),
            serving_devices=float(case.run.layout.devices) if serves else 0.0,
            serving_months=knowledge.figure("serving-months").likely if serves else 0.0,
        )
    return Pricing(
        currency=pricer.currency,
        book=book,
        job=job,
        assumptions=tuple(pricer.assumptions),
        sources=list(dict.fromkeys(pricer.sources)),
        stale=pricer.stale,
        rates=pricer.rates,
    )


def cost_if_prices_moved(pricing: Pricing, cost: CostEstimate | None) -> Range | None:
    """The likely cost of the project with the prices past review as far down and up as they may be by now.

    They move independently, so their distances add in squares. None where no price is past review.
    """
    if cost is None or cost.project is None or pricing.job is None or not pricing.stale:
        return None
    likely, down, up = cost.project.likely, 0.0, 0.0
    for name, spread in pricing.stale.items():
        doubled = replace(pricing.book, **{name: getattr(pricing.book, name).times(2)})
        project = estimate_cost(pricing.job, doubled).project
        part = 0.0 if project is None else project.likely - likely  # every part is proportional to its price
        down, up = math.hypot(down, part * (1 - spread.low)), math.hypot(up, part * (spread.high - 1))
    return Range(max(0.0, likely - down), likely, likely + up)
