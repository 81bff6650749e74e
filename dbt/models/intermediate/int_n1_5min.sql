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
    select
        site_id,
        interval_start_utc,
        max(limit_mw) as limit_mw,
        {{ all_hold("case reason when 'no_deficit' then true when 'power_limited' then false else autonomy_min >= required_min end") }}
            as lasts,
    from {{ ref('int_autonomy_5min') }}
    group by site_id, interval_start_utc
),

parts as (
    select
        supplies.* exclude (sinks_mw, has_missing_source),
        caps.cap_mw,
        case when not has_missing_source then sinks_mw end as sinks_mw,
        case when batteries.site_id is null or not batteries.lasts then 0 when batteries.lasts then batteries.limit_mw end
            as battery_mw,
    from supplies
    inner join {{ ref('int_cap_5min') }} as caps using (site_id, interval_start_utc)
    left join batteries using (site_id, interval_start_utc)
)

select
    site_id,
    interval_start_utc,
    {{ amount('cap_mw + running_mw + battery_mw - greatest(cap_mw, largest_unit_mw, battery_mw) - sinks_mw') }} as n1_headroom_mw,
from parts
