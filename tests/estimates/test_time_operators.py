"""Operators and collectives against measured products, hand arithmetic and limits."""

from __future__ import annotations

from math import inf

import pytest
import yaml

from advisor.estimates.architecture import dense_decoder, matmul_parameters
from advisor.estimates.collectives import Path, exchange_seconds, gather_seconds, path, reduce_seconds
from advisor.estimates.operators import (
    aligned_share,
    eager_attention_seconds,
    fused_attention_seconds,
    layer_products,
    matmul_seconds,
)
from advisor.estimates.run import Architecture, Layout, Link, Machine
from advisor.estimates.time_calibration import AttentionShares, MatmulCurve, time_calibration_from_dict

MIXTRAL = Architecture(32, 4096, 14336, 32, 8, 128, 32000, False, True, experts=8, experts_per_token=2,
                       expert_ffn_hidden_size=14336)  # fmt: skip


@pytest.fixture(scope="module")
def calibration(root):
    return time_calibration_from_dict(yaml.safe_load((root / "knowledge/calibration/time.yaml").read_text())["time"])


# Measured by aiconfigurator-core 0.12 in milliseconds: rows (m, n, k) of bf16 products.
MEASURED = [
    ("ampere-datacentre", 312e12, 2.039e12, 400, (8192, 65536, 4096), 16.700587),
    ("ampere-datacentre", 312e12, 2.039e12, 400, (8192, 65536, 7168), 30.113007),
]


@pytest.mark.parametrize(("family", "peak", "bandwidth", "power", "shape", "ms"), MEASURED)
def test_products_match_measured_times(calibration, family, peak, bandwidth, power, shape, ms):
    device = next(d for d in calibration.devices if d.name == family)
    curve = device.matmul["bf16"]
    assert curve.best <= curve.flops_per_joule * power / peak
    seconds = matmul_seconds(*shape, peak=peak, bandwidth=bandwidth, curve=curve)
    assert seconds * 1e3 == pytest.approx(ms, rel=0.06)


def test_small_products_are_bound_by_memory():
    curve = MatmulCurve(0.8, 9e12, 0, 0, 0, 0.8, 0)
    one_row = matmul_seconds(1, 4096, 4096, peak=1e15, bandwidth=2e12, curve=curve)
    assert one_row == pytest.approx(2 * 4096 * 4096 / (2e12 * 0.8), rel=0.01)


def test_large_products_are_bound_by_compute():
    curve = MatmulCurve(0.8, 9e12, 0, 0, 0, 0.8, 0)
    big = matmul_seconds(8192, 8192, 8192, peak=1e15, bandwidth=2e12, curve=curve)
    assert big == pytest.approx(2 * 8192**3 / 0.8e15, rel=0.01)


@pytest.mark.parametrize("a", [dense_decoder(7e9), MIXTRAL], ids=["dense", "sparse"])
def test_products_of_all_layers_are_the_matmul_parameters(a):
    weights = sum(p.outputs * p.inputs * p.copies * p.token_share for p in layer_products(a, 1, 1, a.experts > 0))
    total = a.layers * weights + a.vocab_size * a.hidden_size
    assert total == pytest.approx(matmul_parameters(a), rel=0.01)


def test_tensor_parallelism_divides_the_products():
    a = dense_decoder(7e9)

    def size(t: int) -> float:
        return sum(p.outputs * p.inputs for p in layer_products(a, t, 1, sparse=False))

    assert size(8) == pytest.approx(size(1) / 8)


def test_expert_parallelism_keeps_the_work_and_spreads_the_experts():
    alone, spread = (layer_products(MIXTRAL, 1, e, sparse=True) for e in (1, 4))
    work = [sum(p.outputs * p.inputs * p.copies * p.token_share for p in products) for products in (alone, spread)]
    assert work[0] == pytest.approx(work[1])
    assert [p.copies for p in spread][2] == 2


def test_fused_attention_backward_is_two_and_a_half_forwards():
    shares = AttentionShares(0.5, 0.5, 0, 0)
    forward, backward = (fused_attention_seconds(1e12, 1e15, shares, s=4096, d=128, backward=b) for b in (False, True))
    assert (forward, backward) == (pytest.approx(2e-3), pytest.approx(5e-3))


def test_eager_attention_moves_its_scores():
    curve = MatmulCurve(0.8, inf, 0, 0, 0, 0.8, 0)
    arguments = {"peak": 1e30, "curve": curve, "bandwidth": 1e12, "score_bytes": 20}
    assert eager_attention_seconds(1, 1e9, backward=False, **arguments) == pytest.approx(0.02)
    assert eager_attention_seconds(1, 1e9, backward=True, **arguments) == pytest.approx(0.03)


def test_rings_pass_all_but_one_share():
    way = Path(8, 8, 100e9, 10e9, 0, 0)
    assert gather_seconds(8e9, way) == pytest.approx(7 / 8 * 8e9 / 100e9)
    assert reduce_seconds(8e9, way) == pytest.approx(2 * gather_seconds(8e9, way))
    assert gather_seconds(8e9, Path(1, 1, 1, 1, 1, 1)) == 0


