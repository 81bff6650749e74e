with days as (
    select *, 'none' as scenario, {{ amount('measured_pct / day_intervals') }} as data_coverage_pct,
    from {{ ref('int_counterfactual_days') }}
),

energy_bounds as (
    select
        days.site_id,
        days.local_date,
        'B' as method_id,
        days.scenario,
        {{ amount('days.observed_h') }} as observed_h,
        if(at_min_load_h is not null, least(at_full_load_h, at_min_load_h), null) as avoided_h_low,
        at_full_load_h as avoided_h,
        if(at_min_load_h is not null, greatest(at_full_load_h, at_min_load_h), null) as avoided_h_high,
        {{ amount('days.observed_turbine_mwh') }} as observed_turbine_mwh,
        {{ amount('discharged_mwh - turbine_charged_mwh') }} as avoided_turbine_mwh,
        coalesce(days.reason, if(at_full_load_h is null, 'no_units', null)) as reason,
        coalesce(days.reason, if(at_full_load_h is null, 'no_units', if(at_min_load_h is null, 'no_min_load', null)))
            as interval_reason,
        'bound_only' as method_reason,
        days.data_coverage_pct,
    from days
    left join {{ ref('int_avoided_energy_bound') }} as bounds using (site_id, local_date)
),

regressions as (
    select
        days.site_id,
        days.local_date,
        'C' as method_id,
        days.scenario,
        {{ amount('days.observed_h') }} as observed_h,
        predicted_h as without_battery_h,
        {{ amount('regression.avoided_h - abs(regression.avoided_h) * savings_uncertainty') }} as avoided_h_low,
        regression.avoided_h,
        {{ amount('regression.avoided_h + abs(regression.avoided_h) * savings_uncertainty') }} as avoided_h_high,
        regression.avoided_h as avoided_observed_h,
        {{ amount('days.observed_turbine_mwh') }} as observed_turbine_mwh,
        regression.reason,
        coalesce(regression.reason, if(savings_uncertainty is null, 'no_savings', null)) as interval_reason,
        if(savings_uncertainty is null, 'no_savings', null) as method_reason,
        days.data_coverage_pct,
    from days
    inner join {{ ref('int_avoided_regression_daily') }} as regression using (site_id, local_date)
),

methods as (
    select *, cast(null as varchar) as method_reason from {{ ref('int_avoided_dispatch_daily') }}
    union all by name
    select *, 'not_by_this_method' as attribution_reason, 'not_by_this_method' as energy_interval_reason from energy_bounds
    union all by name
    select *, 'not_by_this_method' as attribution_reason, 'not_by_this_method' as energy_interval_reason from regressions
)

select
    site_id,
    local_date,
    method_id,
    scenario,
    observed_h,
    without_battery_h,
    modelled_h,
    avoided_h_low,
    avoided_h,
    avoided_h_high,
    avoided_observed_h,
    battery_h,
    grid_h,
    interaction_h,
    battery_only_h,
    observed_turbine_mwh,
    without_battery_turbine_mwh,
    avoided_turbine_mwh,
    starts_delta,
    unserved_mwh,
    soc_borrowed_mwh,
    calibration_pct,
    coalesce(is_publishable, reason is null and method_reason is null) as is_publishable,
    avoided_soc_neutral_h,
    interval_reason,
    before_upgrade_h,
    coalesce(reason, attribution_reason) as attribution_reason,
    modelled_turbine_mwh,
    observed_starts,
    excluded_h,
    without_battery_starts,
    modelled_starts,
    calibration_days,
    coalesce(publication_reason, reason, method_reason) as publication_reason,
    params_hash,
    avoided_turbine_mwh_low,
    avoided_turbine_mwh_high,
    coalesce(reason, energy_interval_reason) as energy_interval_reason,
    data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from methods
order by site_id, local_date, method_id, scenario
