"""A clock that jumps and jumps back gives its records no time; gaps, resent and late records keep theirs."""

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cleaning.samples import cleaned, contract, delivered, hours, rules, surveyed

START = datetime(2025, 6, 1)
TAG = {"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "MW"}
OTHER = {"tag": "HALL", "device": "hall-1", "column": "load_mw", "unit": "MW"}


def minutes(**changes: object):
    time = {"columns": ["time"], "format": "%Y-%m-%d %H:%M:%S", "interval": "60s"}
    return contract(tags=[TAG, OTHER], time=time | changes)


def text(stamps: list[float], tag: str = "GRID") -> str:
    """A file of one tag with records at these minutes."""
    lines = [f"{tag},{START + timedelta(minutes=at)},{100 + n}" for n, at in enumerate(stamps)]
    return "tag,time,value\n" + "\n".join(lines)


def displaced(stamps: list[float], **changes: object) -> list[int]:
    """Places of the records that the rule refuses."""
    unstamped = surveyed(delivered(text(stamps)), minutes(**changes)).unstamped
    assert set(unstamped.get_column("rule")) <= {"clock_jump"}
    return [row - 2 for row in unstamped.get_column("row_number")]


@pytest.mark.parametrize("jump", [60, -60, 1440, 7])
def test_records_between_two_opposite_jumps_are_refused(jump):
    stamps = [n + jump if 200 <= n < 240 else n for n in range(400)]
    stamps = [at + 2000 for at in stamps]
    assert displaced(stamps) == list(range(200, 240))


def test_newest_first_is_an_order_too():
    stamps = [n + 60 if 200 <= n < 240 else n for n in range(400)]
    assert displaced(stamps[::-1]) == list(range(160, 200))


def test_a_gap_in_the_displaced_block_hides_nothing():
    stamps = [n + 60 if 200 <= n < 240 else n for n in range(400) if n not in (210, 211)]
    assert displaced(stamps) == list(range(200, 238))


@pytest.mark.parametrize("unknown", ["2025-02-30 00:00:00", "1985-06-01 00:00:00"])
@pytest.mark.parametrize("beside", [199, 240])
def test_a_record_without_a_time_beside_the_displaced_block_hides_nothing(beside, unknown):
    """Its own stamp is no date, or decades off; among the others it has its place."""
    lines = text([n + 60 if 200 <= n < 240 else n for n in range(400)]).split("\n")
    tag, _, value = lines[beside + 1].split(",")
    lines[beside + 1] = f"{tag},{unknown},{value}"
    unstamped = surveyed(delivered("\n".join(lines)), minutes()).unstamped
    named = unstamped.filter(unstamped.get_column("rule") == "clock_jump").get_column("row_number")
    assert [row - 2 for row in named] == list(range(200, 240))
    assert unstamped.height == 41


def test_a_record_that_cannot_be_split_has_its_place_where_no_record_names_its_tag():
    wide = contract(
        layout={"kind": "wide"},
        tags=[TAG],
        time={"columns": ["time"], "format": "%Y-%m-%d %H:%M:%S", "interval": "1h"},
    )
    lines = [f"{START + timedelta(hours=n + 2 * (20 <= n < 25))},{n}" for n in range(60)]
    file = delivered("\n".join(["time,GRID", *lines]))
    is_ragged = pl.col("row_number") == 2 + 19
    ragged = file.rows.filter(is_ragged).select(
        "row_number", rule=pl.lit("ragged_row"), reason=pl.lit(""), raw=pl.lit("")
    )
    file = replace(file, rows=file.rows.filter(~is_ragged), unreadable=ragged)
    unstamped = surveyed(file, wide).unstamped
    assert sorted(row - 2 for row in unstamped.get_column("row_number")) == list(range(19, 25))


@pytest.mark.parametrize("each", [3, -3, 7])
def test_records_of_a_clock_that_runs_away_are_refused_until_it_is_set_right(each):
    """Every record is some seconds farther off; in sum 90, 90 and 210 s, more than one cadence of 60 s."""
    stamps = [n + each * (n - 199) / 60 if 200 <= n < 230 else n for n in range(400)]
    assert displaced(stamps) == list(range(200, 230))


def test_a_gap_within_a_drift_hides_nothing():
    stamps = [n + 3 * (n - 199) / 60 if 200 <= n < 240 else n for n in range(400) if n not in (210, 211)]
    assert displaced(stamps) == list(range(200, 238))


def test_a_drift_of_less_than_a_cadence_keeps_its_records_and_each_stamp_off_the_grid_is_named():
    stamps = [n + (n - 199) / 60 if 200 <= n < 230 else n for n in range(400)]
    result = cleaned(minutes(), text(stamps))
    assert rules(result) == [(row + 2, "off_grid") for row in range(200, 230)]
    assert result.readings["grid"].height == 400


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_clocks_that_shake_by_less_than_half_a_cadence_and_have_gaps_keep_their_records(data):
    shakes = data.draw(st.lists(st.integers(-14, 14), min_size=40, max_size=40))
    gone = data.draw(st.sets(st.integers(0, 39), max_size=3))
    stamps = [n + shake / 60 for n, shake in enumerate(shakes) if n not in gone]
    assert displaced(stamps) == []


def test_each_tag_has_its_own_order():
    wrong = text([n + 60 if 20 <= n < 40 else n for n in range(100)])
    right = text(list(range(100)), tag="HALL").removeprefix("tag,time,value")
    unstamped = surveyed(delivered(wrong + right), minutes()).unstamped
    assert unstamped.get_column("row_number").to_list() == list(range(22, 42))


def test_the_reason_names_the_stamp():
    [*_, reason] = surveyed(
        delivered(text([*range(50), 110, 111, *range(52, 100)])), minutes()
    ).unstamped.get_column("reason")
    assert "2025-06-01 01:51:00" in reason
    assert "opposite jumps" in reason


HONEST = {
    "a gap": [*range(50), *range(110, 200)],
    "records delivered again at the end": [*range(100), *range(40, 60)],
    "a gap, and as far back one record delivered again": [*range(50), *range(60, 100), 90],
    "two gaps, and two such records": [*range(50), *range(60, 80), *range(85, 100), 90, 86],
    "a record lost, and later one delivered twice": [*range(50), *range(51, 90), *range(89, 150)],
    "records delivered again in the middle": [*range(60), *range(40, 60), *range(60, 100)],
    "a late block": [*range(40), *range(60, 100), *range(40, 60)],
    "two neighbours swapped": [*range(40), 41, 40, *range(42, 100)],
    "one jump back, as a clock that is set right": [*range(100), *range(70, 140)],
    "no order at all": [n * 37 % 101 for n in range(101)],
    "another cadence": [*range(0, 500, 5), 3, *range(500, 800, 5)],
}


@pytest.mark.parametrize("name", HONEST)
def test_what_is_no_jump_of_the_clock_keeps_its_time(name):
    assert displaced(HONEST[name]) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 3), min_size=5, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 10)), max_size=2),
)
def test_files_with_gaps_and_blocks_resent_at_their_end_keep_their_times(steps, blocks):
    at, stamps = 0, []
    for step in steps:
        at += step
        stamps.append(at)
    again = [stamp for first, length in blocks for stamp in stamps[first : first + length]]
    assert displaced(stamps + sorted(set(again))) == []


