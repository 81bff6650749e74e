with read_hours as (
    select
        site_id,
        date_trunc('hour', min(interval_start_utc)) as first_hour_utc,
        date_trunc('hour', max(interval_start_utc)) as last_hour_utc,
    from {{ ref('int_site_source_5min') }}
    group by site_id
),

known_days as (
    select site_id, max(utc_date) as last_day,
    from {{ source('quality', 'days') }}
    group by site_id
)

select calendar.*,
from {{ source('reference', 'calendar_hours') }} as calendar
inner join read_hours using (site_id)
left join known_days using (site_id)
where
    calendar.hour_start_utc >= read_hours.first_hour_utc
    and (
        calendar.hour_start_utc <= read_hours.last_hour_utc
        or (calendar.utc_date > cast(read_hours.last_hour_utc as date) and calendar.utc_date <= known_days.last_day)
    )
