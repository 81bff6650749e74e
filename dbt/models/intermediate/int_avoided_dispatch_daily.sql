with first_units as (
    select site_id, capability_w / 1e6 as unit_mw,
    from {{ ref('int_counterfactual_units') }}
    where merit = 1
),

judged_days as (
    select
        models.site_id,
        models.scenario,
        models.local_date,
        days.* exclude (site_id, local_date, reason),
        calibrations.* exclude (site_id, scenario, observed_h, modelled_h),
        scenarios.grid_before_mw,
        scenarios.fitted_from,
        md5(concat_ws('|', k, k_batt, min_up_h, min_down_h, release_min, start_min, coalesce(grid_before_mw, -1))) as params_hash,
        {{ amount('if(stored_change_mwh < 0, -stored_change_mwh, 0 * stored_change_mwh) / sqrt(' ~ parameter('rte_assumed') ~ ')') }}
            as borrowed_mwh,
        case when calibration_reason = 'calibration_beyond_gate' then coalesce(days.reason, calibration_reason) else days.reason end
            as reason,
    from {{ ref('int_counterfactual_daily') }} as models
    inner join {{ ref('int_counterfactual_days') }} as days using (site_id, local_date)
    left join {{ ref('int_counterfactual_calibration') }} as calibrations using (site_id, scenario)
    left join {{ source('reference', 'dispatch_parameters') }} as scenarios
        on scenarios.site_id = models.site_id and scenarios.scenario = models.scenario and scenarios.valid_to is null
    left join {{ ref('battery_daily') }} as batteries
        on batteries.site_id = models.site_id
        and batteries.local_date = models.local_date
        and batteries.device_id is null
),

figures as (
    select
        judged_days.*,
        models.* exclude (site_id, scenario, local_date),
        without_battery_unit_steps - modelled_unit_steps as battery_only_steps,
        before_upgrade_unit_steps - before_upgrade_modelled_unit_steps as battery_before_steps,
        before_upgrade_unit_steps - modelled_unit_steps as grid_and_battery_steps,
    from judged_days
    left join {{ ref('int_counterfactual_daily') }} as models
        on models.site_id = judged_days.site_id
        and models.scenario = judged_days.scenario
        and models.local_date = judged_days.local_date
        and judged_days.reason is null
)

select
    figures.site_id,
    local_date,
    'A' as method_id,
    figures.scenario,
    {{ amount('observed_h') }} as observed_h,
    {{ amount('without_battery_unit_steps / 12') }} as without_battery_h,
    {{ amount('modelled_unit_steps / 12') }} as modelled_h,
    case when reason is null then {{ amount('low_h') }} end as avoided_h_low,
    {{ amount('battery_only_steps / 12') }} as avoided_h,
    case when reason is null then {{ amount('high_h') }} end as avoided_h_high,
    {{ amount(amount('without_battery_unit_steps / 12') ~ ' - ' ~ amount('observed_h')) }} as avoided_observed_h,
    {{ amount('(battery_before_steps + battery_only_steps) / 24') }} as battery_h,
    {{ amount('(2 * grid_and_battery_steps - battery_before_steps - battery_only_steps) / 24') }} as grid_h,
    {{ amount('(battery_before_steps - battery_only_steps) / 12') }} as interaction_h,
    {{ amount('battery_only_steps / 12') }} as battery_only_h,
    {{ amount('observed_turbine_mwh') }} as observed_turbine_mwh,
    {{ amount('without_battery_watt_steps / 12e6') }} as without_battery_turbine_mwh,
    case when reason is null then {{ amount('low_mwh') }} end as avoided_turbine_mwh_low,
    {{ amount('(without_battery_watt_steps - modelled_watt_steps) / 12e6') }} as avoided_turbine_mwh,
    case when reason is null then {{ amount('high_mwh') }} end as avoided_turbine_mwh_high,
    cast(observed_starts - without_battery_starts as integer) as starts_delta,
    {{ amount('unserved_watt_steps / 12e6') }} as unserved_mwh,
    borrowed_mwh as soc_borrowed_mwh,
    calibration_pct,
    reason is null and calibration_reason is null as is_publishable,
    {{ amount('battery_only_steps / 12 - borrowed_mwh / unit_mw') }} as avoided_soc_neutral_h,
    case when reason is null and low_h is null then 'too_few_weeks' else reason end as interval_reason,
    case
        when reason is not null or low_mwh is not null then reason
        when fitted_from is null then 'no_days_without_battery'
        else 'too_few_weeks'
    end as energy_interval_reason,
    {{ amount('before_upgrade_unit_steps / 12') }} as before_upgrade_h,
    case when reason is null and grid_before_mw is null then 'no_old_grid_connection' else reason end as attribution_reason,
    {{ amount('modelled_watt_steps / 12e6') }} as modelled_turbine_mwh,
    observed_starts,
    {{ amount('excluded_h') }} as excluded_h,
    without_battery_starts,
    modelled_starts,
    calibration_days,
    coalesce(reason, calibration_reason) as publication_reason,
    params_hash,
    {{ amount('measured_pct / day_intervals') }} as data_coverage_pct,
    reason,
from figures
left join first_units on first_units.site_id = figures.site_id
left join {{ ref('int_avoided_interval') }} as bounds
    on bounds.site_id = figures.site_id
    and bounds.scenario = figures.scenario
    and bounds.starts_on = figures.local_date
    and bounds.period = 'day'
