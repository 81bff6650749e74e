with days as (
    select site_id, local_date, count(*) as day_hours,
    from {{ source('reference', 'calendar_hours') }}
    where (site_id, local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
    group by site_id, local_date
),

units as (
    select
        days.*,
        devices.device_id,
        devices.kind = 'pack' as is_pack,
        case when devices.kind = 'pack' then devices.parent_id else devices.device_id end as block_id,
        coalesce(nullif(devices.nameplate_mw, 0), 1) as nameplate_mw,
    from days
    inner join {{ source('reference', 'devices') }} as devices
        on devices.site_id = days.site_id
        and devices.kind in ('pack', 'block')
        and {{ is_valid_on('devices', 'days.local_date') }}
        and {{ is_expected_on('devices', 'days.local_date') }}
),

unit_days as (
    select units.*, status_s, available_s, capable_mw_s, capability_s,
    from units
    left join {{ ref('int_battery_device_daily') }} as device_days using (site_id, device_id, local_date)
    qualify is_pack = bool_or(is_pack and status_s is not null) over (partition by site_id, local_date)
)

select
    site_id,
    local_date,
    block_id,
    count(*) as units,
    case when sum(status_s) * 100 >= count(*) * max(day_hours) * 3600 * {{ parameter('coverage_gate_pct') }}
        then {{ amount('100 * sum(available_s) / sum(status_s)') }}
    end as availability_pct,
    {{ amount('100 * sum(capable_mw_s) / nullif(sum(nameplate_mw * capability_s), 0)') }} as availability_capacity_pct,
from unit_days
group by grouping sets ((site_id, local_date, block_id), (site_id, local_date))
