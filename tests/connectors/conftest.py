"""A campus with a feed, a service on this machine, and a clock that only runs when somebody waits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.cli.demo import copy_sample
from pipelines.connectors import SERVICES
from pipelines.connectors.fetching import Report, connect
from pipelines.connectors.manners import Clockwork, Manners
from pipelines.connectors.tasks import Wanted, tasks
from tests.connectors.local_service import LocalService, Reply, serving

KEY = "canary-4f1d0c7a9e"
QUICK = Manners(attempts=4, total_s=600, stall_s=10, longest_wait_s=60)


@dataclass
class Clock:
    """Stands still but for the pauses, which it counts."""

    at: datetime = datetime(2025, 11, 20, 12, tzinfo=UTC)
    pauses: list[float] = field(default_factory=list)
    began: datetime = datetime(2025, 11, 20, 12, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += timedelta(seconds=seconds)

    @property
    def work(self) -> Clockwork:
        return Clockwork(
            now=lambda: self.at,
            seconds=lambda: (self.at - self.began).total_seconds(),
            sleep=self.sleep,
            chance=lambda: 0.0,
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> DataFolder:
    """A data folder with the sample campus; what lands for EIA goes to tva_demand."""
    folder = DataFolder(tmp_path / "data")
    copy_sample(DataFolder(PROJECT / "data"), folder)
    monkeypatch.setenv("HEADROOM_DATA", str(folder.root))
    monkeypatch.setenv("EIA_API_KEY", KEY)
    monkeypatch.delenv("CAMPD_API_KEY", raising=False)
    return folder


@pytest.fixture
def service() -> Iterator[LocalService]:
    with serving(lambda asked: Reply(status=404)) as local:
        yield local


Fetch = Callable[..., Report]


@pytest.fixture
def fetch(folder, service, clock) -> Fetch:
    """Fetches one subject of a service from the local one, from a day on."""

    def run(name, subject, feed, *, base=None, tell=lambda _: None, manners=QUICK, **days):
        todo = tasks(load_campus(folder), SERVICES[name], Wanted(subject, feed, **days), clock.at.date())
        where = {"base": base or service.url, "manners": manners, "clockwork": clock.work}
        [report] = connect(folder, SERVICES[name], todo, tell, **where)
        return report

    return run


@pytest.fixture
def landed(folder) -> Callable[[str], dict[str, bytes]]:
    """Name → bytes of what lies in a feed's landing folder."""

    def look(feed: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((folder.landing / feed).glob("*"))}

    return look
