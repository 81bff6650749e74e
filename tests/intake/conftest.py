"""A data folder of its own for each test, and a hand that lands files in it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.campus.paths import DataFolder

Land = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    (tmp_path / "landing").mkdir()
    return DataFolder(tmp_path)


@pytest.fixture
def land(folder: DataFolder) -> Land:
    """Lands a file that was last written to an hour ago."""

    def _land(place: str, content: bytes = b"a,b\n1,2\n") -> Path:
        path = folder.landing / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        hour_ago = time.time() - 3600
        os.utime(path, (hour_ago, hour_ago))
        return path

    return _land
