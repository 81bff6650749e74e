"""UCI gas turbine: hourly values without any time stamp."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest
import yaml

from pipelines.campus.contract import Contract

pytestmark = pytest.mark.long
HERE = Path(__file__).parent
YEARS = (2014, 2015)
FROZEN_H = 4


def energy(exports: Path, year: int) -> list[Decimal]:
    """TEY of every record [MWh]."""
    with (exports / "uci_gas_turbine" / f"gt_{year}.csv").open(encoding="utf-8", newline="") as file:
        return [Decimal(row["TEY"]) for row in csv.DictReader(file)]


def believed(exports: Path, year: int) -> dict[datetime, Decimal]:
    """Hour by the declared clock → MWh; of a run that does not move for four hours only the first."""
    hour, found = datetime(year, 1, 1), {}
    for value, run in groupby(energy(exports, year)):
        length = len(list(run))
        kept = length if length < FROZEN_H else 1
        found |= {hour + n * timedelta(hours=1): value for n in range(kept)}
        hour += length * timedelta(hours=1)
    return found


@pytest.fixture(scope="module")
def run(exports, publish):
    folder = exports / "uci_gas_turbine"
    landed = {f"uci_{year}": [folder / f"gt_{year}.csv"] for year in YEARS}
    return publish(HERE / "reference", landed | {"uci_undeclared": [folder / "gt_2013.csv"]})


@pytest.fixture(scope="module")
def turbine(run):
    campus, _ = run
    return campus


def test_without_a_declared_start_the_file_is_refused_and_told_what_is_missing(run):
    turbine, done = run
    assert done.returncode == 3
    [refusal] = turbine.refusals("uci_undeclared").values()
    assert "declared_start" in refusal["reason"] + refusal["remedy"]
    assert turbine.rows(
        "select count(*) from quality.files where rows_loaded > 0 and feed_id = 'uci_undeclared'"
    ) == [(0,)]


def test_with_it_every_record_is_an_hour_after_the_one_before(exports, turbine):
    for year in YEARS:
        records, loaded = len(energy(exports, year)), len(believed(exports, year))
        first = datetime(year, 1, 1)
        last = first + timedelta(hours=records - 1)
        columns = "rows_in rows_loaded rows_rejected rows_duplicate first_interval_utc last_interval_utc"
        found = turbine.files(*columns.split())[f"gt_{year}.csv"]
        assert found == (records, loaded, records - loaded, 0, first, last)
    assert [len(energy(exports, year)) for year in YEARS] == [7158, 7384]


def test_energy_of_an_hour_becomes_power_and_frozen_hours_are_no_measurement(exports, turbine):
    expected = {hour: float(mwh) for year in YEARS for hour, mwh in believed(exports, year).items()}
    sql = "select interval_start_utc, gross_mw from readings.turbines where gross_mw is not null"
    assert dict(turbine.rows(sql)) == expected
    frozen = turbine.rows(
        "select count(*) from quality.findings where rule = 'stuck' and column_name = 'gross_mw'"
    )
    assert frozen == [(7,)]


def test_every_file_carries_the_finding_that_its_time_is_declared(turbine):
    sql = "select feed_id, count(*) from quality.findings where rule = 'declared_time' group by 1 order by 1"
    assert turbine.rows(sql) == [("uci_2014", 1), ("uci_2015", 1)]


@pytest.mark.parametrize("mart", ["turbine_hourly", "emissions_monthly"])
def test_kpis_say_that_their_time_is_declared(turbine, mart):
    sql = f"select distinct time_basis from marts.{mart} where time_basis is not null"
    assert turbine.rows(sql) == [("declared",)]


def test_hours_hold_the_energy_of_the_file(exports, turbine):
    sql = "select sum(gross_mwh) from marts.turbine_hourly where year(hour_start_utc) = ?"
    for year, anchor in ((2014, "950408.85"), (2015, "989407.12")):
        assert sum(believed(exports, year).values()) == Decimal(anchor)
        assert turbine.rows(sql, year) == [(Decimal(anchor),)]


def test_nox_in_mg_per_cubic_metre_without_reference_oxygen_cannot_be_mapped():
    contract = yaml.safe_load((HERE / "reference" / "feeds" / "uci_2014.yaml").read_text(encoding="utf-8"))
    contract["tags"].append({"tag": "NOX", "device": "uci-gt", "column": "nox_ppm", "unit": "mg/m3"})
    with pytest.raises(ValueError, match="unknown unit 'mg/m3'"):
        Contract.model_validate(contract)


def test_there_is_no_nox_where_none_could_be_mapped(turbine):
    assert turbine.rows("select count(nox_ppm), count(nox_lb) from readings.turbines") == [(0, 0)]
    assert turbine.rows("select count(nox_lb) from marts.turbine_hourly where nox_lb > 0") == [(0,)]
