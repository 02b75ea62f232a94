"""Layouts that others published beside the one that the search prefers for the same run, and why it does."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from advisor.estimates.backtest_time import run_from_row
from advisor.estimates.machine import machine_of
from advisor.estimates.run import Run
from advisor.options.contrast import Contrast, contrast
from advisor.options.ground import Counter
from advisor.options.layouts import ALIKE, Fit, fit_of, pick, weigh
from advisor.options.models import shown_name
from advisor.options.space import Manner, Room
from advisor.pipeline import Advisor
from advisor.records import dataclass
from advisor.words import Language, catalogue, say
from advisor.words.figures import probability, significant

_FAMILY = {"megatron-lm", "nemo", "mindspeed"}


@dataclass(frozen=True, eq=False)
class Published:
    """A published run, the best layout of the space for it, and how that one compares to it."""

    row: Mapping[str, str]
    theirs: Fit
    ours: Fit
    contrast: Contrast


def read_published(folder: Path) -> list[dict[str, str]]:
    """The rows of `layouts.csv` in a folder of measured runs; their form is that of `throughput.csv`."""
    with (folder / "layouts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run_of(advisor: Advisor, row: Mapping[str, str]) -> Run:
    """The run of a row; its tokens are a round number, since only speed is compared."""
    run = run_from_row(row, lambda device: machine_of(device, advisor.knowledge.device(device)))
    return replace(run, tokens=1e12)


def room_of(run: Run) -> Room:
    """The devices of a run and the tokens of its step: what the search may not change."""
    recipe, layout = run.recipe, run.layout
    batch = float(recipe.micro_batch * recipe.accumulation * layout.data * recipe.sequence_length)
    return Room((layout.devices,), layout.per_node, batch, (recipe.sequence_length,))


def compare(advisor: Advisor, row: Mapping[str, str]) -> Published | None:
    """The search under the framework of a published run; None where nothing fits or a rate is unknown."""
    run = run_of(advisor, row)
    framework, stage = run.recipe.framework, run.recipe.zero_stage
    stages = sorted({stage, *((0, 1) if framework in _FAMILY else (2, 3))})
    tried = [Manner(framework, zero, kind) for zero in stages for kind in ("none", "selective", "full")]
    best = pick(weigh(advisor, run, tried, room_of(run), Counter()))
    theirs, ours = fit_of(advisor, run), fit_of(advisor, best) if best is not None else None
    return None if theirs is None or ours is None else Published(row, theirs, ours, contrast(ours, theirs))


def render_published(advisor: Advisor, rows: Iterable[Mapping[str, str]], lang: Language) -> str:
    """A page: every published layout, the preferred one, their speeds, and the reason for the difference."""
    heads = ("run", "devices", "layout", "printed", "estimated", "preferred", "speed", "why")
    lines = [f"# {say(lang, 'options.published')}", "", say(lang, "options.published-intro"), ""]
    lines.append("| " + " | ".join(say(lang, f"options.published-{head}") for head in heads) + " |")
    lines.append("|" + "---|" * len(heads))
    for row in rows:
        made = compare(advisor, row)
        if made is not None:
            lines.append("| " + " | ".join(_cells(advisor, made, lang)) + " |")
    return "\n".join(lines) + "\n"


def _cells(advisor: Advisor, made: Published, lang: Language) -> Iterator[str]:
    run, row = made.theirs.run, made.row
    yield f"[{row['id']}]({row['source']})"
    yield f"{run.layout.devices:,} × {shown_name(advisor.knowledge.device(row['device']).name, lang)}"
    yield _short(run, lang)
    yield f"{significant(float(row['mfu_printed']), 2)} %" if row["mfu_printed"] else "—"
    yield f"{significant(made.theirs.time.mfu.likely * 100, 2)} %"
    yield _short(made.ours.run, lang)
    yield f"{made.contrast.speed:.2f}×"
    yield _why(made, lang)


def _short(run: Run, lang: Language) -> str:
    layout, recipe = run.layout, run.recipe
    degrees = {"TP": layout.tensor, "PP": layout.pipeline, "CP": layout.context, "DP": layout.data}
    cuts = " ".join(f"{name}{degree}" for name, degree in degrees.items() if degree > 1)
    kind = say(lang, f"options.recompute-{recipe.recompute}")
    return f"{cuts or 'DP1'} · ZeRO-{recipe.zero_stage} · b={recipe.micro_batch} · {kind}"


def _why(made: Published, lang: Language) -> str:
    found, report = made.contrast, catalogue("report")
    joint = ", " if lang == "en" else "、"
    parts = []
    if not found.other_fits:
        chance = probability(made.theirs.memory.probability_fits)
        parts.append(say(lang, "options.published-unfit", chance=chance))
    if not 1 / ALIKE < found.speed < ALIKE:
        saves = joint.join(report[f"time-{name}"].text(lang) for name, _ in found.saves[:2])
        spends = joint.join(report[f"time-{name}"].text(lang) for name, _ in found.spends[:2])
        parts += [say(lang, "options.published-saves", names=saves)] if saves else []
        parts += [say(lang, "options.published-spends", names=spends)] if spends else []
    elif found.other_fits:
        parts.append(say(lang, "options.published-same"))
    return ("; " if lang == "en" else "；").join(parts)
