with pieces as (
    select
        *,
        lag(to_utc) over unit_time is distinct from from_utc
            or lag(is_running) over unit_time is distinct from is_running as is_new,
    from {{ ref('int_turbine_runs') }}
    window unit_time as (partition by device_id order by from_utc, to_utc)
),

numbered_pieces as (
    select *, sum(cast(is_new as integer)) over (partition by device_id order by from_utc, to_utc) as run_number,
    from pieces
),

runs as (
    select
        site_id,
        device_id,
        run_number,
        is_running,
        min(from_utc) as from_utc,
        max(to_utc) as to_utc,
        min(loaded_from_utc) as loaded_from_utc,
        max(loaded_to_utc) as loaded_to_utc,
        max(step_s) as step_s,
    from numbered_pieces
    group by site_id, device_id, run_number, is_running
),

neighbours as (
    select
        *,
        lag(to_utc) over unit_time = from_utc as follows,
        lead(from_utc) over unit_time = to_utc as is_followed,
        lag(to_utc - from_utc) over unit_time as before_duration,
        coalesce(lag(to_utc, 2) over unit_time = lag(from_utc) over unit_time, false) as is_before_whole,
    from runs
    window unit_time as (partition by device_id order by from_utc)
)

select
    site_id,
    device_id,
    'start' as kind,
    from_utc as started_at,
    case when is_followed then coalesce(loaded_from_utc, to_utc) else loaded_from_utc end as ended_at,
    loaded_from_utc is null and coalesce(is_followed, false) as is_aborted,
    case
        when epoch(before_duration) > 3600 * {{ parameter('hot_restart_max_off_h') }} then false
        when is_before_whole then true
    end as is_hot_restart,
    step_s,
from neighbours
where is_running and follows
union all by name
select
    site_id,
    device_id,
    'stop' as kind,
    coalesce(loaded_to_utc, from_utc) as started_at,
    to_utc as ended_at,
    false as is_aborted,
    cast(null as boolean) as is_hot_restart,
    step_s,
from neighbours
where is_running and is_followed
