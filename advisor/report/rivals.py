"""What people reckon with instead of the advisor: rules of thumb, and other calculators where they are installed.

A rival answers for a run in GiB of device memory, or None where it cannot take the run. The calculators are imported
when they are asked, are no dependency, and get the run's own sizes: none is judged for a model it does not list.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from advisor.estimates.architecture import active_parameters, parameters
from advisor.estimates.run import Run
from advisor.records import dataclass
from advisor.words import Words

GIB = 2**30
Answer = Callable[[Run], float | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of `rules_of_thumb.csv`: bytes per parameter by what is trained, or a share of the peak rate."""

    id: str
    name: Words
    source: str
    bytes: Mapping[str, float]
    sharded: bool
    peak_share: float | None

    def memory(self, run: Run) -> float | None:
        """GiB per device; None where the rule says nothing: of that method, or of several devices unless it shards."""
        per_parameter = self.bytes.get(_trained(run))
        layout = run.layout
        if per_parameter is None or (layout.devices > 1 and not self.sharded):
            return None
        weights = 2.0
        rest = per_parameter - weights
        stage, copies = run.recipe.zero_stage, layout.data
        if stage >= 1:
            # gradients of 2 bytes are divided from stage 2 on, weights from stage 3 on
            rest = (rest - 2.0) / copies + 2.0 / (copies if stage >= 2 else 1)
        if stage >= 3:
            weights /= copies
        return parameters(run.architecture) * (weights + rest) / layout.tensor / layout.pipeline / GIB

    def rate(self, run: Run) -> float | None:
        """Tokens per second and device at the fixed share of the peak, by 6 FLOPs a weight; None for a memory rule."""
        peak = run.machine.peak.get(run.recipe.precision) or run.machine.peak.get("fp16")
        if self.peak_share is None or not peak:
            return None
        return self.peak_share * peak / (6 * active_parameters(run.architecture))


def _trained(run: Run) -> str:
    recipe = run.recipe
    if recipe.adapters:
        kind = "qlora" if recipe.quantisation else "lora"
        return "qlora_int8" if recipe.quantisation in ("int8", "gptq-int8") else kind
    return "full" if recipe.master_weights else "pure"


