with calls as (
    select events.*, days.local_date, days.starts_at_utc as day_starts_at_utc, days.ends_at_utc as day_ends_at_utc,
    from {{ source('reference', 'dr_events') }} as events
    inner join {{ ref('int_local_days') }} as days
        on days.site_id = events.site_id and events.start_at >= days.starts_at_utc and events.start_at < days.ends_at_utc
)

select
    calls.event_id,
    calls.site_id,
    calls.programme_id,
    calls.local_date,
    calls.day_starts_at_utc,
    calls.day_ends_at_utc,
    calls.notice_at,
    calls.start_at,
    calls.end_at,
    calls.committed_mw,
    rules.system_id,
    rules.day_type,
    rules.selection,
    rules.chosen_days,
    rules.similar_days,
    rules.look_back_days,
    rules.adjustment,
    rules.adjustment_low,
    rules.adjustment_high,
    case when rules.adjustment <> 'none' then calls.start_at - to_minutes(rules.window_start_min) end as window_from_utc,
    case when rules.adjustment <> 'none' then calls.start_at - to_minutes(rules.window_end_min) end as window_until_utc,
    rules.response_limit_min,
from calls
left join {{ source('reference', 'dr_programmes') }} as rules
    on rules.programme_id = calls.programme_id
    and {{ is_valid_on('rules', 'calls.local_date') }}
    and (rules.day_type = 'any' or rules.day_type = {{ day_type('rules.system_id', 'calls.local_date') }})
qualify row_number() over (partition by calls.event_id order by rules.day_type = 'any') = 1
