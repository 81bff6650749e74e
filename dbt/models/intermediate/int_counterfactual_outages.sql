select distinct
    site_id,
    unit_id as device_id,
    date_trunc('hour', start_at) as from_utc,
    date_trunc('hour', end_at - interval 1 microsecond) + interval 1 hour as to_utc,
from {{ source('reference', 'events') }}
where unit_id is not null and kind in ('outage', 'maintenance', 'test')
