with supplies as (
    select
        site_id,
        interval_start_utc,
        local_date,
        coalesce(sum(running_nameplate_mw) filter (where source in ('turbine', 'other_generation')), 0) as running_mw,
        coalesce(sum(running_nameplate_mw) filter (where source = 'turbine'), 0) as running_turbine_mw,
        coalesce(max(largest_running_mw) filter (where source in ('turbine', 'other_generation')), 0) as largest_unit_mw,
        sum(mw) filter (where source in ('load', 'aux', 'xfmr_loss')) as sinks_mw,
        bool_or(mw is null) as has_missing_source,
    from {{ ref('int_source_5min') }}
    group by site_id, interval_start_utc, local_date
),

batteries as (
    select
        site_id,
        interval_start_utc,
        max(limit_mw) as limit_mw,
        case when count(deliverable_mwh) = count(*) then min(deliverable_mwh) end as deliverable_mwh,
        {{ all_hold("case reason when 'no_deficit' then true when 'power_limited' then false else autonomy_min >= required_min end") }}
            as lasts,
    from {{ ref('int_autonomy_5min') }}
    group by site_id, interval_start_utc
),

cold_starts as (
    select site_id, case when count(cold_start_min) = count(*) then max(cold_start_min) end as cold_start_min,
    from {{ source('reference', 'devices') }}
    where kind = 'unit'
    group by site_id
),

out_of_service as (
    select site_id, interval_start_utc, sum(nameplate_mw) as out_mw,
    from (
        select distinct
            events.site_id,
            events.unit_id,
            units.nameplate_mw,
            unnest(range({{ bucket_start('events.start_at', 300) }}, events.end_at, interval 5 minutes)) as interval_start_utc,
        from {{ source('reference', 'events') }} as events
        inner join {{ source('reference', 'devices') }} as units on units.device_id = events.unit_id
        where events.kind in ('outage', 'maintenance', 'test')
    )
    group by site_id, interval_start_utc
),

parts as (
    select
        supplies.* exclude (sinks_mw, has_missing_source),
        caps.cap_mw,
        case when not has_missing_source then sinks_mw end as sinks_mw,
        case when batteries.site_id is null or not batteries.lasts then 0 when batteries.lasts then batteries.limit_mw end
            as battery_mw,
        case when batteries.site_id is null then 0 else batteries.limit_mw end as limit_mw,
        batteries.deliverable_mwh,
        cold_starts.cold_start_min,
        greatest(
            0, coalesce(expected.expected_mw, 0) - running_turbine_mw - coalesce(out_of_service.out_mw, 0)
        ) as offline_mw,
        sinks_mw - (caps.cap_mw + running_mw - greatest(caps.cap_mw, largest_unit_mw)) as deficit_mw,
    from supplies
    inner join {{ ref('int_cap_5min') }} as caps using (site_id, interval_start_utc)
    left join batteries using (site_id, interval_start_utc)
    left join cold_starts using (site_id)
    left join out_of_service using (site_id, interval_start_utc)
    left join {{ ref('int_expected_daily') }} as expected
        on expected.site_id = supplies.site_id
        and expected.local_date = supplies.local_date
        and expected.source = 'turbine'
),

bridged as (
    select
        *,
        case
            when cold_start_min is null or offline_mw = 0 then 0
            when deficit_mw <= 0 then offline_mw
            when limit_mw < deficit_mw then 0
            when 60 * deliverable_mwh < cold_start_min * deficit_mw then 0
            when 60 * deliverable_mwh >= cold_start_min * deficit_mw and limit_mw is not null then offline_mw
        end as bridged_mw,
        cap_mw + running_mw as without_battery_mw,
        without_battery_mw - greatest(cap_mw, largest_unit_mw) + battery_mw + bridged_mw as without_largest_mw,
    from parts
)

select
    site_id,
    interval_start_utc,
    case when without_largest_mw is not null
        then {{ amount('least(without_largest_mw, without_battery_mw) - sinks_mw') }}
    end as n1_headroom_mw,
from bridged
