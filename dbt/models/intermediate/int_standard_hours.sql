with measured_hours as (
    select
        site_id,
        unit_id,
        hour_start_utc,
        'nox' as pollutant,
        operating_time_h,
        heat_input_mmbtu,
        nox_ppm_15o2,
        nox_ppm_15o2_capped,
        nox_lb_per_mmbtu,
        nox_lb_per_mmbtu_capped,
        coalesce(is_valid_nsps, false) as is_valid_hour,
        reason is distinct from 'not_monitored' as is_monitored,
        is_startup,
        is_shutdown,
    from {{ ref('turbine_hourly') }}
    where operating_time_h is null or operating_time_h > 0
    union all by name
    select
        hourly.site_id,
        hourly.unit_id,
        hourly.hour_start_utc,
        emitted.pollutant,
        hourly.operating_time_h,
        hourly.heat_input_mmbtu,
        emitted.ppm_15o2,
        coalesce(emitted.is_valid_nsps, false) as is_valid_hour,
        emitted.reason is distinct from 'no_factor' and (emitted.is_valid_nsps is not null or hourly.operating_time_h is null)
            as is_monitored,
        hourly.is_startup,
        hourly.is_shutdown,
    from {{ ref('turbine_pollutant_hourly') }} as emitted
    inner join {{ ref('turbine_hourly') }} as hourly using (unit_id, hour_start_utc)
    where
        emitted.pollutant in (select pollutant from {{ ref('int_unit_limits') }} where averaged_column = 'ppm_15o2')
        and (hourly.operating_time_h is null or hourly.operating_time_h > 0)
),

limits as (
    select
        unit_id, limit_id, pollutant, averaging, averaged_column, weighting, sus_rule, limit_decimals, min_valid_pct,
        limit_is_verified, valid_from, valid_to,
    from {{ ref('int_unit_limits') }}
),

limited_hours as (
    select
        hours.site_id,
        standards.*,
        limits.* exclude (unit_id, limit_id, limit_is_verified, valid_from, valid_to),
        hours.operating_time_h,
        hours.is_monitored,
        hour_rows.limit_is_verified,
        case limits.averaged_column
            when 'nox_ppm_15o2' then hours.nox_ppm_15o2
            when 'nox_ppm_15o2_capped' then hours.nox_ppm_15o2_capped
            when 'nox_lb_per_mmbtu' then hours.nox_lb_per_mmbtu
            when 'nox_lb_per_mmbtu_capped' then hours.nox_lb_per_mmbtu_capped
            when 'ppm_15o2' then hours.ppm_15o2
        end as averaged_value,
        case limits.weighting when 'heat_input' then hours.heat_input_mmbtu else 1 end as hour_weight,
        hours.is_valid_hour,
        hours.is_startup or coalesce(logged.is_startup, false) as is_startup,
        hours.is_shutdown or coalesce(logged.is_shutdown, false) as is_shutdown,
        coalesce(logged.is_malfunction, false) as is_malfunction,
    from {{ ref('int_hourly_standards') }} as standards
    inner join limits
        on limits.unit_id = standards.unit_id
        and limits.limit_id = standards.limit_id
        and {{ is_valid_on('limits', 'standards.local_date') }}
    inner join limits as hour_rows
        on hour_rows.unit_id = standards.unit_id
        and hour_rows.limit_id = standards.hour_limit_id
        and {{ is_valid_on('hour_rows', 'standards.local_date') }}
    inner join measured_hours as hours
        on hours.unit_id = standards.unit_id
        and hours.hour_start_utc = standards.hour_start_utc
        and hours.pollutant = limits.pollutant
    left join {{ ref('int_logged_unit_hours') }} as logged
        on logged.unit_id = standards.unit_id and logged.hour_start_utc = standards.hour_start_utc
),

weighed_hours as (
    select
        * exclude (is_valid_hour, averaged_value, hour_weight, weighting, sus_rule),
        cast(try_cast(averaged_value as decimal(18, 9)) as decimal(24, 9)) as hour_value,
        try_cast(hour_weight as decimal(12, 6)) as hour_weight,
        is_valid_hour and hour_value is not null and coalesce(try_cast(hour_weight as decimal(12, 6)) > 0, false) as is_valid,
        is_startup or is_shutdown or is_malfunction as is_ssm,
        case
            when weighting is null then 'weighting_unknown'
            when sus_rule is null then 'sus_rule_unknown'
            when sus_rule = 'excluded' and is_ssm then 'excluded_hour'
        end as rule_reason,
    from limited_hours
)

select
    *,
    case when is_valid then hour_value * hour_weight end as weighted_value,
    case when is_valid then cast(hour_limit_value as decimal(24, 9)) * hour_weight end as weighted_limit,
    case when is_valid then hour_weight end as valid_weight,
from weighed_hours
