"""A run that had to wait for another one's publication does not publish again."""

import pytest

from pipelines import river
from pipelines.assets.journal import Journal
from pipelines.assets.launch import _Launcher, _publish
from pipelines.campus.paths import DataFolder


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
