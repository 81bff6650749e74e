with days as (
    select
        columns.site_id,
        columns.device_id,
        columns.column_name,
        days.utc_date as date_utc,
        sum(date_diff(
            'second',
            greatest(cast(days.utc_date as timestamp), columns.expected_from_utc),
            least(days.utc_date + interval 1 day, columns.expected_to_utc)
        )) as whole_s,
    from {{ source('quality', 'days') }} as days
    inner join {{ ref('int_expected_columns') }} as columns
        on columns.site_id = days.site_id
        and days.utc_date + interval 1 day > columns.expected_from_utc
        and days.utc_date < columns.expected_to_utc
    group by columns.site_id, columns.device_id, columns.column_name, days.utc_date
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
    cast(whole_s - coalesce(unexpected_s, 0) as integer) as expected_s,
    cast(whole_s - coalesce(not_good_s, 0) as integer) as good_s,
    cast(coalesce(substituted_s, 0) as integer) as substituted_s,
    cast(coalesce(missing_s, 0) as integer) as missing_s,
from days
left join imperfect_days using (site_id, device_id, column_name, date_utc)
order by site_id, device_id, column_name, date_utc
