with unit_hours as (
    select hourly.*, calendar.month,
    from {{ ref('turbine_hourly') }} as hourly
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    where hourly.operating_time_h is null or hourly.operating_time_h > 0
),

judged_hours as (
    select
        hours.site_id,
        hours.unit_id,
        hours.hour_start_utc,
        hours.month,
        monitored.parameter,
        case
            when hours.operating_time_h is null then null
            when monitored.parameter = 'nox' then not hours.is_valid_nsps
            when monitored.parameter = 'co' then not coalesce(carbon_monoxide.is_valid_nsps, false)
            else hours.heat_input_mmbtu is null
        end as is_down,
    from unit_hours as hours
    inner join {{ ref('int_monitored_parameters') }} as monitored using (unit_id)
    left join {{ ref('turbine_pollutant_hourly') }} as carbon_monoxide
        on carbon_monoxide.unit_id = hours.unit_id
        and carbon_monoxide.hour_start_utc = hours.hour_start_utc
        and carbon_monoxide.pollutant = monitored.parameter
        and monitored.parameter = 'co'
),

marked_hours as (
    select
        *,
        coalesce(is_down, true) as is_spell,
        is_spell and not coalesce(lag(is_spell) over (partition by unit_id, parameter order by hour_start_utc), false) as is_first,
    from judged_hours
),

numbered_hours as (
    select
        *,
        count(*) filter (where is_first) over (
            partition by unit_id, parameter
            order by hour_start_utc rows unbounded preceding
        ) as event_number,
    from marked_hours
),

calibrated_hours as (
    select device_id as unit_id, hour_start_utc, from {{ ref('int_turbine_hourly_inputs') }}
    where is_qa
    group by device_id, hour_start_utc
),

events as (
    select
        hours.site_id,
        hours.unit_id,
        hours.parameter,
        min(hours.hour_start_utc) as started_at,
        max(hours.hour_start_utc) + interval 1 hour as ended_at,
        min(hours.month) as first_month,
        max(hours.month) as last_month,
        count(*) filter (where hours.is_down) as duration_h,
        count(*) filter (where hours.is_down is null) as unknown_h,
        bool_or(logged.is_malfunction) as is_malfunction,
        bool_or(logged.is_maintenance) as is_maintenance,
        bool_or(logged.is_test) as is_test,
        bool_or(calibrated.unit_id is not null) as is_calibrated,
    from numbered_hours as hours
    left join {{ ref('int_logged_unit_hours') }} as logged
        on logged.unit_id = hours.unit_id and logged.hour_start_utc = hours.hour_start_utc
    left join calibrated_hours as calibrated
        on calibrated.unit_id = hours.unit_id and calibrated.hour_start_utc = hours.hour_start_utc
    where hours.is_spell
    group by hours.site_id, hours.unit_id, hours.parameter, hours.event_number
),

operating_months as (
    select unit_id, month, count(operating_time_h) as operating_hours, from unit_hours
    group by unit_id, month
),

weighed_events as (
    select events.*, sum(months.operating_hours) as operating_hours,
    from events
    left join operating_months as months
        on months.unit_id = events.unit_id and months.month between events.first_month and events.last_month
    group by all
)

select
    events.site_id,
    events.unit_id,
    concat(events.unit_id, ':', events.parameter, ':', strftime(events.started_at, '%Y-%m-%dT%H:%M:%SZ')) as event_id,
    events.parameter,
    events.started_at,
    events.ended_at,
    {{ amount('nullif(events.duration_h, 0)') }} as duration_h,
    case
        when is_malfunction then 'malfunction'
        when is_maintenance then 'maintenance'
        when is_test then 'test'
        when is_calibrated then 'quality_assurance'
        else 'unknown'
    end as cause,
    {{ amount('100 * nullif(events.duration_h, 0) / nullif(events.operating_hours, 0)') }} as operating_time_pct,
    {{ amount('events.unknown_h') }} as unknown_h,
    events.unknown_h > 0 as is_bound,
    {{ amount('100 * events.duration_h / (events.duration_h + events.unknown_h)') }} as data_coverage_pct,
    case when events.duration_h = 0 then 'op_time_unknown' end as reason,
    {{ version_id() }} as version_id,
from weighed_events as events
order by events.site_id, events.unit_id, event_id
