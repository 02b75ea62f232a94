"""Facts about time and money."""

from __future__ import annotations

import re

from advisor.facts.registry import Fact, State, flag, number, share_of
from advisor.patterns import pattern

DAYS_A_YEAR = 365.25


def _deadline(s: State) -> float | None:
    return s.case.plan.project.deadline if s.case.plan.project else None


def _budget(s: State) -> float | None:
    budget = s.case.plan.project.budget if s.case.plan.project else None
    return None if budget is None else s.exchange(budget.amount, budget.currency)


def _calendar(s: State, which: str) -> float | None:
    return getattr(s.time.calendar_days, which) if s.time and s.time.calendar_days else None


def _days(s: State, which: str) -> float | None:
    return getattr(s.time.days, which) if s.time and s.time.days else None


def _project(s: State, which: str) -> float | None:
    return getattr(s.cost.project, which) if s.cost and s.cost.project else None


def _part(s: State, *names: str) -> float | None:
    if s.time is None:
        return None
    return share_of(sum(s.time.parts.get(name, 0.0) for name in names), s.time.step_seconds.likely)


def _failures(s: State) -> float | None:
    if s.time is None or s.time.days is None:
        return None
    return s.failures_per_device_day * s.run.layout.devices * s.time.days.likely


def _mfu_above_best_matmul(s: State) -> bool:
    claims = s.case.plan.claims
    peak, best = s.run.machine.peak.get(s.recipe.precision), s.run.machine.measured_matmul.get(s.recipe.precision)
    share = share_of(best, peak)
    return claims is not None and claims.mfu is not None and share is not None and claims.mfu > share


def _delivery(s: State) -> float | None:
    arrives = s.schedule.part("delivery")
    return None if arrives is None else arrives.likely


def _result(s: State) -> float | None:
    return None if s.schedule.counted is None else s.schedule.counted.likely


def _late_by_delivery(s: State) -> bool | None:
    """Whether the result comes in time with the devices there, and too late with their delivery before it."""
    deadline, arrives, result = _deadline(s), _delivery(s), _result(s)
    if deadline is None or result is None:
        return None
    return arrives is not None and result - arrives <= deadline < result


_PERCENT = pattern(r"(\d+(?:\.\d+)?)\s*(?:%|％|percent|per cent)", re.IGNORECASE)
_TIMES = pattern(r"(\d+(?:\.\d+)?)\s*(?:倍|[x×](?![a-z])|times|-?fold)", re.IGNORECASE)


def _benefit(s: State) -> float | None:
    """The largest gain that the claimed benefit names: 300 % is 3, and so is 4 times as much."""
    text = (s.case.plan.claims.benefit if s.case.plan.claims else None) or ""
    gains = [float(found) / 100 for found in _PERCENT.findall(text)]
    gains += [float(found) - 1 for found in _TIMES.findall(text)]
    return max(gains, default=None)


def _energy(s: State) -> float | None:
    """Energy of the devices during one uninterrupted run, host and cooling not included."""
    watts, hours = s.run.machine.power_w, s.time.device_hours if s.time else None
    return None if watts is None or hours is None else watts * hours.likely / 1000


def _buying_pays_from(s: State) -> float | None:
    """Utilisation at which buying and renting cost the same: computed, or the usual one where a price lacks."""
    if s.cost is None:
        return None
    own = s.cost.rent_or_buy.break_even_utilisation
    return own.likely if own is not None else s.case.knowledge.figure("break-even-utilisation").likely


def _over_break_even(s: State) -> float | None:
    return share_of(s.cost.rent_or_buy.planned_utilisation if s.cost and s.trains else None, _buying_pays_from(s))


def _stale_decides(s: State) -> bool:
    """Tell whether the prices that are past review can move the likely cost over the budget or back under it."""
    budget, moved = _budget(s), s.cost_if_prices_moved
    return budget is not None and moved is not None and moved.low <= budget < moved.high


def _labour(s: State) -> float | None:
    parts = [s.cost.parts.get(name) for name in ("people", "data_preparation")] if s.cost else []
    known = [part.likely for part in parts if part is not None]
    return share_of(sum(known) if known else None, _project(s, "likely"))


