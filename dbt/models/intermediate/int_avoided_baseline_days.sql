with declared as (
    select site_id, min(baseline_from) as baseline_from, min(baseline_to) as baseline_to,
    from {{ source('reference', 'dispatch_parameters') }}
    where valid_to is null
    group by site_id
),

inputs as (
    select
        site_id,
        local_date,
        {{ amount('sum(greatest(0, need_w - cap_w)) filter (where is_known) / 12e6') }} as deficit_mwh,
        coalesce(sum(abs(battery_w)), 0) as battery_watt_steps,
        max(cap_w) filter (where is_known) as cap_w,
    from {{ ref('int_counterfactual_intervals') }}
    group by site_id, local_date
),

days as (
    select
        inputs.*,
        days.observed_h,
        days.reason,
        declared.baseline_from,
        coalesce(local_date between baseline_from and baseline_to, false) as is_baseline,
        (
            select coalesce(sum(units.capability_w), 0) from {{ ref('int_counterfactual_units') }} as units
            where units.site_id = inputs.site_id
                and cast(inputs.local_date as timestamp) >= date_trunc('day', units.from_utc)
                and cast(inputs.local_date as timestamp) < date_trunc('day', units.to_utc)
        ) as fleet_w,
    from inputs
    inner join {{ ref('int_counterfactual_days') }} as days using (site_id, local_date)
    left join declared using (site_id)
),

baselines as (
    select
        site_id,
        max(cap_w) filter (where is_baseline) as baseline_cap_w,
        max(fleet_w) filter (where is_baseline) as baseline_fleet_w,
        sum(battery_watt_steps) filter (where is_baseline) as baseline_battery_watt_steps,
    from days
    group by site_id
)

select
    site_id,
    local_date,
    is_baseline,
    deficit_mwh,
    {{ amount('observed_h') }} as observed_h,
    case
        when baseline_from is null then 'no_clean_baseline'
        when reason is not null then reason
        when observed_h is null then 'incomplete_day'
        when coalesce(baseline_battery_watt_steps, 1) <> 0 then 'no_clean_baseline'
        when cap_w <> baseline_cap_w then 'grid_cap_differs'
        when fleet_w <> baseline_fleet_w then 'fleet_differs'
    end as reason,
from days
inner join baselines using (site_id)
