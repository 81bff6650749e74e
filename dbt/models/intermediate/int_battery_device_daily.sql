with hours as (
    select
        calendar.local_date,
        device_hours.*,
        coalesce(register_s, 0) > 0 and register_s >= coalesce(power_s, 0) as has_registers,
        min(hour_start_utc) over day as first_hour_utc,
        max(hour_start_utc) over day as last_hour_utc,
    from {{ ref('int_battery_hourly') }} as device_hours
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    window day as (partition by device_hours.site_id, device_id, calendar.local_date)
),

next_hours as (
    select device_id, hour_start_utc, min_by(soc_first_pct, utc_date) as soc_first_pct,
    from {{ ref('int_battery_hourly') }}
    group by device_id, hour_start_utc
)

select
    hours.site_id,
    hours.device_id,
    hours.local_date,
    sum(case when has_registers then register_charged_mwh * 3600 else power_charged_mw_s end) as charged_mw_s,
    sum(case when has_registers then register_discharged_mwh * 3600 else power_discharged_mw_s end)
        as discharged_mw_s,
    cast(sum(case when has_registers then register_s else coalesce(power_s, 0) end) as integer) as energy_s,
    cast(sum(coalesce(power_substituted_s, 0)) as integer) as substituted_s,
    bool_or(has_registers) as has_registers,
    min(case when hours.hour_start_utc = days.starts_at_utc then hours.soc_first_pct end) as soc_start_pct,
    coalesce(
        min(next_hours.soc_first_pct),
        min(case when hours.hour_start_utc + interval 1 hour = days.ends_at_utc then hours.soc_last_pct end)
    ) as soc_end_pct,
    min(soc_min_pct) as soc_min_pct,
    max(soc_max_pct) as soc_max_pct,
    cast(sum(status_s) as integer) as status_s,
    cast(sum(coalesce(available_s, 0)) as integer) as available_s,
    sum(capable_mw_s) as capable_mw_s,
    cast(sum(capability_s) as integer) as capability_s,
from hours
inner join {{ ref('int_local_days') }} as days using (site_id, local_date)
left join next_hours
    on next_hours.device_id = hours.device_id and next_hours.hour_start_utc = days.ends_at_utc
group by hours.site_id, hours.device_id, hours.local_date
