select
    hours.site_id,
    hours.unit_id as device_id,
    hours.hour_start_utc,
    hours.gross_mwh,
    hours.heat_input_mmbtu,
    case when hours.nox_lb_method = 'measured' then hours.nox_lb end as nox_lb,
    cast(least(10, 1 + floor(10 * hours.gross_mwh / units.nameplate_mw)) as integer) as load_bin,
from {{ ref('turbine_hourly') }} as hours
inner join {{ source('reference', 'devices') }} as units on units.device_id = hours.unit_id
where hours.operating_time_h = 1
    and not hours.is_startup and not hours.is_shutdown and not hours.is_bound
    and hours.gross_mwh > 0
    and hours.heat_input_mmbtu > 0
    and units.nameplate_mw > 0
