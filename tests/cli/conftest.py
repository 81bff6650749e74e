"""A data folder for the commands."""

from pathlib import Path

import pytest

from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.cli.demo import copy_sample


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """An empty data folder with the sample campus."""
    folder = DataFolder(tmp_path / "data")
    copy_sample(DataFolder(PROJECT / "data"), folder)
    monkeypatch.setenv("HEADROOM_DATA", str(folder.root))
    return folder
