"""Machines that an option may use: those that the plan has, and those that can be bought or rented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from statistics import median
from typing import Any, Literal

from advisor.entries.base import Knowledge
from advisor.entries.schema import Device, Text
from advisor.options.limits import WHOLE, Limits, Way
from advisor.pricing import Pricing
from advisor.records import dataclass
from advisor.resolve import Case
from advisor.words import Words

Tenure = Literal["owned", "buy-new", "buy-used", "rent"]
_PLATFORMS = {"cuda", "cann", "rocm"}


@dataclass(frozen=True, slots=True)
class Machines:
    """A device that can be had; `price` in the plan's currency: of one device, rented of one device-hour."""

    device_id: str
    name: str  # as a plan writes it
    device: Device
    tenure: Tenure | None
    counts: tuple[int, ...]
    price: float | None
    gives_up: frozenset[str] = frozenset()
    own: bool = False
    system: Words | None = None  # the plan counts whole systems of this name
    each: int = 1  # devices of one that is counted
    abroad: bool = False  # the price is of another region: the data would have to travel
    section: Mapping[str, Any] = field(default_factory=dict)  # the plan's own hardware section

    @property
    def joined(self) -> bool:
        """Tell whether eight of these reach each other over a link that training all parameters can live with."""
        link = self.device.interconnect
        return link.kind not in {"pcie", "none"} and (link.domain_size or 0) >= 8 and not self.device.unified_memory

    def kind(self, way: Way) -> str:
        """What makes two machines the same kind of answer: how they are had, whose they are, for long runs how new."""
        if self.own:
            return "own"
        deal = "rent" if self.tenure == "rent" else "buy"
        if self.device.country == "CN":
            return f"{deal}-domestic"
        if way in WHOLE:
            return f"{deal}-{(self.device.architecture or '').lower()}-{'abroad' if self.abroad else 'home'}"
        return f"{deal}-foreign"

    @property
    def per_node(self) -> int:
        """Devices in one node of these machines; a device that shares its memory with the host is a node."""
        if self.device.unified_memory:
            return 1
        return max(8, min(self.device.interconnect.domain_size or 8, 16))


def machines_for(case: Case, limits: Limits, pricing: Pricing, today: date) -> tuple[Machines, ...]:
    """All machines that can be had: the plan's first, then bought and rented ones that have a fresh price."""
    found: list[Machines] = []
    if (own := _own(case, limits)) is not None:
        found.append(own)
    for name, entry in case.knowledge.devices():
        if entry.country == "CN" and not (limits.in_china or "domestic-hardware" in limits.requirements):
            continue  # neither sold nor served abroad
        if entry.lifecycle == "announced":
            continue
        if entry.software.platform not in _PLATFORMS:
            continue
        foreign = limits.in_china and entry.country != "CN"
        demanded = "domestic-hardware" in limits.requirements and entry.country != "CN"
        gives_up = {"domestic-hardware"} if demanded else set()
        status = entry.export.to_china if entry.export else None
        deal, price, abroad = _quoted(case.knowledge, name, ("buy-new", "buy-used"), limits, pricing, today)
        # What may not be shipped to China is not offered for purchase there, at any sacrifice.
        # Nor is what its maker has given up: no warranty, no spare parts, no new software.
        left = entry.lifecycle in {"end-of-life", "legacy", "modified"}
        if deal is not None and not left and not (foreign and status in {"licence", "restricted"}):
            counts: tuple[int, ...] = (1, 2) if entry.unified_memory else (1, 2, 4, 8)
            found.append(Machines(name, name, entry, deal, counts, price, frozenset(gives_up)))
        deal, price, abroad = _quoted(case.knowledge, name, ("rent",), limits, pricing, today)
        # Consumer cards are let by private persons: no place for what is confidential, none for a service.
        trusted = entry.data_centre_licence is not False or (
            limits.use == "internal" and limits.sensitivity not in {"confidential", "secret"}
        )
        if deal is not None and limits.may_rent and trusted and not (foreign and status == "restricted"):
            away = {"on-premises"} if "on-premises" in limits.requirements else set()
            counts = (1, 2, 4, 8, 16, 32, 64)
            sacrifice = frozenset(gives_up | away)
            found.append(Machines(name, name, entry, "rent", counts, price, sacrifice, abroad=abroad))
    return tuple(found)


def _words(name: str | Text) -> Words:
    return Words(name, name) if isinstance(name, str) else Words(name.en, name.zh)


def _own(case: Case, limits: Limits) -> Machines | None:
    hardware = case.plan.hardware
    if hardware is None or hardware.device is None or case.device is None or case.device_id is None:
        return None
    section = dict(case.file.document.data.get("hardware") or {})
    count = case.run.layout.devices
    whole = hardware.count or 1
    counts: tuple[int, ...] = (whole,)
    if case.system is None:
        counts = tuple(sorted({2**power for power in range(15) if 2**power < count} | {count}))
    tenure = hardware.tenure
    gives_up: set[str] = set()
    if "domestic-hardware" in limits.requirements and case.device.country != "CN":
        gives_up.add("domestic-hardware")
    if tenure == "rent" and "on-premises" in limits.requirements:
        gives_up.add("on-premises")
    sacrifice = frozenset(gives_up)
    return Machines(
        case.device_id,
        hardware.device,
        case.device,
        tenure,
        counts,
        None,
        sacrifice,
        own=True,
        section=section,
        system=_words(case.system.name) if case.system else None,
        each=case.system.devices if case.system else 1,
    )


def _quoted(
    knowledge: Knowledge, name: str, deals: tuple[Tenure, ...], limits: Limits, pricing: Pricing, today: date
) -> tuple[Tenure | None, float | None, bool]:
    """The deal, the middle of its fresh prices, and whether they are another region's; new comes before used."""
    quoted = [knowledge.price(entry) for entry in knowledge.prices.get(("device", name), ())]
    for deal in deals:
        rows = [row for row in quoted if row.deal == deal and row.term != "spot" and row.review_by >= today]
        home = [row for row in rows if row.region == limits.home]
        near = home or [row for row in rows if row.region == "global"]
        if not near and not limits.in_china:
            near = [row for row in rows if row.region != "CN"]
        if near and all(row.currency in pricing.rates for row in near):
            middle = median(pricing.exchange(row.likely, row.currency) for row in near)
            return deal, middle, limits.in_china and not home
    return None, None, False
