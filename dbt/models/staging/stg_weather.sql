select
    site_id,
    device_id,
    feed_id,
    utc_date,
    interval_start_utc,
    interval_s,
    method,
    ambient_c,
    pressure_kpa,
    relative_humidity_pct,
from {{ source('affected', 'weather') }}
