"""Which columns hold the stamp of a record, and in which format.

A format is taken only if it reads every stamp; where several do (day or month first) the one whose records
follow each other closely is taken, and marked. Here must not live: clocks and zones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import polars as pl

from pipelines.campus.stamp_format import with_minutes

DATES = {
    "%Y-%m-%d": r"\d{4}-\d{2}-\d{2}",
    "%Y/%m/%d": r"\d{4}/\d{1,2}/\d{1,2}",
    "%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "%m/%d/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%d/%m/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%m-%d-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%d-%m-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%Y%m%d": r"(?:19|20)\d{6}",
}
TIMES = {
    "%H:%M:%S": r"\d{1,2}:\d{2}:\d{2}",
    "%H:%M:%S%.f": r"\d{1,2}:\d{2}:\d{2}(?:\.\d+)?",
    "%H:%M": r"\d{1,2}:\d{2}",
    "%I:%M:%S %p": r"\d{1,2}:\d{2}:\d{2} [AaPp][Mm]",
    "%I:%M %p": r"\d{1,2}:\d{2} [AaPp][Mm]",
    "%H%M": r"[0-2]\d[0-5]\d",
    "%H": r"\d{1,2}",
}
OFFSET = r"[+-]\d{2}:?\d{2}"
TRUE_OFFSET = r"^[+-](?:0\d|1[0-4]):?(?:00|15|30|45)$"
MOST_OFFSETS = 4
OFFSETS = {"": "", "Z": "Z", "%z": OFFSET, " %z": " " + OFFSET}
EPOCHS = {"epoch_s": (946_684_800, 4_102_444_800), "epoch_ms": (946_684_800_000, 4_102_444_800_000)}
"""Format → the range of years 2000 to 2100."""
FEW = 50
"""Cells by which formats are chosen before all cells are read."""
NEARLY_ALL = 0.99
TIME_WORDS = re.compile(
    r"time|date|stamp|epoch|^ts$|_ts$|^t$|hour|datum|zeit|period|minute|interval|_ms$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Columns that hold a stamp.

    Attributes:
        columns: Their names, to be joined by a blank.
        formats: Formats of a contract that read every stamp, the likeliest first.
        has_offset: Whether stamps carry their offset from UTC (`Z` included).
        is_utc: Whether a stamp is an instant of UTC by its format: counts of seconds, a `Z`.
        wall: Naive datetimes of the records, by the source's clock; UTC where `has_offset`.
        offsets: Offset texts that occur, as far as stamps carry them.
        midnight_24: Stamps that write midnight as 24:00.
        bad: Places of cells that are no stamp.
    """

    columns: tuple[str, ...]
    formats: tuple[str, ...]
    has_offset: bool
    is_utc: bool
    wall: pl.Series
    offsets: tuple[str, ...]
    midnight_24: int
    bad: tuple[int, ...]

    @property
    def format(self) -> str:
        """The likeliest format."""
        return self.formats[0]

    @property
    def has_time(self) -> bool:
        """Whether it names a time of day, not a date alone."""
        return self.format in ("iso8601", *EPOCHS) or "%H" in self.format or "%I" in self.format


