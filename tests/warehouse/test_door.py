"""What `headroom sql` answers, and what it does not."""

import io
import json
import os
import re
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from pipelines.warehouse.answering import NotAnswered, answer, open_hardened
from pipelines.warehouse.door import Limits, QueryRefused, ask
from pipelines.warehouse.formats import write_csv, write_json, write_parquet, write_table
from pipelines.warehouse.versions import current_database, lake_files, version_folder

from .conftest import FRIDAY, SATURDAY, make_folder, make_snapshot, make_version


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("door") / "data")
    make_version(folder, make_snapshot(folder, {FRIDAY: [10.0], SATURDAY: [20.0]}))
    (folder.root / "secret.csv").write_text("a,b\n1,2\n")
    (folder.lake / "out.csv").symlink_to(folder.root / "secret.csv")
    pl.DataFrame({"a": [1]}).write_parquet(folder.root / "other.parquet")
    return folder


@pytest.fixture
def door(published):
    question = {
        "database": str(current_database(published)),
        "allowed_paths": [str(path) for path in lake_files(published, 1)],
        "memory_mib": 512,
        "threads": 1,
    }
    with open_hardened(question) as connection:
        yield connection


def asked(folder, sql, **options):
    stream = io.BytesIO()
    ask(folder, sql, stream, **options)
    return stream.getvalue().decode()


PROBES = {
    "SELECT": "select count(*) from marts.grid_daily",
    "temp table": "create temp table t as select 1",
    "duckdb_settings": "select * from duckdb_settings()",
    "database path": "select path from duckdb_databases()",
    "checkpoint": "checkpoint",
    "INSERT": "insert into marts.grid_daily select * from marts.grid_daily",
    "read_csv": "select * from read_csv('{secret}')",
    "read_text": "select * from read_text('{secret}')",
    "read_blob": "select * from read_blob('/proc/self/environ')",
    "glob": "select * from glob('{root}/*')",
    "sniff_csv": "select * from sniff_csv('{secret}')",
    "replacement scan of a path": "select * from '{secret}'",
    "parquet_metadata": "select * from parquet_metadata('{other}')",
    "ATTACH old": "attach '{old}' as old (read_only)",
    "ATTACH new": "attach '{root}/new.duckdb' as new",
    "COPY TO": "copy (select 1) to '{root}/copied.csv'",
    "EXPORT": "export database '{root}/exported'",
    "INSTALL": "install httpfs",
    "LOAD path": "load '{root}/x.duckdb_extension'",
    "getenv": "select getenv('PATH')",
    "SET threads": "set threads = 8",
    "SET enable_external_access": "set enable_external_access = true",
    "RESET enable_external_access": "reset enable_external_access",
    "SET allowed_directories": "set allowed_directories = ['/']",
    "CREATE SECRET": "create secret s (type http, bearer_token 'x')",
    "read inside the version's folder": "select * from read_text('{manifest}')",
    ".. traversal": "select * from read_text('{lake}/../secret.csv')",
    "symlink out": "select * from read_text('{lake}/out.csv')",
    "python replacement scan": "select * from frame",
    "enable_logging to file": "from enable_logging('QueryLog', storage = 'file', storage_path = '{root}')",
    "profiling_output": "pragma profiling_output = '{root}/profile.json'",
    "log_query_path": "set log_query_path = '{root}/queries.log'",
}
ANSWERED = {"SELECT", "duckdb_settings", "database path"}


def test_the_probes_are_thirty_two():
    assert len(PROBES) == 32


@pytest.mark.parametrize("probe", PROBES)
def test_probes(published, door, probe):
    if probe == "enable_logging to file" and duckdb.__version__ < "2":
        pytest.skip("DuckDB 1.5 starts the log; the child cannot write it, see below")
    frame = pl.DataFrame({"a": [1]})
    assert frame.height == 1
    names = {
        "root": published.root,
        "secret": published.root / "secret.csv",
        "other": published.root / "other.parquet",
        "lake": published.lake,
        "old": version_folder(published, 1) / "headroom.duckdb",
        "manifest": version_folder(published, 1) / "manifest.json",
    }
    before = snapshot_of(published.root)
    sql = PROBES[probe].format(**names)
    if probe in ANSWERED:
        assert sum(batch.num_rows for batch in answer(door, sql)) > 0
    else:
        with pytest.raises((NotAnswered, duckdb.Error)):
            sum(batch.num_rows for batch in answer(door, sql))
    assert snapshot_of(published.root) == before


