"""A day depends on the set of files that touch it, not on how or how often they came."""

import shutil
from datetime import date

import polars as pl
import pytest
from deltalake import QueryBuilder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.intake.vault import Vault
from pipelines.lake import TABLES, read, snapshot
from pipelines.river import Block, arrive, clean, file_accounts, plan
from tests.river.samples import flow, land, tiny_campus, write_feed

BOOKS = ("readings/grid", "readings/campus_load", "findings", "rejected_rows", "accounts")


def contents(folder) -> dict[str, list[tuple]]:
    """Every row of the lake that people see, in order."""
    return {name: sorted(read(folder, TABLES[name]).rows(), key=str) for name in BOOKS}


@pytest.fixture
def folder(tmp_path):
    return tiny_campus(tmp_path)


def test_a_landed_file_becomes_readings_and_its_days_are_clean(folder):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "HALL,2025-06-02 05:00,9")
    flow(folder)
    grid = read(folder, TABLES["readings/grid"])
    assert grid.select("device_id", "grid_mw", "utc_date").rows() == [("grid-a", 10.0, date(2025, 6, 1))]
    assert plan(folder).dirty == ()


def test_the_same_bytes_again_change_nothing(folder):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10")
    flow(folder)
    version = TABLES["readings/grid"].create(folder).version()
    land(folder, "again.csv", "GRID,2025-06-01 00:00,10")
    flow(folder)
    assert TABLES["readings/grid"].create(folder).version() == version
    assert len(Vault(folder).deliveries()) == 1


def test_a_late_file_dirties_its_day_only(folder):
    land(folder, "a.csv", *[f"GRID,2025-06-0{day} 00:00,10" for day in range(1, 8)])
    flow(folder)
    land(folder, "late.csv", "GRID,2025-06-04 12:00,11")
    arrive(folder, settle_s=0)
    assert [day for _, day in plan(folder).dirty] == [date(2025, 6, 4)]


def test_a_late_file_near_midnight_dirties_the_day_beside_it(folder):
    land(folder, "a.csv", *[f"GRID,2025-06-0{day} 00:00,10" for day in range(1, 8)])
    flow(folder)
    land(folder, "late.csv", "GRID,2025-06-04 01:00,11")
    arrive(folder, settle_s=0)
    assert [day for _, day in plan(folder).dirty] == [date(2025, 6, day) for day in (3, 4)]


def test_days_far_apart_are_cleaned_in_blocks_of_their_own(folder):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "GRID,2025-07-02 00:00,10", "GRID,2025-11-30 00:00,10")
    arrive(folder, settle_s=0)
    assert plan(folder).blocks == (
        Block(date(2025, 6, 1), date(2025, 7, 2)),
        Block(date(2025, 11, 30), date(2025, 11, 30)),
    )


def test_a_wrong_contract_refuses_all_and_a_mended_one_reads_the_vault_again(folder):
    good = (folder.feeds / "meters.yaml").read_text()
    (folder.feeds / "meters.yaml").write_text(good.replace("%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"))
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10")
    arrival = arrive(folder, settle_s=0)
    assert [refused.rule for refused in arrival.refused] == ["no_readable_record"]
    assert list((folder.refused / "meters").glob("*.reason.json"))
    write_feed(folder)
    flow(folder)
    assert read(folder, TABLES["readings/grid"]).height == 1
    assert file_accounts(folder)["state"].to_list() == ["loaded"]
    assert not list((folder.refused / "meters").glob("*"))


def test_a_contract_that_breaks_later_takes_no_day_back(folder):
    """What the feed gave by its last good contract stays, and the other feeds go on."""
    write_feed(folder, "others")
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "GRID,2025-06-01 01:00,x")
    flow(folder)
    (folder.feeds / "meters.yaml").write_text("feed: meters\n")
    land(folder, "b.csv", "HALL,2025-06-01 00:00,9", feed="others")
    arrival = arrive(folder, settle_s=0)
    flow(folder)
    assert {refused.rule for refused in arrival.refused} == {"broken_contract"}
    assert read(folder, TABLES["readings/grid"])["grid_mw"].to_list() == [10.0]
    assert read(folder, TABLES["readings/campus_load"])["load_mw"].to_list() == [9.0]
    assert read(folder, TABLES["rejected_rows"]).height == 1
    write_feed(folder)
    flow(folder)
    assert read(folder, TABLES["readings/grid"])["grid_mw"].to_list() == [10.0]
    assert plan(folder).dirty == ()


def test_a_second_file_without_stamps_does_not_fight_the_first(folder):
    text = (folder.feeds / "meters.yaml").read_text()
    declared = "time: {declared_start: 2025-06-01T00:00:00, interval: 1h}"
    lines = [declared if line.startswith("time:") else line for line in text.splitlines()]
    (folder.feeds / "meters.yaml").write_text("\n".join(lines))
    land(folder, "1.csv", "GRID,-,10")
    flow(folder)
    land(folder, "2.csv", "GRID,-,20")
    assert [refused.rule for refused in arrive(folder, settle_s=0).refused] == ["declared_time_taken"]


