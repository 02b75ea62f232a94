"""Profiles, calibrations, architectures and devices that the memory and serving tests share."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from advisor.estimates import memory, serving
from advisor.estimates.frameworks import FrameworkProfile, framework_from_dict
from advisor.estimates.memory import MemoryEstimate, estimate_memory
from advisor.estimates.run import Architecture, Latent, Layout, Link, Machine, Recipe, Run

ROOT = Path(__file__).parents[2]
SHAPES = {
    "llama-3-8b": Architecture(32, 4096, 14336, 32, 8, 128, 128256, False, True),
    "llama-2-7b": Architecture(32, 4096, 11008, 32, 32, 128, 32000, False, True),
    "mistral-7b": Architecture(32, 4096, 14336, 32, 8, 128, 32000, False, True),
    "llama-3-70b": Architecture(80, 8192, 28672, 64, 8, 128, 128256, False, True),
    "qwen2.5-32b": Architecture(64, 5120, 27648, 40, 8, 128, 152064, False, True, qkv_bias=True),
    "qwen3-coder-30b-a3b": Architecture(
        48, 2048, 6144, 32, 4, 128, 151936, False, True, experts=128, experts_per_token=8,
        expert_ffn_hidden_size=768, qk_norm=True,
    ),
    "dense-30b": Architecture(60, 6656, 17920, 52, 8, 128, 128256, False, True, stated_parameters=30e9),
    "deepseek-v3": Architecture(
        61, 7168, 18432, 128, 128, 128, 129280, False, True, experts=256, experts_per_token=8, shared_experts=1,
        expert_ffn_hidden_size=2048, shared_expert_ffn_hidden_size=2048, dense_layers=3,
        latent=Latent(1536, 512, 128, 64, 128),
    ),
}  # fmt: skip


def read_entry(path: str) -> dict[str, Any]:
    """One knowledge file as plain values."""
    loaded = yaml.safe_load((ROOT / "knowledge" / path).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@cache
def profiles() -> dict[str, FrameworkProfile]:
    """All framework profiles of the knowledge base."""
    names = sorted(path.stem for path in (ROOT / "knowledge/frameworks").glob("*.yaml"))
    return {name: framework_from_dict(name, read_entry(f"frameworks/{name}.yaml")[name]["profile"]) for name in names}


@cache
def memory_calibration() -> memory.MemoryCalibration:
    """The calibration of the memory estimate."""
    return memory.calibration_from_dict(read_entry("calibration/memory.yaml")["memory"])


@cache
def serving_calibration() -> serving.ServingCalibration:
    """The calibration of the serving estimate."""
    return serving.calibration_from_dict(read_entry("calibration/serving.yaml")["serving"])


@cache
def measured(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a file of measured runs."""
    with (ROOT / "knowledge/measured" / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def machine(usable_gib: float, bandwidth: float | None = 2.0e12, **changes: Any) -> Machine:
    """A data-centre device of a size; keyword arguments replace single fields."""
    fields: dict[str, Any] = {
        "device_id": "test", "vendor": "nvidia", "platform": "cuda", "architecture": "ampere",
        "compute_capability": 8.0, "memory_gib": usable_gib, "usable_gib": usable_gib, "unified_memory": False,
        "bandwidth": bandwidth, "peak": {"bf16": 312e12, "fp16": 312e12}, "measured_matmul": {}, "bf16": True,
        "fused_attention": True, "link": Link("nvlink", 300e9, domain=8), "network": None,
        "pcie_bytes_per_second": 25e9, "host_gib_per_node": 1024.0,
    }  # fmt: skip
    return Machine(**{**fields, **changes})


def training(shape: str, usable_gib: float, layout: Layout | None = None, **recipe: Any) -> Run:
    """A training run; recipe fields as keywords, with full recompute and a fused attention kernel unless said."""
    fields: dict[str, Any] = {
        "method": "full-finetuning", "recompute": "full", "attention": "flash2", "framework_named": True, **recipe,
    }  # fmt: skip
    fields.setdefault("adapters", fields["method"] in ("lora", "qlora"))
    return Run(SHAPES[shape], Recipe(**fields), layout or Layout(1), machine(usable_gib))


def estimate(run: Run) -> MemoryEstimate:
    """The estimate under the run's own framework."""
    return estimate_memory(run, profiles()[run.recipe.framework], memory_calibration())
