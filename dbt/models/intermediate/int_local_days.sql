select
    site_id,
    local_date,
    min(hour_start_utc) as starts_at_utc,
    max(hour_start_utc) + interval 1 hour as ends_at_utc,
    cast(count(*) * 3600 as integer) as day_s,
from {{ source('reference', 'calendar_hours') }}
group by site_id, local_date
