with days as (
    select distinct
        columns.site_id,
        columns.device_id,
        columns.column_name,
        days.utc_date as date_utc,
    from {{ source('quality', 'days') }} as days
    inner join {{ ref('int_expected_columns') }} as columns
        on columns.site_id = days.site_id
        and days.utc_date >= columns.expected_from
        and days.utc_date < columns.expected_to
),

imperfect_days as (
    select
        site_id,
        device_id,
        column_name,
        cast(hour_start_utc as date) as date_utc,
        sum(3600 - expected_s) as unexpected_s,
        sum(3600 - good_s) as not_good_s,
        sum(substituted_s) as substituted_s,
        sum(missing_s) as missing_s,
    from {{ ref('int_imperfect_hours') }}
    group by all
)

select
    site_id,
    device_id,
    column_name,
    date_utc,
    cast(86400 - coalesce(unexpected_s, 0) as integer) as expected_s,
    cast(86400 - coalesce(not_good_s, 0) as integer) as good_s,
    cast(coalesce(substituted_s, 0) as integer) as substituted_s,
    cast(coalesce(missing_s, 0) as integer) as missing_s,
from days
left join imperfect_days using (site_id, device_id, column_name, date_utc)
order by site_id, device_id, column_name, date_utc
