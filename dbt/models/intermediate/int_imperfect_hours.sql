with hours as (
    select
        site_id,
        device_id,
        kind,
        column_name,
        hour_start_utc,
        bool_or(cast(hour_start_utc as date) = utc_date) as is_stored,
        cast(sum(expected_s) as integer) as expected_s,
        cast(least(sum(good_s), sum(expected_s)) as integer) as good_s,
        cast(sum(substituted_s) as integer) as substituted_s,
    from {{ ref('int_coverage_hourly') }}
    group by site_id, device_id, kind, column_name, hour_start_utc
)

select
    * exclude (is_stored, substituted_s),
    least(substituted_s, expected_s - good_s) as substituted_s,
    expected_s - good_s - least(substituted_s, expected_s - good_s) as missing_s,
from hours
where is_stored
