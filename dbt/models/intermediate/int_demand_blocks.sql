with grid_intervals as (
    select
        flows.site_id,
        flows.local_date,
        flows.interval_start_utc,
        flows.mw,
        flows.measured_pct,
        flows.source_interval_s,
        coalesce(expected.demand_interval_min, {{ parameter('demand_interval_min') }}) as demand_interval_min,
    from {{ ref('int_source_5min') }} as flows
    inner join {{ ref('int_expected_daily') }} as expected
        on expected.site_id = flows.site_id
        and expected.source = flows.source
        and expected.local_date = flows.local_date
    where flows.source = 'grid'
)

select
    site_id,
    local_date,
    {{ bucket_start('interval_start_utc', 'cast(demand_interval_min * 60 as integer)') }} as block_start_utc,
    cast(demand_interval_min as integer) as demand_interval_min,
    case when count(mw) * 5 = demand_interval_min then {{ amount('sum(mw) / count(mw)') }} end as grid_mw,
    {{ amount('sum(measured_pct) * 5 / demand_interval_min') }} as measured_pct,
    max(source_interval_s) as source_interval_s,
from grid_intervals
group by site_id, local_date, block_start_utc, demand_interval_min
