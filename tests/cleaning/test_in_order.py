"""Which files can be read in stretches: those whose clock has nothing to say beyond its stamps."""

from dataclasses import replace

import pytest

from tests.cleaning.samples import HOURLY, contract, delivered, hours, surveyed

EVEN = "tag,time,value\nGRID,2025-06-01 00:00,1\nGRID,2025-06-01 01:00,2\nGRID,2025-06-01 03:00,3\n"


def is_in_order(text, feed=None, **file):
    return surveyed(replace(delivered(text), is_regular=True, **file), feed or contract(HOURLY)).is_in_order


def test_an_even_clock_with_gaps_and_several_devices_is_in_order():
    assert is_in_order(EVEN)
    assert is_in_order(EVEN + "GT01.MW,2025-06-01 03:00,3\n")


@pytest.mark.parametrize(
    "record",
    [
        "GRID,2025-06-01 02:00,3",  # back
        "GRID,2025-06-01 03:30,3",  # half an hour on
        "GRID,soon,3",
        "GRID,2099-01-01 00:00,3",
    ],
)
def test_a_record_that_a_rule_of_the_clock_looks_at_asks_for_the_whole_file(record):
    assert not is_in_order(EVEN + record + "\n")


def test_a_text_that_was_not_proven_regular_is_read_whole():
    assert not surveyed(delivered(EVEN), contract(HOURLY)).is_in_order


def test_a_file_with_records_that_the_contract_leaves_out_is_read_whole():
    feed = contract(ignore=["OLD"])
    assert is_in_order(EVEN, feed)
    assert not is_in_order(EVEN + "OLD,2025-06-01 04:00,3\n", feed)


@pytest.mark.parametrize(
    "time",
    [
        hours(clock="America/Chicago", fold="file_order"),
        hours(label="instant"),
        {"declared_start": "2025-06-01T00:00:00", "interval": "1h"},
    ],
)
def test_clocks_with_repeated_hours_habits_or_none_ask_for_the_whole_file(time):
    assert not is_in_order(EVEN, contract(time=time))
