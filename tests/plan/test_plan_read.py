"""From a file to a typed plan: the contract's example in full, and every kind of mistake with its place."""

# ruff: noqa: E501 - whole messages and tables of cases stand on their lines
from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.estimates.run import Architecture, Latent
from advisor.plan.model import (
    Acceptance,
    Claims,
    DataEntry,
    Hardware,
    Lora,
    ModelSpec,
    Network,
    Plan,
    Project,
    Serving,
    Team,
    Training,
)
from advisor.plan.read import load_plan, plan_schema, plan_values, read_plan, write_plan
from advisor.plan.source import Position, Unreadable, shown
from advisor.plan.units import Interval, Money, Rate
from advisor.plan.values import framework_id
from advisor.words.plan import WORDS

CONTRACT = Path(__file__).with_name("contract_plan.yaml")
LEAST = b"version: 1\nmodel: {name: qwen2.5-7b}\ntraining: {method: lora}\nhardware: {device: a100-80g-sxm, count: 8}\n"


def test_contract_example() -> None:
    file = load_plan(CONTRACT)
    assert file.plan == Plan(
        version=1,
        title="OpenHarmony code model",
        model=ModelSpec(
            name="qwen3-coder-30b-a3b-instruct", parameters=30.5e9, active_parameters=3.3e9, layers=48,
            hidden_size=2048, ffn_hidden_size=6144, expert_ffn_hidden_size=768, attention_heads=32, kv_heads=4,
            head_dim=128, vocab_size=151936, experts=128, experts_per_token=8, shared_experts=0,
            tied_embeddings=False, gated_mlp=True, hf_config="path/to/config.json", trained_in="bf16",
            license="apache-2.0",
        ),
        training=Training(
            method="continued-pretraining", precision="bf16", master_weights="fp32", quantisation="nf4",
            optimizer="adamw", learning_rate=1e-5, epochs=1.0, sequence_length=4096, micro_batch_size=1,
            gradient_accumulation=16, global_batch_size=128,
            lora=Lora(rank=16, targets="all-linear"), activation_checkpointing="full",
            attention="flash2", flash_attention=True, chunked_loss=False, sharding="zero3", offload="none",
            tensor_parallel=1, pipeline_parallel=1, context_parallel=1, expert_parallel=1, packing=True,
            mean_sample_tokens=400.0, checkpoint_every=Interval(steps=500), keep_checkpoints=3,
            framework="llama-factory",
        ),
        hardware=Hardware(
            device="v100-32g-sxm2", count=8, nodes=1, interconnect="nvlink",
            network=Network(kind="infiniband", speed=25e9), host_memory=512.0, disk=4e12,
            storage="nvme", tenure="owned", price=Rate(27.08, "CNY", "hour"),
        ),
        serving=Serving(
            concurrent_requests=10, context_length=32768, quantisation="none", retrieval="none", engine="vllm"
        ),
        data=(
            DataEntry(
                name="OpenHarmony 6.0", kind="private-code", size=50e9, license="Apache-2.0", source="internal",
                generated_by=None, share=0.3,
            ),
        ),
        project=Project(
            budget=Money(100_000.0, "CNY"), deadline=91.3125, goal="api-knowledge", use="internal", regions=("CN",),
            sensitivity="confidential", environment="bare-metal", requirements=("domestic-hardware", "on-premises"),
            team=Team(engineers=0.0, on_call=False, experience="none"),
            evaluation=("humaneval", "domain-blind-test"), monitoring=("nan-alert", "restore-test"),
            monthly_active_users=0,
        ),
        claims=Claims(
            memory=256.0, days=14.0, mfu=0.45, checkpoint=60e9, cost=Money(50_000.0, "CNY"), benefit="efficiency +300%"
        ),
        accept=(Acceptance(id="TIM004", reason="pilot only", until=date(2027, 1, 31)),),
    )  # fmt: skip
    # The example names a configuration that is not there, beside a name that is enough.
    assert file.hf_architecture is None
    assert file.hf_problem is not None
    assert file.hf_problem.message("en") == (
        "There is no file `path/to/config.json`, seen from the folder of the plan."
    )


