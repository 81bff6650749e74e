{{ config(materialized='view') }}

with hours as (
    {{ expected_hours(source('quality', 'days')) }}
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
