"""Parsed YAML kept as JSON between runs.

Reading the whole knowledge base and all rules as YAML takes about a second; as JSON some milliseconds. The cache is a
convenience: a damaged, stale, foreign or read-only one is no error, only slower. It holds data, never code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_FORMAT = 3


def cache_folder() -> Path:
    """Where cached files lie: `$ADVISOR_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("ADVISOR_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "advisor"


def data_files(folders: Iterable[Path]) -> list[Path]:
    """All YAML files below some folders, in a fixed order."""
    found: list[Path] = []
    for folder in folders:
        for parent, directories, names in os.walk(folder):
            directories.sort()
            found += (Path(parent, name) for name in sorted(names) if name.endswith((".yaml", ".yml")))
    return found


def fingerprint(files: Iterable[Path], *extra: str) -> str:
    """A digest that changes when a file is added, removed, replaced or edited, or when `extra` (our version) does."""
    digest = hashlib.sha256(repr((_FORMAT, sys.version_info[:2], extra)).encode())
    for file in files:
        try:
            state = file.stat()
        except OSError:
            continue
        digest.update(f"{file}\0{state.st_size}\0{state.st_mtime_ns}\0{state.st_ino}\n".encode())
    return digest.hexdigest()[:32]


def cached(kind: str, key: str, build: Callable[[], Any]) -> Any:
    """What `build` returns, from the cache when an entry of this kind and key can be read.

    `build` returns JSON values only. Its errors pass through; the cache's own never do.
    """
    file = cache_folder() / f"{kind}-{key}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        text = file.read_bytes()
        envelope, _, body = text.partition(b"\n")
        if envelope.decode() == hashlib.sha256(body).hexdigest():
            return json.loads(body)
    built = build()
    with contextlib.suppress(OSError, ValueError, TypeError):
        _store(file, kind, built)
    return built


def _store(file: Path, kind: str, built: Any) -> None:
    body = json.dumps(built, ensure_ascii=False, separators=(",", ":")).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".part-", delete=False) as part:
        part.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    os.replace(part.name, file)  # noqa: PTH105 - one atomic step, whoever else writes
    kept = sorted(file.parent.glob(f"{kind}-*.json"), key=lambda old: old.stat().st_mtime, reverse=True)
    for old in kept[4:]:
        old.unlink(missing_ok=True)