def test_positions_and_stated_paths() -> None:
    file = load_plan(CONTRACT)
    assert file.position("training.precision") == Position(25, 14)
    assert file.position("data[0].size") == Position(71, 11)
    assert file.position("training.nothing") == Position(23, 1)
    assert file.position("data[5].size") == Position(68, 1)
    assert "data[0].size" in file.stated_paths
    assert "training.lora.rank" in file.stated_paths
    assert "data[0].generated_by" not in file.stated_paths
    problem = file.problem("hardware.device", "unknown-device-near", value="v100", nearest="v100-16g, v100-32g")
    assert (problem.line, problem.column) == (52, 11)
    assert problem.message("en") == "Unknown device `v100`. The nearest known: v100-16g, v100-32g."
    assert problem.message("zh") == "未知的设备 `v100`。最接近的已知设备：v100-16g, v100-32g。"


def test_absent_is_none() -> None:
    plan = read_plan(LEAST, "p.yaml").plan
    assert plan.training == Training(method="lora")
    assert (plan.title, plan.serving, plan.data, plan.project, plan.claims, plan.accept) == (None,) * 6


def test_hardware_may_be_absent_when_nothing_is_trained() -> None:
    file = read_plan(b"version: 1\nmodel: {parameters: 7B}\ntraining: {method: none}\nserving: {}\n", "p.yaml")
    assert file.plan.hardware is None


READINGS: dict[str, tuple[str, str, object]] = {
    "null-is-absent": ("training.precision", "null", None),
    "case": ("training.precision", "BF16", "bf16"),
    "underscore": ("training.optimizer", "Paged_AdamW_8bit", "paged-adamw-8bit"),
    "fsdp": ("training.sharding", "fsdp", "zero3"),
    "dtype-name": ("training.precision", "bfloat16", "bf16"),
    "flash-attention-2": ("training.attention", "flash_attention_2", "flash2"),
    "integral-float": ("training.sequence_length", "4e3", 4000),
    "no-quantisation": ("training.quantisation", "none", "none"),
    "targets-list": (
        "training.lora",
        "{targets: [q_proj, v_proj]}",
        Lora(targets=("q_proj", "v_proj")),
    ),
    "targets-set": ("training.lora", "{targets: all_linear}", Lora(targets="all-linear")),
    "price-to-own": ("hardware.price", "40000 CNY", Money(40_000.0, "CNY")),
    "checkpoint-time": ("training.checkpoint_every", "4 hours", Interval(days=1 / 6)),
    "checkpoint-bare": ("training.checkpoint_every", "500", Interval(steps=500)),
    "norway": ("project.regions", "[NO, cn]", ("NO", "CN")),
    "claimed-days": ("claims.days", "14", 14.0),
    "claimed-mfu-above-one": ("claims.mfu", "140%", 1.4),
    "users": ("project.monthly_active_users", "100万", 1_000_000),
    "day-that-is-none": ("accept", "[{id: A, until: soon}]", (Acceptance(id="A"),)),
    "day-that-cannot-be": ("accept", "[{id: A, until: 2027-02-30}]", (Acceptance(id="A"),)),
    "reason-number": ("accept", "[{id: A, reason: 5}]", (Acceptance(id="A", reason="5"),)),
    "no-id": ("accept", "[{reason: x}]", (Acceptance(reason="x"),)),
}


@pytest.mark.parametrize(("path", "text", "value"), READINGS.values(), ids=READINGS)
def test_readings(path: str, text: str, value: object) -> None:
    section, _, name = path.partition(".")
    sections = {
        "model": "{name: m}", "training": "{method: lora}", "hardware": "{device: d, count: 1}",
        section: f"{{{name}: {text}}}" if name else text,
    }  # fmt: skip
    if section == "training":
        sections["training"] = f"{{method: lora, {name}: {text}}}"
    if section == "hardware":
        sections["hardware"] = f"{{device: d, count: 1, {name}: {text}}}"
    raw = "version: 1\n" + "".join(f"{key}: {content}\n" for key, content in sections.items())
    found = getattr(read_plan(raw.encode(), "p.yaml").plan, section)
    assert (getattr(found, name) if name else found) == value


