with kind_days as (
    select days.site_id, days.utc_date, columns.kind, count(distinct (columns.device_id, columns.column_name)) as columns,
    from {{ source('quality', 'days') }} as days
    inner join {{ ref('int_expected_columns') }} as columns
        on columns.site_id = days.site_id
        and days.utc_date >= columns.expected_from
        and days.utc_date < columns.expected_to
    group by days.site_id, days.utc_date, columns.kind
),

imperfect_hours as (
    select
        site_id,
        kind,
        hour_start_utc,
        sum(3600 - expected_s) as unexpected_s,
        sum(3600 - good_s) as not_good_s,
        sum(substituted_s) as substituted_s,
    from {{ ref('int_imperfect_hours') }}
    group by site_id, kind, hour_start_utc
),

local_days as (
    select site_id, local_date, count(*) as day_hours,
    from {{ source('reference', 'calendar_hours') }}
    group by site_id, local_date
)

select
    site_id,
    kind_days.kind,
    local_date,
    cast(sum(kind_days.columns * 3600 - coalesce(unexpected_s, 0)) as bigint) as expected_s,
    cast(sum(kind_days.columns * 3600 - coalesce(not_good_s, 0)) as bigint) as good_s,
    cast(sum(coalesce(substituted_s, 0)) as bigint) as substituted_s,
from kind_days
inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, utc_date)
inner join local_days using (site_id, local_date)
left join imperfect_hours
    on imperfect_hours.site_id = kind_days.site_id
    and imperfect_hours.kind = kind_days.kind
    and imperfect_hours.hour_start_utc = calendar.hour_start_utc
group by kind_days.site_id, kind_days.kind, local_date
having count(*) = max(day_hours)
    or sum(kind_days.columns * 3600 - coalesce(not_good_s, 0) + coalesce(substituted_s, 0)) > 0
