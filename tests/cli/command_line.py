"""What tests of the command line share: a plan, and what one call of a command gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]

# Fits, with one finding that stays open whatever the knowledge says: no learning rate of LoRA is that low.
PLAN = """\
version: 1
model: {name: qwen2.5-7b}
training:
  method: qlora
  learning_rate: 1e-6
hardware: {device: rtx4090, count: 1}
"""
