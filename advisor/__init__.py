"""Tells, before the money is spent, whether a plan to train or fine-tune a language model will work.

`advisor.check(plan)` gives a `Report`; `advisor.Unreadable` is raised for a plan that cannot be read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.library import Report as Report
    from advisor.library import check as check
    from advisor.plan.source import Unreadable as Unreadable

__version__ = "0.1.0"
__all__ = ["Report", "Unreadable", "__version__", "check"]

_HOMES = {"Report": "advisor.library", "check": "advisor.library", "Unreadable": "advisor.plan.source"}


def __getattr__(name: str) -> Any:
    """Import the library when it is first used: the command line must not pay for it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'advisor' has no attribute {name!r}")
