"""What a gateway says: stamps with nanoseconds, a frequency of 0, year 1, errors in place of JSON."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.readers import read
from tests.journey.directly import clean_file, contract_in

HERE = Path(__file__).parent
GATEWAY, VITALS = contract_in(HERE / "gateway.yaml"), contract_in(HERE / "vitals.yaml")
METERS = {"grid": "grid", "house": "campus_load", "battery": "batteries"}
PODS = {"pod-10": "batteries", "pod-13": "batteries", "pod-01": "batteries"}
STAMPS = ("last_communication_time", "lastCommunicationTime")
READ = [
    "api.meters.aggregates.json",
    "api.meters.site.json",
    "vitals-example.json",
    "vitals-example-latest.json",
    "vitals-example-failed-pw.json",
]
REFUSED = {
    "api.meters.json": "no_time",
    "api.meters.readings.json": "invalid_json",
    "api.meters.solar.json": "no_records",
    "api.system_status.grid_faults.json": "no_time",
    "api.system_status.grid_status.json": "no_time",
    "api.system_status.grid_status.json-offline": "no_time",
    "api.system_status.grid_status.json-transition": "no_time",
    "api.system_status.json": "no_time",
    "api.system_status.soe.json": "no_time",
    "api.txt": "invalid_json",
}


@pytest.fixture(scope="module")
def samples(exports) -> Path:
    return exports / "tesla_powerwall_samples"


def document(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)


def sections(path: Path) -> dict[str, dict[str, object]]:
    """Name → what is said under it, of meters and vitals alike."""
    said = document(path)
    if isinstance(said, list):
        return {item["location"]: item["Cached_readings"] for item in said}
    return said


def told(path: Path) -> list[tuple[str, str, str]]:
    """(tag, time, text) of every value that is no list and no object."""
    found = []
    for name, section in sections(path).items():
        [stamp] = [section[key] for key in STAMPS if key in section]
        for key, value in section.items():
            if key not in STAMPS and not isinstance(value, dict | list):
                text = str(value).lower() if isinstance(value, bool) else value
                found.append((f"{name}.{key}", stamp, text))
    return found


def instant(text: str) -> datetime:
    """UTC, cut to the microsecond."""
    clock, offset = text[:26], text[-6:]
    return datetime.fromisoformat(clock + offset).astimezone(UTC).replace(tzinfo=None)


def test_every_sample_is_read_or_refused(samples):
    names = {path.name for path in samples.iterdir()} - {"LICENSE"}
    assert names == {*READ, *REFUSED}


@pytest.mark.parametrize("name", READ)
def test_every_cell_is_that_of_the_json_module(samples, name):
    contract = VITALS if name.startswith("vitals") else GATEWAY
    table = read(samples / name, contract)
    assert table.frame.select("tag", "time", "value").rows() == told(samples / name)
    assert table.rejected.height == 0


@pytest.mark.parametrize(("name", "rule"), REFUSED.items())
def test_what_has_no_time_or_is_no_json_is_refused_with_its_words(samples, name, rule):
    with pytest.raises(Refusal) as refusal:
        read(samples / name, GATEWAY)
    assert refusal.value.rule == rule
    assert (samples / name).read_text(encoding="utf-8")[:8].strip() in refusal.value.reason


def test_meters_in_watts_become_megawatts_at_their_own_instants(samples):
    path = samples / "api.meters.aggregates.json"
    said = sections(path)
    _, cleaned = clean_file(path, GATEWAY, METERS)
    for name, kind, column in (
        ("site", "grid", "grid_mw"),
        ("load", "campus_load", "load_mw"),
        ("battery", "batteries", "battery_mw"),
    ):
        expected = float(Decimal(said[name]["instant_power"]) / 1_000_000)
        start = instant(said[name]["last_communication_time"])
        frame = cleaned.readings[kind]
        assert frame.select("interval_start_utc", column).rows() == [(start, expected)]
    assert cleaned.readings["batteries"]["battery_mw"].item() < 0, "the battery charges"
    var = float(Decimal(said["site"]["instant_reactive_power"]) / 1_000_000)
    assert cleaned.readings["grid"]["reactive_mvar"].to_list() == [var]


def test_a_frequency_of_0_is_not_available_and_a_lone_register_gives_no_increment(samples):
    path = samples / "api.meters.aggregates.json"
    assert sections(path)["site"]["frequency"] == "0"
    _, cleaned = clean_file(path, GATEWAY, METERS)
    assert cleaned.readings["grid"]["frequency_hz"].to_list() == [None]
    [account] = cleaned.accounts.select("rows_in", "values_loaded", "values_null", "values_nulled").rows()
    assert account == (6, 4, 1, 1)
    assert cleaned.findings["rule"].to_list() == ["counter_gap"]


@pytest.mark.parametrize(
    ("name", "pods"),
    [("vitals-example.json", 2), ("vitals-example-latest.json", 2), ("vitals-example-failed-pw.json", 0)],
)
def test_the_packs_of_the_vitals(samples, name, pods):
    """A pack that failed says nothing of its energy."""
    said = [
        (
            datetime(1970, 1, 1) + timedelta(seconds=int(section["lastCommunicationTime"])),
            float(Decimal(section["POD_nom_full_pack_energy"]) / 1_000_000),
            float(Decimal(section["POD_available_dischg_power"]) / 1_000_000),
        )
        for name, section in sections(samples / name).items()
        if name.startswith("TEPOD") and "POD_nom_full_pack_energy" in section
    ]
    extent, cleaned = clean_file(samples / name, VITALS, PODS)
    assert (len(said), extent.rows_in) == (pods, 2 * pods)
    columns = ("interval_start_utc", "energy_capacity_mwh", "available_discharge_mw")
    readings = cleaned.readings["batteries"].select(columns).rows() if pods else []
    assert sorted(readings) == sorted(said)
