"""Fit the memory calibration to the measured runs again and write it to `knowledge/calibration/memory.yaml`.

Run it after adding runs or changing a formula. It chooses the fitted constants, says which runs made each and what it
would be without one source, and makes the error spreads, each source scored with what the others taught; every other
line of the file stays as it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from advisor.estimates import backtest_memory as backtest
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
    made = []
    for name, constant in backtest.fitted_constants(rows, profiles, start).items():
        text, found = re.subn(rf"(?m)^(    {name}: {{value: )[\d.]+", rf"\g<1>{constant.value}", text)
        if found != 1:
            raise SystemExit(f"{FILE.name}: constant {name} found {found} times")
        made += [
            f"    {name}:\n",
            f"      rows: {_flow(constant.runs)}\n",
            f"      without: {_flow(constant.without)}\n",
        ]
    blocks = []
    for kind, spread in sorted(backtest.spreads_of_all_ways(rows, profiles, start).items()):
        errors = ", ".join(f"{error:.4f}" for error in spread.errors)
        blocks += [f"    {kind}:\n", f"      errors: [{errors}]\n", f"      runs: {spread.runs}\n",
                   f"      sources: {spread.sources}\n"]  # fmt: skip
        blocks.append(f"      rows: {_flow(backtest.runs_of_kind(rows, kind))}\n")
    return _replaced(_replaced(text, "fitted", made), "spreads", blocks)


def _replaced(text: str, section: str, lines: list[str]) -> str:
    """The text with the lines of a section replaced."""
    head, mark, rest = text.partition(f"  {section}:\n")
    if not mark:
        raise SystemExit(f"{FILE.name}: no section {section}")
    after = re.search(r"(?m)^ {0,2}\S", rest)
    return head + mark + "".join(lines) + (rest[after.start() :] if after else "")


def _flow(values: Mapping[str, float]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in sorted(values.items())) + "}"


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
