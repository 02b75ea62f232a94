"""Facts that hold what a plan claims against what the estimates say, and what the advisor itself does not know."""

from __future__ import annotations

from advisor.estimates import architecture as shapes
from advisor.estimates.time import missing_for_time
from advisor.facts.registry import Fact, State, flag, number, share_of


def _claim(s: State, field: str) -> float | None:
    value = getattr(s.case.plan.claims, field) if s.case.plan.claims else None
    return float(value) if isinstance(value, (int, float)) else None


def _cost_claim(s: State) -> float | None:
    claims = s.case.plan.claims
    return s.exchange(claims.cost.amount, claims.cost.currency) if claims and claims.cost else None


def _needed(s: State) -> float | None:
    """Memory over all devices that hold one copy of the job: states and what moves on each device."""
    if s.memory is None:
        return None
    return max(s.memory.per_device.likely, s.memory.state_bytes_total / 2**30 + s.memory.parts["overhead"])


def _weights_gib(s: State) -> float:
    return shapes.parameters(s.run.architecture) * 2 / 2**30


def _best_product(s: State) -> float | None:
    peak, best = s.run.machine.peak.get(s.recipe.precision), s.run.machine.measured_matmul.get(s.recipe.precision)
    return share_of(best, peak)


def _like_inference(s: State) -> bool | None:
    claim = _claim(s, "memory")
    return None if claim is None or not s.trains else 0.8 <= claim / _weights_gib(s) <= 1.5 and not s.recipe.adapters


def _like_weights(s: State) -> bool | None:
    claim = _claim(s, "checkpoint")
    return None if claim is None or not s.trains else claim / 2**30 <= 1.3 * _weights_gib(s) and not s.recipe.adapters


def _near_budget(s: State) -> bool:
    """Tell whether the budget lies within the range of costs, so that a price decides the verdict."""
    budget = s.case.plan.project.budget if s.case.plan.project else None
    if budget is None or s.cost is None or s.cost.project is None:
        return False
    limit, spread = s.exchange(budget.amount, budget.currency), s.case.knowledge.figure("price-spread").high or 1.0
    return s.cost.project.low / spread < limit < s.cost.project.high * spread


def _licence_unread(s: State) -> bool | None:
    """Whether the terms of the base licence were noted from memory and not checked against its text."""
    if s.case.licence is None:
        return None
    return any(
        line.grade == "memory" and (line.fields is None or "stages" in line.fields) for line in s.case.licence.evidence
    )


