"""Mappings of a plan file as frozen records: their fields, and how they are read, every mistake at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple, Self, TypeVar, dataclass_transform, get_args, get_origin

from advisor.plan.source import Path, shown
from advisor.plan.values import Leaf, RefusedError, refused


class Field(NamedTuple):
    """One field of a section: a value that `leaf` reads, or a section, or (`many`) a list of sections."""

    leaf: Leaf | None
    section: type[Section] | None
    many: bool
    required: bool


class Fault(NamedTuple):
    """A mistake in the data: where it stands, the key of our words with their values, and what stands there."""

    path: Path
    key: str  # of a leaf, or MISSING, UNKNOWN, NOT_A_LIST
    values: Mapping[str, object]
    given: object


class FaultyError(ValueError):
    """Data that is not the section asked for, with every mistake in it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


MISSING: Final = "missing"
UNKNOWN: Final = "unknown"
NOT_A_LIST: Final = "not-a-list"


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Section:
    """Base of all parts of a plan: frozen, compared by value.

    The annotation of a field is what `Annotated` marks with a `Leaf`, another section, or a tuple of sections; each
    with `| None` and the default None where the field may be left out. `model_fields` has all fields in their order.
    """

    model_fields: ClassVar[Mapping[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        cls.model_fields = {name: _field(cls, name, it) for name, it in cls.__annotations__.items()}

    def __init__(self, **values: Any) -> None:
        fields = type(self).model_fields
        if wrong := [name for name in values if name not in fields]:
            raise TypeError(f"{type(self).__name__} has no field {wrong[0]!r}")
        if missing := [name for name, field in fields.items() if field.required and name not in values]:
            raise TypeError(f"{type(self).__name__} needs the field {missing[0]!r}")
        self.__dict__.update((name, values.get(name)) for name in fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a plan does not change")

    __delattr__ = __setattr__  # type: ignore[assignment]  # a value too few, and it is refused as well

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if value is not None)
        return f"{type(self).__name__}({stated})"

    @classmethod
    def from_data(cls, data: object) -> Self:
        """The section that a mapping holds, null the same as left out. Raises FaultyError with every mistake."""
        faults: list[Fault] = []
        section = _read(cls, data, (), faults)
        if section is None:
            raise FaultyError(faults)
        return section


_S = TypeVar("_S", bound=Section)


def _field(section: type[Section], name: str, annotation: Any) -> Field:
    required = name not in section.__dict__
    marks = getattr(annotation, "__metadata__", None)
    if marks:
        return Field(marks[0], None, many=False, required=required)
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, Section):
            return Field(None, part, many=False, required=required)
        if get_origin(part) is tuple and issubclass(get_args(part)[0], Section):
            return Field(None, get_args(part)[0], many=True, required=required)
    raise TypeError(f"{section.__name__}.{name}: {annotation!r} says not how it is read")


def _read(section: type[_S], data: object, path: Path, faults: list[Fault]) -> _S | None:
    """The section, or None where it or anything read before it has a mistake."""
    if not isinstance(data, dict):
        error = refused("mapping", value=shown(data), section=section.__name__)
        faults.append(Fault(path, error.key, error.values, data))
        return None
    fields = section.model_fields
    values: dict[str, Any] = {}
    for name, field in fields.items():
        value = data.get(name)
        if value is None:
            if field.required:
                faults.append(Fault((*path, name), MISSING, {}, data))
        elif field.leaf is not None:
            try:
                values[name] = field.leaf.read(value)
            except RefusedError as error:
                faults.append(Fault((*path, name), error.key, error.values, value))
        elif field.section is not None:
            here = (*path, name)
            if not field.many:
                values[name] = _read(field.section, value, here, faults)
            elif isinstance(value, list):
                values[name] = tuple(_read(field.section, item, (*here, i), faults) for i, item in enumerate(value))
            else:
                faults.append(Fault(here, NOT_A_LIST, {}, value))
    faults += (Fault((*path, name), UNKNOWN, {}, value) for name, value in data.items() if name not in fields)
    return section(**values) if not faults else None
