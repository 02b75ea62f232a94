"""Two judgements side by side, and a plan with some of its values changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from advisor.estimates.run import Range
from advisor.findings import Finding
from advisor.pipeline import Judgement
from advisor.plan.read import LIMITS, PlanFile, data_path, plan_values, read_plan, write_plan
from advisor.plan.source import Problem, Unreadable, dotted, scan_document, shown
from advisor.records import dataclass

if TYPE_CHECKING:
    from datetime import date

    from advisor.pipeline import Advisor


@dataclass(frozen=True)
class Figure:
    """A figure of a plan by its key in the JSON result, with its unit as `advisor.words.figures` knows units."""

    key: str
    unit: str
    value: Range | float | str | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is different between two judgements: findings by rule, and the figures that moved."""

    before: Judgement
    after: Judgement

    @property
    def gone(self) -> tuple[Finding, ...]:
        """Open findings that are open no more."""
        ids = {finding.rule.id for finding in self.after.findings}
        return tuple(finding for finding in self.before.findings if finding.rule.id not in ids)

    @property
    def new(self) -> tuple[Finding, ...]:
        """Open findings that were not open before."""
        ids = {finding.rule.id for finding in self.before.findings}
        return tuple(finding for finding in self.after.findings if finding.rule.id not in ids)

    @property
    def kept(self) -> tuple[Finding, ...]:
        """Open findings of both, as the second has them."""
        ids = {finding.rule.id for finding in self.before.findings}
        return tuple(finding for finding in self.after.findings if finding.rule.id in ids)

    @property
    def moved(self) -> tuple[tuple[Figure, Figure], ...]:
        """Figures whose value differs, before and after."""
        pairs = zip(figures_of(self.before), figures_of(self.after), strict=True)
        return tuple((before, after) for before, after in pairs if before.value != after.value)


def figures_of(judgement: Judgement) -> tuple[Figure, ...]:
    """The figures that plans are compared by, always the same ones in the same order; None where there is none."""
    memory, serving = judgement.estimates.memory, judgement.estimates.serving
    time, cost = judgement.estimates.time, judgement.estimates.cost
    return (
        Figure("memory.per_device_gib", "GiB", memory.per_device if memory else None),
        Figure("memory.usable_gib", "GiB", memory.usable_gib if memory else None),
        Figure("memory.fits", "", memory.fits if memory else None),
        Figure("memory.host_gib_per_node", "GiB", memory.host_gib_per_node if memory else None),
        Figure("memory.checkpoint_gib", "GiB", memory.checkpoint_gib if memory else None),
        Figure("serving.per_device_gib", "GiB", serving.per_device if serving else None),
        Figure("serving.devices_needed", "devices", serving.devices_needed if serving else None),
        Figure("serving.tokens_per_second", "tokens/s", serving.tokens_per_second if serving else None),
        Figure("time.tokens", "tokens", time.tokens if time else None),
        Figure("time.mfu", "share", time.mfu if time else None),
        Figure("time.device_hours", "device-hours", time.device_hours if time else None),
        Figure("time.days", "days", time.days if time else None),
        Figure("time.calendar_days", "days", time.calendar_days if time else None),
        Figure("cost.compute", "money", cost.compute if cost else None),
        Figure("cost.project", "money", cost.project if cost else None),
    )


def compare_changed(
    advisor: Advisor, file: PlanFile, texts: Sequence[str], today: date
) -> tuple[Comparison, dict[str, Any]]:
    """A plan against itself with each `path=value` of `texts` in it; also the changed values by path.

    `path=null` takes a value out. Raises Unreadable with every problem of the changes; their file is the change itself.
    """
    changes, problems = _read_changes(texts)
    before = advisor.judge(file, today)
    after: Judgement | None = None
    tried = dict(changes)
    while after is None:
        try:
            after = advisor.judge(_with(file, tried), today)
        except Unreadable as error:
            # The rest is judged without what cannot be read, so that unknown names are told at once with wrong types.
            found = [_of_change(problem, changes) for problem in error.problems]
            problems += found
            named = {path for problem in found if (path := _change_at(problem.path, tried)) is not None}
            if not named:
                break
            tried = {path: value for path, value in tried.items() if path not in named}
    if problems or after is None:
        raise Unreadable(list(dict.fromkeys(problems)))
    return Comparison(before, after), changes


def _read_changes(texts: Sequence[str]) -> tuple[dict[str, Any], list[Problem]]:
    from advisor.plan.values import Text  # noqa: PLC0415 - the form of fields, only for changes
    from advisor.questionnaire.places import leaf_of  # noqa: PLC0415

    changes: dict[str, Any] = {}
    problems: list[Problem] = []
    for text in texts:
        path, sign, written = text.partition("=")
        path = path.strip()
        if not sign or not path or dotted(data_path(path)) != path:
            problems.append(Problem(shown(text), 1, 1, "", "why.change-form", {}))
            continue
        try:
            document, wrong = scan_document(written.encode("utf-8", "replace"), shown(text), LIMITS)
            value = document.data
        except Unreadable as error:
            wrong, value = list(error.problems), None
        # Text is taken as it stands: a colon or a number sign in a title means nothing.
        if isinstance(leaf_of(path), Text) and (wrong or not isinstance(value, (str, type(None)))):
            wrong, value = [], written.strip()
        problems += wrong
        if not wrong:
            changes[path] = value
    return changes, problems


def _with(file: PlanFile, changes: dict[str, Any]) -> PlanFile:
    """The plan with changed values, under the same name. Raises Unreadable."""
    from advisor.questionnaire.places import NoPlaceError, put, remove  # noqa: PLC0415 - only for changes

    values = plan_values(file)
    problems = []
    for path, value in changes.items():
        if value is None:
            remove(values, path)
            continue
        try:
            put(values, path, value)
        except NoPlaceError:
            problems.append(Problem(file.name, 1, 1, path, "why.change-place", {}))
    if problems:
        raise Unreadable(problems)
    return read_plan(write_plan(values).encode(), file.name)


def _change_at(path: str, changes: dict[str, Any]) -> str | None:
    """The change that a problem's path lies in, or above it where a whole section is wrong."""
    for change in changes:
        if path == change or path.startswith((f"{change}.", f"{change}[")):
            return change
    return next((change for change in changes if change.startswith((f"{path}.", f"{path}["))), None)


def _of_change(problem: Problem, changes: dict[str, Any]) -> Problem:
    # Lines of the rewritten plan mean nothing to whoever changed it.
    change = _change_at(problem.path, changes)
    name = f"{change}={shown(changes[change])}" if change is not None else problem.file
    return Problem(name, 1, 1, problem.path, problem.key, problem.values)


def change_lines(changes: dict[str, Any], file: PlanFile) -> Iterator[tuple[str, object, object]]:
    """Each changed path with what the plan stated before (None: nothing) and what it states now."""
    from advisor.questionnaire.places import value_at  # noqa: PLC0415 - only for changes

    values = plan_values(file)
    for path, value in changes.items():
        yield path, value_at(values, path), value
