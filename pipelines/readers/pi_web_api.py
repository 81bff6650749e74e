"""PI Web API: values of one stream (`Items`), or of several that bear names, in one JSON document.

One record is one value, in the order of the document. Columns: `tag` (the stream's `Name`), `path`,
`web_id`, `time`, `value`, `unit`, `quality`. A digital state, `{"Name": …, "Value": …}`, becomes its name.
Quality is the worst that is said: Bad, Questionable, Substituted, Good; null where nothing is said. A
stream that bears no name is the one tag of the contract, else the file is refused. Where the service has
more on a next page, the file has the remark `partial_answer`.
Here must not live: what states and qualities mean.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from pipelines.campus.contract import Contract, Long
from pipelines.campus.refusal import Refusal
from pipelines.readers.gathered import Gathered
from pipelines.readers.json_document import load, member, written
from pipelines.readers.table import TextTable, Unfit

NAMES = {"tag": "Name", "path": "Path", "web_id": "WebId"}
"""Column → key of a stream that names it."""
QUALITIES = (
    ("Good", False, "Bad"),
    ("Questionable", True, "Questionable"),
    ("Substituted", True, "Substituted"),
)
"""(key, what it is when it matters, word), the worst first."""


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed answer as text; see `pipelines.readers.read`."""
    document = load(path)
    whole = document if isinstance(document, dict) else {}
    items = [whole] if "Timestamp" in whole else member(document, "Items", list)
    gathered = Gathered(*NAMES, "time", "value", "unit", "quality")
    unnamed: tuple[object, ...] | None = None
    for item in items:
        if isinstance(item, dict) and (values := _values(item)) is not None:
            _take(gathered, tuple(map(item.get, NAMES.values())), item, values)
        else:
            unnamed = unnamed or _only_name(contract)
            _take(gathered, unnamed, whole, [item])
    is_part = any("Next" in _links(stream) for stream in (whole, *items))
    return gathered.table(contract, columns, remarks=("partial_answer",) * is_part)


def _values(item: Mapping[str, object]) -> list[object] | None:
    """The values of a stream: many, or its one; None for what is a value itself."""
    if isinstance(items := item.get("Items"), list):
        return items
    value = item.get("Value")
    return [value] if isinstance(value, dict) and "Timestamp" in value else None


def _take(
    gathered: Gathered, names: tuple[object, ...], stream: Mapping[str, object], values: list[object]
) -> None:
    unit = stream.get("UnitsAbbreviation")
    for value in values:
        try:
            gathered.take((*names, *_cells(value, unit)), value)
        except Unfit as unfit:
            gathered.reject(unfit, value)


def _only_name(contract: Contract) -> tuple[object, ...]:
    names = {tag.tag for tag in contract.tags}
    layout = contract.layout
    if isinstance(layout, Long) and len(names) == 1 and None not in names:
        [name] = names
        return tuple(name if column == layout.tag else None for column in NAMES)
    raise Refusal(
        "unnamed_stream",
        "the values do not say of which stream they are, and the contract has more than one tag",
        "Ask for a stream set (streamsets/recorded), whose streams bear names, or give the stream a feed "
        "whose contract has one tag",
    )


def _links(stream: object) -> Mapping[str, object]:
    links = stream.get("Links") if isinstance(stream, dict) else None
    return links if isinstance(links, dict) else {}


def _cells(item: object, unit: object) -> tuple[object, ...]:
    """Time, value, unit and quality of a value."""
    if not isinstance(item, dict):
        raise Unfit("not_an_object", "the record is not an object")
    if item.get("Errors"):
        raise Unfit("source_error", f"the source says: {written(item['Errors'])}")
    value = item.get("Value")
    if isinstance(value, dict) and "Name" in value:
        value = value["Name"]
    return item.get("Timestamp"), value, item.get("UnitsAbbreviation") or unit or None, _quality(item)


def _quality(item: Mapping[str, object]) -> str | None:
    said = {key: item[key] for key, _, _ in QUALITIES if item.get(key) is not None}
    odd = [key for key, flag in said.items() if not isinstance(flag, bool)]
    if odd:
        raise Unfit("bad_flag", f"{odd[0]!r} is neither true nor false")
    worst = next((word for key, matters, word in QUALITIES if said.get(key) is matters), "Good")
    return worst if said else None
