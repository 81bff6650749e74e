with days as (
    select
        days.site_id,
        days.local_date,
        date_diff('second', days.starts_at_utc, least(days.ends_at_utc, spans.known_until_utc)) as expected_s,
        spans.starts_on,
    from {{ ref('int_local_days') }} as days
    inner join {{ ref('int_site_spans') }} as spans
        on spans.site_id = days.site_id and days.starts_at_utc < spans.known_until_utc
    where spans.starts_on is null or spans.starts_on <= days.local_date
),

known_days as (
    select inputs.device_id as unit_id, calendar.local_date, sum(inputs.known_s) as known_s,
    from {{ ref('int_turbine_hourly_inputs') }} as inputs
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by inputs.device_id, calendar.local_date
),

counters as (
    select distinct site_id, unit_id, limit_id, scope_id, counts_from, listed_from as valid_from, listed_to as valid_to,
    from {{ ref('int_summed_limits') }}
    where counter is not null
),

counted_days as (
    select
        days.site_id,
        counters.limit_id,
        counters.scope_id,
        days.local_date,
        sum(days.expected_s) as expected_s,
        sum(least(days.expected_s, coalesce(known.known_s, 0))) as known_s,
        max(greatest(counters.counts_from, days.starts_on)) as counts_from,
    from days
    inner join counters
        on counters.site_id = days.site_id
        and (counters.counts_from is null or counters.counts_from <= days.local_date)
        and {{ is_valid_on('counters', 'days.local_date') }}
    inner join {{ source('reference', 'devices') }} as units
        on units.device_id = counters.unit_id
        and {{ is_valid_on('units', 'days.local_date') }}
        and {{ is_expected_on('units', 'days.local_date') }}
    left join known_days as known on known.unit_id = counters.unit_id and known.local_date = days.local_date
    group by days.site_id, counters.limit_id, counters.scope_id, days.local_date
),

event_days as (
    select
        limit_id,
        scope_id,
        local_date,
        sum(amount) as amount,
        count(reason) as unknown_events,
        count(*) filter (where reason = 'duration_unknown') as endless_events,
    from {{ ref('int_counted_events') }}
    group by limit_id, scope_id, local_date
)

select
    days.*,
    {{ amount('coalesce(events.amount, 0)') }} as amount,
    coalesce(events.unknown_events, 0) as unknown_events,
    coalesce(events.endless_events, 0) as endless_events,
from counted_days as days
left join event_days as events
    on events.limit_id = days.limit_id and events.scope_id = days.scope_id and events.local_date = days.local_date
