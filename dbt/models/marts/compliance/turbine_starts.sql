with rules as (
    select
        units.device_id,
        max(limits.startup_end_rule) as startup_end_rule,
        max(limits.counted_as) as counted_as,
    from {{ source('reference', 'devices') }} as units
    inner join {{ source('reference', 'permit_limits') }} as limits
        on limits.counter = 'starts'
        and limits.is_enabled
        and (limits.site_id is null or limits.site_id = units.site_id)
    left join {{ source('reference', 'limit_units') }} as limit_units
        on limit_units.limit_id = limits.limit_id and limit_units.unit_id = units.device_id
    where units.kind = 'unit' and (
        limit_units.unit_id is not null
        or limits.limit_id not in (select limit_id from {{ source('reference', 'limit_units') }})
    )
    group by units.device_id
),

events as (
    select
        events.* exclude (ended_at),
        coalesce(rules.startup_end_rule, 'load') as end_rule,
        rules.counted_as,
        case when kind = 'stop' or end_rule = 'load' then ended_at end as ended_at,
    from {{ ref('int_turbine_events') }} as events
    left join rules using (device_id)
)

select
    site_id,
    device_id as unit_id,
    device_id || ':' || kind || ':' || strftime(
        case when kind = 'start' then started_at else ended_at end, '%Y-%m-%dT%H:%M:%SZ'
    ) as event_id,
    kind,
    started_at,
    ended_at,
    {{ amount("date_diff('second', started_at, ended_at) / 60") }} as duration_min,
    end_rule,
    counted_as,
    cast(null as integer) as counted_ytd,
    cast(null as integer) as counted_12m,
    is_hot_restart,
    is_aborted,
    cast(null as decimal(18, 6)) as nox_lb,
    step_s as resolution_s,
    case when counted_as is null then 'count_rule_unknown' else 'not_counted_yet' end as counter_reason,
    cast(100 as decimal(18, 6)) as data_coverage_pct,
    case
        when ended_at is not null then null
        when end_rule <> 'load' then 'end_rule_not_supported'
        else 'startup_not_ended'
    end as reason,
    {{ version_id() }} as version_id,
from events
order by site_id, unit_id, event_id
