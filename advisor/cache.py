"""Parsed YAML kept as JSON between runs, in parts that are decoded when they are first asked for.

Reading the whole knowledge base and all rules as YAML takes about a second; one plan needs a hundredth of it. The cache
is a convenience: a damaged, stale, foreign or read-only one is no error, only slower. It holds data, never code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

_FORMAT = 5

_T = TypeVar("_T")


class Kept(Mapping[str, _T]):
    """Values by name, each made when it is first asked for."""

    def __init__(self, names: Iterable[str], make: Callable[[str], _T]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[str, _T] = {}

    def __getitem__(self, name: str) -> _T:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def cache_folder() -> Path:
    """Where cached files lie: `$ADVISOR_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("ADVISOR_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        import tempfile  # noqa: PLC0415 - not on the way of most checks

        base = os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "advisor"


def data_files(folders: Iterable[Path]) -> list[str]:
    """The paths of all YAML files below some folders, in a fixed order."""
    found: list[str] = []
    for folder in folders:
        for parent, directories, names in os.walk(folder):
            directories.sort()
            found += (f"{parent}{os.sep}{name}" for name in sorted(names) if name.endswith((".yaml", ".yml")))
    return found


def fingerprint(files: Iterable[str], *extra: str) -> str:
    """A digest that changes when a file is added, removed, replaced or edited, or when `extra` (our version) does."""
    digest = hashlib.sha256(repr((_FORMAT, sys.version_info[:2], extra)).encode())
    for file in files:
        try:
            state = os.stat(file)  # noqa: PTH116 - hundreds of files, and a Path costs more than the call
        except OSError:
            continue
        digest.update(f"{file}\0{state.st_size}\0{state.st_mtime_ns}\0{state.st_ino}\n".encode())
    return digest.hexdigest()[:32]


def cached(kind: str, key: str, build: Callable[[], Mapping[str, Any]], use: Callable[[Mapping[str, Any]], _T]) -> _T:
    """What `use` makes of the parts that `build` returns, from the cache where an entry of this kind and key is good.

    `build` returns JSON values by name. Its errors pass through; the cache's own never do.
    """
    file = cache_folder() / f"{kind}-{key}.json"
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return use(_read(file))
    built = build()
    with contextlib.suppress(OSError, ValueError, TypeError):
        _store(file, kind, built)
    return use(built)


def _read(file: Path) -> Mapping[str, Any]:
    """The parts of a file: under its seal a line with their names, then a line for each. Raises OSError, ValueError."""
    seal, _, body = file.read_bytes().partition(b"\n")
    if seal.decode() != hashlib.sha256(body).hexdigest():
        raise ValueError("not as it was written")
    names, *lines = body.split(b"\n")
    parts = dict(zip(json.loads(names), lines, strict=True))
    return Kept(parts, lambda name: json.loads(parts[name]))


def _store(file: Path, kind: str, parts: Mapping[str, Any]) -> None:
    import tempfile  # noqa: PLC0415 - only when the cache is cold

    values = (list(parts), *parts.values())
    body = b"\n".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() for value in values)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".part-", delete=False) as part:
        part.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    os.replace(part.name, file)  # noqa: PTH105 - one atomic step, whoever else writes
    kept = sorted(file.parent.glob(f"{kind}-*.json"), key=lambda old: old.stat().st_mtime, reverse=True)
    for old in kept[4:]:
        old.unlink(missing_ok=True)
