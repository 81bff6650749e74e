with unit_months as (
    select
        hourly.site_id,
        hourly.unit_id,
        calendar.standard_month as month,
        count(*) as hours,
        count(hourly.operating_time_h) as known_hours,
    from {{ ref('turbine_hourly') }} as hourly
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by hourly.site_id, hourly.unit_id, calendar.standard_month
),

monitor_months as (
    select
        hours.unit_id,
        hours.parameter,
        calendar.standard_month as month,
        count(*) as operating_hours,
        count(*) filter (where hours.is_quality_assured) as quality_assured_hours,
        count(*) filter (where hours.is_nsps_valid) as nsps_valid_hours,
        arg_max(hours.pma_pct, hours.hour_start_utc) as pma_pct,
    from {{ ref('int_monitor_hours') }} as hours
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by hours.unit_id, hours.parameter, calendar.standard_month
),

months as (
    select
        unit_months.*,
        monitored.parameter,
        coalesce(operating_hours, 0) as operating_hours,
        coalesce(quality_assured_hours, 0) as quality_assured_hours,
        100 * nsps_valid_hours / nullif(operating_hours, 0) as nsps_valid_pct,
        last_value(pma_pct ignore nulls) over (
            partition by unit_months.unit_id, monitored.parameter
            order by unit_months.month rows unbounded preceding
        ) as last_pma_pct,
        100 * known_hours / hours as known_pct,
        known_pct >= {{ parameter('coverage_gate_pct') }} as is_known,
    from unit_months
    inner join {{ ref('int_monitored_parameters') }} as monitored using (unit_id)
    left join monitor_months
        on monitor_months.unit_id = unit_months.unit_id
        and monitor_months.parameter = monitored.parameter
        and monitor_months.month = unit_months.month
)

select
    site_id,
    unit_id,
    parameter,
    month,
    operating_hours,
    quality_assured_hours,
    {{ amount('if(is_known, last_pma_pct, null)') }} as pma_pct,
    {{ amount("if(is_known and parameter <> 'heat_input', nsps_valid_pct, null)") }} as nsps_valid_pct,
    hours - known_hours as unknown_hours,
    {{ amount('known_pct') }} as data_coverage_pct,
    case when not is_known then 'op_time_unknown' when last_pma_pct is null then 'no_operating_hours' end as reason,
    {{ version_id() }} as version_id,
from months
order by site_id, unit_id, parameter, month
