"""The space of layouts: every way to cut a run over devices that a framework can carry out, as arrays.

How the field explains a layout is an onion. Innermost, tensor parallelism exchanges activations in every layer, so it
stays among devices that share the fast link of a node. Round it the pipeline passes activations from stage to stage,
which a network between nodes can bear. Outermost, data parallelism exchanges gradients once a step, with optimizer
states, gradients and weights sharded over its replicas in that order (ZeRO 1, 2, 3). Context parallelism cuts long
sequences, expert parallelism spreads the experts of a sparse model over the data-parallel ranks. Sources: arXiv
2104.04473 (sections 3 and 5), 2205.05198, 2407.21783 (section 3.3.2), 1910.02054.

The onion says what may be combined and how a layout is told; which one is offered, the estimates decide. A candidate
is one element of the arrays of a `Span`; what is no number (framework, sharding stage, recomputation, offload) is the
same for a whole span.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from advisor.estimates.run import Architecture, FrameworkId, Layout, Offload, Recompute, Run
from advisor.records import dataclass

Array = npt.NDArray[np.float64]
Degree = Literal["tensor", "pipeline", "context", "expert"]

_ALL: frozenset[Degree] = frozenset({"tensor", "pipeline", "context", "expert"})
DEGREES: Mapping[FrameworkId, frozenset[Degree]] = {
    "megatron-lm": _ALL,
    "nemo": _ALL,
    "mindspeed": _ALL,
    "torchtitan": frozenset({"tensor", "pipeline", "context"}),
    "internlm": frozenset({"tensor", "pipeline"}),
    "colossal-ai": frozenset({"tensor", "pipeline"}),
    "ms-swift": frozenset({"context"}),
    "axolotl": frozenset({"context"}),
}
"""How each framework can cut a model beside data parallelism; those that are not named do that alone."""

MICRO_BATCHES = (1, 2, 4, 8, 16, 32)
LONG = 8_192
"""Shorter sequences are not cut over devices: the exchange costs more than the memory is worth."""
PIECE = 4096
"""Tokens of a sequence that a device keeps at least where context parallelism cuts it."""
_MOST_STAGES = 128
_CACHED = 8192
"""Candidates whose arrays stay in a processor's cache."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What is no number in a layout."""

    framework: FrameworkId
    zero_stage: Literal[0, 1, 2, 3]
    recompute: Recompute
    offload: Offload = "none"


@dataclass(frozen=True, slots=True)
class Room:
    """How many devices may be used and what a step should see.

    `counts` are numbers of devices, `per_node` how many of them a full node has. An optimizer step takes
    `batch_tokens` tokens, as nearly as whole micro-batches allow.
    """

    counts: tuple[int, ...]
    per_node: int
    batch_tokens: float
    sequences: tuple[int, ...]
    micro_batches: tuple[int, ...] = MICRO_BATCHES


@dataclass(frozen=True, eq=False)
class Span:
    """Candidates that differ in numbers only: a run whose layout and recipe hold arrays of `size` elements."""

    run: Run
    manner: Manner
    size: int

    def pick(self, index: int) -> Run:
        """One candidate as a run of plain numbers."""
        layout, recipe = self.run.layout, self.run.recipe

        def at(values: object) -> int:
            return int(values[index])  # type: ignore[index]  # the fields of a span are arrays

        return replace(
            self.run,
            layout=Layout(
                devices=at(layout.devices),
                nodes=at(layout.nodes),
                tensor=at(layout.tensor),
                pipeline=at(layout.pipeline),
                context=at(layout.context),
                expert=at(layout.expert),
            ),
            recipe=replace(
                recipe,
                micro_batch=at(recipe.micro_batch),
                accumulation=at(recipe.accumulation),
                sequence_length=at(recipe.sequence_length),
            ),
        )

    def parts(self) -> Iterator[Span]:
        """The same candidates in parts that a processor's cache holds, so that twice as many take twice as long."""
        for start in range(0, self.size, _CACHED):
            yield self if self.size <= _CACHED else self.only(slice(start, start + _CACHED))

    def only(self, chosen: npt.NDArray[np.bool_] | slice) -> Span:
        """The candidates for which something holds, or those of a stretch."""
        layout, recipe = self.run.layout, self.run.recipe
        parts = {
            name: getattr(layout, name)[chosen]
            for name in ("devices", "nodes", "tensor", "pipeline", "context", "expert")
        }
        kept = {name: getattr(recipe, name)[chosen] for name in ("micro_batch", "accumulation", "sequence_length")}
        run = replace(self.run, layout=Layout(**parts), recipe=replace(recipe, **kept))
        return Span(run, self.manner, int(parts["devices"].size))


