"""What is built is what is used: the wheel carries all data and nothing else, and works away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".coverage*", "node_modules"
)
_BUILD = """
import sys
from setuptools import build_meta
print(getattr(build_meta, sys.argv[1])(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def source(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout: building leaves folders behind."""
    copy = tmp_path_factory.mktemp("source") / "advisor"
    shutil.copytree(root, copy, ignore=_LEFT_OUT)
    return copy


def _build(source: Path, what: str, into: Path) -> Path:
    command = [sys.executable, "-c", _BUILD, f"build_{what}", str(into)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return into / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(source, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("target")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile",
               "--disable-pip-version-check", "--target", str(target), str(wheel)]  # fmt: skip
    subprocess.run(command, check=True, timeout=300)
    return target


def _files(folder: Path, *endings: str) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name.endswith(endings) and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_one_package_with_all_its_code_and_data(source: Path, wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    assert {name.split("/")[0] for name in names} == {"advisor", "advisor-0.1.0.dist-info"}
    expected = {f"advisor/{name}" for name in _files(source / "advisor", ".py", ".typed")}
    for folder, *endings in (("rules", ".yaml"), ("knowledge", ".yaml", ".csv"), ("templates", ".j2", ".typ")):
        data = _files(source / folder, *endings)
        assert data
        expected |= {f"advisor/{folder}/{name}" for name in data | _files(source / folder, ".py")}
    packed = {name for name in names if name.startswith("advisor/")}
    assert packed == expected


def test_the_wheel_declares_what_it_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read("advisor-0.1.0.dist-info/METADATA").decode()
    needs = {line.split(": ")[1] for line in metadata.splitlines() if line.startswith("Requires-Dist:")}
    always = sorted(need.split()[0].partition(">")[0].partition("=")[0] for need in needs if "extra ==" not in need)
    assert always == ["Jinja2", "PyYAML", "click", "durable-rules", "license-expression", "numpy", "pydantic"]
    assert "advisor = advisor.cli:main" in archive.read("advisor-0.1.0.dist-info/entry_points.txt").decode()


def test_the_source_archive_can_be_worked_on(source: Path, tmp_path: Path) -> None:
    archive = _build(source, "sdist", tmp_path)
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    wanted = {"start.py", "LICENSE", "README.md", "README.zh.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml"}
    for folder, *endings in (("tests", ".py", ".yaml"), ("docs", ".md"), ("examples", ".yaml"), ("rules", ".yaml"),
                             ("knowledge", ".yaml"), ("templates", ".j2"), ("advisor", ".py")):  # fmt: skip
        wanted |= {f"{folder}/{name}" for name in _files(source / folder, *endings)}
    assert wanted - names == set()
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_installed_wheel_checks_a_plan_from_anywhere(root: Path, installed: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    shutil.copy(root / "examples" / "qlora-8b-fine.yaml", plan)
    clean = {name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL", "LC_MESSAGES"}}
    environment = clean | {"PYTHONPATH": str(installed), "ADVISOR_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "advisor", "check", "plan.yaml", "-q", "--date", "2026-11-22"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
                          check=False)  # fmt: skip
    assert (done.stdout, done.stderr) == ("plan.yaml: GO — nothing to report\n", "")
    assert done.returncode == 0
    where = [sys.executable, "-c", "import advisor, advisor.rules as r; print(advisor.__file__, *r.__path__)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert all(Path(part).is_relative_to(installed) for part in found.stdout.split())


def test_the_installed_wheel_writes_a_report(root: Path, installed: Path, tmp_path: Path) -> None:
    plan = root / "examples" / "openharmony-30b-v100.yaml"
    environment = os.environ | {"PYTHONPATH": str(installed), "ADVISOR_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "advisor", "report", str(plan), "-o", "out.md", "--date", "2026-11-22"]
    subprocess.run(command, cwd=tmp_path, env=environment, timeout=120, check=True)
    assert (tmp_path / "out.md").read_text(encoding="utf-8").startswith("# ")
