"""All that is found out about the files of one feed, put together question by question.

Here must not live: an answer to any of the questions, words for people.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pipelines.campus.refusal import Refusal
from pipelines.inspection.cadence import Cadence, cadence_of, series_of
from pipelines.inspection.clock import clock_of
from pipelines.inspection.columns import Column, all_columns
from pipelines.inspection.dialect import Shape, shape_of
from pipelines.inspection.direction import with_direction
from pipelines.inspection.fields import layout_fields, time_fields, word_fields
from pipelines.inspection.given import SETTLED, table_of
from pipelines.inspection.guess import WORST, Guess, sure, unknown, unsure
from pipelines.inspection.layout import Layout, layout_given, layout_of
from pipelines.inspection.numbers import separators_of
from pipelines.inspection.recognise import recognise
from pipelines.inspection.sample import Sample, encoding_of, sampled
from pipelines.inspection.stamps import Stamp, find_stamps
from pipelines.inspection.table import Table, read_table
from pipelines.readers import FORMATS


@dataclass(frozen=True, slots=True)
class Report:
    """What the files of one feed are.

    Attributes:
        files: Name of each file, its bytes and how it is compressed.
        fields: Key of a feed contract, dotted → the statement about it. Keys that are not here are at their
            default, or have no place in the file (site, devices).
        table: The records; None where no reader of this release reads the format.
        layout: Where a record has what; None likewise.
        stamp: The stamp in use; None where there is none.
        cadence: How records follow each other; None where there is no stamp.
        columns: Columns of values, or tags of layout long.
        unused: Columns that are neither values nor keys.
        remarks: What else a person should know.
    """

    files: tuple[tuple[str, int, str | None], ...]
    fields: dict[str, Guess]
    table: Table | None = None
    layout: Layout | None = None
    stamp: Stamp | None = None
    cadence: Cadence | None = None
    columns: tuple[Column, ...] = ()
    unused: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def inspect(paths: Sequence[Path], zones: Sequence[str] = ()) -> Report:
    """Looks at files of one feed.

    Args:
        paths: The files, in the order in which they are told about.
        zones: Time zones of the campus: of several that fit, one of these is named.

    Raises:
        Refusal: A file that intake or the readers would refuse, too; or files of different formats.
    """
    with ExitStack() as stack:
        samples = [stack.enter_context(sampled(path)) for path in paths]
        texts = [encoding_of(sample.head) for sample in samples]
        formats = [recognise(sample, text, FORMATS) for sample, (_, text) in zip(samples, texts, strict=True)]
        files = tuple((sample.name, sample.size, sample.packed) for sample in samples)
        if len({guess.value for guess in formats}) > 1:
            told = "; ".join(
                f"{sample.name}: {guess.value}" for sample, guess in zip(samples, formats, strict=True)
            )
            raise Refusal(
                "several_formats", f"the files are not of one feed ({told})", "Check them one by one"
            )
        form = formats[0]
        fields = {"format": form}
        if form.value not in FORMATS:
            return Report(files, fields, remarks=_unread(form))
        remarks: tuple[str, ...] = tuple(
            f"{s.name}: only the first {len(s.head)} of {s.size} bytes were looked at"
            for s in samples
            if s.is_cut
        )
        dialect: dict[str, object] = {}
        if form.value == "delimited":
            shape = _shape(samples[0], texts[0][1])
            if not shape.is_table:
                return Report(
                    files, {"format": unknown("text that does not split into columns")}, remarks=shape.remarks
                )
            fields["format"] = _settled(form, shape)
            fields |= {f"dialect.{key}": guess for key, guess in shape.keys.items()}
            fields["dialect.encoding"] = _encoding(samples, texts)
            remarks += (*shape.remarks, *_other_headers(samples, texts, shape))
            dialect = {**shape.contract(), "encoding": fields["dialect.encoding"].value}
        if form.value == "aemo":
            dialect["table"] = table_of(texts[0][1])
            fields["dialect.table"] = sure(dialect["table"], "the first table of which the file has records")
        table, dropped = _read(samples, str(form.value), dialect, texts[0][1])
        if "dialect.verify_rows" in fields:
            verified = sure(value=True, evidence="the footer's count is the number of records")
            fields["dialect.verify_rows"] = unsure(value=False, evidence=dropped) if dropped else verified
        return _about(table, Report(files, fields, remarks=remarks), zones)


def _encoding(samples: Sequence[Sample], texts: Sequence[tuple[Guess, str]]) -> Guess:
    """The encoding of all files: the least certain; plain ASCII tells nothing of the rest of a file."""
    guess = max((guess for guess, _ in texts), key=lambda guess: WORST[guess.confidence])
    is_cut = any(sample.is_cut and text.isascii() for sample, (_, text) in zip(samples, texts, strict=True))
    return unsure(guess.value, f"{guess.evidence}, as far as was looked") if is_cut else guess


def _unread(form: Guess) -> tuple[str, ...]:
    if form.value is None:
        return (f"Headroom has no reader for it: {form.evidence}",)
    return (f"this release has no reader for {form.value}",)


def _shape(sample: Sample, text: str) -> Shape:
    return shape_of(text, is_cut=sample.is_cut)


def _settled(form: Guess, shape: Shape) -> Guess:
    """Text in lines that splits evenly into columns is delimited text, whatever its name."""
    delimiter = shape.keys["delimiter"]
    if form.evidence == "text in lines" and delimiter.is_sure:
        return sure("delimited", f"text in lines of {len(shape.names)} columns")
    return form


def _other_headers(
    samples: Sequence[Sample], texts: Sequence[tuple[Guess, str]], shape: Shape
) -> Iterator[str]:
    """Files whose columns are others than those of the first."""
    for sample, (_, text) in list(zip(samples, texts, strict=True))[1:]:
        names = _shape(sample, text).names
        if names != shape.names:
            added = [name for name in names if name not in shape.names]
            gone = [name for name in shape.names if name not in names]
            told = f"{added or 'none'} more, {gone or 'none'} fewer"
            yield f"{sample.name} has other columns than {samples[0].name}: {told}"


def _read(samples: list[Sample], form: str, dialect: dict[str, object], text: str) -> tuple[Table, str]:
    """The records; without the footer's count where that is wrong, with what is wrong about it."""
    try:
        return read_table(samples, form, dialect, text), ""
    except Refusal as refusal:
        if refusal.rule not in ("row_count", "footer_missing"):
            raise
        return read_table(samples, form, {**dialect, "verify_rows": False}, text), refusal.reason


