"""Whether a stamp format can tell when a record is: a known instant is written by it and read back.

Formats are those of polars (chrono): `%.f` or `%.3f` for fractions of a second, with the dot. Here
must not live: reading stamps (`cleaning.clock`).
"""

from datetime import UTC, datetime, timedelta

EPOCHS = ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns")
"""Counts since 1970: instants, so that no clock has a say."""
KNOWN = ("iso8601", *EPOCHS)
SAMPLE = datetime(2025, 11, 22, 13, 34, 56, 250_000)  # noqa: DTZ001 - a wall-clock stamp


def with_minutes(pattern: str) -> str:
    """A format that names hours but no minutes, completed; the text gets the same ending."""
    return pattern + " :%M" if "%H" in pattern and "%M" not in pattern else pattern


def reason_against(pattern: str, *, carries_offset: bool, interval_s: int) -> str | None:
    """Why a format cannot be used, None if it can.

    Args:
        pattern: The format, or a word of `KNOWN`.
        carries_offset: Whether stamps carry their offset from UTC.
        interval_s: Interval of the feed [s]: the format must tell intervals apart to the minute.
    """
    import polars as pl

    if pattern in KNOWN:
        return None
    if carries_offset != any(token in pattern for token in ("%z", "%:z", "%#z")):
        return "an offset in the format (%z) and `clock: in_value` go together"
    sample = SAMPLE.replace(tzinfo=UTC) if carries_offset else SAMPLE
    try:
        text = pl.Series([sample]).dt.to_string(with_minutes(pattern))
        zone = "UTC" if carries_offset else None
        read = text.str.to_datetime(
            with_minutes(pattern), time_unit="us", time_zone=zone, strict=False
        ).item()
    except pl.exceptions.PolarsError as error:
        return str(error).splitlines()[0]
    finest = timedelta(days=1) if interval_s >= 86400 else timedelta(hours=1) if interval_s >= 3600 else None
    lost = sample - read if read is not None else None
    if lost is None or not timedelta(0) <= lost < (finest or timedelta(minutes=1)):
        return f"it writes 2025-11-22 13:34:56 as {text.item()!r} and reads that as {read}"
    return None
