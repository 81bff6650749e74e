"""What a person meets who lands delimited text."""

import polars as pl
import pytest

from pipelines.campus.refusal import Refusal
from pipelines.readers import read

LONG = {
    "layout": {"kind": "long", "tag": "tag", "value": "value", "quality": "q"},
    "time": {"columns": ["t"], "interval": "5min"},
}


def rows(table):
    return table.frame.rows()


def rejected(table):
    return table.rejected.select("row_number", "rule", "raw").rows()


def test_cells_come_back_as_the_text_they_were(reading):
    table = reading(b"t,kw,note\n2025-01-01,007.50,\n2025-01-02, 1e3 ,NULL\n")
    assert table.frame.schema == {"row_number": pl.Int64, "t": pl.String, "kw": pl.String, "note": pl.String}
    assert rows(table) == [(2, "2025-01-01", "007.50", ""), (3, "2025-01-02", " 1e3 ", "NULL")]
    assert (table.rejected.height, table.skipped) == (0, 1)


@pytest.mark.parametrize(
    "content", [b"t,kw\n1,2\n", b"t,kw\n1,2", b"t,kw\r\n1,2\r\n", b"\xef\xbb\xbft,kw\n1,2\n"]
)
def test_line_ends_and_byte_order_marks_do_not_matter(reading, content):
    assert rows(reading(content)) == [(2, "1", "2")]


@pytest.mark.parametrize("content", [b"1,2\n3,4\n", b"\xef\xbb\xbf1,2\r\n3,4", b'"1","2"\n3,4\n'])
def test_names_of_the_contract_name_a_file_without_header(reading, content):
    table = reading(content, dialect={"header": False, "names": ["t", "kw"]})
    assert rows(table) == [(1, "1", "2"), (2, "3", "4")]
    assert table.skipped == 0


@pytest.mark.parametrize("quoted", [b"", b'"'])
def test_names_of_the_contract_replace_the_header(reading, quoted):
    table = reading(b"Zeit," + quoted + b"Leistung" + quoted + b"\n1,2\n", dialect={"names": ["t", "kw"]})
    assert rows(table) == [(2, "1", "2")]


def test_names_that_do_not_fit_the_header_refuse_the_file(reading):
    with pytest.raises(Refusal, match=r"the header has 3 columns, `dialect.names` of the contract 2"):
        reading(b"a,b,c\n1,2,3\n", dialect={"names": ["t", "kw"]})


@pytest.mark.parametrize("tail", [b"", b'5,"6"\n'])
def test_ragged_rows_are_rejected_with_their_raw_line(reading, tail):
    table = reading(b"t,kw\n1,2\n3\n3,4,5\n" + tail)
    assert rejected(table) == [(3, "ragged_row", "3"), (4, "ragged_row", "3,4,5")]
    assert table.rejected["reason"].to_list() == [
        "the record has 1 field(s), the header 2",
        "the record has 3 field(s), the header 2",
    ]
    assert rows(table)[0] == (2, "1", "2")
    assert table.frame.height == 1 + bool(tail)


def test_a_short_and_a_long_row_do_not_cancel_out(reading):
    table = reading(b"t,kw,x\n1,2\n1,2,3,4\n5,6,7\n", columns=["t"])
    assert rows(table) == [(4, "5")]
    assert table.rejected["row_number"].to_list() == [2, 3]


def test_a_row_padded_with_delimiters_is_ragged(reading):
    assert rejected(reading(b"t,kw\n1,2,,\n")) == [(2, "ragged_row", "1,2,,")]


def test_invalid_utf8_rejects_the_record_and_names_the_byte(reading):
    table = reading(b"t,kw\n1,2\n3,4\xe9\n5,\xc3\xa9\n")
    assert rows(table) == [(2, "1", "2"), (4, "5", "é")]
    assert rejected(table) == [(3, "invalid_encoding", r"3,4\xe9")]
    assert table.rejected["reason"][0].startswith("byte 0xe9 at byte offset 12 of the content is not UTF-8")


def test_an_invalid_header_refuses_the_file(reading):
    with pytest.raises(Refusal, match="invalid_encoding: the header, record 1: byte 0xe9 at byte offset 4"):
        reading(b"t,kw\xe9\n1,2\n")


