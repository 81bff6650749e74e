"""A run that had to wait for another one's publication does not publish again."""

import pytest

from pipelines import river
from pipelines.assets.journal import Journal
from pipelines.assets.launch import Wanted, _Launcher, _publish, bring_up_to_date
from pipelines.campus.paths import DataFolder
from pipelines.river import arrival, lock


class Launched(_Launcher):
    """Notes what would have been launched."""

    def __call__(self, job: str, *_: object) -> None:  # type: ignore[override]
        raise AssertionError(job)


@pytest.fixture
def run() -> Launched:
    return Launched(None, None, Journal())  # type: ignore[arg-type]


def test_work_that_is_done_once_the_lock_is_free_is_not_done_again(
    folder: DataFolder, run: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([False, True])
    monkeypatch.setattr(river, "is_published", lambda _: next(asked))
    said: list[str] = []
    _publish(folder, run, said.append)
    assert said == []
    assert not run.journal.may_build


def test_another_run_that_builds_for_too_long_leaves_the_work_to_a_later_run(
    folder: DataFolder, run: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: DataFolder) -> None:
        raise river.Busy("process 1", 600)

    monkeypatch.setattr(river, "is_published", lambda _: False)
    monkeypatch.setattr(river, "build_lock", busy)
    _publish(folder, run, print)
    assert len(run.journal.postponed) == 1


def test_a_lock_that_another_run_keeps_is_waited_for_once(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setattr(arrival, "writer_lock", lambda folder: lock.writer_lock(folder, wait_s=0))
    with lock.writer_lock(folder):
        journal = bring_up_to_date(folder, Wanted(), lambda _: None)
    assert len(journal.postponed) == 1
    assert journal.manifest is None
