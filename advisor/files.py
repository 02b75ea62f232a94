"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file in one step, text as UTF-8, so that nobody ever reads half of it. Raises OSError."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():  # a pipe or a device takes the content as it comes
        path.write_bytes(data)
        return
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as part:
        part.write(data)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    os.chmod(part.name, mode)  # noqa: PTH101 - the temporary file is private until now
    os.replace(part.name, path)  # noqa: PTH105 - one atomic step


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
