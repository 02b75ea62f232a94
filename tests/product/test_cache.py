"""The cache is a convenience: read-only, damaged, foreign or shared, it changes nothing but the time it takes."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = "examples/qlora-8b-fine.yaml"
GO = "examples/qlora-8b-fine.yaml: GO — nothing to report\n"


def check(root: Path, cache: Path | str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL", "LC_MESSAGES"}}
    return subprocess.run(
        [sys.executable, "-m", "advisor", "check", PLAN, "-q", "--date", "2026-11-22"], cwd=root, text=True,
        capture_output=True, env=clean | {"ADVISOR_CACHE": str(cache), "PYTHONIOENCODING": "utf-8"}, timeout=120,
        check=False,
    )  # fmt: skip


def outcome(done: subprocess.CompletedProcess[str]) -> tuple[str, str, int]:
    return done.stdout, done.stderr, done.returncode


@pytest.fixture(scope="module")
def filled(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a good cache by name."""
    folder = tmp_path_factory.mktemp("cache")
    assert outcome(check(root, folder)) == (GO, "", 0)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name.split("-")[0] for name in files} >= {"knowledge", "rules"}
    return files


def _sealed(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


DAMAGED = {
    "empty": lambda good: b"",
    "cut": lambda good: good[: len(good) // 2],
    "one-byte": lambda good: good[:-10] + bytes([good[-10] ^ 1]) + good[-9:],
    "binary": lambda good: bytes(range(256)) * 100,
    "no-seal": lambda good: good.partition(b"\n")[2],
    "sealed-not-json": lambda good: _sealed(b"{"),
    "sealed-not-utf8": lambda good: _sealed(b"\xff\xfe"),
    "sealed-null": lambda good: _sealed(b"null"),
    "sealed-list": lambda good: _sealed(b"[1, 2]"),
    "sealed-empty-mapping": lambda good: _sealed(b"{}"),
    "sealed-deep": lambda good: _sealed(b"[" * 100_000 + b"]" * 100_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_cache_is_built_again(root: Path, tmp_path: Path, filled: dict[str, bytes], kind: str) -> None:
    for name, good in filled.items():
        (tmp_path / name).write_bytes(DAMAGED[kind](good))
    assert outcome(check(root, tmp_path)) == (GO, "", 0)


def test_a_cache_of_another_kind_of_file_is_ignored(root: Path, tmp_path: Path, filled: dict[str, bytes]) -> None:
    for name in filled:
        (tmp_path / name).mkdir()  # a folder stands where the file should
    assert outcome(check(root, tmp_path)) == (GO, "", 0)


def test_a_cache_folder_that_is_a_file(root: Path, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("not a folder")
    assert outcome(check(root, place)) == (GO, "", 0)
    assert place.read_text() == "not a folder"


def test_a_cache_folder_that_cannot_exist(root: Path) -> None:
    assert outcome(check(root, "/proc/no/such/place")) == (GO, "", 0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_folder_without_the_right_to_write(root: Path, tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert outcome(check(root, tmp_path)) == (GO, "", 0)


def test_a_warm_cache_is_read_and_not_written(root: Path, tmp_path: Path, filled: dict[str, bytes]) -> None:
    for name, good in filled.items():
        (tmp_path / name).write_bytes(good)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert outcome(check(root, tmp_path)) == (GO, "", 0)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


_LIGHT = """
import json, sys
import advisor
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules}
                        & {"pydantic", "yaml", "durable", "jinja2", "license_expression", "click"})))
"""


def test_importing_the_package_imports_nothing_heavy(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _LIGHT], cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