FACTS: tuple[Fact, ...] = (
    number("time.days", "days", "Days of one uninterrupted run", "一次不中断训练的天数", lambda s: _days(s, "likely")),
    number("time.days_low", "days", "Days of one uninterrupted run, low", "一次不中断训练的天数下界",
           lambda s: _days(s, "low")),
    number("time.days_high", "days", "Days of one uninterrupted run, high", "一次不中断训练的天数上界",
           lambda s: _days(s, "high")),
    number("time.calendar_days", "days", "Days with faults, checkpoints and retries", "含故障、检查点与重试的天数",
           lambda s: _calendar(s, "likely")),
    number("time.calendar_low", "days", "Days with faults, checkpoints and retries, low", "含故障与重试的天数下界",
           lambda s: _calendar(s, "low")),
    number("time.calendar_high", "days", "Days with faults, checkpoints and retries, high", "含故障与重试的天数上界",
           lambda s: _calendar(s, "high")),
    number("time.device_hours", "device-hours", "Device-hours of one uninterrupted run", "一次不中断训练的卡时",
           lambda s: s.time.device_hours.likely if s.time and s.time.device_hours else None),
    number("time.mfu", "share", "Model FLOP utilisation", "模型算力利用率（MFU）",
           lambda s: s.time.mfu.likely if s.time and s.time.mfu else None),
    number("time.mfu_high", "share", "Model FLOP utilisation, high", "模型算力利用率上界",
           lambda s: s.time.mfu.high if s.time and s.time.mfu else None),
    number("time.step_seconds", "seconds", "Seconds per optimizer step", "每个优化步的秒数",
           lambda s: s.time.step_seconds.likely if s.time else None),
    number("time.communication_share", "share", "Share of a step spent waiting for links and network",
           "每步中等待互联与网络的时间占比",
           lambda s: _part(s, "tensor_parallel", "data_parallel", "pipeline_bubble", "expert_parallel")),
    number("time.offload_share", "share", "Share of a step spent on offloading", "每步中用于卸载的时间占比",
           lambda s: _part(s, "offload")),
    number("time.data_wait_share", "share", "Share of a step spent waiting for data", "每步中等待数据的时间占比",
           lambda s: _part(s, "data_wait")),
    number("time.expected_failures", "failures", "Hardware failures expected during the run", "训练期间预计的硬件故障次数",
           _failures),
    number("time.deadline", "days", "Deadline", "期限", _deadline),
    number("time.days_over_deadline", "x", "Days of one uninterrupted run over the deadline", "一次不中断训练天数与期限之比",
           lambda s: share_of(_days(s, "likely"), _deadline(s))),
    number("time.days_low_over_deadline", "x", "Days of one run, low, over the deadline", "训练天数下界与期限之比",
           lambda s: share_of(_days(s, "low"), _deadline(s))),
    number("time.calendar_over_deadline", "x", "Days with faults and retries over the deadline", "含故障与重试天数与期限之比",
           lambda s: share_of(_calendar(s, "likely"), _deadline(s))),
    number("time.calendar_high_over_deadline", "x", "Days with faults and retries, high, over the deadline",
           "含故障与重试天数上界与期限之比", lambda s: share_of(_calendar(s, "high"), _deadline(s))),
    number("time.years", "years", "Years of one uninterrupted run", "一次不中断训练的年数",
           lambda s: None if (days := _days(s, "likely")) is None else days / DAYS_A_YEAR),
    flag("time.known", "The time can be estimated", "能够估算时间", lambda s: bool(s.time and s.time.days)),
    number("cost.budget", "money", "Budget", "预算", _budget),
    number("cost.compute", "money", "Cost of the devices", "算力成本",
           lambda s: s.cost.compute.likely if s.cost and s.cost.compute else None),
    number("cost.project", "money", "Cost of the whole project", "项目总成本", lambda s: _project(s, "likely")),
    number("cost.project_low", "money", "Cost of the whole project, low", "项目总成本下界", lambda s: _project(s, "low")),
    number("cost.project_high", "money", "Cost of the whole project, high", "项目总成本上界",
           lambda s: _project(s, "high")),
    number("cost.compute_over_budget", "x", "Cost of the devices over the budget", "算力成本与预算之比",
           lambda s: share_of(s.cost.compute.likely if s.cost and s.cost.compute else None, _budget(s))),
    number("cost.low_over_budget", "x", "Cost of the whole project, low, over the budget", "项目总成本下界与预算之比",
           lambda s: share_of(_project(s, "low"), _budget(s))),
    number("cost.project_over_budget", "x", "Cost of the whole project over the budget", "项目总成本与预算之比",
           lambda s: share_of(_project(s, "likely"), _budget(s))),
    number("cost.high_over_budget", "x", "Cost of the whole project, high, over the budget", "项目总成本上界与预算之比",
           lambda s: share_of(_project(s, "high"), _budget(s))),
    number("cost.people_share", "share", "Share of people in the cost of the project", "人力占项目总成本的比例",
           lambda s: share_of(people.likely if s.cost and (people := s.cost.parts.get("people")) else None,
                              _project(s, "likely"))),
    number("cost.break_even_utilisation", "share", "Utilisation at which buying and renting cost the same",
           "购买与租用成本持平的利用率", lambda s: s.cost.rent_or_buy.break_even_utilisation.likely
           if s.cost and s.cost.rent_or_buy.break_even_utilisation else None),
    number("cost.planned_utilisation", "share", "Share of the devices' life that the run uses", "训练占设备使用寿命的比例",
           lambda s: s.cost.rent_or_buy.planned_utilisation if s.cost and s.trains else None),
    flag("cost.price_known", "A price for the devices is known", "设备价格已知",
         lambda s: s.cost is not None and s.cost.compute is not None),
    flag("cost.price_stale", "The price used is past its review date", "所用价格已过复核日期",
         lambda s: bool(s.pricing.stale)),
    number("cost.stale_low", "money", "Likely cost of the whole project if the prices past review have fallen",
           "过期价格若已下跌，项目总成本的最可能值", lambda s: s.cost_if_prices_moved.low if s.cost_if_prices_moved else None),
    flag("evidence.stale_price_decides", "Prices past review decide whether the likely cost is within the budget",
         "预算是否够用取决于已过复核日期的价格", _stale_decides),
    number("cost.stale_high", "money", "Likely cost of the whole project if the prices past review have risen",
           "过期价格若已上涨，项目总成本的最可能值", lambda s: s.cost_if_prices_moved.high if s.cost_if_prices_moved else None),
    flag("claims.mfu_above_best_matmul", "The claimed MFU is above the best measured matrix product",
         "主张的 MFU 高于实测最佳矩阵乘", _mfu_above_best_matmul),
    number("claims.benefit_share", "share", "Gain that the claimed benefit names", "主张的收益幅度", _benefit),
    number("cost.energy_kwh", "kWh", "Energy of the devices during one uninterrupted run", "一次不中断训练的设备耗电量", _energy),
    number("cost.utilisation_over_break_even", "x", "Planned utilisation over the one at which buying pays",
           "计划利用率与购买回本利用率之比", _over_break_even),
    number("cost.labour_share", "share", "Share of people, data preparation included, in the cost of the project",
           "人力（含数据准备）占项目总成本的比例", _labour),
    number("cost.buying_pays_from", "share", "Utilisation from which buying pays", "购买开始划算的利用率", _buying_pays_from),
    number("time.delivery_days", "days", "Days until the devices that are bought arrive", "新购设备的到货天数", _delivery),
    number("time.result_days", "days", "Days from the decision to a result that counts", "从拍板到可用结果的天数", _result),
    flag("time.late_by_delivery", "The result misses the deadline because the devices have yet to arrive",
         "因设备尚待到货而错过期限", _late_by_delivery),
    number("time.slack_days", "days", "Deadline less the days of one uninterrupted run", "期限减去一次不中断训练的天数",
           lambda s: None if (end := _deadline(s)) is None or (days := _days(s, "likely")) is None else end - days),
)  # fmt: skip
