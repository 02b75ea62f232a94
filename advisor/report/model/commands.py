"""Commands for a plan's framework and device family: settings, watching, smoke test, restore test, serving.

Capitals stand for the reader's own paths. Every option is one that the tool documents (November 2026): Hugging Face
`TrainingArguments` and DeepSpeed's configuration file, `llamafactory-cli train FILE key=value`, `axolotl train FILE
--option`, ms-swift's command line, `tune run`, Megatron-LM's arguments, torchtitan's and LitGPT's, MosaicML's composer;
`nvidia-smi --query-gpu`, `npu-smi info`, `rocm-smi`, `hl-smi`, `mx-smi`, `mthreads-gmi`, `cnmon`; `vllm serve`.
"""

from __future__ import annotations

import json
import math
from typing import Any

from advisor.estimates.run import Recipe, Run
from advisor.pipeline import Judgement
from advisor.report.model.records import Block, Code, Paragraph
from advisor.report.model.wording import word, worded
from advisor.words import Language
from advisor.words.figures import significant

MOST_STEPS = 20
FEWEST_STEPS = 4
SMOKE_SECONDS = 1200.0
"""A smoke test runs so many steps that it ends within about this time."""
_WATCH = {
    "cuda": "nvidia-smi --query-gpu=timestamp,index,memory.used,utilization.gpu,temperature.gpu,power.draw "
            "--format=csv -l 5 | tee gpu.csv",
    "cann": "watch -n 5 npu-smi info",
    "rocm": "watch -n 5 rocm-smi --showmeminfo vram --showuse --showtemp --showpower",
    "gaudi": "hl-smi -l 5",
    "musa": "watch -n 5 mthreads-gmi",
    "tpu": "tpu-info",
    "neuron": "neuron-top",
    "metal": "sudo powermetrics --samplers gpu_power -i 5000",
}  # fmt: skip
_TOPOLOGY = {"cuda": "nvidia-smi topo -m", "cann": "npu-smi info -t topo", "rocm": "rocm-smi --showtopo"}
_TRAINER = frozenset({"deepspeed", "huggingface", "fsdp", "unsloth"})
_MEGATRON = frozenset({"megatron-lm", "mindspeed"})


def command_blocks(judgement: Judgement, lang: Language) -> list[Block]:
    """What to type for a plan, in the order in which it is needed."""
    case = judgement.case
    if case.device is None:
        return []
    platform = case.run.machine.platform
    blocks: list[Block] = []
    if platform in _WATCH:
        blocks.append(Code(worded(lang, "command-watch"), "sh", _WATCH[platform]))
    if case.run.layout.devices > 1 and platform in _TOPOLOGY:
        blocks.append(Code(worded(lang, "command-topology"), "sh", _TOPOLOGY[platform]))
    if case.trains:
        blocks += _training(judgement, lang)
    elif case.run.serving is not None:
        blocks += _serving(judgement, lang)
    return blocks


def smoke_steps(judgement: Judgement) -> int:
    """Steps of a smoke test, an even number; fewer where one step takes minutes."""
    time = judgement.estimates.time
    if time is None:
        return MOST_STEPS
    fitting = int(SMOKE_SECONDS / time.step_seconds.likely) // 2 * 2
    return max(FEWEST_STEPS, min(MOST_STEPS, fitting))


