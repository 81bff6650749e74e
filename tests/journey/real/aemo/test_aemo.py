"""AEMO unit SCADA: a real open-cycle station, 5-minute MW in a multi-record file, UTC+10."""

import csv
import io
import zipfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
HERE = Path(__file__).parent
MINUTES = timedelta(minutes=5)
MARKET_TIME = timedelta(hours=10)
RUNNING_MW = 1


def scada(exports: Path, unit: str = "AGLHAL") -> dict[str, list[tuple[int, datetime, Decimal]]]:
    """File → (physical record, interval start UTC, MW) of a unit."""
    found = {}
    for path in sorted((exports / "aemo_nem_scada").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0]).decode("ascii")
        found[path.name] = [
            (
                number,
                datetime.fromisoformat(record[4].replace("/", "-")) - MARKET_TIME - MINUTES,
                Decimal(record[6]),
            )
            for number, record in enumerate(csv.reader(io.StringIO(text)), 1)
            if record[0] == "D" and record[5] == unit
        ]
    return found


def every(exports: Path) -> list[tuple[datetime, Decimal]]:
    return sorted((start, mw) for rows in scada(exports).values() for _, start, mw in rows)


@pytest.fixture(scope="module")
def station(exports, flowed):
    files = sorted((exports / "aemo_nem_scada").glob("*.zip"))
    return flowed(HERE / "reference", {"aemo_scada": files}, {"running_threshold_pct": "0.5"})


def test_every_record_of_the_unit_is_loaded_and_those_of_the_wind_farm_are_not_counted(exports, station):
    expected = {
        name: (
            len(rows),
            len(rows),
            0,
            0,
            min(start for _, start, _ in rows),
            max(start for _, start, _ in rows),
        )
        for name, rows in scada(exports).items()
    }
    columns = "rows_in rows_loaded rows_rejected rows_duplicate first_interval_utc last_interval_utc"
    assert station.files(*columns.split()) == expected
    assert [rows_in for rows_in, *_ in expected.values()] == [1440] * 4
    assert station.rows("select count(*), count(distinct device_id) from readings.turbines") == [(5760, 1)]


def test_a_stamp_of_market_time_names_the_end_of_its_interval(station):
    sql = """
        select interval_start_utc, interval_s, gross_mw, row_number from readings.turbines order by 1 limit 1
    """
    assert station.rows(sql) == [(datetime(2018, 3, 31, 14, 0), 300, 40.16999, 3)]


def test_readings_are_the_numbers_of_the_file_at_their_physical_records(exports, station):
    expected = sorted(
        (start, float(mw), number) for rows in scada(exports).values() for number, start, mw in rows
    )
    assert (
        station.rows("select interval_start_utc, gross_mw, row_number from readings.turbines order by 1")
        == expected
    )


def test_whole_hours_hold_the_energy_of_their_twelve_intervals(exports, station):
    """The blocks of days in a file do not break on the hour: one hour of eleven intervals, one of one."""
    hours: dict[datetime, list[Decimal]] = defaultdict(list)
    for start, mw in every(exports):
        hours[start.replace(minute=0)].append(mw)
    whole = {hour: sum(values) / 12 for hour, values in hours.items() if len(values) == 12}
    assert (len(hours), len(whole)) == (484, 476)
    sql = "select hour_start_utc, gross_mwh from marts.turbine_hourly where gross_mwh is not null"
    assert dict(station.rows(sql)) == {
        hour: mwh.quantize(Decimal("0.000001"), ROUND_HALF_UP) for hour, mwh in whole.items()
    }


def test_the_energy_of_twenty_days_is_that_of_the_files(exports, station):
    [(mwh,)] = station.rows("select sum(cast(gross_mw as decimal(18, 6))) / 12 from readings.turbines")
    expected = sum(mw for _, mw in every(exports)) / 12
    assert expected == Decimal("1764.765240")
    assert float(mwh) == pytest.approx(float(expected), abs=1e-6)


def test_the_station_ran_47_hours_and_45_minutes_in_twenty_days(exports, station):
    running = sum(mw >= RUNNING_MW for _, mw in every(exports))
    assert running == 573
    [(hours,)] = station.rows("select sum(operating_time_h) from marts.turbine_hourly")
    assert float(hours) == pytest.approx(47.75, abs=1e-5) == pytest.approx(running / 12)


def test_days_without_a_delivery_are_unknown_not_off(station):
    sql = "select count(gross_mwh) from marts.turbine_hourly where hour_start_utc between ? and ?"
    assert station.rows(sql, datetime(2018, 6, 2), datetime(2018, 11, 30)) == [(0,)]
    assert station.rows("select count(turbine_mwh) from marts.energy_balance_daily") == [(20,)]


def test_a_brisbane_day_runs_from_14_to_14_utc(exports, station):
    day = sum(mw for start, mw in every(exports) if (start + MARKET_TIME).date() == date(2020, 1, 30)) / 12
    sql = "select turbine_mwh from marts.energy_balance_daily where local_date = ?"
    assert station.rows(sql, date(2020, 1, 30)) == [(day.quantize(Decimal("0.000001")),)]


def test_starts_are_the_rises_over_the_threshold(exports, station):
    values = every(exports)
    starts = [
        start
        for (before, low), (start, high) in pairwise(values)
        if start - before == MINUTES and low < RUNNING_MW <= high
    ]
    assert len(starts) == 10
    sql = "select started_at from marts.turbine_starts where kind = 'start' order by 1"
    assert [started.replace(tzinfo=UTC) for (started,) in station.rows(sql)] == [
        s.replace(tzinfo=UTC) for s in starts
    ]
