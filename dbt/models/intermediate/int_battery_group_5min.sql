with devices as (
    select distinct site_id, device_id, block_id,
    from {{ ref('int_counted_meters') }}
    where source = 'battery'
),

device_intervals as (
    select
        site_id,
        device_id,
        interval_start_utc,
        arg_max(soc_pct, utc_date) as soc_pct,
        arg_max(available_mwh, utc_date) as available_mwh,
        arg_max(energy_mwh, utc_date) as energy_mwh,
        arg_max(nameplate_mw, utc_date) as nameplate_mw,
        sum(discharged_mw_s) - sum(charged_mw_s) as net_mw_s,
        sum(energy_s) as energy_s,
    from {{ ref('int_battery_5min') }}
    group by site_id, device_id, interval_start_utc
),

sums as (
    select
        site_id,
        devices.block_id,
        interval_start_utc,
        sum(net_mw_s) as net_mw_s,
        sum(nameplate_mw * energy_s) as covered_mw_s,
        sum(energy_mwh) filter (where soc_pct is not null) as known_mwh,
        sum(soc_pct * available_mwh) as weighted_soc_pct,
        sum(available_mwh) filter (where soc_pct is not null) as available_mwh,
    from device_intervals
    inner join devices using (site_id, device_id)
    group by grouping sets ((site_id, devices.block_id, interval_start_utc), (site_id, interval_start_utc))
)

select
    sums.site_id,
    sums.block_id,
    sums.interval_start_utc,
    hours.local_date,
    hours.month,
    case when (expected.expected_mw * 300 - covered_mw_s) * 100 <= expected.expected_mw * 300 * {{ parameter('absent_nameplate_gate_pct') }}
        then net_mw_s
    end as net_mw_s,
    case when (expected.expected_mwh - known_mwh) * 100 <= expected.expected_mwh * {{ parameter('absent_nameplate_gate_pct') }}
        then {{ amount('weighted_soc_pct / nullif(available_mwh, 0)') }}
    end as soc_pct,
    expected.rated_mwh,
    expected.energy_basis,
from sums
inner join {{ source('reference', 'calendar_hours') }} as hours
    on hours.site_id = sums.site_id and hours.hour_start_utc = date_trunc('hour', sums.interval_start_utc)
inner join {{ ref('int_battery_expected_daily') }} as expected
    on expected.site_id = sums.site_id
    and expected.block_id is not distinct from sums.block_id
    and expected.local_date = hours.local_date
