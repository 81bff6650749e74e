"""What readers see of a publication, and what stays after one that was refused."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from pipelines.warehouse import publish as publishing
from pipelines.warehouse.build import prepare
from pipelines.warehouse.connection import open_readonly
from pipelines.warehouse.dbt import DbtReport, NodeResult, prepare_manifest, run_dbt
from pipelines.warehouse.durable import sha256_of
from pipelines.warehouse.publish import PublicationRefused, publish
from pipelines.warehouse.retention import kept_lake_files, prune_versions
from pipelines.warehouse.versions import (
    Manifest,
    current,
    current_database,
    manifest_sha256,
    mend_pointer,
    version_folder,
)

from .conftest import DAYS, FRIDAY, GREEN, NOON, SATURDAY, write_mart

WEEKEND = {FRIDAY: [10.0, 20.0], SATURDAY: [30.0]}


def published_mart(folder):
    with open_readonly(folder.published) as connection:
        query = "select utc_date, grid_mw_sum, version_id from marts.grid_daily order by 1"
        return [(day, float(mw), version) for day, mw, version in connection.execute(query).fetchall()]


def build_with_dbt(folder, campus, snapshot, deliveries, tiny):
    build = prepare(folder, campus, snapshot, deliveries, "1.0")
    return build, run_dbt(build.path, vars={"version_id": build.number}, project=tiny)


def test_a_version_goes_from_lake_to_mart_and_the_next_touches_only_the_changed_day(
    folder, campus, lake, deliveries, tiny, capfd
):
    snapshot = lake(WEEKEND)
    build, report = build_with_dbt(folder, campus, snapshot, deliveries, tiny)
    assert report.success
    assert [(node.unique_id, node.status, node.failures) for node in report.nodes] == [
        ("model.tiny.grid_daily", "success", None),
        ("test.tiny.assert_import_below_a_gigawatt", "pass", 0),
    ]
    publish(folder, build, snapshot, report)
    assert published_mart(folder) == [(FRIDAY, 30.0, 1), (SATURDAY, 30.0, 1)]

    changed = lake({FRIDAY: [10.0, 20.0], SATURDAY: [31.0]}, DAYS | {("m1", SATURDAY): "s2"})
    build, report = build_with_dbt(folder, campus, changed, deliveries, tiny)
    publish(folder, build, changed, report)
    assert published_mart(folder) == [(FRIDAY, 30.0, 1), (SATURDAY, 31.0, 2)]
    assert capfd.readouterr().out == ""


def test_a_failing_test_publishes_nothing_and_says_so(folder, campus, lake, deliveries, tiny):
    good = lake(WEEKEND)
    publish(folder, *reordered(build_with_dbt(folder, campus, good, deliveries, tiny), good))
    bad = lake({FRIDAY: [10.0, 20.0], SATURDAY: [5000.0]}, DAYS | {("m1", SATURDAY): "s2"})
    build, report = build_with_dbt(folder, campus, bad, deliveries, tiny)
    assert not report.success
    with pytest.raises(PublicationRefused) as refused:
        publish(folder, build, bad, report)
    message = str(refused.value)
    assert "test.tiny.assert_import_below_a_gigawatt: Got 1 result, configured to fail if != 0" in message
    assert f"the version before stays: {version_folder(folder, 1) / 'headroom.duckdb'}" in message
    assert published_mart(folder) == [(FRIDAY, 30.0, 1), (SATURDAY, 30.0, 1)]

    mended = lake({FRIDAY: [10.0, 20.0], SATURDAY: [50.0]}, DAYS | {("m1", SATURDAY): "s3"})
    build, report = build_with_dbt(folder, campus, mended, deliveries, tiny)
    assert (build.number, build.previous, build.affected_days) == (2, 1, 1)
    publish(folder, build, mended, report)
    assert published_mart(folder) == [(FRIDAY, 30.0, 1), (SATURDAY, 50.0, 2)]


def reordered(built, snapshot):
    build, report = built
    return build, snapshot, report


def test_a_model_that_does_not_run_is_named(folder, campus, lake, deliveries, tiny):
    snapshot = lake(WEEKEND)
    build = prepare(folder, campus, snapshot, deliveries, "1.0")
    with duckdb.connect(str(build.path)) as connection:
        connection.execute("drop view affected.grid")
    report = run_dbt(build.path, vars={"version_id": 1}, project=tiny)
    with pytest.raises(PublicationRefused, match=r"model\.tiny\.grid_daily: .*nothing has been published"):
        publish(folder, build, snapshot, report)


def test_a_part_of_the_models_is_never_published(folder, campus, lake, deliveries, tiny):
    snapshot = lake(WEEKEND)
    build = prepare(folder, campus, snapshot, deliveries, "1.0")
    report = run_dbt(build.path, select="grid_daily", vars={"version_id": 1}, project=tiny)
    assert report.success
    with pytest.raises(PublicationRefused, match="only a part was built"):
        publish(folder, build, snapshot, report)


def test_the_file_is_free_after_dbt(folder, campus, lake, deliveries, tiny):
    build, _ = build_with_dbt(folder, campus, lake(WEEKEND), deliveries, tiny)
    script = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create table free as select 1')"
    assert subprocess.run([sys.executable, "-c", script, str(build.path)], check=False).returncode == 0


def test_a_project_is_parsed_once(tiny):
    first = prepare_manifest(tiny)
    stamp = first.packed.stat().st_mtime_ns
    assert prepare_manifest(tiny).packed.stat().st_mtime_ns == stamp
    model = tiny / "models" / "another.sql"
    model.write_text("select 1 as one")
    changed = prepare_manifest(tiny)
    assert "model.tiny.another" in json.loads(changed.manifest.read_text())["nodes"]
    assert not first.packed.exists()
    model.unlink()


def test_a_project_that_cannot_be_parsed_is_named(tiny):
    model = tiny / "models" / "broken.sql"
    model.write_text("select * from {{ ref('nowhere') }}")
    with pytest.raises(RuntimeError, match=r"(?s)dbt cannot parse .*nowhere"):
        prepare_manifest(tiny)
    model.unlink()


@pytest.mark.parametrize(
    ("report", "reasons"),
    [
        (GREEN, []),
        (DbtReport(True, [NodeResult("test.a", "warn", "3 rows", 0.1, 3)], True), []),
        (DbtReport(False, [NodeResult("test.a", "fail", "Got\n  1", 0.1, 1)], True), ["test.a: Got 1"]),
        (DbtReport(False, [], True, "no profile"), ["dbt did not run: no profile"]),
        (DbtReport(False, [], True), ["dbt did not succeed"]),
        (DbtReport(True, [], False), ["only a part was built; run the whole build"]),
    ],
)
def test_reasons_against_a_publication(report, reasons):
    assert publishing.reasons_against(report) == reasons


def test_the_manifest_says_what_a_version_is(folder, lake, publication):
    snapshot = lake(WEEKEND)
    first, second = publication(snapshot), publication(snapshot)
    assert current(folder) == second
    place = version_folder(folder, 2)
    assert Manifest.from_json((place / "manifest.json").read_bytes()) == second
    assert second.lake_versions == snapshot.versions
    assert second.database_sha256 == sha256_of(place / "headroom.duckdb")
    names = (place / "lake_files.json").read_bytes()
    assert second.lake_files_sha256 == hashlib.sha256(names).hexdigest()
    assert set(json.loads(names).values()) == {file.sha256 for file in snapshot.files["readings/grid"]}
    assert (first.previous_version_id, first.previous_manifest_sha256) == (None, None)
    assert (second.previous_version_id, second.previous_manifest_sha256) == (1, manifest_sha256(folder, 1))
    assert (first.affected_days, first.is_full) == (2, True)
    assert (second.affected_days, second.is_full) == (0, False)
    assert first.export_sha256 == second.export_sha256
    assert first.inputs_hash == second.inputs_hash


def test_a_published_file_is_read_only_and_alone(folder, lake, publication):
    publication(lake(WEEKEND))
    place = version_folder(folder, 1)
    assert sorted(path.name for path in place.iterdir()) == [
        "headroom.duckdb",
        "lake_files.json",
        "manifest.json",
    ]
    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o444}
    assert list((folder.warehouse / "build").iterdir()) == []


def test_a_published_file_has_the_versions_and_no_affected_schema(folder, lake, publication):
    for _ in range(2):
        publication(lake(WEEKEND))
    with open_readonly(folder.published) as connection:
        assert connection.execute(
            "select version_id, published_at, code_version, is_current from quality.versions order by 1"
        ).fetchall() == [
            (1, datetime(2025, 11, 3, 12), "test", False),
            (2, datetime(2025, 11, 3, 12), "test", True),
        ]
        schemas = {
            name for (name,) in connection.execute("select schema_name from duckdb_schemas()").fetchall()
        }
        assert "affected" not in schemas
        assert connection.execute("select current_database()").fetchall() == [("headroom",)]


def test_older_clients_can_open_a_published_file(folder, lake, publication):
    publication(lake(WEEKEND))
    with open_readonly(folder.published) as connection:
        (tags,) = connection.execute(
            "select tags from duckdb_databases() where database_name = 'headroom'"
        ).fetchall()[0]
    assert tags["storage_version"].startswith("v1.2.0")


def test_the_pointer_is_a_symlink_into_the_newest_version(folder, lake, publication):
    publication(lake(WEEKEND))
    assert str(folder.published.readlink()) == "versions/000001/headroom.duckdb"
    assert current_database(folder) == version_folder(folder, 1) / "headroom.duckdb"


@pytest.mark.parametrize("harm", ["missing", "dangling", "a version behind"])
def test_the_pointer_is_mended_from_the_newest_complete_version(folder, lake, publication, harm):
    for _ in range(2):
        publication(lake(WEEKEND))
    folder.published.unlink()
    if harm == "dangling":
        folder.published.symlink_to("versions/000009/headroom.duckdb")
    if harm == "a version behind":
        folder.published.symlink_to("versions/000001/headroom.duckdb")
    assert mend_pointer(folder) == 2
    assert current(folder).version_id == 2


def test_without_a_pointer_the_newest_complete_version_is_current(folder, lake, publication):
    publication(lake(WEEKEND))
    folder.published.unlink()
    (version_folder(folder, 2)).mkdir()
    assert current(folder).version_id == 1
    assert mend_pointer(folder) == 1
    assert publication(lake(WEEKEND)).version_id == 3


def test_nothing_is_current_before_the_first_publication(folder):
    assert current(folder) is None
    assert current_database(folder) is None
    assert mend_pointer(folder) is None


READER = """
import sys, time, duckdb
seen, reads = 0, 0
while seen < 20:
    connection = duckdb.connect(sys.argv[1], read_only=True)
    rows = connection.execute(
        "select version_id, mw, (select version_id from quality.versions where is_current) "
        "from marts.grid_daily order by utc_date"
    ).fetchall()
    connection.close()
    (friday, friday_mw, version), (saturday, saturday_mw, _) = rows
    assert (friday, friday_mw) == (1, 100), rows
    assert saturday == saturday_mw == version, rows
    assert version >= seen, (version, seen)
    seen, reads = version, reads + 1
    time.sleep(0.02)
