"""Faults of a file's columns that a reader by name survives.

Here must not live: headers that do not fit (`copies`).
"""

from dataclasses import replace

import polars as pl

from pipelines.campus.contract import Contract, Long
from pipelines.simulator.faults.feed import Feed
from pipelines.simulator.faults.records import each_file
from pipelines.simulator.faults.strike import OnFiles, Strike
from pipelines.simulator.landing import Delivery
from pipelines.simulator.records import DEVICE, LABEL, START

APPENDED = "Firmware"


def _reordered(hit: Strike, feed: Feed, file: Delivery) -> Delivery:
    hit.note_rows(feed, file, file.frame)
    ours = (START, DEVICE, LABEL)
    written = [name for name in file.frame.columns if name not in ours]
    return replace(file, frame=file.frame.select(*ours, *reversed(written)))


def _appended(hit: Strike, feed: Feed, file: Delivery) -> Delivery:
    hit.note_rows(feed, file, file.frame, APPENDED)
    return replace(file, frame=file.frame.with_columns(pl.lit("v2").alias(APPENDED)))


def _named(contract: Contract) -> bool:
    return contract.dialect.header


def _named_by_column(contract: Contract) -> bool:
    return contract.dialect.header and not isinstance(contract.layout, Long)


COLUMNS_OF_A_FILE: dict[str, OnFiles[Delivery]] = {
    "reordered_columns": OnFiles(_named, each_file(_reordered)),
    "appended_column": OnFiles(_named_by_column, each_file(_appended)),
}
"""Fault → which feeds it fits and its strike."""