def test_a_ring_waits_for_every_member_and_a_tree_for_its_depth():
    # 1,024 devices on 128 nodes: 895 hops inside nodes and 127 between them, against the depth of a tree.
    way = Path(1024, 8, 1e15, 1e15, 4e-6, 10e-6)
    assert gather_seconds(1, way) == pytest.approx((1 + 895 / 4) * 4e-6 + 127 / 2 * 10e-6, rel=1e-6)
    assert gather_seconds(1, way, calls=80) == pytest.approx(80 * gather_seconds(1, way), rel=1e-6)
    assert reduce_seconds(1, way) == pytest.approx(2 * ((1 + 7 / 4) * 4e-6 + 7 * 10e-6), rel=1e-6)


@pytest.mark.parametrize(("devices", "measured_us"), [(2, 5.5), (4, 7.1), (8, 10.4)])
def test_small_messages_take_as_long_as_nccl_took_on_h100(devices, measured_us):
    """All-gathers of 512 bytes (aiconfigurator-core 0.12, NCCL on H100)."""
    way = Path(devices, devices, 336e9, 50e9, 5e-6, 10e-6)
    assert gather_seconds(512, way) == pytest.approx(measured_us * 1e-6, rel=0.35)


def test_copies_for_one_node_cross_the_network_once():
    way = Path(16, 8, 1e15, 8 * 10e9, 0, 0)
    # Of eight copies to sixteen members at random, all but one in 256 sets has one for the other node.
    assert exchange_seconds(16e9, way, 8) == pytest.approx(16e9 * (1 - 0.5**8) / 10e9)


@pytest.mark.parametrize(
    ("n", "k", "share"), [(4096, 11008, 1), (1728, 4096, 0.7), (4096, 2880, 0.7), (50257, 768, 0.7)]
)
def test_products_of_odd_sizes_reach_less(n, k, share):
    assert aligned_share(n, k, 0.7) == share


def test_between_nodes_the_network_of_a_node_counts():
    # Two nodes of eight: half of the message enters each node through eight adapters of 10 GB/s.
    way = Path(16, 8, 1e15, 8 * 10e9, 0, 0)
    assert gather_seconds(16e9, way) == pytest.approx(8e9 / 80e9)


def test_all_to_all_uses_each_device_s_own_adapter():
    way = Path(16, 8, 1e15, 8 * 10e9, 0, 0)
    assert exchange_seconds(16e9, way) == pytest.approx(8e9 / 10e9)


def test_measured_all_gather_on_8_a100(calibration):
    """537 MB over NVLink on eight A100 took 2.288 ms (aiconfigurator-core 0.12, NCCL 2.27.3)."""
    link = Link("nvlink", 300e9, 5e-6, 8)
    machine = Machine("a100", "NVIDIA", "cuda", None, 8.0, 80, 80, False, 2e12, {}, {}, True, True, link, None, None,
                      None)  # fmt: skip
    way = path(machine, Layout(8), 8, 1, calibration)
    assert gather_seconds(268435456 * 2, way) == pytest.approx(2.288e-3, rel=0.1)


def test_pairs_of_linked_cards_fall_back_to_pcie(calibration):
    link = Link("nvlink", 56e9, 5e-6, 2)
    machine = Machine("3090", "NVIDIA", "cuda", None, 8.6, 24, 24, False, 1e12, {}, {}, True, True, link, None, None,
                      None)  # fmt: skip
    pair = path(machine, Layout(4), 2, 1, calibration)
    four = path(machine, Layout(4), 4, 1, calibration)
    assert four.fast < pair.fast


def test_a_rack_is_one_domain(calibration):
    link = Link("nvlink", 900e9, 5e-6, 72)
    machine = Machine("gb200", "NVIDIA", "cuda", "blackwell", 10.0, 186, 186, False, 8e12, {}, {}, True, True, link,
                      Link("infiniband", 50e9), None, None)  # fmt: skip
    assert not path(machine, Layout(64, 16), 64, 1, calibration).crosses
    assert path(machine, Layout(128, 32), 128, 1, calibration).crosses


def test_a_full_mesh_gives_small_groups_few_links(calibration):
    """On the Ascend 910B each pair of eight has a seventh of a device's rate."""
    link = Link("hccs", 196e9, 5e-6, 8, 28e9)
    machine = Machine("910b", "Huawei", "cann", None, None, 64, 64, False, 1.6e12, {}, {}, True, True, link, None, None,
                      None)  # fmt: skip
    two, eight = (path(machine, Layout(8), n, 1, calibration).fast for n in (2, 8))
    share = calibration.links["hccs"]
    assert two == pytest.approx(28e9 * share.share)
    assert eight == pytest.approx(196e9 * share.share * share.many)
