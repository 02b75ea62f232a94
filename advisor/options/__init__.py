"""Plans that would work: changed plans, judged by the same rules as the one that was asked about."""

from advisor.options.offer import Option, Options
from advisor.options.search import find_options

__all__ = ["Option", "Options", "find_options"]