def span(run: Run, manner: Manner, room: Room) -> Span | None:
    """All layouts of a manner that are whole: nothing is cut that does not divide; None where there is none.

    `run` says everything else; its own layout, micro-batch, accumulation and sequence length are not read.
    """
    grid = _grid(run, manner, room)
    if not grid["devices"].size:
        return None
    layout = Layout(**{name: grid[name] for name in ("devices", "nodes", "tensor", "pipeline", "context", "expert")})  # type: ignore[arg-type]  # arrays: see elementwise
    recipe = replace(
        run.recipe,
        framework=manner.framework,
        zero_stage=manner.zero_stage,
        recompute=manner.recompute,
        offload=manner.offload,
        micro_batch=grid["micro_batch"],  # type: ignore[arg-type]  # as above
        accumulation=grid["accumulation"],  # type: ignore[arg-type]  # as above
        sequence_length=grid["sequence"],  # type: ignore[arg-type]  # as above
    )
    return Span(replace(run, recipe=recipe, layout=layout), manner, int(grid["devices"].size))


def spans(run: Run, manners: Sequence[Manner], room: Room) -> Iterator[Span]:
    """The spans of several manners in parts, those that hold nothing left out."""
    for manner in manners:
        if (made := span(run, manner, room)) is not None:
            yield from made.parts()


def tensor_degrees(run: Run, per_node: int) -> tuple[int, ...]:
    """Tensor-parallel degrees that stay inside the fast link of a node and cut heads evenly."""
    a, link = run.architecture, run.machine.link
    most = 1 if link.kind in {"pcie", "none"} else min(per_node, link.domain)
    return tuple(t for t in _powers(most) if a.attention_heads % t == 0 and _cuts_keys(a, t))


def _cuts_keys(a: Architecture, t: int) -> bool:
    """Tell whether key/value heads divide over t devices, or each of them stands on as many devices as the others."""
    return a.latent is not None or a.kv_heads % t == 0 or t % a.kv_heads == 0


def stages(layers: int) -> tuple[int, ...]:
    """Pipeline degrees: the layers divide, or do so with embedding and head counted as a layer each.

    The second is how BLOOM (70 layers in 12 stages) and Llama 3 405B (126 in 16) were cut: arXiv 2211.05100,
    2407.21783.
    """
    most = min(layers, _MOST_STAGES)
    return tuple(p for p in range(1, most + 1) if layers % p == 0 or (layers + 2) % p == 0)


def _expert_degrees(a: Architecture, most: int) -> tuple[int, ...]:
    return tuple(e for e in _powers(min(a.experts, most)) if a.experts % e == 0) or (1,)


def _powers(most: float) -> tuple[int, ...]:
    return tuple(2**power for power in range(20) if 2**power <= most)


def _grid(run: Run, manner: Manner, room: Room) -> dict[str, Array]:
    """The candidates as arrays by name: the product of all degrees, less what does not divide."""
    a, can = run.architecture, DEGREES.get(manner.framework, frozenset())
    most = max(room.counts)
    longest = max(room.sequences)
    axes = (
        room.counts,
        tensor_degrees(run, room.per_node) if "tensor" in can else (1,),
        stages(a.layers) if "pipeline" in can else (1,),
        _powers(longest // PIECE) if "context" in can and longest >= LONG else (1,),
        tuple(e for e in _powers(min(a.experts, most)) if a.experts % e == 0)
        if "expert" in can and a.experts
        else (1,),
        room.micro_batches,
        room.sequences,
    )
    return _valid(axes, manner.zero_stage, room.per_node, room.batch_tokens)


@lru_cache(maxsize=256)
def _valid(axes: tuple[tuple[int, ...], ...], zero_stage: int, per_node: int, batch_tokens: float) -> dict[str, Array]:
    devices, tensor, pipeline, context, expert, batch, sequence = (
        values.ravel() for values in np.meshgrid(*(np.array(axis, float) for axis in axes), indexing="ij")
    )
    ranks = devices / (tensor * pipeline)  # data-parallel and context-parallel together
    data = ranks / context
    nodes = np.ceil(devices / per_node)
    inside = devices / nodes
    per_pass = batch * np.maximum(data, 1) * sequence
    accumulation = np.maximum(1, np.rint(batch_tokens / per_pass))
    holds = (data >= 1) & (data % 1 == 0) & (ranks % expert == 0) & (inside % 1 == 0) & (inside % tensor == 0)
    holds &= (context == 1) | ((sequence >= LONG) & (sequence / context >= PIECE) & (sequence % (2 * context) == 0))
    # ZeRO divides over replicas and the parts of a sequence; without any there is nothing to divide.
    holds &= (ranks > 1) if zero_stage else np.full(devices.shape, True)
    # A step that is larger than asked for only where a single sequence a replica already is.
    alone = (batch == 1) & (accumulation == 1)
    holds &= alone | (np.abs(accumulation * per_pass / batch_tokens - 1) <= 1 / 3)
    # Fewer micro-batches than stages leave stages idle however long the step.
    holds &= (pipeline == 1) | (accumulation >= pipeline)
    grid = {
        "devices": devices, "nodes": nodes, "tensor": tensor, "pipeline": pipeline, "context": context,
        "expert": expert, "micro_batch": batch, "accumulation": accumulation, "sequence": sequence,
    }  # fmt: skip
    return {name: values[holds] for name, values in grid.items()}
