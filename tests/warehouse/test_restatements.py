"""Which KPI values a version gives differently from the one before, and which file changed them."""

from datetime import date, datetime

import pytest

from pipelines.campus.paths import DBT_PROJECT
from pipelines.kinds.quality import FILES
from pipelines.warehouse.catalogue import frame_of, write_table
from pipelines.warehouse.connection import open_build, open_readonly
from pipelines.warehouse.dbt import prepare_manifest
from pipelines.warehouse.restatements import (
    END_OF,
    SHORTER_THAN_A_DAY,
    create_restatements,
    mart_keys,
    write_restatements,
)
from pipelines.warehouse.row_versions import attached

KEYS = {
    "power_daily": ("site_id", "local_date"),
    "share": ("site_id", "period"),
    "power_5min": ("site_id", "t"),
}
THURSDAY, FRIDAY, SATURDAY = date(2025, 10, 30), date(2025, 10, 31), date(2025, 11, 1)


def delivered(name, day, feed="m1_scada", state="loaded"):
    return {
        "file_id": name,
        "feed_id": feed,
        "file_name": f"{name}.csv",
        "first_interval_utc": datetime(day.year, day.month, day.day),
        "state": state,
    }


@pytest.fixture
def version(tmp_path):
    """Writes a version with its daily values, its share of the system by period, its days and files."""

    def write(number, *, daily, files, last=SATURDAY, shares=(), fine=()):
        path = tmp_path / f"{number}.duckdb"
        with open_build(path) as connection:
            connection.execute(
                """
                create schema quality; create schema reference; create schema marts;
                create table reference.sites (site_id varchar, kind varchar);
                insert into reference.sites values ('m1', 'campus'), ('tva', 'system');
                create table reference.feeds (feed_id varchar, site_id varchar);
                insert into reference.feeds values ('m1_scada', 'm1'), ('tva_demand', 'tva');
                create table quality.days (site_id varchar, utc_date date);
                create table marts.power_daily
                    (site_id varchar, local_date date, mwh decimal(18, 6), reason varchar, version_id bigint);
                create table marts.share
                    (site_id varchar, period varchar, pct decimal(18, 6), version_id bigint);
                create table marts.power_5min
                    (site_id varchar, t timestamp, mw decimal(18, 6), version_id bigint);
                """
            )
            for site in ("m1", "tva"):
                connection.execute("insert into quality.days values (?, ?)", [site, last])
            write_table(connection, "quality.files", "", FILES, frame_of(files, FILES))
            for day, mwh in daily.items():
                reason = "missing_source" if mwh is None else None
                row = ["m1", day, mwh, reason, number]
                connection.execute("insert into marts.power_daily values (?, ?, ?, ?, ?)", row)
            for period, pct in dict(shares).items():
                connection.execute("insert into marts.share values ('m1', ?, ?, ?)", [period, pct, number])
            for at, mw in dict(fine).items():
                connection.execute("insert into marts.power_5min values ('m1', ?, ?, ?)", [at, mw, number])
            create_restatements(connection)
        return path

    return write


def restated(old, new, versions=(1, 2), everywhere=()):
    """(table, key, column, old, new, cause) of every restated value of the newer version."""
    with open_build(new) as connection, attached(connection, old):
        write_restatements(connection, KEYS, versions, everywhere)
    with open_readonly(new) as connection:
        sql = "select * exclude (old_version_id, new_version_id) from quality.restatements"
        return connection.execute(sql).fetchall()


def test_a_file_that_corrects_a_published_day_is_the_cause_of_what_changed(version):
    old = version(1, daily={THURSDAY: 10, FRIDAY: 20}, files=[delivered("first", THURSDAY)])
    files = [delivered("first", THURSDAY), delivered("corrected", FRIDAY)]
    new = version(2, daily={THURSDAY: 10, FRIDAY: 21.5}, files=files)
    assert restated(old, new) == [
        (
            "marts.power_daily",
            "site_id=m1 local_date=2025-10-31",
            "mwh",
            "20.000000",
            "21.500000",
            "corrected.csv (m1_scada, delivered)",
        )
    ]


def test_a_value_that_is_withdrawn_is_restated_to_nothing_and_its_reason_too(version):
    old = version(1, daily={FRIDAY: 20}, files=[delivered("wrong", FRIDAY)])
    new = version(2, daily={FRIDAY: None}, files=[delivered("wrong", FRIDAY, state="withdrawn")])
    changed = [row[2:] for row in restated(old, new)]
    assert changed == [
        ("mwh", "20.000000", None, "wrong.csv (m1_scada, withdrawn)"),
        ("reason", None, "missing_source", "wrong.csv (m1_scada, withdrawn)"),
    ]


