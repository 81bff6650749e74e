with outages as (
    select distinct
        site_id,
        unnest(range({{ bucket_start('known_from_utc', 300) }}, known_until_utc, interval 5 minutes)) as interval_start_utc,
    from {{ ref('int_grid_outages') }}
),

calls as (
    select distinct
        site_id,
        unnest(range({{ bucket_start('start_at', 300) }}, end_at, interval 5 minutes)) as interval_start_utc,
    from {{ source('reference', 'dr_events') }}
),

net_loads as (
    select
        site_id,
        interval_start_utc,
        local_date,
        case when not bool_or(mw is null and source <> 'grid') then
            sum(
                mw * case
                    when source in ('load', 'aux', 'xfmr_loss') then 1
                    when source in ('turbine', 'other_generation') then -1
                    else 0
                end
            )
        end as net_load_mw,
    from {{ ref('int_source_5min') }}
    where source <> 'battery'
    group by site_id, interval_start_utc, local_date
)

select
    net_loads.site_id,
    net_loads.interval_start_utc,
    net_loads.local_date,
    case
        when outages.site_id is not null then 'backup'
        when calls.site_id is not null then 'demand_response'
        when net_load_mw > caps.cap_mw then 'peak'
        when net_load_mw is null or caps.cap_mw is null then 'unknown'
        else 'other'
    end as purpose,
from net_loads
left join {{ ref('int_cap_5min') }} as caps using (site_id, interval_start_utc)
left join outages using (site_id, interval_start_utc)
left join calls using (site_id, interval_start_utc)
