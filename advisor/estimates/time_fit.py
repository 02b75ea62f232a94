"""Fits the constants of the time estimate to measured runs, starting from what physics and timed kernels say of each.

A constant is its prior times exp(x); x is normal around zero with the width that the prior states, so that rows move a
constant only as far as they know more than the prior. The same constant of several framework classes or device families
shares a factor: a class without rows of its own follows the others. Every source has a factor of its own that no
estimate uses: what is peculiar to one machine room does not become a constant of nature. The search is Gauss-Newton
with weights that discount outliers (Student's t), on all rows together.

Numpy is needed; nothing on the way of a check imports this module.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.estimates.backtest_time import Row, measured_step_seconds, run_from_row
from advisor.estimates.run import Machine, Run
from advisor.estimates.time_calibration import (
    TimeCalibration,
    at_path,
    scalar_of,
    time_calibration_from_dict,
    with_constants,
)
from advisor.estimates.time_step import step_of
from advisor.records import dataclass

SOURCE_WIDTH = 0.12
"""Standard deviation of a source's own factor, ln."""
ROW_WIDTH = 0.10
"""Standard deviation of a row around its source, ln; the t-distribution has heavier tails than the normal one."""
_FREEDOM = 4.0
_NOT_OF_THE_RUN = frozenset(
    {"id", "source", "place", "date", "tokens_per_second", "measured_as", "mfu_printed", "excluded", "model", "assumed"}
)
_ROUNDS = 40
_ENOUGH = 1e-5
"""The search ends when a round lowers the cost by less than this share."""
_DIFFERENCE = 0.02
_LARGEST_MOVE = 0.35
_SPEAKS = 1e-4  # change of a row's ln per change of a constant's ln from which the row counts as one that made it

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Prior:
    """How far a constant may move: `width` alone, `shared` together with its kin (standard deviations of ln)."""

    path: str
    kin: str
    width: float
    shared: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Constant:
    """A fitted constant: its prior, its value, the width (ln) that is left, and the rows of each source that spoke."""

    prior: float
    value: float
    width: float
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Fit:
    """The constants of one fit by path, and the factor of each source (estimated over measured time)."""

    constants: dict[str, Constant]
    sources: dict[str, float]
    unknowns: dict[str, float]  # ln of all factors: own ones by path, shared ones by pattern, sources by name

    @property
    def values(self) -> dict[str, float]:
        """The constants' values by path."""
        return {path: constant.value for path, constant in self.constants.items()}


def priors_of(document: Mapping[str, Any]) -> list[Prior]:
    """The priors of `knowledge/calibration/time-priors.yaml`; a `*` in a path stands for every member that has it."""
    tree, found = document["constants"], []
    for pattern, width in document["fitted"].items():
        head, star, tail = pattern.partition("*")
        names = [""]
        if star:
            members = at_path(tree, head.rstrip("."))
            names = [one["name"] for one in members] if isinstance(members, list) else list(members)
        for path in (f"{head}{name}{tail}" for name in names):
            if at_path(tree, path):
                low, high = width.get("low", 0.0), width.get("high", math.inf)
                found.append(Prior(path, pattern, width["width"], width.get("shared", 0.0), low, high))
    return found


