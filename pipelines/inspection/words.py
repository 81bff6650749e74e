"""The findings in plain words, and as data.

Here must not live: findings, YAML, printing.
"""

from collections.abc import Iterator

from pipelines.inspection.columns import Column
from pipelines.inspection.guess import MEANS, Guess
from pipelines.inspection.names import grouped
from pipelines.inspection.report import Report
from pipelines.inspection.yaml_lines import flow

MOST_LINES = 40
"""Lines about columns that are shown; the data (`as_data`) have them all."""
MOST_NOTES = 60
VALUE = 30
"""Width of a value."""
QUIET = ("layout.tag", "layout.value", "layout.device")
"""Keys that the line about the layout tells already."""
SECTIONS = (
    ("How it is written", ("format", "dialect.")),
    ("When a record is", ("time.",)),
    ("Where its values are", ("layout.", "nulls", "states", "quality", "words")),
)


def in_words(report: Report) -> Iterator[str]:
    """The report line by line."""
    yield from _files(report)
    yield ""
    yield _summary(report)
    for title, keys in SECTIONS:
        shown = {
            key: guess for key, guess in report.fields.items() if key.startswith(keys) and key not in QUIET
        }
        if not shown:
            continue
        yield ""
        yield title
        for key, guess in shown.items():
            yield _statement(key.rpartition(".")[2], guess)
        if title.startswith("When"):
            yield from _span(report)
    if report.columns:
        yield ""
        yield "What the columns say"
        yield from _columns(report)
    notes = list(_notes(report))
    if notes:
        yield ""
        yield "Look at"
        yield from (f"  - {note}" for note in notes[:MOST_NOTES])
        if len(notes) > MOST_NOTES:
            yield f"  - … and {len(notes) - MOST_NOTES} more: --json has them all"
    yield ""
    yield from (f"{word:8} {meaning}" for word, meaning in MEANS.items())


def _files(report: Report) -> Iterator[str]:
    for name, size, packed in report.files:
        yield f"{name}: {_bytes(size)}{f', unpacked from {packed}' if packed else ''}"


