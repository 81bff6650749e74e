"""What each unit does in M0 and M1, by local day and load bin: the base of avoided fuel and emissions.

Whole numbers, as in int_dispatch_5min; fuel and emissions are SQL.
"""

MODELS = ("without_battery", "modelled")


def model(dbt, session):
    dbt.config(materialized="table")
    import polars as pl

    from pipelines.counterfactual.site import sites
    from pipelines.warehouse.python_models import close_event_loop

    units = dbt.ref("int_counterfactual_units").pl()
    found = [pl.DataFrame(schema=columns(pl))]
    for scenario, site in sites(
        dbt.ref("int_counterfactual_intervals").pl(),
        units,
        dbt.ref("int_counterfactual_outages").pl(),
        dbt.source("reference", "dispatch_parameters").pl(),
    ):
        for intervals, models, fleet in site.parts():
            found.append(by_bin(scenario, intervals, models, fleet, site))
    close_event_loop()
    keys = ("site_id", "scenario", "local_date", "model", "device_id", "load_bin")
    return pl.concat(found).group_by(keys).sum().sort(keys)


def columns(pl):
    names = dict.fromkeys(("site_id", "scenario"), pl.String)
    counts = dict.fromkeys(("load_bin", "unit_steps", "starts", "watt_steps"), pl.Int64)
    return names | {"local_date": pl.Date, "model": pl.String, "device_id": pl.String} | counts


def by_bin(scenario, intervals, models, fleet, site):
    """Unit-steps, starts and output of a part of the time, summed over equal days, units and bins."""
    import numpy as np
    import polars as pl

    from pipelines.counterfactual.loading import load, load_bins

    loading = load(models.committed, models.residual_w, fleet, intervals["is_known"].to_numpy())
    bins = load_bins(loading.unit_w, site.nameplate_w)
    run, unit, step = np.nonzero(models.committed.on[: len(MODELS)])
    keys = intervals.select("site_id", "local_date")[step]
    return (
        keys.with_columns(
            pl.lit(scenario).alias("scenario"),
            pl.Series("model", np.array(MODELS)[run]),
            pl.Series("device_id", np.array(site.unit_ids)[unit]),
            pl.Series("load_bin", bins[run, unit, step]),
            pl.Series("unit_steps", np.ones(len(step), dtype=np.int64)),
            pl.Series("starts", models.committed.unit_starts[run, unit, step].astype(np.int64)),
            pl.Series("watt_steps", loading.unit_w[run, unit, step]),
        )
        .group_by("site_id", "scenario", "local_date", "model", "device_id", "load_bin")
        .sum()
        .select(columns(pl).keys())
    )
