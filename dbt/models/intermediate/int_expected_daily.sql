select
    days.site_id,
    days.local_date,
    meters.source,
    sum(meters.nameplate_mw) filter (
        where days.local_date >= meters.expected_from and days.local_date < meters.expected_to
    ) as expected_mw,
    sum(coalesce(meters.energy_mwh, meters.nameplate_mw)) filter (
        where days.local_date >= meters.expected_from and days.local_date < meters.expected_to
    ) as expected_mwh,
    bool_and(meters.is_independent) as is_independent,
    max(meters.demand_interval_min) as demand_interval_min,
from {{ ref('int_local_days') }} as days
inner join {{ ref('int_counted_meters') }} as meters
    on meters.site_id = days.site_id
    and days.local_date >= meters.counts_from
    and days.local_date < meters.counts_to
group by days.site_id, days.local_date, meters.source
