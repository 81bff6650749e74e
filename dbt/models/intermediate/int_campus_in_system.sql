with demand as (
    select
        *,
        case
            when bool_or(demand_adjusted_mw is not null) over (partition by system_id, utc_date) then demand_adjusted_mw
            else demand_mw
        end as system_mw,
    from {{ ref('int_system_demand') }}
),

intervals as (
    select
        links.site_id,
        demand.system_id,
        links.includes_campus,
        demand.interval_start_utc,
        demand.interval_s,
        demand.utc_date,
        demand.system_mw,
        demand.demand_imputed_mw is not null as is_imputed,
        calendar.local_date,
        calendar.month,
    from demand
    inner join {{ source('reference', 'site_systems') }} as links
        on links.system_id = demand.system_id and {{ is_valid_on('links', 'demand.utc_date') }}
    inner join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = links.site_id
        and calendar.hour_start_utc = date_trunc('hour', demand.interval_start_utc)
    where demand.system_mw is not null
),

instants as (
    select
        site_id,
        system_id,
        interval_start_utc,
        unnest(range(interval_start_utc, interval_start_utc + to_seconds(interval_s), interval 5 minutes)) as instant_utc,
    from intervals
),

campus as (
    select
        instants.site_id,
        instants.system_id,
        instants.interval_start_utc,
        count(flows.mw) filter (where flows.source = 'grid') * 300 as campus_s,
        {{ amount("sum(flows.mw) filter (where flows.source = 'grid') / count(flows.mw) filter (where flows.source = 'grid')") }}
            as campus_mw,
        {{ amount("sum(greatest(flows.mw, 0)) filter (where flows.source = 'battery' and flows.mw is not null)"
            ~ " / count(flows.mw) filter (where flows.source = 'battery')") }}
            as battery_discharge_mw,
    from instants
    inner join {{ ref('int_source_5min') }} as flows
        on flows.site_id = instants.site_id and flows.interval_start_utc = instants.instant_utc
    where flows.source in ('grid', 'battery')
    group by instants.site_id, instants.system_id, instants.interval_start_utc
)

select
    intervals.*,
    case
        when campus.campus_s = intervals.interval_s then campus.campus_mw
        when expected.expected_mw is null then 0
    end as campus_mw,
    campus.battery_discharge_mw,
from intervals
left join campus using (site_id, system_id, interval_start_utc)
left join {{ ref('int_expected_daily') }} as expected
    on expected.site_id = intervals.site_id
    and expected.utc_date = intervals.utc_date
    and expected.source = 'grid'
