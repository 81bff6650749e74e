"""A contract against what its files say: agrees, differs, or cannot be told.

Only what the file itself proves can differ; two spellings of the same (a stamp in two columns or in one)
agree where they give the same instants. Here must not live: findings, drafts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.campus.contract import Contract, FoldColumn
from pipelines.campus.durations import parse_duration, write_duration
from pipelines.campus.tables import Device
from pipelines.inspection.columns import Column
from pipelines.inspection.guess import Guess, sure, unknown
from pipelines.inspection.nameplates import size_of
from pipelines.inspection.recognise import AS_TEXT
from pipelines.inspection.report import Report
from pipelines.inspection.stamps import read_stamps, stamp_text
from pipelines.readers.header import missing_columns

Verdict = Literal["agrees", "differs", "unknown"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One key of a contract beside what the files say.

    Attributes:
        key: The key, dotted.
        says: What the contract says.
        found: What the files say.
        verdict: agrees; differs where the files leave no doubt; unknown otherwise.
    """

    key: str
    says: object
    found: Guess
    verdict: Verdict


def compare(contract: Contract, report: Report, devices: Mapping[str, Device]) -> Iterator[Compared]:
    """Each key of the contract that a file can speak about, beside what the files say."""
    for key, says in _stated(contract).items():
        found = report.fields.get(key)
        if found is not None:
            yield Compared(key, says, found, _verdict(key, says, found))
    if report.table is None:
        return
    yield from _stamps(contract, report)
    missing = missing_columns(report.table.names, contract)
    if missing:
        yield Compared("columns", ", ".join(missing), sure(None, "not in the file"), "differs")
    for column in report.columns:
        yield from _tag(contract, column, devices)


def _stated(contract: Contract) -> dict[str, object]:
    dialect, layout = contract.dialect, contract.layout
    stated: dict[str, object] = {"format": contract.format}
    if contract.format == "delimited":
        names = ("delimiter", "encoding", "quote", "header", "skip_records", "keep")
        stated |= {f"dialect.{name}": getattr(dialect, name) for name in names}
    stated |= {"dialect.decimal": dialect.decimal, "dialect.thousands": dialect.thousands}
    stated |= {
        "time.clock": contract.time.clock,
        "time.label": contract.time.label,
        "time.order": contract.time.order,
    }
    stated |= {"time.interval": write_duration(contract.time.interval), "time.fold": contract.time.fold}
    stated |= {f"layout.{name}": value for name, value in layout.model_dump().items() if value is not None}
    columns = {word for words in contract.column_nulls.values() for word in words}
    stated["nulls"] = (*contract.nulls, *columns, *contract.states)
    return stated


def _verdict(key: str, says: object, found: Guess) -> Verdict:
    if found.confidence == "unknown":
        return "unknown"
    if _same(key, says, found.value):
        return "agrees"
    return "differs" if found.is_sure else "unknown"


def _same(key: str, says: object, found: object) -> bool:
    """Whether both mean the same; a contract may say more than one file shows."""
    if key == "time.interval":
        return parse_duration(says) == parse_duration(found)
    if key == "time.order":
        return says in ("any", found)
    if key == "nulls" and isinstance(found, tuple) and isinstance(says, tuple):
        return set(found) <= {*says, ""}
    if key == "format":
        return says == found or (says == "delimited" and found in AS_TEXT)
    if isinstance(says, FoldColumn):
        return isinstance(found, dict) and found.get("column") == says.column
    return says == found


def _stamps(contract: Contract, report: Report) -> Iterator[Compared]:
    """The stamps read as the contract says and as they were found: the same instants?"""
    time, table, stamp = contract.time, report.table, report.stamp
    says = " ".join(time.columns) + f" ({time.format})"
    if table is None or not time.columns or not set(time.columns) <= set(table.names):
        return
    read = read_stamps(stamp_text(table.frame, time.columns), time.format)
    if read.null_count() == len(read):
        yield Compared("time.format", says, sure(time.columns, "no stamp can be read so"), "differs")
    elif stamp is None:
        yield Compared("time.format", says, unknown("no stamps were found"), "unknown")
    else:
        found = report.fields["time.format"]
        is_same = set(time.columns) != set(stamp.columns) or bool(
            (read == stamp.wall).fill_null(value=True).all()
        )
        yield Compared(
            "time.format", says, found, "agrees" if is_same else "differs" if found.is_sure else "unknown"
        )


def _tag(contract: Contract, column: Column, devices: Mapping[str, Device]) -> Iterator[Compared]:
    """The unit and the kind of the tags that a column has in the contract."""
    for tag in contract.tags:
        if not tag.matches(column.name) or tag.valid_from or tag.valid_to:
            continue
        place = f"tags.{column.name}"
        yield Compared(f"{place}.unit", tag.unit, column.unit, _verdict("unit", tag.unit, column.unit))
        is_counter = tag.counter is not None
        if column.sign is not None:
            yield Compared(f"{place}.sign", tag.sign, column.sign, _verdict("sign", tag.sign, column.sign))
        yield Compared(
            f"{place}.counter", is_counter, column.counter, _verdict("counter", is_counter, column.counter)
        )
        device = devices.get(tag.filled(tag.device or "", column.name))
        if device is not None and device.nameplate_mw and not is_counter:
            size = size_of(column, tag.unit, tag.scale, float(device.nameplate_mw))
            if size is not None:
                verdict: Verdict = "differs" if size.is_sure else "agrees" if size.value else "unknown"
                yield Compared(f"{place}.size", tag.unit, size, verdict)
        return
