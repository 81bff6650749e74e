with last_hours as (
    select site_id, max(hour_start_utc) as last_hour_utc,
    from {{ ref('int_site_hours') }}
    group by site_id
),

months as (
    select calendar.site_id, calendar.month, count(*) < max(calendar.month_hours) as is_in_progress,
    from {{ source('reference', 'calendar_hours') }} as calendar
    inner join last_hours on last_hours.site_id = calendar.site_id and calendar.hour_start_utc <= last_hours.last_hour_utc
    group by calendar.site_id, calendar.month
),

starts as (
    select site_id, min(starts_on) as starts_on, from {{ source('reference', 'sites') }} group by site_id
),

unit_hours as (
    select calendar.site_id, units.device_id as unit_id, calendar.hour_start_utc,
    from {{ source('reference', 'calendar_hours') }} as calendar
    inner join last_hours on last_hours.site_id = calendar.site_id and calendar.hour_start_utc <= last_hours.last_hour_utc
    inner join {{ source('reference', 'devices') }} as units
        on units.site_id = calendar.site_id
        and units.kind = 'unit'
        and {{ is_valid_on('units', 'calendar.local_date') }}
        and {{ is_expected_on('units', 'calendar.local_date') }}
    left join starts on starts.site_id = calendar.site_id
    where starts.starts_on is null or calendar.local_date >= starts.starts_on
    union
    select site_id, unit_id, hour_start_utc,
    from {{ ref('turbine_hourly') }}
),

hours as (
    select
        unit_hours.*,
        calendar.month,
        hourly.operating_time_h,
        hourly.nox_lb,
        hourly.co2_short_tons,
        hourly.time_basis,
        hourly.method = 'substituted' and hourly.operating_time_h > 0 as is_substituted,
        hourly.is_bound or hourly.is_bound is null or months.is_in_progress as is_bound,
        hourly.operating_time_h * hourly.data_coverage_pct / 100 as measured_h,
    from unit_hours
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    left join months on months.site_id = calendar.site_id and months.month = calendar.month
    left join {{ ref('turbine_hourly') }} as hourly
        on hourly.unit_id = unit_hours.unit_id and hourly.hour_start_utc = unit_hours.hour_start_utc
),

amounts as (
    select
        * exclude (nox_lb, co2_short_tons),
        'nox' as pollutant,
        nox_lb as amount,
        {{ factor('lb_per_short_ton') }} as per_short_ton,
    from hours
    union all by name
    select
        * exclude (nox_lb, co2_short_tons, is_substituted, measured_h),
        'co2' as pollutant,
        co2_short_tons as amount,
        1 as per_short_ton,
        false as is_substituted,
        case when co2_short_tons is not null then operating_time_h end as measured_h,
    from hours
)

select
    site_id,
    unit_id,
    month,
    pollutant,
    {{ amount('sum(amount) / max(per_short_ton)') }} as filled_short_tons,
    {{ amount('sum(amount) filter (where not coalesce(is_substituted, false)) / max(per_short_ton)') }} as short_tons_measured,
    count(*) as hours,
    count(amount) as known_hours,
    bool_or(is_bound) as is_bound,
    {{ amount('coalesce(sum(operating_time_h), 0)') }} as operating_h,
    cast(count(*) - count(operating_time_h) as integer) as unknown_hours,
    {{ amount('coalesce(sum(' ~ amount('measured_h') ~ '), 0)') }} as measured_h,
    {{ amount('coalesce(sum(operating_time_h) filter (where is_substituted), 0)') }} as substituted_h,
    min(time_basis) as time_basis,
from amounts
group by site_id, unit_id, month, pollutant
