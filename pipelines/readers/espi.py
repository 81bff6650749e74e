"""Green Button: meter readings as ESPI XML in an Atom feed.

One row a reading, numbered in the order of the document. A reading belongs to the meter reading in whose
address its block lies; that one names its reading type, which gives unit and power of ten, wherever in
the document it stands. The value is multiplied exactly, as decimal text. Documents with a DTD, entities
or references to others are refused.
Here must not live: what a tag, a unit or a word of quality means.
"""

import re
from collections.abc import Collection
from decimal import Context, Decimal
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.readers.espi_document import Document, Texts, read_document
from pipelines.readers.header import check_names
from pipelines.readers.table import ROW_NUMBER, RejectedRow, TextTable, Unfit, rejected_frame

COLUMNS = ("tag", "start", "value", "unit", "quality")
"""`tag` is usage point and meter reading, `start` in seconds of 1970, `quality` "not stated" where absent."""
UNITS = {
    "5": "A", "29": "V", "31": "J", "33": "Hz", "38": "W", "42": "m3", "61": "VA", "63": "var",
    "71": "VAh", "72": "Wh", "73": "varh", "106": "Ah", "119": "ft3", "132": "Btu", "169": "therm",
}  # fmt: skip
"""Codes of `uom`. A code that is not here stays a code."""
QUALITIES = {
    "0": "valid", "7": "manually edited", "8": "estimated using reference day",
    "9": "estimated using linear interpolation", "10": "questionable", "11": "derived",
    "12": "projected", "13": "mixed", "14": "raw", "15": "normalized for weather", "16": "other",
    "17": "validated", "18": "verified", "19": "revenue-quality",
}  # fmt: skip
"""Codes of `quality`. A code that is not here stays a code."""
NOT_STATED = "not stated"
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
POWER = re.compile(r"[+-]?[0-9]{1,2}")
MAX_POWER = 12
"""Powers of ten go from -12 to 12."""
EXACT = Context(prec=100)
"""More digits than a number and a power of ten can have together."""


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed ESPI document as text; see `pipelines.readers.read`."""
    check_names(COLUMNS, contract)
    document = read_document(path)
    rows: list[tuple[int | str, ...]] = []
    rejected: list[RejectedRow] = []
    readings = ((block.tag, reading) for block in document.blocks for reading in block.readings)
    for number, (tag, reading) in enumerate(readings, 1):
        try:
            rows.append((number, *_row(tag, reading, document, contract.time.interval)))
        except Unfit as unfit:
            rejected.append(RejectedRow(number, unfit.rule, unfit.reason, _raw(tag, reading)))
    frame = pl.DataFrame(rows, {ROW_NUMBER: pl.Int64, **dict.fromkeys(COLUMNS, pl.String)}, orient="row")
    wanted = [name for name in COLUMNS if columns is None or name in columns]
    return TextTable(frame.select(ROW_NUMBER, *wanted), rejected_frame(rejected), skipped=0)


def _row(tag: str, reading: Texts, document: Document, interval_s: int) -> tuple[str, ...]:
    kind = _type_of(tag, document)
    start, value = _only("start", reading), _only("value", reading)
    duration = _only("duration", reading) if "duration" in reading else _only("intervalLength", kind)
    if not start or not value or not duration:
        raise Unfit("incomplete_reading", "the reading has not one start, one duration and one value")
    if duration.lstrip("0") != str(interval_s):
        raise Unfit(
            "other_interval", f"the reading lasts {duration[:20]} s, the feed's interval is {interval_s} s"
        )
    unit = _only("uom", kind)
    power = _only("powerOfTenMultiplier", kind) if "powerOfTenMultiplier" in kind else "0"
    if not unit:
        raise Unfit("unit_missing", f"the reading type of {tag} names no unit")
    if not POWER.fullmatch(power) or abs(int(power)) > MAX_POWER:
        raise Unfit("no_reading_type", f"its power of ten is {power[:20]!r}: none from -12 to 12")
    quality = ", ".join(QUALITIES.get(code, code) for code in reading.get("quality", ())) or NOT_STATED
    return tag, start, _scaled(value, int(power)), UNITS.get(unit, unit), quality


def _type_of(tag: str, document: Document) -> Texts:
    """The one reading type of a meter reading."""
    addresses = document.types_of.get(tag, set())
    found = [document.types[address] for address in addresses if address in document.types]
    if len(found) != 1 or len(addresses) != 1:
        raise Unfit("no_reading_type", f"the document names no single reading type for {tag or 'the block'}")
    return found[0]


def _only(name: str, texts: Texts) -> str:
    """The text of an element that is there once; else empty."""
    found = texts.get(name, [])
    return found[0] if len(found) == 1 else ""


def _scaled(value: str, power: int) -> str:
    """The value times a power of ten, every digit kept; a text that is no number stays as it is."""
    return f"{EXACT.scaleb(Decimal(value), power):f}" if NUMBER.fullmatch(value) else value


def _raw(tag: str, reading: Texts) -> str:
    texts = [f"{name}={text}" for name, found in reading.items() for text in found]
    return " ".join([tag, *texts]).strip()
