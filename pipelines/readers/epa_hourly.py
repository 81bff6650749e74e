"""EPA hourly emissions: CAMPD bulk files, CAMPD custom downloads, and the older AMPD/FTP files.

Delimited text whose columns have another order and other names in each generation. Here each name
becomes that of the bulk files, and one column more names the unit: `Unit`, such as `3393/1A`, or the
facility alone where a file has totals of facilities. Dates written MM-DD-YYYY are reordered to ISO.

Traps: in the older files the unit's name is `UNITID`, while `UNIT_ID` and `FAC_ID` are keys of EPA's data
base; names of units are text (`1A`, `CT-1`, `**4`). A name with a unit that is not listed here keeps its
own name, whatever it resembles. Here must not live: clocks, operating time, numbers.
"""

import csv
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract, Dialect, PerDevice
from pipelines.readers import delimited
from pipelines.readers.fields import split_record
from pipelines.readers.table import ROW_NUMBER, TextTable
from pipelines.readers.text import MAX_LINE, open_text

FACILITY, UNIT_ID, UNIT, DATE, OPERATING_TIME = "Facility ID", "Unit ID", "Unit", "Date", "Operating Time"
LEGACY_DATE = r"^\s*(0[1-9]|1[0-2])-(\d\d)-(\d{4})\s*$"
"""Month, day, year; what is no month stays as it is, and is no stamp."""

WORDS = {
    "State": ("STATE",),
    "Facility Name": ("FACILITY_NAME",),
    FACILITY: ("ORISPL_CODE",),
    UNIT_ID: ("UNITID",),
    DATE: ("OP_DATE", "OP_DATE (MM-DD-YYYY)"),
    "Hour": ("OP_HOUR",),
    OPERATING_TIME: ("OP_TIME",),
    "SO2 Mass Measure Indicator": ("SO2_MASS_MEASURE_FLG",),
    "SO2 Rate Measure Indicator": ("SO2_RATE_MEASURE_FLG",),
    "CO2 Mass Measure Indicator": ("CO2_MASS_MEASURE_FLG",),
    "CO2 Rate Measure Indicator": ("CO2_RATE_MEASURE_FLG",),
    "NOx Mass Measure Indicator": ("NOX_MASS_MEASURE_FLG",),
    "NOx Rate Measure Indicator": ("NOX_RATE_MEASURE_FLG",),
}
"""Name in the bulk files → names in the older ones."""

QUANTITIES = (
    ("Gross Load", "GLOAD", ("MW",)),
    ("Steam Load", "SLOAD", ("1000 lb/hr", "1000 lbs")),
    ("SO2 Mass", "SO2_MASS", ("lbs",)),
    ("SO2 Rate", "SO2_RATE", ("lbs/mmBtu",)),
    ("CO2 Mass", "CO2_MASS", ("short tons", "tons")),
    ("CO2 Rate", "CO2_RATE", ("short tons/mmBtu", "tons/mmBtu")),
    ("NOx Mass", "NOX_MASS", ("lbs",)),
    ("NOx Rate", "NOX_RATE", ("lbs/mmBtu",)),
    ("Heat Input", "HEAT_INPUT", ("mmBtu",)),
)
"""(name in the bulk files, in the older ones, spellings of its unit, that of the bulk files first): written
with or without the unit."""


def _key(name: str) -> str:
    """Names are equal but for blanks and case."""
    return re.sub(r"\s+", "", name).casefold()


def _aliases() -> Iterator[tuple[str, str]]:
    for name, others in WORDS.items():
        yield from ((_key(alias), name) for alias in (name, *others))
    for stem, older, units in QUANTITIES:
        for alias in (stem, older):
            yield _key(alias), f"{stem} ({units[0]})"
            yield from ((_key(f"{alias} ({unit})"), f"{stem} ({units[0]})") for unit in units)


ALIASES = dict(_aliases())


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed file of hourly emissions as text; see `pipelines.readers.read`."""
    names = tuple(ALIASES.get(_key(name), name) for name in _header(path, contract.dialect))
    sources = None if columns is None else {*columns, FACILITY, UNIT_ID}
    table = delimited.read(path, _as_delimited(contract, names), sources)
    frame = table.frame
    if parts := [pl.col(name).str.strip_chars() for name in (FACILITY, UNIT_ID) if name in frame.columns]:
        frame = frame.with_columns(pl.concat_str(parts, separator="/").alias(UNIT))
    if DATE in frame.columns:
        iso = pl.col(DATE).str.replace(LEGACY_DATE, "${3}-${1}-${2}")
        frame = frame.with_columns(iso)
    if columns is not None:
        frame = frame.select(ROW_NUMBER, *(name for name in frame.columns if name in columns))
    remarks = table.remarks if OPERATING_TIME in names else (*table.remarks, "no_operating_time")
    return TextTable(frame, table.rejected, table.skipped, remarks)


def _header(path: Path, dialect: Dialect) -> list[str]:
    """The names in the file's own header; none where the delimited reader will find no header either."""
    if dialect.names:
        return list(dialect.names)
    with open_text(path, dialect.encoding) as text:
        start = text.start
        for _ in range(dialect.skip_records):
            start = text.data.find(b"\n", start) + 1
        end = text.data.find(b"\n", start, start + MAX_LINE)
        line = text.data[start : max(start, end)].decode(errors="replace").strip()
    try:
        return split_record(line, dialect) if line else []
    except csv.Error:
        return []


def _as_delimited(contract: Contract, names: tuple[str, ...]) -> Contract:
    """The contract for the columns that the file itself has.

    A header of one name is left to the reader of delimited text, which tells a wrong delimiter.
    """
    layout = contract.layout
    if isinstance(layout, PerDevice) and layout.device == UNIT:
        layout = layout.model_copy(update={"device": FACILITY})
    dialect = contract.dialect.model_copy(update={"names": names if len(names) > 1 else ()})
    return contract.model_copy(update={"layout": layout, "dialect": dialect})
