select unit_id, hour_start_utc, operating_time_h,
from {{ ref('turbine_hourly') }}
where operating_time_h not between 0 and 1
