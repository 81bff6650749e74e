{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with steps as (
    select
        site_id,
        device_id,
        utc_date,
        step_start_utc,
        step_start_utc + to_seconds(step_s) as step_end_utc,
        step_s,
        is_running,
        is_loaded,
        lag(step_end_utc) over unit_time is distinct from step_start_utc
            or lag(is_running) over unit_time is distinct from is_running as is_new,
    from {{ ref('int_turbine_states') }}
    where is_running is not null
    window unit_time as (partition by site_id, device_id, utc_date order by step_start_utc)
),

numbered_steps as (
    select
        *,
        sum(cast(is_new as integer)) over (partition by site_id, device_id, utc_date order by step_start_utc) as run_number,
    from steps
)

select
    site_id,
    device_id,
    utc_date,
    min(step_start_utc) as from_utc,
    max(step_end_utc) as to_utc,
    is_running,
    min(step_start_utc) filter (where is_loaded) as loaded_from_utc,
    max(step_end_utc) filter (where is_loaded) as loaded_to_utc,
    max(step_s) as step_s,
from numbered_steps
group by site_id, device_id, utc_date, run_number, is_running
order by site_id, utc_date, device_id, from_utc
