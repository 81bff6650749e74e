"""A campus over a week: what readers see while days arrive, fail, heal and arrive late.

One site with a grid meter and a hall, hourly values that balance. The acts below happen once, in
order; a reader opens the published warehouse over and over meanwhile.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.campus.paths import DataFolder
from pipelines.river import prepare_version, publish_version
from pipelines.warehouse.dbt import run_dbt
from pipelines.warehouse.export import canonical_export
from pipelines.warehouse.publish import PublicationRefused
from pipelines.warehouse.versions import Manifest, current
from tests.journey.whole_way import flow, rows, to_the_lake
from tests.river.samples import land, tiny_campus

MONDAY = date(2025, 6, 2)
MIDNIGHT_UTC = datetime(2025, 6, 2, 5)
"""Local midnight of that Monday."""

READER = """
import sys, time, duckdb
from pathlib import Path
reads, versions = 0, []
while not Path(sys.argv[2]).exists():
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        (version,) = connection.execute("select version_id from quality.versions where is_current").fetchone()
        (days,) = connection.execute("select count(*) from marts.energy_balance_daily").fetchone()
    if not versions or versions[-1] != (version, days):
        versions.append((version, days))
    reads += 1
    time.sleep(0.02)
print(reads, versions)
"""


def hourly(day: int, grid: list[float] | float | None = 100.0, hall: float | None = 100.0) -> list[str]:
    """The records of a local day, Monday being day 0."""
    records = []
    for hour in range(24):
        stamp = MIDNIGHT_UTC + timedelta(days=day, hours=hour)
        for tag, value in (("GRID", grid), ("HALL", hall)):
            shown = value[hour] if isinstance(value, list) else value
            if shown is not None:
                records.append(f"{tag},{stamp:%Y-%m-%d %H:%M},{shown}")
    return records


@dataclass
class Week:
    """What happened, act by act.

    Attributes:
        folder: The campus.
        exports: Act → canonical export of the version it ended with.
        manifests: Act → manifest of the version it ended with.
        refusal: What the act that failed said.
        days: Act → energy balance: local date → (import, load, status, reason).
    """

    folder: DataFolder
    exports: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    refusal: str = ""
    days: dict[str, dict[date, tuple[object, ...]]] = field(default_factory=dict)

    def note(self, act: str) -> None:
        """Writes down what readers see after an act."""
        self.exports[act] = canonical_export(self.folder.published)
        manifest = current(self.folder)
        assert manifest is not None
        self.manifests[act] = manifest
        listed = rows(
            self.folder,
            "select local_date, grid_import_mwh, load_mwh, status, reason from marts.energy_balance_daily",
        )
        self.days[act] = {day: tuple(rest) for day, *rest in listed}


@pytest.fixture(scope="module")
def reader_said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory, reader_said: list[str]) -> Week:
    root = tmp_path_factory.mktemp("week")
    told = Week(tiny_campus(root / "campus"))
    folder = told.folder
    land(folder, "monday_to_wednesday.csv", *hourly(0), *hourly(1, grid=None), *hourly(2))
    flow(folder)
    told.note("begun")
    command = [sys.executable, "-c", READER, str(folder.published), str(root / "enough")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as reader:
        try:
            _fail(told)
            _heal(told)
            _bad_data(told)
            _late_file(told)
        finally:
            (root / "enough").touch()
            reader_said.append(reader.communicate(timeout=60)[0])
    shutil.rmtree(folder.warehouse)
    flow(folder)
    told.note("built anew")
    return told


def _fail(told: Week) -> None:
    """Thursday arrives; a defect (an hour of the calendar stands there twice) breaks the build."""
    land(told.folder, "thursday.csv", *hourly(3))
    to_the_lake(told.folder)
    prepared = prepare_version(told.folder)
    assert prepared is not None
    with duckdb.connect(str(prepared.build.path)) as connection:
        connection.execute(
            "insert into reference.calendar_hours"
            " from reference.calendar_hours where local_date = '2025-06-04' and site_id = 'm1' limit 3"
        )
    report = run_dbt(prepared.build.path, vars={"version_id": prepared.build.number})
    with pytest.raises(PublicationRefused) as refused:
        publish_version(told.folder, prepared, report)
    told.refusal = str(refused.value)
    told.note("failed")


def _heal(told: Week) -> None:
    flow(told.folder)
    told.note("healed")


def _bad_data(told: Week) -> None:
    """On Friday the hall says nothing and the meter something absurd for an hour."""
    land(told.folder, "friday.csv", *hourly(4, grid=[100.0] * 12 + [1e9] + [100.0] * 11, hall=None))
    flow(told.folder)
    told.note("bad data")


def _late_file(told: Week) -> None:
    """The meter's Tuesday comes after all."""
    land(told.folder, "tuesday_late.csv", *hourly(1, hall=None))
    flow(told.folder)
    told.note("late file")


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def test_a_failing_test_is_named_and_nothing_is_published(week: Week) -> None:
    assert week.refusal.startswith(
        "nothing was published: test.headroom.assert_a_site_has_as_many_5_minute_rows"
    )
    assert 'int_site_hours: two rows share the key {"site_id":"m1","hour_start_utc":' in week.refusal
    assert "the version before stays: " in week.refusal
    assert week.exports["failed"] == week.exports["begun"]
    assert week.manifests["failed"] == week.manifests["begun"]
    assert day(3) not in week.days["failed"]


