with sums as (
    select
        site_id,
        local_date,
        sum(battery_w) filter (where battery_w > 0 and need_w > cap_w) as discharged_watt_steps,
        sum(-battery_w) filter (where battery_w < 0 and turbine_w > 0) as recharged_watt_steps,
    from {{ ref('int_counterfactual_intervals') }}
    where is_known
    group by site_id, local_date
)

select
    days.site_id,
    days.local_date,
    {{ amount('coalesce(discharged_watt_steps, 0) / 12e6') }} as discharged_mwh,
    {{ amount('coalesce(recharged_watt_steps, 0) / 12e6') }} as turbine_charged_mwh,
    {{ amount('(coalesce(discharged_watt_steps, 0) - coalesce(recharged_watt_steps, 0)) / 12 / nullif(units.capability_w, 0)') }}
        as at_full_load_h,
    {{ amount('(coalesce(discharged_watt_steps, 0) - coalesce(recharged_watt_steps, 0)) / 12 / nullif(units.min_load_w, 0)') }}
        as at_min_load_h,
from {{ ref('int_counterfactual_days') }} as days
left join sums using (site_id, local_date)
left join {{ ref('int_counterfactual_units') }} as units on units.site_id = days.site_id and units.merit = 1
where days.reason is null
