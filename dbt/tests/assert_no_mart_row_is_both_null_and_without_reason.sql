-- A key figure that is NULL says why; one that is present has no excuse.
select 'energy_balance_daily' as mart, site_id, cast(local_date as varchar) as row_key,
from {{ ref('energy_balance_daily') }}
where (closure_pct is null) <> (reason is not null)
union all
select 'battery_daily', site_id, cast(local_date as varchar),
from {{ ref('battery_daily') }}
where (rte_pct is null) <> (reason is not null)
union all
select 'site_power_5min', site_id, cast(interval_start_utc as varchar),
from {{ ref('site_power_5min') }}
where (balance_pct is null) <> (reason is not null)
union all
select 'peak_grid_share', site_id, period,
from {{ ref('peak_grid_share') }}
where (share_pct is null) <> (reason is not null)
