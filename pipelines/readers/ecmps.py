"""ECMPS emissions JSON: what a plant submits to EPA, one record an hour and unit (or stack).

The document is one object; its `hourlyOperatingData` are the records, numbered from 1. Columns are the
record's own fields, `unit` (the plant and the unit or stack, such as `3393/CT-1`), and the fields of what
hangs below, named by its code: `NOXR.adjustedHourlyValue`, `NOXR.modcCode`, `PNG.volumetricFlowRate`,
`PNG.GCV.parameterValueForFuel`. A record with one of these twice is rejected: which of two values is meant
the document does not say. Daily tests, summaries, toxics (`mats…`) and gas flow meters are not read.
Here must not live: clocks, operating time, what a code means.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers.header import check_names, missing_columns
from pipelines.readers.json_document import load, text_of, written
from pipelines.readers.table import ROW_NUMBER, RejectedRow, TextTable, Unfit, rejected_frame

HOURS, PLANT, UNIT, OPERATING_TIME = "hourlyOperatingData", "orisCode", "unit", "operatingTime"
CODES = {
    "monitorHourlyValueData": "parameterCode",
    "derivedHourlyValueData": "parameterCode",
    "hourlyFuelFlowData": "fuelCode",
    "hourlyParameterFuelFlowData": "parameterCode",
}
"""Lists below a record, and the field that names each of their objects."""


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed ECMPS document as text; see `pipelines.readers.read`."""
    plant, hours = _hours(load(path))
    rows: list[dict[str, object]] = []
    rejected: list[RejectedRow] = []
    names: dict[str, None] = {}
    for number, record in enumerate(hours, 1):
        try:
            row = _row(record, plant)
        except Unfit as unfit:
            rejected.append(RejectedRow(number, unfit.rule, unfit.reason, written(record)))
            continue
        names |= dict.fromkeys(row)
        rows.append({ROW_NUMBER: number, **row})
    if not any(str(row.get(OPERATING_TIME) or "").strip("0.") for row in rows):
        names |= dict.fromkeys(missing_columns(tuple(names), contract))
    check_names(tuple(names), contract)
    wanted = [name for name in names if columns is None or name in columns]
    frame = pl.DataFrame(rows, schema={ROW_NUMBER: pl.Int64(), **dict.fromkeys(wanted, pl.String())})
    return TextTable(frame, rejected_frame(rejected), skipped=0)


def _hours(document: object) -> tuple[str, list[object]]:
    """The plant's code and the records of the document."""
    found = document if isinstance(document, dict) else {}
    plant, hours = found.get(PLANT), found.get(HOURS)
    if plant is None or not isinstance(hours, list) or not hours:
        raise Refusal(
            "not_ecmps",
            f"the document has no {PLANT!r} or no records under {HOURS!r}",
            "Send the emissions file as it is submitted to ECMPS, or set another `format` in the contract",
        )
    return str(plant), hours


def _row(record: object, plant: str) -> dict[str, str | None]:
    """The cells of a record.

    Raises:
        Unfit: It is no object, or has something twice, nested otherwise, or without its code.
    """
    if not isinstance(record, dict):
        raise Unfit("not_a_record", f"an element of {HOURS!r} is no object")
    unit = record.get("unitId") or record.get("stackPipeId") or ""
    row: dict[str, str | None] = {UNIT: f"{plant}/{unit}"}
    for name, value in _cells("", record):
        if name in row:
            raise Unfit("repeated_parameter", f"the record has {name!r} more than once")
        row[name] = text_of(name, value)
    return row


def _cells(prefix: str, record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """(column, value) of an object, and of the objects in its known lists."""
    for name, value in record.items():
        if name not in CODES:
            if not isinstance(value, list):
                yield prefix + name, value
            continue
        for item in value if isinstance(value, list) else []:
            code = item.get(CODES[name]) if isinstance(item, dict) else None
            if not code:
                raise Unfit("no_code", f"an element of {name!r} has no {CODES[name]!r}")
            fields = {field: part for field, part in item.items() if field != CODES[name]}
            yield from _cells(f"{prefix}{code}.", fields)
