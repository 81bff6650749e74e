-- What the day says is what its 5-minute rows hold: nothing is lost or counted twice on the way.
with intervals as (
    select flows.site_id, flows.source, hours.local_date, sum(flows.power_mw_s) as power_mw_s,
    from {{ ref('int_site_source_5min') }} as flows
    inner join {{ ref('int_site_hours') }} as hours
        on hours.site_id = flows.site_id and hours.hour_start_utc = date_trunc('hour', flows.interval_start_utc)
    group by flows.site_id, flows.source, hours.local_date
)

select days.site_id, days.source, days.local_date, days.mwh, intervals.power_mw_s,
from {{ ref('int_source_daily') }} as days
inner join intervals using (site_id, source, local_date)
where days.mwh is distinct from {{ amount('intervals.power_mw_s / 3600') }} and days.is_present
