-- The key figures: rate and mass of the hour, mass of the month, end of an event, hours avoided.
select 'turbine_hourly' as mart, unit_id as device_id, cast(hour_start_utc as varchar) as row_key,
from {{ ref('turbine_hourly') }}
where (nox_lb_per_mmbtu is null or nox_lb is null) <> (reason is not null)
union all
select 'turbine_pollutant_hourly', unit_id, cast(hour_start_utc as varchar),
from {{ ref('turbine_pollutant_hourly') }}
where (lb is null) <> (reason is not null)
union all
select 'emissions_monthly', unit_id, cast(month as varchar),
from {{ ref('emissions_monthly') }}
where (short_tons is null) <> (reason is not null)
union all
select 'turbine_starts', unit_id, event_id,
from {{ ref('turbine_starts') }}
where (ended_at is null) <> (reason is not null)
union all
select 'turbine_hours_avoided_daily', site_id, cast(local_date as varchar),
from {{ ref('turbine_hours_avoided_daily') }}
where (avoided_h is null) <> (reason is not null)
