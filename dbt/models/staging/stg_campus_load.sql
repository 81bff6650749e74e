select
    site_id,
    device_id,
    feed_id,
    utc_date,
    interval_start_utc,
    interval_s,
    method,
    {{ amount('load_mw') }} as load_mw,
from {{ source('affected', 'campus_load') }}
