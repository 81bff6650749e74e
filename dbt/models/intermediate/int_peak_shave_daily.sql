with net_loads as (
    select
        site_id,
        local_date,
        interval_start_utc,
        case when count(*) filter (where source = 'load') > 0 then
            sum(
                mw * case source
                    when 'load' then 1 when 'aux' then 1 when 'xfmr_loss' then 1
                    when 'turbine' then -1 when 'other_generation' then -1
                end
            )
        end as net_load_mw,
        bool_or(mw is null) as has_missing_source,
    from {{ ref('int_source_5min') }}
    where source in ('load', 'aux', 'xfmr_loss', 'turbine', 'other_generation')
    group by site_id, local_date, interval_start_utc
),

lengths as (
    select site_id, local_date, max(demand_interval_min) as demand_interval_min,
    from {{ ref('int_demand_blocks') }}
    group by site_id, local_date
),

blocks as (
    select
        site_id,
        local_date,
        {{ bucket_start('interval_start_utc', 'cast(demand_interval_min * 60 as integer)') }} as block_start_utc,
        case when count(net_load_mw) filter (where not has_missing_source) * 5 = demand_interval_min
            then sum(net_load_mw) / count(net_load_mw)
        end as net_load_mw,
    from net_loads
    inner join lengths using (site_id, local_date)
    group by site_id, local_date, block_start_utc, demand_interval_min
),

days as (
    select
        site_id,
        local_date,
        max(blocks.net_load_mw) filter (where demands.grid_mw is not null)
        - max(demands.grid_mw) filter (where blocks.net_load_mw is not null) as shaved_mw,
        count(*) filter (where blocks.net_load_mw is not null and demands.grid_mw is not null) as known,
        count(*) as all_blocks,
    from {{ ref('int_demand_blocks') }} as demands
    left join blocks using (site_id, local_date, block_start_utc)
    group by site_id, local_date
)

select
    site_id,
    local_date,
    case when known * 100 >= all_blocks * {{ parameter('coverage_gate_pct') }} then {{ amount('1000 * shaved_mw') }} end
        as peak_shave_kw,
    known < all_blocks as is_bound,
from days
