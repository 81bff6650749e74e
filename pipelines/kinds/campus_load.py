"""Readings of the campus load at its feeders or halls."""

from pipelines.kinds.dictionary import Column, Kind, Meaning

CAMPUS_LOAD = Kind(
    name="campus_load",
    device="feeder or hall",
    description="Power consumed by the campus, one row per feeder or hall and interval.",
    columns=(Column("load_mw", "MW", Meaning.MEAN, 0, 5000, "power consumed, auxiliaries not included"),),
)
