"""What a person sees who writes the reference tables: rows, or mistakes that name file, line and column."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.campus.campus import load_campus, reference_hash
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.campus.reference import read_tables
from pipelines.campus.refusal import CampusError
from pipelines.campus.tables import TABLES

Replace = Callable[[str, str, str], None]


def mistakes(folder: DataFolder) -> list[str]:
    with pytest.raises(CampusError) as caught:
        load_campus(folder)
    return str(caught.value).splitlines()


def test_rows_become_typed(folder: DataFolder) -> None:
    campus = load_campus(folder)
    unit = campus.devices["m1-gt-01"]
    assert (unit.nameplate_mw, unit.parent_id, unit.commissioned_on) == (Decimal("16.47"), "m1", None)
    assert campus.sites["m1"].starts_on == date(2025, 5, 1)
    assert campus.kind_of("m1-bat-01") == "batteries"
    assert campus.tables["meters"][0].model_dump()["counts_in_balance"] is True
    assert campus.tables["dr_events"] == []


def test_a_parameter_is_the_row_that_still_holds_or_the_default(folder: DataFolder) -> None:
    campus = load_campus(folder)
    assert campus.parameter("coverage_gate_pct", 90.0) == 95.0
    assert campus.parameter("no_such_gate", 7.0) == 7.0


def test_a_line_break_in_a_cell_is_named_as_such(folder: DataFolder, replace: Replace) -> None:
    replace("devices.csv", "Meter A", '"Meter\nA"')
    assert mistakes(folder)[0] == (
        "devices.csv, line 2: a quote is not closed on its line: a cell may not hold a line break. "
        "Write the row on one line"
    )


def test_a_byte_order_mark_and_blank_lines_do_not_matter(folder: DataFolder) -> None:
    path = folder.reference / "sites.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    assert list(load_campus(folder).sites) == ["tva", "m1"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("devices.csv", "16.47", "16,47", "devices.csv, line 3: 8 cells under 7 columns. Quote"),
        ("devices.csv", "16.47", "-1", "devices.csv, line 3, nameplate_mw: Input should be greater than or"),
        ("devices.csv", "16.47", "NaN", "devices.csv, line 3, nameplate_mw: Input should be a finite number"),
        ("devices.csv", "m1-gt-01", "M1 GT", "devices.csv, line 3, device_id: String should match pattern"),
        ("devices.csv", "m1-gt-01", "../../x", "devices.csv, line 3, device_id: String should match pattern"),
        ("devices.csv", "unit,", "turbine,", "devices.csv, line 3, kind: Input should be 'meter', 'feeder'"),
        ("devices.csv", "name,", "title,", "devices.csv, header, name: column missing. Columns are: valid_"),
        ("devices.csv", "name,", "name,name,", "devices.csv, header, name: column named twice. Columns are"),
        ("factors.csv", "1.194e-7", "nan", "factors.csv, line 2, value: Input should be a finite number"),
        ("sites.csv", "America/Chicago", "America", "sites.csv, line 3, time_zone: 'America' is not an IANA"),
        ("sites.csv", "America/Chicago", "localtime", "sites.csv, line 3, time_zone: 'localtime' is not an"),
        ("sites.csv", "-06:00", "+06:00", "sites.csv, line 3: standard_offset +06:00 is none of America/Chi"),
        ("sites.csv", "2025-05-01", "0", "sites.csv, line 3, starts_on: write the day as 2025-12-31 (given"),
        ("sites.csv", "2025-05-01", "05/01/2025", "sites.csv, line 3, starts_on: write the day as 2025-12-3"),
        (
            "parameters.csv",
            "2025-06-01,,test",
            "2025-05-31,,test",
            "parameters.csv, line 3, parameter_id: same parameter_id as line 2 on the same days. Give",
        ),
        (
            "parameters.csv",
            ",,2025-06-01,",
            ",2025-06-01,2025-06-01,",
            "parameters.csv, line 2: valid_from is not before valid_to: the row never holds. Correct",
        ),
    ],
)
def test_a_mistake_names_file_line_and_column(
    folder: DataFolder, replace: Replace, file: str, old: str, new: str, said: str
) -> None:
    replace(file, old, new)
    assert mistakes(folder)[0].startswith(said)


def test_all_mistakes_of_all_tables_are_told_at_once(folder: DataFolder, replace: Replace) -> None:
    replace("devices.csv", "16.47", "x")
    replace("devices.csv", "12.5", "y")
    (folder.reference / "factors.csv").unlink()
    (folder.reference / "meters.csv").write_bytes(b"meter_id\n\xff")
    (folder.reference / "events.csv").write_text("# nothing yet\n")
    assert [line.split(":")[0] for line in mistakes(folder)] == [
        "devices.csv, line 3, nameplate_mw",
        "devices.csv, line 4, nameplate_mw",
        "meters.csv, byte 9",
        "factors.csv, file",
        "events.csv, line 1",
    ]


@pytest.mark.parametrize(
    "zone",
    ["Asia/Kolkata", "Australia/Adelaide", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"],
)
def test_sites_with_half_hour_offsets_are_not_supported_yet(
    folder: DataFolder, replace: Replace, zone: str
) -> None:
    replace("sites.csv", "America/Chicago,-06:00", f"{zone},+10:00")
    assert f"{zone} has offsets that are not whole hours" in mistakes(folder)[0]
    assert "sites with half-hour offsets are not supported yet" in mistakes(folder)[0]


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("UTC", "+00:00"), ("Europe/Luxembourg", "+01:00"), ("Australia/Brisbane", "+10:00")],
)
def test_sites_with_whole_hour_offsets_are(
    folder: DataFolder, replace: Replace, zone: str, offset: str
) -> None:
    replace("sites.csv", "America/Chicago,-06:00", f"{zone},{offset}")
    assert load_campus(folder).sites["m1"].time_zone == zone


def test_an_instant_is_written_in_utc(folder: DataFolder) -> None:
    path = folder.reference / "grid_caps.csv"
    header = "site_id,connection_id,from_utc,cap_mw,reason,source\n"
    path.write_text(header + "m1,a,2025-05-01T06:00:00Z,150,contract,test\n")
    (row,) = load_campus(folder).tables["grid_caps"]
    assert row.model_dump()["from_utc"] == datetime(2025, 5, 1, 6, tzinfo=UTC)
    for wrong in ("2025-05-01T06:00:00", "2025-05-01T06:00:00-05:00", "20250501", "86400"):
        path.write_text(header + f"m1,a,{wrong},150,contract,test\n")
        assert mistakes(folder)[0].startswith("grid_caps.csv, line 2, from_utc: write the instant in UTC")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("devices.csv", "m1-gt-01,m1", "m1-gt-01,m3", "devices.csv, row 2 (m1-gt-01), site_id: 'm3' is not"),
        (
            "devices.csv",
            "01,m1,m1,unit",
            "01,m1,m7,unit",
            "devices.csv, row 2 (m1-gt-01), parent_id: 'm7' is",
        ),
        (
            "meters.csv",
            "m1-grid-a",
            "m1-grid-b",
            "meters.csv, row 1 (m1-grid-b, grid), meter_id: 'm1-grid-b'",
        ),
    ],
)
def test_a_row_that_names_an_unknown_site_or_device_is_a_mistake(
    folder: DataFolder, replace: Replace, file: str, old: str, new: str, said: str
) -> None:
    replace(file, old, new)
    assert mistakes(folder)[0].startswith(said)


PROGRAMME = "programme_id,system_id,day_type,selection,chosen_days,similar_days,adjustment,{}source\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("high,5,4,none,,,", "chosen_days must be at most similar_days"),
        ("all,9,10,none,,,", "chosen_days must be at most similar_days, and equal to it for all"),
        ("mid,7,10,none,,,", "mid leaves out as many days above as below"),
        ("all,10,10,ratio,,,", "an adjustment needs window_start_min"),
        ("all,10,10,additive,60,240,", "an adjustment needs window_start_min, and a window_end_min below it"),
        ("all,10,10,ratio,240,60,1.2", "adjustment_low is above adjustment_high"),
    ],
)
def test_a_baseline_must_have_the_days_and_the_window_it_needs(
    folder: DataFolder, row: str, said: str
) -> None:
    header = PROGRAMME.format("window_start_min,window_end_min,adjustment_low,adjustment_high,")
    text = f"{header}p,tva,any,{row},{'0.8' if row.endswith('1.2') else ''},test\n"
    (folder.reference / "dr_programmes.csv").write_text(text)
    assert mistakes(folder)[0].startswith(f"dr_programmes.csv, line 2: {said}")


def test_a_call_starts_after_its_notice_and_before_its_end(folder: DataFolder) -> None:
    (folder.reference / "dr_programmes.csv").write_text(
        PROGRAMME.format("") + "p,tva,any,all,10,10,none,test\n"
    )
    path = folder.reference / "dr_events.csv"
    header = "event_id,programme_id,site_id,notice_at,start_at,end_at,committed_mw,source\n"
    for times in ("12:10,12:00,13:00", "12:00,13:00,13:00"):
        stamps = ",".join(f"2025-11-03T{time}:00Z" for time in times.split(","))
        path.write_text(f"{header}e,p,m1,{stamps},20,test\n")
        assert "notice_at, start_at and end_at are not in this order" in mistakes(folder)[0]


def test_a_limit_or_a_factor_that_does_not_exist_is_a_mistake(folder: DataFolder) -> None:
    (folder.reference / "limit_units.csv").write_text("limit_id,unit_id,source\nNOX,m1-gt-01,test\n")
    (folder.reference / "monitoring_plan.csv").write_text(
        "unit_id,parameter,formula,factor_id,source\nm1-gt-01,nox,19-1,fd_gas,test\n"
    )
    assert mistakes(folder) == [
        "limit_units.csv, row 1 (NOX, m1-gt-01), limit_id: 'NOX' is not known. Add it, or correct the cell",
        "monitoring_plan.csv, row 1 (m1-gt-01, nox), factor_id: 'fd_gas' is not known. "
        "Add it, or correct the cell",
    ]


def test_without_a_reference_folder_the_remedy_is_init(tmp_path: Path) -> None:
    assert mistakes(DataFolder(tmp_path)) == [
        "reference, folder: there is no reference folder. Run `headroom init DIR`"
    ]


def test_the_reference_hash_of_a_site_moves_with_its_devices_only(
    folder: DataFolder, replace: Replace
) -> None:
    before = load_campus(folder)
    replace("devices.csv", "16.47", "17")
    after = load_campus(folder)
    assert reference_hash(before, "m1") != reference_hash(after, "m1")
    assert reference_hash(before, "tva") == reference_hash(after, "tva")


def test_the_sample_campus_has_no_mistakes() -> None:
    tables, found = read_tables(PROJECT / "data" / "reference")
    assert found == []
    assert list(tables) == list(TABLES)
    assert load_campus(DataFolder(PROJECT / "data")).broken == {}
