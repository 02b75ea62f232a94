"""What the formulas need of a device's entry, in base units: one conversion for the advisor and for its backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.estimates.run import Link, Machine

if TYPE_CHECKING:
    from advisor.entries.schema import Device, Interconnect

_PCIE_PAYLOAD = {2: 0.8, 3: 0.985, 4: 0.985, 5: 0.985, 6: 0.96, 7: 0.96}
"""Share of the line rate left after line coding (8b/10b, 128b/130b, FLIT): PCI-SIG base specifications."""


def link_of(inside: Interconnect, devices: int, *, p2p: bool = True) -> Link | None:
    """The fast link of a node, one way, over its domain or else `devices`; None where there is only PCIe."""
    if inside.kind in {"pcie", "none"} or not inside.gb_s:
        return None
    pair = inside.per_pair_gb_s * 1e9 / 2 if inside.per_pair_gb_s else None
    return Link(inside.kind, inside.gb_s * 1e9 / 2, 5e-6, inside.domain_size or devices, pair, p2p)


def pcie_link_of(device: Device, devices: int) -> Link:
    """The device's PCIe slot as the link between `devices` of a node."""
    return Link("pcie", _pcie_rate(device), 10e-6, devices, None, device.p2p is not False)


def machine_of(device_id: str, device: Device) -> Machine:
    """The machine of a device alone: its own link in a node of 8, no network, no host.

    Where the entry does not say how much memory is usable, all of it is.
    """
    return Machine(
        device_id=device_id,
        vendor=device.vendor,
        platform=device.software.platform,
        architecture=device.architecture.lower() if device.architecture else None,
        compute_capability=float(device.compute_capability) if device.compute_capability else None,
        memory_gib=device.memory_gib,
        usable_gib=device.usable_gib or device.memory_gib,
        unified_memory=device.unified_memory,
        bandwidth=device.bandwidth_gb_s * 1e9 if device.bandwidth_gb_s else None,
        peak={key: value * 1e12 for key, value in device.rates.model_dump().items() if value is not None},
        measured_matmul={key: value * 1e12 for key, value in device.matmul_tflops.items()},
        bf16=device.bf16,
        fused_attention=device.software.flash_attention,
        link=link_of(device.interconnect, 8) or pcie_link_of(device, 8),
        network=None,
        pcie_bytes_per_second=_pcie_rate(device),
        host_gib_per_node=None,
        power_w=device.power_w,
    )


def _pcie_rate(device: Device) -> float | None:
    """Bytes per second one way: 0.25 GB/s a lane in the first generation, doubled by each, less line coding."""
    generation = device.pcie_generation
    if generation is None:
        return None
    lane = 0.25e9 * 2.0 ** (generation - 1)
    return lane * (device.pcie_lanes or 16) * _PCIE_PAYLOAD[generation]
