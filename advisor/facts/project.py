"""Facts about the data, the project, its people and its duties."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from advisor.entries.base import plain
from advisor.entries.terms import CHINESE_MAKERS, hosted_maker, output_terms
from advisor.estimates import architecture as shapes
from advisor.facts.registry import Fact, State, flag, number, share_of, text
from advisor.patterns import pattern
from advisor.plan.model import DataEntry
from advisor.resolve import DataShare

if TYPE_CHECKING:
    from advisor.entries.schema import Stage, Status

STATUSES: tuple[Status, ...] = ("allowed", "conditions", "ask-legal", "forbidden")
_ORDER: tuple[Status, ...] = ("allowed", "conditions", "unknown", "ask-legal", "forbidden")
_FOREIGN_STEPS = ("public", "internal", "confidential", "secret")
_ENVIRONMENTS = ("classified-room", "bare-metal", "appliance", "private-cloud", "shared-cloud", "container",
                 "external-api")  # fmt: skip
_SELF_MADE = pattern(
    r"自研|自主研发|自主可控|self[- ]?developed|self[- ]?made|in[- ]?house (?:\w+ ){0,3}(?:model|llm)"
    r"|our own (?:[\w.+-]+ ){0,4}(?:model|llm)",
    re.IGNORECASE,
)
_EU = frozenset({"EU", "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
                 "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"})  # fmt: skip
_SATURATED = frozenset({"humaneval", "mmlu", "gsm8k", "mbpp", "hellaswag"})
_GENERAL = frozenset({"mmlu", "mmlu-pro", "cmmlu", "c-eval", "ceval", "hellaswag", "arc", "bbh", "gpqa", "agieval"})


def _project(s: State, field: str) -> object:
    return getattr(s.case.plan.project, field) if s.case.plan.project else None


def _word(field: str) -> Callable[[State], str | None]:
    return lambda s: str(v) if (v := _project(s, field)) is not None else None


def _listed(s: State, field: str) -> tuple[str, ...]:
    value = _project(s, field)
    return tuple(str(item).lower() for item in value) if isinstance(value, (list, tuple)) else ()


def _regions(s: State) -> tuple[str, ...]:
    return tuple(region.upper() for region in _listed(s, "regions"))


def _requires(name: str) -> Callable[[State], bool]:
    return lambda s: name in _listed(s, "requirements")


def _uses(s: State) -> str | None:
    return str(v) if (v := _project(s, "use")) is not None else None


def _stage(s: State) -> Stage:
    """The stage of use; internal where the plan does not say."""
    project = s.case.plan.project
    return (project.use if project else None) or "internal"


def _known(value: str) -> str | None:
    return None if value == "unknown" else value


def _base_status(s: State) -> str | None:
    if s.case.licence is None:
        return None
    return _known(s.case.licence.stages[_stage(s)].status)


def _data_status(s: State) -> str | None:
    """The strictest status among the entries that have terms; own material needs none."""
    found = [status for row in s.case.data if (status := row.terms.status(_stage(s)))]
    return _known(max(found, key=_ORDER.index, default="unknown"))


def _kinds(s: State) -> set[str]:
    return {terms.kind for row in s.case.data for terms in row.terms.rows}


def _any(s: State, test: Callable[[DataEntry], bool]) -> bool | None:
    return any(test(row.entry) for row in s.case.data) if s.case.data else None


def _private(s: State) -> bool | None:
    return any(row.private for row in s.case.data) if s.case.data else None


def _private_share(s: State) -> float | None:
    """Share of private tokens in the mix; by tokens where no shares are given."""
    if not s.case.data:
        return None
    private = [row for row in s.case.data if row.private]
    if not private:
        return 0.0
    if len(private) == len(s.case.data) and all(row.share in {None, 1.0} for row in private):
        return 1.0
    if all(row.share is not None for row in private):
        return min(1.0, sum(row.share or 0.0 for row in private))
    counted = [row for row in s.case.data if row.tokens]
    total = sum(row.tokens or 0.0 for row in counted)
    return sum(row.tokens or 0.0 for row in counted if row.private) / total if total else None


def _replay_share(s: State) -> float | None:
    """Share of the mix that is not the new material: general code, text, maths, chat."""
    private = _private_share(s)
    if private is None or not any(row.private for row in s.case.data):
        return None
    return max(0.0, 1.0 - private)


def _share_sum(s: State) -> float | None:
    shares = [row.share for row in s.case.data if row.share is not None]
    return sum(shares) if shares and len(shares) == len(s.case.data) else None


def _private_tokens(s: State) -> float | None:
    counted = [row.tokens for row in s.case.data if row.private and row.tokens is not None]
    return sum(counted) if counted else None


def _samples(s: State) -> float | None:
    counted = [row.entry.samples for row in s.case.data if row.entry.samples]
    return float(sum(counted)) if counted else None


def _longest(s: State) -> float | None:
    lengths = [row.entry.tokens_per_sample for row in s.case.data if row.entry.tokens_per_sample]
    return float(max(lengths)) if lengths else None


def _has_benchmark(names: frozenset[str]) -> Callable[[State], bool]:
    return lambda s: any(re.sub(r"[\s_+]", "-", name).rstrip("-") in names for name in _listed(s, "evaluation"))


def _only_saturated(s: State) -> bool | None:
    named = _listed(s, "evaluation")
    return all(name.replace(" ", "-") in _SATURATED for name in named) if named else None


def _team(s: State, field: str) -> object:
    project = s.case.plan.project
    return getattr(project.team, field) if project and project.team else None


def _users(s: State) -> float | None:
    return float(v) if isinstance(v := _project(s, "monthly_active_users"), (int, float)) else None


def _threshold(s: State) -> float | None:
    licence = s.case.licence
    return float(licence.monthly_users_threshold) if licence and licence.monthly_users_threshold else None


def _terms_missing(s: State) -> bool | None:
    if not s.case.data:
        return None
    return any(not row.internal and (not row.terms.rows or row.terms.unknown) for row in s.case.data)


def _generated_terms(s: State) -> str | None:
    """Whether the generating models' licences allow training with their outputs; the strictest."""
    order = ("allowed", "conditions", "unknown", "forbidden")
    found: list[str] = []
    for row in s.case.data:
        if row.entry.source != "model-generated" and row.entry.generated_by is None:
            continue
        found.append(output_terms(s.case.knowledge, row.entry.generated_by) or "unknown")
    return _known(max(found, key=order.index, default="unknown"))


