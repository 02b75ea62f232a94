"""`advisor benchmark`: how long the advisor takes, as ratios to what no tool of its kind can avoid."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click

from advisor.cli.options import make, today
from advisor.words import Language, say
from advisor.words.figures import significant

ROUNDS = 9
PLANS = 1000
CANDIDATES = 150_000
"""Layouts that a search should weigh in a second of one core."""


def command(lang: Language) -> click.Command:
    """The command in one language."""

    def run(rounds: int, plans: int) -> None:
        for key, ratio, limit in _ratios(rounds, plans):
            click.echo(say(lang, f"cli.benchmark-{key}", ratio=f"{ratio:.2f}", limit=f"{limit:g}"))
        rate = _weighed(rounds)
        click.echo(say(lang, "cli.benchmark-layouts", rate=f"{significant(rate, 3)}", limit=f"{CANDIDATES:,}",
                       ratio=f"{rate / CANDIDATES:.2f}"))  # fmt: skip

    return make(
        "benchmark", lang, run,
        click.Option(["--rounds"], type=click.IntRange(1, 1000), default=ROUNDS, show_default=True,
                     help=say(lang, "cli.rounds")),
        click.Option(["--plans"], type=click.IntRange(1, 100_000), default=PLANS, show_default=True,
                     help=say(lang, "cli.benchmark-plans")),
    )  # fmt: skip


def _ratios(rounds: int, plans: int) -> list[tuple[str, float, float]]:
    from advisor.library import load_advisor, load_pages  # noqa: PLC0415 - kept off the way to --help
    from advisor.plan.read import write_plan  # noqa: PLC0415

    load_advisor()  # fills the cache, as any first run does
    pages = load_pages()
    texts = [write_plan(dict(page.passes)).encode() for page in pages.values()]
    texts += [write_plan(dict(page.fails)).encode() for page in pages.values()]
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder, "plan.yaml")
        plan.write_bytes(max(texts, key=len))
        run = [sys.executable, "-P", "-m", "advisor"]  # -P: the installed one, wherever this is run
        return [
            ("help", _pair([*run, "--help"], "import click", rounds), 1.6),
            ("check", _pair([*run, "check", "--fail-on", "never", str(plan)],
                            "import click, yaml, pydantic, durable.engine", rounds), 3.0),
            ("many", _many((texts * (plans // len(texts) + 1))[:plans], min(rounds, 3)), 20.0),
        ]  # fmt: skip


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _pair(arguments: list[str], imports: str, rounds: int) -> float:
    """The median of the ratios of two processes run in turn, so that a drifting machine cancels out.

    Both sides run from bytecode: installing compiles the libraries, a first run compiles an editable advisor.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def process(given: list[str]) -> float:
        return _seconds(lambda: subprocess.run(given, check=True, stdout=subprocess.DEVNULL, env=environment))  # noqa: S603 - our own

    base = [sys.executable, "-c", imports]
    process(arguments), process(base)
    return median(process(arguments) / process(base) for _ in range(rounds))


def _many(texts: list[bytes], rounds: int) -> float:
    """Plans checked in one process over the time to parse the same files with yaml.CSafeLoader."""
    import json  # noqa: PLC0415 - only here

    import yaml  # noqa: PLC0415

    from advisor.library import load_advisor  # noqa: PLC0415
    from advisor.plan.read import read_plan  # noqa: PLC0415
    from advisor.report.contract import as_json  # noqa: PLC0415

    advisor, day = load_advisor(), today()

    def check() -> None:
        for number, text in enumerate(texts):
            json.dumps(as_json(advisor.judge(read_plan(text, f"plan-{number}.yaml"), day), "en"), ensure_ascii=False)

    def parse() -> None:
        for text in texts:
            yaml.load(text, Loader=yaml.CSafeLoader)

    advisor.judge(read_plan(texts[0], "plan.yaml"), day)
    return median(_seconds(check) / _seconds(parse) for _ in range(rounds))


def _weighed(rounds: int) -> float:
    """Layouts that a search weighs in a second of one core: memory, time and the choice, every one of them."""
    from advisor.library import load_advisor  # noqa: PLC0415 - kept off the way to --help
    from advisor.options.ground import Counter  # noqa: PLC0415
    from advisor.options.layouts import manners, pick, weigh  # noqa: PLC0415
    from advisor.options.space import Room  # noqa: PLC0415
    from advisor.plan.read import read_plan, write_plan  # noqa: PLC0415
    from advisor.resolve import resolve  # noqa: PLC0415

    advisor = load_advisor()
    values = {
        "version": 1,
        "model": {"name": "llama-3.1-8b"},
        "training": {"method": "pretraining", "sequence_length": 8192},
        "hardware": {"device": "h100-sxm", "count": 1024},
        "data": [{"name": "corpus", "kind": "text", "tokens": "15T"}],
    }
    run = resolve(read_plan(write_plan(values).encode(), "plan.yaml"), advisor.knowledge, today()).run
    room = Room(tuple(range(8, 1025, 8)), 8, 4.0 * 2**20, (4096, 8192))
    (tried, *_) = manners("pretraining", run, expert=True)
    counter = Counter()

    def search() -> float:
        counter.time, start = 0, time.process_time()
        pick(weigh(advisor, run, tried, room, counter))
        # Those that surely do not fit need no time: only the others count.
        return counter.time / (time.process_time() - start)

    search()
    return median(search() for _ in range(rounds))
