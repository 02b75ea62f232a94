"""What a user's own settings do to the judgement of a plan: severities, findings left out, accepted or known before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.baseline import Baseline, mark_of, plan_key
from advisor.findings import Finding, Judged, judge_acceptance, rule_id
from advisor.plan.model import Acceptance
from advisor.plan.read import PlanFile
from advisor.plan.source import Path as DataPath
from advisor.plan.source import Position, Problem, Unreadable, shown
from advisor.plan.units import nearest as nearest_words
from advisor.profiles import DEFAULT, ProfileName, shows
from advisor.records import dataclass
from advisor.ruling.format import TOPICS, Rule, RuleSet, Severity
from advisor.ruling.vocabulary import nearest
from advisor.words import Words

if TYPE_CHECKING:
    from advisor.config import Config


@dataclass(frozen=True)
class AcceptRow:
    """An acceptance of the configuration with the place where it stands."""

    acceptance: Acceptance
    plans: tuple[str, ...]
    file: str
    position: Position


@dataclass(frozen=True)
class Policy:
    """Settings of a run that every plan is judged under; the default changes nothing.

    With `alone` an acceptance of the configuration is told of every plan that it may be meant for, even where it does
    nothing; otherwise only of plans with such a finding, because a file for ten plans must not say so nine times.
    """

    profile: ProfileName = DEFAULT
    select: frozenset[str] = frozenset()  # rule ids; empty: all
    ignore: frozenset[str] = frozenset()  # rule ids
    severity: tuple[tuple[str, Severity], ...] = ()
    accept: tuple[AcceptRow, ...] = ()
    folder: Path | None = None  # what the globs of `accept` are relative to
    baseline: Baseline | None = None
    alone: bool = True

    def ruleset(self, ruleset: RuleSet) -> RuleSet:
        """The rules with the severities of this policy."""
        if not self.severity:
            return ruleset
        changed = {name: replace(ruleset.rules[name], severity=severity) for name, severity in self.severity}
        return replace(ruleset, rules={**ruleset.rules, **changed})

    def shows(self, rule: Rule) -> bool:
        """Tell whether findings of a rule are wanted."""
        wanted = rule.id not in self.ignore and (not self.select or rule.id in self.select)
        return wanted and shows(self.profile, rule)

    def split(self, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """The findings that are wanted, and the others; one that followed from another stands alone without it."""
        left_out = {finding.rule.id for finding in findings if not self.shows(finding.rule)}
        if not left_out:
            return tuple(findings), ()
        kept = tuple(
            replace(finding, under=None) if finding.under in left_out else finding
            for finding in findings
            if finding.rule.id not in left_out
        )
        return kept, tuple(finding for finding in findings if finding.rule.id in left_out)

    def judge_accepted(
        self, findings: Sequence[Finding], file: PlanFile, known: Mapping[str, Rule], today: date
    ) -> tuple[tuple[Finding, ...], tuple[Judged, ...]]:
        """The findings that neither the configuration nor the baseline covers, and what each of the two says."""
        left = {finding.rule.id: finding for finding in findings}
        judged: list[Judged] = []
        for row in self.accept:
            if not self._is_meant(row, file.name):
                continue
            finding = left.get(rule_id(row.acceptance.id, known) or "")
            if finding is None and not self.alone and not row.plans:
                continue
            state = judge_acceptance(row.acceptance, finding, known, today)
            covered = left.pop(finding.rule.id) if state == "accepted" and finding is not None else None
            judged.append(Judged(row.acceptance, state, row.position, covered, row.file))
        judged += self._judge_baseline(left, file)
        return tuple(finding for finding in findings if finding.rule.id in left), tuple(judged)

    def _is_meant(self, row: AcceptRow, plan: str) -> bool:
        if not row.plans or self.folder is None:
            return True
        name = plan_key(plan, self.folder)
        return any(fnmatchcase(name, pattern) for pattern in row.plans)

    def _judge_baseline(self, left: dict[str, Finding], file: PlanFile) -> list[Judged]:
        """Take known findings out of `left`; entries that match none any more are told."""
        if self.baseline is None:
            return []
        marks = self.baseline.of(file.name)
        origin = self.baseline.name
        judged = []
        for finding in [it for it in left.values() if mark_of(it) in marks]:
            del left[finding.rule.id]
            place = Position(finding.at.line, finding.at.column)
            judged.append(Judged(Acceptance(id=finding.rule.id), "baseline", place, finding, origin))
        gone = marks - {mark_of(row.finding) for row in judged if row.finding is not None}
        return judged + [
            Judged(Acceptance(id=rule), "stale-baseline", file.position(at), None, origin) for rule, at in sorted(gone)
        ]


def policy_of(
    ruleset: RuleSet,
    config: Config | None,
    *,
    profile: ProfileName | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    baseline: Baseline | None = None,
    alone: bool = True,
) -> Policy:
    """The policy that the command line (`select`, `ignore`, …) and the configuration ask for, the former first.

    Raises Unreadable with every name in the configuration that no rule has.
    """
    table = config.table if config else None
    problems: list[Problem] = []

    def find(names: Sequence[str], given: Sequence[str], field: str) -> frozenset[str]:
        found: set[str] = set()
        for index, name in enumerate(given or names):
            ids = rules_named(ruleset, name)
            if not ids and not given and config:
                problems.append(_no_rule(ruleset, name, config, (field, index)))
            found |= ids
        return frozenset(found)

    selected = find(table.select if table else (), select, "select")
    ignored = find(table.ignore if table else (), ignore, "ignore")
    severities: dict[str, Severity] = {}
    for name, severity in (table.severity if table else {}).items():
        ids = rules_named(ruleset, name, topics=False)
        if not ids and config:
            problems.append(_no_rule(ruleset, name, config, ("severity", name)))
        severities |= dict.fromkeys(sorted(ids), severity)
    if problems:
        raise Unreadable(problems)
    return Policy(
        profile or (table.profile if table else None) or DEFAULT,
        selected,
        ignored,
        tuple(severities.items()),
        config.acceptances if config else (),
        config.folder if config else None,
        baseline,
        alone,
    )


def rules_named(ruleset: RuleSet, name: str, *, topics: bool = True) -> frozenset[str]:
    """The ids of the rules that an id, a name or a topic means; empty where none is called so."""
    wanted = name.strip().lower()
    return frozenset(
        rule.id
        for rule in ruleset.rules.values()
        if wanted in {rule.id.lower(), rule.name} or (topics and wanted == rule.topic)
    )


def unknown_names(ruleset: RuleSet, names: Sequence[str]) -> list[tuple[str, Words]]:
    """The names that no rule and no topic has, each with the words that offer the nearest."""
    return [(shown(name), _near(ruleset, name)) for name in names if not rules_named(ruleset, name)]


def _near(ruleset: RuleSet, name: str) -> Words:
    everything = [*ruleset.rules, *(rule.name for rule in ruleset.rules.values()), *TOPICS]
    return nearest_words(nearest(name, everything) or nearest(name.upper(), everything))


def _no_rule(ruleset: RuleSet, name: str, config: Config, path: DataPath) -> Problem:
    return config.problem(path, "no-rule", value=shown(name), nearest=_near(ruleset, name))
