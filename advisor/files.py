"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one step, so that nobody ever reads half of it. Raises OSError."""
    if path.exists() and not path.is_file():  # a pipe or a device takes the text as it comes
        path.write_text(text, encoding="utf-8")
        return
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.",
                                     delete=False) as part:  # fmt: skip
        part.write(text)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    os.chmod(part.name, mode)  # noqa: PTH101 - the temporary file is private until now
    os.replace(part.name, path)  # noqa: PTH105 - one atomic step


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
