select rolling.unit_id, rolling.hour_start_utc, rolling.limit_id
from {{ ref('nox_rolling_hourly') }} as rolling
inner join {{ ref('turbine_pollutant_hourly') }} as emitted
    on emitted.unit_id = rolling.unit_id
    and emitted.hour_start_utc = rolling.hour_start_utc
    and emitted.pollutant = rolling.pollutant
where not rolling.anchor_invalid and (emitted.method = 'cems_part75' or emitted.substitute_modc is not null)
