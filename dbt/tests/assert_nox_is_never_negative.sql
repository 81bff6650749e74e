-- Mass and rates of NOx are at least 0.
select unit_id, hour_start_utc,
from {{ ref('turbine_hourly') }}
where nox_lb < 0 or nox_lb_p75 < 0 or nox_lb_per_mmbtu < 0 or nox_ppm_15o2 < 0
