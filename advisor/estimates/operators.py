"""How long single operators take on a device: products, attention, and what the memory bandwidth bounds.

All functions take numbers or arrays of one shape. Times are seconds, rates FLOP/s and bytes/s.
"""

from __future__ import annotations

from typing import NamedTuple

from advisor.estimates.elementwise import Number, cube_root, larger, where
from advisor.estimates.run import Architecture
from advisor.estimates.time_calibration import AttentionShares, MatmulCurve


class Product(NamedTuple):
    """A weight matrix of a layer: outputs, inputs, how often, and the share of the tokens that each copy sees."""

    outputs: Number
    inputs: Number
    copies: Number
    token_share: Number


def aligned_share(n: Number, k: Number, share: float) -> Number:
    """What a product reaches of an aligned one: `share` where a side of its weights is no multiple of 128 elements.

    Tiles and loads of tensor cores are that wide; cuBLAS is efficient for multiples of 128 bytes on A100 and later and
    its tiles have sides of 64 to 256 (NVIDIA, Matrix Multiplication Background, sections 3 and 5).
    """
    return where((n % 128 == 0) & (k % 128 == 0), 1.0, share)


def matmul_seconds(
    m: Number, n: Number, k: Number, *, peak: float, bandwidth: float, curve: MatmulCurve, item: float = 2
) -> Number:
    """Seconds of one m×k by k×n product.

    Compute at a share of the peak that falls for small sizes, memory traffic of `item` bytes an element at the measured
    share of the bandwidth, and a start. The form (a cubic mean of both bounds) reproduces the measured products of one
    device with a median error of 2–8 %: see `knowledge/calibration/time.yaml`.
    """
    compute = (
        2 * m * n * k / (peak * curve.best) * (1 + curve.m_half / m) * (1 + curve.n_half / n) * (1 + curve.k_half / k)
    )
    memory = (item * (m * k + n * k) + 2 * m * n) / (bandwidth * curve.memory)
    return cube_root(compute * compute * compute + memory * memory * memory) + curve.start_s


def layer_products(a: Architecture, tensor: Number, expert: Number, sparse: bool) -> list[Product]:
    """The weight products of one layer on one of `tensor` devices, with `expert` ways of expert parallelism.

    Column-parallel matrices (queries, keys, values, up, gate) lose outputs, row-parallel ones (attention output, down)
    lose inputs: arXiv 1909.08053, section 3.
    """
    t, h = tensor, a.hidden_size
    products = _attention_products(a, t)
    up = 2 if a.gated_mlp else 1
    if not sparse:
        f = a.ffn_hidden_size
        return [*products, Product(up * f / t, h, 1, 1), Product(h, f / t, 1, 1)]
    local = larger(a.experts / expert, 1)
    # Balanced routing: every device's experts see experts_per_token times its own tokens in all.
    share = a.experts_per_token / local
    f = a.expert_ffn_hidden_size
    products += [Product(up * f / t, h, local, share), Product(h, f / t, local, share), Product(a.experts, h, 1, 1)]
    if a.shared_experts:
        f = a.shared_experts * a.shared_expert_ffn_hidden_size
        products += [Product(up * f / t, h, 1, 1), Product(h, f / t, 1, 1)]
    return products


def _attention_products(a: Architecture, t: Number) -> list[Product]:
    """Queries, keys and values, and the output projection; latent attention goes down to a rank and up again."""
    h = a.hidden_size
    if a.latent is None:
        width, kv = a.attention_heads * a.head_dim, 2 * a.kv_heads * a.head_dim
        return [Product((width + kv) / t, h, 1, 1), Product(h, width / t, 1, 1)]
    latent = a.latent
    q_out = a.attention_heads * (latent.qk_nope_head_dim + latent.qk_rope_head_dim)
    kv_out = a.attention_heads * (latent.qk_nope_head_dim + latent.v_head_dim)
    products = [
        Product(latent.kv_lora_rank + latent.qk_rope_head_dim, h, 1, 1),
        Product(kv_out / t, latent.kv_lora_rank, 1, 1),
        Product(h, a.attention_heads * latent.v_head_dim / t, 1, 1),
    ]
    if latent.q_lora_rank is None:
        return [*products, Product(q_out / t, h, 1, 1)]
    return [*products, Product(latent.q_lora_rank, h, 1, 1), Product(q_out / t, latent.q_lora_rank, 1, 1)]


def fused_attention_seconds(
    flops: Number, peak: float, shares: AttentionShares, *, s: Number, d: float, backward: bool
) -> Number:
    """Seconds of flash-like attention that needs `flops` forward (causal half counted); backward takes 2.5 times that.

    The backward factor follows from recomputing the scores: five products against two (arXiv 2205.14135, algorithm 4).
    Short sequences leave the tiles unfilled: the share falls as s nears the tile size.
    """
    share = (shares.backward if backward else shares.forward) / (1 + shares.s_half / s)
    share *= (1 + shares.d_half / 128) / (1 + shares.d_half / d)
    return (2.5 if backward else 1) * flops / (peak * share)


def eager_attention_seconds(
    flops: Number,
    scores: Number,
    *,
    peak: float,
    curve: MatmulCurve,
    bandwidth: float,
    score_bytes: float,
    backward: bool,
) -> Number:
    """Seconds of attention that writes its scores to memory: the whole square is computed, and moved several times.

    `scores` counts the elements of all score matrices; `score_bytes` is what forward moves for each, backward half as
    much again.
    """
    compute = (2 if backward else 1) * flops / (peak * curve.best * 0.7)
    return compute + (1.5 if backward else 1) * scores * score_bytes / bandwidth
