-- Positive and negative parts add up to the power and have their signs.
select site_id, source, interval_start_utc, power_mw_s, positive_mw_s, negative_mw_s,
from {{ ref('int_site_source_5min') }}
where positive_mw_s < 0 or negative_mw_s > 0 or positive_mw_s + negative_mw_s <> power_mw_s
