"""One question about a file at a time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.inspection.guess import MEANS
from pipelines.inspection.report import inspect


@pytest.fixture
def look(tmp_path):
    """Writes texts as files and looks at them together."""

    def at(*texts, zones=()):
        paths = [tmp_path / f"export{number}.csv" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return inspect(paths, zones)

    return at


def table(header, rows):
    return "\n".join([header, *rows]) + "\n"


def hours(first, count, step=3600):
    start = datetime.fromisoformat(first)
    return [start + timedelta(seconds=step * number) for number in range(count)]


def said(report, key):
    guess = report.fields[key]
    return guess.value, guess.confidence


def test_three_digits_behind_every_comma_prove_nothing(look):
    rows = [f'{at:%Y-%m-%dT%H:%M:%SZ},"{n},{n:03}"' for n, at in enumerate(hours("2025-06-02", 30), 1)]
    report = look(table("t,kW", rows))
    assert said(report, "dialect.thousands") == (",", "unsure")
    assert said(report, "dialect.decimal") == (".", "unsure")


def test_one_number_that_cannot_be_grouped_proves_the_decimal_comma(look):
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ};{n},{n:03}" for n, at in enumerate(hours("2025-06-02", 30), 1)]
    report = look(table("t;kW", [*rows, "2025-06-03T06:00:00Z;0,25"]))
    assert said(report, "dialect.decimal") == (",", "sure")


def test_day_and_month_are_told_apart_by_records_that_follow_each_other(look):
    rows = [f"{at:%d/%m/%Y %H:%M},1.5" for at in hours("2025-06-02", 60)]
    assert said(look(table("t,kW", rows)), "time.format") == ("%d/%m/%Y %H:%M", "sure")


def test_day_and_month_of_one_day_are_not_told_apart(look):
    rows = [f"{at:%d/%m/%Y %H:%M},1.5" for at in hours("2025-06-02", 20)]
    assert look(table("t,kW", rows)).fields["time.format"].confidence == "unsure"


def test_a_skipped_and_a_doubled_hour_name_the_zone_of_the_campus_but_never_surely(look):
    zone = ZoneInfo("America/Chicago")
    spring = [at.astimezone(zone) for at in hours("2025-03-08T06:00+00:00", 60)]
    autumn = [at.astimezone(zone) for at in hours("2025-11-01T06:00+00:00", 60)]
    texts = [table("t,kW", [f"{at:%Y-%m-%d %H:%M},1.5" for at in days]) for days in (spring, autumn)]
    report = look(*texts, zones=("America/Chicago",))
    assert said(report, "time.clock") == ("America/Chicago", "unsure")
    assert said(report, "time.fold") == ("file_order", "sure")
    assert "02:00 is skipped on 2025-03-09" in report.fields["time.clock"].evidence


def test_an_hour_that_clocks_skip_means_a_clock_without_summer_time(look):
    rows = [f"{at:%Y-%m-%d %H:%M},1.5" for at in hours("2025-03-08", 60)]
    report = look(table("t,kW", rows), zones=("America/Chicago",))
    assert said(report, "time.clock") == ("UTC", "unsure")


def test_stamps_without_offset_on_an_ordinary_day_leave_the_clock_open(look):
    rows = [f"{at:%Y-%m-%d %H:%M},1.5" for at in hours("2025-06-02", 30)]
    assert said(look(table("t,kW", rows)), "time.clock") == (None, "unknown")


def test_a_column_of_offsets_belongs_to_the_stamp(look):
    rows = [f"{at:%Y-%m-%d %H:%M:%S},-05:00,1.5" for at in hours("2025-06-02", 30)]
    report = look(table("t,offset,kW", rows))
    assert said(report, "time.columns") == (("t", "offset"), "sure")
    assert said(report, "time.clock") == ("in_value", "sure")


def test_a_column_that_tells_summer_from_winter_becomes_the_fold(look):
    zone = ZoneInfo("Europe/Berlin")
    days = [at.astimezone(zone) for at in hours("2025-10-25T00:00+00:00", 60)]
    rows = [f"{at:%Y-%m-%d %H:%M},{'S' if at.dst() else 'W'},1.5" for at in days]
    fold, confidence = said(look(table("t,season,kW", rows)), "time.fold")
    assert (fold, confidence) == ({"column": "season", "first": ["S"], "second": ["W"]}, "unsure")


def test_hour_24_is_the_end_of_an_hour_and_told(look):
    rows = [f"2025-06-{day:02},{hour:02}:00,1.5" for day in (2, 3) for hour in range(1, 25)]
    report = look(table("day,time,kW", rows))
    assert said(report, "time.label") == ("end", "sure")
    assert report.stamp.midnight_24 == 2
    assert report.cadence.gaps[0] == 0


def test_newest_first_gaps_and_duplicates_are_counted(look):
    stamps = [at for at in hours("2025-06-02", 30) if at.hour != 7]
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ},1.5" for at in reversed(stamps)]
    report = look(table("t,kW", [*rows, rows[-1], "2025-06-02T01:00:00Z,9.5"]))
    assert said(report, "time.interval") == ("1h", "sure")
    assert (report.cadence.gaps[0], report.cadence.exact, report.cadence.conflicting) == (1, 1, 1)


def test_devices_in_a_column_are_told_from_tags_by_what_stands_beside_them(look):
    stamps = hours("2025-06-02", 30)
    devices = [f"{at:%Y-%m-%dT%H:%M:%SZ},GT{n},1.5,9" for at in stamps for n in (1, 2)]
    tags = [f"{at:%Y-%m-%dT%H:%M:%SZ},GT{n}.MW,1.5" for at in stamps for n in (1, 2)]
    assert said(look(table("t,unit,MW,ppm", devices)), "layout.kind") == ("per_device", "sure")
    assert said(look(table("t,tag,value", tags)), "layout.kind") == ("long", "sure")


def test_words_among_numbers_are_counted_with_their_first_row(look):
    cells = ["MISSING" if n == 4 else "Pt Created" if n == 9 else f"{n}.5" for n in range(30)]
    rows = [
        f"{at:%Y-%m-%dT%H:%M:%SZ},{cell}" for at, cell in zip(hours("2025-06-02", 30), cells, strict=True)
    ]
    report = look(table("t,kW", rows))
    assert report.columns[0].words == {"MISSING": (1, "row 6"), "Pt Created": (1, "row 11")}
    assert said(report, "nulls") == (("", "MISSING"), "sure")
    assert report.fields["states"].value == {"Pt Created": "missing"}


def test_a_number_that_means_missing_stands_apart_from_all_others(look):
    cells = ["-9999" if n in (3, 5, 8) else f"{n % 7}.25" for n in range(30)]
    rows = [
        f"{at:%Y-%m-%dT%H:%M:%SZ},{cell}" for at, cell in zip(hours("2025-06-02", 30), cells, strict=True)
    ]
    column = look(table("t,NOx ppm", rows)).columns[0]
    assert (column.null_numbers.value, column.null_numbers.is_sure) == ((-9999.0,), True)
    assert (column.low, column.high) == (0.25, 6.25)


def test_a_register_its_reset_and_its_largest_rise(look):
    cells = [*range(100, 1600, 10), *range(0, 1000, 10)]
    rows = [
        f"{at:%Y-%m-%dT%H:%M:%SZ},{cell}" for at, cell in zip(hours("2025-06-02", 250), cells, strict=True)
    ]
    column = look(table("t,import kWh", rows)).columns[0]
    assert (column.counter.value, column.counter.is_sure, column.resets) == (True, False, 1)
    steady = look(table("t,import kWh", rows[:150])).columns[0]
    assert (steady.counter.value, steady.counter.is_sure, steady.resets, steady.step) == (True, True, 0, 10.0)


def test_a_stuck_sensor_and_a_spike_are_told_with_their_rows(look):
    cells = [f"{(n * 37) % 100}.5" for n in range(400)]
    cells[100:110] = ["50.25"] * 10
    cells[300] = "99999.5"
    stamps = hours("2025-06-02", 400)
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ},{cell}" for at, cell in zip(stamps, cells, strict=True)]
    column = look(table("t,kW", rows)).columns[0]
    assert (column.stuck.value, column.stuck.length, column.stuck.place) == (50.25, 10, "row 102")
    assert column.spikes == ((99999.5, "row 302"),)


def test_charging_counts_as_positive_where_the_state_of_charge_rises_with_it(look):
    rows, charge = [], 50.0
    for n, at in enumerate(hours("2025-06-02", 200)):
        power = (-1) ** (n // 5) * (1 + n % 3)
        charge += power / 10
        rows += [f"{at:%Y-%m-%dT%H:%M:%SZ},B{unit},{power},{charge:.3f}" for unit in (1, 2)]
    power = look(table("t,block,p_mw,soc", rows)).columns[0]
    assert (power.sign.value, power.sign.is_sure) == (-1, True)


def test_a_footer_that_counts_the_records_is_a_checksum(look):
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ},1.5" for at in hours("2025-06-02", 30)]
    right, wrong = (table("t,kW", [*rows, f"END OF REPORT {n} RECORDS"]) for n in (30, 29))
    assert said(look(right), "dialect.verify_rows") == (True, "sure")
    assert said(look(wrong), "dialect.verify_rows") == (False, "unsure")


def test_record_types_are_told_apart(look):
    lines = ["C,REPORT", "I,METER,POWER,1,TIME,TAG,VALUE"]
    lines += [f"D,METER,POWER,1,{at:%Y/%m/%d %H:%M:%S},A,{at.hour}.5" for at in hours("2025-06-02", 30)]
    lines += ['C,"END OF REPORT",33']
    report = look("\n".join(lines) + "\n")
    assert said(report, "format") == ("aemo", "sure")
    assert said(report, "dialect.table") == ("METER.POWER", "sure")
    assert said(report, "layout.kind") == ("long", "sure")


def test_files_of_different_formats_are_not_one_feed(look):
    with pytest.raises(Refusal, match="several_formats"):
        look("t,kW\n2025-06-02 00:00,1\n", '{"t": 1}\n{"t": 2}\n')


def test_a_file_in_no_form_that_is_known_says_so(look):
    report = look("<html><body>404</body></html>")
    assert said(report, "format") == (None, "unknown")
    assert report.table is None


def test_text_in_latin_1_is_read_but_never_surely(look):
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ};21,5" for at in hours("2025-06-02", 30)]
    report = look(table("t;Außentemperatur [°C]", rows).encode("latin-1"))
    assert said(report, "dialect.encoding") == ("latin-1", "unsure")
    assert report.columns[0].unit.value == "°C"


def test_every_word_of_confidence_is_defined():
    assert list(MEANS) == ["sure", "unsure", "unknown"]