def snapshot_of(root: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_size for path in root.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize("options", ["", ", use_tmp_file false"])
def test_a_lake_file_cannot_be_overwritten(published, door, options):
    path = next(iter(lake_files(published, 1)))
    before = path.read_bytes()
    with pytest.raises(NotAnswered, match="only SELECT"):
        answer(door, f"copy (select 1 as a) to '{path}' (format parquet{options})")
    assert path.read_bytes() == before


def test_the_child_cannot_write_a_byte(published):
    sql = PROBES["enable_logging to file"].format(root=published.root)
    before = sum(snapshot_of(published.root).values())
    with suppress(QueryRefused):
        asked(published, sql)
    assert sum(snapshot_of(published.root).values()) == before


def test_readings_are_read_from_the_lake(published):
    assert asked(published, "select sum(grid_mw) as mw from readings.grid", form="csv") == "mw\n30.0\n"


@pytest.mark.parametrize("sql", ["describe marts.grid_daily", "show tables", "from marts.grid_daily"])
def test_ways_to_look_around_are_answered(published, sql):
    assert asked(published, sql)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from nowhere", "Catalog Error: Table with name nowhere does not exist!"),
        ("selec 1", "Parser Error: syntax error"),
        ("select 1; select 2", "one statement at a time, not 2"),
        ("", "one statement at a time, not 0"),
        ("drop table marts.grid_daily", "only SELECT (also DESCRIBE, SHOW, SUMMARIZE) is answered here"),
        ("select error('half' || 'way')", "halfway"),
    ],
)
def test_a_mistake_is_one_clear_line(published, sql, said):
    with pytest.raises(QueryRefused) as refused:
        asked(published, sql)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_error_half_way_is_not_taken_for_an_end(published):
    sql = "select if(i = 900000, error('late'), i) as i from range(1000000) t(i)"
    with pytest.raises(QueryRefused, match="late"):
        asked(published, sql, form="csv")


def test_a_long_query_is_stopped_at_the_time_limit(published):
    started = time.monotonic()
    with pytest.raises(QueryRefused, match=r"stopped after 2 s: ask for less"):
        asked(
            published,
            "select sum(a.i * b.i * c.i) from range(100000) a(i), range(100000) b(i), range(1000) c(i)",
            limits=Limits(wall_s=2),
        )
    assert time.monotonic() - started < 10


def test_a_query_that_needs_too_much_memory_is_refused(published):
    with pytest.raises(QueryRefused, match="Out of Memory"):
        asked(
            published,
            "select list(i::varchar || repeat('x', 1000)) from range(10000000) t(i)",
            limits=Limits(memory_mib=64, wall_s=30),
        )


def test_the_child_sees_no_environment(published, monkeypatch):
    monkeypatch.setenv("HEADROOM_SECRET", "s3cret")
    assert "s3cret" not in asked(published, "select * from duckdb_settings()", form="json")
    assert os.environ["HEADROOM_SECRET"] == "s3cret"


def test_before_the_first_version_it_says_what_to_do(folder):
    with pytest.raises(QueryRefused, match="nothing has been published yet: run `headroom run`"):
        asked(folder, "select 1")


def rows(**columns):
    table = pa.table(columns)
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches())


def written(writer, answer):
    stream = io.BytesIO()
    return writer(answer, stream), stream.getvalue()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\0x"])
def test_a_text_in_csv_is_never_a_formula(text):
    _, content = written(write_csv, rows(name=[text]))
    assert content.decode().splitlines()[1].lstrip('"').startswith(f"'{text[0]}".rstrip("\r"))


def test_csv_keeps_numbers_and_leaves_null_empty():
    answer = rows(mw=[Decimal("-5.000001"), None], at=[datetime(2025, 11, 2, 6), None], text=["a,b", ""])
    assert written(write_csv, answer) == (2, b'mw,at,text\n-5.000001,2025-11-02 06:00:00,"a,b"\n,,\n')


