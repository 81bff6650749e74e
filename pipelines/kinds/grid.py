"""Readings of utility meters."""

from pipelines.kinds.dictionary import Column, Kind, Meaning

GRID = Kind(
    name="grid",
    device="meter",
    description="Power exchanged with the utility, one row per meter and interval; import is positive.",
    columns=(
        Column("grid_mw", "MW", Meaning.MEAN, -5000, 5000, "power from the utility, import +, export -"),
        Column("reactive_mvar", "Mvar", Meaning.MEAN, -5000, 5000, "reactive power from the utility"),
        Column("frequency_hz", "Hz", Meaning.MEAN, 45, 65, "grid frequency"),
        Column(
            "energy_mwh", "MWh", Meaning.AMOUNT, -5000, 5000, "register increment of the interval, import +"
        ),
    ),
    has_methods=True,
)
