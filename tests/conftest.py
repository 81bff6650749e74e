"""Settings that hold for every test."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("headroom", deadline=None, derandomize=True, max_examples=20)
settings.register_profile("explore", deadline=None, max_examples=1000)
"""`pytest --hypothesis-profile explore` looks for what no run has met yet."""
settings.load_profile("headroom")

LONG_FIRST = ("journey", "house", "assets", "dbt", "inspection", "warehouse")
"""Folders of tests that start the river or build a warehouse: begun last, one of them would run alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the rest keeps its order."""
    folder = len(Path(__file__).parts) - 1

    def rank(item: pytest.Item) -> int:
        name = item.path.parts[folder]
        return LONG_FIRST.index(name) if name in LONG_FIRST else len(LONG_FIRST)

    items.sort(key=rank)
