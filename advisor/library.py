"""The library: `advisor.check(plan)` gives what the command gives, typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor import __version__, facts
from advisor.cache import Kept, cached, data_files, fingerprint
from advisor.entries.base import load_knowledge
from advisor.findings import Finding, Judged, Verdict
from advisor.pipeline import Advisor, Estimates, Judgement
from advisor.plan.read import PlanFile, load_plan, read_plan, write_plan
from advisor.report.contract import as_json
from advisor.ruling.engine import prepare
from advisor.ruling.format import RulePage, RuleSet, page_from_json, page_to_json, ruleset_from_json, ruleset_to_json
from advisor.words import Language

if TYPE_CHECKING:
    from advisor.options.offer import Options
    from advisor.report.model import Audience, ReportModel


class Report:
    """What the advisor says of one plan: the judgement, and its forms."""

    def __init__(self, judgement: Judgement, advisor: Advisor | None = None) -> None:
        self.judgement = judgement
        self._advisor = advisor

    @cached_property
    def options(self) -> Options:
        """The plans that would work instead, each judged like any other; searched for when first asked for."""
        from advisor.options.search import find_options  # noqa: PLC0415 - seconds of work that a check need not do

        return find_options(self._advisor or load_advisor(), self.judgement)

    @property
    def verdict(self) -> Verdict:
        """`no-go`, `caution` or `go`."""
        return self.judgement.verdict

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Open findings, worst first."""
        return self.judgement.findings

    @property
    def acceptances(self) -> tuple[Judged, ...]:
        """What the plan accepts, and whether that holds."""
        return self.judgement.acceptances

    @property
    def estimates(self) -> Estimates:
        """Memory, serving, time and cost."""
        return self.judgement.estimates

    def to_dict(self, lang: Language = "en", *, options: bool = False) -> dict[str, Any]:
        """The JSON form of `advisor check --format json`; with `options` also the plans that would work."""
        if not options:
            return as_json(self.judgement, lang)
        from advisor.options.render import option_as_json  # noqa: PLC0415 - as above

        return as_json(self.judgement, lang, [option_as_json(option, lang) for option in self.options.options])

    def to_model(
        self, lang: Language = "en", *, options: bool = True, audience: Audience = "leadership"
    ) -> ReportModel:
        """What every form of the report shows, as records; with the plans that would work unless `options` is false."""
        from advisor.report.model import report_model  # noqa: PLC0415 - only when a report is wanted

        return report_model(self.judgement, lang, self.options if options else None, audience)

    def to_markdown(self, lang: Language = "en", *, options: bool = True, audience: Audience = "leadership") -> str:
        """The recommendation report, with the plans that would work unless `options` is false."""
        from advisor.report.markdown import render_model  # noqa: PLC0415 - Jinja2 only when a report is wanted

        return render_model(self.to_model(lang, options=options, audience=audience))

    def to_text(self, lang: Language = "en") -> str:
        """The result as a terminal shows it."""
        from advisor.report.text import render  # noqa: PLC0415

        return render(self.judgement, lang)


@lru_cache(maxsize=4)
def _loaded(overlays: tuple[Path, ...], knowledge: tuple[Path, ...]) -> Mapping[str, Any]:
    """The rule set (`rules`), what the engine makes of it (`engine`) and the pages (`page/…`) as JSON values.

    Raises Unreadable with every error of every file.
    """
    import advisor.rules as built_in  # noqa: PLC0415 - a folder of data

    folders = (Path(next(iter(built_in.__path__))), *overlays)
    vocabulary = sorted(str(file) for file in Path(facts.__file__).parent.glob("*.py"))

    def build() -> Mapping[str, Any]:
        from advisor.ruling.load import load_rules_and_pages  # noqa: PLC0415 - only when the cache is cold

        sources = frozenset(load_knowledge(knowledge).ids("sources"))
        loaded = load_rules_and_pages(folders, facts.specifications(), sources)
        return {
            "rules": ruleset_to_json(loaded.ruleset),
            "engine": prepare(loaded.ruleset),
            "pages": list(loaded.pages),
            **{f"page/{name}": page_to_json(page) for name, page in loaded.pages.items()},
        }

    def use(parts: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"rules": ruleset_from_json(parts["rules"]), "engine": parts["engine"],
                "pages": Kept(parts["pages"], lambda name: page_from_json(parts[f"page/{name}"]))}  # fmt: skip

    key = fingerprint([*data_files((*folders, *knowledge)), *vocabulary], __version__, repr(knowledge))
    return cached("rules", key, build, use)


def load_ruleset(overlays: tuple[Path, ...] = (), knowledge: tuple[Path, ...] = ()) -> RuleSet:
    """The built-in rules and the user's beside them. Raises Unreadable with every error of every file."""
    ruleset: RuleSet = _loaded(overlays, knowledge)["rules"]
    return ruleset


def load_pages(overlays: tuple[Path, ...] = (), knowledge: tuple[Path, ...] = ()) -> Mapping[str, RulePage]:
    """The page of every rule. Raises Unreadable with every error of every file."""
    pages: Mapping[str, RulePage] = _loaded(overlays, knowledge)["pages"]
    return pages


@lru_cache(maxsize=4)
def load_advisor(knowledge: tuple[Path, ...] = (), rules: tuple[Path, ...] = ()) -> Advisor:
    """Knowledge and rules, the user's folders over the built-in ones, ready for any number of plans."""
    kept = _loaded(rules, knowledge)
    return Advisor(load_knowledge(knowledge), kept["rules"], kept["engine"])


def check(
    plan: str | Path | bytes | Mapping[str, Any] | PlanFile,
    *,
    today: date | None = None,
    knowledge: Sequence[Path] = (),
    rules: Sequence[Path] = (),
) -> Report:
    """Check one plan: a path, the bytes of a file, the plan's values as a mapping, or a plan already read.

    Without `today` the day of the machine is taken. Raises Unreadable with every problem of a plan that cannot be read.
    """
    if isinstance(plan, Mapping):
        file = read_plan(write_plan(dict(plan)).encode(), "<mapping>")
    elif isinstance(plan, bytes):
        file = read_plan(plan, "<bytes>")
    elif isinstance(plan, PlanFile):
        file = plan
    else:
        file = load_plan(Path(plan))
    day = today or date.today()  # noqa: DTZ011 - the user's own day is meant
    advisor = load_advisor(tuple(knowledge), tuple(rules))
    return Report(advisor.judge(file, day), advisor)
