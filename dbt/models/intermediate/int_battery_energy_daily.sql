with device_days as (
    select
        days.site_id,
        days.local_date,
        days.day_s,
        meters.block_id,
        meters.nameplate_mw,
        meters.energy_mwh,
        meters.energy_basis,
        device_days.* exclude (site_id, local_date),
        days.local_date >= meters.expected_from and days.local_date < meters.expected_to as is_expected,
    from {{ ref('int_local_days') }} as days
    inner join {{ ref('int_counted_meters') }} as meters
        on meters.site_id = days.site_id
        and meters.source = 'battery'
        and days.local_date >= meters.counts_from
        and days.local_date < meters.counts_to
    left join {{ ref('int_battery_device_daily') }} as device_days
        on device_days.device_id = meters.device_id and device_days.local_date = days.local_date
    where
        (is_expected or device_days.energy_s > 0)
        and (days.site_id, days.local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
),

sums as (
    select
        site_id,
        local_date,
        block_id,
        sum(charged_mw_s) as charged_mw_s,
        sum(discharged_mw_s) as discharged_mw_s,
        sum(energy_mwh) as rated_mwh,
        min(energy_basis) as energy_basis,
        sum({{ amount('(soc_end_pct - soc_start_pct) * energy_mwh / 100') }}) as known_change_mwh,
        bool_and(soc_start_pct is not null and soc_end_pct is not null and energy_mwh is not null) as has_soc,
        min(soc_min_pct) as soc_min_pct,
        max(soc_max_pct) as soc_max_pct,
        coalesce(sum(nameplate_mw * day_s) filter (where is_expected), 0) as expected_mw_s,
        coalesce(sum(nameplate_mw * energy_s), 0) as covered_mw_s,
        coalesce(sum(nameplate_mw * substituted_s), 0) as substituted_mw_s,
        bool_or(has_registers) as has_registers,
    from device_days
    group by grouping sets ((site_id, local_date, block_id), (site_id, local_date))
)

select
    site_id,
    local_date,
    block_id,
    charged_mw_s,
    discharged_mw_s,
    rated_mwh,
    energy_basis,
    case when has_soc then known_change_mwh end as stored_change_mwh,
    soc_min_pct,
    soc_max_pct,
    has_registers,
    covered_mw_s < expected_mw_s as is_bound,
    {{ amount('100 * least(1, (covered_mw_s - substituted_mw_s) / nullif(expected_mw_s, 0))') }} as measured_pct,
    case
        when (expected_mw_s - covered_mw_s) * 100 > expected_mw_s * {{ parameter('absent_nameplate_gate_pct') }}
            then 'missing_source:battery'
    end as absence,
from sums
