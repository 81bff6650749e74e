with logged as (
    select site_id, event_id, start_at as started_at, end_at as ended_at,
    from {{ source('reference', 'events') }}
    where kind = 'outage' and unit_id is null
),

caps as (
    select
        site_id,
        connection_id || '@' || strftime(from_utc, '%Y-%m-%dT%H:%M:%SZ') as event_id,
        from_utc as started_at,
        lead(from_utc) over (partition by site_id, connection_id order by from_utc) as ended_at,
        reason,
    from {{ source('reference', 'grid_caps') }}
),

outages as (
    select * from logged
    union all
    select * exclude (reason),
    from caps
    where reason = 'outage'
        and not exists (
            select 1
            from logged
            where logged.site_id = caps.site_id
                and logged.started_at < coalesce(caps.ended_at, timestamp '9999-12-31')
                and logged.ended_at > caps.started_at
        )
),

known as (
    select site_id, min(hour_start_utc) as from_utc, max(hour_start_utc) + interval 1 hour as until_utc,
    from {{ ref('int_site_hours') }}
    group by site_id
)

select
    outages.site_id,
    outages.event_id,
    outages.started_at,
    outages.ended_at,
    greatest(outages.started_at, known.from_utc) as known_from_utc,
    least(coalesce(outages.ended_at, known.until_utc), known.until_utc) as known_until_utc,
from outages
inner join known using (site_id)
