"""What holds for the options of any plan."""

from __future__ import annotations

from datetime import date

from advisor.library import load_advisor
from advisor.options import Option, Options
from advisor.options.compose import applied
from advisor.plan.read import PlanFile, plan_values, read_plan
from advisor.report.contract import estimates_as_json

TODAY = date(2026, 11, 22)


def every(options: Options) -> list[Option]:
    assert options.complete
    return list(options.options)


def broken_constraints(original: PlanFile, option: Option) -> set[str]:
    """The constraints of a plan that an option's own plan file does not keep; reads the file, not the search."""
    judgement = load_advisor().judge(read_plan(option.text.encode(), "option"), TODAY)
    old, case = original.plan, judgement.case
    new, project = case.plan, old.project
    broken: set[str] = set()
    if project is None or new.project is None:
        return broken
    requirements = set(project.requirements or ())
    tenure = new.hardware.tenure if new.hardware else None
    if "domestic-hardware" in requirements and case.device is not None and case.device.country != "CN":
        broken.add("domestic-hardware")
    if "domestic-model" in requirements and case.model is not None and case.model.country != "CN":
        broken.add("domestic-model")
    if "on-premises" in requirements and tenure == "rent":
        broken.add("on-premises")
    if ("air-gapped" in requirements or project.sensitivity == "secret") and tenure == "rent":
        assert old.hardware is not None
        assert old.hardware.tenure == "rent", "secret or air-gapped work was put on rented machines"
    if project.sensitivity in {"confidential", "secret"}:
        assert new.project.environment not in {"external-api", "shared-cloud"} or (
            new.project.environment == project.environment and tenure != "rent"
        )
    if new.project.use != project.use:
        broken.add("use")
    if new.project.team != project.team:
        broken.add("team")
    days = judgement.schedule.counted
    if new.project.deadline != project.deadline or (project.deadline and days and days.likely > project.deadline):
        broken.add("deadline")
    cost = judgement.estimates.cost
    assert cost is not None
    assert cost.project is not None
    if project.budget is not None:
        assert new.project.budget is not None
        assert judgement.pricing.currency == project.budget.currency
        if cost.project.likely > project.budget.amount or new.project.budget != project.budget:
            broken.add("budget")
    return broken


def check_purchase_and_licence(original: PlanFile, option: Option) -> None:
    """What no option may do at any sacrifice: buy what may not be shipped, use what the licence does not allow."""
    project, case = original.plan.project, option.judgement.case
    hardware, regions = case.plan.hardware, set((project.regions if project else None) or ())
    bought = hardware is not None and hardware.tenure in {"buy-new", "buy-used"} and hardware != original.plan.hardware
    if "CN" in regions and bought and case.device is not None and case.device.country != "CN" and case.device.export:
        assert case.device.export.to_china not in {"licence", "restricted"}
    if case.model is not None:
        assert case.licence is not None
        use = (case.plan.project.use if case.plan.project else None) or "internal"
        assert case.licence.stages[use].status in {"allowed", "conditions"}
        assert not set(case.licence.excluded_territories) & regions


def check_options(file: PlanFile, options: Options) -> None:
    """What holds for the options of any plan."""
    advisor = load_advisor()
    before = plan_values(file)
    seen = set()
    grouped = [bool(option.gives_up) for option in options.options]
    assert grouped == sorted(grouped), "options that give something up come after those that do not"
    for option in every(options):
        again = read_plan(option.text.encode(), "option")
        judged = advisor.judge(again, TODAY)
        assert judged.verdict == option.verdict
        assert estimates_as_json(judged) == estimates_as_json(option.judgement)
        assert option.verdict in {"go", "caution"}
        assert not [row for row in judged.findings if row.rule.severity == "blocker"]
        assert option.probability_fits >= 0.5
        assert "claims" not in plan_values(again)
        assert "accept" not in plan_values(again)
        assert plan_values(again) == applied(before, option.changes)
        assert broken_constraints(file, option) == set(option.gives_up)
        check_purchase_and_licence(file, option)
        assert option.days is not None
        assert option.cost is not None
        assert option.text not in seen
        seen.add(option.text)