def test_the_next_run_starts_from_the_version_before_and_heals(week: Week) -> None:
    healed = week.manifests["healed"]
    assert (healed.version_id, healed.previous_version_id, healed.is_full) == (2, 1, False)
    assert week.days["healed"] == week.days["begun"] | {day(3): (2400, 2400, "green", None)}


def test_a_missing_feed_and_an_absurd_value_are_published_as_gaps_with_a_reason(week: Week) -> None:
    assert week.days["bad data"][day(4)] == (None, None, "missing_source", "missing_source:grid,load")
    found = rows(
        week.folder, "select action, raw_value, used_value from quality.findings where rule = 'out_of_range'"
    )
    assert found == [("nulled", "1000000000.0", None)]
    largest = rows(
        week.folder,
        "select import_max_mw, is_bound from marts.grid_limits_daily where local_date = '2025-06-06'",
    )
    assert largest == [(100, True)]
    assert {number: week.days["bad data"][day(number)] for number in (0, 2, 3)} == {
        0: (2400, 2400, "green", None),
        2: (2400, 2400, "green", None),
        3: (2400, 2400, "green", None),
    }


def test_a_late_file_changes_the_day_it_touches(week: Week) -> None:
    assert week.days["bad data"][day(1)] == (None, 2400, "missing_source", "missing_source:grid")
    assert week.days["late file"][day(1)] == (2400, 2400, "green", None)
    assert week.manifests["late file"].affected_days == 2


def test_a_late_file_changes_no_row_of_any_other_day(week: Week) -> None:
    before, after = (dated_rows(week.exports[act]) for act in ("bad data", "late file"))
    changed = before ^ after
    assert {mart for mart, *_ in changed} >= {"energy_balance_daily", "grid_limits_daily", "site_power_5min"}
    start, end = (str(MIDNIGHT_UTC + timedelta(days=days)) for days in (1, 2))
    others = {row for row in changed if row[1] != "2025-06-03" and not start <= row[1] < end}
    assert others == set()


def dated_rows(export: bytes) -> set[tuple[str, str, str]]:
    """(mart, local date or instant, row) of the marts that are cut by day or finer."""
    found, mart, place = set(), "", None
    for line in export.decode().splitlines():
        if line.startswith("# marts."):
            mart, *columns = line.removeprefix("# marts.").split("\t")
            dates = [
                name for name in columns if name in ("local_date", "interval_start_utc", "hour_start_utc")
            ]
            place = columns.index(dates[0]) if dates else None
        elif place is not None:
            found.add((mart, line.split("\t")[place], line))
    return found


def test_every_row_of_every_mart_says_its_version(week: Week) -> None:
    with duckdb.connect(str(week.folder.published), read_only=True) as connection:
        marts = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
        ).fetchall()
        assert ("energy_balance_daily",) in marts
        for (name,) in marts:
            ((missing,),) = connection.execute(
                f"select count(*) from marts.{name} where version_id is null or version_id > 1"
            ).fetchall()
            assert missing == 0, name


def test_the_warehouse_can_be_thrown_away(week: Week) -> None:
    assert week.exports["built anew"] == week.exports["late file"]
    built = week.manifests["built anew"]
    assert (built.version_id, built.previous_version_id, built.is_full) == (1, None, True)
    assert built.export_sha256 == week.manifests["late file"].export_sha256


def test_a_reader_never_fails_and_sees_whole_versions_only(week: Week, reader_said: list[str]) -> None:
    (said,) = reader_said
    reads, versions = said.split(" ", 1)
    assert int(reads) > 20
    assert versions.strip() == "[(1, 3), (2, 4), (3, 5), (4, 5)]"


def test_a_published_version_is_read_only(week: Week) -> None:
    assert Path(week.folder.published).resolve().stat().st_mode & 0o777 == 0o444
