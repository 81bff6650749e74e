"""Whatever lands, a reader accounts for every record or refuses the file; it never fails in another way."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers import FORMATS
from tests.readers.conftest import FEED, LONG

SAMPLES = Path(__file__).parents[1] / "samples"
WIDE = ("delimited", "jsonl", "parquet")
LINES = ("prometheus_text", "influx_lines")
DOCUMENTS = ("eia_v2", "tesla_json", "prometheus_json", "pi_web_api")
TOKENS = [b"null", b"NaN", b"true", b"{", b"}", b"[", b"]", b'"', b"\\", b",", b"=", b":", b" ", b"\n", b"\r"]
TOKENS += [b"\\ud800", b"\\u0000", b"\x00", b"\xff", b"0001-01-01T00:00:00Z", b"1e999", b"#", b"\xef\xbb\xbf"]
WORDS = """
response data total period respondent type value value-units fueltype location Cached_readings timestamp
time_series last_communication_time instant_power status resultType result metric __name__ values histograms
Items Name Path WebId Timestamp Value Good Questionable Substituted Errors Links Next UnitsAbbreviation
"""
QUIET = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def accounted(form: str, content: bytes, path: Path) -> None:
    """Reads, and proves that each record is a row or rejected, once, in the order of the file."""
    path.write_bytes(content)
    contract = Contract.model_validate(FEED | ({} if form in WIDE else LONG) | {"format": form})
    try:
        table = FORMATS[form](path, contract, None)
    except Refusal:
        return
    rows, rejected = table.frame["row_number"].to_list(), table.rejected["row_number"].to_list()
    assert rows == sorted(rows)
    assert rejected == sorted(rejected)
    records = sorted([*rows, *rejected])
    assert len(set(records)) == len(records)
    if form in (*DOCUMENTS, "influx_lines"):
        assert records == list(range(1, len(records) + 1))
    if form in ("jsonl", "prometheus_text"):
        assert len(records) + table.skipped == content.count(b"\n") + (not content.endswith(b"\n"))
    assert table.rejected.null_count().sum_horizontal().item() == 0
    again = FORMATS[form](path, contract, ["time"])
    assert again.rejected.equals(table.rejected)
    assert again.frame["row_number"].equals(table.frame["row_number"])


@pytest.mark.parametrize("form", [*WIDE, *LINES, *DOCUMENTS])
@QUIET
@given(content=st.binary(max_size=200))
def test_noise(form, content, tmp_path):
    accounted(form, content, tmp_path / "noise")


@st.composite
def damaged(draw: st.DrawFn, form: str) -> bytes:
    """A sample with some of its bytes replaced."""
    content = draw(st.sampled_from([path.read_bytes() for path in sorted((SAMPLES / form).iterdir())]))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        gone = draw(st.integers(0, 30))
        content = content[:at] + draw(st.sampled_from(TOKENS) | st.binary(max_size=3)) + content[at + gone :]
    return content


@pytest.mark.parametrize("form", [*WIDE, *LINES, *DOCUMENTS])
@QUIET
@given(data=st.data())
def test_samples_with_damage(form, data, tmp_path):
    accounted(form, data.draw(damaged(form)), tmp_path / "damaged")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=4)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=6)
    ),
    max_leaves=12,
)
FRAMES = {
    "eia_v2": lambda inner: {"response": {"data": [inner]}},
    "tesla_json": lambda inner: {"battery": {"timestamp": "T", "instant_power": inner}, "site": inner},
    "prometheus_json": lambda inner: {
        "data": {
            "resultType": "matrix",
            "result": [inner, {"metric": {"a": "b"}, "values": [inner, [1, inner]]}],
        }
    },
    "pi_web_api": lambda inner: {"Items": [inner, {"Name": inner, "Items": [inner, {"Value": inner}]}]},
}


@pytest.mark.parametrize("form", DOCUMENTS)
@QUIET
@given(inner=JSON)
def test_documents_of_any_shape(form, inner, tmp_path):
    for document in (inner, FRAMES[form](inner)):
        accounted(form, json.dumps(document).encode(), tmp_path / "document.json")
