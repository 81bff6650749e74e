"""A day in the lake is what was last written for it, whole, and nothing else."""

from dataclasses import replace as replace_table
from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.campus.paths import DataFolder
from pipelines.lake import TABLES, append, read, replace, replace_feeds, snapshot
from tests.lake.conftest import FRIDAY, GRID, SATURDAY, SUNDAY, readings


def test_an_empty_lake_has_empty_tables(folder, held):
    assert held() == []
    assert read(folder, GRID).schema == GRID.schema
    assert set(snapshot(folder).versions.values()) == {-1}


def test_a_day_is_replaced_whole(folder, held):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0, 2.0, 3.0))
    replace(folder, GRID, "m1", [FRIDAY], readings(4.0))
    assert held() == [("m1", FRIDAY, 4.0)]


def test_other_days_and_sites_stay(folder, held):
    replace(folder, GRID, "m1", [FRIDAY, SATURDAY], pl.concat([readings(1.0), readings(2.0, day=SATURDAY)]))
    replace(folder, GRID, "m2", [FRIDAY], readings(3.0, site="m2"))
    replace(folder, GRID, "m1", [SATURDAY], readings(5.0, day=SATURDAY))
    assert held() == [("m1", FRIDAY, 1.0), ("m1", SATURDAY, 5.0), ("m2", FRIDAY, 3.0)]


def test_a_lake_from_before_a_column_existed_takes_it_in(folder):
    """The column is NULL on days that were written without it, and Delta knows it from the next write on."""
    schema = {name: dtype for name, dtype in GRID.schema.items() if not name.endswith("_method")}
    old = replace_table(GRID, schema=schema)
    replace(folder, old, "m1", [FRIDAY], readings(1.0))
    assert read(folder, GRID).select("grid_mw", "grid_mw_method").rows() == [(1.0, None)]
    told = readings(2.0, day=SATURDAY).with_columns(grid_mw_method=pl.lit("measured"))
    replace(folder, GRID, "m1", [SATURDAY], told)
    rows = read(folder, GRID).sort("utc_date").select("grid_mw", "grid_mw_method").rows()
    assert rows == [(1.0, None), (2.0, "measured")]
    assert {field.name for field in GRID.open(folder).schema().fields} == set(GRID.schema)


def test_a_day_that_became_empty_loses_its_rows(folder, held):
    replace(folder, GRID, "m1", [FRIDAY, SATURDAY], pl.concat([readings(1.0), readings(2.0, day=SATURDAY)]))
    replace(folder, GRID, "m1", [FRIDAY, SATURDAY], readings(7.0, day=SATURDAY))
    assert held() == [("m1", SATURDAY, 7.0)]
    replace(folder, GRID, "m1", [SATURDAY], pl.DataFrame(schema=GRID.schema))
    assert held() == []
    assert snapshot(folder).files["readings/grid"] == ()


def test_nothing_for_a_day_that_was_empty_makes_no_new_version(folder):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    version = snapshot(folder).versions["readings/grid"]
    assert replace(folder, GRID, "m1", [SATURDAY], pl.DataFrame(schema=GRID.schema)) == version
    assert snapshot(folder).versions["readings/grid"] == version


def test_the_same_day_written_again_is_there_once(folder, held):
    for _ in range(3):
        replace(folder, GRID, "m1", [FRIDAY], readings(1.0, 2.0))
    assert held() == [("m1", FRIDAY, 1.0), ("m1", FRIDAY, 2.0)]


def test_an_account_book_is_replaced_for_a_site_and_stays_for_the_others(folder):
    book = TABLES["days"]

    def marks(site, *fingerprints):
        return pl.DataFrame(
            [
                {"site_id": site, "utc_date": FRIDAY + timedelta(days=n), "fingerprint": mark, "files": 1}
                for n, mark in enumerate(fingerprints)
            ],
            schema=book.schema,
        )

    replace(folder, book, "m1", None, marks("m1", "a", "b"))
    replace(folder, book, "m2", None, marks("m2", "c"))
    replace(folder, book, "m1", None, marks("m1", "d"))
    assert snapshot(folder).fingerprints == {("m1", FRIDAY): "d", ("m2", FRIDAY): "c"}


def test_a_book_by_feed_loses_the_rows_of_the_named_feeds_only(folder):
    table = TABLES["surveys"]

    def rows(*found):
        return pl.DataFrame([{"feed_id": f, "rows_in": n} for f, n in found], schema=table.schema)

    replace_feeds(folder, table, ["a", "b", "c"], rows(("a", 1), ("b", 2), ("c", 3)))
    replace_feeds(folder, table, ["b", "c"], rows(("b", 4)))
    assert sorted(read(folder, table).select("feed_id", "rows_in").rows()) == [("a", 1), ("b", 4)]


def test_appended_rows_stand_beside_those_before(folder):
    table = TABLES["unstamped_rows"]
    row = dict.fromkeys(table.schema, "x") | {"row_number": 1}
    append(folder, table, pl.DataFrame([row], schema=table.schema))
    append(folder, table, pl.DataFrame([row | {"row_number": 2}], schema=table.schema))
    assert sorted(read(folder, table).get_column("row_number").to_list()) == [1, 2]


@settings(max_examples=25)
@given(
    writes=st.lists(
        st.tuples(
            st.sampled_from(["m1", "m2"]),
            st.dictionaries(st.sampled_from([FRIDAY, SATURDAY, SUNDAY]), st.integers(0, 2), min_size=1),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_lake_is_the_last_write_of_every_day(tmp_path_factory, writes):
    folder = DataFolder(tmp_path_factory.mktemp("lake"))
    expected = {}
    for number, (site, days) in enumerate(writes):
        frames = [readings(*[float(number)] * count, day=day, site=site) for day, count in days.items()]
        replace(folder, GRID, site, list(days), pl.concat(frames))
        expected |= {(site, day): [float(number)] * count for day, count in days.items()}
    found = read(folder, GRID)
    for (site, day), values in expected.items():
        rows = found.filter((pl.col("site_id") == site) & (pl.col("utc_date") == day))
        assert rows.get_column("grid_mw").to_list() == values
    assert found.height == sum(len(values) for values in expected.values())
