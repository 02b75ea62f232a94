"""Data classes whose methods are made when they are first used.

The standard ones compile six functions a class when a module is imported: for all of ours that was a quarter of the
time of a check, for methods that most checks never call. These have the same fields (`fields`, `replace` and `asdict`
of `dataclasses` work), take the same values and behave the same; to a type checker they are the standard ones.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, fields
from dataclasses import dataclass as _standard
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen=False, slots=False, eq=True):
        """As `dataclasses.dataclass`, for the options that we use."""

        def make(cls: type) -> type:
            made = _standard(init=False, repr=False, eq=False, slots=slots)(cls)
            methods = {"__init__": _first_init(made, frozen=frozen), "__repr__": _repr}
            if eq:
                methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
            if frozen:
                methods |= {"__setattr__": _refuse_set, "__delattr__": _refuse_delete}
                if slots:
                    methods |= {"__getstate__": _getstate, "__setstate__": _setstate}
            for name, method in methods.items():
                if name not in cls.__dict__ or cls.__dict__[name] is None:
                    setattr(made, name, method)
            return made

        return make


def _first_init(cls: type, *, frozen: bool) -> Any:
    """The method that makes the real `__init__` of a class, puts it in its own place and calls it."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - shown as such where arguments are wrong
        cls.__init__ = init = _init(cls, frozen=frozen)  # type: ignore[misc]  # replaced on purpose
        init(self, *args, **kwargs)

    return __init__


def _init(cls: Any, *, frozen: bool) -> Any:
    names: dict[str, Any] = {"_set": object.__setattr__, "_none": MISSING}
    parameters, body = ["self"], []
    for field in fields(cls):
        name, value = field.name, field.name
        if field.default_factory is not MISSING:
            names[f"_of_{name}"] = field.default_factory
            parameters.append(f"{name}=_none")
            value = f"_of_{name}() if {name} is _none else {name}"
        elif field.default is not MISSING:
            names[f"_of_{name}"] = field.default
            parameters.append(f"{name}=_of_{name}")
        else:
            parameters.append(name)
        body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    lines = "\n ".join(body or ["pass"])
    exec(f"def __init__({', '.join(parameters)}):\n {lines}", names)  # noqa: S102 - names of fields, as dataclasses does
    init = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


_getters: dict[tuple[type, bool], Any] = {}


def _values(record: Any, *, hashed: bool) -> Any:
    """The values that count, in one tuple (a single one as it is)."""
    key = (type(record), hashed)
    if key not in _getters:
        counted = [it for it in fields(record) if (it.hash if hashed and it.hash is not None else it.compare)]
        _getters[key] = attrgetter(*(it.name for it in counted)) if counted else type
    return _getters[key](record)


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    # In a tuple, because there a value equals itself even if it is no number.
    return (_values(self, hashed=False),) == (_values(other, hashed=False),)


def _hash(self: Any) -> int:
    return hash(_values(self, hashed=True))


def _repr(self: Any) -> str:
    stated = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({stated})"


def _refuse_set(_self: object, name: str, _value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(_self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in fields(self)]


def _setstate(self: Any, state: list[Any]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
