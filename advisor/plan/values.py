"""How one value of a plan is read, bounded and described: numbers, names, quantities with units, lists, frameworks.

A leaf reads what a YAML scalar or list holds into canonical form, or raises the key of our words with their values; the
place is added by `advisor.plan.read`. Each also gives its part of the plan's JSON Schema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

from advisor.estimates.run import FrameworkId
from advisor.plan import units
from advisor.plan.source import shown
from advisor.plan.units import Interval, Money, QuantityError, Rate, nearest

LoraTargets = Literal["all-linear", "attention", "qv"]
Schema = dict[str, Any]


class RefusedError(ValueError):
    """A value that a leaf refuses: the key of our words in `advisor.words.plan`, and their values."""

    def __init__(self, key: str, values: dict[str, object]) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def refused(key: str, /, **values: object) -> RefusedError:
    """The error of a leaf; `advisor.plan.read` adds the place."""
    return RefusedError(key, values)


class Leaf:
    """How one value is read and described. Null means: not given."""

    __slots__ = ("says",)

    def __init__(self, says: str) -> None:
        self.says = says

    def read(self, value: object) -> object:
        """The value in canonical form. Raises RefusedError with the key of our words."""
        raise NotImplementedError

    def schema(self) -> Schema:
        """The JSON Schema of what may be written."""
        raise NotImplementedError


def _plain_number(value: object) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9][0-9,_.]*([eE][-+]?[0-9]+)?", value.strip()):
            raise refused("number-quoted", value=shown(value))
        raise refused("number", value=shown(value))
    if isinstance(value, float) and not math.isfinite(value):
        raise refused("not-finite", value=shown(value))
    return value


def _bounded(value: float | int, low: float, high: float, written: object, *, above: bool = False) -> None:
    if above and not low < value:
        raise refused("not-above", value=shown(written), low=f"{low:g}")
    if not low <= value <= high:
        raise refused("out-of-range", value=shown(written), low=_short(low), high=_short(high))


def _short(bound: float) -> str:
    return f"{int(bound):,}" if bound == int(bound) and abs(bound) < 10**9 else f"{bound:g}".replace("e+", "e")


class Whole(Leaf):
    """A whole number; 1e3 is one."""

    __slots__ = ("high", "low")

    def __init__(self, says: str, low: int, high: int) -> None:
        super().__init__(says)
        self.low, self.high = low, high

    def read(self, value: object) -> int:
        """The number as int."""
        number = _plain_number(value)
        if number != int(number):
            raise refused("whole-number", value=shown(value))
        _bounded(number, self.low, self.high, value)
        return int(number)

    def schema(self) -> Schema:
        """An integer within bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class Version(Whole):
    """The version of the plan format."""

    __slots__ = ()

    def read(self, value: object) -> int:
        """The version, if this program reads it."""
        if isinstance(value, bool) or value != self.low:
            raise refused("version", value=shown(value), known=self.low)
        return self.low

    def schema(self) -> Schema:
        """The one version."""
        return {"const": self.low}


class Number(Leaf):
    """A number; with `above`, the lower bound itself is refused."""

    __slots__ = ("above", "high", "low")

    def __init__(self, says: str, low: float, high: float, *, above: bool = False) -> None:
        super().__init__(says)
        self.low, self.high, self.above = low, high, above

    def read(self, value: object) -> float:
        """The number as float."""
        number = _plain_number(value)
        _bounded(number, self.low, self.high, value, above=self.above)
        return float(number)

    def schema(self) -> Schema:
        """A number within bounds."""
        return {"type": "number", "exclusiveMinimum" if self.above else "minimum": self.low, "maximum": self.high}


class Flag(Leaf):
    """true or false."""

    __slots__ = ()

    def read(self, value: object) -> bool:
        """The truth value; `yes` and `on` are text in YAML 1.2."""
        if isinstance(value, bool):
            return value
        words = {"yes": "true", "on": "true", "y": "true", "是": "true", "no": "false", "off": "false", "n": "false"}
        near = words.get(value.lower()) if isinstance(value, str) else None
        raise refused("boolean", value=shown(value), nearest=nearest(near))

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


