"""`version_id` says which version last changed a row."""

from pipelines.warehouse.connection import open_build, open_readonly
from pipelines.warehouse.row_versions import attached, keep_version_ids


def mart(path, version, rows, columns="site_id varchar, mw decimal(18,6), reason varchar, version_id bigint"):
    with open_build(path) as connection:
        connection.execute(f"create schema marts; create table marts.power ({columns})")
        for row in rows:
            connection.execute("insert into marts.power values (?, ?, ?, ?)", [*row, version])
    return path


def after(path, previous):
    with open_build(path) as connection, attached(connection, previous):
        keep_version_ids(connection)
    with open_readonly(path) as connection:
        return connection.execute("select site_id, version_id from marts.power order by site_id").fetchall()


def test_rows_that_did_not_change_keep_their_version_and_nulls_are_equal(tmp_path):
    one = mart(tmp_path / "1.duckdb", 1, [("a", 1, None), ("b", 2, None), ("c", None, "gap")])
    two = mart(tmp_path / "2.duckdb", 2, [("a", 1, None), ("b", 3, None), ("c", None, "gap"), ("d", 4, None)])
    assert after(two, one) == [("a", 1), ("b", 2), ("c", 1), ("d", 2)]


def test_a_mart_whose_columns_changed_is_new_in_every_row(tmp_path):
    one = mart(tmp_path / "1.duckdb", 1, [("a", 1, None)])
    columns = "site_id varchar, mw double, reason varchar, version_id bigint"
    two = mart(tmp_path / "2.duckdb", 2, [("a", 1, None)], columns)
    assert after(two, one) == [("a", 2)]
