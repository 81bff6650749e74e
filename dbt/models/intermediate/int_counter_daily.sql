with starts as (
    select site_id, min(starts_on) as starts_on, from {{ source('reference', 'sites') }} group by site_id
),

last_hours as (
    select site_id, max(hour_start_utc) + interval 1 hour as known_until_utc, from {{ ref('int_site_hours') }} group by site_id
),

days as (
    select
        days.site_id,
        days.local_date,
        date_diff('second', days.starts_at_utc, least(days.ends_at_utc, last_hours.known_until_utc)) as expected_s,
        starts.starts_on,
    from {{ ref('int_local_days') }} as days
    inner join last_hours on last_hours.site_id = days.site_id and days.starts_at_utc < last_hours.known_until_utc
    left join starts on starts.site_id = days.site_id
    where starts.starts_on is null or starts.starts_on <= days.local_date
),

known_days as (
    select inputs.device_id as unit_id, calendar.local_date, sum(inputs.known_s) as known_s,
    from {{ ref('int_turbine_hourly_inputs') }} as inputs
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by inputs.device_id, calendar.local_date
),

counters as (
    select distinct site_id, unit_id, limit_id, scope_id, counts_from, listed_from as valid_from, listed_to as valid_to,
    from {{ ref('int_counter_limits') }}
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
        count(*) filter (where reason = 'scr_temperature_missing') as endless_events,
    from {{ ref('int_counted_events') }}
    group by limit_id, scope_id, local_date
),

totals as (
    select
        days.*,
        coalesce(events.amount, 0) as amount,
        sum(coalesce(events.amount, 0)) over until_today as amount_total,
        sum(coalesce(events.unknown_events, 0)) over until_today as unknown_total,
        sum(coalesce(events.endless_events, 0)) over until_today as endless_total,
        sum(days.expected_s) over until_today as expected_total_s,
        sum(days.known_s) over until_today as known_total_s,
    from counted_days as days
    left join event_days as events
        on events.limit_id = days.limit_id and events.scope_id = days.scope_id and events.local_date = days.local_date
    window until_today as (
        partition by days.limit_id, days.scope_id order by days.local_date rows unbounded preceding
    )
),

windows as (
    select
        *,
        unnest(['calendar_year', '12_months']) as averaging,
        cast(if(averaging = 'calendar_year', date_trunc('year', local_date), date_trunc('month', local_date) - interval 11 months)
            as date) as window_from,
    from totals
),

sums as (
    select
        windows.*,
        windows.amount_total - coalesce(before.amount_total, 0) as used_at_least,
        windows.unknown_total - coalesce(before.unknown_total, 0) as unknown_events,
        windows.endless_total - coalesce(before.endless_total, 0) as endless_events,
        windows.known_total_s - coalesce(before.known_total_s, 0) as window_known_s,
        windows.expected_total_s - coalesce(before.expected_total_s, 0) as window_expected_s,
    from windows
    asof left join totals as before
        on before.limit_id = windows.limit_id
        and before.scope_id = windows.scope_id
        and before.local_date < windows.window_from
)

select
    site_id,
    limit_id,
    scope_id,
    local_date,
    averaging,
    {{ amount('amount') }} as amount,
    {{ amount('100 * known_s / expected_s') }} as day_coverage_pct,
    {{ amount('used_at_least') }} as used_at_least,
    {{ amount('100 * window_known_s / window_expected_s') }} as data_coverage_pct,
    coalesce(counts_from > window_from, false) as is_partial_window,
    case
        when unknown_events > endless_events then 'count_rule_unknown'
        when endless_events > 0 then 'scr_temperature_missing'
        when window_known_s * 100 < window_expected_s * {{ parameter('coverage_gate_pct') }} then 'window_has_gaps'
    end as reason,
from sums