class Text(Leaf):
    """Text of one or more characters; numbers and dates that stand for names are taken as written."""

    __slots__ = ("longest",)

    def __init__(self, says: str, longest: int = 2000) -> None:
        super().__init__(says)
        self.longest = longest

    def read(self, value: object) -> str:
        """The text without blanks around it."""
        if not isinstance(value, str):
            raise refused("text", value=shown(value))
        text = value.strip()
        if not text:
            raise refused("text-empty")
        if len(text) > self.longest:
            raise refused("text-too-long", limit=f"{self.longest:,}")
        return text

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


class Remark(Text):
    """Text that refuses nothing people write there: a number or an empty text is kept as it stands."""

    __slots__ = ()

    def read(self, value: object) -> str:
        """The text, empty where it is empty."""
        if isinstance(value, (list, dict)):
            raise refused("text", value=shown(value))
        text = value.strip() if isinstance(value, str) else shown(value)
        if len(text) > self.longest:
            raise refused("text-too-long", limit=f"{self.longest:,}")
        return text

    def schema(self) -> Schema:
        """A scalar."""
        return {"type": ["string", "number", "boolean"]}


class Day(Leaf):
    """A date of the form YYYY-MM-DD; what is none is read as None, because an acceptance never refuses a plan."""

    __slots__ = ()

    def read(self, value: object) -> date | None:
        """The date."""
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            return None
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None

    def schema(self) -> Schema:
        """A string with a date."""
        return {"type": "string", "format": "date"}


def _folded(text: str) -> str:
    return re.sub(r"[\s_]+", "-", text.strip().lower())


class Choice(Leaf):
    """One of a set of names; case, underscores and blanks are ignored, and some names have others for the same."""

    __slots__ = ("accepted", "hints", "names")

    def __init__(self, says: str, names: Any, same: dict[str, str] | None = None, hints: dict[str, str] | None = None):
        super().__init__(says)
        self.names: tuple[str, ...] = get_args(names)
        self.accepted = {name: name for name in self.names} | (same or {})
        self.hints = hints or {}  # what people call it -> the name that is nearest, offered in the error

    def read(self, value: object) -> str:
        """The name as the contract spells it."""
        if isinstance(value, str):
            text = _folded(value) if len(value) <= 100 else ""
            if (name := self.accepted.get(text)) is not None:
                return name
        text = _folded(shown(value))
        near = self.hints.get(text) or next(iter(get_close_matches(text, self.accepted, n=1, cutoff=0.5)), None)
        raise refused("choice", value=shown(value), choices=", ".join(self.names), nearest=nearest(near))

    def schema(self) -> Schema:
        """An enumeration, with the other names that mean the same."""
        return {"enum": list(self.accepted)}


_WRITERS: Final[dict[Callable[[object], object], Callable[[float], str]]] = {
    units.read_parameters: units.write_count,
    units.read_tokens: units.write_count,
    units.read_size: units.write_size,
    units.read_memory: units.write_memory,
    units.read_speed: units.write_speed,
    units.read_duration: units.write_duration,
    units.read_days: units.write_duration,
    units.read_share: units.write_share,
}


class Quantity(Leaf):
    """A value with its unit."""

    __slots__ = ("examples", "high", "low", "pattern", "reader")

    def __init__(
        self,
        says: str,
        reader: Callable[[object], object],
        low: float,
        high: float,
        pattern: str,
        examples: tuple[str | float, ...],
    ) -> None:
        super().__init__(says)
        self.reader, self.low, self.high, self.pattern, self.examples = reader, low, high, pattern, examples

    def read(self, value: object) -> object:
        """The value in canonical units."""
        try:
            quantity = self.reader(value)
        except QuantityError as error:
            raise refused(error.key, **error.values) from None
        amount = quantity.amount if isinstance(quantity, (Money, Rate)) else quantity
        assert isinstance(amount, float)  # noqa: S101 - every reader in `units` gives a float or an amount
        if not self.low <= amount <= self.high:
            raise refused(
                "quantity-range", value=shown(value), low=self.written(self.low), high=self.written(self.high)
            )
        return quantity

    def written(self, bound: float) -> str:
        """A bound as it would be written in a plan."""
        writer = _WRITERS.get(self.reader)
        return _short(bound) if writer is None else writer(bound)

    def schema(self) -> Schema:
        """A string of the form, or a number."""
        text: Schema = {"type": "string", "pattern": self.pattern}
        number: Schema = {"type": "number", "minimum": 0}
        return {"anyOf": [text, number], "examples": list(self.examples)}


