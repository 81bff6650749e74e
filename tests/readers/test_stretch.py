"""A stretch of a file in order, read without the rest of it, is what a reading of the whole has there."""

from unittest import mock

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.readers import Stretch, read, read_stretch, stretch

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HEADER = {"dialect": {"skip_records": 1}}
NO_HEADER = {"dialect": {"header": False, "names": ["t", "kw"]}}


def between(first: int, behind: int) -> Stretch:
    """Records whose first field is a number of this range."""

    def number(record: pl.DataFrame) -> int:
        return int(record.item(0, "t"))

    return Stretch(lambda record: number(record) < first, lambda record: number(record) >= behind)


@SETTINGS
@given(
    times=st.lists(st.integers(0, 40), min_size=1, max_size=60).map(sorted),
    first=st.integers(-1, 42),
    length=st.integers(0, 42),
    near=st.integers(1, 60),
    end=st.sampled_from([b"\n", b"\r\n"]),
    has_header=st.booleans(),
    is_ended=st.booleans(),
)
def test_a_stretch_holds_every_wanted_record_with_its_number(
    tmp_path, contract, times, first, length, near, end, has_header, is_ended
):
    title = [b"a title", b"t,kw"] if has_header else []
    lines = [*title, *(b'%d,"%d"' % (at, place) for place, at in enumerate(times))]
    path = tmp_path / "a.csv"
    path.write_bytes(end.join(lines) + (end if is_ended else b""))
    feed = contract(**(HEADER if has_header else NO_HEADER))
    whole = read(path, feed)
    with mock.patch.object(stretch, "NEAR", near):
        part = read_stretch(path, feed, between(first, first + length))
    at = whole.frame["t"].cast(pl.Int64)
    wanted = whole.frame.filter((at >= first) & (at < first + length))
    assert part.frame.join(wanted, on="row_number", how="semi").equals(wanted)
    assert whole.frame.join(part.frame, on="row_number", how="semi").equals(part.frame)
    assert (part.skipped, part.remarks) == (whole.skipped, whole.remarks)
    earlier = whole.frame.filter(at < first)
    assert earlier.is_empty() or part.frame.item(0, "row_number") <= earlier.item(-1, "row_number")


def test_little_is_read_around_a_stretch(tmp_path, contract):
    path = tmp_path / "a.csv"
    path.write_text("t,kw\n" + "".join(f"{at},1\n" for at in range(10_000)))
    with mock.patch.object(stretch, "NEAR", 100):
        part = read_stretch(path, contract(), between(4000, 4100))
    assert 100 <= part.frame.height < 140


@pytest.mark.parametrize("content", [b"t,kw\n1,2\n3\n", b"t,kw\n1,2\n\n", b"t,kw\n1,\xff\n"])
def test_a_text_that_is_not_regular_throughout_is_not_said_to_be(reading, content):
    assert not reading(content).is_regular
    assert reading(b"t,kw\n1,2\n").is_regular
