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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole product run it as a user does, mostly in processes of their own: they are the slow part."""
    for item in items:
        if item.path.relative_to(ROOT / "tests").parts[0] in {"cli", "docs", "examples", "options", "product"}:
            item.add_marker(pytest.mark.slow)
