"""A file is read again whenever anything changes that its survey depends on."""

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.intake.landing import take_in
from pipelines.intake.vault import Vault
from pipelines.lake import TABLES, read
from pipelines.river import Block, arrive, clean, file_accounts, not_read_yet, plan
from tests.river.samples import change_site, flow, land, readings, states, tiny_campus, write_feed

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return tiny_campus(tmp_path)


@pytest.fixture
def received(monkeypatch):
    """Sets when files are taken in."""

    def at(now):
        monkeypatch.setattr(
            "pipelines.river.arrival.take_in",
            lambda folder, feeds, _: take_in(folder, feeds, settle_s=0, now=lambda: now),
        )

    return at


def test_a_corrected_first_day_of_the_site_reads_a_refused_file(folder):
    change_site(folder, "2025-05-01", "2026-01-01")
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10")
    assert [file.rule for file in arrive(folder, settle_s=0).refused] == ["no_readable_record"]
    change_site(folder, "2026-01-01", "2025-05-01")
    flow(folder)
    assert readings(folder) == [10.0]
    assert states(folder) == {"a.csv": "loaded"}


def test_a_corrected_first_day_of_the_site_gives_the_records_that_were_refused(folder):
    change_site(folder, "2025-05-01", "2025-06-02")
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "GRID,2025-06-02 00:00,11")
    flow(folder)
    assert read(folder, TABLES["unstamped_rows"])["rule"].to_list() == ["out_of_window"]
    change_site(folder, "2025-06-02", "2025-05-01")
    land(folder, "b.csv", "GRID,2025-06-01 01:00,12")
    flow(folder)
    assert readings(folder) == [10.0, 12.0, 11.0]
    assert states(folder) == {"a.csv": "loaded", "b.csv": "loaded"}
    assert file_accounts(folder)["rows_rejected"].to_list() == [0, 0]


def test_a_later_first_day_of_the_site_takes_its_records_out(folder):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "GRID,2025-06-02 00:00,11")
    flow(folder)
    change_site(folder, "2025-05-01", "2025-06-02")
    flow(folder)
    assert readings(folder) == [11.0]
    assert states(folder) == {"a.csv": "loaded"}
    assert plan(folder).dirty == ()


def test_a_file_landed_again_later_is_judged_by_its_new_time_of_receipt(folder, received):
    """What was a stamp of the future is a measurement by then, on its day and on the day beside it."""
    records = ["GRID,2025-06-01 00:00,10", "GRID,2025-06-04 00:00,20"]
    received(NOON)
    land(folder, "a.csv", *records)
    flow(folder)
    assert readings(folder) == [10.0]
    [early] = Vault(folder).deliveries()
    Vault(folder).withdraw(early.file_id, "too early")
    received(NOON + timedelta(days=10))
    land(folder, "a.csv", *records)
    land(folder, "b.csv", "GRID,2025-06-04 01:00,30")
    flow(folder)
    assert readings(folder) == [10.0, 20.0, 30.0]
    assert states(folder) == {"a.csv": "loaded", "b.csv": "loaded"}


def test_landing_again_without_a_run_in_between_is_seen_by_the_day(folder, received):
    """The same file, day and contract, but one record more is a measurement by now."""
    received(NOON)
    land(folder, "a.csv", "GRID,2025-06-02 10:00,10", "GRID,2025-06-02 14:00,20")
    flow(folder)
    assert readings(folder) == [10.0]
    [early] = Vault(folder).deliveries()
    Vault(folder).withdraw(early.file_id, "too early")
    received(NOON + timedelta(days=10))
    land(folder, "a.csv", "GRID,2025-06-02 10:00,10", "GRID,2025-06-02 14:00,20")
    flow(folder)
    assert readings(folder) == [10.0, 20.0]


def without_stamps(folder):
    text = (folder.feeds / "meters.yaml").read_text()
    declared = "time: {declared_start: 2025-06-01T00:00:00, interval: 1h}"
    lines = [declared if line.startswith("time:") else line for line in text.splitlines()]
    (folder.feeds / "meters.yaml").write_text("\n".join(lines))


def test_a_refused_file_without_stamps_does_not_take_the_declared_time(folder):
    without_stamps(folder)
    (folder.landing / "meters").mkdir(parents=True)
    (folder.landing / "meters" / "1.csv").write_text("a,b\n1,2\n")
    flow(folder)
    land(folder, "2.csv", "GRID,-,20")
    flow(folder)
    assert states(folder) == {"1.csv": "refused", "2.csv": "loaded"}


def test_the_declared_time_is_free_again_once_its_file_is_withdrawn(folder):
    without_stamps(folder)
    land(folder, "1.csv", "GRID,-,10")
    flow(folder)
    land(folder, "2.csv", "GRID,-,20")
    flow(folder)
    assert states(folder) == {"1.csv": "loaded", "2.csv": "refused"}
    assert arrive(folder, settle_s=0).refused == [], "it is not told twice"
    first = next(file for file in Vault(folder).deliveries() if file.file_name == "1.csv")
    Vault(folder).withdraw(first.file_id, "wrong file")
    flow(folder)
    assert readings(folder) == [20.0]
    assert states(folder) == {"2.csv": "loaded"}
    assert not list((folder.refused / "meters").glob("*"))


def test_a_day_is_never_cleaned_by_an_old_survey(folder):
    """A contract that changes without a file landing: the days are cleaned by it, not emptied."""
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10")
    flow(folder)
    write_feed(folder, more="nulls: ['-']")
    day = plan(folder).dirty[0][1]
    assert clean(folder, Block(day, day)).days == 1
    assert readings(folder) == [10.0]


def test_a_file_that_is_in_the_vault_and_not_read_is_counted(folder, monkeypatch):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10")

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.river.arrival.write_surveys", crash)
        with pytest.raises(KeyboardInterrupt):
            arrive(folder, settle_s=0)
    assert [file.file_name for file in not_read_yet(folder)] == ["a.csv"]
    assert states(folder) == {"a.csv": "waiting"}
    flow(folder)
    assert not_read_yet(folder) == []
    assert states(folder) == {"a.csv": "loaded"}
