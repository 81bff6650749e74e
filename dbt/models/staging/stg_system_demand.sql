select
    site_id,
    device_id,
    feed_id,
    utc_date,
    interval_start_utc,
    interval_s,
    method,
    {{ amount('demand_mw') }} as demand_mw,
    {{ amount('demand_adjusted_mw') }} as demand_adjusted_mw,
    {{ amount('demand_imputed_mw') }} as demand_imputed_mw,
    {{ method_of('demand_mw') }} as demand_mw_method,
    {{ method_of('demand_adjusted_mw') }} as demand_adjusted_mw_method,
from {{ source('affected', 'system_demand') }}
