"""What a service gives is read by the contract that the page about connectors shows for it."""

from datetime import date, datetime

import pytest

from pipelines.campus.campus import load_campus, read_contract
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning import Delivered, Scope, clean_feed, survey
from pipelines.readers import read
from tests.connectors.local_service import Reply
from tests.house.pages import DOCS, blocks

REPORTS = b"""station,valid,tmpf,relh
MEM,2025-11-02 05:54,68.00,55.20
MEM,2025-11-02 06:54,M,54.00
MEM,2025-11-02 07:54,32.00,M
"""


@pytest.fixture
def contract(tmp_path):
    """Gives the contract of a feed from the page, fitted into the sample campus."""
    texts = {read_yaml(block.text)["feed"]: block.text for block in blocks(DOCS / "connectors.md", "yaml")}

    def load(feed):
        path = tmp_path / f"{feed}.yaml"
        path.write_text(texts[feed], encoding="utf-8")
        found, mistakes = read_contract(path, load_campus(DataFolder(PROJECT / "data")))
        assert mistakes == []
        return found

    return load


def test_reports_of_a_station_become_readings(fetch, service, folder, contract):
    service.usual = lambda asked: Reply(REPORTS)
    [name] = fetch("weather", "MEM", "memphis_weather", first=date(2025, 11, 1)).landed
    metar = contract("memphis_metar")
    text = read(folder.landing / "memphis_weather" / name, metar)
    file = Delivered("0" * 64, name, datetime(2025, 11, 20), 1, text.frame, text.rejected)
    scope = Scope(date(2025, 5, 1), {"kmem": "weather"})
    cleaned = clean_feed([file], metar, scope, [day.day for day in survey(file, metar, scope).days])
    columns = ("interval_start_utc", "interval_s", "ambient_c", "relative_humidity_pct")
    assert cleaned.readings["weather"].select(columns).rows() == [
        (datetime(2025, 11, 2, 5, 54), 3600, 20.0, 55.2),  # (68 − 32) × 5/9
        (datetime(2025, 11, 2, 6, 54), 3600, None, 54.0),
        (datetime(2025, 11, 2, 7, 54), 3600, 0.0, None),
    ]
    assert (cleaned.rejected.height, cleaned.findings.height) == (0, 0)
