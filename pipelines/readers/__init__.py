"""Bytes become numbered rows of text, whatever the format.

One module per format, found through `FORMATS`. Nothing is cast, nothing is guessed, nothing is
repaired: a record that cannot be split is rejected with its raw text, a file that cannot be read is
refused. Here must not live: clocks, units, null tokens, decimal commas; they belong to `cleaning`.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.readers import (
    aemo,
    delimited,
    ecmps,
    eia_v2,
    epa_hourly,
    espi,
    influx_lines,
    jsonl,
    nem12,
    parquet,
    pi_web_api,
    prometheus_json,
    prometheus_text,
    tesla_json,
    xlsx,
)
from pipelines.readers.decompression import decompressed
from pipelines.readers.stretch import Stretch, read_stretch
from pipelines.readers.table import RejectedRow, TextTable

__all__ = ["FORMATS", "RejectedRow", "Stretch", "TextTable", "read", "read_again", "read_stretch"]


class Reader(Protocol):
    """Reads a decompressed file; all columns, or those of `columns` that the file has."""

    def __call__(self, path: Path, contract: Contract, columns: Collection[str] | None) -> TextTable:
        """Give the file back as text."""


FORMATS: dict[str, Reader] = {
    "delimited": delimited.read,
    "parquet": parquet.read,
    "jsonl": jsonl.read,
    "eia_v2": eia_v2.read,
    "tesla_json": tesla_json.read,
    "prometheus_text": prometheus_text.read,
    "prometheus_json": prometheus_json.read,
    "influx_lines": influx_lines.read,
    "pi_web_api": pi_web_api.read,
    "nem12": nem12.read,
    "aemo": aemo.read,
    "espi": espi.read,
    "xlsx": xlsx.read,
    "epa_hourly": epa_hourly.read,
    "ecmps": ecmps.read,
}
"""`format` of a feed contract → its reader."""


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a delivered file as text.

    Args:
        path: The file. How it is compressed is told by its first bytes, not by its name.
        contract: The feed's contract.
        columns: Give only these columns back (those the file has); all by default. The accounts of
            rejected and skipped records are the same either way.

    Returns:
        The rows. `frame.height + rejected.height` data records, `skipped` others.

    Raises:
        Refusal: The file as a whole cannot be read with this contract.
    """
    with decompressed(path, of_packages=contract.format == "xlsx") as plain:
        return FORMATS[contract.format](plain, contract, columns)


def read_again(path: Path, contract: Contract, rows: Sequence[int]) -> pl.DataFrame:
    """The records of some row numbers, ascending, as `read` gave them: of delimited files only."""
    with decompressed(path) as plain:
        return delimited.read(plain, contract, rows=rows).frame
