with instants as (
    select
        site_id,
        event_id,
        started_at,
        known_until_utc,
        unnest(range(
            {{ bucket_start('started_at', 300) }} - to_minutes(cast({{ parameter('ride_through_before_min') }} as integer)),
            known_until_utc,
            interval 5 minutes
        )) as interval_start_utc,
        interval_start_utc < {{ bucket_start('started_at', 300) }} as is_before,
    from {{ ref('int_grid_outages') }}
),

powers as (
    select
        site_id,
        interval_start_utc,
        max(mw) filter (where source = 'load') as load_mw,
        max(mw) filter (where source = 'battery') as battery_mw,
        max(measured_pct) filter (where source = 'load') as measured_pct,
        max(source_interval_s) filter (where source = 'load') as source_interval_s,
    from {{ ref('int_source_5min') }}
    where source in ('load', 'battery')
    group by site_id, interval_start_utc
),

events as (
    select
        site_id,
        event_id,
        case when count(load_mw) filter (where is_before) = count(*) filter (where is_before)
            then sum(load_mw) filter (where is_before) / count(load_mw) filter (where is_before)
        end as load_before_mw,
        min(load_mw) filter (where not is_before) as load_min_mw,
        count(load_mw) filter (where not is_before) as known_intervals,
        sum(measured_pct) filter (where not is_before) as measured_pct,
        min(interval_start_utc) filter (where not is_before and battery_mw <= 0) as relieved_at,
        min(interval_start_utc) filter (where not is_before and battery_mw is null) as unknown_at,
        min(known_until_utc) as until_utc,
        max(source_interval_s) as source_interval_s,
    from instants
    left join powers using (site_id, interval_start_utc)
    group by site_id, event_id
),

measured as (
    select
        outages.*,
        events.* exclude (site_id, event_id, until_utc),
        least(relieved_at, until_utc) as bridged_until,
        ceil(date_diff('second', {{ bucket_start('outages.started_at', 300) }}, coalesce(ended_at, known_until_utc)) / 300)
            as intervals,
        load_before_mw * (1 - {{ parameter('ride_through_tolerance_pct') }} / 100) as load_needed_mw,
    from {{ ref('int_grid_outages') }} as outages
    left join events using (site_id, event_id)
),

judged as (
    select
        *,
        case
            when load_before_mw is null or known_intervals = 0 then null
            when load_min_mw < load_needed_mw then false
            when known_intervals = intervals and ended_at is not null then true
        end as is_success,
    from measured
)

select
    judged.site_id,
    event_id,
    started_at,
    ended_at,
    case when known_intervals > 0 and coalesce(unknown_at >= bridged_until, true)
        then cast(greatest(0, date_diff('second', started_at, bridged_until)) as integer)
    end as bridged_s,
    {{ amount('load_before_mw') }} as load_before_mw,
    {{ amount('load_min_mw') }} as load_min_mw,
    {{ amount('load_needed_mw') }} as load_needed_mw,
    states.soc_pct as soc_start_pct,
    is_success,
    cast(greatest(source_interval_s, 300) as integer) as resolution_s,
    {{ amount('coalesce(measured_pct, 0) / intervals') }} as data_coverage_pct,
    case
        when is_success is not null then null
        when ended_at is null then 'not_over'
        else 'missing_source:load'
    end as reason,
    {{ version_id() }} as version_id,
from judged
left join {{ ref('int_battery_state_5min') }} as states
    on states.site_id = judged.site_id
    and states.interval_start_utc = {{ bucket_start('judged.started_at', 300) }}
order by judged.site_id, started_at, event_id
