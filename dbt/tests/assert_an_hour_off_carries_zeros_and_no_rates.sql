select unit_id, hour_start_utc,
from {{ ref('turbine_hourly') }}
where operating_time_h = 0
    and (
        (nox_lb, nox_lb_p75, heat_input_mmbtu, co2_short_tons) is distinct from (0, 0, 0, 0)
        or coalesce(nox_lb_per_mmbtu, nox_ppm_15o2, nox_lb_per_mmbtu_p75) is not null
    )
