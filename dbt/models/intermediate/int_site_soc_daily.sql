select
    hours.site_id,
    hours.local_date,
    min(soc_pct) as soc_min_pct,
    max(soc_pct) as soc_max_pct,
from {{ ref('site_power_5min') }} as power
inner join {{ ref('int_site_hours') }} as hours
    on hours.site_id = power.site_id and hours.hour_start_utc = date_trunc('hour', power.interval_start_utc)
group by hours.site_id, hours.local_date
