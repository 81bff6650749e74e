"""What the state of the data folder calls for."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines import river
from pipelines.assets.demand import days_calls, demand
from pipelines.campus.paths import DataFolder
from pipelines.river import Block
from pipelines.warehouse import versions
from tests.river import samples as river_samples
from tests.river.samples import flow, tiny_campus, write_feed

NOW = datetime(2025, 11, 6, 12, 5, tzinfo=UTC)
State = Callable[..., None]


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    """Sets which days are dirty, whether the lake is published, and when something last was."""

    def set_state(
        dirty: tuple[tuple[str, date], ...] = (),
        published: bool = True,
        last: datetime | None = None,
        untried: tuple[tuple[str, date], ...] | None = None,
    ) -> None:
        days = sorted({day for _, day in dirty})
        blocks = (Block(days[0], days[-1]),) if days else ()
        manifest = SimpleNamespace(published_at=last) if last else None
        campus = SimpleNamespace(parameter=lambda _, default: default)
        still = dirty if untried is None else untried
        todo = SimpleNamespace(dirty=dirty, blocks=blocks, untried=still, campus=campus)
        monkeypatch.setattr(river, "plan", lambda _: todo)
        monkeypatch.setattr(river, "is_published", lambda _: published)
        monkeypatch.setattr(versions, "current", lambda _: manifest)

    return set_state


def land(folder: DataFolder, name: str = "day.csv") -> None:
    path = folder.landing / "m1_cems" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a,b\n")
    os.utime(path, (1, 1))


DIRTY = (("m1", date(2025, 10, 29)), ("m1", date(2025, 10, 30)))


def test_an_idle_folder_calls_for_nothing(folder: DataFolder, state: State) -> None:
    state()
    called = demand(folder, NOW)
    assert (called.intake, called.days, called.publish) == (None, (), None)


def test_a_landed_file_calls_for_intake(folder: DataFolder, state: State) -> None:
    state()
    land(folder)
    assert demand(folder, NOW).intake is not None


@pytest.mark.parametrize("name", ["day.csv.part", ".day.csv"])
def test_a_file_that_is_being_written_by_its_name_calls_for_nothing(
    folder: DataFolder, state: State, name: str
) -> None:
    state()
    land(folder, name)
    assert demand(folder, NOW).intake is None


def test_the_same_state_has_the_same_key_and_a_new_file_another(folder: DataFolder, state: State) -> None:
    state()
    land(folder)
    first, second = demand(folder, NOW).intake, demand(folder, NOW + timedelta(minutes=30)).intake
    land(folder, "other.csv")
    third = demand(folder, NOW).intake
    assert first is not None
    assert first == second != third


def test_what_failed_is_tried_again_in_the_next_hour(folder: DataFolder, state: State) -> None:
    state(DIRTY)
    now, later = demand(folder, NOW).days, demand(folder, NOW + timedelta(hours=1)).days
    assert now[0].key != later[0].key


def test_a_mended_contract_changes_the_key(folder: DataFolder, state: State) -> None:
    state(DIRTY)
    before = demand(folder, NOW).days[0].key
    (folder.feeds / "new_feed.yaml").write_text("feed: new_feed\n")
    assert demand(folder, NOW).days[0].key != before


def test_dirty_days_are_one_call_a_block(folder: DataFolder, state: State) -> None:
    state(DIRTY, published=False)
    called = demand(folder, NOW)
    (block,) = called.days
    assert (block.start, block.end, block.sites) == (DIRTY[0][1], DIRTY[1][1], {"m1"})


def test_a_version_waits_for_its_quarter_of_an_hour_also_in_a_quiet_folder(
    folder: DataFolder, state: State
) -> None:
    folder.lake.mkdir()
    state(published=False, last=NOW - timedelta(minutes=14))
    assert demand(folder, NOW).publish is None
    state(published=False, last=NOW - timedelta(minutes=15))
    assert demand(folder, NOW).publish is not None


def test_the_first_version_is_published_as_soon_as_nothing_else_waits(
    folder: DataFolder, state: State
) -> None:
    folder.lake.mkdir()
    state(published=False)
    assert demand(folder, NOW).publish is not None


def test_a_file_that_never_rests_holds_the_first_version_up_for_a_quarter_of_an_hour_only(
    folder: DataFolder, state: State
) -> None:
    log = folder.lake / "readings" / "grid" / "_delta_log" / "00000000000000000000.json"
    log.parent.mkdir(parents=True)
    log.write_text("{}")
    began = (NOW - timedelta(minutes=14)).timestamp()
    os.utime(log, (began, began))
    land(folder)
    state(DIRTY, published=False)
    assert demand(folder, NOW).publish is None
    assert demand(folder, NOW + timedelta(minutes=1)).publish is not None


def test_a_feed_that_fails_keeps_no_version_waiting(folder: DataFolder, state: State) -> None:
    folder.lake.mkdir()
    state(DIRTY, published=False, untried=())
    called = demand(folder, NOW)
    assert called.publish is not None
    assert called.days, "it is tried again"


def test_a_mended_contract_calls_for_intake_without_a_file_landing(tmp_path: Path) -> None:
    folder = tiny_campus(tmp_path)
    river_samples.land(folder, "a.csv", "GRID,2025-06-01 00:00,10")
    flow(folder)
    assert demand(folder, NOW).intake is None
    write_feed(folder, more="nulls: ['-']")
    assert demand(folder, NOW).intake is not None


def test_without_a_lake_nothing_is_published(folder: DataFolder, state: State) -> None:
    state(published=False)
    assert demand(folder, NOW).publish is None


def test_sites_of_other_days_are_not_in_a_block() -> None:
    dirty = (("m1", date(2025, 1, 1)), ("tva", date(2025, 10, 1)))
    blocks = (Block(date(2025, 1, 1), date(2025, 1, 1)), Block(date(2025, 10, 1), date(2025, 10, 1)))
    first, second = days_calls(SimpleNamespace(dirty=dirty, blocks=blocks), "")  # type: ignore[arg-type]
    assert (first.sites, second.sites) == ({"m1"}, {"tva"})
