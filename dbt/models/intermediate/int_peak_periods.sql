with campus_periods as (
    select
        *,
        unnest([strftime(local_date, '%Y'), strftime(local_date, '%Y-%m')]) as period,
    from {{ ref('int_demand_blocks') }}
),

campus_peaks as (
    select
        site_id,
        period,
        max(grid_mw) as campus_max_mw,
        coalesce(sum(demand_interval_min * 60) filter (where grid_mw is not null), 0) as known_s,
        {{ amount('coalesce(sum(demand_interval_min * 60 * measured_pct) filter (where grid_mw is not null), 0) / 100') }}
            as measured_s,
        max(local_date) as last_date,
        arg_max(doubted.local_date is not null, grid_mw) as is_doubted,
    from campus_periods
    left join {{ ref('int_doubted_grid_days') }} as doubted using (site_id, local_date)
    group by site_id, period
),

calendar_periods as (
    select distinct
        site_id,
        unnest([strftime(month, '%Y'), strftime(month, '%Y-%m')]) as period,
        unnest([year_hours, month_hours]) as period_hours,
    from {{ source('reference', 'calendar_hours') }}
),

system_periods as (
    select
        *,
        unnest([strftime(month, '%Y'), strftime(month, '%Y-%m')]) as period,
        unnest([year_hours, month_hours]) as period_hours,
        system_mw + case when includes_campus then 0 else campus_mw end as inclusive_mw,
        system_mw - case when includes_campus then campus_mw else 0 end as exclusive_mw,
    from {{ ref('int_campus_in_system') }}
)

select
    site_id,
    system_id,
    period,
    'system_demand:' || system_id as denominator_id,
    bool_and(includes_campus) as includes_campus,
    max(system_mw) as system_max_mw,
    max(inclusive_mw) as inclusive_max_mw,
    max(exclusive_mw) as exclusive_max_mw,
    max(campus_max_mw) as campus_max_mw,
    cast(sum(if(campus_mw is null, 0, interval_s)) as bigint) as known_s,
    {{ amount('sum(interval_s * measured_pct) / 100') }} as measured_s,
    max(period_hours) * 3600 as period_s,
    bool_or(campus_peaks.is_doubted) as is_doubted,
from system_periods
left join campus_peaks using (site_id, period)
group by site_id, system_id, period
union all by name
select
    campus.site_id,
    peaks.system_id,
    campus.period,
    'system_peaks:' || peaks.system_id || ':' || peaks.period as denominator_id,
    coalesce(peaks.includes_campus, links.includes_campus) as includes_campus,
    peaks.mw as system_max_mw,
    peaks.mw + case when coalesce(peaks.includes_campus, links.includes_campus) then 0 else campus.campus_max_mw end
        as inclusive_max_mw,
    peaks.mw - case when coalesce(peaks.includes_campus, links.includes_campus) then campus.campus_max_mw else 0 end
        as exclusive_max_mw,
    campus.campus_max_mw,
    cast(campus.known_s as bigint) as known_s,
    campus.measured_s,
    calendar.period_hours * 3600 as period_s,
    campus.is_doubted,
from campus_peaks as campus
inner join calendar_periods as calendar on calendar.site_id = campus.site_id and calendar.period = campus.period
inner join {{ source('reference', 'site_systems') }} as links
    on links.site_id = campus.site_id and {{ is_valid_on('links', 'campus.last_date') }}
inner join {{ source('reference', 'system_peaks') }} as peaks
    on peaks.system_id = links.system_id and {{ is_valid_on('peaks', 'campus.last_date') }}
