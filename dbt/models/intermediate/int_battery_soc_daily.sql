with floors as (
    select days.site_id, days.local_date, days.day_s, max(contingencies.soc_floor_pct) as soc_floor_pct,
    from {{ ref('int_local_days') }} as days
    left join {{ source('reference', 'contingencies') }} as contingencies
        on contingencies.site_id = days.site_id and {{ is_valid_on('contingencies', 'days.local_date') }}
    group by days.site_id, days.local_date, days.day_s
),

charges as (
    select
        site_id,
        block_id,
        local_date,
        day_s,
        soc_pct,
        coalesce(soc_floor_pct, {{ parameter('soc_floor_pct') }}) as reserve_soc_pct,
    from {{ ref('int_battery_group_5min') }}
    inner join floors using (site_id, local_date)
),

days as (
    select
        site_id,
        block_id,
        local_date,
        day_s,
        reserve_soc_pct,
        min(soc_pct) as soc_min_pct,
        max(soc_pct) as soc_max_pct,
        quantile_cont(cast(soc_pct as double), 0.05) as known_p05,
        quantile_cont(cast(soc_pct as double), 0.95) as known_p95,
        count(*) filter (where soc_pct < reserve_soc_pct) as below_reserve,
        count(soc_pct) as known,
        known * 30000 >= day_s * {{ parameter('coverage_gate_pct') }} as is_covered,
    from charges
    group by site_id, block_id, local_date, day_s, reserve_soc_pct
)

select
    site_id,
    block_id,
    local_date,
    soc_min_pct,
    soc_max_pct,
    {{ amount('case when is_covered then known_p05 end') }} as soc_p05_pct,
    {{ amount('case when is_covered then known_p95 end') }} as soc_p95_pct,
    {{ amount('case when is_covered then below_reserve / 12 end') }} as hours_below_reserve,
    {{ amount('reserve_soc_pct') }} as reserve_soc_pct,
    known * 300 < day_s as is_bound,
from days
