"""The draft: valid once it is filled in, refused until then."""

import re
from pathlib import Path

import pytest

from pipelines.campus.campus import load_campus, read_contract
from pipelines.campus.contract import Contract
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.campus.undecided import undecided
from pipelines.campus.yaml_text import read_yaml
from pipelines.inspection.draft import draft
from pipelines.inspection.names import grouped
from pipelines.inspection.report import inspect
from pipelines.readers import read

HALLS = "Interval Ending;Grid A [kW];Hall 1 [kW];Hall 2 [kW];Hall 3 [kW];note\n" + "".join(
    f"2025-06-02T{hour:02}:00:00-05:00;{90000 + hour},5;{30000 + hour},25;30001,5;30002,5;ok\n"
    for hour in range(1, 24)
)


@pytest.fixture(scope="module")
def campus():
    return load_campus(DataFolder(PROJECT / "data"))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "halls.csv"
    path.write_text(HALLS, encoding="utf-8")
    return path


def filled(text: str) -> str:
    """What a person makes of the draft: names of devices and the rest of what is TODO."""
    lines = [line.replace(r"TODO-\1", r"m2-hall-\1") for line in text.splitlines()]
    lines = [line.replace("device: TODO", "device: m2-grid-a") for line in lines]
    lines = ["site: m2" if line.startswith("site:") else line for line in lines]
    return "\n".join(line.replace("description: TODO", "description: halls") for line in lines)


def test_a_draft_is_refused_with_the_places_that_are_still_to_do(file, campus, tmp_path):
    path = tmp_path / "halls.yaml"
    path.write_text(draft(inspect([file]), {}, "halls"), encoding="utf-8")
    contract, mistakes = read_contract(path, campus)
    assert contract is None
    assert [mistake.place for mistake in mistakes] == [
        "site",
        "description",
        "tags.0.device",
        "tags.1.device",
    ]
    assert "TODO" in mistakes[0].reason


def test_a_draft_that_is_filled_in_reads_the_file(file, campus, tmp_path):
    path = tmp_path / "halls.yaml"
    path.write_text(filled(draft(inspect([file]), {}, "halls")), encoding="utf-8")
    contract, mistakes = read_contract(path, campus)
    assert mistakes == []
    assert contract is not None
    assert read(file, contract).frame.height == 23


def test_every_line_of_a_draft_says_how_sure_it_is(file):
    lines = draft(inspect([file]), {}, "halls").splitlines()
    sections = {"dialect:", "time:", "layout:", "tags:"}
    told = [
        above + here
        for above, here in zip(["", *lines], lines, strict=False)
        if not here.lstrip().startswith("#")
    ]
    silent = [line for line in told if not any(word in line for word in ("sure", "unknown", *sections))]
    assert [line for line in silent if not line.startswith("feed: ")] == []


def test_names_alike_become_one_pattern():
    groups = list(grouped(["GT01 MW", "GT02 MW", "GT15 MW", "grid", "H1", "H2", "a.1.x", "a.2.x", "a.13.x"]))
    assert [group.pattern for group in groups] == [r"GT(\d\d) MW", None, None, None, r"a\.(\d+)\.x"]


def test_a_device_is_suggested_by_its_name_and_its_nameplate(file, campus):
    text = re.sub(r"\n *# ", " ", draft(inspect([file]), campus.devices))
    assert "device unsure: it sounds like m1-grid-a or m2-grid-a" in text
    assert "device: TODO" in text


def test_what_is_still_to_do_is_found_wherever_it_stands():
    content = {"site": "TODO", "tags": [{"device": r"TODO-\1", "unit": "kW"}], "quality": {"X": "TODO"}}
    assert list(undecided(content)) == ["site", "tags.0.device", "quality.X"]


@pytest.mark.parametrize(
    "name", ["delimited/good.csv", "delimited/broken.csv", "jsonl/good.jsonl", "parquet/good.parquet"]
)
def test_drafts_of_the_samples_are_contracts_but_for_what_is_to_do(name):
    sample = Path(__file__).parents[1] / "samples" / name
    text = draft(inspect([sample]), {}, "sample").replace("site: TODO", "site: m1")
    text = text.replace("column: TODO, unit: ''", "column: status, unit: ''")
    content = read_yaml(text.replace("column: TODO", "column: grid_mw"))
    assert Contract.model_validate(content)
