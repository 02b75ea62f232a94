"""The knowledge base: built-in entries, overlaid by the user's own, found by name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from advisor import __version__
from advisor.cache import Kept, cached, data_files, fingerprint
from advisor.entries.build import Shapes, build
from advisor.entries.families import FAMILIES, form_of
from advisor.records import dataclass

if TYPE_CHECKING:
    from advisor.entries.schema import (
        Advice,
        DataLicence,
        Device,
        ExchangeRate,
        Figure,
        Licence,
        ModelEntry,
        Price,
        Regulation,
        Source,
        System,
        Tokenizer,
    )

Raw = dict[str, Any]

_VENDORS = ("nvidia", "tesla", "geforce", "amd", "huawei", "apple", "intel", "google", "aws", "quadro")
_SUFFIX = re.compile(
    r"[-_ ](hf|base|chat|instruct|it|preview|\d{4}|\d{6}"
    r"|gptq-int[48]|int[48]|awq|fp8|gguf|[48]bit|bnb-4bit|unsloth)$"  # the same weights in another storage
)


class UnknownNameError(LookupError):
    """A name that no entry has, with the nearest ones; `candidates` when it fits several."""

    def __init__(self, family: str, name: str, nearest: tuple[str, ...], candidates: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.family, self.name, self.nearest, self.candidates = family, name, nearest, candidates

    def __str__(self) -> str:
        """The name and what is near it."""
        return f"{self.family}: {self.name!r} is unknown; nearest: {', '.join(self.candidates or self.nearest)}"


def plain(name: str) -> str:
    """A name with case, blanks, hyphens, underscores, dots and slashes taken out, for matching."""
    return re.sub(r"[\s\-_./()+,]+", "", name.lower())


def _plain_device(name: str) -> str:
    words = re.split(r"[\s\-_/]+", name.strip().lower())
    while len(words) > 1 and words[0] in _VENDORS:
        words.pop(0)
    return plain(" ".join(words))


_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")


def _plain_model(name: str) -> str:
    """As `plain`, without the organisation; a decimal point stays, or 1.3B would be 13B."""
    return plain(_DECIMAL.sub("p", name.strip().rsplit("/", 1)[-1]).replace(":", "-"))


def _stem(name: str) -> str:
    stem = name.strip().lower().rsplit("/", 1)[-1].replace(":", "-")
    while (shorter := _SUFFIX.sub("", stem)) != stem:
        stem = shorter
    return _plain_model(stem)


def read_folders(folders: Iterable[Path]) -> dict[str, dict[str, Raw]]:
    """All entries of some knowledge folders as plain values, later folders over earlier ones, field by field.

    Each entry carries `_from`: a list of [dotted field, file] for what an overlay set. Raises Unreadable with every
    error of every file.
    """
    from advisor.entries.check import read_entries  # noqa: PLC0415 - only when the cache is cold

    merged: dict[str, dict[str, Raw]] = {family: {} for family in FAMILIES}
    for folder in folders:
        for family, entries in read_entries(folder, over=merged).items():
            for name, raw in entries.items():
                known = merged[family].get(name)
                if known is None:
                    merged[family][name] = raw
                else:
                    _overlay(known, raw, str(folder), known.setdefault("_from", []))
    return merged


def _overlay(known: Raw, new: Raw, origin: str, changed: list[list[str]], path: str = "") -> None:
    for key, value in new.items():
        where = f"{path}.{key}" if path else key
        if isinstance(value, dict) and isinstance(known.get(key), dict):
            _overlay(known[key], value, origin, changed, where)
        elif key in {"evidence", "aliases"} and isinstance(value, list):
            known[key] = value + [old for old in known.get(key, []) if old not in value]
        else:
            known[key] = value
            changed.append([where, origin])


def built_in_folder() -> Path:
    """Where the knowledge that comes with the product lies."""
    import advisor.knowledge as data  # noqa: PLC0415 - a folder of data

    return Path(next(iter(data.__path__)))


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Entries by family and id. Made by `load_knowledge`; typed entries are built when first asked for."""

    raw: Mapping[str, Mapping[str, Raw]]
    folders: tuple[str, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)  # shapes of the forms and tables of names, from the cache
    _typed: dict[tuple[str, str], Any] = field(default_factory=dict)

    def ids(self, family: str) -> tuple[str, ...]:
        """All ids of a family, sorted."""
        return tuple(sorted(self.raw[family]))

    def has(self, family: str, name: str) -> bool:
        """Tell whether a family has an entry of exactly this id."""
        return name in self.raw[family]

    @cached_property
    def _shapes(self) -> Shapes:
        if "shapes" in self.kept:
            shapes: Shapes = self.kept["shapes"]
            return shapes
        from advisor.entries.shapes import shapes_of_forms  # noqa: PLC0415 - only where no cache was read

        return shapes_of_forms()

    def entry(self, family: str, name: str) -> Any:
        """The entry of this id as a record of its form. Raises KeyError."""
        key = (family, name)
        if key not in self._typed:
            raw = self.raw[family][name]
            form = form_of(family, raw)
            if form is None:
                raise KeyError(key)
            self._typed[key] = build(form, raw, self._shapes)
        return self._typed[key]

    def entries(self, family: str) -> Iterator[tuple[str, Any]]:
        """All entries of a family with their ids, sorted by id."""
        for name in self.ids(family):
            yield name, self.entry(family, name)

    def devices(self) -> Iterator[tuple[str, Device]]:
        """All devices with their ids."""
        return self.entries("devices")

    def models(self) -> Iterator[tuple[str, ModelEntry]]:
        """All models with their ids."""
        return self.entries("models")

    def quotations(self) -> Iterator[tuple[str, Price]]:
        """All prices with their ids, exchange rates apart."""
        return ((name, row) for name, row in self.entries("prices") if "cny" not in self.raw["prices"][name])

    def data_licence(self, name: str) -> DataLicence:
        """The terms of training data of this id."""
        return cast("DataLicence", self.entry("data_licences", name))

    def regulation(self, name: str) -> Regulation:
        """The rule of law or policy of this id."""
        return cast("Regulation", self.entry("regulations", name))

    def advice(self, name: str) -> Advice:
        """The advice of practice of this id."""
        return cast("Advice", self.entry("practice", name))

    def origin(self, family: str, name: str) -> dict[str, str]:
        """Which fields of an entry an overlay set, and the folder that did."""
        return dict(self.raw[family][name].get("_from", []))

    def tables(self) -> dict[str, Any]:
        """The tables of names as JSON values: made from all entries, so they are kept."""
        return {
            "device names": self._find_device_names(),
            "model names": self._find_model_names(),
            "licence names": self._find_licence_names(),
            "data licence names": self._find_data_licence_names(),
            "prices": [[*of, names] for of, names in self._find_prices().items()],
            "exchange rates": self._find_exchange_rates(),
        }

    def _table(self, name: str, find: Callable[[], Any]) -> Any:
        return self.kept[name] if name in self.kept else find()

    @cached_property
    def _device_names(self) -> Mapping[str, str]:
        return cast("Mapping[str, str]", self._table("device names", self._find_device_names))

    def _find_device_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for family in ("systems", "devices"):
            for entry, raw in self.raw[family].items():
                for name in (entry, *_names(raw)):
                    names[_plain_device(name)] = entry
        for family in ("systems", "devices"):  # an id is always its own
            names.update({_plain_device(entry): entry for entry in self.raw[family]})
        return names

    @cached_property
    def _model_names(self) -> tuple[Mapping[str, str], Mapping[str, list[str]]]:
        exact, stems = self._table("model names", self._find_model_names)
        return exact, stems

    def _find_model_names(self) -> tuple[dict[str, str], dict[str, list[str]]]:
        exact: dict[str, str] = {}
        stems: dict[str, dict[str, None]] = {}
        for entry, raw in self.raw["models"].items():
            for name in (entry, *_names(raw), *([raw["hub"]] if raw.get("hub") else [])):
                exact.setdefault(_plain_model(name), entry)
                stems.setdefault(_stem(name), {})[entry] = None
        exact.update({_plain_model(entry): entry for entry in self.raw["models"]})
        return exact, {stem: list(entries) for stem, entries in stems.items()}

    def device_id(self, name: str) -> str:
        """The id of the device or system that a name means. Raises UnknownNameError."""
        key = _plain_device(name)
        if key in self._device_names:
            return self._device_names[key]
        near = self._nearest(key, self._device_names)
        several = tuple(found for found in near if _plain_device(found).startswith(key))
        raise UnknownNameError("devices", name, near, several if len(several) > 1 else ())

    def model_id(self, name: str) -> str:
        """The id of the model that a name means; endings such as -instruct fall away one by one.

        Raises UnknownNameError.
        """
        exact, stems = self._model_names
        key = _plain_model(name)
        if key in exact:
            return exact[key]
        stem = _stem(name)
        left = stems.get(stem, [])
        if len(left) == 1:
            return left[0]
        shorter = name.strip().lower()
        while (cut := _SUFFIX.sub("", shorter)) != shorter:
            shorter = cut
            if (key_of := _plain_model(shorter)) in exact:
                return exact[key_of]
        raise UnknownNameError("models", name, self._nearest(key, exact), tuple(sorted(left)))

    @staticmethod
    def _nearest(key: str, names: Mapping[str, str]) -> tuple[str, ...]:
        inside = [name for name in names if key in name] if len(key) >= 2 else []
        inside.sort(key=lambda name: (not name.startswith(key), len(name), name))
        close = difflib.get_close_matches(key, names, n=6, cutoff=0.5)
        return tuple(dict.fromkeys(names[name] for name in (*inside, *close)))[:4]

    def device(self, name: str) -> Device:
        """The device of this id."""
        return cast("Device", self.entry("devices", name))

    def system(self, name: str) -> System | None:
        """The system of this id, or None when it is a single device's."""
        return cast("System", self.entry("systems", name)) if self.has("systems", name) else None

    def model(self, name: str) -> ModelEntry:
        """The model of this id."""
        return cast("ModelEntry", self.entry("models", name))

    def tokenizer(self, name: str | None) -> Tokenizer | None:
        """The tokenizer of this id, None where it was not measured."""
        return cast("Tokenizer", self.entry("tokenizers", name)) if name and self.has("tokenizers", name) else None

    def licence(self, name: str | None) -> Licence | None:
        """The base-model licence of this id or SPDX expression; None: unknown."""
        if not name:
            return None
        key = self._licence_names.get(plain(name))
        return cast("Licence", self.entry("licences", key)) if key else None

    @cached_property
    def _licence_names(self) -> Mapping[str, str]:
        return cast("Mapping[str, str]", self._table("licence names", self._find_licence_names))

    def _find_licence_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for entry, raw in self.raw["licences"].items():
            for name in (*_names(raw), *([raw["spdx"]] if raw.get("spdx") else [])):
                names.setdefault(plain(name), entry)
        names.update({plain(entry): entry for entry in self.raw["licences"]})
        return names

    @cached_property
    def data_licence_names(self) -> Mapping[str, str]:
        """Data licences by id, alias, name and SPDX id, each in its plain form."""
        return cast("Mapping[str, str]", self._table("data licence names", self._find_data_licence_names))

    def _find_data_licence_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for entry, raw in self.raw["data_licences"].items():
            for name in (*_names(raw), *raw.get("spdx", [])):
                names.setdefault(plain(name), entry)
        names.update({plain(entry): entry for entry in self.raw["data_licences"]})
        return names

    def licence_id(self, name: str | None) -> str | None:
        """The id of the base-model licence that a name or SPDX expression means; None: unknown."""
        return self._licence_names.get(plain(name)) if name else None

    def figure(self, name: str) -> Figure:
        """A figure of practice. Raises KeyError: a formula that names a missing one is a mistake of ours."""
        return cast("Figure", self.entry("practice", name))

    @cached_property
    def prices(self) -> Mapping[tuple[str, str | None], tuple[str, ...]]:
        """The ids of prices by what they are of: the kind of thing and the device or system."""
        if "prices" in self.kept:
            return {(what, item): tuple(names) for what, item, names in self.kept["prices"]}
        return self._find_prices()

    def _find_prices(self) -> dict[tuple[str, str | None], tuple[str, ...]]:
        found: dict[tuple[str, str | None], list[str]] = {}
        for name, raw in sorted(self.raw["prices"].items()):
            if "what" in raw:
                found.setdefault((raw["what"], raw.get("item")), []).append(name)
        return {key: tuple(names) for key, names in found.items()}

    def price(self, name: str) -> Price:
        """A price by its id."""
        return cast("Price", self.entry("prices", name))

    @cached_property
    def exchange_rates(self) -> Mapping[str, tuple[str, ExchangeRate]]:
        """Exchange rates by currency, with their ids."""
        names = self._table("exchange rates", self._find_exchange_rates)
        return {currency: (name, self.entry("prices", name)) for currency, name in names.items()}

    def _find_exchange_rates(self) -> dict[str, str]:
        return {raw["currency"]: name for name, raw in self.raw["prices"].items() if "cny" in raw}

    def source(self, name: str) -> Source:
        """A source by its id. Raises KeyError."""
        return cast("Source", self.entry("sources", name))

    def sources_of(self, family: str, name: str, fields: Iterable[str] = ()) -> tuple[str, ...]:
        """The source ids of an entry; of some of its fields where named."""
        wanted = set(fields)
        lines = self.raw[family][name].get("evidence", [])
        tops = {name.partition(".")[0] for name in wanted}
        named = [
            line["source"]
            for line in lines
            if any(name in wanted or name.partition(".")[0] in tops for name in line.get("fields") or ())
        ]
        rest = [line["source"] for line in lines if not line.get("fields")]
        chosen = [line["source"] for line in lines] if not wanted else named or rest
        return tuple(dict.fromkeys(chosen))

    def stale(self, source: str, today: date) -> bool:
        """Tell whether a source is past the day somebody promised to look at it again."""
        return self.source(source).review_by < today


