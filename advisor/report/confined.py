"""Render a template of the user's, as a process: JSON comes in, JSON goes out, and nothing else can be reached.

Jinja's sandbox keeps a template from attributes and calls that lead out of it; the limits of the process keep it from
filling memory and from going on for ever; the loader keeps it in its folder.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

MEMORY = 1 << 30
CPU_S = 3
LARGEST_POWER = 1000
LARGEST_TEMPLATE = 256 * 1024
LARGEST_OUTPUT = 16 * 1024 * 1024
_MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What an expression of a template may raise that Jinja does not make an error of its own."""
_NAME = re.compile(r"[\w-]+(\.[\w-]+)*(/[\w-]+(\.[\w-]+)*)*")


class _FolderLoader(BaseLoader):
    """Templates of one folder: no other file by any name, and none that leads out of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        del environment
        file = self.folder / template
        if not _NAME.fullmatch(template) or not file.resolve().is_relative_to(self.folder) or not file.is_file():
            raise TemplateNotFound(template)
        with file.open("rb") as stream:
            data = stream.read(LARGEST_TEMPLATE + 1)
        if len(data) > LARGEST_TEMPLATE:
            raise TemplateNotFound(template, f"{template} is larger than {LARGEST_TEMPLATE // 1024} KiB")
        return data.decode("utf-8"), str(file), lambda: True


def _limit() -> None:
    """Bound this process where the system can."""
    with suppress(ImportError):  # not on Windows, where the caller's clock is left
        import resource  # noqa: PLC0415 - not on every system

        for kind, amount in (("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", CPU_S), ("RLIMIT_FSIZE", 0)):
            with suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(getattr(resource, kind), (amount, amount))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which also keeps numbers small: a power is computed in one step that nothing interrupts."""

    intercepted_binops = frozenset({"**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """A power, where it is one of small numbers."""
        if not all(isinstance(it, (int, float)) and abs(it) <= LARGEST_POWER for it in (left, right)):
            raise SecurityError(f"{operator} takes numbers up to {LARGEST_POWER}")
        return super().call_binop(context, operator, left, right)


def _environment(folder: Path, name: str, drawings: dict[str, str]) -> Environment:
    import advisor.templates as built_in  # noqa: PLC0415 - a folder of data
    from advisor.report import markdown  # noqa: PLC0415 - what our own templates need

    ours = FileSystemLoader(Path(next(iter(built_in.__path__))))
    environment = _Sandbox(
        # What our own templates name among themselves is looked for here as well, after the user's.
        loader=ChoiceLoader([_FolderLoader(folder), PrefixLoader({"built-in": ours}), ours]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_markdown if name.endswith(".md.j2") else None,
    )
    for filter_name, function in markdown.FILTERS.items():
        environment.filters[filter_name] = _marked(function)
    del environment.globals["lipsum"]
    environment.globals["svg"] = lambda block, key="": Markup(drawings.get(block.name, ""))  # noqa: ARG005, S704 - ours
    return environment


def _markdown(value: Any) -> Any:
    """A value as it must read in Markdown, unless one of our filters or macros made it."""
    from advisor.report.markdown import escape  # noqa: PLC0415 - as above

    return value if hasattr(value, "__html__") else Markup(escape(value))  # noqa: S704 - escaped for Markdown


def _marked(function: Callable[..., str]) -> Callable[..., Markup]:
    return lambda *arguments: Markup(function(*arguments))  # noqa: S704 - these escape for Markdown


class Record(SimpleNamespace):
    """Part of a report; nothing but its values."""

    __module__ = "builtins"  # what an error calls it


def render(given: dict[str, Any]) -> dict[str, Any]:
    """The text, or what is wrong with the template and where."""
    folder, name = Path(given["folder"]), given["name"]
    report = json.loads(json.dumps(given["report"]), object_hook=lambda values: Record(**values))
    try:
        template = _environment(folder, name, given["drawings"]).get_template(name)
        pieces, size = [], 0
        for piece in template.generate(report=report, logo=given["logo"], pictures=given["addresses"]):
            size += len(piece)
            if size > LARGEST_OUTPUT:
                return _problem(name, 1, "template-too-much")
            pieces.append(piece)
        return {"text": "".join(pieces)}
    except TemplateSyntaxError as error:
        return _problem(error.name or name, error.lineno, "template-wrong", message=error.message or "")
    except TemplateNotFound as error:
        return _problem(name, _line(error, folder)[1], "template-missing", name=str(error.name)[:80])
    except SecurityError as error:
        return _problem(*_line(error, folder), "template-forbidden", message=str(error)[:200])
    except (MemoryError, OverflowError):
        return _problem(name, 1, "template-too-much")
    except (TemplateError, *_MISTAKES) as error:
        return _problem(*_line(error, folder), "template-wrong", message=str(error)[:200])


def _line(error: BaseException, folder: Path) -> tuple[str, int]:
    """The user's file and line that an error comes from; Jinja puts the templates' lines into the traceback."""
    found, trace = ("", 1), error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(folder):
            found = (file.relative_to(folder).as_posix(), trace.tb_lineno)
        trace = trace.tb_next
    return found


def _problem(file: str, line: int, key: str, **values: object) -> dict[str, Any]:
    return {"problem": {"file": file, "line": line, "key": key, "values": values}}


def main() -> None:
    """Read what to render, render it, write the result."""
    given = json.loads(sys.stdin.buffer.read())
    _limit()
    try:
        result = json.dumps(render(given))
    except MemoryError:
        result = json.dumps(_problem(given["name"], 1, "template-too-much"))
    sys.stdout.write(result)


if __name__ == "__main__":
    main()