def _country_in_territory(s: State) -> bool | None:
    licence = s.case.licence
    if licence is None or not _regions(s):
        return None
    excluded = set(licence.excluded_territories)
    return bool((excluded | _EU if "EU" in excluded else excluded) & set(_regions(s)))


def _foreign_model(s: State) -> bool | None:
    if s.case.licence_id == "proprietary" and (maker := hosted_maker(s.case.plan.model.name or "")):
        return maker not in CHINESE_MAKERS
    return s.case.model.country != "CN" if s.case.model else None


_LOSS = pattern(r"loss|perplexity|ppl|损失|困惑度", re.IGNORECASE)
_VERIFIED = pattern(
    r"verif|compil|unit[- ]?test|execut|human[- ]?review|spot[- ]?check|验证|编译|单元测试|执行|人工|抽检"
)
_SCANNED = pattern(r"secret|gitleaks|trufflehog|pii|redact|脱敏|密钥|敏感信息|隐私")
_DEDUPLICATED = pattern(r"de-?dup|minhash|去重")
_DECONTAMINATED = pattern(r"contamin|n-?gram overlap|污染|查重")
_DOMAIN = pattern(r"domain|blind|领域|盲测|盲评")
_STATIC = frozenset({"humaneval", "humaneval-plus", "mbpp", "mbpp-plus", "mmlu", "mmlu-pro", "cmmlu", "c-eval", "ceval",
                     "gsm8k", "math", "hellaswag", "arc", "bbh", "gpqa", "ifeval"})  # fmt: skip