def test_a_day_or_a_month_that_goes_on_is_not_restated(version):
    shares = {"2025-11": 3}
    old = version(1, daily={SATURDAY: 5}, shares=shares, files=[delivered("morning", SATURDAY)])
    files = [delivered("morning", SATURDAY), delivered("evening", SATURDAY)]
    new = version(2, daily={SATURDAY: 9}, shares={"2025-11": 4}, files=files)
    assert restated(old, new) == []


def test_a_restated_demand_of_the_system_restates_the_share_of_the_campus_and_the_year(version):
    shares = {"2025-10": 3, "2025": 3, "2025-09": 7}
    old = version(1, daily={}, shares=shares, files=[])
    files = [delivered("october_again", THURSDAY, feed="tva_demand")]
    new = version(2, daily={}, shares=shares | {"2025-10": 4, "2025": 4}, files=files)
    assert [(row[1], *row[3:]) for row in restated(old, new)] == [
        ("site_id=m1 period=2025", "3.000000", "4.000000", "october_again.csv (tva_demand, delivered)"),
        ("site_id=m1 period=2025-10", "3.000000", "4.000000", "october_again.csv (tva_demand, delivered)"),
    ]


def test_a_figure_of_all_sites_and_all_days_is_restated_by_any_file_that_reaches_back(version):
    old = version(1, daily={}, shares={"all": 3}, files=[])
    new = version(2, daily={}, shares={"all": 4}, files=[delivered("late", THURSDAY)])
    for path in (old, new):
        with open_build(path) as connection:
            connection.execute("update marts.share set site_id = null")
    [row] = restated(old, new)
    assert row[1:] == ("period=all", "pct", "3.000000", "4.000000", "late.csv (m1_scada, delivered)")


def test_a_file_is_no_cause_of_what_was_over_before_it_begins(version):
    old = version(1, daily={THURSDAY: 10}, files=[])
    new = version(2, daily={THURSDAY: 11}, files=[delivered("friday", FRIDAY)])
    assert restated(old, new) == []


def test_other_code_or_reference_data_restate_without_a_file(version):
    old = version(1, daily={FRIDAY: 20}, files=[])
    new = version(2, daily={FRIDAY: 30}, files=[])
    [row] = restated(old, new, everywhere=["code", "reference data"])
    assert row[-1] == "code; reference data"


def test_what_was_restated_before_stays_listed(version):
    one = version(1, daily={FRIDAY: 20}, files=[])
    two = version(2, daily={FRIDAY: 30}, files=[])
    restated(one, two, everywhere=["code"])
    three = version(3, daily={FRIDAY: 40}, files=[])
    assert [row[3:5] for row in restated(two, three, (2, 3), ["code"])] == [
        ("20.000000", "30.000000"),
        ("30.000000", "40.000000"),
    ]


def test_many_files_are_counted(version):
    old = version(1, daily={FRIDAY: 20}, files=[])
    new = version(2, daily={FRIDAY: 30}, files=[delivered(f"part{n}", THURSDAY) for n in range(7)])
    [row] = restated(old, new)
    assert row[-1].startswith("part0.csv (m1_scada, delivered); part1.csv")
    assert row[-1].endswith("part4.csv (m1_scada, delivered); and 2 more")


def test_intervals_shorter_than_a_day_are_told_by_their_days(version):
    at = datetime(2025, 10, 31, 12)
    old = version(1, daily={}, fine={at: 1}, files=[])
    new = version(2, daily={}, fine={at: 2}, files=[])
    assert restated(old, new, everywhere=["code"]) == []


def test_every_mart_of_days_months_periods_and_events_is_compared():
    keys = mart_keys(prepare_manifest().manifest)
    marts = {path.stem for path in (DBT_PROJECT / "models" / "marts").rglob("*.sql")}
    assert marts <= keys.keys()
    finer = {mart for mart in marts if SHORTER_THAN_A_DAY & set(keys[mart])}
    assert "demand_response" in finer
    assert finer.isdisjoint(mart for mart in marts if mart.endswith(("_daily", "_monthly", "_events")))
    assert {mart for mart in marts - finer if not END_OF.keys() & set(keys[mart])} == set()
