"""What a person meets who lands AEMO's multi-record files."""

import pytest
from pydantic import ValidationError

from pipelines.campus.refusal import Refusal
from pipelines.readers import read

FEED = {
    "format": "aemo",
    "dialect": {"table": "DISPATCH.UNIT_SCADA"},
    "time": {"columns": ["SETTLEMENTDATE"], "clock": "+10:00", "label": "end", "interval": "5min"},
    "layout": {"kind": "long", "tag": "DUID", "value": "SCADAVALUE"},
}
HEAD = b"I,DISPATCH,UNIT_SCADA,1,SETTLEMENTDATE,DUID,SCADAVALUE\n"
END = b'C,"END OF REPORT",3\n'


@pytest.fixture
def reading_records(reading):
    return lambda content, **parts: reading(content, **FEED | parts)


def test_the_good_sample(samples, contract):
    table = read(samples / "aemo" / "good.csv", contract(**FEED))
    assert table.frame.columns == ["row_number", "SETTLEMENTDATE", "DUID", "SCADAVALUE", "LASTCHANGED"]
    assert table.frame.rows() == [
        (5, "2025/11/01 00:05:00", "SYNTH1", "40.169990", None),
        (6, "2025/11/01 00:05:00", "SYNTH,2", "-0.6", None),
        (8, "2025/11/01 00:10:00", "SYNTH1", "41", "2025/11/01 00:10:07"),
    ]
    assert (table.rejected.height, table.skipped, table.remarks) == (0, 6, ())


def test_every_defect_of_the_broken_sample_is_named_at_its_line(samples, contract):
    table = read(samples / "aemo" / "broken.csv", contract(**FEED))
    assert table.rejected.select("row_number", "rule", "reason").rows() == [
        (2, "unknown_record", "no record above names the columns of its table"),
        (4, "ragged_row", "the record has 8 field(s), the header 7"),
        (5, "unknown_record", "its version is not that of the columns named in record 3"),
        (6, "stray_quote", "a quote stands inside a field or is not closed where the field ends"),
        (7, "unknown_record", "it is of no table of this file"),
        (8, "unknown_record", "it is of no table of this file"),
    ]
    assert table.frame.rows() == [(10, "2025/11/01 00:10:00", "SYNTH1", "41")]
    assert (table.skipped, table.remarks) == (4, ("declared_count",))


def test_columns_gives_only_these(reading_records):
    table = reading_records(HEAD + b"D,DISPATCH,UNIT_SCADA,1,t,U,1\n" + END, columns=["DUID"])
    assert table.frame.rows() == [(2, "U")]


def test_a_table_without_records_is_empty_not_wrong(reading_records):
    table = reading_records(HEAD + b'C,"END OF REPORT",2')
    assert (table.frame.height, table.skipped, table.remarks) == (0, 2, ("no_final_newline",))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty_file"),
        (b"\n\n", "missing_end_record"),
        (HEAD + b"D,DISPATCH,UNIT_SCADA,1,t,U,1\n", "missing_end_record"),
        (END, "missing_table: the file has no table DISPATCH.UNIT_SCADA; it has none"),
        (b"I,TRADING,PRICE,1,A\n" + END, "missing_table: .* it has TRADING.PRICE"),
        (HEAD.replace(b"DUID", b"UNIT") + END, "missing_column: missing: 'DUID'; unexpected: 'UNIT'"),
        (HEAD.replace(b"DUID", b"DU\xffD") + END, "invalid_encoding: the names of the columns, record 1"),
    ],
)
def test_a_file_is_refused_by_name(reading_records, content, said):
    with pytest.raises(Refusal, match=said):
        reading_records(content)


def test_the_contract_names_the_table_and_only_of_this_format(contract):
    with pytest.raises(ValidationError, match=r"format aemo needs `dialect.table`"):
        contract(**FEED | {"dialect": {}})
    with pytest.raises(ValidationError, match=r"`dialect.table` belongs to format aemo"):
        contract(dialect={"table": "DISPATCH.UNIT_SCADA"})