def test_stamps_off_the_grid_are_a_finding_of_the_file_and_stay():
    file = text([0, 1, 2.1, 3.1, 4.1])
    result = cleaned(minutes(), file)
    assert rules(result) == [(1, "off_grid")]
    [said] = result.findings.get_column("raw_value")
    assert said == "3 of 5 stamps, first in record 4: interval start 2025-06-01 00:02:06 UTC"
    assert result.readings["grid"].height == 5


def test_an_instant_is_off_the_habit_of_its_source_where_it_stands_in_place_of_a_regular_one():
    """Thirty observations at 53 past; a special one between two of them is one more, a late one is not."""
    feed = minutes(label="instant", interval="1h")
    regular = [60 * n + 53 for n in range(30)]
    special = rules(cleaned(feed, text([*regular[:9], 580, *regular[9:]])))
    assert "off_grid" not in dict(special).values()
    assert rules(cleaned(feed, text([*regular[:9], regular[9] + 4, *regular[10:]]))) == [(11, "off_grid")]


def test_instants_and_clocks_with_half_hours_have_no_grid_to_miss():
    assert rules(cleaned(minutes(label="instant"), text([0.3, 1.4, 2.7]))) == []
    hourly = contract(tags=[TAG], time=hours(clock="+05:30"))
    lines = [f"GRID,2025-06-02 {hour:02d}:00,{hour}" for hour in range(5)]
    assert rules(cleaned(hourly, "tag,time,value\n" + "\n".join(lines))) == []
