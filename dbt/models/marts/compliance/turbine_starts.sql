{% set counters = [('starts', 'starts'), ('hours', 'start_hours')] %}
{% set windows = [('ytd', 'calendar_year'), ('12m', '12_months')] %}

with limited_events as (
    select events.*, limits.limit_value, limits.limit_is_verified, limits.averaging,
    from {{ ref('int_counted_events') }} as events
    inner join {{ ref('int_summed_limits') }} as limits
        on limits.limit_id = events.limit_id
        and limits.unit_id = events.unit_id
        and {{ is_valid_on('limits', 'events.local_date') }}
    qualify row_number() over (
        partition by events.unit_id, events.kind, events.started_at, events.ended_at, events.counter
        order by limits.limit_value, events.limit_id
    ) = 1
),

counts as (
    select
        events.*,
        {% for name, window in windows %}
            case when days_{{ name }}.reason is null
                then days_{{ name }}.used_at_least - days_{{ name }}.amount + events.amount_today
            end as used_{{ name }},
        {% endfor %}
        case
            when days_ytd.limit_id is null then 'not_expected'
            when events.averaging = 'calendar_year' then days_ytd.reason
            else days_12m.reason
        end as counter_reason,
        if(events.averaging = 'calendar_year', days_ytd.data_coverage_pct, days_12m.data_coverage_pct) < 100 as is_bound,
    from limited_events as events
    {% for name, window in windows %}
        left join {{ ref('int_limit_use_daily') }} as days_{{ name }}
            on days_{{ name }}.limit_id = events.limit_id
            and days_{{ name }}.scope_id = events.scope_id
            and days_{{ name }}.local_date = events.local_date
            and days_{{ name }}.averaging = '{{ window }}'
    {% endfor %}
)

select
    events.site_id,
    events.device_id as unit_id,
    concat(events.device_id, ':', events.kind, ':', strftime(
        if(events.kind = 'start', events.started_at, events.ended_at), '%Y-%m-%dT%H:%M:%SZ'
    )) as event_id,
    events.kind,
    events.started_at,
    events.ended_at,
    {{ amount("date_diff('second', events.started_at, events.ended_at) / 60") }} as duration_min,
    events.end_rule,
    rules.counted_as,
    {% for name, _ in windows %}
        cast(starts.used_{{ name }} as integer) as counted_{{ name }},
    {% endfor %}
    starts.limit_id,
    cast(starts.limit_value as integer) as limit_starts,
    {% for name, _ in windows %}
        {{ amount('hours.used_' ~ name) }} as start_hours_{{ name }}_h,
    {% endfor %}
    {{ amount('hours.limit_value') }} as limit_start_hours_h,
    starts.limit_is_verified and coalesce(hours.limit_is_verified, true) as limit_is_verified,
    {{ limit_notice('(starts.limit_is_verified and coalesce(hours.limit_is_verified, true))') }} as limit_notice,
    starts.is_bound as counted_is_bound,
    coalesce(rules.reason, starts.counter_reason, if(starts.limit_id is null, 'count_rule_unknown', null)) as counter_reason,
    case events.is_hot_restart when true then 'hot' when false then 'cold' end as start_type,
    events.is_hot_restart,
    events.standstill_h,
    events.is_aborted,
    if(events.ended_at = events.started_at, 0, nox.nox_lb) as nox_lb,
    case when events.ended_at > events.started_at then coalesce(nox.reason, if(nox.nox_lb is null, 'not_monitored', null)) end
        as nox_reason,
    projections.exhaustion_date as projected_exhaustion_date,
    projections.projection_status,
    events.step_s as resolution_s,
    events.is_bound,
    cast(100 as decimal(18, 6)) as data_coverage_pct,
    events.reason,
    {{ version_id() }} as version_id,
from {{ ref('int_turbine_events') }} as events
left join {{ source('reference', 'calendar_hours') }} as calendar
    on calendar.site_id = events.site_id and calendar.hour_start_utc = date_trunc('hour', events.started_at)
left join {{ ref('int_start_rules') }} as rules on rules.unit_id = events.device_id and rules.local_date = calendar.local_date
left join {{ ref('int_turbine_event_nox') }} as nox
    on nox.device_id = events.device_id
    and nox.kind = events.kind
    and nox.started_at = events.started_at
    and nox.ended_at = events.ended_at
{% for name, counter in counters %}
    left join counts as {{ name }}
        on {{ name }}.unit_id = events.device_id
        and {{ name }}.kind = events.kind
        and {{ name }}.started_at = events.started_at
        and {{ name }}.ended_at is not distinct from events.ended_at
        and {{ name }}.counter = '{{ counter }}'
{% endfor %}
left join {{ ref('int_limit_projection') }} as projections
    on projections.limit_id = starts.limit_id
    and projections.scope_id = starts.scope_id
    and projections.local_date = starts.local_date
order by site_id, unit_id, event_id
