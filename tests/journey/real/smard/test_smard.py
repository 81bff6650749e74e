"""SMARD quarter hours: semicolons, decimal commas, energy per interval, wall clock with DST."""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.long
HERE = Path(__file__).parent
LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
QUARTER = timedelta(minutes=15)
DEMAND, GAS = "Gesamtverbrauch (Netzlast) [MWh]", "Erdgas [MWh]"
SPRING, AUTUMN, SUMMER = date(2020, 3, 29), date(2020, 10, 25), date(2020, 6, 1)


def quarters(exports: Path, column: str) -> list[tuple[datetime, date, Decimal]]:
    """(start UTC, local day, MWh) in the order of the file, the second of two equal stamps being winter."""
    seen: set[str] = set()
    found = []
    with (exports / "smard_lu" / "smard_2020_complete.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            fold = int(row["DateTime"] in seen)
            seen.add(row["DateTime"])
            wall = datetime.fromisoformat(row["DateTime"]).replace(tzinfo=LUXEMBOURG, fold=fold)
            start = wall.astimezone(UTC).replace(tzinfo=None)
            found.append((start, wall.date(), Decimal(row[column].replace(",", "."))))
    return found


def energy_of_days(exports: Path, column: str) -> dict[date, Decimal]:
    days: dict[date, Decimal] = defaultdict(Decimal)
    for _, day, mwh in quarters(exports, column):
        days[day] += mwh
    return days


@pytest.fixture(scope="module")
def luxembourg(exports, flowed):
    """The same file for two feeds: the load of the country, and its gas turbines."""
    file = exports / "smard_lu" / "smard_2020_complete.csv"
    return flowed(HERE / "reference", {"smard_demand": [file], "smard_gas": [file]})


def test_one_file_landed_for_two_feeds_is_accounted_twice(exports, luxembourg):
    starts = [start for start, _, _ in quarters(exports, DEMAND)]
    assert (len(starts), len(set(starts))) == (34_944, 34_944)
    sql = """
        select feed_id, rows_in, rows_loaded, rows_rejected, rows_duplicate,
            first_interval_utc, last_interval_utc
        from quality.files order by 1
    """
    account = (34_944, 34_944, 0, 0, datetime(2020, 1, 5, 23), datetime(2021, 1, 3, 22, 45))
    assert (min(starts), max(starts)) == account[4:]
    assert luxembourg.rows(sql) == [("smard_demand", *account), ("smard_gas", *account)]


def test_energy_of_a_quarter_hour_becomes_four_times_as_much_power(exports, luxembourg):
    expected = sorted((start, float(4 * mwh)) for start, _, mwh in quarters(exports, DEMAND))
    sql = "select interval_start_utc, demand_mw from readings.system_demand order by 1"
    assert luxembourg.rows(sql) == expected
    assert expected[0] == (datetime(2020, 1, 5, 23), 476.0)
    assert luxembourg.rows("select sum(demand_mw) / 4 from readings.system_demand") == [(4_912_754.5,)]


@pytest.mark.parametrize(
    ("day", "hours", "mwh"), [(SPRING, 23, 10521.75), (SUMMER, 24, 10765.75), (AUTUMN, 25, 12594)]
)
def test_a_local_day_has_its_hours_and_the_energy_of_the_file(exports, luxembourg, day, hours, mwh):
    begin = datetime(day.year, day.month, day.day, tzinfo=LUXEMBOURG).astimezone(UTC).replace(tzinfo=None)
    sql = """
        select count(*) / 4, sum(demand_mw) / 4 from readings.system_demand
        where interval_start_utc >= ? and interval_start_utc < ?
    """
    assert luxembourg.rows(sql, begin, begin + timedelta(hours=hours)) == [(hours, mwh)]
    assert energy_of_days(exports, DEMAND)[day] == Decimal(str(mwh))


def test_the_order_of_the_file_tells_the_two_hours_of_autumn_apart(exports, luxembourg):
    twice = [
        mwh for start, _, mwh in quarters(exports, DEMAND) if start.date() == AUTUMN and start.hour in (0, 1)
    ]
    sql = """
        select demand_mw / 4 from readings.system_demand
        where interval_start_utc between ? and ? order by interval_start_utc
    """
    found = luxembourg.rows(sql, datetime(2020, 10, 25, 0), datetime(2020, 10, 25, 1, 45))
    assert [Decimal(str(mwh)) for (mwh,) in found] == twice
    assert twice[:4] != twice[4:]


def test_hours_of_the_gas_turbines_hold_the_energy_of_the_file(exports, luxembourg):
    hours: dict[datetime, Decimal] = defaultdict(Decimal)
    for start, _, mwh in quarters(exports, GAS):
        hours[start.replace(minute=0)] += mwh
    found = dict(
        luxembourg.rows(
            "select hour_start_utc, gross_mwh from marts.turbine_hourly where gross_mwh is not null"
        )
    )
    assert found == hours


def test_days_of_23_and_25_hours_have_the_energy_of_all_their_hours(exports, luxembourg):
    expected = energy_of_days(exports, GAS)
    found = dict(luxembourg.rows("select local_date, turbine_mwh from marts.energy_balance_daily"))
    assert {day: found[day] for day in expected} == expected
    assert sum(expected.values()) == sum(mwh for _, _, mwh in quarters(exports, GAS))
