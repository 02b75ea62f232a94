"""The FLOPs of a token: those that a method needs and those that devices execute. Lengths may be arrays."""

from __future__ import annotations

from advisor.estimates.architecture import active_parameters, attention_flops_per_token, matmul_parameters
from advisor.estimates.elementwise import Number
from advisor.estimates.run import Run
from advisor.estimates.time_compute import trains_base


def method_flops_per_token(run: Run, s: Number) -> Number:
    """FLOPs a token that the method needs: 6 per weight, 4 where it is frozen, and attention over the whole square."""
    factor = 3.0 if trains_base(run.recipe) else 2.0
    if run.recipe.method == "preference":
        factor += 1.0
    # Attention has no weights: its backward is twice its forward whatever is trained.
    attention = attention_flops_per_token(run.architecture, s, causal=False)
    return factor * 2 * active_parameters(run.architecture) + (3 + (run.recipe.method == "preference")) * attention


def executed_flops_per_token(run: Run, s: Number) -> Number:
    """FLOPs a token that the devices execute: with recomputation, causal attention where it is fused."""
    recipe, a = run.recipe, run.architecture
    passes = (3.0 if trains_base(recipe) else 2.0) + (recipe.recompute == "full") + (recipe.method == "preference")
    fused = recipe.attention != "eager"
    attention = attention_flops_per_token(a, s, causal=fused)
    attention_passes = (3.5 if fused else 3.0) + (recipe.recompute == "full") + (recipe.method == "preference")
    return passes * 2 * matmul_parameters(a) + attention_passes * attention
