select
    site_id,
    device_id,
    feed_id,
    utc_date,
    interval_start_utc,
    interval_s,
    method,
    {{ amount('grid_mw') }} as grid_mw,
    {{ amount('reactive_mvar') }} as reactive_mvar,
    frequency_hz,
    {{ amount('energy_mwh') }} as energy_mwh,
    {{ method_of('grid_mw') }} as grid_mw_method,
from {{ source('affected', 'grid') }}