def _mentions(pattern: re.Pattern[str]) -> Callable[[State], bool]:
    return lambda s: any(pattern.search(item) for item in _listed(s, "evaluation") + _listed(s, "monitoring"))


def _only_loss(s: State) -> bool | None:
    named = _listed(s, "evaluation")
    return all(_LOSS.search(name) for name in named) if named else None


def _domain_cases(s: State) -> float | None:
    """Cases that the plan names for its domain test: `domain-blind-test 100 cases`."""
    items = [item for item in _listed(s, "evaluation") if _DOMAIN.search(item)]
    counts = [float(found) for item in items for found in re.findall(r"\d+", item)]
    return max(counts, default=None)


def _domain_tokens(s: State) -> float | None:
    """Tokens that teach the domain in one pass: the private ones, all where none is private."""
    return _private_tokens(s) if _private(s) else s.case.tokens_per_epoch


def _stated_shares(s: State) -> float | None:
    shares = [row.share for row in s.case.data if row.share is not None]
    return sum(shares) if shares else None


def _uncounted(s: State) -> float | None:
    """Entries whose tokens are missing from the total; with shares only the private entries count."""
    if not s.case.data or not s.trains or s.case.tokens_per_epoch is None:
        return None
    private = [row for row in s.case.data if row.private]
    if private and all(row.share and row.tokens is not None for row in private):
        return 0.0
    return float(sum(row.tokens is None for row in s.case.data))


def _generated_share(s: State) -> float | None:
    """Share of the mix that a model wrote: by shares where all are given, else by tokens."""
    rows = s.case.data
    written = [row for row in rows if row.entry.source == "model-generated" or row.entry.generated_by is not None]
    if not rows or len(written) in {0, len(rows)}:
        return float(bool(written)) if rows else None
    if all(row.share is not None for row in rows):
        return min(1.0, sum(row.share or 0.0 for row in written))
    if any(row.tokens is None for row in rows):
        return None
    return sum(row.tokens or 0.0 for row in written) / sum(row.tokens or 0.0 for row in rows)


_CONDITIONAL_NAMING = pattern(r"above the threshold|not required|\bonly\b", re.IGNORECASE)
_NAME_START = pattern(r'begins? with "([^"]+)"')
_QUOTED = pattern(r'"([^"]+)"')
_FILING = pattern(r"备案|登记|\bfiling\b|\bfiled\b", re.IGNORECASE)
_LABELLING = pattern(r"标识|labell?ing|watermark|水印", re.IGNORECASE)
_CARD = pattern(r"model[- ]?card|模型卡|provenance|来源清单", re.IGNORECASE)
_MIRROR = pattern(r"mirror|offline|离线|内网源|镜像", re.IGNORECASE)
_PERSONAL = "personal-data"
_MONTH_DAYS = 30.44


def _licence_name(s: State) -> str | None:
    if s.case.licence is None:
        return s.case.licence_id
    name = s.case.licence.name
    return name if isinstance(name, str) else name.en


def _naming(s: State) -> bool | None:
    """Whether the licence asks for its name from every user, not only above a threshold or for some of its models."""
    if s.case.licence is None:
        return None
    duty = s.case.licence.naming_duty
    return duty is not None and not _CONDITIONAL_NAMING.search(duty.en)


def _naming_words(s: State) -> str | None:
    """The words to be shown, as the licence quotes them; the licence's name where it quotes none."""
    if not _naming(s) or s.case.licence is None or s.case.licence.naming_duty is None:
        return None
    duty = s.case.licence.naming_duty.en
    starts = _NAME_START.findall(duty)
    quoted = [words for words in _QUOTED.findall(duty) if " " in words and words not in starts]
    shown = [f"“{words}”" for words in quoted] + [f"“{words}…”" for words in starts]
    return " / ".join(shown) or _licence_name(s)


def _permissive(s: State) -> bool | None:
    """Whether the licence asks for nothing but its text and notices: free inside the group, no limits of use."""
    licence = s.case.licence
    if licence is None:
        return None
    free = all(licence.stages[stage].status == "allowed" for stage in ("internal", "internal-transfer"))
    return free and not licence.field_of_use_limited and not _naming(s)


