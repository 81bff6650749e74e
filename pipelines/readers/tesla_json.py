"""Tesla's site JSON: what a gateway or the fleet's service says of meters, batteries and the site.

Read are documents whose values carry their time: meters (`{"battery": {…}}` or a list with
`Cached_readings`), vitals, live status, and the calendar history of power, charge or energy. One record
is one value, in the order of the document. Columns: `tag` (`battery.instant_power`; the bare key where the
document has one section), `time`, `value`. A list or an object among the values is rejected unless the
contract ignores its tag. Here must not live: signs, units, what year 1 means.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers.gathered import Gathered
from pipelines.readers.json_document import SHOWN, load, text_of, written
from pipelines.readers.table import TextTable, Unfit

STAMPS = ("last_communication_time", "lastCommunicationTime", "timestamp")
"""Keys under which a section says when it is."""
Section = tuple[str, object]


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed document as text; see `pipelines.readers.read`."""
    gathered = Gathered("tag", "time", "value")
    for name, section in _sections(load(path)):
        if isinstance(section, dict):
            _take(gathered, name, section, contract)
        else:
            gathered.reject(Unfit("not_an_object", f"{name!r} has no readings"), {name: section})
    return gathered.table(contract, columns)


def _take(gathered: Gathered, name: str, section: Mapping[str, object], contract: Contract) -> None:
    stamp = next((section[key] for key in STAMPS if key in section), None)
    for key, value in section.items():
        tag = f"{name}.{key}" if name else key
        is_nested = isinstance(value, dict | list)
        if key in STAMPS or (is_nested and any(re.fullmatch(known, tag) for known in contract.ignore)):
            continue
        gathered.take((tag, stamp, value))


def _sections(document: object) -> Iterator[Section]:
    """What the document says of each meter, device or moment.

    Raises:
        Refusal: `no_time`: the document does not say when its values are.
    """
    body = document.get("response", document) if isinstance(document, dict) else document
    if isinstance(body, list) and any(isinstance(_cached(item), dict) for item in body):
        return (_meter(item) for item in body)
    if isinstance(body, dict) and isinstance(series := body.get("time_series"), list):
        return (("", moment) for moment in series)
    if _is_stamped(body):
        return iter([("", body)])
    if isinstance(body, dict) and any(map(_is_stamped, body.values())):
        return iter(body.items())
    shown = written(document)
    raise Refusal(
        "no_time",
        f"the document does not say when its values are: {shown[:SHOWN]}{'…' * (len(shown) > SHOWN)}",
        "Land meters/aggregates, vitals, live_status or calendar_history: their values carry their time",
    )


def _is_stamped(section: object) -> bool:
    return isinstance(section, dict) and any(key in section for key in STAMPS)


def _cached(item: object) -> object:
    return item.get("Cached_readings") if isinstance(item, dict) else None


def _meter(item: object) -> Section:
    """A meter of a list with its readings; where its name is no text, its own fields: they have no time."""
    if not isinstance(item, dict):
        return "", None
    try:
        return text_of("location", item.get("location")) or "", _cached(item)
    except Unfit:
        return "", item