BAD = """version: 2
model: qwen
training:
  method: sft
  lr: 1e-5
  precison: bf16
  learning_rate: "1e-5"
  epochs: 0
  sequence_length: 4096.5
  micro_batch_size: true
  gradient_accumulation: .nan
  lora: 16
  flash_attention: yes
  device: a100
  keep_checkpoints: -1
  activation_checkpointing: true
hardware:
  count: 8,000
  network: {speed: 200Gbps, knd: roce}
data:
  size: 50GB
project:
  regions: CN
  requirements: [on-premise, domestc-model, null]
  team: [1]
claims: {mfu: 45, benfit: x}
zz: 1
"""
BAD_ENGLISH = """p.yaml:1:10: version: Version `2` is not known. This program reads version 1.
p.yaml:2:8: model: `model` is a mapping. Write `model: {name: qwen}`.
p.yaml:4:11: training.method: `sft` is none of: pretraining, continued-pretraining, full-finetuning, lora, qlora, preference, rl, none. Did you mean `full-finetuning`?
p.yaml:5:3: training.lr: Unknown key `lr` in `training`. Did you mean `learning_rate`?
p.yaml:6:3: training.precison: Unknown key `precison` in `training`. Did you mean `precision`?
p.yaml:7:18: training.learning_rate: `1e-5` is text here. Write the number without quotes and separators.
p.yaml:8:11: training.epochs: `0` must be greater than 0.
p.yaml:9:20: training.sequence_length: Expected a whole number, not `4096.5`.
p.yaml:10:21: training.micro_batch_size: Expected a number, not `true`.
p.yaml:11:26: training.gradient_accumulation: `nan` is no usable number.
p.yaml:12:9: training.lora: `training.lora` is a mapping of names to values, not `16`.
p.yaml:13:20: training.flash_attention: Expected `true` or `false`, not `yes`. Did you mean `true`?
p.yaml:14:3: training.device: Unknown key `device` in `training`. It belongs at `hardware.device`.
p.yaml:15:21: training.keep_checkpoints: `-1` is outside the range 0 to 1,000,000.
p.yaml:16:29: training.activation_checkpointing: `true` is none of: none, selective, full. Did you mean `full`?
p.yaml:17:1: hardware.device: `hardware.device` is missing. Write for example `device: a100-80g-sxm`.
p.yaml:18:10: hardware.count: `8,000` is text here. Write the number without quotes and separators.
p.yaml:19:29: hardware.network.knd: Unknown key `knd` in `hardware.network`. Did you mean `kind`?
p.yaml:21:3: data: Expected a list: put `- ` before the first key and indent the others to match.
p.yaml:23:12: project.regions: Expected a list, not `CN`. Did you mean `[CN]`?
p.yaml:24:30: project.requirements[1]: `domestc-model` is none of: domestic-hardware, domestic-model, on-premises, no-external-api, air-gapped. Did you mean `domestic-model`?
p.yaml:24:45: project.requirements[2]: An item of the list is empty.
p.yaml:25:9: project.team: `project.team` is a mapping of names to values, not `[…]`.
p.yaml:26:15: claims.mfu: `45` is no share. Write it like 30% or 0.3. Did you mean `45%`?
p.yaml:26:19: claims.benfit: Unknown key `benfit` in `claims`. Did you mean `benefit`?
p.yaml:27:1: zz: Unknown key `zz`."""
BAD_CHINESE = """p.yaml:1:10: version: 未知的版本 `2`。本程序支持版本 1。
p.yaml:2:8: model: `model` 应为映射。请写成 `model: {name: qwen}`。
p.yaml:4:11: training.method: `sft` 不在可选值之列：pretraining, continued-pretraining, full-finetuning, lora, qlora, preference, rl, none。是否应为 `full-finetuning`？
p.yaml:5:3: training.lr: 未知的键 `lr`（位于 `training`）。是否应为 `learning_rate`？
p.yaml:6:3: training.precison: 未知的键 `precison`（位于 `training`）。是否应为 `precision`？
p.yaml:7:18: training.learning_rate: `1e-5` 在这里是文本。请直接写数字，不加引号和分隔符。
p.yaml:8:11: training.epochs: `0` 必须大于 0。
p.yaml:9:20: training.sequence_length: 此处应为整数，而不是 `4096.5`。
p.yaml:10:21: training.micro_batch_size: 此处应为数字，而不是 `true`。
p.yaml:11:26: training.gradient_accumulation: `nan` 不是可用的数字。
p.yaml:12:9: training.lora: `training.lora` 应为“键: 值”形式的映射，而不是 `16`。
p.yaml:13:20: training.flash_attention: 此处应为 `true` 或 `false`，而不是 `yes`。是否应为 `true`？
p.yaml:14:3: training.device: 未知的键 `device`（位于 `training`）。它应写在 `hardware.device`。
p.yaml:15:21: training.keep_checkpoints: `-1` 超出范围，应在 0 到 1,000,000 之间。
p.yaml:16:29: training.activation_checkpointing: `true` 不在可选值之列：none, selective, full。是否应为 `full`？
p.yaml:17:1: hardware.device: 缺少 `hardware.device`。例如可写成 `device: a100-80g-sxm`。
p.yaml:18:10: hardware.count: `8,000` 在这里是文本。请直接写数字，不加引号和分隔符。
p.yaml:19:29: hardware.network.knd: 未知的键 `knd`（位于 `hardware.network`）。是否应为 `kind`？
p.yaml:21:3: data: 此处应为列表：请在第一个键前加 `- `，并使其余各键与之对齐。
p.yaml:23:12: project.regions: 此处应为列表，而不是 `CN`。是否应为 `[CN]`？
p.yaml:24:30: project.requirements[1]: `domestc-model` 不在可选值之列：domestic-hardware, domestic-model, on-premises, no-external-api, air-gapped。是否应为 `domestic-model`？
p.yaml:24:45: project.requirements[2]: 列表中有空项。
p.yaml:25:9: project.team: `project.team` 应为“键: 值”形式的映射，而不是 `[…]`。
p.yaml:26:15: claims.mfu: `45` 不是有效的比例。请写成 30% 或 0.3。是否应为 `45%`？
p.yaml:26:19: claims.benfit: 未知的键 `benfit`（位于 `claims`）。是否应为 `benefit`？
p.yaml:27:1: zz: 未知的键 `zz`。"""