def _training(judgement: Judgement, lang: Language) -> list[Block]:
    case, memory, time = judgement.case, judgement.estimates.memory, judgement.estimates.time
    framework = case.run.recipe.framework
    blocks: list[Block] = []
    settings = _settings(judgement)
    if settings is not None:
        language, text = settings
        name = {"yaml": "plan.yaml", "json": "ds_config.json"}.get(language, "plan.args")
        blocks.append(Code(worded(lang, "command-config", framework=framework, file=name), language, text))
    found = _run_and_resume(judgement)
    if found is None:
        return [*blocks, Paragraph(worded(lang, "command-none", framework=framework))]
    smoke, restore = found
    if case.run.layout.nodes > 1:
        blocks.append(Paragraph(worded(lang, "command-nodes")))
    expected = word(lang, "report.unknown")
    blocks.append(
        Code(
            worded(
                lang,
                "command-smoke",
                steps=smoke_steps(judgement),
                memory=significant(memory.per_device.likely) if memory else expected,
                step=significant(time.step_seconds.likely) if time else expected,
            ),
            "sh",
            smoke,
        )
    )
    blocks.append(Code(worded(lang, "command-restore"), "sh", restore))
    if memory is not None:
        disk = "dd if=/dev/zero of=CHECKPOINTS/rate.test bs=1G count=16 oflag=direct && rm CHECKPOINTS/rate.test"
        blocks.append(Code(worded(lang, "command-disk", size=significant(memory.checkpoint_gib)), "sh", disk))
    return blocks


def _run_and_resume(judgement: Judgement) -> tuple[str, str] | None:
    """A run of a few steps and its continuation; None where no command is known."""
    run, steps = judgement.case.run, smoke_steps(judgement)
    recipe, each, half = run.recipe, run.layout.per_node, steps // 2
    many = run.layout.devices > 1
    framework = recipe.framework
    meet = _MEET_ENV.format(nodes=run.layout.nodes) if run.layout.nodes > 1 else ""
    if framework == "llama-factory":
        head = f"{'FORCE_TORCHRUN=1 ' if many else ''}{meet}llamafactory-cli train plan.yaml"
        return (f"{head} max_steps={steps} save_steps={half}",
                f"{head} max_steps={steps} resume_from_checkpoint=OUTPUT/checkpoint-{half}")  # fmt: skip
    if framework in _TRAINER:
        head = f"{_launch(judgement)} --model_name_or_path MODEL --output_dir OUTPUT {_batches(judgement)}"
        return (f"{head} --max_steps {steps} --save_steps {half}",
                f"{head} --max_steps {steps} --resume_from_checkpoint OUTPUT/checkpoint-{half}")  # fmt: skip
    if framework == "ms-swift":
        head = f"NPROC_PER_NODE={each} {meet}swift {_swift(recipe)} {_batches(judgement)}"
        return (f"{head} --max_steps {steps} --save_steps {half}",
                f"{head} --max_steps {steps} --resume_from_checkpoint OUTPUT/checkpoint-{half}")  # fmt: skip
    if framework == "axolotl":
        head = f"axolotl train plan.yaml --max-steps {steps}"
        return (f"{head} --save-steps {half}", f"{head} --resume-from-checkpoint OUTPUT/checkpoint-{half}")
    if framework in _MEGATRON:
        head = f"{_torchrun(run)} pretrain_gpt.py $(cat plan.args) --mock-data"
        return (f"{head} --save CHECKPOINTS --save-interval {half} --exit-interval {steps}",
                f"{head} --load CHECKPOINTS --exit-interval {2 * steps}")  # fmt: skip
    if framework == "torchtune":
        recipe_name = ("lora" if recipe.adapters else "full") + (
            "_finetune_distributed" if many else "_finetune_single_device"
        )
        spread = f"--nproc_per_node {each} {_rendezvous(run)}" if many else ""
        head = f"tune run {spread}{recipe_name} --config plan.yaml"
        return (f"{head} epochs=1 max_steps_per_epoch={steps}", f"{head} resume_from_checkpoint=True")
    if framework == "torchtitan":
        head = f"NGPU={each} CONFIG_FILE=plan.toml ./run_train.sh"
        return (
            f"{head} --training.steps {steps} --checkpoint.interval {half}",
            f"{head} --training.steps {2 * steps}",
        )
    if framework == "litgpt" and recipe.method in {"pretraining", "continued-pretraining"} and not recipe.adapters:
        head = f"litgpt pretrain --config plan.yaml --devices {each}"
        return (f"{head} --train.save_interval {half} --train.max_steps {steps}", f"{head} --resume auto")
    if framework == "llm-foundry":
        head = "composer train.py plan.yaml save_folder=CHECKPOINTS"
        return (f"{head} max_duration={steps}ba save_interval={half}ba",
                f"{head} max_duration={2 * steps}ba load_path=CHECKPOINTS/latest-rank0.pt")  # fmt: skip
    return None


