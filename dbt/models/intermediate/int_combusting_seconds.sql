{{ config(schema='staging', materialized='view') }}

with readings as (
    select readings.*, nameplate_mw,
    from {{ source('affected', 'turbines') }} as readings
    inner join {{ source('reference', 'devices') }} as devices
        on devices.device_id = readings.device_id and {{ is_valid_on('devices', 'readings.utc_date') }}
),

pieces as (
    {{ split_over_buckets('readings', 3600) }}
),

feed_hours as (
    select
        device_id,
        utc_date,
        bucket_start_utc as hour_start_utc,
        feed_id,
        sum(if(
            fuel_flow_scfh > {{ parameter('fuel_flow_running_scfh') }}
            or gross_mw > nameplate_mw * {{ parameter('running_threshold_pct') }} / 100
            or operating_time_h > 0,
            overlap_s, 0
        )) as combusting_s,
    from pieces
    group by device_id, utc_date, bucket_start_utc, feed_id
)

select
    device_id,
    utc_date,
    hour_start_utc,
    cast(least(max(combusting_s), 3600) as integer) as combusting_s,
from feed_hours
group by device_id, utc_date, hour_start_utc
