{% set sums = [
    ('window_hours', 'count(*)'),
    ('valid_hours', 'count(*) filter (where is_valid)'),
    ('value_sum', 'sum(weighted_value)'),
    ('limit_sum', 'sum(weighted_limit)'),
    ('weight_sum', 'sum(valid_weight)'),
    ('value_sum_without_ssm', 'sum(weighted_value) filter (where not is_ssm)'),
    ('limit_sum_without_ssm', 'sum(weighted_limit) filter (where not is_ssm)'),
] %}
{% set causes = ['malfunction', 'startup', 'shutdown'] %}

with hours as (
    select * from {{ ref('int_standard_hours') }}
),

four_hours as (
    select
        unit_id,
        hour_start_utc,
        standard_id,
        count(*) over four_hours = 4 as is_whole,
        {% for name, sum in sums %}
            {{ sum }} over four_hours as {{ name }},
        {% endfor %}
        bool_and(limit_is_verified) over four_hours as limit_is_verified,
        {% for cause in causes %}
            bool_or(is_{{ cause }}) over four_hours as has_{{ cause }},
        {% endfor %}
    from hours
    where averaging = '4_operating_hours' and rule_reason is null
    window four_hours as (
        partition by unit_id, standard_id
        order by hour_start_utc rows between 3 preceding and current row
    )
),

days as (
    select
        unit_id,
        standard_id,
        local_date,
        {% for name, sum in sums %}
            {{ sum }} as {{ name }},
        {% endfor %}
        bool_and(limit_is_verified) as limit_is_verified,
        {% for cause in causes %}
            bool_or(is_{{ cause }}) as has_{{ cause }},
        {% endfor %}
    from hours
    where averaging = '30_operating_days' and rule_reason is null
    group by unit_id, standard_id, local_date
),

thirty_days as (
    select
        unit_id,
        standard_id,
        local_date,
        count(*) over thirty_days = 30 as is_whole,
        {% for name, _ in sums %}
            sum({{ name }}) over thirty_days as {{ name }},
        {% endfor %}
        bool_and(limit_is_verified) over thirty_days as limit_is_verified,
        {% for cause in causes %}
            bool_or(has_{{ cause }}) over thirty_days as has_{{ cause }},
        {% endfor %}
    from days
    window thirty_days as (
        partition by unit_id, standard_id
        order by local_date rows between 29 preceding and current row
    )
),

windows as (
    select * from four_hours
    union all by name
    select hours.hour_start_utc, thirty_days.* exclude (local_date),
    from thirty_days
    inner join hours using (unit_id, standard_id, local_date)
    where hours.rule_reason is null
),

judged_hours as (
    select
        hours.*,
        windows.* exclude (unit_id, hour_start_utc, standard_id, limit_is_verified),
        coalesce(windows.limit_is_verified, hours.limit_is_verified) as window_is_verified,
        case
            when not hours.is_monitored then 'not_monitored'
            when hours.operating_time_h is null then 'op_time_unknown'
            when hours.averaging = 'unknown' then 'averaging_unknown'
            when hours.rule_reason is not null then hours.rule_reason
            when not windows.is_whole then 'insufficient_history'
            when windows.valid_hours * 100 < windows.window_hours * hours.min_valid_pct or windows.valid_hours = 0
                then 'insufficient_valid'
        end as reason,
        [1, 10, 100, 1000, 10000, 100000, 1000000][hours.limit_decimals + 1] as rounding_scale,
    from hours
    left join windows
        on windows.unit_id = hours.unit_id
        and windows.hour_start_utc = hours.hour_start_utc
        and windows.standard_id = hours.standard_id
)

select
    site_id,
    unit_id,
    hour_start_utc,
    limit_id,
    pollutant,
    averaged_column,
    averaging,
    {{ unrounded('case when reason is null then value_sum / weight_sum end', 9) }} as rolling_value,
    cast(window_hours as integer) as window_hours,
    cast(valid_hours as integer) as valid_hours,
    {{ unrounded('case when reason is null then limit_sum / weight_sum else hour_limit_value end', 9) }} as limit_value,
    cast(limit_value - rolling_value as decimal(24, 9)) as margin,
    case when reason is null then value_sum > limit_sum end as is_exceedance,
    case when reason is null
        then {{ half_away('value_sum / weight_sum * rounding_scale', 0) }} > {{ half_away('limit_sum / weight_sum * rounding_scale', 0) }}
    end as is_exceedance_rounded,
    window_is_verified as limit_is_verified,
    {{ limit_notice('window_is_verified') }} as limit_notice,
    not is_valid and is_monitored and operating_time_h is not null as is_monitor_downtime,
    not is_valid as anchor_invalid,
    {{ unrounded('hour_value', 9) }} as hour_value,
    hour_limit_id,
    {{ unrounded('hour_limit_value', 9) }} as hour_limit_value,
    case when reason is null and value_sum > limit_sum
        then coalesce(value_sum_without_ssm <= limit_sum_without_ssm, true)
    end as is_explained_by_ssm,
    case
        when is_explained_by_ssm is not true then null
        {% for cause in causes %}
            when has_{{ cause }} then '{{ cause }}'
        {% endfor %}
    end as ssm_kind,
    {{ amount('coalesce(100 * valid_hours / window_hours, 0)') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged_hours
order by site_id, unit_id, hour_start_utc, limit_id
