with demand as (
    select
        *,
        bool_or(demand_adjusted_mw is not null) over (partition by system_id, utc_date) as is_adjusted,
        if(is_adjusted, demand_adjusted_mw, demand_mw) as system_mw,
        if(is_adjusted, demand_adjusted_mw_method, demand_mw_method) as system_mw_method,
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
        calendar.month_hours,
        calendar.year_hours,
        demand.system_mw_method = 'substituted' as is_substituted,
    from demand
    inner join {{ source('reference', 'site_systems') }} as links
        on links.system_id = demand.system_id and {{ is_valid_on('links', 'demand.utc_date') }}
    inner join {{ source('reference', 'calendar_hours') }} as calendar
        on calendar.site_id = links.site_id
        and calendar.hour_start_utc = date_trunc('hour', demand.interval_start_utc)
    where demand.system_mw is not null
),

connections as (
    select days.site_id, days.local_date, bool_or(days.local_date >= meters.expected_from) as is_connected,
    from {{ ref('int_local_days') }} as days
    inner join {{ ref('int_counted_meters') }} as meters on meters.site_id = days.site_id and meters.source = 'grid'
    group by days.site_id, days.local_date
),

instants as (
    select
        site_id,
        system_id,
        interval_start_utc,
        unnest(range(
            {{ bucket_start('interval_start_utc', 300) }}, interval_start_utc + to_seconds(interval_s), interval 5 minutes
        )) as instant_utc,
    from intervals
),

campus as (
    select
        instants.site_id,
        instants.system_id,
        instants.interval_start_utc,
        count(flows.mw) filter (where flows.source = 'grid') = count(distinct instants.instant_utc) as is_campus_known,
        {{ amount("avg(flows.measured_pct) filter (where flows.source = 'grid')") }} as campus_measured_pct,
        {{ amount("sum(flows.mw) filter (where flows.source = 'grid') / count(flows.mw) filter (where flows.source = 'grid')") }}
            as campus_mw,
        {{ amount("sum(greatest(flows.mw, 0)) filter (where flows.source = 'battery' and flows.mw is not null)"
            ~ " / count(flows.mw) filter (where flows.source = 'battery')") }}
            as battery_discharge_mw,
    from instants
    left join {{ ref('int_source_5min') }} as flows
        on flows.site_id = instants.site_id
        and flows.interval_start_utc = instants.instant_utc
        and flows.source in ('grid', 'battery')
    group by instants.site_id, instants.system_id, instants.interval_start_utc
)

select
    intervals.* exclude (is_substituted),
    case
        when campus.is_campus_known then campus.campus_mw
        when not meters.is_connected then 0
    end as campus_mw,
    case
        when is_imputed or is_substituted then 0
        when campus.is_campus_known then campus.campus_measured_pct
        when not meters.is_connected then 100
        else 0
    end as measured_pct,
    campus.battery_discharge_mw,
    doubted.local_date is not null as is_doubted,
from intervals
left join campus using (site_id, system_id, interval_start_utc)
left join connections as meters on meters.site_id = intervals.site_id and meters.local_date = intervals.local_date
left join {{ ref('int_doubted_grid_days') }} as doubted
    on doubted.site_id = intervals.site_id and doubted.local_date = intervals.local_date