def test_a_withdrawn_file_leaves_its_days_without_it(folder):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10")
    land(folder, "b.csv", "GRID,2025-06-01 01:00,11")
    flow(folder)
    wrong = next(d.file_id for d in Vault(folder).deliveries() if d.file_name == "b.csv")
    Vault(folder).withdraw(wrong, "landed by mistake")
    flow(folder)
    assert read(folder, TABLES["readings/grid"])["grid_mw"].to_list() == [10.0]


def test_a_day_nobody_delivered_becomes_known_when_it_is_expected(folder):
    block = Block(date(2025, 6, 1), date(2025, 6, 2))
    assert clean(folder, block, expect=True).days == 2
    assert read(folder, TABLES["days"]).sort("utc_date")["files"].to_list() == [0, 0]


def test_small_batches_give_the_same_lake(tmp_path):
    """A file of many days is cleaned in batches of any size, and what is written is the same to the byte."""
    lakes, written = [], []
    for size in (1, 10**9):
        folder = tiny_campus(tmp_path / str(size))
        records = [
            f"GRID,2025-06-{day:02d} {hour:02d}:00,{day + hour}" for day in range(1, 9) for hour in (0, 23)
        ]
        land(folder, "a.csv", *records)
        land(folder, "b.csv", *records[:4], "GRID,2025-06-03 05:00,1")
        arrive(folder, settle_s=0)
        clean(folder, plan(folder).blocks[0], batch_bytes=size)
        lakes.append(contents(folder))
        written.append({(file.utc_date, file.sha256) for file in snapshot(folder).files["readings/grid"]})
    assert lakes[0] == lakes[1]
    assert written[0] == written[1]
    assert len(written[0]) == 8


def test_texts_that_are_written_as_numbers_are_text_to_a_reader_of_delta(folder):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "HALL,2025-06-01 00:00,5")
    flow(folder)
    table = TABLES["readings/grid"].open(folder)
    columns = ("device_id", "feed_id", "file_id", "method", "grid_mw_method")
    types = ", ".join(f"arrow_typeof({name})" for name in columns)
    asked = QueryBuilder().register("grid", table).execute(f"select device_id, method, {types} from grid")
    row = pl.DataFrame(asked.read_all()).row(0)
    assert row[:2] == ("grid-a", "measured")
    assert {dtype.removesuffix("View") for dtype in row[2:]} == {"Utf8"}


def test_an_interrupted_run_is_finished_by_the_next(folder, monkeypatch):
    """The fingerprint is written last: a crash between two tables leaves the day dirty."""
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "GRID,2025-06-01 01:00,x")
    arrive(folder, settle_s=0)
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.river.days._replace_book", _crash)
        with pytest.raises(KeyboardInterrupt):
            clean(folder, plan(folder).blocks[0])
    assert len(plan(folder).dirty) == 1
    flow(folder)
    assert plan(folder).dirty == ()
    assert read(folder, TABLES["readings/grid"]).height == 1
    assert read(folder, TABLES["rejected_rows"]).height == 1


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


RECORD = st.tuples(st.integers(1, 3), st.integers(0, 23), st.integers(0, 2))
FILES = st.lists(st.lists(RECORD, min_size=1, max_size=5, unique_by=lambda r: r[:2]), min_size=1, max_size=3)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES, data=st.data())
def test_any_order_and_any_repetition_of_deliveries_gives_the_same_lake(tmp_path, files, data):
    """Feeds without a declared revision: the file hash decides conflicts, not the order of arrival."""
    texts = {
        f"f{n}.csv": [f"GRID,2025-06-0{d} {h:02d}:00,{v}" for d, h, v in rows] for n, rows in enumerate(files)
    }
    order = data.draw(st.permutations([*texts, *texts]))
    together, apart = tiny_campus(tmp_path / "together"), tiny_campus(tmp_path / "apart")
    for name, records in texts.items():
        land(together, name, *records)
    flow(together)
    for name in order:
        land(apart, name, *texts[name])
        flow(apart)
    assert contents(together) == contents(apart)
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_declared_revision_decides_whatever_arrives_first(tmp_path, order):
    more = "revision: {by: file_name, pattern: 'v(?P<revision>\\d+)'}"
    folder = tiny_campus(tmp_path, more=more)
    files = [("v1.csv", 10), ("v2.csv", 20), ("v3.csv", 30)]
    for place in order:
        name, value = files[place]
        land(folder, name, f"GRID,2025-06-01 00:00,{value}")
        flow(folder)
    assert read(folder, TABLES["readings/grid"])["grid_mw"].to_list() == [30.0]
    assert read(folder, TABLES["findings"]).select("raw_value").sort("raw_value").to_series().to_list() == [
        "10.0",
        "20.0",
    ]


def test_accounts_of_every_file_add_up(folder):
    land(
        folder,
        "a.csv",
        "GRID,2025-06-01 00:00,10",
        "GRID,never,1",
        "GIRD,2025-06-01 00:00,1",
        "HALL,2025-06-01 00:00,",
    )
    land(folder, "b.csv", "GRID,2025-06-01 00:00,10")
    flow(folder)
    book = file_accounts(folder).sort("file_name")
    assert book.select("rows_in", "state").rows() in (
        [(4, "loaded"), (1, "duplicate")],
        [(4, "rejected"), (1, "loaded")],
    )
    rows = book.select(pl.sum_horizontal("rows_loaded", "rows_rejected", "rows_duplicate"))
    assert rows.to_series().to_list() == [4, 1]
