"""Plans at random over the whole contract: every method, device, model and layout, sane or contradictory."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, get_args

from advisor.entries.base import Knowledge
from advisor.estimates.run import AttentionKernel, Method, Offload, Optimizer, Precision, Recompute
from advisor.plan import model as forms

Values = dict[str, Any]

_LICENCES = (
    "Apache-2.0", "MIT OR GPL-2.0-only", "Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only", "CC-BY-NC-4.0",
    "LicenseRef-internal", "no such licence (", "GPL-3.0-only WITH Classpath-exception-2.0", "llama3.1", "(((((",
    "专有",
)  # fmt: skip
_REGIONS = ("CN", "US", "EU", "DE", "KP", "XX", "global", "hk", "ZZ")
_FRAMEWORKS = (
    "huggingface", "deepspeed", "fsdp", "megatron-lm", "nemo", "litgpt", "torchtune", "torchtitan", "ms-swift",
    "llama-factory", "axolotl", "unsloth", "llm-foundry", "colossal-ai", "internlm", "mindspeed", "our own scripts",
    "hiyouga/LLaMA-Factory@main + DeepSpeed",
)  # fmt: skip
_SIZES = ("1B", "7B", "13B", "30B", "70B", "405B", "1T", "1000", "1e16", 1.5e9, "300亿")
_SHARES = ("1%", "30%", 0.5, "100%", 0, 1)


class RandomPlans:
    """Random plans, all of them readable; the same seed gives the same plans while the knowledge is the same."""

    def __init__(self, knowledge: Knowledge, seed: int) -> None:
        self.chance = random.Random(seed)
        self.devices = (*knowledge.ids("devices"), *knowledge.ids("systems"))
        self.models = knowledge.ids("models")
        self.licences = (*_LICENCES, *knowledge.ids("licences"), *knowledge.ids("data_licences"))
        self.rules: tuple[str, ...] = ("MEM001", "NUM001", "TIM004", "no-such-rule")

    def plan(self) -> Values:
        """One plan as values: half of them sparse, a quarter with everything."""
        self.fill = self.chance.choice([0.15, 0.3, 0.6, 1.0])
        method = self.one(get_args(Method))
        values: Values = {"version": 1, "model": self._model(), "training": self._training(method)}
        if method != "none" or self.maybe():
            values["hardware"] = self._hardware()
        for name, make in (
            ("serving", self._serving), ("data", self._data), ("project", self._project), ("claims", self._claims),
            ("accept", self._accept),
        ):  # fmt: skip
            if self.maybe() or (name == "data" and self.chance.random() < 0.7):
                values[name] = make()
        if self.maybe():
            values["title"] = self.one(["Plan 一号", "<b>x</b>", "a | b ${c} {device.name}", "x" * 300])
        return values

    def maybe(self) -> bool:
        """Tell whether an optional field is written."""
        return self.chance.random() < self.fill

    def one(self, choices: Sequence[Any]) -> Any:
        """One of some values."""
        return self.chance.choice(choices)

    def some(self, fields: dict[str, Any]) -> Values:
        """Some of the fields, each with one of its values."""
        return {name: self.one(choices) for name, choices in fields.items() if self.maybe()}

    def count(self, high: int) -> int:
        """A whole number, mostly a power of two, small ones and the bounds more often."""
        exponent = self.chance.random() ** 2 * high.bit_length()
        number = int(2**exponent)
        return max(1, min(high, number + self.one([0, 0, 0, 0, 1, -1]) if self.chance.random() < 0.97 else high))

    def _model(self) -> Values:
        kind = self.chance.random()
        if kind < 0.6:
            values: Values = {"name": self.one(self.models)}
            if self.chance.random() < 0.1:
                values |= {"layers": self.count(200)}
        elif kind < 0.8:
            values = {"parameters": self.one(_SIZES)}
            if self.maybe():
                values["active_parameters"] = self.one(["100M", "3B", "37B"])
        else:
            values = {"layers": self.count(10_000), "hidden_size": self.count(1_000_000)}
            values |= self.some({
                "ffn_hidden_size": [self.count(10_000_000)], "expert_ffn_hidden_size": [self.count(10_000_000)],
                "attention_heads": [self.count(10_000)], "kv_heads": [self.count(10_000)],
                "head_dim": [self.count(100_000)], "vocab_size": [self.count(100_000_000)],
                "experts": [0, self.count(1_000_000)], "experts_per_token": [0, self.count(1_000_000)],
                "shared_experts": [0, 1, self.count(1_000_000)], "tied_embeddings": [True, False],
                "gated_mlp": [True, False], "parameters": _SIZES,
            })  # fmt: skip
        if self.chance.random() < 0.2:
            values["license"] = self.one(self.licences)
        if self.maybe():
            values["trained_in"] = self.one(get_args(forms.StoredPrecision))
        return values

    def _training(self, method: str) -> Values:
        values: Values = {"method": method}
        values |= self.some({
            "precision": get_args(Precision), "master_weights": ["fp32", "none"],
            "quantisation": get_args(forms.TrainingQuantisation), "optimizer": get_args(Optimizer),
            "learning_rate": [1e-5, 2e-4, 10, 1e-300, 5e-324], "epochs": [1, 3, 0.01, 100_000, 1e-300],
            "sequence_length": [512, 4096, 32768, 1_000_000, self.count(100_000_000), 1],
            "micro_batch_size": [1, 2, 8, self.count(1_000_000)],
            "gradient_accumulation": [1, 16, self.count(10_000_000)],
            "global_batch_size": [32, 128, 1024, 1, self.count(1_000_000_000)],
            "activation_checkpointing": get_args(Recompute), "attention": get_args(AttentionKernel),
            "flash_attention": [True, False], "chunked_loss": [True, False],
            "sharding": get_args(forms.Sharding), "offload": get_args(Offload), "packing": [True, False],
            "mean_sample_tokens": [1, 400, 0.001, 1e9],
            "checkpoint_every": ["500 steps", 1, "1 hour", "30 minutes", "100 years", 10**12],
            "keep_checkpoints": [0, 3, 1_000_000], "framework": _FRAMEWORKS,
        })  # fmt: skip
        if method in {"lora", "qlora"} or self.chance.random() < 0.1:
            values["lora"] = self.some({
                "rank": [8, 16, 256, 100_000, 1],
                "targets": ["all-linear", "attention", "qv", ["q_proj", "v_proj"], ["nothing_like_it"]],
            })  # fmt: skip
        if self.chance.random() < 0.4:
            for name in ("tensor_parallel", "pipeline_parallel", "context_parallel", "expert_parallel"):
                if self.chance.random() < 0.5:
                    values[name] = self.one([1, 2, 4, 8, 3, 7, self.count(100_000)])
        return values

    def _hardware(self) -> Values:
        values: Values = {"device": self.one(self.devices), "count": self.one([1, 2, 4, 8, 64, self.count(10_000_000)])}
        values |= self.some({
            "nodes": [1, 2, 3, self.count(1_000_000)], "interconnect": get_args(forms.InterconnectKind),
            "host_memory": ["64GB", "2TiB", "0GB", "1e9GB"], "disk": ["4TB", "1GB", "1e9TB", "1B"],
            "storage": get_args(forms.Storage), "tenure": get_args(forms.Tenure),
            "price": ["27.08 CNY/hour", "$2/hour", "1e12 CNY", "0 CNY/hour", "40000 CNY", "3 EUR/day"],
        })  # fmt: skip
        if self.maybe():
            values["network"] = self.some({
                "kind": get_args(forms.NetworkKind), "speed": ["200Gbps", "1Gbps", "1e15B/s", "25GB/s"]
            })  # fmt: skip
        return values

    def _serving(self) -> Values:
        return self.some({
            "concurrent_requests": [1, 10, 1000, 10_000_000], "context_length": [1, 4096, 131072, 100_000_000],
            "quantisation": get_args(forms.ServingQuantisation), "retrieval": get_args(forms.Retrieval),
            "engine": ["vllm", "mindie", "llama.cpp", "<x>"],
        })  # fmt: skip

    def _data(self) -> list[Values]:
        rows = []
        for _ in range(self.one([0, 1, 1, 2, 3, 12])):
            row = self.some({
                "name": ["Our code", "数据 [x](http://y)", "e" * 300], "kind": get_args(forms.DataKind),
                "license": self.licences, "source": get_args(forms.DataSource), "share": _SHARES,
                "generated_by": ["gpt-4", "deepseek-v3", "llama-3.1-8b", "???"],
            })  # fmt: skip
            row |= self.one([
                {"size": self.one(["50GB", "1B", "1e12GB", "3MB"])}, {"tokens": self.one(["12.3B", "1", "1e18", 5000])},
                {"samples": self.one([1, 10_000, "1e15"]), "tokens_per_sample": self.one([1, 0.001, 512, 1e9])},
                {"samples": self.one([1, 10_000])}, {"tokens_per_sample": self.one([0.1, 700])}, {},
            ])  # fmt: skip
            rows.append(row)
        return rows

    def _project(self) -> Values:
        values = self.some({
            "budget": ["100000 CNY", "0 CNY", "$20k", "1e15 CNY", "1e-9 EUR"],
            "deadline": ["3 months", "1 hour", "100 years", "0 days"], "goal": get_args(forms.Goal),
            "use": get_args(forms.Use), "sensitivity": get_args(forms.Sensitivity),
            "environment": get_args(forms.Environment), "monthly_active_users": [0, 10_000, 800_000_000, "1000亿"],
        })  # fmt: skip
        for name, choices in (
            ("regions", _REGIONS), ("requirements", get_args(forms.Requirement)),
            ("evaluation", ("humaneval", "domain-blind-test", "forgetting-check", "C-Eval", "看看再说")),
            ("monitoring", ("nan-alert", "loss-alert", "restore-test", "gpu-metrics", "eyes")),
        ):  # fmt: skip
            if self.maybe():
                values[name] = self.chance.sample(choices, self.chance.randint(0, len(choices)))
        if self.maybe():
            values["team"] = self.some({
                "engineers": [0, 0.5, 3, 100_000], "on_call": [True, False], "experience": get_args(forms.Experience)
            })  # fmt: skip
        return values

    def _claims(self) -> Values:
        return self.some({
            "memory": ["256GB", "0GB", "1e9GB"], "days": [0, 14, "100 years", "1e-9 days"],
            "mfu": ["45%", "0%", "101%", "100000%"], "checkpoint": ["60GB", "1B"],
            "cost": ["0 CNY", "50000 CNY", "$1e12"], "benefit": ["efficiency +300%", "提效 300%"],
        })  # fmt: skip

    def _accept(self) -> list[Values]:
        return [
            self.some({"id": self.rules, "reason": ["pilot only", ""], "until": ["2027-01-31", "2020-01-01", "soon"]})
            for _ in range(self.chance.randint(0, 3))
        ]