def _entry_name(row: DataShare) -> str:
    return row.entry.name or f"data[{row.index}]"


def _strictest(s: State) -> str | None:
    """The entry whose terms are strictest at the stage of use, and its licence as the plan writes it."""
    ranked = [(status, row) for row in s.case.data if (status := row.terms.status(_stage(s)))]
    if not ranked:
        return None
    row = max(ranked, key=lambda pair: _ORDER.index(pair[0]))[1]
    return f"{_entry_name(row)} ({row.entry.license})"


def _licence_doubtful(row: DataShare) -> bool:
    """Whether an entry is public without a licence, or under one that nobody has judged."""
    if row.internal or row.entry.source == "model-generated" or row.entry.generated_by is not None:
        return False
    if row.entry.license is None:
        return row.entry.source == "public"
    contract = row.entry.source == "customer" and row.entry.license.lower().startswith("licenseref-")
    return not contract and (bool(row.terms.unknown) or row.terms.status("internal") == "unknown")


def _doubtful(s: State) -> str | None:
    return ", ".join(_entry_name(row) for row in s.case.data if _licence_doubtful(row)) or None


def _generators(s: State) -> str | None:
    names = dict.fromkeys(row.entry.generated_by for row in s.case.data if row.entry.generated_by)
    return ", ".join(name for name in names if name) or None


def _generator_is_kin(s: State) -> bool | None:
    """Whether all generators that forbid training with their outputs are under the base model's own licence.

    Such licences except their own family: outputs of Llama 3 may improve Llama 3.
    """
    names = {row.entry.generated_by for row in s.case.data if row.entry.generated_by}
    strict = [name for name in names if output_terms(s.case.knowledge, name) == "forbidden"]
    if not strict:
        return None
    return all(s.case.licence_id is not None and _licence_of(s, name) == s.case.licence_id for name in strict)


def _licence_of(s: State, model: str) -> str | None:
    try:
        return s.case.knowledge.model(s.case.knowledge.model_id(model)).licence
    except LookupError:
        return None


def _personal(s: State) -> bool | None:
    """Whether an entry is declared as personal data; own material is no exception here."""
    if not s.case.data:
        return None
    names = s.case.knowledge.data_licence_names
    return any(
        _PERSONAL in {terms.kind for terms in row.terms.rows} or names.get(plain(row.entry.license or "")) == _PERSONAL
        for row in s.case.data
    )


def _customer_unlicensed(s: State) -> float | None:
    """Entries from customers for which the plan names no contract or licence that allows training."""
    if not s.case.data:
        return None
    rows = [row for row in s.case.data if row.entry.source == "customer"]
    return float(sum(row.entry.license is None or any(it.kind == "custom" for it in row.terms.rows) for row in rows))


def _sensitivity(s: State) -> str | None:
    """The sensitivity stated; private data that is given none counts as internal."""
    stated = _word("sensitivity")(s)
    return stated or ("internal" if _private(s) else None)


def _flop(s: State) -> float | None:
    """Training compute in FLOP: 6·N·D, 4·N·D for adapters, with the active parameters (Kaplan et al. 2020)."""
    if not s.trains or s.run.tokens is None:
        return None
    return (4 if s.recipe.adapters else 6) * shapes.active_parameters(s.run.architecture) * s.run.tokens


def _regulated(s: State, regulation: str, threshold: str) -> float:
    entry = s.case.knowledge.regulation(regulation)
    return entry.threshold[threshold]


def _flop_over(regulation: str, threshold: str) -> Callable[[State], float | None]:
    return lambda s: share_of(_flop(s), _regulated(s, regulation, threshold))


def _filing_over_deadline(s: State) -> float | None:
    deadline = s.case.plan.project.deadline if s.case.plan.project else None
    return share_of(_regulated(s, "cn-model-filing", "filing_months_low") * _MONTH_DAYS, deadline)


