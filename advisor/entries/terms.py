"""What a licence expression of training data means: the terms behind each licence in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from advisor.entries.base import Knowledge, plain
from advisor.records import dataclass

if TYPE_CHECKING:
    from advisor.entries.schema import DataLicence, Stage

_STRICTER = ("allowed", "conditions", "unknown", "ask-legal", "forbidden")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that hold together for one body of data, and the names in the expression that nobody knows."""

    ids: tuple[str, ...] = ()
    rows: tuple[DataLicence, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        """Tell whether parts of the data are under different terms."""
        return len(self.rows) > 1 or any(row.kind == "mixed" for row in self.rows)

    def status(self, stage: Stage) -> str | None:
        """The strictest status at a stage of use; None where there are no terms."""
        found = [row.stages[stage].status for row in self.rows] + ["unknown"] * len(self.unknown)
        return max(found, key=_STRICTER.index, default=None)


def data_terms(knowledge: Knowledge, text: str | None, stage: Stage) -> Terms:
    """The terms that an SPDX expression or a known id names; of alternatives (OR) the mildest at the stage is taken."""
    if text is None or not text.strip():
        return Terms()
    names = knowledge.data_licence_names
    if (found := names.get(plain(text))) is not None:
        return _terms(knowledge, [found], [])
    if not any(word in f" {text.upper()} " for word in (" AND ", " OR ", " WITH ")):
        return Terms(unknown=(text,))
    from license_expression import ExpressionError, Licensing  # noqa: PLC0415 - 40 ms that most plans need not pay

    try:
        tree: Any = Licensing().parse(text)
    except ExpressionError:
        return Terms(unknown=(text,))
    return _walk(knowledge, tree, stage)


def _walk(knowledge: Knowledge, tree: Any, stage: Stage) -> Terms:
    kind = type(tree).__name__
    if kind in {"AND", "OR"}:
        parts = [_walk(knowledge, part, stage) for part in tree.args]
        if kind == "OR":
            return min(parts, key=lambda part: _STRICTER.index(part.status(stage) or "unknown"))
        return Terms(
            tuple(dict.fromkeys(name for part in parts for name in part.ids)),
            tuple({name: row for part in parts for name, row in zip(part.ids, part.rows, strict=True)}.values()),
            tuple(dict.fromkeys(name for part in parts for name in part.unknown)),
        )
    symbol = str(getattr(tree, "license_symbol", tree))  # an exception only adds permissions
    found = knowledge.data_licence_names.get(plain(symbol))
    return _terms(knowledge, [found] if found else [], [] if found else [symbol])


def _terms(knowledge: Knowledge, ids: Sequence[str], unknown: Sequence[str]) -> Terms:
    return Terms(tuple(ids), tuple(knowledge.data_licence(name) for name in ids), tuple(unknown))


_HOSTED: Mapping[str, str] = {
    "openai": r"(chat-?)?gpt-?[345]|chatgpt|gpt-image|o[134](-|$)|(text-|code-)?davinci|codex|openai",
    "anthropic": r"claude|anthropic",
    "google": r"gemini(?!-nano)|palm-?2?|bard",
    "xai": r"grok-?(beta|[3-9])",
    "mistral": r"mistral-(large|medium|small)-latest|mistral-medium",
    "alibaba": r"qwen-?[0-9.]*-?(max|plus|turbo|long)|\u901a\u4e49|tongyi",
    "bytedance": r"doubao|\u8c46\u5305",
    "baidu": r"ernie-?(bot|speed|lite|x1|[0-9.]+-(turbo|8k|128k))|\u6587\u5fc3|wenxin",
    "deepseek": r"deepseek-(chat|reasoner)",
    "moonshot": r"moonshot|kimi(-latest|-thinking-preview)?$",
    "zhipu": r"glm-(3-turbo|4-(plus|air|flash|long))|chatglm-(pro|turbo)",
    "tencent": r"hunyuan-(turbos?|pro|lite|standard|t1)",
    "minimax": r"abab",
    "iflytek": r"spark-?(max|pro|lite|ultra|[0-9])|\u661f\u706b",
    "01ai": r"yi-(lightning|large)",
}

CHINESE_MAKERS = frozenset(
    {"alibaba", "bytedance", "baidu", "deepseek", "moonshot", "zhipu", "tencent", "minimax", "iflytek", "01ai"}
)


def hosted_maker(model: str) -> str | None:
    """The maker of a model that is reached through its API only, by the start of the name; None for others."""
    name = re.sub(r"[\s_]+", "-", model.strip().lower()).rpartition("/")[2]
    return next((maker for maker, start in _HOSTED.items() if re.match(start, name)), None)


def output_terms(knowledge: Knowledge, model: str | None) -> str | None:
    """Whether the outputs of a model may be used for training: allowed, conditions or forbidden; None: unknown."""
    if model is None:
        return None
    found = knowledge.data_licence_names.get(plain(f"{model}-output"))
    if found is None:
        maker = hosted_maker(model)
        try:
            entry = knowledge.model(knowledge.model_id(model))
        except LookupError:
            found = f"{maker}-output" if maker else None
        else:
            licence = knowledge.licence(entry.licence)
            return None if licence is None or licence.output_training == "unknown" else licence.output_training
    if found is None or not knowledge.has("data_licences", found):
        return None
    row = knowledge.data_licence(found)
    status = row.stages["weights-to-customers"].status
    return {"ask-legal": "conditions", "unknown": None}.get(status, status)
