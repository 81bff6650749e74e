"""What a stamp means is told by the contract; what it cannot tell is refused."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cleaning.clock import refusals, stamp
from pipelines.cleaning.stamp_texts import read_stamps
from tests.cleaning.samples import cleaned, contract, delivered, hours, rules, surveyed, values

CHICAGO = {"clock": "America/Chicago"}


def test_an_hour_ending_stamp_names_the_end_of_its_interval():
    feed = contract(time=hours(label="end"))
    result = cleaned(feed, "tag,time,value\nGRID,2025-06-01 01:00,1000\nGRID,2025-06-02 00:00,2000")
    assert values(result, "grid", "grid_mw") == {"00:00": 1.0, "23:00": 2.0}


def test_a_fixed_offset_is_the_same_all_year():
    feed = contract(time=hours(clock="-06:00"))
    result = cleaned(feed, "tag,time,value\nGRID,2025-07-01 12:00,1\nGRID,2025-12-01 12:00,1")
    assert result.readings["grid"]["interval_start_utc"].to_list() == [
        datetime(2025, 7, 1, 18),
        datetime(2025, 12, 1, 18),
    ]


def test_the_repeated_hour_is_told_by_the_order_of_the_file():
    feed = contract(time=hours(fold="file_order", **CHICAGO))
    lines = [
        f"GRID,2025-11-02 {hour}:00,{value}"
        for hour, value in (("00", 0), ("01", 1000), ("01", 2000), ("02", 3000))
    ]
    result = cleaned(feed, "tag,time,value\n" + "\n".join(lines))
    assert values(result, "grid", "grid_mw") == {"05:00": 0.0, "06:00": 1.0, "07:00": 2.0, "08:00": 3.0}


def test_the_repeated_hour_of_a_newest_first_file_is_read_backwards():
    feed = contract(time=hours(fold="file_order", order="descending", **CHICAGO))
    lines = [
        f"GRID,2025-11-02 {hour}:00,{value}"
        for hour, value in (("02", 3000), ("01", 2000), ("01", 1000), ("00", 0))
    ]
    result = cleaned(feed, "tag,time,value\n" + "\n".join(lines))
    assert values(result, "grid", "grid_mw") == {"05:00": 0.0, "06:00": 1.0, "07:00": 2.0, "08:00": 3.0}


QUARTERS = ["00:45", *(f"01:{minute}" for minute in ("00", "15", "30", "45")), "02:00"]
NIGHT = [QUARTERS[0], *QUARTERS[1:5], *QUARTERS[1:5], QUARTERS[5]]


def night(stamps: list[str], **time: object):
    """A wide file of the night in which clocks go back, and its feed."""
    feed = contract(
        time=hours(interval="15min", fold="file_order", **CHICAGO, **time),
        layout={"kind": "wide"},
        tags=[{"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "MW"}],
    )
    lines = [f"2025-11-02 {stamp},{number}" for number, stamp in enumerate(stamps)]
    return feed, delivered("time,GRID\n" + "\n".join(lines))


def refused(stamps: list[str], **time: object) -> set[tuple[str, str]]:
    """Stamp and rule of the records of such a night that are refused."""
    feed, file = night(stamps, **time)
    unstamped = surveyed(file, feed).unstamped
    raw = unstamped["raw"].str.slice(11, 5)
    return set(zip(raw, unstamped["rule"], strict=True))


AMBIGUOUS = {(stamp, "ambiguous_time") for stamp in QUARTERS[1:5]}


def test_a_night_in_the_declared_order_is_read_whole():
    assert refused(NIGHT) == refused(NIGHT, order="ascending") == set()
    assert refused(NIGHT[::-1], order="descending") == set()


@pytest.mark.parametrize("time", [{}, {"order": "any"}, {"order": "ascending"}])
def test_a_newest_first_night_that_is_not_declared_so_is_refused_not_swapped(time):
    assert refused(NIGHT[::-1], **time) == AMBIGUOUS


def test_an_oldest_first_night_that_is_declared_newest_first_is_refused():
    assert refused(NIGHT, order="descending") == AMBIGUOUS


def test_a_night_in_no_order_is_refused():
    assert refused([*NIGHT[:3], NIGHT[4], NIGHT[3], *NIGHT[5:]]) == AMBIGUOUS


def test_another_tag_or_another_night_out_of_order_does_no_harm():
    feed = contract(time=hours(fold="file_order", **CHICAGO))
    stamps = ("2025-11-02 00", "2025-11-02 01", "2025-11-02 01", "2025-11-02 02", "2025-06-01 00")
    lines = [f"GRID,{stamp}:00,1" for stamp in stamps] + [f"GT01.MW,{stamp}:00,1" for stamp in stamps[::-1]]
    extent = surveyed(delivered("tag,time,value\n" + "\n".join(lines)), feed)
    assert extent.unstamped["raw"].to_list() == ["GT01.MW,2025-11-02 01:00,1"] * 2


def test_the_repeated_hour_is_told_by_a_flag():
    fold = {"column": "dst", "first": ["1"], "second": ["0"]}
    feed = contract(time=hours(fold=fold, **CHICAGO))
    text = "tag,time,value,dst\nGRID,2025-11-02 01:00,2000,0\nGRID,2025-11-02 01:00,1000,1"
    assert values(cleaned(feed, text), "grid", "grid_mw") == {"06:00": 1.0, "07:00": 2.0}


@pytest.mark.parametrize("fold", ["reject", "file_order"])
def test_a_repeated_hour_that_nothing_tells_apart_is_refused(fold):
    feed = contract(time=hours(fold=fold, **CHICAGO))
    extent = surveyed(delivered("tag,time,value\nGRID,2025-11-02 01:00,1000\nGRID,2025-11-02 03:00,1"), feed)
    assert extent.unstamped.select("row_number", "rule").rows() == [(2, "ambiguous_time")]


def test_a_merged_hour_is_kept_and_said():
    feed = contract(time=hours(fold="merged", **CHICAGO))
    result = cleaned(feed, "tag,time,value\nGRID,2025-11-02 01:00,1000\nGRID,2025-11-02 02:00,1000")
    assert values(result, "grid", "grid_mw") == {"07:00": 1.0, "08:00": 1.0}
    assert rules(result) == [(2, "fold_merged")]


def test_an_hour_that_spring_skips_is_refused():
    feed = contract(time=hours(fold="file_order", **CHICAGO))
    extent = surveyed(delivered("tag,time,value\nGRID,2026-03-08 02:00,1\nGRID,2025-06-01 03:00,1"), feed)
    assert extent.unstamped.row(0)[:2] == (2, "dst_gap")


def test_a_stamp_with_its_own_offset_is_taken_at_its_word():
    feed = contract(time=hours(format="iso8601", clock="in_value"))
    result = cleaned(
        feed, "tag,time,value\nGRID,2025-06-01T00:00:00-05:00,1000\nGRID,2025-06-01T06:00:00Z,2000"
    )
    assert values(result, "grid", "grid_mw") == {"05:00": 1.0, "06:00": 2.0}


@pytest.mark.parametrize(
    ("form", "stamp", "microsecond"),
    [
        ("epoch_us", "1748736000000001", 1),
        ("epoch_ns", "1748736000000001000", 1),
        ("epoch_ns", "1748736000000001999", 1),
        ("epoch_ns", "1748736000999999999", 999_999),
    ],
)
def test_microseconds_and_nanoseconds_are_not_rounded(form, stamp, microsecond):
    """As a float the last three digits of such counts are lost: 2**53 is about 9e15."""
    result = cleaned(contract(time=hours(format=form)), f"tag,time,value\nGRID,{stamp},1000")
    expected = [datetime(2025, 6, 1, 0, 0, 0, microsecond)]
    assert result.readings["grid"]["interval_start_utc"].to_list() == expected


@pytest.mark.parametrize("stamp", ["1748736000000001.5", "1.748736e15", "9" * 30, "x", ""])
def test_a_count_of_microseconds_is_a_whole_number(stamp):
    feed = contract(time=hours(format="epoch_us"))
    assert surveyed(delivered(f"tag,time,value\nGRID,{stamp},1"), feed).unstamped["rule"].to_list() == [
        "bad_timestamp"
    ]


@pytest.mark.parametrize("form", ["epoch_us", "epoch_ns"])
@pytest.mark.parametrize("stamp", [str(2**63 - 1), str(-(2**63))])
def test_the_largest_counts_are_out_of_window(form, stamp):
    feed = contract(time=hours(format=form, label="end"))
    file = delivered(f"tag,time,value\nGRID,{stamp},1")
    assert surveyed(file, feed).unstamped["rule"].to_list() == ["out_of_window"]


def test_epoch_seconds_and_milliseconds():
    seconds = cleaned(contract(time=hours(format="epoch_s")), "tag,time,value\nGRID,1748736000,1000")
    millis = cleaned(contract(time=hours(format="epoch_ms")), "tag,time,value\nGRID,1748736000000,1000")
    assert values(seconds, "grid", "grid_mw") == values(millis, "grid", "grid_mw") == {"00:00": 1.0}


def test_date_and_hour_in_two_columns():
    feed = contract(time={"columns": ["date", "hour"], "format": "%Y-%m-%d %H", "interval": "1h"})
    assert values(cleaned(feed, "tag,date,hour,value\nGRID,2025-06-01,7,1000"), "grid", "grid_mw") == {
        "07:00": 1.0
    }


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("2025-06-01T23:59:60", {"format": "iso8601"}),
        ("2025-06-01 23:59:60.5", {"format": "iso8601"}),
        ("2025-06-01T23:59:60Z", {"format": "iso8601"}),
        ("2025-06-01T23:59:60-05:00", {"format": "iso8601", "clock": "in_value"}),
        ("2025-06-01T23:59:60", {"format": "iso8601", "clock": "America/Chicago"}),
        ("20250605235960", {"format": "%Y%m%d%H%M%S"}),
        ("60 59 23 05.06.2025", {"format": "%S %M %H %d.%m.%Y"}),
        ("2025-06-01T24:00:00", {"format": "iso8601"}),
    ],
)
def test_a_second_60_and_an_hour_24_are_no_stamps(stamp, time):
    text = f"tag,time,value\nGRID,{stamp},1"
    extent = surveyed(delivered(text), contract(time=hours(interval="1s", **time)))
    assert extent.unstamped.select("row_number", "rule").rows()[0] == (2, "bad_timestamp")


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("1748736060", {"format": "epoch_s"}),
        ("1748736060", {"format": "%s"}),
        ("2025-06-01 00:00:00.60", {"format": "iso8601"}),
        ("20250605000000", {"format": "%Y%m%d%H%M%S"}),
        ("2025-06-01 00:00 sensor 60", {"format": "%Y-%m-%d %H:%M sensor 60"}),
    ],
)
def test_any_other_60_in_a_stamp_is_none_of_a_second(stamp, time):
    file = delivered(f"tag,time,value\nGRID,{stamp},1")
    assert surveyed(file, contract(time=hours(interval="60s", **time))).unstamped.is_empty()


@pytest.mark.parametrize("stamp", ["1970-01-01 00:00", "2025-04-30 23:00", "2026-01-02 01:00"])
def test_a_stamp_before_the_site_or_in_the_future_is_refused(stamp):
    extent = surveyed(delivered(f"tag,time,value\nGRID,{stamp},1\nGRID,2025-06-01 00:00,1"), contract())
    assert extent.unstamped.row(0)[:2] == (2, "out_of_window")


def test_a_stamp_that_is_none_is_refused_with_the_record_as_delivered():
    extent = surveyed(delivered("tag,time,value\nGRID,yesterday,1\nGRID,2025-06-01 00:00,1"), contract())
    assert extent.dates == (date(2025, 6, 1),)
    assert extent.unstamped.row(0, named=True) == {
        "row_number": 2,
        "rule": "bad_timestamp",
        "reason": "time yesterday: the stamp is not of the declared format "
        "(clock UTC, format %Y-%m-%d %H:%M)",
        "raw": "GRID,yesterday,1",
    }


def test_a_file_without_stamps_is_given_the_declared_time_and_says_so():
    feed = contract(time={"declared_start": datetime(2025, 6, 1), "interval": "1h"})
    result = cleaned(feed, "tag,value\nGRID,1000\nGRID,2000")
    assert values(result, "grid", "grid_mw") == {"00:00": 1.0, "01:00": 2.0}
    assert result.findings.select("rule", "action", "raw_value").rows() == [
        ("declared_time", "kept", "2025-06-01 00:00:00")
    ]


DECLARED = {"declared_start": datetime(2025, 6, 1), "interval": "1h"}


def test_a_record_that_is_refused_or_ignored_does_not_shift_the_next():
    feed = contract(time=DECLARED, ignore=["WIND"])
    file = delivered("tag,value\nGRID,1000\nWIND,5\nGRID,2000\nGRID,3000")
    ragged = pl.DataFrame({"row_number": [4], "rule": ["ragged_row"], "reason": ["fields"], "raw": ["GRID"]})
    broken = replace(file, rows=file.rows.filter(pl.col("row_number") != 4), unreadable=ragged)
    assert values(cleaned(feed, file), "grid", "grid_mw") == {"00:00": 1.0, "02:00": 2.0, "03:00": 3.0}
    assert values(cleaned(feed, broken), "grid", "grid_mw") == {"00:00": 1.0, "03:00": 3.0}


@pytest.mark.parametrize(
    ("start", "inside"), [(datetime(2025, 4, 30, 23), ["00:00"]), (datetime(2026, 1, 2), ["00:00"])]
)
def test_a_declared_time_before_the_site_or_in_the_future_is_refused(start, inside):
    feed = contract(time=DECLARED | {"declared_start": start})
    file = delivered("tag,value\nGRID,1000\nGRID,2000")
    assert list(values(cleaned(feed, file), "grid", "grid_mw")) == inside
    [refusal] = surveyed(file, feed).unstamped.iter_rows(named=True)
    assert refusal["rule"] == "out_of_window"
    assert refusal["reason"].startswith(f"declared_start {start}: the interval lies before the site")


@given(start=st.datetimes(datetime(2025, 5, 2), datetime(2025, 12, 1)), length=st.integers(1, 60))
def test_every_hour_of_a_local_file_in_order_becomes_its_own_instant(start, length):
    """Whatever the file covers whole days of, no instant is lost, doubled or moved."""
    zone = ZoneInfo("America/Chicago")
    midnight = datetime(start.year, start.month, start.day, tzinfo=zone).astimezone(ZoneInfo("UTC"))
    end = (datetime(start.year, start.month, start.day) + timedelta(days=3)).replace(tzinfo=zone)
    instants = pl.datetime_range(
        midnight.replace(tzinfo=None),
        end.astimezone(ZoneInfo("UTC")).replace(tzinfo=None),
        "1h",
        closed="left",
        eager=True,
    )
    walls = (
        instants.dt.replace_time_zone("UTC")
        .dt.convert_time_zone("America/Chicago")
        .dt.strftime("%Y-%m-%d %H:%M")
    )
    text = "tag,time,value\n" + "\n".join(f"GRID,{wall},{length}" for wall in walls)
    feed = contract(time=hours(fold="file_order", **CHICAGO))
    assert cleaned(feed, text).readings["grid"]["interval_start_utc"].to_list() == instants.to_list()


def test_refused_stamps_are_told_however_the_rows_lie_in_memory():
    """Text in several pieces, one of them without a refused row, beside numbers in one piece."""
    feed = contract(time=hours())
    pieces = [["yesterday"], ["2025-06-01 01:00"] * 20, ["tomorrow", "2025-06-01 02:00"]]
    texts = pl.concat(
        [pl.DataFrame({"tag": "GRID", "time": stamps, "value": "1"}) for stamps in pieces], rechunk=False
    )
    rows = pl.DataFrame([pl.Series("row_number", range(2, 25)), *texts])
    stamped = stamp(rows, feed, datetime(2025, 1, 1), datetime(2026, 1, 1), pl.Series([], dtype=pl.Int64))
    assert refusals(stamped, feed)["row_number"].to_list() == [2, 23]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2025-06-01", "2025-06-01", " 2025-06-02", "never", None]),
            st.sampled_from(["00:00:00", "00:00:00", "23:59:60", "24:00:00", ""]),
            st.integers(1, 3),
        ),
        max_size=12,
    )
)
def test_a_stamp_of_many_records_in_a_row_means_what_it_means_alone(runs):
    rows = [(day, hour) for day, hour, length in runs for _ in range(length)]
    file = pl.DataFrame(rows, {"day": pl.String, "hour": pl.String}, orient="row")
    time = contract(time=hours(columns=["day", "hour"], format="%Y-%m-%d %H:%M:%S")).time
    alone = [read_stamps(file.slice(place, 1), time).item() for place in range(file.height)]
    assert read_stamps(file, time).to_list() == alone