class _Problem:
    """Rows, their runs, and the unknowns that move them: own factors, shared ones, factors of the sources."""

    def __init__(
        self, rows: Sequence[Row], machines: Callable[[str], Machine], document: Mapping[str, Any], without: str | None
    ) -> None:
        self.tree: Mapping[str, Any] = document["constants"]
        self.priors = priors_of(document)
        self.rows = [row for row in rows if row["source"] != without]
        # Many rows repeat a run, with another release or option that the columns do not hold: it is computed once.
        alike = [tuple(value for name, value in row.items() if name not in _NOT_OF_THE_RUN) for row in self.rows]
        first = {key: i for i, key in reversed(list(enumerate(alike)))}
        self.runs: dict[int, Run] = {i: run_from_row(self.rows[i], machines) for i in sorted(first.values())}
        self.run_of = np.array([first[key] for key in alike])
        calibration = time_calibration_from_dict(self.tree)
        runs = [self.runs[i] for i in self.run_of]
        self.measured = np.log(
            [measured_step_seconds(row, run, calibration) for row, run in zip(self.rows, runs, strict=True)]
        )
        self.classes = np.array([calibration.class_of(run.recipe, run.machine) for run in runs])
        self.families = np.array([calibration.device_speed(run.machine).name for run in runs])
        self.members = [self._members_of(prior.path) for prior in self.priors]
        self.names = sorted({row["source"] for row in self.rows})
        self.source = np.array([self.names.index(row["source"]) for row in self.rows])
        counts = np.bincount(self.source, minlength=len(self.names))
        # A source of many alike rows counts as the root of their number, against one of ordinary size.
        self.weight = np.sqrt(np.median(counts) / counts)[self.source]
        self.before = np.array([scalar_of(at_path(self.tree, prior.path)) for prior in self.priors])
        self.bounds = np.array([(prior.low, prior.high) for prior in self.priors])
        kin = sorted({prior.kin for prior in self.priors if prior.shared})
        self.shared = {name: len(self.priors) + i for i, name in enumerate(kin)}
        self.first_source = len(self.priors) + len(kin)
        widths = {prior.kin: prior.shared for prior in self.priors if prior.shared}
        own = [prior.width for prior in self.priors]
        self.widths = np.array([*own, *(widths[name] for name in kin), *[SOURCE_WIDTH] * len(self.names)])
        self.unknowns = [*(prior.path for prior in self.priors), *(f"all {name}" for name in kin), *self.names]

    def values(self, x: Array) -> Array:
        """The constants at x."""
        moved = x[: len(self.priors)].copy()
        for i, prior in enumerate(self.priors):
            if prior.shared:
                moved[i] += x[self.shared[prior.kin]]
        found: Array = np.clip(self.before * np.exp(moved), self.bounds[:, 0], self.bounds[:, 1])
        return found

    def calibration(self, x: Array) -> TimeCalibration:
        """The calibration at x."""
        values = {prior.path: float(value) for prior, value in zip(self.priors, self.values(x), strict=True)}
        return time_calibration_from_dict(with_constants(self.tree, values))

    def logs(self, x: Array, only: Indices | None = None) -> Array:
        """ln of estimated step seconds over measured ones, of all rows or some."""
        calibration = self.calibration(x)
        asked = self.run_of if only is None else self.run_of[only]
        seconds = {i: math.log(step_of(self.runs[i], calibration).seconds) for i in set(asked.tolist())}
        measured = self.measured if only is None else self.measured[only]
        return np.array([seconds[i] for i in asked.tolist()]) - measured

    def _members_of(self, path: str) -> Indices:
        """The rows that a constant may move: those of its framework class or device family, else all."""
        group, name = path.split(".")[:2] if "." in path else (path, "")
        of = {"frameworks": self.classes, "devices": self.families}.get(group)
        return np.arange(len(self.rows)) if of is None else np.flatnonzero(of == name)

    def residuals(self, x: Array, logs: Array) -> Array:
        """What remains when each source's factor is taken out."""
        of_source: Array = x[self.first_source :][self.source]
        return logs + of_source

    def cost(self, x: Array, logs: Array) -> float:
        """Minus the logarithm of the posterior, up to a constant."""
        rows = (_FREEDOM + 1) / 2 * np.log1p((self.residuals(x, logs) / ROW_WIDTH) ** 2 / _FREEDOM)
        return float((self.weight * rows).sum() + ((x / self.widths) ** 2).sum() / 2)

    def differentiate(self, x: Array, logs: Array, jacobian: Array) -> None:
        """Fill in how each row answers to each constant."""
        for i, only in enumerate(self.members):
            if len(only):
                moved = x.copy()
                moved[i] += _DIFFERENCE
                jacobian[only, i] = (self.logs(moved, only) - logs[only]) / _DIFFERENCE
        for kin, column in self.shared.items():
            jacobian[:, column] = sum(jacobian[:, i] for i, prior in enumerate(self.priors) if prior.kin == kin)


def fit(
    rows: Sequence[Row],
    machines: Callable[[str], Machine],
    document: Mapping[str, Any],
    *,
    without: str | None = None,
    start: Fit | None = None,
) -> Fit:
    """The constants that rows and priors agree on, as if the source `without` had never been read.

    The search starts where `start` ended, which saves rounds and does not decide where it ends.
    """
    problem = _Problem(rows, machines, document, without)
    widths = problem.widths
    begun = start.unknowns if start is not None else {}
    x = np.array([begun.get(name, 0.0) for name in problem.unknowns])
    logs = problem.logs(x)
    jacobian = np.zeros((len(problem.rows), len(widths)))
    jacobian[np.arange(len(problem.rows)), problem.first_source + problem.source] = 1.0
    normal = np.diag(widths**-2.0)
    cost = problem.cost(x, logs)
    for _ in range(_ROUNDS):
        problem.differentiate(x, logs, jacobian)
        residual = problem.residuals(x, logs)
        weight = problem.weight * (_FREEDOM + 1) / (_FREEDOM + (residual / ROW_WIDTH) ** 2) / ROW_WIDTH**2
        normal = (jacobian * weight[:, None]).T @ jacobian + np.diag(widths**-2.0)
        move = -np.linalg.solve(normal, jacobian.T @ (weight * residual) + x / widths**2)
        move = np.clip(move, -_LARGEST_MOVE, _LARGEST_MOVE)
        before = cost
        for shrink in (1.0, 0.5, 0.2, 0.05):
            trial = problem.logs(x + shrink * move)
            if (now := problem.cost(x + shrink * move, trial)) < cost:
                x, logs, cost = x + shrink * move, trial, now
                break
        if before - cost < _ENOUGH * before:
            break
    return _fit_of(problem, x, np.asarray(np.linalg.inv(normal), dtype=np.float64), jacobian)


def _fit_of(problem: _Problem, x: Array, covariance: Array, jacobian: Array) -> Fit:
    """The fit as records, values rounded to three digits."""
    constants = {}
    for i, (prior, value) in enumerate(zip(problem.priors, problem.values(x), strict=True)):
        variance = covariance[i, i]
        if prior.shared:
            j = problem.shared[prior.kin]
            variance += covariance[j, j] + 2 * covariance[i, j]
        rows = Counter(problem.names[problem.source[row]] for row in np.flatnonzero(np.abs(jacobian[:, i]) > _SPEAKS))
        width = round(math.sqrt(variance), 3)
        constants[prior.path] = Constant(float(problem.before[i]), _rounded(value), width, dict(sorted(rows.items())))
    factors = x[problem.first_source :]
    sources = {name: _rounded(math.exp(-at)) for name, at in zip(problem.names, factors, strict=True)}
    return Fit(constants, sources, dict(zip(problem.unknowns, (float(at) for at in x), strict=True)))


def _rounded(value: float) -> float:
    """A number to three digits."""
    return float(f"{value:.3g}")
