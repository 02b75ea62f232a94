"""The Hugging Face `config.json` that a plan names, read within the plan's own folder."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from advisor.estimates.run import Architecture

_LARGEST: Final = 1 << 20  # bytes; real files have a few thousand


class ConfigFileError(ValueError):
    """A configuration file that cannot be used: the key of our words and their values."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def read_architecture(folder: Path, name: str) -> Architecture:
    """The architecture of the file (or of `config.json` in the folder) that a plan in `folder` names.

    Raises ConfigFileError when the file lies outside the plan's folder, is missing, is no JSON object, or does not
    describe a decoder of a known family.
    """
    # Only a plan that names a configuration needs the families.
    from advisor.entries.hf_config import (  # noqa: PLC0415
        ConfigError,
        MissingFieldError,
        UnknownModelTypeError,
        architecture_from_config,
    )

    try:
        # A plan may come from anybody: it must not make the advisor read files elsewhere on the machine.
        home, path = folder.resolve(), (folder / name).resolve()
        if not path.is_relative_to(home):
            raise ConfigFileError("config-outside")
        if path.is_dir():
            path /= "config.json"
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigFileError("config-missing")
        if path.stat().st_size > _LARGEST:
            raise ConfigFileError("config-not-json")
        config = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, ConfigFileError):
            raise
        # A null byte in a name is a ValueError, and so is what is no JSON.
        missing = isinstance(error, OSError) or "\0" in name
        raise ConfigFileError("config-missing" if missing else "config-not-json") from None
    if not isinstance(config, dict):
        raise ConfigFileError("config-not-json")
    try:
        return architecture_from_config(config)
    except MissingFieldError as error:
        raise ConfigFileError("config-incomplete", name=error.field) from None
    except UnknownModelTypeError as error:
        raise ConfigFileError("config-family", name=str(error.model_type)[:60]) from None
    except ConfigError as error:
        raise ConfigFileError("config-value", name=error.field) from None