@pytest.mark.parametrize("cell", [b"2\0", b"2\rx", b'"2\r"'])
def test_control_characters_reject_the_record(reading, cell):
    table = reading(b"t,kw\n1," + cell + b"\n3,4\n")
    assert rows(table) == [(3, "3", "4")]
    assert rejected(table) == [(2, "control_character", "1," + cell.decode())]


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(reading):
    table = reading(b't,kw,note\n1,"1,060","say ""hi"""\n2,3,"two\r\nlines"\n4,5,\n')
    assert rows(table) == [(2, "1", "1,060", 'say "hi"'), (3, "2", "3", "two\r\nlines"), (4, "4", "5", "")]


def test_a_quote_that_never_closes_refuses_the_file(reading):
    with pytest.raises(Refusal, match="unclosed_quote: a quote opened in the record that begins in line 3"):
        reading(b't,kw\n1,2\n3,"4\n5,6\n')


def test_stray_quotes_reject_the_record_and_never_shift_the_next(reading):
    table = reading(b't,kw\n1,"2"x\n3,4\n5,6"7"\n8,"9\n0,"1\n2,3\n')
    assert rows(table) == [(3, "3", "4"), (6, "2", "3")]
    assert rejected(table) == [
        (2, "stray_quote", '1,"2"x'),
        (4, "stray_quote", '5,6"7"'),
        (5, "stray_quote", '8,"9\n0,"1'),
    ]


def test_quotes_are_ordinary_characters_where_the_contract_says_so(reading):
    assert rows(reading(b't,kw\n1,5"\n', dialect={"quote": None})) == [(2, "1", '5"')]


