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
        min(from_utc) filter (where is_loaded) as loaded_from_utc,
        max(to_utc) filter (where is_loaded) as loaded_to_utc,
        min(from_utc) filter (where is_loaded is null) as load_unknown_from_utc,
        max(to_utc) filter (where is_loaded is not false) as unloaded_from_utc,
        min(from_utc) filter (where is_scr_hot) as scr_hot_from_utc,
        min(from_utc) filter (where is_scr_hot is null) as scr_unknown_from_utc,
        max(step_s) as step_s,
    from numbered_pieces
    group by site_id, device_id, run_number, is_running
),

neighbours as (
    select
        *,
        coalesce(lag(to_utc) over unit_time = from_utc, false) as is_start_seen,
        coalesce(lead(from_utc) over unit_time = to_utc, false) as is_stop_seen,
        lead(from_utc) over unit_time > to_utc as is_cut_by_gap,
        lag(to_utc - from_utc) over unit_time as standstill,
        coalesce(lag(to_utc, 2) over unit_time = lag(from_utc) over unit_time, false) as is_standstill_whole,
    from runs
    window unit_time as (partition by device_id order by from_utc)
),

ruled_runs as (
    select
        runs.*,
        coalesce(rules.startup_end_rule, 'load') as end_rule,
        case end_rule
            when 'load' then runs.loaded_from_utc
            when 'fixed_time' then runs.from_utc + to_seconds(cast(60 * {{ parameter('startup_end_fixed_min') }} as integer))
            when 'scr_temperature' then runs.scr_hot_from_utc
        end as rule_ends_utc,
    from neighbours as runs
    left join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = runs.site_id and calendar.hour_start_utc = date_trunc('hour', runs.from_utc)
    left join {{ ref('int_start_rules') }} as rules
        on rules.unit_id = runs.device_id and rules.local_date = calendar.local_date
    where runs.is_running
),

ended_runs as (
    select
        *,
        case when rule_ends_utc <= to_utc then rule_ends_utc end as reached_utc,
        case
            when end_rule = 'load' and load_unknown_from_utc < coalesce(reached_utc, to_utc) then 'load_missing'
            when end_rule = 'scr_temperature' and reached_utc is null and scr_unknown_from_utc is not null
                then 'scr_temperature_missing'
        end as missing_reason,
        case when is_start_seen and missing_reason is null
            then coalesce(reached_utc, if(is_stop_seen, to_utc, null))
        end as start_ended_utc,
    from ruled_runs
)

select
    site_id,
    device_id,
    'start' as kind,
    from_utc as started_at,
    start_ended_utc as ended_at,
    coalesce(start_ended_utc, to_utc) as seen_until_utc,
    end_rule,
    case when reached_utc is not null then false when missing_reason is null then is_stop_seen end as is_aborted,
    {{ amount('if(is_standstill_whole, epoch(standstill) / 3600, null)') }} as standstill_h,
    case
        when epoch(standstill) > 3600 * {{ parameter('hot_restart_max_off_h') }} then false
        when is_standstill_whole then true
    end as is_hot_restart,
    end_rule = 'scr_temperature' and coalesce(scr_unknown_from_utc < start_ended_utc, false) as is_bound,
    case
        when start_ended_utc is not null then null
        when missing_reason is not null then missing_reason
        when is_cut_by_gap then 'readings_missing'
        else 'startup_not_ended'
    end as reason,
    step_s,
from ended_runs
where is_start_seen
union all by name
select
    site_id,
    device_id,
    'stop' as kind,
    case
        when is_start_seen then greatest(if(loaded_to_utc is null, to_utc, unloaded_from_utc), start_ended_utc)
        else coalesce(unloaded_from_utc, from_utc)
    end as started_at,
    to_utc as ended_at,
    to_utc as seen_until_utc,
    end_rule,
    false as is_aborted,
    cast(null as decimal(18, 6)) as standstill_h,
    cast(null as boolean) as is_hot_restart,
    unloaded_from_utc is distinct from loaded_to_utc or not is_start_seen and loaded_to_utc is null as is_bound,
    cast(null as varchar) as reason,
    step_s,
from ended_runs
where is_stop_seen