def _bytes(size: int) -> str:
    for unit, factor in (("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def _summary(report: Report) -> str:
    """What it is, in two sentences."""
    form = report.fields["format"]
    if report.table is None or report.layout is None:
        return (
            f"This is {form.value}: {form.evidence}."
            if form.value
            else f"Headroom cannot read this: {form.evidence}."
        )
    names = len(report.table.names)
    what = f"{_count(report.table.frame.height, 'record')} of {_count(names, 'column')} ({form.value})"
    if report.layout.kind.value == "long":
        shape = f"one value a record, {_count(len(report.columns), 'tag')} named by {report.layout.key!r}"
    elif report.layout.kind.value == "per_device":
        devices = report.table.frame.get_column(str(report.layout.key)).n_unique()
        shape = f"one record a device and stamp, {_count(devices, 'device')} named by {report.layout.key!r}"
    else:
        shape = f"one column a quantity, {_count(len(report.layout.values), 'quantity', 'quantities')}"
    if report.cadence is None:
        return f"{what}: {shape}.\nNo column says when a record is."
    every = f"A record every {report.cadence.interval.value}" if report.cadence.seconds else "Records"
    return f"{what}: {shape}.\n{every} from {report.cadence.first} to {report.cadence.last}."


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _statement(name: str, guess: Guess) -> str:
    value = "?" if guess.confidence == "unknown" else flow(guess.value)
    value = value if len(value) <= VALUE else value[: VALUE - 1] + "…"
    return f"  {name:13} {value:{VALUE}} {guess.confidence:8} {guess.evidence}".rstrip()


def _span(report: Report) -> Iterator[str]:
    cadence = report.cadence
    if cadence is None:
        return
    missing, where, longest = cadence.gaps
    yield f"  {'from, to':13} {cadence.first} … {cadence.last}"
    if missing:
        yield f"  {'gaps':13} {_count(missing, 'record')} missing; the longest gap, {longest}, after {where}"
    else:
        yield f"  {'gaps':13} none"
    twice = f"{cadence.exact} word for word, {cadence.conflicting} stamps with records that differ"
    yield f"  {'duplicates':13} {twice if cadence.exact + cadence.conflicting else 'none'}"


def _columns(report: Report) -> Iterator[str]:
    by_name = {column.name: column for column in report.columns}
    rows: list[tuple[str, ...]] = [("", "unit", "sounds like", "from", "to", "negative", "empty", "kind")]
    for group in grouped(list(by_name)):
        rows.append(_row([by_name[name] for name in group.members]))
    widths = [max(len(row[at]) for row in rows[: MOST_LINES + 1]) for at in range(len(rows[0]))]
    for row in rows[: MOST_LINES + 1]:
        yield ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
    if len(rows) > MOST_LINES + 1:
        yield f"  … and {len(rows) - MOST_LINES - 1} more: --json has them all"


def _row(columns: list[Column]) -> tuple[str, ...]:
    first = columns[0]
    name = first.name if len(columns) == 1 else f"{first.name} … {columns[-1].name} ({len(columns)})"
    unit = (
        "?"
        if first.unit.confidence == "unknown"
        else "not ours"
        if first.unit.value is None
        else str(first.unit.value) or "words"
    )
    lows = [column.low for column in columns if column.low is not None]
    highs = [column.high for column in columns if column.high is not None]
    cells = sum(column.cells + column.empty for column in columns)
    empty = sum(column.empty for column in columns)
    negative = max(column.negative for column in columns)
    kind = (
        "counter"
        if first.counter.value is True
        else "gauge"
        if first.is_number
        else ", ".join(list(first.words)[:4])
    )
    return (
        name if len(name) <= 44 else name[:43] + "…",
        unit + ("" if first.unit.is_sure else "?" if unit != "?" else ""),
        str(first.column.value or "–") + ("" if first.column.is_sure or not first.column.value else "?"),
        f"{min(lows):g}" if lows else "",
        f"{max(highs):g}" if highs else "",
        f"{negative:.0%}" if negative else "",
        f"{empty / cells:.1%}" if empty and cells else "",
        kind,
    )


def _notes(report: Report) -> Iterator[str]:
    yield from report.remarks
    if report.table is not None and report.table.rejected:
        file, number, reason = report.table.rejected[0]
        count = _count(len(report.table.rejected), "record")
        yield f"{count} cannot be split, first {file}, row {number}: {reason}"
    if report.stamp is not None:
        yield from _about_stamps(report)
    for column in report.columns:
        yield from (f"{column.name}: {note}" for note in _about(column))


def _about_stamps(report: Report) -> Iterator[str]:
    assert report.stamp is not None
    assert report.table is not None
    for at in report.stamp.bad[:3]:
        cells = [str(report.table.frame.get_column(name)[at]) for name in report.stamp.columns]
        yield f"{' '.join(cells)!r} is no stamp ({report.table.place(at)})"
    if report.stamp.midnight_24:
        yield f"{_count(report.stamp.midnight_24, 'stamp')} write midnight as 24:00, which a run refuses"
    if report.cadence is not None and report.cadence.conflicting:
        yield f"{report.cadence.conflicting} stamps have records that differ, first {report.cadence.example}"


def _about(column: Column) -> Iterator[str]:
    if not column.is_number:
        return
    known = column.nulls.value if isinstance(column.nulls.value, tuple) else ()
    odd = {word: found for word, found in column.words.items() if word not in known}
    if odd:
        shown = ", ".join(
            f"{word!r} {count}×, first {place}" for word, (count, place) in list(odd.items())[:3]
        )
        yield f"{column.bad_share:.2%} of the cells are no numbers: {shown}"
    if column.null_numbers.value:
        yield f"numbers that mean missing ({column.null_numbers.confidence}): {column.null_numbers.evidence}"
    if column.resets:
        yield f"the register falls {column.resets} times: a reset, or a rollover"
    if column.stuck is not None:
        yield f"{column.stuck.value:g} comes {column.stuck.length} times in a row from {column.stuck.place}"
    if column.zeros is not None:
        yield f"0 comes {column.zeros.length} times in a row from {column.zeros.place}, and is rare otherwise"
    if column.spikes:
        yield "far outside the others: " + ", ".join(f"{value:g} ({place})" for value, place in column.spikes)


def as_data(report: Report) -> dict[str, object]:
    """Every finding as data that JSON can hold."""
    fields = {key: _plain(guess) for key, guess in report.fields.items()}
    files = [{"name": name, "bytes": size, "compression": packed} for name, size, packed in report.files]
    cadence = report.cadence
    return {
        "files": files,
        "records": None if report.table is None else report.table.frame.height,
        "fields": fields,
        "from": None if cadence is None else cadence.first,
        "to": None if cadence is None else cadence.last,
        "missing_records": None if cadence is None else cadence.gaps[0],
        "exact_duplicates": None if cadence is None else cadence.exact,
        "conflicting_stamps": None if cadence is None else cadence.conflicting,
        "columns": [_column(column) for column in report.columns],
        "unused_columns": report.unused,
        "notes": list(_notes(report)),
    }


def _plain(guess: Guess) -> dict[str, object]:
    return {"value": guess.value, "confidence": guess.confidence, "evidence": guess.evidence}


def _column(column: Column) -> dict[str, object]:
    guesses = ("unit", "column", "nulls", "null_numbers", "counter")
    facts = ("cells", "empty", "low", "high", "negative", "resets", "bad_share")
    words = {word: {"count": count, "first": place} for word, (count, place) in column.words.items()}
    return {
        "name": column.name,
        **{name: _plain(getattr(column, name)) for name in guesses},
        **{name: getattr(column, name) for name in facts},
        "sign": None if column.sign is None else _plain(column.sign),
        "words": words,
        "stuck": None
        if column.stuck is None
        else {"value": column.stuck.value, "records": column.stuck.length, "first": column.stuck.place},
        "spikes": [{"value": value, "place": place} for value, place in column.spikes],
    }
