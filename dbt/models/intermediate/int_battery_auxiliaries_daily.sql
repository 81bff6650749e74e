with blocks as (
    select distinct site_id, block_id, from {{ ref('int_counted_meters') }} where source = 'battery'
),

energies as (
    select powers.site_id, powers.device_id, hours.local_date, sum(powers.power_mw) as power_mw, count(*) as intervals,
    from {{ ref('int_device_5min') }} as powers
    inner join {{ source('reference', 'calendar_hours') }} as hours
        on hours.site_id = powers.site_id and hours.hour_start_utc = date_trunc('hour', powers.interval_start_utc)
    where powers.device_id in (
        select meter_id
        from {{ source('reference', 'meters') }}
        where quantity = 'aux' and parent_id in (select block_id from blocks)
    )
    group by powers.site_id, powers.device_id, hours.local_date
),

block_days as (
    select
        blocks.site_id,
        blocks.block_id,
        days.local_date,
        count(meters.meter_id) > 0 as is_metered,
        bool_and(coalesce(energies.intervals, 0) * 30000 >= days.day_s * {{ parameter('coverage_gate_pct') }}) as is_covered,
        sum(energies.power_mw) as power_mw,
    from blocks
    inner join {{ ref('int_local_days') }} as days
        on days.site_id = blocks.site_id
        and (days.site_id, days.local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
    left join {{ source('reference', 'meters') }} as meters
        on meters.parent_id = blocks.block_id
        and meters.site_id = blocks.site_id
        and meters.quantity = 'aux'
        and {{ is_valid_on('meters', 'days.local_date') }}
    left join energies on energies.device_id = meters.meter_id and energies.local_date = days.local_date
    group by blocks.site_id, blocks.block_id, days.local_date
)

select
    site_id,
    block_id,
    local_date,
    case when bool_and(is_metered and is_covered) then {{ amount('sum(power_mw) / 12') }} end as auxiliary_mwh,
    case
        when not bool_and(is_metered) then 'auxiliary_not_metered'
        when not bool_and(is_covered) then 'missing_source:aux'
    end as auxiliary_reason,
from block_days
group by grouping sets ((site_id, block_id, local_date), (site_id, local_date))
