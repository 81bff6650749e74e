with discharges as (
    select
        *,
        soc_start_pct - soc_end_pct as depth_pct,
        depth_pct >= {{ parameter('soh_min_depth_pct') }} as is_qualifying,
        discharged_mwh
        / case when energy_basis = 'ac' then 1 else {{ parameter('discharge_efficiency') }} end
        / nullif(depth_pct / 100, 0) as capacity_mwh,
    from {{ ref('int_battery_discharges') }}
)

select
    site_id,
    block_id,
    local_date,
    max(discharged_mwh) as demonstrated_mwh,
    max(depth_pct) as depth_max_pct,
    {{ amount('100 * max(capacity_mwh / nullif(rated_mwh, 0)) filter (where is_qualifying)') }} as soh_capacity_pct,
    {{ amount('100 * max(discharged_mwh / nullif(rated_mwh, 0))') }} as capacity_ratio_pct,
from discharges
group by site_id, block_id, local_date
