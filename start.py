"""Set up a virtual environment and run the advisor in it: `python3 start.py report` or `python3 start.py test`.

Needs Python 3.11 or 3.12 and a C compiler (durable-rules is built from source); nothing else has to be
installed. Started by another version, it goes on under a python3.12 or python3.11 found on the path.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLE = "examples/openharmony-30b-v100.yaml"
COMMANDS = ("report", "test", "checks")
EXTRAS = ("pdf", "docx")


def environment(name: str, requirement: str, *, editable: bool) -> Path:
    """The folder of programs of a virtual environment that has the package; made on first use, renewed on change."""
    folder = HERE / f".venv-{name}"
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    stamp = folder / "installed"
    wanted = hashlib.sha256(
        (HERE / "setup.cfg").read_bytes() + (HERE / "pyproject.toml").read_bytes() + requirement.encode()
    ).hexdigest()
    if not editable:
        sources = [file for part in ("advisor", "rules", "knowledge", "templates") for file in (HERE / part).rglob("*")]
        states = sorted((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in sources if file.is_file())
        wanted += hashlib.sha256(repr([row for row in states if "__pycache__" not in row[0]]).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return programs
    say(f"Setting up {folder.name} (a minute or two) …")
    venv.EnvBuilder(with_pip=True, clear=True).create(folder)
    python = programs / "python"
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, *(["-e"] if editable else []), f"{HERE}{requirement}"], check=True)
    if editable:  # an ordinary install compiles; this one would leave it to the first run, where that may write
        subprocess.run([str(python), "-m", "compileall", "-q", str(HERE / "advisor")], check=True)
    stamp.write_text(wanted)
    return programs


def say(text: str) -> None:
    """Tell the user what is going on, apart from any output."""
    sys.stderr.write(text + "\n")


def report(arguments: list[str]) -> int:
    """Write the report of the example plan, or of the plan that is named."""
    # PDF and DOCX need packages of their own, and an environment that has them.
    extra = Path(arguments[1]).suffix.removeprefix(".").lower() if len(arguments) > 1 else ""
    extra = extra if extra in EXTRAS else ""
    programs = environment(f"report-{extra}" if extra else "report", f"[{extra}]" if extra else "", editable=False)
    command = [str(programs / "advisor"), "report"]
    if not arguments:
        return subprocess.call([*command, EXAMPLE, "-o", "report.md"], cwd=HERE)
    output = arguments[1:2] or [str(HERE / "report.md")]
    return subprocess.call([*command, arguments[0], "-o", *output, *arguments[2:]])


def test(arguments: list[str]) -> int:
    """Run all tests."""
    programs = environment("test", "[test]", editable=True)
    return subprocess.call([str(programs / "python"), "-m", "pytest", *arguments], cwd=HERE)


def checks(arguments: list[str]) -> int:
    """Run ruff, mypy and the check that generated files are up to date."""
    del arguments
    programs = environment("checks", "[dev]", editable=True)
    python = str(programs / "python")
    steps = (
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "ruff", "format", "--check", "."],
        [python, "-m", "mypy"],
        [python, "docs/generate.py", "--check"],
    )
    return max(subprocess.call(step, cwd=HERE) for step in steps)


def main() -> int:
    """Run one of the commands."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):  # durable-rules 2.0.28 cannot be loaded by 3.13
        # a shim may be there without its version, so ask it
        for other in filter(None, map(shutil.which, ("python3.12", "python3.11"))):
            if subprocess.run([other, "--version"], capture_output=True, check=False).returncode == 0:
                return subprocess.call([other, *sys.argv])
        say("advisor needs Python 3.11 or 3.12; this is " + sys.version.split()[0] + " and neither is on the path.")
        return 2
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        say("usage: python3 start.py report [PLAN [FILE]] | test | checks")
        return 2
    try:
        return {"report": report, "test": test, "checks": checks}[sys.argv[1]](sys.argv[2:])
    except subprocess.CalledProcessError as error:
        say(f"Setting up failed (exit code {error.returncode}). Is there a C compiler? See README.md, Prerequisites.")
        return 2


if __name__ == "__main__":
    sys.exit(main())