_MEET_ENV = "NNODES={nodes} NODE_RANK=RANK MASTER_ADDR=HEAD MASTER_PORT=29500 "
"""How launchers that read the environment are told where the nodes meet: LLaMA-Factory and ms-swift."""


def _rendezvous(run: Run) -> str:
    """Options of torchrun by which several nodes find each other."""
    if run.layout.nodes == 1:
        return ""
    return f"--nnodes {run.layout.nodes} --node_rank RANK --master_addr HEAD --master_port 29500 "


def _torchrun(run: Run) -> str:
    return f"torchrun --nproc_per_node {run.layout.per_node} {_rendezvous(run)}".rstrip()


def _launch(judgement: Judgement) -> str:
    """How a script that takes the arguments of Hugging Face's trainer is started."""
    run = judgement.case.run
    configured = " --deepspeed ds_config.json" if run.recipe.zero_stage else ""
    if run.recipe.framework == "deepspeed":
        hosts = "--hostfile HOSTS " if run.layout.nodes > 1 else ""
        return f"deepspeed {hosts}--num_gpus {run.layout.per_node} train.py --deepspeed ds_config.json"
    if run.recipe.framework == "unsloth":
        return "python train.py"
    if run.recipe.framework == "fsdp":
        return "accelerate launch --config_file fsdp.yaml train.py"
    return f"{_torchrun(run)} train.py{configured}"


def _batches(judgement: Judgement) -> str:
    """Arguments of Hugging Face's trainer that decide memory and speed of a step."""
    recipe = judgement.case.run.recipe
    found = [
        f"--per_device_train_batch_size {recipe.micro_batch}",
        f"--gradient_accumulation_steps {recipe.accumulation}",
    ]
    if recipe.recompute == "full":
        found.append("--gradient_checkpointing true")
    if recipe.precision in {"bf16", "fp16"} and recipe.framework != "ms-swift":
        found.append(f"--{recipe.precision} true")
    return " ".join(found)


def _swift(recipe: Recipe) -> str:
    """Verb and arguments of ms-swift; it tunes adapters unless it is told not to."""
    verb = {"pretraining": "pt", "continued-pretraining": "pt", "preference": "rlhf --rlhf_type dpo",
            "rl": "rlhf --rlhf_type grpo"}.get(recipe.method, "sft")  # fmt: skip
    found = [verb, "--model MODEL --dataset DATA --output_dir OUTPUT",
             f"--tuner_type {'lora' if recipe.adapters else 'full'} --max_length {recipe.sequence_length}"]  # fmt: skip
    if recipe.zero_stage:
        found.append(f"--deepspeed zero{recipe.zero_stage}")
    return " ".join(found)


def _settings(judgement: Judgement) -> tuple[str, str] | None:
    """The plan's numbers in the framework's own file, language first."""
    recipe = judgement.case.run.recipe
    if recipe.framework == "llama-factory":
        return "yaml", _llama_factory(judgement)
    if recipe.framework in {"deepspeed", "huggingface"} and (recipe.zero_stage or recipe.framework == "deepspeed"):
        return "json", json.dumps(_deepspeed(judgement), indent=2)
    if recipe.framework in _MEGATRON:
        return "sh", _megatron(judgement)
    return None


