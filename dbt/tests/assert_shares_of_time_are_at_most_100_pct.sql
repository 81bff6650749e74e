select 'site_power_5min' as mart, site_id, data_coverage_pct,
from {{ ref('site_power_5min') }}
where data_coverage_pct not between 0 and 100
union all
select 'energy_balance_daily', site_id, data_coverage_pct,
from {{ ref('energy_balance_daily') }}
where data_coverage_pct not between 0 and 100
union all
select 'battery_daily', site_id, data_coverage_pct,
from {{ ref('battery_daily') }}
where data_coverage_pct not between 0 and 100
union all
select 'grid_limits_daily', site_id, data_coverage_pct,
from {{ ref('grid_limits_daily') }}
where data_coverage_pct not between 0 and 100
union all
select 'data_quality_daily', site_id, coverage_pct,
from {{ ref('data_quality_daily') }}
where coverage_pct not between 0 and 100
union all
select 'peak_grid_share', site_id, data_coverage_pct,
from {{ ref('peak_grid_share') }}
where data_coverage_pct not between 0 and 100
union all
select 'turbine_hours_avoided_daily', site_id, data_coverage_pct,
from {{ ref('turbine_hours_avoided_daily') }}
where data_coverage_pct not between 0 and 100
union all
select 'turbine_hourly', site_id, data_coverage_pct,
from {{ ref('turbine_hourly') }}
where data_coverage_pct not between 0 and 100
union all
select 'emissions_monthly', site_id, data_coverage_pct,
from {{ ref('emissions_monthly') }}
where data_coverage_pct not between 0 and 100
