"""What a person meets who lands Green Button files."""

import re

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.readers import read

FEED = {
    "format": "espi",
    "time": {"columns": ["start"], "format": "epoch_s", "interval": "15min"},
    "layout": {"kind": "long", "tag": "tag", "value": "value", "unit": "unit", "quality": "quality"},
    "quality": {"not stated": "good"},
}


@pytest.fixture
def reading_xml(reading):
    return lambda content, **parts: reading(content, **FEED | parts)


@pytest.fixture
def good(samples):
    return (samples / "espi" / "good.xml").read_bytes()


def test_the_good_sample(samples, contract):
    """Wh with 10⁻³: 37052 is 37.052 Wh, to the last digit also where a float has too few."""
    table = read(samples / "espi" / "good.xml", contract(**FEED))
    assert table.frame.rows() == [
        (1, "7/1", "1762041600", "37.052", "Wh", "validated"),
        (2, "7/1", "1762042500", "-0.001", "Wh", "estimated using reference day"),
        (3, "7/1", "1762043400", "9007199254740.993", "Wh", "not stated"),
        (4, "7/2", "1762041600", "12500", "W", "99"),
    ]
    assert (table.rejected.height, table.skipped, table.remarks) == (0, 0, ())


def test_every_defect_of_the_broken_sample_is_named_at_its_reading(samples, contract):
    table = read(samples / "espi" / "broken.xml", contract(**FEED))
    assert table.rejected.rows() == [
        (
            1,
            "other_interval",
            "the reading lasts 3600 s, the feed's interval is 900 s",
            "7/1 duration=3600 start=1762041600 value=1",
        ),
        (
            2,
            "incomplete_reading",
            "the reading has not one start, one duration and one value",
            "7/1 start=1762041600 value=2",
        ),
        (
            3,
            "incomplete_reading",
            "the reading has not one start, one duration and one value",
            "7/1 duration=900 start=1762041600 value=3 value=4",
        ),
        (
            5,
            "unit_missing",
            "the reading type of 7/2 names no unit",
            "7/2 duration=900 start=1762041600 value=5",
        ),
        (
            6,
            "no_reading_type",
            "the document names no single reading type for 7/3",
            "7/3 duration=900 start=1762041600 value=6",
        ),
        (
            7,
            "no_reading_type",
            "its power of ten is '13': none from -12 to 12",
            "7/4 duration=900 start=1762041600 value=7",
        ),
    ]
    assert table.frame.rows() == [(4, "7/1", "1762042500", "n/a", "Wh", "not stated")]


def test_readings_outside_of_entries_belong_to_no_meter(reading_xml):
    table = reading_xml(b"<e><IntervalReading><value>1</value></IntervalReading></e>")
    assert table.rejected.select("row_number", "rule").rows() == [(1, "no_reading_type")]


def test_columns_gives_only_these(reading_xml, good):
    assert reading_xml(good, columns=["value"]).frame.columns == ["row_number", "value"]


BOMB = b'<!DOCTYPE f [<!ENTITY a "1"><!ENTITY b "&a;&a;">]><f>&b;</f>'


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (BOMB, "unsafe_xml"),
        (b'<!DOCTYPE feed SYSTEM "file:///etc/passwd"><feed/>', "unsafe_xml"),
        (b"<a>" * 40 + b"</a>" * 40, "too_deep"),
        (b"<feed><entry></feed>", "invalid_xml"),
        (b"<feed>", "invalid_xml"),
        (b"\xff\xfe\x00", "invalid_xml"),
        (b'<?xml version="1.0" encoding="no-such"?><feed/>', "invalid_xml"),
        (b"time,kw\n", "invalid_xml"),
        (b"<feed><entry/></feed>", "other_format"),
    ],
)
def test_a_document_is_refused_by_name(reading_xml, content, rule):
    with pytest.raises(Refusal) as refusal:
        reading_xml(content)
    assert refusal.value.rule == rule


def test_two_reading_types_under_one_address_refuse_the_file(reading_xml, good):
    entry = re.search(rb"  <entry>\s*<link rel=\"self\" href=\"[^\"]*ReadingType/Wh\".*?</entry>", good, re.S)
    again = good.replace(b"</feed>", entry[0] + b"</feed>")
    assert reading_xml(again).frame.height == 4, "the same type twice says the same"
    with pytest.raises(Refusal, match="conflicting_types"):
        reading_xml(again[::-1].replace(b">mou/<27>mou<", b">mou/<83>mou<", 1)[::-1])
