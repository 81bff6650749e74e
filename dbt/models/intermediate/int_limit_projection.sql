with days as (
    select
        used.site_id,
        used.limit_id,
        used.scope_id,
        used.local_date,
        used.averaging,
        any_value(used.amount) as amount,
        any_value(used.is_day_known) as is_day_known,
        any_value(used.amount_total) as amount_total,
        any_value(used.used_at_least) as used_at_least,
        any_value(used.data_coverage_pct) as data_coverage_pct,
        any_value(used.counted_from) as counted_from,
        any_value(used.is_partial_window) as is_partial_window,
        any_value(used.reason) as reason,
        max(limits.limit_value) as limit_value,
        bool_and(limits.limit_is_verified) as limit_is_verified,
        case when count(limits.valid_to) = count(*) then max(limits.valid_to) end as valid_to,
        {{ parameter('projection_days') }} as mean_days,
    from {{ ref('int_limit_use_daily') }} as used
    inner join {{ ref('int_summed_limits') }} as limits
        on limits.limit_id = used.limit_id
        and limits.scope_id = used.scope_id
        and limits.averaging = used.averaging
        and {{ is_valid_on('limits', 'used.local_date') }}
    group by used.site_id, used.limit_id, used.scope_id, used.local_date, used.averaging
),

means as (
    select
        *,
        case when count(*) filter (where is_day_known) over last_days = mean_days
            then cast(sum(amount) over last_days as double) / mean_days
        end as mean_amount,
    from days
    window last_days as (
        partition by limit_id, scope_id
        order by local_date range between to_days(cast(mean_days - 1 as integer)) preceding and current row
    )
),

rates as (
    select
        *,
        count(mean_amount) over last_year > mean_days as has_band,
        max(mean_amount) over last_year as highest_amount,
        min(mean_amount) over last_year as lowest_amount,
    from means
    window last_year as (
        partition by limit_id, scope_id order by local_date range between interval 364 days preceding and current row
    )
),

month_ends as (
    select
        rates.*,
        cast(date_trunc('month', local_date) + to_months(cast(months.ahead as integer) + 1) - interval 1 day as date) as month_end,
        cast(if(averaging = 'calendar_year', date_trunc('year', month_end), date_trunc('month', month_end) - interval 11 months)
            as date) as window_from,
        if(window_from > local_date, 0, amount_total) as counted_total,
        date_diff('day', greatest(local_date, window_from - interval 1 day), month_end) as days_ahead,
    from rates
    cross join range(25) as months (ahead)
    where reason is null and mean_amount is not null and (valid_to is null or month_end < valid_to)
),

month_starts as (
    select
        limit_id,
        scope_id,
        cast(date_trunc('month', local_date) + interval 1 month as date) as month_start,
        max(amount_total) as amount_before,
    from days
    group by limit_id, scope_id, month_start
),

dates as (
    select
        ends.limit_id,
        ends.scope_id,
        ends.local_date,
        {% for name, amount in [('exhaustion', 'mean_amount'), ('early', 'highest_amount'), ('late', 'lowest_amount')] %}
            min(ends.month_end) filter (
                where ends.counted_total - if(ends.window_from > ends.local_date, 0, coalesce(starts.amount_before, 0))
                + ends.{{ amount }} * ends.days_ahead > ends.limit_value + 1e-9
            ) as {{ name }}_date,
        {% endfor %}
    from month_ends as ends
    left join month_starts as starts
        on starts.limit_id = ends.limit_id and starts.scope_id = ends.scope_id and starts.month_start = ends.window_from
    group by ends.limit_id, ends.scope_id, ends.local_date
)

select
    rates.site_id,
    rates.limit_id,
    rates.scope_id,
    rates.local_date,
    rates.averaging,
    rates.limit_value,
    rates.limit_is_verified,
    rates.used_at_least,
    case when rates.reason is null then rates.used_at_least end as used,
    rates.data_coverage_pct,
    rates.counted_from,
    rates.is_partial_window,
    rates.reason,
    {{ unrounded('rates.mean_amount', 9) }} as mean_daily_amount,
    dates.exhaustion_date,
    if(rates.has_band, dates.early_date, null) as early_date,
    if(rates.has_band, dates.late_date, null) as late_date,
    rates.has_band,
    case
        when rates.reason is not null then 'use_unknown'
        when rates.used_at_least > rates.limit_value then 'exceeded'
        when rates.mean_amount is null then 'insufficient_history'
        when dates.exhaustion_date is not null then 'projected'
        else 'not_projected'
    end as projection_status,
from rates
left join dates
    on dates.limit_id = rates.limit_id and dates.scope_id = rates.scope_id and dates.local_date = rates.local_date
