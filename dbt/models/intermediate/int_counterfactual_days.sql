with intervals as (
    select
        site_id,
        local_date,
        count(*) filter (where is_known) as known_intervals,
        coalesce(sum(measured_pct) filter (where is_known), 0) as measured_pct,
        min(reason) as reason,
    from {{ ref('int_counterfactual_intervals') }}
    group by site_id, local_date
),

unit_hours as (
    select
        hourly.*,
        calendar.local_date,
        exists (
            select 1 from {{ ref('int_counterfactual_outages') }} as outages
            where outages.device_id = hourly.unit_id
                and outages.from_utc < hourly.hour_start_utc + interval 1 hour
                and outages.to_utc > hourly.hour_start_utc
        ) as is_excluded,
    from {{ ref('turbine_hourly') }} as hourly
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
),

observed as (
    select
        site_id,
        local_date,
        {% for column, name in [
            ('operating_time_h', 'observed_h'),
            ('gross_mwh', 'observed_turbine_mwh'),
            ('heat_input_mmbtu', 'observed_fuel_mmbtu'),
            ('nox_lb', 'observed_nox_lb'),
        ] %}
            case when bool_and(is_excluded or {{ column }} is not null)
                then coalesce(sum({{ column }}) filter (where not is_excluded), 0)
            end as {{ name }},
        {% endfor %}
        sum(operating_time_h) filter (where is_excluded) as excluded_h,
    from unit_hours
    group by site_id, local_date
),

starts as (
    select events.site_id, calendar.local_date, count(*) as observed_starts,
    from {{ ref('int_turbine_events') }} as events
    inner join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = events.site_id and calendar.hour_start_utc = date_trunc('hour', events.started_at)
    where events.kind = 'start' and not exists (
        select 1 from {{ ref('int_counterfactual_outages') }} as outages
        where outages.device_id = events.device_id
            and events.started_at >= outages.from_utc
            and events.started_at < outages.to_utc
    )
    group by events.site_id, calendar.local_date
)

select
    site_id,
    local_date,
    known_intervals,
    measured_pct,
    day_s // 300 as day_intervals,
    observed_h,
    observed_turbine_mwh,
    observed_fuel_mmbtu,
    observed_nox_lb,
    coalesce(excluded_h, 0) as excluded_h,
    coalesce(observed_starts, 0) as observed_starts,
    balance.status as balance_status,
    case
        when known_intervals * 100 < day_intervals * {{ parameter('tha_coverage_gate_pct') }}
            then coalesce(intervals.reason, 'incomplete_day')
        when balance.status = 'red' then 'balance_red'
        when balance.status in ('missing_source', 'not_independent') then coalesce(balance.reason, balance.status)
    end as reason,
from intervals
inner join {{ ref('int_local_days') }} using (site_id, local_date)
left join observed using (site_id, local_date)
left join starts using (site_id, local_date)
left join {{ ref('energy_balance_daily') }} as balance using (site_id, local_date)
