"""Which clock the stamps follow: offsets they carry, words, and the nights on which clocks are changed.

A clock of a zone skips an hour in spring and repeats one in autumn; one that shows every hour of those
nights does not. Zones of one rule cannot be told apart by that, so a zone is never sure. Here must not
live: formats of stamps.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.inspection.guess import Guess, sure, unknown, unsure
from pipelines.inspection.stamps import Stamp

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Athens",
    "Australia/Sydney",
)
"""Zones that are tried beside those of the campus: one of each rule, and the four of the United States."""
ABBREVIATIONS = {
    "EST": "-05:00", "CST": "-06:00", "MST": "-07:00", "PST": "-08:00", "AEST": "+10:00", "CET": "+01:00",
}  # fmt: skip
"""Standard times a header may name."""
SEASONS = (
    (
        frozenset(["dst", "s", "summer", "edt", "cdt", "mdt", "pdt", "cest", "mesz", "1", "y", "true"]),
        "first",
    ),
    (
        frozenset(["st", "std", "w", "winter", "est", "cst", "mst", "pst", "cet", "mez", "0", "n", "false"]),
        "second",
    ),
)
"""Words of a column that tells summer from winter time."""
SEASON_NAME = re.compile(r"dst|season|summer|zone|fold", re.IGNORECASE)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of the stamps.

    Attributes:
        clock: As a contract writes it.
        fold: What becomes of the repeated hour; only where the clock is a zone.
        remarks: What else a person should know.
    """

    clock: Guess
    fold: Guess | None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Night:
    """A night on which a zone changes its clocks: the hour that is skipped or repeated, on the wall."""

    zone: str
    hour: datetime
    is_gap: bool