def test_all_mistakes_at_once() -> None:
    with pytest.raises(Unreadable) as caught:
        read_plan(BAD.encode(), "p.yaml")
    assert "\n".join(problem.text("en") for problem in caught.value.problems) == BAD_ENGLISH
    assert "\n".join(problem.text("zh") for problem in caught.value.problems) == BAD_CHINESE
    assert caught.value.exit_code == 2


WHOLE: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", ["p.yaml:1:1: The file is empty. A plan begins with `version: 1`."]),
    "text": (
        b"hello\n",
        ["p.yaml:1:1: `hello` is no plan. A plan is a mapping that begins with `version: 1`."],
    ),
    "full-width-colons": (
        "version：1\n".encode(),
        ["p.yaml:1:1: A full-width colon separates nothing. Write `: ` (a half-width colon and a space)."],
    ),
    "nothing-required-given": (
        b"title: x\n",
        [
            "p.yaml:1:1: version: `version` is missing. Write for example `version: 1`.",
            "p.yaml:1:1: model: `model` is missing. Write for example `model: {name: qwen2.5-7b}`.",
            "p.yaml:1:1: training: `training` is missing. Write for example `training: {method: lora}`.",
            "p.yaml:1:1: hardware: `hardware` is missing. Write for example "
            "`hardware: {device: a100-80g-sxm, count: 8}`.",
        ],
    ),
    "required-null": (
        LEAST.replace(b"lora", b"null"),
        ["p.yaml:3:12: training.method: `training.method` is missing. Write for example `method: lora`."],
    ),
    "model-of-nothing": (
        LEAST.replace(b"name: qwen2.5-7b", b"layers: 8"),
        ["p.yaml:2:1: model: The model needs a `name`, `parameters`, an `hf_config`, or `layers` and `hidden_size`."],
    ),
    "refused-twice-is-said-once": (
        LEAST.replace(b"count: 8", b"count: !x 8"),
        ["p.yaml:4:41: hardware.count: The tag `!x` is not supported. Remove it."],
    ),
    "duplicate-beside-typed": (
        LEAST + b"version: 1\nzz: 1\n",
        [
            "p.yaml:5:1: version: `version` is written twice; the first is at line 1, column 1. Keep one.",
            "p.yaml:6:1: zz: Unknown key `zz`.",
        ],
    ),
    "config-only": (
        LEAST.replace(b"name: qwen2.5-7b", b"hf_config: no/such.json"),
        ["p.yaml:2:20: model.hf_config: There is no file `no/such.json`, seen from the folder of the plan."],
    ),
    "too-small-a-model": (
        LEAST.replace(b"name: qwen2.5-7b", b"parameters: 7"),
        ["p.yaml:2:21: model.parameters: `7` is outside the range 1000 to 10000T. Check the unit."],
    ),
    "infinite": (
        LEAST + b"claims: {days: .inf, cost: 1e400 CNY}\n",
        [
            "p.yaml:5:16: claims.days: `inf` is no usable number.",
            "p.yaml:5:28: claims.cost: `1e400 CNY` is outside the range 0 to 1e15. Check the unit.",
        ],
    ),
}


