with hours as (
    select
        turbines.site_id,
        turbines.unit_id,
        turbines.hour_start_utc,
        calendar.local_date,
        turbines.operating_time_h,
        turbines.gross_mwh,
        units.nameplate_mw,
        units.min_load_mw,
    from {{ ref('turbine_hourly') }} as turbines
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    left join {{ source('reference', 'devices') }} as units
        on units.device_id = turbines.unit_id and {{ is_valid_on('units', 'calendar.local_date') }}
),

powers as (
    select device_id as unit_id, interval_start_utc, max(power_mw) as power_mw,
    from {{ ref('int_device_5min') }}
    group by device_id, interval_start_utc
),

slots as (
    select
        *,
        hour_start_utc + to_minutes(unnest(range(0, 60, 5))) as interval_start_utc,
    from hours
    where operating_time_h > 0
),

judged_slots as (
    select
        slots.*,
        coalesce(power_mw * 100 > nameplate_mw * {{ parameter('running_threshold_pct') }}, false) as is_running,
        exists (
            select 1
            from {{ source('reference', 'events') }} as tests
            where tests.kind = 'test'
                and tests.site_id = slots.site_id
                and (tests.unit_id is null or tests.unit_id = slots.unit_id)
                and tests.start_at < slots.interval_start_utc + interval 5 minutes
                and tests.end_at > slots.interval_start_utc
        ) as is_test,
        (states.headroom_mw < min_load_mw or states.is_called) and states.is_battery_spent as is_needed,
    from slots
    left join powers using (unit_id, interval_start_utc)
    left join {{ ref('int_last_resort_5min') }} as states
        on states.site_id = slots.site_id and states.interval_start_utc = slots.interval_start_utc
),

counted_slots as (
    select *, is_running or not bool_or(is_running) over (partition by unit_id, hour_start_utc) as is_counted,
    from judged_slots
),

shares as (
    select
        unit_id,
        hour_start_utc,
        count(*) filter (where is_counted) as counted,
        count(*) filter (where is_counted and is_test) as in_test,
        count(*) filter (where is_counted and (is_test or is_needed)) as needed,
        count(*) filter (where is_counted and not is_test and is_needed is null) as unknown,
    from counted_slots
    group by unit_id, hour_start_utc
)

select
    hours.site_id,
    hours.unit_id,
    hours.hour_start_utc,
    hours.local_date,
    hours.operating_time_h,
    hours.gross_mwh,
    hours.nameplate_mw,
    {% for part, column in [('needed', 'last_resort_h'), ('in_test', 'test_h'), ('unknown', 'unknown_h')] %}
        case when operating_time_h = 0 then 0 else {{ amount('operating_time_h * ' ~ part ~ ' / counted') }} end as {{ column }},
    {% endfor %}
from hours
left join shares using (unit_id, hour_start_utc)
