with days as (
    select *, {{ parameter('coverage_gate_pct') }} as gate_pct, from {{ ref('int_counter_days') }}
    union all by name
    select *, 0 as unknown_events, 0 as endless_events, 100 as gate_pct, from {{ ref('int_mass_days') }}
),

totals as (
    select
        *,
        sum(amount) over until_today as amount_total,
        sum(unknown_events) over until_today as unknown_total,
        sum(endless_events) over until_today as endless_total,
        sum(expected_s) over until_today as expected_total_s,
        sum(known_s) over until_today as known_total_s,
    from days
    window until_today as (partition by limit_id, scope_id order by local_date rows unbounded preceding)
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
    {{ unrounded('amount', 10) }} as amount,
    known_s * 100 >= expected_s * gate_pct as is_day_known,
    {{ unrounded('amount_total', 10) }} as amount_total,
    {{ amount('used_at_least') }} as used_at_least,
    {{ amount('100 * window_known_s / window_expected_s') }} as data_coverage_pct,
    cast(greatest(window_from, counts_from) as date) as counted_from,
    coalesce(counts_from > window_from, false) as is_partial_window,
    case
        when unknown_events > endless_events then 'count_rule_unknown'
        when endless_events > 0 then 'duration_unknown'
        when window_known_s * 100 < window_expected_s * gate_pct then 'window_has_gaps'
    end as reason,
from sums
