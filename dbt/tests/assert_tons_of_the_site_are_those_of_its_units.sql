select site_id, month, pollutant,
from {{ ref('emissions_monthly') }}
group by site_id, month, pollutant
having sum(short_tons_measured) filter (where unit_id is null)
    is distinct from sum(short_tons_measured) filter (where unit_id is not null)