def _deepspeed(judgement: Judgement) -> dict[str, Any]:
    """A configuration of DeepSpeed; loss scaling by its defaults, which are dynamic."""
    recipe = judgement.case.run.recipe
    zero: dict[str, Any] = {"stage": recipe.zero_stage}
    if recipe.offload in {"optimizer", "parameters"}:
        zero["offload_optimizer"] = {"device": "cpu", "pin_memory": True}
    if recipe.offload == "parameters":
        zero["offload_param"] = {"device": "cpu", "pin_memory": True}
    if recipe.offload == "nvme":
        zero["offload_optimizer"] = {"device": "nvme", "nvme_path": "NVME"}
    settings: dict[str, Any] = {
        "train_micro_batch_size_per_gpu": recipe.micro_batch,
        "gradient_accumulation_steps": recipe.accumulation,
        "gradient_clipping": 1.0,
        "zero_optimization": zero,
    }
    if recipe.precision == "fp16":
        settings["fp16"] = {"enabled": True, "loss_scale": 0}
    if recipe.precision == "bf16":
        settings["bf16"] = {"enabled": True}
    return settings


def _llama_factory(judgement: Judgement) -> str:
    case, recipe = judgement.case, judgement.case.run.recipe
    stage = {"pretraining": "pt", "continued-pretraining": "pt", "preference": "dpo", "rl": "ppo"}.get(
        recipe.method, "sft"
    )
    rows: list[tuple[str, Any]] = [
        ("model_name_or_path", _hub(judgement)),
        ("stage", stage),
        ("do_train", "true"),
        ("finetuning_type", "lora" if recipe.adapters else "full"),
    ]
    if recipe.adapters:
        target = (
            "all" if recipe.lora_targets == "all-linear" else "q_proj,v_proj" if recipe.lora_targets == "qv" else None
        )
        rows += [("lora_rank", recipe.lora_rank), ("lora_target", target or _targets(recipe.lora_targets))]
    if recipe.quantisation in {"nf4", "nf4-double", "fp4"}:
        rows += [("quantization_bit", 4), ("quantization_method", "bnb")]
    if recipe.quantisation == "int8":
        rows += [("quantization_bit", 8), ("quantization_method", "bnb")]
    rows += [
        ("dataset", "DATA"),
        ("cutoff_len", recipe.sequence_length),
        *([("packing", str(recipe.packing).lower())] if stage in {"pt", "sft"} else []),
        *([("reward_model", "REWARD")] if stage == "ppo" else []),
        ("per_device_train_batch_size", recipe.micro_batch),
        ("gradient_accumulation_steps", recipe.accumulation),
        ("learning_rate", _rate(judgement)),
        ("num_train_epochs", f"{case.epochs:g}"),
        *([("fp16" if recipe.precision == "fp16" else "bf16", "true")] if recipe.precision != "fp32" else []),
        *([("optim", _OPTIMIZERS[recipe.optimizer])] if recipe.optimizer in _OPTIMIZERS else []),
        ("flash_attn", "fa2" if recipe.attention == "flash2" and case.run.machine.platform == "cuda" else "sdpa"),
        ("disable_gradient_checkpointing", "true" if recipe.recompute == "none" else "false"),
    ]
    if recipe.zero_stage:
        # The framework ships configurations of stages 2 and 3 alone.
        kept = "_offload" if recipe.offload in {"optimizer", "parameters"} else ""
        rows.append(("deepspeed", f"examples/deepspeed/ds_z{max(2, recipe.zero_stage)}{kept}_config.json"))
    rows += [("output_dir", "OUTPUT"), ("logging_steps", 1), ("save_steps", _saved_every(judgement)),
             ("save_total_limit", case.plan.training.keep_checkpoints or 3)]  # fmt: skip
    return "\n".join(f"{name}: {value}" for name, value in rows)


_OPTIMIZERS = {"adamw-8bit": "adamw_bnb_8bit", "paged-adamw-8bit": "paged_adamw_8bit", "adafactor": "adafactor",
               "sgd": "sgd"}  # fmt: skip
"""Names of Hugging Face's trainer for what is not its default."""


def _saved_every(judgement: Judgement) -> int:
    """Steps between checkpoints, where the plan counts them in steps; 500 is the framework's own default."""
    every = judgement.case.plan.training.checkpoint_every
    return int(every.steps) if every is not None and every.steps else 500


