"""Fit the memory calibration to the measured runs again and write it to `knowledge/calibration/memory.yaml`.

Run it after adding runs or changing a formula. It chooses the fitted constants and makes the error spreads, each source
scored with what the others taught; every other line of the file stays as it is.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from advisor.estimates import backtest_memory as backtest
from advisor.estimates.uncertainty import Spread
from advisor.library import load_advisor
from advisor.report.accuracy import read_rows

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "knowledge" / "calibration" / "memory.yaml"


def refitted(text: str) -> str:
    """The text of the calibration file with fitted constants and spreads as the runs give them now."""
    advisor = load_advisor()
    profiles = {name: advisor.profile(name) for name in advisor.knowledge.raw["frameworks"]}
    rows = [row for row in read_rows(ROOT / "knowledge" / "measured", "memory.csv") if row["scored"] == "1"]
    start = backtest.prior(advisor.memory_calibration)
    fitted = backtest.fit(rows, profiles, start)
    for name in backtest.CANDIDATES:
        value = getattr(fitted, name)
        text, found = re.subn(rf"(?m)^(    {name}: {{value: )[\d.]+", rf"\g<1>{value}", text)
        if found != 1:
            raise SystemExit(f"{FILE.name}: constant {name} found {found} times")
    held_out = backtest.leave_one_source_out(rows, profiles, start)
    on_file = replace(advisor.memory_calibration, **{name: getattr(fitted, name) for name in backtest.CANDIDATES})
    named = backtest.spreads_from(held_out)
    unnamed = backtest.spreads_without_framework(rows, profiles, on_file)
    kinds = {one.id: one.group for one in held_out}
    sources = {kind: Counter(row["source"] for row in rows if kinds[row["id"]] == kind) for kind in named}
    sources["any"] = Counter(row["source"] for row in rows)
    blocks = []
    for kind, spread in sorted({**named, **unnamed}.items()):
        blocks += _block(kind, spread, sources[kind.removesuffix("-unnamed")])
    head, mark, rest = text.partition("  spreads:\n")
    after = re.search(r"(?m)^ {0,2}\S", rest)
    return head + mark + "".join(blocks) + (rest[after.start() :] if after else "")


def _block(kind: str, spread: Spread, sources: Counter[str]) -> Sequence[str]:
    errors = ", ".join(f"{error:.4f}" for error in spread.errors)
    rows = ", ".join(f"{source}: {runs}" for source, runs in sorted(sources.items()))
    return (
        f"    {kind}:\n",
        f"      errors: [{errors}]\n",
        f"      runs: {spread.runs}\n",
        f"      sources: {spread.sources}\n",
        f"      rows: {{{rows}}}\n",
    )


def main() -> int:
    """Write the file, or say that nothing changed."""
    text = FILE.read_text(encoding="utf-8")
    made = refitted(text)
    if made != text:
        FILE.write_text(made, encoding="utf-8")
    sys.stderr.write(f"knowledge/calibration/{FILE.name}: {'written' if made != text else 'up to date'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
