with missing_hours as (
    select
        gaps.site_id,
        gaps.kind,
        calendar.local_date,
        lag(gaps.hour_start_utc) over (
            partition by gaps.site_id, gaps.device_id, gaps.column_name, calendar.local_date order by gaps.hour_start_utc
        ) is distinct from gaps.hour_start_utc - interval 1 hour as is_first,
    from {{ ref('int_imperfect_hours') }} as gaps
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    where gaps.missing_s > 0
)

select site_id, kind, local_date, count(*) as gaps,
from missing_hours
where is_first
group by site_id, kind, local_date
