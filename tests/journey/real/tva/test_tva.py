"""TVA hourly demand of five years: text tokens, a day of zeros, absurd spikes; UTC, end of hour."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.long
HERE = Path(__file__).parent
HOUR = timedelta(hours=1)
CENTRAL = ZoneInfo("America/Chicago")
TOKENS = ("MISSING", "EMPTY")
LOW_MW, HIGH_MW = 5_000, 40_000
CAMPUS_MW, CURTAILED_MW = 150, 120
PEAK = datetime(2018, 1, 18, 13)
SPIKE = datetime(2017, 11, 3, 14)
"""22,810 MW between 16,075 and 16,281: within the range, and none."""


def demand(exports: Path) -> list[tuple[datetime, str]]:
    """(hour start UTC, text) of every record."""
    path = exports / "eia930_tva_2015_2020" / "TVA.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (datetime.fromisoformat(row["date_time"]) - HOUR, row["demand (MW)"])
            for row in csv.DictReader(file)
        ]


def believed(exports: Path) -> dict[datetime, int]:
    """Hour start UTC → MW where the text is a number a system of this size can have."""
    return {
        hour: int(text)
        for hour, text in demand(exports)
        if text not in TOKENS and LOW_MW <= int(text) <= HIGH_MW and hour != SPIKE
    }


@pytest.fixture(scope="module")
def system(exports, flowed, tmp_path_factory):
    """TVA, and a campus that draws 150 MW but for the system's highest hour."""
    meter = tmp_path_factory.mktemp("made") / "january.csv"
    hours = [datetime(2018, 1, 1, 6) + n * HOUR for n in range(31 * 24)]
    lines = [f"{hour:%Y-%m-%d %H:%M},{CURTAILED_MW if hour == PEAK else CAMPUS_MW}\n" for hour in hours]
    meter.write_text("hour,import_mw\n" + "".join(lines), encoding="utf-8")
    landed = {"tva_demand": [exports / "eia930_tva_2015_2020" / "TVA.csv"], "m1_grid": [meter]}
    return flowed(HERE / "reference", landed)


def test_records_add_up_and_tokens_zeros_and_spikes_are_told_apart(exports, system):
    records = demand(exports)
    loaded = len(believed(exports))
    tokens = sum(text in TOKENS for _, text in records)
    zeros = sum(text == "0" for _, text in records)
    assert (len(records), loaded, tokens, zeros) == (43_872, 43_040, 795, 24)
    columns = (
        "rows_in rows_loaded rows_rejected rows_duplicate values_loaded first_interval_utc last_interval_utc"
    )
    assert system.files(*columns.split())["TVA.csv"] == (
        *(len(records), loaded, len(records) - loaded, 0, loaded),
        *(datetime(2015, 6, 30, 23), datetime(2020, 7, 1, 22)),
    )
    [(null, nulled, refused)] = system.rows(
        "select values_null, values_nulled, values_rejected from quality.files where feed_id = 'tva_demand'"
    )
    assert (null + nulled, refused) == (len(records) - loaded, 0)
    assert null in (tokens, tokens + zeros)


def test_readings_are_the_numbers_of_the_file(exports, system):
    sql = "select interval_start_utc, demand_mw from readings.system_demand where demand_mw is not null"
    assert dict(system.rows(sql)) == believed(exports)


def test_each_spike_is_a_finding_with_the_value_as_delivered(exports, system):
    expected = sorted(
        (hour, int(text))
        for hour, text in demand(exports)
        if text not in (*TOKENS, "0") and not LOW_MW <= int(text) <= HIGH_MW
    )
    assert len(expected) == 12
    assert expected[5] == (datetime(2017, 7, 6, 0), -99_913_317)
    sql = """
        select interval_start_utc, raw_value from quality.findings
        where rule = 'out_of_range' and raw_value <> '0' and device_id = 'tva' order by 1
    """
    assert [(hour, int(float(raw))) for hour, raw in system.rows(sql)] == expected
    spikes = "select interval_start_utc, raw_value from quality.findings where rule = 'spike'"
    assert system.rows(spikes) == [(SPIKE, "22810.0")]


def test_the_day_of_zeros_has_no_demand_and_says_so(system):
    sql = "select coverage_pct from marts.data_quality_daily where site_id = 'tva' and local_date = ?"
    assert system.rows(sql, date(2017, 2, 28)) == [(0,)]
    assert system.rows(sql, date(2017, 3, 2)) == [(100,)]


def test_the_peak_of_january_2018_is_the_highest_believed_hour(exports, system):
    january = {h: mw for h, mw in believed(exports).items() if _local(h).strftime("%Y-%m") == "2018-01"}
    assert max(january, key=january.__getitem__) == PEAK
    assert january[PEAK] == 32_511
    sql = """
        select peak_at_utc, system_mw, site_mw, share_pct from marts.peak_grid_share
        where site_id = 'm1' and definition = ? and period = '2018-01'
    """
    for definition, site_mw in (("coincident_inclusive", CURTAILED_MW), ("noncoincident", CAMPUS_MW)):
        [(peak_at, system_mw, drawn, share)] = system.rows(sql, definition)
        assert (system_mw, drawn) == (32_511, site_mw)
        assert float(share) == pytest.approx(100 * site_mw / 32_511, abs=1e-6)
        assert definition == "noncoincident" or peak_at == PEAK


def test_a_month_before_the_campus_has_no_share_of_it(system):
    sql = "select share_pct from marts.peak_grid_share where site_id = 'm1' and period = '2016-07'"
    assert all(share is None or share == Decimal(0) for (share,) in system.rows(sql))


def _local(hour: datetime) -> datetime:
    return hour.replace(tzinfo=ZoneInfo("UTC")).astimezone(CENTRAL)
