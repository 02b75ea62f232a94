"""Profiles: which findings a project wants to hear of, from the first idea to the review board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, get_args

from advisor.records import dataclass
from advisor.ruling.format import TOPICS, Confidence, Rule, Severity, Topic

ProfileName = Literal["idea", "pilot", "production", "for-review"]
PROFILE_NAMES: Final[tuple[ProfileName, ...]] = get_args(ProfileName)
DEFAULT: Final[ProfileName] = "production"

_EVERY: Final[tuple[Confidence, ...]] = ("high", "medium", "low")
_SURE: Final[tuple[Confidence, ...]] = ("high", "medium")
_FEASIBILITY: Final[tuple[Topic, ...]] = (
    "memory", "numerics", "software", "hardware", "interconnect", "parallelism", "time", "cost", "method", "data",
    "licence", "compliance", "team",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """Findings that a profile shows: those of these severities, topics and confidences."""

    severities: tuple[Severity, ...]
    confidences: tuple[Confidence, ...] = _EVERY
    topics: tuple[Topic, ...] = TOPICS

    def covers(self, rule: Rule) -> bool:
        """Tell whether a rule's findings are among them."""
        return rule.severity in self.severities and rule.confidence in self.confidences and rule.topic in self.topics


@dataclass(frozen=True, slots=True)
class Profile:
    """A stage of a project: what it shows beyond the profile that it extends, and when a check fails."""

    name: ProfileName
    extends: ProfileName | None
    shows: tuple[Shown, ...]
    fail_on: str = "blocker"


PROFILES: Final[Mapping[ProfileName, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("idea", None, (Shown(("blocker",)), Shown(("high",), _SURE, _FEASIBILITY))),
        Profile("pilot", "idea", (Shown(("high",)), Shown(("medium",), _SURE))),
        Profile("production", "pilot", (Shown(("medium", "low", "info")),)),
        Profile("for-review", "production", (), "high"),
    )
}


def line_of(name: ProfileName) -> Iterator[Profile]:
    """A profile and all that it extends, itself first."""
    following: ProfileName | None = name
    while following is not None:
        profile = PROFILES[following]
        yield profile
        following = profile.extends


def shows(name: ProfileName, rule: Rule) -> bool:
    """Tell whether a profile, or one that it extends, shows the findings of a rule."""
    return any(clause.covers(rule) for profile in line_of(name) for clause in profile.shows)
