"""Regular expressions that are compiled when they are first used: most checks need few of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

__all__ = ["pattern"]


class _Pattern:
    """Stands for a compiled expression; what is asked of it is kept, so that later calls cost nothing more."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        # Copying and pickling ask for methods that no expression has, before there is a text.
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


if TYPE_CHECKING:
    from re import compile as pattern
else:

    def pattern(text, flags=0):
        """As `re.compile`; a mistake in the expression shows when it is first used."""
        return _Pattern(text, flags)
