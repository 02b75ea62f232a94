"""What a run and the project around it cost, and whether renting or buying is cheaper.

Prices arrive converted to one currency in a `PriceBook`; nothing here reads a file. A part whose price is missing is
None and `missing` names what it lacks. Hours are device-hours, power is watts, storage is 10^9 bytes.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import Literal

from advisor.estimates.run import Range
from advisor.estimates.time_calendar import product_of
from advisor.estimates.time_trace import Trace
from advisor.records import dataclass

HOURS_PER_MONTH = 730.5
DAYS_PER_MONTH = 30.44
HOURS_PER_YEAR = 8766.0
NOTHING = Range(0.0, 0.0, 0.0)

_RESALE = Range(0.1, 0.25, 0.4)

Tenure = Literal["owned", "buy-new", "buy-used", "rent"]


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Prices in one currency; None where nobody knows one. `sources` maps a field's name to the id of its source."""

    currency: str
    rent_per_device_hour: Range | None = None
    purchase_per_device: Range | None = None  # with its share of the server
    electricity_per_kwh: Range | None = None
    storage_per_gb_month: Range | None = None
    network_per_month: Range | None = None  # of the whole system; None where the network is in the rent
    engineer_month: Range | None = None
    api_per_million_tokens: Range | None = None
    sources: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What is bought: devices, hours, people. Months and shares are ranges because nobody knows them exactly.

    `device_hours` is one uninterrupted run; `tries` how many times that much computing the project burns until one run
    counts, the counted one included; `calendar_days` from the first step to the counted result.
    """

    tenure: Tenure
    devices: int
    device_hours: Range
    calendar_days: Range
    tries: Range
    power_w: float | None  # per device
    power_overhead: Range  # wall power of the whole site against the devices' own: host, fans, cooling
    engineers: Range  # people who work on it while it runs, as full posts
    preparation_months: Range  # engineer-months for the data
    evaluation_months: Range  # engineer-months for evaluation
    evaluation_compute: Range  # share of the run's computing
    stored_gb: float | None  # data and checkpoints kept
    life_years: float = 4.0  # over which bought hardware is written off
    resale: Range = _RESALE  # share of the price that is left at the end
    write_off_owned: bool = False  # True: owned hardware still loses value; False: its price is sunk
    serving_devices: float = 0.0
    serving_months: float = 0.0


@dataclass(frozen=True, slots=True)
class RentOrBuy:
    """Where renting and buying cost the same, in device-hours; a utilisation above 1 means that renting always wins."""

    break_even_hours: Range | None
    break_even_utilisation: Range | None
    planned_utilisation: float
    rent_total: Range | None
    buy_total: Range | None


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """Cost of the counted run (`compute`) and of the whole project, with parts.

    `project.likely` is the sum of the parts' likely values. Parts that hang on the same cause move together (their
    distances to low and high add); the causes are independent (distances add in squares), so the range is narrower than
    the sum of all lows to the sum of all highs, and wider than independent parts would give. Where a part is missing
    the project is the sum of the others and `complete` is False.
    """

    currency: str
    compute: Range | None
    project: Range | None
    parts: dict[str, Range | None]
    missing: dict[str, str]
    rent_or_buy: RentOrBuy
    complete: bool
    trace: tuple[Trace, ...]


_CAUSES = {
    "compute": "time",
    "purchase": "purchase",
    "retries": "time",
    "evaluation": "time",
    "people": "time",
    "storage": "storage",
    "network": "network",
    "data_preparation": "people",
    "serving": "serving",
}


def _sum(parts: dict[str, Range]) -> Range:
    """The sum of parts, distances added within a cause and in squares between causes."""
    likely = sum(r.likely for r in parts.values())
    below: dict[str, float] = {}
    above: dict[str, float] = {}
    for name, r in parts.items():
        cause = _CAUSES[name]
        below[cause] = below.get(cause, 0.0) + r.likely - r.low
        above[cause] = above.get(cause, 0.0) + r.high - r.likely
    low = likely - math.sqrt(sum(d * d for d in below.values()))
    return Range(max(0.0, low), likely, likely + math.sqrt(sum(d * d for d in above.values())))


def _plus(*ranges: Range) -> Range:
    """Ranges that move together, added."""
    return Range(sum(r.low for r in ranges), sum(r.likely for r in ranges), sum(r.high for r in ranges))


def running_cost_per_hour(job: Undertaking, prices: PriceBook) -> Range | None:
    """Electricity of one device for an hour, host and cooling included; None without its power or the tariff."""
    if job.power_w is None or prices.electricity_per_kwh is None:
        return None
    return product_of((prices.electricity_per_kwh, job.power_overhead)).times(job.power_w / 1000)


def _write_off_per_hour(job: Undertaking, prices: PriceBook) -> Range | None:
    """Loss of value of one device per hour of its life, used or not."""
    if prices.purchase_per_device is None:
        return None
    kept = Range(1 - job.resale.high, 1 - job.resale.likely, 1 - job.resale.low)
    return product_of((prices.purchase_per_device, kept)).times(1 / (job.life_years * HOURS_PER_YEAR))


def rate_per_hour(job: Undertaking, prices: PriceBook) -> tuple[Range | None, str]:
    """What a device-hour costs under the tenure, and the name of the price that is missing (empty if none).

    Rented: the rent. Owned: electricity with cooling, and loss of value only where asked for, since the price of
    hardware that stands there anyway is sunk. Bought: electricity; the price itself is a part of its own.
    """
    if job.tenure == "rent":
        return prices.rent_per_device_hour, "" if prices.rent_per_device_hour else "rent_per_device_hour"
    running = running_cost_per_hour(job, prices)
    if running is None:
        return None, "power_w" if job.power_w is None else "electricity_per_kwh"
    if job.tenure == "owned" and job.write_off_owned:
        lost = _write_off_per_hour(job, prices)
        return (None, "purchase_per_device") if lost is None else (_plus(running, lost), "")
    return running, ""


def _rent_or_buy(job: Undertaking, prices: PriceBook) -> RentOrBuy:
    """Break-even of renting against buying the same devices."""
    total_hours = product_of((job.device_hours, job.tries))
    life_hours = job.life_years * HOURS_PER_YEAR
    planned = total_hours.likely / (job.devices * life_hours)
    rent, running = prices.rent_per_device_hour, running_cost_per_hour(job, prices)
    rent_total = product_of((rent, total_hours)) if rent else None
    if prices.purchase_per_device is None or running is None:
        return RentOrBuy(None, None, planned, rent_total, None)
    kept = Range(1 - job.resale.high, 1 - job.resale.likely, 1 - job.resale.low)
    lost = product_of((prices.purchase_per_device, kept))
    buy_total = _plus(lost.times(job.devices), product_of((running, total_hours)))
    if rent is None or rent.likely <= running.likely:
        return RentOrBuy(None, None, planned, rent_total, buy_total)
    # Dear purchases and cheap rents go with late break-evens; the spread of both adds in squares.
    saved = rent.likely - running.likely
    relative = product_of((lost, Range(rent.likely / rent.high, 1.0, rent.likely / max(rent.low, 1e-12))))
    hours = relative.times(1 / saved)
    return RentOrBuy(hours, hours.times(1 / life_hours), planned, rent_total, buy_total)


def estimate_cost(job: Undertaking, prices: PriceBook) -> CostEstimate:
    """Cost of a job at given prices; parts without a price are None and named in `missing`."""
    rate, lacking = rate_per_hour(job, prices)
    parts: dict[str, Range | None] = {}
    missing: dict[str, str] = {}
    compute = product_of((job.device_hours, rate)) if rate is not None else None
    parts["compute"] = compute
    if compute is None:
        missing["compute"] = lacking
    if job.tenure in ("buy-new", "buy-used"):
        bought = prices.purchase_per_device
        parts["purchase"] = bought.times(job.devices) if bought else None
        if bought is None:
            missing["purchase"] = "purchase_per_device"
    again = Range(max(0.0, job.tries.low - 1), max(0.0, job.tries.likely - 1), max(0.0, job.tries.high - 1))
    parts["retries"] = _scaled(compute, again)
    parts["evaluation"] = _scaled(compute, job.evaluation_compute)
    months = job.calendar_days.times(1 / DAYS_PER_MONTH)
    person = prices.engineer_month
    if person is None:
        missing |= dict.fromkeys(("people", "data_preparation"), "engineer_month")
        parts |= {"people": None, "data_preparation": None}
    else:
        parts["people"] = _plus(
            product_of((months, job.engineers, person)), product_of((job.evaluation_months, person))
        )
        parts["data_preparation"] = product_of((job.preparation_months, person))
    # Hours past the counted run: storage is paid from preparation to the end.
    kept_months = Range(months.low + 1, months.likely + 1, months.high + 1)
    if job.stored_gb is None or prices.storage_per_gb_month is None:
        parts["storage"] = None
        missing["storage"] = "stored_gb" if job.stored_gb is None else "storage_per_gb_month"
    else:
        parts["storage"] = product_of((prices.storage_per_gb_month, kept_months)).times(job.stored_gb)
    if prices.network_per_month is not None:
        parts["network"] = product_of((prices.network_per_month, kept_months))
    if job.serving_devices and job.serving_months:
        hours = job.serving_devices * job.serving_months * HOURS_PER_MONTH
        parts["serving"] = rate.times(hours) if rate is not None else None
        if rate is None:
            missing["serving"] = lacking
    for name in ("retries", "evaluation"):
        if parts[name] is None:
            missing[name] = lacking
    known = {name: part for name, part in parts.items() if part is not None}
    return CostEstimate(
        currency=prices.currency,
        compute=compute,
        project=_sum(known) if known and compute is not None else None,
        parts=parts,
        missing=missing,
        rent_or_buy=_rent_or_buy(job, prices),
        complete=not missing,
        trace=_trace(job, prices, rate, parts),
    )


def _scaled(compute: Range | None, share: Range) -> Range | None:
    """A share of the computing; the share may be zero."""
    if compute is None:
        return None
    if share.high == 0:
        return NOTHING
    if share.likely == 0:
        return Range(0.0, 0.0, share.high * compute.likely)
    return product_of((compute, share))


_FORMULAS = {
    "compute": ("device-hours · rate", "rate"),
    "purchase": ("devices · price", "purchase_per_device"),
    "retries": ("compute · (tries - 1)", "rate"),
    "evaluation": ("compute · share", "rate"),
    "people": ("calendar months · engineers · month's cost + evaluation months · month's cost", "engineer_month"),
    "data_preparation": ("preparation months · month's cost", "engineer_month"),
    "storage": ("stored GB · months · price", "storage_per_gb_month"),
    "network": ("months · price", "network_per_month"),
    "serving": ("devices · hours · rate", "rate"),
}


def _trace(
    job: Undertaking, prices: PriceBook, rate: Range | None, parts: dict[str, Range | None]
) -> tuple[Trace, ...]:
    """One line for every part that has a price."""
    rate_price = "rent_per_device_hour" if job.tenure == "rent" else "electricity_per_kwh"
    inputs = {
        "compute": (("device-hours", job.device_hours.likely), ("rate", rate.likely if rate else 0.0)),
        "retries": (("tries", job.tries.likely),),
        "evaluation": (("share", job.evaluation_compute.likely),),
        "people": (("days", job.calendar_days.likely), ("engineers", job.engineers.likely)),
        "storage": (("GB", job.stored_gb or 0.0),),
    }
    lines = []
    for name, part in parts.items():
        if part is None:
            continue
        formula, price = _FORMULAS[name]
        source = prices.sources.get(rate_price if price == "rate" else price, "")
        lines.append(Trace(name, formula, inputs.get(name, ()), part.likely, prices.currency, source))
    return tuple(lines)