def test_json_keeps_every_digit():
    answer = rows(
        mw=[Decimal("123456789012.123456")],
        x=[float("nan")],
        at=[datetime(2025, 11, 2)],
        many=[[1, 2]],
        no=[None],
        raw=["=\x1b"],
    )
    count, content = written(write_json, answer)
    assert count == 1
    assert b'"mw": 123456789012.123456' in content
    assert json.loads(content)[0] | {"mw": 0} == {
        "mw": 0,
        "x": "nan",
        "at": "2025-11-02T00:00:00",
        "many": [1, 2],
        "no": None,
        "raw": "=\x1b",
    }


def test_no_rows_in_every_format():
    def empty():
        return rows(a=pa.array([], pa.int64()))

    assert written(write_csv, empty()) == (0, b"a\n")
    assert json.loads(written(write_json, empty())[1]) == []
    assert pl.read_parquet(io.BytesIO(written(write_parquet, empty())[1])).columns == ["a"]
    assert written(write_table, empty())[1].decode().endswith("(0 rows)\n")


def test_a_table_is_aligned_and_cannot_rewrite_the_terminal():
    answer = rows(site=["m1", "m\x1b[2J"], mw=[1.5, None])
    assert written(write_table, answer)[1].decode().splitlines() == [
        "site        mw",
        "────────  ────",
        "m1         1.5",
        "m\\x1b[2J  NULL",
        "(2 rows)",
    ]


def test_a_long_table_is_cut_and_says_so(published):
    text = asked(published, "select i from range(5000) t(i)")
    assert text.splitlines()[-1] == "(1000 rows, there are more: use --format csv)"


def test_parquet_is_what_was_asked(published):
    stream = io.BytesIO()
    assert ask(published, "select * from marts.grid_daily order by mw", stream, form="parquet") == 2
    stream.seek(0)
    assert pl.read_parquet(stream)["mw"].to_list() == [Decimal("10.000000"), Decimal("20.000000")]


def test_a_query_that_is_stopped_in_the_middle_of_its_answer_says_so(published):
    endless = "select range, repeat('x', 100) as wide from range(100000000000)"
    with (
        pytest.raises(QueryRefused, match="stopped after 2 s: ask for less"),
        Path("/dev/null").open("wb") as void,
    ):
        ask(published, endless, void, form="csv", limits=Limits(wall_s=2))


def test_a_data_folder_may_have_any_name(tmp_path):
    folder = make_folder(tmp_path / "o'b [x] *é" / "data")
    make_version(folder, make_snapshot(folder, {FRIDAY: [10.0]}))
    assert asked(folder, "select count(*) as n from readings.grid", form="csv") == "n\n1\n"


def test_an_older_version_answers_by_its_number_or_its_day(tmp_path):
    folder = make_folder(tmp_path / "data")
    lakes = [make_snapshot(folder, {FRIDAY: [mw]}, {("m1", FRIDAY): str(mw)}) for mw in (10.0, 20.0, 30.0)]
    for snapshot, day in zip(lakes, (3, 3, 5), strict=True):
        make_version(folder, snapshot, datetime(2025, 11, day, 12, tzinfo=UTC))

    def imported(version):
        return asked(folder, "select grid_mw from readings.grid", form="csv", version=version).split()[1:]

    assert [imported(version) for version in (1, 2, 3, None)] == [["10.0"], ["20.0"], ["30.0"], ["30.0"]]
    days = (date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 5), date(2026, 1, 1))
    assert [imported(day) for day in days] == [["20.0"], ["20.0"], ["30.0"], ["30.0"]]
    kept = "kept are 1 (2025-11-03), 2 (2025-11-03), 3 (2025-11-05)"
    with pytest.raises(QueryRefused, match=re.escape(f"there is no version 7; {kept}")):
        imported(7)
    with pytest.raises(QueryRefused, match=re.escape(f"there is no version of 2025-11-02; {kept}")):
        imported(date(2025, 11, 2))