@pytest.mark.parametrize(("raw", "lines"), WHOLE.values(), ids=WHOLE)
def test_plans_that_cannot_be_used(raw: bytes, lines: list[str]) -> None:
    with pytest.raises(Unreadable) as caught:
        read_plan(raw, "p.yaml")
    assert [problem.text("en") for problem in caught.value.problems] == lines


KEYS = {
    "batch_size": " Did you mean `micro_batch_size`?",
    "learning-rate": " Did you mean `learning_rate`?",
    "quantization": " Did you mean `quantisation`?",
    "gradient_checkpointing": " Did you mean `activation_checkpointing`?",
    "gpus": " It belongs at `hardware.count`.",
    "budget": " It belongs at `project.budget`.",
    "rank": " It belongs at `training.lora.rank`.",
    "zzzz": "",
}


@pytest.mark.parametrize(("key", "says"), KEYS.items(), ids=list(KEYS))
def test_unknown_keys_name_the_nearest(key: str, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_plan(LEAST.replace(b"method: lora", b"method: lora, " + key.encode() + b": 1"), "p.yaml")
    assert [problem.message("en") for problem in caught.value.problems] == [f"Unknown key `{key}` in `training`.{says}"]


def test_load_plan_refuses_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    cases = {"missing.yaml": "No such file.", ".": "Not a regular file. Use `-` to read standard input."}
    for name, says in (cases | {"pipe": cases["."]}).items():
        with pytest.raises(Unreadable) as caught:
            load_plan(tmp_path / name)
        assert [problem.message("en") for problem in caught.value.problems] == [says]


CONFIGS: dict[str, tuple[dict[str, object], Architecture]] = {
    # https://huggingface.co/Qwen/Qwen2.5-7B/blob/main/config.json
    "qwen2.5-7b": (
        {"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28,
         "num_hidden_layers": 28, "num_key_value_heads": 4, "tie_word_embeddings": False, "vocab_size": 152064,
         "sliding_window": 131072, "use_sliding_window": False},
        Architecture(layers=28, hidden_size=3584, ffn_hidden_size=18944, attention_heads=28, kv_heads=4, head_dim=128,
                     vocab_size=152064, tied_embeddings=False, gated_mlp=True, qkv_bias=True),
    ),
    # https://huggingface.co/deepseek-ai/DeepSeek-V2-Lite/blob/main/config.json
    "deepseek-v2-lite": (
        {"model_type": "deepseek_v2", "hidden_size": 2048, "intermediate_size": 10944, "num_attention_heads": 16,
         "num_hidden_layers": 27, "num_key_value_heads": 16, "vocab_size": 102400, "n_routed_experts": 64,
         "num_experts_per_tok": 6, "n_shared_experts": 2, "moe_intermediate_size": 1408, "first_k_dense_replace": 1,
         "kv_lora_rank": 512, "q_lora_rank": None, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
         "attention_bias": False, "tie_word_embeddings": False},
        Architecture(layers=27, hidden_size=2048, ffn_hidden_size=10944, attention_heads=16, kv_heads=16, head_dim=128,
                     vocab_size=102400, tied_embeddings=False, gated_mlp=True, experts=64, experts_per_token=6,
                     shared_experts=2, expert_ffn_hidden_size=1408, shared_expert_ffn_hidden_size=1408, dense_layers=1,
                     latent=Latent(None, 512, 128, 64, 128)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("config", "shape"), CONFIGS.values(), ids=CONFIGS)
def test_hugging_face_configuration(config: dict[str, object], shape: Architecture, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    plan = tmp_path / "p.yaml"
    plan.write_bytes(LEAST.replace(b"name: qwen2.5-7b", b"hf_config: config.json"))
    assert load_plan(plan).hf_architecture == shape


BROKEN_CONFIGS = {
    "text": ("nonsense", "`config.json` is no Hugging Face config.json."),
    "list": ("[1]", "`config.json` is no Hugging Face config.json."),
    "deep": ("[" * 100_000, "`config.json` is no Hugging Face config.json."),
    "outside-family": (
        '{"model_type": "resnet"}',
        "`config.json` describes a model of the family `resnet`, which is not known; state the sizes instead.",
    ),
    "no-layers": (
        '{"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 16, "vocab_size": 100}',
        "`config.json` does not state `num_hidden_layers`.",
    ),
    "text-for-number": (
        '{"model_type": "llama", "hidden_size": "8"}',
        "`hidden_size` in `config.json` is no usable number.",
    ),
    "huge": (
        '{"model_type": "llama", "hidden_size": 1' + "0" * 30 + "}",
        "`hidden_size` in `config.json` is no usable number.",
    ),
}


@pytest.mark.parametrize(("content", "says"), BROKEN_CONFIGS.values(), ids=BROKEN_CONFIGS)
def test_broken_configuration(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(content)
    plan = tmp_path / "p.yaml"
    plan.write_bytes(LEAST.replace(b"name: qwen2.5-7b", b"hf_config: config.json"))
    with pytest.raises(Unreadable) as caught:
        load_plan(plan)
    assert [problem.message("en") for problem in caught.value.problems] == [says]


def test_a_configuration_outside_the_folder_of_the_plan_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "link").symlink_to(tmp_path)
    for name in ("../config.json", str(tmp_path / "config.json"), "link/config.json"):
        plan = tmp_path / "plans" / "p.yaml"
        plan.write_bytes(LEAST.replace(b"name: qwen2.5-7b", f"hf_config: {name}".encode()))
        with pytest.raises(Unreadable) as caught:
            load_plan(plan)
        assert [problem.message("en") for problem in caught.value.problems] == [
            f"`{shown(name)}` lies outside the folder of the plan; copy it there."
        ]


FRAMEWORKS = {
    "LLaMA-Factory": "llama-factory",
    "hiyouga/LLaMA-Factory": "llama-factory",
    "https://github.com/hiyouga/LLaMA-Factory.git": "llama-factory",
    "llama_factory v0.9.3": "llama-factory",
    "Megatron-LM": "megatron-lm",
    "NVIDIA/Megatron-LM": "megatron-lm",
    "Megatron-Bridge": "megatron-lm",
    "transformers==4.57.1": "huggingface",
    "TRL": "huggingface",
    "peft": "huggingface",
    "accelerate": "huggingface",
    "Hugging Face": "huggingface",
    "TRL + DeepSpeed": "deepspeed",
    "modelscope/ms-swift": "ms-swift",
    "PyTorch FSDP": "fsdp",
    "FSDP2": "fsdp",
    "hpcaitech/ColossalAI": "colossal-ai",
    "MindSpeed-LLM": "mindspeed",
    "mosaicml/llm-foundry": "llm-foundry",
    "NeMo 2.0": "nemo",
    "torchtitan": "torchtitan",
    "unslothai/unsloth": "unsloth",
    "my own script": None,
    "": None,
}


@pytest.mark.parametrize(("text", "known"), FRAMEWORKS.items(), ids=[name or "empty" for name in FRAMEWORKS])
def test_frameworks(text: str, known: str | None) -> None:
    assert framework_id(text) == known


def test_write_plan_keeps_the_contract_example() -> None:
    file = load_plan(CONTRACT)
    again = read_plan(write_plan(plan_values(file)).encode(), "p.yaml")
    assert plan_values(again) == plan_values(file)
    assert again.plan == file.plan


def test_write_plan_in_full() -> None:
    values = {
        "hardware": {"count": 8, "device": "a100-80g-sxm", "network": {"speed": "200Gbps", "kind": "roce"}},
        "training": {"lora": {"targets": ["q_proj", "v_proj"], "rank": 8}, "learning_rate": 1e-5, "method": "lora"},
        "data": [{"size": "50GB", "name": "代码: 一", "share": 0.5}, {}],
        "accept": [{"until": "2027-01-31", "id": "TIM004", "reason": "yes, really"}],
        "model": {"name": "1e5"},
        "title": "null",
        "version": 1,
    }
    assert write_plan(values) == (
        "version: 1\n"
        'title: "null"\n'
        "model:\n"
        '  name: "1e5"\n'
        "training:\n"
        "  method: lora\n"
        "  learning_rate: 1e-05\n"
        "  lora: {rank: 8, targets: [q_proj, v_proj]}\n"
        "hardware:\n"
        "  device: a100-80g-sxm\n"
        "  count: 8\n"
        "  network: {kind: roce, speed: 200Gbps}\n"
        "data:\n"
        '  - name: "代码: 一"\n'
        "    size: 50GB\n"
        "    share: 0.5\n"
        "  - {}\n"
        "accept:\n"
        '  - {id: TIM004, reason: "yes, really", until: 2027-01-31}\n'
    )


@given(
    st.text(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\x7f\ufffe\uffff"), min_size=1, max_size=40
    )
)
def test_written_text_is_read_back(text: str) -> None:
    if any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in text) or not text.strip():
        text = "x"
    values = {"version": 1, "title": text, "model": {"name": "m"}, "training": {"method": "none"}}
    assert plan_values(read_plan(write_plan(values).encode(), "p.yaml")) == values


def test_plan_values_are_a_copy() -> None:
    file = read_plan(LEAST, "p.yaml")
    plan_values(file)["hardware"]["count"] = 9
    assert plan_values(file)["hardware"]["count"] == 8


def test_schema_accepts_the_example_and_refuses_mistakes() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    values = plan_values(load_plan(CONTRACT))
    assert list(validator.iter_errors(values)) == []
    assert list(validator.iter_errors(plan_values(read_plan(LEAST, "p.yaml")))) == []
    for section, name, value in [
        ("training", "method", "sft"),
        ("training", "lr", 1e-5),
        ("training", "sequence_length", 0),
        ("hardware", "disk", 4),
        ("project", "budget", 100000),
        ("claims", "mfu", "45"),
    ]:
        changed = {**values, section: {**values[section], name: value}}
        assert list(validator.iter_errors(changed)) != [], (section, name)
    assert list(validator.iter_errors({key: it for key, it in values.items() if key != "hardware"})) != []


def test_words_have_the_same_placeholders_in_both_languages() -> None:
    for key, words in WORDS.items():
        english, chinese = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in words)
        assert english == chinese, key