def find_stamps(frame: pl.DataFrame, names: Sequence[str]) -> list[Stamp]:
    """Every column, or column of dates with one of times, that holds stamps; the most telling first."""
    found = [stamp for name in names for stamp in _in_column(frame, name)]
    whole = [stamp for stamp in found if stamp.has_time]
    dates = [stamp for stamp in found if not stamp.has_time]
    pairs = [pair for date in dates for pair in _with_times(frame, date, names)]
    with_offsets = [
        joined for stamp in (*whole, *pairs) for joined in _with_offset_column(frame, stamp, names)
    ]
    ordered = [*with_offsets, *whole, *pairs, *dates]
    return sorted(ordered, key=lambda stamp: (-_rank(stamp), -stamp.wall.n_unique() // 2))


def rivals(stamp: Stamp, others: Sequence[Stamp]) -> list[Stamp]:
    """Other stamps of the records that do not keep a distance: another clock, or another event?"""
    apart = [other for other in others if not set(other.columns) & set(stamp.columns) and other.has_time]
    return [other for other in apart if (other.wall - stamp.wall).n_unique() > MOST_OFFSETS]


def read_stamps(text: pl.Series, form: str) -> pl.Series:
    """Stamps as naive datetimes [µs], NULL where they do not fit; those with an offset as UTC."""
    if form in EPOCHS:
        factor = 1_000_000 if form == "epoch_s" else 1_000
        return (text.cast(pl.Float64, strict=False) * factor).round().cast(pl.Int64).cast(pl.Datetime("us"))
    text = text.str.strip_chars()
    if form == "iso8601":
        plain = text.str.strip_suffix("Z").str.replace("T", " ", literal=True)
        parsed = plain.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
        offset = plain.str.replace(r" ?([+-]\d{2}):?(\d{2})$", "$1$2")
        aware = offset.str.to_datetime(
            "%Y-%m-%d %H:%M:%S%.f%z", time_unit="us", time_zone="UTC", strict=False
        )
        return parsed.zip_with(parsed.is_not_null(), aware.dt.replace_time_zone(None))
    if "%z" in form:
        complete = with_minutes(form)
        text = text.str.replace(r"([+-]\d{2}):(\d{2})$", "$1$2") + ("" if complete == form else " :00")
        aware = text.str.to_datetime(complete, time_unit="us", time_zone="UTC", strict=False)
        return aware.dt.replace_time_zone(None)
    if "%H" not in form and "%I" not in form:
        return text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    complete = with_minutes(form)
    return (text + " :00" if complete != form else text).str.to_datetime(
        complete, time_unit="us", strict=False
    )


def stamp_text(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """The stamps of the records as cleaning joins them: by one blank."""
    parts = [pl.col(name).str.strip_chars() for name in columns]
    return frame.select(pl.concat_str(parts, separator=" ").alias("stamp")).to_series()


def _rank(stamp: Stamp) -> int:
    name = " ".join(stamp.columns).lower()
    says_utc = bool(re.search(r"\butc\b|\bgmt\b|_utc", name))
    return (
        8 * (stamp.has_offset or stamp.is_utc) + 4 * says_utc + 2 * stamp.has_time - (len(stamp.columns) > 2)
    )


def _in_column(frame: pl.DataFrame, name: str) -> Iterator[Stamp]:
    cells = frame.get_column(name)
    few = [text for cell in cells.drop_nulls().head(FEW) if (text := cell.strip())]
    is_called_time = bool(TIME_WORDS.search(name))
    if not few or (not is_called_time and few[0].isdigit()):
        return
    counts = [
        form
        for form, range_ in EPOCHS.items()
        if is_called_time and all(_is_within(text, range_) for text in few)
    ]
    spelt = [] if counts else [each for each in _spellings() if all(each[1].fullmatch(text) for text in few)]
    plain = {form for form, _, _ in spelt}
    formats = counts or [
        form
        for form, _, _ in spelt
        if form.replace("%.f", "") == form or form.replace("%.f", "") not in plain
    ]
    if formats:
        stamp = _stamp((name,), cells, formats, max((offset for _, _, offset in spelt), default=""))
        if stamp is not None:
            yield stamp


def _is_within(text: str, bounds: tuple[int, int]) -> bool:
    return text.isdigit() and bounds[0] <= int(text) <= bounds[1]


@cache
def _spellings() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Format, regular expression and offset of every stamp in one column."""
    return tuple((form, re.compile(pattern), offset) for form, pattern, offset in _every_spelling())


def _every_spelling() -> Iterator[tuple[str, str, str]]:
    for (date, day), (time, clock) in product(DATES.items(), TIMES.items()):
        for gap, (offset, zone) in product(("T", " "), OFFSETS.items()):
            if offset in ("", "Z", "%z") and date == "%Y-%m-%d" and time.startswith("%H:%M:%S"):
                yield "iso8601", day + gap + clock + zone, offset
            elif offset != "Z":
                yield date + gap + time + offset, day + gap + clock + zone, offset
    for date, day in DATES.items():
        yield date, day, ""


def _stamp(columns: tuple[str, ...], text: pl.Series, formats: Sequence[str], offset: str) -> Stamp | None:
    """A stamp in the formats that read nearly every cell, the one with the closest records first."""
    text = text.str.strip_chars()
    is_24 = text.str.contains(r"[ T]24(:00)*$").fill_null(value=False)
    written = text.zip_with(~is_24, text.str.replace(r"([ T])24(:00)*$", "${1}00$2"))
    filled = int((text != "").sum())
    scored = []
    for form in dict.fromkeys(formats):
        wall = read_stamps(written, form)
        if filled and len(wall) - wall.null_count() >= NEARLY_ALL * filled:
            scored.append((_spread(wall), form, wall))
    if not scored:
        return None
    closest = min(spread for spread, _, _ in scored)
    fitting = sorted((each for each in scored if each[0] <= 1.5 * closest), key=lambda each: each[0])
    wall = fitting[0][2]
    if is_24.any():
        wall = _next_day(wall, is_24)
    offsets = (
        tuple(sorted(text.str.extract(f"({OFFSET})$").drop_nulls().unique()))
        if offset.strip() == "%z"
        else ()
    )
    return Stamp(
        columns,
        tuple(form for _, form, _ in fitting),
        has_offset=offset.strip() == "%z",
        is_utc=offset == "Z" or fitting[0][1] in EPOCHS,
        wall=wall,
        offsets=offsets,
        midnight_24=int(is_24.sum()),
        bad=tuple(wall.is_null().arg_true().head(5)),
    )


def _next_day(wall: pl.Series, is_24: pl.Series) -> pl.Series:
    """Stamps of hour 24 are midnight of the day after."""
    frame = pl.DataFrame({"wall": wall, "is_24": is_24})
    return frame.select(pl.col("wall") + pl.duration(days=pl.col("is_24").cast(pl.Int64))).to_series()


def _spread(wall: pl.Series) -> float:
    """How far the distinct stamps lie apart: the sum of the steps that are longer than three days [s]."""
    steps = wall.drop_nulls().unique().sort().diff().dt.total_seconds().drop_nulls()
    return float(steps.filter(steps > 3 * 86_400).sum()) + 1.0


def _with_times(frame: pl.DataFrame, date: Stamp, names: Sequence[str]) -> Iterator[Stamp]:
    """The date's column joined with one of times of day, or with one of hours."""
    for name in names:
        cells = frame.get_column(name).drop_nulls().str.strip_chars()
        if name in date.columns or cells.is_empty():
            continue
        times = [form for form, clock in TIMES.items() if cells.head(FEW).str.contains(f"^{clock}$").all()]
        times = [
            form for form in times if ":" in form or re.search(r"hour|^h$|stunde|^time", name, re.IGNORECASE)
        ]
        columns = (*date.columns, name)
        formats = [f"{day} {time}" for day in date.formats for time in times]
        stamp = _stamp(columns, stamp_text(frame, columns), formats, "") if formats else None
        if stamp is not None:
            yield stamp


def _with_offset_column(frame: pl.DataFrame, stamp: Stamp, names: Sequence[str]) -> Iterator[Stamp]:
    """A stamp without offset joined with a column of nothing but offsets."""
    if stamp.has_offset or stamp.is_utc:
        return
    for name in names:
        cells = frame.get_column(name).drop_nulls().str.strip_chars()
        is_offset = len(cells) and cells.n_unique() <= MOST_OFFSETS and cells.str.contains(TRUE_OFFSET).all()
        if name not in stamp.columns and is_offset:
            columns = (*stamp.columns, name)
            plain = stamp.format if stamp.format != "iso8601" else "%Y-%m-%d %H:%M:%S"
            joined = _stamp(columns, stamp_text(frame, columns), [f"{plain} %z"], "%z")
            if joined is not None:
                yield joined
