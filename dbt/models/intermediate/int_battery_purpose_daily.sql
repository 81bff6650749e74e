with devices as (
    select distinct site_id, device_id, block_id,
    from {{ ref('int_counted_meters') }}
    where source = 'battery'
),

flows as (
    select
        batteries.site_id,
        devices.block_id,
        hours.local_date,
        coalesce(purposes.purpose, 'unknown') as purpose,
        sum(coalesce(charged_mw_s, 0)) as charged_mw_s,
        sum(coalesce(discharged_mw_s, 0)) as discharged_mw_s,
        sum(least(coalesce(charged_mw_s, 0), coalesce(discharged_mw_s, 0))) as returned_mw_s,
    from {{ ref('int_battery_5min') }} as batteries
    inner join devices using (site_id, device_id)
    inner join {{ source('reference', 'calendar_hours') }} as hours
        on hours.site_id = batteries.site_id
        and hours.hour_start_utc = date_trunc('hour', batteries.interval_start_utc)
    left join {{ ref('int_discharge_purpose_5min') }} as purposes
        on purposes.site_id = batteries.site_id and purposes.interval_start_utc = batteries.interval_start_utc
    group by batteries.site_id, devices.block_id, hours.local_date, coalesce(purposes.purpose, 'unknown')
),

parts as (
    select site_id, block_id, local_date, purpose, 0 as charged_mw_s, discharged_mw_s - returned_mw_s as discharged_mw_s, from flows
    union all
    select site_id, block_id, local_date, 'smoothing', returned_mw_s, returned_mw_s, from flows
    union all
    select site_id, block_id, local_date, 'recharge', charged_mw_s - returned_mw_s, 0, from flows
)

select
    site_id,
    block_id,
    local_date,
    purpose,
    sum(charged_mw_s) as charged_mw_s,
    sum(discharged_mw_s) as discharged_mw_s,
from parts
group by grouping sets ((site_id, block_id, local_date, purpose), (site_id, local_date, purpose))
