"""The scores as a page of Markdown, which `advisor backtest` prints and `docs/accuracy.md` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from advisor.report.accuracy import Accuracy, Axis, Line, Point, Rival, worst
from advisor.report.rivals import PEERS
from advisor.words import Language, say
from advisor.words.figures import significant


def render(found: Accuracy, lang: Language, picture: str | None = None) -> str:
    """The scores as a page, ending in a line break. `picture` is the address of the picture to show."""
    page = _Page(found, lang)
    return (
        "\n".join([*page.head(picture), *page.memory(), *page.time(), *page.hours(), *page.serving(), *page.end()])
        + "\n"
    )


_SERVING_AXES: tuple[Axis, ...] = ("device", "source")


class _Page:
    def __init__(self, found: Accuracy, lang: Language) -> None:
        self.found, self.lang = found, lang

    def _t(self, key: str, **values: Any) -> str:
        return say(self.lang, f"accuracy.{key}", **values)

    def head(self, picture: str | None) -> list[str]:
        lines = [f"# {self._t('title')}", "", self._t("intro"), ""]
        if picture is not None:
            lines += [f"![{self._t('picture-title')}]({picture})", ""]
        return lines

    def memory(self) -> list[str]:
        found = self.found
        page = [f"## {self._t('memory')}", "", self._t("memory-intro"), ""]
        page += self._table(found.memory, ("all", "method"), "mean")
        page += [self._t("within-ten", share=f"{found.memory_within_ten:.0%}"), ""]
        page += [self._t("verdicts", caught=found.out_of_memory_called, failed=found.out_of_memory,
                         wrong=found.fitted_called_no, fitted=found.fitted), ""]  # fmt: skip
        page += [f"### {self._t('said')}", "", self._t("said-intro"), "", *self._said()]
        page += [f"### {self._t('chances')}", "", self._t("chances-intro"), "", *self._chances()]
        page += [f"### {self._t('rivals')}", "", self._t("rivals-memory"), "", *self._peers()]
        page += self._rivals([line for line in found.memory if line.axis == "method"], found.memory_rivals)
        for axis in ("framework", "device", "source"):
            page += [f"### {self._t(f'by-{axis}')}", "", *self._table(found.memory, (axis,), "mean")]
        return page + self._worst(found.memory_points, "gib")

    def time(self) -> list[str]:
        found = self.found
        page = [f"## {self._t('time')}", "", self._t("time-intro"), ""]
        page += self._table(found.time, ("all", "kind"), "median")
        page += [f"### {self._t('rivals')}", "", self._t("rivals-time"), ""]
        page += self._rivals([line for line in found.time if line.axis in ("all", "kind")], found.time_rivals)
        for axis in ("method", "framework", "device", "source"):
            page += [f"### {self._t(f'by-{axis}')}", "", *self._table(found.time, (axis,), "median")]
        return page + self._worst(found.time_points, "rate")

    def hours(self) -> list[str]:
        page = [f"## {self._t('hours')}", "", self._t("hours-intro"), ""]
        return page + self._table(self.found.hours, ("all", "source"), "median")

    def serving(self) -> list[str]:
        page = [f"## {self._t('serving')}", "", self._t("serving-intro"), ""]
        page += self._table(self.found.serving, ("kind",), "median")
        for axis in _SERVING_AXES:
            page += [f"### {self._t(f'by-{axis}')}", "", *self._table(self.found.serving, (axis,), "median")]
        return page

    def end(self) -> list[str]:
        return [f"## {self._t('limits')}", "", self._t("limits-text")]

    def _table(self, lines: Sequence[Line], axes: Sequence[Axis], kind: str) -> list[str]:
        head = [self._t(key) for key in ("group", "runs", f"{kind}-error", "bias", "inside")]
        rows = ["| " + " | ".join(head) + " |", "|---|---:|---:|---:|---:|"]
        rows += [
            f"| {line.group} | {line.runs} | {line.error:.1%} | {line.bias:+.1%} | {line.inside:.0%} |"
            for line in lines
            if line.axis in axes
        ]
        return [*rows, ""]

    def _said(self) -> list[str]:
        named = [replace(line, group=self._t(f"said-{line.group}")) for line in self.found.memory_said]
        return self._table(named, ("said",), "mean")

    def _chances(self) -> list[str]:
        rows = [f"| {self._t('chance')} | {self._t('fitted')} | {self._t('failed')} |", "|---|---:|---:|"]
        rows += [f"| {row.low:.0%}–{row.high:.0%} | {row.fitted} | {row.failed} |" for row in self.found.reliability]
        return [*rows, ""]

    def _peers(self) -> list[str]:
        known = ", ".join(peer.distribution for peer in PEERS)
        if self.found.peers:
            return [self._t("peers-asked", names=", ".join(self.found.peers)), ""]
        return [self._t("peers-none", names=known), ""]

    def _rivals(self, lines: Sequence[Line], rivals: Sequence[Rival]) -> list[str]:
        head = [self._t("group"), self._t("advisor"), *(rival.name.text(self.lang) for rival in rivals)]
        rows = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
        for line in lines:
            cells = [f"{line.error:.1%}"]
            cells += [self._cell(rival.groups, line) for rival in rivals]
            rows.append(f"| {line.group} | " + " | ".join(cells) + " |")
        return [*rows, ""]

    def _cell(self, groups: Mapping[str, tuple[int, float]], line: Line) -> str:
        if line.group not in groups:
            return "–"
        runs, error = groups[line.group]
        return f"{error:.0%}" if runs == line.runs else self._t("of-runs", error=f"{error:.0%}", runs=runs)

    def _worst(self, points: Sequence[Point], unit: str) -> list[str]:
        head = [self._t(key) for key in ("run", "source", f"measured-{unit}", "estimated", "error", "reason")]
        rows = ["| " + " | ".join(head) + " |", "|---|---|---:|---:|---:|---|"]
        for point in worst(points):
            reason = point.reason.text(self.lang) if point.reason else self._t("unknown-reason")
            measured, estimated = significant(point.measured, 3), significant(point.estimated, 3)
            rows.append(
                f"| {point.id}: {point.run} | {point.source} | {measured} | {estimated} | {point.relative:+.0%} | "
                f"{reason} |"
            )
        return [f"### {self._t('worst')}", "", self._t("worst-intro"), "", *rows, ""]
