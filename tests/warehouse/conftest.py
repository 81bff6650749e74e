"""A campus of one site, and a lake that is made of plain Parquet files."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import DataFolder
from pipelines.campus.snapshot import LakeFile, Snapshot
from pipelines.kinds import KINDS, quality
from pipelines.kinds.schemas import polars_schema, reading_schema
from pipelines.warehouse import inputs, publish
from pipelines.warehouse.build import Build, prepare
from pipelines.warehouse.connection import open_build
from pipelines.warehouse.dbt import DbtReport
from pipelines.warehouse.versions import Manifest

TINY = Path(__file__).with_name("tiny")
FRIDAY, SATURDAY = date(2025, 10, 31), date(2025, 11, 1)
NOON = datetime(2025, 11, 3, 12, tzinfo=UTC)
GREEN = DbtReport(success=True, nodes=[], is_whole=True)
DAYS = {("m1", FRIDAY): "f1", ("m1", SATURDAY): "s1"}

REFERENCE = {
    "sites.csv": "site_id,kind,name,time_zone,standard_offset,starts_on,source\n"
    "m1,campus,Site 1,America/Chicago,-06:00,2025-10-30,sample\n",
    "devices.csv": "device_id,site_id,kind,name,nameplate_mw,commissioned_on,source\n"
    "m1-grid-a,m1,meter,Grid A,150,,sample\n"
    "m1-gt-01,m1,unit,Unit 1,16.47,2025-01-01,sample\n"
    "m1-gt-02,m1,unit,Unit 2,16.47,2025-01-01,sample\n"
    "m1-bat-01,m1,block,Block 1,12.5,2025-01-01,sample\n",
    "meters.csv": "meter_id,site_id,quantity,role,boundary,counts_in_balance,source\n"
    "m1-grid-a,m1,grid,revenue,point of connection,true,sample\n",
    "parameters.csv": "parameter_id,value,unit,description,owner,decided_on,source\n"
    "keep_versions,10,versions,published versions kept,sample,2025-05-01,sample\n",
    "factors.csv": "factor_id,value,unit,description,source\nk_nox,1.194e-7,lb/scf/ppm,NOx,sample\n",
    "grid_caps.csv": "site_id,connection_id,from_utc,cap_mw,reason,source\n"
    "m1,main,2025-10-01T05:00:00Z,150,contract,sample\n",
    "feeds/m1_scada.yaml": r"""
feed: m1_scada
site: m1
description: Grid meter and units
format: delimited
time: {columns: [t], interval: 60s}
layout: {kind: long, tag: tag, value: value}
tags:
  - {tag: GRID.KW, device: m1-grid-a, column: grid_mw, unit: kW}
  - {pattern: 'GT(\d\d)\.MW', device: 'm1-gt-\1', column: gross_mw, unit: MW}
priority: 10
""",
}


@pytest.fixture(autouse=True)
def code_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "DBT_PROJECT", TINY)
    monkeypatch.setattr(inputs, "SHAPING", ())


def make_folder(root: Path) -> DataFolder:
    data = DataFolder(root)
    for name, text in REFERENCE.items():
        path = data.reference / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return data


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return make_folder(tmp_path / "data")


@pytest.fixture
def campus(folder: DataFolder) -> Campus:
    return load_campus(folder)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dbt project of one mart and one blocking test, where it may write its target."""
    return Path(shutil.copytree(TINY, tmp_path_factory.mktemp("dbt") / "tiny"))


def grid_rows(day: date, mw: list[float]) -> pl.DataFrame:
    """Hourly grid readings from midnight on."""
    rows = [
        {
            "device_id": "m1-grid-a",
            "feed_id": "m1_scada",
            "interval_start_utc": datetime(day.year, day.month, day.day) + timedelta(hours=hour),
            "interval_s": 3600,
            "file_id": "f" * 64,
            "row_number": hour + 2,
            "method": "measured",
            "grid_mw": value,
        }
        for hour, value in enumerate(mw)
    ]
    schema = {name: dtype for name, dtype in reading_schema(KINDS["grid"]).items() if name != "site_id"}
    return pl.DataFrame(rows, schema=schema)


def lake_file(folder: DataFolder, table: str, site: str, day: date | None, frame: pl.DataFrame) -> LakeFile:
    """Writes a frame where Delta would, under a name of its own content."""
    place = folder.lake / table / f"site_id={site}" / f"utc_date={day or '__HIVE_DEFAULT_PARTITION__'}"
    place.mkdir(parents=True, exist_ok=True)
    fresh = place / "fresh"
    frame.write_parquet(fresh)
    found = hashlib.sha256(fresh.read_bytes()).hexdigest()
    return LakeFile(fresh.rename(place / f"{found[:16]}.parquet"), found, site, day)


def make_snapshot(
    folder: DataFolder,
    days: Mapping[date, list[float]],
    fingerprints: Mapping[tuple[str, date], str] = DAYS,
) -> Snapshot:
    files = [lake_file(folder, "readings/grid", "m1", day, grid_rows(day, mw)) for day, mw in days.items()]
    versions = {f"readings/{kind}": -1 for kind in KINDS} | {"readings/grid": len(fingerprints)}
    return Snapshot(versions, {"readings/grid": tuple(files)}, dict(fingerprints))


@pytest.fixture
def lake(folder: DataFolder) -> Callable[..., Snapshot]:
    return partial(make_snapshot, folder)


def make_deliveries() -> pl.DataFrame:
    row = dict.fromkeys(polars_schema(quality.FILES)) | {
        "file_id": "f" * 64,
        "feed_id": "m1_scada",
        "file_name": "scada.csv",
        "bytes": 100,
        "received_at": datetime(2025, 11, 2),
        "received_seq": 1,
        "rows_in": 2,
        "state": "loaded",
    }
    return pl.DataFrame([row], schema=polars_schema(quality.FILES))


@pytest.fixture
def deliveries() -> pl.DataFrame:
    return make_deliveries()


def make_version(folder: DataFolder, snapshot: Snapshot, now: datetime = NOON) -> Manifest:
    """Builds and publishes a version whose only mart says its number, without dbt."""
    build = prepare(folder, load_campus(folder), snapshot, make_deliveries(), "test")
    write_mart(build)
    return publish.publish(folder, build, snapshot, GREEN, now=now)


@pytest.fixture
def publication(folder: DataFolder) -> Callable[..., Manifest]:
    return partial(make_version, folder)


def write_mart(build: Build) -> None:
    with open_build(build.path) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            f"""
            create or replace table marts.grid_daily as
            select site_id, utc_date, sum(cast(grid_mw as decimal(18, 6))) as mw, {build.number} as version_id
            from readings.grid group by all
            """
        )
