"""What all tests share: the day they judge by, and where the files are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def day() -> date:
    return date(2026, 11, 22)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
