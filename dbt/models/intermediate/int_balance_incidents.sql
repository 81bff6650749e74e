with intervals as (
    select
        site_id,
        interval_start_utc,
        interval_start_utc - to_minutes(cast(5 * row_number() over (
            partition by site_id order by interval_start_utc
        ) as integer)) as run_key,
    from {{ ref('site_power_5min') }}
    where abs(balance_z) > {{ parameter('balance_z_incident') }}
)

select
    site_id,
    min(interval_start_utc) as started_at_utc,
    max(interval_start_utc) + interval 5 minutes as ended_at_utc,
    count(*) as intervals,
from intervals
group by site_id, run_key
having count(*) >= {{ parameter('balance_z_intervals') }}
