"""The `advisor` command. Imports click and our own words only; everything else when a command runs."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from itertools import pairwise
from typing import Any

import click

from advisor import __version__
from advisor.words import Language, say

COMMANDS = (
    "ask", "check", "options", "why", "what-if", "diff", "report", "explain", "rules", "facts", "knowledge", "schema",
    "completion", "backtest", "benchmark",
)  # fmt: skip  # fmt: skip

_MODULES = {"options": "options_command", "what-if": "what_if"}  # advisor.cli.options holds what all commands share


def language(arguments: list[str], environment: dict[str, str]) -> Language:
    """The language: by `--lang`, `ADVISOR_LANG`, the configuration, the locale; English where none says Chinese."""
    for index, argument in enumerate(arguments):
        if argument == "--lang" and arguments[index + 1 : index + 2] in (["en"], ["zh"]):
            return "zh" if arguments[index + 1] == "zh" else "en"
        if argument in {"--lang=en", "--lang=zh"}:
            return "zh" if argument.endswith("zh") else "en"
    if value := environment.get("ADVISOR_LANG"):
        return "zh" if value.lower().startswith("zh") else "en"
    if stated := _configured_language(arguments):
        return "zh" if stated == "zh" else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _configured_language(arguments: list[str]) -> str | None:
    """What the configuration says that the command will run under; the words of its options depend on it."""
    if not arguments or arguments[0] not in COMMANDS or {"-h", "--help", "--no-config"} & set(arguments):
        return None
    from pathlib import Path  # noqa: PLC0415 - kept off the way to --help

    from advisor.config_file import find_config, stated_language  # noqa: PLC0415

    given = [*arguments[1:], ""]
    named = [after for option, after in pairwise(given) if option == "--config"]
    named += [argument.partition("=")[2] for argument in given if argument.startswith("--config=")]
    if named:
        return stated_language(Path(named[-1]))
    paths = (Path(argument) for argument in given if not argument.startswith("-"))
    plan = next((path for path in paths if path.exists()), Path())
    file = find_config(plan if plan.is_dir() else plan.parent)
    return stated_language(file) if file else None


class _Commands(click.Group):
    """A group that imports a command only when it is run, and lists them from their one-line words."""

    lang: Language = "en"

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"advisor.cli.{_MODULES.get(cmd_name, cmd_name)}").command(self.lang)
        command.params.append(
            click.Option(["--lang"], type=click.Choice(["en", "zh"]), expose_value=False,
                         help=say(self.lang, "cli.lang"))
        )  # fmt: skip
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section(say(self.lang, "cli.commands")):
            formatter.write_dl([(name, say(self.lang, f"cli.{name}")) for name in COMMANDS])


def build(lang: Language) -> click.Group:
    """The command line in one language."""
    group = _Commands(
        "advisor",
        help=say(lang, "cli.advisor"),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
        params=[click.Option(["--lang"], type=click.Choice(["en", "zh"]), expose_value=False,
                             help=say(lang, "cli.lang"))],
    )  # fmt: skip
    group.lang = lang
    return click.version_option(__version__, prog_name="advisor")(group)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; ends the process with the exit codes of the interface: 0, 1, 2, or 130 when interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    lang = language(given, dict(os.environ))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = build(lang).main(args=given, prog_name="advisor", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo(say(lang, "cli.interrupted"), err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except Exception as error:
        # Knowledge, rules and plans that cannot be read say so in the reader's language, all problems at once.
        if hasattr(error, "problems"):
            for problem in error.problems:
                click.echo(problem.text(lang), err=True)
            sys.exit(2)
        raise
    sys.exit(code if isinstance(code, int) else 0)
