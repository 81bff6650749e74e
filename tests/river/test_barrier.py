"""A bad feed never stops another: what nobody foresaw in one file or feed stays there."""

import errno
from datetime import date

import pytest
from polars.exceptions import PanicException

from pipelines.cleaning import clean_feed
from pipelines.intake.vault import Vault
from pipelines.lake import TABLES, read
from pipelines.river import arrive, clean, file_accounts, plan
from pipelines.river.text import as_text
from tests.river.samples import flow, land, readings, states, tiny_campus, write_feed

DAY = date(2025, 6, 1)
FEEDS = {"good": 10, "bad": 20}
NOBODY_FORESAW = [ZeroDivisionError("by nothing"), RecursionError("too deep"), PanicException("a panic")]
OF_THE_MACHINE = [KeyboardInterrupt(), SystemExit(), MemoryError(), OSError(errno.ENOSPC, "no space left")]


@pytest.fixture
def folder(tmp_path):
    """Two feeds, a file of each landed."""
    folder = tiny_campus(tmp_path, "good")
    write_feed(folder, "bad")
    land(folder, "good.csv", "GRID,2025-06-01 00:00,10", feed="good")
    land(folder, "bad.csv", "GRID,2025-06-01 01:00,20", feed="bad")
    return folder


@pytest.fixture
def failing(monkeypatch):
    """Makes one feed fail in a step of the river with an error: `failing(step, error)`."""

    def fail(step, error, feed="bad"):
        def read_or_raise(vault, delivery, contract, **more):
            if delivery.feed_id == feed:
                raise error
            return as_text(vault, delivery, contract, **more)

        def clean_or_raise(texts, contract, *more):
            if contract.feed == feed:
                raise error
            return clean_feed(texts, contract, *more)

        if step == "survey":
            monkeypatch.setattr("pipelines.river.arrival.as_text", read_or_raise)
        else:
            monkeypatch.setattr("pipelines.river.days.clean_feed", clean_or_raise)

    return fail


@pytest.mark.parametrize("error", NOBODY_FORESAW, ids=repr)
def test_a_file_on_which_a_reader_breaks_is_refused_and_the_others_go_on(folder, failing, error):
    failing("survey", error)
    [refused] = arrive(folder, settle_s=0).refused
    assert (refused.file_name, refused.rule) == ("bad.csv", "reader_failed")
    assert refused.reason == f"{type(error).__name__}: {error}"
    assert "report it" in refused.remedy
    flow(folder)
    assert readings(folder) == [10.0]
    assert states(folder) == {"good.csv": "loaded", "bad.csv": "refused"}
    assert Vault(folder).blob(refused.file_id).is_file()


def test_a_feed_whose_days_cannot_be_planned_is_refused_and_the_others_go_on(folder, monkeypatch):
    too_long = property(lambda contract: 10**17 if contract.feed == "bad" else 0)
    monkeypatch.setattr("pipelines.campus.contract.Contract.context_s", too_long)
    flow(folder)
    assert states(folder) == {"good.csv": "loaded", "bad.csv": "refused"}


@pytest.mark.parametrize("error", NOBODY_FORESAW, ids=repr)
def test_a_feed_that_cannot_be_cleaned_is_named_and_the_others_go_on(folder, failing, error):
    failing("clean", error)
    arrive(folder, settle_s=0)
    report = clean(folder, plan(folder).blocks[0])
    assert list(report.failed) == ["bad"]
    assert report.failed["bad"].reason == f"{type(error).__name__}: {error}"
    assert readings(folder) == [10.0]
    assert states(folder) == {"good.csv": "loaded", "bad.csv": "waiting"}


@pytest.mark.parametrize("step", ["survey", "clean"])
@pytest.mark.parametrize("error", OF_THE_MACHINE, ids=repr)
def test_what_is_wrong_with_the_machine_ends_the_run(folder, failing, step, error):
    failing(step, error)
    with pytest.raises(type(error)):
        flow(folder)


def test_a_feed_that_fails_keeps_what_it_last_gave_and_is_tried_again(folder, monkeypatch, failing):
    flow(folder)
    land(folder, "more.csv", "GRID,2025-06-01 02:00,30", feed="bad")
    land(folder, "next.csv", "GRID,2025-06-01 03:00,40", feed="good")
    with monkeypatch.context():
        failing("clean", ZeroDivisionError())
        flow(folder)
        assert readings(folder) == [10.0, 20.0, 40.0]
        assert plan(folder).failed == {"bad": [DAY]}
        assert plan(folder).untried == ()
        waiting = file_accounts(folder).filter(file_name="bad.csv").row(0, named=True)
        assert (waiting["rows_loaded"], waiting["state"]) == (1, "waiting")
        assert "keeps what it last gave" in waiting["reason"]
    monkeypatch.undo()
    flow(folder)
    assert readings(folder) == [10.0, 20.0, 30.0, 40.0]
    assert plan(folder).dirty == ()
    assert set(states(folder).values()) == {"loaded"}


def test_a_day_without_a_feed_has_another_mark_than_the_whole_day(folder, monkeypatch, failing):
    """Marks are what the warehouse tells changed days by."""
    failing("clean", ZeroDivisionError())
    flow(folder)
    before = read(folder, TABLES["days"]).row(0, named=True)
    monkeypatch.undo()
    flow(folder)
    after = read(folder, TABLES["days"]).row(0, named=True)
    assert (before["failed"], after["failed"]) == ("bad", "")
    assert before["fingerprint"] != after["fingerprint"]


def test_failing_again_on_the_same_files_writes_nothing(folder, failing):
    failing("clean", ZeroDivisionError())
    flow(folder)
    versions = {name: table.create(folder).version() for name, table in TABLES.items()}
    report = clean(folder, plan(folder).blocks[0])
    assert list(report.failed) == ["bad"]
    assert report.days == 0
    assert {name: table.create(folder).version() for name, table in TABLES.items()} == versions


def test_a_file_that_the_disk_does_not_give_is_refused_and_asked_for_again(folder, monkeypatch, failing):
    failing("survey", PermissionError(errno.EACCES, "Permission denied"))
    arrive(folder, settle_s=0)
    assert states(folder)["bad.csv"] == "refused"
    assert arrive(folder, settle_s=0).refused == []
    monkeypatch.undo()
    flow(folder)
    assert readings(folder) == [10.0, 20.0]


def test_a_blob_that_is_gone_stops_its_own_feed_only(folder):
    arrive(folder, settle_s=0)
    [lost] = [file for file in Vault(folder).deliveries() if file.feed_id == "bad"]
    Vault(folder).blob(lost.file_id).unlink()
    report = clean(folder, plan(folder).blocks[0])
    assert report.failed["bad"].rule == "file_unreadable"
    assert readings(folder) == [10.0]
    (folder.feeds / "bad.yaml").write_text((folder.feeds / "bad.yaml").read_text() + "nulls: ['-']\n")
    [refused] = arrive(folder, settle_s=0).refused
    assert (refused.file_name, refused.rule) == ("bad.csv", "file_unreadable")
