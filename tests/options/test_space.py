"""The space of layouts is whole and valid, its arrays say what single estimates say, and nothing in it is better."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor.estimates.memory import estimate_memory, memory_figures
from advisor.estimates.run import Layout, Run
from advisor.estimates.time import estimate_time, missing_for_time, time_figures
from advisor.library import load_advisor
from advisor.options.ground import Counter
from advisor.options.layouts import ALIKE, SURE, best_fit, manners, pick, weigh
from advisor.options.limits import Way
from advisor.options.space import LONG, PIECE, Manner, Room, Span, span, stages, tensor_degrees
from advisor.plan.read import read_plan, write_plan
from advisor.resolve import resolve

TODAY = date(2026, 11, 22)
FIELDS = ("devices", "nodes", "tensor", "pipeline", "context", "expert")


def run_of(model: str, method: str, device: str, count: int, **training: Any) -> Run:
    """The run of a small plan."""
    values = {
        "version": 1,
        "model": {"name": model},
        "training": {"method": method, **training},
        "hardware": {"device": device, "count": count},
        "data": [{"name": "corpus", "kind": "text", "tokens": "1B"}],
    }
    file = read_plan(write_plan(values).encode(), "plan")
    return resolve(file, load_advisor().knowledge, TODAY).run


def rows(found: Span) -> set[tuple[int, ...]]:
    layout, recipe = found.run.layout, found.run.recipe
    arrays = [getattr(layout, name) for name in FIELDS]
    arrays += [recipe.micro_batch, recipe.accumulation, recipe.sequence_length]
    return {tuple(int(value) for value in row) for row in zip(*arrays, strict=True)}


def tried_one_by_one(run: Run, manner: Manner, room: Room, degrees: set[str]) -> set[tuple[int, ...]]:
    """All layouts that are whole, by the rules of the field and no arrays."""
    a, found = run.architecture, set()
    values = range(1, 65)
    link = run.machine.link
    domain = 1 if link.kind in {"pcie", "none"} else min(link.domain, room.per_node)
    for devices, t, p, c, e in product(
        room.counts,
        [t for t in values if t == 1 or ("tensor" in degrees and t <= domain and t & (t - 1) == 0)],
        [p for p in values if p == 1 or ("pipeline" in degrees and p <= a.layers)],
        [c for c in values if c == 1 or ("context" in degrees and c & (c - 1) == 0)],
        [e for e in values if e == 1 or ("expert" in degrees and a.experts and e & (e - 1) == 0)],
    ):
        nodes = -(-devices // room.per_node)
        if devices % (t * p * c) or devices % nodes or (devices // nodes) % t or a.attention_heads % t:
            continue
        if a.latent is None and a.kv_heads % t and t % a.kv_heads:
            continue
        if a.layers % p and (a.layers + 2) % p:
            continue
        n = devices // (t * p * c)
        if (e > 1 and (a.experts % e or (n * c) % e)) or (manner.zero_stage and n * c == 1):
            continue
        for b, s in product(room.micro_batches, room.sequences):
            if c > 1 and (s < LONG or s / c < PIECE or s % (2 * c)):
                continue
            m = max(1, round(room.batch_tokens / (b * n * s)))
            off = abs(m * b * n * s / room.batch_tokens - 1)
            if (off > 1 / 3 and not (b == 1 and m == 1)) or (p > 1 and m < p):
                continue
            found.add((devices, nodes, t, p, c, e, b, m, s))
    return found


CASES = {
    "dense on nodes": (("llama-3.1-70b", "full-finetuning", "h100-sxm", 64), Manner("megatron-lm", 1, "selective"),
                       Room((8, 16, 24, 64), 8, 2**20, (4096, 8192)), {"tensor", "pipeline", "context", "expert"}),
    "long sequences": (("llama-3.1-8b", "full-finetuning", "h100-sxm", 16), Manner("megatron-lm", 0, "full"),
                       Room((8, 16), 8, 2**21, (131072,)), {"tensor", "pipeline", "context", "expert"}),
    "experts": (("qwen3-30b-a3b", "full-finetuning", "h100-sxm", 32), Manner("megatron-lm", 1, "none"),
                Room((16, 32), 8, 2**20, (4096,)), {"tensor", "pipeline", "context", "expert"}),
    "replicas only": (("qwen2.5-7b", "full-finetuning", "a100-80g-sxm", 8), Manner("deepspeed", 3, "full"),
                      Room((1, 2, 8), 8, 65536, (4096,)), set()),
    "no fast link": (("qwen2.5-7b", "full-finetuning", "rtx4090", 8), Manner("megatron-lm", 1, "full"),
                     Room((8,), 8, 65536, (2048,)), {"tensor", "pipeline", "context", "expert"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_space_holds_every_layout_that_is_whole_and_no_other(case) -> None:
    plan, manner, room, degrees = case
    run = run_of(*plan)
    found = span(run, manner, room)
    assert found is not None
    assert rows(found) == tried_one_by_one(run, manner, room, degrees)
    assert len(rows(found)) == found.size


def test_nothing_is_divided_where_there_is_one_device() -> None:
    run = run_of("qwen2.5-7b", "full-finetuning", "h100-sxm", 1)
    assert span(run, Manner("deepspeed", 3, "full"), Room((1,), 8, 65536, (4096,))) is None


@pytest.mark.parametrize(
    ("layers", "degree", "whole"),
    [(70, 12, True), (126, 16, True), (105, 35, True), (96, 64, False), (32, 7, False)],
    ids=["bloom", "llama-3-405b", "530b", "two thirds of a layer", "seven of 32"],
)
def test_stages_are_whole_with_embedding_and_head_as_layers(layers: int, degree: int, whole: bool) -> None:
    assert (degree in stages(layers)) == whole


@pytest.mark.parametrize(
    ("device", "count", "expected"),
    [("h100-sxm", 16, (1, 2, 4, 8)), ("rtx4090", 8, (1,)), ("rtx3090", 2, (1, 2)), ("a100-80g-sxm", 4, (1, 2, 4))],
    ids=["node of eight", "pcie", "bridged pair", "half a node"],
)
def test_tensor_parallelism_stays_on_the_fast_link(device: str, count: int, expected: tuple[int, ...]) -> None:
    run = run_of("llama-3.1-8b", "full-finetuning", device, count)
    assert tensor_degrees(run, run.layout.per_node) == expected


SEARCHES: dict[str, tuple[tuple[str, str, str, int], Way, dict[str, Any]]] = {
    "lora on one card": (("qwen2.5-7b", "lora", "rtx4090", 1), "lora", {}),
    "qlora on one card": (("qwen2.5-32b", "qlora", "rtx3090", 1), "qlora", {"sequence_length": 1024}),
    "full in a node": (("qwen2.5-7b", "full-finetuning", "a100-80g-sxm", 8), "full", {}),
    "full over nodes": (("llama-3.1-70b", "full-finetuning", "h100-sxm", 32), "full", {"sequence_length": 8192}),
    "experts over nodes": (("qwen3-30b-a3b", "continued-pretraining", "h100-sxm", 16), "continued", {}),
    "long sequences": (("llama-3.1-8b", "continued-pretraining", "h100-sxm", 8), "continued",
                       {"sequence_length": 131072}),
}  # fmt: skip


@pytest.mark.parametrize("case", SEARCHES.values(), ids=SEARCHES)
def test_single_estimates_of_the_whole_space_find_nothing_better(case) -> None:
    plan, way, training = case
    advisor, run = load_advisor(), run_of(*plan, **training)
    fit = best_fit(advisor, run, way, 2**20, Counter())
    assert fit is not None
    room = Room((run.layout.devices,), run.layout.per_node, 2**20, (run.recipe.sequence_length,))
    best, surest = float("inf"), 0.0
    for manner in manners(way, run, expert=False)[0]:
        made = span(run, manner, room)
        for index in range(made.size if made else 0):
            one = made.pick(index)
            memory = advisor.memory_of(one)
            surest = max(surest, memory.probability_fits)
            if memory.probability_fits >= SURE:
                best = min(best, estimate_time(one, advisor.time_calibration).days.likely)
    if surest < SURE:
        assert fit.memory.probability_fits >= surest
    else:
        assert fit.sure
        assert fit.days <= best * ALIKE


MODELS = ("qwen2.5-7b", "llama-3.1-70b", "qwen3-30b-a3b", "qwen2.5-0.5b", "gemma-2-9b", "deepseek-v3", "mixtral-8x7b")
DEVICES = ("h100-sxm", "a100-40g-pcie", "v100-32g-sxm2", "ascend910b3", "rtx3090", "rtx4090", "mi300x", "dgx-spark")


def compare(seed: int) -> None:
    """A random plan, a random manner, and some of its candidates, once as arrays and once alone."""
    chance, advisor = random.Random(seed), load_advisor()
    way, method = chance.choice(
        [("lora", "lora"), ("qlora", "qlora"), ("full", "full-finetuning"), ("continued", "continued-pretraining")]
    )
    run = run_of(
        chance.choice(MODELS), method, chance.choice(DEVICES), chance.choice([1, 2, 4, 8, 16, 64]),
        sequence_length=chance.choice([512, 2048, 8192, 32768]), packing=chance.random() < 0.8,
        mean_sample_tokens=400, precision=chance.choice(["bf16", "fp16"]), chunked_loss=chance.random() < 0.5,
    )  # fmt: skip
    tried = [manner for group in manners(way, run, expert=True) for manner in group]
    room = Room((run.layout.devices,), run.layout.per_node, 2.0 ** chance.randint(14, 23),
                (run.recipe.sequence_length,))  # fmt: skip
    made = span(run, chance.choice(tried), room)
    if made is None:
        return
    profile = advisor.profile(made.manner.framework)
    memory = memory_figures(made.run, profile, advisor.memory_calibration)
    times = None if missing_for_time(made.run) else time_figures(made.run, advisor.time_calibration)

    def close(array: Any, index: int, alone: float) -> None:
        assert np.broadcast_to(array, (made.size,))[index] == pytest.approx(alone, rel=1e-9, abs=1e-15)

    for index in {0, made.size - 1, chance.randrange(made.size)}:
        one = made.pick(index)
        whole = estimate_memory(one, profile, advisor.memory_calibration)
        close(memory.per_device, index, whole.per_device.likely)
        close(memory.allocated, index, whole.allocated.likely)
        close(memory.probability_fits, index, whole.probability_fits)
        close(memory.host_gib_per_node.likely, index, whole.host_gib_per_node.likely)
        if times is not None:
            expected = estimate_time(one, advisor.time_calibration)
            close(times.step_seconds, index, expected.step_seconds.likely)
            close(times.days, index, expected.days.likely)
            close(times.tokens_per_second_per_device, index, expected.tokens_per_second_per_device.likely)


def test_arrays_say_what_single_estimates_say() -> None:
    for seed in range(150):
        compare(seed)


@pytest.mark.slow
def test_arrays_say_what_single_estimates_say_of_thousands_of_plans() -> None:
    for seed in range(1_000, 4_000):
        compare(seed)


def seconds(run: Run, room: Room) -> tuple[float, int]:
    """Seconds of a core to weigh a room's candidates, all of which fit, the best of five; and how many there are."""
    advisor, best, counter = load_advisor(), float("inf"), Counter()
    for _ in range(5):
        counter, started = Counter(), time.process_time()
        pick(weigh(advisor, run, [Manner("megatron-lm", 1, "full")], room, counter))
        best = min(best, time.process_time() - started)
    return best, counter.memory


