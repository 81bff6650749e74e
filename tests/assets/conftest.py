"""One day of the site m1 in a data folder of its own, taken through the whole river once."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipelines.assets.journal import Journal
from pipelines.assets.launch import Wanted, bring_up_to_date
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.cli.demo import copy_sample
from pipelines.simulator.simulate import simulate


@pytest.fixture(scope="session")
def landed_day(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder in which one local day of m1 has landed."""
    folder = DataFolder(tmp_path_factory.mktemp("river") / "data")
    copy_sample(DataFolder(PROJECT / "data"), folder)
    simulate(folder, load_campus(folder), start=date(2025, 10, 29), days=1, sites=["m1"], interval_s=60)
    return folder


@pytest.fixture(scope="session")
def published_day(landed_day: DataFolder) -> Iterator[tuple[DataFolder, Journal]]:
    """The same after one run of the river, and the journal of the run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADROOM_DATA", str(landed_day.root))
        patch.setenv("DAGSTER_HOME", str(landed_day.dagster_home))
        yield landed_day, bring_up_to_date(landed_day, Wanted(), lambda _: None)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """An empty data folder with the sample campus."""
    folder = DataFolder(tmp_path / "data")
    copy_sample(DataFolder(PROJECT / "data"), folder)
    monkeypatch.setenv("HEADROOM_DATA", str(folder.root))
    return folder
