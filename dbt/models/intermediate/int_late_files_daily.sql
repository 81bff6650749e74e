with feed_kinds as (
    select distinct feed_id, kind, from {{ source('reference', 'feed_columns') }}
),

lateness as (
    select feed_id, site_id, coalesce(max(lateness_s), {{ parameter('late_file_hours') }} * 3600) as lateness_s,
    from {{ source('reference', 'feeds') }}
    group by feed_id, site_id
)

select lateness.site_id, feed_kinds.kind, calendar.local_date, count(*) as late_files,
from {{ source('quality', 'files') }} as files
inner join lateness using (feed_id)
inner join feed_kinds using (feed_id)
inner join {{ source('reference', 'calendar_hours') }} as calendar
    on calendar.site_id = lateness.site_id
    and calendar.hour_start_utc = date_trunc('hour', files.last_interval_utc)
where files.received_at > files.last_interval_utc + to_seconds(lateness.lateness_s)
group by lateness.site_id, feed_kinds.kind, calendar.local_date
