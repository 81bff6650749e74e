"""From what was found to the keys of a feed contract: dotted key → statement.

Here must not live: finding out, YAML.
"""

from collections.abc import Sequence

from pipelines.inspection.cadence import Cadence
from pipelines.inspection.clock import Clock
from pipelines.inspection.columns import STATES, Column
from pipelines.inspection.guess import WORST, Guess, sure, unknown, unsure
from pipelines.inspection.layout import QUALITY, Layout
from pipelines.inspection.stamps import Stamp, rivals
from pipelines.inspection.table import Table

SHOWN = 4


def layout_fields(table: Table, layout: Layout) -> dict[str, Guess]:
    """Keys under `layout`, and what the words of a quality column mean."""
    fields = {"layout.kind": layout.kind}
    kind = layout.kind.value
    if kind == "long" and layout.key is not None:
        fields["layout.tag"] = _named(layout, layout.key, "it names what a value is of")
        fields["layout.value"] = _named(layout, layout.values[0], "the one column of numbers")
    if kind == "per_device" and layout.key is not None:
        fields["layout.device"] = _named(layout, layout.key, "it names the device of a record")
    if layout.quality is not None:
        fields["layout.quality"] = unsure(layout.quality, "its words are known words of quality")
        fields["quality"] = _quality(table, layout.quality)
    if layout.unit is not None and kind == "long":
        fields["layout.unit"] = sure(layout.unit, "it holds nothing but units")
    return fields


def _named(layout: Layout, name: str, why: str) -> Guess:
    return Guess(name, layout.kind.confidence, why)


def _quality(table: Table, column: str) -> Guess:
    words = sorted(word for word in table.frame.get_column(column).drop_nulls().unique() if word.strip())
    meanings = {word: QUALITY.get(word.strip().lower(), "TODO") for word in words}
    return unsure(meanings, f"{len(words)} word(s) in {column!r}")


def time_fields(stamp: Stamp, others: Sequence[Stamp], cadence: Cadence, clock: Clock) -> dict[str, Guess]:
    """Keys under `time`."""
    columns = sure(stamp.columns, "no other column holds stamps of a record")
    if rivals(stamp, others):
        names = ", ".join(repr(name) for other in rivals(stamp, others) for name in other.columns)
        columns = unsure(stamp.columns, f"{names} could be the stamp, too")
    bad = f", but {len(stamp.bad)} or more are no stamps" if stamp.bad else ""
    why = f"every cell reads as {stamp.format}{bad}"
    form = sure(stamp.format, why)
    if len(stamp.formats) > 1:
        form = unsure(stamp.format, f"{' and '.join(stamp.formats[1:])} would fit, too")
    fields = {
        "time.columns": columns,
        "time.format": form,
        "time.clock": clock.clock,
        "time.label": cadence.label,
        "time.interval": cadence.interval,
        "time.order": cadence.order,
    }
    return fields | ({"time.fold": clock.fold} if clock.fold is not None else {})


def word_fields(columns: Sequence[Column]) -> dict[str, Guess]:
    """`nulls` and `states`: words among numbers, over all columns of values."""
    numeric = [column for column in columns if column.is_number]
    found = [word for column in numeric for word in (column.nulls.value or ())]  # type: ignore[attr-defined]
    words = tuple(dict.fromkeys(found))
    empty = sum(column.empty for column in columns)
    missing = [column.nulls.confidence for column in numeric if column.nulls.value]
    confidence = max(missing, key=WORST.__getitem__) if missing else "sure"
    told = "; ".join(f"{column.name}: {column.nulls.evidence}" for column in numeric if column.nulls.value)
    shown = f"{empty} empty cell(s)" + (f"; {told}" if told else "; no words among the numbers")
    fields = {"nulls": Guess(("", *words), confidence, shown)}
    states = {
        word for column in numeric for word in column.words if STATES.search(word) and word not in words
    }
    if states:
        meanings = {
            word: "rejected" if "bad" in word.lower() or "range" in word.lower() else "missing"
            for word in sorted(states)
        }
        fields["states"] = unsure(meanings, "digital states of a historian among the numbers")
    left = {word for column in numeric for word in column.words if word not in words and word not in states}
    if left:
        fields["words"] = unknown(f"words that nothing explains: {', '.join(sorted(left)[:SHOWN])}")
    return fields
