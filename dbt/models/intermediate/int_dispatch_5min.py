"""Dispatch with and without batteries, at today's and at the old grid connection, in every 5 minutes.

Whole numbers; days and peaks take sums of them in SQL. The dispatch itself is `pipelines.counterfactual`;
here only steps become rows.
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
        found += [steps_of(scenario, *part) for part in site.parts()]
    close_event_loop()
    return pl.concat(found, how="diagonal")


def columns(pl):
    keys = {"site_id": pl.String, "scenario": pl.String, "interval_start_utc": pl.Datetime("us")}
    figures = [f"{name}_{figure}" for name in MODELS for figure in ("units", "starts", "w")]
    imports = [f"{name}_import_w" for name in MODELS[:2]]
    numbers = dict.fromkeys([*figures, "unserved_w", *imports], pl.Int64)
    return keys | {"local_date": pl.Date, "reason": pl.String} | numbers


def steps_of(scenario, intervals, models, fleet):
    """Rows of a part of the time."""
    import polars as pl

    from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY
    from pipelines.counterfactual.loading import load

    loading = load(models.committed, models.residual_w, fleet, intervals["is_known"].to_numpy())
    import_w = intervals["need_w"].to_numpy() - loading.supplied_w - loading.unserved_w
    import_w[AS_OBSERVED] -= intervals["battery_w"].to_numpy()
    figures = (models.committed.unit_steps, models.committed.starts, loading.supplied_w)
    return intervals.select("site_id", "interval_start_utc", "local_date", "reason").with_columns(
        pl.lit(scenario).alias("scenario"),
        *(
            pl.Series(f"{name}_{figure}", values[run])
            for run, name in enumerate(MODELS[: len(models.residual_w)])
            for figure, values in zip(("units", "starts", "w"), figures, strict=True)
        ),
        pl.Series("unserved_w", loading.unserved_w[WITHOUT_BATTERY]),
        *(pl.Series(f"{name}_import_w", import_w[run]) for run, name in enumerate(MODELS[:2])),
    )
