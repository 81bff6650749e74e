"""Dispatch with and without batteries, at today's and at the old grid connection, per local day.

Counts and sums are whole numbers (unit-steps, watt-steps); the mart divides once. The dispatch itself
is `pipelines.counterfactual`; here only days become rows.
"""

MODELS = ("without_battery", "modelled", "before_upgrade", "before_upgrade_modelled")


def model(dbt, session):
    dbt.config(materialized="table")
    import polars as pl

    from pipelines.counterfactual.site import sites
    from pipelines.warehouse.python_models import close_event_loop

    found = [pl.DataFrame(schema=columns(pl))]
    for scenario, site in sites(
        dbt.ref("int_counterfactual_intervals").pl(),
        dbt.ref("int_counterfactual_units").pl(),
        dbt.ref("int_counterfactual_outages").pl(),
        dbt.source("reference", "dispatch_parameters").pl(),
    ):
        parts = pl.concat([steps_of(*part) for part in site.parts()])
        days = parts.with_columns(pl.lit(scenario).alias("scenario"))
        found.append(days.group_by("site_id", "scenario", "local_date").sum())
    close_event_loop()
    return pl.concat(found, how="diagonal").sort("site_id", "scenario", "local_date")


def columns(pl):
    keys = {"site_id": pl.String, "scenario": pl.String, "local_date": pl.Date}
    figures = [f"{name}_{figure}" for name in MODELS for figure in ("unit_steps", "starts", "watt_steps")]
    return keys | dict.fromkeys([*figures, "unserved_watt_steps", "extra_import_watt_steps"], pl.Int64)


def steps_of(intervals, models, fleet):
    """Whole numbers of each step of a part of the time."""
    import polars as pl

    from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY
    from pipelines.counterfactual.loading import load

    loading = load(models.committed, models.residual_w, fleet, intervals["is_known"].to_numpy())
    served_w = loading.supplied_w + loading.unserved_w
    served_w[AS_OBSERVED] += intervals["battery_w"].to_numpy()
    figures = (models.committed.unit_steps, models.committed.starts, loading.supplied_w)
    return intervals.select("site_id", "local_date").with_columns(
        *(
            pl.Series(f"{name}_{figure}", values[run])
            for run, name in enumerate(MODELS[: len(models.residual_w)])
            for figure, values in zip(("unit_steps", "starts", "watt_steps"), figures, strict=True)
        ),
        pl.Series("unserved_watt_steps", loading.unserved_w[WITHOUT_BATTERY]),
        pl.Series("extra_import_watt_steps", served_w[WITHOUT_BATTERY] - served_w[AS_OBSERVED]),
    )
