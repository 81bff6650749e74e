"""What a person meets who lands hourly emissions of EPA, of whatever year and channel."""

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.campus.refusal import Refusal
from pipelines.readers import read
from tests.house.feeds import documented

UNIT_FILES = ("bulk.csv", "custom.csv", "legacy.csv")
CONTRACT = documented("m1_campd_example")
SAMPLES = Path(__file__).parents[1] / "samples" / "epa_hourly"
COMMON = [
    "Date",
    "Hour",
    "Unit",
    "Operating Time",
    "Gross Load (MW)",
    "Steam Load (1000 lb/hr)",
    "SO2 Mass (lbs)",
    "CO2 Mass (short tons)",
    "CO2 Rate (short tons/mmBtu)",
    "NOx Mass (lbs)",
    "NOx Mass Measure Indicator",
    "NOx Rate (lbs/mmBtu)",
    "NOx Rate Measure Indicator",
    "Heat Input (mmBtu)",
]


@pytest.fixture
def reading_emissions(tmp_path):
    def run(content, columns=None, **parts):
        path = tmp_path / "blob"
        path.write_text(content, encoding="utf-8")
        return read(path, documented("m1_campd_example", **parts), columns)

    return run


def raw(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", UNIT_FILES)
def test_three_generations_of_files_give_the_same_cells(name):
    """The bulk file's own names are the names of all; its cells are what csv reads from it."""
    table = read(SAMPLES / name, CONTRACT)
    expected = [
        tuple(row[column] if column != "Unit" else f"99001/{row['Unit ID']}" for column in COMMON)
        for row in raw(SAMPLES / "bulk.csv")
    ]
    assert table.frame.select(COMMON).rows() == expected
    assert table.frame.get_column("row_number").to_list() == [2, 3, 4, 5, 6]
    assert (table.rejected.height, table.skipped, table.remarks) == (0, 1, ())


def test_the_key_of_epas_data_base_is_not_the_name_of_the_unit():
    """The older files have UNITID, the unit's name, and UNIT_ID, a number of EPA's own."""
    table = read(SAMPLES / "legacy.csv", CONTRACT)
    assert table.frame.get_column("Unit ID").unique().sort().to_list() == ["CT-01", "CT-02"]
    assert table.frame.get_column("UNIT_ID").unique().sort().to_list() == ["90411", "90412"]


def test_a_file_of_facilities_names_the_facility_and_says_that_it_has_no_operating_time():
    table = read(SAMPLES / "facility.csv", documented("m1_campd_facility_example"))
    assert table.frame.get_column("Unit").to_list() == ["99001", "99001", "99001"]
    assert table.remarks == ("no_operating_time",)


def test_only_the_columns_asked_for_come_back():
    table = read(SAMPLES / "legacy.csv", CONTRACT, ["Date", "Hour", "Unit"])
    assert set(table.frame.columns) == {"row_number", "Date", "Hour", "Unit"}
    assert table.frame.select("Date", "Hour", "Unit").row(0) == ("2025-12-01", "0", "99001/CT-01")
    assert table.remarks == ()


def test_names_are_bound_with_and_without_their_unit(reading_emissions):
    header = "ORISPL_CODE,UNITID,OP_DATE,OP_HOUR,OP_TIME,GLOAD,HEAT_INPUT,NOX_RATE,NOX_RATE_MEASURE_FLG,"
    header += "NOX_MASS,NOX_MASS_MEASURE_FLG,CO2_MASS\n"
    table = reading_emissions(header + "99001,CT-01,02-29-2024,5,1,16,175,0.032,Measured,5.6,Measured,10\n")
    columns = ["Unit", "Date", "Gross Load (MW)", "Heat Input (mmBtu)", "CO2 Mass (short tons)"]
    assert table.frame.select(columns).rows() == [("99001/CT-01", "2024-02-29", "16", "175", "10")]


def test_a_mass_in_another_unit_is_not_taken_for_the_known_one(reading_emissions):
    text = (SAMPLES / "bulk.csv").read_text(encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        reading_emissions(text.replace("CO2 Mass (short tons)", "CO2 Mass (metric tons)"))
    assert refusal.value.rule == "missing_column"
    assert "missing: 'CO2 Mass (short tons)'" in str(refusal.value)
    assert "'CO2 Mass (metric tons)'" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty_file"),
        ("\n\n", "missing_header"),
        ("Facility ID,Unit ID,Date,Hour\n99001,CT-01,2025-12-01,0\n", "missing_column"),
        ("Facility ID;Unit ID;Date;Hour\n99001;CT-01;2025-12-01;0\n", "wrong_delimiter"),
        ("GLOAD,Gross Load (MW),ORISPL_CODE\n1,2,3\n", "duplicate_column"),
        ('"Facility ID,Unit ID\n', "unclosed_quote"),
    ],
)
def test_a_file_that_is_no_hourly_emissions_is_refused(reading_emissions, text, rule):
    with pytest.raises(Refusal) as refusal:
        reading_emissions(text)
    assert refusal.value.rule == rule


def test_a_title_above_the_header_can_be_left_out(reading_emissions):
    text = "Hourly emissions\n" + (SAMPLES / "custom.csv").read_text(encoding="utf-8")
    table = reading_emissions(text, dialect={"skip_records": 1})
    assert (table.frame.height, table.skipped) == (5, 2)


@given(st.permutations(range(24)), st.sampled_from(("bulk.csv", "legacy.csv")))
def test_columns_are_bound_by_name_whatever_their_order(order, name):
    lines = list(csv.reader((SAMPLES / name).read_text(encoding="utf-8").splitlines()))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([line[place] for place in order] + line[24:] for line in lines)
        file.flush()
        table = read(Path(file.name), CONTRACT)
    assert table.frame.select(COMMON).equals(read(SAMPLES / name, CONTRACT).frame.select(COMMON))


def test_a_date_with_the_day_first_stays_as_it_is_and_is_no_stamp_later():
    dates = read(SAMPLES / "broken.csv", CONTRACT).frame.get_column("Date").to_list()
    assert dates[5] == "31-12-2025"


def test_a_record_that_cannot_be_split_is_kept_aside():
    table = read(SAMPLES / "broken.csv", CONTRACT)
    assert table.rejected.select("row_number", "rule").rows() == [(10, "ragged_row")]
    assert table.frame.height == 9
