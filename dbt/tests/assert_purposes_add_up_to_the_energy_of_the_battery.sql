-- To the last digit: every MWh charged or discharged serves one purpose.
with sums as (
    select
        site_id,
        device_id,
        local_date,
        sum(charged_mwh) as charged_mwh,
        sum(discharged_mwh) as discharged_mwh,
    from {{ ref('battery_energy_by_purpose_daily') }}
    group by site_id, device_id, local_date
)

select days.site_id, days.device_id, days.local_date,
from {{ ref('battery_daily') }} as days
left join sums
    on sums.site_id = days.site_id
    and sums.device_id is not distinct from days.device_id
    and sums.local_date = days.local_date
where
    coalesce(sums.charged_mwh, 0) <> coalesce(days.charged_mwh, 0)
    or coalesce(sums.discharged_mwh, 0) <> coalesce(days.discharged_mwh, 0)
