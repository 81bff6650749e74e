with parts as (
    select
        site_id,
        local_date,
        min(hour_start_utc) as from_utc,
        max(hour_start_utc) + interval 1 hour as to_utc,
    from {{ source('reference', 'calendar_hours') }}
    inner join {{ source('quality', 'days') }} using (site_id, utc_date)
    group by site_id, local_date, utc_date
),

expected_days as (
    select
        parts.site_id,
        parts.local_date,
        columns.kind,
        sum(date_diff(
            'second', greatest(parts.from_utc, columns.expected_from_utc), least(parts.to_utc, columns.expected_to_utc)
        )) as column_s,
    from parts
    inner join {{ ref('int_expected_columns') }} as columns
        on columns.site_id = parts.site_id
        and parts.to_utc > columns.expected_from_utc
        and parts.from_utc < columns.expected_to_utc
    group by parts.site_id, parts.local_date, columns.kind
),

known_days as (
    select site_id, local_date, sum(date_diff('second', from_utc, to_utc)) as known_s,
    from parts
    group by site_id, local_date
),

imperfect_days as (
    select
        hours.site_id,
        hours.kind,
        calendar.local_date,
        sum(3600 - hours.expected_s) as unexpected_s,
        sum(3600 - hours.good_s) as not_good_s,
        sum(hours.substituted_s) as substituted_s,
    from {{ ref('int_imperfect_hours') }} as hours
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by hours.site_id, hours.kind, calendar.local_date
)

select
    site_id,
    kind,
    local_date,
    cast(column_s - coalesce(unexpected_s, 0) as bigint) as expected_s,
    cast(column_s - coalesce(not_good_s, 0) as bigint) as good_s,
    cast(coalesce(substituted_s, 0) as bigint) as substituted_s,
from expected_days
inner join {{ ref('int_local_days') }} as days using (site_id, local_date)
inner join known_days using (site_id, local_date)
left join imperfect_days using (site_id, kind, local_date)
where
    known_days.known_s = days.day_s
    or column_s - coalesce(not_good_s, 0) + coalesce(substituted_s, 0) > 0
