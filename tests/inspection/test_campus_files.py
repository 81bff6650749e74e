"""What the simulator lands, and the samples: nothing the files do not prove is called sure."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.inspection.compare import compare
from pipelines.inspection.report import inspect
from pipelines.simulator.simulate import simulate
from tests.inspection.agreement import BUG, verdicts
from tests.inspection.expected import Case, fields_of

SAMPLES = PROJECT / "tests" / "samples"
FEEDS = sorted(path.stem for path in (PROJECT / "data" / "reference" / "feeds").glob("*.yaml"))
LANDING = [feed for feed in FEEDS if feed not in ("m1_packs_5s", "m1_corrections")]


@pytest.fixture(scope="module")
def campus():
    return load_campus(DataFolder(PROJECT / "data"))


@pytest.fixture(scope="module")
def landing(tmp_path_factory, campus):
    """Three days around the end of daylight-saving time, with meters that err."""
    folder = DataFolder(Path(tmp_path_factory.mktemp("landed")))
    simulate(folder, campus, start=date(2025, 11, 1), days=3)
    return {feed: tuple(sorted((folder.landing / feed).iterdir())) for feed in LANDING}


@pytest.fixture(scope="module")
def reports(landing, campus):
    zones = tuple(dict.fromkeys(site.time_zone for site in campus.sites.values()))
    return {feed: inspect(files, zones) for feed, files in landing.items()}


@pytest.mark.parametrize("feed", LANDING)
def test_a_wrong_statement_about_a_landed_file_is_never_called_sure(feed, landing, reports, campus):
    case = Case(feed, landing[feed], fields_of(campus.contracts[feed]))
    told = verdicts(case, reports[feed])
    assert [key for key, word in told.items() if word == BUG] == []
    assert sum("right" in word for word in told.values()) / len(told) > 0.8


@pytest.mark.parametrize("feed", LANDING)
def test_the_contracts_of_the_campus_do_not_differ_from_their_files(feed, reports, campus):
    found = compare(campus.contracts[feed], reports[feed], campus.devices)
    assert [(each.key, each.found.evidence) for each in found if each.verdict == "differs"] == []


def test_the_night_clocks_go_back_is_seen_in_the_order_of_the_file(reports):
    fields = reports["m1_turbines"].fields
    assert (fields["time.clock"].value, fields["time.clock"].confidence) == ("America/Chicago", "unsure")
    assert (fields["time.fold"].value, fields["time.fold"].is_sure) == ("file_order", True)


def test_registers_are_told_from_gauges(reports):
    counters = {column.name for column in reports["m1_batteries"].columns if column.counter.value is True}
    assert counters == {"register_in_mwh", "register_out_mwh"}


@pytest.mark.parametrize(
    ("form", "name", "clock"),
    [
        ("delimited", "good.csv", "UTC"),
        ("jsonl", "good.jsonl", "UTC"),
        ("parquet", "good.parquet", "in_value"),
    ],
)
def test_a_sample_of_each_format_is_what_it_is(form, name, clock):
    fields = inspect([SAMPLES / form / name]).fields
    assert (fields["format"].value, fields["format"].is_sure) == (form, True)
    assert (fields["time.clock"].value, fields["time.clock"].is_sure) == (clock, True)


def test_records_that_cannot_be_split_are_told_with_their_rows():
    report = inspect([SAMPLES / "delimited" / "broken.csv"])
    assert {number for _, number, _ in report.table.rejected} >= {3, 4}
