"""What a service gives is read by the contract that the page about connectors shows for it."""

from datetime import date, datetime
from functools import partial

import pytest

from pipelines.campus.campus import load_campus, read_contract
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning import Delivered, Scope, clean_feed, survey
from pipelines.readers import FORMATS, read
from tests.connectors.local_service import Reply, demand, eia_answer
from tests.house.pages import DOCS, blocks

CONTRACTS = {read_yaml(block.text)["feed"]: block.text for block in blocks(DOCS / "connectors.md", "yaml")}


@pytest.fixture
def cleaned(folder, tmp_path):
    """Gives what becomes of a file that landed for a feed, by the contract of the page."""

    def clean(feed, landed, device, kind):
        path = tmp_path / f"{feed}.yaml"
        path.write_text(CONTRACTS[feed], encoding="utf-8")
        contract, mistakes = read_contract(path, load_campus(DataFolder(PROJECT / "data")))
        assert mistakes == []
        text = read(folder.landing / landed, contract)
        file = Delivered("0" * 64, "landed", datetime(2026, 1, 20), 1, text.frame, text.rejected)
        scope = Scope(date(2025, 5, 1), {device: kind})
        return clean_feed([file], contract, scope, [day.day for day in survey(file, contract, scope).days])

    return clean


def test_reports_of_a_station_become_readings(fetch, service, cleaned):
    service.usual = lambda asked: Reply(
        b"station,valid,tmpf,relh\n"
        b"MEM,2025-11-02 05:54,68.00,55.20\n"
        b"MEM,2025-11-02 06:54,M,54.00\n"
        b"MEM,2025-11-02 07:54,32.00,M\n"
    )
    [name] = fetch("weather", "MEM", "memphis_weather", first=date(2025, 11, 1)).landed
    found = cleaned("memphis_metar", f"memphis_weather/{name}", "kmem", "weather")
    columns = ("interval_start_utc", "interval_s", "ambient_c", "relative_humidity_pct")
    assert found.readings["weather"].select(columns).rows() == [
        (datetime(2025, 11, 2, 5, 54), 3600, 20.0, 55.2),  # (68 − 32) × 5/9
        (datetime(2025, 11, 2, 6, 54), 3600, None, 54.0),
        (datetime(2025, 11, 2, 7, 54), 3600, 0.0, None),
    ]
    assert (found.rejected.height, found.findings.height) == (0, 0)


@pytest.mark.skipif("eia_v2" not in FORMATS, reason="no reader of the EIA's answers here")
def test_hours_of_an_authority_become_readings(fetch, service, cleaned):
    rows = [demand("2025-10-01T06", 15_006), demand("2025-10-01T07", 15_007)]
    service.usual = partial(eia_answer, rows)
    days = {"first": date(2025, 10, 1), "last": date(2025, 10, 31)}
    [name] = fetch("eia930", "TVA", "tva_demand", **days).landed
    found = cleaned("tva_eia930", f"tva_demand/{name}", "tva", "system_demand")
    # The period is the end of the hour.
    assert found.readings["system_demand"].select("interval_start_utc", "demand_mw").rows() == [
        (datetime(2025, 10, 1, 5), 15_006.0),
        (datetime(2025, 10, 1, 6), 15_007.0),
    ]
    assert (found.rejected.height, found.findings.height) == (0, 0)


STATE = """\
"State","Facility Name","Facility ID","Unit ID","Date","Hour","Operating Time","Gross Load (MW)",\
"NOx Mass (lbs)","NOx Mass Measure Indicator","Heat Input (mmBtu)"
"TN","Sample Plant","99001","CT-01","2025-06-01","0","0.5","12","3.2","Measured","80"
"TN","Another Plant","99002","1A","2025-06-01","0","1","700","900","Substitute","7000"
"""


@pytest.mark.skipif("epa_hourly" not in FORMATS, reason="no reader of EPA's files here")
def test_units_of_one_plant_of_a_state_become_readings(fetch, service, cleaned):
    service.usual = lambda asked: Reply(STATE.encode())
    days = {"first": date(2025, 6, 1), "last": date(2025, 6, 1)}
    [name] = fetch("campd", "TN", "m1_cems", **days).landed
    found = cleaned("tn_campd", f"m1_cems/{name}", "m1-gt-01", "turbines")
    columns = ("device_id", "interval_start_utc", "gross_mw", "nox_lb", "heat_input_mmbtu_h")
    # Hour 0 of local standard time; 12 MW over half an hour are 6 MW over the hour.
    assert found.readings["turbines"].select(columns).rows() == [
        ("m1-gt-01", datetime(2025, 6, 1, 6), 6.0, 3.2, 80.0)
    ]
    assert (found.rejected.height, found.accounts["rows_in"].sum()) == (0, 1)