def rules_from_rows(rows: Sequence[Mapping[str, str]]) -> tuple[Rule, ...]:
    """The rules of thumb of `rules_of_thumb.csv`."""
    kinds = ("full", "pure", "lora", "qlora", "qlora_int8")
    return tuple(
        Rule(
            id=row["id"],
            name=Words(row["name_en"], row["name_zh"]),
            source=row["source"],
            bytes={kind: float(row[kind]) for kind in kinds if row[kind]},
            sharded=row["sharded"] == "1",
            peak_share=float(row["peak_share"]) if row["peak_share"] else None,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Peer:
    """A calculator that other people published: its distribution on PyPI and how to ask it."""

    distribution: str
    module: str
    ask: Callable[[Any, Run], float | None]


def _ftuneai(package: Any, run: Run) -> float | None:
    a, recipe, layout = run.architecture, run.recipe, run.layout
    if a.experts or layout.tensor * layout.pipeline * layout.context > 1 or recipe.offload != "none":
        return None
    models = importlib.import_module(f"{package.__name__}.core.models")
    memory = importlib.import_module(f"{package.__name__}.core.memory")
    model = models.ModelSpec(
        name="run", parameters=int(parameters(a)), hidden_size=a.hidden_size, num_layers=a.layers,
        num_attention_heads=a.attention_heads, num_kv_heads=a.kv_heads, intermediate_size=a.ffn_hidden_size,
        vocab_size=a.vocab_size, max_seq_length=recipe.sequence_length,
    )  # fmt: skip
    four_bit = recipe.quantisation not in (None, "int8", "gptq-int8")
    config = models.TrainingConfig(
        model="run",
        method=models.FineTuneMethod("full" if not recipe.adapters else "qlora" if recipe.quantisation else "lora"),
        quantization=models.Quantization("4bit" if four_bit else "8bit" if recipe.quantisation else "none"),
        batch_size=recipe.micro_batch,
        seq_length=recipe.sequence_length,
        gradient_checkpointing=recipe.recompute == "full",
        optimizer=models.OptimizerType({"adamw-8bit": "adam_8bit", "sgd": "sgd"}.get(recipe.optimizer, "adamw")),
        lora_rank=recipe.lora_rank,
        lora_target=models.LoRATarget(
            {"qv": "attention", "attention": "attention_all"}.get(str(recipe.lora_targets), "all_linear")
        ),
        flash_attention=recipe.attention != "eager",
        sharding=models.ShardingStrategy(f"zero_{recipe.zero_stage}" if recipe.zero_stage else "none"),
        num_gpus=layout.devices,
    )
    return float(memory.MemoryEstimator(model, config).estimate().total_gb)


def _llm_analysis(package: Any, run: Run) -> float | None:
    a, recipe, layout = run.architecture, run.recipe, run.layout
    if recipe.adapters or a.experts or recipe.offload != "none" or not recipe.master_weights:
        return None
    config = importlib.import_module(f"{package.__name__}.config")
    analysis = importlib.import_module(f"{package.__name__}.analysis")
    model = config.ModelConfig(
        name="run", num_layers=a.layers, n_head=a.attention_heads, hidden_dim=a.hidden_size, vocab_size=a.vocab_size,
        max_seq_len=recipe.sequence_length, num_key_value_heads=a.kv_heads, ffn_embed_dim=a.ffn_hidden_size,
    )  # fmt: skip
    device = config.GPUConfig(
        name="run", mem_per_GPU_in_GB=1e6, hbm_bandwidth_in_GB_per_sec=2000, intra_node_bandwidth_in_GB_per_sec=300,
        intra_node_min_message_latency=1e-5, peak_fp16_TFLOPS=300,
    )  # fmt: skip
    cut = config.ParallelismConfig(
        tp_size=layout.tensor, pp_size=layout.pipeline, dp_size=layout.data, ep_size=1, sp_size=layout.tensor
    )
    whole = analysis.LLMAnalysis(model, device, config.DtypeConfig(), cut, flops_efficiency=0.4)
    found = whole.training(
        batch_size_per_gpu=recipe.micro_batch,
        gradient_accumulation_steps=max(1, recipe.accumulation),
        seq_len=recipe.sequence_length,
        total_num_tokens=1e9,
        activation_recomputation=analysis.ActivationRecomputation[recipe.recompute.upper()],
        ds_zero=analysis.DSZeRO(recipe.zero_stage),
        flash_attn=recipe.attention != "eager",
        mlp_gated_linear_units=a.gated_mlp,
    )
    names = ("weight_memory_per_gpu", "gradient_memory_per_gpu", "optimizer_state_memory_per_gpu",
             "activation_memory_per_gpu")  # fmt: skip
    return sum(float(found[name]) for name in names) / GIB


PEERS = (Peer("ftuneai", "ftuneai", _ftuneai), Peer("llm-analysis", "llm_analysis", _llm_analysis))
"""Calculators of fine-tuning memory on PyPI that are asked when they are installed (looked up on 2026-11-28).

accelerate's estimator is the rule of four times the weights; DeepSpeed's is that of the bytes per parameter.
"""


def present_peers() -> tuple[tuple[str, Answer], ...]:
    """The installed ones with their version, each as a function of a run that answers None to what it cannot take."""
    found = []
    for peer in PEERS:
        try:
            name = f"{peer.distribution} {version(peer.distribution)}"
            package = importlib.import_module(peer.module)
        except (ImportError, PackageNotFoundError):
            continue
        found.append((name, _careful(peer, package)))
    return tuple(found)


def _careful(peer: Peer, package: Any) -> Answer:
    def ask(run: Run) -> float | None:
        try:
            answer = peer.ask(package, run)
        except (AssertionError, ValueError, KeyError, ZeroDivisionError, TypeError):
            return None  # a run that it refuses
        return answer if answer and answer > 0 else None

    return ask
