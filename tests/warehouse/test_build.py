"""What a person sees of a private build: which days it takes up, what it reads, what it refuses."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.campus.snapshot import Snapshot
from pipelines.warehouse.build import changed_days, is_current, pinned_days, prepare
from pipelines.warehouse.connection import open_readonly
from pipelines.warehouse.versions import current, version_folder

from .conftest import DAYS, FRIDAY, SATURDAY, grid_rows, lake_file


def affected(build):
    with open_readonly(build.path) as connection:
        return connection.execute("select site_id, utc_date from affected.days order by all").fetchall()


def test_the_first_build_takes_up_every_day(folder, campus, lake, deliveries):
    build = prepare(folder, campus, lake({FRIDAY: [10.0], SATURDAY: [20.0]}), deliveries, "1.0")
    assert (build.number, build.previous, build.affected_days, build.is_full) == (1, None, 2, True)
    assert affected(build) == [("m1", FRIDAY), ("m1", SATURDAY)]


def test_the_next_build_takes_up_only_the_day_that_changed(folder, campus, lake, deliveries, publication):
    publication(lake({FRIDAY: [10.0], SATURDAY: [20.0]}))
    changed = lake({FRIDAY: [10.0], SATURDAY: [21.0]}, DAYS | {("m1", SATURDAY): "s2"})
    build = prepare(folder, campus, changed, deliveries, "1.0")
    assert (build.number, build.previous, build.affected_days, build.is_full) == (2, 1, 1, False)
    with open_readonly(build.path) as connection:
        assert connection.execute("select grid_mw from affected.grid").fetchall() == [(21.0,)]
        assert connection.execute("select grid_mw from readings.grid order by 1").fetchall() == [
            (10.0,),
            (21.0,),
        ]
        assert pinned_days(connection)["m1", SATURDAY] == "s2"


def test_a_day_that_is_gone_is_taken_up_too(folder, campus, lake, deliveries, publication):
    publication(lake({FRIDAY: [10.0], SATURDAY: [20.0]}))
    build = prepare(folder, campus, lake({FRIDAY: [10.0]}, {("m1", FRIDAY): "f1"}), deliveries, "1.0")
    assert affected(build) == [("m1", SATURDAY)]
    with open_readonly(build.path) as connection:
        assert connection.execute("select count(*) from affected.grid").fetchall() == [(0,)]


def test_other_reference_data_take_up_every_day(folder, campus, lake, deliveries, publication):
    snapshot = lake({FRIDAY: [10.0], SATURDAY: [20.0]})
    publication(snapshot)
    smaller = replace(campus, tables=campus.tables | {"devices": campus.tables["devices"][:-1]})
    build = prepare(folder, smaller, snapshot, deliveries, "1.0")
    assert (build.affected_days, build.is_full) == (2, True)


def test_other_sql_takes_up_every_day(folder, campus, lake, deliveries, publication, monkeypatch, tiny):
    snapshot = lake({FRIDAY: [10.0], SATURDAY: [20.0]})
    publication(snapshot)
    monkeypatch.setattr("pipelines.warehouse.inputs.DBT_PROJECT", tiny / "models")
    assert prepare(folder, campus, snapshot, deliveries, "1.0").is_full


def test_changed_days():
    before = {("m1", FRIDAY): "a", ("m1", SATURDAY): "b", ("m2", FRIDAY): "c"}
    now = {("m1", FRIDAY): "a", ("m1", SATURDAY): "B", ("m3", FRIDAY): "d"}
    assert changed_days(before, now) == [("m1", SATURDAY), ("m2", FRIDAY), ("m3", FRIDAY)]


def test_a_published_version_of_the_same_lake_is_current(folder, campus, lake, deliveries, publication):
    snapshot = lake({FRIDAY: [10.0], SATURDAY: [20.0]})
    assert not is_current(folder, campus, snapshot, deliveries)
    publication(snapshot)
    assert is_current(folder, campus, snapshot, deliveries)
    assert not is_current(folder, campus, snapshot, deliveries.clear())
    assert not is_current(folder, campus, lake({}, DAYS | {("m1", FRIDAY): "f2"}), deliveries)


def test_a_flipped_bit_in_a_lake_file_stops_the_build(folder, campus, lake, deliveries):
    snapshot = lake({FRIDAY: [10.0], SATURDAY: [20.0]})
    path = snapshot.files["readings/grid"][0].path
    damage(path, 40)
    with pytest.raises(Refusal) as refused:
        prepare(folder, campus, snapshot, deliveries, "1.0")
    assert refused.value.rule == "lake_file_damaged"
    assert path.name in refused.value.reason
    assert "headroom run --rebuild --from 2025-10-31 --to 2025-10-31 --site m1" in refused.value.remedy


def test_a_lake_file_that_is_gone_stops_the_build(folder, campus, lake, deliveries):
    snapshot = lake({FRIDAY: [10.0]})
    snapshot.files["readings/grid"][0].path.unlink()
    with pytest.raises(Refusal, match="lake_file_missing"):
        prepare(folder, campus, snapshot, deliveries, "1.0")


@pytest.mark.parametrize(("byte", "stops"), [(40, False), (-1, True)])
def test_damage_in_a_day_that_is_not_read_stops_the_build_only_if_nobody_could_open_the_file(
    folder, campus, lake, deliveries, publication, byte, stops
):
    publication(lake({FRIDAY: [10.0], SATURDAY: [20.0]}))
    changed = lake({FRIDAY: [10.0], SATURDAY: [21.0]}, DAYS | {("m1", SATURDAY): "s2"})
    damage(changed.files["readings/grid"][0].path, byte)
    with pytest.raises(Refusal, match="lake_file_damaged") if stops else nullcontext():
        assert prepare(folder, campus, changed, deliveries, "1.0").affected_days == 1


def damage(path, byte):
    content = bytearray(path.read_bytes())
    content[byte] ^= 1
    path.write_bytes(content)


def test_a_damaged_published_version_is_not_built_upon(folder, campus, lake, deliveries, publication):
    snapshot = lake({FRIDAY: [10.0], SATURDAY: [20.0]})
    number = publication(snapshot).version_id
    database = version_folder(folder, number) / "headroom.duckdb"
    database.chmod(0o644)
    damage(database, -1)
    build = prepare(folder, campus, snapshot, deliveries, "1.0")
    assert (build.affected_days, build.is_full) == (2, True)


def test_what_a_failed_build_left_is_cleared_away(folder, campus, lake, deliveries):
    snapshot = lake({FRIDAY: [10.0]})
    first = prepare(folder, campus, snapshot, deliveries, "1.0")
    (first.path.parent / "dbt").mkdir()
    again = prepare(folder, campus, snapshot, deliveries, "1.0")
    assert again.path == first.path
    assert [path.name for path in again.path.parent.iterdir()] == ["headroom.duckdb"]
    assert current(folder) is None


def test_the_books_are_native_tables(folder, campus, lake, deliveries):
    build = prepare(folder, campus, lake({FRIDAY: [10.0]}, {("m1", FRIDAY): "f1"}), deliveries, "1.0")
    with open_readonly(build.path) as connection:
        assert connection.execute("select * from quality.days").fetchall() == [("m1", FRIDAY, "f1")]
        assert connection.execute(
            "select file_name, received_at, rows_in, rows_loaded from quality.files"
        ).fetchall() == [("scada.csv", datetime(2025, 11, 2), 2, None)]


def test_instants_with_a_zone_become_utc(folder, campus, lake, deliveries):
    zoned = deliveries.with_columns(
        received_at=deliveries["received_at"]
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone("America/Chicago")
    )
    build = prepare(folder, campus, lake({FRIDAY: [10.0]}), zoned, "1.0")
    with open_readonly(build.path) as connection:
        found = connection.execute("select received_at from quality.files").fetchall()
    assert found == [(datetime(2025, 11, 2),)]


def test_a_kind_without_files_is_an_empty_typed_view(folder, campus, lake, deliveries):
    build = prepare(folder, campus, lake({FRIDAY: [10.0]}), deliveries, "1.0")
    with open_readonly(build.path) as connection:
        for schema in ("readings", "affected"):
            found = connection.execute(f"describe {schema}.batteries").fetchall()
            types = {name: dtype for name, dtype, *_ in found}
            assert types["soc_pct"] == "DOUBLE"
            assert types["interval_start_utc"] == "TIMESTAMP"
            assert types["utc_date"] == "DATE"
            assert connection.execute(f"from {schema}.batteries").fetchall() == []


def test_comments_say_description_and_unit(folder, campus, lake, deliveries):
    build = prepare(folder, campus, lake({FRIDAY: [10.0]}), deliveries, "1.0")
    query = (
        "select comment from duckdb_columns() where schema_name = ? and table_name = ? and column_name = ?"
    )
    with open_readonly(build.path) as connection:

        def said(*column):
            return connection.execute(query, column).fetchall()[0][0]

        assert said("readings", "grid", "grid_mw") == "power from the utility, import +, export - [MW]"
        assert said("reference", "devices", "nameplate_mw") == "rated power [MW]"
        assert said("reference", "devices", "min_load_mw") == "min load [MW]"
        assert said("quality", "files", "bytes") == "size as it arrived [B]"
        assert connection.execute(
            "select comment from duckdb_views() where view_name = 'turbines' and schema_name = 'readings'"
        ).fetchall() == [("Output, fuel and emissions of gas turbines, one row per unit and interval.",)]


def test_a_folder_with_odd_characters_is_read_literally(tmp_path, campus, deliveries):
    odd = DataFolder(tmp_path / "it's [a] folder*")
    file = lake_file(odd, "readings/grid", "m1", FRIDAY, grid_rows(FRIDAY, [7.5]))
    snapshot = Snapshot({}, {"readings/grid": (file,)}, {("m1", FRIDAY): "f1"})
    build = prepare(odd, campus, snapshot, deliveries, "1.0")
    with open_readonly(build.path) as connection:
        assert connection.execute("select site_id, grid_mw from readings.grid").fetchall() == [("m1", 7.5)]


def test_a_column_that_old_files_lack_is_null_there(folder, campus, deliveries):
    old = lake_file(
        folder, "readings/grid", "m1", FRIDAY, grid_rows(FRIDAY, [1.0]).drop("energy_mwh", "frequency_hz")
    )
    new = lake_file(folder, "readings/grid", "m1", SATURDAY, grid_rows(SATURDAY, [2.0]).drop("frequency_hz"))
    snapshot = Snapshot({}, {"readings/grid": (old, new)}, DAYS)
    build = prepare(folder, campus, snapshot, deliveries, "1.0")
    with open_readonly(build.path) as connection:
        query = "select utc_date, grid_mw, energy_mwh, frequency_hz from readings.grid order by 1"
        assert connection.execute(query).fetchall() == [
            (FRIDAY, 1.0, None, None),
            (SATURDAY, 2.0, None, None),
        ]


def test_rejections_without_a_day_are_shown_but_never_affected(folder, campus, deliveries):
    def rejected(day, row_number):
        frame = pl.DataFrame(
            {"feed_id": ["x"], "file_id": ["f"], "row_number": [row_number], "rule": ["ragged"]}
            | {"reason": ["…"], "raw": ["a;b"]}
        )
        return lake_file(folder, "rejected_rows", "m1", day, frame)

    files = (rejected(FRIDAY, 1), rejected(None, 2))
    build = prepare(
        folder, campus, Snapshot({}, {"rejected_rows": files}, {("m1", FRIDAY): "f1"}), deliveries, "1.0"
    )
    with open_readonly(build.path) as connection:
        assert connection.execute(
            "select utc_date, row_number from quality.rejected_rows order by 2"
        ).fetchall() == [(FRIDAY, 1), (None, 2)]
        assert connection.execute("select row_number from affected.rejected_rows").fetchall() == [(1,)]


@pytest.mark.parametrize("table", ["accounts", "findings", "rejected_rows"])
def test_the_books_of_the_lake_have_an_affected_view(folder, campus, lake, deliveries, table):
    build = prepare(folder, campus, lake({FRIDAY: [10.0]}), deliveries, "1.0")
    with open_readonly(build.path) as connection:
        assert connection.execute(f"from affected.{table}").fetchall() == []
