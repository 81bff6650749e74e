with supplies as (
    select
        site_id,
        interval_start_utc,
        coalesce(sum(running_nameplate_mw) filter (where source in ('turbine', 'other_generation')), 0) as running_mw,
        coalesce(max(largest_running_mw) filter (where source in ('turbine', 'other_generation')), 0) as largest_unit_mw,
        sum(mw) filter (where source in ('load', 'aux', 'xfmr_loss')) as sinks_mw,
        bool_or(mw is null) as has_missing_source,
    from {{ ref('int_source_5min') }}
    group by site_id, interval_start_utc
),

batteries as (
    select site_id, interval_start_utc, max(limit_mw) as battery_mw,
    from {{ ref('int_autonomy_5min') }}
    group by site_id, interval_start_utc
    having bool_and(reason is not distinct from 'no_deficit' or coalesce(autonomy_min >= required_min, false))
)

select
    site_id,
    interval_start_utc,
    case when not has_missing_source then {{ amount(
        'caps.cap_mw + running_mw + coalesce(battery_mw, 0)'
        ~ ' - greatest(caps.cap_mw, largest_unit_mw, coalesce(battery_mw, 0)) - sinks_mw'
    ) }} end as n1_headroom_mw,
from supplies
inner join {{ ref('int_cap_5min') }} as caps using (site_id, interval_start_utc)
left join batteries using (site_id, interval_start_utc)