class WholeQuantity(Quantity):
    """A count of things that cannot be halved."""

    __slots__ = ()

    def read(self, value: object) -> int:
        """The count as int."""
        quantity = super().read(value)
        assert isinstance(quantity, float)  # noqa: S101 - counts only
        if quantity != int(quantity):
            raise refused("whole-number", value=shown(value))
        return int(quantity)


_N = r"\s*[0-9０-９零一二两三四五六七八九十百千半.．][0-9０-９,_.．，eE+零一二三四五六七八九十百千点]*\s*"
_SCALE = (
    r"([kKmMbBtTwWｋＫｍＭｂＢｔＴ]|[bBmMtT]n|[tT]housand|[mMbB]illion|[tT]rillion|[十百千]?[万亿]|万亿|[十百千])?\s*"
)
_SIZE = rf"^{_N}([kKmMgGtTpPeEＫＭＧＴ]?[iI]?([bBＢ]|[bB]ytes?|字节)?)\s*$"
_TIME = (
    r"^.*([hdwyHDWY]|[Mm]ins?|[Mm]inutes?|[Hh]rs?|[Hh]ours?|[Dd]ays?|[Ww]ks?|[Ww]eeks?|[Mm]os?|[Mm]onths?|[Qq]uarters?"
    r"|[Yy]rs?|[Yy]ears?|分钟|小时|天|日|周|星期|礼拜|月|季度|年|半)\s*$"
)
_MONEY = r"^.*[0-9０-９零一二两三四五六七八九十百千半万].*$"


def _count_pattern(nouns: str) -> str:
    return rf"^{_N}{_SCALE}({nouns})?\s*$"


class Parameters(Quantity):
    """A number of weights."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        pattern = _count_pattern("[pP]arameters?|[pP]arams?|weights|个?参数")
        super().__init__(says, units.read_parameters, 1e3, 1e16, pattern, ("30.5B", "350M", "300亿"))


class Tokens(Quantity):
    """A number of tokens."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        pattern = _count_pattern("[tT]okens?|个?词元|个token")
        super().__init__(says, units.read_tokens, 1, 1e18, pattern, ("12.3B tokens", "120亿 tokens"))


class Samples(WholeQuantity):
    """A number of samples."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        pattern = _count_pattern("[sS]amples?|[eE]xamples|rows|条样本|个样本|条数据|样本|条|个|份")
        super().__init__(says, units.read_samples, 1, 1e15, pattern, (10000, "10k", "1万条"))


class People(WholeQuantity):
    """A number of people."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        super().__init__(
            says, units.read_people, 0, 1e11, _count_pattern("users?|people|名用户|个用户|用户|人"), (0, "100万")
        )


class Frequency(Leaf):
    """How often something happens: after so many steps, or after a time."""

    __slots__ = ()

    def read(self, value: object) -> Interval:
        """The interval in steps or in days."""
        try:
            interval = units.read_interval(value)
        except QuantityError as error:
            raise refused(error.key, **error.values) from None
        if interval.steps is not None:
            _bounded(interval.steps, 1, 10**12, value)
        else:
            _bounded(interval.days or 0.0, 0, 36525, value, above=True)
        return interval

    def schema(self) -> Schema:
        """A string such as `500 steps`, or a number of steps."""
        text: Schema = {"type": "string", "pattern": f"({_count_pattern('[sS]teps?|个?步')})|({_TIME})"}
        return {"anyOf": [text, {"type": "integer", "minimum": 1}], "examples": ["500 steps", "500步", "4 hours"]}


class Size(Quantity):
    """Bytes on disk; GB is 10^9 bytes."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        super().__init__(says, units.read_size, 1, 1e21, _SIZE, ("50GB", "4TB", "500 MiB"))

    def schema(self) -> Schema:
        """A string with a unit: a bare number could be anything."""
        return {"type": "string", "pattern": self.pattern, "examples": list(self.examples)}


class Memory(Size):
    """GiB of device or host memory; GB is read as GiB, as vendors mean it."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        Quantity.__init__(self, says, units.read_memory, 0, 1e9, _SIZE, ("512GB", "80GiB"))


