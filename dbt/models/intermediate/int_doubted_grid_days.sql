select distinct
    balances.site_id,
    balances.local_date,
from {{ ref('energy_balance_daily') }} as balances
inner join {{ ref('int_counted_meters') }} as meters
    on meters.device_id = balances.suspect_device_id and meters.source = 'grid'
