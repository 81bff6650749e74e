with figures as (
    select
        models.*,
        days.* exclude (site_id, local_date, reason),
        batteries.stored_change_mwh,
        100 * models.calibration as calibration_pct,
        days.reason as day_reason,
        case
            when abs(calibration) * 100 > {{ parameter('calibration_amber_pct') }} then 'calibration_beyond_gate'
            when calibration is null and abs(calibration_difference_h) > calibration_days * {{ parameter('calibration_absolute_h') }}
                then 'calibration_beyond_gate'
            when calibration_days < {{ parameter('calibration_min_days') }} then 'calibration_too_short'
            when abs(calibration) * 100 > {{ parameter('calibration_green_pct') }} then 'calibration_amber'
        end as calibration_reason,
    from {{ ref('int_counterfactual_daily') }} as models
    inner join {{ ref('int_counterfactual_days') }} as days using (site_id, local_date)
    left join {{ ref('battery_daily') }} as batteries
        on batteries.site_id = models.site_id
        and batteries.local_date = models.local_date
        and batteries.device_id is null
),

judged_figures as (
    select
        *,
        case when calibration_reason = 'calibration_beyond_gate' then coalesce(day_reason, calibration_reason) else day_reason end
            as reason,
    from figures
)

select
    site_id,
    local_date,
    'A' as method_id,
    scenario,
    {{ amount('observed_h') }} as observed_h,
    case when reason is null then {{ amount('without_battery_unit_steps * 300 / 3600') }} end as without_battery_h,
    case when reason is null then {{ amount('modelled_unit_steps * 300 / 3600') }} end as modelled_h,
    cast(null as decimal(18, 6)) as avoided_h_low,
    case when reason is null
        then {{ amount('(without_battery_unit_steps - modelled_unit_steps) * 300 / 3600') }}
    end as avoided_h,
    cast(null as decimal(18, 6)) as avoided_h_high,
    case when reason is null
        then {{ amount(amount('without_battery_unit_steps * 300 / 3600') ~ ' - ' ~ amount('observed_h')) }}
    end as avoided_observed_h,
    {% for column in ['battery_h', 'grid_h', 'interaction_h', 'battery_only_h'] %}
        cast(null as decimal(18, 6)) as {{ column }},
    {% endfor %}
    {{ amount('observed_turbine_mwh') }} as observed_turbine_mwh,
    case when reason is null then {{ amount('without_battery_watt_steps / 12e6') }} end as without_battery_turbine_mwh,
    case when reason is null
        then {{ amount('(without_battery_watt_steps - modelled_watt_steps) / 12e6') }}
    end as avoided_turbine_mwh,
    case when reason is null then cast(observed_starts - without_battery_starts as integer) end as starts_delta,
    case when reason is null then {{ amount('unserved_watt_steps / 12e6') }} end as unserved_mwh,
    {{ amount('if(stored_change_mwh < 0, -stored_change_mwh, 0 * stored_change_mwh) / sqrt(' ~ parameter('rte_assumed') ~ ')') }}
        as soc_borrowed_mwh,
    {{ amount('calibration_pct') }} as calibration_pct,
    reason is null and calibration_reason is null as is_publishable,
    case when reason is null then {{ amount('modelled_watt_steps / 12e6') }} end as modelled_turbine_mwh,
    observed_starts,
    {{ amount('excluded_h') }} as excluded_h,
    case when reason is null then without_battery_starts end as without_battery_starts,
    case when reason is null then modelled_starts end as modelled_starts,
    cast(calibration_days as integer) as calibration_days,
    coalesce(reason, calibration_reason) as publication_reason,
    {{ amount('measured_pct / day_intervals') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged_figures
order by site_id, local_date, scenario