def _about(table: Table, report: Report, zones: Sequence[str]) -> Report:
    """What the records say: stamps, layout, values."""
    names, fields, remarks = table.names, dict(report.fields), report.remarks
    stamps = find_stamps(table.frame, names)
    stamped = {name for stamp in stamps for name in stamp.columns}
    decimal, thousands = separators_of(table.frame.get_column(name) for name in names if name not in stamped)
    fields |= {"dialect.decimal": decimal, "dialect.thousands": thousands}
    separators = (str(decimal.value), None if thousands.value is None else str(thousands.value))
    form = str(fields["format"].value)
    layout = layout_given(form, names) or layout_of(table.frame, names, stamps, separators)
    fields |= layout_fields(table, layout)
    stamp = stamps[0] if stamps else None
    cadence: Cadence | None = None
    series = series_of(table, stamp, layout.key)
    if stamp is None:
        fields["time.columns"] = unknown("no column holds stamps of a known form")
    else:
        cadence = cadence_of(table, stamp, series, sorted(stamped))
        clock = clock_of(stamp, series, table.frame, stamps[1:], zones)
        fields |= time_fields(stamp, stamps[1:], cadence, clock)
        remarks += clock.remarks
        fields |= SETTLED.get(form, {})
    columns = tuple(all_columns(table, series, layout, separators))
    if layout.kind.value == "per_device":
        columns = with_direction(table, series, columns, separators)
    fields |= word_fields(columns)
    used = {*(stamp.columns if stamp else ()), *layout.values, layout.key, layout.quality, layout.unit}
    unused = tuple(name for name in names if name not in used)
    return Report(report.files, fields, table, layout, stamp, cadence, columns, unused, remarks)
