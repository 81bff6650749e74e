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
        unnest([date_trunc('year', month), month]) as starts_on,
        unnest([interval 1 year, interval 1 month]) as period_length,
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
    max(date_diff('second', cast(starts_on as timestamp), starts_on + period_length)) as period_s,
from system_periods
left join campus_peaks using (site_id, period)
group by site_id, system_id, period
