{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

select
    site_id,
    device_id,
    utc_date,
    feed_id,
    interval_start_utc as hour_start_utc,
    operating_time_h,
    nox_lb,
    {{ half_away('nox_lb_per_mmbtu', 3) }} as rate,
    {{ half_away('heat_input_mmbtu_h / operating_time_h', 1) }} as heat_rate_mmbtu_h,
    cast({{ half_away('rate * heat_rate_mmbtu_h', 1) }} * operating_time_h as decimal(18, 6)) as recomputed_lb,
from {{ ref('stg_turbines') }}
where interval_s = 3600 and operating_time_h > 0 and nox_lb is not null
order by site_id, utc_date, device_id, hour_start_utc