def clock_of(
    stamp: Stamp, series: pl.DataFrame, frame: pl.DataFrame, others: Sequence[Stamp], zones: Sequence[str]
) -> Clock:
    """The clock of a stamp.

    Args:
        stamp: The stamp in use.
        series: `key`, `wall` of the records, in the order of the file.
        frame: The records; a column may tell summer from winter time.
        others: Other stamps of the same records.
        zones: Time zones of the campus, which are tried first.
    """
    name = " ".join(stamp.columns)
    beside = [other for other in others if other.has_time and not set(other.columns) & set(stamp.columns)]
    remarks = tuple(_beside(stamp, other) for other in beside)
    if stamp.has_offset:
        shown = ", ".join(stamp.offsets)
        return Clock(sure("in_value", f"every stamp carries its offset ({shown})"), None, remarks)
    if stamp.is_utc:
        why = "counts of seconds since 1970 are UTC" if "epoch" in stamp.format else "every stamp ends in Z"
        return Clock(sure("UTC", why), None, remarks)
    nights = _nights(series, tuple(dict.fromkeys((*zones, *ZONES))))
    if re.search(r"\butc\b|\bgmt\b|(?<![a-z])utc(?![a-z])", name, re.IGNORECASE) and not nights.fitting:
        return Clock(sure("UTC", f"the column is called {name!r}"), None, remarks)
    if nights.fitting:
        return _civil(nights, frame, zones, remarks)
    return Clock(_without_change(name, nights), None, remarks)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the nights say: zones that fit, nights that show no change, and how the hours come."""

    fitting: tuple[str, ...]
    gaps: tuple[datetime, ...]
    doubled: tuple[datetime, ...]
    single: tuple[datetime, ...]
    unchanged: tuple[tuple[str, datetime], ...]


def _civil(nights: _Evidence, frame: pl.DataFrame, zones: Sequence[str], remarks: tuple[str, ...]) -> Clock:
    ours = [zone for zone in nights.fitting if zone in zones]
    shown = ours[0] if ours else nights.fitting[0]
    told = [f"{hour:%H:%M} is skipped on {hour:%Y-%m-%d}" for hour in nights.gaps[:1]]
    told += [f"{hour:%H:%M} comes twice on {hour:%Y-%m-%d}" for hour in nights.doubled[:1]]
    rivals = [zone for zone in nights.fitting if zone != shown]
    same = (
        f"; {', '.join(rivals)} change at the same hours"
        if rivals
        else "; other zones change at the same hours"
    )
    why = " and ".join(told) + same
    return Clock(unsure(shown, why), _fold(nights, frame), remarks)


def _fold(nights: _Evidence, frame: pl.DataFrame) -> Guess:
    season = _season(frame)
    if season is not None:
        return unsure(season, f"the column {season['column']!r} tells summer from winter")
    if nights.doubled:
        return sure(
            "file_order", f"the hour {nights.doubled[0]:%Y-%m-%d %H:%M} comes twice, in the order of the file"
        )
    if nights.single:
        return sure("merged", f"the repeated hour {nights.single[0]:%Y-%m-%d %H:%M} has one record only")
    return unsure("reject", "no night in autumn in this file")


def _season(frame: pl.DataFrame) -> dict[str, object] | None:
    for name in frame.columns:
        if not SEASON_NAME.search(name):
            continue
        words = (
            frame.get_column(name).cast(pl.String).drop_nulls().str.strip_chars().unique().sort().to_list()
        )
        sides = {side: [word for word in words if word.lower() in known] for known, side in SEASONS}
        if 0 < len(words) == sum(map(len, sides.values())) <= 4 and sides["first"] and sides["second"]:
            return {"column": name, **sides}
    return None


def _without_change(name: str, nights: _Evidence) -> Guess:
    named = next((word for word in ABBREVIATIONS if re.search(rf"\b{word}\b", name.replace("_", " "))), None)
    if named is not None:
        return unsure(ABBREVIATIONS[named], f"the column is called {name!r}")
    if nights.unchanged:
        zone, hour = nights.unchanged[0]
        return unsure("UTC", f"{hour:%Y-%m-%d %H:%M} is there, which {zone} skips: UTC, or a fixed offset")
    if nights.single:
        hour = nights.single[0]
        why = f"{hour:%H:%M} of {hour:%Y-%m-%d} comes once: UTC, a fixed offset, or a repeated hour merged"
        return unknown(why)
    return unknown("stamps without an offset, and no night in the file on which clocks are changed")


def _beside(stamp: Stamp, other: Stamp) -> str:
    hours = ((other.wall - stamp.wall).dt.total_seconds() / 3600).drop_nulls().unique().sort().to_list()
    shown = ", ".join(f"{hour:+g} h" for hour in hours[:4]) + (" …" if len(hours) > 4 else "")
    there, here = (" + ".join(map(repr, each.columns)) for each in (other, stamp))
    return f"{there} is a second stamp, {shown} from {here}"


def _nights(series: pl.DataFrame, zones: Sequence[str]) -> _Evidence:
    """Looks at every night within the records on which one of the zones changes its clocks."""
    wall = series["wall"]
    if wall.is_empty():
        return _Evidence((), (), (), (), ())
    counts = series.group_by("key", pl.col("wall").dt.truncate("1h").alias("hour")).len()
    counts = counts.group_by("hour").agg(pl.col("len").median())
    by_hour: dict[datetime, float] = dict(counts.iter_rows())
    first, last = wall.min(), wall.max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    verdicts: dict[str, list[tuple[str, datetime]]] = {}
    for zone in zones:
        told = [(_verdict(night, by_hour), night.hour) for night in _changes(zone, first, last)]
        verdicts[zone] = [(word, hour) for word, hour in told if word]
    signs = {zone: _of(verdicts[zone], "gap", "ragged gap", "doubled") for zone in zones}
    against = {zone: _of(verdicts[zone], "filled") for zone in zones}
    fitting = [zone for zone in zones if len(signs[zone]) > 4 * len(against[zone])]
    best = max((len(signs[zone]) for zone in fitting), default=0)
    fitting = [zone for zone in fitting if len(signs[zone]) == best]
    if not fitting:
        single = tuple(hour for zone in zones[:1] for hour in _of(verdicts[zone], "single"))
        return _Evidence(
            (), (), (), single, tuple((zone, hour) for zone, hours in against.items() for hour in hours)
        )
    told = verdicts[fitting[0]]
    gaps = _of(told, "gap", "ragged gap")
    is_proven = bool(_of(told, "gap")) or len(gaps) > 1
    return _Evidence(
        tuple(fitting),
        tuple(gaps),
        tuple(_of(told, "doubled")),
        tuple(_of(told, "single") if is_proven else ()),
        (),
    )


def _of(told: Sequence[tuple[str, datetime]], *words: str) -> list[datetime]:
    return [hour for word, hour in told if word in words]


def _verdict(night: _Night, by_hour: dict[datetime, float]) -> str:
    """gap, doubled, single, filled; nothing where the hours beside are not there, but for one of a gap."""
    here, (before, after) = (
        by_hour.get(night.hour, 0),
        (by_hour.get(night.hour + n * HOUR, 0) for n in (-1, 1)),
    )
    usual = max(before, after)
    if min(before, after) == 0:
        farther = [by_hour.get(night.hour + n * HOUR, 0) for n in (-2, 2)]
        return "ragged gap" if night.is_gap and here == 0 < usual and min(farther) > 0 else ""
    if usual > 1.5 * min(before, after):
        return ""
    if night.is_gap:
        return "gap" if here == 0 else "filled" if here >= 0.8 * usual else ""
    return "doubled" if here >= 1.8 * usual else "single" if 0.8 * usual <= here <= 1.2 * usual else ""


def _changes(zone: str, first: datetime, last: datetime) -> list[_Night]:
    """The changes of a zone's clocks between two wall-clock stamps."""
    place, found = ZoneInfo(zone), []
    day = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    while day.replace(tzinfo=None) <= last + timedelta(days=1):
        before, after = (instant.astimezone(place).utcoffset() for instant in (day, day + timedelta(days=1)))
        assert before is not None
        assert after is not None
        if before != after:
            at = (
                next(
                    day + n * HOUR
                    for n in range(25)
                    if (day + (n + 1) * HOUR).astimezone(place).utcoffset() == after
                )
                + HOUR
            )
            wall = at.replace(tzinfo=None)
            found.append(
                _Night(zone, wall + min(before, after) if after > before else wall + after, after > before)
            )
        day += timedelta(days=1)
    return [night for night in found if first <= night.hour <= last]
