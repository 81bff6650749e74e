"""A tiny campus for tests of the whole way: one grid meter, one feeder, hourly values."""

from pathlib import Path

from pipelines.campus.paths import DataFolder
from pipelines.lake import TABLES, read
from pipelines.river import arrive, clean, file_accounts, plan

SITES = (
    "site_id,kind,name,time_zone,standard_offset,starts_on,source\n"
    "m1,campus,One,America/Chicago,-06:00,2025-05-01,test\n"
)
DEVICES = (
    "device_id,site_id,kind,name,nameplate_mw,commissioned_on,source\n"
    "grid-a,m1,meter,Grid meter,,2025-05-01,test\nhall-1,m1,feeder,Hall 1,100,2025-05-01,test\n"
)
METERS = (
    "meter_id,site_id,quantity,role,boundary,counts_in_balance,source\n"
    "grid-a,m1,grid,revenue,service entrance,true,test\nhall-1,m1,load,feeder,hall,true,test\n"
)
PARAMETERS = (
    "parameter_id,value,unit,description,owner,decided_on,source\n"
    "absent_nameplate_gate_pct,2,%,gate,test,2025-05-01,test\n"
)
FACTORS = "factor_id,value,unit,description,source\nk_nox,1.194e-7,lb/scf/ppm,K,test\n"
FEED = """
feed: {feed}
site: m1
description: hourly values
format: delimited
time: {{columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}}
layout: {{kind: long, tag: tag, value: value}}
tags:
  - {{tag: GRID, device: grid-a, column: grid_mw, unit: MW}}
  - {{tag: HALL, device: hall-1, column: load_mw, unit: MW}}
{more}
"""


def tiny_campus(root: Path, feed: str = "meters", more: str = "") -> DataFolder:
    """A data folder with reference tables and one feed."""
    folder = DataFolder(root)
    folder.feeds.mkdir(parents=True)
    tables = {
        "sites": SITES,
        "devices": DEVICES,
        "meters": METERS,
        "parameters": PARAMETERS,
        "factors": FACTORS,
    }
    for name, text in tables.items():
        (folder.reference / f"{name}.csv").write_text(text)
    write_feed(folder, feed, more)
    return folder


def write_feed(folder: DataFolder, feed: str = "meters", more: str = "") -> None:
    """Writes or mends a contract."""
    (folder.feeds / f"{feed}.yaml").write_text(FEED.format(feed=feed, more=more))


def land(folder: DataFolder, name: str, *records: str, feed: str = "meters") -> None:
    """Drops a file into the landing folder."""
    place = folder.landing / feed
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text("\n".join(["tag,time,value", *records]) + "\n")


def flow(folder: DataFolder) -> None:
    """Everything that has landed, up to the lake."""
    arrive(folder, settle_s=0)
    for block in plan(folder).blocks:
        clean(folder, block)


def change_site(folder: DataFolder, old: str, new: str) -> None:
    """Corrects a cell of sites.csv."""
    sites = folder.reference / "sites.csv"
    assert old in sites.read_text()
    sites.write_text(sites.read_text().replace(old, new))


def readings(folder: DataFolder, kind: str = "grid", column: str = "grid_mw") -> list[float]:
    """Values of the lake in the order of time."""
    return read(folder, TABLES[f"readings/{kind}"]).sort("interval_start_utc")[column].to_list()


def states(folder: DataFolder) -> dict[str, str]:
    """File name → state, of all files."""
    return dict(file_accounts(folder).select("file_name", "state").rows())
