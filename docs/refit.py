"""Fit the calibrations of memory and serving to the measured runs again and write them to `knowledge/calibration/`.

Run it after adding runs or changing a formula. It chooses the fitted constants, says which runs made each and what it
would be without one source, and makes the error spreads, each source scored with what the others taught; every other
line of the files stays as it is.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from advisor.estimates import backtest_memory, backtest_serving
from advisor.estimates.backtest_memory import Fitted
from advisor.estimates.machine import machine_of
from advisor.estimates.run import Machine
from advisor.estimates.uncertainty import Spread
from advisor.library import load_advisor
from advisor.pipeline import Advisor
from advisor.report.accuracy import read_rows

ROOT = Path(__file__).resolve().parent.parent
CALIBRATION = ROOT / "knowledge" / "calibration"


def memory(text: str, advisor: Advisor) -> str:
    """The text of the memory calibration with fitted constants and spreads as the runs give them now."""
    profiles = {name: advisor.profile(name) for name in advisor.knowledge.raw["frameworks"]}
    rows = [row for row in read_rows(ROOT / "knowledge" / "measured", "memory.csv") if row["scored"] == "1"]
    start = backtest_memory.prior(advisor.memory_calibration)
    failed = read_rows(ROOT / "knowledge" / "measured", "out_of_memory.csv")
    spreads = backtest_memory.spreads_of_all_ways(rows, profiles, start)
    constants = backtest_memory.fitted_constants(rows, profiles, start)
    values: dict[str, Any] = {name: constant.value for name, constant in constants.items()}
    made = replace(start, spreads=spreads, **values)
    constants["gaps"] = backtest_memory.fit_gaps(rows, failed, profiles, made)
    text = _with_constants(text, constants)
    blocks = []
    for kind, spread in sorted(spreads.items()):
        blocks += _block(kind, spread)
        blocks.append(f"      rows: {_flow(backtest_memory.runs_of_kind(rows, kind))}\n")
    return _replaced(text, "spreads", blocks)


def serving(text: str, advisor: Advisor) -> str:
    """The text of the serving calibration with fitted constants and spreads as the runs give them now."""

    def machine(name: str) -> Machine:
        return machine_of(name, advisor.knowledge.device(name))

    rows = read_rows(ROOT / "knowledge" / "measured", "serving.csv")
    found = backtest_serving.backtest(rows, machine, advisor.serving_calibration)
    text = _with_constants(text, found.constants)
    blocks = ["".join(re.findall(r"(?m)^    memory: .*\n", text))]
    for kind, spread in sorted(backtest_serving.spreads_from(found.scored).items()):
        blocks += _block(kind, spread)
        runs = Counter(one.source for one in found.scored if one.kind == kind)
        blocks.append(f"      rows: {_flow(runs)}\n")
    return _replaced(text, "spreads", blocks)


def _with_constants(text: str, constants: Mapping[str, Fitted]) -> str:
    made = []
    for name, constant in constants.items():
        text, found = re.subn(rf"(?m)^(    {name}: {{value: )[-+.e\d]+", rf"\g<1>{constant.value}", text)
        if found != 1:
            raise SystemExit(f"constant {name} found {found} times")
        made += [f"    {name}:\n", f"      rows: {_flow(constant.runs)}\n"]
        made.append(f"      without: {_flow(constant.without)}\n")
    return _replaced(text, "fitted", made)


def _block(kind: str, spread: Spread) -> list[str]:
    errors = ", ".join(f"{error:.4f}" for error in spread.errors)
    return [f"    {kind}:\n", f"      errors: [{errors}]\n", f"      runs: {spread.runs}\n",
            f"      sources: {spread.sources}\n"]  # fmt: skip


def _replaced(text: str, section: str, lines: list[str]) -> str:
    """The text with the lines of a section replaced."""
    head, mark, rest = text.partition(f"  {section}:\n")
    if not mark:
        raise SystemExit(f"no section {section}")
    after = re.search(r"(?m)^ {0,2}\S", rest)
    return head + mark + "".join(lines) + (rest[after.start() :] if after else "")


def _flow(values: Mapping[str, float]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in sorted(values.items())) + "}"


def main() -> int:
    """Write the files, or say that nothing changed."""
    advisor = load_advisor()
    for make in (memory, serving):
        file = CALIBRATION / f"{make.__name__}.yaml"
        text = file.read_text(encoding="utf-8")
        made = make(text, advisor)
        if made != text:
            file.write_text(made, encoding="utf-8")
        sys.stderr.write(f"knowledge/calibration/{file.name}: {'written' if made != text else 'up to date'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