def _plans(pattern: re.Pattern[str]) -> Callable[[State], bool]:
    """Whether the title, the evaluations or the monitoring speak of a thing."""
    return lambda s: bool(pattern.search(s.case.plan.title or "")) or _mentions(pattern)(s)


def _covered_by_ascend_guidance(s: State) -> bool:
    return (s.case.device_id or "").startswith(("ascend910b", "ascend910c", "ascend910d"))


FACTS: tuple[Fact, ...] = (
    flag("data.given", "The plan lists data", "计划列出了数据", lambda s: bool(s.case.data)),
    flag("data.tokens_known", "The tokens of the data can be counted", "数据的 token 数可以算出",
         lambda s: s.run.tokens is not None if s.trains else None),
    number("data.tokens_per_epoch", "tokens", "Tokens in one epoch", "每轮 token 数", lambda s: s.case.tokens_per_epoch),
    flag("data.private", "Some of the data is private", "数据中含私有数据", _private),
    number("data.private_tokens", "tokens", "Tokens of the private data", "私有数据的 token 数", _private_tokens),
    number("data.private_share", "share", "Share of private data in the mix", "私有数据在配比中的占比", _private_share),
    number("data.replay_share", "share", "Share of general data mixed in", "混入的通用数据占比（回放比例）", _replay_share),
    number("data.share_sum", "share", "Sum of the shares given", "各数据占比之和", _share_sum),
    number("data.samples", "samples", "Samples", "样本数", _samples),
    number("data.longest_sample", "tokens", "Longest stated sample", "写明的样本长度", _longest),
    flag("data.customer", "Some of the data comes from customers", "数据中含客户数据",
         lambda s: _any(s, lambda e: e.source == "customer")),
    flag("data.generated", "Some of the data was generated by a model", "数据中含模型生成的数据",
         lambda s: _any(s, lambda e: e.source == "model-generated" or e.generated_by is not None)),
    text("data.generated_terms", "May outputs of the generating models be used for training", "生成模型的许可是否允许用其输出训练",
         _generated_terms, ("allowed", "conditions", "forbidden")),
    flag("data.general_text", "General text or chat is in the mix", "配比中含通用文本或对话数据",
         lambda s: _any(s, lambda e: e.kind in {"text", "chat", "math", "instructions"})),
    flag("data.instructions", "Instructions or chats are in the mix", "配比中含指令或对话数据",
         lambda s: _any(s, lambda e: e.kind in {"chat", "instructions"})),
    flag("data.copyleft", "Some of the data is under a copyleft licence", "数据中含 copyleft（强传染）许可证内容",
         lambda s: bool({"copyleft", "share-alike"} & _kinds(s)) if s.case.data else None),
    flag("data.mixed_licence", "Some of the data is under several licences at once", "数据中有内容同时受多种许可证约束",
         lambda s: any(row.terms.several for row in s.case.data) if s.case.data else None),
    flag("data.non_commercial", "Some of the data is for non-commercial use only", "数据中含仅限非商业使用的内容",
         lambda s: "non-commercial" in _kinds(s) if s.case.data else None),
    flag("data.personal", "Some of the data is personal data", "数据中含个人信息",
         lambda s: "personal-data" in _kinds(s) if s.case.data else None),
    flag("data.licence_missing", "Some outside data has no known licence", "部分外部数据的许可证缺失或未知", _terms_missing),
    text("data.licence_status", "Strictest data licence at the stage of use", "数据许可证在该使用阶段的最严状态", _data_status, STATUSES),
    text("licence.base", "Licence of the base model", "基座模型许可证", lambda s: s.case.licence_id),
    flag("licence.base_known", "The licence of the base model is known", "基座模型许可证已知",
         lambda s: s.case.licence is not None),
    text("licence.base_status", "Base licence at the stage of use", "基座模型许可证在该使用阶段的状态", _base_status, STATUSES),
    flag("licence.naming_duty", "The base licence asks for its name to be shown", "基座许可证要求标明其名称",
         lambda s: s.case.licence.naming_duty is not None if s.case.licence else None),
    flag("licence.field_limited", "The base licence limits the field of use", "基座许可证限制使用领域",
         lambda s: s.case.licence.field_of_use_limited if s.case.licence else None),
    flag("licence.territory_excluded", "The base licence excludes a region of the plan", "基座许可证排除了计划中的地区",
         _country_in_territory),
    number("licence.users_threshold", "users", "Monthly users above which a separate licence is needed", "须另行申请授权的月活阈值",
           _threshold),
    number("licence.users_over_threshold", "x", "Monthly users over the threshold", "月活与阈值之比",
           lambda s: None if (limit := _threshold(s)) is None or (users := _users(s)) is None else users / limit),
    text("project.goal", "What the project wants", "项目目标", lambda s: _known(_word("goal")(s) or "unknown"),
         ("style", "api-knowledge", "task", "general")),
    text("project.use", "Stage of use", "使用阶段", _word("use"),
         ("internal", "internal-transfer", "hosted-service", "weights-to-customers")),
    flag("project.leaves_the_house", "The result is meant for people outside", "成果将提供给公司外部",
         lambda s: _uses(s) in {"hosted-service", "weights-to-customers"} if _uses(s) else None),
    text("project.sensitivity", "How sensitive the data is", "数据密级", _word("sensitivity"), _FOREIGN_STEPS),
    text("project.environment", "Where it runs", "运行环境", _word("environment"), _ENVIRONMENTS),
    flag("project.in_china", "China is among the regions", "地区包含中国", lambda s: "CN" in _regions(s)),
    flag("project.in_eu", "The EU is among the regions", "地区包含欧盟",
         lambda s: bool(_EU & set(_regions(s)))),
    flag("project.regions_given", "The plan names regions", "计划写明了地区", lambda s: bool(_regions(s))),
    flag("project.domestic_hardware", "Domestic hardware is required", "要求国产硬件", _requires("domestic-hardware")),
    flag("project.domestic_model", "A domestic model is required", "要求国产模型", _requires("domestic-model")),
    flag("project.on_premises", "On-premises is required", "要求本地部署", _requires("on-premises")),
    flag("project.no_external_api", "No external API is allowed", "禁止调用外部 API", _requires("no-external-api")),
    flag("project.air_gapped", "An air gap is required", "要求物理隔离", _requires("air-gapped")),
    flag("project.foreign_model", "The base model comes from outside China", "基座模型来自境外", _foreign_model),
    flag("project.calls_itself_own", "The title or a claim calls the result self-developed", "标题或主张中称成果为“自研”",
         lambda s: bool(_SELF_MADE.search(" ".join(
             str(part) for part in (s.case.plan.title, s.case.plan.claims.benefit if s.case.plan.claims else None)
             if part)))),
    flag("team.given", "The plan states the team", "计划写明了团队", lambda s: _team(s, "engineers") is not None),
    number("team.engineers", "people", "Engineers", "工程师人数",
           lambda s: float(v) if isinstance(v := _team(s, "engineers"), (int, float)) else None),
    text("team.experience", "Experience with training models", "模型训练经验",
         lambda s: str(v) if (v := _team(s, "experience")) is not None else None, ("none", "some", "expert")),
    flag("team.on_call", "Somebody is on call at night", "有夜间值守",
         lambda s: bool(v) if (v := _team(s, "on_call")) is not None else None),
    number("evaluation.count", "", "Evaluations named", "写明的评测项数", lambda s: float(len(_listed(s, "evaluation")))),
    flag("evaluation.domain_test", "A domain test is planned", "计划了领域盲测", _has_benchmark(frozenset({"domain-blind-test"}))),
    flag("evaluation.forgetting_check", "A check for forgetting is planned", "计划了遗忘检查",
         lambda s: _has_benchmark(frozenset({"forgetting-check"}))(s) or _has_benchmark(_GENERAL)(s)),
    flag("evaluation.only_saturated", "Only benchmarks that are saturated are named", "只列了已饱和的评测集", _only_saturated),
    flag("operations.loss_alert", "Loss is watched", "监控损失曲线",
         lambda s: bool({"loss-alert", "nan-alert"} & set(_listed(s, "monitoring")))),
    flag("operations.nan_alert", "NaN is alerted on", "对 NaN 告警", lambda s: "nan-alert" in _listed(s, "monitoring")),
    flag("operations.restore_test", "A restore is tested", "演练检查点恢复", lambda s: "restore-test" in _listed(s, "monitoring")),
    flag("operations.gpu_metrics", "Device metrics are recorded", "记录设备指标",
         lambda s: "gpu-metrics" in _listed(s, "monitoring")),
    number("data.domain_tokens", "tokens", "Tokens that teach the domain in one pass", "一遍领域数据的 token 数", _domain_tokens),
    number("data.stated_share_sum", "share", "Sum of the shares that are given", "已写明的数据占比之和", _stated_shares),
    number("data.mix_multiplier", "x", "Tokens of the whole mix per token of private data", "整个配比与私有数据的 token 数之比",
           lambda s: 1 / share if (share := _private_share(s)) else None),
    number("data.uncounted", "entries", "Data entries whose tokens cannot be counted", "无法计算 token 数的数据条目", _uncounted),
    number("data.longest_over_sequence", "x", "Longest stated sample over the sequence length", "最长样本与序列长度之比",
           lambda s: longest / s.recipe.sequence_length if s.trains and (longest := _longest(s)) else None),
    number("data.generated_share", "share", "Share of the mix that a model wrote", "模型生成数据在配比中的占比", _generated_share),
    flag("data.verified", "Something checks the data or the outputs: tests, a compiler, people",
         "有校验手段：测试、编译或人工审核", _mentions(_VERIFIED)),
    flag("data.secrets_scanned", "Secrets and personal data are looked for", "已安排密钥与个人信息排查", _mentions(_SCANNED)),
    flag("data.deduplicated", "Duplicates are removed", "已安排去重", _mentions(_DEDUPLICATED)),
    flag("data.public", "Some of the data is public", "数据中含公开数据", lambda s: _any(s, lambda e: e.source == "public")),
    number("data.source_missing", "entries", "Data entries whose origin is not stated", "未写明来源的数据条目",
           lambda s: float(sum(row.entry.source is None for row in s.case.data)) if s.case.data else None),
    flag("evaluation.only_loss", "Loss or perplexity is the only evaluation named", "评测只写了损失或困惑度", _only_loss),
    flag("evaluation.static_benchmark", "A public benchmark that never changes is named", "列出了固定不变的公开评测集",
         _has_benchmark(_STATIC)),
    flag("evaluation.decontaminated", "Overlap of data and benchmarks is checked", "已安排评测集污染排查",
         _mentions(_DECONTAMINATED)),
    number("evaluation.domain_cases", "cases", "Cases in the domain test", "领域评测的用例数", _domain_cases),
    flag("serving.retrieval_planned", "Retrieval is planned in front of the model", "计划在模型前做检索",
         lambda s: bool(s.case.plan.serving and s.case.plan.serving.retrieval in {"keyword", "embedding"})),
    number("data.repeated_share", "share", "Share of the mix that each epoch repeats: the private data, or all",
           "每轮重复的数据占比：私有数据，没有私有数据时为全部", lambda s: (_private_share(s) or 1.0) if s.case.data else None),
    text("licence.stage", "Stage of use that licences are judged at; internal where the plan states none",
         "评判许可证所用的使用阶段（未写明时按内部使用）", _stage,
         ("internal", "internal-transfer", "hosted-service", "weights-to-customers")),
    flag("licence.model_named", "The plan names the base model", "计划写明了基座模型名称",
         lambda s: s.case.plan.model.name is not None),
    text("licence.base_name", "Title of the base model's licence", "基座模型许可证全称", _licence_name),
    flag("licence.naming_required", "The base licence asks every user to show its name", "基座许可证要求所有使用者标明其名称", _naming),
    text("licence.naming_words", "Words that the base licence wants shown", "基座许可证要求标注的文字", _naming_words),
    flag("licence.permissive", "The base licence asks for nothing but its text and notices", "基座许可证仅要求保留许可文本与声明",
         _permissive),
    text("licence.threshold_kind", "When users are counted against the threshold", "月活阈值的计算时点",
         lambda s: s.case.licence.threshold_kind if s.case.licence and s.case.licence.monthly_users_threshold else None,
         ("at-release", "continuing")),
    text("data.strictest", "Data entry with the strictest terms, and its licence", "条款最严的数据条目及其许可证", _strictest),
    flag("data.licence_doubtful", "Public data has no licence in the plan, or one that is not known",
         "公开数据未写许可证，或许可证不在已知之列", lambda s: _doubtful(s) is not None if s.case.data else None),
    text("data.doubtful_entries", "Data entries whose licence is missing or not known", "许可证缺失或未知的数据条目", _doubtful),
    text("data.generators", "Models that wrote some of the data", "生成部分数据的模型", _generators),
    flag("data.generator_is_kin", "Forbidding generators are all under the base model's own licence",
         "禁止外用输出的生成模型与基座同属一个许可证", _generator_is_kin),
    flag("compliance.personal_data", "Some of the data is declared as personal data", "数据中有声明为个人信息的内容", _personal),
    number("compliance.customer_unlicensed", "entries", "Data entries of customers without a contract that is named",
           "未写明合同依据的客户数据条目", _customer_unlicensed),
    flag("compliance.private_data", "Private code or text is listed", "列出了私有代码或文本", lambda s: bool(_private(s))),
    text("compliance.sensitivity", "Sensitivity stated; private data that is given none counts as internal",
         "数据密级（未写明的私有数据按内部级）", _sensitivity, _FOREIGN_STEPS),
    flag("compliance.abroad", "Regions other than mainland China are named", "地区包含中国内地以外",
         lambda s: bool(set(_regions(s)) - {"CN"})),
    flag("compliance.ascend_guidance", "The device is one that US guidance on Ascend 910B, C and D names",
         "设备属于美国昇腾 910B/C/D 指引所列", _covered_by_ascend_guidance),
    number("compliance.flop_over_modifier", "x", "Training compute over a third of the EU's indicative amount",
           "训练算力与欧盟参考值三分之一之比", _flop_over("eu-downstream-modifier", "fallback_flop")),
    number("compliance.flop_over_general", "x", "Training compute over the EU's mark of a general-purpose model",
           "训练算力与欧盟通用模型参考值之比", _flop_over("eu-gpai-provider", "training_flop_indicative")),
    number("compliance.filing_months_low", "", "Months of a model filing, low", "大模型备案周期下限（月）",
           lambda s: _regulated(s, "cn-model-filing", "filing_months_low")),
    number("compliance.filing_months_high", "", "Months of a model filing, high", "大模型备案周期上限（月）",
           lambda s: _regulated(s, "cn-model-filing", "filing_months_high")),
    number("compliance.filing_over_deadline", "x", "Shortest usual model filing over the deadline", "备案最短周期与期限之比",
           _filing_over_deadline),
    flag("compliance.filing_planned", "The plan speaks of the filing", "计划提到了备案", _plans(_FILING)),
    flag("compliance.labelling_planned", "The plan speaks of labelling generated content", "计划提到了生成内容标识",
         _plans(_LABELLING)),
    flag("compliance.card_planned", "The plan speaks of a model card or provenance", "计划提到了模型卡或来源清单", _plans(_CARD)),
    flag("compliance.mirror_planned", "The plan speaks of offline packages or a mirror", "计划提到了离线包或内网源",
         _plans(_MIRROR)),
    text("compliance.held", "How the devices are held; rented where the plan does not say", "设备持有方式（未写明时按租用）",
         lambda s: ((s.case.plan.hardware.tenure if s.case.plan.hardware else None) or "rent") if s.case.device else None,
         ("owned", "buy-new", "buy-used", "rent")),
    flag("team.nobody", "The plan says that nobody can tune and debug", "计划写明没有能调参排障的工程师",
         lambda s: _team(s, "engineers") == 0),
)  # fmt: skip
