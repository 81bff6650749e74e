with start_hours as (
    select
        events.device_id,
        events.started_at,
        hours.nox_lb - hours.heat_input_mmbtu * rates.nox_lb_per_mmbtu as excess_lb,
        hours.nox_lb_method = 'measured' and not hours.is_bound and not hours.is_shutdown and excess_lb is not null as is_measured,
    from {{ ref('int_turbine_events') }} as events
    inner join {{ ref('turbine_hourly') }} as hours
        on hours.unit_id = events.device_id
        and hours.hour_start_utc + interval 1 hour > events.started_at
        and hours.hour_start_utc < events.ended_at
    left join {{ ref('int_nox_by_load_bin') }} as rates
        on rates.device_id = events.device_id
        and rates.load_bin = cast(least(10, 1 + floor(hours.load_pct / 10)) as integer)
    where events.kind = 'start' and not events.is_bound
),

starts as (
    select device_id, started_at, sum({{ amount('excess_lb') }}) as excess_lb,
    from start_hours
    group by device_id, started_at
    having bool_and(coalesce(is_measured, false))
),

units as (
    select
        devices.device_id,
        count(starts.device_id) as measured_starts,
        sum(starts.excess_lb) / nullif(count(starts.device_id), 0) as measured_lb,
        {{ factor('start_heat_input_mmbtu_h') }} * {{ factor('start_nox_lb_per_mmbtu') }} * devices.cold_start_min / 60 as factor_lb,
        {{ parameter('start_nox_min_starts') }} as least_starts,
    from {{ source('reference', 'devices') }} as devices
    left join starts on starts.device_id = devices.device_id
    where devices.kind = 'unit'
    group by devices.device_id, devices.cold_start_min
)

select
    device_id,
    cast(measured_starts as integer) as measured_starts,
    measured_starts >= least_starts as is_measured,
    {{ amount('if(measured_starts >= least_starts, measured_lb, factor_lb)') }} as start_nox_lb,
from units
