with days as (
    select distinct site_id, utc_date,
    from {{ source('reference', 'calendar_hours') }}
    where site_id in (select site_id from {{ ref('int_counted_meters') }})
)

select
    days.site_id,
    days.utc_date,
    meters.source,
    sum(meters.nameplate_mw) filter (
        where days.utc_date >= meters.expected_from and days.utc_date < meters.expected_to
    ) as expected_mw,
    bool_and(meters.is_independent) as is_independent,
    max(meters.demand_interval_min) as demand_interval_min,
from days
inner join {{ ref('int_counted_meters') }} as meters
    on meters.site_id = days.site_id
    and days.utc_date >= meters.counts_from
    and days.utc_date < meters.counts_to
group by days.site_id, days.utc_date, meters.source
