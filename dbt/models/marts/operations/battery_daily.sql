with local_days as (
    select site_id, local_date, day_s,
    from {{ ref('int_local_days') }}
    where (site_id, local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
),

device_days as (
    select
        local_days.*,
        meters.block_id,
        meters.nameplate_mw,
        meters.energy_mwh,
        meters.energy_basis,
        device_days.* exclude (site_id, local_date),
        local_days.local_date >= meters.expected_from and local_days.local_date < meters.expected_to as is_expected,
    from local_days
    inner join {{ ref('int_counted_meters') }} as meters
        on meters.site_id = local_days.site_id
        and meters.source = 'battery'
        and local_days.local_date >= meters.counts_from
        and local_days.local_date < meters.counts_to
    left join {{ ref('int_battery_device_daily') }} as device_days
        on device_days.device_id = meters.device_id and device_days.local_date = local_days.local_date
    where is_expected or device_days.energy_s > 0
),

sums as (
    select
        site_id,
        local_date,
        block_id,
        sum(charged_mw_s) / 3600 as charged_mwh,
        sum(discharged_mw_s) / 3600 as discharged_mwh,
        sum(energy_mwh) as rated_mwh,
        min(energy_basis) as energy_basis,
        sum({{ amount('(soc_end_pct - soc_start_pct) * energy_mwh / 100') }}) as known_change_mwh,
        bool_and(soc_start_pct is not null and soc_end_pct is not null and energy_mwh is not null) as has_soc,
        case when has_soc then known_change_mwh end as stored_change_mwh,
        min(soc_min_pct) as soc_min_pct,
        max(soc_max_pct) as soc_max_pct,
        coalesce(sum(nameplate_mw * day_s) filter (where is_expected), 0) as expected_mw_s,
        coalesce(sum(nameplate_mw * energy_s), 0) as covered_mw_s,
        coalesce(sum(nameplate_mw * substituted_s), 0) as substituted_mw_s,
        bool_or(has_registers) as has_registers,
    from device_days
    group by grouping sets ((site_id, local_date, block_id), (site_id, local_date))
),

gated as (
    select
        *,
        case
            when (expected_mw_s - covered_mw_s) * 100 > expected_mw_s * {{ parameter('absent_nameplate_gate_pct') }}
                then 'missing_source:battery'
        end as absence,
    from sums
),

judged as (
    select
        *,
        case
            when absence is not null then absence
            when coalesce(charged_mwh, 0) = 0
                or charged_mwh < rated_mwh * {{ parameter('rte_min_throughput_pct') }} / 100 then 'insufficient_throughput'
            when not has_soc then 'soc_missing'
        end as reason,
    from gated
)

select
    judged.site_id,
    judged.block_id as device_id,
    judged.local_date,
    case when absence is null then {{ amount('charged_mwh') }} end as charged_mwh,
    case when absence is null then {{ amount('discharged_mwh') }} end as discharged_mwh,
    case when absence is null then {{ amount('100 * discharged_mwh / nullif(charged_mwh, 0)') }} end as rte_raw_pct,
    case when judged.reason is null
        then {{ amount(round_trip_efficiency_pct('charged_mwh', 'discharged_mwh', 'stored_change_mwh')) }}
    end as rte_pct,
    case when absence is null then {{ amount('discharged_mwh / nullif(rated_mwh, 0)') }} end as equivalent_full_cycles,
    energy_basis,
    {{ amount('coalesce(site_soc.soc_min_pct, judged.soc_min_pct)') }} as soc_min_pct,
    {{ amount('coalesce(site_soc.soc_max_pct, judged.soc_max_pct)') }} as soc_max_pct,
    availability.availability_pct,
    availability.availability_capacity_pct,
    autonomy.autonomy_min_p05,
    autonomy.contingency_id as autonomy_contingency_id,
    autonomy.power_shortfall_mw,
    covered_mw_s < expected_mw_s or coalesce(availability.is_bound, false) or coalesce(autonomy.is_bound, false) as is_bound,
    case when absence is null
        then {{ amount('(charged_mwh + discharged_mwh) / nullif(2 * rated_mwh, 0)') }}
    end as throughput_cycles,
    {{ amount('rated_mwh') }} as rated_mwh,
    {{ amount('stored_change_mwh') }} as stored_change_mwh,
    has_registers,
    autonomy.power_limited_intervals,
    autonomy.no_deficit_intervals,
    autonomy.autonomy_reason,
    {{ amount('100 * least(1, (covered_mw_s - substituted_mw_s) / nullif(expected_mw_s, 0))') }} as data_coverage_pct,
    judged.reason,
    {{ version_id() }} as version_id,
from judged
left join {{ ref('int_battery_availability_daily') }} as availability
    on availability.site_id = judged.site_id
    and availability.local_date = judged.local_date
    and availability.block_id is not distinct from judged.block_id
left join {{ ref('int_autonomy_daily') }} as autonomy
    on autonomy.site_id = judged.site_id and autonomy.local_date = judged.local_date and judged.block_id is null
left join {{ ref('int_site_soc_daily') }} as site_soc
    on site_soc.site_id = judged.site_id and site_soc.local_date = judged.local_date and judged.block_id is null
order by judged.site_id, judged.local_date, judged.block_id nulls first
