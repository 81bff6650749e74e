with known as (
    select site_id, min(hour_start_utc) as from_utc,
    from {{ ref('int_site_hours') }}
    group by site_id
),

similar_days as (
    select
        events.event_id,
        days.local_date,
        events.day_ends_at_utc - days.ends_at_utc as shift,
        row_number() over (partition by events.event_id order by days.local_date desc) as days_back,
    from {{ ref('int_dr_events') }} as events
    inner join known on known.site_id = events.site_id
    inner join {{ ref('int_local_days') }} as days
        on days.site_id = events.site_id
        and days.local_date < events.local_date
        and days.local_date >= events.local_date - to_days(cast(events.look_back_days as integer))
        and days.starts_at_utc >= known.from_utc
    where
        (events.day_type = 'any' or events.day_type = {{ day_type('events.system_id', 'days.local_date') }})
        and not exists (
            select 1 from {{ source('reference', 'dr_events') }} as calls
            where calls.site_id = days.site_id and calls.start_at < days.ends_at_utc and calls.end_at > days.starts_at_utc
        )
        and not exists (
            select 1 from {{ ref('int_grid_outages') }} as outages
            where outages.site_id = days.site_id
                and outages.known_from_utc < days.ends_at_utc
                and outages.known_until_utc > days.starts_at_utc
        )
),

used_days as (
    select event_id, local_date, shift, days_back,
    from similar_days
    union all by name
    select event_id, local_date, interval 0 second as shift, 0 as days_back,
    from {{ ref('int_dr_events') }}
),

instants as (
    select
        *,
        unnest(range(
            {{ bucket_start('least(notice_at, coalesce(window_from_utc, notice_at))', 300) }},
            end_at,
            interval 5 minutes
        )) as interval_start_utc,
    from {{ ref('int_dr_events') }}
),

measured_instants as (
    select
        *,
        interval_start_utc >= {{ bucket_start('notice_at', 300) }} as is_after_notice,
        {{ overlap_s('start_at', 'end_at') }} as event_s,
        {{ overlap_s('window_from_utc', 'window_until_utc') }} as window_s,
    from instants
)

select
    instants.site_id,
    instants.event_id,
    used_days.local_date,
    cast(used_days.days_back as integer) as days_back,
    instants.interval_start_utc,
    instants.is_after_notice,
    instants.event_s,
    instants.window_s,
    powers.grid_mw,
    powers.battery_mw,
    powers.generation_mw,
    powers.idle_import_mw,
    coalesce(powers.measured_pct, 0) as measured_pct,
    powers.source_interval_s,
from measured_instants as instants
inner join used_days using (event_id)
left join {{ ref('int_dr_powers') }} as powers
    on powers.site_id = instants.site_id
    and powers.interval_start_utc = instants.interval_start_utc - used_days.shift
where used_days.days_back <= coalesce(instants.similar_days, 0)
