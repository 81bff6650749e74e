"""A Green Button document cleaned: the unit of its reading type, its quality words, energy as power."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from pipelines.readers import read
from tests.cleaning.samples import cleaned, contract, delivered, surveyed

SAMPLE = Path(__file__).parents[1] / "samples" / "espi" / "good.xml"
FEED = """
feed: utility
site: m1
description: quarter hours of a utility
format: espi
time: {columns: [start], format: epoch_s, interval: 15min}
layout: {kind: long, tag: tag, value: value, unit: unit, quality: quality}
tags:
  - {tag: 7/1, device: grid-a, column: grid_mw, unit: Wh}
  - {tag: 7/2, device: grid-b, column: grid_mw, unit: kW}
quality: {validated: good, not stated: good, estimated using reference day: substituted}
"""


def test_readings_are_power_by_their_unit_or_are_refused():
    """37.052 Wh in a quarter hour are 148.208 W. The third is beyond all meters; 7/2 is in W, not kW."""
    table = read(SAMPLE, contract(FEED))
    file = replace(delivered("tag"), rows=table.frame, unreadable=table.rejected)
    result = cleaned(contract(FEED), file)
    midnight = datetime(2025, 11, 2)
    assert surveyed(file, contract(FEED)).dates == (date(2025, 11, 2),)
    columns = ("device_id", "interval_start_utc", "grid_mw", "method", "row_number")
    assert result.readings["grid"].select(columns).rows() == [
        ("grid-a", midnight, 0.000148208, "measured", 1),
        ("grid-a", midnight.replace(minute=15), -4e-9, "substituted", 2),
    ]
    doubted = [(3, "out_of_range"), (4, "unknown_quality")]
    assert result.findings.select("row_number", "rule").rows() == doubted
    assert result.rejected.select("row_number", "rule").rows() == doubted
    trusting = contract(FEED, quality=contract(FEED).quality | {"99": "good"})
    assert cleaned(trusting, file).rejected["rule"].to_list() == ["out_of_range", "unit_mismatch"]
