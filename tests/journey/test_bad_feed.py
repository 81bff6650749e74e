"""A feed that nobody can clean, beside a good one: what a person types, sees and finds published."""

import pytest
from dagster import DagsterEventType

from pipelines.assets.instance import open_instance
from pipelines.cleaning import clean_feed
from pipelines.cli.commands import run_command
from tests.journey.whole_way import rows
from tests.river.samples import change_site, land, tiny_campus, write_feed

pytestmark = pytest.mark.long

STATES = "select file_name, state from quality.files order by 1"


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def folder(tmp_path_factory, patch):
    folder = tiny_campus(tmp_path_factory.mktemp("campus"), "good")
    write_feed(folder, "bad")
    for feed, mw in (("good", 10), ("bad", 20)):
        land(
            folder, f"{feed}.csv", f"{'GRID' if feed == 'good' else 'HALL'},2025-06-01 05:00,{mw}", feed=feed
        )
    patch.setenv("HEADROOM_DATA", str(folder.root))
    patch.setenv("DAGSTER_HOME", str(folder.dagster_home))
    return folder


def typed(capsys, *words):
    """Exit code, stdout and stderr of a command."""
    code = run_command(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_run_names_the_feed_and_publishes_the_other(folder, patch, capsys):
    def fail(texts, contract, *more):
        if contract.feed == "bad":
            raise ZeroDivisionError("by nothing")
        return clean_feed(texts, contract, *more)

    patch.setattr("pipelines.river.days.clean_feed", fail)
    code, out, err = typed(capsys, "run")
    assert code == 1
    assert "Published version 1" in out
    assert "Feed bad could not be cleaned: cleaning_failed: ZeroDivisionError: by nothing" in err
    assert "Traceback" not in out + err
    assert rows(folder, STATES) == [("bad.csv", "waiting"), ("good.csv", "loaded")]
    assert rows(folder, "select grid_mw from readings.grid") == [(10.0,)]


def test_its_check_fails_and_the_log_of_the_run_has_the_trace(folder):
    with open_instance(folder) as instance:
        logs = [log for run in instance.get_runs() for log in instance.all_logs(run.run_id)]
    verdicts = {
        (check.asset_key.to_user_string(), check.passed)
        for log in logs
        if log.is_dagster_event and log.dagster_event_type == DagsterEventType.ASSET_CHECK_EVALUATION
        for check in [log.get_dagster_event().asset_check_evaluation_data]
        if check.check_name == "feeds_cleaned"
    }
    assert ("readings/campus_load", False) in verdicts
    assert any("Traceback" in log.user_message and "by nothing" in log.user_message for log in logs)


def test_status_names_it_and_the_next_run_tries_again_and_publishes_nothing(folder, capsys):
    assert "feeds that failed      bad (1 days)" in typed(capsys, "status")[1]
    code, out, err = typed(capsys, "run")
    assert code == 1
    assert "Feed bad could not be cleaned" in err
    assert "Nothing new" in out


def test_once_it_can_be_cleaned_its_days_are_whole(folder, patch, capsys):
    patch.setattr("pipelines.river.days.clean_feed", clean_feed)
    code, out, _ = typed(capsys, "run")
    assert code == 0
    assert "Published version 2" in out
    assert rows(folder, STATES) == [("bad.csv", "loaded"), ("good.csv", "loaded")]
    assert rows(folder, "select load_mw from readings.campus_load") == [(20.0,)]


def test_a_record_without_a_time_is_listed_once_however_often_its_file_is_read(folder, capsys):
    listed = "select row_number, raw from quality.rejected_rows"
    land(folder, "never.csv", "GRID,2025-06-01 06:00,10", "GRID,never,10", feed="good")
    assert typed(capsys, "run")[0] == 0
    assert rows(folder, listed) == [(3, "GRID,never,10")]
    write_feed(folder, "good", more="nulls: ['-']")
    assert typed(capsys, "run")[0] == 0
    assert rows(folder, listed) == [(3, "GRID,never,10")]
    write_feed(folder, "good", more="unknown_word: 1")
    assert typed(capsys, "run")[0] == 3
    assert rows(folder, listed) == [(3, "GRID,never,10")], "what was last cleaned is kept"
    write_feed(folder, "good")
    change_site(folder, "2025-05-01", "2025-06-15")
    assert typed(capsys, "run")[0] == 3
    assert rows(folder, listed) == []
    change_site(folder, "2025-06-15", "2025-05-01")


def test_a_withdrawal_says_what_it_did(folder, capsys):
    land(folder, "wrong.csv", "GRID,2025-06-20 05:00,99", feed="good")
    assert typed(capsys, "run")[0] == 0
    [(wrong,)] = rows(folder, "select file_id from quality.files where file_name = 'wrong.csv'")
    code, out, err = typed(capsys, "withdraw", wrong, "--reason", "wrong meter")
    assert code == 0
    assert "Withdrawn: good/wrong.csv" in err
    assert "1 days cleaned: no file has a record on them any more." in out
    assert "Nothing new" not in out
