"""EIA API v2: one JSON document, one record an object of `response.data`.

Columns: `tag`, `time` (the period), `value`, `unit`. The tag joins what the record is about: `TVA.D`
(respondent and type), `PGE.fueltype.NG`, `FPC.toba.FPL`, `CISO.subba.PGAE`. In the type `NG` is net
generation, in the fuel type natural gas: the facet keeps them apart. `response.total` counts the records
of all pages: where it differs from those here, the file has the remark `partial_answer`.
Here must not live: hours, null tokens.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers.gathered import Gathered
from pipelines.readers.json_document import load, member
from pipelines.readers.table import TextTable, Unfit

FACETS = (
    ("respondent", "type", "."),
    ("respondent", "fueltype", ".fueltype."),
    ("fromba", "toba", ".toba."),
    ("parent", "subba", ".subba."),
)
"""(key of the subject, key of what is told of it, what stands between the two in the tag)"""


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed answer of the API as text; see `pipelines.readers.read`."""
    document = load(path)
    records = member(document, "response.data", list)
    total = member(document, "response", dict).get("total")
    if not records and total not in (None, "0"):
        raise Refusal(
            "no_records",
            f"`response.total` says {total} records and `response.data` has none",
            "Ask the API again, from offset 0 on",
        )
    gathered = Gathered("tag", "time", "value", "unit")
    for record in records:
        try:
            if not isinstance(record, dict):
                raise Unfit("not_an_object", "the record is not an object")
            cells = (record.get("period"), record.get("value"), record.get("value-units"))
            gathered.take((_tag(record), *cells), record)
        except Unfit as unfit:
            gathered.reject(unfit, record)
    remarks = () if total in (None, str(len(records))) else ("partial_answer",)
    return gathered.table(contract, columns, remarks=remarks)


def _tag(record: Mapping[str, object]) -> str:
    for subject, told, between in FACETS:
        names = record.get(subject), record.get(told)
        if all(isinstance(name, str) and name for name in names):
            return f"{names[0]}{between}{names[1]}"
    pairs = ", ".join(f"{subject} and {told}" for subject, told, _ in FACETS)
    raise Unfit("no_tag", f"the record does not say what it is about: it has none of {pairs}")
