with intervals as (
    select
        site_id,
        local_date,
        count(*) filter (where is_known) as known_intervals,
        min(reason) as reason,
    from {{ ref('int_counterfactual_intervals') }}
    group by site_id, local_date
),

lengths as (
    select site_id, local_date, count(*) as day_hours,
    from {{ source('reference', 'calendar_hours') }}
    group by site_id, local_date
),

observed as (
    select
        hourly.site_id,
        calendar.local_date,
        case when count(hourly.operating_time_h) = count(*) then sum(hourly.operating_time_h) end as observed_h,
        case when count(hourly.gross_mwh) = count(*) then sum(hourly.gross_mwh) end as observed_turbine_mwh,
    from {{ ref('turbine_hourly') }} as hourly
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by hourly.site_id, calendar.local_date
),

starts as (
    select events.site_id, calendar.local_date, count(*) as observed_starts,
    from {{ ref('int_turbine_events') }} as events
    inner join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = events.site_id and calendar.hour_start_utc = date_trunc('hour', events.started_at)
    where events.kind = 'start'
    group by events.site_id, calendar.local_date
)

select
    site_id,
    local_date,
    known_intervals,
    day_hours * 12 as day_intervals,
    observed_h,
    observed_turbine_mwh,
    coalesce(observed_starts, 0) as observed_starts,
    balance.status as balance_status,
    case
        when known_intervals * 100 < day_hours * 12 * {{ parameter('tha_coverage_gate_pct') }}
            then coalesce(intervals.reason, 'incomplete_day')
        when balance.status = 'red' then 'balance_red'
        when balance.status in ('missing_source', 'not_independent') then coalesce(balance.reason, balance.status)
    end as reason,
from intervals
inner join lengths using (site_id, local_date)
left join observed using (site_id, local_date)
left join starts using (site_id, local_date)
left join {{ ref('energy_balance_daily') }} as balance using (site_id, local_date)
