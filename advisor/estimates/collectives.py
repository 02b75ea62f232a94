"""How long devices take to exchange data: rings over fast links inside a node and over the network between nodes.

Bytes are those of the whole message, rates one way per device, times seconds; all may be arrays of one shape.
"""

from __future__ import annotations

from advisor.estimates.elementwise import Number, larger, log2, smaller, where
from advisor.estimates.run import Layout, Link, Machine
from advisor.estimates.time_calibration import LinkSpeed, TimeCalibration
from advisor.records import dataclass


@dataclass(frozen=True, slots=True)
class Path:
    """The way of one group of devices: how many there are and how many share a node, and the rates they get."""

    size: Number
    local: Number
    fast: Number
    slow: Number
    latency_s: Number  # inside the node
    slow_latency_s: Number  # between nodes

    @property
    def crosses(self) -> Number:
        """Whether the group spans nodes."""
        return self.size > self.local


def usable_rate(link: Link, devices: Number, calibration: TimeCalibration) -> Number:
    """What a group of devices gets of a link: its rate times the measured share of its kind."""
    kind = calibration.links.get(link.kind, calibration.links["other"])
    full = link.bytes_per_second if link.bytes_per_second is not None else kind.assumed_bytes_per_second
    rate: Number = full
    if link.per_pair_bytes_per_second is not None:
        # A full mesh splits its rate between the peers: a small group has few of its links.
        rate = smaller(full, larger(1.0, devices - 1) * link.per_pair_bytes_per_second)
    rate = rate * _share(kind, link, devices)
    if link.domain <= 1:
        return rate
    # Pairs of linked cards: a larger ring passes over PCIe between the pairs.
    pcie = calibration.links["pcie"]
    return where(devices > link.domain, min(full, pcie.assumed_bytes_per_second) * _share(pcie, link, devices), rate)


def _share(kind: LinkSpeed, link: Link, devices: Number) -> Number:
    """The share of its rate that a kind of link gives to a group of devices."""
    share = kind.share if link.p2p else kind.share_without_p2p
    return share * where(devices > 2, kind.many, 1.0)


def path(machine: Machine, layout: Layout, size: Number, stride: Number, calibration: TimeCalibration) -> Path:
    """The path of a group of `size` devices whose members are `stride` ranks apart.

    A group that crosses nodes gets the network share of all its members in one node, because rings use every adapter.
    """
    # A rack-scale switch joins nodes into one domain; smaller domains end at the node.
    domain = machine.link.domain if machine.link.domain > 16 else layout.per_node
    local = smaller(size, larger(1.0, domain / stride))
    network = machine.network if machine.network is not None else calibration.assumed_network
    return Path(
        size=size,
        local=local,
        fast=usable_rate(machine.link, local * stride, calibration),
        slow=usable_rate(network, 2, calibration) * local,
        latency_s=machine.link.latency_s,
        slow_latency_s=network.latency_s,
    )


def _passing_seconds(message: Number, way: Path) -> Number:
    """Seconds in which (n-1)/n of a message passes every device: inside the node or between nodes, the slower stage."""
    inside = message * (way.local - 1) / way.local / way.fast
    nodes = way.size / way.local
    return larger(inside, message * (nodes - 1) / nodes / way.slow)


# A start and a quarter of it for every further device is what NCCL took on 2 to 8 devices of four kinds.
_HOP = 0.25
_NETWORK_HOP = 0.5


def gather_seconds(message: Number, way: Path, calls: Number = 1) -> Number:
    """Seconds of a ring all-gather or reduce-scatter of a message in a number of calls.

    Source: the bus-bandwidth definition of nccl-tests (PERFORMANCE.md). A ring passes every member in turn, so each
    call waits for as many hops: what makes many small messages among many nodes slow.
    """
    nodes = way.size / way.local
    hops = (1 + _HOP * (way.size - nodes - 1)) * way.latency_s + _NETWORK_HOP * (nodes - 1) * way.slow_latency_s
    return where(way.size > 1, _passing_seconds(message, way) + calls * hops, 0.0)


def reduce_seconds(message: Number, way: Path, calls: Number = 1) -> Number:
    """Seconds of an all-reduce: as many bytes as a reduce-scatter and an all-gather; a tree joins the nodes.

    Source: double binary trees, NCCL 2.4; their depth is the logarithm of the nodes.
    """
    nodes = larger(way.size / way.local, 1)
    hops = (1 + _HOP * (way.local - 1)) * way.latency_s + 2 * _NETWORK_HOP * log2(nodes) * way.slow_latency_s
    return where(way.size > 1, 2 * _passing_seconds(message, way) + calls * 2 * hops, 0.0)


def exchange_seconds(message: Number, way: Path, copies: Number = 1) -> Number:
    """Seconds of an all-to-all in which every device sends `copies` of a message to members at random.

    Copies for members of one node cross the network once and are handed on over the fast links (arXiv 2412.19437,
    section 3.2.2): a message goes to as many other nodes as its copies are expected to hit.
    """
    nodes = way.size / way.local
    hit = (nodes - 1) * (1 - (1 - 1 / nodes) ** copies)
    inside = copies * (way.size - 1) / way.size
    seconds = larger(message * inside / way.fast, message * hit / (way.slow / way.local)) + way.latency_s
    seconds = seconds + where(way.crosses, way.slow_latency_s, 0.0)
    return where(way.size > 1, seconds, 0.0)