@pytest.mark.slow
def test_cost_grows_linearly_with_candidates() -> None:
    run = run_of("llama-3.1-70b", "full-finetuning", "h100-sxm", 64)
    few, many = tuple(range(64, 1025, 64)), tuple(range(64, 8193, 64))
    small, size = seconds(run, Room(few, 8, 2**24, (4096, 8192)))
    large, bigger = seconds(run, Room(many, 8, 2**24, (4096, 8192)))
    assert bigger > 3 * size
    assert large / small < 2 * bigger / size


def test_a_picked_candidate_holds_plain_numbers() -> None:
    run = run_of("qwen2.5-7b", "full-finetuning", "h100-sxm", 8)
    made = span(run, Manner("deepspeed", 2, "full"), Room((8,), 8, 2**20, (4096,)))
    assert made is not None
    one = made.pick(0)
    assert one.layout == Layout(8, 1)
    assert one.recipe == replace(run.recipe, framework="deepspeed", zero_stage=2, recompute="full", micro_batch=1,
                                 accumulation=32, sequence_length=4096)  # fmt: skip
    assert {type(getattr(one.layout, name)) for name in FIELDS} == {int}


def test_a_check_never_loads_numpy(root: Path) -> None:
    code = (
        "import sys\n"
        "from advisor.cli import main\n"
        "try:\n    main(['check', 'examples/qlora-8b-fine.yaml', '--format', 'json'])\n"
        "except SystemExit:\n    pass\n"
        "print('numpy' in sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(done.stdout)["schema"] == "advisor.check/1"
    assert done.stderr == "False\n"
