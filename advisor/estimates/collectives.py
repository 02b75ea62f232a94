"""How long devices take to exchange data: rings over fast links inside a node and over the network between nodes.

Bytes are those of the whole message, rates one way per device, times seconds.
"""

from __future__ import annotations

from advisor.estimates.operators import larger
from advisor.estimates.run import Layout, Link, Machine
from advisor.estimates.time_calibration import TimeCalibration
from advisor.records import dataclass


@dataclass(frozen=True, slots=True)
class Path:
    """The way of one group of devices: how many there are and how many share a node, and the rates they get."""

    size: float
    local: float
    fast: float
    slow: float
    latency_s: float

    @property
    def crosses(self) -> bool:
        """Whether the group spans nodes."""
        return self.size > self.local


def usable_rate(link: Link, devices: float, calibration: TimeCalibration) -> float:
    """What a group of devices gets of a link: its rate times the measured share of its kind."""
    kind = calibration.links.get(link.kind, calibration.links["other"])
    rate = link.bytes_per_second if link.bytes_per_second is not None else kind.assumed_bytes_per_second
    if 1 < link.domain < devices:
        # Pairs of linked cards: a larger ring passes over PCIe between the pairs.
        kind = calibration.links["pcie"]
        rate = min(rate, kind.assumed_bytes_per_second)
    elif link.per_pair_bytes_per_second is not None:
        # A full mesh splits its rate between the peers: a small group has few of its links.
        rate = min(rate, max(1.0, devices - 1) * link.per_pair_bytes_per_second)
    share = kind.share if link.p2p else kind.share_without_p2p
    if devices > 2:
        share *= kind.many
    return rate * share


def path(machine: Machine, layout: Layout, size: float, stride: float, calibration: TimeCalibration) -> Path:
    """The path of a group of `size` devices whose members are `stride` ranks apart.

    A group that crosses nodes gets the network share of all its members in one node, because rings use every adapter.
    """
    # A rack-scale switch joins nodes into one domain; smaller domains end at the node.
    domain = machine.link.domain if machine.link.domain > 16 else layout.per_node
    local = min(size, max(1.0, domain / stride))
    fast = usable_rate(machine.link, local * stride, calibration)
    network = machine.network if machine.network is not None else calibration.assumed_network
    return Path(
        size=size,
        local=local,
        fast=fast,
        slow=usable_rate(network, 2, calibration) * local,
        latency_s=machine.link.latency_s if size <= local else network.latency_s,
    )


def gather_seconds(message: float, way: Path) -> float:
    """Seconds of a ring all-gather or reduce-scatter of a message: (n-1)/n of it passes every device.

    Source: the bus-bandwidth definition of nccl-tests (PERFORMANCE.md). Inside the node and between nodes the stages
    overlap, so the slower one counts.
    """
    if way.size <= 1:
        return 0.0
    inside = message * (way.local - 1) / way.local / way.fast
    nodes = way.size / way.local
    between = message * (nodes - 1) / nodes / way.slow
    # Trees replace rings across many nodes: latency grows with the logarithm of their number.
    hops = way.local - 1 + 2 * float(larger(nodes - 1, 0.0) ** 0.5)
    return larger(inside, between) + hops * way.latency_s / 4


def reduce_seconds(message: float, way: Path) -> float:
    """Seconds of an all-reduce: a reduce-scatter and an all-gather."""
    return 2 * gather_seconds(message, way)


def exchange_seconds(message: float, way: Path) -> float:
    """Seconds of an all-to-all in which every device sends a message of this size in all."""
    if way.size <= 1:
        return 0.0
    outside = (way.size - way.local) / way.size
    inside = (way.local - 1) / way.size
    return larger(message * inside / way.fast, message * outside / (way.slow / way.local)) + way.latency_s
