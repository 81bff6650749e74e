"""Readings of a utility system's demand, the denominator of peak shares."""

from pipelines.kinds.dictionary import Column, Kind, Meaning

SYSTEM_DEMAND = Kind(
    name="system_demand",
    device="utility system",
    description="Demand of a utility system, one row per system and interval; the site is the area.",
    columns=(
        Column("demand_mw", "MW", Meaning.MEAN, 0, 1e6, "demand as first reported"),
        Column("demand_adjusted_mw", "MW", Meaning.MEAN, 0, 1e6, "demand as adjusted by its publisher"),
        Column("demand_imputed_mw", "MW", Meaning.MEAN, 0, 1e6, "demand as imputed by its publisher"),
    ),
    has_methods=True,
)
