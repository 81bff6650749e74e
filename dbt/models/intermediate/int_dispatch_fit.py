"""Reserve and release time as the declared days without batteries show them, beside what is declared.

The arithmetic is `pipelines.counterfactual.fitting`; here only tables become arrays.
"""

COUNTS = ("k", "fitted_k", "days", "observed_starts", "declared_starts", "fitted_starts")
AMOUNTS = ("release_min", "fitted_release_min", "observed_h", "declared_h", "fitted_h")


def model(dbt, session):
    dbt.config(materialized="table")
    import polars as pl

    from pipelines.counterfactual.site import sites
    from pipelines.warehouse.python_models import close_event_loop

    days = dbt.ref("int_counterfactual_days").pl().filter(pl.col("reason").is_null())
    found = [pl.DataFrame(schema=columns(pl))]
    for _, site in sites(
        dbt.ref("int_counterfactual_intervals").pl(),
        dbt.ref("int_counterfactual_units").pl(),
        dbt.ref("int_counterfactual_outages").pl(),
        dbt.source("reference", "dispatch_parameters").pl().drop_nulls("fitted_from"),
    ):
        fitted = (site.scenario["fitted_from"], site.scenario["fitted_to"])
        seen = days.filter(
            (pl.col("site_id") == site.scenario["site_id"]) & pl.col("local_date").is_between(*fitted)
        ).drop_nulls("observed_h")
        if seen.height:
            found.append(pl.DataFrame([row_of(site, seen, fitted)], schema=columns(pl)))
    close_event_loop()
    return pl.concat(found).sort("site_id", "scenario")


def columns(pl):
    keys = {"site_id": pl.String, "scenario": pl.String}
    return keys | dict.fromkeys(COUNTS, pl.Int64) | dict.fromkeys(AMOUNTS, pl.Float64)


def row_of(site, seen, fitted_days):
    """One site and scenario, modelled over its days without batteries and counted on those that are known."""
    from pipelines.counterfactual.fitting import Fitted, fit, modelled
    from pipelines.counterfactual.site import STEP_S

    day = site.intervals["local_date"]
    [first, *_] = places = day.is_between(*fitted_days).arg_true()
    steps = slice(first, places[-1] + 1)
    counted = day[steps].is_in(seen["local_date"].implode()).to_numpy()
    window, fleet = site.window.part(steps), site.fleet.part(steps)
    observed_h, observed_starts = float(seen["observed_h"].sum()), int(seen["observed_starts"].sum())
    fitted = fit(window, fleet, observed_h * 3600 / STEP_S, observed_starts, counted)
    said = Fitted(site.policy.k, int(site.fleet.release_steps))
    ran, started = modelled(window, fleet, [said, fitted], counted)
    hours = ran * STEP_S / 3600
    return {
        "site_id": site.scenario["site_id"],
        "scenario": site.scenario["scenario"],
        "k": said.k,
        "fitted_k": fitted.k,
        "days": seen.height,
        "observed_starts": observed_starts,
        "declared_starts": int(started[0]),
        "fitted_starts": int(started[1]),
        "release_min": float(site.scenario["release_min"]),
        "fitted_release_min": fitted.release_steps * STEP_S / 60,
        "observed_h": observed_h,
        "declared_h": float(hours[0]),
        "fitted_h": float(hours[1]),
    }
