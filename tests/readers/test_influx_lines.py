"""What a person meets who lands InfluxDB's line protocol."""

import pytest

from tests.readers.conftest import LONG

STAMP = "1762041600000000000"


@pytest.fixture
def pointing(reading):
    return lambda text, **parts: reading(text.encode(), **LONG, format="influx_lines", **parts)


def test_the_good_sample_value_by_value(sample):
    table = sample("influx_lines", "good.lp")
    assert table.frame.rows() == [
        (1, "packs,pack=001,site=m1 power_kw", "1762041600000000001", "-961.50", "2"),
        (2, "packs,pack=001,site=m1 soc", "1762041600000000001", "61", "2"),
        (3, "packs,pack=001,site=m1 energy_wh", "1762041600000000001", "18446744073709551615", "2"),
        (4, "packs,pack=001,site=m1 island", "1762041600000000001", "false", "2"),
        (5, "packs,pack=001,site=m1 mode", "1762041600000000001", 'grid "forming", fast', "2"),
        (6, "packs,pack=001,site=m1 power_kw", "1762041605000000000", "1.2E+3", "4"),
        (7, r"hall\ meters,name=Hall\,\ 1 load\ kw", STAMP, "60312", "5"),
        (8, "up value", STAMP, "true", "6"),
    ]
    assert (table.skipped, table.rejected.height, table.remarks) == (2, 0, ())


def test_every_defect_of_the_broken_sample_is_named_with_its_line(sample, samples):
    table = sample("influx_lines", "broken.lp")
    lines = (samples / "influx_lines" / "broken.lp").read_text(encoding="utf-8").splitlines()
    assert table.rejected.select("row_number", "rule", "raw").rows() == [
        (row, rule, f"line {line}: {lines[line - 1]}")
        for row, line, rule in [
            (2, 2, "no_time"),
            (3, 3, "bad_line"),
            (4, 4, "bad_value"),
            (6, 5, "bad_line"),
            (7, 6, "bad_line"),
            (8, 7, "duplicate_key"),
            (9, 8, "bad_line"),
            (10, 9, "bad_line"),
            (11, 10, "bad_line"),
            (12, 11, "bad_line"),
            (13, 12, "bad_value"),
            (14, 13, "bad_line"),
        ]
    ]
    assert table.frame.select("row_number", "tag", "value", "line").rows() == [
        (1, "packs,pack=001 power_kw", "-961.50", "1"),
        (5, "packs,pack=001 soc", "61", "4"),
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", "1"),
        ("-1.50", "-1.50"),
        ("+.5e-3", "+.5e-3"),
        ("1.", "1."),
        ("-12i", "-12"),
        ("12u", "12"),
        ("T", "true"),
        ("False", "false"),
        ('""', ""),
        (r'"a \"b\" \\ c, d=e f"', 'a "b" \\ c, d=e f'),
        (r'"C:\temp"', r"C:\temp"),
        ('"1i"', "1i"),
    ],
)
def test_values_keep_their_digits_and_lose_the_mark_of_their_type(pointing, written, value):
    assert pointing(f"m f={written},g=1 {STAMP}\n").frame["value"].to_list() == [value, "1"]


@pytest.mark.parametrize("written", ["-1u", "1ii", "nan", "0x1", "yes", "1e", "i", "1.5i", ".", "--1"])
def test_what_is_no_value_rejects_its_field_alone(pointing, written):
    table = pointing(f"m f={written},g=1 {STAMP}\n")
    assert table.frame.select("row_number", "value").rows() == [(2, "1")]
    assert table.rejected.select("row_number", "rule").rows() == [(1, "bad_value")]


def test_series_are_the_same_in_every_order_of_their_tags_and_without_labels(pointing):
    table = pointing(f"m,b=2,a=1 f=1 {STAMP}\nm,a=1,b=2 f=1 {STAMP}\n", without_labels=["b"])
    assert table.frame["tag"].to_list() == ["m,a=1 f", "m,a=1 f"]


@pytest.mark.parametrize("form", ["influx_lines", "prometheus_text"])
def test_a_last_line_that_may_have_been_cut_is_told(reading, form):
    text = {"influx_lines": f"m f=1 {STAMP}\nm f=1 17", "prometheus_text": "power 1 5\npower 1 6"}[form]
    table = reading(text.encode(), **LONG, format=form)
    assert (table.frame.height, table.remarks) == (2, ("no_final_newline",))
    strict = reading(text.encode(), **LONG, format=form, dialect={"final_newline": "required"})
    assert strict.rejected.select("row_number", "rule").rows() == [(2, "incomplete_record")]
