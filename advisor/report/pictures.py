"""Pictures of a report as SVG, from Jinja2 macros: the same bytes every run, text left to the viewer's fonts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from advisor.report.model import ComparisonModel, Picture, ReportModel


def px(value: float) -> str:
    """A length in user units with at most one decimal."""
    return f"{round(float(value), 1) + 0.0:.1f}".removesuffix(".0")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of pictures and pages: everything escaped, nothing undefined."""
    import advisor.templates as folder  # noqa: PLC0415 - a folder of data

    found = Environment(
        loader=FileSystemLoader(Path(next(iter(folder.__path__)))),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"px": px}
    return found


def svg(picture: Picture, key: str = "picture", *, alone: bool = True) -> str:
    """A picture as SVG. `key` makes its ids unique in a page; `alone` adds size, background and colours of its own."""
    macro = getattr(environment().get_template(f"pictures/{picture.name}.svg.j2").module, "draw")  # noqa: B009 - a macro
    lines = (line.strip() for line in str(macro(picture, key, alone)).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def pictures_of(model: ReportModel | ComparisonModel) -> list[Picture]:
    """The pictures of a report in order, each once."""
    found: dict[str, Picture] = {}
    for section in model.sections:
        for block in section.blocks:
            if isinstance(block, Picture):
                found.setdefault(block.name, block)
    return list(found.values())
