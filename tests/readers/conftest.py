"""A small battery feed and a way to read bytes with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.campus.contract import Contract
from pipelines.readers import TextTable, read

Reading = Callable[..., TextTable]
FEED: dict[str, Any] = {
    "feed": "m1-pack",
    "site": "m1",
    "description": "one battery pack",
    "format": "delimited",
    "time": {"columns": ["t"], "interval": "5s"},
    "layout": {"kind": "wide"},
    "tags": [{"tag": "kw", "device": "m1-pack-001", "column": "battery_mw", "unit": "kW"}],
}
LONG: dict[str, Any] = {
    "time": {"columns": ["time"], "interval": "5s"},
    "layout": {"kind": "long", "tag": "tag", "value": "value"},
}
"""Parts of the contracts of formats that give one value a row."""


@pytest.fixture(scope="session")
def contract() -> Callable[..., Contract]:
    """A contract of the small feed; `dialect` and other parts can be given."""

    def make(**parts: Any) -> Contract:
        return Contract.model_validate(FEED | parts)

    return make


@pytest.fixture
def reading(tmp_path: Path, contract: Callable[..., Contract]) -> Reading:
    """Reads bytes as a file of the small feed: `reading(content, columns=…, dialect={…}, …)`."""

    def run(content: bytes, columns: list[str] | None = None, **parts: Any) -> TextTable:
        path = tmp_path / "blob"
        path.write_bytes(content)
        return read(path, contract(**parts), columns)

    return run


@pytest.fixture
def sample(samples: Path, contract: Callable[..., Contract]) -> Reading:
    """Reads a sample of a format with one value a row: `sample("eia_v2", "good.json")`."""

    def run(form: str, name: str, **parts: Any) -> TextTable:
        return read(samples / form / name, contract(**(LONG | {"format": form} | parts)))

    return run


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder with a good and a broken sample per format."""
    return Path(__file__).parents[1] / "samples"
