"""The devices of a plan, the links between them and the network between nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from advisor.entries.base import UnknownNameError
from advisor.estimates.machine import link_of, machine_of, pcie_link_of
from advisor.estimates.run import Layout, Link, Machine
from advisor.resolve.gaps import Gaps

if TYPE_CHECKING:
    from advisor.entries.schema import Device, System

_NO_MACHINE = Machine(
    device_id="", vendor="", platform="", architecture=None, compute_capability=None, memory_gib=0.0, usable_gib=0.0,
    unified_memory=False, bandwidth=None, peak={}, measured_matmul={}, bf16=None, fused_attention=None,
    link=Link("none", None), network=None, pcie_bytes_per_second=None, host_gib_per_node=None,
)  # fmt: skip


def device_of(gaps: Gaps) -> tuple[str | None, Device | None, System | None]:
    """The device, with the system where the plan names a whole machine."""
    hardware = gaps.plan.hardware
    if hardware is None or hardware.device is None:
        return None, None, None
    try:
        found = gaps.knowledge.device_id(hardware.device)
    except UnknownNameError as error:
        gaps.unknown("hardware.device", "unknown-device", error)
        return None, None, None
    system = gaps.knowledge.system(found)
    return (system.device if system else found), gaps.knowledge.device(system.device if system else found), system


def machine_for(gaps: Gaps, name: str | None, device: Device | None, system: System | None, layout: Layout) -> Machine:
    """The device with its links, its network and what surrounds it."""
    hardware = gaps.plan.hardware
    if device is None or name is None:
        return _NO_MACHINE
    usable = device.usable_gib
    if usable is None:
        share = gaps.figure("usable-memory-share")
        usable = gaps.assume("hardware.device", round(device.memory_gib * share, 2), "usable-unknown",
                             "practice", share=share)  # fmt: skip
    if device.unified_memory:
        usable = min(usable, device.memory_gib)
    return replace(
        machine_of(name, device),
        usable_gib=usable,
        link=_link(gaps, device, system, layout),
        network=_network(gaps, name, device, system, layout),
        host_gib_per_node=(hardware.host_memory if hardware else None) or (system.host_memory_gib if system else None),
        storage=hardware.storage if hardware else None,
    )


def _link(gaps: Gaps, device: Device, system: System | None, layout: Layout) -> Link:
    stated = gaps.plan.hardware.interconnect if gaps.plan.hardware else None
    inside = system.interconnect if system and system.interconnect else device.interconnect
    # Beyond the bridge of a pair the devices meet over PCIe, some of them only through the host.
    p2p = layout.per_node <= (inside.domain_size or layout.per_node) or device.p2p is not False
    own = link_of(inside, layout.per_node, p2p=p2p)
    if own is not None and stated in {None, inside.kind}:
        return own
    if stated is not None and stated not in {inside.kind, "pcie", "none"}:
        gaps.contradictions.add("interconnect")
        gaps.assume("hardware.interconnect", "pcie", "interconnect-absent", stated=stated)
    return pcie_link_of(device, layout.per_node)


def _network(gaps: Gaps, device_id: str, device: Device, system: System | None, layout: Layout) -> Link | None:
    if layout.nodes <= 1:
        return None
    stated = gaps.plan.hardware.network if gaps.plan.hardware else None
    speed = stated.speed if stated else None
    if speed is None and system is not None and system.network_gbps:
        speed = system.network_gbps * 1e9 / 8
        gaps.assume("hardware.network.speed", f"{system.network_gbps:g}Gbps", "network-of-system")
    usual = False
    if speed is None:
        gbps, usual = _usual_network(gaps, device_id, device)
        speed = gbps * 1e9 / 8
        key = "network-usual" if usual else "network-unknown"
        gaps.assume("hardware.network.speed", f"{gbps:g}Gbps", key, "practice")
    kind = (stated.kind if stated else None) or ("infiniband" if usual else "ethernet")
    latency = 30e-6 if kind == "ethernet" else 8e-6
    return Link(kind, speed / layout.per_node, latency, layout.devices)


def _usual_network(gaps: Gaps, device_id: str, device: Device) -> tuple[float, bool]:
    """The rate of a node that a plan leaves open, and whether such nodes are usually built with a fast network."""
    if (device.interconnect.domain_size or 0) < 8 or device.interconnect.kind in {None, "pcie", "none"}:
        return gaps.figure("assumed-network-gbps"), False
    built = [
        system.network_gbps
        for _, system in gaps.knowledge.entries("systems")
        if system.device == device_id and system.network_gbps
    ]
    return min([gaps.figure("assumed-network-gbps-modules"), *built]), True
