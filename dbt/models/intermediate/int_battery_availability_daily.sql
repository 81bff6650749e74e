with days as (
    select site_id, local_date, day_s,
    from {{ ref('int_local_days') }}
    where (site_id, local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
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
    case when sum(status_s) * 100 >= sum(day_s) * {{ parameter('coverage_gate_pct') }}
        then {{ amount('100 * sum(available_s) / sum(day_s)') }}
    end as availability_pct,
    case when sum(nameplate_mw * capability_s) * 100 >= sum(nameplate_mw * day_s) * {{ parameter('coverage_gate_pct') }}
        then {{ amount('100 * sum(capable_mw_s) / sum(nameplate_mw * day_s)') }}
    end as availability_capacity_pct,
    coalesce(sum(status_s) < sum(day_s), false) or coalesce(sum(nameplate_mw * capability_s) < sum(nameplate_mw * day_s), false)
        as is_bound,
from unit_days
group by grouping sets ((site_id, local_date, block_id), (site_id, local_date))
