"""Whatever bytes of meter formats land: every record is accounted for, or the file is refused.

The bytes are the samples with pieces left out, doubled, swapped or overwritten, so that much of a format
is met before something is wrong with it.
"""

import contextlib
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.campus.refusal import Refusal
from pipelines.readers import TextTable, read
from tests.readers import test_aemo, test_espi, test_nem12, test_xlsx

SAMPLES = Path(__file__).parents[1] / "samples"
FEEDS = {
    "nem12": test_nem12.FEED,
    "aemo": test_aemo.FEED,
    "espi": test_espi.FEED,
    "xlsx": test_xlsx.FEED,
}
HOSTILE = [
    b"",
    b"\n",
    b",",
    b'"',
    b"\0",
    b"\xff",
    b"<",
    b"&e;",
    b"300,",
    b"900\n",
    b"9" * 400,
    b"A",
    b"=",
    b"PK",
]


def lines(content: bytes) -> int:
    """Physical records of a text: what a text editor counts."""
    return content.count(b"\n") + (not content.endswith(b"\n"))


def nem12_adds_up(content: bytes, table: TextTable) -> bool:
    """A line is read, refused or left out, and none is both."""
    read_lines, refused = set(table.frame["row_number"]), table.rejected["row_number"]
    is_apart = read_lines.isdisjoint(refused) and refused.is_unique().all()
    return is_apart and len(read_lines) + len(refused) + table.skipped == lines(content)


def aemo_adds_up(content: bytes, table: TextTable) -> bool:
    """Of a file without quotes, where a record is a line; a quoted field may hold line breaks."""
    total = table.frame.height + table.rejected.height + table.skipped
    return total == lines(content) or b'"' in content


def espi_adds_up(content: bytes, table: TextTable) -> bool:
    """Every reading outside of comments is read or refused."""
    readings = len(re.findall(rb"<(?:\w+:)?IntervalReading[\s>/]", content))
    return table.frame.height + table.rejected.height == readings or b"<!" in content


def xlsx_adds_up(content: bytes, table: TextTable) -> bool:
    """No row is both read and refused."""
    numbers = [*table.frame["row_number"], *table.rejected["row_number"]]
    return len(numbers) == len(set(numbers)) and table.skipped >= 0


ADDS_UP: dict[str, Callable[[bytes, TextTable], bool]] = {
    "nem12": nem12_adds_up,
    "aemo": aemo_adds_up,
    "espi": espi_adds_up,
    "xlsx": xlsx_adds_up,
}


@st.composite
def mutilated(draw: st.DrawFn, sample: bytes) -> bytes:
    """The sample with some pieces replaced; of a workbook those of one of its parts."""
    if sample.startswith(b"PK") and draw(st.booleans()):
        name = draw(st.sampled_from(zipfile.ZipFile(io.BytesIO(sample)).namelist()))
        part = zipfile.ZipFile(io.BytesIO(sample)).read(name)
        return test_xlsx.with_part(sample, name, rb"(?s)\A.*\Z", draw(mutilated(part)))
    content = sample
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 200)))
        doubled = st.just(content[start:end] * 2)
        piece = draw(st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=8), doubled))
        content = content[:start] + piece + content[end:]
    return content


@pytest.mark.parametrize("format_", FEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_are_accounted_for_or_refused(format_, data, tmp_path, contract):
    sample = data.draw(st.sampled_from(sorted((SAMPLES / format_).iterdir())))
    content = data.draw(mutilated(sample.read_bytes()))
    path = tmp_path / "blob"
    path.write_bytes(content)
    with contextlib.suppress(Refusal):
        assert ADDS_UP[format_](content, read(path, contract(**FEEDS[format_]), None))
