{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with judged_steps as (
    select
        *,
        step_start_utc + to_seconds(step_s) as step_end_utc,
        is_running and is_loaded as holds_load,
        case when is_running and scr_inlet_temperature_c_covered_s > 0
            then scr_inlet_temperature_c_sum >= scr_inlet_temperature_c_covered_s * {{ parameter('startup_end_scr_c') }}
        end as is_scr_hot,
    from {{ ref('int_turbine_states') }}
    where is_running is not null
),

steps as (
    select
        *,
        [is_running, holds_load, is_scr_hot] as state,
        coalesce(lag(step_end_utc) over unit_time <> step_start_utc or lag(state) over unit_time <> state, true) as is_new,
    from judged_steps
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
    holds_load as is_loaded,
    is_scr_hot,
    max(step_s) as step_s,
    {{ amount('sum(running_s)') }} as running_s,
    {% for column in var('event_means') %}
        cast(sum({{ column }}_sum) filter (where is_running) as decimal(38, 9)) as {{ column }}_sum,
        cast(coalesce(sum({{ column }}_covered_s) filter (where is_running), 0) as integer) as {{ column }}_covered_s,
    {% endfor %}
    max(nox_method) filter (where is_running) as nox_method,
    max(heat_method) filter (where is_running) as heat_method,
    max(moisture_basis) filter (where is_running) as moisture_basis,
from numbered_steps
group by site_id, device_id, utc_date, run_number, is_running, holds_load, is_scr_hot
order by site_id, utc_date, device_id, from_utc
