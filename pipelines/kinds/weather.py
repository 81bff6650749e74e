"""Readings of weather stations."""

from pipelines.kinds.dictionary import Column, Kind, Meaning

WEATHER = Kind(
    name="weather",
    device="station",
    description="Weather, one row per station and interval; the site is the station's area.",
    columns=(
        Column("ambient_c", "°C", Meaning.MEAN, -60, 60, "air temperature"),
        Column("pressure_kpa", "kPa", Meaning.MEAN, 50, 110, "air pressure at the station"),
        Column("relative_humidity_pct", "%", Meaning.MEAN, 0, 101, "relative humidity"),
    ),
    has_methods=True,
)
