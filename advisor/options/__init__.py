"""Plans that would work: changed plans, judged by the same rules as the one that was asked about."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.options.offer import Option, Options
    from advisor.options.search import find_options

__all__ = ["Option", "Options", "find_options"]
_FROM = {"Option": "offer", "Options": "offer", "find_options": "search"}


def __getattr__(name: str) -> Any:
    """What the package offers, imported when it is first asked for: a report names options without searching them."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"advisor.options.{_FROM[name]}"), name)
