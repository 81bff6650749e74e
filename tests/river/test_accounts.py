"""What `quality.files` says of a file is true, whatever happened to it or to its feed."""

from dataclasses import asdict, replace

import polars as pl
import pytest

from pipelines.kinds.quality import SURVEYS
from pipelines.kinds.schemas import polars_schema
from pipelines.lake import TABLES, read, replace_feeds
from pipelines.river import arrive, file_accounts, unaccounted
from pipelines.river.surveys import last_surveys
from tests.river.samples import flow, land, states, tiny_campus, write_feed

REVISION = "revision: {by: file_name, pattern: 'v(?P<revision>\\d+)'}"
GOOD = ("GRID,2025-06-01 00:00,10", "GRID,2025-06-01 01:00,11", "GRID,never,12")


@pytest.fixture
def folder(tmp_path):
    return tiny_campus(tmp_path)


def account(folder, name="a.csv"):
    return file_accounts(folder).filter(file_name=name).row(0, named=True)


def test_a_feed_whose_contract_breaks_keeps_its_counts(folder):
    land(folder, "a.csv", *GOOD)
    flow(folder)
    before = account(folder)
    write_feed(folder, more="unknown_word: 1")
    land(folder, "b.csv", "GRID,2025-06-02 00:00,10")
    flow(folder)
    kept = account(folder)
    assert kept["reason"].startswith("kept as last cleaned; broken_contract: feeds/meters.yaml, unknown_word")
    assert kept | {"reason": None} == before
    assert (kept["rows_in"], kept["rows_loaded"], kept["rows_rejected"]) == (3, 2, 1)
    new = account(folder, "b.csv")
    assert (new["state"], new["rows_in"]) == ("refused", None)
    assert new["reason"].startswith("broken_contract: ")


def test_refused_records_are_kept_as_they_were_delivered(folder):
    """Each its own, of a file whose records are all alike and of one with a record that cannot be split."""
    alike = ("GRID,2025-06-01 00:00,ten", "GRID,2025-06-01 01:00,11", "GRID,2025-06-01 02:00,12 MW")
    odd = ("HALL,2025-06-01 00:00, nine", "HALL,2025-06-01 01:00,9,9", 'HALL,2025-06-01 02:00,"8"')
    land(folder, "a.csv", *alike)
    land(folder, "b.csv", *odd)
    flow(folder)
    refused = read(folder, TABLES["rejected_rows"]).sort("raw")
    assert refused.select("row_number", "raw").rows() == [(2, alike[0]), (4, alike[2]), (2, odd[0])]


def test_a_duplicate_of_which_some_records_were_refused_says_so(folder):
    write_feed(folder, more=REVISION)
    land(folder, "v2.csv", *GOOD[:2])
    land(folder, "v1.csv", GOOD[0], "GRID,never,1", "GIRD,2025-06-01 01:00,1")
    flow(folder)
    found = account(folder, "v1.csv")
    assert found["state"] == "duplicate"
    assert found["reason"].startswith(
        "no value is new: 1 of its records were delivered before, 2 were refused"
    )


def test_a_whole_duplicate_was_delivered_before(folder):
    write_feed(folder, more=REVISION)
    land(folder, "v2.csv", *GOOD[:2])
    land(folder, "v1.csv", GOOD[0])
    flow(folder)
    found = account(folder, "v1.csv")
    assert (found["state"], found["reason"]) == ("duplicate", "every value was delivered before")


def test_a_file_that_does_not_add_up_is_named_and_stops_no_other(folder):
    write_feed(folder, "others")
    land(folder, "a.csv", *GOOD)
    land(folder, "b.csv", "HALL,2025-06-01 00:00,9", feed="others")
    flow(folder)
    assert unaccounted(file_accounts(folder)) == []
    book = {
        key: replace(row, rows_in=4) if key[0] == "meters" else row
        for key, row in last_surveys(folder).items()
    }
    rows = pl.DataFrame([asdict(row) for row in book.values()], schema=polars_schema(SURVEYS))
    replace_feeds(folder, TABLES["surveys"], ["meters", "others"], rows)
    assert states(folder) == {"a.csv": "unaccounted", "b.csv": "loaded"}
    [said] = unaccounted(file_accounts(folder))
    assert said.startswith("meters: a.csv: 4 records came in, 3 are accounted for")


def test_a_file_without_a_contract_any_more_says_so(folder):
    land(folder, "a.csv", *GOOD)
    arrive(folder, settle_s=0)
    (folder.feeds / "meters.yaml").unlink()
    assert account(folder)["reason"] == "unknown_feed: there is no contract meters.yaml"
