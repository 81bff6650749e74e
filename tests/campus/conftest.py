"""A small campus of one site, written as a person would write it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.campus.paths import DataFolder

TABLES = {
    "sites": """\
# Lines that start with a hash are comments.
site_id,kind,name,time_zone,standard_offset,starts_on,source
m1,campus,Site 1,America/Chicago,-06:00,2025-05-01,test
tva,system,Utility,America/Chicago,-06:00,2025-05-01,test
""",
    "devices": """\
device_id,site_id,parent_id,kind,name,nameplate_mw,source
m1-grid-a,m1,m1,meter,Meter A,150,test
m1-gt-01,m1,m1,unit,Unit 1,16.47,test
m1-bat-01,m1,m1,block,Block 1,12.5,test
""",
    "meters": """\
meter_id,site_id,quantity,role,boundary,counts_in_balance,source
m1-grid-a,m1,grid,revenue,substation,yes,test
""",
    "factors": """\
factor_id,value,unit,description,source
k_nox,1.194e-7,lb/scf/ppm,NOx,test
""",
    "parameters": """\
parameter_id,value,unit,description,owner,decided_on,valid_from,valid_to,source
coverage_gate_pct,90,%,share,owner,2025-01-01,,2025-06-01,test
coverage_gate_pct,95,%,share,owner,2025-05-01,2025-06-01,,test
""",
}

CONTRACT = """\
feed: m1-grid
site: m1
description: Revenue meter
format: delimited
time: {columns: [time], clock: America/Chicago, label: end, interval: 15min}
layout: {kind: wide}
tags:
  - {tag: kW, device: m1-grid-a, column: grid_mw, unit: kW}
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path)
    folder.feeds.mkdir(parents=True)
    for name, text in TABLES.items():
        (folder.reference / f"{name}.csv").write_text(text)
    (folder.feeds / "m1-grid.yaml").write_text(CONTRACT)
    return folder


@pytest.fixture
def replace(folder: DataFolder) -> Callable[[str, str, str], None]:
    """Replaces a text in a file of the reference folder."""

    def _replace(file: str, old: str, new: str) -> None:
        path = folder.reference / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return _replace