def test_the_quote_may_be_an_apostrophe(reading):
    assert rows(reading(b"t,kw\n1,'2,5'\n", dialect={"quote": "'"})) == [(2, "1", "2,5")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", " ", "§"])
def test_any_delimiter_of_one_character(reading, delimiter):
    content = "t,kw,x\n1,2,\n".replace(",", delimiter).encode()
    assert rows(reading(content, dialect={"delimiter": delimiter})) == [(2, "1", "2", "")]
    quoted = 't,"kw",x\n"1,1","2\n2",\n3\n'.replace(",", delimiter).encode()
    table = reading(quoted, dialect={"delimiter": delimiter})
    assert rows(table) == [(2, f"1{delimiter}1", "2\n2", "")]
    assert rejected(table) == [(3, "ragged_row", "3")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_line_ends_of_old_macs_are_named_as_such(reading, encoding):
    content = "t,kw\ra,1\rb,2\r".encode(encoding)
    with pytest.raises(Refusal, match=r"wrong_line_ends: .*Convert the line ends"):
        reading(content, dialect={"encoding": encoding})


def test_latin1(reading):
    assert rows(reading("t,kw\n1,é°\n".encode("latin-1"), dialect={"encoding": "latin-1"})) == [
        (2, "1", "é°")
    ]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_and_without_byte_order_mark(reading, codec):
    assert rows(reading("t,kw\n1,é\n".encode(codec), dialect={"encoding": "utf-16"})) == [(2, "1", "é")]


def test_a_byte_order_mark_wins_over_the_contract(reading):
    assert rows(reading("t,kw\n1,é\n".encode("utf-16"))) == [(2, "1", "é")]
    assert rows(reading("t,kw\n1,é\n".encode("utf-8-sig"), dialect={"encoding": "latin-1"})) == [
        (2, "1", "é")
    ]


def test_broken_utf16_refuses_the_file(reading):
    with pytest.raises(Refusal, match="invalid_encoding: the file is not utf-16-le"):
        reading("t,kw\n1,é\n".encode("utf-16")[:-1])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(reading, content):
    with pytest.raises(Refusal, match="empty_file"):
        reading(content)


@pytest.mark.parametrize("content", [b"\n\n", b"  \r\n"])
def test_a_file_of_blank_lines_has_no_header(reading, content):
    with pytest.raises(Refusal, match="missing_header"):
        reading(content)


@pytest.mark.parametrize("content", [b"t,kw\n", b"t,kw", b't,"kw"\n', b"t,kw\n\n"])
def test_a_file_with_only_a_header_has_no_rows(reading, content):
    table = reading(content)
    assert table.frame.schema == {"row_number": pl.Int64, "t": pl.String, "kw": pl.String}
    assert (table.frame.height, table.rejected.height) == (0, 0)


def test_columns_gives_only_these_and_the_same_accounts(reading):
    content = b't,kw,x\n1,2,3\n4\n"5","6",7\n'
    assert rows(reading(content, columns=["x", "t", "absent"])) == [(2, "1", "3"), (4, "5", "7")]
    assert rejected(reading(content, columns=["t"])) == rejected(reading(content))
    assert rows(reading(b"t,kw\n1,2\n3,4\n", columns=["kw"])) == [(2, "2"), (3, "4")]
    assert rows(reading(b"t,kw\n1,2\n3,4\n", columns=[])) == [(2,), (3,)]


def test_titles_above_the_header_are_counted_and_skipped(reading):
    table = reading(b'Report of "North\n\nt,kw\n1,2\n', dialect={"skip_records": 2})
    assert rows(table) == [(4, "1", "2")]
    assert table.skipped == 3
    assert rows(reading(b"Report\n\nt,kw\n1,2\n", dialect={"skip_records": 2})) == [(4, "1", "2")]


def test_comments_are_skipped_wherever_they_stand(reading):
    table = reading(b"# it's 5\"\nt,kw\n1,2\n#, x\n3,4\n", dialect={"skip": ["^#"]})
    assert rows(table) == [(3, "1", "2"), (5, "3", "4")]
    assert table.skipped == 3


def test_patterns_that_only_python_knows_work_too(reading):
    assert rows(reading(b"t,kw\n1,2\nx,4\n", dialect={"skip": [r"^(?!t|\d)"]})) == [(2, "1", "2")]


def test_keep_binds_one_record_type_of_a_multi_record_file(reading):
    content = (
        b'C,HEAD,"A"\nI,SCADA,SETTLEMENTDATE,DUID,VALUE\nD,SCADA,2018/04/01 00:05:00,GT1,40.169990\n'
        b"D,OTHER,1\nD,SCADA,2018/04/01 00:05:00,GT2\nC,END,3\n"
    )
    parts = {
        "layout": {"kind": "long", "tag": "DUID", "value": "VALUE"},
        "time": {"columns": ["SETTLEMENTDATE"], "interval": "5min"},
    }
    table = reading(content, dialect={"keep": "^[ID],SCADA,"}, **parts)
    assert rows(table) == [(3, "D", "SCADA", "2018/04/01 00:05:00", "GT1", "40.169990")]
    assert rejected(table) == [(5, "ragged_row", "D,SCADA,2018/04/01 00:05:00,GT2")]
    assert table.skipped == 4
    names = {
        "keep": "^D,SCADA,",
        "header": False,
        "names": ["kind", "set", "SETTLEMENTDATE", "DUID", "VALUE"],
    }
    assert rows(reading(content, dialect=names, **parts)) == rows(table)


def test_keep_that_matches_nothing_refuses_the_file(reading):
    with pytest.raises(Refusal, match="missing_header"):
        reading(b"t,kw\n1,2\n", dialect={"keep": "^X"})


FOOTER = {"footer": [r"^\((?P<rows>\d+) rows affected\)$", "^Completion time:"]}


@pytest.mark.parametrize("parts", [{}, {"format": "jsonl"}, {"dialect": {"encoding": "utf-16"}}])
def test_a_last_record_that_no_line_break_ends_is_taken_with_a_remark_or_refused(reading, parts):
    """The value was 0.0415; whether it was cut nobody can tell."""
    text = "t,kw\n1,0.03\n2,0.041" if "format" not in parts else '{"t": 1, "kw": 0.03}\n{"t": 2, "kw": 0.041}'
    encoding = parts.get("dialect", {}).get("encoding", "utf-8")
    table = reading(text.encode(encoding), **parts)
    assert (table.frame["kw"].to_list(), table.remarks) == (["0.03", "0.041"], ("no_final_newline",))
    assert reading((text + "\n").encode(encoding), **parts).remarks == ()
    strict = parts | {"dialect": {**parts.get("dialect", {}), "final_newline": "required"}}
    table = reading(text.encode(encoding), **strict)
    assert table.frame["kw"].to_list() == ["0.03"]
    assert table.rejected["rule"].to_list() == ["incomplete_record"]
    assert reading((text + "\n").encode(encoding), **strict).rejected.is_empty()


def test_a_last_line_that_is_no_data_may_lack_its_line_break(reading):
    table = reading(b"t,kw\n1,2\nEND", dialect={"footer": ["END"], "final_newline": "required"})
    assert (table.frame.height, table.rejected.height) == (1, 0)


def test_a_footer_ends_the_data(reading):
    content = b"t,kw\n1,2\n3,4\n\n(2 rows affected)\n\n\nCompletion time: 2025-10-31\n"
    table = reading(content, dialect=FOOTER)
    assert rows(table) == [(2, "1", "2"), (3, "3", "4")]
    assert table.skipped == 6


def test_a_footer_in_the_middle_is_data(reading):
    table = reading(b"t,kw\n1,2\n(1 rows affected)\n3,4\n", dialect=FOOTER)
    assert rejected(table) == [(3, "ragged_row", "(1 rows affected)")]


def test_the_declared_count_is_a_checksum(reading):
    dialect = FOOTER | {"verify_rows": True}
    assert reading(b"t,kw\n1,2\nx\n(2 rows affected)\n", dialect=dialect).frame.height == 1
    with pytest.raises(Refusal, match="row_count: the footer declares 3 rows, the file has 1"):
        reading(b"t,kw\n1,2\n(3 rows affected)\n", dialect=dialect)
    with pytest.raises(Refusal, match="footer_missing"):
        reading(b"t,kw\n1,2\n", dialect=dialect)


def test_blank_lines_are_skipped_or_rejected(reading):
    content = b"t,kw\n\n1,2\n   \n3,4\n"
    assert (rows(reading(content)), reading(content).skipped) == ([(3, "1", "2"), (5, "3", "4")], 3)
    table = reading(content, dialect={"blank_lines": "reject"})
    assert rejected(table) == [(2, "blank_line", ""), (4, "blank_line", "   ")]
    assert (rows(table), table.skipped) == ([(3, "1", "2"), (5, "3", "4")], 1)


def test_a_rejected_blank_line_above_the_header_does_not_hide_it(reading):
    table = reading(b"\nt,kw\n1,2\n", dialect={"blank_lines": "reject"})
    assert (rows(table), rejected(table), table.skipped) == ([(3, "1", "2")], [(1, "blank_line", "")], 1)


def test_a_line_that_is_too_long_refuses_the_file(reading):
    with pytest.raises(Refusal, match="line_too_long: line 2 has more than 1048576 bytes"):
        reading(b"t,kw\n1," + b"x" * 1_048_576 + b"\n")
    assert reading(b"t,kw\n1," + b"x" * 1_000_000 + b"\n").frame["kw"].str.len_bytes().to_list() == [
        1_000_000
    ]


def test_a_quote_that_swallows_the_file_is_refused(reading):
    with pytest.raises(Refusal, match="begins in line 2 is not closed within 1048576 bytes"):
        reading(b't,kw\n1,"2\n' + b"3,4\n" * 300_000 + b'5"\n')


def test_long_layouts_and_quality_columns(reading):
    assert rows(reading(b"tag,t,value,q\nkw,1,2,Good\n", **LONG)) == [(2, "kw", "1", "2", "Good")]
    with pytest.raises(Refusal, match="missing: 'q'; unexpected: 'status'"):
        reading(b"tag,t,value,status\nkw,1,2,Good\n", **LONG)


def test_the_broken_sample_says_what_is_wrong_with_each_record(samples, contract):
    table = read(samples / "delimited" / "broken.csv", contract())
    assert table.frame["row_number"].to_list() == [2, 9]
    assert table.rejected.select("row_number", "rule").rows() == [
        (3, "ragged_row"),
        (4, "ragged_row"),
        (5, "invalid_encoding"),
        (6, "control_character"),
        (7, "stray_quote"),
    ]
    assert table.skipped == 2


def test_the_good_sample_comes_back_whole(samples, contract):
    table = read(samples / "delimited" / "good.csv", contract())
    assert table.frame.rows() == [
        (2, "2025-11-02T00:00:00Z", "-961.5", "charging, 2 of 3"),
        (3, "2025-11-02T00:00:05Z", "0", ""),
        (4, "2025-11-02T00:00:10Z", "1,204.25", "island\ntest"),
    ]
