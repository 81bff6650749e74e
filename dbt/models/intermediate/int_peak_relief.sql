with peaks as (
    select distinct site_id, system_id, interval_start_utc as peak_at_utc, interval_s, campus_mw, is_doubted,
    from {{ ref('int_peak_intervals') }}
    where interval_rank = 1
),

instants as (
    select
        *,
        unnest(range(
            {{ bucket_start('peak_at_utc', 300) }}, peak_at_utc + to_seconds(interval_s), interval 5 minutes
        )) as instant_utc,
    from peaks
),

scenarios as (
    select site_id, coalesce(min(scenario) filter (where scenario = 'base'), min(scenario)) as scenario,
    from {{ source('reference', 'dispatch_parameters') }}
    where valid_to is null
    group by site_id
),

judged as (
    select
        instants.site_id,
        instants.system_id,
        instants.peak_at_utc,
        {{ amount('sum(dispatch.without_battery_import_w - 1000000 * instants.campus_mw) / (1e6 * count(*))') }} as battery_relief_mw,
        case
            when instants.campus_mw is null then 'campus_missing'
            when instants.is_doubted then 'suspect_grid_meter'
            when scenarios.scenario is null then 'no_dispatch_parameters'
            when count(dispatch.interval_start_utc) < count(*) then 'not_connected'
            else min(dispatch.reason)
        end as relief_reason,
    from instants
    left join scenarios using (site_id)
    left join {{ ref('int_dispatch_5min') }} as dispatch
        on dispatch.site_id = instants.site_id
        and dispatch.scenario = scenarios.scenario
        and dispatch.interval_start_utc = instants.instant_utc
    group by
        instants.site_id,
        instants.system_id,
        instants.peak_at_utc,
        instants.campus_mw,
        instants.is_doubted,
        scenarios.scenario
)

select
    * exclude (battery_relief_mw),
    case when relief_reason is null then battery_relief_mw end as battery_relief_mw,
from judged
