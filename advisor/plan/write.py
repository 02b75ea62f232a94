"""Plan files as text: a mapping of values written in the order of the contract, to be read back the same."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from advisor.patterns import pattern
from advisor.plan.model import SECTIONS, Plan
from advisor.plan.source import plain_scalar

# Letters, digits and signs that mean nothing to YAML wherever they stand in a line of ours.
_PLAIN = pattern(r"[\w¥$€.(（][\w .%/+()（）@$€¥·：，。、-]*")
_ESCAPED = pattern("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_FLOW: Final = frozenset({"training.lora", "hardware.network", "project.team", "accept"})


def write_plan(values: Mapping[str, Any]) -> str:
    """The YAML text of a plan, known keys in the contract's order and others behind them."""
    lines: list[str] = []
    for name, value in _ordered(values, list(Plan.model_fields)):
        _write(lines, name, value, "", str(name))
    return "\n".join(lines) + "\n"


def _ordered(values: Mapping[str, Any], names: Sequence[str]) -> list[tuple[str, Any]]:
    places = {name: place for place, name in enumerate(names)}
    return sorted(values.items(), key=lambda item: places.get(item[0], len(places)))


def _fields(path: str) -> list[str]:
    section = SECTIONS.get(path)
    return list(section.model_fields) if section else []


def _write(lines: list[str], name: str, value: Any, indent: str, path: str) -> None:
    start = f"{indent}{_scalar(name)}:"
    if isinstance(value, Mapping) and value and path not in _FLOW:
        lines.append(start)
        for inner, content in _ordered(value, _fields(path)):
            _write(lines, inner, content, indent + "  ", f"{path}.{inner}")
    elif isinstance(value, (list, tuple)) and any(isinstance(item, Mapping) for item in value):
        lines.append(start)
        for item in value:
            if not isinstance(item, Mapping) or not item or path in _FLOW:
                lines.append(f"{indent}  - {_flow(item, path)}")
                continue
            rows: list[str] = []
            for inner, content in _ordered(item, _fields(path)):
                _write(rows, inner, content, indent + "    ", f"{path}.{inner}")
            rows[0] = f"{indent}  - {rows[0].lstrip()}"
            lines += rows
    else:
        lines.append(f"{start} {_flow(value, path)}")


def _flow(value: Any, path: str) -> str:
    if isinstance(value, Mapping):
        rows = [f"{_scalar(name)}: {_flow(inner, path)}" for name, inner in _ordered(value, _fields(path))]
        return "{" + ", ".join(rows) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item, path) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """One value; text is quoted wherever it would be read as anything else. Raises TypeError for other types."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return repr(value)
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    if not isinstance(value, str):
        raise TypeError(f"a plan holds text, numbers, truth values, lists and mappings, not {type(value).__name__}")
    plain = _PLAIN.fullmatch(value) and not value.endswith(" ") and plain_scalar(value) == value
    if plain and ": " not in value and not value.startswith(("---", "...")):
        return value
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
