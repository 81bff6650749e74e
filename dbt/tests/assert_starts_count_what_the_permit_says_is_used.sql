-- The last start or stop of a local day counts as many events as the headroom of that day has used.
with days as (
    select starts.limit_id, headroom.unit_id, calendar.local_date, headroom.used, max(starts.counted_ytd) as counted_ytd,
    from {{ ref('turbine_starts') }} as starts
    inner join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = starts.site_id and calendar.hour_start_utc = date_trunc('hour', starts.started_at)
    inner join {{ ref('permit_headroom_daily') }} as headroom
        on headroom.limit_id = starts.limit_id
        and headroom.local_date = calendar.local_date
        and headroom.averaging = 'calendar_year'
        and coalesce(headroom.unit_id, starts.unit_id) = starts.unit_id
    group by all
)

select * from days
where counted_ytd is distinct from used
