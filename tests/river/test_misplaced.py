"""A file in the wrong feed's folder is told whose it is."""

import pytest

from pipelines.river import arrive
from tests.river.samples import FEED, SITES, flow, land, readings, states, tiny_campus

WIDE = """
feed: {feed}
site: {site}
description: one column a hall
format: delimited
time: {{columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}}
layout: {{kind: wide}}
tags:
  - {{pattern: '{tag}', device: '{device}', column: load_mw, unit: MW}}
"""


@pytest.fixture
def folder(tmp_path):
    """Two sites: long files with tags of their own, and wide ones."""
    folder = tiny_campus(tmp_path)
    reference = folder.reference
    (reference / "sites.csv").write_text(SITES + SITES.splitlines()[1].replace("m1", "m2") + "\n")
    with (reference / "devices.csv").open("a") as devices:
        devices.write(
            "grid-b,m2,meter,Grid meter,,2025-05-01,test\nhall-9,m2,feeder,Hall 9,100,2025-05-01,test\n"
        )
    other = FEED.format(feed="meters2", more="").replace("site: m1", "site: m2")
    other = other.replace("GRID", "GRID2").replace("grid-a", "grid-b")
    (folder.feeds / "meters2.yaml").write_text(other.replace("HALL", "HALL9").replace("hall-1", "hall-9"))
    for feed, site, tag, device in (("wide1", "m1", "Hall 1", "hall-1"), ("wide2", "m2", "H9 MW", "hall-9")):
        wide = WIDE.format(feed=feed, site=site, tag=tag, device=device)
        (folder.feeds / f"{feed}.yaml").write_text(wide)
    return folder


def refusal(folder):
    [refused] = arrive(folder, settle_s=0).refused
    return refused


def test_tags_of_another_site_are_told_whose_they_are(folder):
    land(folder, "a.csv", "GRID2,2025-06-01 00:00,10", "HALL9,2025-06-01 00:00,4")
    refused = refusal(folder)
    assert refused.rule == "site_mismatch"
    assert "none of its 2 names ('GRID2', 'HALL9') is of this feed" in refused.reason
    assert "feed meters2, site m2" in refused.reason
    assert refused.remedy == "Land it in landing/meters2/ if it belongs there"


def test_columns_of_another_site_are_told_whose_they_are(folder):
    place = folder.landing / "wide1"
    place.mkdir(parents=True)
    (place / "a.csv").write_text("time,H9 MW\n2025-06-01 00:00,4\n")
    assert "feed wide2, site m2" in refusal(folder).reason


def test_a_file_of_another_layout_is_told_whose_it_is(folder):
    place = folder.landing / "meters"
    place.mkdir(parents=True)
    (place / "a.csv").write_text("time,H9 MW\n2025-06-01 00:00,4\n")
    refused = refusal(folder)
    assert refused.rule == "site_mismatch"
    assert "missing_column" in refused.reason
    assert "feed wide2" in refused.reason


def test_one_name_of_its_own_makes_it_a_file_of_the_feed(folder):
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10", "GRID2,2025-06-01 00:00,10")
    flow(folder)
    assert states(folder) == {"a.csv": "loaded"}


def test_names_that_nobody_knows_are_rejected_one_by_one_as_ever(folder):
    land(folder, "a.csv", "NOBODY,2025-06-01 00:00,10")
    assert arrive(folder, settle_s=0).refused == []


def test_a_tag_added_to_the_contract_takes_the_file(folder):
    land(folder, "a.csv", "GRID2,2025-06-01 00:00,10")
    assert refusal(folder).rule == "site_mismatch"
    mended = (folder.feeds / "meters.yaml").read_text().replace("tag: GRID,", "tag: GRID2,")
    (folder.feeds / "meters.yaml").write_text(mended)
    flow(folder)
    assert readings(folder) == [10.0]
