{{ config(materialized='view') }}

with hours as (
    select distinct
        columns.site_id,
        columns.device_id,
        columns.column_name,
        unnest(range(
            cast(days.utc_date as timestamp), cast(days.utc_date as timestamp) + interval 1 day, interval 1 hour
        )) as hour_start_utc,
    from {{ source('quality', 'days') }} as days
    inner join {{ ref('int_expected_columns') }} as columns
        on columns.site_id = days.site_id
        and days.utc_date >= columns.expected_from
        and days.utc_date < columns.expected_to
)

select
    hours.site_id,
    hours.device_id,
    hours.column_name,
    hours.hour_start_utc,
    coalesce(imperfect.expected_s, 3600) as expected_s,
    coalesce(imperfect.good_s, 3600) as good_s,
    coalesce(imperfect.substituted_s, 0) as substituted_s,
    coalesce(imperfect.missing_s, 0) as missing_s,
from hours
left join {{ ref('int_imperfect_hours') }} as imperfect using (site_id, device_id, column_name, hour_start_utc)
