"""From a device back to the name its source gives it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.campus.contract import DeviceName, Tag
from pipelines.simulator.names import device_name, tag_name, written


@pytest.mark.parametrize(
    ("pattern", "groups", "text"),
    [
        (r"CT-(\d\d)", ("07",), "CT-07"),
        (r"M1\.HALL(\d)\.KW", ("3",), "M1.HALL3.KW"),
        (r"Hall (\d) \[kW\]", ("2",), "Hall 2 [kW]"),
        (r"END OF REPORT (?P<rows>\d+) RECORDS", ("21600",), "END OF REPORT 21600 RECORDS"),
    ],
)
def test_a_simple_pattern_is_written_out(pattern: str, groups: tuple[str, ...], text: str) -> None:
    assert written(pattern, groups) == text


def test_a_device_is_named_as_its_source_names_it() -> None:
    row = DeviceName(pattern=r"CT-(\d\d)", device=r"m1-gt-\1")
    assert device_name(row, "m1-gt-07") == "CT-07"
    assert device_name(row, "m2-gt-07") is None
    assert device_name(row, "m1-gt-007") is None


def test_a_tag_is_named_by_pattern_or_by_itself() -> None:
    many = Tag(pattern=r"GT-(\d\d) \[kW\]", device=r"m2-gt-\1", column="gross_mw", unit="kW")
    one = Tag(tag="Grid A [kW]", device="m2-grid-a", column="grid_mw", unit="kW")
    assert tag_name(many, "m2-gt-17") == "GT-17 [kW]"
    assert tag_name(one, "m2-grid-a") == "Grid A [kW]"
    assert tag_name(one, "m2-gt-17") is None


@given(st.integers(0, 999))
def test_the_name_of_every_device_leads_back_to_it(number: int) -> None:
    row = DeviceName(pattern=r"P1-(\d\d\d)", device=r"m1-pack-\1")
    device = f"m1-pack-{number:03}"
    name = device_name(row, device)
    assert name is not None
    match = re.fullmatch(row.pattern or "", name)
    assert match is not None
    assert match.expand(row.device) == device