def _names(raw: Raw) -> list[str]:
    name = raw.get("name")
    shown = list(name.values()) if isinstance(name, dict) else [name] if name else []
    return [*shown, *raw.get("aliases", [])]


@lru_cache(maxsize=4)
def load_knowledge(overlays: tuple[Path, ...] = ()) -> Knowledge:
    """The built-in knowledge with the user's folders over it, field by field, in the order given.

    Raises Unreadable with every error of every overlay file.
    """
    folders = (built_in_folder(), *(Path(folder) for folder in overlays))
    files = data_files(folders)

    def read() -> dict[str, Any]:
        from advisor.entries.shapes import shapes_of_forms  # noqa: PLC0415 - only when the cache is cold

        raw = read_folders(folders)
        return {
            "shapes": shapes_of_forms(),
            **Knowledge(raw).tables(),
            "ids": {family: list(entries) for family, entries in raw.items()},
            **{f"{family}/{name}": entry for family, entries in raw.items() for name, entry in entries.items()},
        }

    def use(parts: Mapping[str, Any]) -> Knowledge:
        def entries(family: str) -> Mapping[str, Raw]:
            return Kept(parts["ids"][family], lambda name: parts[f"{family}/{name}"])

        raw = {family: entries(family) for family in FAMILIES}
        return Knowledge(raw, tuple(str(folder) for folder in folders[1:]), parts)

    return cached("knowledge", fingerprint(files, __version__, repr([str(folder) for folder in folders])), read, use)
