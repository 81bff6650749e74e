"""When two builds are called equal."""

import os
import subprocess
import sys

from pipelines.warehouse.connection import open_build
from pipelines.warehouse.export import canonical_export, canonical_sha256

ROWS = ["('m1', 1.5, null)", "('m2', 2, 'no meter')", "('m1', 0.1, '\\N')", "('m3', -0.000001, 'a\tb\nc')"]


SHA256 = """
import pathlib, sys
from pipelines.warehouse.export import canonical_sha256
print(canonical_sha256(pathlib.Path(sys.argv[1])))
"""


def database(path, rows, version=1, threads=1):
    with open_build(path, threads=threads) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"""
            create table marts.grid_daily as
            select site_id, mw::decimal(18, 6) as mw, reason, {version} as version_id
            from (values {", ".join(rows)}) as t(site_id, mw, reason)
            """
        )
        connection.execute("create view marts.another as select timestamp '2025-11-02 05:00:00' as at_utc")
    return path


def test_the_export_is_ordered_text_without_versions(tmp_path):
    assert canonical_export(database(tmp_path / "a.duckdb", ROWS)).decode() == (
        "# marts.another\tat_utc\n"
        "2025-11-02 05:00:00\n"
        "# marts.grid_daily\tsite_id\tmw\treason\n"
        "m1\t0.100000\t\\\\N\n"
        "m1\t1.500000\t\\N\n"
        "m2\t2.000000\tno meter\n"
        "m3\t-0.000001\ta\\tb\\nc\n"
    )


def test_order_of_rows_version_and_threads_do_not_matter(tmp_path):
    one = database(tmp_path / "a.duckdb", ROWS)
    other = database(tmp_path / "b.duckdb", ROWS[::-1], version=7, threads=2)
    assert canonical_sha256(one) == canonical_sha256(other)


def test_the_time_zone_of_the_process_does_not_matter(tmp_path):
    path = database(tmp_path / "a.duckdb", ROWS)
    found = {
        subprocess.run(
            [sys.executable, "-c", SHA256, str(path)],
            env=os.environ | {"TZ": zone},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for zone in ("UTC", "America/Chicago", "Asia/Kolkata")
    }
    assert found == {f"{canonical_sha256(path)}\n".encode()}


def test_a_value_that_moved_is_seen(tmp_path):
    one = database(tmp_path / "a.duckdb", ROWS)
    other = database(tmp_path / "b.duckdb", ["('m1', 1.500001, null)", *ROWS[1:]])
    assert canonical_sha256(one) != canonical_sha256(other)
