select site_id, unit_id as device_id, start_at as from_utc, end_at as to_utc,
from {{ source('reference', 'events') }}
where unit_id is not null and kind in ('outage', 'maintenance', 'test')
