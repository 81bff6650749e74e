with discharging as (
    select
        *,
        interval_start_utc
        - to_minutes(5 * row_number() over (partition by site_id, block_id order by interval_start_utc)) as run,
    from {{ ref('int_battery_group_5min') }}
    where net_mw_s > 0
),

runs as (
    select
        site_id,
        block_id,
        min(interval_start_utc) as started_at_utc,
        max(interval_start_utc) + interval 5 minutes as ended_at_utc,
        max(local_date) as local_date,
        max(month) as month,
        {{ amount('sum(net_mw_s) / 3600') }} as discharged_mwh,
        arg_min(soc_pct, interval_start_utc) filter (where soc_pct is not null) as first_soc_pct,
        min(interval_start_utc) filter (where soc_pct is not null) as soc_from_utc,
        min(rated_mwh) as rated_mwh,
        min(energy_basis) as energy_basis,
    from discharging
    group by site_id, block_id, run
)

select
    runs.site_id,
    runs.block_id,
    runs.started_at_utc,
    runs.ended_at_utc,
    runs.local_date,
    runs.month,
    runs.discharged_mwh,
    case when runs.soc_from_utc = runs.started_at_utc then runs.first_soc_pct end as soc_start_pct,
    ends.soc_pct as soc_end_pct,
    runs.rated_mwh,
    runs.energy_basis,
from runs
left join {{ ref('int_battery_group_5min') }} as ends
    on ends.site_id = runs.site_id
    and ends.block_id is not distinct from runs.block_id
    and ends.interval_start_utc = runs.ended_at_utc
