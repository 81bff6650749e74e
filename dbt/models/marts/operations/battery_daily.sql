with judged as (
    select
        energies.*,
        charged_mw_s / 3600 as charged_mwh,
        discharged_mw_s / 3600 as discharged_mwh,
        auxiliaries.* exclude (site_id, local_date, block_id),
        case
            when absence is not null then absence
            when coalesce(charged_mwh, 0) = 0
                or charged_mwh < rated_mwh * {{ parameter('rte_min_throughput_pct') }} / 100 then 'insufficient_throughput'
            when stored_change_mwh is null then 'soc_missing'
        end as reason,
    from {{ ref('int_battery_energy_daily') }} as energies
    left join {{ ref('int_battery_auxiliaries_daily') }} as auxiliaries
        on auxiliaries.site_id = energies.site_id
        and auxiliaries.local_date = energies.local_date
        and auxiliaries.block_id is not distinct from energies.block_id
),

days as (
    select
        *,
        case
            when reason is not null then reason
            when auxiliary_reason is not null then auxiliary_reason
            when auxiliary_mwh > discharged_mwh then 'auxiliary_above_discharge'
        end as rte_net_aux_reason,
        case
            when absence is not null then absence
            when coalesce(rated_mwh, 0) = 0 then 'no_rated_energy'
            when stored_change_mwh is null then 'soc_missing'
        end as soc_check_reason,
        coalesce(charged_mwh, 0) * sqrt({{ parameter('rte_assumed') }})
        - coalesce(discharged_mwh, 0) / sqrt({{ parameter('rte_assumed') }}) as expected_change_mwh,
    from judged
)

select
    days.site_id,
    days.block_id as device_id,
    days.local_date,
    case when absence is null then {{ amount('charged_mwh') }} end as charged_mwh,
    case when absence is null then {{ amount('discharged_mwh') }} end as discharged_mwh,
    case when absence is null then {{ amount('100 * discharged_mwh / nullif(charged_mwh, 0)') }} end as rte_raw_pct,
    case when days.reason is null
        then {{ amount(round_trip_efficiency_pct('charged_mwh', 'discharged_mwh', 'stored_change_mwh')) }}
    end as rte_pct,
    rte_pct > 100 as is_rte_above_100,
    case when rte_net_aux_reason is null
        then {{ amount(round_trip_efficiency_pct('charged_mwh', '(discharged_mwh - auxiliary_mwh)', 'stored_change_mwh')) }}
    end as rte_net_aux_pct,
    rte_net_aux_reason,
    case when absence is null then {{ amount('discharged_mwh / nullif(rated_mwh, 0)') }} end as equivalent_full_cycles,
    energy_basis,
    case when days.block_id is null then soc.soc_min_pct else days.soc_min_pct end as soc_min_pct,
    case when days.block_id is null then soc.soc_max_pct else days.soc_max_pct end as soc_max_pct,
    soc.soc_p05_pct,
    soc.soc_p95_pct,
    soc.hours_below_reserve,
    soc.reserve_soc_pct,
    capacity.soh_capacity_pct,
    case
        when capacity.soh_capacity_pct is not null then null
        when absence is not null then absence
        when rated_mwh is null then 'no_rated_energy'
        else 'no_qualifying_cycle'
    end as soh_capacity_reason,
    case when absence is null then capacity.capacity_ratio_pct end as capacity_ratio_pct,
    availability.availability_pct,
    availability.availability_capacity_pct,
    autonomy.autonomy_min_p05,
    autonomy.contingency_id as autonomy_contingency_id,
    autonomy.power_shortfall_mw,
    days.is_bound
    or coalesce(availability.is_bound, false)
    or coalesce(autonomy.is_bound, false)
    or coalesce(soc.is_bound, false)
    or coalesce(shaved.is_bound, false) as is_bound,
    case when absence is null
        then {{ amount('(charged_mwh + discharged_mwh) / nullif(2 * rated_mwh, 0)') }}
    end as throughput_cycles,
    {{ amount('rated_mwh') }} as rated_mwh,
    {{ amount('stored_change_mwh') }} as stored_change_mwh,
    auxiliary_mwh,
    case when soc_check_reason is null then {{ amount('100 * expected_change_mwh / rated_mwh') }} end as soc_expected_change_pct,
    case when soc_check_reason is null
        then {{ amount('100 * (stored_change_mwh - expected_change_mwh) / rated_mwh') }}
    end as soc_check_pct,
    abs(soc_check_pct) > {{ parameter('soc_check_alarm_pct') }} as is_soc_contradicted,
    soc_check_reason,
    has_registers,
    autonomy.power_limited_intervals,
    autonomy.no_deficit_intervals,
    autonomy.autonomy_reason,
    shaved.peak_shave_kw,
    measured_pct as data_coverage_pct,
    days.reason,
    {{ version_id() }} as version_id,
from days
{% for name in ['availability', 'soc', 'capacity'] %}
    left join {{ ref('int_battery_' ~ name ~ '_daily') }} as {{ name }}
        on {{ name }}.site_id = days.site_id
        and {{ name }}.local_date = days.local_date
        and {{ name }}.block_id is not distinct from days.block_id
{% endfor %}
left join {{ ref('int_autonomy_daily') }} as autonomy
    on autonomy.site_id = days.site_id and autonomy.local_date = days.local_date and days.block_id is null
left join {{ ref('int_peak_shave_daily') }} as shaved
    on shaved.site_id = days.site_id and shaved.local_date = days.local_date and days.block_id is null
order by days.site_id, days.local_date, days.block_id nulls first