print(reads)
"""


def test_readers_never_fail_never_see_half_a_version_and_never_go_back(folder, lake, publication):
    def snapshot(number):
        return lake({FRIDAY: [100.0], SATURDAY: [float(number)]}, DAYS | {("m1", SATURDAY): f"s{number}"})

    publication(snapshot(1))
    command = [sys.executable, "-c", READER, str(folder.published)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    for number in range(2, 21):
        publication(snapshot(number))
    for reader in readers:
        output, _ = reader.communicate(timeout=120)
        assert reader.returncode == 0
        assert int(output) > 1
    assert len(kept_lake_files(folder)) == 21


def test_the_newest_versions_and_the_last_of_each_day_are_kept(folder, lake, publication):
    snapshot = lake(WEEKEND)
    days_ago = [40, 40, 3, 3, 2, 0, 0]
    for age in days_ago:
        publication(snapshot, NOON - timedelta(days=age))
    assert prune_versions(folder, keep_versions=2, keep_daily_days=35, now=NOON) == [1, 2, 3]
    assert [path.name for path in sorted((folder.warehouse / "versions").iterdir())] == [
        "000004",
        "000005",
        "000006",
        "000007",
    ]
    assert current(folder).version_id == 7
    assert prune_versions(folder, keep_versions=2, keep_daily_days=35, now=NOON) == []


def test_the_published_version_always_stays(folder, lake, publication):
    publication(lake(WEEKEND), NOON - timedelta(days=400))
    assert prune_versions(folder, keep_versions=0, keep_daily_days=0, now=NOON) == []


def test_files_of_the_lake_that_a_kept_version_names_are_kept(folder, lake, publication):
    first = lake(WEEKEND)
    publication(first, NOON - timedelta(days=40))
    second = lake({FRIDAY: [1.0], SATURDAY: [2.0]}, dict.fromkeys(DAYS, "new"))
    publication(second, NOON)
    paths = [{file.path for file in snapshot.files["readings/grid"]} for snapshot in (first, second)]
    assert kept_lake_files(folder) == paths[0] | paths[1]
    prune_versions(folder, keep_versions=1, keep_daily_days=1, now=NOON)
    assert kept_lake_files(folder) == paths[1]


def test_times_of_publication_are_utc(folder, lake, deliveries, campus):
    snapshot = lake(WEEKEND)
    build = prepare(folder, campus, snapshot, deliveries, "1.0")
    write_mart(build)
    assert publish(folder, build, snapshot, GREEN).published_at.tzinfo is UTC


def test_a_build_that_stands_on_a_lake_file_that_is_gone_is_not_published(folder, lake, deliveries, campus):
    snapshot = lake(WEEKEND)
    build = prepare(folder, campus, snapshot, deliveries, "1.0")
    write_mart(build)
    file = snapshot.files["readings/grid"][0].path
    file.unlink()
    with pytest.raises(PublicationRefused, match=rf"{file.name} is gone from the lake; run again"):
        publish(folder, build, snapshot, GREEN)
