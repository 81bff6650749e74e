with campus_periods as (
    select
        site_id,
        grid_mw,
        unnest([strftime(local_date, '%Y'), strftime(local_date, '%Y-%m')]) as period,
    from {{ ref('int_demand_blocks') }}
),

campus_peaks as (
    select site_id, period, max(grid_mw) as campus_max_mw,
    from campus_periods
    group by site_id, period
),

system_periods as (
    select
        *,
        unnest([strftime(month, '%Y'), strftime(month, '%Y-%m')]) as period,
        unnest([year_hours, month_hours]) as period_hours,
    from {{ ref('int_campus_in_system') }}
)

select
    site_id,
    system_id,
    period,
    bool_and(includes_campus) as includes_campus,
    max(system_mw) as system_max_mw,
    max(campus_max_mw) as campus_max_mw,
    cast(sum(if(campus_mw is null, 0, interval_s)) as bigint) as known_s,
    {{ amount('sum(interval_s * measured_pct / 100)') }} as measured_s,
    max(period_hours) * 3600 as period_s,
from system_periods
left join campus_peaks using (site_id, period)
group by site_id, system_id, period