FACTS: tuple[Fact, ...] = (
    number("claims.memory", "GiB", "Memory that the plan claims to need", "计划主张所需显存", lambda s: _claim(s, "memory")),
    number("claims.memory_over_needed", "x", "Memory claimed over memory needed by states", "主张显存与状态所需显存之比",
           lambda s: share_of(_claim(s, "memory"), _needed(s)) if s.trains else None),
    number("claims.memory_needed", "GiB", "Memory that one copy of the job needs", "一份任务所需显存", _needed),
    flag("claims.memory_is_inference", "The claimed memory is about that of 16-bit weights alone",
         "主张的显存约等于仅 16 位权重的大小", _like_inference),
    number("claims.days", "days", "Days that the plan claims", "计划主张的天数", lambda s: _claim(s, "days")),
    number("claims.days_over_low", "x", "Days claimed over the fewest days estimated", "主张天数与估算下界之比",
           lambda s: share_of(_claim(s, "days"), s.time.days.low if s.time and s.time.days else None)),
    number("claims.mfu", "share", "MFU that the plan claims", "计划主张的 MFU", lambda s: _claim(s, "mfu")),
    number("claims.mfu_over_high", "x", "MFU claimed over the highest estimated", "主张 MFU 与估算上界之比",
           lambda s: share_of(_claim(s, "mfu"), s.time.mfu.high if s.time and s.time.mfu else None)),
    number("claims.best_matmul_share", "share", "Best measured matrix product over the device's peak",
           "实测最佳矩阵乘与峰值之比", _best_product),
    number("claims.mfu_over_best_matmul", "x", "MFU claimed over the best measured matrix product", "主张 MFU 与实测最佳矩阵乘之比",
           lambda s: share_of(_claim(s, "mfu"), _best_product(s))),
    number("claims.checkpoint_gib", "GiB", "Checkpoint size that the plan claims", "计划主张的检查点大小",
           lambda s: None if (claim := _claim(s, "checkpoint")) is None else claim / 2**30),
    number("claims.checkpoint_over_size", "x", "Checkpoint claimed over checkpoint estimated", "主张检查点与估算检查点之比",
           lambda s: share_of(_claim(s, "checkpoint"), s.memory.checkpoint_gib * 2**30 if s.memory else None)),
    flag("claims.checkpoint_is_weights", "The claimed checkpoint is about the 16-bit weights alone",
         "主张的检查点约等于仅 16 位权重的大小", _like_weights),
    number("claims.cost", "money", "Cost that the plan claims", "计划主张的成本", _cost_claim),
    number("claims.cost_over_low", "x", "Cost claimed over the lowest cost estimated", "主张成本与估算下界之比",
           lambda s: share_of(_cost_claim(s), s.cost.project.low if s.cost and s.cost.project else None)),
    flag("claims.benefit_given", "The plan claims a benefit", "计划主张了收益",
         lambda s: bool(s.case.plan.claims and s.case.plan.claims.benefit)),
    flag("evidence.device_gaps", "The estimates lack a figure of the device", "设备缺少估算所需的数据",
         lambda s: s.case.device is not None and (s.run.machine.bandwidth is None or not s.run.machine.peak)),
    flag("evidence.usable_assumed", "The usable memory of the device is assumed", "设备可用显存为假设值",
         lambda s: any(a.key == "usable-unknown" for a in s.case.assumptions)),
    flag("evidence.peak_missing", "The device's rate at the plan's precision is unknown", "设备在该精度下的算力未知",
         lambda s: s.case.device is not None and s.trains
         and s.run.machine.peak.get(s.recipe.precision) is None),
    flag("evidence.price_missing", "No price is known for the devices", "没有设备价格数据",
         lambda s: "price" in s.missing),
    flag("evidence.time_missing", "The time cannot be estimated", "无法估算时间", lambda s: "time" in s.missing),
    flag("evidence.memory_missing", "The memory cannot be estimated", "无法估算显存", lambda s: "memory" in s.missing),
    flag("evidence.serving_missing", "Serving cannot be estimated", "无法估算推理部署", lambda s: "serving" in s.missing),
    flag("evidence.stale", "A source of the device, the model or its licence is past its review date",
         "设备、模型或其许可证的资料已过复核日期",
         lambda s: s.stale_sources > 0),
    number("evidence.stale_sources", "", "Sources used that are past their review date", "所用资料中已过复核日期的数量",
           lambda s: float(s.stale_sources)),
    flag("evidence.rates_missing", "The device's rate or bandwidth is missing, so no time can be estimated",
         "缺少设备算力或带宽，无法估算时间",
         lambda s: bool(missing_for_time(s.run)) if s.trains and s.case.device is not None else None),
    flag("evidence.cost_near_budget", "The budget lies within the range of estimated costs", "预算落在成本估算区间内",
         _near_budget),
    flag("evidence.kernels_measured", "Timed kernels of this family of devices are behind the time estimate",
         "时间估算有该系列设备的算子实测依据", lambda s: s.kernels_measured),
    flag("evidence.api_only", "The plan uses a model behind an external API and names no device", "只调用外部 API、没有写设备",
         lambda s: s.case.device is None and s.case.plan.project is not None
         and s.case.plan.project.environment == "external-api"),
    flag("evidence.licence_unread", "The terms of the base licence are not yet checked against its text",
         "基座许可证条款尚未与原文核对", _licence_unread),
)  # fmt: skip
