"""The contracts of the page about feeds read the samples of their formats; values are worked out by hand."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.contract import Contract
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.campus.yaml_text import read_yaml
from tests.house.pages import DOCS, blocks
from tests.journey.directly import clean_file

SAMPLES = Path(__file__).parents[1] / "samples"
MIDNIGHT = datetime(2025, 11, 2)
ACCOUNT = ("rows_in", "rows_loaded", "rows_rejected", "rows_duplicate")


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    """Format → its contract on the page; of a format with several, the last."""
    texts = (block.text for block in blocks(DOCS / "feeds.md", "yaml") if "part" not in block.words)
    found = [Contract.model_validate(read_yaml(text)) for text in texts]
    return {contract.format: contract for contract in found}


@pytest.fixture(scope="module")
def kinds() -> dict[str, str]:
    campus = load_campus(DataFolder(PROJECT / "data"))
    return {device: campus.kind_of(device) for device in campus.devices}


def told(frame: pl.DataFrame, column: str) -> list[tuple[str, datetime, float]]:
    """(device, start, value) of every value of a column."""
    rows = frame.filter(pl.col(column).is_not_null()).select("device_id", "interval_start_utc", column)
    return sorted(rows.rows())


@pytest.mark.parametrize(
    ("name", "column", "values", "account"),
    [
        (
            "eia_v2/good.json",
            "system_demand.demand_mw",
            [("tva", MIDNIGHT, 15180.5), ("tva", MIDNIGHT + timedelta(hours=1), 14987.0)],
            (3, 2, 1, 0),
        ),
        (
            "tesla_json/good.json",
            "grid.grid_mw",
            [("m1-grid-a", MIDNIGHT.replace(hour=14, minute=33, second=19, microsecond=496_043), 0.02750025)],
            (4, 2, 2, 0),
        ),
        (
            "tesla_json/good.json",
            "batteries.battery_mw",
            [("m1-bat-01", MIDNIGHT.replace(hour=14, minute=33, second=19, microsecond=470_811), -0.99)],
            (4, 2, 2, 0),
        ),
        (
            "prometheus_text/good.prom",
            "campus_load.load_mw",
            [("m1-hall-1", MIDNIGHT, 0.00041225)],
            (4, 1, 2, 1),
        ),
        (
            "prometheus_json/good.json",
            "campus_load.load_mw",
            [("m2-hall-2", MIDNIGHT, 60.3120005)],
            (2, 1, 1, 0),
        ),
        (
            "influx_lines/good.lp",
            "batteries.battery_mw",
            [("m1-pack-001", MIDNIGHT, -0.9615), ("m1-pack-001", MIDNIGHT + timedelta(seconds=5), 1.2)],
            (3, 3, 0, 0),
        ),
        ("influx_lines/good.lp", "batteries.soc_pct", [("m1-pack-001", MIDNIGHT, 61.0)], (3, 3, 0, 0)),
        ("pi_web_api/good.json", "grid.grid_mw", [("m1-grid-a", MIDNIGHT, 148.2105)], (4, 1, 3, 0)),
    ],
)
def test_a_good_sample_gives_what_it_says(contracts, kinds, name, column, values, account):
    form, _, _ = name.partition("/")
    kind, _, column = column.partition(".")
    _, cleaned = clean_file(SAMPLES / name, contracts[form], kinds)
    assert told(cleaned.readings[kind], column) == values
    assert cleaned.accounts.select(ACCOUNT).rows() == [account]


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("eia_v2/good.json", [(3, "no_value")]),
        (
            "eia_v2/broken.json",
            [
                (1, "partial_answer"),
                (2, "no_tag"),
                (3, "not_an_object"),
                (4, "nested_value"),
                (5, "bad_timestamp"),
                (6, "not_a_number"),
                (7, "not_finite"),
                (8, "unit_mismatch"),
            ],
        ),
        ("tesla_json/good.json", [(2, "no_value"), (3, "counter_gap"), (7, "out_of_window")]),
        (
            "tesla_json/broken.json",
            [(1, "nested_value"), (2, "not_a_number"), (3, "bad_timestamp"), (4, "not_an_object")],
        ),
        ("prometheus_text/good.prom", [(5, "no_value"), (8, "no_value")]),
        ("prometheus_json/good.json", [(5, "not_finite")]),
        ("pi_web_api/good.json", [(2, "no_value"), (3, "bad_quality"), (4, "counter_gap")]),
        (
            "pi_web_api/broken.json",
            [
                (1, "partial_answer"),
                (2, "nested_value"),
                (3, "bad_flag"),
                (4, "not_an_object"),
                (5, "source_error"),
                (6, "not_a_number"),
                (7, "bad_timestamp"),
            ],
        ),
    ],
)
def test_every_doubt_is_named_with_its_record(contracts, kinds, name, rules):
    form, _, _ = name.partition("/")
    extent, cleaned = clean_file(SAMPLES / name, contracts[form], kinds)
    frames = [extent.unstamped, *(frame for frame in (cleaned.rejected, cleaned.findings) if frame.height)]
    said = pl.concat([frame.select("row_number", "rule") for frame in frames])
    assert sorted(set(said.rows())) == rules


SLICES = """\
DCGM_FI_DEV_POWER_USAGE{gpu="1",Hostname="hall-1",GPU_I_ID="7"} 412.25 1762041600000
DCGM_FI_DEV_POWER_USAGE{gpu="1",Hostname="hall-1",GPU_I_ID="8"} %s 1762041600000
"""
REGISTER = """\
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="1",Hostname="hall-1"} 9007199254740000 1762041600000
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="1",Hostname="hall-1"} 9007199260923750 1762041615000
"""


@pytest.mark.parametrize(
    ("other", "account", "rules"), [("412.25", (2, 1, 0, 1), []), ("300", (2, 1, 1, 0), ["conflict"])]
)
def test_slices_of_a_card_never_count_twice(contracts, kinds, tmp_path, other, account, rules):
    path = tmp_path / "slices.prom"
    path.write_text(SLICES % other, encoding="utf-8")
    _, cleaned = clean_file(path, contracts["prometheus_text"], kinds)
    assert told(cleaned.readings["campus_load"], "load_mw") == [("m1-hall-1", MIDNIGHT, 0.00041225)]
    assert cleaned.accounts.select(ACCOUNT).rows() == [account]
    assert cleaned.findings["rule"].to_list() == rules


def test_the_register_of_a_card_gives_its_mean_power(contracts, kinds, tmp_path):
    """6,183,750 mJ in 15 s are 412.25 W."""
    path = tmp_path / "register.prom"
    path.write_text(REGISTER, encoding="utf-8")
    _, cleaned = clean_file(path, contracts["prometheus_text"], kinds)
    [(device, start, power)] = told(cleaned.readings["campus_load"], "load_mw")
    assert (device, start) == ("m1-hall-1", MIDNIGHT)
    assert power == pytest.approx(0.00041225, rel=1e-12)