def _targets(names: object) -> str:
    known = {"all-linear": "all", "qv": "q_proj,v_proj", "attention": "q_proj,k_proj,v_proj,o_proj"}
    if isinstance(names, str):
        return known[names]
    # Module names are the plan's own words; only what can be a name may go into a file that is run.
    return ",".join(name for name in names if name.isidentifier()) if isinstance(names, tuple) else "all"


def _hub(judgement: Judgement) -> str:
    model = judgement.case.model
    return model.hub if model is not None and model.hub else "MODEL"


def _rate(judgement: Judgement) -> str:
    rate = judgement.case.plan.training.learning_rate
    return f"{rate:g}" if rate else "RATE"


def _iterations(judgement: Judgement) -> str:
    time = judgement.estimates.time
    return f"{math.ceil(time.steps)}" if time is not None and time.steps else "STEPS"


def _megatron(judgement: Judgement) -> str:
    run = judgement.case.run
    recipe, layout, shape = run.recipe, run.layout, run.architecture
    batch = recipe.micro_batch * recipe.accumulation * layout.data
    rows = [
        f"--num-layers {shape.layers} --hidden-size {shape.hidden_size} --ffn-hidden-size {shape.ffn_hidden_size}",
        f"--num-attention-heads {shape.attention_heads} --group-query-attention --num-query-groups {shape.kv_heads}"
        f" --kv-channels {shape.head_dim}",
        "--position-embedding-type rope --normalization RMSNorm --disable-bias-linear"
        f"{' --swiglu' if shape.gated_mlp else ''}"
        f"{'' if shape.tied_embeddings else ' --untie-embeddings-and-output-weights'}",
        f"--tokenizer-type NullTokenizer --vocab-size {shape.vocab_size}",
        f"--seq-length {recipe.sequence_length} --max-position-embeddings {recipe.sequence_length}",
        f"--micro-batch-size {recipe.micro_batch} --global-batch-size {batch}",
        f"--train-iters {_iterations(judgement)} --lr {_rate(judgement)}",
        f"--tensor-model-parallel-size {layout.tensor} --pipeline-model-parallel-size {layout.pipeline}"
        f" --context-parallel-size {layout.context}",
    ]
    if layout.tensor > 1:
        rows.append("--sequence-parallel")
    if shape.experts:
        rows.append(f"--num-experts {shape.experts} --moe-router-topk {shape.experts_per_token}"
                    f" --expert-model-parallel-size {layout.expert}")  # fmt: skip
    if recipe.zero_stage:
        rows.append("--use-distributed-optimizer")
    if recipe.precision in {"bf16", "fp16"}:
        rows.append(f"--{recipe.precision}")
    if recipe.recompute == "full":
        rows.append("--recompute-granularity full --recompute-method uniform --recompute-num-layers 1")
    elif recipe.recompute == "selective":
        rows.append("--recompute-granularity selective")
    return "cat > plan.args <<'END'\n" + "\n".join(rows) + "\nEND"


def _serving(judgement: Judgement, lang: Language) -> list[Block]:
    case, serving = judgement.case, judgement.estimates.serving
    wanted = case.run.serving
    if wanted is None:
        return []
    model = _hub(judgement)
    degree = serving.tensor_parallel if serving is not None else case.run.layout.devices
    if wanted.engine == "mindie":
        text = ("cd /usr/local/Ascend/mindie/latest/mindie-service\n"
                "vi conf/config.json   # modelWeightPath, worldSize, npuDeviceIds, maxSeqLen\n"
                "./bin/mindieservice_daemon")  # fmt: skip
        port = 1025
    else:
        half = " --dtype float16" if case.run.machine.bf16 is False else ""
        text = (f"vllm serve {model} --tensor-parallel-size {degree} --max-model-len {wanted.context_length} "
                f"--max-num-seqs {wanted.concurrent_requests}{half}")  # fmt: skip
        port = 8000
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 64})
    ask = f"curl http://localhost:{port}/v1/chat/completions -H 'Content-Type: application/json' \\\n  -d '{body}'"
    return [Code(worded(lang, "command-serve"), "sh", text), Code(worded(lang, "command-ask"), "sh", ask)]
