with hours as (
    select
        *,
        anchor_invalid or is_exceedance is null as is_undecided,
        coalesce(lag(is_undecided) over unit_limit, false) or coalesce(lead(is_undecided) over unit_limit, false) as adjoins_undecided,
    from {{ ref('nox_rolling_hourly') }}
    where coalesce(reason, '') not in (
        'averaging_unknown', 'weighting_unknown', 'sus_rule_unknown', 'excluded_hour', 'not_monitored'
    )
    window unit_limit as (partition by unit_id, limit_id order by hour_start_utc)
),

decided_hours as (
    select
        *,
        is_exceedance
            and not coalesce(lag(is_exceedance) over (partition by unit_id, limit_id order by hour_start_utc), false) as is_first,
    from hours
    where not is_undecided
),

numbered_hours as (
    select
        *,
        count(*) filter (where is_first) over (
            partition by unit_id, limit_id
            order by hour_start_utc rows unbounded preceding
        ) as event_number,
    from decided_hours
),

events as (
    select
        site_id,
        unit_id,
        limit_id,
        pollutant,
        min(hour_start_utc) as started_at,
        max(hour_start_utc) + interval 1 hour as ended_at,
        count(*) as duration_h,
        first(limit_value order by rolling_value desc, hour_start_utc) as limit_value,
        max(rolling_value) as max_value,
        sum(rolling_value) / count(*) as mean_value,
        count(*) filter (where is_explained_by_ssm) as ssm_h,
        {% for kind in ['malfunction', 'startup', 'shutdown'] %}
            count(*) filter (where ssm_kind = '{{ kind }}') as {{ kind }}_h,
        {% endfor %}
        bool_and(limit_is_verified) as limit_is_verified,
        bool_or(adjoins_undecided) as is_bound,
        sum(valid_hours) as valid_hours,
        sum(window_hours) as window_hours,
    from numbered_hours
    where is_exceedance
    group by site_id, unit_id, limit_id, pollutant, event_number
),

actions as (
    select
        events.unit_id,
        events.limit_id,
        events.started_at,
        string_agg(distinct logged.corrective_action, '; ' order by logged.corrective_action) as corrective_action,
    from events
    inner join {{ ref('int_logged_unit_hours') }} as logged
        on logged.unit_id = events.unit_id
        and logged.hour_start_utc >= events.started_at
        and logged.hour_start_utc < events.ended_at
    group by events.unit_id, events.limit_id, events.started_at
)

select
    events.site_id,
    events.unit_id,
    concat(events.unit_id, ':', events.limit_id, ':', strftime(events.started_at, '%Y-%m-%dT%H:%M:%SZ')) as event_id,
    events.limit_id,
    events.pollutant,
    events.started_at,
    events.ended_at,
    {{ amount('events.duration_h') }} as duration_h,
    events.limit_value,
    events.max_value,
    {{ unrounded('events.mean_value', 9) }} as mean_value,
    case
        when ssm_h = 0 then 'unknown'
        when malfunction_h >= greatest(startup_h, shutdown_h) then 'malfunction'
        when startup_h >= shutdown_h then 'startup'
        else 'shutdown'
    end as cause,
    actions.corrective_action,
    {{ amount('100 * ssm_h / duration_h') }} as startup_shutdown_malfunction_pct,
    events.limit_is_verified,
    concat(
        events.duration_h, if(events.duration_h = 1, ' hour', ' hours'), ' above ',
        if(events.limit_is_verified, 'the limit', 'an unverified limit')
    ) as statement,
    events.is_bound,
    {{ amount('100 * events.valid_hours / events.window_hours') }} as data_coverage_pct,
    cast(null as varchar) as reason,
    {{ version_id() }} as version_id,
from events
left join actions
    on actions.unit_id = events.unit_id and actions.limit_id = events.limit_id and actions.started_at = events.started_at
order by events.site_id, events.unit_id, event_id
