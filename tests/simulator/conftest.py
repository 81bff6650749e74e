"""One simulated site-pair for all tests of the room: three days around the end of daylight-saving time."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.simulator.simulate import Simulation, simulate


@pytest.fixture(scope="session")
def campus() -> Campus:
    return load_campus(DataFolder(PROJECT / "data"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return DataFolder(Path(tmp_path_factory.mktemp("error_free")))


@pytest.fixture(scope="session")
def simulation(folder: DataFolder, campus: Campus) -> Simulation:
    """1–3 November 2025 with meters that show the truth: outage, doubled hour, demand-response call."""
    return simulate(folder, campus, start=date(2025, 11, 1), days=3, error_free=True)
