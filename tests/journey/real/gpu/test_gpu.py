"""GPU server power: TSV with a byte order mark, newest first, a footer, merged autumn hours."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.long
HERE = Path(__file__).parent
NEW_YORK = ZoneInfo("America/New_York")
SERVERS = ("gpu05", "gpu06", "gpu07", "gpu10")
FEED, CUT = "gpu_power", "cut_short.txt"


def watts(exports: Path, server: str) -> list[tuple[int, datetime, Decimal]]:
    """(physical record, hour start UTC, W) of a server; a merged hour is the second of the two."""
    path = exports / "cornell_h100" / f"cbsu{server}_usage_stats.txt"
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if line.startswith("cbsu"):
            _, stamp, mean, *_ = line.split("\t")
            wall = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=NEW_YORK, fold=1)
            found.append((number, wall.astimezone(UTC).replace(tzinfo=None), Decimal(mean)))
    return found


@pytest.fixture(scope="module")
def run(exports, publish, tmp_path_factory):
    """The four printouts, and one of which a hundred lines are lost."""
    files = [exports / "cornell_h100" / f"cbsu{server}_usage_stats.txt" for server in SERVERS]
    lines = files[-1].read_text(encoding="utf-8-sig").splitlines(keepends=True)
    cut = tmp_path_factory.mktemp("cut") / CUT
    cut.write_text("".join(lines[:100] + lines[200:]), encoding="utf-8")
    return publish(HERE / "reference", {FEED: [*files, cut]})


@pytest.fixture(scope="module")
def hall(run):
    campus, _ = run
    return campus


def test_files_hold_as_many_records_as_their_footers_declare(exports, hall):
    columns = "rows_in rows_loaded rows_rejected rows_duplicate first_interval_utc last_interval_utc"
    found = hall.files(*columns.split())
    for server, declared in zip(SERVERS, (23_371, 23_304, 15_493, 8_694), strict=True):
        hours = [hour for _, hour, _ in watts(exports, server)]
        assert len(hours) == declared
        assert found[f"cbsu{server}_usage_stats.txt"] == (declared, declared, 0, 0, min(hours), max(hours))


def test_a_printout_cut_short_is_refused_by_its_footer(run):
    campus, done = run
    [refusal] = campus.refusals(FEED).values()
    assert done.returncode == 3
    assert (refusal["file_name"], refusal["rule"]) == (CUT, "row_count")
    assert "8694" in refusal["reason"]
    assert "8594" in refusal["reason"]


@pytest.mark.parametrize("server", SERVERS)
def test_readings_are_the_watts_of_the_file_at_their_physical_records(exports, hall, server):
    sql = """
        select interval_start_utc, row_number, load_mw from readings.campus_load
        where device_id = ? order by 1
    """
    found = hall.rows(sql, server)
    expected = sorted((hour, number, float(mean)) for number, hour, mean in watts(exports, server))
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert [row[2] * 1e6 for row in found] == pytest.approx([row[2] for row in expected], rel=1e-12)


def test_a_merged_autumn_hour_is_the_second_one_and_a_finding(hall):
    sql = """
        select device_id, interval_start_utc from quality.findings where rule = 'fold_merged' order by 2, 1
    """
    first, second = datetime(2023, 11, 5, 6), datetime(2024, 11, 3, 6)
    assert hall.rows(sql) == [
        *((server, first) for server in ("gpu05", "gpu06")),
        *((server, second) for server in SERVERS),
    ]


def test_days_of_22_and_24_records_cover_23_and_25_hours(exports, hall):
    records = [
        hour for _, hour, _ in watts(exports, "gpu07") if _day(hour) in (date(2025, 3, 9), date(2024, 11, 3))
    ]
    assert len(records) == 22 + 24
    quality = (
        "select coverage_pct from marts.data_quality_daily where kind = 'campus_load' and local_date = ?"
    )
    for day, share in ((date(2025, 3, 9), 22 / 23), (date(2024, 11, 3), 24 / 25), (date(2025, 6, 2), 1)):
        [(coverage,)] = hall.rows(quality, day)
        assert float(coverage) == pytest.approx(100 * share, abs=0.01)


def test_a_day_on_which_all_four_report_has_the_energy_of_all_four(exports, hall):
    days: dict[date, list[Decimal]] = defaultdict(list)
    for server in SERVERS:
        for _, hour, mean in watts(exports, server):
            days[_day(hour)].append(mean)
    whole = {day: sum(values) / 1_000_000 for day, values in days.items() if len(values) == 4 * 24}
    assert len(whole) > 300
    found = dict(
        hall.rows("select local_date, load_mwh from marts.energy_balance_daily where load_mwh is not null")
    )
    half_a_microwatt_a_record = Decimal("0.0000005") * 4 * 24
    for day, mwh in whole.items():
        if 23 < _hours(day) < 25:
            assert found[day] == pytest.approx(mwh, abs=half_a_microwatt_a_record)


def test_a_campus_without_a_supply_meter_has_no_balance(hall):
    sql = "select distinct status, closure_pct from marts.energy_balance_daily"
    assert hall.rows(sql) == [("missing_source", None)]


def test_the_hole_of_181_days_has_no_load(hall):
    sql = "select count(load_mwh) from marts.energy_balance_daily where local_date between ? and ?"
    assert hall.rows(sql, date(2022, 8, 26), date(2023, 2, 20)) == [(0,)]


def _day(hour: datetime) -> date:
    return hour.replace(tzinfo=UTC).astimezone(NEW_YORK).date()


def _hours(day: date) -> float:
    start = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=NEW_YORK)
    return (end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1)
