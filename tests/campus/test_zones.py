"""Time zones and their offsets."""

from datetime import date, timedelta

import pytest

from pipelines.campus.zones import is_zone, offsets, write_offset


@pytest.mark.parametrize("name", ["UTC", "America/Chicago", "Europe/Luxembourg", "Etc/GMT-10"])
def test_iana_names_are_zones(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name", ["", "America", "localtime", "Factory", "../UTC", "/etc/localtime", "-06:00"]
)
def test_names_that_depend_on_the_host_or_are_none_are_not(name: str) -> None:
    assert not is_zone(name)


def test_a_zone_has_the_offsets_of_its_seasons() -> None:
    assert {write_offset(each) for each in offsets("America/Chicago", date(2025, 5, 1))} == {
        "-05:00",
        "-06:00",
    }
    assert offsets("Australia/Lord_Howe", date(2025, 1, 1)) == {
        timedelta(hours=11),
        timedelta(hours=10, minutes=30),
    }
    assert offsets("UTC", date(2025, 1, 1)) == {timedelta(0)}


def test_an_offset_that_a_zone_no_longer_has_does_not_count() -> None:
    assert offsets("Asia/Pyongyang", date(2025, 1, 1)) == {timedelta(hours=9)}
    assert timedelta(hours=8, minutes=30) in offsets("Asia/Pyongyang", date(2016, 1, 1))


def test_an_offset_is_written_with_its_sign() -> None:
    assert [write_offset(timedelta(minutes=each)) for each in (-360, 0, 345)] == [
        "-06:00",
        "+00:00",
        "+05:45",
    ]
