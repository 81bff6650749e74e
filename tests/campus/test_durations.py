"""Durations as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.campus.durations import parse_duration, write_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60), ("5min", 300), ("5 min", 300), (" 1h ", 3600), ("2d", 172800)]
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", 300, "0s", "1.5h", "-1h", "5m", "1h30min", "PT5M", "٥min", None, True]
)
def test_anything_else_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match="is not a duration; write for example 60s, 5min, 1h or 2d"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1s"), (90, "90s"), (300, "5min"), (5400, "90min"), (86400, "1d"), (90000, "25h")],
)
def test_a_duration_is_written_in_its_largest_whole_unit(seconds: int, text: str) -> None:
    assert write_duration(seconds) == text


def test_a_year_is_the_longest_duration() -> None:
    assert parse_duration("366d") == 366 * 86400
    with pytest.raises(ValueError, match="'99999999d' is longer than 366d, the longest duration there is"):
        parse_duration("99999999d")


@given(st.integers(1, 366 * 86400))
def test_what_is_written_is_read_back(seconds: int) -> None:
    assert parse_duration(write_duration(seconds)) == seconds
