with batteries as (
    select
        states.site_id,
        states.interval_start_utc,
        states.soc_pct,
        coalesce(floors.soc_floor_pct, {{ parameter('soc_floor_pct') }}) as soc_floor_pct,
        flows.mw as battery_mw,
        states.available_discharge_mw,
    from {{ ref('int_battery_state_5min') }} as states
    left join {{ ref('int_source_5min') }} as flows
        on flows.site_id = states.site_id
        and flows.interval_start_utc = states.interval_start_utc
        and flows.source = 'battery'
    left join lateral (
        select max(contingencies.soc_floor_pct) as soc_floor_pct,
        from {{ source('reference', 'contingencies') }} as contingencies
        where contingencies.site_id = states.site_id and {{ is_valid_on('contingencies', 'states.local_date') }}
    ) as floors on true
),

with_batteries as (
    select site_id, min(expected_from) as since,
    from {{ ref('int_counted_meters') }}
    where source = 'battery'
    group by site_id
),

calls as (
    select site_id, started_at as start_at, coalesce(ended_at, timestamp '9999-12-31') as end_at,
    from {{ ref('int_grid_outages') }}
    union all
    select site_id, start_at, end_at,
    from {{ source('reference', 'dr_events') }}
)

select
    caps.site_id,
    caps.local_date,
    caps.interval_start_utc,
    {{ amount('caps.cap_mw - caps.grid_mw') }} as headroom_mw,
    exists (
        select 1
        from calls
        where calls.site_id = caps.site_id
            and calls.start_at < caps.interval_start_utc + interval 5 minutes
            and calls.end_at > caps.interval_start_utc
    ) as is_called,
    coalesce(caps.local_date < with_batteries.since, true)
    or soc_pct <= soc_floor_pct
    or battery_mw * 100 >= available_discharge_mw * {{ parameter('battery_limit_pct') }} as is_battery_spent,
from {{ ref('int_cap_5min') }} as caps
left join with_batteries using (site_id)
left join batteries
    on batteries.site_id = caps.site_id and batteries.interval_start_utc = caps.interval_start_utc
