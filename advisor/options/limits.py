"""What a plan demands: the constraints that an option keeps, or gives up by name."""

from __future__ import annotations

from typing import Literal

from advisor.entries.schema import Stage
from advisor.records import dataclass
from advisor.resolve import PRIVATE_KINDS, Case

Way = Literal["retrieval", "lora", "qlora", "full", "continued", "pretraining", "preference", "preference-lora", "rl",
              "rl-lora"]  # fmt: skip
"""How the wish is met: a model as it is with retrieval, adapters, all parameters, continued pre-training; preferences
and reinforcement learning, on all parameters or on adapters."""

ADAPTERS: frozenset[Way] = frozenset({"lora", "qlora", "preference-lora", "rl-lora"})
"""Ways that train adapters on a frozen base."""
SELECTED: frozenset[Way] = frozenset({"lora", "qlora"})
"""Ways that learn from a selection of the data: what adapters can take in of examples."""
WHOLE: frozenset[Way] = frozenset({"full", "continued", "pretraining", "preference", "rl"})
"""Ways that train all parameters."""
GIVEN_UP = ("domestic-hardware", "domestic-model", "on-premises", "use", "team", "deadline", "budget")
"""What an option may give up, in the order in which titles name it."""

_GOALS: dict[str, tuple[Way, ...]] = {
    "api-knowledge": ("retrieval", "lora", "qlora", "continued"),
    "style": ("lora", "qlora", "retrieval"),
    "task": ("lora", "qlora", "retrieval", "full"),
    "general": ("retrieval", "lora", "full", "continued"),
    "unknown": ("retrieval", "lora", "qlora", "full", "continued"),
}
_BEYOND: dict[Way, tuple[Way, ...]] = {
    "preference": ("preference-lora", "preference", "retrieval"),
    "preference-lora": ("preference-lora", "preference", "retrieval"),
    "rl": ("rl-lora", "rl", "retrieval"),
    "rl-lora": ("rl-lora", "rl", "retrieval"),
}
"""Ways of plans whose data, pairs or tasks without answers, serve no other method."""
_RUNNING = {"text", "code", "private-text", "private-code"}
"""Kinds of data that are no examples of questions and answers."""
_METHODS: dict[str, Way] = {
    "none": "retrieval", "lora": "lora", "qlora": "qlora", "full-finetuning": "full", "pretraining": "pretraining",
    "continued-pretraining": "continued", "preference": "preference", "rl": "rl",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """The demands of a plan. Money in the plan's currency, time in days; None where the plan demands nothing."""

    budget: float | None
    currency: str
    deadline: float | None
    engineers: float | None
    experience: str | None
    requirements: frozenset[str]
    sensitivity: str | None
    environment: str | None
    use: Stage
    regions: tuple[str, ...]
    in_china: bool
    goal: str
    code: bool
    private: bool
    specific: bool  # the data teaches something of its own: private, instructions, chats; not public text alone
    examples: bool  # there are questions with answers among it, not running text or code alone
    method: Way | None  # the plan's own

    @property
    def may_rent(self) -> bool:
        """Tell whether any rented machine can be considered, giving up on-premises where that is demanded."""
        return "air-gapped" not in self.requirements and self.sensitivity != "secret"

    @property
    def home(self) -> str:
        """The region whose prices count first."""
        return "CN" if self.in_china else "US" if self.currency == "USD" else "EU"

    def ways(self) -> tuple[Way, ...]:
        """The methods that the goal asks for, in the order in which they should be tried; the plan's own is one."""
        if self.method in _BEYOND:
            return _BEYOND[self.method]
        wanted = tuple(
            way
            for way in _GOALS[self.goal]
            if (self.specific or way in {"retrieval", "continued"}) and (self.examples or way != "full")
        )
        return wanted if self.method is None or self.method in wanted else (*wanted, self.method)


def limits_of(case: Case) -> Limits:
    """The demands of a resolved plan; code is meant where code is among the data, or in the model's kind."""
    project = case.plan.project
    requirements = frozenset(project.requirements or ()) if project else frozenset()
    regions = tuple(region.upper() for region in (project.regions or ())) if project else ()
    currency = project.budget.currency if project and project.budget else "CNY"
    kinds = {row.entry.kind for row in case.data}
    coded = sum(row.tokens or 0.0 for row in case.data if row.entry.kind == "code")
    about_code = "private-code" in kinds or coded > 0.5 * sum(row.tokens or 0.0 for row in case.data)
    if case.data and not about_code and case.model is not None and kinds <= {"instructions", "chat", "other", None}:
        about_code = case.model.kind in {"code", "code-instruct"}
    if not case.data and case.model is not None:
        about_code = case.model.kind in {"code", "code-instruct"}
    team = project.team if project else None
    return Limits(
        budget=project.budget.amount if project and project.budget else None,
        currency=currency,
        deadline=project.deadline if project else None,
        engineers=team.engineers if team else None,
        experience=team.experience if team else None,
        requirements=frozenset(str(item) for item in requirements),
        sensitivity=project.sensitivity if project else None,
        environment=project.environment if project else None,
        use=(project.use if project else None) or "internal",
        regions=regions,
        in_china="CN" in regions or (not regions and currency == "CNY"),
        goal=(project.goal if project else None) or "unknown",
        code=about_code,
        private=any(row.entry.kind in PRIVATE_KINDS for row in case.data),
        specific=not case.data or bool(kinds - {"text", "code"}),
        examples=not case.data or bool(kinds - _RUNNING),
        method=_method(case),
    )


def _method(case: Case) -> Way | None:
    """The way that a plan itself takes; with adapters it is that of the adapters."""
    way = _METHODS.get(case.plan.training.method)
    if not case.run.recipe.adapters:
        return way
    changed: dict[Way, Way] = {"preference": "preference-lora", "rl": "rl-lora", "continued": "lora"}
    return changed.get(way, way) if way is not None else None
