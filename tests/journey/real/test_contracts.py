"""The contracts of the real exports are valid, but for the one that cannot be."""

import shutil
from pathlib import Path

import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder

HERE = Path(__file__).parent
EMPTY_TABLES = {
    "parameters.csv": "parameter_id,value,unit,description,owner,decided_on,source\n",
    "factors.csv": "factor_id,value,unit,description,source\n",
}


def load(name: str, folder: Path):
    shutil.copytree(HERE / name / "reference", folder / "reference")
    for table, header in EMPTY_TABLES.items():
        (folder / "reference" / table).write_text(header, encoding="utf-8")
    return load_campus(DataFolder(folder))


@pytest.mark.parametrize(
    ("name", "feeds"),
    [
        ("aemo", ["aemo_scada"]),
        ("nem12", ["nem12_15min", "nem12_30min"]),
        ("bess", ["bms_export"]),
        ("eia930", ["aec_balance"]),
        ("epa", ["campd_facility"]),
        ("tva", ["m1_grid", "tva_demand"]),
        ("uci", ["uci_2014", "uci_2015"]),
        ("gpu", ["gpu_power"]),
        ("ldwp", ["ldwp_demand"]),
        ("smard", ["smard_demand", "smard_gas"]),
    ],
)
def test_contracts_of_real_exports_fit_their_campus(name, feeds, tmp_path):
    assert sorted(load(name, tmp_path).contracts) == feeds


def test_a_file_without_stamps_needs_a_declared_start(tmp_path):
    [mistake] = load("uci", tmp_path).broken["uci_undeclared"]
    assert mistake.file == "feeds/uci_undeclared.yaml"
    assert "declared_start" in str(mistake)


def test_no_export_is_in_the_repository():
    exports = PROJECT.parent / "shared" / "real"
    names = {path.name for path in exports.rglob("*") if path.suffix in (".zip", ".csv", ".txt")}
    kept = [path for path in HERE.rglob("*") if path.name in names]
    assert kept == []
