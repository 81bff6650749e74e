with purposes as (
    select unnest(['backup', 'demand_response', 'peak', 'smoothing', 'recharge', 'other', 'unknown']) as purpose,
),

parts as (
    select
        days.site_id,
        days.device_id,
        days.local_date,
        purposes.purpose,
        days.charged_mwh is not null or days.discharged_mwh is not null as is_known,
        coalesce(parts.charged_mw_s, 0) as charged_mw_s,
        coalesce(parts.discharged_mw_s, 0) as discharged_mw_s,
        energies.is_bound,
        days.data_coverage_pct,
    from {{ ref('battery_daily') }} as days
    inner join {{ ref('int_battery_energy_daily') }} as energies
        on energies.site_id = days.site_id
        and energies.block_id is not distinct from days.device_id
        and energies.local_date = days.local_date
    cross join purposes
    left join {{ ref('int_battery_purpose_daily') }} as parts
        on parts.site_id = days.site_id
        and parts.block_id is not distinct from days.device_id
        and parts.local_date = days.local_date
        and parts.purpose = purposes.purpose
)

select
    site_id,
    device_id,
    local_date,
    purpose,
    {% for column in ['charged', 'discharged'] %}
        case when is_known then {{ amount(
            amount('sum(' ~ column ~ '_mw_s) over up_to_this / 3600')
            ~ ' - ' ~ amount('(sum(' ~ column ~ '_mw_s) over up_to_this - ' ~ column ~ '_mw_s) / 3600')
        ) }} end as {{ column }}_mwh,
    {% endfor %}
    is_bound,
    data_coverage_pct,
    case when not is_known then 'missing_source:battery' end as reason,
    {{ version_id() }} as version_id,
from parts
window up_to_this as (partition by site_id, device_id, local_date order by purpose rows unbounded preceding)
order by site_id, local_date, device_id nulls first, purpose
