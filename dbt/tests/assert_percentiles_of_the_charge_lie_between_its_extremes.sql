select site_id, device_id, local_date, soc_min_pct, soc_p05_pct, soc_p95_pct, soc_max_pct,
from {{ ref('battery_daily') }}
where soc_p05_pct < soc_min_pct or soc_p95_pct < soc_p05_pct or soc_max_pct < soc_p95_pct