class Speed(Size):
    """Bytes per second."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        pattern = rf"^{_N}[kKmMgGtT]?[iI]?([bB]|[bB]its?|[bB]ytes?)?\s*(ps|p/s|/\s*s(ec(ond)?s?)?|/\s*秒|每秒)?\s*$"
        Quantity.__init__(self, says, units.read_speed, 1e3, 1e15, pattern, ("200Gbps", "25GB/s"))


class Duration(Size):
    """Days."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        Quantity.__init__(self, says, units.read_duration, 0, 36525, _TIME, ("3 months", "3个月", "两周"))


class Days(Quantity):
    """Days, in a field whose name says so: a bare number is accepted."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        super().__init__(says, units.read_days, 0, 36525, _TIME, ("14 days", 14, "两周"))


class Amount(Size):
    """Money."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        Quantity.__init__(self, says, units.read_money, 0, 1e15, _MONEY, ("100000 CNY", "10万元", "$20k"))

    def schema(self) -> Schema:
        """A string with a currency, or 0."""
        return {"anyOf": [{"type": "string", "pattern": self.pattern}, {"const": 0}], "examples": list(self.examples)}


class Price(Amount):
    """What one device costs: for an hour or another period, or to own."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        Quantity.__init__(self, says, units.read_price, 0, 1e12, _MONEY, ("27.08 CNY/hour", "20元/小时", "40000 CNY"))


class Share(Quantity):
    """A fraction of one."""

    __slots__ = ()

    def __init__(self, says: str, high: float = 1.0) -> None:
        super().__init__(says, units.read_share, 0, high, rf"^{_N}([%％]|percent)\s*$", ("30%", 0.3))

    def schema(self) -> Schema:
        """A percentage, or a number up to one."""
        text: Schema = {"type": "string", "pattern": self.pattern}
        return {"anyOf": [text, {"type": "number", "minimum": 0, "maximum": 1}], "examples": list(self.examples)}


class ListOf(Leaf):
    """A list of values of one kind."""

    __slots__ = ("item", "longest")

    def __init__(self, says: str, item: Leaf, longest: int = 200) -> None:
        super().__init__(says)
        self.item, self.longest = item, longest

    def read(self, value: object) -> tuple[object, ...]:
        """The values; the first that is wrong is named with its number."""
        if not isinstance(value, list):
            near = f"[{shown(value)}]" if isinstance(value, str) else None
            raise refused("list", value=shown(value), nearest=nearest(near))
        if len(value) > self.longest:
            raise refused("list-too-long", limit=self.longest)
        items: list[object] = []
        wrong: list[tuple[int, RefusedError]] = []
        for index, item in enumerate(value):
            try:
                if item is None:
                    raise refused("list-null")
                items.append(self.item.read(item))
            except RefusedError as error:
                wrong.append((index, error))
        if wrong:
            raise refused("items", errors=wrong)
        return tuple(items)

    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "items": self.item.schema(), "maxItems": self.longest}


class Targets(ListOf):
    """The linear layers that get adapters: a set by name, or a list of module names."""

    __slots__ = ("choice",)

    def __init__(self, says: str) -> None:
        super().__init__(says, Text("name of a module", 200))
        self.choice = Choice(says, LoraTargets, {"all": "all-linear"})

    def read(self, value: object) -> Any:
        """The name of the set, or the modules."""
        if isinstance(value, list):
            if not value:
                raise refused("text-empty")
            return super().read(value)
        if isinstance(value, str) and (name := self.choice.accepted.get(_folded(value))):
            return name
        near = f"[{shown(value)}]" if isinstance(value, str) and re.search(r"proj|,|query|dense", value) else None
        if near is None:
            return self.choice.read(value)
        raise refused("targets", value=shown(value), nearest=nearest(near))

    def schema(self) -> Schema:
        """One of the sets, or an array of names."""
        return {"anyOf": [self.choice.schema(), super().schema()]}


class Region(Text):
    """An ISO 3166 code of two letters, EU or GLOBAL."""

    __slots__ = ()

    def __init__(self, says: str) -> None:
        super().__init__(says, 60)

    def read(self, value: object) -> str:
        """The code in capitals."""
        text = super().read(value)
        if re.fullmatch(r"[A-Za-z]{2}|[Gg][Ll][Oo][Bb][Aa][Ll]", text):
            return text.upper()
        names = {
            "china": "CN", "中国": "CN", "usa": "US", "united states": "US", "美国": "US", "europe": "EU", "欧盟": "EU",
            "germany": "DE", "japan": "JP", "日本": "JP", "singapore": "SG", "新加坡": "SG", "hong kong": "HK",
            "uk": "GB", "united kingdom": "GB", "全球": "GLOBAL", "world": "GLOBAL",
        }  # fmt: skip
        raise refused("region", value=shown(value), nearest=nearest(names.get(text.lower())))

    def schema(self) -> Schema:
        """Two letters, or global."""
        return {"type": "string", "pattern": "^([A-Za-z]{2}|[Gg][Ll][Oo][Bb][Aa][Ll])$"}


_FRAMEWORKS: Final[dict[FrameworkId, tuple[str, ...]]] = {
    "huggingface": ("hf", "transformers", "trl", "peft", "accelerate", "huggingfacetransformers", "hftransformers",
                    "hftrainer", "huggingfacetrainer", "sfttrainer", "openr1", "alignmenthandbook", "autotrain",
                    "autotrainadvanced", "fastchat", "stanfordalpaca", "qlora", "llamarecipes", "llamacookbook",
                    "firefly", "medicalgpt"),
    "deepspeed": ("microsoftdeepspeed", "deepspeedchat", "deepspeedexamples", "openrlhf", "xtuner", "lmflow"),
    "fsdp": ("verl", "easyr1", "fsdp2", "pytorchfsdp", "torchfsdp", "fullyshardeddataparallel"),
    "megatron-lm": ("megatron", "megatroncore", "mcore", "megatronbridge", "megatrondeepspeed", "nvidiamegatron",
                    "paimegatronpatch", "megatronpatch", "megatronswift"),
    "nemo": ("nvidianemo", "nemoframework", "nemorl", "nemoautomodel", "automodel"),
    "litgpt": ("lightninglitgpt", "litllama"),
    "torchtune": (),
    "torchtitan": (),
    "ms-swift": ("swift", "modelscopeswift"),
    "llama-factory": ("llamafactorycli", "llamaboard", "llamaefficienttuning", "360llamafactory"),
    "axolotl": (),
    "unsloth": (),
    "llm-foundry": ("mosaicml", "mosaicllmfoundry", "composer"),
    "colossal-ai": ("colossalchat",),
    "internlm": ("internevo",),
    "mindspeed": ("mindspeedllm", "mindspeedmm", "mindspeedrl", "modellink"),
}  # fmt: skip
_FRAMEWORK_NAMES: Final = {
    name: framework
    for framework, others in _FRAMEWORKS.items()
    for name in (re.sub(r"[^a-z0-9]", "", framework), *others)
}


def framework_id(text: str) -> FrameworkId | None:
    """The framework that a free text names, or None.

    Case, blanks, hyphens and underscores do not count, nor a version behind the name; a repository
    (`hiyouga/LLaMA-Factory`) or its address stands for its framework. Of several (`TRL + DeepSpeed`) the first known
    counts, Hugging Face libraries last, because they are what the others are used with.
    """
    found: list[FrameworkId] = []
    for part in re.split(
        r"\s*(?:[+,;&、，；]|\bwith\b|\band\b|\bon\b|和|与|加)\s*", text.strip()[:500], flags=re.IGNORECASE
    ):
        name = re.sub(r"(?:\.git)?/*$", "", part.strip()).rpartition("/")[2]
        name = re.sub(r"\s*(?:[=~<>!]=|[@:<>(（]|\s(?=v?[0-9])).*$", "", name, flags=re.IGNORECASE | re.DOTALL)
        words = name.lower().split()
        # `DeepSpeed ZeRO-3` and `PyTorch FSDP` say more than the name.
        for some in (*(words[:end] for end in range(len(words), 0, -1)), words[-1:]):
            if known := _FRAMEWORK_NAMES.get(re.sub(r"[^a-z0-9]", "", "".join(some))):
                found.append(known)
                break
    return next((known for known in found if known != "huggingface"), found[0] if found else None)
