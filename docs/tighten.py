"""Hold the score: write today's scores to `tests/accuracy/limits.csv` as limits, never looser than those already there.

A limit belongs to a group of runs. As long as its runs are the same it only falls; when runs were added or changed, the
old limit says nothing and the new score becomes the limit. A limit is loosened by hand, with the reason in the commit.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from advisor.library import load_advisor
from advisor.report.accuracy import Accuracy, measured_folder, read_runs, score

FILE = Path(__file__).resolve().parent.parent / "tests" / "accuracy" / "limits.csv"
ENOUGH = 20
"""Runs from which on a group is held."""
SLACK = 0.005
"""By how much a score may exceed its limit: rounding and the arithmetic of another machine, not a worse formula."""


@dataclass(frozen=True)
class Limit:
    """What one group may err by, and of which runs."""

    part: str  # memory, time, hours, serving, verdict
    group: str
    runs: int
    digest: str  # of the runs that the whole part is scored on
    limit: float

    @property
    def key(self) -> tuple[str, str]:
        """What the limit belongs to."""
        return self.part, self.group


def scores(found: Accuracy, folder: Path) -> list[Limit]:
    """Today's scores as limits, rounded up to a tenth of a percent."""
    runs = read_runs(folder)
    rows = {"memory": runs.memory, "time": runs.rates, "hours": runs.hours, "serving": runs.serving}
    digests = {part: _digest(repr([sorted(row.items()) for row in of_part])) for part, of_part in rows.items()}
    limits = [
        Limit(part, f"{line.axis} {line.group}", line.runs, digests[part], _up(line.error))
        for part, lines in (
            ("memory", found.memory),
            ("time", found.time),
            ("hours", found.hours),
            ("serving", found.serving),
        )
        for line in lines
        if line.runs >= ENOUGH
    ]
    verdicts = _digest(digests["memory"] + repr([sorted(row.items()) for row in runs.out_of_memory]))
    missed = found.out_of_memory - found.out_of_memory_called
    limits += [
        Limit("verdict", "ran out, called fitting", found.out_of_memory, verdicts, _up(missed / found.out_of_memory)),
        Limit("verdict", "fitted, called no", found.fitted, verdicts, _up(found.fitted_called_no / found.fitted)),
        Limit("verdict", "not within 10 %", found.fitted, verdicts, _up(1 - found.memory_within_ten)),
    ]
    return limits


def worse(now: list[Limit], limits: list[Limit]) -> list[str]:
    """What is worse than its limit, each as a sentence; runs that changed since are named once a part."""
    today = {one.key: one for one in now}
    found = []
    for limit in limits:
        one = today.get(limit.key)
        if one is None or one.digest != limit.digest:
            found.append(f"{limit.part}: its runs are others than those of the limits; run python docs/tighten.py")
        elif one.limit > limit.limit + SLACK:
            found.append(f"{limit.part}, {limit.group}: {one.limit:.1%}, was {limit.limit:.1%}")
    missing = {one.key for one in now} - {limit.key for limit in limits}
    found += [f"{part}, {group}: has no limit; run python docs/tighten.py" for part, group in sorted(missing)]
    return list(dict.fromkeys(found))


def tightened(now: list[Limit], limits: list[Limit]) -> list[Limit]:
    """Today's scores, with the old limit where it is lower and of the same runs."""
    before = {limit.key: limit for limit in limits}
    return [
        before[one.key] if one.key in before and before[one.key].digest == one.digest
        and before[one.key].limit <= one.limit else one
        for one in now
    ]  # fmt: skip


def read_limits() -> list[Limit]:
    """The limits on file; none if there is no file yet."""
    if not FILE.is_file():
        return []
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Limit(row["part"], row["group"], int(row["runs"]), row["digest"], float(row["limit"]))
            for row in csv.DictReader(file)
        ]


def today() -> list[Limit]:
    """The scores of the product's own runs."""
    return scores(score(load_advisor(), measured_folder()), measured_folder())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _up(share: float) -> float:
    return round(int(share * 1000 + 1) / 1000, 3)


def main() -> int:
    """Write the limits and name what stays worse than they are."""
    now, limits = today(), read_limits()
    kept = tightened(now, limits)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["part", "group", "runs", "digest", "limit"])
    writer.writerows([one.part, one.group, one.runs, one.digest, f"{one.limit:.3f}"] for one in kept)
    if not FILE.is_file() or FILE.read_text(encoding="utf-8") != text.getvalue():
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(text.getvalue(), encoding="utf-8")
        sys.stderr.write(f"{FILE.name}: written\n")
    found = worse(now, kept)
    sys.stderr.writelines(f"worse: {line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
