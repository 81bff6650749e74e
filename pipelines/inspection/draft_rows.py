"""The rows of a draft: devices, tags, what is ignored, checks; names alike become one pattern.

Here must not live: the rest of a draft.
"""

from collections.abc import Iterator, Mapping, Sequence

from pipelines.campus.tables import Device
from pipelines.campus.undecided import TODO
from pipelines.inspection.columns import Column
from pipelines.inspection.nameplates import hint
from pipelines.inspection.names import Group, escaped, grouped
from pipelines.inspection.report import Report
from pipelines.inspection.yaml_lines import above, flow, line

ROOM = 10
"""A counter's largest true increment is drafted as so many times the largest seen."""
DIRECTED = ("MW", "kW", "W", "MWh", "kWh", "Wh", None)
"""Units of what flows one way or the other."""


def device_rows(report: Report) -> Iterator[str]:
    """`devices`, in layout per_device."""
    layout = report.layout
    if report.table is None or layout is None or layout.kind.value != "per_device" or layout.key is None:
        return
    names = report.table.frame.get_column(layout.key).drop_nulls().unique().sort().to_list()
    yield f"devices:  # {len(names)} name(s) in {layout.key!r}"
    for group in grouped(names):
        first, last = group.members[0], group.members[-1]
        shown = first if first == last else f"{first} … {last}, {len(group.members)} names"
        yield f"  - {flow(_named(group, 'name'))}  # unknown: {shown}"


def _named(group: Group, key: str) -> dict[str, object]:
    if group.pattern is None:
        return {key: group.members[0], "device": TODO}
    return {"pattern": group.pattern, "device": rf"{TODO}-\1"}


def tag_rows(report: Report, devices: Mapping[str, Device]) -> Iterator[str]:
    """`tags`: every column of values that a column of the readings could take."""
    by_name = {column.name: column for column in report.columns if _is_ours(column)}
    if not by_name:
        yield "tags:"
        row = flow(dict.fromkeys(("tag", "device", "column", "unit"), TODO))
        yield f"  - {row}  # unknown: no column of values"
        return
    yield "tags:"
    names_device = report.layout is None or report.layout.kind.value != "per_device"
    for group in grouped(list(by_name)):
        columns = [by_name[name] for name in group.members]
        alike = {(column.unit.value, column.column.value, column.counter.value) for column in columns}
        parts = [group] if len(alike) == 1 else [Group((name,), None) for name in group.members]
        for part in parts:
            yield from _tag(part, by_name[part.members[0]], devices if names_device else None)


def _tag(group: Group, column: Column, devices: Mapping[str, Device] | None) -> Iterator[str]:
    """One row of `tags`; without devices the records name theirs."""
    row = _named(group, "tag")
    if devices is None:
        del row["device"]
    row["column"] = column.column.value or TODO
    row["unit"] = TODO if column.unit.value is None else column.unit.value
    told = [
        f"unit {column.unit.confidence}: {column.unit.evidence}",
        f"column {column.column.confidence}: {column.column.evidence}",
    ]
    if column.counter.value is True:
        row["counter"] = {"max_increment": float(f"{ROOM * column.step:.3g}") or 1.0}
        told.append(f"counter {column.counter.confidence}: {column.counter.evidence}")
        told.append(f"max_increment unsure: {ROOM} times the largest rise, {column.step:g}")
    elif column.sign is not None:
        row["sign"] = column.sign.value
        told.append(f"sign {column.sign.confidence}: {column.sign.evidence}")
    elif column.negative and column.unit.value in DIRECTED:
        row["sign"] = 1
        told.append(
            f"sign unsure: {column.negative:.0%} negative; import, output and discharge are positive here"
        )
    told += [text for text in (hint(column, devices or {}),) if text]
    yield from above("; ".join(told), 2)
    yield f"  - {flow(row)}"


def _is_ours(column: Column) -> bool:
    """Whether a column of the readings could take it: not where its unit is known to be none of ours."""
    return not (column.unit.is_sure and column.unit.value is None)


def ignored_rows(report: Report) -> Iterator[str]:
    """`ignore`: columns that are neither values nor keys."""
    foreign = [column.name for column in report.columns if not _is_ours(column)]
    names = [*report.unused, *foreign]
    if report.layout is None or report.layout.kind.value == "long" or not names:
        return
    yield "ignore:  # unsure: constant or empty columns, second stamps, units that no column here has"
    for group in grouped(names):
        yield f"  - {flow(group.pattern or escaped(group.members[0]))}"


def check_rows(columns: Sequence[Column]) -> Iterator[str]:
    """`checks`: numbers that mean missing."""
    found = {
        str(column.column.value): (list(column.null_numbers.value), column.null_numbers)
        for column in columns
        if column.column.value and isinstance(column.null_numbers.value, tuple)
    }
    if found:
        yield "checks:"
    for name, (numbers, guess) in found.items():
        yield from line(f"  {name}", {"null_numbers": numbers}, f"{guess.confidence}: {guess.evidence}")
