with counters as (
    select distinct site_id, unit_id, limit_id, counter, scope_id, counts_from, listed_from as valid_from, listed_to as valid_to,
    from {{ ref('int_summed_limits') }}
    where counter is not null
),

judged_events as (
    select
        events.site_id,
        events.device_id as unit_id,
        events.kind,
        events.started_at,
        events.ended_at,
        events.seen_until_utc,
        calendar.local_date,
        counters.limit_id,
        counters.counter,
        counters.scope_id,
        rules.counted_as,
        case
            when rules.unit_id is null then 'count_rule_unknown'
            when rules.reason is not null then rules.reason
            when counters.counter = 'start_hours' and events.reason in ('load_missing', 'scr_temperature_missing')
                then 'duration_unknown'
        end as reason,
    from {{ ref('int_turbine_events') }} as events
    inner join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = events.site_id and calendar.hour_start_utc = date_trunc('hour', events.started_at)
    inner join counters
        on counters.unit_id = events.device_id
        and (counters.counts_from is null or counters.counts_from <= calendar.local_date)
        and {{ is_valid_on('counters', 'calendar.local_date') }}
    left join {{ ref('int_start_rules') }} as rules
        on rules.unit_id = events.device_id and rules.local_date = calendar.local_date
)

select
    * exclude (seen_until_utc, counted_as),
    case
        when reason is not null then null
        when counter = 'starts' and kind = 'stop' then cast(counted_as = 'start_and_stop_are_two_events' as integer)
        when counter = 'starts' then 1
        else {{ amount("date_diff('second', started_at, seen_until_utc) / 3600") }}
    end as amount,
    sum(amount) over (partition by limit_id, scope_id, local_date order by started_at range unbounded preceding) as amount_today,
from judged_events
